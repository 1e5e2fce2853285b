//! The documentation against the tree: what it names exists, and what is generated is what the
//! code would write. `UPDATE=1 cargo test --test it` writes `docs/relations.md`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use audit::parse::limits;
use walkdir::WalkDir;

use crate::support::{names, package, read, write};

const ARCHITECTURE: &str = "src/ARCHITECTURE.md";
const RELATIONS: &str = "docs/relations.md";

/// Claims that are for a CPA alone, or for nobody.
const FORBIDDEN: [&str; 24] = [
    "all good",
    "approved by the aicpa",
    "aicpa-approved",
    "audit passed",
    "auditor-accepted",
    "certification",
    "certified",
    "certify",
    "compliance",
    "compliant",
    "comply",
    "continuous assurance",
    "fairly presented",
    "guarantee",
    "is effective",
    "meets cc",
    "opinion",
    "reasonable assurance",
    "soc 2 ready",
    "soc ii",
    "soc-2",
    "soc 2 score",
    "soc2 score",
    "tamper-proof",
];

/// Where one of these words has to stand: what the program is not, whom it is for, and the list of
/// the words themselves.
const ALLOWED: [&str; 8] = [
    "--object-lock-mode compliance",
    "not an attestation, opinion or certification",
    "not an opinion",
    "no opinion",
    "compliance lead",
    "compliance@",
    "keywords = [\"audit\", \"evidence\", \"soc2\", \"compliance\"",
    "a test refuses these words in any control: compliant, certified, opinion, all good",
];

/// Every page of the documentation, by its path from the root.
pub(crate) fn pages() -> Vec<String> {
    let mut pages: Vec<String> = names(&package("docs"))
        .into_iter()
        .map(|name| format!("docs/{name}"))
        .collect();
    for name in [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
    ] {
        pages.push(name.to_owned());
    }
    pages.push(ARCHITECTURE.to_owned());
    pages
}

