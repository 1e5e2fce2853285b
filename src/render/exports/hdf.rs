//! HDF, as Heimdall and the tools around it read it: the results of a profile. What was
//! not tested is skipped, which reads as not reviewed; what could not be read is an error; what is
//! waived stays failed, because a control that is skipped for a waiver would leave the count.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::model::control::{Control, Severity, shown};
use crate::model::gap::Gap;
use crate::model::result::{ControlResult, Outcome};
use crate::model::run::Run;
use crate::model::text::visible;
use crate::render::{register, verdict};
use crate::seal::Bundle;

use super::plain::{compact, each_text, written};
use super::standing::{Standing, beside, cause, unread};
use super::{NO_OPINION, sayings};

/// What the catalogue calls the controls of NIST SP 800-53.
const NIST: &str = "nist-800-53";

/// The run as HDF.
pub fn report(bundle: &Bundle) -> Vec<u8> {
    let run = bundle.run();
    let commit = run.subject.commit.as_deref().unwrap_or("no commit");
    let mut tree = json!({
        "platform": {
            "name": "audit",
            "release": run.tool.version,
            "target_id": format!("{} at {commit}", run.subject.name),
        },
        "version": run.tool.version,
        "statistics": {},
        "profiles": [{
            "name": run.catalogue.name,
            "version": run.catalogue.version,
            "sha256": run.catalogue.sha256,
            "title": format!("{} {}", run.catalogue.name, run.catalogue.version),
            "summary": summary(run),
            "status": "loaded",
            "supports": [],
            "attributes": attributes(run),
            "groups": groups(run),
            "controls": run.results.iter().map(|it| control(run, it)).collect::<Vec<_>>(),
        }],
    });
    each_text(&mut tree, &tame);
    written(tree)
}

