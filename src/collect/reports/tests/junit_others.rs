//! JUnit XML that holds no tests: findings of linters and type checkers, mutants, secrets.

use std::fmt::Write as _;

use super::junit::{SPEC, measure};
use super::junit_cases::{Case, Cases, Ending};
use crate::collect::reports::findings::Findings;
use crate::collect::reports::words::counted;
use crate::collect::reports::{Document, redact};
use crate::model::exhibit::Redaction;
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::{ANALYSIS_FINDING, SECRETS_FINDING};
use crate::parse::error::ParseError;
use crate::parse::rewrite::REDACTED;
use crate::parse::xml::{self, Element, Part};

fn begin(kind: ReportKind, tool: &str) -> Reading {
    let mut reading = Reading::new(kind, SPEC.name);
    reading.tool = Some(tool.to_owned());
    reading
}

fn failing(cases: &Cases) -> impl Iterator<Item = &Case> {
    cases
        .all
        .iter()
        .filter(|case| case.ending >= Ending::Failed)
}

/// A case that failed is a mutant that survived; the others may be anything else: killed, but also
/// suspicious, untested or not tried yet.
pub(super) fn mutants(cases: &Cases, tool: &str) -> Reading {
    let mut reading = begin(ReportKind::Mutation, tool);
    reading.measure("total", cases.all.len());
    reading.measure("survived", cases.ended(Ending::Failed));
    let others = match tool {
        "mutmut" => "suspicious and untested mutants",
        _ => "mutants that were not tried yet",
    };
    let why = format!(
        "{tool} writes {others} as passed cases, so its JUnit file does not say how many were \
         killed."
    );
    reading.lower(ReadingState::Incomplete, why);
    reading
}

/// mypy writes one case for the whole run, or one for each file: its errors stand in the text.
pub(super) fn types(cases: &Cases, tool: &str) -> Reading {
    let mut reading = begin(ReportKind::Types, tool);
    let mut findings = Findings::with_severities(&["error"]);
    let mut untold = 0;
    for case in failing(cases) {
        untold += u64::from(case.errors_told == 0);
        for _ in 0..case.errors_told {
            findings.severity("error");
        }
        findings.total = findings.total.saturating_add(case.errors_told);
    }
    findings.active = findings.total;
    findings.measure(&mut reading);
    reading.note(format!(
        "{tool} writes a case for a run or a file, so its errors were counted in the text."
    ));
    if untold > 0 {
        let why = format!(
            "{} without naming one error: the check itself broke.",
            counted(untold, "case failed", "cases failed")
        );
        reading.lower(ReadingState::Incomplete, why);
    }
    empty(cases, &mut reading);
    reading
}

/// A linter: a case that failed is a finding; one that passed is a rule or a file without any.
pub(super) fn analysis(cases: &Cases, tool: &str, document: &Document<'_>) -> Reading {
    let mut reading = begin(ReportKind::Analysis, tool);
    measure(cases, &mut reading);
    reading.note(format!(
        "{tool} wrote its findings as test cases; a case that failed is a finding."
    ));
    for case in failing(cases) {
        let item = Item::new(&ANALYSIS_FINDING, Source::line(document.path, case.at))
            .with("path", case.file.as_deref())
            .with("line", case.line)
            .with("tool", tool)
            .with("rule", case.name.as_str())
            .with("rank", "unknown")
            .with("status", "active")
            .with("message", case.message.as_str());
        reading.items.push(item);
    }
    reading.measure("active", reading.items.len());
    empty(cases, &mut reading);
    reading
}

fn empty(cases: &Cases, reading: &mut Reading) {
    if cases.all.is_empty() {
        let why = "The report holds no case, so it does not show that anything was looked at.";
        reading.lower(ReadingState::NothingMeasured, why);
    }
}

