//! The readers of text formats, by themselves.

use std::io::BufReader;

use audit::parse::json::Shape;
use audit::parse::rewrite::{redact, redact_stream};
use audit::parse::{ini, json5, lines, toml, xml, yaml};

/// Looks at a text; the first byte says as what.
pub fn look(bytes: &[u8]) {
    let Some((which, bytes)) = bytes.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match which % 8 {
        0 => same(|| yaml::parse(text)),
        1 => same(|| toml::parse_placed(text)),
        2 => agree_toml(text),
        3 => same(|| ini::parse(text)),
        4 => same(|| json5::parse(text)),
        5 => pieces(text),
        6 => rewritten(text),
        _ => counted(text),
    }
}

fn same<T: std::fmt::Debug>(read: impl Fn() -> T) {
    assert_eq!(format!("{:?}", read()), format!("{:?}", read()));
}

/// Both readers of TOML take the same documents, but for numbers that no TOML has to hold.
fn agree_toml(text: &str) {
    let (one, other) = (toml::parse(text), toml::parse_placed(text));
    let large = [
        "invalid type: integer",
        "value was too large",
        "number overflowed",
    ];
    let is_large = |said: &str| large.iter().any(|known| said.contains(known));
    if one.as_ref().is_err_and(|error| is_large(&error.says)) {
        return;
    }
    assert_eq!(one.is_ok(), other.is_ok(), "{one:?} {other:?}");
}

/// XML comes out the same, however it arrives.
fn pieces(text: &str) {
    let read = |room: usize| {
        let mut parts = Vec::new();
        let end = xml::read(BufReader::with_capacity(room, text.as_bytes()), |part| {
            parts.push(format!("{part:?}"));
            true
        });
        (end.is_ok(), parts)
    };
    let (whole, few) = (read(1 << 16), read(3));
    assert_eq!(whole.0, few.0, "whole and in pieces");
    if whole.0 {
        assert_eq!(whole.1, few.1, "whole and in pieces");
    }
    same(|| xml::root(text.as_bytes()));
}

/// What nobody wants hidden stays as it is, what is hidden is so in a stream too, and stays JSON.
fn rewritten(text: &str) {
    assert_eq!(redact(text, |_, _| false), text, "nothing was to be hidden");
    let hidden = redact(text, |_, _| true);
    let mut streamed = Vec::new();
    let written = redact_stream(
        BufReader::with_capacity(7, text.as_bytes()),
        &mut streamed,
        |_, _| true,
    );
    written.expect("memory takes everything");
    assert_eq!(String::from_utf8_lossy(&streamed), hidden, "streamed");
    let is_json = |text: &str| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    if is_json(text) {
        assert!(is_json(&hidden), "no JSON any more: {hidden}");
        let mut left = false;
        let again = redact(&hidden, |_, _| {
            left = true;
            true
        });
        assert_eq!(again, hidden, "taken out twice ({left})");
    }
}

/// The shape of JSON is that of the same JSON in a stream, and lines have all that was written.
fn counted(text: &str) {
    let streamed = Shape::of_stream(BufReader::with_capacity(5, text.as_bytes()));
    let whole = Shape::of(text);
    assert_eq!(
        streamed.broken.is_some(),
        whole.broken.is_some(),
        "{whole:?} {streamed:?}"
    );
    if whole.broken.is_none() {
        assert_eq!(streamed, whole);
    }
    let mut found = Vec::new();
    let end = lines::read(
        BufReader::with_capacity(3, text.as_bytes()),
        |number, line| {
            found.push((number, line.to_owned()));
            true
        },
    );
    if end.is_ok() {
        let mut number = 0;
        for (at, line) in &found {
            number += 1;
            assert_eq!(*at, number, "a number of a line");
            assert!(text.contains(line.as_str()), "a line that nobody wrote");
        }
    }
}

/// A text of a format that is read here, once for each way of reading it.
pub fn seed(path: &str, bytes: &[u8]) -> Vec<Vec<u8>> {
    let ending = path.rsplit('.').next().unwrap_or("");
    let which: &[u8] = match ending {
        "yaml" | "yml" => &[0],
        "toml" | "lock" => &[1, 2],
        "cfg" | "ini" | "coveragerc" => &[3],
        "json5" => &[4],
        "json" => &[4, 6, 7],
        "xml" => &[5],
        _ => &[],
    };
    which
        .iter()
        .map(|which| [&[*which], bytes].concat())
        .collect()
}
