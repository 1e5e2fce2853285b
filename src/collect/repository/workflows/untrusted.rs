//! Which contexts someone from outside decides.
//!
//! Sources: GitHub's "Secure use reference" (untrusted input), the list of GitHub Security Lab's
//! "Untrusted input", and the events' payloads. Numbers, hashes, logins and times are left out:
//! nobody can write a command in them.

use super::expression::Carrier;

/// Text of an outsider's choice. `*` stands for any name or index.
const TEXTS: &[&str] = &[
    "github.head_ref",
    "github.event.issue.title",
    "github.event.issue.body",
    "github.event.pull_request.title",
    "github.event.pull_request.body",
    "github.event.pull_request.head.ref",
    "github.event.pull_request.head.label",
    "github.event.pull_request.head.repo.default_branch",
    "github.event.pull_request.head.repo.description",
    "github.event.pull_request.head.repo.homepage",
    "github.event.comment.body",
    "github.event.review.body",
    "github.event.review_comment.body",
    "github.event.discussion.title",
    "github.event.discussion.body",
    "github.event.changes.title.from",
    "github.event.changes.body.from",
    "github.event.pages.*.page_name",
    "github.event.pages.*.title",
    "github.event.commits.*.message",
    "github.event.commits.*.author.name",
    "github.event.commits.*.author.email",
    "github.event.commits.*.committer.name",
    "github.event.commits.*.committer.email",
    "github.event.head_commit.message",
    "github.event.head_commit.author.name",
    "github.event.head_commit.author.email",
    "github.event.head_commit.committer.name",
    "github.event.head_commit.committer.email",
    "github.event.merge_group.head_commit.message",
    "github.event.merge_group.head_commit.author.name",
    "github.event.merge_group.head_commit.author.email",
    "github.event.workflow_run.head_branch",
    "github.event.workflow_run.display_title",
    "github.event.workflow_run.head_commit.message",
    "github.event.workflow_run.head_commit.author.name",
    "github.event.workflow_run.head_commit.author.email",
    "github.event.workflow_run.head_commit.committer.name",
    "github.event.workflow_run.head_commit.committer.email",
    "github.event.workflow_run.head_repository.description",
    "github.event.workflow_run.pull_requests.*.head.ref",
];

/// Names of an outsider's code: what lies at or below them decides what is checked out.
const HEADS: &[&str] = &[
    "github.head_ref",
    "github.event.pull_request.head",
    "github.event.pull_request.merge_commit_sha",
    "github.event.workflow_run.head_sha",
    "github.event.workflow_run.head_branch",
    "github.event.workflow_run.head_commit",
    "github.event.workflow_run.head_repository",
    "github.event.workflow_run.pull_requests.*.head",
];

/// Whether a context brings text that an outsider wrote.
pub(super) fn is_text(carrier: &Carrier) -> bool {
    TEXTS.iter().any(|text| {
        let mut names = text.split('.');
        let begins = carrier
            .path
            .iter()
            .all(|segment| names.next().is_some_and(|name| same(segment, name)));
        begins && (carrier.whole || names.next().is_none())
    })
}

/// Whether a context names the code of a pull request.
pub(super) fn is_head(carrier: &Carrier) -> bool {
    HEADS.iter().any(|head| {
        let mut segments = carrier.path.iter();
        head.split('.')
            .all(|name| segments.next().is_some_and(|segment| same(segment, name)))
    })
}

/// Whether an output of another step or job is, by its name, the head of a pull request:
/// `steps.pr.outputs.head_sha`. What a script puts there is not followed.
pub(super) fn is_head_output(carrier: &Carrier) -> bool {
    let mut path = carrier.path.iter().map(String::as_str);
    let (scope, _, outputs, name) = (path.next(), path.next(), path.next(), path.next());
    matches!(scope, Some("steps" | "needs"))
        && outputs == Some("outputs")
        && name.is_some_and(|name| name.contains("head"))
}

/// The variable, for `env.NAME`.
pub(super) fn variable(carrier: &Carrier) -> Option<&str> {
    match carrier.path.as_slice() {
        [scope, name] if scope == "env" => Some(name),
        _ => None,
    }
}

fn same(segment: &str, name: &str) -> bool {
    segment == name || segment == "*" || name == "*"
}

#[cfg(test)]
mod tests {
    use super::super::expression::carriers;
    use super::*;

    fn text(inner: &str) -> bool {
        carriers(inner).iter().any(is_text)
    }

    fn head(inner: &str) -> bool {
        carriers(inner)
            .iter()
            .any(|it| is_head(it) || is_head_output(it))
    }

    #[test]
    fn an_outsider_decides_titles_bodies_branches_and_messages() {
        for inner in [
            "github.event.issue.title",
            "github.event['pull_request'].head.ref",
            "github.HEAD_REF",
            "github.event.commits[0].message",
            "github.event.pages.*.page_name",
            "join(github.event.commits.*.author.name, ',')",
            "toJSON(github.event)",
            "toJSON(github)",
            "toJSON(github.event.workflow_run.head_commit)",
            "format('{0}', github.event.review.body)",
            "github.event.workflow_run.display_title",
        ] {
            assert!(text(inner), "{inner}");
        }
    }

    #[test]
    fn an_outsider_decides_no_number_hash_or_login() {
        for inner in [
            "github.event.pull_request.number",
            "github.event.pull_request.head.sha",
            "github.event.pull_request.base.ref",
            "github.event.comment.created_at",
            "github.event.issue",
            "github.actor",
            "github.ref_name",
            "github.event.inputs.title",
            "inputs.title",
            "toJSON(github.event.inputs)",
            "toJSON(matrix)",
        ] {
            assert!(!text(inner), "{inner}");
        }
    }

    #[test]
    fn the_head_of_a_pull_request_is_not_its_base() {
        assert!(head("github.event.pull_request.head.sha || github.sha"));
        assert!(head("github.event.pull_request.head.repo.full_name"));
        assert!(head("github.event.workflow_run.head_sha"));
        assert!(head("steps.pr.outputs.head_sha"));
        assert!(!head("github.event.pull_request.base.sha"));
        assert!(!head("github.event.workflow_run.id"));
        assert!(!head("steps.pr.outputs.base"));
    }
}
