//! Hand-built runs against the golden transcripts.

pub(crate) mod build;
mod width;

use build::{
    control, gap, pins, run, settled, shown, transcript_a, unsafe_calls, untested, waiver,
};

use super::{Detail, Style, render};
use crate::model::control::{Requirement, Severity};
use crate::model::fact::Population;
use crate::model::gap::{Cause, Gap};
use crate::model::relations::{COVERAGE_REPORT, MUTATION_REPORT};
use crate::model::result::{Outcome, WaiverUse};
use crate::model::run::Subject;
use crate::model::waiver::WaiverState;

#[test]
fn exceptions_as_in_transcript_a() {
    insta::assert_snapshot!("exceptions", shown(transcript_a(), &Style::plain()));
}

#[test]
fn sixty_columns_wrap_values_and_cut_nothing() {
    let style = Style {
        width: 60,
        ..Style::plain()
    };
    insta::assert_snapshot!("sixty", shown(transcript_a(), &style));
}

#[test]
fn ascii_signs_replace_ours() {
    let style = Style {
        ascii: true,
        ..Style::plain()
    };
    let text = shown(transcript_a(), &style);
    assert!(text.is_ascii(), "{text}");
    assert!(text.contains("audit 1.0.0 - SOC 2(R) controls, point in time - "));
    assert!(text.contains("\nx CP-02  critical  "));
}

#[test]
fn quiet_keeps_titles_counts_and_the_end_and_verbose_shows_every_place() {
    let with = |detail| Style {
        detail,
        ..Style::plain()
    };
    insta::assert_snapshot!("quiet", shown(transcript_a(), &with(Detail::Quiet)));
    let text = shown(transcript_a(), &with(Detail::Full));
    assert_eq!(text.matches("actions/cache@v4").count(), 7);
    assert!(!text.contains("more places"));
}

#[test]
fn colour_changes_no_word() {
    let coloured = Style {
        colour: true,
        ..Style::plain()
    };
    let text = shown(transcript_a(), &coloured);
    assert!(text.contains("\u{1b}[31m✗\u{1b}[0m"));
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    assert_eq!(plain, shown(transcript_a(), &Style::plain()));
}

#[test]
fn no_evidence_as_in_transcript_b() {
    let mut controls = Vec::new();
    let mut results = Vec::new();
    for (id, relation) in [
        ("TQ-01", &COVERAGE_REPORT),
        ("TQ-02", &COVERAGE_REPORT),
        ("TQ-03", &MUTATION_REPORT),
    ] {
        let mut control = control(id, Severity::High, "Coverage", "");
        control.requires = vec![Requirement {
            report: relation,
            origin: None,
            max_age: None,
            same_sources: false,
            undated: None,
            files_elsewhere: None,
        }];
        controls.push(control);
        let gap = Gap::missing(
            format!("{}: none was found", relation.item),
            relation.remedy,
        );
        results.push(untested(id, Severity::High, gap));
    }
    results.push(settled("CI-02", Outcome::NoExceptionsNoted));
    let mut run = run(controls, results);
    for relation in [&COVERAGE_REPORT, &MUTATION_REPORT] {
        run.facts.insert(relation.name, Population::absent());
    }
    insta::assert_snapshot!("no_evidence", shown(run, &Style::plain()));
}

#[test]
fn clean_as_in_transcript_c() {
    let ids = ["AC-01", "AC-02", "CI-01", "TQ-01"];
    let mut run = run(
        Vec::new(),
        ids.map(|id| settled(id, Outcome::NoExceptionsNoted)).into(),
    );
    run.policy.path = Some(".audit/policy.yaml".to_owned());
    run.outside.clear();
    insta::assert_snapshot!("clean", shown(run, &Style::plain()));
}

#[test]
fn waivers_as_in_transcript_d() {
    let (pinned, mut pins) = pins();
    pins.deviations.truncate(1);
    let (called, mut calls) = unsafe_calls();
    calls.gaps.clear();
    calls.waived = true;
    for deviation in &mut calls.deviations {
        deviation.waiver = Some("W-001".to_owned());
    }
    calls.waivers = vec![WaiverUse {
        id: "W-001".to_owned(),
        covers: 2,
    }];
    let mut run = run(
        vec![pinned, called],
        vec![pins, calls, settled("DP-04", Outcome::DidNotOccur)],
    );
    let mut first = waiver("W-001", "CP-02", "2026-12-31", 2);
    first.ticket = Some("SEC-88".to_owned());
    first.compensating = Some(
        "Cache files are signed, and the signature is checked before they are read.".to_owned(),
    );
    let mut foreign = waiver("W-004", "TQ-01", "2026-12-31", 40);
    foreign.on_base = Some(false);
    run.waivers = [
        first,
        waiver("W-002", "CI-01", "2026-10-31", 14),
        waiver("W-003", "DP-04", "2026-12-31", 27),
        foreign,
    ]
    .into_iter()
    .map(|waiver| {
        let state = waiver.state(run.as_of);
        (waiver, state)
    })
    .collect();
    assert_eq!(run.waivers[1].1, WaiverState::Expired);
    insta::assert_snapshot!("waivers", shown(run, &Style::plain()));
}

#[test]
fn not_a_git_repository_as_in_transcript_e() {
    let missing = gap(
        Cause::Missing,
        "",
        "a commit: there is no .git in payments-1.4.0 nor in a directory above it",
        "Run audit in a clone; an archive has no history, and may leave files out.",
    );
    let results = ["CM-05", "CR-02"].map(|id| untested(id, Severity::High, missing.clone()));
    let mut run = run(Vec::new(), results.into());
    run.subject = Subject {
        name: "payments-1.4.0".to_owned(),
        ..Subject::default()
    };
    insta::assert_snapshot!("no_git", shown(run, &Style::plain()));
}

#[test]
fn a_file_name_cannot_steer_the_terminal() {
    let (control, mut result) = unsafe_calls();
    result.gaps.clear();
    for (index, deviation) in result.deviations.iter_mut().enumerate() {
        deviation.place = format!("a\u{1b}[2J{index}.py:1:1");
        deviation.item = vec![("symbol".to_owned(), "x\u{202e}y\n✗".to_owned())];
    }
    let text = shown(run(vec![control], vec![result]), &Style::plain());
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
    assert!(text.contains("a\\u{1b}[2J0.py:1:1  x\\u{202e}y\\u{a}✗"));
}
