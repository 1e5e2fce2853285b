//! The repository as a record: is its history whole, and is what git shows what is stored?

use crate::collect::{Collector, Scene, Sink, Spec};
use crate::git::Repository;
use crate::model::fact::{Item, Source};
use crate::model::gap::{Cause, Gap};
use crate::model::relations::REPOSITORY_INTEGRITY;

/// Fills `repository.integrity`.
pub struct Integrity;

static SPEC: Spec = Spec {
    name: "integrity",
    reads: "the git repository",
    fills: &[&REPOSITORY_INTEGRITY],
    about: "Says whether history is complete and what is stored is what git shows.",
};

impl Collector for Integrity {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn collect(&self, scene: &Scene<'_>, sink: &mut Sink) {
        let Some(repository) = scene.input.repository else {
            return;
        };
        if let Some(says) = &repository.unreadable {
            let gap = Gap::at(
                Cause::Unreadable,
                &Source::object("HEAD"),
                format!("the commit cannot be read: {says}"),
                "Fetch the missing objects, or clone again.",
            );
            sink.gap(&REPOSITORY_INTEGRITY, gap);
        }
        if repository.head.is_some() {
            let item = describe(repository, scene.input.check_objects, sink);
            sink.item(item);
        }
    }
}

fn describe(repository: &Repository, check_objects: bool, sink: &mut Sink) -> Item {
    let commit = repository
        .head
        .as_ref()
        .map(|head| head.commit.clone())
        .unwrap_or_default();
    let mut item = Item::new(&REPOSITORY_INTEGRITY, Source::object(&commit))
        .with("commit", commit)
        .with("shallow", repository.shallow)
        .with("replaced_objects", repository.replaced_objects)
        .with("grafts", repository.grafts)
        .with("checked_objects", "not asked");
    let mut unreadable = |what: &str, error: &crate::git::GitError| {
        let says = format!("{what}: {error}");
        let remedy = "Clone again, or run git fsck and mend what it names.";
        sink.gap(
            &REPOSITORY_INTEGRITY,
            Gap::at(Cause::Unreadable, &Source::object("HEAD"), says, remedy),
        );
    };
    match repository.missing_objects() {
        Ok(count) => item.set("missing_objects", count),
        Err(error) => unreadable("the objects of the commit cannot be counted", &error),
    }
    if check_objects {
        match repository.check_objects() {
            Ok(said) => item.set("checked_objects", said),
            Err(error) => unreadable("the objects cannot be checked", &error),
        }
    }
    item
}
