//! Secrets: a value that stands where a scanner writes what it found must come out nowhere.

use audit::collect::reports::{Outcome, inspect, inspect_file};
use audit::model::exhibit::Content;
use audit::model::reading::ReportKind;
use audit::parse::limits::Caps;
use audit::tree::{File, Large};

use crate::folder;

/// What is planted. Nothing else holds it.
const PLANTED: &[u8] = b"PLANTED-7f3a91c4";

/// The keys under which scanners write what they found, in formats in which these keys mean nothing
/// else wherever they stand.
const KEYS: [&[u8]; 14] = [
    b"\"Secret\"",
    b"\"Match\"",
    b"\"Line\"",
    b"\"Message\"",
    b"\"offender\"",
    b"\"commitMessage\"",
    b"\"Raw\"",
    b"\"RawV2\"",
    b"\"Redacted\"",
    b"\"stringsFound\"",
    b"\"printDiff\"",
    b"\"diff\"",
    b"\"hashed_secret\"",
    b"\"raw_source_code_extract\"",
];

/// Looks at a report of secrets.
pub fn look(bytes: &[u8]) {
    crate::report::look(&[ReportKind::Secrets], bytes);
    let planted = plant(bytes);
    if planted == bytes {
        return;
    }
    for name in ["gitleaks.json", "results.txt"] {
        match inspect(name, &planted).outcome {
            Outcome::Report(reading) if reading.kind == ReportKind::Secrets => {
                let shipped = reading
                    .redacted
                    .as_ref()
                    .map_or(&planted, |(_, bytes)| bytes);
                hides(shipped, "what is shipped");
                hides(
                    format!("{:?}", (&reading.items, &reading.notes, &reading.tool)).as_bytes(),
                    "facts",
                );
                hides(
                    format!("{:?}", (&reading.measures, &reading.unlisted)).as_bytes(),
                    "counts",
                );
                on_disk(name, &planted);
            }
            Outcome::Unreadable {
                kind: Some(ReportKind::Secrets),
                error,
                ..
            } => {
                hides(error.to_string().as_bytes(), "an error");
            }
            _ => {}
        }
    }
}

/// What is shipped of a document that stays on disk.
fn on_disk(name: &str, planted: &[u8]) {
    let full = folder::write("planted", planted);
    let large = Large::open(&full, name, Caps::default(), None).expect("a file");
    let scratch = folder::empty("scratch");
    let file = File::on_disk(large, None, false);
    let Outcome::Report(reading) = inspect_file(&file, Some(&scratch)).outcome else {
        panic!("a report in memory and none on disk");
    };
    hides(
        format!("{:?}", (&reading.items, &reading.notes)).as_bytes(),
        "facts of a large file",
    );
    match (&reading.redacted, &reading.redacted_large) {
        (Some((_, bytes)), _) => hides(bytes, "what is shipped of a large file"),
        (None, Some((_, shipped))) => match &shipped.content {
            Content::Held(bytes) => hides(bytes, "what is shipped of a large file"),
            other => {
                let mut bytes = Vec::new();
                let read = audit::tree::file::stream_content(other, |piece| {
                    bytes.extend_from_slice(piece);
                    true
                });
                read.expect("what was written");
                hides(&bytes, "what is shipped of a large file");
            }
        },
        (None, None) => panic!("a large file is shipped as it is"),
    }
}

fn hides(bytes: &[u8], what: &str) {
    let found = bytes.windows(PLANTED.len()).any(|part| part == PLANTED);
    assert!(
        !found,
        "{what} quotes it: {}",
        String::from_utf8_lossy(bytes)
    );
}

/// The document with the value planted in every text that stands behind one of the keys, or in the
/// list behind one.
fn plant(bytes: &[u8]) -> Vec<u8> {
    let mut planted = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(byte) = rest.first() {
        let key = KEYS.iter().find(|key| rest.starts_with(key));
        let value = key.and_then(|key| Some((key.len(), text_behind(rest.get(key.len()..)?)?)));
        match value {
            Some((key, (from, to))) => {
                planted.extend_from_slice(&rest[..key + from]);
                planted.push(b'"');
                planted.extend_from_slice(PLANTED);
                planted.push(b'"');
                rest = &rest[key + to..];
            }
            None => {
                planted.push(*byte);
                rest = &rest[1..];
            }
        }
    }
    planted
}

/// Where the text begins and ends that is the value behind a key, or the first of a list of them.
fn text_behind(rest: &[u8]) -> Option<(usize, usize)> {
    let blank = |from: usize| {
        let blanks = rest
            .iter()
            .skip(from)
            .take_while(|byte| byte.is_ascii_whitespace());
        from + blanks.count()
    };
    let colon = blank(0);
    if rest.get(colon) != Some(&b':') {
        return None;
    }
    let mut from = blank(colon + 1);
    if rest.get(from) == Some(&b'[') {
        from = blank(from + 1);
    }
    if rest.get(from) != Some(&b'"') {
        return None;
    }
    let mut at = from + 1;
    loop {
        match rest.get(at)? {
            b'\\' => at += 2,
            b'"' => return Some((from, at + 1)),
            _ => at += 1,
        }
    }
}