/// gitleaks: the text of a case is the whole finding with the secret in it.
pub(super) fn secrets(
    cases: &Cases,
    tool: &str,
    document: &Document<'_>,
) -> Result<Reading, ParseError> {
    let mut reading = begin(ReportKind::Secrets, tool);
    let (redaction, without) = without_texts(document)?;
    // Places are those in the bytes that are shipped.
    let mut again = Cases::default();
    let cases = if redaction.fields.is_empty() {
        cases
    } else {
        xml::read(without.as_bytes(), |part| {
            again.take(part);
            true
        })?;
        &again
    };
    for case in failing(cases) {
        let item = Item::new(&SECRETS_FINDING, Source::line(document.path, case.at))
            .with("path", case.file.as_deref())
            .with("line", case.line.or_else(|| line_in(&case.name)))
            .with("rule", rule_in(&case.name))
            .with("status", "active");
        reading.items.push(item);
    }
    let count = u64::try_from(reading.items.len()).unwrap_or(u64::MAX);
    let findings = Findings {
        total: count,
        active: count,
        ..Findings::default()
    };
    findings.measure(&mut reading);
    if count == 0 {
        reading.note(format!(
            "A clean {tool} report does not say what was scanned."
        ));
    }
    if !redaction.fields.is_empty() {
        reading.note(redact::note(&redaction));
        reading.redacted = Some((redaction, without.into_bytes()));
    }
    Ok(reading)
}

/// `aws-key has detected a secret in file a.py, line 7, at commit abc.`
fn rule_in(name: &str) -> Option<&str> {
    name.split_once(" has detected ").map(|(rule, _)| rule)
}

fn line_in(name: &str) -> Option<u64> {
    let (_, rest) = name.rsplit_once(", line ")?;
    rest.split(',').next()?.trim().parse().ok()
}

/// The file again without any text and without the messages inside its cases.
fn without_texts(document: &Document<'_>) -> Result<(Redaction, String), ParseError> {
    const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    let mut messages = 0;
    let mut texts = 0;
    let mut out = String::from(HEAD);
    // The pieces of one text come apart at entities; one word stands for all of them, and only a
    // text that is this word in one piece was taken out before.
    let mut pieces = 0_u64;
    document
        .xml(|part| {
            match part {
                Part::Start(element) => {
                    pieces = 0;
                    messages += begin_tag(&element, &mut out);
                }
                Part::Text(_) if out == HEAD => {}
                Part::Text(text) if text.trim().is_empty() => out.push_str(&text),
                Part::Text(text) => {
                    pieces += 1;
                    texts += u64::from(pieces > 1 || text.trim() != REDACTED);
                    if pieces == 1 {
                        out.push_str(REDACTED);
                    }
                }
                Part::End(name) => {
                    pieces = 0;
                    let _ = write!(out, "</{name}>");
                }
            }
            true
        })
        .map_err(|_| ParseError::whole("expected well-formed XML to the end"))?;
    let counted = [("message", messages), ("text", texts)];
    let redaction = Redaction {
        profile: "junit-secrets/v1",
        fields: counted
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| (name.to_owned(), count))
            .collect(),
    };
    Ok((redaction, out))
}

/// Writes a start tag without its message; answers how many messages were taken out.
fn begin_tag(element: &Element, out: &mut String) -> u64 {
    let mut taken = 0;
    let _ = write!(out, "<{}", element.name);
    for (name, value) in &element.attributes {
        let hidden = name == "message" && !matches!(value.as_str(), "" | REDACTED);
        taken += u64::from(hidden);
        let value = if hidden { REDACTED } else { value };
        let _ = write!(out, " {name}=\"");
        for character in value.chars() {
            match character {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '"' => out.push_str("&quot;"),
                '\n' | '\r' | '\t' => {
                    let _ = write!(out, "&#{};", u32::from(character));
                }
                other => out.push(other),
            }
        }
        out.push('"');
    }
    out.push('>');
    taken
}

#[cfg(test)]
mod tests {
    use crate::collect::reports::{Outcome, inspect};
    use crate::model::reading::{Reading, ReadingState};

    fn read(text: &str) -> Reading {
        match inspect("junit.xml", text.as_bytes()).outcome {
            Outcome::Report(reading) => *reading,
            other => panic!("a report, not {other:?}"),
        }
    }

