//! Governance of the repository: policies, updates, hooks, configuration, history.

use super::super::relation::{Idiom, Kind, Origin, Relation};
use super::{IDENTITY, LINE, PATH, field};

/// The security policy in force.
pub static SECURITY_POLICY: Relation = Relation {
    name: "security.policy",
    item: "the security policy in force",
    noun: ("security policy", "security policies"),
    fields: &[
        PATH,
        field(
            "contacts",
            Kind::Texts,
            "private ways to report: e-mail addresses, forms, advisories",
        ),
        field(
            "acknowledgement_hours",
            Kind::Int,
            "the promised time to a first answer; a business day counts 24",
        ),
        field(
            "supported_versions",
            Kind::Bool,
            "whether it says which versions are supported",
        ),
        field(
            "disclosure",
            Kind::Bool,
            "whether it gives a time line of disclosure",
        ),
        field(
            "safe_harbour",
            Kind::Bool,
            "whether it promises not to pursue research in good faith",
        ),
        field(
            "placeholders",
            Kind::Texts,
            "template text that was never filled in",
        ),
    ],
    shown: &[],
    idioms: &[],
    origin: Origin::Tree,
    sought: "SECURITY.md in .github/, the root or docs/",
    remedy: "Add SECURITY.md: a private contact, times, supported versions, disclosure, safe harbour.",
};

/// Entries of update automation.
pub static UPDATE_ENTRY: Relation = Relation {
    name: "update.entry",
    item: "an `updates` entry of Dependabot, or a Renovate configuration",
    noun: ("update entry", "update entries"),
    fields: &[
        field("tool", Kind::Text, "dependabot or renovate"),
        PATH,
        LINE,
        field(
            "ecosystem",
            Kind::Text,
            "the ecosystem as Dependabot names it",
        ),
        field("directory", Kind::Text, "one directory it covers"),
        field("interval", Kind::Text, "how often, as written"),
    ],
    shown: &["ecosystem", "directory", "interval"],
    idioms: &[],
    origin: Origin::Tree,
    sought: ".github/dependabot.yml or .yaml, and Renovate's configuration in its ten places",
    remedy: "Add .github/dependabot.yml with one entry for each ecosystem and directory.",
};

/// Files that declare dependencies.
pub static MANIFEST_FILE: Relation = Relation {
    name: "manifest.file",
    item: "a file that declares dependencies",
    noun: ("manifest", "manifests"),
    fields: &[
        PATH,
        field(
            "ecosystem",
            Kind::Text,
            "the ecosystem as Dependabot names it",
        ),
        field("covered", Kind::Bool, "whether an update entry watches it"),
    ],
    shown: &["ecosystem"],
    idioms: &[],
    origin: Origin::Tree,
    sought: "pyproject.toml, package.json, Cargo.toml, go.mod, Dockerfile, workflows and others",
    remedy: "Declare dependencies in a manifest that update automation can read.",
};

/// Manifests with the lock file that fixes what they declare.
pub static MANIFEST_LOCK: Relation = Relation {
    name: "manifest.lock",
    item: "a file that declares dependencies which a lock file can fix",
    noun: ("manifest to lock", "manifests to lock"),
    fields: &[
        PATH,
        field(
            "ecosystem",
            Kind::Text,
            "pip, npm, cargo or gomod, as Dependabot names them",
        ),
        field(
            "locked",
            Kind::Bool,
            "whether a lock file fixes every version, or the file does so itself",
        ),
        field("lock", Kind::Text, "that file, from the git root"),
        field("packages", Kind::Int, "packages that it fixes"),
        field(
            "unhashed",
            Kind::Int,
            "those from outside that it gives no digest of",
        ),
        field("examples", Kind::Texts, "the first of those"),
    ],
    shown: &["ecosystem", "lock"],
    idioms: &[],
    origin: Origin::Tree,
    sought: "pyproject.toml, requirements files, Pipfile, package.json, Cargo.toml, go.mod",
    remedy: "Commit the lock file that the package manager writes.",
};

