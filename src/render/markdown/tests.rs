//! Tests: the summary of hand-built runs, and of one with every text that could do harm.

use crate::model::control::Severity;
use crate::model::result::{Outcome, WaiverUse};
use crate::render::Closing;
use crate::render::sample;
use crate::render::table::tests::build::{
    closing, run, settled, transcript_a, unsafe_calls, waiver,
};
use crate::seal::Bundle;

use super::{COMMENT, Links, SUMMARY, render};

fn shown(run: crate::model::run::Run) -> String {
    render(&Bundle::new(run, Severity::Low), &closing(), SUMMARY)
}

#[test]
fn exceptions_as_in_the_forge() {
    insta::assert_snapshot!("exceptions", shown(transcript_a()));
}

#[test]
fn a_clean_run_is_short() {
    let results = vec![settled("AC-01", Outcome::NoExceptionsNoted)];
    insta::assert_snapshot!("clean", shown(run(Vec::new(), results)));
}

#[test]
fn what_is_waived_is_shown_with_its_waiver() {
    let (control, mut result) = unsafe_calls();
    result.gaps.clear();
    result.waived = true;
    for deviation in &mut result.deviations {
        deviation.waiver = Some("W-001".to_owned());
    }
    result.waivers = vec![WaiverUse {
        id: "W-001".to_owned(),
        covers: 2,
    }];
    let mut run = run(vec![control], vec![result]);
    let waiver = waiver("W-001", "CP-02", "2026-12-31", 2);
    let state = waiver.state(run.as_of);
    run.waivers = vec![(waiver, state)];
    insta::assert_snapshot!("waived", shown(run));
}

#[test]
fn without_a_bundle_it_says_that_it_is_no_evidence() {
    let bundle = Bundle::new(transcript_a(), Severity::Low);
    let text = render(&bundle, &Closing::default(), SUMMARY);
    assert!(text.contains("\nOnly some controls were examined, so this is no evidence.\n"));
    assert!(text.ends_with(" · exit 1 · no bundle\n"), "{text}");
}

#[test]
fn a_line_is_linked_where_it_shows_the_bytes_that_were_read() {
    let links = Links::new("https://github.com", "acme/ledger");
    let closing = Closing { links, ..closing() };
    let linked = render(&sample::bundle(), &closing, SUMMARY);
    let url = format!(
        "https://github.com/acme/ledger/blob/{}/.github/workflows/nightly.yml#L",
        sample::COMMIT
    );
    assert!(linked.contains(&url), "{linked}");
    let mut changed = sample::run();
    for exhibit in &mut changed.exhibits {
        exhibit.tracked = false;
    }
    let text = render(&Bundle::new(changed, Severity::Low), &closing, SUMMARY);
    assert!(!text.contains("https://"), "{text}");
}

#[test]
fn nothing_of_a_repository_leaves_its_cell() {
    let closing = Closing {
        links: Links::new("https://github.com", "acme/ledger"),
        ..closing()
    };
    let text = render(&sample::bundle(), &closing, SUMMARY);
    let plain = |c: char| c == '\n' || !c.is_control();
    assert!(text.chars().all(plain) && !text.contains('\u{202e}'));
    // What stands between backticks is shown as it is.
    let outside: String = text.split('`').step_by(2).collect();
    assert!(outside.contains("&lt;img src=x"), "{outside}");
    for tag in outside.split('<').skip(1) {
        let known = [
            "details>",
            "/details>",
            "summary>",
            "/summary>",
            "br>",
            "code>",
            "/code>",
            "span>",
            "/span>",
            "!-- -->",
        ];
        assert!(known.iter().any(|it| tag.starts_with(it)), "<{tag}");
    }
    // Every row has as many cells as its head.
    let mut cells = 0;
    for line in text.lines() {
        let bars = line
            .replace("\\\\", "")
            .replace("\\|", "")
            .matches('|')
            .count();
        if line.starts_with("| --- ") {
            cells = bars;
        } else if line.starts_with('|') && cells > 0 {
            assert_eq!(bars, cells, "{line}");
        } else {
            cells = 0;
        }
    }
}

#[test]
fn a_page_that_is_too_long_keeps_its_head_and_its_counts() {
    let whole = render(&sample::bundle(), &closing(), COMMENT);
    for most in [whole.len() - 1, 2_000, 1_200, 10] {
        let text = render(&sample::bundle(), &closing(), most);
        assert!(text.len() <= most.max(900), "{most}: {}", text.len());
        assert!(text.starts_with("### Exceptions noted: "), "{text}");
        assert!(text.contains(" would make this too long"), "{text}");
        assert!(text.trim_end().ends_with(whole.lines().last().unwrap()));
        assert_eq!(
            text.matches("<details>").count(),
            text.matches("</details>").count()
        );
    }
}
