//! A Markdown text as prose: blocks with their heading, lines joined, sentences apart.

/// A paragraph, list item or table row, as one line of text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Block {
    /// As written, lines joined by a blank.
    pub(super) text: String,
    /// The heading it stands under, in lower case.
    pub(super) heading: String,
    /// The same, in lower case, without emphasis and code marks.
    pub(super) plain: String,
    /// The block before it, when that ends in a colon: what a list is a list of.
    pub(super) lead: String,
}

/// A policy, cut into blocks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Document {
    /// Everything that is not a heading.
    pub(super) blocks: Vec<Block>,
    /// The headings, in lower case, in order.
    pub(super) headings: Vec<String>,
    /// All text as written, without comments.
    pub(super) text: String,
}

impl Document {
    /// Cuts a text.
    pub(super) fn new(text: &str) -> Self {
        let mut document = Self {
            text: without_comments(text),
            ..Self::default()
        };
        let text = document.text.clone();
        let mut open = String::new();
        let mut previous = "";
        for line in text.lines() {
            let trimmed = line.trim().trim_start_matches('>').trim();
            if is_underline(trimmed) && !previous.is_empty() {
                // A heading that is underlined: the line before was it.
                document.headings.push(plain(&std::mem::take(&mut open)));
                previous = "";
                continue;
            }
            let heading = trimmed.starts_with('#');
            if trimmed.is_empty() || heading || starts_block(trimmed) {
                document.close(&mut open);
            }
            if heading {
                document
                    .headings
                    .push(plain(trimmed.trim_matches('#').trim()));
                previous = "";
                continue;
            }
            if !open.is_empty() {
                open.push(' ');
            }
            open.push_str(trimmed);
            previous = trimmed;
        }
        document.close(&mut open);
        document
    }

    fn close(&mut self, open: &mut String) {
        let text = std::mem::take(open);
        if text.trim().is_empty() {
            return;
        }
        let heading = self.headings.last().map_or("", String::as_str);
        let heading = start_of(heading);
        let before = self.blocks.last().filter(|block| block.heading == heading);
        let lead = before.map_or_else(String::new, |block| {
            if block.plain.ends_with(':') {
                start_of(&block.plain)
            } else if starts_block(&text) {
                block.lead.clone()
            } else {
                String::new()
            }
        });
        self.blocks.push(Block {
            plain: plain(&text),
            text,
            heading,
            lead,
        });
    }
}

impl Block {
    /// Its sentences, in lower case. A full stop inside a number or an address ends none.
    pub(super) fn sentences(&self) -> impl Iterator<Item = &str> {
        self.plain.split_inclusive(". ").flat_map(|part| {
            part.split_inclusive("? ")
                .flat_map(|part| part.split_inclusive("! "))
        })
    }
}

/// The first part of a text that every block below it repeats.
fn start_of(text: &str) -> String {
    text.get(..text.floor_char_boundary(300))
        .unwrap_or(text)
        .to_owned()
}

/// The text without HTML comments, whose lines stay.
fn without_comments(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!--") {
        shown.push_str(before);
        let (comment, after) = after.split_once("-->").unwrap_or((after, ""));
        shown.extend(comment.chars().filter(|character| *character == '\n'));
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// Whether a line begins a block of its own: a list item, or a row of a table.
fn starts_block(line: &str) -> bool {
    let numbered = line
        .trim_start_matches(|c: char| c.is_ascii_digit())
        .strip_prefix(['.', ')'])
        .is_some_and(|rest| rest.starts_with(' '))
        && line.starts_with(|c: char| c.is_ascii_digit());
    ["- ", "* ", "+ ", "|"]
        .iter()
        .any(|start| line.starts_with(start))
        || numbered
}

fn is_underline(line: &str) -> bool {
    line.len() > 2
        && (line.bytes().all(|byte| byte == b'=') || line.bytes().all(|byte| byte == b'-'))
}

/// Lower case, without emphasis and code marks, every run of blanks as one.
fn plain(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter(|character| !matches!(character, '*' | '`' | '~'))
        .map(|character| match character {
            '\u{2019}' => '\'',
            '\u{2013}' | '\u{2014}' => '-',
            other => other,
        })
        .collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined_and_lists_and_rows_stand_apart() {
        let document = Document::new(
            "Title\n=====\nOne **line**\ngoes on. Two.\n\nWrite to:\n* a\n* b\n\n## Next ##\n| x | y |\n|---|---|\n<!-- no\nno -->1. z\n",
        );
        assert_eq!(document.headings, ["title", "next"]);
        let plain: Vec<&str> = document.blocks.iter().map(|b| &*b.plain).collect();
        assert_eq!(
            plain,
            [
                "one line goes on. two.",
                "write to:",
                "a",
                "b",
                "| x | y |",
                "|---|---|",
                "1. z"
            ]
        );
        assert_eq!(document.blocks[3].lead, "write to:");
        assert_eq!(document.blocks[4].heading, "next");
        assert_eq!(document.blocks[0].sentences().count(), 2);
    }
}
