//! How a line may look: width, colour, signs, and how much is said.

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Detail {
    /// Titles, counts and the end.
    Quiet,
    /// What a person needs to act.
    #[default]
    Normal,
    /// Every deviation and every gap.
    Full,
}

/// How the table looks. It changes colour, width and signs, never a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns of a line.
    pub width: usize,
    /// Whether colours are sent.
    pub colour: bool,
    /// Whether our own signs are ASCII.
    pub ascii: bool,
    /// How much is said.
    pub detail: Detail,
}

impl Style {
    /// The narrowest line.
    pub const NARROWEST: usize = 60;
    /// The widest line.
    pub const WIDEST: usize = 120;
    /// The width where nothing says another.
    pub const USUAL: usize = 100;
    /// Below this width a title and what follows a place stand on lines of their own.
    const ROOMY: usize = 80;

    /// Without colour, at the usual width.
    pub const fn plain() -> Self {
        Self {
            width: Self::USUAL,
            colour: false,
            ascii: false,
            detail: Detail::Normal,
        }
    }

    /// Whether a title has to stand on a line of its own.
    pub const fn narrow(&self) -> bool {
        self.width < Self::ROOMY
    }

    /// The text in the signs that were asked for. Only our own signs are in question: a path that
    /// holds one never comes through here.
    pub fn own(&self, text: &str) -> String {
        if !self.ascii {
            return text.to_owned();
        }
        let mut ascii = String::with_capacity(text.len());
        for character in text.chars() {
            match character {
                '✗' => ascii.push('x'),
                '·' => ascii.push('-'),
                '…' => ascii.push_str("..."),
                '®' => ascii.push_str("(R)"),
                other => ascii.push(other),
            }
        }
        ascii
    }

    /// The separator between the parts of a line, without its spaces.
    pub const fn dot(&self) -> &'static str {
        if self.ascii { "-" } else { "·" }
    }

    /// The text with its colour, where colours are sent.
    pub fn paint(&self, paint: Paint, text: &str) -> String {
        let code = match paint {
            _ if !self.colour || text.is_empty() => return text.to_owned(),
            Paint::Plain => return text.to_owned(),
            Paint::Bold => "1",
            Paint::Dim => "2",
            Paint::Red => "31",
            Paint::Yellow => "33",
            Paint::Cyan => "36",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// A colour by what it means. There is no green: nothing here is a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paint {
    /// As it is.
    #[default]
    Plain,
    /// Identifiers and headings.
    Bold,
    /// Where something comes from.
    Dim,
    /// An exception, a failure, an error.
    Red,
    /// Not tested, expired, not checked.
    Yellow,
    /// Waived.
    Cyan,
}

/// The sign before a title; it never stands without its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Exceptions noted.
    Exception,
    /// Not tested.
    Gap,
    /// Exceptions noted, all of them waived.
    Waived,
}

impl Sign {
    /// The sign in its colour.
    pub fn shown(self, style: &Style) -> String {
        let (sign, paint) = match self {
            Self::Exception => ("✗", Paint::Red),
            Self::Gap => ("?", Paint::Yellow),
            Self::Waived => ("~", Paint::Cyan),
        };
        style.paint(paint, &style.own(sign))
    }
}
