use super::super::{json, sample};
use super::*;
use crate::model::control::Severity;
use crate::model::fact::{Item, Population, Source};
use crate::model::relations::COVERAGE_REPORT;
use crate::model::result::Outcome;
use crate::model::run::Run;
use crate::tree::digest::sha256;

/// The digest that the tests hand in.
fn digest() -> String {
    sha256(&json::report(&sample::bundle())).to_string()
}

fn html_of(run: Run) -> String {
    let bytes = report(&Bundle::new(run, Severity::Low), &digest()).expect("a page");
    String::from_utf8(bytes).expect("UTF-8")
}

fn html() -> String {
    html_of(sample::run())
}

/// What a reader reads: without tags, and without the style sheet.
fn text(html: &str) -> String {
    let (head, rest) = html.split_once("<style>").expect("a style element");
    let (_, body) = rest.split_once("</style>").expect("its end");
    let mut text = String::new();
    let mut inside = false;
    for character in head.chars().chain(body.chars()) {
        match character {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => text.push(character),
            _ => {}
        }
    }
    text
}

#[test]
fn the_same_bundle_gives_the_same_bytes() {
    assert_eq!(html(), html());
}

#[test]
fn the_policy_allows_exactly_the_one_style_element() {
    let html = html();
    let (_, rest) = html.split_once("<style>").expect("a style element");
    let (sheet, _) = rest.split_once("</style>").expect("its end");
    assert!(html.contains(&format!(
        "default-src 'none'; style-src '{}'",
        style::source(sheet)
    )));
    assert_eq!(html.matches("<style").count(), 1);
    assert!(!html.contains(" style="), "the policy would drop it");
}

#[test]
fn nothing_runs_and_nothing_is_loaded() {
    let html = html();
    for bad in [
        "<script", "<img", "<link", "<iframe", "<form", "http://", "https://", "@import",
    ] {
        assert!(!html.contains(bad), "{bad}");
    }
    assert!(!html.contains("url("));
    let links = html.split(" href=\"").skip(1).map(|rest| {
        let end = rest.find('"').expect("a quoted address");
        &rest[..end]
    });
    for link in links {
        let known = link.starts_with('#')
            || link.starts_with("evidence/")
            || link.starts_with("controls/")
            || link.starts_with("deviations/")
            || ["report.json", "sources.sha256"].contains(&link);
        assert!(known, "{link}");
    }
}

#[test]
fn every_link_inside_the_page_leads_somewhere_and_no_name_is_given_twice() {
    let html = html();
    let mut ids: Vec<&str> = html
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(all, ids.len());
    for target in html
        .split(" href=\"#")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        assert!(ids.binary_search(&target).is_ok(), "{target}");
    }
}

#[test]
fn what_a_repository_writes_is_shown_and_never_obeyed() {
    let html = html();
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(html.contains("&quot;&gt;&lt;img src=x onerror=alert(1)&gt;"));
    assert!(html.contains("<code>javascript:alert(1)</code>"));
    assert!(html.contains("\\u{1b}[2Jgone"));
    assert!(html.contains("safe\\u{202e}txt.exe"));
    assert!(!html.contains('\u{1b}') && !html.contains('\u{202e}'));
    assert!(!html.contains("<img"));
    let bundle = sample::bundle();
    let page = page::Page::of(&anchors::Anchors::of(&bundle), "");
    assert!(!style::sheet(&page).contains("display: none }"));
}

#[test]
fn everything_that_was_found_stands_in_the_page() {
    let html = html();
    let run = sample::run();
    let plain = html.replace("<wbr>", "");
    for result in &run.results {
        assert!(html.contains(&format!("id=\"c-{}\"", result.control)));
        for deviation in &result.deviations {
            assert!(html.contains(&deviation.fingerprint.to_string()));
        }
    }
    for exhibit in run.exhibits.iter().filter(|exhibit| exhibit.needed) {
        assert!(
            plain.contains(&exhibit.sha256.to_string()),
            "{}",
            exhibit.path
        );
    }
    for (waiver, _) in &run.waivers {
        assert!(html.contains(&format!("id=\"w-{}\"", waiver.id)));
    }
    for number in 1..=3 {
        assert!(html.contains(&format!("id=\"g-0{number}\"")));
    }
    for control in &run.controls {
        assert!(html.contains(&control.id), "{}", control.id);
    }
    for outcome in Outcome::ALL {
        assert!(html.contains(words::mark(outcome).word));
    }
}

#[test]
fn a_shape_never_stands_without_its_word() {
    let html = html();
    let page = text(&html);
    for (at, count) in [
        ("Exceptions noted", 8),
        ("Not tested", 6),
        ("Did not occur", 5),
    ] {
        assert!(page.matches(at).count() >= count, "{at}");
    }
    assert_eq!(
        html.matches("<svg class=\"m ").count(),
        html.matches("aria-hidden=\"true\" focusable=\"false\"><use")
            .count()
    );
}

#[test]
fn the_words_that_only_an_auditor_may_use_are_not_used() {
    let page = text(&html()).to_lowercase();
    for bad in [
        "compliant",
        "compliance",
        "certified",
        "tamper",
        "assurance",
        "effective",
    ] {
        assert!(!page.contains(bad), "{bad}");
    }
    assert_eq!(page.matches("opinion").count(), 1);
    assert!(page.contains("not an attestation, opinion or certification"));
    let scores = page.matches("score").count();
    assert_eq!(scores, page.matches("mutation score").count());
    assert!(page.contains("soc 2® examination"));
}

