//! The results: one for each deviation, and one for each control that has none.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::model::result::{ControlResult, Deviation, Outcome};
use crate::model::run::Run;
use crate::render::table::count;
use crate::render::verdict::ordered;
use crate::seal::Bundle;
use crate::tree::digest::sha256;

use super::super::plain::{compact, reference};
use super::super::sayings;
use super::super::standing::{Standing, beside, cause};
use super::{ROOT, Told, WHOLE, location};

/// How many deviations are listed: code hosts show no more and drop the rest without a word.
const SHOWN: usize = 5_000;
/// How many characters of a message are written.
const MESSAGE: usize = 1_024;

/// What was listed, and how much was not.
#[derive(Default)]
pub(super) struct Results {
    /// The results.
    pub(super) list: Vec<Value>,
    /// Deviations that stand in it.
    pub(super) listed: usize,
    /// Deviations that do not.
    pub(super) left: usize,
}

/// What results of one run are made of.
struct Places<'r> {
    run: &'r Run,
    rules: BTreeMap<&'r str, usize>,
    artifacts: BTreeMap<&'r str, usize>,
}

impl Results {
    pub(super) fn of(bundle: &Bundle, told: Told) -> Self {
        let run = bundle.run();
        let controls = run.controls.iter().map(|it| it.id.as_str());
        let paths = run.exhibits.iter().map(|it| it.path.as_str());
        let places = Places {
            run,
            rules: controls.zip(0..).collect(),
            artifacts: paths.zip(0..).collect(),
        };
        let mut results = Self::default();
        let exceptions = ordered(run);
        // Each control keeps one place, so that none is pushed out by another.
        let mut room = SHOWN.saturating_sub(exceptions.len());
        for result in exceptions {
            let shown = result.deviations.len().min(room + 1);
            room -= shown.saturating_sub(1);
            results.exceptions(&places, result, shown);
        }
        for result in &run.results {
            let untested = matches!(
                Standing::of(result),
                Standing::Untested | Standing::Unreadable | Standing::Pending
            );
            let wanted = told == Told::Everything || untested;
            if wanted && result.outcome != Outcome::ExceptionsNoted {
                results.list.push(places.other(result));
            }
        }
        results
    }

    fn exceptions(&mut self, places: &Places<'_>, result: &ControlResult, shown: usize) {
        self.listed += shown;
        self.left += result.deviations.len() - shown;
        // Those that no waiver covers come first, so that none is hidden behind one that is.
        let (open, waived): (Vec<&Deviation>, Vec<&Deviation>) = result
            .deviations
            .iter()
            .partition(|deviation| deviation.waiver.is_none());
        for deviation in open.into_iter().chain(waived).take(shown) {
            self.list.push(places.failed(result, deviation));
        }
        if result.deviations.is_empty() {
            let said = sayings::observed(result);
            self.list.push(places.whole(result, "fail", "error", &said));
        }
        if !beside(result).is_empty() {
            let said = format!("Not tested in full. {}", sayings::untested(result));
            self.list.push(places.whole(result, "open", "none", &said));
        }
    }
}

