//! The encoding of a file of Python, as its first two lines name it (PEP 263).

use crate::parse::error::ParseError;
use crate::tree::File;

/// Encodings of one byte a character, in which every byte of ASCII is itself. What else stands in
/// them are letters of names and texts, which no rule looks for.
const SINGLE: [&str; 12] = [
    "latin-1",
    "latin1",
    "l1",
    "iso-8859-",
    "iso8859-",
    "cp125",
    "windows-125",
    "cp437",
    "cp85",
    "cp86",
    "koi8-",
    "mac-",
];

/// Encodings of several bytes in which a file that holds nothing but ASCII means what it says.
const WIDE: [&str; 11] = [
    "shift-jis",
    "shift_jis",
    "sjis",
    "cp932",
    "euc-",
    "gb2312",
    "gbk",
    "gb18030",
    "big5",
    "cp949",
    "cp936",
];

/// The text of a file, and whether it is what Python reads there. What is not UTF-8 is read only
/// where each byte is a character.
///
/// # Errors
/// A text that cannot be read at all.
pub(super) fn text_of(file: &File) -> Result<(String, Result<(), ParseError>), ParseError> {
    let bytes = file.held();
    let named = named(bytes);
    let says = |name: &str| format!("expected UTF-8, says that it is written in {name}");
    match (file.text(), named) {
        (Ok(text), None) => Ok((text, Ok(()))),
        (Ok(text), Some((line, name))) => {
            let known = is_utf8(&name)
                || begins(&name, &SINGLE)
                || (begins(&name, &WIDE) && text.is_ascii());
            let read = if known {
                Ok(())
            } else {
                Err(ParseError::at(line, 1, says(&name)))
            };
            Ok((text, read))
        }
        (Err(_), Some((_, name))) if begins(&name, &SINGLE) => {
            Ok((bytes.iter().copied().map(char::from).collect(), Ok(())))
        }
        (Err(error), None) => Err(ParseError::whole(error)),
        (Err(error), Some((_, name))) if is_utf8(&name) => Err(ParseError::whole(error)),
        (Err(_), Some((line, name))) => Err(ParseError::at(line, 1, says(&name))),
    }
}

fn begins(name: &str, known: &[&str]) -> bool {
    known.iter().any(|it| name.starts_with(it))
}

fn is_utf8(name: &str) -> bool {
    matches!(
        name,
        "utf-8" | "utf8" | "utf-8-sig" | "u8" | "ascii" | "us-ascii" | "646"
    ) || name.starts_with("utf-8-")
}

/// The encoding that a comment on one of the first two lines names, with its line. On the second it
/// counts only where the first is a comment or empty.
fn named(bytes: &[u8]) -> Option<(usize, String)> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r'));
    let first = lines.next()?;
    if let Some(name) = of_line(first) {
        return Some((1, name));
    }
    // `\r\n` ends one line.
    let second = match lines.next()? {
        [] if bytes.get(first.len()..)?.starts_with(b"\r\n") => lines.next()?,
        second => second,
    };
    let blank = matches!(first.trim_ascii_start().first(), None | Some(b'#'));
    of_line(second).filter(|_| blank).map(|name| (2, name))
}

/// The name behind `coding:` or `coding=` in a comment, as Python compares them.
fn of_line(line: &[u8]) -> Option<String> {
    let line = line.trim_ascii_start();
    let comment = String::from_utf8_lossy(line);
    let mut rest = comment.strip_prefix('#')?;
    while let Some(at) = rest.find("coding") {
        rest = rest.get(at + "coding".len()..)?;
        let Some(after) = rest.strip_prefix([':', '=']) else {
            continue;
        };
        let after = after.trim_start_matches([' ', '\t']);
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
        let name = after.get(..end).filter(|name| !name.is_empty())?;
        return Some(name.to_ascii_lowercase().replace('_', "-"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_stands_in_a_comment_of_the_first_two_lines() {
        let name = |text: &str| named(text.as_bytes()).map(|(line, name)| format!("{line} {name}"));
        for (text, wanted) in [
            ("# -*- coding: Latin_1 -*-\n", Some("1 latin-1")),
            (
                "#!/usr/bin/python\r\n# vim: set fileencoding=cp1251 :\r\n",
                Some("2 cp1251"),
            ),
            ("\n#coding:utf-7", Some("2 utf-7")),
            ("\r# coding=utf8\r", Some("2 utf8")),
            ("\u{feff}# coding: utf-8\n", Some("1 utf-8")),
            ("x = 1\n# coding: utf-7\n", None),
            ("\n\n# coding: utf-7\n", None),
            ("x = '# coding: utf-7'\n", None),
            ("# this coding is fine\n", None),
            // However far out it stands.
            (
                &format!("#{}coding: utf-7\n", " é".repeat(500)),
                Some("1 utf-7"),
            ),
        ] {
            assert_eq!(name(text).as_deref(), wanted, "{text:?}");
        }
    }
}
