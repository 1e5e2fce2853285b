//! Forgeries by whoever holds the key: everything agrees with itself but for one thing, and the step
//! that is there for it fails, alone.

#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "tests change files")]

use std::fs;
use std::path::{Path, PathBuf};

use audit::model::exhibit::Digest;
use audit::seal::ledger::Kind;
use audit::seal::sign::Key;
use audit::seal::{Manifest, canonical};
use audit::tree::digest::sha256;

use crate::support::{Scratch, git, read, write};
use crate::verify_fixture::{bundle, evidence, key, run, verified};
use crate::verify_insider::{
    Files, attested, forged, manifest_of, name_of, only, place, reentered, resealed, rewritten,
    run_of, signed, unseen,
};

/// Nothing.
fn as_is<T: ?Sized>(_: &T) {}

/// The first file of a kind.
fn listed<'m>(manifest: &'m mut Manifest, role: &str) -> &'m mut audit::seal::manifest::Listed {
    let mut files = manifest.files.iter_mut();
    files.find(|file| file.role == role).expect("a file")
}

/// A bundle with a list that goes with other files than the manifest says.
fn with_list(bundle: &Path, edit: impl FnOnce(&mut Files)) {
    let manifest = manifest_of(bundle);
    let mut kept = Files::new();
    for path in manifest.files.iter().map(|file| file.path.as_str()) {
        kept.insert(
            path.to_owned(),
            fs::read(bundle.join(path)).expect("a file"),
        );
    }
    let own = fs::read(bundle.join("manifest.json")).expect("a file");
    kept.insert("manifest.json".to_owned(), own);
    edit(&mut kept);
    place(bundle, &signed(&kept, &manifest, &key()));
}

#[test]
fn a_run_that_is_only_listed_and_signed_anew_holds() {
    let steps = forged(&[], "nothing", as_is, |_| {});
    assert_eq!(steps[&9].1, "2 entries then, 3 now, the first 2 the same");
}

#[test]
fn step_4_finds_what_does_not_go_with_the_manifest() {
    let evidence_at = |bundle: &Path| {
        let moved = bundle.join("evidence/0123456789abcdef-SECURITY.md");
        fs::rename(evidence(bundle), moved).expect("a file");
    };
    let steps = only(&[4], "evidence under another digest", &[], |root| {
        let newest = bundle(root, 2);
        let new = resealed(&newest, |manifest| {
            evidence_at(&newest);
            let file = listed(manifest, "evidence");
            "evidence/0123456789abcdef-SECURITY.md".clone_into(&mut file.path);
        });
        reentered(root, &new);
    });
    assert!(
        steps[&4].1.contains("not named after its digest"),
        "{steps:?}"
    );
    let wrong = "is not as the manifest has it";
    let steps = forged(&[4], "another size", as_is, |manifest| {
        listed(manifest, "evidence").size += 1;
    });
    assert!(steps[&4].1.contains(wrong), "{steps:?}");
    let steps = forged(&[4], "another digest", as_is, |manifest| {
        listed(manifest, "report").sha256 = sha256(b"");
    });
    assert!(steps[&4].1.contains(wrong), "{steps:?}");
    let steps = forged(&[4], "a file twice", as_is, |manifest| {
        let twice = manifest.files[0].clone();
        manifest.files.push(twice);
    });
    assert!(steps[&4].1.contains(wrong), "{steps:?}");
    let steps = only(&[4], "a list with a file more", &[], |root| {
        let newest = bundle(root, 2);
        write(&newest.join("zz"), "");
        with_list(&newest, |kept| {
            kept.insert("zz".to_owned(), Vec::new());
        });
        reentered(root, &newest);
    });
    assert_eq!(steps[&4].1, "zz is listed and not in the manifest");
}

