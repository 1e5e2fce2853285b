//! What the environment of a pipeline says of itself. Whoever starts a program decides its
//! environment, so each of these is a claim, and is labelled as one wherever it is written.

use crate::model::record::Claim;
use crate::model::text::{excerpt, from_bytes};

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
