//! A tree of JSON as a file in which no text steers whoever reads it.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::model::orders::{Written, made_inert};
use crate::model::text::visible;

/// The tree as text, with a newline at the end: keys in order, one value a line, and every
/// character that would steer a reader as a visible escape.
pub(super) fn written(mut tree: Value) -> Vec<u8> {
    clean(&mut tree);
    // Every key is a text and nothing here can refuse to be written, so there is no error to hand
    // on; an empty file would not pass for a report anywhere.
    finished(serde_json::to_string_pretty(&tree).unwrap_or_default())
}

/// The same on one line, for a format that is so deep that half of it would be white space.
pub(super) fn dense(mut tree: Value) -> Vec<u8> {
    clean(&mut tree);
    finished(serde_json::to_string(&tree).unwrap_or_default())
}

fn finished(mut text: String) -> Vec<u8> {
    text.push('\n');
    made_inert(text, Written::Json).into_bytes()
}

fn clean(tree: &mut Value) {
    each_text(tree, &visible);
}

/// Replaces every text of the tree, keys included.
pub(super) fn each_text(tree: &mut Value, change: &dyn Fn(&str) -> Cow<'_, str>) {
    match tree {
        Value::String(text) => {
            if let Cow::Owned(shown) = change(text) {
                *text = shown;
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|it| each_text(it, change)),
        Value::Object(map) => {
            if map.keys().any(|key| matches!(change(key), Cow::Owned(_))) {
                let entries = std::mem::take(map).into_iter();
                *map = entries
                    .map(|(key, value)| (change(&key).into_owned(), value))
                    .collect::<Map<_, _>>();
            }
            map.values_mut().for_each(|it| each_text(it, change));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// An object without the entries that say nothing: absent values and empty lists and objects,
/// which some schemas refuse.
pub(super) fn compact(entries: Value) -> Value {
    let Value::Object(mut map) = entries else {
        return entries;
    };
    map.retain(|_, value| match value {
        Value::Null => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
        _ => true,
    });
    Value::Object(map)
}

/// A path as a reference: every byte but those that no address gives a meaning to.
pub(super) fn reference(path: &str) -> String {
    crate::render::markdown::address(path)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_text_and_no_key_steers() {
        let tree = json!({"a\u{1b}": ["b\u{202e}", {"c": "##[group]\n"}]});
        let text = String::from_utf8(written(tree)).expect("UTF-8");
        let plain = |c: char| c == '\n' || (!c.is_control() && c != '\u{202e}');
        assert!(text.chars().all(plain) && !text.contains("##["), "{text}");
        assert!(text.contains("\"a\\\\u{1b}\""), "{text}");
        assert!(text.contains("\"b\\\\u{202e}\""), "{text}");
    }

    #[test]
    fn what_says_nothing_is_left_out() {
        let tree = json!({"a": null, "b": [], "c": {}, "d": 0, "e": ""});
        assert_eq!(compact(tree), json!({"d": 0, "e": ""}));
    }
}
