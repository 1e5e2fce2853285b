//! Who is trusted: a file of allowed signers, as `ssh-keygen -Y verify` reads it.
//!
//! A line that is not understood trusts nobody, and is said. Lines of certificate authorities are
//! not understood here.

use chrono::NaiveDateTime;

use super::wire::Wire;
use crate::model::base64;
use crate::model::text::excerpt;
use crate::model::time::Moment;
use crate::seal::Fault;

/// The most lines that are looked at.
const LINES: usize = 10_000;

/// A key that is trusted, for whom, for what and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// Who signs with it, as the file has it.
    pub principals: String,
    /// The key, as SSH writes it.
    pub key: Vec<u8>,
    namespaces: Option<String>,
    valid_after: Option<Moment>,
    valid_before: Option<Moment>,
}

/// A file of allowed signers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedSigners {
    /// The keys, in the order of the file.
    pub signers: Vec<Signer>,
    /// Lines that trust nobody, each with its reason.
    pub faults: Vec<String>,
}

impl AllowedSigners {
    /// Reads a file.
    pub fn parse(text: &str) -> Self {
        let mut read = Self::default();
        for (at, line) in text.lines().take(LINES).enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match signer(line) {
                Ok(signer) => read.signers.push(signer),
                Err(fault) => read.faults.push(format!("line {}: {fault}", at + 1)),
            }
        }
        read
    }

    /// The first that may sign with a key, for a purpose, at a time.
    ///
    /// # Errors
    /// Nobody may, with the reason that comes nearest.
    pub fn find(&self, key: &[u8], namespace: &str, at: Moment) -> Result<&Signer, Fault> {
        let mut reason = Fault::new("the key is not that of an allowed signer");
        for signer in self.signers.iter().filter(|signer| signer.key == key) {
            match signer.refuses(namespace, at) {
                None => return Ok(signer),
                Some(says) => reason = Fault::new(says),
            }
        }
        Err(reason)
    }
}

impl Signer {
    fn refuses(&self, namespace: &str, at: Moment) -> Option<String> {
        let who = excerpt(&self.principals);
        let listed = self.namespaces.as_deref();
        if listed.is_some_and(|listed| !is_listed(listed, namespace)) {
            return Some(format!("the key of {who} is not allowed for {namespace}"));
        }
        if let Some(after) = self.valid_after.filter(|after| at < *after) {
            return Some(format!(
                "the key of {who} is valid from {after}, not on {at}"
            ));
        }
        let before = self.valid_before.filter(|before| at > *before)?;
        Some(format!(
            "the key of {who} was valid until {before}, not on {at}"
        ))
    }
}

fn signer(line: &str) -> Result<Signer, Fault> {
    let (principals, rest) = word(line)?;
    let (second, after) = word(rest)?;
    let mut signer = Signer {
        principals: principals.replace('"', ""),
        key: Vec::new(),
        namespaces: None,
        valid_after: None,
        valid_before: None,
    };
    let (kind, rest) = if is_kind(second) {
        (second, after)
    } else {
        for option in options(second)? {
            signer.take(&option)?;
        }
        word(after)?
    };
    if !is_kind(kind) {
        return Err(Fault::new(format!(
            "expected a key, found {}",
            excerpt(kind)
        )));
    }
    let (digits, _) = word(rest)?;
    let wrong = || Fault::new("expected the key in base64 after its kind");
    signer.key = base64::decode(digits).ok_or_else(wrong)?;
    if Wire(&signer.key).text() == Some(kind.as_bytes()) {
        Ok(signer)
    } else {
        Err(Fault::new("expected a key of the kind that is named"))
    }
}

/// The next word, in which quotes hold spaces together, and the rest.
fn word(text: &str) -> Result<(&str, &str), Fault> {
    let text = text.trim_start();
    let mut quoted = false;
    let end = text.find(|c: char| {
        quoted ^= c == '"';
        !quoted && (c == ' ' || c == '\t')
    });
    if quoted && end.is_none() {
        return Err(Fault::new("expected a closing quote"));
    }
    let (word, rest) = text.split_at(end.unwrap_or(text.len()));
    if word.is_empty() {
        return Err(Fault::new("expected who, perhaps options, and a key"));
    }
    Ok((word, rest))
}

