//! The catalogue as a text: ids, mappings, order of keys, and the words it may not use.

use std::collections::BTreeSet;

use audit::parse::yaml::Node;

use crate::support::{names, package, read, read_yaml};

const FOLDER: &str = "controls/soc2";

/// How many criteria each group has; the ids follow from it.
const GROUPS: [(&str, u32); 20] = [
    ("CC1", 5),
    ("CC2", 3),
    ("CC3", 4),
    ("CC4", 2),
    ("CC5", 3),
    ("CC6", 8),
    ("CC7", 5),
    ("CC8", 1),
    ("CC9", 2),
    ("A1", 3),
    ("C1", 2),
    ("PI1", 5),
    ("P1", 1),
    ("P2", 1),
    ("P3", 2),
    ("P4", 3),
    ("P5", 2),
    ("P6", 7),
    ("P7", 1),
    ("P8", 1),
];

const KEYS: [&str; 18] = [
    "apiVersion",
    "id",
    "title",
    "statement",
    "criteria",
    "references",
    "severity",
    "nature",
    "frequency",
    "class",
    "applies_when",
    "parameters",
    "procedure",
    "requires",
    "tests",
    "remediation",
    "limitations",
    "waiver_days",
];

const FRAMEWORKS: [&str; 7] = [
    "nist-ssdf",
    "nist-800-53",
    "iso-27001",
    "osps",
    "asvs",
    "cwe",
    "samm",
];

/// Claims that are for a CPA alone, or for nobody.
const FORBIDDEN: [&str; 20] = [
    "all good",
    "approved by the aicpa",
    "audit passed",
    "auditor-accepted",
    "certification",
    "certified",
    "certify",
    "compliance",
    "compliant",
    "comply",
    "fairly presented",
    "guarantee",
    "is effective",
    "meets cc",
    "opinion",
    "reasonable assurance",
    "score",
    "soc ii",
    "soc-2",
    "tamper-proof",
];

/// The files of the controls, by name.
fn files() -> Vec<String> {
    let mut files = names(&package(FOLDER));
    files.retain(|name| !matches!(name.as_str(), "catalogue.yaml" | "criteria.yaml"));
    files
}

/// The controls, each with the name of its file.
fn controls() -> Vec<(String, Node)> {
    files()
        .into_iter()
        .map(|name| {
            (
                name.clone(),
                read_yaml(&package(&format!("{FOLDER}/{name}"))),
            )
        })
        .collect()
}

/// The ids of all controls, sorted.
pub(crate) fn ids() -> Vec<String> {
    controls()
        .iter()
        .map(|(_, control)| text(control, "id").to_owned())
        .collect()
}

fn text<'n>(node: &'n Node, key: &str) -> &'n str {
    node.get(key).and_then(Node::text).unwrap_or("")
}

fn criteria() -> Vec<Node> {
    let file = read_yaml(&package(&format!("{FOLDER}/criteria.yaml")));
    file.get("criteria")
        .expect("criteria")
        .members()
        .iter()
        .map(|node| Node::clone(node))
        .collect()
}

#[test]
fn the_criteria_are_exactly_the_61() {
    let expected: Vec<String> = GROUPS
        .iter()
        .flat_map(|(group, last)| (1..=*last).map(move |number| format!("{group}.{number}")))
        .collect();
    let criteria = criteria();
    let found: Vec<&str> = criteria
        .iter()
        .map(|criterion| text(criterion, "id"))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(found.len(), 61);
    for criterion in &criteria {
        let id = text(criterion, "id");
        let series = text(criterion, "series");
        assert_eq!(
            id.split_once('.').map(|(series, _)| series),
            Some(series),
            "{id}"
        );
        let category = match series.trim_end_matches(|digit: char| digit.is_ascii_digit()) {
            "CC" => "security",
            "A" => "availability",
            "C" => "confidentiality",
            "PI" => "processing integrity",
            _ => "privacy",
        };
        assert_eq!(text(criterion, "category"), category, "{id}");
        let title = text(criterion, "title");
        assert!(!title.is_empty() && !title.ends_with('.'), "{id}: {title}");
        assert!(
            title.split(' ').count() <= 12,
            "{id}: a short title of our own, found {title}"
        );
    }
}

