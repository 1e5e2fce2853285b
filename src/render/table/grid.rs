//! Tables: capital heads, two spaces between columns, no rules, the longest text last.

use super::layout::{Text, pad, width, wrap};
use super::paint::{Paint, Style};

/// The narrowest a wrapping column gets, unless a word in it is longer.
const NARROWEST: usize = 16;

/// How a column behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Never wrapped: ids, paths, words.
    Fixed,
    /// A number: never wrapped, at the right.
    Right,
    /// Text that wraps at spaces.
    Wrap,
}

/// A table.
pub struct Grid {
    columns: Vec<(&'static str, Fit)>,
    rows: Vec<Vec<String>>,
}

impl Grid {
    /// A table with these heads.
    pub fn new(columns: &[(&'static str, Fit)]) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; its cells are visible text already.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The text of the table.
    pub fn render(&self, style: &Style) -> String {
        let widths = self.widths(style);
        let mut out = String::new();
        let heads: Vec<String> = self
            .columns
            .iter()
            .map(|(head, _)| (*head).to_owned())
            .collect();
        self.write(&mut out, &heads, &widths, style, Paint::Bold);
        for row in &self.rows {
            self.write(&mut out, row, &widths, style, Paint::Plain);
        }
        out
    }

    /// The widths of the columns: as wide as their texts, and where that is too wide, the wrapping
    /// ones share what is left.
    fn widths(&self, style: &Style) -> Vec<usize> {
        let cells = |index: usize| self.rows.iter().filter_map(move |row| row.get(index));
        let natural: Vec<usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(index, (head, _))| {
                let widest = cells(index).map(|cell| width(cell)).max().unwrap_or(0);
                widest.max(head.len())
            })
            .collect();
        let gaps = 2 * self.columns.len().saturating_sub(1);
        let fixed: usize = self
            .columns
            .iter()
            .zip(&natural)
            .filter(|((_, fit), _)| *fit != Fit::Wrap)
            .map(|(_, width)| width)
            .sum();
        let mut left = style.width.saturating_sub(gaps + fixed);
        let mut open: Vec<(usize, usize)> = self
            .columns
            .iter()
            .zip(&natural)
            .enumerate()
            .filter(|(_, ((_, fit), _))| *fit == Fit::Wrap)
            .map(|(index, (_, width))| (*width, index))
            .collect();
        // The narrow ones take what they need; the wide ones share the rest.
        open.sort_unstable();
        let mut widths = natural.clone();
        let mut count = open.len();
        for (wanted, index) in open {
            let share = left.checked_div(count).unwrap_or(left);
            let words = cells(index).flat_map(|cell| cell.split(' ')).map(width);
            let least = words.max().unwrap_or(0).max(NARROWEST).min(wanted);
            let given = wanted.min(share).max(least);
            if let Some(width) = widths.get_mut(index) {
                *width = given;
            }
            left = left.saturating_sub(given);
            count -= 1;
        }
        widths
    }

    fn write(
        &self,
        out: &mut String,
        cells: &[String],
        widths: &[usize],
        style: &Style,
        paint: Paint,
    ) {
        let columns = || self.columns.iter().map(|(_, fit)| fit).zip(widths);
        let lines: Vec<Vec<String>> = cells
            .iter()
            .zip(columns())
            .map(|(cell, (fit, width))| match fit {
                Fit::Wrap => {
                    let column = Style {
                        width: *width,
                        colour: false,
                        ..*style
                    };
                    wrap(&Text::new(cell.as_str()), &column, 0, 0)
                }
                Fit::Fixed | Fit::Right => vec![cell.clone()],
            })
            .collect();
        let height = lines.iter().map(Vec::len).max().unwrap_or(0);
        for at in 0..height {
            let mut line = String::new();
            let (mut end, mut start) = (0, 0);
            for (cell, (fit, columns)) in lines.iter().zip(columns()) {
                let cell = cell.get(at).map_or("", String::as_str);
                if !cell.is_empty() {
                    let shown = match fit {
                        Fit::Right => format!("{cell:>columns$}"),
                        Fit::Fixed | Fit::Wrap => cell.to_owned(),
                    };
                    line.push_str(&" ".repeat(usize::saturating_sub(start, end)));
                    line.push_str(&style.paint(paint, &shown));
                    end = start + width(&shown);
                }
                start += columns + 2;
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
}

/// Pads several lines to the widest: for names with their explanations.
pub fn aligned(rows: &[(String, String)]) -> Vec<String> {
    let widest = rows.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
    rows.iter()
        .map(|(name, text)| format!("{}{text}", pad(name, widest + 2)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_right_and_the_last_column_wraps() {
        let mut grid = Grid::new(&[
            ("RELATION", Fit::Fixed),
            ("STATE", Fit::Fixed),
            ("ITEMS", Fit::Right),
            ("FROM", Fit::Wrap),
        ]);
        let row = |cells: [&str; 4]| cells.map(str::to_owned);
        grid.row(row([
            "code.call",
            "collected",
            "19",
            "213 of 214 Python files; src/legacy/report.py:3:7",
        ]));
        grid.row(row([
            "secrets.report",
            "unreadable",
            "0",
            "gitleaks.json:1:2049",
        ]));
        let style = Style {
            width: 60,
            ..Style::plain()
        };
        assert_eq!(
            grid.render(&style),
            "RELATION        STATE       ITEMS  FROM
code.call       collected      19  213 of 214 Python files;
                                   src/legacy/report.py:3:7
secrets.report  unreadable      0  gitleaks.json:1:2049
"
        );
    }
}
