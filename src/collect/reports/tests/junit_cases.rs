//! The cases of a JUnit XML file, in all its dialects.
//!
//! There is no standard. What all dialects share: a `testcase` is one case wherever it stands, and
//! its direct children say how it ended. `flakyFailure`, `flakyError`, `rerunFailure` and
//! `rerunError` (Surefire, nextest) tell of attempts, not of the case.

use crate::collect::reports::words::message;
use crate::parse::xml::{Element, Part};

/// How a case ended. Ordered: a later one takes precedence over an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ending {
    Passed,
    Skipped,
    Failed,
    Error,
}

impl Ending {
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

/// One case.
#[derive(Debug, Clone)]
pub(super) struct Case {
    /// The innermost suite it stands in, by its place in [`Cases::suites`].
    pub(super) suite: Option<usize>,
    pub(super) name: String,
    pub(super) class: String,
    pub(super) file: Option<String>,
    pub(super) line: Option<u64>,
    pub(super) ending: Ending,
    pub(super) message: String,
    /// How often `: error:` stands in what it says, by which mypy's errors are counted.
    pub(super) errors_told: u64,
    /// Where it stands in the report.
    pub(super) at: u32,
}

/// One suite.
#[derive(Debug, Clone)]
pub(super) struct Suite {
    pub(super) name: String,
    pub(super) package: String,
    pub(super) timestamp: Option<String>,
    /// Declared cases, for suites that stand directly below the root, or are the root.
    pub(super) declared: Option<u64>,
    pub(super) outermost: bool,
}

/// All that is taken from the file.
#[derive(Debug, Default)]
pub(super) struct Cases {
    pub(super) root: Option<Element>,
    pub(super) suites: Vec<Suite>,
    pub(super) all: Vec<Case>,
    /// Errors and failures of a suite itself, outside any case, with where they stand.
    pub(super) outside: Vec<(Option<usize>, u32, String)>,
    /// Cases of which at least one attempt failed before the one that counts.
    pub(super) retried: u64,
    /// Names of properties, by which some writers are known.
    pub(super) properties: Vec<String>,
    /// Cases that name a mutation, as cosmic-ray's do.
    pub(super) mutations: u64,
    depth: usize,
    /// Open suites, by their place in the list.
    open: Vec<usize>,
    /// The depth of the open case, and whether one of its attempts failed.
    case: Option<(usize, bool)>,
    /// The depth of the child whose text is the case's message.
    telling: Option<usize>,
}

/// Properties that are looked at to know the writer.
const PROPERTIES_KEPT: usize = 64;

impl Cases {
    pub(super) fn take(&mut self, part: Part) {
        match part {
            Part::Start(element) => {
                self.depth += 1;
                self.start(element);
            }
            Part::Text(text) => self.text(&text),
            Part::End(name) => {
                self.end(&name);
                self.depth = self.depth.saturating_sub(1);
            }
        }
    }

    fn start(&mut self, element: Element) {
        match (self.case, element.name.as_str()) {
            (None, "testsuite") => self.suite(&element),
            (None, "testcase") => self.begin(&element),
            (None, "error" | "failure") => {
                let says = message(element.attribute("message").unwrap_or_default());
                let suite = self.open.last().copied();
                self.outside.push((suite, element.line, says));
            }
            (None, "property") if self.properties.len() < PROPERTIES_KEPT => {
                let name = element.attribute("name").unwrap_or_default();
                self.properties.push(name.to_owned());
            }
            (Some((depth, _)), _) if self.depth == depth + 1 => self.child(&element),
            _ => {}
        }
        if self.depth == 1 {
            self.root = Some(element);
        }
    }

    fn suite(&mut self, element: &Element) {
        let text = |name| element.attribute(name).unwrap_or_default().to_owned();
        let outermost = self.open.is_empty();
        self.open.push(self.suites.len());
        self.suites.push(Suite {
            name: text("name"),
            package: text("package"),
            timestamp: element.attribute("timestamp").map(str::to_owned),
            declared: declared(element),
            outermost,
        });
    }

    fn begin(&mut self, element: &Element) {
        let text = |name| element.attribute(name).unwrap_or_default().to_owned();
        let told = ["result", "status"]
            .into_iter()
            .filter_map(|name| Ending::of_attribute(element.attribute(name)?))
            .max();
        self.case = Some((self.depth, false));
        self.all.push(Case {
            suite: self.open.last().copied(),
            name: text("name"),
            class: text("classname"),
            file: element.attribute("file").map(str::to_owned),
            line: element
                .attribute("line")
                .and_then(|line| line.trim().parse().ok()),
            ending: told.unwrap_or(Ending::Passed),
            message: String::new(),
            errors_told: 0,
            at: element.line,
        });
    }

    fn child(&mut self, element: &Element) {
        if element.name.starts_with("flaky") || element.name.starts_with("rerun") {
            self.case = self.case.map(|(depth, _)| (depth, true));
            return;
        }
        self.mutations += u64::from(element.name == "mutation");
        let Some((ending, case)) = Ending::of_child(&element.name).zip(self.all.last_mut()) else {
            return;
        };
        let says = element.attribute("message").unwrap_or_default();
        case.errors_told += errors_in(says);
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
        if let Some(case) = self.all.last_mut() {
            case.errors_told += errors_in(text);
            if case.message.is_empty() {
                case.message = message(text.trim().lines().next().unwrap_or_default());
            }
        }
    }

    fn end(&mut self, name: &str) {
        if self.telling == Some(self.depth) {
            self.telling = None;
        }
        match self.case {
            Some((depth, retried)) if depth == self.depth => {
                self.case = None;
                self.retried += u64::from(retried);
            }
            None if name == "testsuite" => {
                self.open.pop();
            }
            _ => {}
        }
    }

    /// The suite of a case.
    pub(super) fn suite_of(&self, case: &Case) -> Option<&Suite> {
        self.suites.get(case.suite?)
    }

    /// How many cases ended in one way.
    pub(super) fn ended(&self, ending: Ending) -> u64 {
        let ended = self.all.iter().filter(|case| case.ending == ending);
        u64::try_from(ended.count()).unwrap_or(u64::MAX)
    }

    /// What the file says its number of cases is: the root, or the outermost suites together.
    pub(super) fn declared(&self) -> Option<u64> {
        if let Some(declared) = self.root.as_ref().and_then(declared) {
            return Some(declared);
        }
        let outermost = self.suites.iter().filter(|suite| suite.outermost);
        outermost
            .map(|suite| suite.declared)
            .try_fold(0_u64, |sum, count| sum.checked_add(count?))
    }
}

fn declared(element: &Element) -> Option<u64> {
    element.attribute("tests")?.trim().parse().ok()
}

fn errors_in(text: &str) -> u64 {
    u64::try_from(text.matches(": error:").count()).unwrap_or(u64::MAX)
}
