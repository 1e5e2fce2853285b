//! Rendering: from a bundle to what people and machines read. Renderers take `&Bundle` and nothing
//! else: what was not sealed cannot be shown, and every format tells the same story.

pub mod html;
pub mod json;
pub mod register;
pub mod table;
pub mod tally;

#[cfg(test)]
mod sample;

use crate::seal::{Bundle, Member};

/// Why a document could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A defect of serialisation.
    #[error("the report cannot be written: {0}")]
    Json(#[from] serde_json::Error),
}

/// The documents that every bundle holds.
///
/// # Errors
/// A defect of a renderer.
pub fn documents(bundle: &Bundle) -> Result<Vec<Member>, RenderError> {
    let report = json::report(bundle);
    Ok(vec![Member {
        path: "report.json".to_owned(),
        bytes: report,
        role: "report",
        media_type: "application/json",
    }])
}
