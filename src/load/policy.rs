//! The policy: how a repository adopts the catalogue. Every departure is recorded with its reason.

use std::collections::BTreeMap;

use crate::model::control::{Control, Parameter, SetBy, Stricter, shown, stricter};
use crate::model::policy::{
    ALL, Evidence, Exclusion, Policy, SECURITY_CATEGORIES, Scopes, SecurityTests, Setting, Sources,
};
use crate::model::reading::ReportKind;
use crate::model::relations::report_of;
use crate::model::text;
use crate::model::value::Value;
use crate::parse::yaml::{Data, Node};
use crate::tree::glob::Globs;

use super::problem::Problem;
use super::reader::Reader;
use super::{Text, parameters};

const CODE: &str = "policy-field";
const FIELDS: &[&str] = &[
    "apiVersion",
    "entity",
    "repository",
    "protected_branch",
    "owners",
    "scopes",
    "reports",
    "security_tests",
    "evidence",
    "parameters",
    "exclude",
];

/// Where code and reports lie, as a policy says, whatever catalogue it adopts. Nothing else of it is
/// looked at.
///
/// # Errors
/// Everything that is wrong with these two parts.
pub fn places(file: &Text) -> Result<Policy, Vec<Problem>> {
    let mut reader = Reader::new(file);
    let mut policy = Policy {
        path: Some(file.path.clone()),
        ..Policy::default()
    };
    if let Some(root) = reader.document() {
        policy.scopes = read_scopes(&mut reader, root.get("scopes"));
        policy.reports = read_reports(&mut reader, root.get("reports"));
        policy.security_tests = read_security_tests(&mut reader, root.get("security_tests"));
    }
    if reader.problems.is_empty() {
        Ok(policy)
    } else {
        Err(reader.problems)
    }
}

/// Reads the policy and applies it to the controls.
pub(super) fn read(file: &Text, controls: &mut [Control], problems: &mut Vec<Problem>) -> Policy {
    const WHAT: &str = "a policy";
    let mut reader = Reader::new(file);
    let mut policy = Policy {
        path: Some(file.path.clone()),
        ..Policy::default()
    };
    if let Some(root) = reader.document() {
        reader.mapping(&root, WHAT, CODE, FIELDS);
        reader.version(&root, WHAT);
        policy.entity = reader.optional_text(&root, "entity", CODE);
        policy.repository = reader.optional_text(&root, "repository", CODE);
        policy.protected_branch = reader.optional_text(&root, "protected_branch", CODE);
        policy.owners = read_owners(&mut reader, root.get("owners"), controls);
        policy.scopes = read_scopes(&mut reader, root.get("scopes"));
        policy.reports = read_reports(&mut reader, root.get("reports"));
        policy.security_tests = read_security_tests(&mut reader, root.get("security_tests"));
        policy.evidence = read_evidence(&mut reader, root.get("evidence"));
        policy.parameters = read_parameters(&mut reader, root.get("parameters"), controls);
        policy.exclusions = read_exclusions(&mut reader, root.get("exclude"), controls);
    }
    problems.append(&mut reader.problems);
    policy
}

/// Who answers for which control: a name beside a control's id, a family, or `default`.
fn read_owners(
    reader: &mut Reader<'_>,
    node: Option<&Node>,
    controls: &[Control],
) -> BTreeMap<String, String> {
    let Some(node) = node.filter(|node| !node.is_null()) else {
        return BTreeMap::new();
    };
    let ids = controls.iter().map(|control| control.id.as_str());
    let mut known: Vec<&str> = vec![ALL];
    for id in ids {
        known.push(id);
        let family = id.split('-').next().unwrap_or(id);
        if !known.contains(&family) {
            known.push(family);
        }
    }
    reader.mapping(node, "owners", CODE, &known);
    let mut owners = BTreeMap::new();
    for entry in node.entries() {
        let key = entry.name();
        if let Some(owner) = reader.optional_text(node, key, CODE) {
            owners.insert(key.to_owned(), owner);
        }
    }
    owners
}

fn read_scopes(reader: &mut Reader<'_>, node: Option<&Node>) -> Scopes {
    let mut scopes = Scopes::default();
    let Some(node) = node.filter(|node| !node.is_null()) else {
        return scopes;
    };
    reader.mapping(
        node,
        "scopes",
        CODE,
        &["tests", "vendored", "generated", "examples"],
    );
    let mut given = |key: &str, globs: &mut Vec<String>| {
        if let Some(list) = node.get(key) {
            *globs = read_globs(reader, node, key, list);
        }
    };
    given("tests", &mut scopes.tests);
    given("vendored", &mut scopes.vendored);
    given("generated", &mut scopes.generated);
    given("examples", &mut scopes.examples);
    scopes
}

