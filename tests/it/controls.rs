//! Every control against small repositories that must lead to a known result.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use audit::parse::yaml::Node;
use serde_json::Value as Json;

use crate::catalogue;
use crate::support::{
    Said, Scratch, append, audit, commit_all, copy, git, names, package, read, read_yaml, soon,
    write,
};

const FIXTURES: &str = "tests/fixtures/controls";

/// The cases every control has.
const CASES: [&str; 3] = ["exceptions", "missing", "none"];

/// The outcome that the name of a case promises.
fn promised(case: &str) -> Option<&'static str> {
    match case {
        "none" => Some("no-exceptions-noted"),
        "exceptions" => Some("exceptions-noted"),
        "missing" => Some("not-tested"),
        _ => None,
    }
}

/// What a case must lead to, and how it is prepared.
struct Case {
    control: String,
    name: String,
    outcome: String,
    places: Vec<String>,
    attributes: Vec<String>,
    gap_contains: Option<String>,
    git: bool,
    setup: Vec<String>,
    as_of: String,
}

const KEYS: [&str; 7] = [
    "outcome",
    "places",
    "attributes",
    "gap_contains",
    "git",
    "setup",
    "as_of",
];

impl Case {
    fn read(control: &str, name: &str) -> Self {
        let node = read_yaml(&package(&format!("{FIXTURES}/{control}/{name}.yaml")));
        for entry in node.entries() {
            assert!(
                KEYS.contains(&entry.name()),
                "{control}/{name}.yaml: {}",
                entry.name()
            );
        }
        let text = |key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
        let texts = |key: &str| -> Vec<String> {
            let list = node.get(key).map(Node::members).unwrap_or_default();
            list.iter()
                .filter_map(|member| member.text())
                .map(str::to_owned)
                .collect()
        };
        let places = texts("places");
        assert!(
            places.is_sorted_by(|left, right| left < right),
            "{control}/{name}.yaml: places"
        );
        Self {
            control: control.to_owned(),
            name: name.to_owned(),
            outcome: text("outcome").unwrap_or_default(),
            places,
            attributes: texts("attributes"),
            gap_contains: text("gap_contains"),
            git: text("git").as_deref() != Some("false"),
            setup: texts("setup"),
            as_of: match text("as_of").as_deref() {
                Some("now") => soon(),
                Some(given) => given.to_owned(),
                None => "2026-03-01T12:00:00Z".to_owned(),
            },
        }
    }

    fn tree(&self) -> PathBuf {
        package(&format!("{FIXTURES}/{}/{}", self.control, self.name))
    }

    /// Everything that is not as the case says.
    fn faults(&self) -> Vec<String> {
        let scene = match Scene::prepare(self) {
            Ok(scene) => scene,
            Err(fault) => return vec![fault],
        };
        let (said, report) = scene.run(&self.as_of);
        let Some(report) = report else {
            return vec![format!(
                "no report.json; exit {:?}: {}{}",
                said.code, said.stdout, said.stderr
            )];
        };
        let results = report["results"].as_array().cloned().unwrap_or_default();
        let Some(result) = results
            .iter()
            .find(|result| result["control"] == self.control.as_str())
        else {
            return vec!["the control has no result".to_owned()];
        };
        let mut faults = self.compare(result, &scene);
        // The others differ from these in what they hold, and not in how it is read.
        if self.name == "exceptions" || !self.setup.is_empty() {
            faults.extend(scene.reperformed());
        }
        faults
    }

    fn compare(&self, result: &Json, scene: &Scene) -> Vec<String> {
        let mut faults = Vec::new();
        if result["outcome"] != self.outcome.as_str() {
            faults.push(format!(
                "expected {}, found {}: {result:#}",
                self.outcome, result["outcome"]
            ));
        }
        let list = |key: &str| result[key].as_array().cloned().unwrap_or_default();
        let said = |key: &str| -> Vec<String> {
            let mut said: Vec<String> = list("deviations")
                .iter()
                .map(|deviation| deviation[key].as_str().unwrap_or("").to_owned())
                .collect();
            said.sort();
            said.dedup();
            said
        };
        let places = said("place");
        let expected: Vec<String> = self
            .places
            .iter()
            .map(|place| scene.resolve(place))
            .collect();
        if places != expected {
            faults.push(format!(
                "expected deviations at {expected:?}, found {places:?}"
            ));
        }
        if !self.attributes.is_empty() && said("attribute") != self.attributes {
            faults.push(format!(
                "expected deviations in {:?}, found {:?}",
                self.attributes,
                said("attribute")
            ));
        }
        if let Some(part) = &self.gap_contains
            && !list("gaps")
                .iter()
                .any(|gap| gap.to_string().contains(part.as_str()))
        {
            faults.push(format!(
                "expected a gap with {part:?}, found {:?}",
                list("gaps")
            ));
        }
        faults
    }
}

