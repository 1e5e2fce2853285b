//! The cases of a JUnit XML file, in all its dialects.
//!
//! There is no standard. What all dialects share: a `testcase` is one case wherever it stands, and
//! its direct children say how it ended. `flakyFailure`, `flakyError`, `rerunFailure` and
//! `rerunError` (Surefire, nextest) tell of attempts, not of the case.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::junit_writers::{Writer, by_suite, of_case, runner_named};
use crate::collect::reports::listing::{Listing, Weight};
use crate::collect::reports::quoting::about_secrets;
use crate::collect::reports::words::message;
use crate::parse::xml::{Element, Piece, Tag};

/// How a case ended. Ordered: a later one takes precedence over an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ending {
    Passed,
    Skipped,
    Failed,
    Error,
}

impl Ending {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [Self::Passed, Self::Skipped, Self::Failed, Self::Error];

    /// The word in facts.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
            Self::Error => "error",
        }
    }

    fn of_child(name: &str) -> Option<Self> {
        match name {
            "skipped" => Some(Self::Skipped),
            "failure" => Some(Self::Failed),
            "error" => Some(Self::Error),
            _ => None,
        }
    }

    /// `GoogleTest`, `CTest`, Bazel and others say it in an attribute, some of them there alone.
    fn of_attribute(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "notrun" | "not_run" | "skip" | "skipped" | "suppressed" | "disabled" | "ignored"
            | "pending" | "untested" | "inconclusive" => Some(Self::Skipped),
            "fail" | "failed" | "failure" => Some(Self::Failed),
            "error" | "broken" => Some(Self::Error),
            _ => None,
        }
    }
}

/// One suite.
#[derive(Debug)]
pub(super) struct Suite {
    pub(super) name: String,
    pub(super) package: String,
}

/// One case.
#[derive(Debug)]
pub(super) struct Case {
    /// The innermost suite it stands in.
    suite: Option<Rc<Suite>>,
    pub(super) name: String,
    pub(super) class: String,
    pub(super) file: Option<String>,
    pub(super) line: Option<u64>,
    pub(super) ending: Ending,
    pub(super) message: String,
    /// Where it stands in the report.
    pub(super) at: u32,
}

impl Case {
    /// The innermost suite it stands in.
    pub(super) fn suite(&self) -> Option<&Suite> {
        self.suite.as_deref()
    }

    const fn weight(&self) -> Weight {
        match self.ending {
            Ending::Passed => Weight::Clean,
            Ending::Skipped => Weight::SetAside,
            Ending::Failed | Ending::Error => Weight::Fault,
        }
    }
}

/// An error or failure of a suite itself, outside any case.
#[derive(Debug)]
pub(super) struct Outside {
    pub(super) suite: Option<Rc<Suite>>,
    pub(super) at: u32,
    pub(super) says: String,
}

/// All that is taken from the file.
#[derive(Debug)]
pub(super) struct Cases {
    pub(super) root: Option<Element>,
    /// The cases, as far as they are listed: those that did not pass first.
    pub(super) all: Vec<Case>,
    /// Errors of suites, as far as they are listed.
    pub(super) outside: Vec<Outside>,
    pub(super) totals: Totals,
}

/// What is counted over the whole file, and what it shows of its writer.
#[derive(Debug, Default)]
pub(super) struct Totals {
    /// Cases by how they ended, and by who wrote them.
    ended: BTreeMap<Ending, u64>,
    pub(super) writers: BTreeMap<Writer, u64>,
    /// Who wrote the first case.
    pub(super) first: Option<Writer>,
    /// The first tool that is known by the name of a suite.
    pub(super) named: Option<Writer>,
    /// The names of suites by which test runners are known, as far as they occur.
    pub(super) runners: BTreeSet<&'static str>,
    /// Names of properties, by which some writers are known.
    pub(super) properties: Vec<String>,
    /// When the first suite that says so ran.
    pub(super) timestamp: Option<String>,
    /// The declared cases of the outermost suites together, if each of them declares some.
    declared: Option<u64>,
    /// Cases of which at least one attempt failed before the one that counts.
    pub(super) retried: u64,
    pub(super) outside: u64,
    /// Cases that name a mutation, as cosmic-ray's do.
    pub(super) mutations: u64,
    /// Whether a case, listed or not, is about a secret by its name.
    pub(super) about_secrets: bool,
}

impl Cases {
    /// How many cases the file holds.
    pub(super) fn count(&self) -> u64 {
        self.totals.ended.values().sum()
    }

    /// How many cases ended in one way.
    pub(super) fn ended(&self, ending: Ending) -> u64 {
        self.totals.ended.get(&ending).copied().unwrap_or(0)
    }

    /// How many of them are not listed.
    pub(super) fn unlisted(&self, ending: Ending) -> u64 {
        let listed = self.all.iter().filter(|case| case.ending == ending);
        let listed = u64::try_from(listed.count()).unwrap_or(u64::MAX);
        self.ended(ending).saturating_sub(listed)
    }

    /// What the file says its number of cases is: the root, or the outermost suites together.
    pub(super) fn declared(&self) -> Option<u64> {
        let root = self.root.as_ref();
        root.and_then(|root| count(root.attribute("tests")?))
            .or(self.totals.declared)
    }
}

