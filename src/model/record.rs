//! The record of a run of a tool, which `audit run` writes and the collector of records reads back.
//!
//! The order of the fields is the order in which they are written.

use serde::{Deserialize, Serialize};

/// The version of the format. A change that a reader would notice changes it.
pub const API_VERSION: &str = "audit/run/v1";

/// The schema that the file meets, in the source of the tool.
pub const SCHEMA: &str = "reports/schema/run.schema.json";

/// Where records lie, from the examined folder.
pub const FOLDER: &str = ".audit/runs/";

/// How many paths a list of a record names; the rest is counted.
pub const LISTED: usize = 20;

/// What stands where a value was left out because it may be a secret.
pub const REDACTED: &str = "REDACTED";

/// One run of one tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// [`SCHEMA`].
    pub schema: String,
    /// [`API_VERSION`].
    #[serde(rename = "apiVersion")]
    pub api_version: String,
    /// The program that wrote the record.
    pub audit: Writer,
    /// When the tool was started, by this machine's clock: RFC 3339, UTC.
    pub started_at: String,
    /// How long it ran.
    pub duration_ms: u64,
    /// What was run.
    pub command: Command,
    /// How it ended.
    pub ended: Ended,
    /// Where the examined folder lies below the git root; empty or ending in `/`.
    pub scope: String,
    /// The sources of the commit at which it was started, where there is one.
    pub sources: Option<Sources>,
    /// The commit and the work tree before it was started.
    pub before: Stand,
    /// The same after it had ended.
    pub after: Stand,
    /// The reports that it created or wrote anew, by path.
    pub reports: Vec<Written>,
    /// The reports that were named on the command line and that it did not write.
    pub not_written: Vec<String>,
    /// What the environment of the pipeline said.
    pub environment: Environment,
}

/// The program that wrote the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Writer {
    /// Its version.
    pub version: String,
    /// Its digest; `None` where it cannot be read.
    pub sha256: Option<String>,
}

/// What was run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// The words as given, the program first, without values that may be secrets.
    pub arguments: Vec<String>,
    /// How many values were left out.
    pub redacted: u64,
    /// The folder it was started in, from the examined one; `None` where it lies elsewhere.
    pub folder: Option<String>,
    /// The file that was started: from the examined folder, from the home folder as `~`, or whole.
    pub program: String,
    /// The digest of that file.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// What it answered to `--version`, where the user had it asked.
    pub version: Option<String>,
}

/// How a tool ended: with a code, or by a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    /// The exit status; `None` where a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
}

/// The source files of a commit below the examined folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    /// The digest over one line for each, `<object> <path from the examined folder>`, by path.
    pub sha256: String,
    /// How many there are.
    pub files: u64,
}

/// A commit, and how the work tree stood to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stand {
    /// The commit; `None` without a repository, or before its first commit.
    pub commit: Option<String>,
    /// Its tree.
    pub tree: Option<String>,
    /// Whether no file of the commit was changed or gone, and no source lay beside it that git
    /// neither tracks nor ignores. Reports do not count.
    pub clean: bool,
    /// Files that were changed or gone.
    pub changed: Paths,
    /// Sources that git neither tracks nor ignores.
    pub untracked: Paths,
}

/// Some paths of a number of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paths {
    /// How many there are.
    pub total: u64,
    /// The first of them, from the examined folder.
    pub first: Vec<String>,
}

/// A report that the tool created or wrote anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// From the examined folder.
    pub path: String,
    /// What was there before.
    pub before: Before,
    /// The digest of its bytes, after secrets were taken out; `None` where it cannot be read.
    pub sha256: Option<String>,
    /// The number of those bytes.
    pub bytes: Option<u64>,
    /// The kind of report, as far as its content shows it.
    pub kind: Option<String>,
    /// The format, as far as its content shows it.
    pub format: Option<String>,
    /// How far it can be relied on: `complete`, `incomplete`, `nothing-measured`, `unreadable`, or
    /// `None` where it is no report of a known format.
    pub state: Option<String>,
    /// The tool, as the report names it.
    pub tool: Option<String>,
    /// Its version, as the report names it.
    pub tool_version: Option<String>,
    /// The rules by which secrets were taken out before it was hashed.
    pub redaction: Option<String>,
}

/// What was at the place of a report before the tool was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Before {
    /// Nothing.
    Absent,
    /// Other bytes.
    OtherBytes,
    /// The same bytes, which the tool wrote again.
    SameBytes,
}

impl Before {
    /// The word in a record.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::OtherBytes => "other-bytes",
            Self::SameBytes => "same-bytes",
        }
    }
}

/// What the environment of the pipeline said. Whoever starts a program decides its environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// [`SELF_ASSERTED`], always.
    pub trust: String,
    /// The claims, by name.
    pub claims: Vec<Claim>,
}

/// The word for what nobody but the speaker vouches for.
pub const SELF_ASSERTED: &str = "self-asserted";

/// One variable of the environment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Its name: `GITHUB_SHA`.
    pub name: String,
    /// Its value, made visible and at most 200 characters of it.
    pub value: String,
}

impl Environment {
    /// Claims, labelled as what they are.
    pub fn of(claims: Vec<Claim>) -> Self {
        Self {
            trust: SELF_ASSERTED.to_owned(),
            claims,
        }
    }
}

