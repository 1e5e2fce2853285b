//! Trust Services Criteria: identifiers and our own short titles, never the licensed text.

use serde::Serialize;

/// A criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Criterion {
    /// Its identifier, a fact: `CC8.1`.
    pub id: String,
    /// Our own short title.
    pub title: String,
    /// Its series: `CC8`.
    pub series: String,
    /// Its category: security, availability, confidentiality, processing integrity, privacy.
    pub category: String,
}

/// How strongly a control may support a criterion. A mapping is the vendor's assertion; the
/// auditor decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Support {
    /// Primary evidence.
    Direct,
    /// One part of it.
    Partial,
    /// A hint.
    Indirect,
}

impl Support {
    /// The words a catalogue may use.
    pub const NAMES: &'static [&'static str] = &["direct", "partial", "indirect"];

    /// The word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Partial => "partial",
            Self::Indirect => "indirect",
        }
    }

    /// The strength of a word.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Direct, Self::Partial, Self::Indirect]
            .into_iter()
            .find(|support| support.name() == name)
    }
}
