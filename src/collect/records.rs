//! The records of runs that `audit run` wrote. They are read like any other file from outside:
//! nobody signed them, and whoever can write a file can write one.

use super::sink::exhibit_of;
use super::{Collector, Input, Sink, Spec, Wants};
use crate::model::exhibit::Exhibit;
use crate::model::fact::{Item, Source};
use crate::model::record::{API_VERSION, FOLDER, Record, Written};
use crate::model::relations::{RUN_RECORD, RUN_REPORT};
use crate::model::text::excerpt;
use crate::model::time::Moment;
use crate::model::value::Value;
use crate::parse::error::ParseError;
use crate::parse::json;
use crate::tree::File;

/// Fills `run.record` and `run.report`.
pub(super) struct Records;

static SPEC: Spec = Spec {
    name: "records",
    reads: ".audit/runs/*.json",
    fills: &[&RUN_RECORD, &RUN_REPORT],
    about: "Reads the records of runs, by which a report is bound to the commit it was made at.",
};

impl Collector for Records {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn wants(&self, path: &str, input: &Input<'_>) -> Wants {
        match input.inside(path) {
            Some(inside) if is_record(inside) => Wants::Visit,
            _ => Wants::No,
        }
    }

    fn visit(&self, file: &File, input: &Input<'_>, sink: &mut Sink) {
        match read(file) {
            Ok((record, started_at)) => take(file, &record, started_at, input, sink),
            Err(error) => sink.unparsable(&[&RUN_RECORD], file, &error),
        }
    }
}

/// Whether a record may lie at a path, given from the examined folder.
pub(super) fn is_record(inside: &str) -> bool {
    let name = inside.strip_prefix(FOLDER);
    name.and_then(|name| name.strip_suffix(".json"))
        .is_some_and(|name| !name.contains('/'))
}

fn read(file: &File) -> Result<(Record, Moment), ParseError> {
    let text = file.text().map_err(ParseError::whole)?;
    let record: Record = json::parse(&text)?;
    if record.api_version != API_VERSION {
        let found = excerpt(&record.api_version);
        let says = format!("expected a record of {API_VERSION}, found {found}");
        return Err(ParseError::whole(says));
    }
    let started = Moment::parse(&record.started_at);
    let started = started.filter(|_| record.started_at.ends_with('Z'));
    let started = started.ok_or_else(|| {
        let found = excerpt(&record.started_at);
        ParseError::whole(format!(
            "expected a time in UTC as started_at, found {found}"
        ))
    })?;
    let mut paths = record.reports.iter().map(|report| report.path.as_str());
    if let Some(odd) = paths.find(|path| !is_plain(path)) {
        let says = format!(
            "expected a path from the examined folder, found {}",
            excerpt(odd)
        );
        return Err(ParseError::whole(says));
    }
    Ok((record, started))
}