fn is_kind(word: &str) -> bool {
    ["ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"]
        .iter()
        .any(|start| word.starts_with(start))
}

/// Options between commas, where a comma in quotes divides nothing.
fn options(text: &str) -> Result<Vec<String>, Fault> {
    let mut options = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        quoted ^= c == '"';
        if c == ',' && !quoted {
            options.push(String::new());
        } else if let Some(option) = options.last_mut() {
            option.push(c);
        }
    }
    if quoted || options.iter().any(String::is_empty) {
        return Err(Fault::new("expected options between commas"));
    }
    Ok(options)
}

impl Signer {
    fn take(&mut self, option: &str) -> Result<(), Fault> {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        let value = value
            .strip_prefix('"')
            .and_then(|value| value.strip_suffix('"'))
            .unwrap_or(value);
        let twice = || Fault::new(format!("expected {} once", excerpt(name)));
        match name.to_ascii_lowercase().as_str() {
            "namespaces" if self.namespaces.is_some() => Err(twice()),
            "namespaces" => {
                self.namespaces = Some(value.to_owned());
                Ok(())
            }
            "valid-after" if self.valid_after.is_some() => Err(twice()),
            "valid-after" => {
                self.valid_after = Some(moment(value, Edge::Latest)?);
                Ok(())
            }
            "valid-before" if self.valid_before.is_some() => Err(twice()),
            "valid-before" => {
                self.valid_before = Some(moment(value, Edge::Earliest)?);
                Ok(())
            }
            "cert-authority" => Err(Fault::new(
                "expected a key that signs, found a certificate authority",
            )),
            other => Err(Fault::new(format!(
                "expected namespaces, valid-after or valid-before, found {}",
                excerpt(other)
            ))),
        }
    }
}

/// Which of the moments is meant that a time without a zone can stand for: the one that trusts less.
#[derive(Clone, Copy)]
enum Edge {
    Earliest,
    Latest,
}

/// `20260101`, `202601011200` or `20260101120000`, with `Z` for UTC.
fn moment(text: &str, edge: Edge) -> Result<Moment, Fault> {
    let wrong = || {
        Fault::new(format!(
            "expected a time as 20260101Z or 20260101120000Z, found {}",
            excerpt(text)
        ))
    };
    let digits = text.strip_suffix('Z').unwrap_or(text);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let whole = match digits.len() {
        8 => format!("{digits}000000"),
        12 => format!("{digits}00"),
        14 => digits.to_owned(),
        _ => return Err(wrong()),
    };
    let naive = NaiveDateTime::parse_from_str(&whole, "%Y%m%d%H%M%S").map_err(|_| wrong())?;
    let hours = match edge {
        _ if text.ends_with('Z') => 0,
        Edge::Earliest => -14,
        Edge::Latest => 12,
    };
    Moment::from_epoch(naive.and_utc().timestamp() + hours * 3_600).ok_or_else(wrong)
}

/// Whether a word is in a list of patterns: one has to match, and none that begins with `!`.
fn is_listed(patterns: &str, word: &str) -> bool {
    let mut listed = false;
    for pattern in patterns.split(',') {
        match pattern.strip_prefix('!') {
            Some(pattern) if matches(pattern.as_bytes(), word.as_bytes()) => return false,
            Some(_) => {}
            None => listed |= matches(pattern.as_bytes(), word.as_bytes()),
        }
    }
    listed
}

