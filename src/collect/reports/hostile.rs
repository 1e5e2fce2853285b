//! What no report may do to us, whoever wrote it: every format against the same damage.

use proptest::prelude::*;

use super::inspect::inspect_large;
use super::{Outcome, formats, inspect};
use crate::model::exhibit::{Digest, Redaction};
use crate::model::reading::{Reading, ReadingState};
use crate::tree::Large;
use crate::tree::digest::sha256;

/// What a format's own sample does not show: a secret scanner's JUnit XML.
const OTHERS: [(&str, &str); 1] = [(
    "gitleaks.junit.xml",
    r#"<testsuites><testsuite name="gitleaks" tests="1"><testcase file="a.py"
 name="aws has detected a secret in file a.py, line 7, at commit c."><failure
 message="m">{&quot;Secret&quot;: &quot;x&quot;}</failure></testcase></testsuite></testsuites>"#,
)];

/// Formats of which no report is ever complete.
const NEVER_COMPLETE: [&str; 3] = super::search::KEPT_BY_TOOLS;

/// Samples of formats whose files are added together by putting one behind the other, so that one
/// that stands twice is whole and says the same.
const ADDABLE: [&str; 2] = ["lcov.info", "cover.out"];

/// A small complete report of every format, with the name it usually has.
fn samples() -> impl Iterator<Item = (&'static str, &'static str)> {
    let formats = formats().map(crate::collect::reports::Format::spec);
    let completing = formats.filter(|spec| !NEVER_COMPLETE.contains(&spec.name));
    completing.map(|spec| spec.sample).chain(OTHERS)
}

fn nth(sample: usize) -> (&'static str, &'static str) {
    samples().nth(sample).expect("a sample")
}

fn read(path: &str, bytes: &[u8]) -> Option<Reading> {
    match inspect(path, bytes).outcome {
        Outcome::Report(reading) => Some(*reading),
        Outcome::Unreadable { .. } | Outcome::Unrecognised => None,
    }
}

/// The same of a file that stays on disk.
fn read_large(path: &str, bytes: &[u8]) -> Option<Reading> {
    match inspect_large(&Large::of_bytes(path, bytes), None).outcome {
        Outcome::Report(reading) => Some(*reading),
        Outcome::Unreadable { .. } | Outcome::Unrecognised => None,
    }
}

/// A reading, and the digest of what is shipped of it in the place of the bytes.
fn as_shipped(mut reading: Reading) -> (Reading, Option<(Redaction, Digest)>) {
    let held = reading.redacted.take();
    let held = held.map(|(redaction, bytes)| (redaction, sha256(&bytes)));
    let large = reading.redacted_large.take();
    let large = large.map(|(redaction, shipped)| (redaction, shipped.sha256));
    (reading, held.or(large))
}

fn complete(path: &str, bytes: &[u8]) -> bool {
    read(path, bytes).is_some_and(|reading| reading.state == ReadingState::Complete)
}

fn utf16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

#[test]
fn the_samples_are_complete_and_their_name_decides_nothing() {
    for (path, text) in samples() {
        let reading = read(path, text.as_bytes()).expect(path);
        assert_eq!(
            reading.state == ReadingState::Complete,
            !NEVER_COMPLETE.contains(&reading.format),
            "{path}: {:?}",
            reading.notes
        );
        let renamed = read("results.txt", text.as_bytes()).expect(path);
        assert_eq!(renamed.measures, reading.measures, "{path}");
    }
}

#[test]
fn what_holds_no_counts_is_never_complete() {
    let specs = formats().map(crate::collect::reports::Format::spec);
    let never: Vec<_> = specs
        .filter(|spec| NEVER_COMPLETE.contains(&spec.name))
        .collect();
    assert_eq!(never.len(), NEVER_COMPLETE.len());
    for spec in never {
        let (path, text) = spec.sample;
        assert!(!complete(path, text.as_bytes()), "{path}");
        let outcome = inspect(path, text.as_bytes()).outcome;
        assert_ne!(outcome, Outcome::Unrecognised, "{path}");
    }
}

