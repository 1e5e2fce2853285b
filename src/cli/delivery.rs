//! From a sealed run to what the user gets: the bundle on disk, the table, the exit code.

use std::path::Path;

use super::run::exit_of;
use super::style::Show;
use super::{Exit, output, problems};
use crate::load::Problem;
use crate::model::text::from_bytes;
use crate::render;
use crate::render::table::{self, Closing};
use crate::seal::{Bundle, Member, Stored, store};

/// Writes the bundle, then says what is in it. The bundle is written before the first line, so that
/// a closed pipe loses nothing.
pub(crate) fn deliver(
    bundle: &Bundle,
    out: Option<&Path>,
    faults: &[Problem],
    show: &Show,
) -> Result<Exit, Vec<Problem>> {
    let stored = match out {
        Some(out) => Some(write(bundle, out)?),
        None => None,
    };
    let closing = Closing {
        bundle: out.zip(stored).map(|(out, stored)| lies_at(out, &stored)),
        signed: false,
        waivers_from: None,
    };
    // What is wrong with a waiver changes no result; it is said all the same.
    output::err(&problems::render(faults, &show.err()));
    output::out(&table::render(bundle, &show.out(), &closing));
    Ok(exit_of(bundle.gate()))
}

fn write(bundle: &Bundle, out: &Path) -> Result<Stored, Vec<Problem>> {
    let bug = |error: String| {
        vec![Problem::new(
            "bug",
            error,
            "Report this with the command that was run.",
        )]
    };
    let mut members = render::documents(bundle).map_err(|error| bug(error.to_string()))?;
    let run = bundle.run();
    members.extend(run.definitions.iter().map(|file| Member {
        path: format!("controls/{}", file.path),
        bytes: file.bytes.clone(),
        role: "definition",
        media_type: "application/yaml",
    }));
    for exhibit in &run.exhibits {
        if let Some(path) = bundle.evidence_path(&exhibit.path) {
            members.push(Member {
                path: path.to_owned(),
                bytes: exhibit.content.to_vec(),
                role: "evidence",
                media_type: "application/octet-stream",
            });
        }
    }
    members.sort_by(|left, right| left.path.cmp(&right.path));
    // Two files of one name and one content are one piece of evidence.
    members.dedup_by(|left, right| left.path == right.path);
    store::store(bundle, members, out).map_err(|error| {
        vec![Problem::new(
            "out",
            format!("{error} (--out)"),
            "Give a directory that can be written to: --out DIR.",
        )]
    })
}

/// Where a bundle lies, as the user named the place.
fn lies_at(out: &Path, stored: &Stored) -> String {
    let out = from_bytes(out.as_os_str().as_encoded_bytes());
    match out.trim_end_matches('/') {
        "" => format!("/{}", stored.name),
        out => format!("{out}/{}", stored.name),
    }
}
