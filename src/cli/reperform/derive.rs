//! Derives facts and results again: the same loading, the same collectors and the same engine as in a
//! run, over what the bundle holds.

use std::collections::{BTreeMap, BTreeSet};

use super::bundle::{Bundle, Refused};
use super::lay;
use super::supply::Supplied;
use crate::cli::claims;
use crate::cli::conclusion::{evaluated, inject};
use crate::cli::register::Register;
use crate::collect::again::Resting;
use crate::collect::scene::ScopeGlobs;
use crate::collect::{Collected, Input, collect};
use crate::git::Repository;
use crate::load::{
    ATTESTATIONS, Adoption, Plan, Problem, Signed, Source, Text, WAIVERS, load, load_statements,
    shape,
};
use crate::model::attestation::Signature;
use crate::model::control::Severity;
use crate::model::exhibit::Digest;
use crate::model::period::Period;
use crate::model::record::{Claim, Environment};
use crate::model::relations::ENVIRONMENT_CLAIM;
use crate::model::run::{Clock, Run, Subject};
use crate::model::time::Moment;
use crate::model::waiver::WaiversFrom;
use crate::seal;
use crate::tree::{Tree, file};

/// What was derived.
pub(super) struct Derived {
    /// The run, sealed in memory.
    pub(super) bundle: seal::Bundle,
    /// What rests on bytes or answers that are not here.
    pub(super) resting: Resting,
    /// Files whose bytes are not here, though a collector would look into them.
    pub(super) missed: BTreeSet<String>,
    /// What git was asked that the record has no answer to.
    pub(super) unanswered: BTreeSet<String>,
    /// Files that differ from the commit, as far as their bytes are here.
    pub(super) changed: Vec<String>,
    /// Whether the files of the commit come to the tree that it is said to have.
    pub(super) tree_holds: Option<bool>,
}

fn broken(says: &str) -> Refused {
    let title = format!("expected a bundle that can be re-performed: {says}");
    let fix = "Do not rely on this bundle; ask for it again from where it was first stored.";
    Refused::Broken(Problem::new("bundle", title, fix))
}

/// Derives everything again.
pub(super) fn derive(bundle: &Bundle, supplied: &Supplied) -> Result<Derived, Refused> {
    let tree = lay::tree(bundle, supplied);
    let repository = lay::repository(bundle).map_err(|says| broken(&says))?;
    let adoption = adoption(bundle, &tree)?;
    let plan = plan(bundle, &adoption)?;
    let register = register(bundle, &adoption, &plan)?;
    let (statements, _) = load_statements(&adoption.attestations, &plan.controls);
    let as_of = Moment::parse(&bundle.manifest.clock.as_of);
    let as_of = as_of.ok_or_else(|| broken("it says no time"))?;
    let policy = plan.policy.clone();
    let input = Input {
        tree: &tree,
        repository: repository.as_ref(),
        policy: &policy,
        globs: ScopeGlobs::new(&policy).map_err(|says| broken(&says))?,
        as_of,
        check_objects: bundle.inventory.check_objects,
        out: None,
        earlier: Some(&bundle.inventory.earlier),
    };
    let mut collected = collect(&input, &());
    unchanged(bundle, &collected)?;
    let changed = collected.changed.clone();
    let missed = tree.again.as_ref().map(crate::tree::Again::missed);
    let missed = missed.unwrap_or_default();
    let rows = &bundle.inventory.files;
    let rows = rows.iter().map(|row| (row.path.as_str(), row)).collect();
    let code: BTreeSet<&str> = bundle.sources.keys().map(String::as_str).collect();
    let mut resting = Resting::on(&missed, &rows, &code, &input);
    let unanswered = repository.as_ref().map(Repository::unanswered);
    let unanswered = unanswered.unwrap_or_default();
    for question in &unanswered {
        resting.without_answer(question);
    }
    inject(&mut collected.facts, &register, &statements, as_of);
    let claims = &bundle.manifest.runner.claims;
    say_claims(&mut collected, claims, repository.as_ref());
    let waivers = register.states(&[], as_of);
    let mut plan = plan;
    plan.definitions.extend(register.shipped.clone());
    let mut run = evaluated(
        plan,
        collected,
        subject(bundle, repository.as_ref()),
        (waivers, register.from.clone()),
        (as_of, clock(bundle)?, period(bundle, as_of)),
        (
            Vec::new(),
            Environment::of(claims.clone()),
            bundle.inventory.clone(),
        ),
    );
    run.tool.sha256 = bundle.manifest.tool.sha256;
    Ok(Derived {
        bundle: sealed(run, bundle)?,
        resting,
        missed,
        unanswered,
        changed,
        tree_holds: tree_holds(repository.as_ref()),
    })
}

