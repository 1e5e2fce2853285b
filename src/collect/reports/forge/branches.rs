//! What all rules together demand of a branch.
//!
//! A branch may have a protection and several rulesets. All that are in force bind it, so that it
//! has what any of them demands. Some do not say whether they are for it: those for the default
//! branch do not name it, and the rules of one branch do not say of which. What only such a rule
//! may demand is not known; it is neither demanded nor missing.

use std::collections::BTreeSet;

use crate::model::fact::{Item, Source};
use crate::model::relations::{FORGE_BRANCH, FORGE_REQUIRED_CHECK};
use crate::model::value::Value;
use crate::tree::glob::Globs;

/// The fields of a rule that say yes where it demands something.
const DEMANDS: [&str; 8] = [
    "pull_request",
    "dismiss_stale",
    "code_owner_reviews",
    "last_push_approval",
    "conversation_resolution",
    "strict_checks",
    "signatures",
    "linear_history",
];

/// Demanded where checks are named; it stands before `strict_checks` in the order of fields.
const CHECKS: &str = "required_checks";

/// The branches that rules are for, with what these demand together.
pub(in crate::collect::reports) fn branches(rules: &[Item]) -> Vec<Item> {
    let of_branches = |rule: &&Item| rule.get("target").as_text().is_none_or(|it| it == "branch");
    let rules: Vec<&Item> = rules.iter().filter(of_branches).collect();
    let mut named: BTreeSet<(Option<&str>, Option<&str>)> = BTreeSet::new();
    for rule in &rules {
        let refs = rule.get("branches").as_list().iter();
        let refs = refs.filter_map(Value::as_text);
        named.extend(refs.map(|name| (rule.get("repository").as_text(), Some(name))));
    }
    if named.is_empty() && rules.iter().any(|rule| is(rule, "source", "branch-rules")) {
        // Rules of a branch that nothing names are shown as such.
        named.insert((None, None));
    }
    let all = |(repository, name)| branch(&rules, repository, name);
    named.into_iter().map(all).collect()
}

/// The checks that rules in force name for each branch.
pub(in crate::collect::reports) fn required_checks(rules: &[Item]) -> Vec<Item> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let of_branches = |rule: &&Item| rule.get("target").as_text().is_none_or(|it| it == "branch");
    let in_force = |rule: &&Item| is(rule, "enforcement", "active");
    for rule in rules.iter().filter(of_branches).filter(in_force) {
        let refs = rule.get("branches").as_list().iter();
        let mut refs: Vec<Option<&str>> = refs.map(Value::as_text).collect();
        if refs.is_empty() {
            // The rules of one branch do not say of which.
            refs.push(None);
        }
        for branch in refs {
            let checks = rule.get("required_checks").as_list().iter();
            for name in checks.filter_map(Value::as_text) {
                let repository = rule.get("repository").as_text();
                if seen.insert((repository, branch, name)) {
                    let item = Item::new(&FORGE_REQUIRED_CHECK, rule.source.clone())
                        .with("report", rule.source.path.as_str())
                        .with("repository", repository)
                        .with("branch", branch)
                        .with("name", name);
                    found.push(item);
                }
            }
        }
    }
    found
}

fn is(rule: &Item, field: &str, word: &str) -> bool {
    rule.get(field).as_text() == Some(word)
}

/// Whether a rule binds a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binds {
    No,
    Maybe,
    Yes,
}

