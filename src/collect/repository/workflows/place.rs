//! Where in a file a part of a YAML scalar stands.
//!
//! A scalar can be quoted, folded or a block, so its text alone does not tell the line of an
//! expression in it. What is looked for is found in the source again, from the scalar on.

use crate::parse::yaml::Node;

/// The lines of a file.
pub(super) struct Lines<'t> {
    lines: Vec<&'t str>,
}

impl<'t> Lines<'t> {
    /// Splits a text.
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            lines: text.lines().collect(),
        }
    }

    /// A cursor at the beginning of a scalar.
    pub(super) fn at(&self, node: &Node) -> Cursor<'_, 't> {
        let text = node.text().unwrap_or("");
        Cursor {
            lines: self,
            line: (node.line as usize).saturating_sub(1),
            from: 0,
            // A folded scalar has at most a line for each of its characters.
            budget: text.len() + 2,
            otherwise: (node.line, node.column),
        }
    }
}

/// A place in a scalar that moves forward only, so that all searches in it together read each line
/// once.
pub(super) struct Cursor<'l, 't> {
    lines: &'l Lines<'t>,
    line: usize,
    from: usize,
    budget: usize,
    otherwise: (u32, u32),
}

impl Cursor<'_, '_> {
    /// The line and column, from 1, of the next place where the text stands; the scalar's own place
    /// when it is written so differently that it cannot be found.
    pub(super) fn find(&mut self, text: &str) -> (u32, u32) {
        let sought = text.lines().next().unwrap_or("").trim();
        if sought.is_empty() {
            return self.otherwise;
        }
        while self.budget > 0 {
            let Some(line) = self.lines.lines.get(self.line) else {
                self.budget = 0;
                break;
            };
            if let Some(at) = line.get(self.from..).and_then(|rest| rest.find(sought)) {
                let start = self.from + at;
                let before = line.get(..start).unwrap_or("").chars().count();
                self.from = start + sought.len();
                return (number(self.line + 1), number(before + 1));
            }
            self.line += 1;
            self.from = 0;
            self.budget -= 1;
        }
        self.otherwise
    }
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::yaml;

    #[test]
    fn parts_of_every_kind_of_scalar_are_found() {
        let text =
            "a: |\n\n  x\n  echo ${{ b }} ${{ b }}\nc: >-\n  x\n  ${{ d }}\ne: 'it''s ${{ f }}'\n";
        let root = yaml::parse(text).expect("yaml");
        let lines = Lines::new(text);
        let node = |name: &str| root.get(name).expect("a key");
        let mut block = lines.at(node("a"));
        assert_eq!(block.find("${{ b }}"), (4, 8));
        assert_eq!(block.find("${{ b }}"), (4, 17));
        assert_eq!(lines.at(node("c")).find("${{ d }}"), (7, 3));
        assert_eq!(lines.at(node("e")).find("${{ f }}"), (8, 11));
        assert_eq!(lines.at(node("e")).find("it's"), (8, 4));
    }
}
