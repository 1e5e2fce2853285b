//! Gathers results as they go by. Of each only what tells it from others is kept once, as its
//! class, with how many there are; and what an item needs, of as many as are listed.

use std::collections::HashMap;
use std::rc::Rc;

use super::model::{Message, Outcome, Reference, Suppression};
use crate::collect::reports::listing::{Listing, Weight};
use crate::collect::reports::words::message;
use crate::model::text::grouped;
use crate::parse::json::{Count, Text};

/// The most classes of a log. A tool has some thousand rules.
const CLASSES: usize = 200_000;

/// What decides how a result is counted, beside its rule. Results that are alike in it are counted
/// together, so that rules may come after results in a log of any size.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Class {
    /// The run, from 0.
    pub(super) run: usize,
    pub(super) rule_id: Text,
    pub(super) rule_index: Count,
    pub(super) rule: Reference,
    kind: Text,
    pub(super) level: Text,
    pub(super) baseline_state: Text,
    /// Whether it was suppressed, and that was accepted.
    pub(super) suppressed: bool,
    pub(super) invocation: Count,
    pub(super) tags: Vec<Text>,
    pub(super) security_severity: Text,
}

/// Whether and why a result does not stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// A failure that stands.
    Active,
    /// A failure that was accepted.
    Suppressed,
    /// It was in the baseline and is gone.
    Absent,
    /// No failure.
    Other,
}

impl Class {
    /// The name of the rule.
    pub(super) fn id(&self) -> Option<&str> {
        self.rule_id.said().or_else(|| self.rule.id.said())
    }

    /// The kind, in lower case; a failure where nothing is said (§3.27.9).
    pub(super) fn kind(&self) -> String {
        self.kind.said().unwrap_or("fail").trim().to_lowercase()
    }

    pub(super) fn standing(&self) -> Standing {
        if self.baseline_state.said() == Some("absent") {
            Standing::Absent
        } else if self.kind() != "fail" {
            Standing::Other
        } else if self.suppressed {
            Standing::Suppressed
        } else {
            Standing::Active
        }
    }

    /// The word for how it stands.
    pub(super) fn status(&self) -> String {
        match self.standing() {
            Standing::Active => "active".to_owned(),
            Standing::Suppressed => "suppressed".to_owned(),
            Standing::Absent => "absent".to_owned(),
            Standing::Other => self.kind(),
        }
    }

    /// How much its results matter, as far as they say so themselves: their rule may come later.
    fn weight(&self) -> Weight {
        let small = |level: &str| matches!(level.trim(), "warning" | "note" | "none");
        match self.standing() {
            Standing::Active if self.level.said().is_some_and(small) => Weight::Minor,
            Standing::Active => Weight::Fault,
            Standing::Suppressed => Weight::SetAside,
            Standing::Absent | Standing::Other => Weight::Clean,
        }
    }
}

/// What a result says, as far as it is kept.
#[derive(Debug)]
pub(super) enum Says {
    /// Its own text, with the arguments put in.
    Text(String),
    /// The text that its rule or tool keeps under a name, into which these arguments are put.
    Named(String, Vec<String>),
    Nothing,
}

/// What an item needs of a result.
#[derive(Debug)]
pub(super) struct Row {
    /// Its class, by its place among them.
    pub(super) class: usize,
    /// Its place in its run, from 0.
    pub(super) at: u64,
    pub(super) uri: Option<String>,
    /// The place of its file among the artifacts of the run.
    pub(super) artifact: Option<u64>,
    pub(super) line: Option<u64>,
    pub(super) says: Says,
    pub(super) justification: Option<String>,
    pub(super) commit: Option<String>,
}

/// Classes by what they are, and by their place.
#[derive(Debug, Default)]
pub(super) struct Classes {
    places: HashMap<Rc<Class>, usize>,
    list: Vec<Rc<Class>>,
}

impl Classes {
    /// The place of a class that is known.
    pub(super) fn place(&self, class: &Class) -> Option<usize> {
        self.places.get(class).copied()
    }

