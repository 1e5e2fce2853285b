//! The table: what a person reads on a terminal. Words, layout and order are held by
//! the transcripts in `tests/it`; a terminal changes colour, width and signs, never a word.

mod closing;
mod exceptions;
mod gaps;
pub mod grid;
mod head;
pub mod layout;
mod paint;
pub mod places;
mod title;
mod waivers;
mod words;

#[cfg(test)]
pub(super) mod tests;

pub(super) use head::lines as examined;
pub use layout::Text;
pub use paint::{Detail, Paint, Sign, Style};
pub use waivers::summary as waivers;
pub use words::{count, number, plural};

use super::{Closing, causes, verdict};
use crate::model::orders::{Written, made_inert};
use crate::seal::Bundle;

/// The whole text of a run.
pub fn render(bundle: &Bundle, style: &Style, closing: &Closing) -> String {
    let run = bundle.run();
    let mut parts: Vec<String> = Vec::new();
    let mut part = |write: &dyn Fn(&mut String)| {
        let mut text = String::new();
        write(&mut text);
        if !text.is_empty() {
            parts.push(text);
        }
    };
    part(&|out| head::write(out, run, style));
    let results = verdict::ordered(run);
    let clusters = causes::clusters(run);
    let untested = run.counts().not_tested;
    if results.is_empty() && clusters.is_empty() {
        part(&|out| {
            let heading = format!("Exceptions noted: 0 {} Not tested: 0", style.dot());
            exceptions::write_heading(out, &heading, style);
        });
    } else {
        part(&|out| {
            exceptions::write_heading(out, &verdict::heading(run), style);
            for result in &results {
                exceptions::block(out, run, result, style, closing);
            }
        });
        part(&|out| {
            let heading = format!("Not tested: {}", number(untested));
            exceptions::write_heading(out, &heading, style);
            for cluster in &clusters {
                cluster.write(out, run, style);
            }
        });
    }
    part(&|out| closing::rest(out, run, style, closing));
    part(&|out| out.push_str(&end(bundle, style, closing)));
    made_inert(parts.join("\n"), Written::Plain)
}

/// The end alone: the sentence, the counts, where the bundle lies, the exit code, what to do next.
/// It goes to standard error where another format takes standard output.
pub fn end(bundle: &Bundle, style: &Style, closing: &Closing) -> String {
    let counts = bundle.run().counts();
    let mut out = String::new();
    let sentence = Text::new(verdict::sentence(&counts));
    layout::write(&mut out, &sentence, style, 0, 0);
    out.push_str(&verdict::counts(&counts));
    out.push('\n');
    closing::end(&mut out, bundle, style, closing);
    out
}
