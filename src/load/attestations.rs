//! Statements of persons, one file each. A fault makes one of them state nothing; it never makes
//! the others disappear, and it is said.

use std::path::Path;

use crate::model::attestation::{Signature, Statement, StatementState};
use crate::model::control::Control;
use crate::model::fact::{Item, Population, Source, State};
use crate::model::gap::{Cause, Gap};
use crate::model::relations::ATTESTATION_STATEMENT;
use crate::model::text;
use crate::model::time::{Day, Moment};
use crate::parse::yaml::Node;
use crate::tree::file;

use super::Text;
use super::problem::Problem;
use super::reader::Reader;

/// Where statements lie.
pub const ATTESTATIONS: &str = ".audit/attestations";

/// What is signed besides the bytes, so that a signature for something else is none for this.
pub const NAMESPACE: &str = "audit-attestation";

const CODE: &str = "attestation-field";
const WHAT: &str = "a statement";
const FIELDS: &[&str] = &[
    "apiVersion",
    "statement",
    "control",
    "says",
    "person",
    "issued",
    "expires",
];

/// A statement's file with what lies beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The file.
    pub text: Text,
    /// The signature beside it.
    pub signature: Signature,
}

/// What lies in the place of a signature: `NAME.yaml.sig`. Its shape is looked at and nothing else.
pub(super) fn signature(statement: &Path) -> Signature {
    let mut beside = statement.as_os_str().to_owned();
    beside.push(".sig");
    let beside = Path::new(&beside);
    if beside.symlink_metadata().is_err() {
        return Signature::Absent;
    }
    let bytes = file::read(beside, "").ok();
    shape(bytes.as_deref())
}

/// What lies in the place of a signature, by its bytes; nothing where they cannot be read.
pub fn shape(bytes: Option<&[u8]>) -> Signature {
    match bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()) {
        Some(text) if is_armoured(text) => Signature::NotChecked,
        _ => Signature::Bad,
    }
}

/// Whether a text has the form that `ssh-keygen -Y sign` writes.
fn is_armoured(text: &str) -> bool {
    // SSHSIG in Base64.
    const MAGIC: &str = "U1NIU0lH";
    let body = text
        .trim()
        .strip_prefix("-----BEGIN SSH SIGNATURE-----")
        .and_then(|rest| rest.strip_suffix("-----END SSH SIGNATURE-----"));
    let Some(body) = body.map(str::trim) else {
        return false;
    };
    let of_base64 =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '\n' | '\r');
    body.starts_with(MAGIC) && body.chars().all(of_base64)
}

/// Reads statements, and everything that is wrong with them.
pub fn load_statements(files: &[Signed], controls: &[Control]) -> (Vec<Statement>, Vec<Problem>) {
    let mut statements = Vec::new();
    let mut problems = Vec::new();
    for signed in files {
        let mut reader = Reader::new(&signed.text);
        let mut statement = match reader.document() {
            Some(root) => one(&mut reader, &root, controls),
            None => blank(),
        };
        statement.signature = signed.signature;
        statement.path.clone_from(&signed.text.path);
        statement.faults = reader.problems.iter().map(|it| it.title.clone()).collect();
        statements.push(statement);
        problems.append(&mut reader.problems);
    }
    (statements, problems)
}

fn blank() -> Statement {
    Statement {
        name: String::new(),
        control: String::new(),
        says: String::new(),
        person: String::new(),
        issued: None,
        expires: None,
        signature: Signature::Absent,
        path: String::new(),
        faults: Vec::new(),
    }
}

fn one(reader: &mut Reader<'_>, root: &Node, controls: &[Control]) -> Statement {
    reader.mapping(root, WHAT, CODE, FIELDS);
    reader.version(root, WHAT);
    let mut said = |key: &str| {
        let text = reader.text(root, key, WHAT, CODE);
        let given = root.get(key).filter(|node| !node.is_null());
        if let (true, Some(node)) = (text.is_empty(), given.filter(|it| it.text().is_some())) {
            let title = format!("expected {key} in {WHAT}, found an empty text");
            reader.problem(CODE, node, title, format!("Write {key}."));
        }
        text
    };
    let statement = Statement {
        name: said("statement"),
        control: said("control"),
        says: said("says"),
        person: said("person"),
        issued: day(reader, root, "issued"),
        expires: day(reader, root, "expires"),
        ..blank()
    };
    check_rules(reader, root, &statement, controls);
    statement
}

