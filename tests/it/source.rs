//! Python source through the front door: what is told of, by line, and nothing else.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::support::{Scratch, audit, copy, package, read, write};

const FOLDER: &str = "tests/fixtures/python";

/// The facts of the fixtures, which lie in no folder of tests here.
fn facts() -> Json {
    let scratch = Scratch::new();
    let folder = scratch.path("repository");
    copy(&package(FOLDER), &folder);
    let said = audit(
        &folder,
        &["facts", "--format", "json", &folder.display().to_string()],
    );
    serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{error}: {}", said.stderr))
}

/// What stands behind `#:` on the lines of a file.
fn told(file: &str) -> BTreeMap<u64, String> {
    let text = read(&package(&format!("{FOLDER}/{file}")));
    let lines = text.lines().zip(1..);
    lines
        .filter_map(|(line, number)| Some((number, line.rsplit_once("#:")?.1.trim().to_owned())))
        .collect()
}

/// The items of a relation in a file, by line: the values of these fields.
fn found(facts: &Json, relation: &str, file: &str, fields: &[&str]) -> BTreeMap<u64, String> {
    let items = facts["relations"][relation]["items"].as_array();
    let mut found: BTreeMap<u64, String> = BTreeMap::new();
    for item in items
        .into_iter()
        .flatten()
        .filter(|item| item["path"] == file)
    {
        let values: Vec<String> = fields
            .iter()
            .map(|field| match &item[*field] {
                Json::Array(texts) => texts
                    .iter()
                    .filter_map(Json::as_str)
                    .collect::<Vec<_>>()
                    .join(" "),
                other => other.as_str().unwrap_or_default().to_owned(),
            })
            .collect();
        let line = item["line"].as_u64().expect("a line");
        let said = found.entry(line).or_default();
        if !said.is_empty() {
            said.push_str(" and ");
        }
        said.push_str(&values.join(" "));
    }
    found
}

#[test]
fn each_call_on_the_blocklist_is_told_of_and_nothing_else() {
    assert_eq!(
        found(&facts(), "code.call", "calls.py", &["rule"]),
        told("calls.py")
    );
}

#[test]
fn names_are_followed_as_python_follows_them() {
    let file = "resolved.py";
    assert_eq!(found(&facts(), "code.call", file, &["rule"]), told(file));
}

#[test]
fn security_is_told_of_as_an_argument_an_attribute_and_through_a_constant() {
    let file = "secured.py";
    assert_eq!(found(&facts(), "code.call", file, &["rule"]), told(file));
}

#[test]
fn each_kind_of_place_on_which_other_tools_differ_is_read_as_was_decided() {
    let file = "disputed.py";
    let facts = facts();
    let mut all = found(&facts, "code.call", file, &["rule"]);
    all.extend(found(&facts, "code.handler", file, &["catches", "body"]));
    assert_eq!(all, told(file));
}

#[test]
fn a_mark_is_told_of_however_it_is_given_and_whether_it_depends_on_anything() {
    let file = "test_marks.py";
    let facts = facts();
    let of_file = |relation: &str| -> Vec<&Json> {
        let items = facts["relations"][relation]["items"].as_array();
        let own = items.into_iter().flatten().filter(|it| it["path"] == file);
        own.collect()
    };
    let marks = of_file("code.marker").into_iter().map(|it| {
        let text = |name: &str| it[name].as_str().unwrap_or_default();
        let depends = if it["conditional"] == true {
            "condition"
        } else {
            "always"
        };
        let line = it["line"].as_u64().expect("a line");
        (
            line,
            format!("{} {} {depends}", text("marker"), text("form")),
        )
    });
    assert_eq!(marks.collect::<BTreeMap<_, _>>(), told(file));
    // What is true whatever happens checks nothing; a mark of the class is one of its tests.
    let names = |holds: &dyn Fn(&Json) -> bool| -> Vec<String> {
        let tests = of_file("code.test").into_iter().filter(|it| holds(it));
        tests.map(|it| it["name"].to_string()).collect()
    };
    assert_eq!(
        names(&|it| it["asserts"] == false),
        ["\"test_i\"", "\"test_j\""]
    );
    let declared = serde_json::json!(["authentication"]);
    assert_eq!(names(&|it| it["category"] == declared), ["\"test_j\""]);
}

