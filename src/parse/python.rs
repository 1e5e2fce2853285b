//! Python, as a compiler reads it: an error-tolerant parser, of which this file is the only user.
//!
//! What could be read of a broken file is kept, with the first error. Depth is no way to bring us
//! down: the tree of a chain of 100,000 operators is visited and dropped on a stack that fits it.

use std::cell::Cell;

pub use ruff_python_ast as ast;
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_ast::{ModModule, PySourceType, Stmt};
use ruff_python_parser::{Parsed, parse_unchecked_source};
pub use ruff_text_size::{Ranged, TextRange, TextSize};

use super::error::ParseError;

/// Stack for each level of nesting, in bytes: generous for a visitor of an unoptimised build.
const FRAME: usize = 4 * 1024;

/// How many formatted strings may stand inside each other. `CPython` stops at 150.
const FORMATTED: usize = 300;

/// The stack that every file gets, in bytes.
const STACK: usize = 1024 * 1024;

/// A module of Python: its tree, its comments and where its lines begin.
pub struct Module<'t> {
    /// The text.
    pub text: &'t str,
    parsed: Parsed<ModModule>,
    lines: Vec<u32>,
    /// The last place that was asked for, and how many characters stand before it on its line.
    last: Cell<(u32, u32)>,
}

/// A comment with its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment<'t> {
    /// With its `#`.
    pub text: &'t str,
    /// Where it begins.
    pub start: TextSize,
    /// Whether nothing but white space stands before it on its line.
    pub alone: bool,
}

impl Module<'_> {
    /// The statements, as far as they could be read.
    pub fn body(&self) -> &[Stmt] {
        &self.parsed.syntax().body
    }

    /// The tokens.
    pub fn tokens(&self) -> &Tokens {
        self.parsed.tokens()
    }

    /// The first place that is not Python.
    pub fn error(&self) -> Option<ParseError> {
        let error = self.parsed.errors().first()?;
        let (line, column) = self.place(error.location.start());
        let says = format!("not Python 3: {}", error.error);
        Some(ParseError::at(line as usize, column as usize, says))
    }

    /// The line and column of a place, both from 1; columns count characters.
    pub fn place(&self, at: TextSize) -> (u32, u32) {
        let at = u32::from(at);
        let line = self.lines.partition_point(|start| *start <= at);
        let start = line.checked_sub(1).and_then(|line| self.lines.get(line));
        let start = start.copied().unwrap_or(0);
        // Places are mostly asked for in order: of a line that is the whole file, only what lies
        // between this one and the last is counted.
        let (before, characters) = self.last.get();
        let known = (start..=at).contains(&before);
        let (from, characters) = if known {
            (before, characters)
        } else {
            (start, 0)
        };
        let between = self.text.get(from as usize..at as usize);
        let between = between.map_or(0, |between| between.chars().count());
        let column = characters.saturating_add(u32::try_from(between).unwrap_or(u32::MAX));
        self.last.set((at, column));
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        (line, column.saturating_add(1))
    }

    /// The line of a place, from 1.
    pub fn line(&self, at: TextSize) -> u32 {
        let at = u32::from(at);
        u32::try_from(self.lines.partition_point(|start| *start <= at)).unwrap_or(u32::MAX)
    }

    /// The text of a range.
    pub fn slice(&self, range: TextRange) -> &str {
        self.text
            .get(range.start().into()..range.end().into())
            .unwrap_or_default()
    }

    /// The comments, in order.
    pub fn comments(&self) -> impl Iterator<Item = Comment<'_>> {
        let comments = self.tokens().iter();
        comments
            .filter(|token| token.kind() == TokenKind::Comment)
            .map(|token| {
                let line = self.line(token.start()).saturating_sub(1) as usize;
                let start = self.lines.get(line).copied().unwrap_or(0);
                let before = self.text.get(start as usize..token.start().into());
                Comment {
                    text: self.slice(token.range()),
                    start: token.start(),
                    alone: before.is_some_and(|before| before.trim().is_empty()),
                }
            })
    }
}

/// Parses a module and hands it to `take`, with all the stack that its nesting needs.
///
/// # Errors
/// A text beyond 4 GiB: places in it cannot be counted. Strings that are formatted inside each other
/// hundreds of times: Python refuses them too, and the parser takes time by their square.
pub fn read<T>(text: &str, take: impl FnOnce(&Module<'_>) -> T) -> Result<T, ParseError> {
    if u32::try_from(text.len()).is_err() {
        return Err(ParseError::whole("expected at most 4 GiB of Python"));
    }
    if formatted_depth(text) > FORMATTED {
        let says = format!("expected at most {FORMATTED} formatted strings inside each other");
        return Err(ParseError::whole(says));
    }
    let parsed = stacker::maybe_grow(STACK, STACK, || {
        parse_unchecked_source(text, PySourceType::Python)
    });
    let room = STACK + depth(parsed.tokens()) * FRAME;
    Ok(stacker::maybe_grow(room, room, || {
        let module = Module {
            text,
            parsed,
            lines: starts_of_lines(text),
            last: Cell::default(),
        };
        take(&module)
        // The tree is dropped here, on this stack.
    }))
}

/// Where the lines begin. Python ends a line with `\n`, `\r\n` or `\r`.
fn starts_of_lines(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let mut starts = vec![0];
    for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
        if bytes.get(at) == Some(&b'\n') || bytes.get(at + 1) != Some(&b'\n') {
            starts.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
        }
    }
    starts
}

