//! The run in Markdown, as a forge shows it beside a job or a change: short, exceptions first, what
//! was not tested beside them, places as links, the rest behind a fold.

mod escape;
mod links;
mod page;
mod rows;

#[cfg(test)]
mod tests;

use crate::model::orders::{Written, made_inert};
use crate::model::result::Outcome;
use crate::model::run::Run;
use crate::seal::Bundle;

use super::table::number;
use super::{Closing, causes, table, verdict};
use escape::{code, text};
use page::Page;
use rows::Rows;

pub(super) use escape::address;
pub use links::Links;

/// The longest summary of a job. GitHub drops a whole file of more than 1 MiB; what the runner hides
/// in it may make it longer.
pub const SUMMARY: usize = 1_000_000;

/// The longest comment on a change, in bytes, which are never fewer than the characters that GitHub
/// counts to 65,536.
pub const COMMENT: usize = 65_000;

/// The run in at most so many bytes; only the first lines and the last one are never left out.
pub fn render(bundle: &Bundle, closing: &Closing, most: usize) -> String {
    let run = bundle.run();
    let rows = Rows::new(bundle, closing);
    let mut page = Page::new(most, begin(run, closing), end(bundle, closing));
    let results = verdict::ordered(run);
    page.part(
        "| control | severity | observed | required | first place |\n\
         | --- | --- | --- | --- | --- |\n",
        results.iter().map(|result| rows.exception(result)),
        "\n",
    );
    let clusters = causes::clusters(run);
    page.part(
        "| not tested | reason | get it |\n| --- | --- | --- |\n",
        clusters.iter().map(|cluster| rows.cause(cluster)),
        "\n",
    );
    page.part("", waivers(run, closing), "");
    let deviations: usize = results.iter().map(|result| result.deviations.len()).sum();
    page.part(
        &format!(
            "<details>\n<summary>Places of the exceptions: {}</summary>\n\n\
             | control | place | what stands there |\n| --- | --- | --- |\n",
            number(deviations)
        ),
        results.iter().flat_map(|result| rows.places(result)),
        "\n</details>\n\n",
    );
    page.part(
        "<details>\n<summary>The other controls, and what was examined</summary>\n\n",
        others(run).into_iter().chain(examined(run)),
        "\n</details>\n\n",
    );
    made_inert(page.finish(), Written::Html)
}

/// The heading and the sentence.
fn begin(run: &Run, closing: &Closing) -> String {
    let counts = run.counts();
    let mut out = format!(
        "### {} · not tested: {}\n{}\n\n",
        verdict::heading(run),
        number(counts.not_tested),
        verdict::sentence(&counts)
    );
    if closing.bundle.is_none() {
        out.push_str("Only some controls were examined, so this is no evidence.\n\n");
    }
    out
}

/// The counts, the exit code and the bundle.
fn end(bundle: &Bundle, closing: &Closing) -> String {
    let (exit, _) = verdict::exit(bundle);
    let lies = closing.bundle.as_deref().map_or_else(
        || "no bundle".to_owned(),
        |bundle| {
            let bundle = bundle.trim_end_matches('/');
            let name = bundle.rsplit('/').next().unwrap_or(bundle);
            format!("bundle {}", code(name))
        },
    );
    format!(
        "{} · exit {exit} · {lies}\n",
        verdict::counts(&bundle.run().counts())
    )
}

/// What became of all waivers.
fn waivers(run: &Run, closing: &Closing) -> Option<String> {
    let parts = table::waivers(run, closing)?;
    let parts: Vec<String> = parts.iter().map(|part| text(part)).collect();
    Some(format!("{}\n\n", parts.join(" · ")))
}

/// The controls that neither have exceptions nor a gap, by result, and those without a result.
fn others(run: &Run) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = |words: &str, ids: Vec<&str>| {
        if !ids.is_empty() {
            let shown: Vec<String> = ids.iter().map(|id| text(id)).collect();
            let count = number(ids.len());
            lines.push(format!("- {words}: {count} ({})\n", shown.join(" ")));
        }
    };
    for (outcome, words) in [
        (Outcome::NoExceptionsNoted, "No exceptions noted"),
        (Outcome::DidNotOccur, "Did not occur"),
        (Outcome::NotApplicable, "Not applicable"),
    ] {
        let results = run.results.iter().filter(|it| it.outcome == outcome);
        line(words, results.map(|it| it.control.as_str()).collect());
    }
    let outside = run.outside.iter().map(String::as_str);
    line("Need a period", outside.collect());
    line("Left out by the policy", verdict::left_out(run));
    lines
}

/// What was examined, when, against what.
fn examined(run: &Run) -> Vec<String> {
    let lines = table::examined(run).into_iter();
    lines
        .map(|parts| {
            let parts: Vec<String> = parts.iter().map(|part| text(part)).collect();
            format!("- {}\n", parts.join(" · "))
        })
        .collect()
}
