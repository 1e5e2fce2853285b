//! Path globs: `*` and `?` stay inside one folder, `**` crosses folders. Linear in the path.

pub use globset::GlobSet;
use globset::{GlobBuilder, GlobSetBuilder};

/// A set of globs over paths with `/`.
#[derive(Debug, Clone, Default)]
pub struct Globs {
    set: GlobSet,
    /// The globs as written, in order.
    pub patterns: Vec<String>,
}

impl Globs {
    /// Compiles globs.
    ///
    /// # Errors
    /// The first glob that is not one, with the reason.
    pub fn new<I, T>(patterns: I) -> Result<Self, String>
    where
        I: IntoIterator<Item = T>,
        T: Into<String>,
    {
        let patterns: Vec<String> = patterns.into_iter().map(Into::into).collect();
        let mut set = GlobSetBuilder::new();
        for pattern in &patterns {
            let glob = GlobBuilder::new(pattern.trim_start_matches("./"))
                .literal_separator(true)
                .build()
                .map_err(|error| format!("{pattern}: {}", error.kind()))?;
            set.add(glob);
        }
        Ok(Self {
            set: set.build().map_err(|error| error.to_string())?,
            patterns,
        })
    }

    /// Whether any glob matches the whole path.
    pub fn matches(&self, path: &str) -> bool {
        self.set.is_match(path)
    }

    /// Whether there is no glob at all.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }
}

/// Globs over values that are not paths: `*` matches anything, slashes and lines too.
///
/// # Errors
/// The first glob that is not one, with the reason.
pub fn text_globs<'p>(patterns: impl IntoIterator<Item = &'p str>) -> Result<GlobSet, String> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = GlobBuilder::new(pattern).literal_separator(false).build();
        set.add(glob.map_err(|error| format!("{pattern}: {}", error.kind()))?);
    }
    set.build().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_in_its_folder() {
        let globs = Globs::new(["docs/*", "src/**/*.py"]).expect("globs");
        assert!(globs.matches("docs/a") && !globs.matches("docs/a/b"));
        assert!(globs.matches("src/a.py") && globs.matches("src/x/y/a.py"));
        assert!(Globs::new(["a["]).is_err());
    }
}
