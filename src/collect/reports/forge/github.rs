//! What GitHub's answers share: people, the repository in an address, words for states.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use crate::collect::reports::Document;
use crate::collect::reports::inspect::usually_named;
use crate::collect::reports::words::counts;
use crate::collect::reports::{FormatSpec, document::Look};
use crate::model::reading::Reading;
use crate::parse::json::{Outer, Shape, Text};

/// Somebody or something with an account.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Account {
    pub(super) login: Text,
    pub(super) slug: Text,
    pub(super) name: Text,
    #[serde(rename = "type")]
    pub(super) kind: Text,
}

impl Account {
    /// `user`, `bot` or `organization`.
    pub(super) fn kind(&self) -> Option<String> {
        self.kind.said().map(str::to_lowercase)
    }
}

/// Somebody, where a text may say that there is nobody.
pub(super) fn account_or_none<'de, D: Deserializer<'de>>(reader: D) -> Result<Account, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Loose {
        Account(Account),
        Nobody(IgnoredAny),
    }
    Ok(match Loose::deserialize(reader)? {
        Loose::Account(account) => account,
        Loose::Nobody(_) => Account::default(),
    })
}

/// A value as GitHub means it. Scripts that went through Python write `None` for nothing.
pub(super) fn said(text: &Text) -> Option<&str> {
    text.said().filter(|text| *text != "None")
}

/// The repository that an address of the API names, as `owner/name`.
pub(super) fn repository(url: &Text) -> Option<String> {
    let (_, rest) = url.said()?.split_once("/repos/")?;
    let mut parts = rest.split('/').filter(|part| !part.is_empty());
    Some(format!("{}/{}", parts.next()?, parts.next()?))
}

/// Records how many rows have each state. `known` are the words of which none is 0 and not unknown;
/// rows that have no state have no such measure.
pub(super) fn measure_states<'s>(
    known: &[&str],
    states: impl IntoIterator<Item = Option<&'s str>>,
    reading: &mut Reading,
) {
    let none = known.iter().map(|state| ((*state).to_owned(), 0));
    let mut by_state: BTreeMap<String, u64> = none.collect();
    for state in states.into_iter().flatten() {
        *by_state.entry(state.to_lowercase()).or_default() += 1;
    }
    if !by_state.is_empty() {
        reading.measure("by_state", counts(by_state));
    }
}

/// Whether a document is an empty list that has the name of this format: nothing but its name tells
/// what there is none of.
pub(super) fn is_named_empty(spec: &FormatSpec, document: &Document<'_>) -> bool {
    let empty =
        |shape: &Shape| shape.outer == Outer::Array && shape.length == 0 && shape.broken.is_none();
    matches!(&document.look, Look::Json(shape) if empty(shape))
        && usually_named(spec, document.path)
}

/// Whether the rows of a document, or the one object that it is, have all these members.
pub(super) fn rows_have(document: &Document<'_>, members: &[&str]) -> bool {
    document.look.json().is_some_and(|shape| match shape.outer {
        Outer::Array => shape.has_inner(members),
        Outer::Object => shape.has(members),
        Outer::Null | Outer::Scalar => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_named_by_its_address() {
        let named = |url: &str| repository(&Text(Some(url.to_owned())));
        let expected = Some("octo/app".to_owned());
        assert_eq!(
            named("https://api.github.com/repos/octo/app/pulls/7"),
            expected
        );
        assert_eq!(named("https://ghe.example/api/v3/repos/octo/app"), expected);
        assert_eq!(named("https://api.github.com/orgs/octo"), None);
        assert_eq!(named("https://api.github.com/repos/octo"), None);
        assert_eq!(said(&Text(Some("None".to_owned()))), None);
    }
}
