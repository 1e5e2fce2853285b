//! What the events of `go test -json` come to, package by package.

use std::collections::BTreeMap;

use super::counts::{Counts, Status};
use super::go_test::Event;
use crate::collect::reports::words::{counted, message, some_of};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState};
use crate::model::relations::TESTS_CASE;

/// All packages by name.
#[derive(Default)]
pub(super) struct Packages(BTreeMap<String, Package>);

#[derive(Default)]
struct Package {
    /// In the order in which they began.
    tests: Vec<Test>,
    places: BTreeMap<String, usize>,
    end: Option<Status>,
    /// The line of the event that ended it last.
    ended_at: u32,
    /// It began again after it had failed, as tools do that give tests a second chance.
    reruns: u64,
    /// It began again after it had passed: two runs stand in the file.
    doubled: bool,
    did_not_build: bool,
    message: String,
}

struct Test {
    name: String,
    /// `None` while it runs.
    end: Option<Status>,
    /// A benchmark ends without a verdict.
    measured: bool,
    message: String,
    at: u32,
}

impl Packages {
    pub(super) fn take(&mut self, event: &Event, number: u32) {
        let action = event.action.said().unwrap_or_default();
        let output = event.output.0.as_deref().unwrap_or_default();
        if action.starts_with("build-") {
            // The package that fails for it says so itself.
            return;
        }
        let name = event.package.0.as_deref().unwrap_or_default();
        if !self.0.contains_key(name) {
            self.0.insert(name.to_owned(), Package::default());
        }
        let Some(package) = self.0.get_mut(name) else {
            return;
        };
        match event.test.said() {
            Some(test) => package.of_test(test, action, output, number),
            None => package.of_package(action, event, number),
        }
    }

    /// Counts the tests, makes their items and says what did not end as it should.
    pub(super) fn settle(self, path: &str, counts: &mut Counts, reading: &mut Reading) {
        let mut open: Vec<&str> = Vec::new();
        let (mut broken, mut doubled, mut hung, mut reruns) = (Vec::new(), Vec::new(), 0, 0);
        for (name, package) in &self.0 {
            hung += package.count(name, path, counts, reading);
            if package.end.is_none() {
                open.push(name);
            }
            if package.broke() {
                broken.push(name.as_str());
                reading.items.push(package.item(name, path));
            }
            if package.doubled {
                doubled.push(name.as_str());
            }
            reruns += u64::from(package.reruns > 0);
        }
        if reruns > 0 {
            reading.note(format!(
                "{} again after a failure; the last end of each test counts.",
                counted(reruns, "package ran", "packages ran")
            ));
        }
        if hung > 0 {
            let why = format!(
                "{} not end, and counts as an error.",
                counted(hung, "test did", "tests did")
            );
            reading.lower(ReadingState::Incomplete, why);
        }
        let mut lower = |names: Vec<&str>, one: &str, many: &str, why: &str| {
            if !names.is_empty() {
                let count = u64::try_from(names.len()).unwrap_or(u64::MAX);
                let why = format!("{} {why}: {}.", counted(count, one, many), some_of(names));
                reading.lower(ReadingState::Incomplete, why);
            }
        };
        lower(
            doubled,
            "package",
            "packages",
            "ran again after it had passed, so two runs stand here",
        );
        lower(
            open,
            "package has",
            "packages have",
            "no end: the stream was cut off",
        );
        lower(
            broken,
            "package",
            "packages",
            "failed without a test that did, so its tests did not all run",
        );
    }
}

impl Package {
    fn of_package(&mut self, action: &str, event: &Event, number: u32) {
        let output = event.output.0.as_deref().unwrap_or_default();
        let end = match action {
            "pass" => Status::Passed,
            "fail" => Status::Failed,
            "skip" => Status::Skipped,
            "output" => {
                self.did_not_build |=
                    output.contains("[build failed]") || output.contains("[setup failed]");
                if self.message.is_empty() && tells(output) {
                    self.message = message(output);
                }
                return;
            }
            _ => return,
        };
        match self.end {
            Some(Status::Failed) => self.reruns += 1,
            Some(_) => self.doubled = true,
            None => {}
        }
        self.did_not_build |= event.failed_build.said().is_some();
        self.end = Some(end);
        self.ended_at = number;
    }

    fn of_test(&mut self, name: &str, action: &str, output: &str, number: u32) {
        let place = if let Some(place) = self.places.get(name) {
            *place
        } else {
            let place = self.tests.len();
            self.places.insert(name.to_owned(), place);
            self.tests.push(Test {
                name: name.to_owned(),
                end: None,
                measured: false,
                message: String::new(),
                at: number,
            });
            place
        };
        let Some(test) = self.tests.get_mut(place) else {
            return;
        };
        match action {
            "run" => {
                test.end = None;
                test.message.clear();
            }
            "pass" => {
                test.end = Some(Status::Passed);
                test.message.clear();
            }
            "fail" => test.end = Some(Status::Failed),
            "skip" => test.end = Some(Status::Skipped),
            "bench" => test.measured = true,
            "output" if test.message.is_empty() && tells(output) => test.message = message(output),
            _ => {}
        }
    }

    /// Counts its tests; answers how many did not end.
    fn count(&self, package: &str, path: &str, counts: &mut Counts, reading: &mut Reading) -> u64 {
        let mut hung = 0;
        for test in &self.tests {
            let status = match test.end {
                Some(status) => status,
                None if self.needs_no_end(test) => continue,
                None => {
                    hung += 1;
                    Status::Error
                }
            };
            counts.add(Some(status));
            let said = Some(test.message.clone()).filter(|message| !message.is_empty());
            let item = Item::new(&TESTS_CASE, Source::line(path, test.at))
                .with("suite", package)
                .with("name", test.name.as_str())
                .with("status", status.name())
                .with("message", said);
            reading.items.push(item);
        }
        hung
    }

    /// A benchmark has no verdict, and Go before 1.16 lost the end of subtests whose test passed.
    fn needs_no_end(&self, test: &Test) -> bool {
        let above = test.name.split_once('/').map(|(above, _)| above);
        let passed = |above: &str| {
            let place = self.places.get(above);
            let test = place.and_then(|place| self.tests.get(*place));
            test.is_some_and(|test| test.end == Some(Status::Passed))
        };
        test.measured || test.name.starts_with("Benchmark") || above.is_some_and(passed)
    }

    /// Whether it failed and no test of it did: it does not build, or its `TestMain` failed.
    fn broke(&self) -> bool {
        let failed = |test: &Test| test.end == Some(Status::Failed);
        let hung = |test: &Test| test.end.is_none() && !self.needs_no_end(test);
        self.end == Some(Status::Failed)
            && (self.did_not_build || !self.tests.iter().any(|test| failed(test) || hung(test)))
    }

    fn item(&self, name: &str, path: &str) -> Item {
        let said = if self.did_not_build {
            Some("the package does not build".to_owned())
        } else {
            Some(self.message.clone()).filter(|message| !message.is_empty())
        };
        Item::new(&TESTS_CASE, Source::line(path, self.ended_at))
            .with("suite", name)
            .with("status", Status::Error.name())
            .with("message", said)
    }
}

/// Whether a line of output says more than that something begins or ends.
fn tells(output: &str) -> bool {
    let text = output.trim();
    let frames = [
        "=== ",
        "--- ",
        "PASS",
        "FAIL",
        "ok  \t",
        "?   \t",
        "exit status",
    ];
    !text.is_empty() && !frames.iter().any(|frame| text.starts_with(frame))
}
