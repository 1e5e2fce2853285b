//! Values as tools write them: a number as a text, a `null` for an empty list, a float for a count.
//!
//! A report is not refused because one value nobody asks for has an odd type; what cannot be used
//! is absent, and the reader of the format decides what its absence means.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A count that a tool may write as an integer, a whole float or a text; anything negative,
/// fractional, beyond 63 bits or of another type is no count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Count(pub Option<u64>);

/// A text. A number is kept as it reads; anything else is no text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text(pub Option<String>);

impl Text {
    /// The text, where there is one that says something.
    pub fn said(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.trim().is_empty())
    }
}

/// How often something ran, as far as it matters: a counter may be larger than any integer of ours,
/// a float, or a text, and one that overflowed is below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hits {
    /// No number: `null`, a text that is none, another type.
    #[default]
    Absent,
    /// 0.
    Never,
    /// More than 0.
    Ran,
    /// Below 0.
    Odd,
}

impl Hits {
    /// Reads a decimal number, with or without a sign, a fraction and an exponent.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty()
            || exponent.is_empty()
            || ![whole, fraction, exponent]
                .map(digits)
                .iter()
                .all(|are| *are)
        {
            return Self::Absent;
        }
        let zero = number.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        match (zero, negative) {
            (true, _) => Self::Never,
            (false, false) => Self::Ran,
            (false, true) => Self::Odd,
        }
    }

    /// Whether it ran at all.
    pub const fn ran(self) -> bool {
        matches!(self, Self::Ran)
    }
}

/// Takes the members of a list or mapping and forgets them.
macro_rules! forgets_members {
    () => {
        fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
            while members.next_element::<IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
            while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
    };
}

struct CountVisitor;

impl<'de> Visitor<'de> for CountVisitor {
    type Value = Count;

