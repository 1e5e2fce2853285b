//! Reads back how each control stands from a document, as its reader would: the tests of all formats
//! share it, so it knows nothing of this program but the texts that it writes.

use std::collections::BTreeMap;

use serde_json::Value;

/// How a control stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Exceptions,
    Waived,
    NotTested,
    NoneNoted,
    DidNotOccur,
    NotApplicable,
}

/// What a document says of the controls.
pub(crate) type States = BTreeMap<String, State>;

/// How a document is read.
pub(crate) type Reader = fn(&str) -> States;

/// The formats that say of every control how it stands.
pub(crate) const WHOLE: [(&str, Reader); 8] = [
    ("json", json),
    ("html", html),
    ("sarif", sarif),
    ("junit", junit),
    ("results.csv", results_csv),
    ("oscal", oscal),
    ("hdf", hdf),
    ("markdown", markdown),
];

/// The formats that name only what needs attention.
pub(crate) const ATTENTION: [(&str, Reader); 4] = [
    ("table", table),
    ("github", github),
    ("code-scanning", sarif),
    ("csv", attention_csv),
];

/// Those that need attention.
pub(crate) fn attention(states: &States) -> States {
    let wanted = [State::Exceptions, State::Waived, State::NotTested];
    let states = states.iter().filter(|(_, state)| wanted.contains(state));
    states.map(|(id, state)| (id.clone(), *state)).collect()
}

fn list(node: &Value) -> &[Value] {
    node.as_array().map_or(&[], Vec::as_slice)
}

fn text(node: &Value) -> &str {
    node.as_str().unwrap_or_default()
}

fn parsed(text: &str) -> Value {
    text.parse().expect("JSON")
}

/// The state of one of the five results.
fn of_words(words: &str, waived: bool) -> State {
    match words.to_lowercase().replace('-', " ").as_str() {
        "exceptions noted" if waived => State::Waived,
        "exceptions noted" => State::Exceptions,
        "not tested" => State::NotTested,
        "no exceptions noted" => State::NoneNoted,
        "did not occur" => State::DidNotOccur,
        "not applicable" => State::NotApplicable,
        other => panic!("no result: {other}"),
    }
}

fn json(document: &str) -> States {
    let report = parsed(document);
    let results = list(&report["results"]).iter();
    results
        .map(|result| {
            let waived = result["waived"].as_bool().expect("a flag");
            let state = of_words(text(&result["outcome"]), waived);
            (text(&result["control"]).to_owned(), state)
        })
        .collect()
}

/// The page of each control, from its verdict.
fn html(document: &str) -> States {
    let mut states = States::new();
    for page in document.split("<article class=\"control ").skip(1) {
        let id = between(page, "<span class=\"cid\">", "</span>");
        let verdict = between(page, "<p class=\"verdict", "</p>");
        let word = between(verdict, "<b>", "</b>");
        let waived = verdict.contains("<span class=\"tag\">all waived</span>");
        states.insert(id.to_owned(), of_words(word, waived));
    }
    states
}

fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let rest = text.split_once(from).map_or("", |(_, rest)| rest);
    rest.split_once(to).map_or("", |(inside, _)| inside)
}

/// A rule fails where one of its results does and nothing suppresses it.
fn sarif(document: &str) -> States {
    let report = parsed(document);
    let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for result in list(&report["runs"][0]["results"]) {
        let suppressed = !list(&result["suppressions"]).is_empty();
        let kind = match text(&result["kind"]) {
            "fail" if suppressed => "suppressed",
            kind => kind,
        };
        let level = if matches!(kind, "fail" | "suppressed") {
            "error"
        } else {
            "none"
        };
        assert_eq!(text(&result["level"]), level, "{result:#}");
        kinds.entry(text(&result["ruleId"])).or_default().push(kind);
    }
    let state = |kinds: &[&str]| {
        let all = |wanted: &str| kinds.iter().all(|kind| *kind == wanted);
        if all("suppressed") {
            State::Waived
        } else if kinds.contains(&"fail") || kinds.contains(&"suppressed") {
            State::Exceptions
        } else if all("open") || all("review") {
            State::NotTested
        } else if all("pass") {
            State::NoneNoted
        } else if all("informational") {
            State::DidNotOccur
        } else {
            assert!(all("notApplicable"), "{kinds:?}");
            State::NotApplicable
        }
    };
    let kinds = kinds.iter();
    kinds
        .map(|(id, kinds)| ((*id).to_owned(), state(kinds)))
        .collect()
}

