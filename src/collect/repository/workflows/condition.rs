//! What the `if` of a job or step says about who can bring it to run.
//!
//! Only plain forms are taken; anything else restricts nothing, so that a doubt is a hazard shown
//! and never one hidden.

/// The events that remain when a condition compares `github.event_name`. `None`: it does not, in
/// every alternative.
fn events(condition: &str) -> Option<Vec<String>> {
    if condition.contains('!') {
        return None;
    }
    let mut events = Vec::new();
    for alternative in condition.split("||") {
        let mut rest = alternative;
        let mut found = false;
        while let Some((_, after)) = rest.split_once("github.event_name") {
            rest = after;
            let compared = after.trim_start().strip_prefix("==").map(str::trim_start);
            if let Some(name) = compared.and_then(|text| text.strip_prefix('\'')) {
                events.push(name.split('\'').next().unwrap_or("").to_owned());
                found = true;
            }
        }
        if !found {
            return None;
        }
    }
    Some(events)
}

/// Whether a condition lets only merged pull requests through, or only those of the repository's
/// own branches: what they bring was reviewed, or pushed by someone who may push.
fn is_trusted(condition: &str) -> bool {
    if condition.contains("||") || condition.contains('!') {
        return false;
    }
    let squeezed: String = condition.chars().filter(|c| !c.is_whitespace()).collect();
    squeezed
        .trim_start_matches("${{")
        .trim_end_matches("}}")
        .split("&&")
        .any(|term| {
            matches!(
                term.trim_matches(['(', ')']),
                "github.event.pull_request.merged"
                    | "github.event.pull_request.merged==true"
                    | "github.event.pull_request.head.repo.full_name==github.repository"
                    | "github.repository==github.event.pull_request.head.repo.full_name"
                    | "github.event.pull_request.head.repo.fork==false"
                    | "github.event.workflow_run.head_repository.full_name==github.repository"
                    | "github.repository==github.event.workflow_run.head_repository.full_name"
                    | "github.event.workflow_run.event=='push'"
            )
        })
}

/// The first of `events` that an outsider can bring the step to run by, under all its conditions.
pub(super) fn reachable<'e>(events: &[&'e str], conditions: &[&str]) -> Option<&'e str> {
    if conditions.iter().any(|condition| is_trusted(condition)) {
        return None;
    }
    let limits: Vec<Vec<String>> = conditions
        .iter()
        .filter_map(|condition| self::events(condition))
        .collect();
    events.iter().copied().find(|event| {
        limits
            .iter()
            .all(|limit| limit.iter().any(|name| name == event))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: &[&str] = &["pull_request_target", "issue_comment"];

    #[test]
    fn a_comparison_of_the_event_leaves_those_it_names() {
        let on = |condition| reachable(EVENTS, &[condition]);
        assert_eq!(on("github.event_name == 'push'"), None);
        assert_eq!(
            on("${{ github.event_name == 'issue_comment' && x }}"),
            Some("issue_comment")
        );
        assert_eq!(
            on("x || github.event_name == 'push'"),
            Some("pull_request_target")
        );
        assert_eq!(
            on("!(github.event_name == 'push')"),
            Some("pull_request_target")
        );
        assert_eq!(
            on("github.event_name != 'push'"),
            Some("pull_request_target")
        );
        assert_eq!(
            on("github.event_name == 'push' || github.event_name == 'issue_comment'"),
            Some("issue_comment")
        );
    }

    #[test]
    fn a_merged_pull_request_is_not_an_outsiders() {
        let on = |condition| reachable(EVENTS, &[condition]);
        assert_eq!(on("github.event.pull_request.merged == true"), None);
        assert_eq!(on("${{ x && github.event.pull_request.merged }}"), None);
        assert!(on("github.event.pull_request.merged == false").is_some());
        assert!(on("!github.event.pull_request.merged").is_some());
        assert!(on("github.event.pull_request.merged || x").is_some());
        assert_eq!(
            on("github.event.pull_request.head.repo.full_name == github.repository"),
            None
        );
    }
}
