//! Waivers count from a base: a change cannot waive itself, whatever its work tree says.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::support::{Said, Scratch, append, bundles, git, package, program, read, said, write};
use crate::transcripts::{AS_OF, FIXTURES, examine, payments, remove, settled};

const REGISTER: &str = ".audit/waivers.yaml";
const IN_CI: &[(&str, &str)] = &[("GITHUB_ACTIONS", "true"), ("GITHUB_BASE_REF", "main")];

/// A waiver that nobody has approved on the base branch.
const FOREIGN: &str = "
  - id: W-004
    control: TQ-01
    scope: { path: reports/coverage.xml }
    reason: The line is tested by hand.
    owner: maria
    approver: jo
    issued: 2026-11-21
    expires: 2026-12-31
";

fn in_ci(folder: &Path, flags: &[&str]) -> Said {
    let output = program(folder)
        .envs(IN_CI.iter().copied())
        .args(["--controls", "soc2", "--as-of", AS_OF])
        .args(flags)
        .output();
    said(&output.expect("the program starts"))
}

/// The first notice, with the end of its line; annotations follow it.
fn notice(said: &Said) -> String {
    said.stderr.split_inclusive('\n').take(1).collect()
}

/// Lets the base branch be the commit that is checked out.
fn base_is_here(folder: &Path) -> String {
    git(folder, &["update-ref", "refs/remotes/origin/main", "HEAD"]);
    git(folder, &["rev-parse", "HEAD"])[..12].to_owned()
}

fn commit(folder: &Path) {
    git(folder, &["add", "--all", "--force", ".audit"]);
    git(
        folder,
        &["commit", "--quiet", "--allow-empty", "--message", "Change"],
    );
}

#[test]
fn d_a_waiver_that_is_not_on_the_base_branch_covers_nothing_and_is_named() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &["exceptions", "waivers"]);
    let base = base_is_here(&folder);
    append(&folder.join(REGISTER), FOREIGN);
    commit(&folder);
    let said = in_ci(&folder, &[]);
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    insta::assert_snapshot!("d_not_on_base", settled(&said.stdout));
    assert_eq!(
        notice(&said),
        format!("audit: waivers count from origin/main at {base}, which has 3\n")
    );
    let report = report(&folder);
    let from = &report["waivers_from"];
    assert_eq!(
        (&from["ref"], &from["found"]),
        (&"origin/main".into(), &3.into())
    );
    assert!(
        from["commit"]
            .as_str()
            .is_some_and(|it| it.starts_with(&base))
    );
    let states: Vec<&str> = states(&report);
    assert_eq!(states, ["in-force", "expired", "in-force", "not-on-base"]);
    let bundle = bundles(&folder.join("audit-evidence")).remove(0);
    let (there, here) = (
        read(&bundle.join("controls/policy/base/waivers.yaml")),
        read(&bundle.join("controls/policy/waivers.yaml")),
    );
    assert_eq!(here, format!("{there}{FOREIGN}"), "both are sealed");
    let page = read(&bundle.join("report.html"));
    assert!(page.contains("whose register has 3 entries"));
    let asked = examine(&folder, &["--waivers-from", "origin/main"]);
    assert_eq!(settled(&asked.stdout), settled(&said.stdout));
    // Without a base the register of the work tree counts, as ever.
    let elsewhere = examine(&folder, &[]);
    assert!(
        elsewhere.stdout.contains("W-004 covers 1 of 1"),
        "{}",
        elsewhere.stdout
    );
}

fn report(folder: &Path) -> Json {
    let bundle = bundles(&folder.join("audit-evidence")).remove(0);
    serde_json::from_str(&read(&bundle.join("report.json"))).expect("JSON")
}

fn states(report: &Json) -> Vec<&str> {
    let waivers = report["waivers"].as_array().expect("waivers");
    let states = waivers.iter().map(|waiver| &waiver["state"]);
    states.filter_map(Json::as_str).collect()
}

/// The register that the work tree of each case holds; it covers the one deviation of DP-02.
const GOOD: &str = "\
apiVersion: audit/v1
waivers:
  - id: W-001
    control: DP-02
    scope: { path: reports/pip-audit.json }
    reason: The service never ignores certificates.
    compensating: The client is built once.
    owner: maria
    approver: jo
    ticket: SEC-88
    issued: 2026-11-10
    expires: 2026-12-10
