//! What comments say to tools: warnings that are switched off, in a line or in a whole file.

/// A warning that a comment switches off.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Suppression {
    /// Which tool's.
    pub(super) kind: &'static str,
    /// The rules it names; none for all of them.
    pub(super) codes: Vec<String>,
    /// Why, as written.
    pub(super) reason: Option<String>,
    /// Whether it holds for the whole file.
    pub(super) file: bool,
}

/// The warnings that a comment switches off. One comment may speak to several tools.
pub(super) fn suppressions(comment: &str) -> Vec<Suppression> {
    let text = comment.trim_start_matches('#').trim_start();
    let mut found = Vec::new();
    // Each part after a `#` is read on its own: `# noqa: E501  # type: ignore`.
    let mut parts = text.split('#').peekable();
    while let Some(part) = parts.next() {
        let part = part.trim();
        let Some(mut suppression) = suppression(part) else {
            continue;
        };
        if suppression.reason.is_none()
            && let Some(next) = parts.peek()
            && self::suppression(next.trim()).is_none()
        {
            suppression.reason = said(next);
        }
        found.push(suppression);
    }
    found
}

/// What tools are told by a comment that names them: the tool, what it is told, the kind of it,
/// whether that holds for the whole file, and how the rest is read.
const TOLD: [(&str, &str, &str, bool, Rest); 6] = [
    ("ruff", "noqa", "noqa", true, after_colon),
    ("flake8", "noqa", "noqa", true, after_colon),
    ("ruff", "file-ignore", "noqa", true, bracketed),
    ("ruff", "ignore", "noqa", false, bracketed),
    ("ruff", "disable", "noqa", false, bracketed),
    ("pylint", "skip-file", "pylint", true, after_colon),
];

/// Words that begin a suppression and how the rest of it is read.
const WORDS: [(&str, &str, Rest); 4] = [
    ("noqa", "noqa", after_colon),
    ("nosec", "nosec", after_optional_colon),
    ("nosemgrep", "nosemgrep", semgrep_rules),
    ("nosem", "nosemgrep", semgrep_rules),
];

/// Comments of type checkers.
const TYPES: [&str; 5] = [
    "type: ignore",
    "type:ignore",
    "pyright: ignore",
    "ty: ignore",
    "pyrefly: ignore",
];

/// The codes and the reason behind the beginning of a suppression.
type Rest = fn(&str) -> (Vec<String>, Option<String>);

fn suppression(part: &str) -> Option<Suppression> {
    let lower = part.to_ascii_lowercase();
    let after = |prefix: &str| part.get(prefix.len()..).unwrap_or_default();
    if let Some((tool, says)) = addressed(part) {
        if tool == "mypy" {
            return mypy(says);
        }
        let word = says.to_ascii_lowercase();
        let told = TOLD
            .iter()
            .find(|(of, what, ..)| *of == tool && begins_with_word(&word, what));
        if let Some((_, what, kind, file, rest)) = told {
            let rest = rest(says.get(what.len()..).unwrap_or_default());
            return Some(made(kind, rest, *file));
        }
    }
    let word = WORDS
        .iter()
        .find(|(word, ..)| begins_with_word(&lower, word));
    if let Some((word, kind, rest)) = word {
        return Some(made(kind, rest(after(word)), false));
    }
    let typed = TYPES.iter().find(|prefix| begins_with_word(&lower, prefix));
    if let Some(prefix) = typed {
        return Some(made("type: ignore", bracketed(after(prefix)), false));
    }
    if let Some(rest) = uncovered(&lower) {
        let reason = part.get(part.len() - rest.len()..).and_then(said);
        return Some(made("pragma: no cover", (Vec::new(), reason), false));
    }
    let rest = after(lower.starts_with("pylint:").then_some("pylint:")?).trim_start();
    let disabled = rest
        .strip_prefix("disable-next")
        .or_else(|| rest.strip_prefix("disable"))?;
    let (codes, reason) = listed(disabled.trim_start().strip_prefix('=')?);
    let codes = codes.into_iter().filter(|code| code != "all").collect();
    Some(made("pylint: disable", (codes, reason), false))
}

