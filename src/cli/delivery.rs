//! From a sealed run to what the user gets: the bundle on disk, the formats that were asked
//! for, the exit code.

use std::path::Path;

use super::forge::Forge;
use super::formats::{Form, Formats};
use super::run::exit_of;
use super::sealing::Signing;
use super::style::Show;
use super::{Exit, formats, output, problems, register};
use crate::load::Problem;
use crate::model::text::from_bytes;
use crate::render::table::{self, Style};
use crate::render::{self, Closing};
use crate::seal::{Bundle, Member, Stored, canonical, sources};

/// What was taken for given, in a bundle.
pub(crate) const INVENTORY: &str = "inventory.json";

/// What to do where a file could not be written after all.
const AGAIN: &str = "Give a place that can be written to, and run again.";

/// Where everything goes.
pub(crate) struct Places<'p> {
    /// Where bundles lie; `None` where none is written.
    pub(crate) out: Option<&'p Path>,
    /// The formats that were asked for.
    pub(crate) formats: &'p Formats,
    /// The forge around the run.
    pub(crate) forge: &'p Forge,
    /// What the bundle is sealed with.
    pub(crate) signing: &'p Signing,
}

/// Writes the bundle and the files, then says what is in them. They are written before the first
/// line, so that a closed pipe loses nothing.
pub(crate) fn deliver(
    bundle: &Bundle,
    places: &Places<'_>,
    faults: &[Problem],
    show: &Show,
) -> Result<Exit, Vec<Problem>> {
    let stored = match places.out {
        Some(out) => Some(write(bundle, out, places.signing)?),
        None => None,
    };
    let (stored, ledger) = stored.unzip();
    let from = bundle.run().waivers_from.as_ref();
    let closing = Closing {
        bundle: places
            .out
            .zip(stored.as_ref())
            .map(|(out, stored)| lies_at(out, stored)),
        signed: stored.is_some_and(|stored| stored.sealed.is_some()),
        ledger: ledger.flatten(),
        waivers_from: from.map(register::shown),
        links: places.forge.links.clone(),
    };
    let shaped = |form: Form, style: Style| match form {
        Form::Table => Ok(table::render(bundle, &style, &closing).into_bytes()),
        Form::Document(document) => {
            (document.write)(bundle, &closing).map_err(|error| bug(error.to_string()))
        }
    };
    for folder in &places.formats.folders {
        formats::make(folder).map_err(|error| vec![formats::refused(folder, &error, AGAIN)])?;
    }
    for (form, path) in &places.formats.files {
        let bytes = shaped(*form, show.file())?;
        formats::write(path, &bytes)
            .map_err(|error| vec![formats::refused(path, &error, AGAIN)])?;
    }
    let said = shaped(places.formats.stdout, show.out())?;
    // What is wrong with a waiver changes no result; it is said all the same.
    output::err(&from.map(register::notice).unwrap_or_default());
    output::err(&problems::render(faults, &show.err()));
    let annotated = matches!(places.formats.stdout, Form::Document(it) if it.name == "github");
    places.forge.tell(bundle, &closing, annotated);
    output::bytes(&said);
    if matches!(places.formats.stdout, Form::Document(_)) {
        output::err(&table::end(bundle, &show.err(), &closing));
    }
    Ok(exit_of(bundle.gate()))
}

fn bug(error: String) -> Vec<Problem> {
    let fix = "Report this with the command that was run.";
    vec![Problem::new("bug", error, fix)]
}

fn write(
    bundle: &Bundle,
    out: &Path,
    signing: &Signing,
) -> Result<(Stored, Option<String>), Vec<Problem>> {
    let mut members = render::documents(bundle).map_err(|error| bug(error.to_string()))?;
    let run = bundle.run();
    members.extend(run.definitions.iter().map(|file| {
        let path = format!("controls/{}", file.path);
        Member::new(path, file.bytes.clone(), "definition", "application/yaml")
    }));
    for exhibit in &run.exhibits {
        if let Some(path) = bundle.evidence_path(&exhibit.path) {
            members.push(Member::evidence(path, exhibit));
        }
    }
    if let Some(list) = sources::list(run) {
        members.push(Member::new(sources::LIST, list, "sources", "text/plain"));
    }
    let inventory = canonical::line(&run.inventory).map_err(|error| bug(error.to_string()))?;
    members.push(Member::new(
        INVENTORY,
        inventory,
        "inventory",
        "application/json",
    ));
    members.sort_by(|left, right| left.path.cmp(&right.path));
    // Two files of one name and one content are one piece of evidence. Two contents whose digests
    // begin alike would be one, too, and one of them would be lost.
    let differ = |pair: &[Member]| matches!(pair, [one, two] if one.path == two.path && one.sha256 != two.sha256);
    if let Some([first, _]) = members.windows(2).find(|pair| differ(pair)) {
        let title = format!("expected one file at {}, found two", first.path);
        let fix = "Give one of the two another name, then run again. (No bundle was written.)";
        return Err(vec![Problem::new("evidence-name", title, fix)]);
    }
    members.dedup_by(|left, right| left.path == right.path);
    signing.write(bundle, members, out)
}

/// Where a bundle lies, as the user named the place.
fn lies_at(out: &Path, stored: &Stored) -> String {
    let out = from_bytes(out.as_os_str().as_encoded_bytes());
    match out.trim_end_matches('/') {
        "" => format!("/{}", stored.name),
        out => format!("{out}/{}", stored.name),
    }
}
