//! Not tested, as blocks: one for the controls that share a cause.

use super::super::causes::{Cluster, RUN_THE_TOOLS, reason};
use super::layout::{self, Text};
use super::paint::{Detail, Paint, Sign, Style};
use super::title::{Title, labelled};
use super::words::{count, number};
use crate::model::gap::Cause;
use crate::model::run::Run;
use crate::model::text::visible;

/// How many gaps of one cause are shown.
const FIRST_GAPS: usize = 3;

impl Cluster<'_> {
    /// Writes the block.
    pub(super) fn write(&self, out: &mut String, run: &Run, style: &Style) {
        self.title(out, run, style);
        if style.detail == Detail::Quiet {
            return;
        }
        if !self.kinds.is_empty() {
            let kinds: Vec<&str> = self.kinds.iter().copied().collect();
            let reports = count(kinds.len(), "report", "reports");
            labelled(
                out,
                "missing",
                &format!("{reports}: {}", kinds.join(" ")),
                style,
            );
            labelled(out, "get it", RUN_THE_TOOLS, style);
            return;
        }
        let left = self.says(out, style);
        self.get_it(out, style);
        if left > 0 {
            let more = count(left, "more gap", "more gaps");
            let text = Text::new(format!("{more}: ")).whole(self.explain());
            layout::label(out, "more", &text, style);
        }
    }

    fn title(&self, out: &mut String, run: &Run, style: &Style) {
        if let [only] = self.results.as_slice() {
            let control = run.control(&only.control);
            Title {
                sign: Sign::Gap,
                id: &only.control,
                severity: only.severity,
                about: control.map_or("", |control| &control.title),
            }
            .write(out, style);
            return;
        }
        let mut ids = Text::default();
        for (index, result) in self.results.iter().enumerate() {
            if index > 0 {
                ids = ids.and(" ");
            }
            ids = ids.painted(Paint::Bold, visible(&result.control));
        }
        out.push_str(&Sign::Gap.shown(style));
        out.push(' ');
        layout::write(out, &ids, style, 2, 2);
    }

    /// Writes what is missing or cannot be relied on, and answers with how many gaps are left out.
    fn says(&self, out: &mut String, style: &Style) -> usize {
        if self.gaps.is_empty() {
            let reason = self.results.first().map_or("", |result| reason(result));
            labelled(out, Cause::Missing.label(), reason, style);
            return 0;
        }
        let shown = if style.detail == Detail::Full || self.gaps.len() <= FIRST_GAPS {
            self.gaps.len()
        } else {
            FIRST_GAPS - 1
        };
        let mut last = "";
        for gap in self.gaps.iter().take(shown) {
            let label = gap.cause.label();
            // The label stands once before its lines.
            let shown = if label == last { "" } else { label };
            labelled(out, shown, &gap.line(), style);
            last = label;
        }
        self.gaps.len() - shown
    }

    fn get_it(&self, out: &mut String, style: &Style) {
        let remedies = self.remedies();
        if style.detail == Detail::Full {
            for (index, remedy) in remedies.iter().enumerate() {
                labelled(out, if index == 0 { "get it" } else { "" }, remedy, style);
            }
            return;
        }
        let Some((first, rest)) = remedies.split_first() else {
            return;
        };
        let mut text = Text::new(style.own(&visible(first)));
        if !rest.is_empty() {
            text = text
                .divided(style)
                .and(format!("{} more: ", number(rest.len())))
                .whole(self.explain());
        }
        layout::label(out, "get it", &text, style);
    }

    fn explain(&self) -> String {
        let id = self.results.first().map_or("", |result| &result.control);
        format!("audit explain {}", visible(id))
    }
}