/// What stands between backticks outside of blocks.
pub(crate) fn ticked(text: &str) -> Vec<String> {
    let mut outside = String::new();
    let mut open = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            open = !open;
        } else if !open {
            outside.push_str(line);
            outside.push('\n');
        }
    }
    outside
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// The source files of the program, by their paths from the root.
fn sources() -> BTreeSet<String> {
    WalkDir::new(package("src"))
        .into_iter()
        .map(|entry| entry.expect("a readable source").into_path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .map(|path| {
            let inside = path.strip_prefix(package("")).expect("below the root");
            inside.display().to_string()
        })
        .collect()
}

#[test]
fn every_source_file_has_one_sentence_in_the_architecture() {
    let text = read(&package(ARCHITECTURE));
    let mut named = BTreeSet::new();
    for line in text.lines().filter(|line| line.starts_with("- `src/")) {
        let (path, sentence) = line[3..].split_once("`: ").expect("- `path`: sentence");
        assert!(named.insert(path.to_owned()), "{path} stands twice");
        assert!(
            sentence.ends_with('.') && !sentence.contains(". "),
            "{path}: one sentence, found {sentence:?}"
        );
    }
    let sources = sources();
    let unnamed: Vec<&String> = sources.difference(&named).collect();
    let gone: Vec<&String> = named.difference(&sources).collect();
    assert!(
        unnamed.is_empty() && gone.is_empty(),
        "{ARCHITECTURE}: write a line `- `path`: sentence` for {unnamed:#?}; delete those of {gone:#?}"
    );
}

#[test]
fn every_path_that_a_page_names_exists() {
    for page in pages() {
        for token in ticked(&read(&package(&page))) {
            let path = token.split("::").next().unwrap_or("");
            let of_source = path.starts_with("src/")
                && Path::new(path)
                    .extension()
                    .is_none_or(|ending| ending == "rs" || ending == "md");
            let of_tree = ["tests/", "docs/", "controls/", "examples/"]
                .iter()
                .any(|start| path.starts_with(start));
            let a_pattern = path.contains(['<', '*', '…', ' ']);
            assert!(
                a_pattern || !(of_source || of_tree) || package(path).exists(),
                "{page} names {path}, which is not there"
            );
        }
    }
}

#[test]
fn the_recipes_name_what_is_in_the_code() {
    let code: String = sources()
        .iter()
        .map(|path| read(&package(path)))
        .collect::<Vec<_>>()
        .join("\n");
    for page in ["docs/adding-a-collector.md", "docs/adding-a-format.md"] {
        let text = read(&package(page));
        let mut quoted = 0;
        let mut inside = false;
        for line in text.lines() {
            match line.trim() {
                "```rust" => inside = true,
                "```" => inside = false,
                said if inside => {
                    quoted += 1;
                    let there = code.lines().any(|line| line.trim() == said);
                    assert!(
                        there,
                        "{page} quotes {said:?}, which is no line of the code"
                    );
                }
                _ => {}
            }
        }
        assert!(quoted > 5, "{page} quotes {quoted} lines");
        for token in ticked(&text) {
            let name = token.trim_end_matches("()");
            let is_name = name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.'));
            let last = name.rsplit([':', '.']).next().unwrap_or("");
            let of_file = Path::new(name)
                .extension()
                .is_some_and(|ending| ending == "rs");
            assert!(
                !is_name || of_file || code.contains(last),
                "{page} names {token}, which is not in the code"
            );
        }
    }
}

#[test]
fn every_invariant_names_the_tests_that_hold_it() {
    let text = read(&package(ARCHITECTURE));
    let invariants = text
        .split("\n## Invariants\n")
        .nth(1)
        .and_then(|rest| rest.split("\n## ").next())
        .expect("the invariants");
    let mut number = 0;
    for line in invariants.lines().filter(|line| !line.is_empty()) {
        number += 1;
        assert!(line.starts_with(&format!("{number}. **")), "{line}");
        let mut held = 0;
        for token in ticked(line) {
            let Some((path, held_by)) = token.split_once("::") else {
                continue;
            };
            held += 1;
            let code = read(&package(path));
            let (before, _) = code
                .split_once(&format!("fn {held_by}("))
                .unwrap_or_else(|| panic!("invariant {number}: {path} has no test {held_by}"));
            let attributes = before.rsplit("}\n").next().unwrap_or("");
            let declared = attributes.contains("#[test]");
            assert!(
                declared,
                "invariant {number}: {held_by} of {path} is no test"
            );
        }
        assert!(held > 0, "invariant {number} names no test");
    }
    assert_eq!(number, 8);
}

/// The anchors of a page, as forges derive them from headings.
fn anchors(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            line.trim_start_matches('#')
                .trim()
                .to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
        .collect()
}

#[test]
fn every_link_of_a_page_leads_somewhere() {
    for page in pages() {
        let text = read(&package(&page));
        let folder = Path::new(&page).parent().expect("a folder").to_path_buf();
        for link in text.split("](").skip(1) {
            let target = link.split(')').next().unwrap_or("");
            if target.contains("://") {
                continue;
            }
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let there = if path.is_empty() {
                package(&page)
            } else {
                package("").join(folder.join(path))
            };
            assert!(there.exists(), "{page} links to {target}");
            assert!(
                anchor.is_empty() || anchors(&read(&there)).contains(anchor),
                "{page} links to {target}, which has no such heading"
            );
        }
    }
    let index = read(&package("docs/README.md"));
    for name in names(&package("docs")) {
        assert!(
            name == "README.md" || index.contains(&format!("({name})")),
            "docs/README.md does not link to {name}"
        );
    }
}

/// Whether generated parts are written and not compared.
pub(crate) fn updating() -> bool {
    std::env::var_os("UPDATE").is_some_and(|value| value == "1")
}

/// The formats, one row each.
fn formats() -> String {
    let mut out = String::new();
    for format in audit::collect::reports::formats() {
        let spec = format.spec();
        let names: Vec<String> = spec.usual_names.iter().map(|name| code(name)).collect();
        let names = if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        };
        let most = if format.streams() {
            limits::REPORT_BYTES
        } else {
            limits::FILE_BYTES
        };
        let most = format!("{} MiB", most >> 20);
        let cells = [
            spec.kind.name(),
            &code(spec.name),
            &names,
            &most,
            spec.about,
        ];
        out.push_str(&row(&cells));
    }
    out
}

