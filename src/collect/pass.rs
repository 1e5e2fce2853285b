//! The pass over the files: each is read once, hashed once, and handed to whoever wants it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::records::is_record;
use super::scene::{Input, Scene};
use super::sink::Sink;
use super::watch::{FileRead, Watch};
use super::{COLLECTORS, Collector, Wants};
use crate::git::TreeEntry;
use crate::model::exhibit::{Digest, Exhibit};
use crate::model::fact::{Facts, Source};
use crate::model::gap::{Cause, Gap};
use crate::parse::limits;
use crate::tree::again::Known;
use crate::tree::digest::{ObjectFormat, blob_name, blob_name_of};
use crate::tree::{Entry, EntryKind, File, Large, Unreadable, Whence};

/// Everything that was collected.
#[derive(Debug)]
pub struct Collected {
    /// All relations.
    pub facts: Facts,
    /// The files they were read from, in the order of their paths.
    pub exhibits: Vec<Exhibit>,
    /// Files of the examined folder whose bytes differ from the commit, or that are gone, and
    /// governance that was read and that no commit holds.
    pub changed: Vec<String>,
    /// The files that were read, in the order of their paths.
    pub read: Vec<FileRead>,
    /// Files that somebody wanted and that could not be read.
    pub unread: Vec<Unreadable>,
}

/// Reads the tree and runs every collector.
pub fn collect(input: &Input<'_>, watch: &dyn Watch) -> Collected {
    let looked = look_at_all(input, watch);
    let mut sink = Sink::default();
    let mut changed = Vec::new();
    let mut kept = BTreeMap::new();
    let (mut read, mut unread) = (Vec::new(), Vec::new());
    for (entry, looked) in input.tree.entries.iter().zip(looked) {
        if looked.read {
            read.push(FileRead {
                path: entry.path.clone(),
                bytes: entry.size,
                micros: looked.micros,
                sha256: looked.sha256,
            });
        }
        unread.extend(looked.unread);
        sink.merge(looked.sink);
        if looked.changed && entry.path.starts_with(&input.tree.scope) {
            changed.push(entry.path.clone());
        }
        if let Some(file) = looked.kept {
            kept.insert(entry.path.clone(), file);
        }
    }
    changed.extend(unreached(input, &mut sink));
    changed.sort();
    for collector in COLLECTORS {
        collector.revise(&changed, input, &mut sink);
    }

    gather(&Scene { input, kept }, &mut sink);
    let declared = COLLECTORS
        .iter()
        .flat_map(|collector| collector.spec().fills.iter().copied());
    let (facts, exhibits) = sink.finish(declared);
    changed.extend(not_in_the_commit(input, &exhibits));
    changed.sort();
    changed.dedup();
    Collected {
        facts,
        exhibits,
        changed,
        read,
        unread,
    }
}

/// Files of the repository that were read as evidence and that the commit does not hold: what they
/// say is not true of the commit. A report, and the record of the run that wrote it, is made after the
/// commit, and is no such file.
fn not_in_the_commit(input: &Input<'_>, exhibits: &[Exhibit]) -> Vec<String> {
    let committed = input
        .repository
        .is_some_and(|repository| repository.head.is_some());
    let made_later = |path: &str| input.inside(path).is_some_and(is_record);
    let foreign = |exhibit: &&Exhibit| {
        let governs = exhibit.format.is_none() && !made_later(&exhibit.path);
        committed && governs && !exhibit.tracked
    };
    exhibits
        .iter()
        .filter(foreign)
        .map(|exhibit| exhibit.path.clone())
        .collect()
}

/// Lets every collector look at the whole scene, side by side, and puts together what they found in
/// the order of the registry.
fn gather(scene: &Scene<'_>, sink: &mut Sink) {
    let gathered: Vec<Sink> = COLLECTORS
        .par_iter()
        .map(|collector| {
            let mut sink = Sink::default();
            collector.collect(scene, &mut sink);
            sink
        })
        .collect();
    for part in gathered {
        sink.merge(part);
    }
}

/// What came of one file.
#[derive(Default)]
struct Looked {
    sink: Sink,
    changed: bool,
    kept: Option<Result<File, Unreadable>>,
    /// Whether it was read.
    read: bool,
    /// The digest of what was read, where somebody looked into it.
    sha256: Option<Digest>,
    /// Why it was not, though somebody wanted it.
    unread: Option<Unreadable>,
    micros: u64,
}

