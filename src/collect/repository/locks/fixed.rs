//! What a lock file fixes.

/// When a package is installed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Needed {
    /// Wherever the project runs.
    #[default]
    Always,
    /// For work on the project alone.
    Development,
    /// Under a condition: a marker, a platform, or because it was asked for.
    Optional,
}

impl Needed {
    /// The word in facts.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Development => "development",
            Self::Optional => "optional",
        }
    }

    /// From what a lock file says of a package. A condition leaves more open than a group.
    pub(super) const fn of(development: bool, optional: bool) -> Self {
        match (development, optional) {
            (_, true) => Self::Optional,
            (true, false) => Self::Development,
            (false, false) => Self::Always,
        }
    }
}

/// A package of a lock file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Package {
    pub(super) name: String,
    /// What comes from a place rather than a registry may have none.
    pub(super) version: Option<String>,
    pub(super) needed: Needed,
}

impl Package {
    /// A package that is always needed.
    pub(super) fn new(name: &str, version: Option<&str>) -> Self {
        Self {
            name: name.to_owned(),
            version: version.map(str::to_owned),
            needed: Needed::Always,
        }
    }

    /// Says when it is installed.
    #[must_use]
    pub(super) fn needed(self, needed: Needed) -> Self {
        Self { needed, ..self }
    }
}

/// The packages of a lock file, and those from outside without a digest.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fixed {
    /// All that come from outside.
    pub(super) packages: Vec<Package>,
    /// Those without a digest or commit, by name and in order.
    pub(super) unhashed: Vec<String>,
}

impl Fixed {
    /// Takes a package.
    pub(super) fn add(&mut self, package: Package, hashed: bool) {
        if !hashed {
            self.unhashed.push(package.name.clone());
        }
        self.packages.push(package);
    }
}

/// Whether a text is a commit's whole name.
pub(super) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A name and a version with a sign between them; a scope of npm begins with that sign.
pub(super) fn at(text: &str) -> (&str, Option<&str>) {
    match text.rfind('@').filter(|at| *at > 0) {
        Some(at) => (
            text.get(..at).unwrap_or(text),
            text.get(at + 1..).filter(|version| !version.is_empty()),
        ),
        None => (text, None),
    }
}
