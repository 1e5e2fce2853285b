//! What came of re-performing a bundle, as a person reads it.

use super::compare::{CameTo, Compared};
use super::differs::Difference;
use super::record::{named, taken};
use super::supply::Clone;
use super::{Reperformed, Verdict};
use crate::model::exhibit::Digest;
use crate::model::text::visible;
use crate::render::table::layout::{label, write};
use crate::render::table::{Detail, Paint, Sign, Style, Text, count, number};

/// How many differences of one control are shown without `-v`.
const SHOWN: usize = 4;

/// The whole answer: what differs first, then what was not derived, then what was done.
pub(super) fn text(done: &Reperformed, style: &Style) -> String {
    let mut out = String::new();
    for compared in &done.comparison.controls {
        if let CameTo::Differs { differences } = &compared.came_to {
            title(&mut out, Sign::Exception, compared, "differs", style);
            shown(&mut out, differences, style);
        }
    }
    let beside = &done.comparison.beside;
    if !beside.is_empty() {
        let text = Text::new(Sign::Exception.shown(style)).and(" Beside the results");
        write(&mut out, &text, style, 0, 2);
        shown(&mut out, beside, style);
    }
    if let Clone::Differs(says) = &done.clone {
        let text =
            Text::new(Sign::Exception.shown(style)).and(format!(" The clone: {}", visible(says)));
        write(&mut out, &text, style, 0, 2);
    }
    not_derived(&mut out, done, style);
    if !out.is_empty() {
        out.push('\n');
    }
    done_so_far(&mut out, done, style);
    out.push('\n');
    write(&mut out, &Text::new(style.own(&closing(done))), style, 0, 0);
    out
}

fn title(out: &mut String, sign: Sign, compared: &Compared, words: &str, style: &Style) {
    let text = Text::default()
        .and(sign.shown(style))
        .and(" ")
        .painted(Paint::Bold, visible(&compared.control))
        .and(format!("  {words}"));
    write(out, &text, style, 0, 2);
}

fn shown(out: &mut String, differences: &[Difference], style: &Style) {
    let most = if style.detail == Detail::Full {
        differences.len()
    } else {
        SHOWN
    };
    for difference in differences.iter().take(most) {
        let says = format!(
            "{}: sealed {}, derived {}",
            visible(&difference.at),
            visible(&difference.sealed),
            visible(&difference.derived)
        );
        label(out, "differs", &Text::new(style.own(&says)), style);
    }
    if let Some(more) = differences.len().checked_sub(most).filter(|it| *it > 0) {
        let says = format!("{} more: --format json", number(more));
        label(out, "more", &Text::new(says), style);
    }
}

/// Controls that rest on the same files stand together.
fn not_derived(out: &mut String, done: &Reperformed, style: &Style) {
    let mut causes: Vec<(&std::collections::BTreeSet<String>, Vec<&str>)> = Vec::new();
    for compared in &done.comparison.controls {
        if let CameTo::NotDerived { needs, .. } = &compared.came_to {
            match causes.iter_mut().find(|(known, _)| *known == needs) {
                Some((_, controls)) => controls.push(&compared.control),
                None => causes.push((needs, vec![&compared.control])),
            }
        }
    }
    for (needs, controls) in causes {
        let text = Text::default()
            .and(Sign::Gap.shown(style))
            .and(" ")
            .painted(Paint::Bold, visible(&controls.join(" ")))
            .and("  not derived");
        write(out, &text, style, 0, 2);
        let says = format!(
            "{} not in the bundle: {}",
            count(needs.len(), "file is", "files are"),
            named(needs)
        );
        label(out, "needs", &Text::new(style.own(&visible(&says))), style);
        let fix = "audit reperform BUNDLE --git CLONE, or --sources CHECKOUT";
        label(out, "get it", &Text::new(fix), style);
    }
}

fn done_so_far(out: &mut String, done: &Reperformed, style: &Style) {
    let tool = &done.bundle.manifest.tool;
    let mut line = |name: &str, says: String| {
        label(out, name, &Text::new(style.own(&visible(&says))), style);
    };
    let listed = format!(
        "{} · listed files as sealed: {}",
        done.bundle.name, done.bundle.held
    );
    line("bundle", listed);
    let short = |digest: Option<Digest>| {
        digest.map_or_else(|| "no digest".to_owned(), |digest| digest.short())
    };
    line(
        "made by",
        format!("audit {}, {}", tool.version, short(tool.sha256)),
    );
    let own = done.own.as_deref().and_then(Digest::parse);
    let same = if done.same_program() {
        ", the same program"
    } else {
        ", another program"
    };
    let version = env!("CARGO_PKG_VERSION");
    line("again by", format!("audit {version}, {}{same}", short(own)));
    let (supplied, asked) = done.supplied;
    if asked > 0 {
        line(
            "supplied",
            format!(
                "{} of {} that the bundle names and does not hold, each with the sealed digest",
                number(supplied),
                count(asked, "file", "files")
            ),
        );
    }
    line("facts", facts(done));
    line("results", results(done));
    line(
        "documents",
        match done.comparison.not_made {
            None => format!("{}: the same bytes", done.comparison.documents.join(", ")),
            Some(why) => format!("not made again: {why}"),
        },
    );
    for (number, taken) in taken(done).into_iter().enumerate() {
        line(if number == 0 { "the record" } else { "" }, taken);
    }
}

fn facts(done: &Reperformed) -> String {
    let facts = &done.comparison.facts;
    let lacking = match facts.not_derived.len() {
        0 => String::new(),
        more => format!(" · {} not derived", count(more, "relation", "relations")),
    };
    let items = usize::try_from(facts.items).unwrap_or(usize::MAX);
    format!(
        "{} derived of {}{lacking}",
        count(items, "fact", "facts"),
        count(facts.relations, "relation", "relations"),
    )
}

fn counted(done: &Reperformed) -> (usize, usize, usize) {
    let count = |which: fn(&CameTo) -> bool| {
        let controls = done.comparison.controls.iter();
        controls.filter(|it| which(&it.came_to)).count()
    };
    (
        count(|it| *it == CameTo::Same),
        count(|it| matches!(it, CameTo::Differs { .. })),
        count(|it| matches!(it, CameTo::NotDerived { .. })),
    )
}

fn results(done: &Reperformed) -> String {
    let (same, differs, lacking) = counted(done);
    let all = same + differs + lacking;
    format!(
        "{} of {} derived again and the same, {differs} {}, {lacking} not derived",
        number(same),
        count(all, "result", "results"),
        if differs == 1 { "differs" } else { "differ" },
    )
}

fn closing(done: &Reperformed) -> String {
    let says = match done.verdict() {
        Verdict::Differs => {
            "What was sealed is not what the evidence gives: do not rely on this bundle before \
                somebody has explained it."
        }
        Verdict::NotDerived => {
            "Nothing differs, and not all was derived. What was derived follows from the sealed \
                bytes; that these are true is not shown."
        }
        Verdict::Same => {
            "The results follow from the sealed bytes and what was taken from the record; that \
                these are true is not shown."
        }
    };
    says.to_owned()
}
