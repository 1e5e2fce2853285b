//! The title line of a block.

use super::layout::{self, Text, width};
use super::paint::{Paint, Sign, Style};
use crate::model::control::Severity;
use crate::model::text::visible;

/// Sign, id, severity and title of one control.
pub(super) struct Title<'t> {
    /// What came of it.
    pub(super) sign: Sign,
    /// The control.
    pub(super) id: &'t str,
    /// How much it matters.
    pub(super) severity: Severity,
    /// What it is about; never cut.
    pub(super) about: &'t str,
}

impl Title<'_> {
    /// Writes the line; a narrow one has the title below.
    pub(super) fn write(&self, out: &mut String, style: &Style) {
        let id = visible(self.id);
        let title = visible(self.about);
        let severity = self.severity.name();
        out.push_str(&self.sign.shown(style));
        out.push(' ');
        out.push_str(&style.paint(Paint::Bold, &id));
        out.push_str("  ");
        out.push_str(severity);
        let text = Text::new(style.own(&title));
        if text.is_empty() {
            out.push('\n');
        } else if style.narrow() {
            out.push_str("\n  ");
            layout::write(out, &text, style, 2, 2);
        } else {
            let column = 2 + width(&id) + 2 + severity.len() + 2;
            out.push_str("  ");
            layout::write(out, &text, style, column, column);
        }
    }
}

/// A label with a value that the engine or an author wrote; it may hold text of the repository.
pub(super) fn labelled(out: &mut String, label: &str, value: &str, style: &Style) {
    layout::label(out, label, &Text::new(style.own(&visible(value))), style);
}
