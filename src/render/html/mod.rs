//! `report.html`: the report a CPA reads. One file, no script, no request, the same bytes for the
//! same run. Everything shown is prepared here; the templates only lay it out.

mod age;
mod anchors;
mod axis;
mod control;
mod cover;
mod deviations;
mod evidence;
mod index;
mod matrix;
mod page;
mod plate;
mod procedure;
mod reading;
mod scope;
mod sheet;
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
        "sheet.html",
        include_str!("../../../reports/templates/sheet.html"),
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

/// The pages of a run.
pub struct Pages {
    /// The report.
    pub report: Vec<u8>,
    /// Lists too long for it, each with its path beside the report.
    pub sheets: Vec<(String, Vec<u8>)>,
}

/// The report as HTML. `report_json_sha256` stands in it, so that a printed sheet names the file
/// that holds everything.
///
/// # Errors
/// Only a defect of a template; no content of a repository can cause one.
pub fn report(bundle: &Bundle, report_json_sha256: &str) -> Result<Vec<u8>, RenderError> {
    Ok(pages(bundle, report_json_sha256)?.report)
}

/// The report with the files it sends its reader to for the whole of a long list.
///
/// # Errors
/// As [`report`].
pub fn pages(bundle: &Bundle, report_json_sha256: &str) -> Result<Pages, RenderError> {
    let engine = engine()?;
    let mut anchors = anchors::Anchors::of(bundle);
    let mut sheets = Vec::new();
    for result in sheet::long(&anchors) {
        let sheet = sheet::sheet(&anchors, result, report_json_sha256);
        let context = Context::from_serialize(&sheet)?;
        let page = lay_out(&engine, "sheet.html", context, &style::of_list(&sheet))?;
        sheets.push((result.control.as_str(), sheet::path(&result.control), page));
    }
    for (control, path, page) in &sheets {
        anchors.add_sheet(control, sheet::SheetLink::to(path.clone(), page));
    }
    let page = page::Page::of(&anchors, report_json_sha256);
    let context = Context::from_serialize(&page)?;
    Ok(Pages {
        report: lay_out(&engine, "report.html", context, &style::sheet(&page))?,
        sheets: sheets
            .into_iter()
            .map(|(_, path, page)| (path, page))
            .collect(),
    })
}

/// A page with its one style element.
fn lay_out(
    engine: &Tera,
    template: &str,
    mut context: Context,
    style: &str,
) -> Result<Vec<u8>, RenderError> {
    context.insert("style_source", &style::source(style));
    context.insert("style", style);
    let page = engine.render(template, &context)?;
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
    tera.register_filter("path", |text: &str, _: tera::Kwargs, _: &tera::State| {
        tera::Value::safe_string(&breakable(text))
    });
    tera.register_filter("prose", |text: &str, _: tera::Kwargs, _: &tera::State| {
        tera::Value::safe_string(&prose(text))
    });
    tera.add_raw_templates(TEMPLATES.iter().copied())?;
    Ok(tera)
}

/// A path, which may break after a folder; what is copied from it is the path alone.
fn breakable(text: &str) -> String {
    let mut shown = Vec::new();
    for part in text.split_inclusive('/') {
        // Writing to memory does not fail.
        let _ = escape(part, &mut shown);
        if part.ends_with('/') {
            shown.extend_from_slice(b"<wbr>");
        }
    }
    String::from_utf8_lossy(&shown).into_owned()
}

/// Words of a definition, in which backticks hold code. One that is not closed is shown as it is.
fn prose(text: &str) -> String {
    let closed = text.matches('`').count().is_multiple_of(2);
    let mut shown = Vec::new();
    for (at, part) in text.split('`').enumerate() {
        let tag: &[u8] = match (at, closed) {
            (0, _) => b"",
            (_, false) => b"`",
            (_, true) if at % 2 == 1 => b"<code>",
            (_, true) => b"</code>",
        };
        shown.extend_from_slice(tag);
        // Writing to memory does not fail.
        let _ = escape(part, &mut shown);
    }
    String::from_utf8_lossy(&shown).into_owned()
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
