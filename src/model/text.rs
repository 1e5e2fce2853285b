//! The one sink for text that came from a repository, git or a report.
//!
//! Control, bidirectional and invisible characters are shown as escapes, so that a file name can
//! neither steer a terminal nor reorder a sentence.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The longest excerpt shown, in characters.
const EXCERPT: usize = 200;

/// Whether a character would change how the text around it is shown.
pub fn steers(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{061c}' | '\u{00ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
            | '\u{180e}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

/// The text with every steering character as a visible escape: `\u{1b}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(steers) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if steers(character) {
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// At most 200 characters of the text, made visible; what is left out is counted.
pub fn excerpt(text: &str) -> String {
    let count = text.chars().count();
    if count <= EXCERPT {
        return visible(text).into_owned();
    }
    let head: String = text.chars().take(EXCERPT).collect();
    format!("{}… ({} more characters)", visible(&head), count - EXCERPT)
}

/// Bytes as text: invalid UTF-8 as `\xff`, everything else as it is.
pub fn from_bytes(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// The last name of a path, reduced to what is safe in every file system, shell and list of sums:
/// at most 80 characters of ASCII, of which the first is no dot.
pub fn last_name(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let safe = |character: char| {
        let safe = character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_');
        if safe { character } else { '_' }
    };
    let name: String = name.chars().map(safe).take(80).collect();
    match name.trim_start_matches('.') {
        "" => "_".to_owned(),
        name => name.to_owned(),
    }
}

/// A path as given on the command line, where it leads from here downwards; else its last part, so
/// that nothing of what lies above it on this machine is said.
pub fn from_here(given: &str) -> String {
    let named = |part: &&str| !matches!(*part, "" | "." | "..");
    let parts: Vec<&str> = given.split('/').filter(named).collect();
    let leads_up = given.starts_with('/') || given.split('/').any(|part| part == "..");
    let from = if leads_up {
        parts.len().saturating_sub(1)
    } else {
        0
    };
    parts.get(from..).unwrap_or_default().join("/")
}

/// A count with thousands separators: `1,214`.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Words joined as a sentence joins them: `a`, `a or b`, `a, b or c`.
pub fn joined<T: AsRef<str>>(words: &[T], last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [head @ .., tail] => {
            let head: Vec<&str> = head.iter().map(AsRef::as_ref).collect();
            format!("{} {last} {}", head.join(", "), tail.as_ref())
        }
    }
}

/// The one candidate within an edit distance of two, as an error message states it.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= 2)
        .min()
        .map(|(_, candidate)| candidate)
}

/// The Levenshtein distance in characters.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, from) in left.chars().enumerate() {
        let mut diagonal = line;
        let mut previous = line + 1;
        if let Some(first) = row.first_mut() {
            *first = previous;
        }
        for (cell, to) in row.iter_mut().skip(1).zip(&right) {
            let cost = if from == *to {
                diagonal
            } else {
                1 + diagonal.min(*cell).min(previous)
            };
            diagonal = *cell;
            *cell = cost;
            previous = cost;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_escape_is_shown_and_not_sent() {
        assert_eq!(
            visible("a\u{1b}[2Jb\u{202e}c\n"),
            "a\\u{1b}[2Jb\\u{202e}c\\u{a}"
        );
        assert!(matches!(visible("plain – ü"), Cow::Borrowed(_)));
        assert_eq!(from_bytes(b"a\xffb"), "a\\xffb");
    }

    #[test]
    fn a_given_path_says_nothing_of_what_lies_above_it() {
        for (given, shown) in [
            ("soc2/", "soc2"),
            ("./own//soc2", "own/soc2"),
            ("/home/person/soc2", "soc2"),
            ("../person/soc2/", "soc2"),
            ("a/../../soc2", "soc2"),
            (".", ""),
            ("../..", ""),
        ] {
            assert_eq!(from_here(given), shown, "{given}");
        }
    }

    #[test]
    fn a_last_name_is_safe_everywhere() {
        assert_eq!(last_name(".github/CODEOWNERS"), "CODEOWNERS");
        assert_eq!(
            last_name("a/.pre-commit config\n.yaml"),
            "pre-commit_config_.yaml"
        );
        assert_eq!(last_name("a/..."), "_");
        assert_eq!(last_name(&"x".repeat(300)).len(), 80);
    }

    #[test]
    fn a_near_name_is_found_at_distance_two_and_no_further() {
        assert_eq!(nearest("severty", ["severity", "title"]), Some("severity"));
        assert_eq!(nearest("lines", ["line", "branch"]), Some("line"));
        assert_eq!(nearest("xyz", ["line", "branch"]), None);
    }

    #[test]
    fn counts_are_grouped_by_thousands() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_214), "1,214");
        assert_eq!(grouped(1_000_000), "1,000,000");
    }
}
