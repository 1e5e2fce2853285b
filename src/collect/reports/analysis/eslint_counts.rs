//! What ESLint says of a file beside what it lists. Formatters and people cut the lists and leave
//! the counts: what they say then counts as well, so that a shorter list is no better result.

use super::eslint::Linted;

/// How many errors and warnings of a file are counted and not listed.
pub(super) struct FileCounts {
    errors: u64,
    warnings: u64,
}

impl FileCounts {
    pub(super) fn of(file: &Linted) -> Self {
        let missing = |declared: Option<u64>, word: &str| {
            let listed = file.messages.iter();
            let listed = listed.filter(|message| message.severity() == Some(word));
            let listed = u64::try_from(listed.count()).unwrap_or(u64::MAX);
            declared.unwrap_or(0).saturating_sub(listed)
        };
        Self {
            errors: missing(file.error_count.0, "error"),
            warnings: missing(file.warning_count.0, "warning"),
        }
    }

    /// The severity of a message that states none: the graver one that the counts leave room for.
    pub(super) const fn unsaid(&mut self) -> Option<&'static str> {
        if self.errors > 0 {
            self.errors -= 1;
            Some("error")
        } else if self.warnings > 0 {
            self.warnings -= 1;
            Some("warning")
        } else {
            None
        }
    }

    /// What is left over.
    pub(super) fn unlisted(self) -> impl Iterator<Item = (&'static str, u64)> {
        let left = [("error", self.errors), ("warning", self.warnings)];
        left.into_iter().filter(|(_, count)| *count > 0)
    }
}