#[test]
fn step_4_finds_a_manifest_that_is_none() {
    let steps = only(&[4, 8], "another schema", &[], |root| {
        let newest = bundle(root, 2);
        let new = resealed(&newest, |manifest| {
            "other/v9".clone_into(&mut manifest.schema);
        });
        assert!(new.exists());
    });
    assert!(
        steps[&4].1.contains("expected audit/manifest/v1"),
        "{steps:?}"
    );
    assert_eq!(steps[&8].1, "there is no manifest to look for");
    // Without its list, nothing else of it can be looked at.
    let steps = only(&[2, 4, 8], "no manifest", &[], |root| {
        fs::remove_file(bundle(root, 2).join("manifest.json")).expect("a file");
    });
    assert!(
        steps[&4].1.contains("there is no manifest.json"),
        "{steps:?}"
    );
    let steps = only(&[1, 2, 3, 4, 8], "no list", &[], |root| {
        fs::remove_file(bundle(root, 2).join("SHA256SUMS")).expect("a file");
    });
    for step in [5, 6, 7] {
        let says = "there is no manifest with its list that can be read";
        assert_eq!(steps[&step], ("not-checked".to_owned(), says.to_owned()));
    }
    let steps = only(
        &[2, 4, 5, 8],
        "another manifest than is listed",
        &[],
        |root| {
            let path = bundle(root, 2).join("manifest.json");
            let text = read(&path);
            write(&path, &text.replace("\"branch\":\"", "\"branch\":\"x"));
        },
    );
    assert!(
        steps[&4].1.contains("lists another manifest.json"),
        "{steps:?}"
    );
}

#[test]
fn step_4_finds_a_folder_that_is_not_named_after_its_digest() {
    let steps = only(&[4, 8], "another digest", &[], |root| {
        let newest = bundle(root, 2);
        let name = name_of(&newest);
        let (time, _) = name.split_once('-').expect("a name of a run");
        let other = newest.with_file_name(format!("{time}-0123456789ab"));
        fs::rename(&newest, &other).expect("a folder");
        // The entry, too, can be made to name it.
        reentered(root, &other);
    });
    assert!(steps[&4].1.contains("the name of another run"), "{steps:?}");
}

#[test]
fn step_5_finds_a_statement_by_another_key_or_over_other_results() {
    let restated = |key: Key, edit: fn(&mut Manifest)| {
        move |root: &Path| {
            let newest = bundle(root, 2);
            let mut manifest = manifest_of(&newest);
            edit(&mut manifest);
            let [own, sums] = ["manifest.json", "SHA256SUMS"]
                .map(|name| sha256(&fs::read(newest.join(name)).expect("a file")));
            let payload = canonical::bytes(&manifest.statement(own, sums)).expect("JSON");
            place(&newest, &attested(&payload, &key));
            reentered(root, &newest);
        }
    };
    let stranger = Key::from_seed(&[8; 32]);
    let steps = only(&[5], "a stranger's key", &[], restated(stranger, |_| {}));
    assert!(steps[&5].1.contains("by this key"), "{steps:?}");
    let better = |manifest: &mut Manifest| {
        for result in &mut manifest.results.controls {
            result.status = audit::seal::sign::statement::Status::NoExceptions;
        }
    };
    let steps = only(&[5], "other results", &[], restated(key(), better));
    assert_eq!(steps[&5].1, "the statement is not what the manifest says");
    let of_another_commit = |manifest: &mut Manifest| {
        manifest.subject.commit = Some("0".repeat(40));
    };
    only(
        &[5],
        "another commit",
        &[],
        restated(key(), of_another_commit),
    );
    let steps = only(&[5], "no wrapper", &[], |root| {
        fs::remove_file(bundle(root, 2).join("attestation.sigstore.json")).expect("a file");
    });
    assert!(
        steps[&5].1.contains("there is no attestation.sigstore"),
        "{steps:?}"
    );
}

/// Lowers a threshold in a control of a bundle.
fn weakened(bundle: &Path) {
    let path = bundle.join("controls/soc2/TQ-01-line-coverage.yaml");
    let text = read(&path);
    let weak = text.replace("default: 100", "default: 60");
    assert_ne!(text, weak);
    write(&path, &weak);
}