    /// The classes by their place.
    pub(super) fn list(&self) -> impl ExactSizeIterator<Item = &Class> {
        self.list.iter().map(Rc::as_ref)
    }

    fn add(&mut self, class: Class) -> Result<usize, String> {
        if let Some(place) = self.place(&class) {
            return Ok(place);
        }
        let place = self.list.len();
        if place == CLASSES {
            let most = grouped(CLASSES as u64);
            return Err(format!(
                "expected at most {most} kinds of results, found more"
            ));
        }
        let class = Rc::new(class);
        self.list.push(Rc::clone(&class));
        self.places.insert(class, place);
        Ok(place)
    }
}

/// All that was gathered.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) classes: Classes,
    /// How many results each class has.
    pub(super) counts: Vec<u64>,
    pub(super) rows: Listing<Row>,
}

impl Gathered {
    /// Takes a result.
    pub(super) fn take(&mut self, run: usize, at: u64, outcome: Outcome) -> Result<(), String> {
        let (class, mut row) = split(run, at, outcome);
        let weight = class.weight();
        row.class = self.classes.add(class)?;
        match self.counts.get_mut(row.class) {
            Some(count) => *count += 1,
            None => self.counts.push(1),
        }
        self.rows.push(weight, row);
        Ok(())
    }
}

/// A result as its class and what is its own.
pub(super) fn split(run: usize, at: u64, outcome: Outcome) -> (Class, Row) {
    let location = outcome
        .locations
        .0
        .map(|location| location.physical_location);
    let location = location.unwrap_or_default();
    let row = Row {
        class: 0,
        at,
        uri: location.artifact_location.uri.said().map(str::to_owned),
        artifact: location.artifact_location.index.0,
        line: location.region.start_line.0.filter(|line| *line > 0),
        says: says(&outcome.message),
        justification: justification(&outcome.suppressions.0),
        commit: outcome
            .partial_fingerprints
            .commit_sha
            .said()
            .map(str::to_owned),
    };
    let class = Class {
        run,
        rule_id: outcome.rule_id,
        rule_index: outcome.rule_index,
        rule: outcome.rule,
        kind: outcome.kind,
        level: outcome.level,
        baseline_state: outcome.baseline_state,
        suppressed: suppressed(&outcome.suppressions.0),
        invocation: outcome.provenance.invocation_index,
        tags: outcome.properties.tags.0,
        security_severity: outcome.properties.security_severity,
    };
    (class, row)
}

/// Suppressed is what has suppressions, all of them accepted or without a status (§3.27.23).
fn suppressed(suppressions: &[Suppression]) -> bool {
    !suppressions.is_empty()
        && suppressions.iter().all(|suppression| {
            let status = suppression.status.said().or(suppression.state.said());
            status.is_none_or(|status| status == "accepted")
        })
}

fn justification(suppressions: &[Suppression]) -> Option<String> {
    let said: Vec<&str> = suppressions
        .iter()
        .filter_map(|suppression| suppression.justification.said())
        .collect();
    (!said.is_empty()).then(|| message(&said.join("; ")))
}

fn says(of: &Message) -> Says {
    let arguments = || of.arguments.0.iter();
    let arguments: Vec<String> = arguments()
        .map(|argument| message(argument.0.as_deref().unwrap_or_default()))
        .collect();
    match of.text.said().or_else(|| of.markdown.said()) {
        Some(text) => Says::Text(filled(text, &arguments)),
        None => match of.id.said() {
            Some(id) => Says::Named(id.to_owned(), arguments),
            None => Says::Nothing,
        },
    }
}

/// A text with the arguments put in (§3.11), as far as it is kept. Arguments may name each other, so
/// that it is held to a length after each.
pub(super) fn filled(template: &str, arguments: &[String]) -> String {
    let mut text = message(template);
    for (at, argument) in arguments.iter().enumerate() {
        let place = format!("{{{at}}}");
        if text.contains(&place) {
            text = message(&text.replace(&place, argument));
        }
    }
    text
}