/// Documents by which development is governed.
pub static DOCUMENT_FILE: Relation = Relation {
    name: "document.file",
    item: "a policy of secure development, or a threat model",
    noun: ("document", "documents"),
    fields: &[
        PATH,
        field(
            "kind",
            Kind::Text,
            "development-policy or threat-model, by its name",
        ),
        field(
            "reviewed",
            Kind::Time,
            "the latest day on which it says it was reviewed",
        ),
        field(
            "missing",
            Kind::Texts,
            "what a development policy leaves unsaid: code-review, testing, emergency, fix-times (numbers for critical and high)",
        ),
    ],
    shown: &["kind"],
    idioms: &[],
    origin: Origin::Tree,
    sought: "threat-model.md, secure-development.md, sdlc.md and their variants, in any folder",
    remedy: "Write the document as text, and say in it when it was reviewed.",
};

/// What a secret scanner is told to pass over.
pub static SECRETS_ALLOWANCE: Relation = Relation {
    name: "secrets.allowance",
    item: "something that gitleaks is told to pass over",
    noun: (
        "allowance of the secret scanner",
        "allowances of the secret scanner",
    ),
    fields: &[
        PATH,
        LINE,
        field(
            "kind",
            Kind::Text,
            "path, pattern, commit, word, fingerprint, disabled-rule, or default-rules where the configuration has none of the usual rules",
        ),
        field(
            "value",
            Kind::Text,
            "what is named; patterns and words are not repeated, as they may hold the value itself",
        ),
        field(
            "rule",
            Kind::Text,
            "the rule it is for, where it is not for all",
        ),
        field("reason", Kind::Text, "why, as written"),
        field(
            "broad",
            Kind::Bool,
            "whether almost anything fits it: no three letters or digits in a row have to be there",
        ),
    ],
    shown: &["kind", "value"],
    idioms: &[],
    origin: Origin::Tree,
    sought: ".gitleaks.toml, .gitleaksignore",
    remedy: "Mend the configuration of gitleaks, then run again.",
};

/// Packages that lock files fix.
pub static LOCK_PACKAGE: Relation = Relation {
    name: "lock.package",
    item: "a package that a lock file fixes",
    noun: ("locked package", "locked packages"),
    fields: &[
        field("path", Kind::Text, "the lock file, from the git root"),
        field(
            "ecosystem",
            Kind::Text,
            "pip, npm, cargo or gomod, as Dependabot names them",
        ),
        field("name", Kind::Text, "the package"),
        field(
            "version",
            Kind::Text,
            "its version; what comes from a place instead of a registry may have none",
        ),
        IDENTITY,
        field(
            "needed",
            Kind::Text,
            "always, development or optional, as far as the lock file says when it is installed",
        ),
    ],
    shown: &["identity"],
    idioms: &[],
    origin: Origin::Tree,
    sought: "uv.lock, poetry.lock, pdm.lock, pylock.toml, Pipfile.lock, lists of requirements, \
             package-lock.json, yarn.lock, pnpm-lock.yaml, bun.lock, Cargo.lock, go.sum",
    remedy: "Commit the lock file that the package manager writes.",
};

/// Repositories that pre-commit takes hooks from.
pub static HOOK_REPOSITORY: Relation = Relation {
    name: "hook.repository",
    item: "a `repos` entry of pre-commit",
    noun: ("hook repository", "hook repositories"),
    fields: &[
        PATH,
        LINE,
        field(
            "repository",
            Kind::Text,
            "the repository, or local, meta, builtin",
        ),
        field("revision", Kind::Text, "the revision as written"),
        field(
            "pin",
            Kind::Text,
            "sha, short-sha, tag, branch, local or missing",
        ),
    ],
    shown: &["repository", "revision", "pin"],
    idioms: &[Idiom {
        field: "pin",
        comparator: "ne",
        values: &["local"],
        words: "from outside",
    }],
    origin: Origin::Tree,
    sought: ".pre-commit-config.yaml",
    remedy: "Add .pre-commit-config.yaml; its first hook scans for secrets.",
};

