//! Verifying what was handed over: every step, whether it can be done or not, and what it found.
//!
//! Trust comes from outside and is named by whoever verifies. What lies in a bundle is never
//! trusted, and nothing in it is started or connected to.

mod book;
mod content;
mod signature;
mod stamps;
mod sums;
mod target;
mod whole;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use super::Fault;
use super::sign::{AllowedSigners, PublicKey};
use crate::git::Repository;
use crate::model::exhibit::Digest;
use crate::model::time::{Every, Moment};
use crate::tree::handed::Handed;
use target::Target;

pub(super) use sums::parse as listed;

/// What is trusted, and what is asked for.
#[derive(Debug)]
pub struct Trust<'t> {
    /// Who may sign.
    pub signers: Option<AllowedSigners>,
    /// Who has to have signed.
    pub signer: Option<String>,
    /// The key of the ledger, with its origin.
    pub log: Option<(String, PublicKey)>,
    /// The roots of time-stamp authorities, as PEM.
    pub tsa: Option<Vec<u8>>,
    /// A head that was kept from an earlier time.
    pub since: Option<Vec<u8>>,
    /// The digest of the catalogue that was approved.
    pub catalogue: Option<Digest>,
    /// A clone of the repository.
    pub clone: Option<&'t Repository>,
    /// How often runs are expected.
    pub expect: Option<Every>,
    /// How many others have to have signed.
    pub countersigned: Option<usize>,
    /// Steps that need not be done for trust to be established.
    pub without: BTreeSet<u8>,
    /// The time of verification.
    pub now: Moment,
}

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It holds.
    Held,
    /// It was not done, or not against anything that is trusted.
    NotChecked,
    /// It does not hold.
    Failed,
}

/// One step with what it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its number.
    pub number: u8,
    /// What is looked at.
    pub name: &'static str,
    /// What came of it.
    pub state: State,
    /// What was found, in words.
    pub says: String,
}

/// What came of all steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every step that is needed holds.
    Held,
    /// Nothing failed, and something that is needed was not done.
    TrustNotEstablished,
    /// A step failed.
    Failed,
}

/// All steps, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The steps.
    pub steps: Vec<Step>,
    /// What came of them.
    pub verdict: Verdict,
    /// Who signed, where that is established.
    pub signer: Option<String>,
    /// How many bundles were looked at.
    pub bundles: usize,
}

/// The steps, in their order.
pub const STEPS: [(u8, &str); 12] = [
    (1, "signature over SHA256SUMS"),
    (2, "listed files unchanged"),
    (3, "no file added"),
    (4, "manifest agrees with the list"),
    (5, "attestation"),
    (6, "catalogue"),
    (7, "commit and tree"),
    (8, "run stands in the ledger"),
    (9, "ledger extends your checkpoint"),
    (10, "time stamp"),
    (11, "no expected period is missing"),
    (12, "countersignatures"),
];

/// The steps without which nobody knows who made it, from when it is, and whether it is all.
const NEEDED: [u8; 8] = [1, 2, 3, 4, 5, 8, 9, 10];

/// One thing that was found, with the bundle that it is of where there are several.
#[derive(Debug)]
struct Finding {
    state: State,
    of: Option<String>,
    says: String,
    /// Whether it has to be said where the step holds of several bundles, too.
    told: bool,
}

/// What was found, step by step.
#[derive(Debug, Default)]
struct Findings(BTreeMap<u8, Vec<Finding>>);

impl Findings {
    fn add(&mut self, step: u8, state: State, says: impl Into<String>) {
        let says = says.into();
        let found = self.0.entry(step).or_default();
        found.push(Finding {
            state,
            of: None,
            says,
            told: false,
        });
    }

    /// Adds a finding that is said whatever else is found.
    fn tell(&mut self, step: u8, state: State, says: impl Into<String>) {
        self.add(step, state, says);
        let last = self.0.get_mut(&step).and_then(|found| found.last_mut());
        if let Some(last) = last {
            last.told = true;
        }
    }

    fn held(&mut self, step: u8, says: impl Into<String>) {
        self.add(step, State::Held, says);
    }

    fn failed(&mut self, step: u8, says: impl Into<String>) {
        self.add(step, State::Failed, says);
    }

    fn not_checked(&mut self, step: u8, says: impl Into<String>) {
        self.add(step, State::NotChecked, says);
    }

    /// Whether nothing speaks against a step, and something for it.
    fn holds(&self, step: u8) -> bool {
        let found = self.0.get(&step).map_or(&[][..], Vec::as_slice);
        !found.is_empty() && found.iter().all(|it| it.state == State::Held)
    }

    /// Adds the findings of a bundle, under its name where there are several.
    fn join(&mut self, name: Option<&str>, other: Self) {
        for (step, found) in other.0 {
            let named = found.into_iter().map(|finding| Finding {
                of: name.map(str::to_owned),
                ..finding
            });
            self.0.entry(step).or_default().extend(named);
        }
    }

