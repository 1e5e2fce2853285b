//! The object that govulncheck wrote before its stream of messages, until version 0.2.
//!
//! First it was the raw result of an analysis, with a row for each vulnerable symbol (`CallSink` is
//! the function that calls it, 0 for none), then a list with the modules of each vulnerability.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::govulncheck::Reach;
use super::rows::Row;
use crate::collect::reports::words::length;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Outer, Text, nullable};
use crate::parse::lists::{Members, Texts};

/// govulncheck's object of 2022.
pub(in crate::collect::reports) struct Govulncheck2022;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Dependencies,
    name: "govulncheck-2022",
    usual_names: &["govulncheck*.json"],
    about: "govulncheck wrote it with `-json` until version 0.2.",
    sample: (
        "govulncheck.json",
        r#"{"Calls": {}, "Vulns": [{"OSV": {"id": "GO-1", "aliases": ["CVE-1"]}, "Symbol": "F",
        "PkgPath": "m/p", "ModPath": "m", "CallSink": 9, "ImportSink": 7, "RequireSink": 1}],
        "Modules": [{"Path": "m", "Version": "v1.0.0"}]}"#,
    ),
};

#[derive(Deserialize)]
struct Report {
    #[serde(rename = "Vulns", deserialize_with = "nullable")]
    vulnerabilities: Vec<Vulnerability>,
    #[serde(rename = "Modules", default, deserialize_with = "nullable")]
    modules: Option<Vec<Module>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct Vulnerability {
    #[serde(rename = "OSV", deserialize_with = "nullable")]
    osv: Advisory,
    mod_path: Text,
    call_sink: Count,
    import_sink: Count,
    #[serde(deserialize_with = "nullable")]
    modules: Vec<Module>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Advisory {
    id: Text,
    aliases: Texts,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct Module {
    path: Text,
    version: Text,
    found_version: Text,
    fixed_version: Text,
    #[serde(deserialize_with = "nullable")]
    packages: Vec<Package>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct Package {
    call_stacks: Members,
}

/// The members of the object.
const MEMBERS: [&str; 5] = ["Calls", "Imports", "Requires", "Vulns", "Modules"];

impl Format for Govulncheck2022 {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            let ours = shape.keys.iter().all(|key| MEMBERS.contains(&key.as_str()));
            let cut = shape.broken.is_some() && shape.has_inner(&["Calls.Functions"]);
            shape.outer == Outer::Object && ours && (shape.has(&["Vulns"]) || cut)
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report: Report = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("govulncheck".to_owned());
        let found = found(&report);
        let modules = report.modules.as_deref();
        for (id, found) in &found {
            let source = Source::pointer(document.path, format!("/Vulns/{}", found.at));
            reading
                .items
                .push(found.row(id, modules.unwrap_or_default()).item(source));
        }
        let called = found
            .values()
            .filter(|found| found.reach == Reach::Called)
            .count();
        reading.measure("unique", found.len());
        reading.measure("called", called);
        reading.measure("entries", length(&report.vulnerabilities));
        if let Some(modules) = modules {
            reading.measure("packages", modules.len());
            reading.measure("audited", modules.len());
        } else if found.is_empty() {
            reading.note("Nothing was found; the report does not say what was looked at.");
        }
        if modules.is_some_and(<[Module]>::is_empty) && found.is_empty() {
            let why = "The report names no module, so nothing was looked up.";
            reading.lower(ReadingState::NothingMeasured, why);
        }
        Ok(reading)
    }
}

/// A vulnerability as gathered from its rows.
struct Found<'r> {
    reach: Reach,
    module: Option<&'r str>,
    version: Option<&'r str>,
    fixed: Option<&'r str>,
    aliases: &'r Texts,
    at: usize,
}

impl<'r> Found<'r> {
    fn row(&self, id: &'r str, modules: &'r [Module]) -> Row<'r> {
        let listed = modules
            .iter()
            .find(|module| module.path.said() == self.module);
        Row {
            package: self.module,
            version: self.version.or_else(|| listed?.version.said()),
            id: Some(id).filter(|id| !id.is_empty()),
            aliases: self.aliases.said().map(str::to_owned).collect(),
            fixed_in: self.fixed.map(str::to_owned).into_iter().collect(),
            reach: Some(self.reach.name()),
            ..Row::default()
        }
    }
}

/// The vulnerabilities by their advisory, each with its farthest reach.
fn found(report: &Report) -> BTreeMap<&str, Found<'_>> {
    let mut found: BTreeMap<&str, Found<'_>> = BTreeMap::new();
    for (at, row) in report.vulnerabilities.iter().enumerate() {
        let id = row.osv.id.said().unwrap_or_default();
        let reach = reach(row);
        if found.get(id).is_some_and(|known| known.reach >= reach) {
            continue;
        }
        let module = row.modules.first();
        found.insert(
            id,
            Found {
                reach,
                module: row.mod_path.said().or_else(|| module?.path.said()),
                version: module.and_then(|module| module.found_version.said()),
                fixed: module.and_then(|module| module.fixed_version.said()),
                aliases: &row.osv.aliases,
                at,
            },
        );
    }
    found
}

