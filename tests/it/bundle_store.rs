//! A bundle is there whole or not at all, whatever else happens on the machine, and nothing that
//! lies there is written over.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "tests start the program in order to kill it"
)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;

use audit::tree::digest::sha256;

use crate::support::{
    AS_OF, Said, Scratch, append, audit, bundles, files, ledger, names, program, said, write,
};

/// Starts the main job without waiting for it.
fn start(scratch: &Scratch, folder: &Path, out: &Path, as_of: &str) -> Child {
    program(&scratch.path(""))
        .arg(folder)
        .args(["--controls", "soc2", "--as-of", as_of, "--out"])
        .arg(out)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

fn run(scratch: &Scratch, folder: &Path, out: &Path) -> Said {
    let child = start(scratch, folder, out, AS_OF);
    said(&child.wait_with_output().expect("the program ends"))
}

/// Whatever has a name under which someone would look for a bundle has to be one, whole.
fn all_are_whole(out: &Path) -> usize {
    let found = bundles(out);
    for bundle in &found {
        let mut present = files(bundle);
        let listed = present.remove("SHA256SUMS").unwrap_or_default();
        let listed = String::from_utf8_lossy(&listed);
        let expected = present
            .iter()
            .map(|(path, bytes)| format!("{}  {path}", sha256(bytes)));
        let whole = listed.ends_with('\n') && expected.eq(listed.lines());
        assert!(present.len() > 20 && whole, "{listed}");
        let name = bundle.file_name().expect("a name").to_string_lossy();
        let manifest = sha256(&present["manifest.json"]).to_string();
        assert!(manifest.starts_with(name.rsplit('-').next().expect("a digest")));
    }
    found.len()
}

/// What lies in `--out` and is not a bundle.
fn hidden(out: &Path) -> Vec<String> {
    let all = names(out).into_iter();
    all.filter(|name| name.starts_with('.')).collect()
}

/// The folders that are still being written, or were when their run was killed.
fn staging(out: &Path) -> Vec<String> {
    let all = hidden(out).into_iter();
    all.filter(|name| out.join(name).is_dir()).collect()
}

#[test]
fn runs_at_the_same_time_do_not_meet() {
    let scratch = Scratch::new();
    let (folder, out) = (ledger(&scratch), scratch.path("new/out"));
    let moments = [AS_OF, "2026-11-23T12:00:01Z"];
    let children: Vec<Child> = (0..8)
        .map(|at| start(&scratch, &folder, &out, moments[at % 2]))
        .collect();
    let ended: Vec<Said> = children
        .into_iter()
        .map(|child| said(&child.wait_with_output().expect("the program ends")))
        .collect();
    for said in &ended {
        assert_eq!(said.code, ended[0].code, "{}", said.stderr);
        assert_eq!(said.stderr, "");
    }
    assert!(matches!(ended[0].code, Some(0 | 1 | 3)));
    // The later ones may or may not have seen the earlier bundle.
    let whole = all_are_whole(&out);
    assert!((2..=3).contains(&whole), "{:?}", names(&out));
    assert!(staging(&out).is_empty(), "{:?}", names(&out));
}

/// The number of files in the folders that are being written; nothing before there is one.
fn written(out: &Path) -> Option<usize> {
    let folders = staging(out);
    let count = |name: &String| {
        let all = walkdir::WalkDir::new(out.join(name)).into_iter().flatten();
        all.filter(|entry| entry.file_type().is_file()).count()
    };
    (!folders.is_empty()).then(|| folders.iter().map(count).sum())
}

#[test]
fn a_killed_run_leaves_no_half_of_a_bundle() {
    let scratch = Scratch::new();
    let (folder, out) = (ledger(&scratch), scratch.path("out"));
    assert!(matches!(run(&scratch, &folder, &out).code, Some(0 | 1 | 3)));
    let expected = files(&bundles(&out)[0]);
    let mut killed_while_writing = 0;
    for round in 0..24_u32 {
        let moment = format!("2026-11-23T12:01:{round:02}Z");
        let mut child = start(&scratch, &folder, &out, &moment);
        // Kill at once; when the place is looked at; after so many files were written.
        let enough = (round % 8) as usize * expected.len() / 7;
        while round >= 8 && child.try_wait().expect("a child").is_none() {
            match written(&out) {
                Some(count) if round < 12 || count >= enough.max(1) => break,
                _ => thread::yield_now(),
            }
        }
        let _ = child.kill();
        child.wait().expect("the program ends");
        killed_while_writing += usize::from(!staging(&out).is_empty());
        all_are_whole(&out);
    }
    assert!(killed_while_writing > 0, "no run was killed while it wrote");
    let before = bundles(&out).len();
    fs::remove_dir_all(&bundles(&out)[0]).expect("the first bundle");
    assert!(matches!(run(&scratch, &folder, &out).code, Some(0 | 1 | 3)));
    assert_eq!(all_are_whole(&out), before);
    assert!(
        files(&bundles(&out)[0]) == expected,
        "another bundle than before"
    );
    assert!(staging(&out).is_empty(), "{:?}", names(&out));
}

#[test]
fn whatever_killed_runs_left_is_cleaned_up_but_not_what_another_writes() {
    let scratch = Scratch::new();
    let (folder, out) = (ledger(&scratch), scratch.path("out"));
    for at in [0, 3, 17] {
        fs::create_dir_all(out.join(format!(".staging-{at}/evidence"))).expect("a folder");
        write(&out.join(format!(".staging-{at}/evidence/half")), "");
    }
    let lock = fs::File::create(out.join(".staging-3.lock")).expect("a lock");
    lock.lock().expect("nobody else has it");
    assert!(matches!(run(&scratch, &folder, &out).code, Some(0 | 1 | 3)));
    assert_eq!(all_are_whole(&out), 1);
    assert_eq!(staging(&out), [".staging-3"]);
    assert!(out.join(".staging-3/evidence/half").exists());
}

#[test]
fn nothing_is_written_over() {
    let scratch = Scratch::new();
    let (folder, out) = (ledger(&scratch), scratch.path("out"));
    let identities = || -> BTreeMap<String, u64> {
        let bundle = &bundles(&out)[0];
        let number = |path: &String| fs::metadata(bundle.join(path)).expect("a file").ino();
        files(bundle)
            .keys()
            .map(|path| (path.clone(), number(path)))
            .collect()
    };
    let first = run(&scratch, &folder, &out);
    let made = identities();
    let again = run(&scratch, &folder, &out);
    assert_eq!((again.code, &again.stdout), (first.code, &first.stdout));
    assert_eq!(identities(), made);

    // What stands under the name of the bundle is another thing: neither replaced nor vouched for.
    let bundle = bundles(&out).remove(0);
    let whole = files(&bundle);
    let refuses = |what: &str| {
        let (before, said) = (files(&bundle), run(&scratch, &folder, &out));
        assert_eq!(said.code, Some(2), "{what}: {}", said.stdout);
        assert!(said.stderr.contains("--out"), "{what}: {}", said.stderr);
        assert!(files(&bundle) == before, "{what}: written over");
        assert!(staging(&out).is_empty(), "{what}: {:?}", names(&out));
    };
    append(&bundle.join("report.json"), " ");
    refuses("a changed file");
    fs::write(bundle.join("report.json"), &whole["report.json"]).expect("a file");
    fs::remove_file(bundle.join("VERIFY.md")).expect("a file");
    refuses("a file that is gone");
    fs::write(bundle.join("VERIFY.md"), &whole["VERIFY.md"]).expect("a file");
    assert_eq!(run(&scratch, &folder, &out).code, first.code);
    // Signatures and proofs may lie beside the list.
    write(&bundle.join("SHA256SUMS.sig"), "a signature\n");
    assert_eq!(run(&scratch, &folder, &out).code, first.code);
    fs::remove_dir_all(&bundle).expect("a folder");
    write(&bundle, "a file in its place\n");
    let said = run(&scratch, &folder, &out);
    assert_eq!(said.code, Some(2), "{}", said.stdout);
    assert_eq!(fs::read(&bundle).expect("a file"), b"a file in its place\n");
}

#[test]
fn a_place_that_cannot_be_written_to_is_refused_before_anything_is_examined() {
    let scratch = Scratch::new();
    let folder = ledger(&scratch);
    let file = scratch.path("file");
    write(&file, "");
    let link = scratch.path("link");
    std::os::unix::fs::symlink(scratch.path("nowhere/at/all"), &link).expect("a link");
    for out in [
        file.clone(),
        file.join("below"),
        link,
        "/proc/self/out".into(),
    ] {
        let said = audit(
            &scratch.path(""),
            &[
                folder.as_os_str(),
                "--controls".as_ref(),
                "soc2".as_ref(),
                "--out".as_ref(),
                out.as_os_str(),
            ],
        );
        assert_eq!(said.code, Some(2), "{}: {}", out.display(), said.stdout);
        assert_eq!(said.stdout, "");
        assert!(
            said.stderr.contains("nothing was examined"),
            "{}",
            said.stderr
        );
    }
    assert!(names(&folder).iter().all(|name| name != "audit-evidence"));
}
