//! pip-licenses' JSON: a list of packages (`--format=json`, `json-license-finder`), or of licences
//! with how many packages have each (`--summary`).
//!
//! With `--from=all` a row has the licence as the metadata, the classifiers and the expression give
//! it. The expression is the newest and most exact of the three, the metadata any text at all.

use serde::Deserialize;

use super::measured::{Package, Packages};
use crate::collect::reports::inspect::usually_named;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Outer, Shape, Text, nullable};

/// pip-licenses' JSON.
pub(in crate::collect::reports) struct PipLicenses;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Licences,
    name: "pip-licenses",
    usual_names: &["pip-licenses*.json", "pip_licenses*.json"],
    about: "pip-licenses writes it with `--format=json` or `--format=json-license-finder`.",
    sample: (
        "pip-licenses.json",
        r#"[{"License": "MIT License", "Name": "a", "Version": "1"}]"#,
    ),
};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Row {
    #[serde(rename = "Name", alias = "name")]
    name: Text,
    #[serde(rename = "Version", alias = "version")]
    version: Text,
    #[serde(rename = "License")]
    licence: Option<Text>,
    #[serde(rename = "License-Expression")]
    expression: Text,
    #[serde(rename = "License-Classifier")]
    classifier: Text,
    #[serde(rename = "License-Metadata")]
    metadata: Text,
    #[serde(deserialize_with = "nullable")]
    licenses: Vec<Text>,
    #[serde(rename = "Count")]
    count: Option<Count>,
}

impl Row {
    fn licences(&self) -> Vec<&str> {
        let known = |text: &&str| !super::names::is_unknown(text);
        if let Some(licence) = &self.licence {
            return licence.said().into_iter().collect();
        }
        let from_all = [&self.expression, &self.classifier, &self.metadata];
        match from_all.into_iter().filter_map(Text::said).find(known) {
            Some(licence) => vec![licence],
            None => self.licenses.iter().filter_map(Text::said).collect(),
        }
    }
}

fn is_rows(shape: &Shape) -> bool {
    let names_package = shape.has_inner(&["Name"]) || shape.has_inner(&["Version"]);
    let licence = shape.has_inner(&["License"]) || shape.has_inner(&["License-Metadata"]);
    licence && (names_package || is_summary(shape))
}

fn is_summary(shape: &Shape) -> bool {
    shape.has_inner(&["Count", "License"]) && shape.inner.len() == 2
}

/// The form that imitates another tool has three members, in lower case.
fn is_finder(shape: &Shape) -> bool {
    shape.has_inner(&["name", "licenses"])
        && shape
            .inner
            .iter()
            .all(|key| ["name", "version", "licenses"].contains(&key.as_str()))
}

impl Format for PipLicenses {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            let empty = shape.length == 0 && shape.broken.is_none();
            shape.outer == Outer::Array
                && (is_rows(shape)
                    || is_finder(shape)
                    || (empty && usually_named(&SPEC, document.path)))
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let rows: Vec<Row> = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("pip-licenses".to_owned());
        let mut packages = Packages::default();
        let mut uncounted = 0_u64;
        for (at, row) in rows.iter().enumerate() {
            let count = match &row.count {
                Some(Count(Some(count))) => *count,
                Some(Count(None)) => {
                    uncounted += 1;
                    0
                }
                None => 1,
            };
            let package = Package {
                source: Source::pointer(document.path, format!("/{at}")),
                name: row.name.said(),
                version: row.version.said(),
                licences: row.licences(),
                guessed: None,
                count,
            };
            packages.add(package, &mut reading);
        }
        if uncounted > 0 {
            let why = "A row of the summary does not say how many packages it stands for.";
            reading.lower(ReadingState::Incomplete, why);
        }
        if rows.iter().any(|row| row.count.is_some()) {
            reading.note("This is a summary: it names licences and not the packages.");
        }
        packages.settle(&mut reading);
        Ok(reading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.json", text.as_bytes());
        assert!(PipLicenses.recognises(&document), "{text}");
        PipLicenses.read(&document).expect("a reading")
    }

    fn figures(reading: &Reading) -> (Option<i64>, Option<i64>) {
        let figure = |name: &str| reading.measures[name].as_int();
        (figure("packages"), figure("unknown"))
    }

    #[test]
    fn packages_are_counted_and_an_unknown_licence_is_none() {
        let reading = read(
            r#"[{"License": "MIT License", "Name": "a", "Version": "1"},
            {"License": "UNKNOWN", "Name": "b", "Version": "2"},
            {"License": "Apache Software License; BSD License", "Name": "c", "Version": "3"}]"#,
        );
        assert_eq!(figures(&reading), (Some(3), Some(1)));
        assert_eq!(reading.items[1].get("known"), &false.into());
        let both = reading.items[2].get("licences").to_string();
        assert_eq!(both, "Apache Software License, BSD License");
        assert_eq!(reading.items[0].get("licences").to_string(), "MIT");
        assert_eq!(reading.items[2].source.place_text(), "x.json#/2");
    }

    #[test]
    fn a_summary_and_the_other_forms_are_read() {
        let summary =
            read(r#"[{"Count": 7, "License": "MIT"}, {"Count": 2, "License": "UNKNOWN"}]"#);
        assert_eq!(figures(&summary), (Some(9), Some(2)));
        assert_eq!(summary.notes.len(), 1);
        let finder = read(r#"[{"name": "a", "version": "1", "licenses": ["UNKNOWN"]}]"#);
        assert_eq!(figures(&finder), (Some(1), Some(1)));
        let all = read(
            r#"[{"Name": "a", "Version": "1", "License-Metadata": "Licence text",
            "License-Classifier": "MIT License", "License-Expression": "UNKNOWN"}]"#,
        );
        assert_eq!(all.items[0].get("licences").to_string(), "MIT");
    }

    #[test]
    fn nothing_installed_is_nothing_measured_and_a_bad_count_is_not_complete() {
        let document = Document::new("pip-licenses.json", b"[]");
        assert!(PipLicenses.recognises(&document));
        let empty = PipLicenses.read(&document).expect("a reading");
        assert_eq!(empty.state, ReadingState::NothingMeasured);
        let odd = read(r#"[{"Count": -7, "License": "MIT"}, {"Count": 1, "License": "ISC"}]"#);
        assert_eq!(odd.state, ReadingState::Incomplete);
        for other in [
            r#"[{"Name": "a"}]"#,
            r#"[{"name": "a", "version": "1"}]"#,
            "[]",
        ] {
            let document = Document::new("report.json", other.as_bytes());
            assert!(!PipLicenses.recognises(&document), "{other}");
        }
    }
}
