//! Alerts of vulnerable dependencies as GitHub's GraphQL gives them: `vulnerabilityAlerts`, of one
//! repository or of many that were searched for.
//!
//! A query asks for what it wants, so that any member may be missing: the state of an alert was
//! added late, and is not derived from what else is there.

use serde::Deserialize;

use super::answer::{self, Answers};
use super::github::{measure_states, said};
use crate::collect::reports::severity::rank;
use crate::collect::reports::words::{counted, length};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::FORGE_ALERT;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Flag, Outer, Text, nullable};

/// Dependabot alerts from GraphQL.
pub(in crate::collect::reports) struct DependabotGraphQl;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Forge,
    name: "github-dependabot-graphql",
    usual_names: &["*dependabot-graphql*.json", "*vulnerability-alerts*.json"],
    about: "`gh api graphql` writes it for a query of vulnerabilityAlerts.",
    sample: (
        "dependabot-graphql.json",
        r#"{"data": {"repository": {"vulnerabilityAlerts": {"totalCount": 1, "nodes": [{"id": "R", "createdAt":
        "2026-01-02T03:04:05Z", "securityVulnerability": {"severity": "HIGH"}}]}}}}"#,
    ),
};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Response {
    #[serde(deserialize_with = "nullable")]
    data: Level,
    #[serde(deserialize_with = "nullable")]
    errors: Vec<Message>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Message {
    message: Text,
}

/// Any level between the answer and the alerts of a repository.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Level {
    repository: Option<Box<Level>>,
    repositories: Option<Box<Level>>,
    search: Option<Box<Level>>,
    organization: Option<Box<Level>>,
    viewer: Option<Box<Level>>,
    user: Option<Box<Level>>,
    node: Option<Box<Level>>,
    #[serde(deserialize_with = "nullable")]
    nodes: Vec<Option<Level>>,
    #[serde(deserialize_with = "nullable")]
    edges: Vec<Option<Edge<Level>>>,
    #[serde(deserialize_with = "nullable")]
    page_info: PageInfo,
    name: Text,
    name_with_owner: Text,
    vulnerability_alerts: Option<Connection>,
}

