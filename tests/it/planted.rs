//! A report of every format that may hold a secret, with one planted wherever the format has room
//! for a text that does not only say where and what it is.

use serde_json::{Value as Json, json};

/// A planted report.
pub(crate) struct Planted {
    /// The name of its file.
    pub(crate) name: &'static str,
    /// The kind of its reports.
    pub(crate) kind: &'static str,
    /// How many findings it lists.
    pub(crate) findings: usize,
    /// Its text.
    pub(crate) text: String,
}

/// One of every format.
pub(crate) fn all(secret: &str) -> Vec<Planted> {
    let secrets = [
        ("gitleaks.json", 3, pretty(&gitleaks(secret))),
        ("gitleaks7.json", 1, pretty(&gitleaks7(secret))),
        ("gitleaks.sarif", 3, pretty(&sarif("gitleaks", secret))),
        ("trufflehog.sarif", 3, pretty(&sarif("TruffleHog", secret))),
        ("gitleaks.junit.xml", 2, junit("gitleaks", "aws", secret)),
        ("trufflehog.ndjson", 2, lines(&trufflehog(secret))),
        ("trufflehog.json", 2, pretty(&json!(trufflehog(secret)))),
        ("trufflehog2.json", 2, lines(&trufflehog2(secret))),
        ("trufflehog3.json", 1, pretty(&trufflehog3(secret))),
        (".secrets.baseline", 2, pretty(&detect_secrets(secret))),
        (
            "gl-secret-detection-report.json",
            2,
            pretty(&gitlab("secret_detection", secret)),
        ),
    ];
    let analysis = [
        ("semgrep.sarif", 3, pretty(&sarif("Semgrep", secret))),
        (
            "bandit.junit.xml",
            2,
            junit("bandit", "hardcoded_password", secret),
        ),
        ("semgrep.json", 2, pretty(&semgrep(secret))),
        ("checkov.json", 2, pretty(&checkov(secret))),
        ("gl-sast-report.json", 2, pretty(&gitlab("sast", secret))),
        ("bandit.json", 2, pretty(&bandit(secret))),
        ("gosec.json", 2, pretty(&gosec(secret))),
        ("ruff.json", 2, pretty(&ruff(secret))),
        ("eslint.json", 2, pretty(&eslint(secret))),
        ("zizmor.json", 2, pretty(&zizmor(secret))),
        ("checkstyle.xml", 1, checkstyle(secret)),
        ("spotbugs.xml", 1, spotbugs(secret)),
    ];
    let forge = [
        (
            "secret-scanning-alerts.json",
            2,
            pretty(&json!(alerts(secret))),
        ),
        ("secret-scanning-pages.json", 2, {
            let pages = alerts(secret).map(|alert| json!([alert]));
            lines(&pages)
        }),
    ];
    let planted = |kind| {
        move |(name, findings, text)| Planted {
            name,
            kind,
            findings,
            text,
        }
    };
    secrets
        .into_iter()
        .map(planted("secrets"))
        .chain(analysis.into_iter().map(planted("analysis")))
        .chain(forge.into_iter().map(planted("forge")))
        .collect()
}

/// GitHub's alerts of secret scanning.
fn alerts(secret: &str) -> [Json; 2] {
    [1, 2].map(|number| {
        json!({
            "number": number, "state": "open", "secret_type": "key", "secret": secret,
            "url": format!("https://api.github.com/repos/o/r/secret-scanning/alerts/{number}"),
            "resolution_comment": format!("was {secret}"), "created_at": "2026-11-22T09:00:00Z",
            "first_location_detected": {"path": "conf.py", "start_line": 3, "excerpt": secret},
            "new_member": [{"deep": secret}],
        })
    })
}

fn pretty(report: &Json) -> String {
    serde_json::to_string_pretty(report).expect("JSON")
}

fn lines(rows: &[Json]) -> String {
    let rows: Vec<String> = rows.iter().map(Json::to_string).collect();
    rows.join("\n") + "\n"
}

