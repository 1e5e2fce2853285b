//! What the reports of npm, pnpm and yarn share: the registry's severities, advisories and counts.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::reading::{Reading, ReadingState};
use crate::parse::json::{Count, Text, nullable};
use crate::parse::lists::{Members, Texts};

/// Counts by severity, as the registry or the tool declares them.
#[derive(Deserialize, Default)]
#[serde(transparent)]
pub(super) struct Severities(BTreeMap<String, Count>);

impl Severities {
    /// The total, as it is written or as the counts add up; nothing where there are none.
    pub(super) fn total(&self) -> Option<u64> {
        if let Some(total) = self.0.get("total") {
            return total.0;
        }
        let counts = || self.0.values().filter_map(|count| count.0);
        counts().next()?;
        Some(counts().fold(0, u64::saturating_add))
    }
}

/// What stands beside the advisories: totals.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Metadata {
    /// By severity, once for each path that leads to an affected package.
    #[serde(deserialize_with = "nullable")]
    pub(super) vulnerabilities: Severities,
    /// The packages that were looked up.
    #[serde(rename = "totalDependencies")]
    pub(super) total: Count,
}

/// An advisory as the registry's older endpoint gives it, which npm 6, pnpm and yarn pass on.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Advisory {
    pub(super) id: Text,
    #[serde(deserialize_with = "nullable")]
    pub(super) findings: Vec<Finding>,
    #[serde(rename = "module_name")]
    pub(super) package: Text,
    pub(super) severity: Text,
    pub(super) url: Text,
    #[serde(rename = "github_advisory_id")]
    pub(super) github: Text,
    pub(super) cves: Texts,
    #[serde(rename = "patched_versions")]
    patched: Text,
}

/// Where an advisory applies: one version of the package.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Finding {
    pub(super) version: Text,
    /// The paths that lead to it.
    pub(super) paths: Members,
}

impl Advisory {
    /// The name by which people know it.
    pub(super) fn name(&self) -> Option<&str> {
        let named = || self.url.said().and_then(advisory_in);
        self.github
            .said()
            .or_else(named)
            .or(self.id.said())
            .or(self.url.said())
    }

    /// Its other names.
    pub(super) fn aliases(&self) -> Vec<String> {
        let number = self.id.said().filter(|id| Some(*id) != self.name());
        number
            .into_iter()
            .chain(self.cves.said())
            .map(str::to_owned)
            .collect()
    }

    /// The versions that mend it. The registry writes `<0.0.0` where there is none.
    pub(super) fn fixed_in(&self) -> Vec<String> {
        let patched = self.patched.said().filter(|range| *range != "<0.0.0");
        patched.map(str::to_owned).into_iter().collect()
    }
}

/// The identifier at the end of an address of GitHub's advisories.
pub(super) fn advisory_in(url: &str) -> Option<&str> {
    let last = url.trim_end_matches('/').rsplit('/').next()?;
    last.starts_with("GHSA-").then_some(last)
}

/// What it means that a report of this family lists nothing. It says how many packages it looked up
/// and how much it found, and not what it left out.
pub(super) fn list_nothing(packages: Option<u64>, declared: Option<u64>, reading: &mut Reading) {
    reading.note(
        "Nothing is listed; the report does not say whether packages were left out of the audit, \
         such as those for development.",
    );
    if declared.is_none() {
        let why = "The report lists nothing, and no count says that nothing was found.";
        reading.lower(ReadingState::Incomplete, why);
    }
    if packages == Some(0) {
        let why = "The report counts no package, so nothing was looked up.";
        reading.lower(ReadingState::NothingMeasured, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::json::parse;

    #[test]
    fn a_declared_total_is_written_or_the_sum_and_never_guessed() {
        let total = |text| parse::<Severities>(text).expect("json").total();
        assert_eq!(total(r#"{"low": 2, "high": 1}"#), Some(3));
        assert_eq!(total(r#"{"low": 2, "total": 7}"#), Some(7));
        assert_eq!((total("{}"), total(r#"{"low": null}"#)), (None, None));
    }

    #[test]
    fn an_advisory_is_known_by_the_name_that_people_use() {
        let advisory: Advisory = parse(
            r#"{"id": 118, "url": "https://github.com/advisories/GHSA-hxm2-r34f-qmc5",
            "cves": ["CVE-1"], "patched_versions": "<0.0.0"}"#,
        )
        .expect("json");
        assert_eq!(advisory.name(), Some("GHSA-hxm2-r34f-qmc5"));
        assert_eq!(advisory.aliases(), ["118", "CVE-1"]);
        assert!(advisory.fixed_in().is_empty());
        let old: Advisory = parse(
            r#"{"id": 118, "url": "https://npmjs.com/advisories/118", "patched_versions": ">=3"}"#,
        )
        .expect("json");
        assert_eq!((old.name(), old.aliases().len()), (Some("118"), 0));
        assert_eq!(old.fixed_in(), [">=3"]);
    }
}
