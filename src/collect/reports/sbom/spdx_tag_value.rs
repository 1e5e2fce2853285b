//! SPDX 2 as tag-value text.
//!
//! The format has no end: a document cut after a whole package looks like a shorter one. What can
//! be told is told: a text that does not end, a last package or file without what every other has,
//! and a relationship to what the document does not hold.

use std::collections::{BTreeMap, BTreeSet};

use super::bill::{Bill, Component, said};
use super::spdx::{add_reference, agent, set_creator, set_licence, stated};
use super::tag_value;
use crate::collect::reports::document::Look;
use crate::collect::reports::words::{set_produced, some_of};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::text::excerpt;
use crate::parse::error::ParseError;

/// SPDX 2 as tag-value text.
pub(in crate::collect::reports) struct SpdxTagValue;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Sbom,
    name: "spdx-tag-value",
    usual_names: &["*.spdx", "*spdx*.txt"],
    about: "syft, trivy, the tools of SPDX and others write it.",
    // Its packages are named before they come and end in a text, so that no beginning of it is
    // whole; the last package of another document may be missing without a trace.
    sample: (
        "sbom.spdx",
        "SPDXVersion: SPDX-2.2\nSPDXID: SPDXRef-DOCUMENT\nCreated: 2026-01-02T03:04:05Z\n\
         Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-a\n\
         Relationship: SPDXRef-a CONTAINS SPDXRef-b\nPackageName: a\nSPDXID: SPDXRef-a\n\
         PackageCopyrightText: <text>NONE</text>\nPackageName: b\nSPDXID: SPDXRef-b\n\
         PackageCopyrightText: <text>NONE</text>",
    ),
};

/// What the tags that follow belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Section {
    #[default]
    Document,
    Package,
    File,
    Other,
}

/// What was gathered so far.
#[derive(Default)]
struct Walk {
    version: String,
    created: String,
    creators: Vec<String>,
    section: Section,
    /// The tags of the section that is open.
    tags: BTreeSet<String>,
    /// The tags that every section of a kind before this one has.
    common: BTreeMap<Section, BTreeSet<String>>,
    packages: Vec<(u32, Component)>,
    concluded: String,
    declared: String,
    ids: BTreeSet<String>,
    related: BTreeSet<String>,
}

impl Walk {
    fn take(&mut self, line: u32, tag: &str, value: &str) -> Result<(), ParseError> {
        match tag {
            "SPDXVersion" if !self.version.is_empty() => {
                let says = "expected one document, found a second SPDXVersion";
                return Err(ParseError::at(line as usize, 1, says));
            }
            "SPDXVersion" => value.clone_into(&mut self.version),
            "Created" => value.clone_into(&mut self.created),
            "Creator" => self.creators.push(value.to_owned()),
            "PackageName" => {
                self.enter(Section::Package);
                let name = said(value);
                let component = Component {
                    name,
                    ..Component::default()
                };
                self.packages.push((line, component));
            }
            "FileName" => self.enter(Section::File),
            "SnippetSPDXID" => {
                self.enter(Section::Other);
                self.ids.insert(value.to_owned());
            }
            "LicenseID" => self.enter(Section::Other),
            "SPDXID" => {
                self.ids.insert(value.to_owned());
                self.tags.insert(tag.to_owned());
            }
            "Relationship" => self.relate(value),
            // A tag without a value says nothing.
            _ if value.is_empty() => {}
            _ => {
                self.tags.insert(tag.to_owned());
                self.in_package(tag, value);
            }
        }
        Ok(())
    }

    fn enter(&mut self, section: Section) {
        self.close();
        let tags = std::mem::take(&mut self.tags);
        let common = self.common.entry(self.section);
        common
            .and_modify(|common| common.retain(|tag| tags.contains(tag)))
            .or_insert(tags);
        self.section = section;
    }

    /// Gives the package its licence once both of what is said of it are known.
    fn close(&mut self) {
        let concluded = std::mem::take(&mut self.concluded);
        let declared = std::mem::take(&mut self.declared);
        if self.section == Section::Package
            && let Some((_, package)) = self.packages.last_mut()
        {
            set_licence(package, &concluded, &declared);
        }
    }

    fn in_package(&mut self, tag: &str, value: &str) {
        let Some((_, package)) = self.packages.last_mut() else {
            return;
        };
        if self.section != Section::Package {
            return;
        }
        match tag {
            "PackageVersion" => package.version = stated(value),
            "PackageSupplier" => package.supplier = agent(value),
            "PackageLicenseConcluded" => value.clone_into(&mut self.concluded),
            "PackageLicenseDeclared" => value.clone_into(&mut self.declared),
            "PrimaryPackagePurpose" => package.kind = stated(value),
            "ExternalRef" => {
                let mut words = value.split_whitespace().skip(1);
                if let (Some(kind), Some(locator)) = (words.next(), words.next()) {
                    add_reference(package, kind, locator);
                }
            }
            _ => {}
        }
    }

    /// `SPDXRef-a CONTAINS SPDXRef-b`: both ends have to stand in the document, unless they are
    /// said to stand in another.
    fn relate(&mut self, value: &str) {
        let ends = value.split_whitespace();
        let here = ends.filter(|end| end.starts_with("SPDXRef-"));
        self.related.extend(here.map(str::to_owned));
    }

