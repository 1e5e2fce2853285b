//! Advisories, with those that share a name or alias taken for one.

use std::collections::BTreeMap;

/// Advisories as they are counted.
#[derive(Default)]
pub(super) struct Advisories {
    group_of: BTreeMap<String, usize>,
    /// The group each group was merged into; itself while it stands.
    merged: Vec<usize>,
    unnamed: usize,
}

impl Advisories {
    /// Adds an advisory by all its names. One without any name is counted on its own.
    pub(super) fn add<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) {
        let mut names = names.into_iter().peekable();
        if names.peek().is_none() {
            self.unnamed += 1;
            return;
        }
        let mut group = self.merged.len();
        self.merged.push(group);
        for name in names {
            let found = self.group_of.get(name).map(|found| self.standing(*found));
            if let Some(found) = found
                && found != group
            {
                // The older group stands, so that no chain grows longer than it must.
                let (older, newer) = (found.min(group), found.max(group));
                if let Some(into) = self.merged.get_mut(newer) {
                    *into = older;
                }
                group = older;
            }
            self.group_of.insert(name.to_owned(), group);
        }
    }

    fn standing(&self, mut group: usize) -> usize {
        while let Some(into) = self.merged.get(group).filter(|into| **into != group) {
            group = *into;
        }
        group
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        let groups = self.merged.iter().enumerate();
        groups.filter(|(at, into)| at == *into).count() + self.unnamed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advisories_that_share_an_alias_are_one_in_whatever_order_they_come() {
        let count = |all: &[&[&str]]| {
            let mut advisories = Advisories::default();
            for names in all {
                advisories.add(names.iter().copied());
            }
            advisories.count()
        };
        assert_eq!(
            count(&[&["P1", "C1"], &["P2", "C2"], &["G1", "C2", "C1"]]),
            1
        );
        assert_eq!(count(&[&["G1", "C2", "C1"], &["P2", "C2"], &["P3"]]), 2);
        assert_eq!(count(&[&["A"], &["A"], &[], &[]]), 3);
    }
}
