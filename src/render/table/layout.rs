//! Lines of a given width: text that wraps at spaces under its column, never cutting a word.

use unicode_width::UnicodeWidthStr;

use super::paint::{Paint, Style};

/// The column at which the value of a label in a block starts.
pub const VALUES: usize = 14;

/// What a part has to leave of a line to stay whole: an indent fits before it.
const ROOM: usize = 4;

/// How many columns a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// A piece of text in one colour.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    paint: Paint,
    text: String,
    kind: Kind,
}

/// How a piece of text behaves at the end of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It wraps at its spaces.
    Flow,
    /// Its spaces are no place to break a line: a command, a name with its count.
    Whole,
    /// It stands between parts; a break stands for it.
    Divider,
}

/// A text that may be in several colours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(Vec<Span>);

impl Text {
    /// A text without colour.
    pub fn new(text: impl Into<String>) -> Self {
        Self::default().and(text)
    }

    /// With more text after it.
    #[must_use]
    pub fn and(self, text: impl Into<String>) -> Self {
        self.painted(Paint::Plain, text)
    }

    /// With more text after it, in a colour.
    #[must_use]
    pub fn painted(mut self, paint: Paint, text: impl Into<String>) -> Self {
        self.0.push(Span {
            paint,
            text: text.into(),
            kind: Kind::Flow,
        });
        self
    }

    /// With more text after it that stays on one line.
    #[must_use]
    pub fn whole(mut self, text: impl Into<String>) -> Self {
        self.0.push(Span {
            paint: Paint::Plain,
            text: text.into(),
            kind: Kind::Whole,
        });
        self
    }

    /// With the separator after it; a line that ends here ends without it.
    #[must_use]
    pub fn divided(mut self, style: &Style) -> Self {
        self.0.push(Span {
            paint: Paint::Plain,
            text: format!(" {} ", style.dot()),
            kind: Kind::Divider,
        });
        self
    }

    /// Parts joined by the separator; each part stays whole where it can.
    pub fn list<T: Into<String>>(style: &Style, parts: impl IntoIterator<Item = T>) -> Self {
        let mut text = Self::default();
        for (index, part) in parts.into_iter().enumerate() {
            if index > 0 {
                text = text.divided(style);
            }
            let part = part.into();
            text = if width(&part) + ROOM > style.width {
                text.and(part)
            } else {
                text.whole(part)
            };
        }
        text
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|span| span.text.is_empty())
    }

    /// The words, each with the number of spaces before it.
    fn words(&self) -> Vec<Word> {
        let mut words: Vec<Word> = Vec::new();
        let mut gap = 0;
        let mut open = false;
        for span in &self.0 {
            let mut rest = span.text.as_str();
            while !rest.is_empty() {
                let end = if span.kind == Kind::Whole {
                    rest.len()
                } else {
                    rest.find(' ').unwrap_or(rest.len())
                };
                let (word, after) = rest.split_at(end);
                if !word.is_empty() {
                    let joins = |last: &&mut Word| open || (gap == 1 && last.keeps(word));
                    if let Some(last) = words.last_mut().filter(joins) {
                        last.extend(gap, span.paint, word);
                    } else {
                        let divider = span.kind == Kind::Divider;
                        words.push(Word::new(gap, span.paint, word, divider));
                    }
                    gap = 0;
                    open = true;
                }
                let spaces = after.len() - after.trim_start_matches(' ').len();
                if spaces > 0 {
                    gap += spaces;
                    open = false;
                }
                rest = after.trim_start_matches(' ');
            }
        }
        words
    }
}

/// What stays on one line.
struct Word {
    gap: usize,
    width: usize,
    divider: bool,
    pieces: Vec<(Paint, String)>,
}

impl Word {
    fn new(gap: usize, paint: Paint, text: &str, divider: bool) -> Self {
        Self {
            gap,
            width: width(text),
            divider,
            pieces: vec![(paint, text.to_owned())],
        }
    }

    fn extend(&mut self, gap: usize, paint: Paint, text: &str) {
        self.width += gap + width(text);
        self.pieces
            .push((paint, format!("{}{text}", " ".repeat(gap))));
    }

    /// Whether a word stays on the line of this one: a figure with what it counts (`pickle 1`), a
    /// percent sign with its figure, both figures of `71 of 80`.
    fn keeps(&self, word: &str) -> bool {
        let last = self.pieces.last().map_or("", |(_, piece)| piece.as_str());
        let last = last.rsplit(' ').next().unwrap_or(last);
        let named = last.chars().next_back().is_some_and(char::is_alphanumeric);
        match word {
            "%" | "of" => is_figure(last),
            _ => {
                named
                    && !is_figure(last)
                    && is_figure(word.trim_end_matches([',', '.', ';', ':', ')']))
            }
        }
    }

    fn is(&self, text: &str) -> bool {
        matches!(self.pieces.as_slice(), [(_, piece)] if piece == text)
    }

    fn push_to(&self, line: &mut String, style: &Style) {
        for (paint, piece) in &self.pieces {
            line.push_str(&style.paint(*paint, piece));
        }
    }
}

/// A count: digits, perhaps in groups or with decimals.
fn is_figure(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_digit())
        && word
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ',' | '.'))
}

