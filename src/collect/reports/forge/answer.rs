//! Rows of an answer, in whatever way its pages were put together: one object, a list, a list of
//! lists, or several of these after each other.

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::collect::reports::Document;
use crate::collect::reports::words::{counted, length, some_of};
use crate::model::reading::{Reading, ReadingState};
use crate::parse::error::ParseError;

/// The rows of a document, each with its pointer.
pub(super) struct Answers<T> {
    pub(super) rows: Vec<(String, T)>,
    /// How many rows each list of the document holds, in order.
    pages: Vec<usize>,
    /// How many answers follow each other.
    values: usize,
}

enum Answer<T> {
    Row(T),
    Rows(Vec<Answer<T>>),
}

struct AnswerVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for AnswerVisitor<T> {
    type Value = Answer<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list of objects")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Answer::Row)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = list.next_element()? {
            rows.push(row);
        }
        Ok(Answer::Rows(rows))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Answer::Rows(Vec::new()))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Answer<T> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_any(AnswerVisitor(PhantomData))
    }
}

impl<T> Answers<T> {
    /// Nesting is bounded by the reader of JSON.
    fn gather(&mut self, answer: Answer<T>, pointer: &str) {
        match answer {
            Answer::Row(row) => self.rows.push((pointer.to_owned(), row)),
            Answer::Rows(rows) => {
                let of_rows = rows.iter().any(|row| matches!(row, Answer::Row(_)));
                if of_rows || rows.is_empty() {
                    self.pages.push(rows.len());
                }
                for (at, row) in rows.into_iter().enumerate() {
                    self.gather(row, &format!("{pointer}/{at}"));
                }
            }
        }
    }
}

/// Reads the rows of a document. Where several answers follow each other, a pointer counts them
/// from 0 first, as if they stood in one list.
///
/// # Errors
/// The place at which it is no answer.
pub(super) fn read<T: DeserializeOwned>(document: &Document<'_>) -> Result<Answers<T>, ParseError> {
    let mut values: Vec<Answer<T>> = Vec::new();
    document.values(|value| values.push(value))?;
    let mut answers = Answers {
        rows: Vec::new(),
        pages: Vec::new(),
        values: values.len(),
    };
    let one = values.len() == 1;
    for (at, value) in values.into_iter().enumerate() {
        let pointer = if one { String::new() } else { format!("/{at}") };
        answers.gather(value, &pointer);
    }
    Ok(answers)
}

/// What a list may be one page of: GitHub's default, and the most it gives.
const PAGES: [usize; 2] = [30, 100];

impl<T> Answers<T> {
    /// Records the count of the rows, and whether all of them can be there. `keys` tell one row
    /// from another; `total` is what the answer says there is.
    pub(super) fn settle<'k>(
        &self,
        keys: impl IntoIterator<Item = Option<&'k str>>,
        count: u64,
        total: Option<u64>,
        reading: &mut Reading,
    ) {
        reading.measure("items", count);
        let mut seen = BTreeSet::new();
        let twice = keys.into_iter().flatten().filter(|key| !seen.insert(*key));
        let twice: Vec<&str> = twice.collect();
        if !twice.is_empty() {
            let rows = counted(length(&twice), "row stands", "rows stand");
            let why = format!("{rows} there twice: {}.", some_of(twice));
            reading.lower(ReadingState::Incomplete, why);
        }
        match total {
            Some(total) if total > count => {
                let (rows, total) = (counted(count, "row", "rows"), counted(total, "row", "rows"));
                let why = format!("The answer says that there are {total}, and holds {rows}.");
                reading.lower(ReadingState::Incomplete, why);
            }
            Some(_) => {}
            None => self.say_page(reading),
        }
        if self.values > 1 {
            reading.note(format!(
                "{} follow each other; places count them from 0.",
                counted(self.values as u64, "answer", "answers")
            ));
        }
    }

    fn say_page(&self, reading: &mut Reading) {
        let Some(last) = self.pages.last().filter(|last| PAGES.contains(last)) else {
            return;
        };
        let which = if self.pages.len() == 1 {
            "The list"
        } else {
            "The last list"
        };
        let why = format!(
            "{which} holds exactly {last} rows, which is a full page: there may be more that were \
             not saved."
        );
        reading.lower(ReadingState::Incomplete, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReportKind;
    use crate::parse::json::Count;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Row {
        n: Count,
    }

    fn answers(text: &str) -> Answers<Row> {
        read(&Document::new("x.json", text.as_bytes())).expect("rows")
    }

    fn pointers(text: &str) -> Vec<String> {
        let rows = answers(text).rows;
        rows.into_iter()
            .map(|(pointer, row)| format!("{pointer}={}", row.n.0.unwrap_or_default()))
            .collect()
    }

    #[test]
    fn pages_are_read_however_they_were_put_together() {
        assert_eq!(pointers(r#"{"n": 1}"#), ["=1"]);
        assert_eq!(pointers(r#"[{"n": 1}, {"n": 2}]"#), ["/0=1", "/1=2"]);
        assert_eq!(
            pointers(r#"[[{"n": 1}], [{"n": 2}]]"#),
            ["/0/0=1", "/1/0=2"]
        );
        assert_eq!(pointers("[{\"n\": 1}]\n[{\"n\": 2}]"), ["/0/0=1", "/1/0=2"]);
        assert_eq!(pointers("null"), [""; 0]);
        for odd in ["[1]", "{\"n\": 1} x", "\"a\"", "[[{\"n\": 1}], 2]"] {
            assert!(
                read::<Row>(&Document::new("x", odd.as_bytes())).is_err(),
                "{odd}"
            );
        }
    }

    fn state(text: &str, total: Option<u64>) -> (ReadingState, usize) {
        let answers = answers(text);
        let mut reading = Reading::new(ReportKind::Forge, "x");
        let count = length(&answers.rows);
        let keys: Vec<String> = answers
            .rows
            .iter()
            .map(|(_, row)| row.n.0.unwrap_or_default().to_string())
            .collect();
        let keys = keys.iter().map(|key| Some(key.as_str()));
        answers.settle(keys, count, total, &mut reading);
        (reading.state, reading.notes.len())
    }

    fn list(from: usize, to: usize) -> String {
        let rows: Vec<String> = (from..to).map(|n| format!("{{\"n\": {n}}}")).collect();
        format!("[{}]", rows.join(","))
    }

    #[test]
    fn a_full_page_may_not_be_all_there_is() {
        assert_eq!(state(&list(0, 29), None), (ReadingState::Complete, 0));
        assert_eq!(state(&list(0, 30), None), (ReadingState::Incomplete, 1));
        assert_eq!(state(&list(0, 30), Some(30)), (ReadingState::Complete, 0));
        assert_eq!(state(&list(0, 30), Some(31)), (ReadingState::Incomplete, 1));
        let two = format!("{}{}", list(0, 100), list(100, 107));
        assert_eq!(state(&two, None), (ReadingState::Complete, 1));
        let full = format!("[{},{}]", list(0, 100), list(100, 200));
        assert_eq!(state(&full, None), (ReadingState::Incomplete, 1));
    }

    #[test]
    fn a_row_that_stands_twice_is_said() {
        let twice = format!("{}{}", list(0, 3), list(0, 3));
        assert_eq!(state(&twice, None).0, ReadingState::Incomplete);
    }
}
