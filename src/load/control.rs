//! One control from its YAML file.

use std::collections::BTreeMap;

use crate::model::control::{Class, Control, Nature, Requirement, Severity};
use crate::model::criterion::{Criterion, Support};
use crate::model::relation::{Kind, Origin, Relation};
use crate::model::relations::{RELATIONS, relation};
use crate::model::text;
use crate::parse::yaml::{Data, Node};
use crate::tree::digest::sha256;

use super::problem::Problem;
use super::reader::Reader;
use super::{Text, operands, parameters, tests};
use crate::model::control::{Comparator, Operand, Parameter, Unit};

const CODE: &str = "control-field";

/// The fields of a control, in the order in which a file has them.
pub const FIELDS: &[&str] = &[
    "apiVersion",
    "id",
    "title",
    "statement",
    "criteria",
    "references",
    "severity",
    "nature",
    "frequency",
    "class",
    "applies_when",
    "parameters",
    "procedure",
    "requires",
    "tests",
    "remediation",
    "limitations",
    "waiver_days",
];

/// The longest a waiver may last where a control does not say, in days.
const WAIVER_DAYS: i64 = 90;

/// Reads a control.
pub(super) fn read(
    file: &Text,
    added: bool,
    criteria: &[Criterion],
) -> Result<Control, Vec<Problem>> {
    let mut reader = Reader::new(file);
    let Some(root) = reader.document() else {
        return Err(reader.problems);
    };
    let control = build(&mut reader, &root, file, added, criteria);
    match control {
        Some(control) if reader.problems.is_empty() => Ok(control),
        _ => Err(reader.problems),
    }
}

fn build(
    reader: &mut Reader<'_>,
    root: &Node,
    file: &Text,
    added: bool,
    criteria: &[Criterion],
) -> Option<Control> {
    const WHAT: &str = "a control";
    reader.mapping(root, WHAT, CODE, FIELDS);
    if !matches!(root.data, Data::Mapping(_)) {
        return None;
    }
    reader.version(root, WHAT);
    let id = read_id(reader, root);
    let title = reader.text(root, "title", WHAT, CODE);
    let statement = reader.text(root, "statement", WHAT, CODE);
    let criteria = read_criteria(reader, root, criteria);
    let severity = reader.word(
        root,
        "severity",
        WHAT,
        CODE,
        Severity::NAMES,
        Severity::parse,
    );
    let nature = reader.word(root, "nature", WHAT, CODE, Nature::NAMES, Nature::parse);
    let class = reader.word(root, "class", WHAT, CODE, Class::NAMES, Class::parse);
    let mut parameters = parameters::read(reader, root.get("parameters"));
    let requires = read_requires(reader, root, &parameters);
    let tests = tests::read(reader, root, &parameters, &requires);
    parameters::directions(reader, root, &mut parameters, &tests, &requires);
    Some(Control {
        id,
        title,
        statement,
        criteria,
        references: read_references(reader, root),
        severity: severity?,
        nature: nature?,
        frequency: reader.text(root, "frequency", WHAT, CODE),
        class: class?,
        parameters,
        procedure: reader.text(root, "procedure", WHAT, CODE),
        requires,
        applies_when: root
            .get("applies_when")
            .and_then(|node| named_relation(reader, node)),
        tests,
        remediation: reader.text(root, "remediation", WHAT, CODE),
        limitations: reader.texts(root, "limitations", CODE),
        waiver_days: reader
            .number(root, "waiver_days", CODE)
            .unwrap_or(WAIVER_DAYS),
        path: file.path.clone(),
        sha256: sha256(file.text.as_bytes()),
        added,
    })
}

