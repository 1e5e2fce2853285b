//! The register of waivers. A fault makes one entry cover nothing; it never makes the others
//! disappear, and it is said.

use crate::model::control::Control;
use crate::model::fact::{Item, Population, Source, State};
use crate::model::gap::{Cause, Gap};
use crate::model::relations::WAIVER_ENTRY;
use crate::model::text;
use crate::model::time::{Day, Moment};
use crate::model::value::Value;
use crate::model::waiver::{Waiver, WaiverScope};
use crate::parse::yaml::{Data, Node};
use crate::tree::glob::Globs;

use super::Text;
use super::problem::Problem;
use super::reader::Reader;

/// Where the register lies.
pub const WAIVERS: &str = ".audit/waivers.yaml";

const FIELDS: &[&str] = &[
    "id",
    "control",
    "scope",
    "reason",
    "compensating",
    "owner",
    "approver",
    "ticket",
    "issued",
    "expires",
];

/// The fewest digits of a fingerprint that tell one deviation from another.
const FINGERPRINT: usize = 12;

/// Reads a register: its waivers, and everything that is wrong with them.
pub fn load_waivers(file: &Text, controls: &[Control]) -> (Vec<Waiver>, Vec<Problem>) {
    const CODE: &str = "waiver-field";
    let mut reader = Reader::new(file);
    let mut waivers: Vec<Waiver> = Vec::new();
    let Some(root) = reader.document() else {
        return (waivers, reader.problems);
    };
    reader.mapping(
        &root,
        "the register of waivers",
        CODE,
        &["apiVersion", "waivers"],
    );
    reader.version(&root, "the register of waivers");
    let list = root.get("waivers").filter(|list| !list.is_null());
    if let Some(list) = list.filter(|list| !matches!(list.data, Data::Sequence(_))) {
        let title = format!("expected waivers as a list, found {}", list.words());
        reader.problem(CODE, list, title, "Write a list, [] where there is none.");
    }
    for node in root.get("waivers").map(Node::members).unwrap_or_default() {
        let before = reader.problems.len();
        let mut waiver = one(&mut reader, node, controls);
        if waivers.iter().any(|known| known.id == waiver.id) {
            let title = format!(
                "expected each waiver once, found {} again",
                text::excerpt(&waiver.id)
            );
            reader.problem("waiver-id", node, title, "Give it another id.");
        }
        let found = reader.problems.get(before..).unwrap_or_default();
        waiver.faults = found.iter().map(|problem| problem.title.clone()).collect();
        waivers.push(waiver);
    }
    (waivers, reader.problems)
}

fn one(reader: &mut Reader<'_>, node: &Node, controls: &[Control]) -> Waiver {
    const CODE: &str = "waiver-field";
    const WHAT: &str = "a waiver";
    reader.mapping(node, WHAT, CODE, FIELDS);
    let waiver = Waiver {
        id: reader.text(node, "id", WHAT, CODE),
        control: reader.text(node, "control", WHAT, CODE),
        scope: scope(reader, node),
        reason: reader.text(node, "reason", WHAT, CODE),
        compensating: reader.optional_text(node, "compensating", CODE),
        owner: reader.text(node, "owner", WHAT, CODE),
        approver: reader.text(node, "approver", WHAT, CODE),
        ticket: reader.optional_text(node, "ticket", CODE),
        issued: day(reader, node, "issued"),
        expires: day(reader, node, "expires"),
        path: reader.path().to_owned(),
        line: node.line,
        faults: Vec::new(),
        on_base: None,
    };
    check_rules(reader, node, &waiver, controls);
    waiver
}

fn check_rules(reader: &mut Reader<'_>, node: &Node, waiver: &Waiver, controls: &[Control]) {
    let id = text::excerpt(&waiver.id);
    let at = |key: &str| node.get(key).unwrap_or(node);
    if !waiver.owner.is_empty() && waiver.owner.eq_ignore_ascii_case(&waiver.approver) {
        let title = format!(
            "expected an approver other than the owner in {id}, found {} twice",
            text::excerpt(&waiver.owner)
        );
        reader.problem(
            "waiver-approver",
            at("approver"),
            title,
            "Have another person approve it.",
        );
    }
    let control = controls.iter().find(|control| control.id == waiver.control);
    if control.is_none() && !waiver.control.is_empty() {
        let near = text::nearest(
            &waiver.control,
            controls.iter().map(|control| control.id.as_str()),
        );
        let fix = near.map_or_else(
            || "audit controls list names them.".to_owned(),
            |near| format!("Write {near}."),
        );
        let title = format!(
            "expected the id of a control in {id}, found {}",
            text::excerpt(&waiver.control)
        );
        reader.problem("waiver-control", at("control"), title, fix);
    }
    if let (Some(issued), Some(expires)) = (waiver.issued, waiver.expires) {
        let days = expires.days_since(issued);
        let most = control.map_or(i64::MAX, |control| control.waiver_days);
        if days < 0 {
            let title =
                format!("expected a last day on or after {issued} in {id}, found {expires}");
            reader.problem("waiver-days", at("expires"), title, "Write a later day.");
        } else if days > most {
            let title = format!(
                "expected at most {most} days from issued to expires in {id}, found {days}"
            );
            reader.problem(
                "waiver-days",
                at("expires"),
                title,
                "Have it approved for a shorter time, and again when that is over.",
            );
        }
    }
}

