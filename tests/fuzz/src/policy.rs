//! What a team adopts: policy, waivers, statements, controls and a catalogue of its own.

use audit::load::{
    Adoption, Problem, Signed, Source, Text, load, load_catalogue, load_statements, load_waivers,
};
use audit::model::attestation::Signature;

const CATALOGUE: &str = "apiVersion: audit/v1\nname: soc2\nversion: 1.0.0\ntitle: T\nabout: A\n\
                         note: N\nfamilies: { CI: Pipeline }\n";
const CRITERIA: &str = "apiVersion: audit/v1\ncriteria:\n\
    - { id: CC6.8, title: \"a\", series: CC6, category: security }\n\
    - { id: CC8.1, title: \"b\", series: CC8, category: security }\n\
    - { id: CC9.2, title: \"c\", series: CC9, category: security }\n";
const CONTROL: &str = include_str!("../../../controls/soc2/CI-01-pinned-references.yaml");

/// Looks at a file of definitions; the first byte says which.
pub fn look(bytes: &[u8]) {
    let Some((which, bytes)) = bytes.split_first() else {
        return;
    };
    let Ok(text) = audit::tree::file::decode(bytes) else {
        return;
    };
    let said = read(*which, &text);
    assert_eq!(said, read(*which, &text), "read twice, it says two things");
}

/// Reads it and says what came of it, in full.
fn read(which: u8, text: &str) -> String {
    let file = |path: &str, text: &str| Text {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    let given = |path: &str| file(path, text);
    let mut parts = [CATALOGUE, CRITERIA, CONTROL];
    let mut adoption = Adoption::default();
    match which % 6 {
        0 => adoption.policy = Some(given(".audit/policy.yaml")),
        1 => adoption.controls.push(given(".audit/controls/x.yaml")),
        2 => parts[0] = text,
        3 => parts[1] = text,
        4 => parts[2] = text,
        _ => {}
    }
    let names = [
        "catalogue.yaml",
        "criteria.yaml",
        "CI-01-pinned-references.yaml",
    ];
    let files = names.iter().zip(parts).map(|(name, text)| file(name, text));
    let source = Source::Files("own".to_owned(), files.collect());
    let plan = match load(&source, &adoption) {
        Ok(plan) => plan,
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a word");
            problems.iter().for_each(|problem| placed(problem, text));
            return format!("{problems:?}");
        }
    };
    if which % 6 != 5 {
        assert!(
            load_catalogue(&source).is_ok(),
            "loaded with a policy and not without"
        );
        return format!("{plan:?}");
    }
    let (waivers, problems) = load_waivers(&given(".audit/waivers.yaml"), &plan.controls);
    problems.iter().for_each(|problem| placed(problem, text));
    let signed = Signed {
        text: given(".audit/attestations/x.yaml"),
        signature: Signature::Absent,
    };
    let (statements, faults) = load_statements(&[signed], &plan.controls);
    faults.iter().for_each(|problem| placed(problem, text));
    format!("{waivers:?}{problems:?}{statements:?}{faults:?}")
}

/// A place that is said is one of the file.
fn placed(problem: &Problem, text: &str) {
    if let Some(place) = &problem.place {
        let ends = text
            .bytes()
            .filter(|byte| matches!(byte, b'\n' | b'\r'))
            .count();
        let lines = usize::max(ends, CRITERIA.len()) + 1;
        assert!(
            place.line >= 1 && place.line as usize <= lines,
            "{problem:?}"
        );
        assert!(place.column >= 1 && place.width <= 1_000_000, "{problem:?}");
    }
}

/// Definitions of this repository, each with the byte that says what it is.
pub fn seed(path: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let which: u8 = match path {
        path if path.ends_with(".audit/policy.yaml") => 0,
        path if path.contains(".audit/controls/") => 1,
        path if path.ends_with("/catalogue.yaml") => 2,
        path if path.ends_with("/criteria.yaml") => 3,
        path if path.contains("controls/soc2/") => 4,
        path if path.ends_with("/waivers.yaml") || path.contains("/attestations/") => 5,
        _ => return None,
    };
    path.ends_with(".yaml").then(|| [&[which], bytes].concat())
}