impl Places<'_> {
    /// A deviation.
    fn failed(&self, result: &ControlResult, deviation: &Deviation) -> Value {
        let control = self.run.control(&result.control);
        let said = format!(
            "{} {}",
            sayings::deviation(deviation),
            control.map_or("", |it| it.remediation.as_str())
        );
        compact(json!({
            "ruleId": result.control,
            "ruleIndex": self.rules.get(result.control.as_str()),
            "kind": "fail",
            "level": "error",
            "message": message(said.trim_end()),
            "locations": [self.located(deviation)],
            "partialFingerprints": {
                "auditDeviation/v1": deviation.fingerprint,
                // The key by which GitHub knows an alert again. Its own digest is of the text of the
                // line, which two alerts on one line share.
                "primaryLocationLineHash": deviation.fingerprint,
            },
            "suppressions": self.suppressions(deviation),
            "properties": {
                "result": result.outcome.name(),
                "severity": result.severity,
                "attribute": deviation.attribute,
                "required": deviation.required,
            },
        }))
    }

    /// Where a deviation stands; one of the repository as a whole stands at its root.
    fn located(&self, deviation: &Deviation) -> Value {
        if deviation.path.is_empty() {
            return at(WHOLE);
        }
        let artifact = compact(json!({
            "uri": reference(&deviation.path),
            "uriBaseId": ROOT,
            "index": self.artifacts.get(deviation.path.as_str()),
        }));
        let region = deviation.line.filter(|line| *line > 0).map(|line| {
            compact(json!({
                "startLine": line,
                "startColumn": deviation.column.filter(|column| *column > 0),
            }))
        });
        json!({"physicalLocation": compact(json!({
            "artifactLocation": artifact,
            "region": region,
        }))})
    }

    /// The waiver in force that covers it. Any other waiver suppresses nothing.
    fn suppressions(&self, deviation: &Deviation) -> Value {
        let Some(id) = &deviation.waiver else {
            return Value::Null;
        };
        let waiver = sayings::waiver_of(self.run, id);
        let said = waiver.map_or_else(|| format!("Waived by {id}."), sayings::accepted);
        let place = waiver.map(|waiver| {
            json!({"physicalLocation": {
                "artifactLocation": location(&waiver.path),
                "region": {"startLine": waiver.line.max(1)},
            }})
        });
        json!([compact(json!({
            "kind": "external",
            "status": "accepted",
            "justification": said,
            "location": place,
            "properties": {
                "waiver": id,
                "expires": waiver.and_then(|it| it.expires).map(|day| day.to_string()),
            },
        }))])
    }

    /// A control without exceptions.
    fn other(&self, result: &ControlResult) -> Value {
        let (kind, said) = match Standing::of(result) {
            Standing::NoneNoted | Standing::Attested => ("pass", sayings::observed(result)),
            Standing::Exceptions | Standing::Waived => ("fail", sayings::observed(result)),
            Standing::Untested | Standing::Unreadable => ("open", untested(result)),
            Standing::Pending => ("review", untested(result)),
            Standing::DidNotOccur => (
                "informational",
                format!("Did not occur. {}", sayings::observed(result)),
            ),
            Standing::NotApplicable => (
                "notApplicable",
                format!("Not applicable. {}", sayings::observed(result)),
            ),
        };
        let level = if kind == "fail" { "error" } else { "none" };
        self.whole(result, kind, level, &said)
    }

    /// A result of the control as a whole.
    fn whole(&self, result: &ControlResult, kind: &str, level: &str, said: &str) -> Value {
        let standing = Standing::of(result);
        let paths: Vec<&String> = result.gaps.iter().map(|gap| &gap.path).collect();
        let first = paths.into_iter().find(|path| !path.is_empty());
        let first = first.filter(|_| matches!(kind, "open" | "review"));
        let fingerprint = sha256(format!("{}\0{kind}", result.control).as_bytes());
        compact(json!({
            "ruleId": result.control,
            "ruleIndex": self.rules.get(result.control.as_str()),
            "kind": kind,
            "level": level,
            "message": message(said),
            "locations": [at(first.map_or(WHOLE, String::as_str))],
            "partialFingerprints": {"auditControl/v1": fingerprint},
            "properties": compact(json!({
                "result": result.outcome.name(),
                "severity": result.severity,
                "attested": (standing == Standing::Attested).then_some(true),
                "cause": matches!(kind, "open" | "review").then(|| cause(&result.gaps)),
            })),
        }))
    }
}

/// A place that is a file or folder.
fn at(path: &str) -> Value {
    json!({"physicalLocation": {"artifactLocation": location(path)}})
}

fn untested(result: &ControlResult) -> String {
    let gaps = match result.gaps.len() {
        0 | 1 => String::new(),
        more => format!(" ({})", count(more, "gap", "gaps")),
    };
    format!("Not tested{gaps}. {}", sayings::untested(result))
}

/// A message in which nothing is taken for a link or for a place to put an argument.
pub(super) fn message(text: &str) -> Value {
    let text = text.replace("](", "] (");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((head, tail)) = rest.split_once('{') {
        out.push_str(head);
        let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = tail.split_at(digits);
        if let Some(after) = after.strip_prefix('}').filter(|_| digits > 0) {
            out.extend(["{{", number, "}}"]);
            rest = after;
        } else {
            out.push('{');
            rest = tail;
        }
    }
    out.push_str(rest);
    json!({"text": sayings::cut(&out, MESSAGE)})
}