fn read_globs(reader: &mut Reader<'_>, node: &Node, key: &str, list: &Node) -> Vec<String> {
    let globs = reader.texts(node, key, CODE);
    if let Err(says) = Globs::new(globs.clone()) {
        reader.problem(
            CODE,
            list,
            format!("expected globs in {key}, found {}", text::excerpt(&says)),
            "Mend the glob.",
        );
        return Vec::new();
    }
    globs
}

fn read_reports(reader: &mut Reader<'_>, node: Option<&Node>) -> BTreeMap<ReportKind, Vec<String>> {
    let Some(node) = node.filter(|node| !node.is_null()) else {
        return BTreeMap::new();
    };
    // A kind that nothing reads yet would be named in vain.
    let read = ReportKind::ALL
        .iter()
        .filter(|kind| report_of(**kind).is_some());
    let names: Vec<&str> = read.map(|kind| kind.name()).collect();
    reader.mapping(node, "reports", CODE, &names);
    let mut reports = BTreeMap::new();
    for entry in node.entries() {
        if let Some(kind) = ReportKind::parse(entry.name()) {
            reports.insert(kind, read_globs(reader, node, entry.name(), &entry.value));
        }
    }
    reports
}

fn read_security_tests(
    reader: &mut Reader<'_>,
    node: Option<&Node>,
) -> BTreeMap<&'static str, SecurityTests> {
    let Some(node) = node.filter(|node| !node.is_null()) else {
        return BTreeMap::new();
    };
    reader.mapping(node, "security_tests", CODE, &SECURITY_CATEGORIES);
    let mut read = BTreeMap::new();
    for entry in node.entries() {
        let known = SECURITY_CATEGORIES
            .iter()
            .find(|known| **known == entry.name());
        let Some(category) = known else { continue };
        reader.mapping(&entry.value, category, CODE, &["markers", "tests"]);
        let mut of = SecurityTests::default();
        if entry.value.get("markers").is_some() {
            of.markers = reader.texts(&entry.value, "markers", CODE);
        }
        if let Some(list) = entry.value.get("tests") {
            of.tests = read_globs(reader, &entry.value, "tests", list);
        }
        read.insert(*category, of);
    }
    read
}

fn read_evidence(reader: &mut Reader<'_>, node: Option<&Node>) -> Evidence {
    let mut evidence = Evidence::default();
    let Some(node) = node.filter(|node| !node.is_null()) else {
        return evidence;
    };
    reader.mapping(node, "evidence", CODE, &["sources"]);
    if let Some(word) = node.get("sources") {
        let chosen = reader.as_word(word, "sources", CODE, Sources::NAMES, Sources::parse);
        evidence.sources = chosen.unwrap_or_default();
    }
    evidence
}

fn find<'c>(
    reader: &mut Reader<'_>,
    key: &Node,
    controls: &'c mut [Control],
) -> Option<&'c mut Control> {
    let id = key.text().unwrap_or("");
    let ids: Vec<String> = controls.iter().map(|control| control.id.clone()).collect();
    let found = controls.iter_mut().find(|control| control.id == id);
    if found.is_none() {
        let near = text::nearest(id, ids.iter().map(String::as_str));
        let fix = near.map_or_else(
            || "audit controls list names them.".to_owned(),
            |near| format!("Write {near}."),
        );
        reader.problem(
            "control-unknown",
            key,
            format!("expected the id of a control, found {}", text::excerpt(id)),
            fix,
        );
    }
    found
}

fn read_parameters(
    reader: &mut Reader<'_>,
    node: Option<&Node>,
    controls: &mut [Control],
) -> Vec<Setting> {
    let Some(node) = node.filter(|node| !node.is_null()) else {
        return Vec::new();
    };
    let mut settings = Vec::new();
    if !matches!(node.data, Data::Mapping(_)) {
        let title = format!(
            "expected parameters as control: {{ parameter: value }}, found {}",
            node.words()
        );
        reader.problem(CODE, node, title, "Write a mapping.");
    }
    for entry in node.entries() {
        let Some(control) = find(reader, &entry.key, controls) else {
            continue;
        };
        let what = format!("the parameters of {}", control.id);
        let rationale = reader.text(&entry.value, "rationale", &what, "parameter-rationale");
        for set in entry
            .value
            .entries()
            .iter()
            .filter(|set| set.name() != "rationale")
        {
            settings.extend(set_parameter(
                reader, control, &set.key, &set.value, &rationale,
            ));
        }
    }
    settings
}

