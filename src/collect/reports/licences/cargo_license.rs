//! cargo-license's JSON: a list of crates. A crate without a licence has `null`, even where it
//! names a file with the text of one.

use serde::Deserialize;

use super::measured::{Package, Packages};
use crate::collect::reports::words::{counted, some_of};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::json::{Outer, Text};

/// cargo-license's JSON.
pub(in crate::collect::reports) struct CargoLicense;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Licences,
    name: "cargo-license",
    usual_names: &["cargo-license*.json", "cargo_license*.json"],
    about: "cargo-license writes it with `--json`.",
    sample: (
        "cargo-license.json",
        r#"[{"name": "a", "version": "1.0.0", "authors": null, "license": "MIT OR Apache-2.0",
        "license_file": null}]"#,
    ),
};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Row {
    name: Text,
    version: Text,
    license: Text,
    license_file: Text,
}

impl Format for CargoLicense {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            shape.outer == Outer::Array
                && shape.has_inner(&["name", "version", "license", "license_file"])
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let rows: Vec<Row> = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("cargo-license".to_owned());
        let mut packages = Packages::default();
        let mut files_only = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            if row.license.said().is_none() && row.license_file.said().is_some() {
                files_only.push(row.name.said().unwrap_or("not named"));
            }
            let package = Package {
                source: Source::pointer(document.path, format!("/{at}")),
                name: row.name.said(),
                version: row.version.said(),
                licences: row.license.said().into_iter().collect(),
                guessed: None,
                count: 1,
            };
            packages.add(package, &mut reading);
        }
        if !files_only.is_empty() {
            let count = u64::try_from(files_only.len()).unwrap_or(u64::MAX);
            reading.note(format!(
                "{} only a file with the text of a licence, which counts as not known: {}.",
                counted(count, "package names", "packages name"),
                some_of(files_only)
            ));
        }
        packages.settle(&mut reading);
        Ok(reading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_without_a_licence_is_not_known() {
        let text = r#"[{"name": "a", "version": "1", "license": null, "license_file": "LICENSE"},
            {"name": "b", "version": "1", "license": "MIT", "license_file": null}]"#;
        let document = Document::new("x.json", text.as_bytes());
        assert!(CargoLicense.recognises(&document));
        let reading = CargoLicense.read(&document).expect("a reading");
        assert_eq!(reading.measures["packages"].as_int(), Some(2));
        assert_eq!(reading.measures["unknown"].as_int(), Some(1));
        assert_eq!(
            reading.notes,
            [
                "1 package names only a file with the text of a licence, which counts as not known: a."
            ]
        );
        let other = Document::new(
            "x.json",
            br#"[{"name": "a", "version": "1", "license": "MIT"}]"#,
        );
        assert!(!CargoLicense.recognises(&other));
    }
}
