//! What is read: every file with `-vv`, and no more of one than `--max-value` says.

use crate::support::{Scratch, audit, write};
use crate::transcripts::{examine, payments, settled};

#[test]
fn every_file_that_was_read_is_named_beside_the_table() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &["exceptions"]);
    let verbose = examine(&folder, &["-v"]);
    assert_eq!(verbose.stderr, "");
    let said = examine(&folder, &["-vv"]);
    assert_eq!(said.stdout, verbose.stdout);
    let mut lines = said.stderr.lines();
    let head: Vec<&str> = lines.next().unwrap_or("").split_whitespace().collect();
    assert_eq!(head, ["BYTES", "MS", "READ"]);
    let mut paths = Vec::new();
    for line in lines.by_ref() {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let [_, millis, path] = cells[..] else {
            assert!(line.contains(" files read, "), "{line}");
            break;
        };
        assert!(millis.split_once('.').is_some(), "{line}");
        paths.push(path.to_owned());
    }
    assert_eq!(lines.next(), None);
    assert!(paths.is_sorted() && paths.contains(&"reports/coverage.xml".to_owned()));
}

#[test]
fn more_than_the_longest_value_is_a_gap_that_says_so() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &[]);
    let whole = examine(&folder, &["--only", "SE-03"]);
    assert_eq!(whole.code, Some(0), "{}", whole.stdout);
    let padded = format!("[{}]", " ".repeat(3 << 20));
    write(&folder.join("reports/gitleaks.json"), &padded);
    let most = |size: &str| examine(&folder, &["--only", "SE-03", "--max-value", size]);
    let cut = most("2MiB");
    assert_eq!(cut.code, Some(3), "{}", cut.stdout);
    assert!(
        settled(&cut.stdout).contains(
            "  unreadable  reports/gitleaks.json: expected at most 2,097,152 bytes, found 3,145,730\n  \
             get it      Leave embedded files out of it, or raise --max-value.\n"
        ),
        "{}",
        cut.stdout
    );
    let looked = audit(
        &folder,
        &["inspect", "--max-value", "2MiB", "reports/gitleaks.json"],
    );
    assert_eq!(looked.code, Some(0));
    assert!(
        looked
            .stdout
            .contains("expected at most 2,097,152 bytes, found")
    );
    let refused = most("much");
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""));
    assert_eq!(
        refused.stderr,
        "error[value] expected a size as 64MiB, found much (--max-value)\n  fix         Write a \
         whole number with KiB, MiB or GiB after it.\n"
    );
}