fn check_rules(reader: &mut Reader<'_>, root: &Node, statement: &Statement, controls: &[Control]) {
    let at = |key: &str| root.get(key).unwrap_or(root);
    let name = text::excerpt(&statement.name);
    if let (Some(issued), Some(expires)) = (statement.issued, statement.expires)
        && expires < issued
    {
        let title = format!("expected a last day on or after {issued} in {name}, found {expires}");
        reader.problem(
            "attestation-days",
            at("expires"),
            title,
            "Write a later day.",
        );
    }
    if statement.control.is_empty() {
        return;
    }
    let ids = || controls.iter().map(|control| control.id.as_str());
    let id = text::excerpt(&statement.control);
    let Some(control) = controls.iter().find(|it| it.id == statement.control) else {
        let fix = text::nearest(&statement.control, ids()).map_or_else(
            || "audit controls list names them.".to_owned(),
            |near| format!("Write {near}."),
        );
        let title = format!("expected the id of a control in {name}, found {id}");
        reader.problem("attestation-control", at("control"), title, fix);
        return;
    };
    let asked = control.statements();
    if !statement.name.is_empty() && !asked.contains(&statement.name.as_str()) {
        let fix = match asked.as_slice() {
            [] => format!("{id} asks for no statement: name another control."),
            names => format!("Write {}.", text::joined(names, "or")),
        };
        let title = format!("expected a statement that {id} asks for, found {name}");
        reader.problem("attestation-name", at("statement"), title, fix);
    }
}

fn day(reader: &mut Reader<'_>, root: &Node, key: &str) -> Option<Day> {
    let value = reader.required(root, key, WHAT, CODE)?;
    let written = value.text().unwrap_or("");
    let day = Day::parse(written);
    if day.is_none() {
        let title = format!(
            "expected a day as 2026-10-31, found \"{}\" ({} states nothing)",
            text::excerpt(written),
            text::excerpt(root.get("statement").and_then(Node::text).unwrap_or(WHAT))
        );
        let fix = "Write the day as 2026-10-31. It is inclusive and ends at 24:00 UTC.";
        reader.problem("date", value, title, fix);
    }
    day
}

/// The statements as a population. One that is malformed is a gap: what it would have stated is
/// not known.
pub fn describe_statements(statements: &[Statement], as_of: Moment) -> Population {
    let mut population = Population::absent();
    for statement in statements {
        let source = Source::file(&statement.path);
        population.examined.push(statement.path.clone());
        let state = match statement.state(as_of) {
            StatementState::Malformed => {
                let fault = statement
                    .faults
                    .first()
                    .map_or("it cannot be read", |it| it);
                let remedy = "Mend it: audit attest --check says all that is wrong.";
                let gap = Gap::at(Cause::Unreadable, &source, fault, remedy);
                population.gaps.push(gap);
                continue;
            }
            StatementState::InForce => "in-force",
            StatementState::NotYet => "not-yet",
            StatementState::Expired => "expired",
        };
        let day = |day: Option<Day>| day.map(|day| day.to_string());
        let item = Item::new(&ATTESTATION_STATEMENT, source)
            .with("path", statement.path.as_str())
            .with("statement", statement.name.as_str())
            .with("control", statement.control.as_str())
            .with("says", statement.says.as_str())
            .with("person", statement.person.as_str())
            .with("signature", statement.signature.name())
            .with("issued", day(statement.issued))
            .with("expires", day(statement.expires))
            .with("state", state);
        population.items.push(item);
    }
    population.settle();
    if !statements.is_empty() && population.gaps.is_empty() {
        population.state = State::Collected;
    }
    population
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_ssh_writes_is_taken_for_a_signature() {
        let armoured = |body: &str| {
            format!("-----BEGIN SSH SIGNATURE-----\n{body}\n-----END SSH SIGNATURE-----\n")
        };
        assert!(is_armoured(&armoured(
            "U1NIU0lHAAAAAQAAADMAAAALc3NoLWVk\nMjU1MTk="
        )));
        for other in [
            String::new(),
            "signed".to_owned(),
            armoured(""),
            armoured("TVlTSUc="),
            armoured("U1NIU0lH<>"),
            "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH".to_owned(),
        ] {
            assert!(!is_armoured(&other), "{other}");
        }
    }
}
