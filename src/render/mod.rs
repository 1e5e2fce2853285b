//! Rendering: from a bundle to what people and machines read. Renderers take `&Bundle` and nothing
//! else: what was not sealed cannot be shown, and every format tells the same story.

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
    let results = serde_json::json!({ "results": bundle.run().results });
    let mut bytes = serde_json::to_vec(&results)?;
    bytes.push(b'\n');
    Ok(vec![Member {
        path: "report.json".to_owned(),
        bytes,
        role: "report",
        media_type: "application/json",
    }])
}
