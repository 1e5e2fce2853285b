//! Runs for the tests of all formats: every result with every kind of waiver, and hostile texts in
//! every place that a repository can write.

use crate::model::control::{Control, Severity};
use crate::model::exhibit::{Content, Exhibit, Level};
use crate::model::fact::Source;
use crate::model::gap::{Cause, Gap};
use crate::model::relations::ATTESTATION_STATEMENT;
use crate::model::result::{ControlResult, Deviation, Outcome, WaiverUse};
use crate::model::run::Run;
use crate::model::text::from_bytes;
use crate::model::time::Day;
use crate::model::waiver::Waiver;
use crate::seal::Bundle;
use crate::tree::digest::sha256;

/// Texts that would steer a page, a terminal, a spreadsheet, a runner or a parser.
pub(in crate::render) const STEERING: [&str; 16] = [
    "<script>alert(1)</script>",
    "</script><!--",
    "[a](javascript:alert(1))",
    "![a](https://evil.example/a.png)",
    "\u{1b}]8;;https://evil.example\u{7}a\u{1b}]8;;\u{7}\u{9b}2J",
    "a\u{202e}b\u{2066}c\u{200b}d\u{feff}",
    "]]></failure><testcase name=\"x\"/>",
    "\u{0}\u{8}\u{b}\u{c}\u{fffe}\u{ffff}\u{85}",
    "=HYPERLINK(\"https://evil.example\";\"a\")",
    "+1;=2+cmd|'/c calc'!A0",
    "-1",
    "@SUM(1)",
    "\t=1\r\n::error file=a::b",
    "%0A::error::b##[add-mask]c",
    "${{ github.token }} {0} {{ insert: param, a }}",
    "' \" & &lt; \\ ` | * _ ~ ^ # $x$",
];

/// A path of bytes that are no text, as they are shown.
fn no_text() -> String {
    from_bytes(b"src/\xed\xa0\x80\xff.py")
}

/// A run of controls that stand in every way there is.
pub(in crate::render) fn every_state() -> Bundle {
    let mut run = super::run();
    let sample = super::results::results();
    let of = |control: &str| sample.iter().find(|it| it.control == control).expect("one");
    let (pinned, held) = (of("CI-01"), of("DP-02"));
    let mut results: Vec<ControlResult> = Vec::new();
    let mut add = |id: &str, from: &ControlResult, change: &dyn Fn(&mut ControlResult)| {
        let mut result = from.clone();
        id.clone_into(&mut result.control);
        change(&mut result);
        results.push(result);
    };
    add("ST-01", held, &|_| {});
    add("ST-02", of("SE-03"), &|_| {});
    add("ST-03", of("CP-05"), &|_| {});
    add("ST-04", of("SA-03"), &|_| {});
    for (id, cause) in [
        ("ST-05", Cause::Stale),
        ("ST-06", Cause::Unreadable),
        ("ST-07", Cause::Weak),
        ("ST-08", Cause::TooLarge),
    ] {
        let gap = Gap::at(cause, &Source::line("pip.lock", 1), "says", "Mend it.");
        add(id, of("SA-03"), &|it| it.gaps = vec![gap.clone()]);
    }
    // A person has to state something.
    add("ST-09", of("SA-03"), &|it| {
        for test in &mut it.tests {
            test.relation = Some(ATTESTATION_STATEMENT.name);
        }
    });
    // Exceptions: none waived, some, all, all beside a gap, none beside a gap.
    add("ST-10", pinned, &|it| waive(it, 0, false));
    add("ST-11", pinned, &|it| waive(it, 2, false));
    add("ST-12", pinned, &|it| waive(it, 4, false));
    add("ST-13", pinned, &|it| waive(it, 4, true));
    add("ST-14", pinned, &|it| waive(it, 0, true));
    // An expired waiver names it, and covers nothing.
    add("ST-15", pinned, &|it| waive(it, 0, false));
    run.controls = results
        .iter()
        .map(|it| control(&run, &it.control))
        .collect();
    let as_of = run.as_of;
    run.waivers = [
        ("ST-11", "2026-12-31"),
        ("ST-12", "2026-12-31"),
        ("ST-13", "2026-12-31"),
        ("ST-15", "2026-09-30"),
    ]
    .into_iter()
    .map(|(id, expires)| {
        let waiver = waiver(&run, id, expires);
        let state = waiver.state(as_of);
        (waiver, state)
    })
    .collect();
    run.policy.exclusions.clear();
    run.outside.clear();
    run.results = results;
    Bundle::new(run, Severity::Low)
}