/// What the pipeline said of itself, as facts.
fn say_claims(collected: &mut Collected, said: &[Claim], repository: Option<&Repository>) {
    let head = repository.and_then(|repository| repository.head.as_ref());
    let claims = claims::population(said, head.map(|head| head.commit.as_str()));
    collected.facts.insert(ENVIRONMENT_CLAIM.name, claims);
}

fn sealed(run: Run, bundle: &Bundle) -> Result<seal::Bundle, Refused> {
    let fail_on = &bundle.manifest.results.fail_on;
    let fail_on = Severity::parse(fail_on);
    let fail_on = fail_on.ok_or_else(|| broken("it says no severity for its gate"))?;
    let sealed = seal::Bundle::new(run, fail_on);
    Ok(if bundle.signed {
        sealed.to_be_signed()
    } else {
        sealed
    })
}

/// What was read has to be what was verified: the files of the bundle may have changed since.
fn unchanged(bundle: &Bundle, collected: &Collected) -> Result<(), Refused> {
    let rows = bundle.inventory.files.iter();
    let sealed: BTreeMap<&str, Digest> = rows
        .filter_map(|row| Some((row.path.as_str(), bundle.digest(row)?)))
        .collect();
    let read = collected.read.iter();
    let read = read.filter_map(|read| Some((read.path.as_str(), read.sha256?)));
    let exhibits = collected.exhibits.iter();
    let exhibits = exhibits
        .filter(|it| it.redaction.is_none())
        .map(|it| (it.path.as_str(), it.sha256));
    for (path, digest) in read.chain(exhibits) {
        if sealed.get(path) != Some(&digest) {
            let path = crate::model::text::excerpt(path);
            return Err(broken(&format!("{path} changed while it was looked at")));
        }
    }
    Ok(())
}

/// The name of the tree is computed from the files of the commit, so that none of them can be left out
/// or added.
fn tree_holds(repository: Option<&Repository>) -> Option<bool> {
    let repository = repository?;
    let head = repository.head.as_ref()?;
    let whole = repository.unreadable.is_none();
    whole.then(|| repository.tree_with(&[]).as_ref() == Some(&head.tree))
}

/// The period as its name says it; whether that is what was sealed is compared with everything else.
fn period(bundle: &Bundle, as_of: Moment) -> Period {
    let sealed = &bundle.manifest.period;
    let named = sealed.given.then(|| Period::parse(&sealed.label)).flatten();
    named.unwrap_or_else(|| Period::of(as_of))
}

fn clock(bundle: &Bundle) -> Result<Clock, Refused> {
    let named = &bundle.manifest.clock.source;
    [Clock::System, Clock::SourceDateEpoch, Clock::Given]
        .into_iter()
        .find(|clock| clock.name() == named)
        .ok_or_else(|| broken("it names no clock"))
}

/// The definitions of a bundle below a folder of `controls/`, each under the path that results name it
/// by.
fn definitions(bundle: &Bundle, which: impl Fn(&str) -> bool) -> Result<Vec<Text>, Refused> {
    let mut texts = Vec::new();
    for defined in bundle
        .inventory
        .definitions
        .iter()
        .filter(|it| which(&it.path))
    {
        let path = format!("controls/{}", defined.path);
        let bytes = bundle.bytes(&path)?;
        let bytes = bytes.ok_or_else(|| broken(&format!("it holds no {path}")))?;
        let text = file::decode(&bytes).map_err(|says| broken(&format!("{path}: {says}")))?;
        texts.push(Text {
            path: defined.source.clone(),
            text,
        });
    }
    Ok(texts)
}

const POLICY: &str = "policy/";
const OWN_CONTROLS: &str = "policy/controls/";
const BASE: &str = "policy/base/waivers.yaml";

