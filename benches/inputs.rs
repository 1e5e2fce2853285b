//! The reports that the benches read: made up, the same in every run.

use std::fmt::Write as _;
use std::io::Write;

/// A report to be made.
pub(crate) struct Report {
    /// Its name.
    pub(crate) name: &'static str,
    /// What a stock reader is called, and the command to which the report's path is added.
    pub(crate) readers: &'static [(&'static str, &'static [&'static str])],
    /// Writes one of about so many bytes.
    pub(crate) make: fn(usize, &mut dyn Write),
}

/// Reports of formats that are read whole.
pub(crate) const HELD: [Report; 2] = [
    Report {
        name: "coverage.json",
        readers: &[PYTHON_JSON],
        make: coverage_json,
    },
    Report {
        name: "gitleaks.json",
        readers: &[PYTHON_JSON],
        make: gitleaks,
    },
];

/// Reports of formats that are read row by row.
pub(crate) const STREAMED: [Report; 4] = [
    Report {
        name: "scan.sarif",
        readers: &[
            (
                "jq, results counted",
                &["jq", "[.runs[].results[]] | length"],
            ),
            PYTHON_JSON,
        ],
        make: sarif,
    },
    Report {
        name: "coverage.xml",
        readers: &[PYTHON_XML],
        make: cobertura,
    },
    Report {
        name: "lcov.info",
        readers: &[
            ("lcov --summary", &["lcov", "--summary"]),
            ("python3, lines counted", &["python3", "-c", LINES]),
        ],
        make: lcov,
    },
    Report {
        name: "junit.xml",
        readers: &[PYTHON_XML],
        make: junit,
    },
];

const PYTHON_JSON: (&str, &[&str]) = (
    "python3, only parsed",
    &[
        "python3",
        "-c",
        "import json, sys; json.load(open(sys.argv[1], 'rb'))",
    ],
);
/// Not a tree of elements, which would not fit into the memory of most machines.
const PYTHON_XML: (&str, &[&str]) = (
    "python3, only parsed",
    &[
        "python3",
        "-c",
        "import sys, xml.parsers.expat as expat; \
         expat.ParserCreate().ParseFile(open(sys.argv[1], 'rb'))",
    ],
);
const LINES: &str = "import sys; sum(line.startswith('DA:') for line in open(sys.argv[1]))";

/// Writes a head, numbered parts with a comma between until the size is reached, and a tail.
fn fill(
    out: &mut dyn Write,
    size: usize,
    (head, comma, tail): (&str, &str, &str),
    part: impl Fn(usize) -> String,
) {
    let mut put = |text: &str| {
        let written = out.write_all(text.as_bytes());
        written.expect("room for a report");
        text.len()
    };
    let mut length = put(head);
    for number in 0.. {
        if length > size {
            break;
        }
        if number > 0 {
            length += put(comma);
        }
        length += put(&part(number));
    }
    put(tail);
}

pub(crate) fn coverage_json(size: usize, out: &mut dyn Write) {
    let lines: Vec<String> = (1..=120).map(|line| line.to_string()).collect();
    let lines = lines.join(", ");
    let summary = "{\"covered_lines\": 120, \"num_statements\": 120, \"percent_covered\": 100.0, \
        \"percent_covered_display\": \"100\", \"missing_lines\": 0, \"excluded_lines\": 0}";
    let head = "{\"meta\": {\"format\": 3, \"version\": \"7.17.3\", \"timestamp\": \
         \"2026-11-22T18:08:08.241062\", \"branch_coverage\": false, \"show_contexts\": false}, \
         \"files\": {";
    let tail = format!("}}, \"totals\": {summary}}}");
    fill(out, size, (head, ", ", &tail), |number| {
        format!(
            "\"src/part/m{number}.py\": {{\"executed_lines\": [{lines}], \"summary\": {summary}, \
             \"missing_lines\": [], \"excluded_lines\": []}}"
        )
    });
}

/// Results of 300 rules, a tenth of them errors.
fn sarif(size: usize, out: &mut dyn Write) {
    let rules: Vec<String> = (0..300)
        .map(|rule| {
            format!(
                "{{\"id\": \"rules.r{rule}\", \"defaultConfiguration\": {{\"level\": \"warning\"}}, \
                 \"fullDescription\": {{\"text\": \"What rule {rule} finds, and why that is bad.\"}}, \
                 \"properties\": {{\"tags\": [\"CWE-{rule}\"], \"precision\": \"very-high\"}}}}"
            )
        })
        .collect();
    let head = format!(
        "{{\"version\": \"2.1.0\", \"runs\": [{{\"tool\": {{\"driver\": {{\"name\": \"Semgrep OSS\", \
         \"semanticVersion\": \"1.99.0\", \"rules\": [{}]}}}}, \"invocations\": \
         [{{\"executionSuccessful\": true, \"toolExecutionNotifications\": []}}], \"results\": [",
        rules.join(", ")
    );
    fill(out, size, (&head, ", ", "]}]}"), |number| {
        let (rule, line) = (number % 300, number % 900 + 1);
        let level = match number % 10 {
            0 => "error",
            1..=4 => "note",
            _ => "warning",
        };
        format!(
            "{{\"ruleId\": \"rules.r{rule}\", \"ruleIndex\": {rule}, \"level\": \"{level}\", \"message\": \
             {{\"text\": \"A value of line {line} reaches a place where it should not be used as it is; \
             check it, or write it so that it cannot.\"}}, \"locations\": [{{\"physicalLocation\": \
             {{\"artifactLocation\": {{\"uri\": \"src/part-{part}/m{file}.py\", \"uriBaseId\": \
             \"%SRCROOT%\"}}, \"region\": {{\"startLine\": {line}, \"startColumn\": 5, \"endLine\": {line}, \
             \"endColumn\": 40, \"snippet\": {{\"text\": \"    assert value == {number}\"}}}}}}}}], \
             \"fingerprints\": {{\"matchBasedId/v1\": \"{number:064x}_0\"}}, \"properties\": {{}}}}",
            part = number % 97,
            file = number % 9_973,
        )
    });
}