/// Hooks of pre-commit.
pub static HOOK_ENTRY: Relation = Relation {
    name: "hook.entry",
    item: "a hook of pre-commit",
    noun: ("hook", "hooks"),
    fields: &[
        PATH,
        LINE,
        field("id", Kind::Text, "its id"),
        field("repository", Kind::Text, "the repository it comes from"),
        field(
            "position",
            Kind::Int,
            "its place over the whole file, from 1",
        ),
    ],
    shown: &["id", "position"],
    idioms: &[Idiom {
        field: "position",
        comparator: "eq",
        values: &["1"],
        words: "that runs first",
    }],
    origin: Origin::Tree,
    sought: ".pre-commit-config.yaml",
    remedy: "Add .pre-commit-config.yaml; its first hook scans for secrets.",
};

/// Settings of tools as they take effect.
pub static CONFIGURATION_SETTING: Relation = Relation {
    name: "configuration.setting",
    item: "a setting of a tool as it takes effect",
    noun: ("setting", "settings"),
    fields: &[
        field("tool", Kind::Text, "ruff, mypy, coverage, bandit or pytest"),
        field("key", Kind::Text, "its name, without the tool's section"),
        field("value", Kind::Open, "its value"),
        PATH,
        field("section", Kind::Text, "the section it stands in"),
    ],
    shown: &["tool", "key", "value"],
    idioms: &[],
    origin: Origin::Tree,
    sought: "pyproject.toml, setup.cfg, tox.ini and the tools' own files",
    remedy: "Configure the tool in pyproject.toml.",
};

/// What settings amount to.
pub static CONFIGURATION_CHECK: Relation = Relation {
    name: "configuration.check",
    item: "a check of a tool, and whether it is in force",
    noun: ("check", "checks"),
    fields: &[
        field("tool", Kind::Text, "ruff, mypy, coverage, bandit or pytest"),
        field(
            "check",
            Kind::Text,
            "ruff: a family of rules by its prefix; mypy: a flag of --strict, strict as their sum, missing-imports; coverage: fail_under, branch, everything-measured; bandit: every-test; pytest: strict-markers, xfail_strict",
        ),
        field("active", Kind::Bool, "whether it is in force"),
        field(
            "except",
            Kind::Texts,
            "for what it is not: codes, files or modules",
        ),
        field("number", Kind::Int, "its number, for fail_under"),
        PATH,
        field(
            "because",
            Kind::Text,
            "the setting that decides; none where it is the default",
        ),
    ],
    shown: &["tool", "check", "active"],
    idioms: &[],
    origin: Origin::Tree,
    sought: CONFIGURATION_SETTING.sought,
    remedy: "Configure the tool in pyproject.toml.",
};

/// Files of source code.
pub static SOURCE_FILE: Relation = Relation {
    name: "source.file",
    item: "a tracked file of source code",
    noun: ("source file", "source files"),
    fields: &[
        PATH,
        field(
            "language",
            Kind::Text,
            "python, javascript, go, rust, java and others, by the file's name",
        ),
        field(
            "scope",
            Kind::Text,
            "production, tests, vendored, generated or examples",
        ),
    ],
    shown: &["language"],
    idioms: &[Idiom {
        field: "scope",
        comparator: "eq",
        values: &["production"],
        words: "of production",
    }],
    origin: Origin::Tree,
    sought: "tracked files with the ending of a programming language",
    remedy: "Commit the source.",
};

/// The repository as a record.
pub static REPOSITORY_INTEGRITY: Relation = Relation {
    name: "repository.integrity",
    item: "the repository as a record of its history",
    noun: ("repository", "repositories"),
    fields: &[
        field("commit", Kind::Text, "the examined commit"),
        field(
            "shallow",
            Kind::Bool,
            "whether older history was left out of the clone",
        ),
        field(
            "replaced_objects",
            Kind::Int,
            "refs under refs/replace, which make git show other content",
        ),
        field(
            "grafts",
            Kind::Bool,
            "whether a grafts file rewrites parents",
        ),
        field(
            "missing_objects",
            Kind::Int,
            "objects named by the examined commit that the clone does not hold",
        ),
        field(
            "checked_objects",
            Kind::Text,
            "what `git fsck` said: not asked, clean, or faults",
        ),
    ],
    shown: &[],
    idioms: &[],
    origin: Origin::Git,
    sought: "a git repository",
    remedy: "Run audit in a clone; an archive has no history, and may leave files out.",
};