    /// One step of all bundles: the gravest state, with what was found in it.
    fn step(&self, number: u8, name: &'static str) -> Step {
        let found = self.0.get(&number).map_or(&[][..], Vec::as_slice);
        let gravest = found.iter().map(|it| it.state).max();
        let state = gravest.unwrap_or(State::NotChecked);
        let of: Vec<&Finding> = found.iter().filter(|it| it.state == state).collect();
        let alike = of.windows(2).all(|pair| match pair {
            [one, other] => one.says == other.says,
            _ => true,
        });
        let says = match of.as_slice() {
            [] => "there is nothing to look at".to_owned(),
            [one] if state != State::Failed => one.says.clone(),
            [one, ..] if alike && state == State::NotChecked => one.says.clone(),
            [one, ..] if alike && state == State::Held => {
                format!("{} of {}: {}", of.len(), of.len(), one.says)
            }
            [..] if state == State::Held => {
                let told: Vec<&Finding> = of.iter().filter(|it| it.told).copied().collect();
                let all = format!("{} of {}", of.len(), of.len());
                match told.as_slice() {
                    [] => all,
                    [one, rest @ ..] => format!("{all}; {}", first(one, rest.len())),
                }
            }
            [one, rest @ ..] => first(one, rest.len()),
        };
        Step {
            number,
            name,
            state,
            says,
        }
    }
}

/// What was found of one bundle, and of how many more.
fn first(one: &Finding, more: usize) -> String {
    let of = one
        .of
        .as_ref()
        .map_or(String::new(), |name| format!("{name}: "));
    let more = match more {
        0 => String::new(),
        more => format!(" · {more} more"),
    };
    format!("{of}{}{more}", one.says)
}

/// Verifies a bundle, a run in a ledger, a ledger with its runs, or an archive of one of them.
///
/// # Errors
/// Something that is none of them.
pub fn verify(path: &Path, trust: &Trust<'_>) -> Result<Report, Fault> {
    Target::read(path).map(|target| look(&target, trust))
}

/// Verifies the files of one bundle, which lay in a folder of that name, with those of its ledger.
pub fn verify_files(
    name: &str,
    files: Handed,
    ledger: Option<Handed>,
    trust: &Trust<'_>,
) -> Report {
    let bundle = target::Bundle {
        name: name.to_owned(),
        files,
    };
    let target = Target {
        bundles: vec![bundle],
        ledger,
        whole: false,
        beside: Vec::new(),
    };
    look(&target, trust)
}

fn look(target: &Target, trust: &Trust<'_>) -> Report {
    let mut findings = Findings::default();
    let several = target.bundles.len() > 1 || target.whole;
    // When the runs were made has to be known first: a key is good for a time.
    let book = book::Book::read(target, trust);
    let mut signer = None;
    for bundle in &target.bundles {
        let mut own = Findings::default();
        let at = book.no_later_than(bundle).unwrap_or(trust.now);
        let by = signature::signed(bundle, trust, at, &mut own);
        sums::listed(bundle, &mut own);
        let manifest = content::manifest(bundle, &mut own);
        if let Some(manifest) = &manifest {
            content::attestation(bundle, manifest, by.as_ref(), (trust, at), &mut own);
            content::catalogue(manifest, trust, &mut own);
            content::commit(manifest, trust, &mut own);
        } else {
            for step in [5, 6, 7] {
                own.not_checked(step, "there is no manifest with its list that can be read");
            }
        }
        book.entry_of(bundle, manifest.as_ref(), &mut own);
        book.stamp_of(bundle, manifest.as_ref(), &mut own);
        signature::countersigned(bundle, trust, (by.as_ref(), at), &mut own);
        signer = by.filter(|_| own.holds(1)).map(|by| by.who).or(signer);
        findings.join(several.then_some(bundle.name.as_str()), own);
    }
    book.whole(target, trust, &mut findings);
    let steps: Vec<Step> = STEPS
        .iter()
        .map(|(number, name)| findings.step(*number, name))
        .collect();
    Report {
        verdict: verdict(&steps, trust),
        steps,
        signer,
        bundles: target.bundles.len(),
    }
}

fn verdict(steps: &[Step], trust: &Trust<'_>) -> Verdict {
    if steps.iter().any(|step| step.state == State::Failed) {
        return Verdict::Failed;
    }
    let asked = [
        (6, trust.catalogue.is_some()),
        (7, trust.clone.is_some()),
        (11, trust.expect.is_some()),
        (12, trust.countersigned.is_some()),
    ];
    let is_asked = |number: u8| asked.contains(&(number, true));
    let is_needed = |number: u8| {
        is_asked(number) || NEEDED.contains(&number) && !trust.without.contains(&number)
    };
    let all = steps
        .iter()
        .filter(|step| is_needed(step.number))
        .all(|step| step.state == State::Held);
    if all {
        Verdict::Held
    } else {
        Verdict::TrustNotEstablished
    }
}
