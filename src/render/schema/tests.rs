use serde_json::{Value, json};

use super::check::Schema;

use crate::load::{Source, Text, load_catalogue, load_waivers};
use crate::model::control::{Aggregate, Class, Comparator, Nature, Severity, Unit, WhenEmpty};
use crate::model::record::{
    self, Before, Claim, Ended, Environment, Paths, Record, Sources, Stand, Writer, Written,
};
use crate::model::relations::RELATIONS;
use crate::parse::yaml::{self, Data, Node};
use crate::seal::{Member, manifest};

use super::super::{json as report, sample};

const REPORT: &str = include_str!("../../../reports/schema/report.schema.json");
const INVENTORY: &str = include_str!("../../../reports/schema/inventory.schema.json");
const MANIFEST: &str = include_str!("../../../reports/schema/manifest.schema.json");
const RUN: &str = include_str!("../../../reports/schema/run.schema.json");
const WAIVERS: &str = include_str!("../../../reports/schema/waivers.schema.json");
const CONTROL: &str = include_str!("../../../controls/schema/control.schema.json");

const REGISTER: &str = "\
apiVersion: audit/v1
waivers:
  - id: W-001
    control: CI-01
    scope: { path: .github/workflows/*.yml, line: 22 }
    reason: No digest is published yet.
    compensating: The job has no secret.
    owner: R. Owner
    approver: R. Approver
    ticket: LED-1
    issued: 2026-10-01
    expires: 2026-12-01
";

fn schema(text: &str) -> Schema {
    Schema::new(serde_json::from_str(text).expect("a schema"))
}

/// YAML as an editor's schema check sees it: plain numbers and booleans are what they look like.
fn plain(node: &Node) -> Value {
    match &node.data {
        Data::Scalar(text, true) => match text.as_str() {
            "true" => json!(true),
            "false" => json!(false),
            other => other
                .parse::<i64>()
                .map_or_else(|_| json!(other), Value::from),
        },
        Data::Scalar(text, false) => json!(text),
        Data::Sequence(members) => members.iter().map(|member| plain(member)).collect(),
        Data::Mapping(entries) => Value::Object(
            entries
                .iter()
                .map(|entry| (entry.name().to_owned(), plain(&entry.value)))
                .collect(),
        ),
    }
}

fn document(text: &str) -> Value {
    plain(&yaml::parse(text).expect("YAML"))
}

/// The controls of the embedded catalogue.
fn controls() -> Vec<(String, Value)> {
    let loaded = load_catalogue(&Source::Embedded("soc2".to_owned())).expect("a catalogue");
    let files = loaded.definitions.iter().filter(|file| {
        let name = file.path.rsplit('/').next().unwrap_or("");
        name.starts_with(|first: char| first.is_ascii_uppercase())
    });
    files
        .map(|file| {
            let text = String::from_utf8(file.bytes.clone()).expect("UTF-8");
            (file.path.clone(), document(&text))
        })
        .collect()
}

#[test]
fn report_json_is_as_its_schema_says() {
    let schema = schema(REPORT);
    let bytes = report::report(&sample::bundle());
    let mut value: Value = serde_json::from_slice(&bytes).expect("JSON");
    assert_eq!(schema.faults(&value), Vec::<String>::new());

    value["results"][0]["score"] = json!(71);
    assert_eq!(schema.faults(&value), ["/results/0: unknown score"]);
    value["results"][0]
        .as_object_mut()
        .expect("an object")
        .remove("score");
    value["counts"]["controls"] = json!(6.5);
    assert_eq!(schema.faults(&value), ["/counts/controls: not integer"]);
}

#[test]
fn manifest_json_is_as_its_schema_says() {
    let bundle = sample::bundle();
    let exhibit = sample::exhibits().remove(3);
    let members = vec![
        Member::evidence(
            bundle.evidence_path(&exhibit.path).expect("a name"),
            &exhibit,
        ),
        Member::new("report.json", Vec::new(), "report", "application/json"),
    ];
    let bytes = manifest::manifest(&bundle, &members, &manifest::Sealing::default())
        .bytes()
        .expect("a manifest");
    let value: Value = serde_json::from_slice(&bytes).expect("JSON");
    assert_eq!(schema(MANIFEST).faults(&value), Vec::<String>::new());
}

#[test]
fn every_control_of_the_catalogue_is_as_its_schema_says() {
    let schema = schema(CONTROL);
    let controls = controls();
    assert!(controls.len() >= 23);
    for (path, control) in controls {
        assert_eq!(schema.faults(&control), Vec::<String>::new(), "{path}");
    }
}

#[test]
fn a_control_that_the_loader_refuses_is_refused_by_the_schema() {
    let schema = schema(CONTROL);
    let (_, control) = controls().remove(0);
    for (pointer, wrong) in [
        ("/severity", json!("urgent")),
        ("/class", json!("state of mind")),
        ("/id", json!("ci-1")),
        ("/tests/0/every", json!("workflow.use")),
        ("/tests", json!([])),
        ("/apiVersion", json!("audit/v2")),
    ] {
        let mut broken = control.clone();
        *broken.pointer_mut(pointer).expect(pointer) = wrong;
        assert!(!schema.faults(&broken).is_empty(), "{pointer}");
    }
}

#[test]
fn the_words_of_the_schema_are_the_words_of_the_loader() {
    let schema: Value = serde_json::from_str(CONTROL).expect("JSON");
    let words = |pointer: &str| -> Vec<String> {
        let list = schema.pointer(pointer).and_then(Value::as_array);
        let list = list.expect(pointer).iter().filter_map(Value::as_str);
        list.map(ToOwned::to_owned).collect()
    };
    assert_eq!(words("/properties/severity/enum"), Severity::NAMES);
    assert_eq!(words("/properties/nature/enum"), Nature::NAMES);
    assert_eq!(words("/properties/class/enum"), Class::NAMES);
    let every = "/$defs/test-every/properties/when_empty/enum";
    assert_eq!(words(every), WhenEmpty::NAMES);
    assert_eq!(
        words("/$defs/test-measure/properties/as/enum"),
        Aggregate::NAMES
    );
    let unit = "/properties/parameters/additionalProperties/properties/unit/enum";
    assert_eq!(words(unit), Unit::NAMES);
    let clause = schema.pointer("/$defs/clauses/additionalProperties/properties");
    let mut comparators: Vec<&str> = Comparator::NAMES.to_vec();
    let mut known: Vec<&String> = clause
        .and_then(Value::as_object)
        .expect("words")
        .keys()
        .collect();
    comparators.sort_unstable();
    known.sort_unstable();
    assert_eq!(known, comparators);
    let mut relations: Vec<&str> = RELATIONS.iter().map(|relation| relation.name).collect();
    relations.sort_unstable();
    assert_eq!(
        words("/$defs/relation/enum"),
        relations,
        "a relation came or went: write the names into $defs/relation of the control schema"
    );
    let fields: Vec<&str> = crate::load::CONTROL_FIELDS.to_vec();
    let known = schema["properties"].as_object().expect("fields");
    assert!(known.len() == fields.len() && fields.iter().all(|field| known.contains_key(*field)));
}

#[test]
fn the_register_of_waivers_is_read_and_checked_alike() {
    let schema = schema(WAIVERS);
    let file = |text: &str| Text {
        path: ".audit/waivers.yaml".to_owned(),
        text: text.to_owned(),
    };
    let loaded = load_catalogue(&Source::Embedded("soc2".to_owned())).expect("a catalogue");
    let (waivers, faults) = load_waivers(&file(REGISTER), &loaded.controls);
    assert_eq!((waivers.len(), faults.len()), (1, 0));
    assert_eq!(schema.faults(&document(REGISTER)), Vec::<String>::new());
    for (from, to) in [
        ("    owner: R. Owner\n", ""),
        ("issued: 2026-10-01", "issued: 1/10/2026"),
        (
            "{ path: .github/workflows/*.yml, line: 22 }",
            "{ line: 22 }",
        ),
        ("    reason:", "    because:"),
    ] {
        let broken = REGISTER.replace(from, to);
        let (_, faults) = load_waivers(&file(&broken), &loaded.controls);
        assert!(!faults.is_empty(), "{to}");
        assert!(!schema.faults(&document(&broken)).is_empty(), "{to}");
    }
}

/// A record in which nothing is left out.
fn record() -> Record {
    let digest = "0".repeat(64);
    let stand = Stand {
        commit: Some("a".repeat(40)),
        tree: Some("b".repeat(40)),
        clean: true,
        changed: Paths::of(&["src/a.py".to_owned()]),
        untracked: Paths::default(),
    };
    Record {
        schema: record::SCHEMA.to_owned(),
        api_version: record::API_VERSION.to_owned(),
        audit: Writer {
            version: "0.1.0".to_owned(),
            sha256: Some(digest.clone()),
        },
        started_at: "2026-11-22T14:03:07Z".to_owned(),
        duration_ms: 7,
        command: record::Command {
            arguments: vec![
                "tool".to_owned(),
                "--token".to_owned(),
                "REDACTED".to_owned(),
            ],
            redacted: 1,
            folder: Some(".".to_owned()),
            program: "~/bin/tool".to_owned(),
            sha256: digest.clone(),
            bytes: 7,
            version: Some("tool 1.2".to_owned()),
        },
        ended: Ended {
            code: None,
            signal: Some(9),
        },
        scope: "sub/".to_owned(),
        sources: Some(Sources {
            sha256: digest.clone(),
            files: 2,
        }),
        before: stand.clone(),
        after: stand,
        reports: vec![Written {
            path: "reports/gitleaks.json".to_owned(),
            before: Before::SameBytes,
            sha256: Some(digest),
            bytes: Some(2),
            kind: Some("secrets".to_owned()),
            format: Some("gitleaks".to_owned()),
            state: Some("complete".to_owned()),
            tool: Some("gitleaks".to_owned()),
            tool_version: Some("8.30.1".to_owned()),
            redaction: Some("gitleaks-json/v1".to_owned()),
        }],
        not_written: vec!["reports/x.json".to_owned()],
        environment: Environment::of(vec![Claim {
            name: "GITHUB_SHA".to_owned(),
            value: "c".repeat(40),
        }]),
    }
}

#[test]
fn the_record_of_a_run_is_as_its_schema_says_and_is_read_back_whole() {
    let schema = schema(RUN);
    let value = serde_json::to_value(record()).expect("JSON");
    assert_eq!(schema.faults(&value), Vec::<String>::new());
    let read: Record = serde_json::from_value(value.clone()).expect("a record");
    assert_eq!(read, record());
    for (pointer, wrong) in [
        ("/apiVersion", json!("audit/run/v2")),
        ("/started_at", json!("2026-11-22T14:03:07+01:00")),
        ("/duration_ms", json!(-1)),
        ("/command/arguments", json!([])),
        ("/reports/0/before", json!("unknown")),
        ("/reports/0/sha256", json!("0")),
        ("/environment/trust", json!("verified")),
    ] {
        let mut broken = value.clone();
        *broken.pointer_mut(pointer).expect(pointer) = wrong;
        assert!(!schema.faults(&broken).is_empty(), "{pointer}");
    }
}

#[test]
fn every_object_of_what_we_write_is_closed_and_complete() {
    fn walk(value: &Value, open: &mut usize) {
        if let Some(properties) = value.get("properties").and_then(Value::as_object) {
            let required = value["required"].as_array().map_or(0, Vec::len);
            let closed = value.get("additionalProperties") == Some(&Value::Bool(false));
            *open += usize::from(!closed || required != properties.len());
        }
        match value {
            Value::Array(list) => list.iter().for_each(|value| walk(value, open)),
            Value::Object(map) => map.values().for_each(|value| walk(value, open)),
            _ => {}
        }
    }
    // Of a file in the manifest and in the inventory, some fields stand only where they apply.
    for (text, expected) in [(REPORT, 0), (MANIFEST, 1), (INVENTORY, 1), (RUN, 0)] {
        let mut open = 0;
        walk(&serde_json::from_str(text).expect("JSON"), &mut open);
        assert_eq!(open, expected);
    }
}