/// Every field of gitleaks 8 that holds a text, filled with the secret or with text around it. The
/// fields that say where the secret lies stay as they are, except the texts in them that nothing
/// but the scanner's own configuration decides.
pub(crate) fn gitleaks(secret: &str) -> Json {
    let finding = |at: u64| {
        json!({
            "RuleID": "generic-api-key", "Description": "Detected a key",
            "StartLine": at, "EndLine": at, "StartColumn": 1, "EndColumn": 40,
            "Match": format!("key = \"{secret}\""), "Secret": secret,
            "Line": format!("export key = \"{secret}\""),
            "File": "conf.py", "SymlinkFile": "", "Commit": "a".repeat(40), "Entropy": 3.5,
            "Author": "A. Person", "Email": "person@acme.example",
            "Date": "2026-11-22T09:00:00Z", "Message": format!("Add {secret}\n\nand more"),
            "Link": "", "Tags": ["key"], "Fingerprint": format!("a:conf.py:generic-api-key:{at}"),
            "requiredFindings": [{"RuleID": "r", "Secret": secret, "Match": secret,
                "Line": [secret], "Context": {"deep": [secret]}}],
            "Attributes": {"context": secret, "list": [secret, {"x": secret}]},
            "NewFieldOfTheNextVersion": secret,
        })
    };
    json!([finding(3), finding(7), finding(9)])
}

fn gitleaks7(secret: &str) -> Json {
    json!([{
        "line": format!("key = {secret}"), "lineNumber": 3, "offender": secret,
        "offenderEntropy": 4.1, "commit": "a".repeat(40), "repo": "acme", "repoURL": "",
        "leakURL": "", "rule": "AWS", "commitMessage": format!("Add {secret}"),
        "commitMsg": secret, "info": secret, "author": "A. Person",
        "email": "person@acme.example", "file": "conf.py", "date": "2020-10-08T20:14:27Z",
        "tags": "key, AWS", "operation": "addition",
    }])
}

/// A scanner, or another tool with a rule about secrets, that writes SARIF.
fn sarif(driver: &str, secret: &str) -> Json {
    let said = json!({"text": secret, "markdown": format!("**{secret}**"), "arguments": [secret]});
    let result = |line: u64| {
        json!({
            "ruleId": "aws-secret", "message": said,
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": "conf.py"},
                "region": {"startLine": line, "snippet": said},
                "contextRegion": {"startLine": line, "snippet": {"text": secret,
                    "rendered": {"text": secret}}}}, "message": said}],
            "relatedLocations": [{"message": said}],
            "fixes": [{"description": said, "artifactChanges": [{"artifactLocation":
                {"uri": "conf.py"}, "replacements": [{"deletedRegion": {"startLine": line,
                "snippet": said}, "insertedContent": {"text": secret}}]}]}],
            "codeFlows": [{"message": said, "threadFlows": [{"locations": [{"state":
                {"x": said}}]}]}],
            "stacks": [{"message": said, "frames": [{"location": {"message": said}}]}],
            "attachments": [{"description": said}],
            "suppressions": [],
            "partialFingerprints": {"commitSha": "a".repeat(40), "email": secret,
                "commitMessage": secret, "secret/v1": secret},
            "fingerprints": {"v1": secret},
            "properties": {"match": secret, "deep": {"list": [secret]}},
        })
    };
    json!({"version": "2.1.0", "runs": [{
        "tool": {"driver": {"name": driver, "version": "8.30.1",
            "rules": [{"id": "aws-secret", "shortDescription": {"text": "A key"}}]}},
        "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": [
            {"level": "note", "message": said}]}],
        "artifacts": [{"location": {"uri": "conf.py"}, "contents": {"text": secret}}],
        "threadFlowLocations": [{"location": {"message": said}}],
        "graphs": [{"description": said}],
        "webRequests": [{"target": secret, "headers": {"x": secret}}],
        "results": [result(3), result(7), result(9)],
    }]})
}

fn junit(suite: &str, rule: &str, secret: &str) -> String {
    let case = |line: u64| {
        format!(
            "<testcase classname=\"Detected a key\" name=\"{rule} has detected a secret in file \
             conf.py, line {line}, at commit c.\" file=\"conf.py\"><failure message=\"{secret}\" \
             type=\"key\">{{&quot;Secret&quot;: &quot;{secret}&quot;}}</failure></testcase>"
        )
    };
    format!(
        "<?xml version=\"1.0\"?>\n<!-- {secret} -->\n<testsuites>\n<testsuite name=\"{suite}\" \
         tests=\"2\">\n{}\n{}\n</testsuite>\n</testsuites>\n",
        case(3),
        case(7)
    )
}

