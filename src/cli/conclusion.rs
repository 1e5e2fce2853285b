//! From what a command line asks for to a run: load, examine, evaluate.

use std::path::Path;

use super::examination::{Examination, Terms, as_of, examine, input, open};
use super::register::{Base, Register};
use super::run::catalogue_source;
use super::sealing::Signing;
use super::size::caps;
use super::style::Show;
use super::{Examined, claims};
use crate::collect::Collected;
use crate::evaluate::{Context, evaluate};
use crate::git::Repository;
use crate::load::{Adoption, Plan, Problem, describe, describe_statements, load, load_statements};
use crate::model::attestation::Statement;
use crate::model::fact::Facts;
use crate::model::inventory::{self, Defined, Inventory};
use crate::model::period::Period;
use crate::model::record::Environment;
use crate::model::relations::{ATTESTATION_STATEMENT, WAIVER_ENTRY};
use crate::model::run::{Clock, Run, Subject, Tool};
use crate::model::text;
use crate::model::time::Moment;
use crate::model::waiver::{Waiver, WaiverState, WaiversFrom};
use crate::seal::store::prepare;
use crate::tree::digest;

/// What is asked for.
pub(crate) struct Asked<'a> {
    /// Where, and when.
    pub(crate) examined: &'a Examined,
    /// The catalogue.
    pub(crate) catalogue: Option<&'a str>,
    /// A policy in the place of the folder's own.
    pub(crate) policy: Option<&'a Path>,
    /// The period that the run is evidence in.
    pub(crate) period: Option<&'a str>,
    /// Which controls.
    pub(crate) only: Only<'a>,
    /// The ref that waivers count from.
    pub(crate) waivers_from: Option<&'a str>,
    /// Where a bundle will be written.
    pub(crate) out: Option<&'a Path>,
    /// What the bundle will be sealed with.
    pub(crate) signing: Option<&'a Signing>,
    /// Whether `git fsck` was asked for.
    pub(crate) check_objects: bool,
    /// How it is shown what is going on.
    pub(crate) show: &'a Show,
}

/// Which controls are examined.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Only<'a> {
    /// All.
    All,
    /// These, and the flag that names them.
    Given(&'a [String], &'static str),
    /// Those that the register of waivers names.
    Waived,
}

impl<'a> Only<'a> {
    /// These, or all where none is given.
    pub(crate) const fn of(given: &'a [String], flag: &'static str) -> Self {
        if given.is_empty() {
            Self::All
        } else {
            Self::Given(given, flag)
        }
    }
}

/// A run and the register that it was judged by.
pub(crate) struct Concluded {
    /// The run.
    pub(crate) run: Run,
    /// The waivers.
    pub(crate) register: Register,
}

/// Loads, examines, evaluates. Everything that can be refused is looked at before anything is
/// examined.
pub(crate) fn conclude(asked: &Asked<'_>) -> Result<Concluded, Vec<Problem>> {
    let one = |problem| vec![problem];
    let (as_of, clock) = as_of(asked.examined.as_of.as_deref()).map_err(one)?;
    let period = period(asked.period, as_of).map_err(one)?;
    let caps = caps(asked.examined.max_value.as_deref()).map_err(one)?;
    let base = Base::asked(asked.waivers_from).map_err(one)?;
    let (root, repository) = open(asked.examined).map_err(one)?;
    let scope = repository
        .as_ref()
        .map_or(String::new(), |repository| repository.scope.clone());
    let adoption = Adoption::read(&root, &scope, asked.policy)?;
    let mut plan = plan(asked.catalogue, &adoption)?;
    let register = Register::read(
        &adoption,
        &plan.controls,
        base.as_ref(),
        repository.as_ref(),
    );
    let (statements, _) = load_statements(&adoption.attestations, &plan.controls);
    let only = narrow(&mut plan, asked.only, &register)?;
    plan.definitions.extend(register.shipped.clone());
    ready(asked, (&root, repository.as_ref()), &plan, as_of)?;
    let terms = Terms {
        policy: &plan.policy,
        as_of,
        out: asked.out,
        check_objects: asked.check_objects,
        caps,
        show: asked.show,
    };
    let mut examination = examine(&root, repository, &terms).map_err(one)?;
    let inventory = taken_for_given(&examination, &plan, &register, &terms).map_err(one)?;
    let claims = claims::claims();
    let facts = &mut examination.collected.facts;
    inject(facts, &register, &statements, as_of);
    claims::inject(&mut examination, &claims);
    let waivers = match asked.only {
        Only::Waived => register.states(&[], as_of),
        Only::All | Only::Given(..) => register.states(&only, as_of),
    };
    let subject = subject(&root, &examination, &plan);
    let run = evaluated(
        plan,
        examination.collected,
        subject,
        (waivers, register.from.clone()),
        (as_of, clock, period),
        (only, Environment::of(claims), inventory),
    );
    Ok(Concluded { run, register })
}