#[test]
fn every_mapping_names_a_criterion_and_is_humble() {
    let criteria = criteria();
    let known: BTreeSet<&str> = criteria
        .iter()
        .map(|criterion| text(criterion, "id"))
        .collect();
    for (file, control) in controls() {
        let mapped = control.get("criteria").expect("criteria").entries();
        assert!(!mapped.is_empty(), "{file}");
        for entry in mapped {
            assert!(known.contains(entry.name()), "{file}: {}", entry.name());
            let strength = entry.value.text().unwrap_or("");
            assert!(
                ["direct", "partial", "indirect"].contains(&strength),
                "{file}: {strength}"
            );
            // Primary evidence can come from a repository for these alone.
            let may = ["CC8.1", "CC7.1", "CC6.8"].contains(&entry.name());
            assert!(
                strength != "direct" || may,
                "{file}: {} direct",
                entry.name()
            );
        }
        let direct = mapped
            .iter()
            .filter(|entry| entry.value.text() == Some("direct"))
            .count();
        assert!(direct <= 1, "{file}: {direct} criteria supported directly");
        let references = control
            .get("references")
            .map(Node::entries)
            .unwrap_or_default();
        for entry in references {
            assert!(
                FRAMEWORKS.contains(&entry.name()),
                "{file}: {}",
                entry.name()
            );
        }
    }
}

#[test]
fn every_file_has_its_keys_in_order_and_is_named_after_its_control() {
    let mut seen = BTreeSet::new();
    for (file, control) in controls() {
        let found: Vec<&str> = control
            .entries()
            .iter()
            .map(audit::parse::yaml::Entry::name)
            .collect();
        let expected: Vec<&str> = KEYS
            .iter()
            .copied()
            .filter(|key| found.contains(key))
            .collect();
        assert_eq!(found, expected, "{file}");
        let id = text(&control, "id");
        assert!(seen.insert(id.to_owned()), "{file}: {id} stands twice");
        let slug = file
            .strip_prefix(id)
            .and_then(|rest| rest.strip_prefix('-'))
            .unwrap_or("");
        let slug = slug.strip_suffix(".yaml").unwrap_or("");
        let plain = slug
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        assert!(
            !slug.is_empty() && plain,
            "{file} is not named {id}-<slug>.yaml"
        );
    }
}

#[test]
fn sentences_end_with_full_stops_and_titles_without() {
    for (file, control) in controls() {
        assert!(!text(&control, "title").ends_with('.'), "{file}: title");
        for key in ["statement", "procedure", "remediation"] {
            assert!(text(&control, key).ends_with('.'), "{file}: {key}");
        }
        assert!(
            !text(&control, "remediation").contains('\n'),
            "{file}: remediation is one line"
        );
        let limitations = control
            .get("limitations")
            .map(Node::members)
            .unwrap_or_default();
        assert!(
            !limitations.is_empty(),
            "{file}: every test has something it cannot show"
        );
        assert!(
            limitations
                .iter()
                .all(|line| line.text().is_some_and(|line| line.ends_with('.'))),
            "{file}"
        );
        for entry in control
            .get("parameters")
            .map(Node::entries)
            .unwrap_or_default()
        {
            let meaning = text(&entry.value, "meaning");
            assert!(
                !meaning.is_empty() && !meaning.ends_with('.'),
                "{file}: {}",
                entry.name()
            );
        }
        for test in control.get("tests").map(Node::members).unwrap_or_default() {
            let attribute = text(test, "attribute");
            assert!(
                !attribute.is_empty() && !attribute.ends_with('.'),
                "{file}: {attribute}"
            );
        }
    }
}