#[test]
fn a_report_that_was_cut_short_is_never_complete() {
    for (path, text) in samples() {
        for name in [path, "results.txt"] {
            for end in 0..text.len() {
                let cut = text.as_bytes().get(..end).expect("a beginning");
                assert!(!complete(name, cut), "{name} at byte {end}");
            }
        }
    }
}

#[test]
fn an_encoding_changes_nothing() {
    for (path, text) in samples() {
        let plain = read(path, text.as_bytes()).expect(path);
        let windows = text.replace('\n', "\r\n");
        for bytes in [
            format!("\u{feff}{text}").into_bytes(),
            windows.clone().into_bytes(),
            utf16(&windows),
        ] {
            let other = read(path, &bytes).expect(path);
            assert_eq!(other.measures, plain.measures, "{path}");
            assert_eq!(other.state, plain.state, "{path}");
        }
    }
}

#[test]
fn a_report_on_disk_is_read_as_one_in_memory() {
    for (path, text) in samples() {
        let windows = text.replace('\n', "\r\n");
        // Longer than the beginning by which a document is recognised.
        let padded = format!("{text}{}", " ".repeat(100_000));
        let first = text.chars().next().unwrap_or_default();
        let after = text.strip_prefix(first).unwrap_or_default();
        let begun_late = format!("{first}{}{after}", "\n".repeat(100_000));
        for bytes in [
            text.as_bytes().to_vec(),
            format!("\u{feff}{windows}").into_bytes(),
            utf16(&windows),
            padded.into_bytes(),
            begun_late.into_bytes(),
        ] {
            let held = read(path, &bytes).map(as_shipped);
            assert_eq!(read_large(path, &bytes).map(as_shipped), held, "{path}");
        }
    }
}

#[test]
fn a_sequence_whose_first_value_is_broken_is_no_report_on_disk_either() {
    for (path, text) in [
        (
            "mypy.json",
            concat!(
                r#"{"file": "a.py", "line": 7  "column": 4, "message": "m", "hint": null,"#,
                r#" "code": "misc", "severity": "error"}"#,
                "\n",
            ),
        ),
        (
            "cargo-deny.jsonl",
            concat!(
                r#"{"fields":{"code":"vulnerability","severity":"error",0:[]},"#,
                r#""type":"diagnostic"}"#,
                "\n",
                r#"{"fields":{"advisories":{"errors":0}},"type":"summary"}"#,
            ),
        ),
        (
            "yarn-audit.json",
            concat!(
                r#"{"type":"auditAdvisory","data":{"resolution":{"id":1,,"#,
                "\n",
                r#"{"type":"auditSummary","data":{"vulnerabilities":{"high":0}}}"#,
            ),
        ),
    ] {
        assert_eq!(read(path, text.as_bytes()), None, "{path}");
        assert_eq!(read_large(path, text.as_bytes()), None, "{path}");
    }
}

#[test]
fn a_report_on_disk_that_was_cut_short_is_never_complete() {
    for (path, text) in samples() {
        for end in 0..text.len() {
            let cut = text.as_bytes().get(..end).expect("a beginning");
            let state = read_large(path, cut).map(|reading| reading.state);
            assert_ne!(state, Some(ReadingState::Complete), "{path} at byte {end}");
        }
        let followed = [text.as_bytes(), &vec![b' '; 100_000], b"\0\xff"].concat();
        let state = read_large(path, &followed).map(|reading| reading.state);
        assert_ne!(
            state,
            Some(ReadingState::Complete),
            "{path}, followed by others"
        );
    }
}

#[test]
fn a_report_that_stands_twice_or_holds_nul_is_never_complete() {
    for (path, text) in samples() {
        for twice in [format!("{text}{text}"), format!("{text}\n{text}\n")] {
            let same = || {
                let [one, two] = [text, &twice].map(|text| read(path, text.as_bytes()));
                one.map(|one| one.measures) == two.map(|two| two.measures)
            };
            let added = ADDABLE.contains(&path) && same();
            assert!(added || !complete(path, twice.as_bytes()), "{path}");
        }
        assert!(!complete(path, format!("{text}\0").as_bytes()), "{path}");
        let half = text.len() / 2;
        let broken = [
            &text.as_bytes()[..half],
            b"\0\xff",
            &text.as_bytes()[half..],
        ]
        .concat();
        assert!(!complete(path, &broken), "{path}");
    }
}