fn branch(rules: &[&Item], repository: Option<&str>, name: Option<&str>) -> Item {
    let mut demands = Demands::default();
    let mut names: Vec<String> = Vec::new();
    let mut first: Option<&Item> = None;
    for rule in rules {
        let binds = binds(rule, rules, repository, name);
        if binds == Binds::No {
            continue;
        }
        demands.add(rule, binds == Binds::Yes);
        if binds == Binds::Yes {
            first = first.or(Some(rule));
            names.push(title(rule));
        }
    }
    let of_name = |rule: &&&Item| name.is_some_and(|name| names_exactly(rule, name));
    let first = first.or_else(|| rules.iter().find(of_name).or(rules.first()).copied());
    let path = first
        .map(|rule| rule.source.path.as_str())
        .unwrap_or_default();
    let item = Item::new(&FORGE_BRANCH, Source::file(path))
        .with("report", path)
        .with("repository", repository)
        .with("name", name)
        .with("rules", Value::texts(names));
    demands.set(item)
}

/// A rule as it is named among others.
fn title(rule: &Item) -> String {
    let source = rule.get("source").as_text().unwrap_or("rule");
    let path = &rule.source.path;
    match rule.get("name").as_text() {
        Some(name) => format!("{source} {name} ({path})"),
        None => format!("{source} ({path})"),
    }
}

fn names_exactly(rule: &Item, name: &str) -> bool {
    rule.get("branches").as_list().contains(&Value::from(name))
}

fn binds(rule: &Item, rules: &[&Item], repository: Option<&str>, name: Option<&str>) -> Binds {
    let elsewhere = match (rule.get("repository").as_text(), repository) {
        (Some(one), Some(other)) => one != other,
        _ => false,
    };
    if elsewhere || !is(rule, "enforcement", "active") || is_shown_elsewhere(rule, rules) {
        return Binds::No;
    }
    let (Value::List(refs), Some(name)) = (rule.get("branches"), name) else {
        return Binds::Maybe;
    };
    let each = refs
        .iter()
        .filter_map(Value::as_text)
        .map(|it| covers(it, name));
    each.max().unwrap_or(Binds::No)
}

/// Whether a list names a ruleset whose rules another answer shows.
fn is_shown_elsewhere(rule: &Item, rules: &[&Item]) -> bool {
    let same = |other: &&Item| {
        is(other, "source", "ruleset")
            && !other.get("id").is_empty()
            && other.get("id") == rule.get("id")
    };
    is(rule, "source", "ruleset-list") && rules.iter().any(same)
}

const DEFAULT: &str = "~DEFAULT_BRANCH";
const ALL: &str = "~ALL";

fn is_pattern(name: &str) -> bool {
    name.contains(['*', '?', '['])
}

/// Whether what a rule is for covers a branch, both as they are named.
fn covers(of_rule: &str, name: &str) -> Binds {
    if of_rule == name || of_rule == ALL {
        return Binds::Yes;
    }
    if let Some((all, except)) = of_rule.split_once(" except ") {
        let out = except.split(", ").map(|it| excludes(it, name)).max();
        return match out.unwrap_or(Binds::No) {
            Binds::Yes => Binds::No,
            Binds::Maybe => covers(all, name).min(Binds::Maybe),
            Binds::No => covers(all, name),
        };
    }
    let plain = !is_pattern(name) && !name.starts_with('~') && !name.contains(" except ");
    match of_rule {
        // Any branch may be the default one.
        DEFAULT if plain => Binds::Maybe,
        DEFAULT => Binds::No,
        _ if name == DEFAULT => Binds::Maybe,
        pattern if plain && is_pattern(pattern) => match Globs::new(vec![pattern.to_owned()]) {
            Ok(globs) if globs.matches(name) => Binds::Yes,
            Ok(_) => Binds::No,
            Err(_) => Binds::Maybe,
        },
        _ => Binds::No,
    }
}

/// Whether what a rule leaves out takes a branch out of it.
fn excludes(of_rule: &str, name: &str) -> Binds {
    match covers(of_rule, name) {
        // A pattern of which no star matches a slash may yet match as GitHub reads it.
        Binds::No if is_pattern(of_rule) && name.contains('/') => Binds::Maybe,
        // What is left out may be a part of a pattern.
        Binds::No if is_pattern(name) || name == ALL => Binds::Maybe,
        binds => binds,
    }
}