/// One of the readers puts texts into pages as they are, so that what would begin a tag there is
/// shown as an escape.
fn tame(text: &str) -> Cow<'_, str> {
    let begins = |at: usize| {
        let next = text.get(at + 1..).and_then(|rest| rest.chars().next());
        next.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
    };
    if !text.match_indices('<').any(|(at, _)| begins(at)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for (at, character) in text.char_indices() {
        if character == '<' && begins(at) {
            out.push_str("\\u{3c}");
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

fn summary(run: &Run) -> String {
    let mut said = vec![format!("{}. {NO_OPINION}", verdict::counts(&run.counts()))];
    if !run.only.is_empty() {
        let only = run.only.join(" ");
        said.push(format!("Only {only} examined, so this is no evidence."));
    }
    if !run.outside.is_empty() {
        said.push(format!("Need a period: {}.", run.outside.join(" ")));
    }
    let left_out = register::left_out(run);
    if !left_out.is_empty() {
        said.push(format!("Left out by the policy: {}.", left_out.join(" ")));
    }
    said.join(" ")
}

/// The parameters in force.
fn attributes(run: &Run) -> Vec<Value> {
    let of = |control: &Control| -> Vec<Value> {
        let parameters = control.parameters.iter();
        parameters
            .map(|it| {
                json!({
                    "name": format!("{} {}", control.id, it.name),
                    "options": {
                        "description": it.meaning,
                        "value": shown(&it.value, it.unit),
                    },
                })
            })
            .collect()
    };
    run.controls.iter().flat_map(of).collect()
}

/// Controls by family.
fn groups(run: &Run) -> Vec<Value> {
    let mut families: std::collections::BTreeMap<&str, Vec<&str>> =
        std::collections::BTreeMap::new();
    for result in &run.results {
        let family = run.control(&result.control).map_or("", |it| it.family());
        families.entry(family).or_default().push(&result.control);
    }
    let group = |(family, ids)| json!({"id": family, "title": family, "controls": ids});
    families.into_iter().map(group).collect()
}

fn control(run: &Run, result: &ControlResult) -> Value {
    let control = run.control(&result.control);
    let text = |pick: fn(&Control) -> &String| control.map_or("", |it| pick(it).as_str());
    let stands = Standing::of(result);
    let limits = control.map_or_else(String::new, |it| it.limitations.join(" "));
    let logic: Vec<&str> = result
        .tests
        .iter()
        .map(|test| test.logic.as_str())
        .collect();
    compact_waiver(json!({
        "id": result.control,
        "title": text(|it| &it.title),
        "desc": text(|it| &it.statement),
        "descriptions": [
            {"label": "check", "data": text(|it| &it.procedure)},
            {"label": "fix", "data": text(|it| &it.remediation)},
            {"label": "limitations", "data": limits},
        ],
        "impact": impact(stands, result.severity),
        "refs": [],
        "tags": tags(run, result),
        "code": logic.join(" and "),
        "source_location": {"ref": text(|it| &it.path), "line": 1},
        "waiver_data": (stands == Standing::Waived).then(|| waiver(run, result)),
        "results": results(run, result, stands),
    }))
}

/// Without a waiver there is no entry for one; all others have to be there.
fn compact_waiver(mut control: Value) -> Value {
    if let Some(map) = control.as_object_mut()
        && map.get("waiver_data").is_some_and(Value::is_null)
    {
        map.remove("waiver_data");
    }
    control
}

/// How much it matters; none at all is how the format says that it does not apply.
fn impact(stands: Standing, severity: Severity) -> Value {
    if stands == Standing::NotApplicable {
        return json!(0.0);
    }
    match severity {
        Severity::Critical => json!(0.9),
        Severity::High => json!(0.7),
        Severity::Medium => json!(0.5),
        Severity::Low => json!(0.3),
    }
}

fn tags(run: &Run, result: &ControlResult) -> Value {
    let control = run.control(&result.control);
    let mut tags = Map::new();
    if let Some(control) = control {
        for (framework, ids) in &control.references {
            tags.insert(framework.clone(), json!(ids));
            if framework == NIST {
                // The name under which Heimdall looks for them.
                tags.insert("nist".to_owned(), json!(ids));
            }
        }
        let criteria: Vec<&str> = control.criteria.iter().map(|(id, _)| id.as_str()).collect();
        tags.insert("criteria".to_owned(), json!(criteria));
    }
    let waivers: Vec<Value> = sayings::waivers(run, &result.control)
        .map(|(waiver, state)| {
            let used = result.waivers.iter().find(|used| used.id == waiver.id);
            json!({
                "id": waiver.id,
                "state": state,
                "covers": used.map_or(0, |used| used.covers),
                "says": sayings::void(waiver, *state),
            })
        })
        .collect();
    tags.insert("severity".to_owned(), json!(result.severity));
    tags.insert("result".to_owned(), json!(result.outcome.name()));
    tags.insert("waived".to_owned(), json!(result.waived));
    tags.insert("waivers".to_owned(), json!(waivers));
    Value::Object(tags)
}

/// The waivers that cover all of it; the first that ends decides when it ends.
fn waiver(run: &Run, result: &ControlResult) -> Value {
    let used: Vec<_> = result
        .waivers
        .iter()
        .filter_map(|used| sayings::waiver_of(run, &used.id))
        .collect();
    let said: Vec<String> = used
        .iter()
        .map(|waiver| sayings::accepted(waiver))
        .collect();
    let ends = used.iter().filter_map(|waiver| waiver.expires).min();
    compact(json!({
        "expiration_date": ends.map(|day| day.to_string()),
        "justification": said.join(" "),
        "run": true,
        "skipped_due_to_waiver": false,
        "message": "",
    }))
}

fn results(run: &Run, result: &ControlResult, stands: Standing) -> Vec<Value> {
    let (list, otherwise) = match stands {
        Standing::NoneNoted | Standing::Attested => {
            let held = result
                .tests
                .iter()
                .filter(|test| test.outcome == Outcome::NoExceptionsNoted);
            let list: Vec<Value> = held
                .map(|test| one(run, "passed", &test.sentence))
                .collect();
            (list, one(run, "passed", &sayings::observed(result)))
        }
        Standing::Exceptions | Standing::Waived => (
            exceptions(run, result),
            failed(run, stands.words(), &sayings::observed(result)),
        ),
        Standing::Untested | Standing::Unreadable | Standing::Pending => {
            let list = result.gaps.iter().map(|gap| untested(run, gap)).collect();
            let said = format!("not tested: {}", sayings::untested(result));
            (list, one(run, "skipped", &said))
        }
        Standing::DidNotOccur | Standing::NotApplicable => {
            let said = format!("{}: {}", stands.words(), sayings::observed(result));
            (Vec::new(), one(run, "skipped", &said))
        }
    };
    // A control without any result would count as nothing.
    if list.is_empty() {
        vec![otherwise]
    } else {
        list
    }
}

fn one(run: &Run, status: &str, said: &str) -> Value {
    compact(json!({
        "status": status,
        "code_desc": visible(said),
        "skip_message": (status == "skipped").then(|| visible(said)),
        "start_time": run.as_of,
    }))
}

/// A gap; one that could not be read is an error.
fn untested(run: &Run, gap: &Gap) -> Value {
    let said = format!("not tested: {}", sayings::gap(gap));
    if !unread(gap.cause) {
        return one(run, "skipped", &said);
    }
    json!({
        "status": "error",
        "code_desc": said,
        "message": said,
        "exception": cause(std::slice::from_ref(gap)),
        "backtrace": [gap.line()],
        "start_time": run.as_of,
    })
}

/// Every deviation, and what could not be tested beside them. An error would come before the
/// failures; what is skipped does not.
fn exceptions(run: &Run, result: &ControlResult) -> Vec<Value> {
    let fix = run
        .control(&result.control)
        .map_or("", |control| control.remediation.as_str());
    let deviations = result.deviations.iter().map(|deviation| {
        let said = format!(
            "Required: {} {}",
            sayings::sentence(&deviation.required),
            sayings::sentence(fix)
        );
        let what = sayings::placed(deviation, &sayings::found(deviation));
        failed(run, &what, &said)
    });
    let gaps = beside(result).iter().map(|gap| {
        let said = format!("not tested: {}", sayings::gap(gap));
        one(run, "skipped", &said)
    });
    deviations.chain(gaps).collect()
}

fn failed(run: &Run, what: &str, said: &str) -> Value {
    json!({
        "status": "failed",
        "code_desc": what,
        "message": said,
        "start_time": run.as_of,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn the_sample_as_heimdall_reads_it() {
        let text = String::from_utf8(report(&sample::bundle())).expect("UTF-8");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn nothing_begins_a_tag() {
        assert_eq!(
            tame("<script> </b <!-- <?x"),
            "\\u{3c}script> \\u{3c}/b \\u{3c}!-- \\u{3c}?x"
        );
        assert!(matches!(tame("1 < 2, <3, <= a"), Cow::Borrowed(_)));
    }
}
