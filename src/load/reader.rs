//! Reading a definition field by field, gathering every problem instead of stopping at the first.

use crate::model::text;
use crate::parse::yaml::{Data, Entry, Node};

use super::Text;
use super::problem::{Place, Problem};

/// A file being read and what is wrong with it so far.
pub(super) struct Reader<'t> {
    file: &'t Text,
    lines: Vec<&'t str>,
    pub(super) problems: Vec<Problem>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(file: &'t Text) -> Self {
        Self {
            file,
            lines: file.text.lines().collect(),
            problems: Vec::new(),
        }
    }

    pub(super) fn path(&self) -> &'t str {
        &self.file.path
    }

    /// The document, or the one problem that it is not YAML.
    pub(super) fn document(&mut self) -> Option<Node> {
        match crate::parse::yaml::parse(&self.file.text) {
            Ok(node) => Some(node),
            Err(error) => {
                let place = self.place_at(error.line, error.column, 1);
                let problem = Problem::new("yaml", error.says, "Mend the YAML at this place.");
                self.problems.push(problem.at(place));
                None
            }
        }
    }

    pub(super) fn place(&self, node: &Node) -> Place {
        let width = if matches!(node.data, Data::Scalar(..)) {
            node.width
        } else {
            1
        };
        self.place_at(node.line, node.column, width)
    }

    fn place_at(&self, line: u32, column: u32, width: u32) -> Place {
        let text = self
            .lines
            .get(line.saturating_sub(1) as usize)
            .copied()
            .unwrap_or("")
            .trim_end()
            .to_owned();
        let room = u32::try_from(text.chars().count())
            .unwrap_or(u32::MAX)
            .saturating_sub(column.saturating_sub(1));
        Place {
            path: self.file.path.clone(),
            line,
            column,
            width: width.min(room.max(1)),
            text,
        }
    }

    /// Records a problem at a node.
    pub(super) fn problem(
        &mut self,
        code: &'static str,
        node: &Node,
        title: impl Into<String>,
        fix: impl Into<String>,
    ) {
        let place = self.place(node);
        self.problems.push(Problem::new(code, title, fix).at(place));
    }

    /// Checks that a node is a mapping with none but these keys.
    pub(super) fn mapping<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        code: &'static str,
        known: &[&str],
    ) -> &'n [Entry] {
        if !matches!(node.data, Data::Mapping(_)) {
            let title = format!("expected {what} as a mapping, found {}", node.words());
            self.problem(
                code,
                node,
                title,
                format!("Write it as a mapping with {}.", text::joined(known, "and")),
            );
            return &[];
        }
        for entry in node.entries() {
            let name = entry.name();
            if known.contains(&name) {
                continue;
            }
            let shown = text::excerpt(name);
            let (title, fix) = match text::nearest(name, known.iter().copied()) {
                Some(near) => (
                    format!("{shown} is not a field of {what}; the nearest is {near}"),
                    format!("Write {near}.{}", all_fields(what, known)),
                ),
                None => (
                    format!("{shown} is not a field of {what}"),
                    format!("Use one of {}.", text::joined(known, "and")),
                ),
            };
            self.problem(code, &entry.key, title, fix);
        }
        node.entries()
    }

    /// A field that has to be there.
    pub(super) fn required<'n>(
        &mut self,
        node: &'n Node,
        key: &str,
        what: &str,
        code: &'static str,
    ) -> Option<&'n Node> {
        let found = node.get(key).filter(|value| !value.is_null());
        if found.is_none() && matches!(node.data, Data::Mapping(_)) {
            self.problem(
                code,
                node,
                format!("expected {key} in {what}, found none"),
                format!("Add {key}."),
            );
        }
        found
    }

    /// A text that has to be there.
    pub(super) fn text(
        &mut self,
        node: &Node,
        key: &str,
        what: &str,
        code: &'static str,
    ) -> String {
        let Some(value) = self.required(node, key, what, code) else {
            return String::new();
        };
        self.as_text(value, key, code)
    }

    /// A text that may be left out.
    pub(super) fn optional_text(
        &mut self,
        node: &Node,
        key: &str,
        code: &'static str,
    ) -> Option<String> {
        let value = node.get(key).filter(|value| !value.is_null())?;
        Some(self.as_text(value, key, code))
    }

    fn as_text(&mut self, value: &Node, key: &str, code: &'static str) -> String {
        if let Some(text) = value.text() {
            return text.trim().to_owned();
        }
        self.problem(
            code,
            value,
            format!("expected {key} as a text, found {}", value.words()),
            "Write a text.",
        );
        String::new()
    }

    /// A list of texts that may be left out.
    pub(super) fn texts(&mut self, node: &Node, key: &str, code: &'static str) -> Vec<String> {
        let Some(value) = node.get(key).filter(|value| !value.is_null()) else {
            return Vec::new();
        };
        let Data::Sequence(members) = &value.data else {
            self.problem(
                code,
                value,
                format!("expected {key} as a list, found {}", value.words()),
                "Write a list.",
            );
            return Vec::new();
        };
        members
            .iter()
            .map(|member| self.as_text(member, key, code))
            .collect()
    }

    /// One of a closed set of words that has to be there.
    pub(super) fn word<T>(
        &mut self,
        node: &Node,
        key: &str,
        what: &str,
        code: &'static str,
        names: &[&str],
        parse: fn(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.required(node, key, what, code)?;
        self.as_word(value, key, code, names, parse)
    }

    /// One of a closed set of words.
    pub(super) fn as_word<T>(
        &mut self,
        value: &Node,
        key: &str,
        code: &'static str,
        names: &[&str],
        parse: fn(&str) -> Option<T>,
    ) -> Option<T> {
        let word = value.text().unwrap_or("");
        let found = parse(word);
        if found.is_none() {
            let shown = if value.text().is_some() {
                text::excerpt(word)
            } else {
                value.words().to_owned()
            };
            let fix = text::nearest(word, names.iter().copied()).map_or_else(
                || "Write one of these words.".to_owned(),
                |near| format!("Write {near}."),
            );
            self.problem(
                code,
                value,
                format!(
                    "expected {key} to be {}, found {shown}",
                    text::joined(names, "or")
                ),
                fix,
            );
        }
        found
    }

    /// A whole number that may be left out.
    pub(super) fn number(&mut self, node: &Node, key: &str, code: &'static str) -> Option<i64> {
        let value = node.get(key).filter(|value| !value.is_null())?;
        let number = value.text().and_then(|text| text.parse::<i64>().ok());
        if number.is_none() {
            let shown = value
                .text()
                .map_or_else(|| value.words().to_owned(), text::excerpt);
            self.problem(
                code,
                value,
                format!("expected {key} as a whole number, found {shown}"),
                "Write a whole number.",
            );
        }
        number
    }

    /// Checks the version of the language.
    pub(super) fn version(&mut self, node: &Node, what: &str) {
        let Some(value) = self.required(node, "apiVersion", what, "api-version") else {
            return;
        };
        if value.text() != Some("audit/v1") {
            let shown = value
                .text()
                .map_or_else(|| value.words().to_owned(), text::excerpt);
            self.problem(
                "api-version",
                value,
                format!("expected apiVersion audit/v1, found {shown}"),
                "Write audit/v1.",
            );
        }
    }
}

/// Where all fields are listed, for a mapping that has more than a message can name.
fn all_fields(what: &str, known: &[&str]) -> String {
    if what == "a control" {
        format!(" All {} fields: audit controls show --fields", known.len())
    } else {
        String::new()
    }
}
