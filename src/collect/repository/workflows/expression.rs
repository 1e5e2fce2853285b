//! Expressions of GitHub Actions, `${{ … }}`: which contexts their value carries into the text.
//!
//! The grammar is that of the documentation of expressions: literals, contexts with `.`, `[ ]` and
//! `*`, functions, and operators. What a comparison or `contains()` yields is yes or no, so nothing
//! of its operands reaches the text; `a && b` yields `b` or something falsy, `a || b` either.

/// An expression in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expression<'t> {
    /// With its braces, as it stands.
    pub(super) raw: &'t str,
    /// What its value carries.
    pub(super) carriers: Vec<Carrier>,
}

impl Expression<'_> {
    /// What stands between the braces.
    pub(super) fn inner(&self) -> &str {
        let inner = self.raw.strip_prefix("${{").unwrap_or(self.raw);
        inner.strip_suffix("}}").unwrap_or(inner).trim()
    }
}

/// A context whose value becomes part of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Carrier {
    /// Its path in lower case; `*` for a computed or any index.
    pub(super) path: Vec<String>,
    /// Whether everything below it is carried too: `toJSON(github.event)`.
    pub(super) whole: bool,
}

/// The deepest nesting that is followed; what lies deeper is taken for what it names.
const DEPTH: usize = 40;

/// All expressions of a text, in order.
pub(super) fn expressions(text: &str) -> Vec<Expression<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find("${{")) {
        let at = from + at;
        let inner = text.get(at + 3..).unwrap_or("");
        let length = end_of(inner);
        let end = (at + 3 + length + 2).min(text.len());
        found.push(Expression {
            raw: text.get(at..end).unwrap_or(""),
            carriers: carriers(inner.get(..length).unwrap_or("")),
        });
        from = end;
    }
    found
}

/// Where the closing braces stand: outside of quotes, or else the first there are.
fn end_of(inner: &str) -> usize {
    let mut quoted = false;
    let mut previous = ' ';
    for (at, character) in inner.char_indices() {
        match character {
            '\'' => quoted = !quoted,
            '}' if !quoted && previous == '}' => return at - 1,
            _ => {}
        }
        previous = character;
    }
    inner.find("}}").unwrap_or(inner.len())
}

/// What the value of an expression carries. One that does not parse carries all it names.
pub(super) fn carriers(inner: &str) -> Vec<Carrier> {
    let tokens = tokens(inner);
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        depth: 0,
    };
    match parser.either() {
        Some(carriers) if parser.at == tokens.len() => carriers,
        _ => named(&tokens),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Name(String),
    Text(String),
    Number,
    Sign(char),
    And,
    Or,
    Compare,
}

fn tokens(inner: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = inner.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '\'' => text_token(rest),
            _ if first.is_ascii_alphabetic() || first == '_' => {
                let end = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
                let name = rest.get(..end).unwrap_or("").to_lowercase();
                (Token::Name(name), end)
            }
            _ if first.is_ascii_digit() || first == '-' || first == '+' => {
                let digits = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'));
                (
                    Token::Number,
                    rest.find(digits).unwrap_or(rest.len()).max(1),
                )
            }
            _ => sign_token(rest, first),
        };
        tokens.push(token);
        rest = rest.get(length..).unwrap_or("").trim_start();
    }
    tokens
}

fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

/// A text in single quotes; two of them inside stand for one.
fn text_token(rest: &str) -> (Token, usize) {
    let body = rest.get(1..).unwrap_or("");
    let mut text = String::new();
    let mut characters = body.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if character != '\'' {
            text.push(character);
        } else if characters.peek().is_some_and(|(_, next)| *next == '\'') {
            text.push('\'');
            characters.next();
        } else {
            return (Token::Text(text), at + 2);
        }
    }
    (Token::Text(text), rest.len())
}

fn sign_token(rest: &str, first: char) -> (Token, usize) {
    if rest.starts_with("&&") {
        (Token::And, 2)
    } else if rest.starts_with("||") {
        (Token::Or, 2)
    } else if ["==", "!=", "<=", ">="]
        .iter()
        .any(|sign| rest.starts_with(sign))
    {
        (Token::Compare, 2)
    } else if matches!(first, '<' | '>') {
        (Token::Compare, 1)
    } else {
        (Token::Sign(first), first.len_utf8())
    }
}