fn adoption(bundle: &Bundle, tree: &Tree) -> Result<Adoption, Refused> {
    let one = |path: &str| definitions(bundle, |it| it == path).map(|mut found| found.pop());
    Ok(Adoption {
        policy: one("policy/policy.yaml")?,
        controls: definitions(bundle, |it| it.starts_with(OWN_CONTROLS))?,
        waivers: one("policy/waivers.yaml")?,
        attestations: attestations(tree)?,
    })
}

/// The statements of persons, which are evidence, with the shape of what lies beside each.
fn attestations(tree: &Tree) -> Result<Vec<Signed>, Refused> {
    let folder = format!("{}{ATTESTATIONS}/", tree.scope);
    let mut found = Vec::new();
    for entry in &tree.entries {
        let name = entry.path.strip_prefix(&folder);
        let Some(name) = name.filter(|name| !name.contains('/')) else {
            continue;
        };
        if !matches!(name.rsplit_once('.'), Some((_, "yaml" | "yml"))) {
            continue;
        }
        let bytes = tree.read(entry);
        let bytes = bytes.map_err(|why| broken(&format!("{}: {}", why.path, why.says)))?;
        let text = file::decode(&bytes);
        let text = text.map_err(|says| broken(&format!("{}: {says}", entry.path)))?;
        let beside = tree.entry(&format!("{}.sig", entry.path));
        let signature = beside.map_or(Signature::Absent, |it| shape(tree.read(it).ok().as_deref()));
        found.push(Signed {
            text: Text {
                path: entry.path.clone(),
                text,
            },
            signature,
        });
    }
    Ok(found)
}

fn plan(bundle: &Bundle, adoption: &Adoption) -> Result<Plan, Refused> {
    let files = definitions(bundle, |path| !path.starts_with(POLICY))?;
    let name = bundle.manifest.catalog.id.clone();
    load(&Source::Files(name, files), adoption).map_err(|problems| {
        let first = problems.first().map(|problem| problem.title.clone());
        broken(&format!(
            "its controls cannot be loaded by this program: {}",
            first.unwrap_or_default()
        ))
    })
}

fn register(bundle: &Bundle, adoption: &Adoption, plan: &Plan) -> Result<Register, Refused> {
    let base = match &bundle.inventory.waivers_from {
        None => None,
        Some(from) => {
            let path = format!("{}{WAIVERS}", bundle.manifest.subject.scope);
            let text = definitions(bundle, |path| path == BASE)?.pop();
            let from = WaiversFrom {
                name: from.name.clone(),
                commit: from.commit.clone(),
                found: None,
                fault: from.fault.clone(),
            };
            Some((from, text.map(|text| Text { path, ..text })))
        }
    };
    Ok(Register::recorded(adoption, &plan.controls, base))
}

/// What was examined, as the record has it.
fn subject(bundle: &Bundle, repository: Option<&Repository>) -> Subject {
    let sealed = &bundle.manifest.subject;
    let inventory = &bundle.inventory;
    let head = repository.and_then(|repository| repository.head.as_ref());
    let scoped = || repository.iter().flat_map(|it| it.scoped_entries());
    let skipped = inventory.skipped.iter();
    Subject {
        name: sealed.repository.clone(),
        git: repository.is_some(),
        commit: head.map(|head| head.commit.clone()),
        tree: head.map(|head| head.tree.clone()),
        branch: repository.and_then(|repository| repository.branch.clone()),
        committed_at: head.and_then(|head| head.committed_at),
        object_format: repository.map(|repository| repository.object_format.name()),
        scope: sealed.scope.clone(),
        dirty: !inventory.changed.is_empty(),
        changed: inventory.changed.clone(),
        worktree_tree: sealed.worktree_tree.clone(),
        commit_signature: head.map(|head| head.signature),
        shallow: repository.is_some_and(|repository| repository.shallow),
        submodules: scoped()
            .filter(|entry| entry.mode == "160000")
            .map(|entry| entry.path.clone())
            .collect(),
        tracked_files: scoped().count(),
        skipped: skipped
            .map(|skipped| (skipped.path.clone(), skipped.reason.clone()))
            .collect(),
    }
}
