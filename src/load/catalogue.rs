//! A catalogue: `catalogue.yaml`, `criteria.yaml` and one file a control.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::model::control::Control;
use crate::model::criterion::Criterion;
use crate::model::exhibit::Digest;
use crate::model::run::{CatalogueInfo, DefinitionFile};
use crate::model::text;
use crate::tree::digest::sha256;

use super::problem::Problem;
use super::reader::Reader;
use super::{Text, control, embedded};

/// Where a catalogue comes from.
#[derive(Debug, Clone)]
pub enum Source {
    /// One that comes with the program, by name.
    Embedded(String),
    /// The YAML files of a directory, in the order of their names.
    Files(String, Vec<Text>),
}

/// A catalogue as loaded, before any policy.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Its name, version and digest.
    pub info: CatalogueInfo,
    /// Its criteria.
    pub criteria: Vec<Criterion>,
    /// Its controls, by id.
    pub controls: Vec<Control>,
    /// Its files.
    pub definitions: Vec<DefinitionFile>,
}

/// Loads a catalogue.
///
/// # Errors
/// Everything that is wrong with it, each with its place.
pub fn load_catalogue(source: &Source) -> Result<Loaded, Vec<Problem>> {
    let (asked, files) = match source {
        Source::Embedded(name) => (
            name,
            embedded::files(name).ok_or_else(|| vec![unknown(name)])?,
        ),
        Source::Files(name, files) => (name, files.clone()),
    };
    let named = |name: &str| {
        files
            .iter()
            .find(|file| file.path.rsplit('/').next() == Some(name))
    };
    let mut problems = Vec::new();
    let (Some(about), Some(list)) = (named("catalogue.yaml"), named("criteria.yaml")) else {
        return Err(vec![unknown(asked)]);
    };
    let (name, version) = read_about(about, &mut problems);
    let criteria = read_criteria(list, &mut problems);
    let mut controls = Vec::new();
    for file in files
        .iter()
        .filter(|file| !std::ptr::eq(*file, about) && !std::ptr::eq(*file, list))
    {
        match control::read(file, false, &criteria) {
            Ok(control) => controls.push(control),
            Err(found) => problems.extend(found),
        }
    }
    refuse_duplicates(&mut controls, &mut problems);
    if controls.is_empty() && problems.is_empty() {
        problems.push(Problem::new(
            "catalogue",
            format!("expected controls in {asked}, found none"),
            "Add a control.",
        ));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut definitions = Vec::new();
    for file in &files {
        let (folder, file_name) = (text::last_name(&name), text::last_name(&file.path));
        super::seal(&mut definitions, &folder, &file_name, file);
    }
    let info = CatalogueInfo {
        name,
        version,
        sha256: digest_of(&definitions),
    };
    Ok(Loaded {
        info,
        criteria,
        controls,
        definitions,
    })
}

/// Sorts controls by id and refuses an id that stands twice.
pub(super) fn refuse_duplicates(controls: &mut [Control], problems: &mut Vec<Problem>) {
    controls.sort_by(|left, right| left.id.cmp(&right.id));
    for pair in controls.windows(2) {
        if let [first, second] = pair
            && first.id == second.id
        {
            let title = format!(
                "expected each id once, found {} in {} and in {}",
                first.id, first.path, second.path
            );
            problems.push(Problem::new(
                "control-id",
                title,
                "Give one of them another id.",
            ));
        }
    }
}

fn unknown(name: &str) -> Problem {
    let known = text::joined(&embedded::names(), "or");
    let title = format!(
        "expected {known} or a directory holding catalogue.yaml, found {} (--controls)",
        text::excerpt(name)
    );
    Problem::new(
        "catalogue",
        title,
        format!(
            "audit --controls {}",
            embedded::names().first().copied().unwrap_or("DIR")
        ),
    )
}

fn read_about(file: &Text, problems: &mut Vec<Problem>) -> (String, String) {
    let mut reader = Reader::new(file);
    let mut said = (String::new(), String::new());
    if let Some(root) = reader.document() {
        reader.mapping(
            &root,
            "a catalogue",
            "catalogue",
            &[
                "apiVersion",
                "name",
                "version",
                "title",
                "about",
                "note",
                "families",
            ],
        );
        reader.version(&root, "a catalogue");
        said = (
            reader.text(&root, "name", "a catalogue", "catalogue"),
            reader.text(&root, "version", "a catalogue", "catalogue"),
        );
    }
    problems.append(&mut reader.problems);
    said
}

fn read_criteria(file: &Text, problems: &mut Vec<Problem>) -> Vec<Criterion> {
    const CODE: &str = "criterion";
    let mut reader = Reader::new(file);
    let mut criteria: Vec<Criterion> = Vec::new();
    if let Some(root) = reader.document() {
        reader.mapping(
            &root,
            "the criteria",
            CODE,
            &["apiVersion", "note", "criteria"],
        );
        reader.version(&root, "the criteria");
        let list = reader.required(&root, "criteria", "the criteria", CODE);
        for node in list
            .map(crate::parse::yaml::Node::members)
            .unwrap_or_default()
        {
            reader.mapping(
                node,
                "a criterion",
                CODE,
                &["id", "title", "series", "category"],
            );
            let criterion = Criterion {
                id: reader.text(node, "id", "a criterion", CODE),
                title: reader.text(node, "title", "a criterion", CODE),
                series: reader.text(node, "series", "a criterion", CODE),
                category: reader.text(node, "category", "a criterion", CODE),
            };
            if criteria.iter().any(|known| known.id == criterion.id) {
                let title = format!("expected each criterion once, found {} again", criterion.id);
                reader.problem(CODE, node, title, "Delete one of them.");
            }
            criteria.push(criterion);
        }
    }
    problems.append(&mut reader.problems);
    criteria
}

/// The digest of a list as `SHA256SUMS` would hold it: `<hex>  <path>` lines, sorted by path.
fn digest_of(files: &[DefinitionFile]) -> Digest {
    let sums: BTreeMap<&str, Digest> = files
        .iter()
        .map(|file| (file.path.as_str(), sha256(&file.bytes)))
        .collect();
    let mut list = String::new();
    for (path, digest) in &sums {
        let _ = writeln!(list, "{digest}  {path}");
    }
    sha256(list.as_bytes())
}