/// Looks whether what was asked for can be written and sealed, before anything is examined.
fn ready(
    asked: &Asked<'_>,
    (root, repository): (&Path, Option<&Repository>),
    plan: &Plan,
    as_of: Moment,
) -> Result<(), Vec<Problem>> {
    let Some(out) = asked.out else {
        return Ok(());
    };
    if let Some(signing) = asked.signing {
        let top = repository.map_or(root, |it| &it.top);
        let outside = signing.keeps_outside(&[root, top, out]);
        outside.map_err(|problem| vec![problem])?;
    }
    prepare(out).map_err(|error| vec![wrong_out(&error)])?;
    if let Some(signing) = asked.signing {
        let head = repository.and_then(|it| it.head.as_ref());
        let commit = head.map(|head| head.commit.as_str());
        let name = name(root, repository, plan);
        signing.prepare(out, (commit, plan.catalogue.sha256, &name), as_of)?;
    }
    Ok(())
}

/// The period that was named, into which the time of the run has to fall: nothing is examined but the
/// state at that time. Where none was named, the quarter.
fn period(named: Option<&str>, as_of: Moment) -> Result<Period, Problem> {
    let Some(named) = named else {
        return Ok(Period::of(as_of));
    };
    let expected = |what: &str, fix: &str| {
        let title = format!("expected {what}, found {} (--period)", text::excerpt(named));
        Problem::new("period", title, fix)
    };
    let period = Period::parse(named).ok_or_else(|| {
        expected(
            "a period as 2026-Q4, 2026-11 or 2026-10-01..2026-12-31",
            "Write a quarter, a month, or its first and last day.",
        )
    })?;
    if period.holds(as_of) {
        return Ok(period);
    }
    let what = format!("a period into which the run falls, which is of {as_of}");
    let fix = "A run examines the repository as it is, and is no evidence in another period. (Nothing         was examined.)";
    Err(expected(&what, fix))
}

fn plan(catalogue: Option<&str>, adoption: &Adoption) -> Result<Plan, Vec<Problem>> {
    let Some(asked) = catalogue else {
        let title = "expected --controls, so that no run is against nothing, found none";
        return Err(vec![Problem::new("usage", title, "audit --controls soc2")]);
    };
    load(&catalogue_source(asked)?, adoption)
}

/// Leaves no controls but those asked for. The register is read before: a waiver for another
/// control is none of an unknown one. Answers with what is left, and with nothing where all are.
fn narrow(
    plan: &mut Plan,
    only: Only<'_>,
    register: &Register,
) -> Result<Vec<String>, Vec<Problem>> {
    let (only, flag): (Vec<String>, &str) = match only {
        Only::All => return Ok(Vec::new()),
        Only::Given(ids, flag) => (ids.to_vec(), flag),
        Only::Waived => {
            let named = |id: &String| register.waivers.iter().any(|it| it.control == *id);
            let ids = plan.controls.iter().map(|control| control.id.clone());
            (ids.filter(named).collect(), "")
        }
    };
    let known = || plan.controls.iter().map(|control| control.id.as_str());
    if let Some(unknown) = only.iter().find(|id| !known().any(|it| it == id.as_str())) {
        let fix = text::nearest(unknown, known()).map_or_else(
            || "audit controls list names them.".to_owned(),
            |near| format!("Write {near}."),
        );
        let title = format!(
            "expected the id of a control, found {} ({flag})",
            text::excerpt(unknown)
        );
        return Err(vec![Problem::new("control-unknown", title, fix)]);
    }
    plan.controls.retain(|control| only.contains(&control.id));
    Ok(only)
}

