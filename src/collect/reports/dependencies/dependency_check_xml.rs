//! OWASP dependency-check's XML report, of any version of its schema.
//!
//! An element `severity` stands in the vulnerability itself and, of another scale, in its scores;
//! only the first is the vulnerability's.

use super::dependency_check::{Dependency, Report, Vulnerability};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::xml::{Element, Part};

/// OWASP dependency-check's XML report.
pub(in crate::collect::reports) struct DependencyCheckXml;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Dependencies,
    name: "dependency-check-xml",
    usual_names: &[
        "dependency-check*.xml",
        "dependencycheck*.xml",
        "depcheck*.xml",
    ],
    about: "OWASP dependency-check writes it with `--format XML`.",
    sample: (
        "dependency-check-report.xml",
        r#"<?xml version="1.0"?>
<analysis xmlns="https://jeremylong.github.io/DependencyCheck/dependency-check.2.5.xsd"><scanInfo>
<engineVersion>6.5.3</engineVersion></scanInfo><projectInfo>
<reportDate>2022-01-15T14:31:13Z</reportDate></projectInfo><dependencies><dependency>
<fileName>a-1.0.0.jar</fileName><vulnerabilities><vulnerability><name>CVE-1</name>
<severity>HIGH</severity></vulnerability></vulnerabilities></dependency></dependencies></analysis>"#,
    ),
};

impl Format for DependencyCheckXml {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        // The name of the schema has changed with nearly every version.
        document.look.xml().is_some_and(|root| {
            root.name == "analysis"
                && root.attributes.iter().any(|(_, value)| {
                    let value: String = value.to_ascii_lowercase().replace(['-', '_'], "");
                    value.contains("dependencycheck")
                })
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        let mut walk = Walk {
            report: Report::new(),
            open: Vec::new(),
            text: String::new(),
            dependency: Dependency::default(),
            line: 0,
            found: Vec::new(),
        };
        document.xml(|part| {
            walk.take(part, document, &mut reading);
            true
        })?;
        walk.report.settle(&mut reading);
        Ok(reading)
    }
}

/// What was gathered so far.
struct Walk {
    report: Report,
    /// The open elements, from the root.
    open: Vec<String>,
    /// The text of the innermost one.
    text: String,
    /// The dependency that is open, and its vulnerabilities with their lines. It is named by
    /// elements that may stand behind them.
    dependency: Dependency,
    line: u32,
    found: Vec<(u32, Vulnerability)>,
}

impl Walk {
    fn take(&mut self, part: Part, document: &Document<'_>, reading: &mut Reading) {
        match part {
            Part::Start(element) => self.start(element),
            Part::Text(text) => self.text.push_str(&text),
            Part::End(_) => {
                self.end(document, reading);
                self.open.pop();
                self.text.clear();
            }
        }
    }

    fn start(&mut self, element: Element) {
        self.text.clear();
        let line = element.line;
        self.open.push(element.name);
        if self.is_at(&["dependencies", "dependency"]) {
            self.report.dependencies += 1;
            self.line = line;
            self.dependency = Dependency::default();
            self.found.clear();
        } else if self.is_at(&VULNERABILITY) || self.is_at(&SUPPRESSED) {
            let found = Vulnerability {
                suppressed: self.is_at(&SUPPRESSED),
                ..Vulnerability::default()
            };
            self.found.push((line, found));
        }
    }

    fn end(&mut self, document: &Document<'_>, reading: &mut Reading) {
        if self.is_at(&["dependencies", "dependency"]) {
            let source = Source::line(document.path, self.line);
            Report::looked_up(reading, &source, &self.dependency);
            for (line, found) in std::mem::take(&mut self.found) {
                let source = Source::line(document.path, line);
                self.report.add(reading, source, &self.dependency, &found);
            }
            return;
        }
        let text = Some(self.text.trim()).filter(|text| !text.is_empty());
        let Some(said) = text.map(str::to_owned) else {
            return;
        };
        let identified = self.is_at(&IDENTIFIED) || self.is_at(&IDENTIFIED_ONCE);
        if self.is_at(&["scanInfo", "engineVersion"]) {
            self.report.version = Some(said);
        } else if self.is_at(&["projectInfo", "reportDate"]) {
            self.report.date = Some(said);
        } else if self.is_at(&["scanInfo", "analysisExceptions", "exception", "message"]) {
            self.report.exceptions.push(said);
        } else if self.is_at(&["dependencies", "dependency", "fileName"]) {
            self.dependency.file = Some(said);
        } else if self.is_at(&RELATED) {
            self.dependency.packages.push(said);
        } else if identified {
            self.dependency.packages.push(said.clone());
            self.dependency.identifier.get_or_insert(said);
        } else if self.is_within(&VULNERABILITY) || self.is_within(&SUPPRESSED) {
            self.field(said);
        }
    }

    /// A field of the vulnerability that is open.
    fn field(&mut self, said: String) {
        let Some((_, found)) = self.found.last_mut() else {
            return;
        };
        match self.open.last().map(String::as_str) {
            Some("name") => found.name = Some(said),
            Some("severity") => found.severity = Some(said),
            Some("notes") => found.notes = Some(said),
            _ => {}
        }
    }

    /// Whether the innermost element is the one at this path below the root.
    fn is_at(&self, path: &[&str]) -> bool {
        self.open.len() == path.len() + 1 && self.begins_with(path)
    }

