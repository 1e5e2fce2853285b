//! The security policy in force, and what it promises.
//!
//! A policy that an organisation keeps in another repository cannot be seen here: without a file
//! the honest answer is that this repository has none.

mod contacts;
mod durations;
mod placeholders;
mod prose;
mod statements;

use prose::Document;

use super::place;
use crate::collect::{Collector, Input, Scene, Sink, Spec, Wants};
use crate::model::fact::{Item, Source};
use crate::model::relation::Relation;
use crate::model::relations::SECURITY_POLICY;
use crate::model::value::Value;
use crate::parse::error::ParseError;

/// Fills `security.policy`.
pub struct Security;

static SPEC: Spec = Spec {
    name: "security",
    reads: "SECURITY.md in .github/, the root or docs/",
    fills: FILLS,
    about: "Reads the security policy: contacts, times, supported versions, disclosure, safe harbour.",
};

static FILLS: &[&Relation] = &[&SECURITY_POLICY];

/// The places GitHub looks in, in its order, and the one name it documents (docs.github.com,
/// "Adding a security policy to your repository"). Other spellings may work and are not documented.
const CANDIDATES: &[&str] = &[".github/SECURITY.md", "SECURITY.md", "docs/SECURITY.md"];

/// The longest text that is read as prose, in bytes: ten times a very long policy.
const LONGEST: usize = 256 * 1024;

impl Collector for Security {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn wants(&self, path: &str, input: &Input<'_>) -> Wants {
        if place::is_candidate(path, CANDIDATES, input) {
            Wants::Keep
        } else {
            Wants::No
        }
    }

    fn collect(&self, scene: &Scene<'_>, sink: &mut Sink) {
        let Some((_, path)) = scene.input.in_force(CANDIDATES) else {
            return;
        };
        let Some((file, text)) = place::text(scene, &path, FILLS, sink) else {
            return;
        };
        if text.len() > LONGEST {
            let says = format!("expected a policy of at most {LONGEST} bytes, found more");
            sink.unparsable(FILLS, file, &ParseError::whole(says));
            return;
        }
        sink.examined(&SECURITY_POLICY, file);
        sink.item(describe(&file.path, &text));
    }
}

/// The item of a policy. An empty file is a policy that says nothing.
fn describe(path: &str, text: &str) -> Item {
    let document = Document::new(text);
    Item::new(&SECURITY_POLICY, Source::line(path, 1))
        .with("path", path)
        .with("contacts", Value::texts(contacts::of(&document)))
        .with(
            "acknowledgement_hours",
            statements::acknowledgement_hours(&document),
        )
        .with(
            "supported_versions",
            statements::supported_versions(&document),
        )
        .with("disclosure", statements::disclosure(&document))
        .with("safe_harbour", statements::safe_harbour(&document))
        .with("placeholders", Value::texts(placeholders::of(&document)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn githubs_order_decides_and_other_spellings_do_not_count() {
        use crate::collect::repository::testing::{column, facts};
        let both = [("SECURITY.md", "a@b.dev"), ("docs/SECURITY.md", "c@d.dev")];
        let policy = &facts(&both, "")["security.policy"];
        assert_eq!(column(policy, "contacts"), ["a@b.dev"]);
        let loose = [("security.md", "a@b.dev"), ("docs/security.rst", "c@d.dev")];
        assert_eq!(facts(&loose, "")["security.policy"].items, []);
        let above = [("SECURITY.md", "a@b.dev"), ("sub/x", "")];
        assert_eq!(
            column(&facts(&above, "sub/")["security.policy"], "path"),
            ["SECURITY.md"]
        );
    }

    fn read(text: &str) -> Item {
        describe("SECURITY.md", text)
    }

    #[test]
    fn an_empty_file_is_a_policy_that_says_nothing() {
        let item = read("");
        assert!(item.get("contacts").is_empty() && item.get("placeholders").is_empty());
        assert_eq!(item.get("acknowledgement_hours"), &Value::Absent);
        for field in ["supported_versions", "disclosure", "safe_harbour"] {
            assert_eq!(item.get(field), &Value::Bool(false), "{field}");
        }
    }

    #[test]
    fn a_whole_policy_is_read() {
        let item = read(
            "# Security\n\n## Supported versions\n\nOnly the latest minor release gets fixes.\n\n## Reporting\n\nWrite to security@corp.dev or open a\n[private report](https://github.com/corp/x/security/advisories/new).\nWe acknowledge reports within 3 business\ndays and publish a fix within 90 days.\n\n## Disclosure\n\nWe disclose 90 days after the report.\n\n## Safe harbour\n\nWe will not pursue legal action against research in good faith.\n",
        );
        assert_eq!(
            item.get("contacts"),
            &Value::texts([
                "security@corp.dev",
                "https://github.com/corp/x/security/advisories/new"
            ])
        );
        assert_eq!(item.get("acknowledgement_hours"), &Value::Int(72));
        for field in ["supported_versions", "disclosure", "safe_harbour"] {
            assert_eq!(item.get(field), &Value::Bool(true), "{field}");
        }
        assert!(item.get("placeholders").is_empty());
    }

    #[test]
    fn the_template_that_github_offers_says_nothing() {
        let item = read(
            "# Security Policy\n\n## Supported Versions\n\nUse this section to tell people about which versions of your project are\ncurrently being supported with security updates.\n\n| Version | Supported          |\n| ------- | ------------------ |\n| 5.1.x   | :white_check_mark: |\n| 5.0.x   | :x:                |\n| 4.0.x   | :white_check_mark: |\n| < 4.0   | :x:                |\n\n## Reporting a Vulnerability\n\nUse this section to tell people how to report a vulnerability.\n\nTell them where to go, how often they can expect to get an update on a\nreported vulnerability, what to expect if the vulnerability is accepted or\ndeclined, etc.\n",
        );
        assert_eq!(item.get("placeholders").as_list().len(), 4);
        assert!(item.get("contacts").is_empty());
        assert_eq!(item.get("supported_versions"), &Value::Bool(false));
        assert_eq!(item.get("acknowledgement_hours"), &Value::Absent);
    }
}
