//! One page for each control with a result: the same thirteen parts in the same order.

use serde::Serialize;

use crate::model::control::Control;
use crate::model::gap::Gap;
use crate::model::result::{ControlResult, Outcome};
use crate::model::run::Run;
use crate::model::text::excerpt;

use super::anchors::{self, Anchors};
use super::deviations::{self, Deviations};
use super::evidence::{self, Evidence};
use super::plate::{self, Plate};
use super::procedure::{self, ParameterRow, Sought, TestPart};
use super::reading::{self, Answer, Reading};
use super::summary;
use super::words::{self, Hash, Mark, mark};

#[derive(Serialize)]
pub(super) struct ControlPage<'r> {
    pub(super) id: &'r str,
    pub(super) anchor: String,
    /// The class that names its sheets when printed.
    sheet: String,
    title: &'r str,
    mark: Mark,
    waived: bool,
    verdict: String,
    severity: &'static str,
    /// The sentence of the test that stands for the result.
    telling: &'r str,
    statement: String,
    added: bool,
    facts: Vec<(&'static str, String)>,
    source: &'r str,
    source_href: Option<String>,
    source_hash: Hash,
    criteria: Vec<CriterionLine<'r>>,
    references: Vec<String>,
    parameters: Vec<ParameterRow<'r>>,
    procedure: String,
    requires: Vec<String>,
    applies_when: Option<&'static str>,
    tests: Vec<TestPart<'r>>,
    sought: Vec<Sought>,
    evidence: Evidence,
    readings: Vec<Reading<'r>>,
    readings_more: usize,
    answers: Vec<Answer>,
    /// How many source files were looked at that are not sealed.
    /// Source files in which there is nothing to show, and the verb of their number.
    sources: Option<(String, &'static str)>,
    plates: Vec<Plate<'r>>,
    plates_shown: usize,
    reason: Option<&'r str>,
    deviations: Deviations<'r>,
    deviation_count: usize,
    waivers: Vec<WaiverLine>,
    gaps: Vec<GapLine<'r>>,
    limitations: &'r [String],
    remediation: &'r str,
    commands: Vec<Command>,
}

#[derive(Serialize)]
struct CriterionLine<'r> {
    id: &'r str,
    title: &'r str,
    anchor: String,
    strength: &'static str,
}

#[derive(Serialize)]
struct WaiverLine {
    id: String,
    anchor: Option<String>,
    covers: usize,
    state: &'static str,
    expires: String,
    owner: String,
    approver: String,
    compensating: Option<String>,
}

#[derive(Serialize)]
struct GapLine<'r> {
    id: String,
    cause: &'static str,
    line: String,
    remedy: &'r str,
}

/// A line by which a reader does the test again, and what it does: a verb without its subject.
#[derive(Serialize)]
struct Command {
    line: String,
    does: &'static str,
}

/// The pages, by control.
pub(super) fn pages<'r>(anchors: &Anchors<'r>) -> Vec<ControlPage<'r>> {
    let run = anchors.run();
    run.results
        .iter()
        .filter_map(|result| Some(page(run, anchors, run.control(&result.control)?, result)))
        .collect()
}

fn page<'r>(
    run: &Run,
    anchors: &Anchors<'r>,
    control: &'r Control,
    result: &'r ControlResult,
) -> ControlPage<'r> {
    let anchor = anchors::control(&control.id);
    let (plates, plates_shown) = plate::plates(anchors, result);
    let (readings, readings_more) = reading::readings(anchors, result);
    ControlPage {
        id: &control.id,
        sheet: anchor.replace('.', "_"),
        anchor,
        title: &control.title,
        mark: mark(result.outcome),
        waived: result.waived,
        verdict: verdict(control, result),
        severity: result.severity.name(),
        telling: result.telling().map_or("", |test| test.sentence.as_str()),
        statement: words::prose(&control.statement),
        added: control.added,
        facts: vec![
            ("Severity", control.severity.name().to_owned()),
            (
                "Owner",
                run.policy
                    .owner(&control.id)
                    .map_or_else(|| "not named in the policy".to_owned(), excerpt),
            ),
            ("Nature", control.nature.name().to_owned()),
            ("Frequency", control.frequency.replace('-', " ")),
            ("Class", control.class.name().to_owned()),
        ],
        source: &control.path,
        source_href: anchors
            .definition(&control.path)
            .map(|d| anchors::address(&d.path)),
        source_hash: words::hash(&control.sha256, 12),
        criteria: criteria(anchors, control),
        references: control
            .references
            .iter()
            .map(|(framework, ids)| format!("{framework} {}", ids.join(", ")))
            .collect(),
        parameters: procedure::parameters(control),
        procedure: words::prose(&control.procedure),
        requires: procedure::requires(control),
        applies_when: control.applies_when.map(|relation| relation.name),
        tests: procedure::tests(control, result),
        sought: procedure::sources(result),
        evidence: evidence::evidence(anchors, result),
        readings,
        readings_more,
        answers: reading::answers(anchors, result),
        sources: sources(result.sources),
        plates,
        plates_shown,
        reason: result.reason.as_deref(),
        deviations: deviations::deviations(anchors, result),
        deviation_count: result.deviations.len(),
        waivers: waivers(anchors, result),
        gaps: gaps(anchors, result),
        limitations: &control.limitations,
        remediation: &control.remediation,
        commands: commands(anchors, result),
    }
}

