//! Annotations as GitHub Actions reads them: one a control with exceptions, one a cause for which
//! controls were not tested. The runner shows ten of a level for each step, so that no more are
//! written, and the last one counts the rest.

use crate::model::gap::Gap;
use crate::model::orders::{Written, inert};
use crate::model::result::{ControlResult, Deviation};
use crate::model::run::Run;
use crate::model::text::visible;
use crate::seal::Bundle;

use super::causes::{Cluster, RUN_THE_TOOLS, clusters, reason};
use super::table::count;
use super::verdict::{ordered, told};

/// How many annotations of one level a step shows.
const SHOWN: usize = 10;
/// How many characters of a title are sent; GitHub takes 255.
const TITLE: usize = 200;
/// How many characters of a message are sent; the runner cuts at 4,096.
const MESSAGE: usize = 1_024;

/// Annotations, a line each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Annotations {
    /// The lines.
    pub text: String,
    /// How many there are.
    pub count: usize,
}

/// The annotations of a run: an error for exceptions, a notice where a waiver covers all of them,
/// a warning for what was not tested.
pub fn annotations(bundle: &Bundle) -> Annotations {
    let run = bundle.run();
    let (waived, open): (Vec<_>, Vec<_>) =
        ordered(run).into_iter().partition(|result| result.waived);
    let named = |results: &[&ControlResult]| {
        let ids: Vec<&str> = results.iter().map(|it| it.control.as_str()).collect();
        ids.join(" ")
    };
    let mut annotations = Annotations::default();
    annotations.level(
        &open,
        |result| exception(run, result),
        |rest| Order {
            level: "error",
            title: count(
                rest.len(),
                "more control with exceptions",
                "more controls with exceptions",
            ),
            message: elsewhere(&named(rest)),
            ..Order::default()
        },
    );
    let causes = clusters(run);
    annotations.level(&causes, cause, |rest| {
        let results: Vec<&ControlResult> =
            rest.iter().flat_map(|it| &it.results).copied().collect();
        Order {
            level: "warning",
            title: count(
                results.len(),
                "more control not tested",
                "more controls not tested",
            ),
            message: elsewhere(&named(&results)),
            ..Order::default()
        }
    });
    annotations.level(
        &waived,
        |result| exception(run, result),
        |rest| Order {
            level: "notice",
            title: count(
                rest.len(),
                "more control with exceptions that are waived",
                "more controls with exceptions that are waived",
            ),
            message: elsewhere(&named(rest)),
            ..Order::default()
        },
    );
    annotations
}

/// Where to read of what is not shown.
fn elsewhere(ids: &str) -> String {
    format!("{ids}. All of it: report.html of the bundle, the job summary, and audit explain.")
}

impl Annotations {
    /// Adds those of one level: all of them or, where there are too many, the first ones and one
    /// for the rest.
    fn level<T>(&mut self, all: &[T], one: impl Fn(&T) -> Order, rest: impl Fn(&[T]) -> Order) {
        let shown = if all.len() > SHOWN {
            SHOWN - 1
        } else {
            all.len()
        };
        let (first, left) = all.split_at(shown);
        let mut orders: Vec<Order> = first.iter().map(one).collect();
        if !left.is_empty() {
            orders.push(rest(left));
        }
        self.count += orders.len();
        for order in orders {
            self.text.push_str(&order.line());
        }
    }
}

/// One annotation.
#[derive(Debug, Default)]
struct Order {
    level: &'static str,
    at: Option<(String, Option<u32>, Option<u32>)>,
    title: String,
    message: String,
}

impl Order {
    /// The line that the runner obeys, and nothing but that line.
    fn line(&self) -> String {
        let mut properties = Vec::new();
        if let Some((path, line, column)) = &self.at {
            properties.push(format!("file={}", property(path)));
            properties.extend(line.map(|line| format!("line={line}")));
            properties.extend(column.map(|column| format!("col={column}")));
        }
        properties.push(format!("title={}", property(&short(&self.title, TITLE))));
        let (level, properties) = (self.level, properties.join(","));
        format!(
            "::{level} {properties}::{}\n",
            data(&short(&self.message, MESSAGE))
        )
    }
}

fn short(text: &str, most: usize) -> String {
    let text = visible(text);
    if text.chars().count() <= most {
        return text.into_owned();
    }
    let head: String = text.chars().take(most - 1).collect();
    format!("{head}…")
}

