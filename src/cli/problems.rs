//! Errors as a person reads them: what was expected and found, where, with the line, and what to
//! do. All that can be found is said at once.

use super::{Exit, output};
use crate::load::{Place, Problem};
use crate::model::text::visible;
use crate::render::table::layout::{VALUES, label, width, write};
use crate::render::table::{Paint, Style, Text};

/// How much of a long line stands before the place, in characters.
const BEFORE: usize = 24;

/// Writes the errors to standard error and answers with exit 2.
pub(crate) fn refuse(problems: &[Problem], style: &Style) -> Exit {
    output::err(&render(problems, style));
    // What only a defect of ours can cause is not the user's to mend.
    if problems.iter().any(|problem| problem.code == "bug") {
        Exit::Bug
    } else {
        Exit::Usage
    }
}

/// The text of several errors.
pub(crate) fn render(problems: &[Problem], style: &Style) -> String {
    let mut out = String::new();
    for problem in problems {
        one(&mut out, problem, style);
    }
    out
}

fn one(out: &mut String, problem: &Problem, style: &Style) {
    let title = Text::default()
        .painted(Paint::Red, "error")
        .painted(Paint::Bold, format!("[{}]", problem.code))
        .and(format!(" {}", style.own(&visible(&problem.title))));
    write(out, &title, style, 0, 2);
    let beside = problem.beside.as_deref().map(visible);
    let at = problem.place.as_deref().map(shown);
    let place = match (at, beside) {
        (Some(at), Some(beside)) => Text::default().whole(at).divided(style).and(beside),
        (Some(at), None) => Text::default().whole(at),
        (None, Some(beside)) => Text::new(beside),
        (None, None) => Text::default(),
    };
    label(out, "where", &place, style);
    if let Some(place) = &problem.place {
        frame(out, place, style);
    }
    label(
        out,
        "fix",
        &Text::new(style.own(&visible(&problem.fix))),
        style,
    );
}

fn shown(place: &Place) -> String {
    let path = visible(&place.path);
    match (place.line, place.column) {
        (0, _) => path.into_owned(),
        (line, 0) => format!("{path}:{line}"),
        (line, column) => format!("{path}:{line}:{column}"),
    }
}

/// The line with carets under what is meant.
fn frame(out: &mut String, place: &Place, style: &Style) {
    if place.line == 0 || place.text.trim().is_empty() {
        return;
    }
    let number = place.line.to_string();
    let room = style.width.saturating_sub(VALUES + number.len() + 3);
    let column = (place.column as usize).saturating_sub(1);
    let window = Window::of(&place.text, column, room, style);
    let marked = column..column + place.width.max(1) as usize;
    let before = width(&window.part(0..column));
    let carets = width(&window.part(marked)).max(1);
    let indent = " ".repeat(VALUES);
    let gutter = " ".repeat(number.len());
    let (left, right) = (window.left, window.right);
    let line = window.part(0..usize::MAX);
    for part in [&indent, &number, " | ", left, &line, right, "\n"] {
        out.push_str(part);
    }
    for part in [&indent, &gutter, " | ", &" ".repeat(width(left) + before)] {
        out.push_str(part);
    }
    out.push_str(&style.paint(Paint::Red, &"^".repeat(carets)));
    out.push('\n');
}

/// The part of a line that is shown: all of it, or what stands around the place.
struct Window<'w> {
    characters: Vec<char>,
    start: usize,
    left: &'w str,
    right: &'w str,
}

impl<'w> Window<'w> {
    fn of(text: &str, column: usize, room: usize, style: &Style) -> Self {
        let all: Vec<char> = text.trim_end().chars().collect();
        let columns = |from: usize, count: usize| {
            let part: String = all.iter().skip(from).take(count).collect();
            width(&visible(&part))
        };
        if columns(0, all.len()) <= room {
            return Self {
                characters: all,
                start: 0,
                left: "",
                right: "",
            };
        }
        let sign: &'w str = if style.ascii { "..." } else { "…" };
        let start = column.saturating_sub(BEFORE).min(all.len());
        let left = if start > 0 { sign } else { "" };
        let room = room.saturating_sub(2 * width(sign));
        let mut count = all.len() - start;
        while count > 1 && columns(start, count) > room {
            count -= 1;
        }
        let right = if start + count < all.len() { sign } else { "" };
        let characters = all.iter().skip(start).take(count).copied().collect();
        Self {
            characters,
            start,
            left,
            right,
        }
    }

    /// The characters of the line from one column to another, as far as they are shown.
    fn part(&self, columns: std::ops::Range<usize>) -> String {
        let from = columns.start.saturating_sub(self.start);
        let to = columns.end.saturating_sub(self.start);
        let part: String = self.characters.iter().take(to).skip(from).collect();
        visible(&part).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, column: u32, width: u32) -> Place {
        Place {
            path: ".audit/controls/ACME-01-release-notes.yaml".to_owned(),
            line: 7,
            column,
            width,
            text: text.to_owned(),
        }
    }

    #[test]
    fn an_error_names_the_place_shows_the_line_and_says_what_to_do() {
        let problem = Problem::new(
            "control-field",
            "severty is not a field of a control; the nearest is severity",
            "Write severity. All 16 fields: audit controls show --fields",
        )
        .at(place("severty: high", 1, 7));
        assert_eq!(
            render(&[problem], &Style::plain()),
            "error[control-field] severty is not a field of a control; the nearest is severity
  where       .audit/controls/ACME-01-release-notes.yaml:7:1
              7 | severty: high
                | ^^^^^^^
  fix         Write severity. All 16 fields: audit controls show --fields
"
        );
    }

    #[test]
    fn without_a_place_there_is_no_where() {
        let problem = Problem::new(
            "catalogue",
            "expected soc2 or a directory holding catalogue.yaml, found soc3 (--controls)",
            "audit --controls soc2",
        );
        assert_eq!(
            render(&[problem], &Style::plain()),
            "error[catalogue] expected soc2 or a directory holding catalogue.yaml, found soc3 (--controls)
  fix         audit --controls soc2
"
        );
    }

    #[test]
    fn a_long_line_is_shown_around_the_place_and_a_tab_as_what_it_is() {
        let text = format!("\t{}WRONG{}", "a".repeat(200), "b".repeat(200));
        let problem = Problem::new("x", "y", "Z.").at(place(&text, 202, 5));
        let text = render(&[problem], &Style::plain());
        let lines: Vec<&str> = text.lines().collect();
        let marked = lines[3].chars().position(|c| c == '^').unwrap();
        let shown: String = lines[2].chars().skip(marked).take(5).collect();
        assert_eq!(shown, "WRONG");
        assert!(lines[2].chars().count() <= 100, "{text}");
        let problem = Problem::new("x", "y", "Z.").at(place("\tkey: 1", 2, 3));
        let text = render(&[problem], &Style::plain());
        assert!(
            text.contains("7 | \\u{9}key: 1\n                |      ^^^\n"),
            "{text}"
        );
    }

    #[test]
    fn colour_is_red_for_the_word_error() {
        let style = Style {
            colour: true,
            ..Style::plain()
        };
        let text = render(&[Problem::new("x", "y", "Z.")], &style);
        assert!(text.starts_with("\u{1b}[31merror\u{1b}[0m\u{1b}[1m[x]\u{1b}[0m y\n"));
    }
}
