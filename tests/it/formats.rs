//! Formats and streams: standard output carries one thing, and a file is whole or not there.

use std::fs;

use crate::support::{Scratch, bundles, names, read, write};
use crate::transcripts::{examine, payments, settled};

#[test]
fn each_format_is_the_document_of_the_bundle_and_the_end_goes_to_standard_error() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &["exceptions"]);
    let table = examine(&folder, &[]);
    let bundle = bundles(&folder.join("audit-evidence")).remove(0);
    let sentence = table
        .stdout
        .find("The procedures described")
        .expect("the end");
    for name in ["json", "html"] {
        let said = examine(&folder, &["--format", name]);
        assert_eq!(said.code, table.code);
        assert_eq!(said.stdout, read(&bundle.join(format!("report.{name}"))));
        assert_eq!(said.stderr, table.stdout[sentence..], "the end alone");
    }
    let said = examine(&folder, &["--format", "table"]);
    assert_eq!(said.stdout, table.stdout);
    assert_eq!(said.stderr, "");
    assert_eq!(bundles(&folder.join("audit-evidence")).len(), 1, "the same");
}

#[test]
fn formats_with_files_leave_standard_output_to_the_table() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &["exceptions"]);
    let out = scratch.path("out");
    fs::create_dir_all(&out).expect("a folder");
    let file = |name: &str| out.join(name).display().to_string();
    write(&out.join("a.json"), "what was there before");
    let flags = [
        format!("--format=json:{}", file("a.json")),
        format!("--format=html:{}", file("b.html")),
        format!("--format=table:{}", file("c:d.txt")),
    ];
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let said = examine(&folder, &flags);
    assert_eq!((said.code, said.stderr.as_str()), (Some(1), ""));
    let bundle = bundles(&folder.join("audit-evidence")).remove(0);
    for (name, there) in [("a.json", "report.json"), ("b.html", "report.html")] {
        assert_eq!(read(&out.join(name)), read(&bundle.join(there)));
    }
    assert_eq!(read(&out.join("c:d.txt")), said.stdout);
    assert_eq!(names(&out), ["a.json", "b.html", "c:d.txt"], "nothing else");
    // Some controls alone leave no bundle; what was asked for is written all the same.
    fs::remove_dir_all(folder.join("audit-evidence")).expect("the bundles");
    let some = examine(&folder, &[flags[0], flags[2], "--only", "CI-01"]);
    assert!(!folder.join("audit-evidence").exists());
    assert!(read(&out.join("a.json")).contains("\"control\": \"CI-01\""));
    assert_eq!(settled(&read(&out.join("c:d.txt"))), settled(&some.stdout));
}

#[test]
fn tables_go_to_a_folder_that_is_made_where_it_is_not_there() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &["exceptions"]);
    let tables = scratch.path("tables");
    let flag = format!("--format=csv:{}/", tables.display());
    let first = examine(&folder, &[&flag]);
    assert_eq!((first.code, first.stderr.as_str()), (Some(1), ""));
    let expected = [
        "deviations.csv",
        "evidence.csv",
        "requests.csv",
        "results.csv",
    ];
    assert_eq!(names(&tables), expected);
    // What else lies there stays, and the tables are written anew.
    write(&tables.join("notes.txt"), "kept");
    write(&tables.join("results.csv"), "what was there before");
    let second = examine(&folder, &[&flag]);
    assert_eq!(second.code, Some(1));
    assert_eq!(read(&tables.join("notes.txt")), "kept");
    assert!(read(&tables.join("results.csv")).starts_with("control,title,"));
    assert_eq!(names(&tables).len(), 5, "nothing else");
}

#[test]
fn a_format_that_cannot_be_given_is_refused_before_anything_is_examined() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &[]);
    write(&scratch.path("kept"), "kept");
    std::os::unix::fs::symlink(scratch.path("kept"), folder.join("link.json")).expect("a link");
    let mut said = String::new();
    for flags in [
        &["--format", "jsn"][..],
        &["--format", "serif"],
        &["--format", "xml"],
        &["--format", "yaml"],
        &["--format", "csv"],
        &["--format", "csv:"],
        &["--format", "csv:pyproject.toml"],
        &["--format", "csv:no-such-folder/tables"],
        &["--format", "csv:tables", "--format", "json:tables"],
        &["--format", "json:tables", "--format", "csv:./tables"],
        &["--format", "csv:src", "--format", "html:src/results.csv"],
        &["--format", "html:"],
        &["--format", "json", "--format", "html"],
        &["--format", "json", "--format", "json", "--format", "table"],
        &["--format", "json:a", "--format", "html:./a"],
        &["--format", "json:no-such-folder/a.json"],
        &["--format", "json:src"],
        &["--format", "json:link.json"],
        &["--format", "json:/dev/null"],
    ] {
        let refused = examine(&folder, flags);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""));
        for part in ["$ audit ", &flags.join(" "), "\n", &refused.stderr] {
            said.push_str(part);
        }
    }
    insta::assert_snapshot!("formats", said);
    assert!(!folder.join("audit-evidence").exists());
    assert!(!folder.join("a").exists());
    assert!(!folder.join("tables").exists());
    assert_eq!(read(&scratch.path("kept")), "kept");
}