/// Cases in the making.
#[derive(Debug)]
pub(super) struct Gathering {
    root: Option<Element>,
    listed: Listing<Case>,
    outside: Listing<Outside>,
    totals: Totals,
    depth: usize,
    /// The open suites.
    open: Vec<Rc<Suite>>,
    /// The open case.
    case: Option<Open>,
    /// The depth of the child whose text is the case's message.
    telling: Option<usize>,
}

/// A case that is open, at its depth, and whether one of its attempts failed.
#[derive(Debug)]
struct Open {
    case: Case,
    writer: Writer,
    depth: usize,
    retried: bool,
}

impl Default for Gathering {
    fn default() -> Self {
        Self {
            root: None,
            listed: Listing::default(),
            outside: Listing::default(),
            totals: Totals {
                declared: Some(0),
                ..Totals::default()
            },
            depth: 0,
            open: Vec::new(),
            case: None,
            telling: None,
        }
    }
}

/// Properties that are looked at to know the writer.
const PROPERTIES_KEPT: usize = 64;

impl Gathering {
    /// What was gathered. A case that is still open has no end and does not count.
    pub(super) fn finish(self) -> Cases {
        Cases {
            root: self.root,
            all: self.listed.into_rows(),
            outside: self.outside.into_rows(),
            totals: self.totals,
        }
    }

    pub(super) fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Start(tag) => {
                self.depth += 1;
                self.start(&tag);
            }
            Piece::Text(text) => self.text(&text),
            Piece::End(name) => {
                self.end(name);
                self.depth = self.depth.saturating_sub(1);
            }
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        if self.depth == 1 {
            self.root = Some(tag.to_element());
        }
        if let Some(open) = &self.case {
            if self.depth == open.depth + 1 {
                self.child(tag);
            }
            return;
        }
        match tag.name {
            "testsuite" => self.suite(tag),
            "testcase" => self.begin(tag),
            "error" | "failure" => {
                self.totals.outside += 1;
                let outside = Outside {
                    suite: self.open.last().cloned(),
                    at: tag.line,
                    says: message(tag.attribute("message").unwrap_or_default()),
                };
                self.outside.push(Weight::Fault, outside);
            }
            "property" if self.totals.properties.len() < PROPERTIES_KEPT => {
                let name = tag.attribute("name").unwrap_or_default();
                self.totals.properties.push(message(name));
            }
            _ => {}
        }
    }

    fn suite(&mut self, tag: &Tag<'_>) {
        let text = |name| tag.attribute(name).unwrap_or_default();
        let totals = &mut self.totals;
        if self.open.is_empty() {
            let sum = totals.declared.zip(count(text("tests")));
            totals.declared = sum.and_then(|(sum, more)| sum.checked_add(more));
        }
        if totals.timestamp.is_none() {
            totals.timestamp = tag.attribute("timestamp").map(message);
        }
        totals.named = totals.named.or_else(|| by_suite(text("name")));
        totals.runners.extend(runner_named(text("name")));
        self.open.push(Rc::new(Suite {
            name: message(text("name")),
            package: message(text("package")),
        }));
    }

    fn begin(&mut self, tag: &Tag<'_>) {
        let text = |name| message(tag.attribute(name).unwrap_or_default());
        let told = ["result", "status"]
            .into_iter()
            .filter_map(|name| Ending::of_attribute(tag.attribute(name)?))
            .max();
        let case = Case {
            suite: self.open.last().cloned(),
            name: text("name"),
            class: text("classname"),
            file: tag.attribute("file").map(message),
            line: tag.attribute("line").and_then(count),
            ending: told.unwrap_or(Ending::Passed),
            message: String::new(),
            at: tag.line,
        };
        self.totals.about_secrets |= about_secrets(&case.name);
        self.case = Some(Open {
            writer: of_case(&case),
            case,
            depth: self.depth,
            retried: false,
        });
    }

    fn child(&mut self, tag: &Tag<'_>) {
        let Some(open) = &mut self.case else { return };
        if tag.name.starts_with("flaky") || tag.name.starts_with("rerun") {
            open.retried = true;
            return;
        }
        self.totals.mutations += u64::from(tag.name == "mutation");
        let Some(ending) = Ending::of_child(tag.name) else {
            return;
        };
        let case = &mut open.case;
        let says = tag.attribute("message").unwrap_or_default();
        // The message is that of what decides, the first where there are several.
        if ending > case.ending || case.message.is_empty() {
            case.message = message(says);
        }
        case.ending = case.ending.max(ending);
        self.telling = Some(self.depth);
    }

    fn text(&mut self, text: &str) {
        if self.telling != Some(self.depth) {
            return;
        }
        if let Some(Open { case, .. }) = &mut self.case
            && case.message.is_empty()
        {
            case.message = message(text.trim().lines().next().unwrap_or_default());
        }
    }

    fn end(&mut self, name: &str) {
        if self.telling == Some(self.depth) {
            self.telling = None;
        }
        match self.case.take_if(|open| open.depth == self.depth) {
            Some(open) => self.close(open),
            None if self.case.is_none() && name == "testsuite" => {
                self.open.pop();
            }
            None => {}
        }
    }

    fn close(&mut self, open: Open) {
        let totals = &mut self.totals;
        totals.retried += u64::from(open.retried);
        *totals.ended.entry(open.case.ending).or_default() += 1;
        *totals.writers.entry(open.writer).or_default() += 1;
        totals.first = totals.first.or(Some(open.writer));
        self.listed.push(open.case.weight(), open.case);
    }
}

fn count(text: &str) -> Option<u64> {
    text.trim().parse().ok()
}
