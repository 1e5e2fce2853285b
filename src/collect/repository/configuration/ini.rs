//! Values of INI files as the tools take them.

use super::document::Setting;
use crate::model::value::Value;
use crate::parse::ini;

/// How a tool takes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Yes, no, a whole number, or else text.
    Plain,
    /// As `Plain`, but `1` and `0` are yes and no.
    Switch,
    /// Members between commas or lines.
    Members,
    /// A member a line.
    Lines,
    /// Words as a shell splits them.
    Words,
}

/// A setting of INI with its value in shape.
pub(super) fn setting(from: &ini::Setting, key: impl Into<String>, shape: Shape) -> Setting {
    Setting {
        key: key.into(),
        value: value(&from.value, shape),
        section: from.section.clone(),
        line: from.line,
    }
}

/// A text in shape.
pub(super) fn value(text: &str, shape: Shape) -> Value {
    match shape {
        Shape::Plain => plain(text),
        Shape::Switch => match text {
            "1" => true.into(),
            "0" => false.into(),
            _ => plain(text),
        },
        Shape::Members => members(text.split([',', '\n'])),
        Shape::Lines => members(text.split('\n')),
        Shape::Words => Value::texts(words(text)),
    }
}

fn members<'t>(parts: impl Iterator<Item = &'t str>) -> Value {
    Value::texts(parts.map(str::trim).filter(|part| !part.is_empty()))
}

fn plain(text: &str) -> Value {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => true.into(),
        "false" | "no" | "off" => false.into(),
        _ => text.parse::<i64>().map_or_else(|_| text.into(), Value::Int),
    }
}

/// Words with `'…'`, `"…"` and `\` as a POSIX shell takes them apart.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => {
                word.get_or_insert_default().extend(characters.next());
            }
            (None, _) if character.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_take_the_shape_their_tool_gives_them() {
        assert_eq!(value("Yes", Shape::Plain), true.into());
        assert_eq!(value("1", Shape::Plain), Value::Int(1));
        assert_eq!(value("1", Shape::Switch), true.into());
        assert_eq!(value("99.5", Shape::Plain), "99.5".into());
        assert_eq!(
            value("\na, b\nc", Shape::Members),
            Value::texts(["a", "b", "c"])
        );
        assert_eq!(
            value("\na, b\nc", Shape::Lines),
            Value::texts(["a, b", "c"])
        );
        assert_eq!(
            value("-ra -m \"not slow\" --x='y z' a\\ b ''", Shape::Words),
            Value::texts(["-ra", "-m", "not slow", "--x=y z", "a b", ""])
        );
    }
}
