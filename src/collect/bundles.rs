//! Bundles of earlier runs: are their bytes still what was sealed?

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value as Json;

use super::{Collector, Scene, Sink, Spec};
use crate::model::fact::{Item, Source};
use crate::model::gap::{Cause, Gap};
use crate::model::inventory::Earlier;
use crate::model::relations::EVIDENCE_BUNDLE;
use crate::model::time::Moment;
use crate::parse::json;
use crate::tree::{digest, file};

/// Fills `evidence.bundle`.
pub(super) struct Bundles;

static SPEC: Spec = Spec {
    name: "bundles",
    reads: "manifest.json and SHA256SUMS of bundles under --out",
    fills: &[&EVIDENCE_BUNDLE],
    about: "Checks that the bundles of earlier runs are unchanged.",
};

/// What may stand in a bundle beside its list: the list itself, signatures and proofs.
const BESIDE: &[&str] = &[
    "SHA256SUMS",
    "SHA256SUMS.sig",
    "attestation.dsse.json",
    "attestation.sigstore.json",
    "run.tlog-proof",
];

#[derive(Deserialize)]
struct Manifest {
    clock: Clock,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Clock {
    as_of: String,
}

impl Collector for Bundles {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn collect(&self, scene: &Scene<'_>, sink: &mut Sink) {
        if let Some(earlier) = scene.input.earlier {
            return recorded(earlier, sink);
        }
        let Some(out) = scene.input.out else { return };
        for name in file::folders(out) {
            let folder = out.join(&name);
            if name.starts_with('.') || !folder.join("manifest.json").exists() {
                continue;
            }
            match examine(&folder, &name, scene.input.as_of) {
                Ok(Some(item)) => sink.item(item),
                Ok(None) => {}
                Err(says) => {
                    let gap = Gap::at(
                        Cause::Unreadable,
                        &Source::file(&name),
                        says,
                        "Put the bundle back as it was written.",
                    );
                    sink.gap(&EVIDENCE_BUNDLE, gap);
                }
            }
        }
    }
}

/// What another run found. A field that is none, or of another type, is left out of its item.
fn recorded(earlier: &Earlier, sink: &mut Sink) {
    for bundle in &earlier.bundles {
        let path = bundle.get("path").and_then(|path| path.as_str());
        let mut item = Item::new(&EVIDENCE_BUNDLE, Source::file(path.unwrap_or_default()));
        for field in EVIDENCE_BUNDLE.fields {
            match bundle.get(field.name) {
                Some(Json::String(text)) => item.set(field.name, text.as_str()),
                Some(Json::Number(number)) => item.set(field.name, number.as_u64()),
                _ => {}
            }
        }
        sink.item(item);
    }
    for gap in &earlier.gaps {
        sink.gap(&EVIDENCE_BUNDLE, gap.clone());
    }
}

/// One bundle, when it was made before this run. A run under the same as-of time is not earlier,
/// so that two runs of the same input give the same bytes.
fn examine(folder: &Path, name: &str, as_of: Moment) -> Result<Option<Item>, String> {
    let manifest = file::read(&folder.join("manifest.json"), "manifest.json")
        .map_err(|problem| problem.says)?;
    let text = file::decode(&manifest)?;
    let read: Manifest = json::parse(&text).map_err(|error| format!("manifest.json: {error}"))?;
    let made =
        Moment::parse(&read.clock.as_of).ok_or("manifest.json does not say when it was made")?;
    if made >= as_of {
        return Ok(None);
    }
    let sums =
        file::read(&folder.join("SHA256SUMS"), "SHA256SUMS").map_err(|problem| problem.says)?;
    let sums = file::decode(&sums)?;
    let mut listed: BTreeSet<String> = BTreeSet::new();
    let (mut unchanged, mut changed) = (0_u64, 0_u64);
    for line in sums.lines() {
        let Some((sum, path)) = line.split_once("  ") else {
            return Err(format!("SHA256SUMS: not a sum: {line}"));
        };
        if path.starts_with('/') || path.split('/').any(|part| part == "..") {
            return Err("SHA256SUMS names a file outside the bundle".to_owned());
        }
        let same =
            digest::sha256_of(&folder.join(path)).is_ok_and(|found| found.to_string() == sum);
        if same {
            unchanged += 1;
        } else {
            changed += 1;
        }
        listed.insert(path.to_owned());
    }
    let present = file::files_below(folder);
    let added = present
        .iter()
        .filter(|path| !listed.contains(*path) && !BESIDE.contains(&path.as_str()))
        .count();
    let item = Item::new(&EVIDENCE_BUNDLE, Source::file(name))
        .with("path", name)
        .with("as_of", made.to_string())
        .with("files", listed.len())
        .with("unchanged", unchanged)
        .with("changed", changed)
        .with("added", added);
    Ok(Some(item))
}