#[test]
fn what_switches_a_tool_off_is_a_comment_and_no_text() {
    let text = "# type: ignore\n# mypy: ignore-errors=False\n# ruff:noqa\n\"\"\"\n# noqa\n# nosec\n\"\"\"\n\
        x = '# type: ignore'  # pragma no cover\ny = f'{x}  # noqa'  # type: ignore\n";
    let facts = facts_of(&[("a.py", text.as_bytes().to_vec())]);
    let items = facts["relations"]["code.suppression"]["items"].as_array();
    let found = items.into_iter().flatten().filter_map(|it| {
        let whole = it["file"] == true;
        Some((it["line"].as_u64()?, it["kind"].as_str()?, whole))
    });
    assert_eq!(
        found.collect::<Vec<_>>(),
        [
            (1, "type: ignore", true),
            (3, "noqa", true),
            (8, "pragma: no cover", false),
            (9, "type: ignore", false),
        ]
    );
}

#[test]
fn a_file_in_an_encoding_that_is_not_read_is_a_gap_even_where_its_bytes_are_text() {
    let facts = facts_of(&[
        // What Python reads there is `eval(x)`.
        (
            "seven.py",
            b"#!/bin/python\n# coding: utf-7\nexec(x)\n+AGU-val(x)\n".to_vec(),
        ),
        ("rot.py", b"# coding: rot13\nriny(k)\n".to_vec()),
        (
            "cyrillic.py",
            b"# coding: cp1251\n# \xcf\xf0\xe8\neval(x)\n".to_vec(),
        ),
        ("japanese.py", b"# coding: shift_jis\neval(x)\n".to_vec()),
        (
            "japanese_too.py",
            b"# coding: shift_jis\n# \x83\x5c\neval(x)\n".to_vec(),
        ),
        ("second.py", b"x = 1\n# coding: utf-7\neval(x)\n".to_vec()),
    ]);
    let calls = &facts["relations"]["code.call"];
    let texts = |list: &str, field: &str| -> Vec<&str> {
        let all = calls[list].as_array().expect("a list").iter();
        all.filter_map(|one| one[field].as_str()).collect()
    };
    assert_eq!(
        texts("gaps", "place"),
        ["japanese_too.py:1:1", "rot.py:1:1", "seven.py:2:1"]
    );
    assert_eq!(
        texts("items", "path"),
        ["cyrillic.py", "japanese.py", "second.py", "seven.py"]
    );
}

#[test]
fn hygiene_is_told_of_by_its_own_relation() {
    let file = "test_hygiene.py";
    let facts = facts();
    let mut all = found(&facts, "code.marker", file, &["marker", "form"]);
    all.extend(found(&facts, "code.handler", file, &["catches", "body"]));
    all.extend(found(&facts, "code.sql", file, &["built"]));
    all.extend(found(&facts, "code.log_call", file, &["sensitive"]));
    assert_eq!(all, told(file));
}

#[test]
fn queries_are_told_of_as_they_were_put_together() {
    let file = "queries.py";
    assert_eq!(found(&facts(), "code.sql", file, &["built"]), told(file));
}

#[test]
fn tests_say_whether_they_can_fail_and_what_they_draw_from() {
    let facts = facts();
    let tests = facts["relations"]["code.test"]["items"]
        .as_array()
        .expect("tests");
    let tests: Vec<&Json> = tests
        .iter()
        .filter(|test| test["path"] == "test_hygiene.py")
        .collect();
    let named: Vec<(&str, bool)> = tests
        .iter()
        .map(|test| {
            (
                test["name"].as_str().unwrap_or_default(),
                test["asserts"] == true,
            )
        })
        .collect();
    assert_eq!(
        named,
        [
            ("test_one", true),
            ("test_two", false),
            ("test_three", false),
            ("test_four", false),
            ("test_five", true),
            ("test_property", true),
        ]
    );
    assert_eq!(
        tests[0]["markers"],
        serde_json::json!(["slow", "skipif", "skip"])
    );
    let properties = facts["relations"]["code.property_test"]["items"]
        .as_array()
        .expect("properties");
    assert_eq!(properties.len(), 1);
    assert_eq!(
        properties[0]["strategies"],
        serde_json::json!(["st.integers", "st.text"])
    );
    assert_eq!(properties[0]["max_examples"], 500);
    assert_eq!(
        properties[0]["settings"],
        serde_json::json!(["deadline=None"])
    );
}

