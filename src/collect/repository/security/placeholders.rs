//! Text of a template that nobody filled in.

use std::collections::BTreeSet;

use super::prose::Document;

/// Sentences of the policy that GitHub's editor offers, in lower case.
const TEMPLATE: &[&str] = &[
    "use this section to tell people about which versions of your project are currently being supported with security updates",
    "use this section to tell people how to report a vulnerability",
    "tell them where to go, how often they can expect to get an update on a reported vulnerability",
];

/// The rows of its table. Real versions may be the same: they count together only.
const ROWS: &[&str] = &["| 5.1.x", "| 5.0.x", "| 4.0.x", "| < 4.0"];

/// Words that a template leaves for its author, as they stand alone in a text.
const MARKS: &[&str] = &[
    "TODO",
    "TBD",
    "FIXME",
    "XXX",
    "YOUR_EMAIL",
    "YOUR-EMAIL",
    "PLACEHOLDER",
];

/// How a hole in brackets begins: `[INSERT EMAIL]`, `<your-address>`, `{{ email }}`.
const HOLES: &[&str] = &[
    "insert",
    "your",
    "email",
    "e-mail",
    "add ",
    "enter ",
    "project name",
    "project-name",
    "project_name",
    "company",
    "organization",
    "organisation",
    "maintainer",
    "contact email",
    "security email",
    "security contact",
    "security-email",
    "security_email",
    "fill ",
    "name of",
    "date",
    "link to",
    "x days",
    "number of",
];

/// The longest text in brackets that is looked at, in bytes.
const HOLE: usize = 80;

/// Domains that belong to nobody (RFC 2606, RFC 6761), and those that templates use.
const NOBODY: &[&str] = &[
    "example.com",
    "example.org",
    "example.net",
    "domain.com",
    "yourdomain.com",
    "yourcompany.com",
    "your-domain.com",
    "your-company.com",
    "yourproject.org",
    "company.com",
];

/// Everything that was never filled in, as written, in order, each once.
pub(super) fn of(document: &Document) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut add = |text: &str| {
        if seen.insert(text.to_owned()) {
            found.push(text.to_owned());
        }
    };
    let rows = has_template_table(document);
    for block in &document.blocks {
        let sentence = TEMPLATE.iter().any(|text| block.plain.contains(text));
        let table = rows && ROWS.first().is_some_and(|row| block.plain.starts_with(row));
        if sentence || table {
            add(&block.text);
        }
        for hole in holes(&block.text) {
            add(hole);
        }
        for word in block
            .text
            .split(|c: char| c.is_whitespace() || "()[]<>,;:|`*\"'".contains(c))
        {
            let word = word.trim_matches('.');
            let address = word
                .split_once('@')
                .is_some_and(|(name, domain)| !name.is_empty() && is_nobody(domain));
            if address || MARKS.contains(&word) {
                add(word);
            }
        }
    }
    found
}

/// Whether a block, in lower case, says only what the template says.
pub(super) fn is_template(plain: &str) -> bool {
    TEMPLATE.iter().any(|sentence| plain.contains(sentence))
        || ROWS.iter().any(|row| plain.starts_with(row))
}

/// Whether a domain is one that stands for another.
pub(super) fn is_nobody(domain: &str) -> bool {
    let domain = domain.to_ascii_lowercase();
    let reserved = ["example", "invalid", "test", "localhost"];
    NOBODY
        .iter()
        .any(|known| domain == *known || domain.ends_with(&format!(".{known}")))
        || domain
            .rsplit('.')
            .next()
            .is_some_and(|last| reserved.contains(&last))
}

fn has_template_table(document: &Document) -> bool {
    ROWS.iter().all(|row| {
        document
            .blocks
            .iter()
            .any(|block| block.plain.starts_with(row))
    })
}

/// What stands in brackets and asks to be replaced. `[text](link)` and `[text][link]` do not.
fn holes(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (open, close) in [("[", "]"), ("<", ">"), ("{{", "}}")] {
        let mut from = 0;
        while let Some(start) = text
            .get(from..)
            .and_then(|rest| rest.find(open))
            .map(|at| at + from)
        {
            from = start + open.len();
            // What asks to be replaced is short: the search stays near.
            let near = text.get(from..).unwrap_or("");
            let near = near.get(..near.floor_char_boundary(HOLE + 2)).unwrap_or("");
            let Some(length) = near.find(close) else {
                continue;
            };
            let inner = text.get(from..from + length).unwrap_or("");
            let after = text.get(from + length + close.len()..).unwrap_or("");
            let is_link = open == "[" && after.starts_with(['(', '[', ':']);
            if !is_link && asks(inner, open) {
                found.push(text.get(start..from + length + close.len()).unwrap_or(""));
            }
        }
    }
    found
}

/// Whether the text between brackets asks for something. `[...]` must be in capitals, since prose
/// in brackets may be just that.
fn asks(inner: &str, open: &str) -> bool {
    let words = inner.trim_matches(|c: char| c.is_whitespace() || "{}".contains(c));
    let shouted = words.chars().any(char::is_alphabetic) && !words.chars().any(char::is_lowercase);
    let lower = words.to_lowercase();
    let hole =
        !words.contains(['@', '/', '=']) && HOLES.iter().any(|start| lower.starts_with(start));
    hole && (open != "[" || shouted || lower.starts_with("insert") || lower.starts_with("your"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        of(&Document::new(text))
    }

    #[test]
    fn holes_and_addresses_of_nobody_are_found() {
        assert_eq!(
            found("Write to [INSERT EMAIL] or <email> or {{ your_email }} within [X DAYS]."),
            ["[INSERT EMAIL]", "[X DAYS]", "<email>", "{{ your_email }}"]
        );
        assert_eq!(
            found("mail security@example.com. TODO: more"),
            ["security@example.com", "TODO"]
        );
        assert_eq!(
            found("a@sub.example.org, b@corp.example"),
            ["a@sub.example.org", "b@corp.example"]
        );
    }

    #[test]
    fn links_tags_and_real_addresses_are_no_holes() {
        for text in [
            "[Your security team](https://corp.dev)",
            "<security@corp.dev> and <https://corp.dev/email>",
            "<details><summary>Email</summary></details><br>",
            "[private reporting][] and [email][1]",
            "mail security@corp.dev (the date [sic] is fixed)",
            "<!-- TODO -->",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }
}
