//! The branches or tags that a ruleset is for.

use serde::Deserialize;

use crate::parse::json::{Text, nullable};
use crate::tree::glob::text_globs;

/// The conditions of a ruleset.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Conditions {
    #[serde(deserialize_with = "nullable")]
    ref_name: Patterns,
    #[serde(deserialize_with = "nullable")]
    repository_name: Option<Patterns>,
    #[serde(deserialize_with = "nullable")]
    repository_id: Option<Other>,
    #[serde(deserialize_with = "nullable")]
    repository_property: Option<Other>,
    #[serde(deserialize_with = "nullable")]
    organization_name: Option<Other>,
    #[serde(deserialize_with = "nullable")]
    organization_id: Option<Other>,
    #[serde(deserialize_with = "nullable")]
    organization_property: Option<Other>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Patterns {
    #[serde(deserialize_with = "nullable")]
    include: Vec<Text>,
    #[serde(deserialize_with = "nullable")]
    exclude: Vec<Text>,
}

/// A condition that cannot be told from here to hold.
#[derive(Deserialize, Default)]
struct Other {}

/// GitHub's words for refs that are not named.
const DEFAULT: &str = "~DEFAULT_BRANCH";
const ALL: &str = "~ALL";

impl Conditions {
    /// Whether it may leave out repositories, so that this one may not be among those it is for.
    pub(super) fn is_selective(&self) -> bool {
        let all = |patterns: &Patterns| {
            let mut include = patterns.include.iter();
            patterns.exclude.is_empty() && include.any(|name| name.said() == Some(ALL))
        };
        let others = [
            &self.repository_id,
            &self.repository_property,
            &self.organization_name,
            &self.organization_id,
            &self.organization_property,
        ];
        others.into_iter().any(Option::is_some)
            || self
                .repository_name
                .as_ref()
                .is_some_and(|names| !all(names))
    }

    /// The refs it is for, without `refs/heads/`. What is excluded is taken away where a name tells
    /// that; where it does not, as for the default branch, what is left out is said with it, so
    /// that it is not taken for the whole.
    pub(super) fn refs(&self) -> Vec<String> {
        let names = |list: &[Text]| -> Vec<String> {
            list.iter().filter_map(Text::said).map(short).collect()
        };
        let (include, exclude) = (names(&self.ref_name.include), names(&self.ref_name.exclude));
        include
            .into_iter()
            .filter_map(|name| without(name, &exclude))
            .collect()
    }
}

/// A ref as people name it.
pub(super) fn short(name: &str) -> String {
    let bare = name
        .strip_prefix("refs/heads/")
        .or_else(|| name.strip_prefix("refs/tags/"));
    bare.unwrap_or(name).to_owned()
}

/// A name or pattern without what is excluded: nothing where it is excluded itself.
fn without(name: String, exclude: &[String]) -> Option<String> {
    let special = name.starts_with('~') || name.contains(['*', '?', '[']);
    if exclude.contains(&name) || exclude.iter().any(|it| it == ALL) {
        return None;
    }
    // A star crosses slashes here and does not at GitHub: rather too much is taken for excluded.
    let matched = text_globs(exclude.iter().map(String::as_str))
        .map_or(true, |globs| globs.is_match(name.as_str()));
    match special {
        false if matched => None,
        // The default branch may be the one that is named.
        false if !exclude.iter().any(|it| it == DEFAULT) => Some(name),
        _ if exclude.is_empty() => Some(name),
        _ => Some(format!("{name} except {}", exclude.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::json::parse;

    fn refs(include: &str, exclude: &str) -> Vec<String> {
        let text = format!(r#"{{"ref_name": {{"include": {include}, "exclude": {exclude}}}}}"#);
        parse::<Conditions>(&text).expect("conditions").refs()
    }

    #[test]
    fn what_is_excluded_is_not_taken_for_included() {
        assert_eq!(
            refs(
                r#"["refs/heads/main", "~DEFAULT_BRANCH", "refs/heads/release/*"]"#,
                "[]"
            ),
            ["main", "~DEFAULT_BRANCH", "release/*"]
        );
        assert_eq!(
            refs(r#"["refs/heads/main"]"#, r#"["refs/heads/ma*"]"#),
            [""; 0]
        );
        assert_eq!(
            refs(r#"["~ALL"]"#, r#"["refs/heads/main"]"#),
            ["~ALL except main"]
        );
        assert_eq!(
            refs(r#"["refs/heads/main"]"#, r#"["~DEFAULT_BRANCH"]"#),
            ["main except ~DEFAULT_BRANCH"]
        );
        assert_eq!(
            refs(r#"["refs/heads/main"]"#, r#"["refs/heads/dev*"]"#),
            ["main"]
        );
        assert_eq!(
            refs(r#"["~DEFAULT_BRANCH"]"#, r#"["~DEFAULT_BRANCH"]"#),
            [""; 0]
        );
        assert_eq!(
            refs(r#"["refs/heads/main"]"#, r#"["refs/heads/["]"#),
            [""; 0]
        );
    }

    #[test]
    fn a_ruleset_of_an_organisation_may_be_for_other_repositories() {
        let selective = |text: &str| {
            parse::<Conditions>(text)
                .expect("conditions")
                .is_selective()
        };
        assert!(selective(r#"{"repository_name": {"include": ["app"]}}"#));
        assert!(selective(r#"{"repository_property": {"include": []}}"#));
        assert!(!selective(
            r#"{"repository_name": {"include": ["~ALL"], "exclude": []}}"#
        ));
        assert!(!selective(
            r#"{"ref_name": {"include": []}, "repository_id": null}"#
        ));
    }
}