/// Evaluates the plan against what was collected.
pub(crate) fn evaluated(
    plan: Plan,
    collected: Collected,
    subject: Subject,
    (waivers, waivers_from): (Vec<(Waiver, WaiverState)>, Option<WaiversFrom>),
    (as_of, clock, period): (Moment, Clock, Period),
    (only, environment, inventory): (Vec<String>, Environment, Inventory),
) -> Run {
    let context = Context {
        as_of,
        head: subject.commit.as_deref(),
        waivers: &waivers,
    };
    let results = evaluate(&plan, &collected.facts, &context);
    let outside = plan
        .controls
        .iter()
        .filter(|control| control.class.needs_period());
    Run {
        tool: Tool {
            version: env!("CARGO_PKG_VERSION"),
            sha256: own_digest(),
        },
        as_of,
        clock,
        period,
        catalogue: plan.catalogue,
        criteria: plan.criteria,
        outside: outside.map(|control| control.id.clone()).collect(),
        controls: plan.controls,
        policy: plan.policy,
        waivers,
        waivers_from,
        only,
        results,
        facts: collected.facts,
        exhibits: collected.exhibits,
        sources: Vec::new(),
        definitions: plan.definitions,
        subject,
        environment,
        inventory,
    }
}

/// What is taken for given: what lies there, what git says, and where definitions were read.
fn taken_for_given(
    examination: &Examination,
    plan: &Plan,
    register: &Register,
    terms: &Terms<'_>,
) -> Result<Inventory, Problem> {
    let input = input(&examination.tree, examination.repository.as_ref(), terms)?;
    let definitions = plan.definitions.iter().map(|file| Defined {
        path: file.path.clone(),
        source: file.source.clone(),
    });
    let from = register.from.as_ref().map(|from| inventory::From {
        commit: from.commit.clone(),
        fault: from.fault.clone(),
        found: from.found,
        name: from.name.clone(),
    });
    Ok(Inventory {
        definitions: definitions.collect(),
        waivers_from: from,
        ..crate::collect::inventory::inventory(&input, &examination.collected)
    })
}

/// Facts about what `audit` itself was given.
pub(crate) fn inject(
    facts: &mut Facts,
    register: &Register,
    statements: &[Statement],
    as_of: Moment,
) {
    let file = register.file.as_ref();
    let entries = describe(file, &register.waivers, &register.faults, as_of);
    facts.insert(WAIVER_ENTRY.name, entries);
    let statements = describe_statements(statements, as_of);
    facts.insert(ATTESTATION_STATEMENT.name, statements);
}

fn subject(root: &Path, examination: &Examination, plan: &Plan) -> Subject {
    let repository = examination.repository.as_ref();
    let head = repository.and_then(|repository| repository.head.as_ref());
    let name = name(root, repository, plan);
    let unreadable = examination
        .tree
        .skipped
        .iter()
        .map(|skipped| (skipped.path.clone(), skipped.reason.clone().into_owned()));
    Subject {
        name,
        git: repository.is_some(),
        commit: head.map(|head| head.commit.clone()),
        tree: head.map(|head| head.tree.clone()),
        branch: repository.and_then(|repository| repository.branch.clone()),
        committed_at: head.and_then(|head| head.committed_at),
        object_format: repository.map(|repository| repository.object_format.name()),
        scope: examination.tree.scope.clone(),
        dirty: !examination.collected.changed.is_empty(),
        changed: examination.collected.changed.clone(),
        worktree_tree: repository.and_then(|it| it.tree_with(&examination.collected.changed)),
        commit_signature: head.map(|head| head.signature),
        shallow: repository.is_some_and(|repository| repository.shallow),
        submodules: submodules(repository),
        tracked_files: repository.map_or(0, |repository| repository.scoped_entries().count()),
        skipped: unreadable.collect(),
    }
}

fn submodules(repository: Option<&Repository>) -> Vec<String> {
    let entries = repository
        .iter()
        .flat_map(|repository| repository.scoped_entries());
    entries
        .filter(|entry| entry.mode == "160000")
        .map(|entry| entry.path.clone())
        .collect()
}

/// What the repository is called: as its policy says, or as its folder is called.
fn name(root: &Path, repository: Option<&Repository>, plan: &Plan) -> String {
    let given = plan.policy.repository.clone();
    given.unwrap_or_else(|| folder_name(repository.map_or(root, |it| it.top.as_path())))
}

/// The name of a folder; never its path on this machine.
fn folder_name(folder: &Path) -> String {
    let full = folder
        .canonicalize()
        .unwrap_or_else(|_| folder.to_path_buf());
    full.file_name().map_or_else(
        || "repository".to_owned(),
        |name| text::from_bytes(name.as_encoded_bytes()),
    )
}

/// The digest of the program that is running.
pub(crate) fn own_digest() -> Option<crate::model::exhibit::Digest> {
    digest::sha256_of(&std::env::current_exe().ok()?).ok()
}

fn wrong_out(error: &crate::seal::StoreError) -> Problem {
    Problem::new(
        "out",
        format!("{error} (--out)"),
        "audit --controls soc2 --out DIR. (Looked at first: nothing was examined.)",
    )
}