    /// Whether the innermost element is a child of the one at this path.
    fn is_within(&self, path: &[&str]) -> bool {
        self.open.len() == path.len() + 2 && self.begins_with(path)
    }

    fn begins_with(&self, path: &[&str]) -> bool {
        self.open
            .iter()
            .skip(1)
            .zip(path)
            .all(|(open, name)| open == name)
    }
}

const VULNERABILITY: [&str; 4] = [
    "dependencies",
    "dependency",
    "vulnerabilities",
    "vulnerability",
];
const SUPPRESSED: [&str; 4] = [
    "dependencies",
    "dependency",
    "vulnerabilities",
    "suppressedVulnerability",
];
/// How a dependency was identified, since version 2 of the schema and before.
const IDENTIFIED: [&str; 5] = ["dependencies", "dependency", "identifiers", "package", "id"];
/// How what is the same as a dependency, and stands in another place, was identified.
const RELATED: [&str; 7] = [
    "dependencies",
    "dependency",
    "relatedDependencies",
    "relatedDependency",
    "identifiers",
    "package",
    "id",
];
const IDENTIFIED_ONCE: [&str; 5] = [
    "dependencies",
    "dependency",
    "identifiers",
    "identifier",
    "name",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReadingState;

    fn read(inside: &str) -> Reading {
        let text = format!(
            "<analysis xmlns='https://jeremylong.github.io/DependencyCheck/dependency-check.1.3.xsd'>
             {inside}</analysis>"
        );
        let document = Document::new("x.xml", text.as_bytes());
        assert!(DependencyCheckXml.recognises(&document));
        DependencyCheckXml.read(&document).expect("a reading")
    }

    #[test]
    fn only_the_severity_of_the_vulnerability_itself_counts() {
        let reading = read(
            "<scanInfo><engineVersion>6.5.3</engineVersion></scanInfo>
             <projectInfo><reportDate>2016-11-05T14:52:15.748-0400</reportDate></projectInfo>
             <dependencies><dependency><fileName>a.jar</fileName><vulnerabilities>
             <vulnerability source='NVD'><name>CVE-1</name><severity>Moderate</severity>
             <cvssV2><severity>HIGH</severity></cvssV2>
             <references><reference><name>R</name></reference></references></vulnerability>
             <vulnerability><name>CVE-1</name></vulnerability>
             <suppressedVulnerability><name>CVE-2</name><severity>LOW</severity><notes>not
             reached</notes></suppressedVulnerability></vulnerabilities>
             <identifiers><package><id>pkg:maven/o/a@1</id></package></identifiers></dependency>
             <dependency><fileName>b.jar</fileName><relatedDependencies><relatedDependency>
             <fileName>c.jar</fileName></relatedDependency></relatedDependencies></dependency>
             </dependencies>",
        );
        let measured = |name: &str| reading.measures[name].as_int();
        assert_eq!(
            (measured("unique"), measured("entries")),
            (Some(1), Some(2))
        );
        assert_eq!(
            (measured("suppressed"), measured("packages")),
            (Some(1), Some(2))
        );
        assert_eq!(
            reading.measures["by_severity"].to_string(),
            "moderate: 1, unknown: 1"
        );
        assert_eq!(reading.items[0].get("id").as_text(), Some("CVE-1"));
        assert_eq!(reading.items[0].get("package").as_text(), Some("o/a"));
        assert_eq!(reading.items[0].source, Source::line("x.xml", 5));
        assert!(
            reading.items[2]
                .get("justification")
                .to_string()
                .contains("reached")
        );
        assert_eq!(
            reading.produced_at.as_deref(),
            Some("2016-11-05T14:52:15.748-04:00")
        );
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
    }

    #[test]
    fn packages_that_were_identified_can_be_agreed_to_a_lock_file() {
        let reading = read(
            "<dependencies><dependency><identifiers><package><id>pkg:pypi/a@1</id></package>
             <package><id>pkg:maven/o/a@1</id></package></identifiers><relatedDependencies>
             <relatedDependency><identifiers><package><id>pkg:npm/b@2</id></package></identifiers>
             </relatedDependency></relatedDependencies></dependency></dependencies>",
        );
        let said = reading
            .items
            .iter()
            .map(|it| it.get("identity").to_string());
        assert_eq!(said.collect::<Vec<String>>(), ["pip a 1", "npm b 2"]);
        assert_eq!(reading.items[0].source, Source::line("x.xml", 2));
    }

    #[test]
    fn a_run_that_failed_or_found_nothing_to_look_at_is_not_clean() {
        let failed = read(
            "<scanInfo><analysisExceptions><exception><message>no update</message><cause>
             <message>offline</message></cause></exception></analysisExceptions></scanInfo>
             <dependencies><dependency><fileName>a</fileName></dependency></dependencies>",
        );
        assert_eq!(failed.state, ReadingState::Incomplete);
        assert_eq!(
            failed.notes,
            ["The analysis ended with 1 exception; the first: no update."]
        );
        assert_eq!(read("<dependencies/>").state, ReadingState::NothingMeasured);
        let other = Document::new("x.xml", b"<analysis xmlns='urn:other'/>");
        assert!(!DependencyCheckXml.recognises(&other));
    }
}
