//! The closed vocabularies of the control language: words a control may use, each with its meaning.

use serde::Serialize;

/// Writes an enum of plain words with its names in one place.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$variant_about:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_about])* $variant),+ }

        impl $name {
            /// The words a control may use.
            pub const NAMES: &'static [&'static str] = &[$($word),+];
            /// The word.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
            /// The meaning of a word.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    };
}

words! {
    /// How much a missing control matters. Ordered: the first is the gravest.
    Severity {
        /// Stops a release.
        Critical = "critical",
        /// Is mended first.
        High = "high",
        /// Is planned.
        Medium = "medium",
        /// Is noted.
        Low = "low",
    }
}

words! {
    /// What the control does about a risk.
    Nature {
        /// Keeps it from happening.
        Preventive = "preventive",
        /// Finds it.
        Detective = "detective",
        /// Mends it.
        Corrective = "corrective",
    }
}

words! {
    /// What kind of evidence the control rests on, which decides when it can be tested.
    Class {
        /// A configuration, read at the commit.
        State = "state",
        /// A report of a tool.
        Artifact = "artifact",
        /// A document.
        Document = "document",
        /// Everything that happened in a period.
        Population = "population",
        /// A person's act in a period.
        Manual = "manual",
    }
}

impl Class {
    /// Whether it can only be tested over a period.
    pub const fn needs_period(self) -> bool {
        matches!(self, Self::Population | Self::Manual)
    }
}

words! {
    /// What an empty population means.
    WhenEmpty {
        /// Nothing to find was found, and it was looked for.
        NoExceptions = "no-exceptions",
        /// Something had to be there.
        Exceptions = "exceptions",
        /// The control is per occurrence, and none occurred.
        DidNotOccur = "did-not-occur",
        /// There is nothing here that the control is about.
        NotApplicable = "not-applicable",
        /// Without it, nothing can be said.
        NotTested = "not-tested",
    }
}

words! {
    /// How a value is compared.
    Comparator {
        /// The same.
        Eq = "eq",
        /// Not the same.
        Ne = "ne",
        /// One of these; of a list, every member.
        In = "in",
        /// None of these; of a list, no member.
        NotIn = "not-in",
        /// This or more.
        AtLeast = "at-least",
        /// This or less.
        AtMost = "at-most",
        /// A glob over the whole text; of a list, any member.
        Matches = "matches",
        /// Whether there is a value at all.
        Exists = "exists",
    }
}

words! {
    /// How a field of several items becomes one number.
    Aggregate {
        /// All together.
        Sum = "sum",
        /// The smallest: the weakest report decides.
        Min = "min",
        /// The largest.
        Max = "max",
        /// Covered of total, each item on its own; the smallest decides.
        Ratio = "ratio",
    }
}

words! {
    /// What a parameter counts.
    Unit {
        /// A share in percent; kept in hundredths of a percent.
        Percent = "percent",
        /// Whole days.
        Days = "days",
        /// Whole hours.
        Hours = "hours",
        /// Things.
        Count = "count",
        /// Words.
        Words = "words",
        /// Yes or no.
        Flag = "flag",
    }
}
