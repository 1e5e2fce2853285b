//! Reports: what has to hold of whatever is read of one, whole or damaged, in memory or on disk.

use audit::collect::reports::{Inspection, Outcome, formats, inspect, inspect_file};
use audit::model::exhibit::{Digest, Redaction};
use audit::model::reading::{Reading, ReadingState, ReportKind};
use audit::model::value::Value;
use audit::parse::limits::Caps;
use audit::tree::digest::sha256;
use audit::tree::{File, Large};

use crate::seeds::Seeds;
use crate::{folder, number_of, place_in};

/// Formats whose documents may follow each other, or are made of lines: a shorter one may be whole.
const OF_PARTS: [&str; 3] = ["trufflehog", "trufflehog-2", "trufflehog-log"];

/// The samples of the formats of these kinds, and what becomes of files.
pub fn seeds(kinds: &[ReportKind], of_file: fn(&str, &[u8]) -> Vec<Vec<u8>>) -> Seeds {
    let specs = formats().map(|format| format.spec());
    let of_kinds = specs.filter(|spec| kinds.contains(&spec.kind));
    let known = of_kinds.map(|spec| (spec.name.to_owned(), spec.sample.1.as_bytes().to_vec()));
    Seeds {
        known: known.collect(),
        of_file,
    }
}

/// A file that is a report of one of these kinds, or a damaged one.
pub fn seed(kinds: &[ReportKind], path: &str, bytes: &[u8]) -> Vec<Vec<u8>> {
    let kind = match inspect(path, bytes).outcome {
        Outcome::Report(reading) => Some(reading.kind),
        Outcome::Unreadable { kind, .. } => kind,
        Outcome::Unrecognised => None,
    };
    let is_one = kind.is_some_and(|kind| kinds.contains(&kind));
    if is_one {
        vec![bytes.to_vec()]
    } else {
        Vec::new()
    }
}

/// Looks at a document of one of these kinds.
pub fn look(kinds: &[ReportKind], bytes: &[u8]) {
    let names: Vec<&str> = formats()
        .map(|format| format.spec())
        .filter(|spec| kinds.contains(&spec.kind))
        .map(|spec| spec.sample.0)
        .collect();
    let name = *names
        .get(bytes.len() % (names.len() + 1))
        .unwrap_or(&"results.txt");
    look_named(name, bytes);
}

/// Looks at a document of this name.
pub fn look_named(name: &str, bytes: &[u8]) {
    let whole = inspect(name, bytes);
    assert_eq!(
        whole,
        inspect(name, bytes),
        "read twice, it says two things"
    );
    sound(&whole);
    on_disk_as_held(name, bytes, &whole);
    if number_of(bytes).is_multiple_of(32) {
        // Longer than the beginning by which a document on disk is recognised.
        let padded = [bytes, &vec![b' '; 70_000]].concat();
        on_disk_as_held(name, &padded, &inspect(name, &padded));
    }
    if let Outcome::Report(reading) = &whole.outcome {
        redacted_once(name, reading);
        cut_short(name, bytes, reading);
    }
}

/// What the numbers of a report may be.
fn sound(inspection: &Inspection) {
    let Outcome::Report(reading) = &inspection.outcome else {
        return;
    };
    assert_ne!(
        reading.state,
        ReadingState::Unreadable,
        "a reading of what is unreadable"
    );
    if reading.state != ReadingState::Complete {
        assert!(
            !reading.notes.is_empty(),
            "{} without a reason",
            reading.state.name()
        );
    }
    for (name, value) in &reading.measures {
        counts(name, value, reading);
    }
    let count = |name: &str| reading.measures.get(name).and_then(Value::as_int);
    if reading.state != ReadingState::Complete {
        return;
    }
    let at_most = |part: &str, whole: &str| {
        if let (Some(part_of), Some(all)) = (count(part), count(whole)) {
            assert!(
                part_of <= all,
                "{part} {part_of} of {whole} {all} in {}",
                reading.format
            );
        }
    };
    at_most("active", "total");
    at_most("suppressed", "total");
    at_most("detected", "valid");
    at_most("valid", "total");
    at_most("unknown", "packages");
    at_most("called", "unique");
    if reading.kind == ReportKind::Tests
        && let Some(total) = count("total")
    {
        let parts = ["passed", "failed", "errors", "skipped", "todo"];
        let all: i64 = parts.iter().filter_map(|part| count(part)).sum();
        assert_eq!(
            all, total,
            "the tests of {}: {:?}",
            reading.format, reading.measures
        );
    }
}