/// `*` stands for any text, `?` for one character. Linear in the product of the lengths.
fn matches(pattern: &[u8], word: &[u8]) -> bool {
    let mut reached = vec![false; word.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for sign in pattern {
        let mut next = vec![false; word.len() + 1];
        let mut any = false;
        for (at, slot) in next.iter_mut().enumerate() {
            let here = reached.get(at).copied().unwrap_or(false);
            let before = at.checked_sub(1);
            any |= here;
            *slot = match sign {
                b'*' => any,
                _ => before.is_some_and(|before| {
                    let same = word.get(before).is_some_and(|c| *sign == b'?' || sign == c);
                    same && reached.get(before).copied().unwrap_or(false)
                }),
            };
        }
        reached = next;
    }
    reached.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::seal::sign::{Key, NAMESPACE};

    fn at(text: &str) -> Moment {
        Moment::parse(text).expect("a moment")
    }

    #[test]
    fn a_key_is_trusted_for_what_and_when_the_line_says() {
        let key = Key::from_seed(&[7; 32]).public();
        let text = format!(
            "# who signs\n\nci@acme namespaces=\"file,audit-*\",valid-after=\"20260101Z\",\
             valid-before=20270101Z {} a comment\n\"a b@acme,c@acme\" {}\n",
            key.ssh_line(),
            Key::from_seed(&[8; 32]).public().ssh_line()
        );
        let allowed = AllowedSigners::parse(&text);
        assert_eq!(allowed.faults, Vec::<String>::new());
        let find = |namespace, time| {
            let found = allowed.find(&key.ssh_blob(), namespace, at(time));
            found
                .map(|signer| signer.principals.as_str())
                .map_err(|fault| fault.0)
        };
        assert_eq!(find(NAMESPACE, "2026-06-01T00:00:00Z"), Ok("ci@acme"));
        assert!(find("git", "2026-06-01T00:00:00Z").is_err_and(|it| it.contains("for git")));
        assert!(find(NAMESPACE, "2025-12-31T23:59:59Z").is_err_and(|it| it.contains("from")));
        assert!(find(NAMESPACE, "2027-01-01T00:00:01Z").is_err_and(|it| it.contains("until")));
        assert_eq!(allowed.signers[1].principals, "a b@acme,c@acme");
        assert!(
            allowed
                .find(b"another", NAMESPACE, at("2026-06-01T00:00:00Z"))
                .is_err()
        );
    }

    #[test]
    fn a_line_that_is_not_understood_trusts_nobody() {
        let key = Key::from_seed(&[7; 32]).public().ssh_line();
        for (line, says) in [
            (format!("ci@acme cert-authority {key}"), "authority"),
            (format!("ci@acme no-such {key}"), "found no-such"),
            (format!("ci@acme valid-before=\"soon\" {key}"), "found soon"),
            (format!("ci@acme namespaces=\"a {key}"), "closing quote"),
            (
                format!("ci@acme valid-after=20260101Z,valid-after=20270101Z {key}"),
                "once",
            ),
            ("ci@acme ssh-ed25519 AAAA".to_owned(), "of the kind"),
            ("ci@acme ssh-rsa AAAAC3NzaC1lZDI1NTE5A".to_owned(), "base64"),
            ("ci@acme".to_owned(), "expected who"),
        ] {
            let allowed = AllowedSigners::parse(&line);
            assert_eq!(allowed.signers, Vec::new(), "{line}");
            assert!(
                allowed.faults[0].contains(says),
                "{line}: {:?}",
                allowed.faults
            );
        }
    }

    #[test]
    fn a_time_without_a_zone_trusts_as_short_as_it_can_mean() {
        let utc = moment("20260101Z", Edge::Latest).expect("a moment");
        assert!(moment("20260101", Edge::Latest).expect("a moment") > utc);
        assert!(moment("202601010000", Edge::Earliest).expect("a moment") < utc);
        assert!(moment("20261301Z", Edge::Latest).is_err());
    }

    #[test]
    fn patterns_match_as_in_ssh() {
        for (patterns, word, expected) in [
            ("audit-evidence", "audit-evidence", true),
            ("*", "anything", true),
            ("audit-?vidence", "audit-evidence", true),
            ("*,!audit-*", "audit-evidence", false),
            ("!file", "audit-evidence", false),
            ("a*b*c", "aXXbYYc", true),
            ("a*b*c", "aXXbYY", false),
            ("", "x", false),
        ] {
            assert_eq!(is_listed(patterns, word), expected, "{patterns} {word}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(?s).{0,200}") {
            let _ = AllowedSigners::parse(&text);
            let _ = AllowedSigners::parse(&format!("a {text} ssh-ed25519 AAAA"));
        }
    }
}