/// Every context that is named, for an expression that cannot be followed.
fn named(tokens: &[Token]) -> Vec<Carrier> {
    let mut found: Vec<Carrier> = Vec::new();
    let mut joins = false;
    for token in tokens {
        match token {
            Token::Name(name) => {
                match found.last_mut() {
                    Some(last) if joins => last.path.push(name.clone()),
                    _ => found.push(Carrier {
                        path: vec![name.clone()],
                        whole: false,
                    }),
                }
                joins = false;
            }
            Token::Sign('.') => joins = true,
            _ => joins = false,
        }
    }
    found
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn take(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        self.at += usize::from(found);
        found
    }

    fn either(&mut self) -> Option<Vec<Carrier>> {
        if self.depth >= DEPTH {
            return None;
        }
        self.depth += 1;
        let mut carriers = self.both()?;
        while self.take(&Token::Or) {
            carriers.extend(self.both()?);
        }
        self.depth -= 1;
        Some(carriers)
    }

    fn both(&mut self) -> Option<Vec<Carrier>> {
        let mut carriers = self.compared()?;
        while self.take(&Token::And) {
            carriers = self.compared()?;
        }
        Some(carriers)
    }

    fn compared(&mut self) -> Option<Vec<Carrier>> {
        let mut carriers = self.negated()?;
        while self.take(&Token::Compare) {
            self.negated()?;
            carriers.clear();
        }
        Some(carriers)
    }

    fn negated(&mut self) -> Option<Vec<Carrier>> {
        let mut negated = false;
        while self.take(&Token::Sign('!')) {
            negated = true;
        }
        let carriers = self.value()?;
        Some(if negated { Vec::new() } else { carriers })
    }

    fn value(&mut self) -> Option<Vec<Carrier>> {
        let token = self.peek()?.clone();
        self.at += 1;
        let mut carriers = match token {
            Token::Text(_) | Token::Number => Vec::new(),
            Token::Sign('(') => {
                let carriers = self.either()?;
                self.take(&Token::Sign(')')).then_some(carriers)?
            }
            Token::Name(name) if self.take(&Token::Sign('(')) => self.call(&name)?,
            Token::Name(name) => vec![Carrier {
                path: vec![name],
                whole: false,
            }],
            _ => return None,
        };
        while let Some(segment) = self.segment()? {
            for carrier in &mut carriers {
                carrier.path.push(segment.clone());
                carrier.whole = false;
            }
        }
        Some(carriers)
    }

    /// `.name`, `.*` or `[index]`, where one follows. The outer `None` is a fault.
    #[expect(
        clippy::option_option,
        reason = "a fault and an end are different things"
    )]
    fn segment(&mut self) -> Option<Option<String>> {
        if self.take(&Token::Sign('.')) {
            let token = self.peek()?.clone();
            self.at += 1;
            return match token {
                Token::Name(name) => Some(Some(name)),
                Token::Sign('*') => Some(Some("*".to_owned())),
                _ => None,
            };
        }
        if !self.take(&Token::Sign('[')) {
            return Some(None);
        }
        let next = self.tokens.get(self.at + 1);
        let segment = match self.peek()?.clone() {
            Token::Text(name) if next == Some(&Token::Sign(']')) => {
                self.at += 1;
                name.to_lowercase()
            }
            Token::Sign('*') => {
                self.at += 1;
                "*".to_owned()
            }
            _ => {
                self.either()?;
                "*".to_owned()
            }
        };
        self.take(&Token::Sign(']')).then_some(Some(segment))
    }

    /// The arguments of a function, and what of them its value carries.
    fn call(&mut self, name: &str) -> Option<Vec<Carrier>> {
        let mut carriers = Vec::new();
        if !self.take(&Token::Sign(')')) {
            loop {
                carriers.extend(self.either()?);
                if self.take(&Token::Sign(')')) {
                    break;
                }
                if !self.take(&Token::Sign(',')) {
                    return None;
                }
            }
        }
        match name {
            "contains" | "startswith" | "endswith" | "success" | "failure" | "always"
            | "cancelled" | "hashfiles" => carriers.clear(),
            "tojson" => carriers.iter_mut().for_each(|carrier| carrier.whole = true),
            _ => {}
        }
        Some(carriers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(inner: &str) -> Vec<String> {
        carriers(inner)
            .iter()
            .map(|carrier| {
                let whole = if carrier.whole { "/**" } else { "" };
                format!("{}{whole}", carrier.path.join("."))
            })
            .collect()
    }

    #[test]
    fn a_value_carries_what_reaches_the_text() {
        assert_eq!(
            paths("github.event.issue.title"),
            ["github.event.issue.title"]
        );
        assert_eq!(
            paths("GitHub['Event']['issue'].Title"),
            ["github.event.issue.title"]
        );
        assert_eq!(
            paths("github.event.commits[0].message"),
            ["github.event.commits.*.message"]
        );
        assert_eq!(
            paths("github.event.commits.*.message"),
            ["github.event.commits.*.message"]
        );
        assert_eq!(paths("toJSON(github.event)"), ["github.event/**"]);
        assert_eq!(paths("format('{0} it''s {1}', a.b, c.d)"), ["a.b", "c.d"]);
        assert_eq!(
            paths("fromJSON(toJSON(github.event)).issue.number"),
            ["github.event.issue.number"]
        );
        assert_eq!(paths("a.b || c.d"), ["a.b", "c.d"]);
        assert_eq!(paths("a.b && c.d || 'x'"), ["c.d"]);
    }

    #[test]
    fn what_yields_yes_or_no_carries_nothing() {
        for inner in [
            "contains(github.event.issue.title, 'x')",
            "github.head_ref == 'x'",
            "!github.head_ref",
            "startsWith(github.head_ref, 'x') && 'yes' || 'no'",
            "hashFiles('**/x')",
            "-1.5",
        ] {
            assert!(paths(inner).is_empty(), "{inner}");
        }
    }

    #[test]
    fn what_does_not_parse_carries_all_it_names() {
        assert_eq!(paths("github.head_ref =! 'x"), ["github.head_ref"]);
        let deep = format!("{}github.head_ref", "(".repeat(100_000));
        assert_eq!(paths(&deep), ["github.head_ref"]);
    }

    #[test]
    fn expressions_end_outside_of_quotes() {
        let found = expressions("a ${{ format('}}', x.y) }} b ${{ z }} ${{ '");
        let raw: Vec<_> = found.iter().map(|it| it.raw).collect();
        assert_eq!(raw, ["${{ format('}}', x.y) }}", "${{ z }}", "${{ '"]);
        assert_eq!(found[1].inner(), "z");
    }
}
