//! What is wrong with a definition, where, and what to do. All that can be found is said at once.

/// A place in a file, with the line to show under the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file as it is shown.
    pub path: String,
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
    /// How many characters to underline.
    pub width: u32,
    /// The text of that line.
    pub text: String,
}

/// One error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// A stable word: `control-field`.
    pub code: &'static str,
    /// What was expected and what was found.
    pub title: String,
    /// Where.
    pub place: Option<Box<Place>>,
    /// A second place or remark that stands after the first: `floor: controls/soc2/…:14`.
    pub beside: Option<String>,
    /// What to do; a sentence that starts with a verb.
    pub fix: String,
}

impl Problem {
    /// A problem without a place.
    pub fn new(code: &'static str, title: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            code,
            title: title.into(),
            place: None,
            beside: None,
            fix: fix.into(),
        }
    }

    /// At a place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(Box::new(place));
        self
    }
}