/// The tool that a comment speaks to, and what it is told: `ruff: noqa`, with white space as anybody
/// likes it.
fn addressed(part: &str) -> Option<(String, &str)> {
    let (tool, says) = part.split_once(':')?;
    let tool = tool.trim_end();
    let known = ["ruff", "flake8", "mypy", "pylint"];
    let tool = known.iter().find(|it| it.eq_ignore_ascii_case(tool))?;
    Some(((*tool).to_owned(), says.trim_start()))
}

/// What mypy is told for a whole file: to say nothing, to leave out codes, or to ask for less.
fn mypy(says: &str) -> Option<Suppression> {
    let mut codes = Vec::new();
    let mut all = false;
    let mut rest = says;
    while !rest.is_empty() {
        // Commas inside quotes belong to the value.
        let quoted = rest
            .find('"')
            .filter(|at| !rest.get(..*at).is_some_and(|it| it.contains(',')));
        let close = quoted.and_then(|at| Some(at + 1 + rest.get(at + 1..)?.find('"')?));
        let end = rest
            .get(close.unwrap_or(0)..)?
            .find(',')
            .map(|at| at + close.unwrap_or(0));
        let (option, after) = match end {
            Some(end) => (rest.get(..end)?, rest.get(end + 1..)?),
            None => (rest, ""),
        };
        rest = after.trim_start();
        let (name, value) = option.split_once('=').unwrap_or((option, "True"));
        let name = name.trim().replace('_', "-").to_ascii_lowercase();
        let value = value.trim().trim_matches('"');
        let on = !value.eq_ignore_ascii_case("false");
        match name.as_str() {
            "ignore-errors" => all |= on,
            "disable-error-code" => codes.extend(
                value
                    .split(',')
                    .map(|code| code.trim().to_owned())
                    .filter(|code| !code.is_empty()),
            ),
            "ignore-missing-imports" if on => codes.push(name),
            "follow-imports" if value == "skip" || value == "silent" => codes.push(name),
            _ if on && (name.starts_with("allow-") || name.starts_with("no-")) => codes.push(name),
            _ if !on
                && ["disallow-", "check-", "strict", "warn-"]
                    .iter()
                    .any(|begin| name.starts_with(begin)) =>
            {
                codes.push(name);
            }
            _ => {}
        }
    }
    if all {
        codes.clear();
    }
    (all || !codes.is_empty()).then(|| made("mypy", (codes, None), true))
}

/// What stands behind a word of coverage.py that leaves code out, as its expression for them has it:
/// `pragma: no cover`, `pragma no cover`, `pragma:nocover`.
fn uncovered(lower: &str) -> Option<&str> {
    let rest = lower.strip_prefix("pragma")?;
    let rest = rest.strip_prefix([':', ' ', '\t']).unwrap_or(rest);
    let rest = rest.trim_start().strip_prefix("no")?.trim_start();
    let named = rest
        .strip_prefix("cover")
        .or_else(|| rest.strip_prefix("branch"))?;
    // `no covering` is not told from it by coverage.py either.
    Some(named.trim_start_matches(|c: char| c.is_ascii_alphabetic()))
}

fn made(
    kind: &'static str,
    (codes, reason): (Vec<String>, Option<String>),
    file: bool,
) -> Suppression {
    Suppression {
        kind,
        codes,
        reason,
        file,
    }
}

fn begins_with_word(text: &str, word: &str) -> bool {
    text.starts_with(word) && !continues(text, word)
}

