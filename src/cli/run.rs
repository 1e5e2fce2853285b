//! The main job: `audit [PATH] --controls soc2`.

use std::path::{Path, PathBuf};

use super::delivery::{Places, deliver};
use super::examination::{Examination, Terms, as_of, examine, open};
use super::formats::Formats;
use super::register::{Base, Register};
use super::style::Show;
use super::{Examined, Exit, claims, problems};
use crate::collect::Collected;
use crate::evaluate::{Context, evaluate};
use crate::git::Repository;
use crate::load::{Adoption, Plan, Problem, Source, Text, describe, load};
use crate::model::control::Severity;
use crate::model::fact::Facts;
use crate::model::record::Environment;
use crate::model::relations::{ATTESTATION_STATEMENT, WAIVER_ENTRY};
use crate::model::run::{Clock, Gate, Run, Subject, Tool};
use crate::model::text;
use crate::model::time::Moment;
use crate::model::waiver::{Waiver, WaiverState, WaiversFrom};
use crate::seal::{Bundle, store::prepare};
use crate::tree::{digest, file};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) examined: Examined,
    #[arg(long, value_name = "NAME|DIR")]
    pub(crate) controls: Option<String>,
    #[arg(long, value_name = "DIR", default_value = "audit-evidence")]
    pub(crate) out: PathBuf,
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    #[arg(long, value_name = "SEVERITY", default_value = "low")]
    pub(crate) fail_on: String,
    #[arg(long, value_name = "REF", allow_hyphen_values = true)]
    pub(crate) waivers_from: Option<String>,
    #[arg(long, value_name = "NAME[:FILE]")]
    pub(crate) format: Vec<String>,
    #[arg(long)]
    pub(crate) check_objects: bool,
}

/// Runs the main job.
pub(crate) fn run(arguments: &Arguments, show: &Show) -> Exit {
    match attempt(arguments, show) {
        Ok(exit) => exit,
        Err(found) => problems::refuse(&found, &show.err()),
    }
}

fn attempt(arguments: &Arguments, show: &Show) -> Result<Exit, Vec<Problem>> {
    let fail_on = Severity::parse(&arguments.fail_on)
        .ok_or_else(|| vec![wrong_severity(&arguments.fail_on)])?;
    let (as_of, clock) =
        as_of(arguments.examined.as_of.as_deref()).map_err(|problem| vec![problem])?;
    let base = Base::asked(arguments.waivers_from.as_deref()).map_err(|problem| vec![problem])?;
    let formats = Formats::of(&arguments.format)?;
    let (root, repository) = open(&arguments.examined).map_err(|problem| vec![problem])?;
    let scope = repository
        .as_ref()
        .map_or(String::new(), |repository| repository.scope.clone());
    let adoption = Adoption::read(&root, &scope, arguments.policy.as_deref())?;
    let mut plan = plan(arguments, &adoption)?;
    let register = Register::read(
        &adoption,
        &plan.controls,
        base.as_ref(),
        repository.as_ref(),
    );
    narrow(&mut plan, &arguments.only)?;
    plan.definitions.extend(register.shipped.clone());
    let out = arguments.only.is_empty().then(|| arguments.out.clone());
    if let Some(out) = &out {
        prepare(out).map_err(|error| vec![wrong_out(&error)])?;
    }
    let terms = Terms {
        policy: &plan.policy,
        as_of,
        out: out.as_deref(),
        check_objects: arguments.check_objects,
    };
    let mut examination = examine(&root, repository, &terms).map_err(|problem| vec![problem])?;
    let claims = claims::claims();
    inject(&mut examination.collected.facts, &register, as_of);
    claims::inject(&mut examination, &claims);
    let waivers = register.states(&arguments.only, as_of);
    let subject = subject(&root, &examination, &plan);
    let run = conclude(
        plan,
        examination.collected,
        subject,
        (waivers, register.from),
        (as_of, clock),
        Environment::of(claims),
    );
    let places = Places {
        out: out.as_deref(),
        formats: &formats,
    };
    deliver(&Bundle::new(run, fail_on), &places, &register.faults, show)
}

/// Evaluates the plan against what was collected.
fn conclude(
    plan: Plan,
    collected: Collected,
    subject: Subject,
    (waivers, waivers_from): (Vec<(Waiver, WaiverState)>, Option<WaiversFrom>),
    (as_of, clock): (Moment, Clock),
    environment: Environment,
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
        catalogue: plan.catalogue,
        criteria: plan.criteria,
        outside: outside.map(|control| control.id.clone()).collect(),
        controls: plan.controls,
        policy: plan.policy,
        waivers,
        waivers_from,
        results,
        facts: collected.facts,
        exhibits: collected.exhibits,
        definitions: plan.definitions,
        subject,
        environment,
    }
}

