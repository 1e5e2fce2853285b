//! A truth value as tools write it: bare, as a text, or as a switch inside an object.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Yes or no; anything else is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flag(pub Option<bool>);

impl Flag {
    /// Whether it says yes.
    pub fn yes(self) -> bool {
        self.0 == Some(true)
    }
}

struct FlagVisitor;

/// Takes a value and forgets it.
macro_rules! forgets {
    ($($name:ident: $type:ty),*) => {
        $(fn $name<E>(self, _: $type) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        })*
    };
}

impl<'de> Visitor<'de> for FlagVisitor {
    type Value = Flag;

    forgets!(visit_u64: u64, visit_i64: i64, visit_f64: f64);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true or false")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Flag, E> {
        Ok(Flag(Some(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Flag, E> {
        Ok(Flag(value.trim().to_ascii_lowercase().parse().ok()))
    }

    fn visit_unit<E>(self) -> Result<Flag, E> {
        Ok(Flag(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Flag, A::Error> {
        while members.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Flag(None))
    }

    /// GitHub wraps a switch: `{"enabled": true}`.
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Flag, A::Error> {
        let mut flag = Flag(None);
        while let Some(key) = members.next_key::<String>()? {
            if key == "enabled" {
                flag = members.next_value()?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(flag)
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_any(FlagVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::json::parse;

    #[test]
    fn a_flag_is_a_truth_value_bare_wrapped_or_a_text() {
        let read = |text| parse::<Flag>(text).expect("json").0;
        assert_eq!(
            (read("true"), read(r#"{"url": "u", "enabled": false}"#)),
            (Some(true), Some(false))
        );
        assert_eq!(
            (read("\"true\""), read("\"False\"")),
            (Some(true), Some(false))
        );
        let odd = [
            "null",
            "1",
            "-1",
            "0.5",
            "\"\"",
            "\"1\"",
            "[true]",
            "{}",
            "{\"a\": true}",
        ];
        for odd in odd {
            assert_eq!(read(odd), None, "{odd}");
        }
    }
}