/// Looks at every file, side by side; what came of it stands in the order of the walk.
fn look_at_all(input: &Input<'_>, watch: &dyn Watch) -> Vec<Looked> {
    let tracked: BTreeMap<&str, &TreeEntry> = input
        .repository
        .map(|repository| {
            repository
                .entries
                .iter()
                .map(|entry| (entry.path.as_str(), entry))
                .collect()
        })
        .unwrap_or_default();
    let format = input
        .repository
        .map_or(ObjectFormat::Sha1, |repository| repository.object_format);
    let all = input.tree.entries.len();
    let done = AtomicUsize::new(0);
    let one = |entry: &Entry| {
        let begun = watch.now();
        let tracked = tracked.get(entry.path.as_str()).copied();
        let mut looked = look(entry, tracked, format, input);
        looked.micros = watch.now().saturating_sub(begun);
        watch.looked(done.fetch_add(1, Ordering::Relaxed) + 1, all);
        looked
    };
    input.tree.entries.par_iter().map(one).collect()
}

/// A file on its way through the collectors.
struct Passing<'p> {
    entry: &'p Entry,
    input: &'p Input<'p>,
    wanting: Vec<(&'static dyn Collector, Wants)>,
    /// The name of the blob that the commit holds at its path, where the two are to be compared.
    committed: Option<&'p str>,
    /// Whether it is a link that the commit holds.
    linked: bool,
    format: ObjectFormat,
}

fn look(
    entry: &Entry,
    tracked: Option<&TreeEntry>,
    format: ObjectFormat,
    input: &Input<'_>,
) -> Looked {
    let wanting = COLLECTORS
        .iter()
        .map(|collector| (*collector, collector.wants(&entry.path, input)))
        .filter(|(_, wants)| *wants != Wants::No)
        .collect();
    let compared = tracked.filter(|it| it.is_file() && entry.kind == EntryKind::File);
    let passing = Passing {
        entry,
        input,
        wanting,
        committed: compared.map(|it| it.object.as_str()),
        linked: entry.kind == EntryKind::Link && tracked.is_some(),
        format,
    };
    let wants = |wanted: &[Wants]| passing.wanting.iter().any(|(_, it)| wanted.contains(it));
    let large = entry.size > limits::HELD_BYTES && !passing.is(|it| matches!(it, Whence::Held(_)));
    if passing.is(|it| *it == Whence::Away) {
        return passing.away();
    }
    match (wants(&[Wants::Visit, Wants::Keep]), wants(&[Wants::Stream])) {
        (false, false) if passing.committed.is_none() => Looked::default(),
        (false, true) if large => passing.on_disk(),
        (false, false) if large => passing.compared(),
        _ => passing.held(),
    }
}