impl Paths {
    /// The number of some paths, with the first of them.
    pub fn of(paths: &[String]) -> Self {
        Self {
            total: u64::try_from(paths.len()).unwrap_or(u64::MAX),
            first: paths.iter().take(LISTED).cloned().collect(),
        }
    }
}

impl Record {
    /// The commit that the run is of: the same before and after, and nothing changed beside it.
    ///
    /// # Errors
    /// Why it is of no commit, as a fragment of a sentence.
    pub fn commit(&self) -> Result<&str, String> {
        Self::commit_of(&self.before, &self.after)
    }

    fn commit_of<'s>(before: &'s Stand, after: &Stand) -> Result<&'s str, String> {
        let Some(commit) = before.commit.as_deref() else {
            return Err("it was made without a commit".to_owned());
        };
        if after.commit.as_deref() != Some(commit) || after.tree != before.tree {
            return Err("the commit was another one when the tool had ended".to_owned());
        }
        for (stand, when) in [
            (before, "before the tool was started"),
            (after, "when the tool had ended"),
        ] {
            if let Some(says) = stand.unclean() {
                return Err(format!("{says} {when}"));
            }
        }
        Ok(commit)
    }
}

impl Stand {
    fn unclean(&self) -> Option<String> {
        let named = |paths: &Paths, one: &str, many: &str| {
            let noun = if paths.total == 1 { one } else { many };
            let first = paths.first.first().map_or_else(String::new, |path| {
                format!(", {}", super::text::excerpt(path))
            });
            format!("{} {noun}{first},", super::text::grouped(paths.total))
        };
        if self.changed.total > 0 {
            let files = named(&self.changed, "file of the commit", "files of the commit");
            let was = if self.changed.total == 1 {
                "was"
            } else {
                "were"
            };
            return Some(format!("{files} {was} changed"));
        }
        if self.untracked.total > 0 {
            let files = named(&self.untracked, "source file", "source files");
            return Some(format!("{files} lay beside the commit"));
        }
        (!self.clean).then(|| "the work tree was not clean".to_owned())
    }
}

impl Ended {
    /// Whether the tool was ended from outside or broke down, so that it cannot have finished: by a
    /// signal, by what a shell says of one that ended a program it ran, or by an error of Windows.
    pub fn crashed(self) -> bool {
        self.signal.is_some()
            || self.said_of_signal().is_some()
            || self
                .code
                .is_some_and(|code| code.cast_unsigned() >> 28 == 0xc)
    }

    /// The signal behind an exit status of 128 and its number, for the signals that end a program.
    fn said_of_signal(self) -> Option<i32> {
        /// HUP INT QUIT ILL TRAP ABRT BUS FPE KILL SEGV PIPE ALRM TERM XCPU XFSZ SYS
        const ENDING: &[i32] = &[1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 14, 15, 24, 25, 31];
        let signal = self.code?.checked_sub(128)?;
        ENDING.contains(&signal).then_some(signal)
    }

    /// How it ended, as a fragment of a sentence: `ended with exit status 1`.
    pub fn words(self) -> String {
        match (self.code, self.signal, self.said_of_signal()) {
            (_, Some(signal), _) => format!("was ended by signal {signal}"),
            (Some(code), _, Some(signal)) => {
                format!("ended with exit status {code}, as a shell says of signal {signal}")
            }
            (Some(code), ..) => format!("ended with exit status {code}"),
            (None, ..) => "ended in a way that is not known".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_is_a_signal_or_what_another_program_says_of_one() {
        let crashed = |code, signal| Ended { code, signal }.crashed();
        assert!(crashed(None, Some(11)) && crashed(Some(137), None));
        assert!(crashed(Some(-1_073_741_819), None));
        for code in [0, 1, 2, 126, 127, 128, 255, -1, i32::MIN, i32::MAX] {
            assert!(!crashed(Some(code), None), "{code}");
        }
    }

    #[test]
    fn a_record_is_of_a_commit_only_where_nothing_lay_beside_it() {
        let clean = Stand {
            commit: Some("a".to_owned()),
            tree: Some("b".to_owned()),
            clean: true,
            ..Stand::default()
        };
        let of =
            |before: &Stand, after: &Stand| Record::commit_of(before, after).map(str::to_owned);
        assert_eq!(of(&clean, &clean), Ok("a".to_owned()));
        assert!(of(&Stand::default(), &clean).is_err());
        let paths = Paths::of(&["src/a.py".to_owned()]);
        let spoilt: [fn(&mut Stand, Paths); 5] = [
            |stand, _| stand.commit = Some("c".to_owned()),
            |stand, _| stand.tree = None,
            |stand, _| stand.clean = false,
            |stand, paths| stand.changed = paths,
            |stand, paths| stand.untracked = paths,
        ];
        for spoil in spoilt {
            let mut other = clean.clone();
            spoil(&mut other, paths.clone());
            assert!(of(&clean, &other).is_err(), "{other:?}");
        }
        let other = Stand {
            changed: paths,
            ..clean.clone()
        };
        assert_eq!(
            of(&other, &clean).expect_err("a change"),
            "1 file of the commit, src/a.py, was changed before the tool was started"
        );
    }
}
