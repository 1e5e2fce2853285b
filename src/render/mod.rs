//! Rendering: from a bundle to what people and machines read. Renderers take `&Bundle` and nothing
//! else: what was not sealed cannot be shown, and every format tells the same story.

pub mod html;
pub mod json;
pub mod register;
pub mod tally;

#[cfg(test)]
mod sample;

use crate::seal::{Bundle, Member};
use crate::tree::digest::sha256;

/// Why a document could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A defect of serialisation.
    #[error("the report cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    /// A defect of a template.
    #[error("the report's page cannot be laid out: {0}")]
    Html(#[from] html::PageError),
}

/// The documents that every bundle holds.
///
/// # Errors
/// A defect of a renderer.
pub fn documents(bundle: &Bundle) -> Result<Vec<Member>, RenderError> {
    let results = json::report(bundle);
    let page = html::report(bundle, &sha256(&results).to_string())?;
    let member = |path: &str, bytes, media_type| Member {
        path: path.to_owned(),
        bytes,
        role: "report",
        media_type,
    };
    Ok(vec![
        member("report.html", page, "text/html"),
        member("report.json", results, "application/json"),
    ])
}
