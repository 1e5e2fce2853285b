//! A folder of files for the tests of collectors, and what is read there.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::collect::scene::ScopeGlobs;
use crate::collect::{Input, collect};
use crate::model::fact::{Facts, Population};
use crate::model::policy::Policy;
use crate::model::time::Moment;
use crate::tree::Tree;
use crate::tree::walk::WalkOptions;

/// A folder that is removed with its last user.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The facts of a folder with these files, which is no repository. With a `scope` (ending in `/`)
/// only that part is examined, and the rest is there as the root above it.
pub(in crate::collect) fn facts(files: &[(&str, &str)], scope: &str) -> Facts {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("audit-governance-{}-{number}", std::process::id());
    let folder = Folder(std::env::temp_dir().join(name));
    for (path, content) in files {
        let full = folder.0.join(path);
        std::fs::create_dir_all(full.parent().expect("a parent")).expect("a folder");
        std::fs::write(full, content).expect("a file");
    }
    let walk = |scope: &str| {
        let options = WalkOptions {
            scope,
            tracks_below: &|_| false,
            out: None,
        };
        Tree::walk(&folder.0.join(scope), &options)
    };
    let mut tree = walk(scope);
    tree.extend(walk("").entries);
    let policy = Policy::default();
    let input = Input {
        tree: &tree,
        repository: None,
        policy: &policy,
        globs: ScopeGlobs::new(&policy).expect("globs"),
        as_of: Moment::from_epoch(0).expect("a moment"),
        check_objects: false,
        out: None,
        earlier: None,
    };
    collect(&input, &()).facts
}

/// One field of every item, as text.
pub(in crate::collect) fn column(population: &Population, field: &str) -> Vec<String> {
    let items = population.items.iter();
    items.map(|item| item.get(field).to_string()).collect()
}
