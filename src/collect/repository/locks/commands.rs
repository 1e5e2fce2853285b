//! Commands of a shell script, as far as telling one from the next and taking its words apart: no
//! expansion, no substitution. What cannot be taken apart is no command of ours.

/// A command with the line of the script it begins on, from 0.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::collect::repository) struct Command {
    pub(in crate::collect::repository) line: usize,
    /// Variables set for this command alone.
    pub(in crate::collect::repository) set: Vec<String>,
    pub(in crate::collect::repository) words: Vec<String>,
}

/// Words that stand before a command and change nothing of what it is.
const BEFORE: [&str; 10] = [
    "sudo", "command", "exec", "time", "env", "then", "do", "else", "if", "!",
];

/// The commands of a script.
pub(in crate::collect::repository) fn of(script: &str) -> Vec<Command> {
    let mut found = Vec::new();
    let mut reader = Reader::default();
    let mut signs = script.chars().peekable();
    while let Some(sign) = signs.next() {
        match (reader.quote, sign) {
            (_, '\n') if reader.quote.is_none() => {
                reader.end_command(&mut found);
                reader.pass_line();
            }
            (Some(open), close) if open == close => reader.quote = None,
            (Some('"') | None, '\\') => match signs.next() {
                Some('\n') => reader.pass_line(),
                Some(next) => reader.word.push(next),
                None => {}
            },
            (Some(_), other) => {
                if other == '\n' {
                    reader.pass_line();
                }
                reader.word.push(other);
            }
            (None, '\'' | '"') => {
                reader.quote = Some(sign);
                reader.quoted = true;
            }
            (None, '#') if reader.is_between_words() => {
                while signs.peek().is_some_and(|next| *next != '\n') {
                    signs.next();
                }
            }
            (None, '(') if reader.word.ends_with('$') => {
                reader.word.pop();
                reader.end_command(&mut found);
            }
            (None, ';' | '&' | '|' | '(' | ')' | '{' | '}' | '`') => {
                // `${{ … }}` and `2>&1` are words; what they stand for is not known.
                if reader.word.ends_with(['$', '>', '{', '}']) || sign == '}' {
                    reader.word.push(sign);
                } else {
                    reader.end_command(&mut found);
                }
            }
            (None, other) if other.is_whitespace() => reader.end_word(),
            (None, other) => reader.word.push(other),
        }
    }
    reader.end_command(&mut found);
    found
}

#[derive(Default)]
struct Reader {
    line: usize,
    /// The line on which the open command began.
    began: Option<usize>,
    quote: Option<char>,
    /// Whether a part of the open word stood in quotes, so that it is a word though it be empty.
    quoted: bool,
    word: String,
    words: Vec<String>,
}

impl Reader {
    const fn pass_line(&mut self) {
        self.line += 1;
    }

    const fn is_between_words(&self) -> bool {
        self.word.is_empty() && !self.quoted
    }

    fn end_word(&mut self) {
        if !self.is_between_words() {
            self.began.get_or_insert(self.line);
            self.words.push(std::mem::take(&mut self.word));
        }
        self.quoted = false;
    }

    fn end_command(&mut self, found: &mut Vec<Command>) {
        self.end_word();
        let words = std::mem::take(&mut self.words);
        let line = self.began.take().unwrap_or(self.line);
        let mut set = Vec::new();
        let mut rest = words.into_iter().skip_while(|word| {
            let assigned = is_assignment(word);
            if assigned {
                set.push(word.clone());
            }
            assigned || BEFORE.contains(&word.as_str())
        });
        let words: Vec<String> = rest.by_ref().collect();
        if !words.is_empty() {
            found.push(Command { line, set, words });
        }
    }
}

/// `NAME=value`.
fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        let first = name.chars().next();
        first.is_some_and(|it| it.is_ascii_alphabetic() || it == '_')
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(script: &str) -> Vec<(usize, String)> {
        let lines = of(script).into_iter();
        lines.map(|it| (it.line, it.words.join("|"))).collect()
    }

    #[test]
    fn commands_are_told_apart() {
        let script = "set -e # why\nA=1 sudo pip install \\\n  -r 'a b.txt' && npm ci; echo \"x && y\"\n\
            if ! cargo build 2>&1 | tee log; then\n  exit 1\nfi\necho ${{ matrix.x }} # pip install y\n";
        let expected = [
            (0, "set|-e"),
            (1, "pip|install|-r|a b.txt"),
            (2, "npm|ci"),
            (2, "echo|x && y"),
            (3, "cargo|build|2>&1"),
            (3, "tee|log"),
            (4, "exit|1"),
            (5, "fi"),
            (6, "echo|${{|matrix.x|}}"),
        ];
        let expected: Vec<(usize, String)> = expected
            .into_iter()
            .map(|(line, text)| (line, text.to_owned()))
            .collect();
        assert_eq!(words(script), expected);
        assert_eq!(
            of("A=1 x").first().map(|it| it.set.clone()),
            Some(vec!["A=1".to_owned()])
        );
    }

    #[test]
    fn no_script_makes_it_fail() {
        for script in [
            "",
            "'",
            "\"\\",
            "\\",
            "&&&&",
            "a=\n",
            "$(pip install x)",
            "`a`",
        ] {
            of(script);
        }
        assert_eq!(
            words("x=$(pip install -r a)"),
            [(0, "pip|install|-r|a".to_owned())]
        );
    }
}
