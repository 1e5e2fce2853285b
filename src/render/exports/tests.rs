//! What holds for all formats together, those of this folder and the others.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{env, fs};

use crate::model::control::Severity;
use crate::model::result::Outcome;
use crate::render::sample::states::{ATTENTION, State, States, WHOLE, attention};
use crate::render::sample::variants::{STEERING, every_state, steering};
use crate::render::table::{self, Style};
use crate::render::{Closing, FORMATS, sample};
use crate::seal::Bundle;

/// Every document that is written of a run, by its name.
fn documents(bundle: &Bundle) -> BTreeMap<&'static str, String> {
    let closing = Closing {
        bundle: Some("audit-evidence/20261002T063000Z-5d1f0c7e88a9".to_owned()),
        ..Closing::default()
    };
    let mut documents = BTreeMap::new();
    documents.insert("table", table::render(bundle, &Style::plain(), &closing));
    for document in FORMATS.iter().flat_map(|format| format.documents) {
        let bytes = (document.write)(bundle, &closing).expect("a document");
        documents.insert(document.name, String::from_utf8(bytes).expect("UTF-8"));
    }
    let both = format!(
        "{}{}",
        documents["deviations.csv"], documents["requests.csv"]
    );
    documents.insert("csv", both);
    documents
}

/// The same, kept below the folder of `AUDIT_EXPORTS`, where one is given: `.ci/validate-exports`
/// hands them to the validators of others.
fn kept(name: &str, bundle: &Bundle) -> BTreeMap<&'static str, String> {
    let documents = documents(bundle);
    if let Some(folder) = env::var_os("AUDIT_EXPORTS").map(PathBuf::from) {
        let folder = folder.join(name);
        fs::create_dir_all(&folder).expect("a folder");
        for (name, text) in &documents {
            fs::write(folder.join(name), text).expect("a file");
        }
    }
    documents
}

/// How the controls of a run stand, from the run itself.
fn told(bundle: &Bundle) -> States {
    let results = bundle.run().results.iter();
    results
        .map(|result| {
            let state = match result.outcome {
                Outcome::ExceptionsNoted if result.waived => State::Waived,
                Outcome::ExceptionsNoted => State::Exceptions,
                Outcome::NotTested => State::NotTested,
                Outcome::NoExceptionsNoted => State::NoneNoted,
                Outcome::DidNotOccur => State::DidNotOccur,
                Outcome::NotApplicable => State::NotApplicable,
            };
            (result.control.clone(), state)
        })
        .collect()
}

#[test]
fn every_format_says_the_same_of_every_control() {
    for (name, bundle) in [("sample", sample::bundle()), ("states", every_state())] {
        let documents = kept(name, &bundle);
        let told = told(&bundle);
        assert!(told.len() > 5);
        for (name, read) in WHOLE {
            assert_eq!(read(&documents[name]), told, "{name}");
        }
        for (name, read) in ATTENTION {
            assert_eq!(read(&documents[name]), attention(&told), "{name}");
        }
    }
}

#[test]
fn every_state_stands_in_the_run_that_is_compared() {
    let told = told(&every_state());
    for state in [
        State::Exceptions,
        State::Waived,
        State::NotTested,
        State::NoneNoted,
        State::DidNotOccur,
        State::NotApplicable,
    ] {
        assert!(told.values().any(|it| *it == state), "{state:?}");
    }
}

/// Whether a character changes how the text around it is shown.
fn steers(character: char) -> bool {
    !matches!(character, '\n' | '\r') && crate::model::text::steers(character)
}

#[test]
fn no_text_of_a_repository_steers_any_format() {
    for text in STEERING {
        for (name, document) in documents(&steering(text)) {
            let raw = document.chars().find(|c| steers(*c));
            assert_eq!(raw, None, "{name}: {text:?}");
            assert!(!document.contains("##["), "{name}: {text:?}");
            let orders = document
                .lines()
                .filter(|line| line.trim_start().starts_with("::"));
            assert!(name == "github" || orders.count() == 0, "{name}: {text:?}");
            if name.ends_with("csv") {
                assert_eq!(
                    document.matches('\r').count(),
                    document.matches('\n').count()
                );
            } else {
                assert!(!document.contains('\r'), "{name}: {text:?}");
            }
        }
    }
}

#[test]
fn no_text_of_a_repository_changes_what_a_format_says() {
    let told = told(&sample::bundle());
    for (at, text) in STEERING.into_iter().enumerate() {
        let documents = kept(&format!("steering-{at}"), &steering(text));
        for (name, read) in WHOLE {
            assert_eq!(read(&documents[name]), told, "{name}: {text:?}");
        }
        for (name, read) in ATTENTION {
            assert_eq!(read(&documents[name]), attention(&told), "{name}: {text:?}");
        }
    }
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    assert_eq!(documents(&sample::bundle()), documents(&sample::bundle()));
}

#[test]
fn a_run_without_results_is_never_a_good_one() {
    let mut run = sample::run();
    run.results.clear();
    let documents = kept("empty", &Bundle::new(run, Severity::Low));
    for (name, read) in WHOLE {
        assert_eq!(read(&documents[name]), States::new(), "{name}");
    }
    let sarif: serde_json::Value = documents["sarif"].parse().expect("JSON");
    let invocation = &sarif["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["exitCode"], 3);
}
