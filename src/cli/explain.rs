//! `audit explain ID`: what a control asks, what was found, what to do. Reads the newest bundle, so
//! that it says what was sealed and nothing else.

use std::path::{Path, PathBuf};

use super::report::{Control, Deviation, Gap, Outcome, Report, newest};
use super::style::Show;
use super::{Exit, output, problems};
use crate::load::Problem;
use crate::model::relations::relation;
use crate::model::text::{excerpt, joined, nearest, visible};
use crate::render::table::layout::{margin, pad, width, write};
use crate::render::table::{Paint, Style, Text, count, number};

/// The column of the values.
const VALUES: usize = 12;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The control.
    id: String,
    /// Where the bundles lie [audit-evidence].
    #[arg(
        long,
        value_name = "DIR",
        default_value = "audit-evidence",
        hide_default_value = true
    )]
    out: PathBuf,
}

pub(crate) fn run(arguments: &Arguments, show: &Show) -> Exit {
    match text(&arguments.id, &arguments.out, &show.out()) {
        Ok(text) => {
            output::out(&text);
            Exit::Clean
        }
        Err(found) => problems::refuse(&found, &show.err()),
    }
}

fn text(id: &str, out: &Path, style: &Style) -> Result<String, Vec<Problem>> {
    let report = newest(out)?;
    let control = report
        .controls
        .iter()
        .find(|control| control.id == id)
        .ok_or_else(|| vec![unknown(id, &report)])?;
    Ok(explain(&report, control, style))
}

fn unknown(id: &str, report: &Report) -> Problem {
    let ids = || report.controls.iter().map(|control| control.id.as_str());
    let near = nearest(id, ids()).or_else(|| {
        let upper = id.to_uppercase();
        ids().find(|known| *known == upper)
    });
    let fix = near.map_or_else(
        || "See audit controls list.".to_owned(),
        |near| format!("audit explain {near}"),
    );
    let title = format!("expected the id of a control, found {}", excerpt(id));
    Problem::new("control-unknown", title, fix)
}

fn explain(report: &Report, control: &Control, style: &Style) -> String {
    let mut out = String::new();
    let id = visible(&control.id);
    let title = Text::default()
        .painted(Paint::Bold, id.clone())
        .and("  ")
        .and(style.own(&visible(&control.title)));
    let indent = width(&id) + 2;
    write(&mut out, &title, style, 0, indent);
    about(&mut out, control, style);
    said(&mut out, "statement", &control.statement, style);
    let result = report
        .results
        .iter()
        .find(|result| result.control == control.id);
    if let Some(result) = result {
        found(&mut out, report, control, result, style);
        return out;
    }
    for (index, test) in control.tests.iter().enumerate() {
        said(
            &mut out,
            &format!("test {}", index + 1),
            &test.attribute,
            style,
        );
    }
    parameters(&mut out, control, style);
    said(&mut out, "result", absent(report, control), style);
    out
}

/// Why a control has no result in this run.
fn absent(report: &Report, control: &Control) -> &'static str {
    if report.outside.contains(&control.id) {
        "not part of a point-in-time run: it needs a period"
    } else if report.left_out.contains(&control.id) {
        "left out by the policy"
    } else {
        "not part of this run"
    }
}

fn found(out: &mut String, report: &Report, control: &Control, result: &Outcome, style: &Style) {
    for (index, test) in result.tests.iter().enumerate() {
        said(out, &format!("test {}", index + 1), &test.sentence, style);
    }
    parameters(out, control, style);
    said(out, "looked at", &looked_at(report, result, style), style);
    if result.came_to != "exceptions-noted" {
        let words = result.came_to.replace('-', " ");
        let reason = result.reason.as_deref();
        let text = reason.map_or_else(|| words.clone(), |reason| format!("{words}: {reason}"));
        said(out, "result", &text, style);
    }
    deviations(out, result, style);
    gaps(out, &result.gaps, style);
    if result.came_to == "exceptions-noted" {
        said(out, "fix", &control.remediation, style);
        let text = format!(
            "audit waivers --draft {} prints an entry; another person approves it, {} d at most",
            visible(&control.id),
            control.waiver_days
        );
        said(out, "waive", &text, style);
    }
    for (index, limitation) in control.limitations.iter().enumerate() {
        said(
            out,
            if index == 0 { "limits" } else { "" },
            limitation,
            style,
        );
    }
}

/// `high · preventive · per change · state · may support CC6.8 directly, CC8.1 and CC9.2 in part`.
fn about(out: &mut String, control: &Control, style: &Style) {
    let mut parts: Vec<String> = [
        &control.severity,
        &control.nature,
        &control.frequency,
        &control.class,
    ]
    .iter()
    .map(|word| visible(word).replace('-', " "))
    .collect();
    let support: Vec<String> = [
        ("direct", "directly"),
        ("partial", "in part"),
        ("indirect", "indirectly"),
    ]
    .iter()
    .filter_map(|(word, says)| {
        let ids: Vec<String> = control
            .criteria
            .iter()
            .filter(|(_, support)| support.as_str() == *word)
            .map(|(id, _)| visible(id).into_owned())
            .collect();
        (!ids.is_empty()).then(|| format!("{} {says}", joined(&ids, "and")))
    })
    .collect();
    if !support.is_empty() {
        parts.push(format!("may support {}", support.join(", ")));
    }
    let text = parts.join(&format!(" {} ", style.dot()));
    write(out, &Text::new(text), style, 0, 2);
}