/// A copy of a fixture, ready to be examined.
struct Scene {
    scratch: Scratch,
    folder: PathBuf,
    head: Option<String>,
    earlier: Vec<String>,
}

impl Scene {
    fn prepare(case: &Case) -> Result<Self, String> {
        let scratch = Scratch::new();
        let folder = scratch.path("repository");
        copy(&case.tree(), &folder);
        if case.git {
            commit_all(&folder);
        }
        let mut scene = Self {
            scratch,
            folder,
            head: None,
            earlier: Vec::new(),
        };
        for step in &case.setup {
            scene.step(step)?;
        }
        scene.head = case.git.then(|| git(&scene.folder, &["rev-parse", "HEAD"]));
        Ok(scene)
    }

    fn step(&mut self, step: &str) -> Result<(), String> {
        match step {
            "shallow" => self.shallow(),
            "run" => self.record()?,
            "change-source" => {
                append(&self.folder.join("src/app/core.py"), "\n# Changed since.\n");
                git(
                    &self.folder,
                    &["commit", "--quiet", "--all", "--message", "Change it"],
                );
            }
            "replace" => {
                write(&self.folder.join("other"), "Other content.\n");
                let other = git(&self.folder, &["hash-object", "-w", "other"]);
                std::fs::remove_file(self.folder.join("other")).expect("the file goes");
                git(&self.folder, &["replace", "HEAD:README.md", &other]);
            }
            "graft" => {
                let head = git(&self.folder, &["rev-parse", "HEAD"]);
                let info = self.folder.join(".git/info");
                std::fs::create_dir_all(&info).expect("a folder");
                write(&info.join("grafts"), &format!("{head}\n"));
            }
            "earlier-run" => {
                let (said, report) = self.run("2026-02-28T12:00:00Z");
                if report.is_none() {
                    return Err(format!("the earlier run: {}{}", said.stdout, said.stderr));
                }
                self.earlier = self.bundles();
            }
            "change-bundle" => append(&self.bundle().join("report.json"), "\n"),
            "add-to-bundle" => write(&self.bundle().join("added.txt"), "Added later.\n"),
            "break-bundle" => write(&self.bundle().join("SHA256SUMS"), "not a list of digests\n"),
            other => return Err(format!("no setup is called {other}")),
        }
        Ok(())
    }

    /// Has the tool write its reports again, under the eye of `audit`: here the tool is `cp`.
    fn record(&self) -> Result<(), String> {
        let saved = self.scratch.path("saved");
        copy(&self.folder.join("reports"), &saved);
        let from = format!("{}/.", saved.display());
        let words = ["run", "--", "cp", "-R", &from, "reports/"];
        let said = audit(&self.folder, &words);
        if said.code == Some(0) {
            Ok(())
        } else {
            Err(format!("audit run: {}", said.stderr))
        }
    }

    /// Another commit, and a clone that holds only that one.
    fn shallow(&mut self) {
        git(
            &self.folder,
            &["commit", "--quiet", "--allow-empty", "--message", "Go on"],
        );
        let from = format!("file://{}", self.folder.display());
        let clone = self.scratch.path("clone");
        let to = clone.display().to_string();
        git(&self.folder, &["clone", "--quiet", "--depth=1", &from, &to]);
        self.folder = clone;
    }

    fn out(&self) -> PathBuf {
        self.scratch.path("out")
    }

    /// The names of the bundles there are.
    fn bundles(&self) -> Vec<String> {
        let mut bundles = names(&self.out());
        bundles.retain(|name| self.out().join(name).join("manifest.json").is_file());
        bundles
    }

