//! Tables: capital heads, two spaces between columns, no rules, the longest text last.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width};

use super::layout::width;
use super::paint::{Paint, Style};

/// The spaces between columns.
const GAP: usize = 2;

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
        let mut table = Table::new();
        table
            .load_style(NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_header(self.columns.iter().map(|(head, _)| *head));
        for row in &self.rows {
            table.add_row(row);
        }
        let widths = self.widths(style);
        let gap = |index: usize| if index + 1 < widths.len() { GAP } else { 0 };
        let total: usize = widths.iter().sum::<usize>() + gap(0) * widths.len().saturating_sub(1);
        table.set_width(u16::try_from(total).unwrap_or(u16::MAX));
        for (index, (column, (_, fit))) in table.column_iter_mut().zip(&self.columns).enumerate() {
            let width = widths.get(index).copied().unwrap_or(0) + gap(index);
            let width = Width::Fixed(u16::try_from(width).unwrap_or(u16::MAX));
            column
                .set_padding((0, u16::try_from(gap(index)).unwrap_or(0)))
                .set_constraint(ColumnConstraint::Absolute(width));
            if *fit == Fit::Right {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let text = table.trim_fmt();
        let (heads, rows) = text.split_once('\n').unwrap_or((&text, ""));
        let heads = style.paint(Paint::Bold, heads);
        if rows.is_empty() {
            format!("{heads}\n")
        } else {
            format!("{heads}\n{rows}\n")
        }
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