    #[test]
    fn errors_of_a_type_checker_are_counted_in_its_text() {
        let reading = read(
            "<testsuite name='mypy' tests='1'><testcase classname='mypy' name='mypy-py3'>
             <failure message='mypy produced messages'>a.py:1: error: &quot;x&quot; [misc]
a.py:2: note: hint\na.py:3: error: y</failure></testcase></testsuite>",
        );
        assert_eq!(
            (reading.kind.name(), reading.state),
            ("types", ReadingState::Complete)
        );
        assert_eq!(reading.measures["active"].as_int(), Some(2));
    }

    #[test]
    fn findings_of_a_linter_are_no_tests() {
        let reading = read(
            "<testsuites name='ruff'><testsuite name='a.py' package='org.ruff'>
             <testcase name='org.ruff.F401' line='3'><failure message='unused'/></testcase>
             </testsuite></testsuites>",
        );
        assert_eq!((reading.kind.name(), reading.items.len()), ("analysis", 1));
        let mixed = read(
            "<testsuites><testsuite name='mypy'><testcase name='m'/></testsuite>
             <testsuite name='unit'><testcase name='t'/></testsuite></testsuites>",
        );
        assert_eq!(mixed.kind.name(), "tests");
        assert!(mixed.notes[0].contains("1 case was written by tools"));
    }

    #[test]
    fn passed_mutants_are_not_taken_for_killed_ones() {
        let reading = read(
            "<testsuites><testsuite name='mutmut'><testcase name='Mutant #1'/>
             <testcase name='Mutant #2'><failure message='bad_survived'/></testcase></testsuite>
             </testsuites>",
        );
        assert_eq!(
            (reading.kind.name(), reading.state),
            ("mutation", ReadingState::Incomplete)
        );
        assert!(!reading.measures.contains_key("killed"));
        let reading = read(
            "<testsuite errors='0' failures='1' skips='0' tests='2'>
             <testcase><mutation classname='1' line='3' file='a.py'/></testcase>
             <testcase><mutation classname='2' line='4' file='a.py'/>
             <failure message='Mutant has survived your unit tests'>x</failure></testcase>
             </testsuite>",
        );
        assert_eq!(
            (reading.kind.name(), reading.tool.as_deref()),
            ("mutation", Some("cosmic-ray"))
        );
        assert_eq!(reading.measures["survived"].as_int(), Some(1));
    }

    #[test]
    fn a_secret_in_junit_gets_nowhere() {
        let planted = "planted-0002";
        let text = format!(
            "<testsuites><testsuite name='gitleaks' tests='1'>
             <testcase classname='d' name='aws has detected a secret in file a&amp;b.py, line 7, at
             commit c.' file='a&amp;b.py'><failure message='{planted}' type='d'>{{&quot;Secret&quot;:
             &quot;{planted}&quot;}}</failure></testcase></testsuite></testsuites>"
        );
        let reading = read(&text);
        assert_eq!(reading.kind.name(), "secrets");
        assert_eq!(reading.items[0].get("rule").as_text(), Some("aws"));
        assert_eq!(reading.items[0].get("line").as_int(), Some(7));
        let (_, bytes) = reading.redacted.clone().expect("a redaction");
        let without = String::from_utf8(bytes).expect("text");
        assert!(
            !format!("{reading:?} {without}").contains(planted),
            "{without}"
        );
        let again = read(&without);
        assert_eq!(
            (&again.items[0].get("path"), again.redacted),
            (&reading.items[0].get("path"), None)
        );
        // A text that only begins like one that was taken out.
        let part = without.replacen(">REDACTED<", &format!(">REDACTED&amp;{planted}<"), 1);
        let (_, bytes) = read(&part).redacted.expect("a redaction");
        assert_eq!(String::from_utf8(bytes).expect("text"), without);
        for end in 0..text.len() {
            let outcome = inspect("junit.xml", &text.as_bytes()[..end]).outcome;
            assert!(
                !format!("{outcome:?}").contains(planted),
                "{end}: {outcome:?}"
            );
        }
    }
}
