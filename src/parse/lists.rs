//! Lists as tools write them: one text in the place of a list, a list of which only the length
//! counts.
//!
//! As in [`loose`](super::loose), a value of an odd type is absent and not an error.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::loose::Text;

/// Texts: a list of them, or one alone. Members that are no text are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Texts(pub Vec<String>);

impl Texts {
    /// Those that say something.
    pub fn said(&self) -> impl Iterator<Item = &str> {
        let texts = self.0.iter().map(String::as_str);
        texts.filter(|text| !text.trim().is_empty())
    }
}

/// How many members a list or object has; none for anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Members(pub u64);

/// What every other type of value is taken for.
macro_rules! else_default {
    ($($visit:ident: $of:ty),*) => {
        $(fn $visit<E>(self, _: $of) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        })*
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
    };
}

macro_rules! forgets_map {
    () => {
        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
            while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
}

struct TextsVisitor;

impl<'de> Visitor<'de> for TextsVisitor {
    type Value = Texts;

    forgets_map!();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("texts")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Texts, E> {
        Ok(Texts::default())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Texts, E> {
        Ok(Texts(vec![value.to_string()]))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Texts, E> {
        Ok(Texts(vec![value.to_string()]))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Texts, E> {
        Ok(Texts(vec![value.to_string()]))
    }

    fn visit_unit<E>(self) -> Result<Texts, E> {
        Ok(Texts::default())
    }

    fn visit_str<E>(self, value: &str) -> Result<Texts, E> {
        Ok(Texts(vec![value.to_owned()]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Texts, A::Error> {
        let mut texts = Vec::new();
        while let Some(Text(text)) = members.next_element()? {
            texts.extend(text);
        }
        Ok(Texts(texts))
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_any(TextsVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    else_default!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Members, A::Error> {
        let mut count = 0;
        while members.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Members(count))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Members, A::Error> {
        let mut count = 0;
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Members(count))
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_any(MembersVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::parse;
    use super::*;

    #[test]
    fn one_text_is_a_list_of_one_and_what_is_no_text_is_left_out() {
        let read = |text| parse::<Texts>(text).expect("json").0;
        assert_eq!(read(r#"["a", 7, null, ["b"], {}, "c"]"#), ["a", "7", "c"]);
        assert_eq!(read(r#""a""#), ["a"]);
        for none in ["null", "{\"a\": 1}", "true", "[]"] {
            assert_eq!(read(none), Vec::<String>::new(), "{none}");
        }
        let said: Texts = parse(r#"["a", " "]"#).expect("json");
        assert_eq!(said.said().collect::<Vec<_>>(), ["a"]);
    }

    #[test]
    fn members_are_counted_and_anything_else_has_none() {
        let read = |text| parse::<Members>(text).expect("json").0;
        assert_eq!(
            (read("[1, [2], {}]"), read(r#"{"a": [1], "b": 2}"#)),
            (3, 2)
        );
        for none in ["null", "7", "\"abc\"", "true", "[]", "{}", "1.5", "-1"] {
            assert_eq!(read(none), 0, "{none}");
        }
    }
}
