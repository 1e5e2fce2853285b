//! The values a fact can hold. Integers, never floats: a ratio is two counts, compared exactly.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};

/// `covered` of `total`: the only form in which a share is ever kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ratio {
    /// How many have the attribute.
    pub covered: u64,
    /// How many there are.
    pub total: u64,
}

impl Ratio {
    /// A ratio; `covered` may exceed `total` when a damaged report says so, and then says so.
    pub const fn new(covered: u64, total: u64) -> Self {
        Self { covered, total }
    }

    /// Compares with a share in basis points (hundredths of a percent) by cross-multiplication.
    /// `None` when the total is zero: nothing of nothing is neither all nor none.
    pub fn compare(self, basis_points: u64) -> Option<Ordering> {
        if self.total == 0 {
            return None;
        }
        let left = u128::from(self.covered) * 10_000;
        let right = u128::from(basis_points) * u128::from(self.total);
        Some(left.cmp(&right))
    }

    /// The percentage with two decimals, cut and never rounded up, so that it reads `100 %` only
    /// when the two counts are equal. `None` when the total is zero.
    pub fn percent(self) -> Option<String> {
        if self.total == 0 {
            return None;
        }
        let hundredths = u128::from(self.covered) * 10_000 / u128::from(self.total);
        Some(percent_of_hundredths(hundredths))
    }
}

/// Basis points as a person writes them: `100 %`, `99.94 %`, `0.5 %`.
pub fn percent_of_hundredths(hundredths: u128) -> String {
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    if rest == 0 {
        format!("{whole} %")
    } else {
        let decimals = format!("{rest:02}");
        format!("{whole}.{} %", decimals.trim_end_matches('0'))
    }
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("covered", &self.covered)?;
        map.serialize_entry("total", &self.total)?;
        map.end()
    }
}

/// One cell of a fact.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Value {
    /// The evidence does not say. Never stands for zero, false or the empty text.
    #[default]
    Absent,
    /// Yes or no.
    Bool(bool),
    /// A count, a size or a number of days.
    Int(i64),
    /// `covered` of `total`.
    Ratio(Ratio),
    /// Text as found; control characters are made visible when it is shown, not here.
    Text(String),
    /// Several values in the order found.
    List(Vec<Value>),
    /// Named values, sorted by name.
    Map(BTreeMap<String, Value>),
}

impl Value {
    /// A list of texts.
    pub fn texts<I, T>(texts: I) -> Self
    where
        I: IntoIterator<Item = T>,
        T: Into<String>,
    {
        Self::List(texts.into_iter().map(|t| Self::Text(t.into())).collect())
    }

    /// The text, where it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The integer, where it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The ratio, where it is one.
    pub fn as_ratio(&self) -> Option<Ratio> {
        match self {
            Self::Ratio(ratio) => Some(*ratio),
            _ => None,
        }
    }

    /// The members of a list; empty for anything else.
    pub fn as_list(&self) -> &[Value] {
        match self {
            Self::List(list) => list,
            _ => &[],
        }
    }

    /// Whether the evidence says nothing: absent, or an empty text, list or map.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Absent => true,
            Self::Text(text) => text.is_empty(),
            Self::List(list) => list.is_empty(),
            Self::Map(map) => map.is_empty(),
            Self::Bool(_) | Self::Int(_) | Self::Ratio(_) => false,
        }
    }

    /// The value under a dotted name, through maps: `by_severity.high`.
    pub fn at(&self, name: &str) -> &Value {
        static ABSENT: Value = Value::Absent;
        let mut here = self;
        for part in name.split('.') {
            match here {
                Self::Map(map) => here = map.get(part).unwrap_or(&ABSENT),
                _ => return &ABSENT,
            }
        }
        here
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u64> for Value {
    /// Saturates: a count beyond 63 bits is not a count of anything real.
    fn from(value: u64) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<Ratio> for Value {
    fn from(value: Ratio) -> Self {
        Self::Ratio(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Into::into)
    }
}

impl fmt::Display for Value {
    /// As it stands in a sentence: lists joined by `, `, a ratio as `n of m`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("not stated"),
            Self::Bool(true) => f.write_str("yes"),
            Self::Bool(false) => f.write_str("no"),
            Self::Int(number) => write!(f, "{number}"),
            Self::Ratio(ratio) => write!(f, "{} of {}", ratio.covered, ratio.total),
            Self::Text(text) => f.write_str(text),
            Self::List(list) => {
                for (index, value) in list.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{value}")?;
                }
                Ok(())
            }
            Self::Map(map) => {
                for (index, (name, value)) in map.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{name}: {value}")?;
                }
                Ok(())
            }
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent => serializer.serialize_none(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::Ratio(value) => value.serialize(serializer),
            Self::Text(value) => serializer.serialize_str(value),
            Self::List(value) => value.serialize(serializer),
            Self::Map(value) => value.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_cut_and_never_rounded_up() {
        assert_eq!(
            Ratio::new(9_999, 10_000).percent().as_deref(),
            Some("99.99 %")
        );
        assert_eq!(
            Ratio::new(99_999, 100_000).percent().as_deref(),
            Some("99.99 %")
        );
        assert_eq!(Ratio::new(7, 7).percent().as_deref(), Some("100 %"));
        assert_eq!(Ratio::new(1, 3).percent().as_deref(), Some("33.33 %"));
        assert_eq!(Ratio::new(0, 0).percent(), None);
    }

    #[test]
    fn a_ratio_is_compared_by_cross_multiplication() {
        assert_eq!(
            Ratio::new(7_999, 10_000).compare(8_000),
            Some(Ordering::Less)
        );
        assert_eq!(Ratio::new(8, 10).compare(8_000), Some(Ordering::Equal));
        assert_eq!(
            Ratio::new(u64::MAX, u64::MAX).compare(10_000),
            Some(Ordering::Equal)
        );
        assert_eq!(Ratio::new(0, 0).compare(0), None);
    }
}