fn set_parameter(
    reader: &mut Reader<'_>,
    control: &mut Control,
    key: &Node,
    node: &Node,
    rationale: &str,
) -> Option<Setting> {
    let name = key.text().unwrap_or("");
    let Some(at) = control
        .parameters
        .iter()
        .position(|parameter| parameter.name == name)
    else {
        refuse_unknown(reader, control, key);
        return None;
    };
    let parameter = control.parameters.get(at)?;
    let value = parameters::value(reader, node, parameter.unit)?;
    let same_shape = std::mem::discriminant(&parameter.default) == std::mem::discriminant(&value);
    if !same_shape && value != Value::Absent && parameter.default != Value::Absent {
        let (shape, found) = (shape(&parameter.default), node.words());
        let title = format!(
            "expected {name} of {} as {shape}, found {found}",
            control.id
        );
        reader.problem(
            "parameter",
            node,
            title,
            "Write it in the shape of its default.",
        );
        return None;
    }
    if let Some(floor) = &parameter.floor
        && stricter(parameter.stricter, &value, floor) == Some(false)
    {
        refuse_loose(reader, control, parameter, floor, &value, node);
        return None;
    }
    let by = SetBy {
        path: reader.path().to_owned(),
        line: key.line,
        rationale: Some(rationale.to_owned()),
    };
    if let Some(parameter) = control.parameters.get_mut(at) {
        parameter.value = value.clone();
        parameter.set_by = Some(by);
    }
    Some(Setting {
        control: control.id.clone(),
        parameter: name.to_owned(),
        value,
        rationale: rationale.to_owned(),
        line: key.line,
    })
}

fn refuse_unknown(reader: &mut Reader<'_>, control: &Control, key: &Node) {
    let name = key.text().unwrap_or("");
    let names: Vec<&str> = control
        .parameters
        .iter()
        .map(|known| known.name.as_str())
        .collect();
    let fix = text::nearest(name, names.iter().copied()).map_or_else(
        || format!("audit controls show {}", control.id),
        |near| format!("Write {near}."),
    );
    let (id, known, found) = (&control.id, names.join(", "), text::excerpt(name));
    let title = format!("expected a parameter of {id} ({known}), found {found}");
    reader.problem("parameter-unknown", key, title, fix);
}

fn refuse_loose(
    reader: &mut Reader<'_>,
    control: &Control,
    parameter: &Parameter,
    floor: &Value,
    value: &Value,
    node: &Node,
) {
    let limit = shown(floor, parameter.unit);
    let (bound, verb) = match parameter.stricter {
        Stricter::Higher => (format!("{limit} or more"), "Raise"),
        Stricter::Lower => (format!("{limit} or less"), "Lower"),
        _ => (format!("no looser than {limit}"), "Tighten"),
    };
    let (name, id) = (&parameter.name, &control.id);
    let found = shown(value, parameter.unit);
    let title = format!("expected {name} of {id} at {bound} (its floor), found {found}");
    let fix =
        format!("{verb} it, or leave {id} out under exclude:, with a reason and an approver.");
    let mut problem = Problem::new("parameter-floor", title, fix).at(reader.place(node));
    problem.beside = Some(format!("floor: {}:{}", control.path, parameter.line));
    reader.problems.push(problem);
}

const fn shape(value: &Value) -> &'static str {
    match value {
        Value::List(_) => "a list",
        _ => "one value",
    }
}

fn read_exclusions(
    reader: &mut Reader<'_>,
    node: Option<&Node>,
    controls: &mut [Control],
) -> Vec<Exclusion> {
    const WHAT: &str = "an entry of exclude";
    let Some(node) = node.filter(|node| !node.is_null()) else {
        return Vec::new();
    };
    if !matches!(node.data, Data::Sequence(_)) {
        reader.problem(
            CODE,
            node,
            format!("expected exclude as a list, found {}", node.words()),
            "Write a list.",
        );
    }
    let mut exclusions = Vec::new();
    for member in node.members() {
        reader.mapping(member, WHAT, CODE, &["control", "reason", "approver"]);
        if let Some(key) = reader.required(member, "control", WHAT, CODE) {
            find(reader, key, controls);
        }
        exclusions.push(Exclusion {
            control: reader.text(member, "control", "", CODE),
            reason: reader.text(member, "reason", WHAT, CODE),
            approver: reader.text(member, "approver", WHAT, CODE),
            line: member.line,
        });
    }
    exclusions
}
