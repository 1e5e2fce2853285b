//! What a CODEOWNERS amounts to, in either dialect.

use super::pattern::Pattern;

/// A line that gives a pattern owners, or takes them away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    /// Its line, from 1.
    pub(super) line: u32,
    /// The pattern as written.
    pub(super) pattern: String,
    /// The owners that take effect, in order.
    pub(super) owners: Vec<String>,
    /// The GitLab section it stands in.
    pub(super) section: Option<String>,
    /// Whether what it matches has no owner in this section, whatever other rules say (`!`).
    pub(super) excludes: bool,
    /// The pattern, compiled.
    pub(super) matcher: Pattern,
}

/// A line that is not a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Its line, from 1.
    pub(super) line: u32,
    /// The line as written.
    pub(super) text: String,
    /// Why it is not a rule.
    pub(super) reason: String,
}

/// All lines of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Rules {
    /// Rules in order.
    pub(super) rules: Vec<Rule>,
    /// Faults in order.
    pub(super) faults: Vec<Fault>,
}

/// Who owns a path, and which line says so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Decision<'r> {
    /// The owners; none: unowned.
    pub(super) owners: Vec<&'r str>,
    /// The line of the rule that decides; `None` when no rule matches.
    pub(super) line: Option<u32>,
}

/// The pattern of a line and the text after it. A blank after `\` belongs to the pattern.
pub(super) fn split_pattern(line: &str) -> (&str, &str) {
    let mut escaped = false;
    let end = line.find(|character: char| {
        let blank = character.is_whitespace() && !escaped;
        escaped = character == '\\' && !escaped;
        blank
    });
    line.split_at(end.unwrap_or(line.len()))
}

/// Whether a text has the form of an e-mail address: a name, `@`, and a domain with a dot.
pub(super) fn is_address(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else {
        return false;
    };
    let of = |part: &str, extra: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || extra.contains(c))
    };
    of(name, "._%+-") && domain.contains('.') && domain.split('.').all(|label| of(label, "-"))
}