/// Whether the text goes on with a letter or digit where the word should end.
fn continues(text: &str, word: &str) -> bool {
    let next = text.get(word.len()..).and_then(|rest| rest.chars().next());
    next.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

/// `: E501, W291 why` — without the colon, everything is switched off.
fn after_colon(rest: &str) -> (Vec<String>, Option<String>) {
    match rest.trim_start().strip_prefix(':') {
        Some(listed_rules) => listed(listed_rules),
        // `noqa E501` switches everything off; the code is no reason.
        None => (Vec::new(), listed(rest).1),
    }
}

/// `B602, B607 why`, with a colon before it or without.
fn after_optional_colon(rest: &str) -> (Vec<String>, Option<String>) {
    listed(rest.trim_start().trim_start_matches(':'))
}

/// Codes with commas or white space between them, then why.
fn listed(rest: &str) -> (Vec<String>, Option<String>) {
    let mut codes = Vec::new();
    let mut rest = rest.trim_start();
    while let Some((word, after)) = next_word(rest) {
        if !is_code(word) {
            break;
        }
        codes.push(word.to_owned());
        rest = after.trim_start_matches(|c: char| c == ',' || c.is_whitespace());
    }
    (codes, said(rest))
}

fn next_word(text: &str) -> Option<(&str, &str)> {
    let end = text
        .find(|c: char| c == ',' || c.is_whitespace())
        .unwrap_or(text.len());
    let (word, after) = text.split_at_checked(end)?;
    (!word.is_empty()).then_some((word, after))
}

/// A code of a rule: `E501`, `B602`, or pylint's `no-member`.
fn is_code(word: &str) -> bool {
    let bytes = word.as_bytes();
    let lettered = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_uppercase())
        .count();
    let numbered = bytes.len() > lettered && bytes.iter().skip(lettered).all(u8::is_ascii_digit);
    let named = word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.contains(['-', '_'])
        && bytes.iter().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
        });
    (lettered > 0 && numbered) || named || word == "all"
}