/// No count is less than nothing, and in a complete report no part is more than the whole.
fn counts(name: &str, value: &Value, reading: &Reading) {
    match value {
        Value::Int(count) => assert!(*count >= 0, "{name} is {count} in {}", reading.format),
        Value::Ratio(ratio) if reading.state == ReadingState::Complete => {
            assert!(
                ratio.covered <= ratio.total,
                "{name}: {ratio:?} in {}",
                reading.format
            );
        }
        Value::Map(counted) => counted
            .values()
            .for_each(|value| counts(name, value, reading)),
        _ => {}
    }
}

/// A reading, and the digest of what is shipped of it in the place of the bytes.
fn as_shipped(reading: &Reading) -> (Reading, Option<(Redaction, Digest)>) {
    let mut reading = reading.clone();
    let held = reading.redacted.take();
    let held = held.map(|(redaction, bytes)| (redaction, sha256(&bytes)));
    let large = reading.redacted_large.take();
    let large = large.map(|(redaction, shipped)| (redaction, shipped.sha256));
    (reading, held.or(large))
}

fn report(inspection: &Inspection) -> Option<&Reading> {
    match &inspection.outcome {
        Outcome::Report(reading) => Some(reading),
        Outcome::Unreadable { .. } | Outcome::Unrecognised => None,
    }
}

/// A file that stays on disk says what it says in memory, or nothing.
fn on_disk_as_held(name: &str, bytes: &[u8], held: &Inspection) {
    let full = folder::write("document", bytes);
    let large = Large::open(&full, name, Caps::default(), None).expect("a file");
    let on_disk = inspect_file(&File::on_disk(large, None, false), None);
    let [one, other] = [held, &on_disk].map(|one| report(one).map(as_shipped));
    assert_eq!(other, one, "on disk and in memory: {on_disk:?} {held:?}");
}

/// What was taken out is gone, and what is left says the same.
fn redacted_once(name: &str, reading: &Reading) {
    let Some((_, without)) = &reading.redacted else {
        return;
    };
    let again = inspect(name, without);
    let Some(again) = report(&again) else {
        panic!("without what was taken out it is no report any more: {again:?}");
    };
    assert_eq!(again.redacted, None, "taken out twice");
    assert_eq!(
        again.measures, reading.measures,
        "without what was taken out"
    );
    assert_eq!(again.items, reading.items, "without what was taken out");
    assert_eq!(again.state, reading.state, "without what was taken out");
}

/// A beginning of a complete report is never complete, unless what is gone was none of it.
fn cut_short(name: &str, bytes: &[u8], reading: &Reading) {
    if reading.state != ReadingState::Complete || OF_PARTS.contains(&reading.format) {
        return;
    }
    let (left, gone) = bytes.split_at(place_in(bytes, bytes.len()));
    let Some(why) = broken(bytes, gone) else {
        return;
    };
    let cut = inspect(name, left);
    if let Some(cut) = report(&cut)
        && cut.format == reading.format
    {
        assert_ne!(cut.state, ReadingState::Complete, "{} {why}", cut.format);
    }
}

/// Why what is left cannot be whole, where that is known without reading it.
fn broken(bytes: &[u8], gone: &[u8]) -> Option<&'static str> {
    let has = |text: &[u8]| gone.windows(text.len()).any(|part| part == text);
    match bytes.first()? {
        b'{' if json_is_one(bytes) && has(b"}") => Some("without the end of its object"),
        b'[' if json_is_one(bytes) && has(b"]") => Some("without the end of its list"),
        // A comment behind the root could hold anything.
        b'<' if has(b"</") && !has(b"<!") && !has(b"<?") => Some("without its last end tag"),
        _ => None,
    }
}

fn json_is_one(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}