    /// The tags that the last section has to have and has not: its own id, and of what SPDX demands
    /// or demanded once, whatever every other section of its kind has. Tools leave the rest out.
    fn missing(&self) -> Vec<&'static str> {
        const DEMANDED: [&str; 3] = [
            "PackageDownloadLocation",
            "PackageCopyrightText",
            "FileChecksum",
        ];
        if !matches!(self.section, Section::Package | Section::File) {
            return Vec::new();
        }
        let common = self.common.get(&self.section);
        let usual = |tag: &&str| common.is_some_and(|common| common.contains(*tag));
        let demanded = DEMANDED.into_iter().filter(usual).chain(["SPDXID"]);
        demanded.filter(|tag| !self.tags.contains(*tag)).collect()
    }
}

impl Format for SpdxTagValue {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        let mut lines = document.head().lines().map(str::trim);
        document.look == Look::Text
            && lines.any(|line| {
                let version = line.strip_prefix("SPDXVersion").map(str::trim_start);
                version.is_some_and(|rest| rest.starts_with(':') && rest.contains("SPDX-"))
            })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut walk = Walk::default();
        tag_value::read(document, |line, tag, value| walk.take(line, tag, value))?;
        walk.close();
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        for creator in &walk.creators {
            set_creator(&mut reading, creator);
        }
        set_produced(&mut reading, &walk.created);
        reading.note(
            "The format has no end: a document that was cut after a whole package looks like a \
             shorter one.",
        );
        say_broken_off(&walk, &mut reading);
        let mut bill = Bill::default();
        for (line, package) in walk.packages {
            bill.add(package, Source::line(document.path, line), &mut reading);
        }
        bill.settle(None, &mut reading);
        Ok(reading)
    }
}

fn say_broken_off(walk: &Walk, reading: &mut Reading) {
    let missing = walk.missing();
    if !missing.is_empty() {
        let what = match (walk.section, walk.packages.last()) {
            (Section::Package, Some((_, package))) => {
                let name = package.name.as_deref().unwrap_or("without a name");
                format!("package {}", excerpt(name))
            }
            _ => "file".to_owned(),
        };
        let why = format!("The last {what} has no {}.", missing.join(", "));
        reading.lower(ReadingState::Incomplete, why);
    }
    let mut unknown = walk.related.difference(&walk.ids).peekable();
    if unknown.peek().is_some() {
        let names = some_of(unknown.map(String::as_str));
        let why = format!("Its relationships name what it does not hold: {names}.");
        reading.lower(ReadingState::Incomplete, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.spdx", text.as_bytes());
        assert!(SpdxTagValue.recognises(&document), "{text}");
        SpdxTagValue.read(&document).expect("a reading")
    }

    const TWO: &str = "SPDXVersion: SPDX-2.3\nCreator: Person: A\nCreator: Tool: t-1.2\n\
        Created: 2026-01-02T03:04:05Z\nPackageName: a\nSPDXID: SPDXRef-a\nPackageVersion: 1\n\
        PackageDownloadLocation: NONE\nPackageLicenseDeclared: MIT\nPackageLicenseConcluded: NOASSERTION\n\
        ExternalRef: PACKAGE-MANAGER purl pkg:pypi/a@1\nPackageComment: <text>of\nPackageName: x\n</text>\n\
        FileName: ./f\nSPDXID: SPDXRef-f\nFileChecksum: SHA1: 0\nLicenseConcluded: GPL-3.0-only\n\
        PackageName: b\nSPDXID: SPDXRef-b\nPackageDownloadLocation: NONE\n\
        Relationship: SPDXRef-a CONTAINS SPDXRef-b\nRelationship: SPDXRef-a DEPENDS_ON DocumentRef-o:SPDXRef-c\n\
        LicenseID: LicenseRef-1\nLicenseName: n\n";

    #[test]
    fn packages_are_counted_outside_of_texts() {
        let reading = read(TWO);
        assert_eq!(reading.measures["components"].as_int(), Some(2));
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        let first = &reading.items[0];
        assert_eq!(first.get("licences").to_string(), "MIT");
        assert_eq!(first.get("purl").as_text(), Some("pkg:pypi/a@1"));
        assert_eq!(first.source.place_text(), "x.spdx:5");
        assert_eq!(reading.tool.as_deref(), Some("t"));
        assert!(reading.items[1].get("licences").is_empty());
    }

    #[test]
    fn what_shows_that_an_end_is_missing_lowers_the_state() {
        let end = TWO.find("SPDXID: SPDXRef-b").expect("a place");
        let cut = read(&TWO[..end]);
        assert_eq!(cut.state, ReadingState::Incomplete);
        assert_eq!(
            cut.notes[1],
            "The last package b has no PackageDownloadLocation, SPDXID."
        );
        let lost = read(&TWO.replace("SPDXID: SPDXRef-b\n", "SPDXID: SPDXRef-z\n"));
        assert_eq!(lost.state, ReadingState::Incomplete);
        assert_eq!(
            lost.notes[1],
            "Its relationships name what it does not hold: SPDXRef-b."
        );
        let none = read("SPDXVersion: SPDX-2.3\nCreated: 2026-01-02T03:04:05Z\n");
        assert_eq!(none.state, ReadingState::NothingMeasured);
    }
}