/// `[attr-defined, misc] why`.
fn bracketed(rest: &str) -> (Vec<String>, Option<String>) {
    let rest = rest.trim_start();
    let Some((inside, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return (Vec::new(), said(rest));
    };
    let codes = inside
        .split(',')
        .map(str::trim)
        .filter(|code| !code.is_empty());
    (codes.map(str::to_owned).collect(), said(after))
}

/// semgrep's rules after a colon: dotted names with commas between them.
fn semgrep_rules(rest: &str) -> (Vec<String>, Option<String>) {
    let Some(rules) = rest.trim_start().strip_prefix(':') else {
        return (Vec::new(), said(rest));
    };
    let mut rest = rules.trim_start();
    let mut codes = Vec::new();
    // Behind a comma another one follows, with white space between them or without.
    while let Some((name, after)) = next_word(rest) {
        codes.push(name.to_owned());
        rest = after.trim_start();
        match rest.strip_prefix(',') {
            Some(next) => rest = next.trim_start(),
            None => break,
        }
    }
    (codes, said(rest))
}

/// A reason, where anything is said beyond signs.
fn said(text: &str) -> Option<String> {
    let text = text.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '-' | '–' | '—' | ':' | '(' | ')' | '#' | ',')
    });
    text.chars()
        .any(char::is_alphabetic)
        .then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suppressions_are_specific_or_blanket_with_or_without_a_reason() {
        let read = |text: &str| {
            let found = suppressions(text).into_iter();
            found
                .map(|it| {
                    (
                        it.kind,
                        it.codes.join(" "),
                        it.reason.unwrap_or_default(),
                        it.file,
                    )
                })
                .collect::<Vec<_>>()
        };
        let one = |kind, codes: &str, reason: &str, file| {
            vec![(kind, codes.to_owned(), reason.to_owned(), file)]
        };
        assert_eq!(read("# noqa"), one("noqa", "", "", false));
        assert_eq!(read("#NOQA:E501,W291"), one("noqa", "E501 W291", "", false));
        assert_eq!(
            read("# noqa: S603 - the command is ours"),
            one("noqa", "S603", "the command is ours", false)
        );
        assert_eq!(
            read("# nosec B602, B607"),
            one("nosec", "B602 B607", "", false)
        );
        assert_eq!(
            read("# nosec # no user data"),
            one("nosec", "", "no user data", false)
        );
        assert_eq!(
            read("# type: ignore[attr-defined, misc]"),
            one("type: ignore", "attr-defined misc", "", false)
        );
        assert_eq!(read("# type: ignored"), vec![]);
        assert_eq!(
            read("# pragma: no cover"),
            one("pragma: no cover", "", "", false)
        );
        assert_eq!(
            read("# pragma: no cover - only on Windows"),
            one("pragma: no cover", "", "only on Windows", false)
        );
        assert_eq!(
            read("# nosemgrep: python.lang.x"),
            one("nosemgrep", "python.lang.x", "", false)
        );
        assert_eq!(
            read("# pylint: disable=no-member,C0103"),
            one("pylint: disable", "no-member C0103", "", false)
        );
        assert_eq!(read("# ruff: noqa: F401"), one("noqa", "F401", "", true));
        assert_eq!(read("# flake8: noqa"), one("noqa", "", "", true));
        let both = read("# type: ignore  # noqa: E501");
        assert_eq!(
            both.iter().map(|it| it.0).collect::<Vec<_>>(),
            ["type: ignore", "noqa"]
        );
        assert_eq!(read("# the word noqa in a sentence"), vec![]);
    }

    #[test]
    fn what_a_tool_takes_for_a_suppression_is_one() {
        let read = |text: &str| {
            let found = suppressions(text).into_iter();
            let said = found.map(|it| {
                let file = if it.file { "file " } else { "" };
                let reason = it.reason.unwrap_or_default();
                format!("{file}{} [{}] {reason}", it.kind, it.codes.join(" "))
            });
            said.collect::<Vec<_>>().join("; ").trim_end().to_owned()
        };
        for (text, wanted) in [
            ("# ruff:noqa", "file noqa []"),
            ("#ruff : NOQA : E501", "file noqa [E501]"),
            ("# flake8:noqa", "file noqa []"),
            ("# ruff: file-ignore[E501]", "file noqa [E501]"),
            ("# ruff: ignore[E501] why", "noqa [E501] why"),
            ("# ruff: disable[E501, F401]", "noqa [E501 F401]"),
            ("# ruff: enable[E501]", ""),
            ("# ruff: noqa-comments are bad", ""),
            ("# noqa E501", "noqa []"),
            ("# noqa E501 too long", "noqa [] too long"),
            ("# pragma no cover", "pragma: no cover []"),
            ("# pragma:nocover", "pragma: no cover []"),
            ("# pragma: nobranch - never", "pragma: no cover [] never"),
            ("# pragma: allowlist secret", ""),
            ("# pragmatic: no cover", ""),
            ("# nosemgrep: a.b, c-d why", "nosemgrep [a.b c-d] why"),
            ("# nosemgrep: a,b", "nosemgrep [a b]"),
            ("# pyrefly: ignore", "type: ignore []"),
            ("# mypy: ignore-errors=True", "file mypy []"),
            ("# mypy: ignore_errors", "file mypy []"),
            ("# mypy: ignore-errors=False", ""),
            ("# mypy: disallow-untyped-defs", ""),
            (
                "# mypy: disallow-untyped-defs=False",
                "file mypy [disallow-untyped-defs]",
            ),
            (
                "# mypy: allow-untyped-defs, no-warn-return-any",
                "file mypy [allow-untyped-defs no-warn-return-any]",
            ),
            (
                "# mypy: disable-error-code=\"a, b\", strict-equality",
                "file mypy [a b]",
            ),
            ("# mypy: strict, ignore-errors", "file mypy []"),
            ("# mypy is told nothing here", ""),
        ] {
            assert_eq!(read(text), wanted, "{text}");
        }
    }
}
