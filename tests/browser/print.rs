//! The report on paper: every control, every deviation and the running heads are in its text.

use std::process::Command;

use audit::model::text::visible;
use serde_json::{Value as Json, json};

use crate::driver::Browser;
use crate::fixtures::{Made, example, hostile};
use crate::page::OUTSIDE;
use crate::support::Scratch;

/// Paper, by its sides in inches.
const PAPER: [(&str, f64, f64); 2] = [("A4", 8.27, 11.69), ("Letter", 8.5, 11.0)];

/// The text of a printed page without white space, where lines break inside of words.
pub(crate) fn text(pdf: &[u8]) -> Vec<String> {
    let scratch = Scratch::new();
    let file = scratch.path("page.pdf");
    std::fs::write(&file, pdf).expect("a file");
    // In the order in which it was drawn: a cell with two lines stays together.
    let output = Command::new("pdftotext")
        .args(["-raw", "-enc", "UTF-8"])
        .arg(&file)
        .arg("-")
        .output()
        .expect("pdftotext starts");
    assert!(output.status.success());
    let all = String::from_utf8_lossy(&output.stdout);
    let mut sheets: Vec<String> = all.split('\u{c}').map(squeezed).collect();
    sheets.pop();
    sheets
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn assert_printed(name: &str, made: &Made) {
    let data = made.data();
    let list = |value: &Json| value.as_array().cloned().unwrap_or_default();
    let mut browser = Browser::start();
    browser.window(1280, true);
    browser.open(&made.report());
    let digest = browser.evaluate("document.querySelector('#verify .sha').textContent");
    let digest = digest.as_str().expect("a digest").to_owned();
    for (paper, width, height) in PAPER {
        let sheets = text(&browser.print(width, height));
        for (at, sheet) in sheets.iter().enumerate() {
            let number = format!("Page{}of{}", at + 1, sheets.len());
            assert!(sheet.contains(&number), "{name}, {paper}: {number}");
            assert!(
                sheet.contains(&digest[..16]),
                "{name}, {paper}: {number}, digest"
            );
            assert!(
                sheet.contains("Evidencereportpreparedbymanagement"),
                "{name}, {paper}"
            );
        }
        if name == "example" {
            assert!(
                sheets[1].contains("Contents"),
                "{paper}: a cover of one sheet"
            );
        }
        let whole = sheets.concat();
        assert!(whole.contains(&digest));
        for control in list(&data["controls"]) {
            let id = control["id"].as_str().expect("an id");
            assert!(whole.contains(id), "{name}, {paper}: {id}");
        }
        let mut places = 0;
        for result in list(&data["results"]) {
            let id = result["control"].as_str().expect("an id");
            // The head of each of its sheets names a control.
            let head = format!("{id}·Evidencereportpreparedbymanagement");
            assert!(whole.contains(&head), "{name}, {paper}: {head}");
            for deviation in list(&result["deviations"]) {
                let place = deviation["place"].as_str().expect("a place");
                let shown = squeezed(&visible(place));
                assert!(whole.contains(&shown), "{name}, {paper}: {place}");
                places += 1;
            }
        }
        println!(
            "{name}, {paper}: {} sheets, {places} deviations",
            sheets.len()
        );
    }
}

#[test]
fn the_example_is_whole_on_paper() {
    assert_printed("example", example());
}

#[test]
fn every_deviation_is_on_paper_however_it_is_named() {
    assert_printed("hostile", hostile());
}

/// Type keeps its size on paper only where nothing is wider than the sheet: a browser would shrink
/// the whole document to make it fit.
#[test]
fn nothing_is_wider_than_the_paper() {
    let mut browser = Browser::start();
    for (name, made) in [("example", example()), ("hostile", hostile())] {
        // A4 without its margins, in pixels of CSS; Letter is wider.
        let width = 672;
        browser.window(width, false);
        browser.call("Emulation.setEmulatedMedia", &json!({"media": "print"}));
        browser.open(&made.report());
        let outside = browser.evaluate(OUTSIDE);
        let wide = browser.evaluate("document.documentElement.scrollWidth");
        assert_eq!(outside, Json::Array(Vec::new()), "{name}");
        assert_eq!(wide, width, "{name}");
    }
}
