//! `manifest.json` and `SHA256SUMS`: what is in a bundle, by digest.
//!
//! The manifest holds integers, texts and ASCII keys only, in one line, so that its bytes are the
//! canonical form of RFC 8785 as well. It never holds the run's own name, which is computed from it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::sign::statement::{Statement, Status, Tested};
use super::{Bundle, Fault, canonical};
use crate::model::exhibit::{Content, Digest, Exhibit};
use crate::model::record::Environment;
use crate::model::result::{self as model, Outcome};
use crate::model::time::Moment;
use crate::tree::digest::sha256;

mod written;

use written::{
    Catalog, Clock, CommitSignature, Committed, ControlResult, Provenance, Redacted, Results,
    Runner, Subject, Tool,
};
pub use written::{LedgerBefore, Listed, Manifest};

/// A file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its path in the bundle, with `/`.
    pub path: String,
    /// Its bytes, or where they are copied from.
    pub content: Content,
    /// Their SHA-256.
    pub sha256: Digest,
    /// Their number.
    pub size: u64,
    /// What it is for: `report`, `definition`, `evidence`, `inventory`, `sources`, `guide`.
    pub role: &'static str,
    /// The media type.
    pub media_type: &'static str,
}

impl Member {
    /// A file with its bytes.
    pub fn new(
        path: impl Into<String>,
        bytes: Vec<u8>,
        role: &'static str,
        media_type: &'static str,
    ) -> Self {
        Self {
            path: path.into(),
            sha256: sha256(&bytes),
            size: bytes.len() as u64,
            content: Content::Held(bytes.into()),
            role,
            media_type,
        }
    }

    /// An exhibit at its place in the bundle.
    pub fn evidence(path: &str, exhibit: &Exhibit) -> Self {
        Self {
            path: path.to_owned(),
            content: exhibit.content.clone(),
            sha256: exhibit.sha256,
            size: exhibit.bytes,
            role: "evidence",
            media_type: "application/octet-stream",
        }
    }
}

/// The schema of the manifest.
pub const SCHEMA: &str = "audit/manifest/v1";

/// What is known only when a run is sealed.
#[derive(Debug, Clone, Default)]
pub struct Sealing {
    /// When it is sealed; nothing where the run has no clock but the time it was given.
    pub finished: Option<Moment>,
    /// A word from the auditor.
    pub challenge: Option<String>,
    /// The head of the ledger before the run.
    pub ledger_before: Option<LedgerBefore>,
}

/// The manifest of a bundle and its files.
pub fn manifest(bundle: &Bundle, members: &[Member], sealing: &Sealing) -> Manifest {
    let run = bundle.run();
    Manifest {
        catalog: Catalog {
            id: run.catalogue.name.clone(),
            sha256: run.catalogue.sha256,
            version: run.catalogue.version.clone(),
        },
        challenge: sealing.challenge.clone(),
        clock: Clock {
            as_of: run.as_of.to_string(),
            finished: sealing.finished.unwrap_or(run.as_of).to_string(),
            source: run.clock.name().to_owned(),
            started: run.as_of.to_string(),
        },
        config_sha256: configuration(members),
        files: listing(bundle, members),
        ledger_before: sealing.ledger_before.clone(),
        period: run.period.clone(),
        results: results(bundle),
        runner: runner(&run.environment),
        schema: SCHEMA.to_owned(),
        subject: subject(&run.subject),
        tool: Tool {
            name: "audit".to_owned(),
            sha256: run.tool.sha256,
            target: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
            version: run.tool.version.to_owned(),
        },
    }
}

