//! Links below `.audit/`: one that leads out of the repository is refused, and nothing of where it
//! leads is said or kept.

use std::fs;
use std::os::unix::fs::symlink;

use crate::support::{Scratch, audit, bundles, files, git, write};
use crate::transcripts::{examine, payments, remove};

const SECRET: &str = "hunter2-hunter2";

#[test]
fn what_lies_outside_is_neither_read_nor_shown() {
    for name in [
        "policy.yaml",
        "waivers.yaml",
        "controls/OWN-01.yaml",
        "attestations/a.yaml",
    ] {
        let scratch = Scratch::new();
        let folder = payments(&scratch, &[]);
        remove(&folder, ".audit");
        let outside = scratch.path("outside.yaml");
        write(&outside, &format!("- {SECRET}: [\n"));
        let link = folder.join(".audit").join(name);
        fs::create_dir_all(link.parent().expect("a folder")).expect("a folder");
        symlink(&outside, &link).expect("a link");
        for said in [
            examine(&folder, &[]),
            audit(&folder, &["facts"]),
            audit(&folder, &["controls", "check"]),
            audit(&folder, &["waivers"]),
        ] {
            assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{name}");
            let title = format!(
                "error[unreadable] expected .audit/{name} inside the repository, found a link"
            );
            let words: Vec<&str> = said.stderr.split_whitespace().collect();
            assert!(words.join(" ").starts_with(&title), "{}", said.stderr);
            assert!(!said.stderr.contains(SECRET), "{}", said.stderr);
        }
        assert!(!folder.join("audit-evidence").exists());
        // The folder itself may be the link.
        let other = scratch.path("other");
        fs::create_dir_all(&other).expect("a folder");
        fs::rename(folder.join(".audit"), other.join(".audit")).expect("moved");
        symlink(other.join(".audit"), folder.join(".audit")).expect("a link");
        assert_eq!(examine(&folder, &[]).code, Some(2), "{name}");
    }
}

#[test]
fn what_lies_inside_is_read_from_where_it_lies() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &[]);
    let service = folder.join("services/a");
    fs::create_dir_all(service.join(".audit")).expect("a folder");
    write(
        &folder.join("policy.yaml"),
        "apiVersion: audit/v1\nentity: Acme Payments Ltd\n",
    );
    symlink("../../../policy.yaml", service.join(".audit/policy.yaml")).expect("a link");
    git(&folder, &["add", "--all", "--force"]);
    git(&folder, &["commit", "--quiet", "--message", "A service"]);
    let said = examine(&service, &[]);
    assert_eq!(said.stderr, "");
    assert_eq!(audit(&service, &["controls", "check"]).code, Some(0));
    let bundle = bundles(&service.join("audit-evidence")).remove(0);
    let policy = &files(&bundle)["controls/policy/policy.yaml"];
    assert!(String::from_utf8_lossy(policy).contains("Acme Payments Ltd"));
}
