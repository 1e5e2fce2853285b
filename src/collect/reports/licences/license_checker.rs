//! The JSON of license-checker and of its fork license-checker-rseidelsohn: an object with one
//! member a package, named `name@version`.
//!
//! A licence with a trailing `*` was guessed from a text. The root project stands among its
//! packages, and nothing tells it from them.

use serde::Deserialize;

use super::measured::{Package, Packages};
use crate::collect::reports::words::{counted, pointer_step};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::json::{Outer, Pairs, Shape, Text};

/// license-checker's JSON.
pub(in crate::collect::reports) struct LicenseChecker;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Licences,
    name: "license-checker",
    usual_names: &["license-checker*.json", "license_checker*.json"],
    about: "license-checker writes it with `--json`, as does license-checker-rseidelsohn.",
    sample: (
        "license-checker.json",
        r#"{"@s/a@1.0.0": {"licenses": "MIT*", "path": "/p"}, "b@2": {"licenses": ["MIT", "ISC"]}}"#,
    ),
};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Entry {
    licenses: Licences,
}

/// One licence, or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Licences {
    Several(Vec<Text>),
    One(Text),
}

impl Default for Licences {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl Licences {
    fn said(&self) -> Vec<&str> {
        match self {
            Self::Several(list) => list.iter().filter_map(Text::said).collect(),
            Self::One(text) => text.said().into_iter().collect(),
        }
    }
}

/// `@babel/core@7.0.0` in its two parts.
fn parts(key: &str) -> Option<(&str, &str)> {
    let (name, version) = key.rsplit_once('@')?;
    (!name.is_empty() && !version.is_empty()).then_some((name, version))
}

fn is_report(shape: &Shape) -> bool {
    let named = shape.keys.iter().all(|key| parts(key).is_some());
    let licensed = shape.inner.iter().any(|key| key.ends_with(".licenses"));
    shape.outer == Outer::Object && !shape.keys.is_empty() && named && licensed
}

impl Format for LicenseChecker {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(is_report)
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let entries: Pairs<Entry> = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("license-checker".to_owned());
        let mut packages = Packages::default();
        let mut guesses = 0;
        for (key, entry) in &entries.0 {
            let (name, version) = parts(key).map_or((key.as_str(), None), |(name, version)| {
                (name, Some(version))
            });
            let written = entry.licenses.said();
            let starred = written.iter().any(|licence| licence.ends_with('*'));
            guesses += u64::from(starred);
            let package = Package {
                source: Source::pointer(document.path, format!("/{}", pointer_step(key))),
                name: Some(name),
                version,
                licences: written
                    .iter()
                    .map(|licence| licence.trim_end_matches('*'))
                    .collect(),
                guessed: Some(starred),
                count: 1,
            };
            packages.add(package, &mut reading);
        }
        if guesses > 0 {
            let packages = counted(guesses, "package was", "packages were");
            reading.note(format!(
                "The licence of {packages} guessed from a text, which the tool marks by a star."
            ));
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
        assert!(LicenseChecker.recognises(&document), "{text}");
        LicenseChecker.read(&document).expect("a reading")
    }

    #[test]
    fn a_guess_is_marked_and_a_list_names_several() {
        let reading = read(SPEC.sample.1);
        assert_eq!(reading.measures["packages"].as_int(), Some(2));
        let guess = &reading.items[0];
        assert_eq!(guess.get("name").as_text(), Some("@s/a"));
        assert_eq!(guess.get("licence").as_text(), Some("MIT"));
        assert_eq!(guess.get("guessed"), &true.into());
        assert_eq!(guess.source.place_text(), "x.json#/@s~1a@1.0.0");
        assert_eq!(reading.items[1].get("licences").to_string(), "MIT, ISC");
        assert_eq!(
            reading.notes,
            ["The licence of 1 package was guessed from a text, which the tool marks by a star."]
        );
    }

    #[test]
    fn unknown_is_not_unlicensed() {
        let reading = read(
            r#"{"a@1": {"licenses": "UNKNOWN"}, "b@1": {"licenses": "UNLICENSED"}, "c@1": {"licenses": 7},
            "d@1": {"path": "p"}}"#,
        );
        assert_eq!(reading.measures["unknown"].as_int(), Some(2));
        assert_eq!(
            reading.items[1].get("licence").as_text(),
            Some("UNLICENSED")
        );
    }

    #[test]
    fn manifests_and_lock_files_are_not_taken_for_it() {
        for other in [
            r#"{"name": "a", "licenses": [{"type": "MIT"}]}"#,
            r#"{"a@1": {"version": "1"}}"#,
            r#"{"@": {"licenses": "MIT"}}"#,
            "{}",
        ] {
            let document = Document::new("license-checker.json", other.as_bytes());
            assert!(!LicenseChecker.recognises(&document), "{other}");
        }
    }
}