impl Manifest {
    /// The bytes of `manifest.json`.
    ///
    /// # Errors
    /// None that outside input can cause; a defect of serialisation.
    pub fn bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        canonical::line(self)
    }

    /// Reads the bytes of `manifest.json`, in the one form in which it is written.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let manifest: Self = canonical::exact_line(bytes)?;
        if manifest.schema == SCHEMA {
            Ok(manifest)
        } else {
            let found = crate::model::text::excerpt(&manifest.schema);
            Err(Fault::new(format!("expected {SCHEMA}, found {found}")))
        }
    }

    /// The statement that is signed of a bundle with this manifest, which has this digest, and with
    /// sums of that digest.
    pub fn statement(&self, own: Digest, sums: Digest) -> Statement {
        Statement::of(&self.tested(own, sums))
    }

    /// `PASSED`, `WARNED` or `FAILED`, as the statement has it.
    pub fn result(&self) -> &'static str {
        let nothing = sha256(b"");
        self.tested(nothing, nothing).result()
    }

    fn tested(&self, own: Digest, sums: Digest) -> Tested<'_> {
        let subject = &self.subject;
        let config = self.config_sha256.map(|digest| ("configuration", digest));
        let controls = self.results.controls.iter();
        Tested {
            files: vec![("manifest.json", own), ("SHA256SUMS", sums)],
            repository: &subject.repository,
            commit: subject.commit.as_deref(),
            tree: subject.worktree_tree.as_deref(),
            dirty: subject.dirty,
            configuration: std::iter::once(("catalogue", self.catalog.sha256))
                .chain(config)
                .collect(),
            controls: controls.map(|it| (it.id.as_str(), it.status)).collect(),
        }
    }

    /// The digests over the catalogue and over the configuration that the listed files come to.
    pub fn definitions(&self) -> (Digest, Option<Digest>) {
        let below = |of_policy: bool| {
            let files = self.files.iter().filter_map(move |file| {
                let path = file.path.strip_prefix(DEFINITIONS)?;
                (path.starts_with(POLICY) == of_policy).then_some((path, file.sha256))
            });
            listed_digest(files.collect())
        };
        let nothing = sha256(b"");
        (below(false).unwrap_or(nothing), below(true))
    }
}

/// Where catalogue and policy lie in a bundle.
const DEFINITIONS: &str = "controls/";
/// Where the policy lies there.
const POLICY: &str = "policy/";

/// The digest over policy, waivers and added controls; nothing where there are none.
fn configuration(members: &[Member]) -> Option<Digest> {
    let files = members.iter().filter_map(|member| {
        let path = member.path.strip_prefix(DEFINITIONS)?;
        path.starts_with(POLICY).then_some((path, member.sha256))
    });
    listed_digest(files.collect())
}

/// The digest over files, listed as `SHA256SUMS` lists files.
fn listed_digest(files: BTreeMap<&str, Digest>) -> Option<Digest> {
    if files.is_empty() {
        return None;
    }
    let mut list = String::new();
    for (path, digest) in files {
        let _ = writeln!(list, "{digest}  {path}");
    }
    Some(sha256(list.as_bytes()))
}

fn subject(subject: &crate::model::run::Subject) -> Subject {
    let status = |kind: &str| {
        if kind == "none" {
            "none"
        } else {
            "not-checked"
        }
    };
    Subject {
        branch: subject.branch.clone(),
        commit: subject.commit.clone(),
        commit_signature: subject.commit_signature.map(|kind| CommitSignature {
            kind: kind.to_owned(),
            status: status(kind).to_owned(),
        }),
        dirty: subject.dirty,
        head_tree: subject.tree.clone(),
        object_format: subject.object_format.map(str::to_owned),
        repository: subject.name.clone(),
        scope: subject.scope.clone(),
        shallow: subject.shallow,
        submodules: subject.submodules.clone(),
        worktree_tree: subject.worktree_tree.clone(),
    }
}

fn runner(environment: &Environment) -> Runner {
    let said = |name: &str| environment.claims.iter().any(|claim| claim.name == name);
    let kind = match () {
        () if said("GITHUB_ACTIONS") => "github-actions",
        () if said("GITLAB_CI") => "gitlab",
        () => "local",
    };
    Runner {
        claims: environment.claims.clone(),
        kind: kind.to_owned(),
        trust: environment.trust.clone(),
    }
}

