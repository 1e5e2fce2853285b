//! What was taken from the record of the run, and not derived: said of every bundle, so that nobody
//! takes it for shown.

use super::Reperformed;
use super::supply::Clone;
use crate::model::text::excerpt;
use crate::render::table::{count, number};

/// Each thing that was taken from the record, in words.
pub(super) fn taken(done: &Reperformed) -> Vec<String> {
    let inventory = &done.bundle.inventory;
    let mut taken = of_git(done);
    let rows = &inventory.files;
    let other = rows.iter().filter(|row| {
        row.object.is_some() && row.bytes.is_some() && done.bundle.digest(row).is_none()
    });
    let other = other.count();
    if other > 0 {
        taken.push(format!(
            "that {} nobody looked into were as the commit has them, but for those it names",
            count(other, "file that", "files that")
        ));
    }
    let nothing = done.derived.resting.nothing_came.len();
    if nothing > 0 {
        taken.push(format!(
            "that nothing came of {} looked into and not shipped: {}",
            count(nothing, "file", "files"),
            named(&done.derived.resting.nothing_came)
        ));
    }
    let unread = rows.iter().filter(|row| row.unread.is_some()).count();
    if unread > 0 {
        let files = count(unread, "file", "files");
        taken.push(format!("why {files} could not be read"));
    }
    let redacted = rows.iter().filter(|row| row.redacted).count();
    if redacted > 0 {
        taken.push(format!(
            "what was taken out of {} before it was sealed",
            count(redacted, "file", "files")
        ));
    }
    let earlier = inventory.earlier.bundles.len() + inventory.earlier.gaps.len();
    if earlier > 0 {
        let bundles = count(earlier, "bundle", "bundles");
        taken.push(format!("how {bundles} of earlier runs stood"));
    }
    let claims = done.bundle.manifest.runner.claims.len();
    if claims > 0 {
        let claims = count(claims, "claim", "claims");
        taken.push(format!("{claims} of the pipeline about itself"));
    }
    taken
}

/// What was taken from what git said.
fn of_git(done: &Reperformed) -> Vec<String> {
    let inventory = &done.bundle.inventory;
    let mut taken = Vec::new();
    let short = |name: &str| name.chars().take(12).collect::<String>();
    if let Some(git) = &inventory.git {
        if let Some(head) = &git.head {
            let commit = short(&excerpt(&head.commit));
            taken.push(match (&done.clone, done.derived.tree_holds) {
                (Clone::Agrees, _) => {
                    format!(
                        "when {commit} was committed; your clone has it, with that tree and files"
                    )
                }
                (_, Some(true)) => format!(
                    "that {commit} is the commit of tree {}, to which the listed files come",
                    short(&excerpt(&head.tree))
                ),
                _ => format!("that {commit} is the commit, and which files it has"),
            });
        }
        let answers = &git.answers;
        let asked = answers.committed_since.len()
            + answers.past.len()
            + usize::from(answers.newest_change.is_some())
            + usize::from(answers.missing_objects.is_some())
            + usize::from(answers.checked_objects.is_some());
        taken.push(format!(
            "what git said of branch, clone and history: {}",
            count(asked, "answer", "answers")
        ));
    }
    taken
}

/// The first of some files, and how many more there are.
pub(super) fn named<'p>(files: impl IntoIterator<Item = &'p String>) -> String {
    const NAMED: usize = 3;
    let files: Vec<&String> = files.into_iter().collect();
    let mut named: Vec<String> = files.iter().take(NAMED).map(|it| excerpt(it)).collect();
    if let Some(more) = files.len().checked_sub(NAMED).filter(|more| *more > 0) {
        named.push(format!("{} more", number(more)));
    }
    named.join(", ")
}
