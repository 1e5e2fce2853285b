//! Addresses of lines on the forge. A link is only made where it shows the bytes that were read.

use std::collections::BTreeSet;

use crate::model::relations::{OWNERSHIP_FILE, SOURCE_FILE};
use crate::model::run::Run;
use crate::seal::Bundle;

use super::escape::address;

/// Where the forge shows the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    base: String,
}

impl Links {
    /// The repository `owner/name` on a server. `None` where either is not what it is called, so
    /// that no text from outside becomes part of an address.
    pub fn new(server: &str, repository: &str) -> Option<Self> {
        let host = ["https://", "http://"]
            .iter()
            .find_map(|scheme| server.strip_prefix(scheme))?;
        let host = host.strip_suffix('/').unwrap_or(host);
        let safe = |text: &str, more: &[char]| {
            !text.is_empty()
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || more.contains(&c))
        };
        let (owner, name) = repository.split_once('/')?;
        let named = safe(owner, &['-', '_', '.']) && safe(name, &['-', '_', '.']);
        (safe(host, &['.', '-', ':', '/', '_']) && named).then(|| Self {
            base: format!("{}/{repository}", server.trim_end_matches('/')),
        })
    }

    /// The address of the repository.
    pub fn base(&self) -> &str {
        &self.base
    }
}

/// What links of one run need.
pub(super) struct Linked<'r> {
    links: Option<&'r Links>,
    commit: Option<&'r str>,
    tracked: BTreeSet<&'r str>,
}

impl<'r> Linked<'r> {
    pub(super) fn new(links: Option<&'r Links>, bundle: &'r Bundle) -> Self {
        let run = bundle.run();
        let commit = run.subject.commit.as_deref();
        let wanted = links.is_some() && commit.is_some();
        Self {
            links,
            commit,
            tracked: if wanted {
                tracked(run)
            } else {
                BTreeSet::new()
            },
        }
    }

    /// The address of a line of the examined commit, if what is read there is what was examined.
    pub(super) fn of(&self, path: &str, line: Option<u32>) -> Option<String> {
        let (links, commit) = (self.links?, self.commit?);
        if !self.tracked.contains(path) {
            return None;
        }
        // A page of Markdown has lines only where its source is shown.
        let markdown = [".md", ".markdown"]
            .iter()
            .any(|end| path.to_ascii_lowercase().ends_with(end));
        let plain = if markdown { "?plain=1" } else { "" };
        let at = line.map_or_else(String::new, |line| format!("{plain}#L{line}"));
        let (base, commit, path) = (&links.base, address(commit), address(path));
        Some(format!("{base}/blob/{commit}/{path}{at}"))
    }
}

/// The files that are in the commit with the bytes that were read.
fn tracked(run: &Run) -> BTreeSet<&str> {
    let changed: BTreeSet<&str> = run.subject.changed.iter().map(String::as_str).collect();
    let exhibits = run.exhibits.iter().filter(|exhibit| exhibit.tracked);
    let listed = [&SOURCE_FILE, &OWNERSHIP_FILE]
        .into_iter()
        .filter_map(|relation| run.facts.get(relation.name))
        .flat_map(|population| &population.items)
        .map(|item| item.source.path.as_str())
        .filter(|path| !changed.contains(path));
    exhibits
        .map(|exhibit| exhibit.path.as_str())
        .chain(listed)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_called_a_server_and_a_repository_makes_links() {
        let base = |server, repository| Links::new(server, repository).map(|links| links.base);
        assert_eq!(
            base("https://github.com", "acme/payments").as_deref(),
            Some("https://github.com/acme/payments")
        );
        assert_eq!(
            base("https://ghe.acme.example:8443/", "acme/x.y").as_deref(),
            Some("https://ghe.acme.example:8443/acme/x.y")
        );
        for (server, repository) in [
            ("", ""),
            ("github.com", "acme/payments"),
            ("javascript:alert(1)", "acme/payments"),
            ("https://a.example) [b](https://c", "acme/payments"),
            ("https://github.com", "payments"),
            ("https://github.com", "acme/pay/ments"),
            ("https://github.com", "acme/pay)ments"),
            ("https://github.com", "/payments"),
        ] {
            assert_eq!(base(server, repository), None, "{server} {repository}");
        }
    }
}
