//! JUnit XML that holds no tests: findings of linters, mutants, secrets.

use super::junit::{SPEC, measure};
use super::junit_cases::{Case, Cases, Ending, Gathering};
use super::junit_writers::Writer;
use crate::collect::reports::findings::Findings;
use crate::collect::reports::quoting::about_secrets;
use crate::collect::reports::{Document, redact, redact_xml};
use crate::model::exhibit::Redaction;
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::{ANALYSIS_FINDING, SECRETS_FINDING};
use crate::model::text::grouped;
use crate::parse::error::ParseError;
use crate::parse::{limits, xml};

pub(super) fn begin(kind: ReportKind, tool: &str) -> Reading {
    let mut reading = Reading::new(kind, SPEC.name);
    reading.tool = Some(tool.to_owned());
    reading
}

/// Holds the findings in a file to what is kept of one report: tools that run no tests write few.
/// Cases that failed are kept first, so that what is dropped is no finding.
///
/// # Errors
/// More findings than are kept.
pub(super) fn are_all_listed(cases: &Cases) -> Result<(), ParseError> {
    let failed = cases.ended(Ending::Failed) + cases.ended(Ending::Error);
    if cases.unlisted(Ending::Failed) + cases.unlisted(Ending::Error) == 0 {
        return Ok(());
    }
    let most = limits::ITEMS as u64;
    let (most, failed) = (grouped(most), grouped(failed));
    let says = format!("expected at most {most} findings in JUnit XML, found {failed}");
    Err(ParseError::whole(says))
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
    reading.measure("total", cases.count());
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

/// Whether something in the file may be a secret.
pub(super) fn may_quote(cases: &Cases, writer: Writer) -> bool {
    matches!(writer, Writer::Secrets(_)) || cases.totals.about_secrets
}

/// A linter: a case that failed is a finding; one that passed is a rule or a file without any. What
/// a case about secrets says may quote one.
pub(super) fn analysis(
    cases: &Cases,
    tool: &str,
    document: &Document<'_>,
) -> Result<Reading, ParseError> {
    let mut reading = begin(ReportKind::Analysis, tool);
    measure(cases, &mut reading);
    reading.note(format!(
        "{tool} wrote its findings as test cases; a case that failed is a finding."
    ));
    let redacted = if failing(cases).any(|case| about_secrets(&case.name)) {
        redact_xml::without("junit-analysis/v1", document, |spot| {
            let case = spot.open.iter().find(|it| it.name == "testcase");
            case.and_then(|case| case.attribute("name"))
                .filter(|name| about_secrets(name))?;
            in_case(spot.attribute)
        })?
    } else {
        None
    };
    let again = shipped(redacted.as_ref())?;
    for case in failing(again.as_ref().unwrap_or(cases)) {
        let says = Some(case.message.as_str()).filter(|_| !about_secrets(&case.name));
        let item = Item::new(&ANALYSIS_FINDING, Source::line(document.path, case.at))
            .with("path", case.file.as_deref())
            .with("line", case.line)
            .with("tool", tool)
            .with("rule", case.name.as_str())
            .with("rank", "unknown")
            .with("status", "active")
            .with("message", says);
        reading.items.push(item);
    }
    reading.measure("active", reading.items.len());
    redact::apply(redacted, &mut reading);
    empty(cases, &mut reading);
    Ok(reading)
}

/// The cases as they stand in the bytes that are shipped, where something was taken out: places
/// are those in these bytes.
fn shipped(redacted: Option<&(Redaction, Vec<u8>)>) -> Result<Option<Cases>, ParseError> {
    let Some((_, bytes)) = redacted else {
        return Ok(None);
    };
    let mut gathering = Gathering::default();
    xml::pieces(bytes.as_slice(), |piece| {
        gathering.take(piece);
        true
    })?;
    Ok(Some(gathering.finish()))
}

/// The messages inside cases and every text quote what was found.
fn in_case(attribute: Option<&str>) -> Option<&'static str> {
    match attribute {
        Some(name) => (name == "message").then_some("message"),
        None => Some("text"),
    }
}

pub(super) fn empty(cases: &Cases, reading: &mut Reading) {
    if cases.count() == 0 {
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
    let redacted =
        redact_xml::without("junit-secrets/v1", document, |spot| in_case(spot.attribute))?;
    let again = shipped(redacted.as_ref())?;
    let cases = again.as_ref().unwrap_or(cases);
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
    redact::apply(redacted, &mut reading);
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
    fn a_linters_finding_about_a_secret_is_not_quoted() {
        let planted = "planted-0017";
        let reading = read(&format!(
            "<testsuites><testsuite name='bandit' tests='2'><testcase classname='a.py'
             name='hardcoded_password_string'><error message='{planted}'>{planted} &amp;
             {planted}</error></testcase><testcase name='assert_used'><error message='m'/>
             </testcase></testsuite></testsuites>"
        ));
        let (_, bytes) = reading.redacted.clone().expect("a redaction");
        let without = String::from_utf8(bytes).expect("text");
        assert!(
            !format!("{:?} {without}", reading.items).contains(planted),
            "{without}"
        );
        assert_eq!(reading.items[1].get("message").as_text(), Some("m"));
        let again = read(&without);
        assert_eq!((again.items, again.redacted), (reading.items, None));
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
