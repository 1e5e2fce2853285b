//! One segment of a pattern: a name, a name with wildcards, or any number of folders.

/// What stands between two slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    /// `**`: any number of folders, none too.
    Folders,
    /// A name as it is.
    Name(String),
    /// A name with wildcards.
    Wild(Vec<Token>),
}

/// A piece of a name with wildcards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A character as it is.
    Char(char),
    /// `*`
    Any,
    /// `?`
    One,
    /// `[a-z]`, `[!a-z]`
    Set(Vec<(char, char)>, bool),
}

impl Segment {
    /// Whether one segment of a path matches; every step adds to `effort`.
    pub(super) fn matches(&self, name: &str, effort: &mut u64) -> bool {
        match self {
            Self::Folders => true,
            Self::Name(own) => own == name,
            Self::Wild(tokens) => wild(tokens, name, effort),
        }
    }
}

impl Token {
    /// Whether it can stand for a character.
    pub(super) fn takes(&self, character: char) -> bool {
        match self {
            Self::Char(own) => *own == character,
            Self::Any | Self::One => true,
            Self::Set(ranges, negated) => {
                let within = ranges
                    .iter()
                    .any(|(low, high)| (*low..=*high).contains(&character));
                within != *negated
            }
        }
    }
}

/// A name with wildcards, by the rule that segments follow: the last `*` takes one
/// character more on a mismatch.
fn wild(tokens: &[Token], name: &str, effort: &mut u64) -> bool {
    let mut token = 0;
    let mut rest = name;
    let mut retry: Option<(usize, &str)> = None;
    loop {
        *effort += 1;
        let mut after = rest.chars();
        let stuck = match (tokens.get(token), after.next()) {
            (None, None) => return true,
            (Some(Token::Any), _) => {
                token += 1;
                retry = Some((token, rest));
                false
            }
            (Some(one), Some(character)) if one.takes(character) => {
                token += 1;
                rest = after.as_str();
                false
            }
            _ => true,
        };
        if stuck {
            let Some((again, from)) = retry else {
                return false;
            };
            let mut later = from.chars();
            if later.next().is_none() {
                return false;
            }
            token = again;
            rest = later.as_str();
            retry = Some((again, rest));
        }
    }
}

/// The segments of a pattern; `\` takes the character after it as it is.
pub(super) fn split(pattern: &str, sets: bool) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = pattern.chars();
    while let Some(character) = rest.next() {
        match character {
            '/' => segments.push(segment(std::mem::take(&mut tokens))),
            '*' => tokens.push(Token::Any),
            '?' => tokens.push(Token::One),
            '\\' => tokens.push(Token::Char(rest.next().unwrap_or('\\'))),
            '[' if sets => match set(rest.as_str()) {
                Some((token, after)) => {
                    tokens.push(token);
                    rest = after.chars();
                }
                None => tokens.push(Token::Char('[')),
            },
            other => tokens.push(Token::Char(other)),
        }
    }
    segments.push(segment(tokens));
    segments
}

fn segment(mut tokens: Vec<Token>) -> Segment {
    if tokens == [Token::Any, Token::Any] {
        return Segment::Folders;
    }
    tokens.dedup_by(|left, right| *left == Token::Any && *right == Token::Any);
    let name: Option<String> = tokens
        .iter()
        .map(|token| match token {
            Token::Char(character) => Some(*character),
            _ => None,
        })
        .collect();
    name.map_or(Segment::Wild(tokens), Segment::Name)
}

/// What stands after `[` up to its `]`, and the rest. A set does not reach over a slash.
fn set(text: &str) -> Option<(Token, &str)> {
    let (inner, after) = text.split_once(']')?;
    if inner.is_empty() || inner.contains('/') {
        return None;
    }
    let plain = inner.strip_prefix(['!', '^']);
    let mut ranges = Vec::new();
    let mut characters = plain.unwrap_or(inner).chars().peekable();
    while let Some(low) = characters.next() {
        let mut ahead = characters.clone();
        match (ahead.next(), ahead.next()) {
            (Some('-'), Some(high)) => {
                ranges.push((low, high));
                characters = ahead;
            }
            _ => ranges.push((low, low)),
        }
    }
    Some((Token::Set(ranges, plain.is_some()), after))
}