    forgets_members!();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a count")
    }

    fn visit_u64<E>(self, value: u64) -> Result<Count, E> {
        Ok(Count(i64::try_from(value).is_ok().then_some(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Count, E> {
        Ok(Count(u64::try_from(value).ok()))
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be whole and small"
    )]
    fn visit_f64<E>(self, value: f64) -> Result<Count, E> {
        let whole = value >= 0.0 && value.fract() == 0.0 && value < 9_007_199_254_740_992.0;
        Ok(Count(whole.then_some(value as u64)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Count, E> {
        let count = value.trim().parse::<i64>().ok();
        Ok(Count(count.and_then(|count| u64::try_from(count).ok())))
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_any(CountVisitor)
    }
}

struct HitsVisitor;

impl<'de> Visitor<'de> for HitsVisitor {
    type Value = Hits;

    forgets_members!();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a count")
    }

    fn visit_u64<E>(self, value: u64) -> Result<Hits, E> {
        Ok(if value == 0 { Hits::Never } else { Hits::Ran })
    }

    fn visit_i64<E>(self, value: i64) -> Result<Hits, E> {
        Ok(match value {
            0 => Hits::Never,
            1.. => Hits::Ran,
            _ => Hits::Odd,
        })
    }

    fn visit_f64<E>(self, value: f64) -> Result<Hits, E> {
        Ok(if value > 0.0 {
            Hits::Ran
        } else if value < 0.0 {
            Hits::Odd
        } else {
            Hits::Never
        })
    }

    fn visit_str<E>(self, value: &str) -> Result<Hits, E> {
        Ok(Hits::parse(value))
    }
}

impl<'de> Deserialize<'de> for Hits {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_any(HitsVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text;

    forgets_members!();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_u64<E>(self, value: u64) -> Result<Text, E> {
        Ok(Text(Some(value.to_string())))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Text, E> {
        Ok(Text(Some(value.to_string())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Text, E> {
        Ok(Text(Some(value.to_string())))
    }

    fn visit_str<E>(self, value: &str) -> Result<Text, E> {
        Ok(Text(Some(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<Text, E> {
        Ok(Text(Some(value)))
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_any(TextVisitor)
    }
}

/// The members of an object in the order in which they stand, repeated names included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairs<T>(pub Vec<(String, T)>);

impl<T> Default for Pairs<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

struct PairsVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for PairsVisitor<T> {
    type Value = Pairs<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = members.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_map(PairsVisitor(std::marker::PhantomData))
    }
}

/// A decimal number that is not negative, in millionths; what is smaller is cut. Shares and scores
/// are compared as such, so that no float decides anything.
pub fn millionths(text: &str) -> Option<u64> {
    const DIGITS: usize = 6;
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let padded: String = fraction
        .chars()
        .chain(std::iter::repeat('0'))
        .take(DIGITS)
        .collect();
    let whole: u64 = whole.parse().ok()?;
    whole
        .checked_mul(1_000_000)?
        .checked_add(padded.parse().ok()?)
}

/// For `#[serde(deserialize_with)]`: `null` is read as the default.
///
/// # Errors
/// As the type itself.
pub fn nullable<'de, D, T>(reader: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::<T>::deserialize(reader).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::super::json::parse;
    use super::*;

    #[test]
    fn a_count_is_whole_and_not_negative() {
        let read = |text| parse::<Count>(text).expect("json").0;
        assert_eq!(
            (read("3"), read("2.0"), read("\"7\"")),
            (Some(3), Some(2), Some(7))
        );
        for odd in [
            "-1",
            "2.5",
            "18446744073709551615",
            "99999999999999999999999",
            "\"-1\"",
            "null",
            "true",
            "[1, {}]",
            "{\"a\": 1}",
        ] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }

    #[test]
    fn hits_are_some_none_or_odd_whatever_their_size() {
        let some = [
            "1",
            "18446744073709551616",
            "1.84467440737096e+19",
            "2.0",
            "0.5",
            "+3",
        ];
        for text in some {
            assert_eq!(Hits::parse(text), Hits::Ran, "{text}");
        }
        assert_eq!(["0", "0.0", "-0", "0e9"].map(Hits::parse), [Hits::Never; 4]);
        assert_eq!(["-3", "-1.5"].map(Hits::parse), [Hits::Odd; 2]);
        for text in ["", "-", "X", "NaN", "#####", "1e", "1,000", "0x1"] {
            assert_eq!(Hits::parse(text), Hits::Absent, "{text}");
        }
        let read = |text| parse::<Hits>(text).expect("json");
        let of = [
            "3",
            "0",
            "-3",
            "1e20",
            "null",
            "\"ignored\"",
            "\"7\"",
            "[1]",
            "18446744073709551615",
        ];
        let are = [
            Hits::Ran,
            Hits::Never,
            Hits::Odd,
            Hits::Ran,
            Hits::Absent,
            Hits::Absent,
            Hits::Ran,
            Hits::Absent,
            Hits::Ran,
        ];
        assert_eq!(of.map(read), are);
    }

    #[test]
    fn a_decimal_is_read_without_a_float() {
        assert_eq!(millionths("0.8301000000000001"), Some(830_100));
        assert_eq!(millionths(" 9 "), Some(9_000_000));
        assert_eq!(millionths("1."), Some(1_000_000));
        for odd in [
            "",
            ".5",
            "-1",
            "NaN",
            "1e-5",
            "1.2.3",
            "99999999999999999999",
        ] {
            assert_eq!(millionths(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_text_of_another_type_is_absent_and_never_an_error() {
        let read = |text| parse::<Text>(text).expect("json").0;
        assert_eq!(read("\"a\""), Some("a".to_owned()));
        assert_eq!(read("7"), Some("7".to_owned()));
        assert_eq!(
            (read("null"), read("[\"a\"]"), read("{}")),
            (None, None, None)
        );
    }

    #[test]
    fn pairs_keep_their_order_and_their_repetitions() {
        let pairs: Pairs<Count> = parse(r#"{"b": 1, "a": 2, "b": 3}"#).expect("json");
        let names: Vec<&str> = pairs.0.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["b", "a", "b"]);
    }
}