/// Wraps a text that starts at column `start` into lines without their indent; the later ones start
/// at column `indent`. A separator never begins a line: it stays at the end of the one before where
/// there is room, and is dropped where there is none, or where the break stands for it. A word that
/// is longer than the line stands alone and overflows.
pub fn wrap(text: &Text, style: &Style, start: usize, indent: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut column = start;
    let mut fresh = true;
    let mut dot: Option<Word> = None;
    for word in text.words() {
        if word.is(style.dot()) && !fresh && dot.is_none() {
            dot = Some(word);
            continue;
        }
        let before = dot.as_ref().map_or(0, |dot| dot.gap + dot.width);
        if !fresh && column + before + word.gap + word.width > style.width {
            if let Some(dot) = dot
                .take()
                .filter(|dot| !dot.divider && column + before <= style.width)
            {
                line.push(' ');
                dot.push_to(&mut line, style);
            }
            lines.push(std::mem::take(&mut line));
            column = indent;
            fresh = true;
        }
        for word in dot.take().iter().chain([&word]) {
            let gap = if fresh { 0 } else { word.gap };
            line.push_str(&" ".repeat(gap));
            word.push_to(&mut line, style);
            column += gap + word.width;
            fresh = false;
        }
    }
    if let Some(dot) = dot {
        line.push(' ');
        dot.push_to(&mut line, style);
    }
    lines.push(line);
    lines
}

/// Writes a text after what stands on the line already, `start` columns wide; later lines are
/// indented.
pub fn write(out: &mut String, text: &Text, style: &Style, start: usize, indent: usize) {
    for (index, line) in wrap(text, style, start, indent).iter().enumerate() {
        if index > 0 {
            out.push_str(&" ".repeat(indent));
        }
        out.push_str(line);
        out.push('\n');
    }
}

/// Pads a text to a number of columns.
pub fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// A label in a column of twelve with its value, as every block has it.
pub fn label(out: &mut String, label: &str, value: &Text, style: &Style) {
    if value.is_empty() {
        return;
    }
    out.push_str("  ");
    out.push_str(&pad(label, VALUES - 2));
    write(out, value, style, VALUES, VALUES);
}

/// A label at the margin with its value, as the end of a run and the answers about one control
/// have it. The value starts at `column`.
pub fn margin(out: &mut String, label: &str, value: &Text, style: &Style, column: usize) {
    out.push_str(&pad(label, column));
    write(out, value, style, column, column);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(width: usize) -> Style {
        Style {
            width,
            ..Style::plain()
        }
    }

    #[test]
    fn a_value_wraps_at_spaces_under_its_column() {
        let mut out = String::new();
        let value = Text::new(
            "2 calls on the blocklist: pickle 1, yaml-load 1 · 213 of 214 Python files read",
        );
        label(&mut out, "observed", &value, &style(60));
        assert_eq!(
            out,
            "  observed    2 calls on the blocklist: pickle 1,\n              yaml-load 1 · 213 of 214 Python files read\n"
        );
    }

    #[test]
    fn a_separator_at_a_break_is_dropped_and_parts_stay_whole() {
        let families = [
            "No exceptions noted: 42",
            "AC 2",
            "BP 3",
            "CI 6",
            "CM 1",
            "CP 6",
            "CR 1",
            "DP 4",
            "GV 1",
            "OP 3",
            "SA 4",
            "SE 4",
            "TQ 6",
            "VD 1",
        ];
        let mut out = String::new();
        write(
            &mut out,
            &Text::list(&style(100), families),
            &style(100),
            0,
            26,
        );
        assert_eq!(
            out,
            "No exceptions noted: 42 · AC 2 · BP 3 · CI 6 · CM 1 · CP 6 · CR 1 · DP 4 · GV 1 · OP 3 · SA 4 · SE 4\n                          TQ 6 · VD 1\n"
        );
    }

    #[test]
    fn a_part_longer_than_a_line_wraps_at_its_spaces() {
        let ids = vec!["CI-01"; 20].join(" ");
        let mut out = String::new();
        let list = Text::list(&style(60), ["Did not occur: 1 (GV-03)".to_owned(), ids]);
        write(&mut out, &list, &style(60), 0, 2);
        assert!(out.lines().all(|line| width(line) <= 60), "{out}");
        assert_eq!(out.matches("CI-01").count(), 20);
    }

    #[test]
    fn a_word_longer_than_the_line_overflows_and_is_not_cut() {
        let path = "a/very/long/path/that/is/longer/than/the/line/and/is/still/shown/whole.py:1:1";
        let lines = wrap(&Text::new(format!("see {path} there")), &style(60), 14, 14);
        assert_eq!(lines, ["see", path, "there"]);
    }

    #[test]
    fn both_figures_of_a_share_stay_together() {
        let text = Text::new("must have a pin of sha or digest: 71 of 80 do, 9 do not.");
        assert_eq!(
            wrap(&text, &style(60), 22, 12),
            [
                "must have a pin of sha or digest:",
                "71 of 80 do, 9 do not."
            ]
        );
    }

    #[test]
    fn a_percent_sign_stays_with_its_figure() {
        let text = Text::new(format!("{}: 99.94 %", "x".repeat(39)));
        assert_eq!(wrap(&text, &style(60), 14, 14).last().unwrap(), "99.94 %");
    }

    #[test]
    fn colour_takes_no_columns() {
        let coloured = Style {
            colour: true,
            ..style(60)
        };
        let text = Text::new("a ").painted(Paint::Yellow, "expired").and(" b");
        assert_eq!(
            wrap(&text, &coloured, 0, 0),
            ["a \u{1b}[33mexpired\u{1b}[0m b"]
        );
    }
}