fn parameters(out: &mut String, control: &Control, style: &Style) {
    for (index, parameter) in control.parameters.iter().enumerate() {
        let by = match &parameter.set_by {
            Some(set) => format!("{}:{}", visible(&set.path), set.line),
            None => format!("default; {}:{}", visible(&control.path), parameter.line),
        };
        let label = if index == 0 { "parameters" } else { "" };
        let name = visible(&parameter.name);
        said(
            out,
            label,
            &format!("{name} = {} ({by})", parameter.shown()),
            style,
        );
    }
}

/// `17 files, all read · 96 references: 80 in the test`.
fn looked_at(report: &Report, result: &Outcome, style: &Style) -> String {
    let looked_at = result.evidence.len() + result.sources;
    let files = count(looked_at, "file", "files");
    let read = match (looked_at, result.gaps.len()) {
        (0, _) => "no file".to_owned(),
        (_, 0) => format!("{files}, all read"),
        (_, gaps) => format!("{files}, {} below", count(gaps, "gap", "gaps")),
    };
    let mut parts = vec![read];
    let mut named: Vec<&str> = Vec::new();
    for test in &result.tests {
        let Some(relation) = test.relation.as_deref().and_then(relation) else {
            continue;
        };
        if named.contains(&relation.name) {
            continue;
        }
        named.push(relation.name);
        let items = report
            .facts
            .get(relation.name)
            .map_or(test.items, |it| it.items);
        let noun = relation.noun_for(items);
        let part = format!("{} {noun}", number(items));
        parts.push(if test.population == items {
            part
        } else {
            format!("{part}: {} in the test", number(test.population))
        });
    }
    parts.join(&format!(" {} ", style.dot()))
}

fn deviations(out: &mut String, result: &Outcome, style: &Style) {
    let rows: Vec<(String, String)> = result
        .deviations
        .iter()
        .map(|deviation| (visible(&deviation.place).into_owned(), beside(deviation)))
        .collect();
    let widest = rows
        .iter()
        .map(|(place, _)| width(place))
        .max()
        .unwrap_or(0);
    let beside = !style.narrow() && VALUES + widest + 26 <= style.width;
    let mut label = "deviations";
    for (place, text) in rows {
        out.push_str(&pad(label, VALUES));
        label = "";
        if place.is_empty() {
            write(out, &Text::new(text), style, VALUES, VALUES);
        } else if beside && !text.is_empty() {
            out.push_str(&pad(&place, widest + 2));
            let column = VALUES + widest + 2;
            write(out, &Text::new(text), style, column, column);
        } else {
            out.push_str(&place);
            out.push('\n');
            if !text.is_empty() {
                margin(out, "", &Text::new(text), style, VALUES + 2);
            }
        }
    }
}

/// What stands at a deviation: what tells it from its neighbours, what was found, what was
/// required, and the waiver that covers it.
fn beside(deviation: &Deviation) -> String {
    let value = |(_, value): &(String, String)| excerpt(value);
    let mut parts: Vec<String> = deviation
        .item
        .0
        .iter()
        .filter(|(name, value)| {
            *value != deviation.path && !deviation.observed.0.iter().any(|(it, _)| it == name)
        })
        .map(value)
        .filter(|value| !value.is_empty())
        .collect();
    let found: Vec<String> = deviation.observed.0.iter().map(value).collect();
    let mut last = found.join(", ");
    let required = required(deviation);
    if !required.is_empty() && !last.is_empty() {
        last.push_str(", ");
    }
    last.push_str(&required);
    if let Some(waiver) = &deviation.waiver {
        last.push_str(", waived by ");
        last.push_str(&visible(waiver));
    }
    parts.push(last);
    parts.join("  ")
}

/// `must be sha or digest`, without who set the parameter.
fn required(deviation: &Deviation) -> String {
    let required = deviation.required.split(" (").next().unwrap_or_default();
    let required = visible(required);
    let about = match deviation.observed.0.as_slice() {
        [(field, _)] => {
            let field = field
                .trim_start_matches("measures.")
                .replace(['_', '.'], " ");
            required.strip_prefix(&format!("{field} "))
        }
        _ => None,
    };
    let said = about.unwrap_or(&required);
    match (said, said.strip_prefix("in ")) {
        ("", _) => String::new(),
        (_, Some(list)) if about.is_some() => {
            let members: Vec<&str> = list.split(", ").collect();
            format!("must be {}", joined(&members, "or"))
        }
        _ if said.starts_with("at least ") || said.starts_with("at most ") => {
            format!("must be {said}")
        }
        _ => format!("required: {required}"),
    }
}

fn gaps(out: &mut String, gaps: &[Gap], style: &Style) {
    for gap in gaps {
        let line = if gap.place.is_empty() {
            gap.says.clone()
        } else {
            format!("{}: {}", gap.place, gap.says)
        };
        said(out, gap.label(), &line, style);
        said(out, "get it", &gap.remedy, style);
    }
}

fn said(out: &mut String, label: &str, value: &str, style: &Style) {
    if !value.is_empty() {
        let text = Text::new(style.own(&visible(value)));
        margin(out, label, &text, style, VALUES);
    }
}
