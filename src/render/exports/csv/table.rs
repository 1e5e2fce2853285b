//! Rows as RFC 4180 writes them, in which no cell is a formula.
//!
//! A spreadsheet computes a cell that begins with `=`, `+`, `-` or `@`, and such a cell may start a
//! program or send what stands beside it somewhere. An apostrophe in front makes it text. So that
//! nothing is lost, a cell that begins with an apostrophe of its own gets another one: whoever takes
//! one leading apostrophe away from every cell has the values.

use crate::model::orders::{Written, made_inert};
use crate::model::text::visible;

/// A table in the making.
pub(super) struct Table {
    out: String,
    columns: usize,
}

impl Table {
    /// A table with these columns.
    pub(super) fn new(columns: &[&str]) -> Self {
        let mut table = Self {
            out: String::new(),
            columns: columns.len(),
        };
        let names: Vec<String> = columns.iter().map(|&name| name.to_owned()).collect();
        table.row(&names);
        table
    }

    /// Adds a row; one that is too short or too long is a defect, which the tests show.
    pub(super) fn row(&mut self, cells: &[String]) {
        debug_assert_eq!(cells.len(), self.columns, "{cells:?}");
        for (at, raw) in cells.iter().enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            let value = cell(raw);
            let plain = |c: char| !matches!(c, ',' | '"' | ';' | '\'') && c.is_ascii_graphic();
            if value.chars().all(plain) {
                self.out.push_str(&value);
            } else {
                self.out.push('"');
                self.out.push_str(&value.replace('"', "\"\""));
                self.out.push('"');
            }
        }
        self.out.push_str("\r\n");
    }

    /// The bytes of the file.
    pub(super) fn written(self) -> Vec<u8> {
        made_inert(self.out, Written::Plain).into_bytes()
    }
}

/// What a spreadsheet takes for the beginning of a formula; the wide forms count in some languages.
fn starts_formula(character: char) -> bool {
    matches!(
        character,
        '=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}'
    )
}

/// A value that is text wherever it is opened.
fn cell(raw: &str) -> String {
    let shown = visible(raw);
    let mut out = String::with_capacity(shown.len() + 1);
    let begin = shown.trim_start().chars().next();
    // Tabs and line breaks are visible escapes by now, and begin no formula.
    if shown.starts_with('\'') || begin.is_some_and(starts_formula) {
        out.push('\'');
    }
    // Where a semicolon separates cells, as it does in many countries, one inside a cell would begin
    // another.
    let mut rest = shown.as_ref();
    while let Some(at) = rest.find(';') {
        let (head, tail) = rest.split_at(at);
        let after = tail.get(1..).unwrap_or_default();
        out.push_str(head);
        let next = after
            .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''))
            .chars()
            .next();
        out.push_str(if next.is_some_and(starts_formula) {
            "\\u{3b}"
        } else {
            ";"
        });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_formula_is_text_and_its_value_is_not_lost() {
        for (raw, shown) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("  =1", "'  =1"),
            ("\t=1", "\\u{9}=1"),
            ("\r=1", "\\u{d}=1"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("'=1", "''=1"),
            ("a; =1;b", "a\\u{3b} =1;b"),
            ("a;\"=1", "a\\u{3b}\"=1"),
            ("a-b", "a-b"),
            ("", ""),
        ] {
            assert_eq!(cell(raw), shown, "{raw:?}");
        }
    }

    /// The cells of one row, as RFC 4180 reads them.
    fn cells(row: &str) -> Vec<String> {
        let mut cells = vec![String::new()];
        let mut quoted = false;
        let mut characters = row.chars().peekable();
        while let Some(character) = characters.next() {
            let last = cells.last_mut().expect("a cell");
            match (character, quoted) {
                ('"', true) if characters.peek() == Some(&'"') => {
                    last.push('"');
                    characters.next();
                }
                ('"', _) => quoted = !quoted,
                (',', false) => cells.push(String::new()),
                _ => last.push(character),
            }
        }
        assert!(!quoted, "{row}");
        cells
    }

    proptest! {
        #[test]
        fn every_cell_comes_back_and_none_is_a_formula(
            values in proptest::collection::vec("[a=+@',; \"\n\t-]{0,8}", 3),
        ) {
            let mut table = Table::new(&["a", "b", "c"]);
            table.row(&values);
            let text = String::from_utf8(table.written()).expect("UTF-8");
            let lines: Vec<&str> = text.split("\r\n").collect();
            prop_assert_eq!(lines.len(), 3);
            let read = cells(lines[1]);
            prop_assert_eq!(read.len(), 3);
            for (read, value) in read.iter().zip(&values) {
                let first = read.trim_start().chars().next();
                prop_assert!(!first.is_some_and(starts_formula), "{}", read);
                let back = read.strip_prefix('\'').unwrap_or(read);
                let back = back.replace("\\u{3b}", ";");
                prop_assert_eq!(back, visible(value).into_owned());
            }
        }
    }
}
