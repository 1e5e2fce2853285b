//! What the environment of a pipeline says of itself. Whoever starts a program decides its
//! environment, so each of these is a claim, and is labelled as one wherever it is written.

use super::examination::Examination;
use super::output;
use crate::model::fact::{Item, Population, Source};
use crate::model::record::{Claim, SELF_ASSERTED};
use crate::model::relations::ENVIRONMENT_CLAIM;
use crate::model::text::{excerpt, from_bytes, visible};
use crate::model::value::Value;

/// A pipeline: the variable by which it is known, and those that are kept. No variable holds a
/// secret or a person, and no other is looked at.
struct Pipeline {
    known_by: &'static str,
    kept: &'static [&'static str],
}

const PIPELINES: &[Pipeline] = &[
    Pipeline {
        known_by: "GITHUB_ACTIONS",
        kept: &[
            "GITHUB_ACTIONS",
            "GITHUB_EVENT_NAME",
            "GITHUB_JOB",
            "GITHUB_REF",
            "GITHUB_REPOSITORY",
            "GITHUB_RUN_ATTEMPT",
            "GITHUB_RUN_ID",
            "GITHUB_SHA",
            "GITHUB_WORKFLOW_REF",
            "GITHUB_WORKFLOW_SHA",
            "RUNNER_ENVIRONMENT",
        ],
    },
    Pipeline {
        known_by: "GITLAB_CI",
        kept: &[
            "CI_COMMIT_REF_NAME",
            "CI_COMMIT_SHA",
            "CI_JOB_ID",
            "CI_JOB_NAME",
            "CI_PIPELINE_ID",
            "CI_PIPELINE_SOURCE",
            "CI_PROJECT_PATH",
            "GITLAB_CI",
        ],
    },
];

/// Those of them that name the commit of a job.
const COMMITS: &[&str] = &["CI_COMMIT_SHA", "GITHUB_SHA"];

/// Adds the claims to the facts of a run, each as what it is.
pub(crate) fn inject(examination: &mut Examination, claims: &[Claim]) {
    let repository = examination.repository.as_ref();
    let head = repository.and_then(|it| it.head.as_ref());
    let population = population(claims, head.map(|head| head.commit.as_str()));
    for item in &population.items {
        if *item.get("agrees") == Value::Bool(false) {
            let (name, value) = (item.get("name"), item.get("value"));
            let text = format!("{name} names {value}, which is not the examined commit");
            output::err(&format!("audit: {}\n", visible(&text)));
        }
    }
    let facts = &mut examination.collected.facts;
    facts.insert(ENVIRONMENT_CLAIM.name, population);
}

/// The claims as facts, beside the examined commit.
pub(crate) fn population(claims: &[Claim], head: Option<&str>) -> Population {
    let agrees = |claim: &Claim| {
        let names = COMMITS.contains(&claim.name.as_str());
        head.filter(|_| names).map(|head| head == claim.value)
    };
    let mut population = Population::absent();
    population.items = claims
        .iter()
        .map(|claim| {
            Item::new(&ENVIRONMENT_CLAIM, Source::default())
                .with("name", claim.name.as_str())
                .with("value", claim.value.as_str())
                .with("trust", SELF_ASSERTED)
                .with("agrees", agrees(claim))
        })
        .collect();
    population.settle();
    population
}

/// The claims of the pipelines that say they are there, by name.
pub(crate) fn claims() -> Vec<Claim> {
    of(|name| {
        let value = std::env::var_os(name)?;
        Some(from_bytes(value.as_encoded_bytes()))
    })
}

fn of(variable: impl Fn(&str) -> Option<String>) -> Vec<Claim> {
    let given = |name: &str| variable(name).filter(|value| !value.is_empty());
    let there = |pipeline: &&Pipeline| given(pipeline.known_by).is_some_and(|it| it == "true");
    let mut claims: Vec<Claim> = PIPELINES
        .iter()
        .filter(there)
        .flat_map(|pipeline| pipeline.kept)
        .filter_map(|name| {
            Some(Claim {
                name: (*name).to_owned(),
                value: excerpt(&given(name)?),
            })
        })
        .collect();
    claims.sort();
    claims
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipeline_is_listened_to_only_where_it_says_it_is_there() {
        let claims = |there: &'static str| {
            of(move |name| match name {
                "GITHUB_ACTIONS" => Some(there.to_owned()),
                "GITHUB_SHA" | "CI_COMMIT_SHA" | "GITHUB_TOKEN" => Some("abc\u{1b}".to_owned()),
                "GITHUB_JOB" => Some(String::new()),
                _ => None,
            })
        };
        let found: Vec<(String, String)> = claims("true")
            .into_iter()
            .map(|claim| (claim.name, claim.value))
            .collect();
        let expected = [("GITHUB_ACTIONS", "true"), ("GITHUB_SHA", "abc\\u{1b}")];
        assert_eq!(
            found,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        assert_eq!(claims("false"), []);
    }
}
