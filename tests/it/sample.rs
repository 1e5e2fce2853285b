//! `reports/sample/`: what a run on the example writes, for those who want to see it before they
//! run anything. `UPDATE=1 cargo test sample` writes it anew.
//!
//! The digest of the program that ran is replaced by zeros, since every build has another; the
//! digests that follow from it are computed again, so that the sample is consistent in itself.

use std::{env, fs};

use audit::model::base64;
use audit::tree::digest::sha256;
use serde_json::Value as Json;

use crate::support::{AS_OF, Scratch, audit, bundles, ledger, names, package, read, write};

/// The files, in the order in which one holds the digest of another.
const FILES: [&str; 3] = ["report.json", "report.html", "manifest.json"];

/// Puts one digest in the place of another, whole and shortened.
fn replace(text: &str, from: &str, to: &str) -> String {
    text.replace(from, to).replace(&from[..16], &to[..16])
}

/// The digest by which a page allows its style, which names the report at the foot of each sheet.
fn style_digest(page: &str) -> Option<String> {
    let style = page.split_once("<style>")?.1.split_once("</style>")?.0;
    Some(base64::encode(&sha256(style.as_bytes()).0))
}

/// What a run on the example writes, whatever program made it.
fn made() -> [String; 3] {
    let scratch = Scratch::new();
    let folder = ledger(&scratch);
    let out = scratch.path("out").display().to_string();
    let path = folder.display().to_string();
    let said = audit(
        &scratch.path(""),
        &[&path, "--controls", "soc2", "--as-of", AS_OF, "--out", &out],
    );
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    let bundle = bundles(&scratch.path("out")).remove(0);
    let written = FILES.map(|name| read(&bundle.join(name)));
    let report: Json = serde_json::from_str(&written[0]).expect("JSON");
    let program = report["tool"]["sha256"].as_str().expect("a digest");
    let mut digests = vec![(program.to_owned(), "0".repeat(64))];
    written.map(|text| {
        let neutral = digests
            .iter()
            .fold(text.clone(), |text, (from, to)| replace(&text, from, to));
        let neutral = match (style_digest(&text), style_digest(&neutral)) {
            (Some(from), Some(to)) => neutral.replace(&from, &to),
            _ => neutral,
        };
        let digest = |text: &str| sha256(text.as_bytes()).to_string();
        digests.push((digest(&text), digest(&neutral)));
        neutral
    })
}

/// Whether the files name each other by the digests they have.
fn assert_consistent([json, html, manifest]: &[String; 3]) {
    let digest = |text: &String| sha256(text.as_bytes()).to_string();
    assert!(html.contains(&digest(json)));
    let manifest: Json = serde_json::from_str(manifest).expect("JSON");
    let listed = manifest["files"].as_array().expect("files");
    for (name, text) in [("report.json", json), ("report.html", html)] {
        let entry = listed.iter().find(|file| file["path"] == name);
        let entry = entry.expect("the manifest lists it");
        assert_eq!(entry["sha256"], digest(text), "{name}");
        assert_eq!(entry["size"], text.len(), "{name}");
    }
}

#[test]
fn the_sample_is_what_a_run_on_the_example_writes() {
    let made = made();
    assert_consistent(&made);
    let folder = package("reports/sample");
    if env::var_os("UPDATE").is_some_and(|update| update == "1") {
        fs::create_dir_all(&folder).expect("a folder");
        for (name, text) in FILES.iter().zip(&made) {
            write(&folder.join(name), text);
        }
    }
    let mut expected = FILES;
    expected.sort_unstable();
    assert_eq!(names(&folder), expected);
    for (name, text) in FILES.iter().zip(&made) {
        let there = read(&folder.join(name));
        let lines = there.lines().zip(text.lines()).enumerate();
        let differs = lines.into_iter().find(|(_, (there, made))| there != made);
        assert!(
            there == *text,
            "reports/sample/{name} is not what a run writes today; UPDATE=1 cargo test sample \
             writes it anew. The first line that differs: {differs:.400?}"
        );
    }
}