#[test]
fn step_6_finds_weakened_controls() {
    // Everything is listed and signed anew, so that only the digest that was approved can tell.
    let steps = forged(&[6], "a lower threshold", weakened, |_| {});
    assert!(steps[&6].1.starts_with("expected "), "{steps:?}");
    let scratch = Scratch::new();
    let root = unseen(&scratch);
    let newest = bundle(&root, 2);
    weakened(&newest);
    reentered(&root, &resealed(&newest, |_| {}));
    fs::remove_file(root.join("trust/catalogue.sha256")).expect("a file");
    let newest = bundle(&root, 2);
    let (code, steps) = verified(&root, &newest, &["--without", "10"]);
    assert_eq!(
        (code, steps[&6].0.as_str()),
        (Some(0), "not-checked"),
        "{steps:?}"
    );
    let digest = manifest_of(&newest).catalog.sha256;
    assert_eq!(steps[&6].1, format!("{digest}: give --catalogue SHA256"));
    let approved = manifest_of(&bundle(&root, 0)).catalog.sha256.to_string();
    let asked = ["--without", "10", "--catalogue", &approved];
    let (code, steps) = verified(&root, &newest, &asked);
    assert_eq!(
        (code, steps[&6].0.as_str()),
        (Some(4), "failed"),
        "{steps:?}"
    );
    // The digest that was approved may stand there, over controls that were not.
    let unnamed = "the controls in the bundle are not those that the manifest names";
    for policy in [false, true] {
        let mut before = None;
        let steps = only(&[6], "the digest of others", &[], |root| {
            let newest = bundle(root, 2);
            before = Some(manifest_of(&newest).catalog.sha256);
            if !policy {
                weakened(&newest);
            }
            let new = resealed(&newest, |manifest| {
                let catalogue: Digest = before.expect("a digest");
                manifest.catalog.sha256 = catalogue;
                if policy {
                    manifest.config_sha256 = Some(sha256(b"another policy"));
                }
            });
            reentered(root, &new);
        });
        assert_eq!(steps[&6].1, unnamed);
    }
}

/// What `audit verify` says where the auditor has a clone.
fn in_clone(steps: &[u64], what: &str, forge: impl FnOnce(&Path)) -> String {
    let scratch = Scratch::new();
    let clone = scratch.path("clone");
    let more = ["--git", &*clone.display().to_string()].map(str::to_owned);
    let more: Vec<&str> = more.iter().map(String::as_str).collect();
    let found = only(steps, what, &more, |root| {
        crate::support::copy(&root.join("repository"), &clone);
        forge(root);
    });
    found[&7].1.clone()
}

#[test]
fn step_7_finds_what_is_not_of_the_commit() {
    let entered = |root: &Path, edit: fn(&mut Manifest)| {
        reentered(root, &resealed(&bundle(root, 2), edit));
    };
    let says = in_clone(&[7], "another tree", |root| {
        entered(root, |manifest| {
            let other = Some("1".repeat(40));
            manifest.subject.head_tree.clone_from(&other);
            manifest.subject.worktree_tree = other;
        });
    });
    assert_eq!(says, "the commit has another tree in your clone");
    let says = in_clone(&[7], "a commit that nobody has", |root| {
        entered(root, |manifest| {
            manifest.subject.commit = Some("2".repeat(40));
        });
    });
    assert!(says.starts_with("your clone has no commit 2222"), "{says}");
    // What was changed in the work tree is said to be of the commit, or of nothing.
    for tracked in [true, false] {
        let says = in_clone(&[7], "evidence that the commit has otherwise", |root| {
            let newest = bundle(root, 2);
            write(&evidence(&newest), "Write to nobody.\n");
            let new = resealed(&newest, |manifest| {
                let file = listed(manifest, "evidence");
                file.origin.as_mut().expect("an origin").tracked = tracked;
            });
            reentered(root, &new);
        });
        assert_eq!(says, "SECURITY.md is not as the commit has it");
    }
    // A changed work tree that is called clean; this needs no clone.
    let steps = forged(&[7], "a dirty run", as_is, |manifest| {
        manifest.subject.worktree_tree = Some("1".repeat(40));
    });
    assert!(steps[&7].1.contains("names another tree"), "{steps:?}");
}