impl Passing<'_> {
    /// What is known of the file from elsewhere, where it does not lie at its place.
    fn known(&self) -> Option<&Known> {
        self.input.tree.again.as_ref()?.known(&self.entry.path)
    }

    fn is(&self, which: impl Fn(&Whence) -> bool) -> bool {
        self.known().is_some_and(|known| which(&known.whence))
    }

    /// Whether the file differs from the commit, where that is known and its bytes cannot tell.
    fn recorded(&self) -> Option<bool> {
        self.known().and_then(|known| known.changed)
    }

    /// Nothing can be said of a file whose bytes are not here, but that somebody wanted it.
    fn away(&self) -> Looked {
        if let (Some(again), false) = (&self.input.tree.again, self.wanting.is_empty()) {
            again.miss(&self.entry.path);
        }
        Looked {
            changed: self.committed.is_some() && self.recorded() == Some(true),
            ..Looked::default()
        }
    }

    /// Reads the file whole and hands it to everyone who wants it.
    fn held(&self) -> Looked {
        let bytes = match self.input.tree.read(self.entry) {
            Ok(bytes) => bytes,
            Err(problem) => return self.unread(&problem),
        };
        let same = |name: &str| match self.recorded() {
            Some(changed) => !changed,
            None => name == blob_name(self.format, &bytes),
        };
        let same = self.committed.is_some_and(same);
        let mut looked = Looked {
            changed: self.committed.is_some() && !same,
            read: true,
            ..Looked::default()
        };
        let file = File::new(self.entry.path.clone(), bytes, same || self.linked);
        for (collector, wants) in &self.wanting {
            if matches!(wants, Wants::Visit | Wants::Stream) {
                collector.visit(&file, self.input, &mut looked.sink);
            }
        }
        if !self.wanting.is_empty() {
            looked.sha256 = file.sha256().ok();
        }
        if self.wanting.iter().any(|(_, wants)| *wants == Wants::Keep) {
            looked.kept = Some(Ok(file));
        }
        looked
    }

    /// Leaves the file on disk, where those read it who want it all the same. Their reading also
    /// says whether it is what the commit holds.
    fn on_disk(&self) -> Looked {
        let names = self.committed.map(|_| self.format);
        let (full, path) = (&self.entry.full, &self.entry.path);
        let large = match Large::open(full, path, self.input.tree.caps, names) {
            Ok(large) => large,
            Err(problem) => return self.unread(&problem),
        };
        let (committed, tracked) = match self.recorded() {
            Some(changed) => (None, self.committed.is_some() && !changed),
            None => (self.committed.map(str::to_owned), false),
        };
        let file = File::on_disk(large, committed, tracked || self.linked);
        let mut looked = Looked {
            read: true,
            ..Looked::default()
        };
        for (collector, _) in &self.wanting {
            collector.visit(&file, self.input, &mut looked.sink);
        }
        looked.changed = self.committed.is_some() && !file.is_tracked();
        if self.committed.is_some() {
            // It was read to its end to be compared, so that its digest costs nothing more.
            looked.sha256 = file.sha256().ok();
        }
        looked
    }

    /// Hands nobody the file: it is too large, or cannot be read. It is compared all the same, and
    /// counts as changed where it cannot be.
    fn unread(&self, problem: &Unreadable) -> Looked {
        let mut looked = self.compared();
        if !self.wanting.is_empty() {
            looked.unread = Some(problem.clone());
        }
        for (collector, wants) in &self.wanting {
            match wants {
                Wants::Keep => looked.kept = Some(Err(problem.clone())),
                Wants::Visit | Wants::Stream => {
                    collector.unread(problem, self.input, &mut looked.sink);
                }
                Wants::No => {}
            }
        }
        looked
    }

    /// Only says whether the file is what the commit holds.
    fn compared(&self) -> Looked {
        let name = || blob_name_of(self.format, &self.entry.full).ok();
        let differs = |committed: &str| match self.recorded() {
            Some(changed) => changed,
            None => name().as_deref() != Some(committed),
        };
        Looked {
            changed: self.committed.is_some_and(differs),
            ..Looked::default()
        }
    }
}

/// Tracked files the walk did not come upon. One that was deleted changes the work tree; one below
/// a folder that cannot be read is a gap of every relation that wanted it; one below a folder that
/// is passed over on purpose, such as a bundle that was committed, is neither.
fn unreached(input: &Input<'_>, sink: &mut Sink) -> Vec<String> {
    let Some(repository) = input.repository else {
        unreached_without_git(input, sink);
        return Vec::new();
    };
    let mut gone = Vec::new();
    for entry in repository.scoped_entries().filter(|entry| entry.is_file()) {
        if input.tree.entry(&entry.path).is_some() {
            continue;
        }
        let mut above = input.tree.skipped.iter();
        let above = above.find(|skipped| {
            (skipped.unread || skipped.holds_bundles()) && skipped.is_above(&entry.path)
        });
        match above {
            Some(folder) if !folder.unread => {}
            Some(folder) => {
                let says = format!(
                    "the commit holds this file, but {} cannot be read",
                    folder.path
                );
                let wants = |it: &&&dyn Collector| it.wants(&entry.path, input) != Wants::No;
                unreadable(&entry.path, &says, COLLECTORS.iter().filter(wants), sink);
            }
            None => gone.push(entry.path.clone()),
        }
    }
    gone
}

/// Without a commit nobody knows what lies in a folder that cannot be read: it may be anything.
fn unreached_without_git(input: &Input<'_>, sink: &mut Sink) {
    for skipped in input.tree.skipped.iter().filter(|skipped| skipped.unread) {
        let says = format!("{}, so what lies in there is not known", skipped.reason);
        unreadable(&skipped.path, &says, COLLECTORS.iter(), sink);
    }
}

/// A gap in every relation of these collectors.
fn unreadable<'c>(
    path: &str,
    says: &str,
    collectors: impl Iterator<Item = &'c &'static dyn Collector>,
    sink: &mut Sink,
) {
    let remedy = "Make the folder readable.";
    let gap = Gap::at(Cause::Unreadable, &Source::file(path), says, remedy);
    for relation in collectors.flat_map(|collector| collector.spec().fills) {
        sink.gap(relation, gap.clone());
    }
}
