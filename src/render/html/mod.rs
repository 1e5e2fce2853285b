//! `report.html`: the report a CPA reads. One file, no script, no request, the same bytes for the
//! same run. Everything shown is prepared here; the templates only lay it out.

mod age;
mod anchors;
mod axis;
mod control;
mod cover;
mod deviations;
mod index;
mod matrix;
mod page;
mod plate;
mod procedure;
mod scope;
mod style;
mod summary;
mod waivers;
mod words;

#[cfg(test)]
mod tests;

use std::io::{self, Write};

use tera::{Context, Tera};

use crate::model::orders::{Written, made_inert};
use crate::model::text::visible;
use crate::seal::Bundle;

/// The templates, by name. A name that did not end in `.html` would not be escaped.
const TEMPLATES: &[(&str, &str)] = &[
    (
        "age.html",
        include_str!("../../../reports/templates/age.html"),
    ),
    (
        "conclusion.html",
        include_str!("../../../reports/templates/conclusion.html"),
    ),
    (
        "control.html",
        include_str!("../../../reports/templates/control.html"),
    ),
    (
        "controls.html",
        include_str!("../../../reports/templates/controls.html"),
    ),
    (
        "cover.html",
        include_str!("../../../reports/templates/cover.html"),
    ),
    (
        "deviations.html",
        include_str!("../../../reports/templates/deviations.html"),
    ),
    (
        "disclaimer.html",
        include_str!("../../../reports/templates/disclaimer.html"),
    ),
    (
        "exceptions.html",
        include_str!("../../../reports/templates/exceptions.html"),
    ),
    (
        "gaps.html",
        include_str!("../../../reports/templates/gaps.html"),
    ),
    (
        "glossary.html",
        include_str!("../../../reports/templates/glossary.html"),
    ),
    (
        "index.html",
        include_str!("../../../reports/templates/index.html"),
    ),
    (
        "matrix.html",
        include_str!("../../../reports/templates/matrix.html"),
    ),
    (
        "parts.html",
        include_str!("../../../reports/templates/parts.html"),
    ),
    (
        "report.html",
        include_str!("../../../reports/templates/report.html"),
    ),
    (
        "scope.html",
        include_str!("../../../reports/templates/scope.html"),
    ),
    (
        "verify.html",
        include_str!("../../../reports/templates/verify.html"),
    ),
    (
        "waivers.html",
        include_str!("../../../reports/templates/waivers.html"),
    ),
];

/// The report could not be written: a template and the view it lays out do not agree.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct RenderError(#[from] tera::Error);

/// The report as HTML. `report_json_sha256` stands in it, so that a printed sheet names the file
/// that holds everything.
///
/// # Errors
/// Only a defect of a template; no content of a repository can cause one.
pub fn report(bundle: &Bundle, report_json_sha256: &str) -> Result<Vec<u8>, RenderError> {
    let page = page::Page::of(bundle, report_json_sha256);
    let sheet = style::sheet(&page);
    let mut context = Context::from_serialize(&page)?;
    context.insert("style_source", &style::source(&sheet));
    context.insert("style", &sheet);
    let page = engine()?.render("report.html", &context)?;
    Ok(made_inert(page, Written::Html).into_bytes())
}

fn engine() -> Result<Tera, tera::Error> {
    let mut tera = Tera::new();
    tera.set_escape_fn(escape);
    tera.register_filter("line", |text: &str, _: tera::Kwargs, _: &tera::State| {
        let mut shown = Vec::new();
        for (at, part) in text.split('\t').enumerate() {
            if at > 0 {
                shown.push(b'\t');
            }
            // Writing to memory does not fail.
            let _ = escape(part, &mut shown);
        }
        tera::Value::safe_string(&String::from_utf8_lossy(&shown))
    });
    tera.add_raw_templates(TEMPLATES.iter().copied())?;
    Ok(tera)
}

/// The one way by which a value comes into the page: what would steer is made visible, what would
/// end a text or an attribute is escaped. A tab stays a tab only in a line of an excerpt.
fn escape(text: &str, out: &mut dyn Write) -> io::Result<()> {
    for part in visible(text).split_inclusive(['&', '<', '>', '"', '\'']) {
        let (plain, entity) = match part.char_indices().next_back() {
            Some((at, '&')) => (part.get(..at), "&amp;"),
            Some((at, '<')) => (part.get(..at), "&lt;"),
            Some((at, '>')) => (part.get(..at), "&gt;"),
            Some((at, '"')) => (part.get(..at), "&quot;"),
            Some((at, '\'')) => (part.get(..at), "&#39;"),
            _ => (Some(part), ""),
        };
        out.write_all(plain.unwrap_or_default().as_bytes())?;
        out.write_all(entity.as_bytes())?;
    }
    Ok(())
}
