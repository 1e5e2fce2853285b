//! What the two formats of OWASP dependency-check share.
//!
//! The severity of a vulnerability is written in its own element or member, in any case; one that
//! the tool itself suppressed stands apart. A report without any dependency is one of a run that
//! found nothing to look at.

use super::purl;
use super::rows::{Row, Status, Tally, examined};
use crate::collect::reports::words::{counted, message, set_produced};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState};
use crate::model::text::excerpt;

/// A file or package that was looked at.
#[derive(Debug, Default)]
pub(super) struct Dependency {
    /// The name of its file.
    pub(super) file: Option<String>,
    /// How it was identified: a package URL, or the coordinates of Maven.
    pub(super) identifier: Option<String>,
    /// The package URLs of the packages in it, and of those that stand beside it as the same.
    pub(super) packages: Vec<String>,
}

impl Dependency {
    /// Its name and version, of the file where it was not identified.
    fn named(&self) -> (Option<String>, Option<String>) {
        match self.identifier.as_deref() {
            Some(identifier) => match purl::split(identifier) {
                Some((name, version)) => (Some(name), version),
                None => match identifier.rsplit_once(':') {
                    Some((name, version)) => (Some(name.to_owned()), Some(version.to_owned())),
                    None => (Some(identifier.to_owned()), None),
                },
            },
            None => (self.file.clone(), None),
        }
    }
}

/// A vulnerability of a dependency.
#[derive(Debug, Default)]
pub(super) struct Vulnerability {
    pub(super) name: Option<String>,
    pub(super) severity: Option<String>,
    pub(super) suppressed: bool,
    /// Why it was suppressed.
    pub(super) notes: Option<String>,
}

/// What is gathered of a report.
pub(super) struct Report {
    tally: Tally,
    pub(super) dependencies: u64,
    /// What went wrong in the analysis.
    pub(super) exceptions: Vec<String>,
    pub(super) version: Option<String>,
    pub(super) date: Option<String>,
}

impl Report {
    pub(super) fn new() -> Self {
        Self {
            tally: Tally::default().with_severities().with_suppressed(),
            dependencies: 0,
            exceptions: Vec::new(),
            version: None,
            date: None,
        }
    }

    /// Records a vulnerability.
    pub(super) fn add(
        &mut self,
        reading: &mut Reading,
        source: Source,
        dependency: &Dependency,
        found: &Vulnerability,
    ) {
        let (package, version) = dependency.named();
        let row = Row {
            package: package.as_deref(),
            version: version.as_deref(),
            id: found.name.as_deref(),
            severity: found.severity.as_deref(),
            status: if found.suppressed {
                Status::Suppressed
            } else {
                Status::Active
            },
            justification: found.notes.as_deref().filter(|_| found.suppressed),
            ..Row::default()
        };
        self.tally.add(reading, source, &row);
    }

    /// Records which packages were looked up with a dependency. A file that was identified as no
    /// package was looked up all the same, and is none that a lock file has.
    pub(super) fn looked_up(reading: &mut Reading, source: &Source, dependency: &Dependency) {
        for url in &dependency.packages {
            let known = purl::package(url);
            if let Some((ecosystem, name, version)) = known {
                let source = source.clone();
                examined(reading, source, ecosystem, Some(&name), version.as_deref());
            }
        }
    }

    /// Records what was gathered.
    pub(super) fn settle(self, reading: &mut Reading) {
        reading.tool = Some("dependency-check".to_owned());
        reading.tool_version = self.version;
        set_produced(
            reading,
            &with_colon(self.date.as_deref().unwrap_or_default()),
        );
        reading.measure("packages", self.dependencies);
        reading.measure("audited", self.dependencies);
        self.tally.measure(reading);
        if let Some(first) = self.exceptions.first() {
            let count = u64::try_from(self.exceptions.len()).unwrap_or(u64::MAX);
            let why = format!(
                "The analysis ended with {}; the first: {}.",
                counted(count, "exception", "exceptions"),
                excerpt(&message(first)).trim_end_matches('.')
            );
            reading.lower(ReadingState::Incomplete, why);
        }
        if self.dependencies == 0 {
            let why = "The report names no dependency, so nothing was looked up.";
            reading.lower(ReadingState::NothingMeasured, why);
        }
    }
}

/// A time with the colon in its zone that early versions left out: `-0400`.
fn with_colon(time: &str) -> String {
    let time = time.trim();
    let zone = time
        .len()
        .checked_sub(5)
        .and_then(|at| time.split_at_checked(at));
    match zone {
        Some((head, zone)) if head.contains('T') && zone.starts_with(['+', '-']) => {
            let (hours, minutes) = zone.split_at_checked(3).unwrap_or((zone, ""));
            format!("{head}{hours}:{minutes}")
        }
        _ => time.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_written_as_rfc_3339_wants_it() {
        assert_eq!(
            with_colon("2016-11-05T14:52:15.748-0400"),
            "2016-11-05T14:52:15.748-04:00"
        );
        for same in [
            "2022-01-15T14:31:13.04Z",
            "2022-01-15T14:31:13+02:00",
            "",
            "-0400",
            "2022",
        ] {
            assert_eq!(with_colon(same), same);
        }
    }

    #[test]
    fn a_dependency_is_named_as_well_as_it_was_identified() {
        let named = |identifier: Option<&str>| {
            let dependency = Dependency {
                file: Some("a-1.jar".to_owned()),
                identifier: identifier.map(str::to_owned),
                ..Dependency::default()
            };
            let (name, version) = dependency.named();
            format!(
                "{} {}",
                name.unwrap_or_default(),
                version.unwrap_or_default()
            )
        };
        assert_eq!(named(Some("pkg:maven/org.a/b@1.2")), "org.a/b 1.2");
        assert_eq!(named(Some("org.a:b:1.2")), "org.a:b 1.2");
        assert_eq!(
            (named(Some("b")), named(None)),
            ("b ".to_owned(), "a-1.jar ".to_owned())
        );
    }
}
