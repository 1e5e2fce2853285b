//! JSON: typed reading, and a cheap look at the shape of a document to recognise what it is.

use std::collections::BTreeSet;
use std::fmt;
use std::io;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

pub use super::bounded::{AtMost, Entries, First};
use super::error::ParseError;
pub use super::flag::Flag;
pub use super::loose::{Count, Hits, Pairs, Text, nullable};
use super::texts::ShortTexts;

/// Reads a typed value. Nesting beyond 128 levels is refused by the reader.
///
/// # Errors
/// Anything that is not the expected JSON, with its line and column.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, ParseError> {
    serde_json::from_str(text).map_err(|error| describe(&error))
}

/// Reads a typed value from a stream, of which nothing is kept but what the type keeps.
///
/// # Errors
/// As [`parse`]; and a text in it that is too long, or what the stream itself says.
pub fn read<T: DeserializeOwned>(source: impl io::Read) -> Result<T, ParseError> {
    read_with(std::marker::PhantomData, source)
}

/// Reads a value as a seed takes it.
///
/// # Errors
/// As [`parse`].
pub fn parse_with<'t, S>(seed: S, text: &'t str) -> Result<S::Value, ParseError>
where
    S: DeserializeSeed<'t>,
{
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = seed.deserialize(&mut reader);
    let value = value.and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| describe(&error))
}

/// Reads a value from a stream as a seed takes it.
///
/// # Errors
/// As [`read`].
pub fn read_with<'t, S>(seed: S, source: impl io::Read) -> Result<S::Value, ParseError>
where
    S: DeserializeSeed<'t>,
{
    let mut reader = serde_json::Deserializer::from_reader(bounded(source));
    let value = seed.deserialize(&mut reader);
    let value = value.and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| describe(&error))
}

/// Reads values of one type that follow each other and hands each to `take`.
///
/// # Errors
/// The first that is not the expected JSON, with its line and column; those before it have been
/// handed over.
pub fn values<T: DeserializeOwned>(
    source: impl io::Read,
    mut take: impl FnMut(T),
) -> Result<(), ParseError> {
    for value in serde_json::Deserializer::from_reader(bounded(source)).into_iter() {
        take(value.map_err(|error| describe(&error))?);
    }
    Ok(())
}

/// A stream in which no text is longer than is read, with a buffer of the one kind from which
/// single bytes are taken quickly.
fn bounded(source: impl io::Read) -> impl io::Read {
    io::BufReader::with_capacity(64 * 1024, ShortTexts::new(source))
}

/// The error in our words: what was expected and where the document ends or breaks.
fn describe(error: &serde_json::Error) -> ParseError {
    let full = error.to_string();
    let says = full
        .rsplit_once(" at line ")
        .map_or(full.as_str(), |(says, _)| says);
    let says = match says {
        "EOF while parsing a string" => "the file ends inside a string",
        "EOF while parsing an object" => "the file ends inside an object",
        "EOF while parsing a list" => "the file ends inside a list",
        "EOF while parsing a value" => "the file ends where a value was expected",
        other => other,
    };
    ParseError::at(error.line(), error.column(), says.to_owned())
}

/// What a JSON document looks like from outside, gathered in one pass that keeps nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shape {
    /// Whether the document is an object, an array or a scalar.
    pub outer: Outer,
    /// The keys of the document, when it is an object.
    pub keys: BTreeSet<String>,
    /// For an object: the keys of each member that is itself an object, as `member.key`.
    /// For an array: the keys of its objects.
    pub inner: BTreeSet<String>,
    /// The texts of top-level members that are short texts, as `key=value`.
    pub texts: BTreeSet<String>,
    /// The top-level keys whose value is a list.
    pub lists: BTreeSet<String>,
    /// How many members an array has.
    pub length: usize,
    /// Where and how the document breaks off; what stands above was seen before.
    pub broken: Option<ParseError>,
    /// Whether the first value is whole and something follows it: more values, or what does not
    /// belong there. It counts as broken off unless a format knows it for a sequence.
    pub followed: bool,
}

/// The outermost value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Outer {
    /// `{}`
    Object,
    /// `[]`
    Array,
    /// `null`
    Null,
    /// A text, number or truth value, or nothing readable at all.
    #[default]
    Scalar,
}

impl Shape {
    /// Looks at a document, broken or not.
    pub fn of(text: &str) -> Self {
        Self::seen(serde_json::Deserializer::from_str(text))
    }

    /// Looks at a stream.
    pub fn of_stream(source: impl io::Read) -> Self {
        Self::seen(serde_json::Deserializer::from_reader(bounded(source)))
    }