fn gitleaks(size: usize, out: &mut dyn Write) {
    fill(out, size, ("[", ",\n", "]"), |number| {
        format!(
            "{{\"RuleID\": \"generic-api-key\", \"Description\": \"A key\", \"StartLine\": {line}, \
             \"Match\": \"key = made-up-{number}\", \"Secret\": \"made-up-{number}\", \"File\": \
             \"src/m{number}.py\", \"Commit\": \"\", \"Entropy\": 3.5, \"Message\": \"\", \"Tags\": [], \
             \"Fingerprint\": \"src/m{number}.py:generic-api-key:{line}\"}}",
            line = number % 900 + 1
        )
    });
}

/// Files of 120 lines, a fifth of them with branches, a tenth not covered.
fn cobertura(size: usize, out: &mut dyn Write) {
    let lines: String = (1..=120).fold(String::new(), |mut lines, line| {
        let (number, hits) = (line * 2, line % 10);
        let _ = match line % 5 {
            0 => writeln!(
                lines,
                "\t\t\t\t\t\t<line number=\"{number}\" hits=\"{hits}\" branch=\"true\" \
                 condition-coverage=\"50% (1/2)\" missing-branches=\"{number}\"/>"
            ),
            _ => writeln!(
                lines,
                "\t\t\t\t\t\t<line number=\"{number}\" hits=\"{hits}\"/>"
            ),
        };
        lines
    });
    let head = "<?xml version=\"1.0\" ?>\n<coverage version=\"7.17.3\" \
         timestamp=\"1795370888653\" line-rate=\"0.9\" branch-rate=\"0.5\" complexity=\"0\">\n\t<packages>\n\
         \t\t<package name=\"src\" line-rate=\"0.9\" branch-rate=\"0.5\" complexity=\"0\">\n\t\t\t<classes>\n";
    let tail = "\t\t\t</classes>\n\t\t</package>\n\t</packages>\n</coverage>\n";
    fill(out, size, (head, "", tail), |number| {
        let part = number % 97;
        format!(
            "\t\t\t\t<class name=\"m{number}.py\" filename=\"src/part-{part}/m{number}.py\" \
             complexity=\"0\" line-rate=\"0.9\" branch-rate=\"0.5\">\n\t\t\t\t\t<methods/>\n\
             \t\t\t\t\t<lines>\n{lines}\t\t\t\t\t</lines>\n\t\t\t\t</class>\n"
        )
    });
}

/// The same files as records, with three functions each.
fn lcov(size: usize, out: &mut dyn Write) {
    let lines: String = (1..=120).fold(String::new(), |mut lines, line| {
        let (number, hits) = (line * 2, line % 10);
        if line % 5 == 0 {
            let _ = writeln!(lines, "BRDA:{number},0,0,{hits}\nBRDA:{number},0,1,-");
        }
        let _ = writeln!(lines, "DA:{number},{hits}");
        lines
    });
    fill(out, size, ("", "", ""), |number| {
        let part = number % 97;
        format!(
            "TN:\nSF:src/part-{part}/m{number}.c\nFN:2,begin_{number}\nFN:80,go_on_{number}\n\
             FN:160,end_{number}\nFNDA:3,begin_{number}\nFNDA:9,go_on_{number}\nFNDA:0,end_{number}\n\
             FNF:3\nFNH:2\n{lines}BRF:48\nBRH:12\nLF:120\nLH:108\nend_of_record\n"
        )
    });
}

/// Cases of which most passed; one in 500 failed and shows where, one in 100 was skipped.
fn junit(size: usize, out: &mut dyn Write) {
    let trace = "    def test_it():\n&gt;       assert find(&quot;it&quot;) == 3\n\
                 E       assert 2 == 3\n\ntests/test_it.py:17: AssertionError\n"
        .repeat(5);
    let head = "<?xml version=\"1.0\" encoding=\"utf-8\"?><testsuites name=\"pytest tests\">\
         <testsuite name=\"pytest\" timestamp=\"2026-11-22T18:07:44.531895+00:00\">\n";
    let tail = "</testsuite></testsuites>\n";
    fill(out, size, (head, "", tail), |number| {
        let child = match (number % 500, number % 100, number % 3) {
            (0, _, _) => format!("<failure message=\"assert 2 == 3\">{trace}</failure>"),
            (_, 1, _) => "<skipped type=\"pytest.skip\" message=\"no network\"/>".to_owned(),
            (_, _, 0) => format!("<system-out>line {number} &amp; more</system-out>"),
            _ => String::new(),
        };
        let class = number / 40;
        format!(
            "<testcase classname=\"tests.part.test_m{class}.TestIt\" \
             name=\"test_number_{number}[value-{number}]\" time=\"0.001\">{child}</testcase>\n"
        )
    });
}