/// What rules demand: surely, and at most.
#[derive(Default)]
struct Demands {
    sure: Side,
    most: Side,
}

#[derive(Default)]
struct Side {
    reviews: u64,
    demanded: BTreeSet<&'static str>,
    /// Whether rewriting and deleting are refused.
    keeps_history: bool,
    keeps_branch: bool,
}

impl Demands {
    fn add(&mut self, rule: &Item, surely: bool) {
        let reviews = rule.get("required_reviews").as_int();
        let reviews = reviews.and_then(|count| u64::try_from(count).ok());
        // What a rule does not say it may demand.
        self.most.reviews = self.most.reviews.max(reviews.unwrap_or(u64::MAX));
        let demanded = |name: &str| match rule.get(name) {
            Value::Bool(yes) => Some(*yes),
            Value::List(list) => Some(!list.is_empty()),
            _ => None,
        };
        let refused = |name: &str| demanded(name).map(|allowed| !allowed);
        for name in DEMANDS.into_iter().chain([CHECKS]) {
            self.most.note(name, demanded(name) != Some(false));
            self.sure.note(name, surely && demanded(name) == Some(true));
        }
        self.most.keeps_history |= refused("force_pushes") != Some(false);
        self.most.keeps_branch |= refused("deletions") != Some(false);
        if surely {
            self.sure.reviews = self.sure.reviews.max(reviews.unwrap_or(0));
            self.sure.keeps_history |= refused("force_pushes") == Some(true);
            self.sure.keeps_branch |= refused("deletions") == Some(true);
        }
    }

    /// Sets what is known: what surely holds, or what not even the rules that may bind demand.
    fn set(&self, mut item: Item) -> Item {
        let (sure, most) = (&self.sure, &self.most);
        let known = |sure: bool, most: bool| (sure || !most).then_some(sure);
        let pull = |side: &Side| side.demanded.contains("pull_request");
        item.set("pull_request", known(pull(sure), pull(most)));
        let reviews = (sure.reviews > 0 || most.reviews == 0).then_some(sure.reviews);
        item.set("required_reviews", reviews);
        let lacking = |side: &Side| -> Vec<&str> {
            let (before, after) = DEMANDS.split_at(5);
            let all = before.iter().chain([&CHECKS]).chain(after).copied();
            all.filter(|name| !side.demanded.contains(name)).collect()
        };
        if lacking(sure) == lacking(most) {
            item.set("missing_rules", Value::texts(lacking(sure)));
        }
        let rewritten = known(sure.keeps_history, most.keeps_history);
        let deleted = known(sure.keeps_branch, most.keeps_branch);
        item.set("force_pushes", rewritten.map(|kept| !kept));
        item.set("deletions", deleted.map(|kept| !kept));
        item
    }
}