/// Waives the first deviations of a result.
fn waive(result: &mut ControlResult, covers: usize, beside: bool) {
    let id = format!("W-{}", result.control);
    for (at, deviation) in result.deviations.iter_mut().enumerate() {
        deviation.waiver = (at < covers).then(|| id.clone());
    }
    result.waivers = if covers > 0 {
        vec![WaiverUse { id, covers }]
    } else {
        Vec::new()
    };
    if !beside {
        result.gaps.clear();
    }
    result.waived = covers == result.deviations.len() && !beside;
}

fn waiver(run: &Run, control: &str, expires: &str) -> Waiver {
    let (waiver, _) = run.waivers.first().expect("a waiver");
    Waiver {
        id: format!("W-{control}"),
        control: control.to_owned(),
        issued: Day::parse("2026-08-01"),
        expires: Day::parse(expires),
        ..waiver.clone()
    }
}

fn control(run: &Run, id: &str) -> Control {
    Control {
        id: id.to_owned(),
        title: format!("Title of {id}"),
        ..run.controls.first().expect("a control").clone()
    }
}

/// A run in which every place that a repository can write holds each of these texts once.
pub(in crate::render) fn steering(text: &str) -> Bundle {
    let mut run = super::run();
    let owned = || text.to_owned();
    let path = format!("{}/{text}", no_text());
    run.subject.name = owned();
    run.subject.branch = Some(owned());
    run.subject.changed = vec![path.clone()];
    run.subject.skipped = vec![(path.clone(), owned())];
    run.subject.submodules = vec![path.clone()];
    run.catalogue.name = owned();
    run.catalogue.version = owned();
    run.policy.entity = Some(owned());
    run.policy.repository = Some(owned());
    for claim in &mut run.environment.claims {
        claim.value = owned();
    }
    for control in &mut run.controls {
        control.title = format!("{text} {}", control.id);
        control.statement = owned();
        control.procedure = owned();
        control.remediation = owned();
        control.frequency = owned();
        control.limitations = vec![owned()];
        control.references = [(owned(), vec![owned()])].into();
        control.path = path.clone();
    }
    for (waiver, _) in &mut run.waivers {
        waiver.reason = owned();
        waiver.compensating = Some(owned());
        waiver.owner = owned();
        waiver.approver = owned();
        waiver.ticket = Some(owned());
        waiver.path = path.clone();
    }
    let content = text.as_bytes();
    run.exhibits.push(Exhibit {
        path: path.clone(),
        sha256: sha256(content),
        bytes: u64::try_from(content.len()).expect("a size"),
        level: Level::L0,
        code: false,
        needed: true,
        tracked: false,
        tool: Some(owned()),
        tool_version: Some(owned()),
        produced_at: Some(owned()),
        record: Some(owned()),
        format: None,
        redaction: None,
        content: Content::Held(content.into()),
    });
    run.exhibits
        .sort_by(|left, right| left.path.cmp(&right.path));
    for result in &mut run.results {
        harm(result, text, &path);
    }
    Bundle::new(run, Severity::Low)
}

fn harm(result: &mut ControlResult, text: &str, path: &str) {
    let owned = || text.to_owned();
    if matches!(
        result.outcome,
        Outcome::DidNotOccur | Outcome::NotApplicable
    ) {
        result.reason = Some(owned());
    }
    result.evidence.push(path.to_owned());
    for test in &mut result.tests {
        test.attribute = owned();
        test.sentence = owned();
        test.logic = owned();
        test.observed = owned();
        test.required = owned();
    }
    let change = |deviation: &mut Deviation| {
        deviation.attribute = owned();
        deviation.place = format!("{path}:7:3");
        path.clone_into(&mut deviation.path);
        deviation.line = Some(7);
        deviation.column = Some(3);
        deviation.item = vec![(owned(), owned())];
        deviation.observed = vec![(owned(), owned())];
        deviation.required = owned();
    };
    result.deviations.iter_mut().for_each(change);
    for gap in &mut result.gaps {
        *gap = Gap {
            cause: gap.cause,
            place: format!("{path}:7"),
            path: path.to_owned(),
            says: owned(),
            remedy: owned(),
        };
    }
}
