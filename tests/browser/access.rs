//! Accessibility by axe-core, and the markup by an HTML checker.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

use crate::driver::Browser;
use crate::fixtures::{Made, example, hostile};
use crate::page::WHOLE;
use crate::support::{package, read};

/// A file of a package that `.ci/run` installed.
fn tool(name: &str) -> PathBuf {
    let folder = std::env::var_os("BROWSER_TOOLS").map(PathBuf::from);
    let path = folder
        .unwrap_or_else(|| package("target/browser"))
        .join("node_modules")
        .join(name);
    assert!(
        path.exists(),
        "expected {}; npm install --prefix target/browser axe-core html-validate",
        path.display()
    );
    path
}

/// Every rule of WCAG 2.2 at A and AA, and what axe counts as good practice.
const RUN: &str = "axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', \
    'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'] }).then(found => \
    found.violations.map(v => [v.id, v.nodes.length, v.nodes.slice(0, 3).map(n => n.html.slice(0, 200))]))";

fn violations(browser: &mut Browser, file: &Path) -> Json {
    browser.open(file);
    browser.evaluate(WHOLE);
    browser.evaluate(&read(&tool("axe-core/axe.min.js")));
    browser.evaluate(RUN)
}

fn assert_accessible(made: &Made) {
    let mut browser = Browser::start();
    for (width, dark) in [(1280, false), (1280, true), (360, false), (360, true)] {
        browser.window(width, dark);
        let found = violations(&mut browser, &made.report());
        assert_eq!(found, Json::Array(Vec::new()), "{width}, dark: {dark}");
    }
}

#[test]
fn the_example_keeps_wcag_in_light_and_dark() {
    assert_accessible(example());
}

#[test]
fn a_report_with_exceptions_keeps_wcag_in_light_and_dark() {
    assert_accessible(hostile());
}

/// What the checker says of a page; nothing where it conforms.
pub(crate) fn faults(file: &Path) -> String {
    let output = Command::new("node")
        .arg(tool("html-validate/bin/html-validate.mjs"))
        .args(["--preset", "standard", "--formatter", "text"])
        .arg(file)
        .current_dir(package(""))
        .output()
        .expect("node starts");
    let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() && said.trim().is_empty() {
        said = String::from_utf8_lossy(&output.stderr).into_owned();
    }
    said.lines().take(20).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_markup_conforms() {
    for made in [example(), hostile()] {
        assert_eq!(faults(&made.report()), "");
    }
}
