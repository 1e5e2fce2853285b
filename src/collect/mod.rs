//! Collectors: from files, reports and git to facts.
//!
//! Each collector is one file with one static [`Spec`] and one line in [`COLLECTORS`]. It says
//! which files it wants, is handed them read and hashed once, and puts items, gaps and exhibits
//! into a [`Sink`]. What it cannot read becomes a gap that names the file; nothing else is lost.

pub mod again;
mod bundles;
pub mod inventory;
mod package;
mod pass;
mod records;
mod register;
pub mod reports;
pub mod repository;
pub mod scene;
pub mod sink;
pub mod source;
pub mod watch;
pub mod worktree;

pub use pass::{Collected, collect};
pub use scene::{Input, Scene};
pub use sink::Sink;
pub use watch::{FileRead, Watch};

use crate::model::relation::Relation;
use crate::tree::{File, Unreadable};

/// What a collector is, for the type-checker, `audit relations` and the documentation.
pub struct Spec {
    /// Its name.
    pub name: &'static str,
    /// What it reads, as a person would look for it.
    pub reads: &'static str,
    /// The relations it fills.
    pub fills: &'static [&'static Relation],
    /// What it does, one sentence.
    pub about: &'static str,
}

/// What a collector does with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wants {
    /// Nothing.
    No,
    /// It is handed the file once, beside other files, in any order: [`Collector::visit`].
    Visit,
    /// The same, and a file that is too large to be held is handed over as one that stays on disk.
    Stream,
    /// The file is kept and can be asked for in [`Collector::collect`].
    Keep,
}

/// One source of facts.
pub trait Collector: Sync {
    /// What it is.
    fn spec(&self) -> &'static Spec;

    /// Whether it wants the file at a path, given from the git root.
    fn wants(&self, _path: &str, _input: &Input<'_>) -> Wants {
        Wants::No
    }

    /// Looks at one file. Called in parallel; must depend on nothing but the file and the input.
    fn visit(&self, _file: &File, _input: &Input<'_>, _sink: &mut Sink) {}

    /// Records a file it wanted to visit and that cannot be read.
    fn unread(&self, problem: &Unreadable, _input: &Input<'_>, sink: &mut Sink) {
        sink.unreadable(self.spec().fills, problem);
    }

    /// Revises what it put into the sink once it is known which tracked files of the work tree
    /// differ from the commit.
    fn revise(&self, _changed: &[String], _input: &Input<'_>, _sink: &mut Sink) {}

    /// Looks at the whole scene, after every file was read.
    fn collect(&self, _scene: &Scene<'_>, _sink: &mut Sink) {}
}

/// The registry. Its order is the order in which facts are gathered.
pub static COLLECTORS: &[&dyn Collector] = &[
    &repository::integrity::Integrity,
    &repository::sources::Sources,
    &repository::security::Security,
    &repository::ownership::Ownership,
    &repository::updates::Updates,
    &repository::locks::Locks,
    &repository::workflows::Workflows,
    &repository::hooks::Hooks,
    &repository::allowances::Allowances,
    &repository::configuration::Configuration,
    &repository::documents::Documents,
    &source::Source,
    &records::Records,
    &reports::search::Reports,
    &bundles::Bundles,
    &register::Register,
];