fn read_id(reader: &mut Reader<'_>, root: &Node) -> String {
    let id = reader.text(root, "id", "a control", CODE);
    let shaped = id.split_once('-').is_some_and(|(family, number)| {
        !family.is_empty()
            && family
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
            && number.len() >= 2
            && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    if !shaped && let Some(node) = root.get("id") {
        let title = format!("expected an id as CI-01, found {}", text::excerpt(&id));
        reader.problem(
            "control-id",
            node,
            title,
            "Write capital letters, a hyphen and two digits.",
        );
    }
    id
}

fn read_criteria(
    reader: &mut Reader<'_>,
    root: &Node,
    known: &[Criterion],
) -> Vec<(String, Support)> {
    let Some(node) = reader.required(root, "criteria", "a control", CODE) else {
        return Vec::new();
    };
    if !matches!(node.data, Data::Mapping(_)) {
        let title = format!("expected criteria as id: strength, found {}", node.words());
        reader.problem(CODE, node, title, "Write { CC8.1: direct }.");
    }
    let mut criteria = Vec::new();
    for entry in node.entries() {
        let id = entry.name();
        if !known.iter().any(|criterion| criterion.id == id) {
            let near = text::nearest(id, known.iter().map(|criterion| criterion.id.as_str()));
            let fix = near.map_or_else(
                || "Use an id of criteria.yaml.".to_owned(),
                |near| format!("Write {near}, or another id of criteria.yaml."),
            );
            reader.problem(
                "criterion",
                &entry.key,
                format!(
                    "expected one of {} criteria, found {}",
                    known.len(),
                    text::excerpt(id)
                ),
                fix,
            );
        }
        let support = reader.as_word(
            &entry.value,
            "the strength",
            CODE,
            Support::NAMES,
            Support::parse,
        );
        criteria.extend(support.map(|support| (id.to_owned(), support)));
    }
    criteria
}

fn read_references(reader: &mut Reader<'_>, root: &Node) -> BTreeMap<String, Vec<String>> {
    let Some(node) = root.get("references").filter(|node| !node.is_null()) else {
        return BTreeMap::new();
    };
    if !matches!(node.data, Data::Mapping(_)) {
        reader.problem(
            CODE,
            node,
            format!(
                "expected references as framework: [ids], found {}",
                node.words()
            ),
            "Write a mapping.",
        );
    }
    node.entries()
        .iter()
        .map(|entry| {
            (
                entry.name().to_owned(),
                reader.texts(node, entry.name(), CODE),
            )
        })
        .collect()
}

/// A declared relation by name.
pub(super) fn named_relation(reader: &mut Reader<'_>, node: &Node) -> Option<&'static Relation> {
    let name = node.text().unwrap_or("");
    let found = relation(name);
    if found.is_none() {
        let shown = node
            .text()
            .map_or_else(|| node.words().to_owned(), text::excerpt);
        let fix = text::nearest(name, RELATIONS.iter().map(|relation| relation.name)).map_or_else(
            || "audit relations lists them.".to_owned(),
            |near| format!("Write {near}."),
        );
        reader.problem(
            "relation",
            node,
            format!("expected a relation, found {shown}"),
            fix,
        );
    }
    found
}

fn read_requires(
    reader: &mut Reader<'_>,
    root: &Node,
    parameters: &[Parameter],
) -> Vec<Requirement> {
    let Some(node) = root.get("requires").filter(|node| !node.is_null()) else {
        return Vec::new();
    };
    if !matches!(node.data, Data::Sequence(_)) {
        reader.problem(
            CODE,
            node,
            format!("expected requires as a list, found {}", node.words()),
            "Write a list of reports.",
        );
    }
    node.members()
        .iter()
        .filter_map(|member| requirement(reader, member, parameters))
        .collect()
}

fn requirement(
    reader: &mut Reader<'_>,
    node: &Node,
    parameters: &[Parameter],
) -> Option<Requirement> {
    const WHAT: &str = "a requirement";
    reader.mapping(
        node,
        WHAT,
        CODE,
        &[
            "report",
            "origin",
            "max_age",
            "same_sources",
            "undated",
            "files_elsewhere",
        ],
    );
    let named = reader.required(node, "report", WHAT, CODE)?;
    let report = named_relation(reader, named)?;
    if report.origin != Origin::Report {
        let title = format!("expected a relation of reports, found {}", report.name);
        reader.problem(
            CODE,
            named,
            title,
            "Require a relation that ends in .report.",
        );
        return None;
    }
    let origin = word_operand(
        reader,
        node.get("origin"),
        &["L0", "L1", "L2", "L3"],
        parameters,
    );
    let undated = word_operand(
        reader,
        node.get("undated"),
        &["accept", "refuse"],
        parameters,
    );
    let max_age = node.get("max_age").and_then(|age| {
        operands::operand(
            reader,
            age,
            Kind::Int,
            Comparator::AtMost,
            report,
            parameters,
        )
    });
    let files_elsewhere = files_elsewhere(reader, node, report, parameters);
    let same_sources = node.get("same_sources");
    let same_sources = same_sources.is_some_and(|word| accepts(reader, word, "same_sources"));
    Some(Requirement {
        report,
        origin,
        max_age,
        same_sources,
        undated,
        files_elsewhere,
    })
}

fn accepts(reader: &mut Reader<'_>, word: &Node, key: &str) -> bool {
    let parse = |word: &str| match word {
        "accept" => Some(true),
        "refuse" => Some(false),
        _ => None,
    };
    reader.as_word(word, key, CODE, &["accept", "refuse"], parse) == Some(true)
}

/// Only reports that name the files they looked at can be held to it.
fn files_elsewhere(
    reader: &mut Reader<'_>,
    node: &Node,
    report: &'static Relation,
    parameters: &[Parameter],
) -> Option<Operand> {
    const KEY: &str = "files_elsewhere";
    let most = node.get(KEY)?;
    if report.position(KEY).is_none() {
        let title = format!("expected a relation that has {KEY}, found {}", report.name);
        reader.problem(CODE, most, title, "Leave it out for these reports.");
        return None;
    }
    operands::operand(
        reader,
        most,
        Kind::Int,
        Comparator::AtMost,
        report,
        parameters,
    )
}

/// A word of a closed set, or a parameter of words.
fn word_operand(
    reader: &mut Reader<'_>,
    node: Option<&Node>,
    words: &[&str],
    parameters: &[Parameter],
) -> Option<Operand> {
    let node = node?;
    let written = node.text().unwrap_or("");
    if let Some(name) = written.strip_prefix('$') {
        let fits = parameters.iter().any(|parameter| {
            parameter.name == name
                && parameter.unit == Unit::Words
                && parameter
                    .default
                    .as_text()
                    .is_some_and(|word| words.contains(&word))
        });
        if fits {
            return Some(Operand::Parameter(name.to_owned()));
        }
        let title = format!(
            "expected a parameter whose default is {}, found ${name}",
            text::joined(words, "or")
        );
        reader.problem(CODE, node, title, "Declare it under parameters:.");
        return None;
    }
    if words.contains(&written) {
        return Some(Operand::Literal(written.into()));
    }
    let title = format!(
        "expected {}, found {}",
        text::joined(words, "or"),
        text::excerpt(written)
    );
    reader.problem(
        CODE,
        node,
        title,
        "Write one of these words, or a $parameter.",
    );
    None
}