";

/// The fixture with a register on the branch `main` and another in the work tree.
fn case(scratch: &Scratch, base: Option<&str>, work: &str) -> PathBuf {
    let folder = payments(scratch, &["exceptions"]);
    std::fs::create_dir_all(folder.join(".audit")).expect("a folder");
    if let Some(base) = base {
        write(&folder.join(REGISTER), base);
        commit(&folder);
    }
    write(&folder.join(REGISTER), work);
    folder
}

/// What a run comes to for DP-02, and the state of its one waiver.
fn judged(folder: &Path, flags: &[&str]) -> (Option<i32>, String, String) {
    let mut all = vec!["--only", "DP-02", "--format", "json"];
    all.extend(flags);
    let said = examine(folder, &all);
    let report: Json = serde_json::from_str(&said.stdout).expect("JSON");
    let waiver = &report["waivers"][0];
    let state = waiver["state"].as_str().expect("a state").to_owned();
    let covers = waiver["covers"].as_array().expect("a list").len();
    assert_eq!(covers > 0, said.code == Some(0), "{state}");
    (said.code, state, said.stderr)
}

#[test]
fn no_waiver_counts_by_what_only_the_work_tree_says() {
    let entry = GOOD.split_once("waivers:\n").expect("an entry").1;
    let twice = GOOD.replace("pip-audit", "other") + entry;
    let mut bases = vec![
        ("no register", None),
        (
            "no entry",
            Some("apiVersion: audit/v1\nwaivers: []\n".to_owned()),
        ),
        ("the id given to another entry", Some(twice)),
        ("no YAML", Some("waivers: [".to_owned())),
        ("no text", Some("waivers: \u{0}".to_owned())),
    ];
    for (from, to) in [
        ("W-001", "W-009"),
        ("DP-02", "CI-01"),
        ("reports/pip-audit.json", "reports/other.json"),
        ("reports/pip-audit.json", "reports/*"),
        ("pip-audit.json }", "pip-audit.json, line: 400 }"),
        (
            "pip-audit.json }",
            "pip-audit.json, fingerprint: 0123456789ab }",
        ),
        ("never ignores", "seldom ignores"),
        ("    compensating: The client is built once.\n", ""),
        ("maria", "maja"),
        ("approver: jo", "approver: joe"),
        ("SEC-88", "SEC-89"),
        ("2026-11-10", "2026-11-11"),
        ("2026-12-10", "2026-11-12"),
        ("2026-12-10", "2026-12-09"),
    ] {
        let base = GOOD.replace(from, to);
        assert_ne!(base, GOOD, "{from}");
        bases.push((to, Some(base)));
    }
    for (says, base) in bases {
        let scratch = Scratch::new();
        let folder = case(&scratch, base.as_deref(), GOOD);
        let (code, state, _) = judged(&folder, &[]);
        assert_eq!(
            (code, &*state),
            (Some(0), "in-force"),
            "{says}: without a base"
        );
        let (code, state, said) = judged(&folder, &["--waivers-from", "main"]);
        assert_eq!((code, &*state), (Some(1), "not-on-base"), "{says}: {said}");
        assert!(
            said.starts_with("audit: waivers count from main at "),
            "{said}"
        );
        let elsewhere = judged(&folder, &["--waivers-from", "no-such-branch"]);
        assert_eq!((elsewhere.0, &*elsewhere.1), (Some(1), "not-on-base"));
    }
}

#[test]
fn an_entry_with_the_same_content_counts_wherever_it_stands() {
    let other = GOOD.replace("W-001", "W-000").replace("DP-02", "CI-01");
    let entry = GOOD.split_once("waivers:\n").expect("an entry").1;
    let moved = format!("# Approved on Monday.\n{other}\n{entry}");
    let quoted = GOOD.replace("control: DP-02", "control: 'DP-02'");
    for base in [GOOD, &moved, &quoted] {
        let scratch = Scratch::new();
        let folder = case(&scratch, Some(base), GOOD);
        let (code, state, said) = judged(&folder, &["--waivers-from", "main"]);
        assert_eq!((code, &*state), (Some(0), "in-force"), "{said}");
    }
}

