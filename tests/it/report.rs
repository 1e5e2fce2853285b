//! What a control's page in the report says where there is little to say: nothing to test, nothing to
//! rely on, nothing that a file holds.

use std::path::Path;

use crate::support::{AS_OF, Scratch, audit, bundles, commit_all, ledger, read, write};
use crate::transcripts;

/// A page in the words that a reader sees.
struct Page(String);

impl Page {
    /// What stands under the heading of a part, up to the next one.
    fn part(&self, title: &str) -> &str {
        let (_, after) = self.0.split_once(title).expect(title);
        let numbered = |at: &usize| after[*at..].starts_with('\u{1}');
        let end = (0..after.len()).find(|at| after.is_char_boundary(*at) && numbered(at));
        &after[..end.unwrap_or(after.len())]
    }
}

/// The text of a piece of HTML, with a mark before every heading of a part.
fn text(html: &str) -> String {
    let mut text = String::new();
    for (index, piece) in html.replace("<h4>", "\u{1}<h4>").split('<').enumerate() {
        let seen = match piece.split_once('>') {
            Some((_, seen)) if index > 0 => seen,
            _ => piece,
        };
        text.push_str(seen);
        text.push(' ');
    }
    let text = text.replace("&#39;", "'").replace("&#x27;", "'");
    let words: Vec<&str> = text
        .split([' ', '\n'])
        .filter(|it| !it.is_empty())
        .collect();
    words.join(" ")
}

/// The pages of the report on a folder.
fn pages(scratch: &Scratch, folder: &Path, as_of: &str) -> Vec<Page> {
    let out = scratch.path("out").display().to_string();
    let said = audit(
        folder,
        &["--controls", "soc2", "--as-of", as_of, "--out", &out],
    );
    assert_eq!(said.stderr, "");
    let html = read(&bundles(Path::new(&out))[0].join("report.html"));
    let articles = html.split("<article class=\"control ").skip(1);
    let end = |article: &str| article.split("</article>").next().map(text);
    articles.filter_map(end).map(Page).collect()
}

fn page<'p>(pages: &'p [Page], id: &str) -> &'p Page {
    let found = pages
        .iter()
        .find(|page| page.0.contains(&format!("> {id} ")));
    found.unwrap_or_else(|| panic!("{id}"))
}

#[test]
fn a_page_names_the_rule_even_where_it_could_not_be_tested_and_git_where_no_file_is() {
    // One file of Python and no report.
    let scratch = Scratch::new();
    let folder = scratch.path("bare");
    std::fs::create_dir_all(folder.join("src")).expect("a folder");
    let source = "def answer():\n    return 42\n";
    write(&folder.join("src/app.py"), source);
    commit_all(&folder);
    let pages = pages(&scratch, &folder, transcripts::AS_OF);
    assert_eq!(pages.len(), 40);
    let page = |id: &str| page(&pages, id);
    for page in &pages {
        let procedure = page.part("Procedure performed");
        assert!(procedure.contains("Rule as evaluated: "), "{}", page.0);
        assert!(!procedure.contains("evaluated: requires"), "{}", page.0);
        assert!(page.part("How to re-perform").contains("audit reperform ."));
    }

    let not_tested = page("BP-01").part("Procedure performed");
    assert!(
        not_tested.contains("every forge.branch")
            && not_tested.contains("required reviews at least 1"),
        "{not_tested}"
    );
    assert!(not_tested.contains("at most 1 day old"), "{not_tested}");
    let gap = page("BP-01").part("Observation");
    assert!(gap.contains("Missing: no forge export was found"), "{gap}");

    let not_applicable = page("CI-02");
    assert!(
        not_applicable
            .part("Procedure performed")
            .contains("every workflow.job must have")
    );
    let tested = not_applicable.part("Items tested");
    assert!(tested.contains("the control does not apply"), "{tested}");
    let observed = not_applicable.part("Observation");
    assert!(
        observed.contains("Not made: the control does not apply here."),
        "{observed}"
    );

    let nothing = page("CP-05").part("Observation");
    assert!(
        nothing.contains("There was no such log call: did not occur."),
        "{nothing}"
    );

    let history = page("CM-05").part("Evidence inspected");
    for field in [
        "shallow no",
        "replaced_objects 0",
        "checked_objects not asked",
    ] {
        assert!(history.contains(field), "{field} in {history}");
    }
    assert!(history.contains("inventory.json"), "{history}");
}

#[test]
fn sentences_name_what_was_counted_and_not_the_field() {
    let scratch = Scratch::new();
    let folder = ledger(&scratch);
    let pages = pages(&scratch, &folder, AS_OF);
    let said = |id: &str, sentence: &str| {
        let observed = page(&pages, id).part("Observation");
        assert!(observed.contains(sentence), "{observed}");
    };
    said(
        "DP-02",
        "the number of packages looked up must be at least 1: packages looked up: 64 ·",
    );
    said(
        "DP-02",
        "with a number of packages left out given, the number of packages left out must be at most 0",
    );
    said(
        "TQ-01",
        "the share of statements must be at least 100 %. There was no such coverage report: not applicable.",
    );
    said(
        "CI-05",
        "a step runs the hooks by an action: does not hold, and another way does.",
    );
    said(
        "TQ-04",
        "Every test in tests or production code that is found by the test runner must stand among",
    );
    said(
        "OP-03",
        "the topic that it leaves out must not be code-review, testing, emergency or fix-times",
    );
}
