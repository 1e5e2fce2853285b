//! Places and what stands there, in columns: `path:line:column  what`.

use super::layout::{self, Text, VALUES, pad, width};
use super::paint::Style;
use crate::model::result::Deviation;
use crate::model::text::{excerpt, visible};

/// The narrowest column in which a text beside a place is still read with ease.
const READABLE: usize = 24;

/// A place and what stands there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Where; never cut.
    pub place: String,
    /// What stands there, the longest last.
    pub cells: Vec<String>,
}

impl Row {
    /// The place of a deviation with the fields that tell it from its neighbours.
    pub fn of(deviation: &Deviation) -> Self {
        let cells = deviation
            .item
            .iter()
            .map(|(_, value)| value)
            .filter(|value| !value.is_empty() && **value != deviation.path);
        Self {
            place: visible(&deviation.place).into_owned(),
            cells: cells.map(|value| excerpt(value)).collect(),
        }
    }

    fn is_empty(&self) -> bool {
        self.place.is_empty() && self.cells.is_empty()
    }
}

/// Rows under one label.
pub struct Group<'g> {
    /// The label; it stands before the first row.
    pub label: &'g str,
    /// The rows.
    pub rows: Vec<Row>,
}

/// Writes rows under their labels, all in the same columns.
pub fn write(out: &mut String, groups: &[Group<'_>], style: &Style) {
    let rows = || groups.iter().flat_map(|group| &group.rows);
    let columns = Columns::of(rows(), style);
    for group in groups {
        let mut label = group.label;
        for row in group.rows.iter().filter(|row| !row.is_empty()) {
            out.push_str("  ");
            out.push_str(&pad(label, VALUES - 2));
            label = "";
            columns.write(out, row, style);
        }
    }
}

/// The columns all rows share; `None` where each cell stands on a line of its own.
struct Columns {
    widths: Option<Vec<usize>>,
}

impl Columns {
    fn of<'r>(rows: impl Iterator<Item = &'r Row> + Clone, style: &Style) -> Self {
        let mut widths: Vec<usize> = Vec::new();
        let mut last = 0;
        for row in rows.filter(|row| !row.cells.is_empty()) {
            // Only what another cell follows sets a column.
            let before = std::iter::once(&row.place)
                .filter(|place| !place.is_empty())
                .chain(&row.cells);
            let cells: Vec<usize> = before.map(|cell| width(cell)).collect();
            let Some((end, others)) = cells.split_last() else {
                continue;
            };
            last = last.max(*end);
            for (index, cell) in others.iter().enumerate() {
                match widths.get_mut(index) {
                    Some(known) => *known = (*known).max(*cell),
                    None => widths.push(*cell),
                }
            }
        }
        let taken = VALUES + widths.iter().map(|column| column + 2).sum::<usize>();
        let fits = !style.narrow() && taken + last.min(READABLE) <= style.width;
        Self {
            widths: fits.then_some(widths),
        }
    }

    fn write(&self, out: &mut String, row: &Row, style: &Style) {
        let all: Vec<&String> = std::iter::once(&row.place)
            .filter(|place| !place.is_empty())
            .chain(&row.cells)
            .collect();
        let Some((last, others)) = all.split_last() else {
            out.push('\n');
            return;
        };
        let Some(widths) = &self.widths else {
            narrow(out, row, style);
            return;
        };
        let mut column = VALUES;
        for (cell, columns) in others.iter().zip(widths) {
            out.push_str(&pad(cell, columns + 2));
            column += width(cell).max(*columns) + 2;
        }
        layout::write(out, &Text::new(last.as_str()), style, column, column);
    }
}

/// The place on its own line, what follows it on the next ones, two columns in.
fn narrow(out: &mut String, row: &Row, style: &Style) {
    let mut column = VALUES;
    if !row.place.is_empty() {
        // The label ends where the place begins, which is never cut.
        out.push_str(&row.place);
        out.push('\n');
        if row.cells.is_empty() {
            return;
        }
        column += 2;
        out.push_str(&" ".repeat(column));
    }
    layout::write(out, &Text::new(row.cells.join("  ")), style, column, column);
}

/// Places with nothing beside them: neighbouring lines of a file become one range.
pub fn ranges(deviations: &[&Deviation]) -> Vec<String> {
    let mut ranges: Vec<(&Deviation, Option<(u32, u32)>)> = Vec::new();
    for deviation in deviations {
        let line = deviation.line.filter(|_| deviation.column.is_none());
        if let (Some(line), Some((first, Some((_, end))))) = (line, ranges.last_mut())
            && first.path == deviation.path
            && (line == *end || Some(line) == end.checked_add(1))
        {
            *end = line;
            continue;
        }
        ranges.push((deviation, line.map(|line| (line, line))));
    }
    ranges
        .into_iter()
        .map(|(deviation, lines)| match lines {
            Some((start, end)) if start < end => {
                format!("{}:{start}-{end}", visible(&deviation.path))
            }
            _ => visible(&deviation.place).into_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(place: &str, cells: &[&str]) -> Row {
        Row {
            place: place.to_owned(),
            cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
        }
    }

    #[test]
    fn rows_of_several_labels_share_their_columns() {
        let groups = [
            Group {
                label: "where",
                rows: vec![
                    row("src/ledger/cache.py:41:12", &["pickle.loads"]),
                    row(
                        "src/ledger/feed.py:88:9",
                        &["yaml.load without a safe loader"],
                    ),
                ],
            },
            Group {
                label: "not read",
                rows: vec![row(
                    "src/legacy/report.py:3:7",
                    &["not Python 3: this file is not tested"],
                )],
            },
        ];
        let mut out = String::new();
        write(&mut out, &groups, &Style::plain());
        assert_eq!(
            out,
            "  where       src/ledger/cache.py:41:12  pickle.loads
              src/ledger/feed.py:88:9    yaml.load without a safe loader
  not read    src/legacy/report.py:3:7   not Python 3: this file is not tested
"
        );
    }

    #[test]
    fn what_has_no_place_wraps_beside_places_that_fill_the_line() {
        let long = format!("src/{}.py:41:12", "long".repeat(18));
        let says = "no test report was found; looked for JUnit XML, TAP, JSON of go test, Jest, \
                    Mocha and pytest-json-report";
        let groups = [Group {
            label: "where",
            rows: vec![row(&long, &["test_a"]), row("", &[says])],
        }];
        let mut out = String::new();
        write(&mut out, &groups, &Style::plain());
        let widest = out.lines().map(width).max();
        assert!(
            widest.is_some_and(|widest| widest <= Style::plain().width),
            "{out}"
        );
    }

    #[test]
    fn below_eighty_columns_what_follows_a_place_has_its_own_line() {
        let style = Style {
            width: 60,
            ..Style::plain()
        };
        let groups = [Group {
            label: "where",
            rows: vec![row("src/ledger/cache.py:41:12", &["pickle.loads"])],
        }];
        let mut out = String::new();
        write(&mut out, &groups, &style);
        assert_eq!(
            out,
            "  where       src/ledger/cache.py:41:12\n                pickle.loads\n"
        );
    }
}
