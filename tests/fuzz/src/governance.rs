//! Files that govern a repository, read by every collector of the program, one file a time among
//! some that never change.

use std::sync::OnceLock;

use audit::collect::scene::ScopeGlobs;
use audit::collect::{Input, collect};
use audit::model::policy::Policy;
use audit::model::time::Moment;
use audit::tree::walk::EntryKind;
use audit::tree::{Entry, Tree};

use crate::folder;

/// Where the file may lie; its first byte says which.
const PATHS: [&str; 46] = [
    ".github/CODEOWNERS",
    ".gitlab/CODEOWNERS",
    ".github/dependabot.yml",
    ".dependabot/config.yml",
    "renovate.json",
    "renovate.json5",
    ".renovaterc",
    "package.json",
    ".github/workflows/ci.yml",
    "action.yml",
    ".pre-commit-config.yaml",
    "pyproject.toml",
    "setup.cfg",
    "tox.ini",
    "ruff.toml",
    ".coveragerc",
    "mypy.ini",
    "pytest.ini",
    ".bandit",
    "requirements.txt",
    "requirements/dev.in",
    "Pipfile",
    "Pipfile.lock",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "pylock.toml",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "Cargo.toml",
    "Cargo.lock",
    "go.mod",
    "go.sum",
    "SECURITY.md",
    "docs/threat-model.md",
    "SSDLC.md",
    ".gitleaks.toml",
    ".gitleaksignore",
    ".audit/runs/x.json",
    ".gitignore",
    "go.work",
    "setup.py",
    "scripts/install.sh",
    "npm-shrinkwrap.json",
    "environment.yml",
];

/// What lies beside it, unless it takes that place.
const BESIDE: [(&str, &str); 6] = [
    ("pay/ledger.py", "import os\n"),
    ("pay/api/v1.go", "package api\n"),
    (
        "pyproject.toml",
        "[project]\nname = \"x\"\ndependencies = [\"requests\"]\n",
    ),
    (
        "package.json",
        "{\"name\": \"x\", \"dependencies\": {\"left-pad\": \"1.0.0\"}}\n",
    ),
    ("go.mod", "module x\n\ngo 1.22\n"),
    (
        ".github/workflows/other.yml",
        "on: push\njobs:\n  a:\n    runs-on: x\n    steps: []\n",
    ),
];

fn beside() -> &'static [Entry] {
    static BESIDES: OnceLock<Vec<Entry>> = OnceLock::new();
    BESIDES.get_or_init(|| {
        BESIDE
            .iter()
            .map(|(path, text)| entry(path, text.as_bytes()))
            .collect()
    })
}

fn entry(path: &str, bytes: &[u8]) -> Entry {
    // What takes the place of a file beside it must not be written over it.
    let full = folder::write(&format!("{}/{path}", bytes.len().min(1)), bytes);
    Entry {
        path: path.to_owned(),
        full,
        kind: EntryKind::File,
        size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
    }
}

/// Looks at a file; its first byte says where it lies.
pub fn look(bytes: &[u8]) {
    let Some((which, bytes)) = bytes.split_first() else {
        return;
    };
    let path = PATHS[usize::from(*which) % PATHS.len()];
    let mut entries: Vec<Entry> = beside()
        .iter()
        .filter(|entry| entry.path != path)
        .cloned()
        .collect();
    let full = folder::write(&format!("given/{path}"), bytes);
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    entries.push(Entry {
        path: path.to_owned(),
        full,
        kind: EntryKind::File,
        size,
    });
    entries.sort_by(|one, other| one.path.cmp(&other.path));
    let tree = Tree {
        entries,
        ..Tree::default()
    };
    let policy = Policy::default();
    let read = || {
        let input = Input {
            tree: &tree,
            repository: None,
            policy: &policy,
            globs: ScopeGlobs::new(&policy).expect("globs"),
            as_of: Moment::from_epoch(1_795_000_000).expect("a moment"),
            check_objects: false,
            out: None,
            earlier: None,
        };
        let collected = collect(&input, &());
        (collected.facts, collected.exhibits, collected.changed)
    };
    assert!(read() == read(), "read twice, it says two things");
}

/// A file of a repository, with the byte that says where it lies.
pub fn seed(path: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let is = |known: &&str| path.ends_with(&format!("/{known}"));
    let workflow = path
        .contains("/.github/workflows/")
        .then_some(".github/workflows/ci.yml");
    let name = path.rsplit('/').next().unwrap_or(path);
    let ends = |known: &&&str| known.rsplit('/').next() == Some(name);
    let known = workflow
        .or_else(|| PATHS.iter().find(|known| is(known)).copied())
        .or_else(|| PATHS.iter().find(|known| ends(known)).copied())?;
    let at = PATHS.iter().position(|path| *path == known)?;
    Some([&[u8::try_from(at).ok()?], bytes].concat())
}
