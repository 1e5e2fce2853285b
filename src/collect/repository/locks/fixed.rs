//! What a lock file fixes.

/// The packages of a lock file, and those from outside without a digest.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fixed {
    /// All that come from outside.
    pub(super) packages: u64,
    /// Those without a digest or commit, by name and in order.
    pub(super) unhashed: Vec<String>,
}

impl Fixed {
    /// Counts a package.
    pub(super) fn add(&mut self, name: &str, hashed: bool) {
        self.packages += 1;
        if !hashed {
            self.unhashed.push(name.to_owned());
        }
    }
}

/// Whether a text is a commit's whole name.
pub(super) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
