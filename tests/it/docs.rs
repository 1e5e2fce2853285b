//! The documentation against the tree: what it names exists, what it shows comes out, and what is
//! generated is what the code would write. `UPDATE=1 cargo test docs` writes `docs/relations.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use audit::cli::Exit;
use audit::load::{Adoption, Source, Text, load, load_waivers};
use walkdir::WalkDir;

use crate::support::{Said, Scratch, audit, commit_all, copy, names, package, read, write};

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
const ALLOWED: [&str; 7] = [
    "not an attestation, opinion or certification",
    "not an opinion",
    "no opinion",
    "compliance lead",
    "compliance@",
    "keywords = [\"audit\", \"evidence\", \"soc2\", \"compliance\"",
    "a test refuses these words in any control: compliant, certified, opinion, all good",
];

/// Every page of the documentation, by its path from the root.
fn pages() -> Vec<String> {
    let mut pages: Vec<String> = names(&package("docs"))
        .into_iter()
        .filter(|name| name.ends_with(".md"))
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

/// A fenced block: its language, its text, and the line after its end.
struct Block {
    language: String,
    text: String,
    end: usize,
    line: usize,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut open = false;
    for (index, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), open) {
            (Some(language), false) => {
                open = true;
                found.push(Block {
                    language: language.to_owned(),
                    text: String::new(),
                    end: 0,
                    line: index + 1,
                });
            }
            (Some(_), true) => {
                open = false;
                if let Some(block) = found.last_mut() {
                    block.end = index + 1;
                }
            }
            (None, true) => {
                if let Some(block) = found.last_mut() {
                    block.text.push_str(line);
                    block.text.push('\n');
                }
            }
            (None, false) => {}
        }
    }
    assert!(!open, "a block without an end");
    found
}