/// How deep formatted strings may stand inside each other at most: a brace followed by the beginning
/// of one opens a level, any other closing brace closes one. It is looked for before any parsing, so
/// what looks like one in a comment counts too.
fn formatted_depth(text: &str) -> usize {
    let mut open = Vec::new();
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    let bytes = text.as_bytes();
    for at in memchr::memchr2_iter(b'{', b'}', bytes) {
        if bytes.get(at) == Some(&b'}') {
            depth -= usize::from(open.pop().unwrap_or(false));
            continue;
        }
        let formatted = begins_formatted(bytes.get(at + 1..).unwrap_or_default());
        open.push(formatted);
        depth += usize::from(formatted);
        deepest = deepest.max(depth);
    }
    deepest
}

/// Whether the prefix and the quote of a formatted string stand next.
fn begins_formatted(bytes: &[u8]) -> bool {
    let next = bytes.trim_ascii_start();
    let letters = next
        .iter()
        .take(3)
        .take_while(|byte| byte.is_ascii_alphabetic());
    let (prefix, after) = next.split_at_checked(letters.count()).unwrap_or_default();
    prefix.iter().any(|byte| b"fFtT".contains(byte)) && matches!(after.first(), Some(b'\'' | b'"'))
}

/// How deep a tree over these tokens can be at most: every token that can put one node above
/// another, counted until a comma or the end of the statement begins a sibling.
fn depth(tokens: &Tokens) -> usize {
    let mut open = vec![0_usize];
    let mut indents = 0_usize;
    let mut above = 0_usize;
    let mut deepest = 0_usize;
    for token in tokens {
        let kind = token.kind();
        match kind {
            TokenKind::Indent => indents += 1,
            TokenKind::Dedent => indents = indents.saturating_sub(1),
            TokenKind::Newline => {
                open.clear();
                open.push(0);
                above = 0;
            }
            TokenKind::Comma => {
                if let Some(here) = open.last_mut() {
                    above -= *here;
                    *here = 0;
                }
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace if open.len() > 1 => {
                above -= open.pop().unwrap_or_default();
            }
            TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Complex
            | TokenKind::String
            | TokenKind::Comment
            | TokenKind::NonLogicalNewline => {}
            _ => {
                if let Some(here) = open.last_mut() {
                    *here += 1;
                    above += 1;
                }
                if matches!(kind, TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace) {
                    open.push(0);
                }
            }
        }
        deepest = deepest.max(above + open.len() + indents);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_lines_and_characters() {
        let text = "a = 1\r\nü = b\rc\n";
        let seen = read(text, |module| {
            let places = module.body().iter().map(|it| module.place(it.start()));
            places.collect::<Vec<_>>()
        });
        assert_eq!(seen.expect("Python"), [(1, 1), (2, 1), (3, 1)]);
    }

    #[test]
    fn a_broken_file_keeps_what_could_be_read_and_says_where_it_breaks() {
        let seen = read("import os\nprint 'x'\nos.system('y')\n", |module| {
            (module.body().len(), module.error().map(|error| error.line))
        });
        let (statements, line) = seen.expect("a tree");
        assert!(statements >= 2 && line == Some(2), "{statements} {line:?}");
    }

    #[test]
    fn nesting_of_any_kind_brings_nothing_down() {
        let many = 100_000;
        let hostile = [
            format!("x = {}1{}", "(".repeat(many), ")".repeat(many)),
            format!("x = {}1", "-".repeat(many)),
            format!("x = {}1", "not ".repeat(many)),
            format!("x = 1{}", "+1".repeat(many)),
            format!("x = a{}", ".b".repeat(many)),
            format!("x = a{}", "()".repeat(many)),
            format!("x = {}1", "lambda: ".repeat(many)),
            format!("x = 1{}", " if 1 else 1".repeat(many)),
            format!("x = {}", "[".repeat(many)),
            format!("x = {}1", "await ".repeat(many)),
            format!("if 1:\n pass\n{}", "elif 1:\n pass\n".repeat(many)),
            (0..1_000).fold(String::new(), |text, level| {
                text + &" ".repeat(level) + "if 1:\n"
            }),
        ];
        for text in hostile {
            let seen = read(&text, |module| module.body().len());
            assert!(seen.is_ok());
        }
        let formatted = ["f'{", "f'''{ ", "{rf\"", "{\tT'{"].map(|part| part.repeat(many));
        for text in formatted {
            assert!(read(&text, |_| ()).is_err());
        }
        let flat = "x = f'{f\"{a}\"}'\n".repeat(1_000);
        assert!(read(&flat, |_| ()).is_ok());
    }

    #[test]
    fn comments_are_tokens_and_not_what_looks_like_one() {
        let text = "x = '# no'  # yes\n# alone\n";
        let seen = read(text, |module| {
            let found = module.comments().map(|it| (it.text.to_owned(), it.alone));
            found.collect::<Vec<_>>()
        });
        let wanted = [("# yes".to_owned(), false), ("# alone".to_owned(), true)];
        assert_eq!(seen.expect("Python"), wanted);
    }
}