#[test]
fn the_boxes_for_others_are_left_blank() {
    let html = html();
    assert_eq!(
        html.matches("<b>Auditor conclusion</b> Left blank by the tool.</div>")
            .count(),
        6
    );
    assert_eq!(html.matches("<b>Auditor reference</b></div>").count(), 6);
}

#[test]
fn an_excerpt_shows_the_line_its_neighbours_and_where_it_was_cut() {
    let html = html();
    let hit = "<span class=\"ln hit\" data-n=\"22\">        uses: actions/setup-python@v5\n";
    assert!(html.contains(hit));
    assert!(html.contains("lines 20–24, 38–43 and 56–60 of 60"));
    assert!(html.contains("lines 25–37 are not shown here"));
}

#[test]
fn a_finding_of_a_secret_is_never_quoted() {
    let mut run = sample::run();
    for test in &mut run.results[0].tests {
        test.relation = Some("secrets.finding");
    }
    assert!(!html_of(run).contains("class=\"ln"));
}

/// The sample with very many deviations of its first control.
fn long() -> Bundle {
    let mut run = sample::run();
    run.results[0].deviations = (1..=1_234)
        .map(|line| sample::deviation(line, &format!("a/b@{line}{}", sample::HOSTILE[0]), None))
        .collect();
    Bundle::new(run, Severity::Low)
}

#[test]
fn a_list_that_is_cut_says_so_and_where_the_rest_is() {
    let html = String::from_utf8(report(&long(), &digest()).expect("a page")).expect("UTF-8");
    assert!(html.contains("200 of 1,234 shown. All of them are printed in"));
    assert!(html.contains("<a href=\"deviations/CI-01.html\">"));
    assert!(html.contains("Deviations by file, most first<small>1,234 in all."));
    assert!(html.contains("12 of 1,234 deviations are shown in their surroundings"));
    assert!(!html.contains("a/b@201&lt;"));
}

#[test]
fn what_the_report_leaves_out_stands_in_a_file_that_it_names_with_its_digest() {
    let bundle = long();
    let pages = pages(&bundle, &digest()).expect("pages");
    let [(path, list)] = pages.sheets.as_slice() else {
        panic!("one list, found {}", pages.sheets.len());
    };
    let html = String::from_utf8(pages.report.clone()).expect("UTF-8");
    assert!(html.contains(&sha256(list).to_string()));
    let list = String::from_utf8(list.clone()).expect("UTF-8");
    assert_eq!(path, "deviations/CI-01.html");
    for deviation in &bundle.run().results[0].deviations {
        assert!(list.contains(&deviation.fingerprint.to_string()));
    }
    assert!(list.contains("a/b@1234&lt;script&gt;") && !list.contains("<script"));
    assert_eq!(list.matches("<style").count(), 1);
    assert!(list.contains("href=\"../report.html#c-CI-01\""));
}

#[test]
fn a_report_is_shown_as_it_was_read_beside_its_sealed_bytes() {
    let mut run = sample::run();
    let path = "out/coverage.xml";
    run.results[0].evidence.push(path.to_owned());
    let item = Item::new(&COVERAGE_REPORT, Source::file(path))
        .with("binding", sample::HOSTILE[0])
        .with("state", "complete");
    let mut reports = Population::absent();
    reports.items.push(item);
    run.facts.insert("coverage.report", reports);
    let html = html_of(run).replace("<wbr>", "");
    assert!(html.contains("<strong>out/coverage.xml, as it was read</strong>"));
    assert!(
        html.contains("<dt>binding</dt><dd><code>&lt;script&gt;alert(1)&lt;/script&gt;</code>")
    );
    assert!(html.contains("<dt>Age</dt><dd>4 d</dd>"));
}

#[test]
fn code_in_the_words_of_a_definition_is_set_as_code_and_escaped() {
    assert_eq!(
        prose("Use `a<b>` or `c`."),
        "Use <code>a&lt;b&gt;</code> or <code>c</code>."
    );
    assert_eq!(prose("An odd ` stays."), "An odd ` stays.");
}

#[test]
fn a_run_with_nothing_in_it_has_a_page() {
    let mut run = sample::run();
    run.results.clear();
    run.exhibits.clear();
    run.waivers.clear();
    run.facts.clear();
    run.controls.clear();
    run.criteria.clear();
    run.outside.clear();
    run.policy = crate::model::policy::Policy::default();
    run.subject = crate::model::run::Subject::default();
    let html = html_of(run);
    assert!(html.contains("None: no procedure noted an exception."));
    assert!(html.contains("<b>0 of 0 controls</b>"));
}

#[test]
fn templates_are_escaped_by_name_and_only_the_sheet_is_not() {
    let mut unescaped = 0;
    for (name, source) in TEMPLATES {
        assert_eq!(
            name.rsplit_once('.').map(|(_, end)| end),
            Some("html"),
            "{name}"
        );
        assert!(source.lines().count() <= 300, "{name}");
        unescaped += source.matches("| safe").count();
    }
    assert_eq!(unescaped, 2, "the style of the report, and of a list");
}