fn reach(row: &Vulnerability) -> Reach {
    let sink = |count: Count| count.0.is_some_and(|sink| sink > 0);
    let packages = || row.modules.iter().flat_map(|module| &module.packages);
    if sink(row.call_sink) || packages().any(|package| package.call_stacks.0 > 0) {
        Reach::Called
    } else if sink(row.import_sink) || packages().next().is_some() {
        Reach::Imported
    } else {
        Reach::Required
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.json", text.as_bytes());
        assert!(Govulncheck2022.recognises(&document), "{text}");
        Govulncheck2022.read(&document).expect("a reading")
    }

    #[test]
    fn rows_of_symbols_are_one_vulnerability() {
        let reading = read(
            r#"{"Calls": {}, "Imports": {}, "Requires": {}, "Vulns": [
            {"OSV": {"id": "GO-1", "aliases": ["CVE-1"]}, "ModPath": "m", "CallSink": 0,
             "ImportSink": 5}, {"OSV": {"id": "GO-1"}, "ModPath": "m", "CallSink": 3},
            {"OSV": {"id": "GO-2"}, "ModPath": "n", "CallSink": 0, "ImportSink": 0}],
            "Modules": [{"Path": "m", "Version": "v1"}, {"Path": "n"}]}"#,
        );
        let measured = |name: &str| reading.measures[name].as_int();
        assert_eq!((measured("unique"), measured("called")), (Some(2), Some(1)));
        assert_eq!(
            (measured("entries"), measured("audited")),
            (Some(3), Some(2))
        );
        assert_eq!(reading.items[0].get("version").as_text(), Some("v1"));
        assert_eq!(reading.items[0].source.place_text(), "x.json#/Vulns/1");
        assert_eq!(reading.items[1].get("reach").as_text(), Some("required"));
    }

    #[test]
    fn a_list_of_modules_came_after() {
        let reading = read(
            r#"{"Vulns": [{"OSV": {"id": "GO-1"}, "Modules": [{"Path": "m", "FoundVersion": "v1",
            "FixedVersion": "v2", "Packages": [{"Path": "m/p", "CallStacks": [{"Symbol": "F"}]}]}]}]}"#,
        );
        assert_eq!(reading.measures["called"].as_int(), Some(1));
        assert_eq!(reading.items[0].get("fixed_in").to_string(), "v2");
        let clean = read(r#"{"Vulns": null}"#);
        assert_eq!(
            (clean.state, clean.notes.len()),
            (ReadingState::Complete, 1)
        );
        let nothing = read(r#"{"Vulns": null, "Modules": []}"#);
        assert_eq!(nothing.state, ReadingState::NothingMeasured);
    }
}
