//! The head: what was examined, when, against what.

use std::collections::BTreeSet;

use super::layout::{self, Text};
use super::paint::{Paint, Style};
use super::words::{count, plural};
use crate::model::relation::Origin;
use crate::model::relations::{RUN_RECORD, relation};
use crate::model::run::{Run, Subject};
use crate::model::text::visible;

/// Writes the lines above the results.
pub(super) fn write(out: &mut String, run: &Run, style: &Style) {
    let version = run.tool.version;
    let mut first = Text::default().painted(Paint::Bold, format!("audit {version}"));
    first = first.and(style.own(&format!(
        " · {} controls, point in time · evidence prepared for management, not an opinion",
        catalogue_name(&run.catalogue.name)
    )));
    layout::write(out, &first, style, 0, 0);
    for line in lines(run) {
        let mut text = Text::default();
        for (index, part) in line.iter().enumerate() {
            if index > 0 {
                text = text.divided(style);
            }
            text = text.painted(Paint::Dim, part.as_str());
        }
        layout::write(out, &text, style, 0, 0);
    }
}

/// The catalogue as it is called: the examination is a registered mark of its owner.
fn catalogue_name(name: &str) -> String {
    if name == "soc2" {
        "SOC 2®".to_owned()
    } else {
        visible(name).into_owned()
    }
}

/// What was examined, when, against what: lines of parts.
pub(crate) fn lines(run: &Run) -> Vec<Vec<String>> {
    let subject = &run.subject;
    let catalogue = &run.catalogue;
    let as_of = format!("as of {}", run.as_of);
    let version = format!(
        "catalogue {}, {}",
        visible(&catalogue.version),
        catalogue.sha256.short()
    );
    let reports = count(reports(run), "report", "reports");
    let mut lines = Vec::new();
    if subject.git {
        lines.push(vec![examined(subject), as_of, version]);
        let tracked = count(subject.tracked_files, "tracked file", "tracked files");
        lines.push(vec![policy(run), tracked, reports]);
    } else {
        lines.push(vec![format!(
            "{} is not a git repository: read as plain files, nothing below is bound to a commit",
            visible(&subject.name)
        )]);
        lines.push(vec![as_of, version]);
        lines.push(vec![policy(run), reports]);
    }
    lines
}

/// `payments at 9f2c1ab4d6e0 (main, clean)`.
fn examined(subject: &Subject) -> String {
    let folder = match subject.scope.trim_end_matches('/') {
        "" => visible(&subject.name).into_owned(),
        folder => format!("{} in {}/", visible(&subject.name), visible(folder)),
    };
    let at = match &subject.commit {
        Some(commit) => format!("{folder} at {}", short(commit)),
        None => format!("{folder} before its first commit"),
    };
    let mut state = vec![subject.branch.as_deref().map_or_else(
        || "no branch".to_owned(),
        |branch| visible(branch).into_owned(),
    )];
    state.push(match (subject.dirty, subject.changed.len()) {
        (false, _) => "clean".to_owned(),
        (true, 0) => "changed".to_owned(),
        (true, files) => format!("{} changed", count(files, "file", "files")),
    });
    if subject.shallow {
        state.push("older history left out".to_owned());
    }
    format!("{at} ({})", state.join(", "))
}

/// The first twelve digits of an object's name.
pub(super) fn short(object: &str) -> String {
    object.chars().take(12).collect()
}

fn policy(run: &Run) -> String {
    match &run.policy.path {
        None => "no .audit/policy.yaml: the catalogue's defaults hold".to_owned(),
        Some(path) => {
            let (stricter, looser) = run.departures();
            format!(
                "{}: {stricter} {} stricter, {looser} looser{}",
                visible(path),
                plural(stricter, "parameter", "parameters"),
                scopes(run)
            )
        }
    }
}

/// The scopes that the policy changes; nothing where it changes none.
fn scopes(run: &Run) -> String {
    let changed = run.policy.changed_scopes();
    if changed.is_empty() {
        return String::new();
    }
    let stricter = changed.iter().filter(|scope| scope.stricter).count();
    let looser = changed.len() - stricter;
    let scopes = plural(stricter, "scope", "scopes");
    format!("; {stricter} {scopes} stricter, {looser} looser")
}

/// Files that were taken for a report, readable or not.
fn reports(run: &Run) -> usize {
    let mut paths: BTreeSet<&str> = BTreeSet::new();
    for (name, population) in &run.facts {
        if relation(name).is_none_or(|relation| relation.origin != Origin::Report) {
            continue;
        }
        paths.extend(population.examined.iter().map(String::as_str));
        paths.extend(
            population
                .items
                .iter()
                .map(|item| item.source.path.as_str()),
        );
        paths.extend(population.gaps.iter().map(|gap| gap.path.as_str()));
    }
    paths.remove("");
    // The record of a run is evidence of a report, and none.
    let records = run.facts.get(RUN_RECORD.name).into_iter();
    for record in records.flat_map(|population| &population.examined) {
        paths.remove(record.as_str());
    }
    paths.len()
}