/// What stands between backticks outside of blocks.
fn ticked(text: &str) -> Vec<String> {
    let mut outside = String::new();
    let mut open = false;
    for line in text.lines() {
        if line.starts_with("```") {
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
fn every_source_file_has_one_sentence_in_the_architecture_and_every_path_there_exists() {
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
    for token in ticked(&text) {
        let path = token.split("::").next().unwrap_or("");
        let is_path = [
            "src/",
            "tests/",
            "docs/",
            "controls/",
            "reports/",
            "examples/",
        ]
        .iter()
        .any(|start| path.starts_with(start));
        assert!(
            !is_path || package(path).exists(),
            "{ARCHITECTURE} names {path}, which is not there"
        );
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
            let Some((file, test)) = token.split_once("::") else {
                continue;
            };
            held += 1;
            let code = read(&package(file));
            let declared = code
                .lines()
                .map(str::trim_start)
                .zip(code.lines().skip(1).map(str::trim_start))
                .any(|(before, line)| {
                    before == "#[test]" && line.starts_with(&format!("fn {test}("))
                });
            assert!(declared, "invariant {number}: {file} has no test {test}");
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

/// `docs/relations.md` as the declarations have it.
fn relations() -> String {
    let mut out = String::from(
        "# Relations\n\n\
         Every population that a control can test, with its fields and who fills it. This page is \
         written from the declarations in `src/model/relations/` and the `Spec` of each collector: \
         do not edit it, run `UPDATE=1 cargo test docs`. The same is printed by \
         `audit relations --format json`, with the controls that use each of them.\n\n\
         A relation whose items come from reports is worth what the report is worth: where it is \
         missing or incomplete, a test of its items is not tested. A field of named counts goes \
         on by a dot.\n\n## Collectors\n\n\
         | Collector | Reads | What it does |\n| --- | --- | --- |\n",
    );
    for collector in audit::collect::COLLECTORS {
        let spec = collector.spec();
        out.push_str(&row(&[&code(spec.name), spec.reads, spec.about]));
    }
    out.push_str(
        "\n## Report formats\n\n\
         A report is known by its content. The usual names only tell which evidence is lost when a \
         file cannot be read.\n\n\
         | Kind | Format | Usual names | Who writes it |\n| --- | --- | --- | --- |\n",
    );
    for format in audit::collect::reports::FORMATS {
        let spec = format.spec();
        let names: Vec<String> = spec.usual_names.iter().map(|name| code(name)).collect();
        let cells = [
            spec.kind.name(),
            &code(spec.name),
            &names.join(", "),
            spec.about,
        ];
        out.push_str(&row(&cells));
    }
    for relation in audit::model::relations::RELATIONS {
        out.push_str(&format!(
            "\n## {}\n\nEach item is {}. Looked for: {}. {}\n\n\
             | Field | Holds | What it says |\n| --- | --- | --- |\n",
            relation.name,
            relation.item,
            relation.sought,
            filled(relation)
        ));
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

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn row(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}

#[test]
fn the_page_of_relations_is_what_the_declarations_say() {
    let written = relations();
    let path = package(RELATIONS);
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        write(&path, &written);
    }
    assert!(
        path.exists() && read(&path) == written,
        "{RELATIONS} is not what the declarations say: run UPDATE=1 cargo test docs"
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
    let endings = ["json", "xml", "yaml", "yml", "sarif", "rs", "md", "py"];
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

/// The file that a block is an example of, from its first line: `# .audit/policy.yaml`.
fn example_of(block: &Block) -> Option<&str> {
    (block.language == "yaml")
        .then(|| block.text.lines().next())?
        .and_then(|line| line.strip_prefix("# "))
        .filter(|path| path.starts_with(".audit/"))
}

#[test]
fn the_policy_and_the_waiver_of_the_readme_are_accepted() {
    let text = read(&package("README.md"));
    let found: BTreeMap<String, String> = blocks(&text)
        .iter()
        .filter_map(|block| Some((example_of(block)?.to_owned(), block.text.clone())))
        .collect();
    let file = |path: &str| {
        found.get(path).map(|text| Text {
            path: path.to_owned(),
            text: text.clone(),
        })
    };
    let adoption = Adoption {
        policy: file(".audit/policy.yaml"),
        controls: Vec::new(),
        waivers: file(".audit/waivers.yaml"),
    };
    assert!(adoption.policy.is_some() && adoption.waivers.is_some());
    let plan = load(&Source::Embedded("soc2".to_owned()), &adoption)
        .unwrap_or_else(|problems| panic!("{problems:#?}"));
    let register = adoption.waivers.expect("the waivers");
    let (waivers, problems) = load_waivers(&register, &plan.controls);
    assert_eq!((waivers.len(), problems), (1, Vec::new()));
}

#[test]
fn every_example_of_a_definition_is_accepted_or_refused_as_shown() {
    let mut shown = 0;
    for page in pages() {
        let text = read(&package(&page));
        let blocks = blocks(&text);
        for (index, block) in blocks.iter().enumerate() {
            let Some(path) = example_of(block) else {
                continue;
            };
            let scratch = Scratch::new();
            let folder = scratch.path("repository");
            std::fs::create_dir_all(folder.join(".audit/controls")).expect("a folder");
            write(&folder.join(path), &block.text);
            let said = audit(&folder, &["controls", "check"]);
            let next = blocks
                .get(index + 1)
                .filter(|next| next.language == "text" && next.line <= block.end + 2);
            match next {
                Some(refusal) => {
                    shown += 1;
                    assert_eq!(said.stderr, refusal.text, "{page}:{}", block.line);
                    assert_eq!(said.code, Some(2), "{page}:{}", block.line);
                }
                None => assert_eq!(said.code, Some(0), "{page}:{}: {}", block.line, said.stderr),
            }
        }
    }
    assert!(shown > 5, "only {shown} errors are shown");
}

/// The commands of a console block, each with what is shown below it.
fn transcript(text: &str) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("$ "), found.last_mut()) {
            (Some(command), _) => found.push((command.to_owned(), Vec::new())),
            (None, Some((_, output))) => output.push(line.to_owned()),
            (None, None) => panic!("output before a command: {line}"),
        }
    }
    found
}

/// Runs `audit …` as it is written.
fn run(folder: &Path, command: &str) -> Said {
    let words: Vec<&str> = command.split_whitespace().skip(1).collect();
    audit(folder, &words)
}

/// Asserts that what a page shows came out, in order; `…` stands for lines that are left out, and
/// lines that hold a time, a commit or a digest are not compared.
fn assert_shown(page: &str, command: &str, shown: &[String], said: &Said) {
    let came = format!("{}{}", said.stdout, said.stderr);
    let mut lines = came.lines();
    for line in shown {
        let changing = line.contains("2026") || line.contains("catalogue 1");
        if line.is_empty() || line == "…" || changing {
            continue;
        }
        assert!(
            lines.any(|real| real.trim_end() == line),
            "{page}: {command} does not print {line:?} there; it prints\n{came}"
        );
    }
}

#[test]
fn the_exit_codes_are_those_of_the_program_and_the_examples_end_with_them() {
    const PAGE: &str = "docs/exit-codes.md";
    const ALL: [(Exit, &str); 7] = [
        (Exit::Clean, "Clean"),
        (Exit::Exceptions, "Exceptions"),
        (Exit::Usage, "Usage"),
        (Exit::NotTested, "NotTested"),
        (Exit::Failed, "Failed"),
        (Exit::Untrusted, "Untrusted"),
        (Exit::Bug, "Bug"),
    ];
    let text = read(&package(PAGE));
    let rows: Vec<(String, String)> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| "))
        .filter_map(|line| {
            let mut cells = line.split(" | ");
            let code: u8 = cells.next()?.parse().ok()?;
            Some((code.to_string(), cells.next()?.to_owned()))
        })
        .collect();
    let expected: Vec<(String, String)> = ALL
        .iter()
        .map(|(exit, name)| {
            // A new code does not compile here until it is named.
            match exit {
                Exit::Clean
                | Exit::Exceptions
                | Exit::Usage
                | Exit::NotTested
                | Exit::Failed
                | Exit::Untrusted
                | Exit::Bug => (exit.code().to_string(), code(name)),
            }
        })
        .collect();
    assert_eq!(rows, expected);

    let scratch = Scratch::new();
    let folder = scratch.path("audit");
    copy(
        &package("tests/fixtures/controls/CI-01"),
        &folder.join("tests/fixtures/controls/CI-01"),
    );
    commit_all(&folder);
    let mut run_here = 0;
    for block in blocks(&text)
        .iter()
        .filter(|block| block.language == "console")
    {
        let steps = transcript(&block.text);
        for pair in steps.windows(2) {
            let [(command, shown), (question, answer)] = pair else {
                continue;
            };
            if question != "echo $?" {
                continue;
            }
            run_here += 1;
            let said = run(&folder, command);
            let code = said.code.map(|code| code.to_string());
            assert_eq!(code.as_ref(), answer.first(), "{PAGE}: {command}");
            assert_shown(PAGE, command, shown, &said);
        }
    }
    assert!(run_here >= 5, "only {run_here} examples");
}

#[test]
fn the_run_that_the_readme_shows_comes_out() {
    let text = read(&package("README.md"));
    let scratch = Scratch::new();
    copy(
        &package("examples/ledger"),
        &scratch.path("examples/ledger"),
    );
    commit_all(&scratch.path(""));
    let block = blocks(&text)
        .into_iter()
        .find(|block| block.text.starts_with("$ cargo run --release -- "))
        .expect("the run");
    let (command, shown) = transcript(&block.text).remove(0);
    let command = command.replace("cargo run --release --", "audit");
    let said = run(&scratch.path(""), &command);
    assert_eq!(said.code, Some(0), "{}", said.stdout);
    assert_shown("README.md", &command, &shown, &said);
}

#[test]
fn no_page_names_a_command_or_a_flag_that_does_not_exist() {
    let scratch = Scratch::new();
    let help = audit(&scratch.path(""), &["--help"]).stdout;
    let mut flags = audit(&scratch.path(""), &["help", "main"]).stdout;
    let commands: BTreeSet<&str> = help
        .lines()
        .filter(|line| {
            ["Look ", "Quarter ", "Hand over ", "Set up "]
                .iter()
                .any(|group| line.starts_with(group))
        })
        .flat_map(str::split_whitespace)
        .chain(["help"])
        .collect();
    assert!(commands.contains("explain"), "{help}");
    for command in &commands {
        flags.push_str(&audit(&scratch.path(""), &[*command, "--help"]).stdout);
    }
    for show in ["list", "show", "check"] {
        flags.push_str(&audit(&scratch.path(""), &["controls", show, "--help"]).stdout);
    }
    for page in pages() {
        let text = read(&package(&page));
        let lines = blocks(&text)
            .into_iter()
            .filter(|block| block.language == "console")
            .flat_map(|block| transcript(&block.text))
            .map(|(command, _)| command);
        for said in ticked(&text).into_iter().chain(lines) {
            let Some(rest) = said.strip_prefix("audit ") else {
                continue;
            };
            let words = rest.split_whitespace();
            let first = words.clone().next().unwrap_or("");
            let is_word = first.bytes().all(|byte| byte.is_ascii_lowercase());
            assert!(
                !is_word || commands.contains(first),
                "{page} names audit {first}, which does not exist"
            );
            for flag in words.clone().filter(|word| word.starts_with("--")) {
                let flag = flag.split('=').next().unwrap_or(flag);
                assert!(flags.contains(flag), "{page}: {said} has no flag {flag}");
            }
        }
    }
}

#[test]
fn what_the_readme_says_is_not_there_yet_is_not_there() {
    let text = read(&package("README.md"));
    let missing = text
        .split("\n## Not there yet\n")
        .nth(1)
        .and_then(|rest| rest.split("\n## ").next())
        .expect("the part of the readme");
    let scratch = Scratch::new();
    let help = audit(&scratch.path(""), &["help", "main"]).stdout
        + &audit(&scratch.path(""), &["--help"]).stdout;
    for name in ticked(missing) {
        assert!(
            !help.split_whitespace().any(|word| word == name),
            "README.md says that {name} is not there yet, and it is"
        );
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