impl Side {
    fn note(&mut self, name: &'static str, demanded: bool) {
        if demanded {
            self.demanded.insert(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::relations::FORGE_PROTECTION;

    fn rule(source: &str, branches: &[&str], reviews: i64) -> Item {
        let mut rule = Item::new(&FORGE_PROTECTION, Source::file(format!("{source}.json")))
            .with("source", source)
            .with("target", "branch")
            .with("enforcement", "active")
            .with("required_reviews", reviews)
            .with("pull_request", reviews > 0)
            .with("required_checks", Value::texts([""; 0]))
            .with("force_pushes", reviews == 0)
            .with("deletions", true);
        for name in DEMANDS.into_iter().skip(1) {
            rule.set(name, false);
        }
        if !branches.is_empty() {
            rule.set("branches", Value::texts(branches.to_vec()));
        }
        rule
    }

    fn shown(rules: &[Item], fields: &[&str]) -> Vec<String> {
        let line = |item: Item| {
            let values = fields.iter().map(|field| item.get(field).to_string());
            values.collect::<Vec<_>>().join(" ")
        };
        branches(rules).into_iter().map(line).collect()
    }

    const SHORT: [&str; 4] = ["name", "required_reviews", "force_pushes", "deletions"];

    #[test]
    fn the_rules_of_a_branch_hold_together() {
        let rules = [
            rule("protection", &["main"], 0),
            rule("ruleset", &["ma*", "release/*"], 2),
            rule("protection", &["release/1"], 1),
        ];
        assert_eq!(
            shown(&rules, &SHORT),
            [
                "ma* 2 no yes",
                "main 2 no yes",
                "release/* 2 no yes",
                "release/1 2 no yes"
            ]
        );
        let main = &branches(&rules)[1];
        let named = main.get("rules").to_string();
        assert_eq!(
            named,
            "protection (protection.json), ruleset (ruleset.json)"
        );
        let out = main.get("missing_rules").to_string();
        assert!(
            out.starts_with("dismiss_stale, code_owner_reviews"),
            "{out}"
        );
    }

    #[test]
    fn what_only_a_rule_that_may_bind_demands_is_not_known() {
        let rules = [
            rule("protection", &["main"], 0),
            rule("ruleset", &["~DEFAULT_BRANCH"], 1),
        ];
        let expected = ["main not stated not stated yes", "~DEFAULT_BRANCH 1 no yes"];
        assert_eq!(shown(&rules, &SHORT), expected);
        let rules = [
            rule("protection", &["main"], 0),
            rule("branch-rules", &[], 1),
        ];
        assert_eq!(shown(&rules, &SHORT), ["main not stated not stated yes"]);
        let rules = [
            rule("protection", &["main"], 0),
            rule("ruleset", &["~ALL except dev"], 1),
        ];
        let expected = ["main 1 no yes", "~ALL except dev 1 no yes"];
        assert_eq!(shown(&rules, &SHORT), expected);
        let rules = [
            rule("protection", &["main"], 0),
            rule("ruleset", &["~ALL except dev, main"], 1),
            rule("protection", &["other", "~DEFAULT_BRANCH"], 0),
        ];
        let expected = [
            "main 0 yes yes",
            "other 1 no yes",
            "~ALL except dev, main 1 no yes",
            "~DEFAULT_BRANCH not stated not stated yes",
        ];
        assert_eq!(shown(&rules, &SHORT), expected);
        let rules = [rule("branch-rules", &[], 1)];
        assert_eq!(
            shown(&rules, &SHORT),
            ["not stated not stated not stated yes"]
        );
    }

    #[test]
    fn a_rule_that_is_not_in_force_or_of_another_repository_demands_nothing() {
        let idle = rule("ruleset", &["main"], 1).with("enforcement", "evaluate");
        assert_eq!(shown(&[idle], &SHORT), ["main 0 yes yes"]);
        let tags = rule("ruleset", &["v*"], 1).with("target", "tag");
        assert_eq!(shown(&[tags], &SHORT), [""; 0]);
        let one = rule("protection", &["main"], 1).with("repository", "o/a");
        let other = rule("protection", &["main"], 0).with("repository", "o/b");
        assert_eq!(
            shown(&[one, other], &SHORT),
            ["main 1 no yes", "main 0 yes yes"]
        );
    }

    #[test]
    fn a_listed_ruleset_counts_once_its_rules_are_shown() {
        let listed = || {
            Item::new(&FORGE_PROTECTION, Source::file("list.json"))
                .with("source", "ruleset-list")
                .with("enforcement", "active")
                .with("id", "42")
        };
        let main = rule("protection", &["main"], 0);
        let hidden = [listed(), main.clone()];
        assert_eq!(
            shown(&hidden, &SHORT),
            ["main not stated not stated not stated"]
        );
        let ruleset = rule("ruleset", &["main"], 0).with("id", "42");
        assert_eq!(
            shown(&[listed(), main, ruleset], &SHORT),
            ["main 0 yes yes"]
        );
    }
}