/// `docs/relations.md` as the declarations have it.
fn relations() -> String {
    let mut out = String::from(
        "# Relations\n\n\
         Every population that a control can test, with its fields and who fills it. This page is \
         written from the declarations in `src/model/relations/` and the `Spec` of each collector: \
         do not edit it, run `UPDATE=1 cargo test --test it`. The same is printed by \
         `audit relations --format json`, with the controls that use each of them.\n\n\
         A relation whose items come from reports is worth what the report is worth: where it is \
         missing or incomplete, a test of its items is not tested. A field of named counts goes \
         on by a dot.\n\n## Collectors\n\n\
         | Collector | Reads | What it does |\n| --- | --- | --- |\n",
    );
    for collector in audit::collect::COLLECTORS {
        let spec = collector.spec();
        out.push_str(&row(&[&code(spec.name), &plain(spec.reads), spec.about]));
    }
    out.push_str(
        "\n## Report formats\n\n\
         A report is known by its content. The usual names only tell which evidence is lost when a \
         file cannot be read. A format stands under its main kind: SARIF and JUnit XML may also \
         hold reports of other kinds, such as those of a secret scanner. A report that is larger \
         than what is read of its format is a gap, as is what is not listed of a report that is read: \
         beyond 50,000 items, or 200,000 files of coverage, the rest is counted.\n\n\
         | Kind | Format | Usual names | Up to | Who writes it |\n| --- | --- | --- | --- | --- |\n",
    );
    out.push_str(&formats());
    blocklist(&mut out);
    for relation in audit::model::relations::RELATIONS {
        let _ = writeln!(
            out,
            "\n## {}\n\nEach item is {}. Looked for: {}. {}\n\n\
             | Field | Holds | What it says |\n| --- | --- | --- |",
            relation.name,
            relation.item,
            plain(relation.sought),
            filled(relation)
        );
        for field in relation.fields {
            out.push_str(&row(&[&code(field.name), field.kind.words(), field.about]));
        }
    }
    out
}

/// Who fills a relation, as a sentence.
fn filled(relation: &audit::model::relation::Relation) -> String {
    let collectors: Vec<String> = audit::collect::COLLECTORS
        .iter()
        .map(|collector| collector.spec())
        .filter(|spec| spec.fills.contains(&relation))
        .map(|spec| code(spec.name))
        .collect();
    match (collectors.as_slice(), relation.name) {
        ([], "waiver.entry") => "Filled when the waivers are loaded.".to_owned(),
        ([], _) => "Nothing fills it yet, so it is always absent.".to_owned(),
        (names, _) => format!("Filled by {}.", names.join(" and ")),
    }
}

pub(crate) fn code(text: &str) -> String {
    format!("`{text}`")
}

/// A text in which an asterisk is an asterisk.
fn plain(text: &str) -> String {
    text.replace('*', "\\*")
}

/// The rules for calls in Python source.
fn blocklist(out: &mut String) {
    out.push_str(
        "\n## The blocklist\n\n\
         The rules of `code.call`. The number is that of MITRE's CWE.\n\n\
         | Rule | CWE | Finds | What can come of it | Instead | From |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for rule in audit::collect::source::rules::RULES {
        let cwe = rule.cwe.to_string();
        let cells = [
            &code(rule.name),
            &cwe,
            rule.finds,
            rule.risk,
            rule.instead,
            rule.source,
        ];
        out.push_str(&row(&cells));
    }
}

fn row(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}

#[test]
fn the_page_of_relations_is_what_the_declarations_say() {
    let written = relations();
    let path = package(RELATIONS);
    if updating() {
        write(&path, &written);
    }
    assert!(
        path.exists() && read(&path) == written,
        "{RELATIONS} is not what the declarations say: run UPDATE=1 cargo test --test it"
    );
}

#[test]
fn every_relation_that_a_page_names_is_declared() {
    let known: BTreeSet<&str> = audit::model::relations::RELATIONS
        .iter()
        .map(|relation| relation.name)
        .collect();
    let families: BTreeSet<&str> = known
        .iter()
        .filter_map(|name| name.split('.').next())
        .collect();
    // Names of files look the same: `coverage.json`.
    let endings = [
        "json", "csv", "xml", "yaml", "yml", "sarif", "rs", "md", "py",
    ];
    for page in pages() {
        for token in ticked(&read(&package(&page))) {
            let plain = token
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'.' | b'_'));
            let Some((family, rest)) = token.split_once('.') else {
                continue;
            };
            if plain && families.contains(family) && !endings.contains(&rest) {
                assert!(known.contains(token.as_str()), "{page} names {token}");
            }
        }
    }
}

#[test]
fn no_page_claims_what_only_a_cpa_can_say() {
    for page in pages() {
        let mut plain = read(&package(&page)).to_lowercase().replace('\n', " ");
        for phrase in ALLOWED {
            plain = plain.replace(phrase, "");
        }
        for word in FORBIDDEN {
            let near = plain.find(word).map(|at| {
                let from = plain.floor_char_boundary(at.saturating_sub(60));
                let to = plain.floor_char_boundary((at + 60).min(plain.len()));
                plain[from..to].to_owned()
            });
            assert!(near.is_none(), "{page} says {word:?}: {near:?}");
        }
    }
    let readme = read(&package("README.md"));
    let first = readme.find("SOC 2").expect("a mention of SOC 2");
    assert!(
        readme[first..].starts_with("SOC 2®"),
        "the first mention of SOC 2 carries its ®"
    );
    assert!(readme.contains("not affiliated with or endorsed by the AICPA"));
}