#[test]
fn what_would_exhaust_the_machine_is_refused() {
    let bomb = r#"<!DOCTYPE c [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><coverage line-rate="1">&b;
        </coverage>"#;
    for (path, text) in [
        ("coverage.xml", bomb.to_owned()),
        (
            "coverage.xml",
            format!("<coverage line-rate='1'>{}", "<a>".repeat(500_000)),
        ),
        (
            "junit.xml",
            format!("<testsuites>{}", "<testsuite>".repeat(500_000)),
        ),
        ("coverage.json", "[".repeat(1_000_000)),
        (
            "x.sarif",
            format!("{{\"runs\":[{{\"tool\":{}", "{\"a\":".repeat(500_000)),
        ),
        (
            "gitleaks.json",
            format!("[{{\"RuleID\":\"a\",\"Match\":{}", "[".repeat(500_000)),
        ),
    ] {
        let outcome = inspect(path, text.as_bytes()).outcome;
        assert!(
            matches!(outcome, Outcome::Unreadable { .. }),
            "{path}: {outcome:?}"
        );
    }
}

#[test]
fn a_stack_trace_in_the_place_of_a_report_is_lost_evidence() {
    let outcome = inspect("out/coverage.xml", b"Traceback (most recent call last):").outcome;
    assert!(matches!(outcome, Outcome::Unreadable { kind: Some(_), .. }));
    let outcome = inspect("out/coverage.xml", b"<coverage line-ra").outcome;
    assert!(matches!(outcome, Outcome::Unreadable { kind: Some(_), .. }));
    assert_eq!(
        inspect("notes.md", b"# Notes").outcome,
        Outcome::Unrecognised
    );
}

/// The sample with some of its scalars replaced by values of another type or size.
fn odd_values(text: &str, picks: &[(usize, usize)]) -> String {
    const ODD: [&str; 9] = [
        "-1",
        "1e400",
        "99999999999999999999999",
        "2.5",
        "null",
        "true",
        "[]",
        "{}",
        "\"\"",
    ];
    let mut text = text.to_owned();
    for (at, odd) in picks {
        let numbers: Vec<usize> = text
            .char_indices()
            .filter(|(_, sign)| sign.is_ascii_digit())
            .map(|(place, _)| place)
            .collect();
        if let Some(place) = numbers.get(at % numbers.len().max(1)) {
            text.replace_range(place..&(place + 1), ODD[odd % ODD.len()]);
        }
    }
    text
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(
        sample in 0..samples().count(),
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        inspect(nth(sample).0, &bytes);
    }

    #[test]
    fn flipped_bytes_never_panic(
        sample in 0..samples().count(),
        flips in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..6),
        cut in any::<Option<usize>>(),
    ) {
        let (path, text) = nth(sample);
        let mut bytes = text.as_bytes().to_vec();
        for (at, byte) in flips {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut % bytes.len());
        }
        inspect(path, &bytes);
    }

    #[test]
    fn a_damaged_report_on_disk_is_read_as_one_in_memory(
        sample in 0..samples().count(),
        flips in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..3),
        picks in proptest::collection::vec((any::<usize>(), any::<usize>()), 0..3),
    ) {
        let (path, text) = nth(sample);
        let mut bytes = odd_values(text, &picks).into_bytes();
        for (at, byte) in flips {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        let held = read(path, &bytes).map(as_shipped);
        prop_assert_eq!(read_large(path, &bytes).map(as_shipped), held, "{}", path);
    }

    #[test]
    fn odd_values_never_panic_and_redaction_is_done_once(
        sample in 0..samples().count(),
        picks in proptest::collection::vec((any::<usize>(), any::<usize>()), 1..4),
    ) {
        let (path, text) = nth(sample);
        let text = odd_values(text, &picks);
        if let Some(reading) = read(path, text.as_bytes())
            && let Some((_, without)) = reading.redacted
        {
            let again = read(path, &without).expect("still a report");
            prop_assert_eq!(again.redacted, None);
            prop_assert_eq!(again.measures, reading.measures);
            prop_assert_eq!(again.items, reading.items);
        }
    }
}