fn trufflehog(secret: &str) -> Vec<Json> {
    let finding = |line: u64| {
        json!({
            "SourceMetadata": {"Data": {"Github": {"commit": "a".repeat(40), "file": "conf.py",
                "email": "person@acme.example", "timestamp": "2026-11-22 09:00:00 +0000",
                "link": format!("https://x:{secret}@host/conf.py"), "repository": secret,
                "username": secret, "line": line}}},
            "SourceID": 1, "SourceType": 7, "SourceName": "trufflehog - github",
            "DetectorType": 2, "DetectorName": "AWS", "DetectorDescription": "A key",
            "DecoderName": "PLAIN", "Verified": true, "VerificationFromCache": false,
            "VerificationError": format!("lookup {secret}"), "Raw": secret, "RawV2": secret,
            "Redacted": secret, "ExtraData": {"account": secret, "list": [secret]},
            "StructuredData": {"tlsPrivateKey": [{"x": secret}]}, "SecretParts": {"key": secret},
        })
    };
    let log = |message: &str| {
        json!({"level": "info-0", "ts": "2026-11-22T09:00:00Z", "logger": "trufflehog",
            "msg": message, "chunks": 6, "source_manager_worker_id": secret, "error": secret,
            "trufflehog_version": "3.63.0"})
    };
    vec![
        log("running source"),
        finding(3),
        finding(7),
        log("finished scanning"),
    ]
}

fn trufflehog2(secret: &str) -> Vec<Json> {
    let finding = |reason: &str| {
        json!({"branch": "origin/main", "commit": format!("Add {secret}"),
            "commitHash": "a".repeat(40), "date": "2021-01-30 19:50:09",
            "diff": format!("+ key = {secret}"), "path": "conf.py",
            "printDiff": format!("\u{1b}[93m{secret}"), "reason": reason,
            "stringsFound": [secret, format!("+ {secret}")]})
    };
    vec![finding("High Entropy"), finding("AWS API Key")]
}

fn trufflehog3(secret: &str) -> Json {
    json!([{
        "rule": {"id": "aws", "message": "AWS", "pattern": secret, "severity": "HIGH"},
        "path": "conf.py", "line": "3", "secret": secret, "context": {"3": secret},
        "id": secret, "branch": "main", "message": format!("Add {secret}"),
        "author": "A. Person", "commit": "a".repeat(40), "date": "2021-10-08T20:14:27+02:00",
    }])
}

fn detect_secrets(secret: &str) -> Json {
    let entry = |line: u64| {
        json!({"type": "Secret Keyword", "filename": "conf.py", "hashed_secret": secret,
            "is_verified": false, "line_number": line, "context": {"x": secret}})
    };
    json!({
        "version": "1.5.0", "plugins_used": [{"name": "KeywordDetector"}], "filters_used": [],
        "results": {"conf.py": [entry(3), entry(7)]}, "generated_at": "2026-11-22T09:00:00Z",
    })
}

fn gitlab(scan: &str, secret: &str) -> Json {
    let row = |line: u64| {
        json!({
            "id": secret, "category": scan, "name": format!("Possible password: '{secret}'"),
            "message": secret, "description": secret, "cve": format!("conf.py:{secret}:B105"),
            "severity": "Critical", "confidence": "High", "raw_source_code_extract": secret,
            "scanner": {"id": "x", "name": "X"}, "solution": secret,
            "location": {"file": "conf.py", "start_line": line, "class": secret,
                "commit": {"sha": "a".repeat(40), "author": secret, "message": secret}},
            "identifiers": [{"type": "bandit_test_id", "name": "B105", "value": "B105"}],
            "details": {"x": {"type": "text", "value": secret}}, "evidence": {"summary": secret},
            "tracking": {"items": [{"signatures": [{"value": secret}]}]},
        })
    };
    json!({
        "version": "15.0.4", "vulnerabilities": [row(3), row(7)], "remediations": [],
        "scan": {"scanner": {"id": "x", "name": "X", "version": "1"}, "type": scan,
            "end_time": "2026-11-22T09:00:00", "status": "success"},
    })
}

fn semgrep(secret: &str) -> Json {
    let row = |rule: &str, message: &str| {
        json!({
            "check_id": rule, "path": "conf.py", "start": {"line": 3, "col": 1, "offset": 9},
            "end": {"line": 3, "col": 9, "offset": 18},
            "extra": {"message": message, "severity": "ERROR", "lines": secret,
                "metavars": {"$X": {"start": {"line": 3}, "abstract_content": secret}},
                "metadata": {"cwe": ["CWE-798: Use of Hard-coded Credentials"], "x": secret},
                "fix": secret, "fingerprint": secret, "validation_state": "NO_VALIDATOR"},
        })
    };
    let mut near = row("python.assert-used", "An assert");
    near["extra"]["metadata"] = json!({"cwe": "CWE-617"});
    near["extra"]["fingerprint"] = json!("0a1b");
    json!({
        "version": "1.97.0", "errors": [], "paths": {"scanned": ["conf.py"]},
        "results": [row("generic.secrets.aws", secret), near],
    })
}

