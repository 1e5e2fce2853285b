//! Python source, read by the collector that the program reads it with.

use std::sync::OnceLock;

use audit::collect::scene::ScopeGlobs;
use audit::collect::source::Source;
use audit::collect::{Collector, Input, Sink};
use audit::model::fact::{Item, Unlisted};
use audit::model::policy::Policy;
use audit::model::relations::RELATIONS;
use audit::model::time::Moment;
use audit::tree::{File, Tree};

/// What stands around the file: an empty folder, without a policy.
struct Around {
    tree: Tree,
    policy: Policy,
}

fn around() -> &'static Around {
    static AROUND: OnceLock<Around> = OnceLock::new();
    AROUND.get_or_init(|| Around {
        tree: Tree::default(),
        policy: Policy::default(),
    })
}

/// Looks at a file of Python.
pub fn look(bytes: &[u8]) {
    for path in ["pay/ledger.py", "tests/test_ledger.py"] {
        let (found, lines) = (read(path, bytes), lines(bytes));
        assert_eq!(found, read(path, bytes), "read twice, it says two things");
        for item in found.iter().flat_map(|(_, items, _)| items) {
            let line = item.get("line").as_int().unwrap_or(1);
            assert!(
                (1..=lines).contains(&line),
                "line {line} of {lines}: {item:?}"
            );
        }
    }
}

/// What was found, by relation: items, and what is counted and not listed.
type Found = Vec<(&'static str, Vec<Item>, Vec<Unlisted>)>;

fn read(path: &str, bytes: &[u8]) -> Found {
    let input = Input {
        tree: &around().tree,
        repository: None,
        policy: &around().policy,
        globs: ScopeGlobs::new(&around().policy).expect("globs"),
        as_of: Moment::from_epoch(1_795_000_000).expect("a moment"),
        check_objects: false,
        out: None,
        earlier: None,
    };
    let mut sink = Sink::default();
    Source.visit(&File::new(path, bytes, true), &input, &mut sink);
    let found = RELATIONS.iter().map(|relation| {
        (
            relation.name,
            sink.items(relation).to_vec(),
            sink.unlisted_of(relation).to_vec(),
        )
    });
    found.collect()
}

/// How many lines there are at the most, whatever ends a line.
fn lines(bytes: &[u8]) -> i64 {
    let ends = bytes
        .iter()
        .filter(|byte| matches!(byte, b'\n' | b'\r' | 12 | 0))
        .count();
    i64::try_from(ends).unwrap_or(i64::MAX - 1) + 1
}

/// Files of Python.
pub fn seed(path: &str, bytes: &[u8]) -> Vec<Vec<u8>> {
    if path.ends_with(".py") {
        vec![bytes.to_vec()]
    } else {
        Vec::new()
    }
}