#[test]
fn a_base_that_cannot_be_read_lets_no_waiver_count_and_is_said() {
    let scratch = Scratch::new();
    let folder = case(&scratch, Some(GOOD), GOOD);
    let said = |flags: &[&str]| {
        let (code, state, said) = judged(&folder, flags);
        assert_eq!((code, &*state), (Some(1), "not-on-base"), "{said}");
        said.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(
        said(&["--waivers-from", "origin/main"]),
        "audit: waivers count from origin/main, but it is not in this clone: no waiver counts"
    );
    // A tag of the name of the base branch, which git would prefer to it.
    git(
        &folder,
        &["update-ref", "refs/remotes/origin/main", "HEAD~1"],
    );
    git(&folder, &["tag", "origin/main"]);
    assert_eq!(
        said(&["--waivers-from", "origin/main"]),
        "audit: waivers count from origin/main, but several refs of that name lead to different \
         commits: no waiver counts"
    );
    let first = git(&folder, &["rev-parse", "--short=12", "HEAD~1"]);
    let in_ci = in_ci(&folder, &["--only", "DP-02"]);
    assert_eq!(in_ci.code, Some(1), "the branch counts, and not the tag");
    assert_eq!(
        notice(&in_ci),
        format!("audit: waivers count from origin/main at {first}, which has none\n")
    );
    // A link is no register: where it leads is the work tree's to say.
    remove(&folder, REGISTER);
    std::os::unix::fs::symlink("others.yaml", folder.join(REGISTER)).expect("a link");
    commit(&folder);
    remove(&folder, REGISTER);
    write(&folder.join(REGISTER), GOOD);
    assert!(said(&["--waivers-from", "main"]).ends_with(
        "but its .audit/waivers.yaml cannot be read: git ls-tree: expected a regular file, \
             found something else: no waiver counts"
    ));
}

#[test]
fn a_folder_that_is_no_repository_has_no_base() {
    let scratch = Scratch::new();
    let folder = scratch.path("plain");
    for from in ["payments", "exceptions", "waivers"] {
        crate::support::copy(&package(&format!("{FIXTURES}/{from}")), &folder);
    }
    let said = in_ci(&folder, &[]);
    assert_eq!(said.code, Some(1));
    assert_eq!(
        notice(&said),
        "audit: waivers count from origin/main, but there is no git repository: no waiver counts\n"
    );
    assert!(
        said.stdout
            .contains("2 not on origin/main, which cannot be read: W-001 W-003"),
        "{}",
        said.stdout
    );
}

#[test]
fn the_register_of_a_folder_is_that_of_the_same_folder_on_the_base() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &[]);
    let service = folder.join("services/a");
    for from in ["payments", "exceptions"] {
        crate::support::copy(&package(&format!("{FIXTURES}/{from}")), &service);
    }
    std::fs::create_dir_all(service.join(".audit")).expect("a folder");
    let good = GOOD.replace("reports/", "services/a/reports/");
    write(&service.join(REGISTER), &good);
    git(&folder, &["add", "--all", "--force"]);
    git(&folder, &["commit", "--quiet", "--message", "A service"]);
    let (code, state, said) = judged(&service, &["--waivers-from", "main"]);
    assert_eq!((code, &*state), (Some(0), "in-force"), "{said}");
    let before = judged(&service, &["--waivers-from", "main~1"]);
    assert_eq!((before.0, &*before.1), (Some(1), "not-on-base"));
}

#[test]
fn what_can_be_no_ref_is_refused_before_anything_is_read() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &["waivers"]);
    for (given, found) in [("--waivers-from=-n", "-n"), ("--waivers-from=", "none")] {
        let said = examine(&folder, &[given]);
        assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""));
        assert_eq!(
            said.stderr,
            format!(
                "error[value] expected a branch, tag or commit, found {found} (--waivers-from)\n  \
                 fix         Name where approved waivers stand: --waivers-from origin/main\n"
            )
        );
        assert!(!folder.join("audit-evidence").exists());
    }
}
