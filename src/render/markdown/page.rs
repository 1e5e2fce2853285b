//! A page that stops at a row before it grows too large, and says so.

use super::super::table::count;

/// What the sentence about rows that were left out takes at most, in bytes.
const NOTE: usize = 200;

/// A text under way to its end.
pub(super) struct Page {
    text: String,
    /// What stands at the end, whatever is left out before it.
    end: String,
    most: usize,
    left_out: usize,
}

impl Page {
    /// A page of at most so many bytes, with what begins and ends it; these two are always there.
    pub(super) fn new(most: usize, begin: String, end: String) -> Self {
        Self {
            text: begin,
            end,
            most,
            left_out: 0,
        }
    }

    /// Adds a part of a head, some rows and a foot. The rows that find no room are counted, and so
    /// is every later one: what is shown is the beginning, with nothing missing in between. A part
    /// without a row is none.
    pub(super) fn part(&mut self, head: &str, rows: impl IntoIterator<Item = String>, foot: &str) {
        let mut open = false;
        for row in rows {
            let around = if open { 0 } else { head.len() };
            let needed = around + row.len() + foot.len();
            if self.left_out > 0 || needed > self.room() {
                self.left_out += 1;
                continue;
            }
            if !open {
                self.text.push_str(head);
                open = true;
            }
            self.text.push_str(&row);
        }
        if open {
            self.text.push_str(foot);
        }
    }

    fn room(&self) -> usize {
        let taken = self.text.len() + self.end.len() + NOTE;
        self.most.saturating_sub(taken)
    }

    /// The whole page.
    pub(super) fn finish(mut self) -> String {
        if self.left_out > 0 {
            self.text
                .push_str(&count(self.left_out, "more row", "more rows"));
            self.text.push_str(
                " would make this too long for the forge: all of them stand in `report.html`, and \
                 in what `audit explain` says of a control.\n\n",
            );
        }
        self.text.push_str(&self.end);
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_stops_at_a_row_and_counts_the_rest() {
        let rows = || (10..99).map(|row| format!("{row}\n"));
        let page = |most| {
            let mut page = Page::new(most, "begin\n".to_owned(), "end\n".to_owned());
            page.part("head\n", rows(), "foot\n");
            page.part("other\n", rows().take(2), "foot\n");
            page.finish()
        };
        let all = page(10_000);
        assert!(
            all.starts_with("begin\nhead\n10\n") && all.ends_with("other\n10\n11\nfoot\nend\n")
        );
        for most in [220, 230, 250, 300, 500] {
            let text = page(most);
            assert!(text.len() <= most, "{most}: {}", text.len());
            assert!(text.ends_with("end\n"));
            let shown = text.lines().filter(|line| line.len() == 2).count();
            assert!(
                text.contains(&format!("\n{} more rows would", 91 - shown)),
                "{most}: {text}"
            );
        }
        assert!(!page(220).contains("head"), "no part without a row");
    }
}
