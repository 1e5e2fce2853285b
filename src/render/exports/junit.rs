//! JUnit XML, as build servers read it: a control is a test case. What was not tested is an error
//! and what is waived is skipped with its waiver; neither is ever a case without a child, which
//! would read as passed.
//!
//! Two schemas are in use, and one of them allows a case a single child only. So a control with
//! exceptions that could not be tested in full is two cases.

use crate::model::orders::{Written, made_inert};
use crate::model::result::{ControlResult, Deviation};
use crate::model::run::Run;
use crate::model::text::visible;
use crate::render::table::count;
use crate::render::verdict;
use crate::seal::Bundle;

use super::sayings;
use super::standing::{Standing, beside, cause};

/// How many places are named in one failure; build servers keep all of it in memory.
const PLACES: usize = 1_000;

/// A test case: what it is called, and what is wrong with it.
struct Case {
    name: String,
    class: String,
    child: Option<Child>,
}

/// What is wrong with a case.
struct Child {
    element: &'static str,
    kind: &'static str,
    message: String,
    text: String,
}

/// The run as JUnit XML.
pub fn report(bundle: &Bundle) -> Vec<u8> {
    let run = bundle.run();
    let cases: Vec<Case> = run
        .results
        .iter()
        .flat_map(|result| cases(run, result))
        .collect();
    let with = |element: &str| {
        let children = cases.iter().filter_map(|case| case.child.as_ref());
        children.filter(|child| child.element == element).count()
    };
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    // One of the schemas knows no zone; all times are in UTC.
    let moment = run.as_of.to_string();
    open(
        &mut out,
        "  <testsuite",
        &[
            ("id", "0"),
            ("name", &format!("audit {}", run.catalogue.name)),
            ("package", &run.catalogue.name),
            ("hostname", "localhost"),
            ("timestamp", moment.trim_end_matches('Z')),
            ("tests", &cases.len().to_string()),
            ("failures", &with("failure").to_string()),
            ("errors", &with("error").to_string()),
            ("skipped", &with("skipped").to_string()),
            ("time", "0"),
        ],
    );
    out.push_str(">\n");
    properties(&mut out, bundle);
    for case in &cases {
        case.write(&mut out);
    }
    let last = format!("{}. {}", verdict::counts(&run.counts()), super::NO_OPINION);
    out.extend(["    <system-out>", &text(&last), "</system-out>\n"]);
    out.push_str("    <system-err/>\n  </testsuite>\n</testsuites>\n");
    made_inert(out, Written::Html).into_bytes()
}

fn properties(out: &mut String, bundle: &Bundle) {
    let run = bundle.run();
    let (exit, meaning) = verdict::exit(bundle);
    out.push_str("    <properties>\n");
    let mut property = |name: &str, value: &str| {
        open(out, "      <property", &[("name", name), ("value", value)]);
        out.push_str("/>\n");
    };
    property("audit.version", run.tool.version);
    property("subject", &run.subject.name);
    property("commit", run.subject.commit.as_deref().unwrap_or("none"));
    property("catalogue.version", &run.catalogue.version);
    property("catalogue.sha256", &run.catalogue.sha256.to_string());
    property("exit", &format!("{exit}: {meaning}"));
    if !run.only.is_empty() {
        property(
            "only",
            &format!("{}; this is no evidence", run.only.join(" ")),
        );
    }
    if !run.outside.is_empty() {
        property("no result, needs a period", &run.outside.join(" "));
    }
    let left_out = crate::render::register::left_out(run);
    if !left_out.is_empty() {
        property("no result, left out by the policy", &left_out.join(" "));
    }
    for (waiver, state) in &run.waivers {
        let name = format!("waiver {} of {}", waiver.id, waiver.control);
        property(&name, state.name());
    }
    for result in &run.results {
        let stands = Standing::of(result).words();
        property(&format!("result {}", result.control), stands);
    }
    out.push_str("    </properties>\n");
}

/// The case of a control, and a second one where it could not be tested in full.
fn cases(run: &Run, result: &ControlResult) -> Vec<Case> {
    let control = run.control(&result.control);
    let title = control.map_or("", |it| it.title.as_str());
    let family = control.map_or("", |it| it.family());
    let case = |tail: &str, child| Case {
        name: format!("{} {title}{tail}", result.control),
        class: format!("{}.{family}", run.catalogue.name),
        child,
    };
    let mut cases = vec![case("", child(run, result))];
    if !beside(result).is_empty() {
        cases.push(case(
            " (not tested in full)",
            Some(untested("error", result)),
        ));
    }
    cases
}

fn child(run: &Run, result: &ControlResult) -> Option<Child> {
    let skipped = |kind, words: &str| {
        Some(Child {
            element: "skipped",
            kind,
            message: format!("{words}: {}", sayings::observed(result)),
            text: String::new(),
        })
    };
    match Standing::of(result) {
        Standing::NoneNoted | Standing::Attested => None,
        Standing::Exceptions => Some(failure(run, result)),
        Standing::Waived => Some(waived(run, result)),
        Standing::Untested | Standing::Unreadable => Some(untested("error", result)),
        Standing::Pending => Some(untested("skipped", result)),
        Standing::DidNotOccur => skipped("did-not-occur", "did not occur"),
        Standing::NotApplicable => skipped("not-applicable", "not applicable"),
    }
}