/// A case without a child has passed.
fn junit(document: &str) -> States {
    let mut states = States::new();
    for case in document.split("<testcase ").skip(1) {
        let name = between(case, " name=\"", "\"");
        let id = name.split(' ').next().unwrap_or_default().to_owned();
        let (tag, rest) = case.split_once('>').expect("a tag");
        let child = if tag.ends_with('/') {
            ""
        } else {
            rest.trim_start()
        };
        let state = if child.is_empty() {
            State::NoneNoted
        } else if child.starts_with("<failure ") {
            State::Exceptions
        } else if child.starts_with("<error ") {
            State::NotTested
        } else {
            match between(child, "<skipped message=\"", ":") {
                "waived" => State::Waived,
                words => of_words(words, false),
            }
        };
        let known = states.entry(id).or_insert(state);
        // A second case says what could not be tested beside the exceptions.
        assert!(*known == state || *known == State::Exceptions, "{name}");
    }
    states
}

fn results_csv(document: &str) -> States {
    let rows = rows(document).into_iter();
    rows.filter(|row| !row["result"].starts_with("no result"))
        .map(|row| {
            (
                row["control"].clone(),
                of_words(&row["result"], row["waived"] == "yes"),
            )
        })
        .collect()
}

/// The registers of deviations and of what is missing, one after the other.
fn attention_csv(document: &str) -> States {
    let mut states = States::new();
    let (deviations, requests) = document.split_once("request,").expect("both");
    for row in rows(deviations) {
        let state = if row["state"] == "open" {
            State::Exceptions
        } else {
            State::Waived
        };
        let known = states.entry(row["control"].clone()).or_insert(state);
        if state == State::Exceptions {
            *known = state;
        }
    }
    for row in rows(&format!("request,{requests}")) {
        for id in row["controls"].split(' ').filter(|id| !id.is_empty()) {
            let known = states.entry(id.to_owned()).or_insert(State::NotTested);
            // What could not be tested beside what is waived is waived no more.
            if *known == State::Waived {
                *known = State::Exceptions;
            }
        }
    }
    states
}

/// The rows of a table by the names of its columns.
fn rows(document: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = document.split("\r\n").filter(|line| !line.is_empty());
    let names = cells(lines.next().expect("a head"));
    lines
        .map(|line| {
            let cells = cells(line);
            assert_eq!(cells.len(), names.len(), "{line}");
            names.iter().cloned().zip(cells).collect()
        })
        .collect()
}

/// The cells of a row.
pub(crate) fn cells(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut characters = row.chars().peekable();
    while let Some(character) = characters.next() {
        let last = cells.last_mut().expect("a cell");
        match (character, quoted) {
            ('"', true) if characters.peek() == Some(&'"') => {
                last.push('"');
                characters.next();
            }
            ('"', _) => quoted = !quoted,
            (',', false) => cells.push(String::new()),
            _ => last.push(character),
        }
    }
    assert!(!quoted, "{row}");
    cells
}

/// Findings have a state; what has none says in its observation why.
fn oscal(document: &str) -> States {
    let report = parsed(document);
    let result = &report["assessment-results"]["results"][0];
    let mut states = States::new();
    let id = |node: &Value| text(&node["title"]).split(' ').next().map(str::to_owned);
    for observation in list(&result["observations"]) {
        let mut props = list(&observation["props"]).iter();
        if let Some(prop) = props.find(|prop| prop["name"] == "result") {
            let state = of_words(text(&prop["value"]), false);
            states.insert(id(observation).expect("a title"), state);
        }
    }
    for finding in list(&result["findings"]) {
        let came_to = &finding["target"]["status"];
        let state = match (text(&came_to["state"]), text(&came_to["reason"])) {
            ("satisfied", "pass") => State::NoneNoted,
            ("not-satisfied", "fail") => State::Exceptions,
            ("not-satisfied", "other") => State::Waived,
            ("not-satisfied", _) => State::NotTested,
            other => panic!("{other:?}"),
        };
        let known = states.insert(id(finding).expect("a title"), state);
        let same =
            known == Some(state) || (known, state) == (Some(State::Exceptions), State::Waived);
        assert!(same, "{known:?} {finding:#}");
    }
    states
}