#[test]
fn a_file_that_is_not_python_is_a_gap_with_its_line_and_keeps_what_could_be_read() {
    let scratch = Scratch::new();
    let folder = scratch.path("repository");
    std::fs::create_dir_all(&folder).expect("a folder");
    let files: [(&str, Vec<u8>); 4] = [
        ("old.py", b"import os\nos.system('x')\nprint 'y'\n".to_vec()),
        ("nul.py", b"import os\n\0\nos.system('x')\n".to_vec()),
        (
            "latin.py",
            b"# -*- coding: latin-1 -*-\nname = '\xe9'\neval(name)\n".to_vec(),
        ),
        ("bytes.py", b"name = '\xe9'\n".to_vec()),
    ];
    for (name, bytes) in files {
        std::fs::write(folder.join(name), bytes).expect("a file");
    }
    let said = audit(
        &folder,
        &["facts", "--format", "json", &folder.display().to_string()],
    );
    let facts: Json = serde_json::from_str(&said.stdout).expect("facts");
    let calls = &facts["relations"]["code.call"];
    let places: Vec<&str> = calls["gaps"]
        .as_array()
        .expect("gaps")
        .iter()
        .filter_map(|gap| gap["place"].as_str())
        .collect();
    assert_eq!(places, ["bytes.py", "nul.py:2:1", "old.py:3:7"]);
    let read: Vec<&str> = calls["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter_map(|item| item["path"].as_str())
        .collect();
    assert_eq!(read, ["latin.py", "nul.py", "old.py"]);
}

#[test]
fn a_file_that_cannot_be_read_keeps_only_those_controls_from_being_tested_that_look_at_its_scope() {
    let scratch = Scratch::new();
    let folder = scratch.path("repository");
    for inner in ["src", "tests"] {
        std::fs::create_dir_all(folder.join(inner)).expect("a folder");
    }
    for (path, text) in [
        ("src/a.py", "def add(a, b):\n    return a + b\n"),
        ("tests/test_a.py", "def test_a():\n    assert True\n"),
        ("tests/old.py", "print 'y'\n"),
    ] {
        write(&folder.join(path), text);
    }
    let outcomes = || {
        let here = folder.display().to_string();
        let flags = [
            "--controls",
            "soc2",
            "--only",
            "CP-01,CP-02,TQ-05",
            "--format",
            "json",
        ];
        let said = audit(&folder, &[&[here.as_str()], &flags[..]].concat());
        let report: Json = serde_json::from_str(&said.stdout).expect("a report");
        let results = report["results"].as_array().expect("results");
        let outcomes = results.iter().map(|result| {
            let text = |name: &str| result[name].as_str().expect("a text").to_owned();
            (text("control"), text("outcome"), result["gaps"].to_string())
        });
        (outcomes.collect::<Vec<_>>(), report["gaps"].to_string())
    };
    let (results, gaps) = outcomes();
    let [one, two, three] = &results[..] else {
        panic!("three results: {results:?}");
    };
    let clean = "no-exceptions-noted";
    assert_eq!((one.1.as_str(), one.2.as_str()), (clean, "[]"));
    assert_eq!((two.1.as_str(), two.2.as_str()), (clean, "[]"));
    assert!(three.2.contains("tests/old.py:1:7"), "{three:?}");
    assert!(gaps.contains("tests/old.py:1:7"), "{gaps}");
    // The same file among the sources of the product.
    std::fs::rename(folder.join("tests/old.py"), folder.join("src/old.py")).expect("a move");
    let (results, _) = outcomes();
    assert_eq!(results[0].1, "not-tested", "{results:?}");
    assert!(results[0].2.contains("src/old.py:1:7"), "{results:?}");
}

/// The gaps and the items of a relation of a folder with these files.
fn facts_of(files: &[(&str, Vec<u8>)]) -> Json {
    let scratch = Scratch::new();
    let folder = scratch.path("repository");
    std::fs::create_dir_all(&folder).expect("a folder");
    for (name, bytes) in files {
        std::fs::write(folder.join(name), bytes).expect("a file");
    }
    let here = folder.display().to_string();
    let said = audit(&folder, &["facts", "--format", "json", &here]);
    serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{error}: {}", said.stderr))
}

#[test]
fn a_file_that_is_no_module_is_a_gap_and_what_can_be_read_of_it_counts() {
    let facts = facts_of(&[
        (
            "template.py",
            b"import os\nname = {{ cookiecutter.name }}\n{% if x %}\nos.system(name)\n".to_vec(),
        ),
        // The cookie names an encoding that the bytes are not in, or that is not known.
        (
            "cookie.py",
            b"# -*- coding: utf-8 -*-\nname = '\xe9'\n".to_vec(),
        ),
        ("unknown.py", b"# coding: klingon\nname = '\xe9'\n".to_vec()),
        (
            "wrong.py",
            b"# coding: latin-1\neval('\xc3\xa9')\n".to_vec(),
        ),
        ("marked.py", b"\xef\xbb\xbfeval(name)\n".to_vec()),
        ("carriage.py", b"x = 1\reval(x)\r".to_vec()),
        (
            "deep.py",
            [b"eval(x)\ny = ".to_vec(), b"(".repeat(100_000)].concat(),
        ),
        ("empty.py", Vec::new()),
    ]);
    let calls = &facts["relations"]["code.call"];
    let texts = |list: &str, field: &str| -> Vec<String> {
        let all = calls[list].as_array().expect("a list");
        let texts = all
            .iter()
            .map(|one| one[field].as_str().unwrap_or_default());
        texts.map(str::to_owned).collect()
    };
    let gaps = texts("gaps", "place");
    let files: Vec<&str> = gaps
        .iter()
        .map(|place| place.split(':').next().unwrap_or_default())
        .collect();
    assert_eq!(files, ["cookie.py", "deep.py", "template.py", "unknown.py"]);
    assert_eq!(
        texts("items", "path"),
        [
            "carriage.py",
            "deep.py",
            "marked.py",
            "template.py",
            "wrong.py"
        ]
    );
}

#[test]
fn a_file_that_is_made_to_keep_us_busy_is_read_in_time_or_is_a_gap() {
    let many = 20_000;
    let fan: String = ["a", "b", "c", "d", "e", "f"]
        .windows(2)
        .map(|pair| format!("if x:\n    {} = {}.loads\n", pair[0], pair[1]).repeat(400))
        .collect();
    let facts = facts_of(&[
        // Each name stands for hundreds of others, which stand for hundreds of others.
        ("fan.py", format!("{fan}a.loads(x)\n").into_bytes()),
        // Each call asks for all bindings before it.
        (
            "bound.py",
            "if x:\n    a = b\n    a.loads()\n"
                .repeat(many)
                .into_bytes(),
        ),
        // Each part of the chain is a constant that asks for all parts before it.
        (
            "chain.py",
            format!("a{}\n", ".CERT_NONE".repeat(many)).into_bytes(),
        ),
        (
            "stars.py",
            format!(
                "{}{}",
                "from b import *\n".repeat(many),
                "eval(x)\n".repeat(many)
            )
            .into_bytes(),
        ),
        (
            "loops.py",
            format!("[x {}]\n", "for a in b ".repeat(many)).into_bytes(),
        ),
        (
            "secrets.py",
            format!(
                "import random\n{}",
                "token = random.choice(x)\n".repeat(many)
            )
            .into_bytes(),
        ),
        ("comments.py", "# def test_a():\n".repeat(many).into_bytes()),
    ]);
    let gaps = facts["relations"]["code.call"]["gaps"].to_string();
    for file in ["fan.py", "bound.py", "chain.py"] {
        assert!(gaps.contains(file), "{gaps}");
    }
    assert!(!gaps.contains("secrets.py"), "{gaps}");
    assert!(!gaps.contains("loops.py"), "{gaps}");
}

#[test]
fn what_is_repeated_a_hundred_thousand_times_is_read_in_time_or_is_a_gap() {
    let many = 20_000;
    let nested = |call: &str| format!("{}1{}\n", call.repeat(many), ")".repeat(many));
    let marks: Vec<String> = (0..many).map(|at| format!("pytest.mark.m{at}")).collect();
    let marks = marks.join(",");
    let tests = "def test_a(): pass\n".repeat(many);
    let files = [
        ("todo.py", format!("# {}\n", "TODO ".repeat(5 * many))),
        (
            "logs.py",
            format!("import logging\n{}", nested("logging.info(")),
        ),
        ("line.py", format!("{}\n", "eval(x);".repeat(many))),
        (
            "unpacked.py",
            format!(
                "d = {{{}}}\n{}",
                "'a': 1,".repeat(many),
                "f(**d)\n".repeat(many)
            ),
        ),
        (
            "joined.py",
            format!(
                "l = [{}]\n{}",
                "'a',".repeat(many),
                "c.execute(' '.join(l))\n".repeat(many)
            ),
        ),
        (
            "test_marks.py",
            format!("import pytest\npytestmark = [{marks}]\n{tests}"),
        ),
    ];
    let facts = facts_of(&files.map(|(name, text)| (name, text.into_bytes())));
    let gaps = facts["relations"]["code.call"]["gaps"].to_string();
    for file in ["unpacked.py", "joined.py"] {
        assert!(gaps.contains(file), "{gaps}");
    }
    for file in ["todo.py", "logs.py", "line.py", "test_marks.py"] {
        assert!(!gaps.contains(file), "{gaps}");
    }
}

#[test]
fn fifty_mebibytes_of_python_are_read() {
    let line = "value = call(1, 2, 3)  # a comment, as long as they are in real files\n";
    let text = line.repeat((50 << 20) / line.len()) + "eval(value)\n";
    let facts = facts_of(&[("large.py", text.into_bytes())]);
    let calls = &facts["relations"]["code.call"];
    let told = calls["items"].as_array().expect("items").len();
    let gaps = calls["gaps"].as_array().expect("gaps").len();
    // Read whole, or said not to have been.
    assert!(told == 1 || gaps == 1, "{calls}");
}