    fn seen<'t>(mut reader: serde_json::Deserializer<impl serde_json::de::Read<'t>>) -> Self {
        let mut shape = Self::default();
        let seen = TopSeed(&mut shape).deserialize(&mut reader);
        let whole = seen.is_ok();
        let ended = seen.and_then(|()| reader.end());
        shape.broken = ended.err().map(|error| describe(&error));
        shape.followed = whole && shape.broken.is_some();
        shape
    }

    /// Whether it was looked at only as far as a number that is too large to be held, although the
    /// document may go on well behind it.
    pub fn meets_a_number_too_large(&self) -> bool {
        let broken = self.broken.as_ref();
        broken.is_some_and(|error| error.says == "number out of range")
    }

    /// Whether all these keys stand at the top.
    pub fn has(&self, keys: &[&str]) -> bool {
        keys.iter().all(|key| self.keys.contains(*key))
    }

    /// Whether all these inner keys were seen.
    pub fn has_inner(&self, keys: &[&str]) -> bool {
        keys.iter().all(|key| self.inner.contains(*key))
    }
}

/// Keys beyond this number are not kept: no report is recognised by its thousandth key.
const KEYS_KEPT: usize = 512;

fn keep(set: &mut BTreeSet<String>, key: String) {
    if set.len() < KEYS_KEPT {
        set.insert(key);
    }
}

struct TopSeed<'s>(&'s mut Shape);

impl<'de> DeserializeSeed<'de> for TopSeed<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

macro_rules! scalars {
    () => {
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
    };
}

impl<'de> Visitor<'de> for TopSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON document")
    }

    scalars!();

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.outer = Outer::Null;
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.0.outer = Outer::Object;
        while let Some(key) = map.next_key::<String>()? {
            keep(&mut self.0.keys, key.clone());
            // Inner keys are kept as they are read, so that a document cut short still shows them.
            let text = map.next_value_seed(MemberSeed {
                prefix: Some(&key),
                inner: &mut self.0.inner,
                lists: &mut self.0.lists,
            })?;
            if let Some(text) = text {
                keep(&mut self.0.texts, format!("{key}={text}"));
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        self.0.outer = Outer::Array;
        while seq
            .next_element_seed(MemberSeed {
                prefix: None,
                inner: &mut self.0.inner,
                lists: &mut self.0.lists,
            })?
            .is_some()
        {
            self.0.length += 1;
        }
        Ok(())
    }
}

/// A member of the document: its keys are kept, its values skipped, a short text returned.
struct MemberSeed<'s> {
    prefix: Option<&'s str>,
    inner: &'s mut BTreeSet<String>,
    lists: &'s mut BTreeSet<String>,
}

impl<'de> DeserializeSeed<'de> for MemberSeed<'_> {
    type Value = Option<String>;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for MemberSeed<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    scalars!();

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok((text.len() <= 100).then(|| text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            keep(
                self.inner,
                self.prefix
                    .map_or_else(|| key.clone(), |prefix| format!("{prefix}.{key}")),
            );
            map.next_value::<IgnoredAny>()?;
        }
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        // The first object of a list under a key is looked into: `runs.tool`, `dependencies.name`.
        // So is that of a list in a list: the pages of one answer, put together.
        if let Some(prefix) = self.prefix {
            keep(self.lists, prefix.to_owned());
        }
        seq.next_element_seed(MemberSeed {
            prefix: self.prefix,
            inner: &mut *self.inner,
            lists: &mut *self.lists,
        })?;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_shows_keys_without_keeping_the_document() {
        let shape = Shape::of(
            r#"{"meta":{"version":"7"},"totals":{"n":1},"runs":[{"tool":{}},{"x":1}],"v":"2.1.0"}"#,
        );
        assert!(shape.has(&["meta", "totals"]) && shape.has_inner(&["meta.version", "runs.tool"]));
        assert!(shape.texts.contains("v=2.1.0") && shape.broken.is_none());
    }

    #[test]
    fn a_list_of_lists_shows_the_keys_of_its_objects() {
        let shape = Shape::of(r#"[[{"number": 1}, {"x": 1}], [{"y": 2}]]"#);
        assert!(shape.has_inner(&["number", "y"]) && shape.length == 2);
    }

    #[test]
    fn a_broken_document_shows_what_came_before_the_break() {
        let shape = Shape::of("[{\"RuleID\": \"x\", \"Secret\": \"abc");
        assert!(shape.inner.contains("RuleID"));
        let broken = shape.broken.expect("a break");
        assert_eq!(broken.says, "the file ends inside a string");
    }

    #[test]
    fn a_million_brackets_are_refused() {
        assert!(Shape::of(&"[".repeat(1_000_000)).broken.is_some());
        assert!(Shape::of(&"{\"a\":".repeat(1_000_000)).broken.is_some());
    }
}
