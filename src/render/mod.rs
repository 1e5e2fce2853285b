//! Rendering: from a bundle to what people and machines read. Renderers take `&Bundle` and nothing
//! else: what was not sealed cannot be shown, and every format tells the same story.

pub mod table;
