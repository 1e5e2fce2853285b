//! The end: what else there is, what it comes to, where it lies, what to do next.

use std::collections::BTreeMap;

use super::super::{Closing, causes, verdict};
use super::layout::{self, Text};
use super::paint::{Paint, Style};
use super::waivers;
use super::words::number;
use crate::model::result::Outcome;
use crate::model::run::{Gate, Run};
use crate::model::text::visible;
use crate::seal::Bundle;

/// The column of the values at the end.
const VALUES: usize = 10;

/// Everything that is neither an exception nor untested, a line a family of results.
pub(super) fn rest(out: &mut String, run: &Run, style: &Style, closing: &Closing) {
    let counts = run.counts();
    if counts.none_noted > 0 {
        let head = format!("No exceptions noted: {}", number(counts.none_noted));
        let indent = head.len() + 3;
        let parts = std::iter::once(head).chain(families(run));
        layout::write(out, &Text::list(style, parts), style, 0, indent);
    }
    let mut parts = Vec::new();
    for outcome in [Outcome::DidNotOccur, Outcome::NotApplicable] {
        let ids: Vec<&str> = run
            .results
            .iter()
            .filter(|result| result.outcome == outcome)
            .map(|result| result.control.as_str())
            .collect();
        let words = match outcome {
            Outcome::DidNotOccur => "Did not occur",
            _ => "Not applicable",
        };
        push_ids(&mut parts, words, &ids);
    }
    let outside: Vec<&str> = run.outside.iter().map(String::as_str).collect();
    push_ids(&mut parts, "Need a period", &outside);
    push_ids(
        &mut parts,
        "Left out by the policy",
        &verdict::left_out(run),
    );
    if !parts.is_empty() {
        let text = Text::list(style, parts.iter().map(String::as_str));
        layout::write(out, &text, style, 0, 2);
    }
    if let Some(parts) = waivers::summary(run, closing) {
        layout::write(out, &Text::list(style, parts), style, 0, 2);
    }
}

fn push_ids(parts: &mut Vec<String>, words: &str, ids: &[&str]) {
    if !ids.is_empty() {
        let shown: Vec<_> = ids.iter().map(|id| visible(id)).collect();
        parts.push(format!(
            "{words}: {} ({})",
            number(ids.len()),
            shown.join(" ")
        ));
    }
}

/// `CI 3`, `CM 1`, by the letters before the hyphen.
fn families(run: &Run) -> Vec<String> {
    let mut families: BTreeMap<&str, usize> = BTreeMap::new();
    for result in &run.results {
        if result.outcome == Outcome::NoExceptionsNoted {
            let id = result.control.as_str();
            let family = id.split_once('-').map_or(id, |(family, _)| family);
            *families.entry(family).or_default() += 1;
        }
    }
    families
        .into_iter()
        .map(|(family, controls)| format!("{} {}", visible(family), number(controls)))
        .collect()
}

/// `bundle`, `report`, `exit`, `next`.
pub(super) fn end(out: &mut String, bundle: &Bundle, style: &Style, closing: &Closing) {
    let signed = if closing.signed {
        "(signed)"
    } else {
        "(unsigned)"
    };
    if let Some(path) = &closing.bundle {
        // Paths are given by the user or made by audit; neither is cut.
        let shown = visible(path.trim_end_matches('/'));
        let text = Text::default()
            .whole(format!("{shown}/"))
            .painted(Paint::Dim, format!(" {signed}"));
        layout::margin(out, "bundle", &text, style, VALUES);
        let text = Text::default().whole(format!("{shown}/report.html"));
        layout::margin(out, "report", &text, style, VALUES);
        if let Some(ledger) = &closing.ledger {
            let text = Text::new(style.own(&visible(ledger)));
            layout::margin(out, "ledger", &text, style, VALUES);
        }
    } else {
        let text = Text::new("none: only some controls were examined, so this is no evidence");
        layout::margin(out, "bundle", &text, style, VALUES);
    }
    let (code, words) = verdict::exit(bundle);
    layout::margin(
        out,
        &format!("exit {code}"),
        &Text::new(words),
        style,
        VALUES,
    );
    layout::margin(out, "next", &next(bundle, closing), style, VALUES);
}

fn next(bundle: &Bundle, closing: &Closing) -> Text {
    let run = bundle.run();
    let exception = verdict::ordered(run)
        .into_iter()
        .find(|result| result.unwaived() > 0)
        .map(|result| result.control.clone());
    let untested = || {
        let clusters = causes::clusters(run);
        let first = clusters.first().and_then(causes::Cluster::gravest);
        first.map(|result| result.control.clone())
    };
    let id = match bundle.gate() {
        Gate::Open => None,
        Gate::Exceptions => exception,
        Gate::NotTested => exception.or_else(untested),
    };
    match id {
        Some(id) => {
            let command = format!("audit explain {}{}", visible(&id), elsewhere(closing));
            Text::default().whole(command)
        }
        None if closing.bundle.is_none() => {
            Text::new("Run it without --only: that leaves a bundle, which is evidence.")
        }
        None if bundle.gate() == Gate::Open => {
            Text::new("Keep the bundle where nobody can change it. Who receives it follows its ")
                .whole("VERIFY.md")
        }
        None => Text::default().whole("audit controls list"),
    }
}

/// Where the bundles lie, for a command that looks for them in the usual place if not told.
fn elsewhere(closing: &Closing) -> String {
    const USUAL: &str = "audit-evidence";
    let bundle = closing
        .bundle
        .as_deref()
        .map(|bundle| bundle.trim_end_matches('/'));
    match bundle.and_then(|bundle| bundle.rsplit_once('/')) {
        Some((out, _)) if out != USUAL => format!(" --out {out}"),
        _ => String::new(),
    }
}
