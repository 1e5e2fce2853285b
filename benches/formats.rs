//! How long each format takes to write a run with many deviations.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use audit::model::control::Severity;
use audit::model::exhibit::{Content, Exhibit, Level};
use audit::model::fact::Facts;
use audit::model::gap::Gap;
use audit::model::inventory::Inventory;
use audit::model::period::Period;
use audit::model::policy::Policy;
use audit::model::record::Environment;
use audit::model::result::{ControlResult, Deviation, Outcome, TestResult, WaiverUse};
use audit::model::run::{CatalogueInfo, Clock, Run, Subject, Tool};
use audit::model::time::Moment;
use audit::render::table::{self, Style};
use audit::render::{Closing, FORMATS};
use audit::seal::Bundle;
use audit::tree::digest::sha256;

/// How many controls deviate.
const CONTROLS: usize = 60;
/// How many files they deviate in.
const FILES: usize = 2_000;

/// Prints how long each format takes for so many deviations, and how much it writes.
pub(crate) fn all(counts: &[usize]) {
    let made: Vec<(usize, Bundle)> = counts
        .iter()
        .map(|count| (*count, Bundle::new(run(*count), Severity::Low)))
        .collect();
    let closing = Closing::default();
    let heads: Vec<String> = counts
        .iter()
        .map(|count| format!("{count} deviations"))
        .collect();
    println!("{:<16} {}", "format", heads.join("   "));
    let row = |name: &str, write: &dyn Fn(&Bundle) -> usize| {
        let cells: Vec<String> = made
            .iter()
            .map(|(_, bundle)| {
                let (time, size) = quickest(&|| write(bundle));
                format!("{:>6} ms {:>6} KiB", time.as_millis(), size >> 10)
            })
            .collect();
        println!("{name:<16} {}", cells.join("   "));
    };
    row("table", &|bundle| {
        table::render(bundle, &Style::plain(), &closing).len()
    });
    for document in FORMATS.iter().flat_map(|format| format.documents) {
        row(document.name, &|bundle| {
            (document.write)(bundle, &closing)
                .expect("a document")
                .len()
        });
    }
    println!();
}

fn quickest(write: &dyn Fn() -> usize) -> (Duration, usize) {
    let times = (0..3).map(|_| {
        let begun = Instant::now();
        let size = write();
        (begun.elapsed(), size)
    });
    times.min().expect("a run")
}

fn path(number: usize) -> String {
    format!("src/part{}/module{}.py", number % 40, number % FILES)
}

fn deviation(control: &str, number: usize) -> Deviation {
    let path = path(number);
    Deviation {
        attribute: "no finding".to_owned(),
        place: format!("{path}:{number}:5"),
        line: u32::try_from(number + 1).ok(),
        column: Some(5),
        item: vec![
            ("rule".to_owned(), "B101".to_owned()),
            (
                "message".to_owned(),
                format!("Use of assert number {number}."),
            ),
        ],
        observed: vec![("severity".to_owned(), "low".to_owned())],
        required: "at most 0".to_owned(),
        fingerprint: sha256(format!("{control} {number}").as_bytes()),
        waiver: number.is_multiple_of(10).then(|| "W-001".to_owned()),
        path,
    }
}

fn result(at: usize, count: usize) -> ControlResult {
    let control = format!("SA-{at:02}");
    let deviations: Vec<Deviation> = (0..count)
        .map(|number| deviation(&control, number))
        .collect();
    let evidence: Vec<String> = (0..FILES).map(path).collect();
    let gaps = vec![Gap::missing(format!("report {at}"), "Run the tool.")];
    ControlResult {
        severity: Severity::High,
        outcome: Outcome::ExceptionsNoted,
        waived: false,
        tests: vec![TestResult {
            attribute: "no finding".to_owned(),
            sentence: "Every finding must be mended.".to_owned(),
            logic: "count analysis.finding at-most 0".to_owned(),
            outcome: Outcome::ExceptionsNoted,
            relation: Some("analysis.finding"),
            items: count,
            population: count,
            observed: format!("{count} findings"),
            required: "at most 0".to_owned(),
            measured: None,
            deviations: deviations.clone(),
            gaps: gaps.clone(),
            evidence: evidence.clone(),
            sources: 0,
            examples: Vec::new(),
            parts: Vec::new(),
        }],
        deviations,
        gaps,
        waivers: vec![WaiverUse {
            id: "W-001".to_owned(),
            covers: count.div_ceil(10),
        }],
        reason: None,
        evidence,
        sources: 0,
        control,
    }
}

fn exhibit(number: usize) -> Exhibit {
    let content = format!("assert {number}\n").into_bytes();
    Exhibit {
        path: path(number),
        sha256: sha256(&content),
        bytes: content.len() as u64,
        level: Level::Tree,
        tracked: true,
        code: false,
        needed: true,
        tool: None,
        tool_version: None,
        produced_at: None,
        record: None,
        format: None,
        redaction: None,
        content: Content::Held(content.into()),
    }
}

fn run(deviations: usize) -> Run {
    let mut exhibits: BTreeMap<String, Exhibit> = BTreeMap::new();
    for number in 0..FILES {
        exhibits.insert(path(number), exhibit(number));
    }
    Run {
        inventory: Inventory::default(),
        tool: Tool {
            version: "0.0.0",
            sha256: None,
        },
        as_of: Moment::parse("2026-10-02T06:30:00Z").expect("a moment"),
        clock: Clock::Given,
        period: Period::parse("2026-Q4").expect("a period"),
        subject: Subject::default(),
        catalogue: CatalogueInfo {
            name: "soc2".to_owned(),
            version: "1.0.0".to_owned(),
            sha256: sha256(b"catalogue"),
        },
        criteria: Vec::new(),
        controls: Vec::new(),
        policy: Policy::default(),
        waivers: Vec::new(),
        waivers_from: None,
        only: Vec::new(),
        results: (0..CONTROLS)
            .map(|at| result(at, deviations / CONTROLS))
            .collect(),
        outside: Vec::new(),
        facts: Facts::new(),
        exhibits: exhibits.into_values().collect(),
        sources: Vec::new(),
        definitions: Vec::new(),
        environment: Environment::of(Vec::new()),
    }
}