/// The exit code of a gate.
pub(crate) const fn exit_of(gate: Gate) -> Exit {
    match gate {
        Gate::Open => Exit::Clean,
        Gate::Exceptions => Exit::Exceptions,
        Gate::NotTested => Exit::NotTested,
    }
}

fn plan(arguments: &Arguments, adoption: &Adoption) -> Result<Plan, Vec<Problem>> {
    let Some(asked) = &arguments.controls else {
        let title = "expected --controls, so that no run is against nothing, found none";
        return Err(vec![Problem::new("usage", title, "audit --controls soc2")]);
    };
    load(&catalogue_source(asked)?, adoption)
}

/// Leaves no controls but those asked for. The register is read before: a waiver for another
/// control is none of an unknown one.
fn narrow(plan: &mut Plan, only: &[String]) -> Result<(), Vec<Problem>> {
    if only.is_empty() {
        return Ok(());
    }
    let known = || plan.controls.iter().map(|control| control.id.as_str());
    if let Some(unknown) = only.iter().find(|id| !known().any(|it| it == id.as_str())) {
        let fix = text::nearest(unknown, known()).map_or_else(
            || "audit controls list names them.".to_owned(),
            |near| format!("Write {near}."),
        );
        let title = format!(
            "expected the id of a control, found {} (--only)",
            text::excerpt(unknown)
        );
        return Err(vec![Problem::new("control-unknown", title, fix)]);
    }
    plan.controls.retain(|control| only.contains(&control.id));
    Ok(())
}

/// An embedded catalogue by its name, or the YAML files of a directory.
pub(crate) fn catalogue_source(asked: &str) -> Result<Source, Vec<Problem>> {
    let folder = Path::new(asked);
    if !folder.join("catalogue.yaml").is_file() {
        return Ok(Source::Embedded(asked.to_owned()));
    }
    let mut files = Vec::new();
    let mut problems = Vec::new();
    for name in file::yaml_files(folder) {
        let path = match text::from_here(asked).as_str() {
            "" => name.clone(),
            shown => format!("{shown}/{name}"),
        };
        let read = file::read(&folder.join(&name), &path).map_err(|problem| problem.says);
        match read.and_then(|bytes| file::decode(&bytes)) {
            Ok(text) => files.push(Text { path, text }),
            Err(says) => {
                let title = format!("expected {path} to be readable, found {says}");
                problems.push(Problem::new(
                    "unreadable",
                    title,
                    "Make it a readable text file, or take it away.",
                ));
            }
        }
    }
    if problems.is_empty() {
        Ok(Source::Files(asked.to_owned(), files))
    } else {
        Err(problems)
    }
}

/// Facts about what `audit` itself was given.
pub(crate) fn inject(facts: &mut Facts, register: &Register, as_of: Moment) {
    let file = register.file.as_ref();
    let entries = describe(file, &register.waivers, &register.faults, as_of);
    facts.insert(WAIVER_ENTRY.name, entries);
    facts
        .entry(ATTESTATION_STATEMENT.name)
        .or_insert_with(crate::model::fact::Population::absent);
}

fn subject(root: &Path, examination: &Examination, plan: &Plan) -> Subject {
    let repository = examination.repository.as_ref();
    let head = repository.and_then(|repository| repository.head.as_ref());
    let name = plan
        .policy
        .repository
        .clone()
        .unwrap_or_else(|| folder_name(repository.map_or(root, |it| it.top.as_path())));
    let unreadable = examination
        .tree
        .skipped
        .iter()
        .map(|skipped| (skipped.path.clone(), skipped.reason.to_owned()));
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

fn wrong_severity(found: &str) -> Problem {
    let title = format!(
        "expected {} after --fail-on, found {}",
        text::joined(Severity::NAMES, "or"),
        text::excerpt(found)
    );
    let near = text::nearest(found, Severity::NAMES.iter().copied());
    Problem::new(
        "usage",
        title,
        near.map_or_else(
            || "Write one of these words.".to_owned(),
            |near| format!("Write {near}."),
        ),
    )
}

fn wrong_out(error: &crate::seal::StoreError) -> Problem {
    Problem::new(
        "out",
        format!("{error} (--out)"),
        "audit --controls soc2 --out DIR. (Looked at first: nothing was examined.)",
    )
}
