//! The words of a command without what may be a secret. Whole values are left out, never parts of
//! them, and rather one too many than one too few: a record is kept and shown.

use crate::model::record::REDACTED;

/// Parts of a name that is never innocent.
const TELLING: &[&str] = &[
    "token",
    "password",
    "passwd",
    "passphrase",
    "secret",
    "credential",
    "apikey",
    "accesskey",
    "privatekey",
    "authorization",
];

/// Words that tell only by themselves: `--key`, `--api-key`, and not `--keyword`.
const WHOLE: &[&str] = &[
    "key", "keys", "pwd", "pass", "auth", "bearer", "cookie", "pat", "otp",
];

/// What tokens of well-known services begin with, and how many signs follow at least.
const TOKENS: &[(&str, usize)] = &[
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xoxa-", 10),
    ("xoxs-", 10),
    ("sk_live_", 10),
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 30),
    ("eyJ", 20),
    ("pypi-", 20),
    ("npm_", 20),
];

/// The words without what may be a secret, and how many values were left out.
pub(super) fn without_secrets(words: &[String]) -> (Vec<String>, u64) {
    let mut redactor = Redactor::default();
    let shown = words.iter().map(|word| redactor.argument(word)).collect();
    (shown, redactor.count)
}

/// A text, such as what a tool says of its version, without what may be a secret.
pub(super) fn text_without_secrets(text: &str) -> String {
    Redactor::default().value(text)
}

#[derive(Default)]
struct Redactor {
    count: u64,
    /// Whether the word before was the name of a secret, whose value follows.
    value_follows: bool,
}

impl Redactor {
    fn redacted(&mut self) -> String {
        self.count += 1;
        REDACTED.to_owned()
    }

    /// One argument. What holds spaces may be a command of its own, as `sh -c` takes it.
    fn argument(&mut self, argument: &str) -> String {
        if !argument.contains(char::is_whitespace) {
            return self.word(argument);
        }
        if std::mem::take(&mut self.value_follows) {
            return self.redacted();
        }
        let shown = self.command(argument);
        self.value_follows = false;
        shown
    }

    /// A command in one text, word by word. White space stays as it is.
    fn command(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let gap = rest
                .find(|c: char| !c.is_whitespace())
                .unwrap_or(rest.len());
            let (space, after) = rest.split_at(gap);
            out.push_str(space);
            let (word, after) = after.split_at(end_of_word(after));
            if !word.is_empty() {
                out.push_str(&self.word(word));
            }
            rest = after;
        }
        out
    }

    fn word(&mut self, word: &str) -> String {
        if std::mem::take(&mut self.value_follows) && !is_option(word) {
            if is_scheme(word) {
                self.value_follows = true;
                return word.to_owned();
            }
            return self.redacted();
        }
        let bare = word.trim_start_matches(['"', '\'', '-', '(', '{', '$']);
        let (name, sign) = match bare.find(['=', ':']) {
            Some(at) => bare.split_at(at),
            None => (bare, ""),
        };
        let is_url = sign.starts_with("://");
        if !is_url && tells(name) {
            let before = word.len() - bare.len() + name.len();
            let mut value = sign.chars();
            match (value.next(), value.as_str().is_empty()) {
                // `-H Authorization: Bearer abc`: the value may be several words.
                (Some(_), true) => self.value_follows = true,
                (Some(sign), false) => {
                    let start = word.get(..before).unwrap_or_default();
                    return format!("{start}{sign}{}", self.redacted());
                }
                (None, _) => self.value_follows = word.starts_with('-') || is_scheme(name),
            }
            return word.to_owned();
        }
        self.value(word)
    }

    /// A word whose name tells nothing: addresses lose who logs in, known tokens are left out.
    fn value(&mut self, word: &str) -> String {
        let without = self.without_users(word);
        let without = self.without_parameters(&without);
        self.without_tokens(&without)
    }

    /// `https://user:password@host` as `https://REDACTED@host`.
    fn without_users(&mut self, word: &str) -> String {
        let mut out = String::with_capacity(word.len());
        let mut rest = word;
        while let Some((before, after)) = rest.split_once("://") {
            out.push_str(before);
            out.push_str("://");
            let (authority, path) = after.split_at(end_of_authority(after));
            rest = path;
            match authority.rsplit_once('@') {
                Some((_, host)) => {
                    out.push_str(&self.redacted());
                    out.push('@');
                    out.push_str(host);
                }
                None => out.push_str(authority),
            }
        }
        out.push_str(rest);
        out
    }

    /// `?token=abc&page=2` as `?token=REDACTED&page=2`, and the same inside a list of settings.
    fn without_parameters(&mut self, word: &str) -> String {
        let mut out = String::with_capacity(word.len());
        let mut start = 0;
        for (at, sign) in word
            .match_indices(['?', '&', ',', ';'])
            .chain([(word.len(), "")])
        {
            let part = word.get(start..at).unwrap_or_default();
            match part.split_once('=') {
                Some((name, value)) if tells(name) && !value.is_empty() && value != REDACTED => {
                    out.push_str(name);
                    out.push('=');
                    out.push_str(&self.redacted());
                }
                _ => out.push_str(part),
            }
            out.push_str(sign);
            start = at + sign.len();
        }
        out
    }

    fn without_tokens(&mut self, word: &str) -> String {
        if word.contains("-----BEGIN ") && word.contains("PRIVATE KEY") {
            return self.redacted();
        }
        let mut out = String::with_capacity(word.len());
        let mut rest = word;
        'signs: while let Some(sign) = rest.chars().next() {
            for (start, least) in TOKENS {
                let Some(after) = rest.strip_prefix(start) else {
                    continue;
                };
                let end = after
                    .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | '.'))
                    .unwrap_or(after.len());
                if end >= *least {
                    out.push_str(&self.redacted());
                    rest = after.get(end..).unwrap_or_default();
                    continue 'signs;
                }
            }
            out.push(sign);
            rest = rest.get(sign.len_utf8()..).unwrap_or_default();
        }
        out
    }
}

