//! What comments say to people: work that is left.

/// The tags of work that is left.
const TAGS: [&str; 4] = ["TODO", "FIXME", "XXX", "HACK"];

/// Work that a comment leaves.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Todo {
    /// The tag, in capitals.
    pub(super) tag: &'static str,
    /// The issue it names, as written.
    pub(super) issue: Option<String>,
}

/// The work that a comment leaves: each tag in capitals. In small letters the words are prose as
/// often as not: "a hack for old compilers".
pub(super) fn todos(comment: &str) -> Vec<Todo> {
    let issues = issues(comment);
    let tagged = words(comment).filter_map(|(at, word)| {
        let tag = TAGS.iter().find(|tag| **tag == word)?;
        // The first that stands behind it.
        let next = issues.partition_point(|(issue, _)| *issue < at + word.len());
        let issue = issues.get(next).map(|(_, issue)| issue.clone());
        Some(Todo { tag, issue })
    });
    tagged.collect()
}

/// The words of a text, with their places; a word is letters, digits and `_`.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text.get(rest..)?.find(is_word)?;
        let after = text.get(start..)?;
        let end = after.find(|c| !is_word(c)).unwrap_or(after.len());
        rest = start + end;
        Some((start, text.get(start..rest)?))
    })
}

/// The issues that a comment names, with their places: `#12`, `ABC-12`, or an address.
fn issues(comment: &str) -> Vec<(usize, String)> {
    let mut rest = 0;
    let named = comment.split_whitespace().filter_map(|word| {
        let at = rest + comment.get(rest..)?.find(word)?;
        rest = at + word.len();
        // `TODO(#12)` is one word.
        let inside = TAGS.iter().find(|tag| word.starts_with(**tag));
        let skipped = inside.map_or(0, |tag| tag.len());
        let issue = issue(word.get(skipped..)?)?;
        Some((at + skipped, issue))
    });
    named.collect()
}

/// The issue that a word is.
fn issue(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '#' && c != '/');
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let address = word.starts_with("https://") || word.starts_with("http://");
    let keyed = word.rsplit_once('-').is_some_and(|(key, count)| {
        let letters = key.len() >= 2
            && key
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        letters && key.starts_with(|c: char| c.is_ascii_uppercase()) && number(count)
    });
    let numbered = word
        .rsplit_once('#')
        .is_some_and(|(_, count)| number(count));
    (address || keyed || numbered).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(comment: &str) -> Vec<&'static str> {
        todos(comment).iter().map(|todo| todo.tag).collect()
    }

    #[test]
    fn a_tag_is_a_word_in_capitals() {
        assert_eq!(tags("# TODO: x"), ["TODO"]);
        assert_eq!(tags("# todo: x, a hack"), [""; 0]);
        assert_eq!(tags("# see the TODO above"), ["TODO"]);
        assert_eq!(tags("# all todos are done, MYTODO, TODOS"), [""; 0]);
        assert_eq!(tags("# master  # TODO: x, FIXME"), ["TODO", "FIXME"]);
        assert_eq!(tags("#XXX(me) y"), ["XXX"]);
    }

    #[test]
    fn an_issue_is_a_number_a_key_or_an_address() {
        let issue = |text| todos(text).remove(0).issue;
        assert_eq!(issue("# TODO (PE-568): x").as_deref(), Some("PE-568"));
        assert_eq!(issue("# TODO(#12) x").as_deref(), Some("#12"));
        assert_eq!(issue("# TODO x, see a/b#7.").as_deref(), Some("a/b#7"));
        assert_eq!(
            issue("# TODO https://example.org/1").as_deref(),
            Some("https://example.org/1")
        );
        assert_eq!(issue("# TODO use utf-8 and sha-1"), None);
    }
}
