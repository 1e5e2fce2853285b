//! SARIF 2.1.0 as far as it is read. Members keep the names of the standard; `null` stands for
//! what is not there, as some writers have it. No list is longer than any tool makes it.

use serde::Deserialize;

use crate::parse::json::{AtMost, Count, Entries, First, Text, nullable};

/// A list such as that of the rules of a tool.
pub(super) type Many<T> = AtMost<100_000, T>;
/// A list such as that of the invocations of a run.
pub(super) type Several<T> = AtMost<10_000, T>;
/// A list that stands in each result.
pub(super) type Few<T> = AtMost<1_000, T>;

/// A log without its results, which are handed over one by one.
pub(super) struct Log {
    pub(super) version: Text,
    pub(super) runs: Option<Vec<Run>>,
}

#[derive(Default)]
pub(super) struct Run {
    pub(super) tool: Tool,
    pub(super) invocations: Several<Invocation>,
    /// How many results it has. Absent: the run was not performed (§3.14.23). None: it found
    /// nothing.
    pub(super) results: Option<u64>,
    pub(super) artifacts: AtMost<1_000_000, Artifact>,
    pub(super) version_control_provenance: Several<VersionControl>,
    pub(super) external_property_file_references: External,
}

/// Parts of a run that stand in other files (§3.14.2).
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct External {
    pub(super) results: First<serde::de::IgnoredAny>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Tool {
    #[serde(deserialize_with = "nullable")]
    pub(super) driver: Component,
    pub(super) extensions: Several<Component>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Component {
    pub(super) name: Text,
    pub(super) guid: Text,
    pub(super) version: Text,
    pub(super) semantic_version: Text,
    pub(super) rules: Many<Descriptor>,
    pub(super) notifications: Many<Descriptor>,
    pub(super) global_message_strings: Entries<10_000, Template>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Descriptor {
    pub(super) id: Text,
    pub(super) guid: Text,
    #[serde(deserialize_with = "nullable")]
    pub(super) default_configuration: Configuration,
    pub(super) message_strings: Entries<1_000, Template>,
    #[serde(deserialize_with = "nullable")]
    pub(super) properties: Properties,
}

/// A message that a rule or tool keeps under a name.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Template {
    pub(super) text: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Configuration {
    pub(super) level: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Properties {
    pub(super) tags: Few<Text>,
    #[serde(rename = "security-severity")]
    pub(super) security_severity: Text,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Invocation {
    pub(super) execution_successful: Option<bool>,
    pub(super) start_time_utc: Text,
    pub(super) end_time_utc: Text,
    pub(super) rule_configuration_overrides: Many<Override>,
    pub(super) tool_execution_notifications: Notifications,
    pub(super) tool_configuration_notifications: Notifications,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Override {
    #[serde(deserialize_with = "nullable")]
    pub(super) descriptor: Reference,
    #[serde(deserialize_with = "nullable")]
    pub(super) configuration: Configuration,
}

/// The notifications that are errors or whose descriptor decides whether they are. A tool may write
/// one for every file that it does not know.
#[derive(Default)]
pub(super) struct Notifications {
    pub(super) kept: Vec<Notification>,
    /// Those beyond what is kept. They count as errors: nobody can tell any more that they are none.
    pub(super) more: u64,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Notification {
    pub(super) level: Text,
    #[serde(deserialize_with = "nullable")]
    pub(super) descriptor: Reference,
    #[serde(deserialize_with = "nullable")]
    pub(super) message: Message,
}

/// A reference to a descriptor (§3.52).
#[derive(Debug, Deserialize, Default, PartialEq, Eq, Hash)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Reference {
    pub(super) id: Text,
    pub(super) guid: Text,
    pub(super) index: Count,
    pub(super) tool_component: Option<ComponentReference>,
}

/// A reference to the driver or an extension (§3.54).
#[derive(Debug, Deserialize, Default, PartialEq, Eq, Hash)]
#[serde(default)]
pub(super) struct ComponentReference {
    pub(super) name: Text,
    pub(super) guid: Text,
    pub(super) index: Count,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Message {
    pub(super) text: Text,
    pub(super) markdown: Text,
    pub(super) id: Text,
    pub(super) arguments: Few<Text>,
}

/// A result (§3.27).
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Outcome {
    pub(super) rule_id: Text,
    pub(super) rule_index: Count,
    #[serde(deserialize_with = "nullable")]
    pub(super) rule: Reference,
    pub(super) kind: Text,
    pub(super) level: Text,
    #[serde(deserialize_with = "nullable")]
    pub(super) message: Message,
    pub(super) locations: First<Location>,
    pub(super) suppressions: Few<Suppression>,
    pub(super) baseline_state: Text,
    #[serde(deserialize_with = "nullable")]
    pub(super) partial_fingerprints: Fingerprints,
    #[serde(deserialize_with = "nullable")]
    pub(super) provenance: Provenance,
    #[serde(deserialize_with = "nullable")]
    pub(super) properties: Properties,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Provenance {
    pub(super) invocation_index: Count,
}

/// gitleaks names the commit of a secret here.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Fingerprints {
    pub(super) commit_sha: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Suppression {
    pub(super) status: Text,
    /// The name of `status` in drafts of the standard.
    pub(super) state: Text,
    pub(super) justification: Text,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Location {
    #[serde(deserialize_with = "nullable")]
    pub(super) physical_location: Physical,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Physical {
    #[serde(deserialize_with = "nullable")]
    pub(super) artifact_location: ArtifactLocation,
    #[serde(deserialize_with = "nullable")]
    pub(super) region: Region,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ArtifactLocation {
    pub(super) uri: Text,
    pub(super) index: Count,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Region {
    pub(super) start_line: Count,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Artifact {
    #[serde(deserialize_with = "nullable")]
    pub(super) location: ArtifactLocation,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct VersionControl {
    pub(super) revision_id: Text,
}
