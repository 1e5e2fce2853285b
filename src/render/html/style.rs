//! The one style element: what is fixed, the running heads of this report, and the digest that
//! the page's policy allows.

use std::fmt::Write as _;

use crate::model::base64;
use crate::model::text::visible;
use crate::tree::digest::sha256;

use super::page::Page;
use super::sheet::Sheet;
use super::words::capital;

const FIXED: &str = include_str!("../../../reports/templates/style.css");

/// The whole style sheet of a report.
pub(super) fn sheet(page: &Page<'_>) -> String {
    let cover = &page.cover;
    let mut sheet = FIXED.to_owned();
    sheet.push_str(&running(
        [&cover.entity, &cover.repository],
        [
            &cover.as_of,
            &cover.commit_short,
            &cover.report_digest.short,
        ],
    ));
    for control in &page.controls {
        let anchor = control.anchor.replace('.', "_");
        let title = string(&format!("{}  ·  {PREPARED}", control.id));
        // Writing to memory does not fail.
        let _ = writeln!(
            sheet,
            "@page {anchor}{{@top-right{{content:{title}}}}}.{anchor}{{page:{anchor}}}"
        );
    }
    sheet
}

/// The style sheet of a list of deviations.
pub(super) fn of_list(list: &Sheet<'_>) -> String {
    let mut sheet = FIXED.to_owned();
    sheet.push_str(&running(
        [&list.entity, &list.repository],
        [&list.as_of, &list.commit, &list.report_digest.short],
    ));
    let title = string(&format!("Deviations of {}  ·  {PREPARED}", list.id));
    let _ = writeln!(sheet, "@page{{@top-right{{content:{title}}}}}");
    sheet
}

/// What runs at the head and the foot of every printed sheet.
fn running([entity, repository]: [&str; 2], [as_of, commit, digest]: [&str; 3]) -> String {
    let head = string(&format!("{}  ·  {repository}", capital(entity)));
    let foot = string(&format!(
        "As of {as_of}  ·  {commit}  ·  report.json sha256 {digest}"
    ));
    format!("@page{{@top-left{{content:{head}}}@bottom-left{{content:{foot}}}}}\n")
}

/// What stands at the head of every sheet.
const PREPARED: &str = "Evidence report prepared by management";

/// The source expression for the page's policy.
pub(super) fn source(sheet: &str) -> String {
    format!("sha256-{}", base64::encode(&sha256(sheet.as_bytes()).0))
}

/// A text as a string of a style sheet: letters and digits as they are, everything else by number,
/// so that nothing can end the string, the rule or the element.
fn string(text: &str) -> String {
    let mut string = String::from("\"");
    for character in visible(text).chars() {
        if character.is_ascii_alphanumeric() || character == ' ' {
            string.push(character);
        } else {
            let _ = write!(string, "\\{:06x}", u32::from(character));
        }
    }
    string.push('"');
    string
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_cannot_be_left() {
        assert_eq!(string("a\"b</style>\n"), {
            "\"a\\000022b\\00003c\\00002fstyle\\00003e\\00005cu\\00007ba\\00007d\""
        });
    }
}
