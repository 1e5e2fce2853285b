//! A job on GitHub Actions: what it is told beside the output, and that nothing of a repository
//! gives an order to its runner.

use std::fs;
use std::path::Path;

use crate::support::{Said, Scratch, audit_with, commit_all, git, read, write};
use crate::transcripts::{AS_OF, examine, payments, remove, settled};

/// The main job on a runner.
fn in_job(folder: &Path, environment: &[(&str, &str)], flags: &[&str]) -> Said {
    let mut arguments = vec!["--controls", "soc2", "--as-of", AS_OF];
    arguments.extend(flags);
    let mut all = vec![("GITHUB_ACTIONS", "true")];
    all.extend(environment);
    audit_with(folder, &all, &arguments)
}

#[test]
fn f_in_ci_the_output_is_as_elsewhere_and_the_job_is_told_beside_it() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &["exceptions", "gaps"]);
    git(&folder, &["update-ref", "refs/remotes/origin/main", "HEAD"]);
    let summary = scratch.path("summary.md");
    write(&summary, "What an earlier command wrote.\n");
    let elsewhere = examine(&folder, &[]);
    let environment = [
        ("GITHUB_BASE_REF", "main"),
        ("GITHUB_STEP_SUMMARY", summary.to_str().expect("a path")),
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("GITHUB_REPOSITORY", "acme/payments"),
    ];
    let said = in_job(&folder, &environment, &[]);
    assert_eq!(said.code, elsewhere.code);
    // The bundle says what waivers counted from, so that it has another name.
    assert_eq!(settled(&said.stdout), settled(&elsewhere.stdout));
    assert_eq!(elsewhere.stderr, "");
    insta::assert_snapshot!("f_in_ci", said.stderr);
    insta::assert_snapshot!("f_summary", settled(&read(&summary)));
    // What both hold is what the formats of these names hold.
    let github = examine(&folder, &["--format", "github"]);
    assert!(!github.stdout.is_empty() && said.stderr.ends_with(&github.stdout));
    assert!(github.stderr.starts_with("The procedures described noted"));
    let markdown = examine(&folder, &["--format", "markdown"]);
    let unlinked: String = read(&summary)
        .split("](https://github.com/acme/payments/blob/")
        .enumerate()
        .map(|(at, part)| match part.split_once(')') {
            Some((_, rest)) if at > 0 => rest,
            _ => part,
        })
        .collect::<String>()
        .replace("[`", "`");
    assert_eq!(
        settled(&unlinked),
        format!(
            "What an earlier command wrote.\n\n\n{}",
            settled(&markdown.stdout)
        )
    );
}

#[test]
fn annotations_are_not_written_twice() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &["exceptions"]);
    let said = in_job(&folder, &[], &["--format", "github"]);
    assert!(said.stdout.starts_with("::error "), "{}", said.stdout);
    assert!(!said.stderr.contains("::error "), "{}", said.stderr);
}

#[test]
fn a_summary_that_cannot_be_written_is_said_and_changes_nothing() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &["exceptions"]);
    let elsewhere = examine(&folder, &[]);
    let nowhere = scratch.path("no/such/folder");
    let full = scratch.path("full.md");
    write(&full, &"x".repeat(1_000_000));
    for (summary, why) in [
        (scratch.path(""), "it is no regular file"),
        (nowhere, "it is not there"),
        (
            full.clone(),
            "it holds so much already that all of it would be dropped",
        ),
    ] {
        let summary = summary.to_str().expect("a path");
        let said = in_job(&folder, &[("GITHUB_STEP_SUMMARY", summary)], &[]);
        // The bundle has another name, since it holds what the pipeline claims.
        assert_eq!(
            (said.code, settled(&said.stdout)),
            (elsewhere.code, settled(&elsewhere.stdout))
        );
        let (told, rest) = said.stderr.split_once('\n').expect("a line");
        assert!(told.starts_with("audit: ") && told.ends_with(" annotations to GITHUB_ACTIONS"));
        assert!(
            rest.starts_with(&format!(
                "audit: no job summary: GITHUB_STEP_SUMMARY cannot be added to: {why}\n::"
            )),
            "{rest}"
        );
    }
    assert_eq!(fs::metadata(&full).expect("the file").len(), 1_000_000);
}