/// Where the part of an address ends that names who logs in and the host. A password may hold a
/// slash, though it should be written in another way: what follows a colon and is no number of a
/// port is one.
fn end_of_authority(text: &str) -> usize {
    let end = |signs: &[char]| text.find(signs).unwrap_or(text.len());
    let first = end(&['/', '?', '#', ' ', '"', '\'']);
    let named = text.get(..first).unwrap_or_default();
    let password = named.split_once(':').is_some_and(|(_, after)| {
        !named.contains('@') && after.contains(|c: char| !c.is_ascii_digit())
    });
    let whole = end(&[' ', '"', '\'']);
    let last = text.get(..whole).and_then(|it| it.rfind('@'));
    match last.filter(|_| password) {
        Some(at) => {
            let host = text.get(at..whole).unwrap_or_default();
            at + host.find(['/', '?', '#']).unwrap_or(host.len())
        }
        None => first,
    }
}

/// Where a word of a command ends: at white space, but a quotation is one word.
fn end_of_word(text: &str) -> usize {
    let mut quote: Option<char> = None;
    for (at, sign) in text.char_indices() {
        match quote {
            Some(open) if sign == open => quote = None,
            None if matches!(sign, '"' | '\'') => quote = Some(sign),
            None if sign.is_whitespace() => return at,
            _ => {}
        }
    }
    text.len()
}