fn checkov(secret: &str) -> Json {
    let check = |id: &str| {
        json!({
            "check_id": id, "check_name": "AWS Access Key", "code_block": [[3, secret]],
            "check_result": {"result": "FAILED", "evaluated_keys": [secret]},
            "file_path": "/conf.py", "file_line_range": [3, 4], "resource": secret,
            "fingerprint": secret, "details": [secret], "evaluations": {"x": secret},
        })
    };
    json!([{
        "check_type": "secrets",
        "results": {"passed_checks": [], "failed_checks": [check("CKV_SECRET_2"),
            check("CKV_SECRET_6")], "skipped_checks": [], "parsing_errors": []},
        "summary": {"passed": 0, "failed": 2, "skipped": 0, "parsing_errors": 0,
            "checkov_version": "3.2.1"},
    }])
}

fn bandit(secret: &str) -> Json {
    let row = |rule: &str, text: &str| {
        json!({"filename": "conf.py", "issue_severity": "HIGH", "issue_text": text,
            "line_number": 3, "test_id": rule, "code": format!("3 key = '{secret}'")})
    };
    json!({
        "errors": [], "generated_at": "2026-11-22T09:00:00Z",
        "metrics": {"_totals": {"loc": 12, "nosec": 0}},
        "results": [row("B105", &format!("Possible password: '{secret}'")), row("B101", "x")],
    })
}

fn gosec(secret: &str) -> Json {
    let row = |rule: &str, details: &str| {
        json!({"severity": "HIGH", "confidence": "LOW", "rule_id": rule, "details": details,
            "file": "conf.go", "code": format!("3: key := {secret}"), "line": "3",
            "autofix": if rule == "G101" { secret } else { "" }, "suppressions": null})
    };
    json!({
        "Golang errors": {}, "Issues": [row("G101", secret), row("G104", "Errors unhandled")],
        "Stats": {"files": 1, "lines": 9, "nosec": 0, "found": 2}, "GosecVersion": "2.22.3",
    })
}

fn ruff(secret: &str) -> Json {
    let row = |code: &str, message: &str| {
        json!({"code": code, "filename": "conf.py", "message": message, "noqa_row": 3,
            "location": {"row": 3, "column": 1}, "end_location": {"row": 3, "column": 9},
            "fix": {"edits": [{"content": format!("key = '{secret}'")}]}})
    };
    json!([
        row("S105", &format!("Possible password: \"{secret}\"")),
        row("Q000", "Quotes")
    ])
}

fn eslint(secret: &str) -> Json {
    json!([{
        "filePath": "/w/conf.js", "errorCount": 2, "warningCount": 0, "suppressedMessages": [],
        "source": format!("key = '{secret}'"), "output": secret,
        "messages": [
            {"ruleId": "no-secrets/no-secrets", "severity": 2, "message": secret, "line": 3,
                "suggestions": [{"desc": secret, "fix": {"text": secret}}]},
            {"ruleId": "quotes", "severity": 2, "message": "Quotes", "line": 3,
                "fix": {"range": [0, 9], "text": secret}},
        ],
    }])
}

fn zizmor(secret: &str) -> Json {
    let row = |ident: &str| {
        json!({"ident": ident, "desc": "d", "determinations": {"severity": "High"},
            "locations": [{"symbolic": {"key": {"Local": {"verbatim_path": "a.yml"}},
                "kind": "Primary"}, "concrete": {"location": {"start_point": {"row": 2}},
                "feature": format!("password: {secret}"), "comments": [secret]}}],
            "ignored": false})
    };
    json!([
        row("hardcoded-container-credentials"),
        row("anonymous-definition")
    ])
}

fn checkstyle(secret: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<checkstyle version=\"4.3\"><file name=\"conf.js\"><error \
         line=\"3\" severity=\"error\" message=\"Found {secret}\" \
         source=\"eslint.rules.no-secrets/no-secrets\"/></file></checkstyle>\n"
    )
}

fn spotbugs(secret: &str) -> String {
    format!(
        "<BugCollection version=\"4.8.0\" analysisTimestamp=\"1795338000000\"><BugInstance \
         type=\"HARD_CODE_PASSWORD\" priority=\"1\"><LongMessage>Password {secret}</LongMessage>\
         <String value=\"{secret}\"><Message>Value {secret}</Message></String><SourceLine \
         start=\"3\" sourcepath=\"Conf.java\"/></BugInstance><Errors errors=\"0\" \
         missingClasses=\"0\"/><FindBugsSummary total_classes=\"1\" total_bugs=\"1\"/>\
         </BugCollection>\n"
    )
}