#[test]
fn step_7_does_not_vouch_for_changed_files_or_for_no_commit() {
    let scratch = Scratch::new();
    let root = unseen(&scratch);
    let repository = root.join("repository");
    let clone = root.join("clone");
    crate::support::copy(&repository, &clone);
    let clone = clone.display().to_string();
    let asked = ["--without", "10", "--git", &*clone];
    write(
        &repository.join("SECURITY.md"),
        "Write to b@acme.example.\n",
    );
    run(&root, "2026-11-10T12:00:00Z");
    let (code, steps) = verified(&root, &bundle(&root, 3), &asked);
    let says = "the files were changed: the commit is not what was examined";
    assert_eq!(
        (code, &steps[&7]),
        (Some(5), &("not-checked".to_owned(), says.to_owned()))
    );
    fs::remove_dir_all(repository.join(".git")).expect("a folder");
    run(&root, "2026-11-11T12:00:00Z");
    let (code, steps) = verified(&root, &bundle(&root, 4), &asked);
    let says = "the run is of no commit";
    assert_eq!(
        (code, &steps[&7]),
        (Some(5), &("not-checked".to_owned(), says.to_owned()))
    );
}

#[test]
fn evidence_of_another_run_is_found_however_far_it_is_listed_anew() {
    let swapped = |root: &Path| -> [PathBuf; 2] {
        let repository = root.join("repository");
        write(
            &repository.join("SECURITY.md"),
            "Write to b@acme.example.\n",
        );
        git(&repository, &["commit", "-qam", "Another address"]);
        run(root, "2026-11-10T12:00:00Z");
        let both = [2, 3].map(|at| bundle(root, at));
        let [one, other] = [0, 1].map(|at: usize| evidence(&both[at]));
        let bytes = [&one, &other].map(|path| fs::read(path).expect("a file"));
        fs::write(&one, &bytes[1]).expect("a file");
        fs::write(&other, &bytes[0]).expect("a file");
        both
    };
    let found = |root: &Path, place: &Path| {
        let (code, steps) = verified(root, place, &["--without", "10"]);
        assert_eq!(code, Some(4), "{steps:?}");
        let failed = steps.iter().filter(|(_, (state, _))| state == "failed");
        failed.map(|(step, _)| *step).collect::<Vec<u64>>()
    };
    let scratch = Scratch::new();
    let root = unseen(&scratch);
    let both = swapped(&root);
    for place in &both {
        assert_eq!(found(&root, place), [2]);
    }
    // The lists are mended, and nobody signs them.
    for place in &both {
        let before = [name_of(place), read(&place.join("SHA256SUMS.sig"))];
        let statement = fs::read(place.join("attestation.dsse.json")).expect("a file");
        let new = resealed(place, |_| {});
        write(&new.join("SHA256SUMS.sig"), &before[1]);
        fs::write(new.join("attestation.dsse.json"), statement).expect("a file");
        fs::rename(&new, place).expect("a folder");
        assert_eq!(found(&root, place), [1, 4, 5, 8]);
    }
    // Whoever has the key signs them; the ledger knows the others.
    let signed = both.map(|place| {
        let new = resealed(&place, |_| {});
        assert_eq!(found(&root, &new), [8]);
        new
    });
    // And the ledger is written anew: whoever looked at its head finds it.
    fs::copy(
        root.join("out/ledger/checkpoint"),
        root.join("trust/checkpoint"),
    )
    .expect("a copy");
    rewritten(&root, |entries| {
        for (entry, bundle) in entries.iter_mut().skip(2).zip(&signed) {
            if let Kind::Run(run) = &mut entry.kind {
                **run = run_of(bundle, &run.period);
            }
        }
    });
    assert_eq!(found(&root, &signed[0]), [9]);
}
