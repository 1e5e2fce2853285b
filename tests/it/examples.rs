//! What the pages show: examples are loaded, commands are run, and what comes out is compared.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use audit::cli::Exit;
use audit::load::{Adoption, Source, Text, load, load_waivers};

use crate::docs::{code, pages, ticked, updating};
use crate::support::{Said, Scratch, audit, commit_all, copy, package, read, write};

const EXIT_CODES: &str = "docs/exit-codes.md";

/// A time at which the reports of the example are new.
const EXAMPLE: &str = "2026-11-23T12:00:00Z";

const EXITS: [Exit; 7] = [
    Exit::Clean,
    Exit::Exceptions,
    Exit::Usage,
    Exit::NotTested,
    Exit::Failed,
    Exit::Untrusted,
    Exit::Bug,
];

/// The name of an exit code; a new one does not compile until it is named here.
const fn name(exit: Exit) -> &'static str {
    match exit {
        Exit::Clean => "Clean",
        Exit::Exceptions => "Exceptions",
        Exit::Usage => "Usage",
        Exit::NotTested => "NotTested",
        Exit::Failed => "Failed",
        Exit::Untrusted => "Untrusted",
        Exit::Bug => "Bug",
    }
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
        attestations: Vec::new(),
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

/// The first line that a page shows and that did not come out, in order. `…` stands for lines that
/// are left out, and lines that hold a time, a commit or a digest are not compared.
fn unsaid<'s>(shown: &'s [String], said: &Said) -> Option<&'s String> {
    let came = format!("{}{}", said.stdout, said.stderr);
    let mut lines = came.lines();
    shown.iter().find(|line| {
        let digest = line.len() == 12 && line.bytes().all(|byte| byte.is_ascii_hexdigit());
        let changing = digest || line.contains("2026") || line.contains("catalogue 1");
        let compared = !line.is_empty() && *line != "…" && !changing;
        compared && !lines.any(|real| real.trim_end() == line.as_str())
    })
}

#[test]
fn the_exit_codes_are_those_of_the_program() {
    let text = read(&package(EXIT_CODES));
    let rows: Vec<(String, String)> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| "))
        .filter_map(|line| {
            let mut cells = line.split(" | ");
            let code: u8 = cells.next()?.parse().ok()?;
            Some((code.to_string(), cells.next()?.to_owned()))
        })
        .collect();
    let expected: Vec<(String, String)> = EXITS
        .iter()
        .map(|exit| (exit.code().to_string(), code(name(*exit))))
        .collect();
    assert_eq!(rows, expected);
}

#[test]
fn the_examples_of_exit_codes_end_with_them() {
    let text = read(&package(EXIT_CODES));
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
            assert_eq!(code.as_ref(), answer.first(), "{EXIT_CODES}: {command}");
            let line = unsaid(shown, &said);
            assert_eq!(line, None, "{EXIT_CODES}: {command} prints {said:#?}");
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
    let said = run(&scratch.path(""), &format!("{command} --as-of {EXAMPLE}"));
    assert_eq!(said.code, Some(0), "{}", said.stdout);
    let line = unsaid(&shown, &said);
    if line.is_some() && updating() {
        let (before, _) = block.text.split_once('\n').expect("the command");
        let (came, _) = said.stdout.split_once("\nnext ").expect("the end");
        let fresh = text.replace(&block.text, &format!("{before}\n{came}\n…\n"));
        write(&package("README.md"), &fresh);
        return;
    }
    assert_eq!(
        line, None,
        "README.md shows another run: UPDATE=1 cargo test --test it; it prints\n{}",
        said.stdout
    );
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
    for (command, parts) in [
        ("controls", &["list", "show", "check"][..]),
        ("keys", &["new", "show", "redaction-new", "reveal"]),
        ("ledger", &["show", "repair", "annotate", "rotate", "stamp"]),
    ] {
        for part in parts {
            flags.push_str(&audit(&scratch.path(""), &[command, part, "--help"]).stdout);
        }
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
            let known = match (first, words.clone().nth(1)) {
                ("controls", Some(second)) => ["list", "show", "check"].contains(&second),
                _ => !is_word || commands.contains(first),
            };
            assert!(known, "{page} names {said}, which does not exist");
            // What follows `--` is another program's.
            let own = words.clone().take_while(|word| *word != "--");
            for flag in own.filter(|word| word.starts_with("--")) {
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