fn failure(run: &Run, result: &ControlResult) -> Child {
    let fix = run
        .control(&result.control)
        .map_or("", |it| it.remediation.as_str());
    let mut lines = vec![fix.to_owned()];
    let (open, waived): (Vec<&Deviation>, Vec<&Deviation>) = result
        .deviations
        .iter()
        .partition(|deviation| deviation.waiver.is_none());
    let shown = open.into_iter().chain(waived).take(PLACES);
    lines.extend(shown.map(|it| sayings::placed(it, &sayings::deviation(it))));
    if let Some(left) = result.deviations.len().checked_sub(PLACES + 1) {
        lines.push(format!(
            "{}, in report.json",
            count(left + 1, "more", "more")
        ));
    }
    Child {
        element: "failure",
        kind: "exceptions-noted",
        message: format!("exceptions noted. {}", sayings::observed(result)),
        text: joined(&lines),
    }
}

fn waived(run: &Run, result: &ControlResult) -> Child {
    let ids: Vec<&str> = result.waivers.iter().map(|used| used.id.as_str()).collect();
    let mut said: Vec<String> = Vec::new();
    for used in &result.waivers {
        said.extend(sayings::waiver_of(run, &used.id).map(sayings::accepted));
    }
    Child {
        element: "skipped",
        kind: "waived",
        message: format!(
            "waived: {}. Exceptions noted: {}. {}",
            ids.join(", "),
            result.deviations.len(),
            said.join(" ")
        ),
        text: String::new(),
    }
}

fn untested(element: &'static str, result: &ControlResult) -> Child {
    let lines: Vec<String> = result.gaps.iter().map(sayings::gap).collect();
    let first = lines
        .first()
        .cloned()
        .unwrap_or_else(|| sayings::untested(result));
    Child {
        element,
        kind: cause(&result.gaps),
        message: format!("not tested: {first}"),
        // What is skipped has no text in one of the schemas.
        text: if element == "error" {
            joined(&lines)
        } else {
            String::new()
        },
    }
}

/// Lines of their own, of which no text can begin another.
fn joined(lines: &[String]) -> String {
    let shown: Vec<String> = lines
        .iter()
        .map(|line| visible(line).into_owned())
        .collect();
    shown.join("\n")
}

impl Case {
    fn write(&self, out: &mut String) {
        open(
            out,
            "    <testcase",
            &[
                ("classname", &self.class),
                ("name", &self.name),
                ("time", "0"),
            ],
        );
        let Some(child) = &self.child else {
            out.push_str("/>\n");
            return;
        };
        out.push_str(">\n");
        let message = ("message", child.message.as_str());
        let start = format!("      <{}", child.element);
        if child.element == "skipped" {
            open(out, &start, &[message]);
            out.push_str("/>\n");
        } else {
            open(out, &start, &[message, ("type", child.kind)]);
            let lines: Vec<String> = child.text.split('\n').map(text).collect();
            out.extend([">", &lines.join("\n"), "</", child.element, ">\n"]);
        }
        out.push_str("    </testcase>\n");
    }
}

/// The beginning of a tag with its attributes.
fn open(out: &mut String, start: &str, attributes: &[(&str, &str)]) {
    out.push_str(start);
    for (name, value) in attributes {
        out.extend([" ", name, "=\"", &text(value), "\""]);
    }
}

/// A text as XML 1.0 takes it: nothing of it is markup, and what XML forbids is shown as an escape,
/// as are line breaks, which an attribute would lose.
fn text(raw: &str) -> String {
    let shown = visible(raw);
    let mut out = String::with_capacity(shown.len());
    for character in shown.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\u{fffe}' => out.push_str("\\u{fffe}"),
            '\u{ffff}' => out.push_str("\\u{ffff}"),
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::control::Severity;
    use crate::render::sample;

    #[test]
    fn the_sample_as_a_build_server_reads_it() {
        let text = String::from_utf8(report(&sample::bundle())).expect("UTF-8");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn no_text_is_markup_and_what_xml_forbids_is_shown() {
        assert_eq!(
            text("]]> <a b='c'>&amp;\u{0}\u{ffff}\n"),
            "]]&gt; &lt;a b=&apos;c&apos;&gt;&amp;amp;\\u{0}\\u{ffff}\\u{a}"
        );
    }

    #[test]
    fn the_rest_of_many_places_is_counted() {
        let mut run = sample::run();
        let result = run.results.first_mut().expect("a result");
        result.deviations = (0..1_002)
            .map(|line| sample::deviation(line, "a", None))
            .collect();
        let bundle = Bundle::new(run, Severity::Low);
        let text = String::from_utf8(report(&bundle)).expect("UTF-8");
        assert!(
            text.contains("\n2 more, in report.json</failure>"),
            "{text}"
        );
    }
}