    fn bundle(&self) -> PathBuf {
        let [name] = self.earlier.as_slice() else {
            panic!("expected one earlier bundle, found {:?}", self.earlier)
        };
        self.out().join(name)
    }

    /// Runs the program and reads the report of the bundle that came of it.
    fn run(&self, as_of: &str) -> (Said, Option<Json>) {
        let home = self.scratch.path("home");
        std::fs::create_dir_all(&home).expect("a home");
        let (folder, out) = (
            self.folder.display().to_string(),
            self.out().display().to_string(),
        );
        let arguments = [
            folder.as_str(),
            "--controls",
            "soc2",
            "--out",
            out.as_str(),
            "--as-of",
            as_of,
        ];
        let said = audit(&home, &arguments);
        let report = self
            .bundles()
            .into_iter()
            .filter(|name| !self.earlier.contains(name))
            .map(|name| self.out().join(name).join("report.json"))
            .find(|path| path.is_file())
            .map(|path| read_json(&path));
        (said, report)
    }

    /// What is wrong with deriving the bundle again, with the files that it does not hold.
    fn reperformed(&self) -> Option<String> {
        let names = self.bundles();
        let name = names.iter().find(|name| !self.earlier.contains(name))?;
        let bundle = self.out().join(name).display().to_string();
        let files = self.folder.display().to_string();
        let words = ["reperform", &bundle, "--sources", &files];
        let said = audit(&self.scratch.path("home"), &words);
        (said.code != Some(0)).then(|| format!("reperform: {}{}", said.stdout, said.stderr))
    }

    /// A place of a case, with what differs from run to run filled in.
    fn resolve(&self, place: &str) -> String {
        match (place, &self.head) {
            ("HEAD", Some(head)) => head.chars().take(12).collect(),
            ("BUNDLE", _) => self.earlier.first().cloned().unwrap_or_default(),
            _ => place.to_owned(),
        }
    }
}

fn read_json(path: &Path) -> Json {
    serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The cases of a control: the folders beside which a file says what they must lead to.
fn cases(control: &str) -> Vec<String> {
    let folder = package(&format!("{FIXTURES}/{control}"));
    let found = names(&folder);
    let cases: Vec<String> = found
        .iter()
        .filter(|name| folder.join(name).is_dir())
        .cloned()
        .collect();
    for name in &found {
        let case = name.strip_suffix(".yaml").unwrap_or(name);
        assert!(
            cases.iter().any(|known| known == case),
            "{control}: {name} without its folder"
        );
        assert!(
            found.contains(&format!("{case}.yaml")),
            "{control}: {case} without its file"
        );
    }
    cases
}

#[test]
fn every_control_has_its_three_cases_and_they_promise_what_they_are_named() {
    let controls = catalogue::ids();
    assert_eq!(names(&package(FIXTURES)), controls, "fixtures and controls");
    for control in &controls {
        let found = cases(control);
        for case in CASES {
            assert!(
                found.iter().any(|name| name == case),
                "{control} has no case {case}"
            );
        }
        for name in found {
            let case = Case::read(control, &name);
            if let Some(outcome) = promised(&name) {
                assert_eq!(case.outcome, outcome, "{control}/{name}");
            }
            assert_eq!(
                case.outcome == "exceptions-noted",
                !case.places.is_empty(),
                "{control}/{name}: exceptions have places, and nothing else has"
            );
        }
    }
}

#[test]
fn every_case_comes_to_what_it_says() {
    let all: Vec<Case> = catalogue::ids()
        .iter()
        .flat_map(|control| {
            cases(control)
                .into_iter()
                .map(|name| Case::read(control, &name))
        })
        .collect();
    let next = AtomicUsize::new(0);
    let faults: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let work = || {
        while let Some(case) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            let found = case.faults();
            let mut faults = faults.lock().expect("no thread failed");
            faults.extend(
                found
                    .iter()
                    .map(|fault| format!("{}/{}: {fault}", case.control, case.name)),
            );
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, |threads| threads.get().min(4)) {
            scope.spawn(work);
        }
    });
    let mut faults = faults.into_inner().expect("no thread failed");
    faults.sort();
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}