#[test]
fn a_format_does_not_take_the_place_of_the_summary() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &[]);
    let summary = scratch.path("summary.md");
    write(&summary, "kept");
    let summary = summary.to_str().expect("a path");
    let format = format!("markdown:{summary}");
    let environment = [("GITHUB_STEP_SUMMARY", summary)];
    let said = in_job(&folder, &environment, &["--format", &format]);
    assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""));
    assert!(
        said.stderr
            .starts_with("error[usage] expected a file other than that of GITHUB_STEP_SUMMARY, "),
        "{}",
        said.stderr
    );
    assert_eq!(read(Path::new(summary)), "kept");
}

/// Whether GitHub's runner would take a line for an order.
fn obeyed(line: &str) -> bool {
    line.trim_start().starts_with("::") || line.contains("##[")
}

/// A repository in which whatever can is an order.
fn hostile(scratch: &Scratch) -> std::path::PathBuf {
    let folder = payments(scratch, &["exceptions", "waivers"]);
    let workflows = folder.join(".github/workflows");
    let orders = "::add-mask::x ##[add-mask]x ::stop-commands::y";
    for name in [
        "::add-mask::a.yml".to_owned(),
        "##[add-mask]b.yml".to_owned(),
        format!("{orders}.yml"),
        "c\n::stop-commands::d.yml".to_owned(),
    ] {
        let uses = format!("::add-mask::z/##[add-mask]q@{}", "v".repeat(3));
        write(
            &workflows.join(name),
            &format!(
                "on: push\npermissions: write-all\njobs:\n  a:\n    runs-on: x\n    steps:\n      \
                 - uses: '{uses}'\n      - uses: '{orders}'\n"
            ),
        );
    }
    write(
        &folder.join(".audit/policy.yaml"),
        &format!("apiVersion: audit/v1\nentity: '{orders}'\nrepository: '{orders}'\n"),
    );
    write(&folder.join("::add-mask::reports.json"), "{");
    remove(&folder, ".git");
    commit_all(&folder);
    folder
}

#[test]
fn nothing_of_a_repository_gives_an_order_to_the_runner() {
    let scratch = Scratch::new();
    let folder = hostile(&scratch);
    for flags in [
        &[][..],
        &["-v", "--width", "60"],
        &["--format", "json"],
        &["--format", "html"],
        &["--format", "markdown"],
    ] {
        let said = in_job(&folder, &[], flags);
        assert_eq!(said.code, Some(1), "{}", said.stderr);
        assert!(said.stdout.contains("add-mask"), "{flags:?}");
        for line in said.stdout.lines() {
            assert!(!obeyed(line), "{flags:?}: {line}");
        }
        let mut annotations = 0;
        for line in said.stderr.lines().filter(|line| obeyed(line)) {
            annotations += 1;
            let known = ["::error ", "::warning ", "::notice "];
            assert!(known.iter().any(|it| line.starts_with(it)), "{line}");
            assert!(!line.contains("##["), "{line}");
        }
        let told = format!("{annotations} annotations to GITHUB_ACTIONS");
        assert!(said.stderr.contains(&told), "{}", said.stderr);
    }
}

#[test]
fn nor_do_the_other_commands_give_one() {
    let scratch = Scratch::new();
    let folder = hostile(&scratch);
    examine(&folder, &[]);
    for arguments in [
        &["explain", "CI-01"][..],
        &["facts"],
        &["facts", "--format", "json"],
        &["inspect", "::add-mask::reports.json"],
        &["inspect", "--format", "json", "##[add-mask]"],
        &["##[add-mask]x"],
        &["--", "::add-mask::x"],
    ] {
        let said = audit_with(&folder, &[("GITHUB_ACTIONS", "true")], arguments);
        let both = format!("{}{}", said.stdout, said.stderr);
        let named = both.contains("add-mask") || arguments == ["facts"];
        assert!(named, "{arguments:?}: {both}");
        for line in both.lines() {
            assert!(!obeyed(line), "{arguments:?}: {line}");
        }
    }
}
