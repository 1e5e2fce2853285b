//! Environment injection: an outsider's text is written where later steps take their variables or
//! their search path from, `GITHUB_ENV` and `GITHUB_PATH`. A second line in it sets a variable of
//! the outsider's choice, such as `LD_PRELOAD` or `NODE_OPTIONS`.

use super::expression::{carriers, expressions};
use super::hazard::Found;
use super::untrusted;
use crate::parse::yaml::Node;

const RULE: &str = "environment-injection";

/// How many lines a group or here-document may have.
const REACH: usize = 1_000;

/// Writes of a shell script.
pub(super) fn of_shell(run: &Node, found: &mut Found<'_>) {
    let lines: Vec<&str> = run.text().unwrap_or("").lines().collect();
    let mut cursor = found.lines.at(run);
    let mut done = 0;
    for (at, line) in lines.iter().enumerate() {
        if !is_write(line) {
            continue;
        }
        let (from, to) = extent(&lines, at);
        // A line is looked at once, even when two writes enclose it.
        let from = from.max(done);
        done = done.max(to + 1);
        for line in lines.get(from..=to).unwrap_or_default() {
            if let Some(detail) = carried(line, found) {
                let place = cursor.find(line);
                found.add(RULE, place, &detail);
            }
        }
    }
}

/// Whether a line writes to one of the two files, and is not a comment.
fn is_write(line: &str) -> bool {
    let line = line.trim_start();
    let names = line.contains("GITHUB_ENV") || line.contains("GITHUB_PATH");
    let writes = line.contains('>')
        || ["tee", "Out-File", "Add-Content", "Set-Content"]
            .iter()
            .any(|it| line.contains(it));
    names && writes && !line.starts_with('#')
}

/// The lines that a write takes its text from: the line itself, the here-document that begins on
/// it, or the group that ends on it.
fn extent(lines: &[&str], at: usize) -> (usize, usize) {
    let line = lines.get(at).copied().unwrap_or("").trim();
    let opener: Option<&[&str]> = match line.split([' ', '>', ';']).next() {
        Some("}") => Some(&["{"]),
        Some(")") => Some(&["("]),
        Some("done") => Some(&["for ", "while ", "until "]),
        Some("fi") => Some(&["if "]),
        _ => None,
    };
    if let Some(opener) = opener {
        let above = lines.get(at.saturating_sub(REACH)..at).unwrap_or_default();
        let begins = |line: &str| opener.iter().any(|it| line.trim_start().starts_with(it));
        let length = above.iter().rev().position(|line| begins(line));
        return (at - length.map_or(0, |length| length + 1), at);
    }
    if let Some((_, after)) = line.split_once("<<") {
        let word = after.trim_start_matches(['-', '<', ' ']);
        let word = word
            .split([' ', '>', ';', '|'])
            .next()
            .unwrap_or("")
            .trim_matches(['\'', '"', '\\']);
        let below = lines.get(at + 1..).unwrap_or_default();
        let length = below
            .iter()
            .take(REACH)
            .position(|line| line.trim() == word);
        return (at, at + length.map_or(0, |length| length + 1));
    }
    (at, at)
}

/// The untrusted expression or variable of a line.
fn carried(line: &str, found: &Found<'_>) -> Option<String> {
    let expression = expressions(line)
        .iter()
        .find(|it| found.variables.carries_text(it))
        .map(|it| it.inner().to_owned());
    expression.or_else(|| found.variables.text_in(line).map(|name| format!("${name}")))
}

/// `core.exportVariable` and `core.addPath` of `actions/github-script`.
pub(super) fn of_javascript(script: &Node, found: &mut Found<'_>) {
    let mut cursor = found.lines.at(script);
    for line in script.text().unwrap_or("").lines() {
        let writes = line.contains("exportVariable(") || line.contains("addPath(");
        if !writes || line.trim_start().starts_with("//") {
            continue;
        }
        if let Some(detail) = carried(line, found).or_else(|| payload(line)) {
            let place = cursor.find(line);
            found.add(RULE, place, &detail);
        }
    }
}

/// An untrusted part of `context.payload`, which is `github.event` in JavaScript.
fn payload(line: &str) -> Option<String> {
    const PREFIX: &str = "context.payload.";
    line.match_indices(PREFIX).find_map(|(at, _)| {
        let rest = line.get(at + PREFIX.len()..)?;
        let end = rest
            .find(|c: char| {
                !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '?' | '[' | ']'))
            })
            .unwrap_or(rest.len());
        let path = rest.get(..end)?.replace('?', "");
        let is_text = carriers(&format!("github.event.{path}"))
            .iter()
            .any(untrusted::is_text);
        is_text.then(|| format!("{PREFIX}{path}"))
    })
}
