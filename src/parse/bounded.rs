//! Lists of a document of any size, of which no more is kept than is asked for.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A list of at most so many members; a longer one is refused. `null` is a list without any.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AtMost<const MOST: usize, T>(pub Vec<T>);

/// The first member of a list; the others are passed over. `null` is a list without any.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct First<T>(pub Option<T>);

/// The members of an object of at most so many, in the order in which they stand; a larger one is
/// refused. `null` is an object without any.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entries<const MOST: usize, T>(pub Vec<(String, T)>);

impl<const MOST: usize, T> Default for Entries<MOST, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<const MOST: usize, T> Default for AtMost<MOST, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Default for First<T> {
    fn default() -> Self {
        Self(None)
    }
}

struct ListVisitor<L>(PhantomData<L>);

impl<'de, const MOST: usize, T: Deserialize<'de>> Visitor<'de> for ListVisitor<AtMost<MOST, T>> {
    type Value = AtMost<MOST, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of at most {MOST}")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(AtMost::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(member) = members.next_element()? {
            if list.len() == MOST {
                return Err(A::Error::invalid_length(MOST + 1, &self));
            }
            list.push(member);
        }
        Ok(AtMost(list))
    }
}

impl<'de, const MOST: usize, T: Deserialize<'de>> Deserialize<'de> for AtMost<MOST, T> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_any(ListVisitor::<Self>(PhantomData))
    }
}

impl<'de, const MOST: usize, T: Deserialize<'de>> Visitor<'de> for ListVisitor<Entries<MOST, T>> {
    type Value = Entries<MOST, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object of at most {MOST} members")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Entries::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = members.next_entry()? {
            if entries.len() == MOST {
                return Err(A::Error::invalid_length(MOST + 1, &self));
            }
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}

impl<'de, const MOST: usize, T: Deserialize<'de>> Deserialize<'de> for Entries<MOST, T> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_any(ListVisitor::<Self>(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<First<T>> {
    type Value = First<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(First::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let first = members.next_element()?;
        while members.next_element::<IgnoredAny>()?.is_some() {}
        Ok(First(first))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for First<T> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_any(ListVisitor::<Self>(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::parse;
    use super::*;

    #[test]
    fn a_list_is_kept_as_far_as_is_asked() {
        let list = |text| parse::<AtMost<2, u8>>(text);
        assert_eq!(list("[1, 2]").expect("a list").0, [1, 2]);
        assert!(list("null").expect("a list").0.is_empty());
        let error = list("[1, 2, 3]").expect_err("too many");
        assert!(error.says.contains("a list of at most 2"), "{error}");
        assert!(list("{}").is_err());
        let entries = |text| parse::<Entries<1, u8>>(text).map(|entries| entries.0);
        assert_eq!(entries("{\"a\": 1}"), Ok(vec![("a".to_owned(), 1)]));
        assert_eq!(entries("null"), Ok(Vec::new()));
        assert!(entries("{\"a\": 1, \"a\": 2}").is_err());
        let first = |text| parse::<First<u8>>(text).map(|first| first.0);
        assert_eq!(first("[1, \"x\", {}]"), Ok(Some(1)));
        assert_eq!((first("[]"), first("null")), (Ok(None), Ok(None)));
        assert!(first("[\"x\"]").is_err());
    }
}
