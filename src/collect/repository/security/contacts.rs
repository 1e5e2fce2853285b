//! Private ways to report: e-mail addresses, advisories, forms, programmes. Other links lead
//! somewhere to read, not to somebody who answers.

use std::collections::BTreeSet;

use super::placeholders;
use super::prose::{Block, Document};

/// Parts of addresses where a report is handed in, whatever the text around says.
const CHANNELS: &[&str] = &[
    "/security/advisories",
    "/security/policy/report",
    "hackerone.com/",
    "bugcrowd.com/",
    "intigriti.com/",
    "yeswehack.com/",
    "huntr.com/",
    "huntr.dev/",
    "immunefi.com/",
    "openbugbounty.org/",
    "tidelift.com/security",
    "tidelift.com/docs/security",
    "msrc.microsoft.com/create-report",
    "/msrc/create-report",
    "g.co/vulnz",
    "bughunters.google.com/report",
    "forms.gle/",
    "docs.google.com/forms/",
    "forms.office.com/",
    "typeform.com/",
    "/.well-known/security.txt",
    "/report-a-vulnerability",
    "/report-vulnerability",
    "/vulnerability-report",
    "/report-security",
    "issue[confidential]=true",
];

/// Names of hosts that take reports.
const HOSTS: &[&str] = &["vdp.", "bugbounty.", "vulnerability.", "report.", "psirt."];

/// What a link says when it leads to where a report is handed in.
const LABELS: &[&str] = &[
    "report a ",
    "report an ",
    "private vulnerability report",
    "vulnerability report",
    "security report",
    "disclosure portal",
    "disclosure program",
    "submission program",
    "submission form",
    "bug bounty program",
    "security contact",
    "security advisory",
    "security form",
    "contact form",
    "reporting form",
];

/// Where one reads about reporting, and public trackers, which are the opposite of private.
const NOT_CHANNELS: &[&str] = &[
    "docs.github.com",
    "help.github.com",
    "docs.gitlab.com",
    "wikipedia.org",
    "owasp.org",
    "cve.org",
    "/issues",
    "/discussions",
    "/releases",
];

/// Blocks that name people for another purpose.
const ELSEWHERE: &[&str] = &[
    "downstream",
    "packager",
    "subscribe",
    "hall of fame",
    "thanks to",
];

/// The name under which GitHub's own reporting is listed when no address is given.
const PRIVATE_REPORTING: &str = "GitHub private vulnerability reporting";

/// All ways to report, in the order of the text, each once.
pub(super) fn of(document: &Document) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut add = |contact: String| {
        if seen.insert(contact.to_lowercase()) {
            found.push(contact);
        }
    };
    let mut described = false;
    for block in &document.blocks {
        let elsewhere = |text: &String| ELSEWHERE.iter().any(|word| text.contains(word));
        if !elsewhere(&block.plain) && !elsewhere(&block.lead) {
            addresses(&block.text).into_iter().for_each(&mut add);
        }
        links(&block.text)
            .into_iter()
            .filter(Link::is_channel)
            .for_each(|link| add(link.url()));
        described |= describes_private_reporting(block);
    }
    if described
        && !found
            .iter()
            .any(|contact| contact.contains("/security/advisories"))
    {
        found.push(PRIVATE_REPORTING.to_owned());
    }
    found
}

/// Whether a block sends the reader to GitHub's own form, without its address.
fn describes_private_reporting(block: &Block) -> bool {
    const NAMES: &[&str] = &[
        "private vulnerability reporting",
        "\"report a vulnerability\"",
        "\u{201c}report a vulnerability\u{201d}",
        "'report a vulnerability'",
    ];
    block.sentences().any(|sentence| {
        let refused = ["do not use", "don't use", "not enabled", "disabled"];
        NAMES.iter().any(|name| sentence.contains(name))
            && !refused.iter().any(|word| sentence.contains(word))
    }) || (block.text.contains("**Report a vulnerability**")
        || block.text.contains("`Report a vulnerability`"))
}