/// As Heimdall counts: no impact is not applicable, one failure fails, an error comes before what
/// passed, and what was skipped was not reviewed.
fn hdf(document: &str) -> States {
    let report = parsed(document);
    let controls = list(&report["profiles"][0]["controls"]).iter();
    controls
        .map(|control| {
            let results = list(&control["results"]);
            let is = |wanted: &str| results.iter().filter(|it| it["status"] == wanted).count();
            let state = if control["impact"].as_f64() == Some(0.0) {
                State::NotApplicable
            } else if is("failed") > 0 {
                if control["waiver_data"].is_object() {
                    State::Waived
                } else {
                    State::Exceptions
                }
            } else if is("error") > 0 {
                State::NotTested
            } else if is("passed") > 0 {
                assert_eq!(is("passed"), results.len(), "{control:#}");
                State::NoneNoted
            } else if text(&results[0]["skip_message"]).starts_with("did not occur") {
                State::DidNotOccur
            } else {
                State::NotTested
            };
            (text(&control["id"]).to_owned(), state)
        })
        .collect()
}

fn is_id(word: &str) -> bool {
    word.split_once('-').is_some_and(|(family, number)| {
        family.chars().all(|c| c.is_ascii_uppercase())
            && !family.is_empty()
            && number.chars().all(|c| c.is_ascii_digit())
    })
}

fn markdown(document: &str) -> States {
    let mut states = States::new();
    let mut head = "";
    for line in document.lines() {
        if let Some(row) = line.strip_prefix("| ") {
            let cells: Vec<&str> = row.split(" | ").collect();
            match cells[0] {
                "control" | "not tested" => head = cells[1],
                "---" => {}
                ids if head == "reason" => {
                    for id in ids.split(' ').take_while(|id| is_id(id)) {
                        states.insert(id.to_owned(), State::NotTested);
                    }
                }
                named if head == "severity" => {
                    let id = named.split(' ').next().unwrap_or_default();
                    let waived = cells[1].split("<br>").any(|word| word == "waived");
                    states.insert(id.to_owned(), of_words("exceptions noted", waived));
                }
                _ => {}
            }
        } else if let Some((words, ids)) = line
            .strip_prefix("- ")
            .and_then(|line| line.split_once(": "))
            && ["No exceptions noted", "Did not occur", "Not applicable"].contains(&words)
        {
            for id in between(ids, "(", ")").split(' ') {
                states.insert(id.to_owned(), of_words(words, false));
            }
        }
    }
    states
}

fn table(document: &str) -> States {
    let mut states = States::new();
    let mut gap = false;
    for line in document.lines() {
        let mut words = line.split_whitespace();
        let state = match line.chars().next() {
            Some('\u{2717}') => State::Exceptions,
            Some('~') => State::Waived,
            Some('?') => State::NotTested,
            // Ids that did not fit on the line above.
            Some(' ') if gap && line.split_whitespace().all(is_id) => {
                states.extend(words.map(|id| (id.to_owned(), State::NotTested)));
                continue;
            }
            _ => {
                gap = false;
                continue;
            }
        };
        words.next();
        gap = state == State::NotTested;
        let most = if gap { usize::MAX } else { 1 };
        let ids = words.take(most).take_while(|word| is_id(word));
        states.extend(ids.map(|id| (id.to_owned(), state)));
    }
    states
}

fn github(document: &str) -> States {
    let mut states = States::new();
    for line in document.lines() {
        let title = between(line, "title=", "::");
        let (state, ids) = match line.split(' ').next() {
            Some("::error") => (State::Exceptions, title),
            Some("::notice") => (State::Waived, title),
            Some("::warning") => (State::NotTested, title.trim_start_matches("Not tested%3A ")),
            other => panic!("{other:?}"),
        };
        let ids = ids.split(' ').take_while(|id| is_id(id));
        states.extend(ids.map(|id| (id.to_owned(), state)));
    }
    states
}