/// Whether a path leads downwards from the examined folder.
fn is_plain(path: &str) -> bool {
    path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

fn take(file: &File, record: &Record, started_at: Moment, input: &Input<'_>, sink: &mut Sink) {
    let claims = record.environment.claims.iter();
    let claims = claims.map(|claim| format!("{}={}", claim.name, claim.value));
    let mut item = Item::new(&RUN_RECORD, Source::file(&file.path))
        .with("path", file.path.as_str())
        .with("started_at", started_at.to_string())
        .with("duration_ms", record.duration_ms)
        .with("command", Value::texts(record.command.arguments.clone()))
        .with("program", record.command.program.as_str())
        .with("program_sha256", record.command.sha256.as_str())
        .with("tool_version", record.command.version.clone())
        .with("exit_code", record.ended.code.map(i64::from))
        .with("signal", record.ended.signal.map(i64::from))
        .with("finished", !record.ended.crashed())
        .with("ended", record.ended.words())
        .with("claims", Value::texts(claims));
    match record.commit() {
        Ok(commit) => {
            item.set("commit", commit);
            let sources = record.sources.as_ref();
            item.set("sources", sources.map(|sources| sources.sha256.clone()));
        }
        Err(why) => item.set("unbound", why),
    }
    sink.item(item);
    for (at, report) in record.reports.iter().enumerate() {
        let source = Source::pointer(&file.path, format!("/reports/{at}"));
        sink.item(claim(source, file, report, input));
    }
    sink.examined(&RUN_RECORD, file);
    let described = exhibit_of(file).map(|exhibit| Exhibit {
        tool: Some("audit run".to_owned()),
        tool_version: Some(excerpt(&record.audit.version)),
        produced_at: Some(started_at.to_string()),
        ..exhibit
    });
    if let Some(exhibit) = described {
        sink.put(exhibit);
    }
}

fn claim(source: Source, file: &File, report: &Written, input: &Input<'_>) -> Item {
    Item::new(&RUN_REPORT, source)
        .with("record", file.path.as_str())
        .with("path", format!("{}{}", input.tree.scope, report.path))
        .with("sha256", report.sha256.clone())
        .with("bytes", report.bytes)
        .with("kind", report.kind.clone())
        .with("format", report.format.clone())
        .with("before", report.before.name())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RECORD: &str = r#"{"schema": "reports/schema/run.schema.json", "apiVersion": "audit/run/v1",
        "audit": {"version": "0.1.0", "sha256": null}, "started_at": "2026-11-22T14:03:07Z",
        "duration_ms": 7, "command": {"arguments": ["tool"], "redacted": 0, "folder": ".",
        "program": "tool", "sha256": "0", "bytes": 1, "version": null},
        "ended": {"code": 0, "signal": null}, "scope": "", "sources": null,
        "before": {"commit": "a", "tree": "b", "clean": true,
        "changed": {"total": 0, "first": []}, "untracked": {"total": 0, "first": []}},
        "after": {"commit": "a", "tree": "b", "clean": true,
        "changed": {"total": 0, "first": []}, "untracked": {"total": 0, "first": []}},
        "reports": [{"path": "reports/a.json", "before": "absent", "sha256": "1", "bytes": 2,
        "kind": null, "format": null, "state": null, "tool": null, "tool_version": null,
        "redaction": null}], "not_written": [],
        "environment": {"trust": "self-asserted", "claims": []}}"#;

    fn file(text: impl Into<Vec<u8>>) -> File {
        File::new(".audit/runs/a.json", text.into(), false)
    }

    #[test]
    fn a_record_lies_in_one_folder() {
        assert!(is_record(".audit/runs/a.json"));
        for path in [
            ".audit/runs/a/b.json",
            ".audit/runs/a.txt",
            "x/.audit/runs/a.json",
            "a.json",
        ] {
            assert!(!is_record(path), "{path}");
        }
    }

    #[test]
    fn a_record_is_read_whole_or_not_at_all() {
        assert!(read(&file(RECORD)).is_ok());
        for end in 0..RECORD.len() {
            assert!(read(&file(&RECORD.as_bytes()[..end])).is_err(), "{end}");
        }
        for (from, to) in [
            ("07Z", "07+01:00"),
            ("audit/run/v1", "audit/run/v9"),
            ("reports/a.json", "reports/../a.json"),
            ("\"scope\"", "\"scopes\""),
            ("\"code\": 0", "\"code\": 9999999999"),
        ] {
            let text = RECORD.replacen(from, to, 1);
            assert!(text != RECORD && read(&file(text)).is_err(), "{to}");
        }
    }

    proptest! {
        #[test]
        fn flipped_bytes_never_panic(
            flips in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..6),
        ) {
            let mut bytes = RECORD.as_bytes().to_vec();
            for (at, byte) in flips {
                let at = at % bytes.len();
                bytes[at] = byte;
            }
            if let Ok((record, _)) = read(&file(bytes)) {
                let _ = (record.commit().is_ok(), record.ended.words(), record.ended.crashed());
            }
        }
    }
}