#[derive(Deserialize)]
struct Edge<T> {
    node: Option<T>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct PageInfo {
    has_next_page: Flag,
    has_previous_page: Flag,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Connection {
    total_count: Count,
    #[serde(deserialize_with = "nullable")]
    page_info: PageInfo,
    #[serde(deserialize_with = "nullable")]
    nodes: Vec<Option<Alert>>,
    #[serde(deserialize_with = "nullable")]
    edges: Vec<Option<Edge<Alert>>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Alert {
    id: Text,
    number: Count,
    state: Text,
    created_at: Text,
    fixed_at: Text,
    dismissed_at: Text,
    auto_dismissed_at: Text,
    dismiss_reason: Text,
    vulnerable_manifest_path: Text,
    #[serde(deserialize_with = "nullable")]
    security_vulnerability: Vulnerability,
    #[serde(deserialize_with = "nullable")]
    security_advisory: Advisory,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Vulnerability {
    severity: Text,
    #[serde(deserialize_with = "nullable")]
    package: Package,
    #[serde(deserialize_with = "nullable")]
    advisory: Advisory,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Package {
    name: Text,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Advisory {
    ghsa_id: Text,
    severity: Text,
    #[serde(deserialize_with = "nullable")]
    identifiers: Vec<Identifier>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Identifier {
    value: Text,
}

/// What was gathered from all levels.
#[derive(Default)]
struct Found<'r> {
    alerts: Vec<(String, &'r str, &'r Alert)>,
    connections: u64,
    total: Option<u64>,
    /// Whether a list says that it goes on.
    more: bool,
}

impl<'r> Found<'r> {
    fn level(&mut self, level: &'r Level, pointer: &str) {
        self.page(&level.page_info);
        let named = [&level.name_with_owner, &level.name];
        let name = named.into_iter().find_map(Text::said).unwrap_or_default();
        if let Some(connection) = &level.vulnerability_alerts {
            self.connection(connection, name, &format!("{pointer}/vulnerabilityAlerts"));
        }
        let below = [
            ("repository", &level.repository),
            ("repositories", &level.repositories),
            ("search", &level.search),
            ("organization", &level.organization),
            ("viewer", &level.viewer),
            ("user", &level.user),
            ("node", &level.node),
        ];
        for (key, inner) in below {
            if let Some(inner) = inner {
                self.level(inner, &format!("{pointer}/{key}"));
            }
        }
        for (at, inner) in level.nodes.iter().enumerate() {
            if let Some(inner) = inner {
                self.level(inner, &format!("{pointer}/nodes/{at}"));
            }
        }
        for (at, edge) in level.edges.iter().enumerate() {
            if let Some(inner) = edge.as_ref().and_then(|edge| edge.node.as_ref()) {
                self.level(inner, &format!("{pointer}/edges/{at}/node"));
            }
        }
    }

    fn connection(&mut self, connection: &'r Connection, name: &'r str, pointer: &str) {
        self.connections += 1;
        self.page(&connection.page_info);
        if let Some(total) = connection.total_count.0 {
            self.total = Some(self.total.unwrap_or_default().saturating_add(total));
        }
        for (at, alert) in connection.nodes.iter().enumerate() {
            if let Some(alert) = alert {
                self.alerts
                    .push((format!("{pointer}/nodes/{at}"), name, alert));
            }
        }
        for (at, edge) in connection.edges.iter().enumerate() {
            if let Some(alert) = edge.as_ref().and_then(|edge| edge.node.as_ref()) {
                self.alerts
                    .push((format!("{pointer}/edges/{at}/node"), name, alert));
            }
        }
    }

    fn page(&mut self, page: &PageInfo) {
        self.more |= page.has_next_page.0 == Some(true) || page.has_previous_page.0 == Some(true);
    }
}

impl Format for DependabotGraphQl {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        let answered = document.look.json().is_some_and(|shape| match shape.outer {
            Outer::Object => shape.has(&["data"]),
            Outer::Array => shape.has_inner(&["data"]),
            Outer::Null | Outer::Scalar => false,
        });
        answered && document.head().contains("\"vulnerabilityAlerts\"")
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let answers: Answers<Response> = answer::read(document)?;
        let mut found = Found::default();
        for (pointer, response) in &answers.rows {
            found.level(&response.data, &format!("{pointer}/data"));
        }
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("github".to_owned());
        reading.holds = vec![&FORGE_ALERT];
        for (pointer, repository, alert) in &found.alerts {
            let source = Source::pointer(document.path, pointer.clone());
            reading.items.push(item(source, repository, alert));
        }
        measure_states(
            &[],
            found.alerts.iter().map(|(_, _, it)| it.state.said()),
            &mut reading,
        );
        let errors = answers
            .rows
            .iter()
            .flat_map(|(_, response)| &response.errors);
        settle(&answers, &found, errors, &mut reading);
        Ok(reading)
    }
}

fn settle<'r>(
    answers: &Answers<Response>,
    found: &Found<'_>,
    mut errors: impl Iterator<Item = &'r Message>,
    reading: &mut Reading,
) {
    // Pages of one list each say how many there are in all.
    let total = found.total.filter(|_| answers.rows.len() == 1);
    let keys = found.alerts.iter().map(|(_, _, alert)| alert.id.said());
    answers.settle(keys, length(&found.alerts), total, reading);
    if found.connections == 0 {
        let why = "The answer holds no list of alerts.";
        reading.lower(ReadingState::Incomplete, why);
    }
    // All pages of one list but the last say that it goes on.
    if found.more && answers.rows.len() == 1 {
        let why = "The answer says that there are more pages.";
        reading.lower(ReadingState::Incomplete, why);
    }
    if let Some(first) = errors.next() {
        let more = counted(1 + errors.count() as u64, "error", "errors");
        let says = first.message.said().unwrap_or("not said which");
        let says = crate::model::text::excerpt(says);
        let says = says.trim_end_matches('.');
        reading.lower(
            ReadingState::Incomplete,
            format!("The answer holds {more}: {says}."),
        );
    }
}

fn item(source: Source, repository: &str, alert: &Alert) -> Item {
    let vulnerability = &alert.security_vulnerability;
    let advisories = [&vulnerability.advisory, &alert.security_advisory];
    let severities = [
        &vulnerability.severity,
        &advisories[0].severity,
        &advisories[1].severity,
    ];
    let severity = severities
        .into_iter()
        .find_map(|it| said(it))
        .map(str::to_lowercase);
    let rule = advisories.iter().find_map(|advisory| {
        let first = advisory.identifiers.first().map(|it| &it.value);
        advisory.ghsa_id.said().or_else(|| first?.said())
    });
    let dismissed = said(&alert.dismissed_at).or_else(|| said(&alert.auto_dismissed_at));
    Item::new(&FORGE_ALERT, source)
        .with(
            "repository",
            Some(repository).filter(|name| !name.is_empty()),
        )
        .with("source", "dependabot")
        .with("tool", "dependabot")
        .with("number", alert.number.0)
        .with("rule", rule)
        .with("package", vulnerability.package.name.said())
        .with("path", said(&alert.vulnerable_manifest_path))
        .with("rank", severity.as_deref().map(rank))
        .with("severity", severity)
        .with("state", alert.state.said().map(str::to_lowercase))
        .with("created_at", said(&alert.created_at))
        .with("fixed_at", said(&alert.fixed_at))
        .with("dismissed_at", dismissed)
        .with("dismissed_reason", said(&alert.dismiss_reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.json", text.as_bytes());
        assert!(DependabotGraphQl.recognises(&document), "{text}");
        DependabotGraphQl.read(&document).expect("a reading")
    }

    #[test]
    fn alerts_are_found_on_every_level_and_no_state_is_made_up() {
        let reading = read(
            r#"{"data": {"search": {"nodes": [null, {"name": "app", "vulnerabilityAlerts": {"nodes": [{"id": "a",
            "dismissedAt": null, "securityVulnerability": {"severity": "MODERATE", "package": {"name": "p"},
            "advisory": {"identifiers": [{"value": "GHSA-1"}]}}}]}}, {"nameWithOwner": "o/b",
            "vulnerabilityAlerts": {"edges": [{"node": {"id": "b", "state": "FIXED", "securityVulnerability":
            {"severity": "CRITICAL"}}}]}}]}}}"#,
        );
        assert_eq!(reading.measures["items"].as_int(), Some(2));
        assert_eq!(reading.measures["by_state"].to_string(), "fixed: 1");
        let shown = ["repository", "rule", "severity", "rank", "state"];
        let shown: Vec<String> = shown
            .iter()
            .map(|field| reading.items[0].get(field).to_string())
            .collect();
        assert_eq!(shown, ["app", "GHSA-1", "moderate", "medium", "not stated"]);
        let place = reading.items[1].source.place_text();
        assert_eq!(
            place,
            "x.json#/data/search/nodes/2/vulnerabilityAlerts/edges/0/node"
        );
        assert_eq!(reading.state, ReadingState::Complete);
    }

    #[test]
    fn an_answer_that_is_not_whole_says_so() {
        let alerts = |inner: &str| {
            format!(
                r#"{{"data": {{"repository": {{"vulnerabilityAlerts": {{{inner} "nodes": []}}}}}}}}"#
            )
        };
        assert_eq!(read(&alerts("")).state, ReadingState::Complete);
        for inner in [
            r#""totalCount": 1,"#,
            r#""pageInfo": {"hasNextPage": true},"#,
        ] {
            assert_eq!(
                read(&alerts(inner)).state,
                ReadingState::Incomplete,
                "{inner}"
            );
        }
        let failed = read(
            r#"{"data": null, "errors": [{"message": "Field 'vulnerabilityAlerts' is gone.", "path":
            ["vulnerabilityAlerts"]}]}"#,
        );
        assert_eq!(failed.state, ReadingState::Incomplete);
        assert_eq!(
            failed.notes.last().map(String::as_str),
            Some("The answer holds 1 error: Field 'vulnerabilityAlerts' is gone.")
        );
    }
}