fn sources(number: usize) -> Option<(String, &'static str)> {
    let counted = words::count(number, "source file", "source files");
    (number > 0).then(|| (counted, words::was(number)))
}

/// What stands beside the word of the result.
fn verdict(control: &Control, result: &ControlResult) -> String {
    let total = result.deviations.len();
    if total == 0 {
        let gaps = match result.gaps.len() {
            0 => String::new(),
            gaps => words::count(gaps, "gap stands in the way", "gaps stand in the way"),
        };
        return result.reason.clone().unwrap_or(gaps);
    }
    let (big, small) = summary::share(Some(control), result);
    let waived = total - result.unwaived();
    let shared = big.contains(" of ");
    let verb = match (shared, total) {
        (false, _) => "",
        (true, 1) => " deviates",
        (true, _) => " deviate",
    };
    let gaps = match result.gaps.len() {
        0 => String::new(),
        gaps => format!(
            "; {}",
            words::count(gaps, "gap stands beside it", "gaps stand beside it")
        ),
    };
    match waived {
        0 => format!("{big} {small}{verb}, none waived{gaps}"),
        _ if waived == total => format!("{big} {small}{verb}, every one waived{gaps}"),
        _ => format!("{big} {small}{verb}; {waived} of the {total} waived{gaps}"),
    }
}

fn criteria<'r>(anchors: &Anchors<'r>, control: &'r Control) -> Vec<CriterionLine<'r>> {
    control
        .criteria
        .iter()
        .map(|(id, support)| CriterionLine {
            id,
            title: anchors.criterion_title(id),
            anchor: anchors::criterion(id),
            strength: support.name(),
        })
        .collect()
}

/// The waivers of a control, those that no longer count included.
fn waivers(anchors: &Anchors<'_>, result: &ControlResult) -> Vec<WaiverLine> {
    let run = anchors.run();
    let of_control = run
        .waivers
        .iter()
        .enumerate()
        .filter(|(_, (waiver, _))| waiver.control == result.control);
    of_control
        .map(|(at, (waiver, state))| WaiverLine {
            id: waiver.id.clone(),
            anchor: Some(anchors.waiver_at(at)),
            covers: result
                .waivers
                .iter()
                .find(|used| used.id == waiver.id)
                .map_or(0, |used| used.covers),
            state: words::waiver(*state),
            expires: waiver
                .expires
                .map_or_else(|| "no day".to_owned(), |day| day.to_string()),
            owner: waiver.owner.clone(),
            approver: waiver.approver.clone(),
            compensating: waiver.compensating.as_deref().map(words::prose),
        })
        .collect()
}

fn gaps<'r>(anchors: &Anchors<'r>, result: &'r ControlResult) -> Vec<GapLine<'r>> {
    let number = |gap: &Gap| {
        let same = |other: &Gap| {
            (&other.place, other.cause, &other.says) == (&gap.place, gap.cause, &gap.says)
        };
        anchors.gaps.iter().find(|entry| same(entry.gap))
    };
    result
        .gaps
        .iter()
        .map(|gap| GapLine {
            id: number(gap).map_or_else(String::new, |entry| entry.id.clone()),
            cause: words::cause(gap.cause),
            line: gap.line(),
            remedy: &gap.remedy,
        })
        .collect()
}

/// Commands that show the first deviation in the shipped bytes without this tool, and that make
/// the results again with it: from these bytes, and from a checkout.
fn commands(anchors: &Anchors<'_>, result: &ControlResult) -> Vec<Command> {
    let run = anchors.run();
    let mut commands: Vec<Command> = Vec::new();
    let mut add = |line: String, does: &'static str| commands.push(Command { line, does });
    let bytes = "runs in this folder, uses no part of this tool and shows the sealed bytes";
    let placed = result.deviations.iter().find_map(|deviation| {
        Some((
            anchors.bundle.evidence_path(&deviation.path)?,
            deviation.line?,
        ))
    });
    let first = result
        .evidence
        .iter()
        .find_map(|path| anchors.bundle.evidence_path(path));
    if let Some((path, line)) = placed {
        add(format!("sed -n {line}p {path}"), bytes);
    } else if let (Some(path), true) = (first, result.outcome != Outcome::NotTested) {
        add(format!("sha256sum {path}"), bytes);
    }
    add(
        "audit reperform .".to_owned(),
        "runs in this folder and derives the results from the sealed bytes; it names what it cannot",
    );
    let plain = run
        .catalogue
        .name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '-');
    if plain {
        let catalogue = &run.catalogue.name;
        add(
            format!("audit . --controls {catalogue} --as-of {}", run.as_of),
            "runs in a checkout of the commit with the reports beside it and makes the results again",
        );
    }
    commands
}