/// Whether a word is an option of its own, so that the one before it had no value.
fn is_option(word: &str) -> bool {
    word.strip_prefix("--")
        .is_some_and(|name| !name.is_empty() && name.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Names that are followed by their value without being options: `Bearer abc`.
fn is_scheme(name: &str) -> bool {
    ["bearer", "basic", "token"].contains(&name.to_lowercase().as_str())
}

/// Whether a name says that its value is a secret.
fn tells(name: &str) -> bool {
    let lower = name.to_lowercase();
    let joined: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
    if TELLING.iter().any(|part| joined.contains(part)) {
        return true;
    }
    words_of(name).any(|word| WHOLE.contains(&word.as_str()))
}

/// The words of a name, in lower case: those of `api-key`, `API_KEY` and `apiKey` are the same.
fn words_of(name: &str) -> impl Iterator<Item = String> + '_ {
    let mut words: Vec<String> = vec![String::new()];
    let mut small = false;
    for sign in name.chars() {
        if !sign.is_alphanumeric() || (small && sign.is_uppercase()) {
            words.push(String::new());
        }
        small = sign.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| sign.is_alphanumeric()) {
            word.extend(sign.to_lowercase());
        }
    }
    words.into_iter()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(words: &[&str]) -> Vec<String> {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        without_secrets(&words).0
    }

    #[test]
    fn what_is_named_as_a_secret_is_left_out_whole() {
        for (given, expected) in [
            (
                &["tool", "--token", "abc", "x"][..],
                &["tool", "--token", "REDACTED", "x"][..],
            ),
            (&["tool", "--api-key=abc"], &["tool", "--api-key=REDACTED"]),
            (
                &["tool", "--apiKey", "-abc"],
                &["tool", "--apiKey", "REDACTED"],
            ),
            (
                &["env", "DB_PASSWORD=abc", "tool"],
                &["env", "DB_PASSWORD=REDACTED", "tool"],
            ),
            (
                &["tool", "-Dsonar.token=abc"],
                &["tool", "-Dsonar.token=REDACTED"],
            ),
            (
                &["curl", "-H", "X-Api-Key: abc"],
                &["curl", "-H", "X-Api-Key: REDACTED"],
            ),
            (
                &["curl", "-H", "Authorization: Bearer abc"],
                &["curl", "-H", "Authorization: Bearer REDACTED"],
            ),
            (
                &["tool", "--secret", "--verbose"],
                &["tool", "--secret", "--verbose"],
            ),
            (
                &["tool", "--password", "a b c"],
                &["tool", "--password", "REDACTED"],
            ),
        ] {
            assert_eq!(shown(given), expected, "{given:?}");
        }
    }

    #[test]
    fn what_only_looks_like_a_name_stays() {
        for given in [
            &[
                "pytest",
                "-k",
                "keyword",
                "--keep",
                "--junitxml=reports/junit.xml",
            ][..],
            &["ruff", "check", ".", "--output-format", "sarif"],
            &[
                "gitleaks",
                "dir",
                "--redact",
                "--report-path",
                "reports/gitleaks.json",
                ".",
            ],
            &["mutmut", "run"],
            &["sh", "-c", "coverage run -m pytest && coverage xml"],
            &[
                "tool",
                "https://acme.example/a?page=2#x",
                "a:b",
                "C:\\tools\\x",
            ],
        ] {
            assert_eq!(shown(given), given, "{given:?}");
        }
    }

    #[test]
    fn addresses_lose_who_logs_in() {
        for (given, expected) in [
            (
                "https://user:pw@acme.example/x",
                "https://REDACTED@acme.example/x",
            ),
            (
                "git+ssh://tok@acme.example",
                "git+ssh://REDACTED@acme.example",
            ),
            (
                "https://acme.example/?a=1&token=abc",
                "https://acme.example/?a=1&token=REDACTED",
            ),
            ("--index=https://u:p@h/s", "--index=https://REDACTED@h/s"),
            (
                "https://u:a/b@acme.example/x",
                "https://REDACTED@acme.example/x",
            ),
            (
                "https://acme.example:8080/a@b",
                "https://acme.example:8080/a@b",
            ),
            ("https://acme.example/a@b", "https://acme.example/a@b"),
        ] {
            assert_eq!(shown(&[given]), [expected]);
        }
    }

    #[test]
    fn a_command_in_one_text_is_read_word_by_word() {
        assert_eq!(
            shown(&[
                "sh",
                "-c",
                "A_TOKEN='a b' tool  --password \"x y\" ghp_0123456789012345678901"
            ]),
            [
                "sh",
                "-c",
                "A_TOKEN=REDACTED tool  --password REDACTED REDACTED"
            ]
        );
        assert_eq!(text_without_secrets("tool 1.2.3"), "tool 1.2.3");
    }

    proptest! {
        #[test]
        fn a_named_secret_never_stays(secret in "[A-Za-z0-9+/]{8,30}", form in 0..6_usize) {
            let words = match form {
                0 => vec!["t".to_owned(), "--token".to_owned(), secret.clone()],
                1 => vec![format!("--client-secret={secret}")],
                2 => vec![format!("https://x:a{secret}@h/")],
                3 => vec!["sh".to_owned(), "-c".to_owned(), format!("K_KEY='{secret}' t")],
                4 => vec!["sh".to_owned(), "-c".to_owned(), format!("t --key \"{secret}\" u")],
                _ => vec![format!("https://h/?api_key={secret}&x=1")],
            };
            let (shown, count) = without_secrets(&words);
            prop_assert!(!shown.join(" ").contains(&secret), "{shown:?}");
            prop_assert_eq!(count, 1);
        }

        #[test]
        fn no_argument_panics(words in proptest::collection::vec(any::<String>(), 0..5)) {
            let (shown, _) = without_secrets(&words);
            prop_assert_eq!(shown.len(), words.len());
        }
    }
}