/// The message of a command. What steers is visible already; an order of the older kind, which the
/// runner looks for where it does not know this one, is none.
fn data(text: &str) -> String {
    let text = visible(text).replace('%', "%25");
    let text = text.replace('\r', "%0D").replace('\n', "%0A");
    inert(&text, Written::Plain).into_owned()
}

/// The value of a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

fn exception(run: &Run, result: &ControlResult) -> Order {
    let control = run.control(&result.control);
    let (title, fix) = control.map_or(("", ""), |it| (&it.title, &it.remediation));
    let open: Vec<&Deviation> = result
        .deviations
        .iter()
        .filter(|deviation| result.waived || deviation.waiver.is_none())
        .collect();
    let mut message = vec![said(result)];
    if result.waived {
        let waivers: Vec<String> = result.waivers.iter().map(|it| until(run, &it.id)).collect();
        message.push(format!("Waived by {}.", waivers.join(", ")));
    } else {
        let more = match open.len().saturating_sub(1) {
            0 => "More".to_owned(),
            left => count(left, "more place", "more places"),
        };
        message.push(fix.to_owned());
        message.push(format!("{more}: audit explain {}", result.control));
    }
    let first = open.first().filter(|first| !first.path.is_empty());
    let waived = if result.waived { ", waived" } else { "" };
    Order {
        level: if result.waived { "notice" } else { "error" },
        at: first.map(|first| (first.path.clone(), first.line, first.column)),
        title: format!(
            "{} {}{waived}: {title}",
            result.control,
            result.severity.name()
        ),
        message: joined(&message),
    }
}

/// `2 calls on the blocklist, required at most 0.`
fn said(result: &ControlResult) -> String {
    let told = told(result);
    let Some(test) = told.first() else {
        return String::new();
    };
    let observed = test.observed.split(" · ").next().unwrap_or_default();
    let observed = observed.split(": ").next().unwrap_or_default();
    let clauses = test.required.split(" · ").map(|clause| {
        let clause = clause.split(" (").next().unwrap_or_default();
        let bound = clause.starts_with("at most ") || clause.starts_with("at least ");
        let cut = clause.split(", ").next().filter(|_| bound);
        cut.unwrap_or(clause)
    });
    let required: Vec<&str> = clauses.collect();
    format!("{observed}, required {}.", required.join(" · "))
}

/// A waiver with its last day.
fn until(run: &Run, id: &str) -> String {
    let waiver = run.waivers.iter().find(|(waiver, _)| waiver.id == id);
    match waiver.and_then(|(waiver, _)| waiver.expires) {
        Some(day) => format!("{id} to {day}"),
        None => id.to_owned(),
    }
}

fn cause(cluster: &Cluster<'_>) -> Order {
    let ids: Vec<&str> = cluster
        .results
        .iter()
        .map(|result| result.control.as_str())
        .collect();
    Order {
        level: "warning",
        at: None,
        title: format!("Not tested: {}", ids.join(" ")),
        message: why(cluster, ids.first().copied().unwrap_or_default()),
    }
}

fn why(cluster: &Cluster<'_>, id: &str) -> String {
    if !cluster.kinds.is_empty() {
        let kinds: Vec<&str> = cluster.kinds.iter().copied().collect();
        let reports = count(kinds.len(), "report is missing", "reports are missing");
        return format!("{reports}: {}. {RUN_THE_TOOLS}", kinds.join(" "));
    }
    let Some(first) = cluster.gaps.first() else {
        let first = cluster.results.first();
        return format!("{}.", first.map_or("", |result| reason(result)));
    };
    let mut message = vec![format!("{}.", says(first))];
    message.extend(cluster.remedies().first().map(|first| (*first).to_owned()));
    if let Some(left) = cluster.gaps.len().checked_sub(1).filter(|left| *left > 0) {
        let more = count(left, "more gap", "more gaps");
        message.push(format!("{more}: audit explain {id}"));
    }
    joined(&message)
}

/// The sentences of a message, without those that are empty.
fn joined(sentences: &[String]) -> String {
    let said: Vec<&str> = sentences.iter().map(String::as_str).collect();
    let said: Vec<&str> = said.into_iter().filter(|it| !it.is_empty()).collect();
    said.join(" ")
}