/// A link and what it says.
#[derive(Debug, PartialEq, Eq)]
struct Link<'t> {
    label: &'t str,
    target: &'t str,
}

impl Link<'_> {
    fn is_channel(&self) -> bool {
        let target = self.target.to_lowercase();
        let address = target.split_once("//").map_or("", |(_, rest)| rest);
        let host = address.split('/').next().unwrap_or("");
        if host.is_empty() || placeholders::is_nobody(host) {
            return false;
        }
        if CHANNELS.iter().any(|part| address.contains(part)) {
            return true;
        }
        let label = self.label.to_lowercase();
        !NOT_CHANNELS.iter().any(|part| address.contains(part))
            && (HOSTS.iter().any(|start| host.starts_with(start))
                || LABELS.iter().any(|says| label.contains(says)))
    }

    /// The address, with its scheme where the text leaves it out.
    fn url(&self) -> String {
        if self.target.starts_with("//") {
            format!("https:{}", self.target)
        } else {
            self.target.to_owned()
        }
    }
}

/// Links in a text: `[label](target)`, `[label]: target`, and bare addresses. A target may leave
/// out its scheme.
fn links(text: &str) -> Vec<Link<'_>> {
    let mut links = Vec::new();
    for (at, _) in text.match_indices("//") {
        let scheme = text.get(..at).and_then(|before| {
            ["https:", "http:"]
                .into_iter()
                .find(|scheme| before.ends_with(scheme))
        });
        let start = at - scheme.map_or(0, str::len);
        let before = text.get(..start).unwrap_or("");
        if scheme.is_none() && !before.ends_with(['(', ' ', '<']) {
            continue;
        }
        let rest = text.get(start..).unwrap_or("");
        let rest = rest.get(..rest.floor_char_boundary(ADDRESS)).unwrap_or("");
        let end = rest.find(|c: char| c.is_whitespace() || "<>\"`|)".contains(c));
        let target = rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest);
        // An address may be the label of its own link.
        let target = target.split("](").next().unwrap_or(target);
        let marks = ['.', ',', ';', ':', '!', '?', '*', '_', ']', '\''];
        links.push(Link {
            label: label_before(before),
            target: target.trim_end_matches(marks),
        });
    }
    links
}

/// The longest address of a link that is read, in bytes.
const ADDRESS: usize = 2_000;

/// The longest label that is read, in bytes.
const LABEL: usize = 200;

/// The label of a link whose target follows.
fn label_before(before: &str) -> &str {
    let trimmed = before.trim_end().trim_end_matches('<');
    let inner = trimmed
        .strip_suffix("](")
        .or_else(|| trimmed.strip_suffix("]:"));
    let Some(inner) = inner else { return "" };
    let near = inner.ceil_char_boundary(inner.len().saturating_sub(LABEL));
    let inner = inner.get(near..).unwrap_or(inner);
    inner.rsplit_once('[').map_or("", |(_, label)| label)
}

/// E-mail addresses in a text, written plainly or so that robots do not find them.
fn addresses(text: &str) -> Vec<String> {
    let text = spelled_out(text);
    let mut found = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || "()[]<>{},;:|\"'`*\\".contains(c)) {
        let word = word.trim_matches(['.', '!', '?', '_', '/']);
        let Some((name, domain)) = word.split_once('@') else {
            continue;
        };
        let last = domain.rsplit('.').next().unwrap_or("");
        let named = !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "._%+-=".contains(c));
        let placed = domain.contains('.')
            && last.len() >= 2
            && last.chars().all(|c| c.is_ascii_alphabetic())
            && domain.split('.').all(|label| {
                !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            });
        let silent = ["git", "noreply", "no-reply", "donotreply"].contains(&name);
        if named && placed && !silent && !placeholders::is_nobody(domain) {
            found.push(word.to_owned());
        }
    }
    found
}