fn scope(reader: &mut Reader<'_>, node: &Node) -> WaiverScope {
    const CODE: &str = "waiver-field";
    let Some(given) = reader.required(node, "scope", "a waiver", CODE) else {
        return WaiverScope {
            path: None,
            line: None,
            fingerprint: None,
        };
    };
    reader.mapping(given, "a scope", CODE, &["path", "line", "fingerprint"]);
    let path = reader.optional_text(given, "path", CODE);
    let line = reader.number(given, "line", CODE);
    if let (Some(number), Some(at)) = (line, given.get("line"))
        && u32::try_from(number).map_or(true, |number| number == 0)
    {
        // A line that cannot be must not fall away: the scope would grow to the whole file.
        let title = format!("expected a line from 1, found {number}");
        reader.problem(CODE, at, title, "Write the line of the deviation.");
    }
    let line = line.and_then(|number| u32::try_from(number).ok());
    let fingerprint = reader.optional_text(given, "fingerprint", CODE);
    if let (Some(digits), Some(at)) = (&fingerprint, given.get("fingerprint"))
        && (digits.len() < FINGERPRINT || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    {
        let title = format!(
            "expected a fingerprint of {FINGERPRINT} hexadecimal digits or more, found {}",
            text::excerpt(digits)
        );
        reader.problem(CODE, at, title, "Copy it from the report.");
    }
    if path.is_none() && fingerprint.is_none() {
        reader.problem(
            CODE,
            given,
            "expected a path or a fingerprint in scope, found neither",
            "Say what it covers.",
        );
    }
    if let (Some(glob), Some(at)) = (&path, given.get("path"))
        && let Err(says) = Globs::new([glob.clone()])
    {
        reader.problem(
            CODE,
            at,
            format!("expected a glob, found {}", text::excerpt(&says)),
            "Mend the glob.",
        );
    }
    WaiverScope {
        path,
        line,
        fingerprint,
    }
}

fn day(reader: &mut Reader<'_>, node: &Node, key: &str) -> Option<Day> {
    let value = reader.required(node, key, "a waiver", "waiver-field")?;
    let written = value.text().unwrap_or("");
    let day = Day::parse(written);
    if day.is_none() {
        let id = text::excerpt(node.get("id").and_then(Node::text).unwrap_or("a waiver"));
        let title = format!(
            "expected a day as 2026-10-31, found \"{}\" ({id} covers nothing)",
            text::excerpt(written)
        );
        let fix = "Write the day as 2026-10-31. It is inclusive and ends at 24:00 UTC.";
        reader.problem("date", value, title, fix);
    }
    day
}

/// The waivers as a population, for controls about them. `file` is `None` where there is no
/// register.
pub fn describe(
    file: Option<&Text>,
    waivers: &[Waiver],
    problems: &[Problem],
    as_of: Moment,
) -> Population {
    let mut population = Population::absent();
    let Some(file) = file else { return population };
    population.examined.push(file.path.clone());
    for waiver in waivers {
        let days = waiver
            .issued
            .zip(waiver.expires)
            .map(|(issued, expires)| expires.days_since(issued));
        let other = !waiver.owner.is_empty()
            && !waiver.approver.is_empty()
            && !waiver.owner.eq_ignore_ascii_case(&waiver.approver);
        let item = Item::new(&WAIVER_ENTRY, Source::line(&waiver.path, waiver.line))
            .with("path", waiver.path.as_str())
            .with("line", waiver.line)
            .with("id", waiver.id.as_str())
            .with("control", waiver.control.as_str())
            .with("state", waiver.state(as_of).name())
            .with(
                "fault",
                if waiver.faults.is_empty() {
                    Value::Absent
                } else {
                    waiver.faults.join("; ").into()
                },
            )
            .with("days", days.map_or(Value::Absent, Value::Int))
            .with("approved_by_another", other);
        population.items.push(item);
    }
    // A register that is not YAML at all has no entries to carry the fault.
    if waivers.is_empty() {
        for problem in problems {
            let source = problem.place.as_ref().map_or_else(
                || Source::file(&file.path),
                |place| Source::place(&place.path, place.line, place.column),
            );
            population.gaps.push(Gap::at(
                Cause::Unreadable,
                &source,
                &problem.title,
                &problem.fix,
            ));
        }
    }
    population.settle();
    if population.items.is_empty() && population.gaps.is_empty() {
        population.state = State::Collected;
    }
    population
}