/// The place of a gap and the first thing it says.
fn says(gap: &Gap) -> String {
    let says = gap.says.split("; ").next().unwrap_or_default();
    if gap.place.is_empty() {
        says.to_owned()
    } else {
        format!("{}: {says}", gap.place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::control::Severity;
    use crate::model::gap::Cause;
    use crate::model::result::WaiverUse;
    use crate::render::sample;
    use crate::render::table::tests::build::{
        gap, pins, run, transcript_a, unsafe_calls, untested,
    };

    fn of(run: Run) -> Annotations {
        annotations(&Bundle::new(run, Severity::Low))
    }

    #[test]
    fn one_a_control_and_one_a_cause_as_in_the_forge() {
        let made = of(transcript_a());
        assert_eq!(made.count, 6);
        insta::assert_snapshot!(made.text);
    }

    #[test]
    fn no_text_of_a_repository_is_an_order_of_its_own() {
        let (control, mut result) = unsafe_calls();
        for deviation in &mut result.deviations {
            deviation.path = "a,line=9::b%0A::add-mask::c\n::stop-commands::d ##[group]".to_owned();
        }
        let made = of(run(vec![control], vec![result]));
        let (first, rest) = made.text.split_once('\n').expect("a line");
        assert_eq!(rest, "", "one line");
        let path = first.strip_prefix("::error file=").expect("an error");
        let path = path.split_once(",line=41,").expect("the line").0;
        assert_eq!(
            path,
            "a%2Cline=9%3A%3Ab%250A%3A%3Aadd-mask%3A%3Ac\\u{a}%3A%3Astop-commands%3A%3Ad \
             \\u{23}#[group]"
        );
        for line in of(sample::run()).text.lines() {
            let known = ["::error ", "::warning ", "::notice "];
            assert!(known.iter().any(|it| line.starts_with(it)), "{line}");
            let plain = |c: char| !c.is_control() && c != '\u{202e}';
            assert!(line.chars().all(plain) && !line.contains("##["), "{line}");
        }
    }

    #[test]
    fn ten_of_a_level_are_shown_and_the_last_one_counts_the_rest() {
        for (all, shown) in [(10, 10), (11, 10), (40, 10)] {
            let results = (0..all).map(|number| {
                let gap = gap(Cause::Missing, "", &format!("report {number}"), "Run it.");
                untested(&format!("TQ-{number:02}"), Severity::High, gap)
            });
            let made = of(run(Vec::new(), results.collect()));
            assert_eq!((made.count, made.text.lines().count()), (shown, shown));
            let last = made.text.lines().last().expect("a line");
            let left = all - 9;
            assert_eq!(
                last.contains(&format!(
                    "title={left} more controls not tested::TQ-09 TQ-10"
                )),
                all > 10,
                "{last}"
            );
        }
    }

    #[test]
    fn what_is_waived_is_a_notice_and_what_is_not_is_named() {
        let (control, mut result) = pins();
        let waive = |result: &mut ControlResult, count: usize| {
            for deviation in result.deviations.iter_mut().take(count) {
                deviation.waiver = Some("W-001".to_owned());
            }
            result.waived = count == result.deviations.len();
            result.waivers = vec![WaiverUse {
                id: "W-001".to_owned(),
                covers: count,
            }];
        };
        waive(&mut result, 8);
        let some = of(run(vec![control.clone()], vec![result.clone()])).text;
        assert!(
            some.starts_with(
                "::error file=.github/workflows/release.yml,line=46,title=CI-01 high%3A "
            ),
            "{some}"
        );
        assert!(
            some.ends_with(" in a comment. More: audit explain CI-01\n"),
            "{some}"
        );
        waive(&mut result, 9);
        let all = of(run(vec![control], vec![result])).text;
        assert!(all.starts_with(
            "::notice file=.github/workflows/ci.yml,line=14,title=CI-01 high%2C waived%3A "
        ));
        assert!(all.ends_with(" Waived by W-001.\n"), "{all}");
    }

    #[test]
    fn a_long_message_is_cut() {
        let (mut control, result) = unsafe_calls();
        control.title = "t".repeat(5_000);
        control.remediation = "f".repeat(5_000);
        let made = of(run(vec![control], vec![result]));
        assert!(made.text.chars().count() < TITLE + MESSAGE + 100);
    }
}
