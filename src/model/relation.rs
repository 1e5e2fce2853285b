//! What a relation is: a named population with declared fields.
//!
//! `load` type-checks every control against these declarations and `collect` fills them, so neither
//! has to know the other.

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One text.
    Text,
    /// A whole number.
    Int,
    /// Yes or no.
    Bool,
    /// Covered of total.
    Ratio,
    /// A moment, RFC 3339; without a zone where the evidence gives none.
    Time,
    /// Several texts.
    Texts,
    /// Named counts, reached by a dotted name: `measures.by_severity.high`.
    Counts,
    /// A text or a mapping, as the evidence has it.
    Open,
}

impl Kind {
    /// The kind in words, for an error message.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Int => "a whole number",
            Self::Bool => "yes or no",
            Self::Ratio => "a ratio",
            Self::Time => "a time",
            Self::Texts => "a list of texts",
            Self::Counts => "named counts",
            Self::Open => "a text or a mapping",
        }
    }
}

/// One declared field.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name in `audit facts` and in a control.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// One sentence for `audit relations` and the documentation.
    pub about: &'static str,
}

/// Where the items come from, which decides what their absence means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Files of the examined tree: absence is a fact about the repository.
    Tree,
    /// Reports of tools: absence is a gap in the evidence.
    Report,
    /// Items inside reports of the named relation: worth as much as those reports.
    Within(&'static str),
    /// The git repository itself.
    Git,
    /// What `audit` was given or wrote earlier: waivers, earlier bundles.
    Audit,
}

/// A shorter phrase for a filter that controls use often, so that a sentence reads as a person
/// would say it: `references from outside`.
#[derive(Debug, Clone, Copy)]
pub struct Idiom {
    /// The field that is filtered.
    pub field: &'static str,
    /// The comparator as written in a control.
    pub comparator: &'static str,
    /// The values, sorted.
    pub values: &'static [&'static str],
    /// The phrase that follows the noun.
    pub words: &'static str,
}

/// A population that controls can test.
#[derive(Debug)]
pub struct Relation {
    /// Its name: `workflow.uses`.
    pub name: &'static str,
    /// What one item is, as a noun phrase with its article.
    pub item: &'static str,
    /// The noun of its items, singular and plural.
    pub noun: (&'static str, &'static str),
    /// Its fields, in the order in which they are printed.
    pub fields: &'static [Field],
    /// The fields that tell one item from another beside its place.
    pub shown: &'static [&'static str],
    /// Phrases for common filters.
    pub idioms: &'static [Idiom],
    /// Where its items come from.
    pub origin: Origin,
    /// What was looked for, for a person who finds it absent.
    pub sought: &'static str,
    /// What to do to get the evidence, a sentence that starts with a verb.
    pub remedy: &'static str,
}

impl Relation {
    /// The position of a field.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// The declared field for a name a control uses, which may go into named counts by a dot.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields
            .iter()
            .find(|field| field.name == name)
            .or_else(|| self.counts_above(name).map(|(field, _)| field))
    }

    /// The field of named counts that a dotted name goes into, and the rest of the name.
    pub fn counts_above<'n>(&self, name: &'n str) -> Option<(&'static Field, &'n str)> {
        self.fields
            .iter()
            .filter(|field| field.kind == Kind::Counts)
            .find_map(|field| Some((field, name.strip_prefix(field.name)?.strip_prefix('.')?)))
    }

    /// The noun for a count.
    pub fn noun_for(&self, count: usize) -> &'static str {
        if count == 1 { self.noun.0 } else { self.noun.1 }
    }
}

impl PartialEq for Relation {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Relation {}