/// Everything a person reads in a definition.
fn prose(node: &Node, into: &mut Vec<String>) {
    const READ: [&str; 10] = [
        "title",
        "statement",
        "procedure",
        "remediation",
        "limitations",
        "attribute",
        "meaning",
        "about",
        "note",
        "families",
    ];
    for entry in node.entries() {
        if READ.contains(&entry.name()) {
            into.extend(entry.value.texts().into_iter().map(str::to_owned));
            into.extend(
                entry
                    .value
                    .entries()
                    .iter()
                    .filter_map(|family| family.value.text())
                    .map(str::to_owned),
            );
        } else {
            prose(&entry.value, into);
        }
    }
    node.members().iter().for_each(|member| prose(member, into));
}

#[test]
fn no_text_claims_what_only_a_cpa_can_say() {
    let files = names(&package(FOLDER));
    for file in files {
        let mut texts = Vec::new();
        prose(
            &read_yaml(&package(&format!("{FOLDER}/{file}"))),
            &mut texts,
        );
        assert!(!texts.is_empty(), "{file}");
        for said in texts {
            let plain = said.to_lowercase().replace("mutation score", "");
            for word in FORBIDDEN {
                assert!(!plain.contains(word), "{file} says {word:?}: {said}");
            }
        }
    }
}

#[test]
fn every_family_is_named_in_the_catalogue_and_in_the_guide() {
    let catalogue = read_yaml(&package(&format!("{FOLDER}/catalogue.yaml")));
    let guide = read(&package("docs/writing-a-control.md"));
    let families = catalogue.get("families").expect("families").entries();
    for id in ids() {
        let family = id.split_once('-').map_or("", |(family, _)| family);
        assert!(
            families.iter().any(|entry| entry.name() == family),
            "{family} in catalogue.yaml"
        );
    }
    for entry in families {
        let about = entry.value.text().unwrap_or("");
        let lower = about[..1].to_lowercase() + &about[1..];
        let row = format!("| {} | {lower} |", entry.name());
        assert!(
            guide.lines().any(|line| line == row),
            "the guide has no row {row}"
        );
    }
}

#[test]
fn every_required_report_can_be_bound_aged_and_refused() {
    for (file, control) in controls() {
        for required in control
            .get("requires")
            .map(Node::members)
            .unwrap_or_default()
        {
            for (key, parameter) in [
                ("origin", "min_origin"),
                ("max_age", "max_age"),
                ("undated", "undated"),
            ] {
                assert_eq!(
                    text(required, key),
                    format!("${parameter}"),
                    "{file}: {key}"
                );
                let declared = control
                    .get("parameters")
                    .and_then(|parameters| parameters.get(parameter));
                assert!(declared.is_some(), "{file}: {parameter} is not declared");
            }
        }
    }
}

#[test]
fn the_example_of_the_guide_is_a_control_of_the_catalogue() {
    let guide = read(&package("docs/writing-a-control.md"));
    let example = guide
        .split("```yaml\n")
        .skip(1)
        .filter_map(|block| block.split("```").next())
        .find(|block| block.contains("\nid: CI-01\n"))
        .expect("the example");
    let (file, _) = controls()
        .into_iter()
        .find(|(_, control)| text(control, "id") == "CI-01")
        .expect("CI-01");
    let control = read(&package(&format!("{FOLDER}/{file}")));
    let mut lines = control.lines();
    for line in example.lines() {
        assert!(
            lines.any(|real| real == line),
            "{file} has no line {line:?} there"
        );
    }
}

#[test]
fn the_loader_accepts_the_catalogue() {
    let source = audit::load::Source::Embedded("soc2".to_owned());
    let loaded =
        audit::load::load_catalogue(&source).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let found: Vec<String> = loaded
        .controls
        .iter()
        .map(|control| control.id.clone())
        .collect();
    assert_eq!(found, ids());
    assert_eq!(loaded.criteria.len(), 61);
}