fn results(bundle: &Bundle) -> Results {
    let run = bundle.run();
    let counts = run.counts();
    let evidence = |result: &model::ControlResult| {
        let paths = result.evidence.iter();
        let mut paths: Vec<String> = paths
            .filter_map(|path| bundle.evidence_path(path).map(str::to_owned))
            .collect();
        paths.sort();
        paths.dedup();
        paths
    };
    let controls = run.results.iter().map(|result| ControlResult {
        evidence: evidence(result),
        id: result.control.clone(),
        status: status(result),
    });
    Results {
        controls: controls.collect(),
        did_not_occur: counts.did_not_occur,
        exceptions: counts.exceptions,
        fail_on: bundle.fail_on().name().to_owned(),
        gate: bundle.gate().name().to_owned(),
        none_noted: counts.none_noted,
        not_applicable: counts.not_applicable,
        not_tested: counts.not_tested,
        waived: counts.waived,
    }
}

/// A gap beside another result leaves the control not wholly tested, which is no pass.
fn status(result: &model::ControlResult) -> Status {
    match result.outcome {
        Outcome::ExceptionsNoted if result.unwaived() > 0 => Status::Exceptions,
        Outcome::NotTested => Status::NotTested,
        _ if !result.gaps.is_empty() => Status::NotTested,
        Outcome::ExceptionsNoted => Status::Waived,
        Outcome::NoExceptionsNoted => Status::NoExceptions,
        Outcome::DidNotOccur => Status::DidNotOccur,
        Outcome::NotApplicable => Status::NotApplicable,
    }
}

/// The files of a bundle, each with the exhibit it is, where it is one.
fn listing(bundle: &Bundle, members: &[Member]) -> Vec<Listed> {
    let readers = readers(bundle);
    let exhibits = &bundle.run().exhibits;
    let by_path: BTreeMap<&str, &Exhibit> = exhibits
        .iter()
        .rev()
        .filter_map(|exhibit| Some((bundle.evidence_path(&exhibit.path)?, exhibit)))
        .collect();
    let listed = |member: &Member| {
        let exhibit = by_path.get(member.path.as_str()).copied();
        let controls = |exhibit: &Exhibit| readers.get(exhibit.path.as_str()).cloned();
        Listed {
            control: exhibit.map(|exhibit| controls(exhibit).unwrap_or_default()),
            media_type: member.media_type.to_owned(),
            origin: exhibit.map(provenance),
            path: member.path.clone(),
            redaction: exhibit.and_then(redacted),
            role: member.role.to_owned(),
            sha256: member.sha256,
            size: member.size,
        }
    };
    members.iter().map(listed).collect()
}

fn provenance(exhibit: &Exhibit) -> Provenance {
    Provenance {
        level: exhibit.level.name().to_owned(),
        produced_at: exhibit.produced_at.clone(),
        record: exhibit.record.clone(),
        source: exhibit.path.clone(),
        tool: exhibit.tool.clone(),
        tool_version: exhibit.tool_version.clone(),
        tracked: exhibit.tracked,
    }
}

fn redacted(exhibit: &Exhibit) -> Option<Redacted> {
    let redaction = exhibit.redaction.as_ref()?;
    let committed = redaction.commitment.as_ref().map(|it| Committed {
        alg: it.alg.clone().into_owned(),
        key_id: it.key_id,
        value: it.value,
    });
    Some(Redacted {
        changed: true,
        commitment: committed,
        fields: redaction.fields.clone(),
        profile: redaction.profile.clone().into_owned(),
    })
}

/// The controls that looked at each exhibit.
fn readers(bundle: &Bundle) -> BTreeMap<&str, Vec<String>> {
    let mut readers: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for result in &bundle.run().results {
        for path in &result.evidence {
            readers
                .entry(path)
                .or_default()
                .push(result.control.clone());
        }
    }
    readers
}

/// The bytes of `SHA256SUMS`: what `sha256sum -c` reads, sorted by the bytes of the path.
pub fn sums(members: &[Member]) -> Vec<u8> {
    let mut lines: Vec<(&str, Digest)> = members
        .iter()
        .map(|member| (member.path.as_str(), member.sha256))
        .collect();
    lines.sort_by(|left, right| left.0.as_bytes().cmp(right.0.as_bytes()));
    let mut list = String::new();
    for (path, digest) in lines {
        let _ = writeln!(list, "{digest}  {path}");
    }
    list.into_bytes()
}