/// The text with `name [at] host [dot] org` and `name at host dot org` as addresses.
fn spelled_out(text: &str) -> String {
    const AT: &[&str] = &["[at]", "(at)", "{at}", "<at>", "[@]", "(@)"];
    const DOT: &[&str] = &["[dot]", "(dot)", "{dot}", "<dot>", "[.]", "(.)"];
    let mut text = text.replace("mailto:", " ");
    for (marks, sign) in [(AT, "@"), (DOT, ".")] {
        for mark in marks {
            for form in [(*mark).to_owned(), mark.to_uppercase()] {
                text = text
                    .replace(&format!(" {form} "), sign)
                    .replace(&form, sign);
            }
        }
    }
    let words: Vec<&str> = text
        .split_whitespace()
        .map(|word| word.trim_matches('`'))
        .collect();
    let mut joined = String::with_capacity(text.len());
    let mut in_host = false;
    for (index, word) in words.iter().enumerate() {
        // `at` counts only where a host with `dot` follows: it is a common word.
        let sign = match *word {
            "at" if words.get(index + 2) == Some(&"dot") => Some('@'),
            "dot" if in_host => Some('.'),
            _ => None,
        };
        if let Some(sign) = sign {
            in_host = true;
            joined.truncate(joined.trim_end().len());
            joined.push(sign);
        } else {
            in_host = word.contains('@') || (in_host && joined.ends_with(['@', '.']));
            joined.push_str(word);
            joined.push(' ');
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        of(&Document::new(text))
    }

    #[test]
    fn addresses_are_found_however_they_are_written() {
        for (text, expected) in [
            ("Mail [a@b.org](mailto:a@b.org).", vec!["a@b.org"]),
            (
                "Mail security [at] corp [dot] dev, or <x.y@corp.dev>!",
                vec!["security@corp.dev", "x.y@corp.dev"],
            ),
            ("security(at)corp.dev", vec!["security@corp.dev"]),
            (
                "email `security at corp dot org`.",
                vec!["security@corp.org"],
            ),
            (
                "``a+b`` at ``corp`` dot\n``org`` dot ``ua`` instead",
                vec!["a+b@corp.org.ua"],
            ),
            (
                "ask @someone at any time; use pkg@1.2.3 or git@github.com:a/b",
                vec![],
            ),
            ("security@example.com", vec![]),
            ("We notify downstream packagers (who@corp.dev).", vec![]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn only_links_to_where_a_report_is_handed_in_count() {
        for (text, expected) in [
            (
                "https://github.com/a/b/security/advisories/new.",
                vec!["https://github.com/a/b/security/advisories/new"],
            ),
            (
                "use [this]:\n\n[this]: //github.com/a/b/security/advisories/new",
                vec!["https://github.com/a/b/security/advisories/new"],
            ),
            (
                "our [Vulnerability Disclosure Portal](https://vdp.corp.dev).",
                vec!["https://vdp.corp.dev"],
            ),
            (
                "[HackerOne](https://hackerone.com/corp)",
                vec!["https://hackerone.com/corp"],
            ),
            (
                "fill in [the contact form](https://corp.dev/contact)",
                vec!["https://corp.dev/contact"],
            ),
            (
                "[our policy](https://corp.dev/security/) and [releases](https://github.com/a/b/releases)",
                vec![],
            ),
            (
                "[https://hackerone.com/a](https://hackerone.com/a)",
                vec!["https://hackerone.com/a"],
            ),
            ("[report a bug](https://github.com/a/b/issues)", vec![]),
            (
                "[private reporting](https://docs.github.com/privately-reporting-a-security-vulnerability)",
                vec![],
            ),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn reporting_on_github_counts_without_an_address() {
        assert_eq!(
            found("Choose \"Report a vulnerability\" in the Security tab."),
            [PRIVATE_REPORTING]
        );
        assert!(found("## Report a vulnerability\n\nTell us.").is_empty());
        assert!(found("Private vulnerability reporting is not enabled.").is_empty());
    }
}
