//! How the terminal wants to be spoken to: colour, width and signs, from flags, environment and
//! the terminal itself.

use std::env;
use std::io::IsTerminal;

use crate::render::table::{Detail, Style};

/// When colours are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Flags that say how it looks. They change no word.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Show {
    /// Colours: auto, always or never.
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        global = true,
        hide_possible_values = true
    )]
    pub(crate) color: Option<Colour>,
    /// Columns of a line, from 60 to 120.
    #[arg(long, value_name = "N", global = true)]
    pub(crate) width: Option<usize>,
    /// Signs in ASCII.
    #[arg(long, global = true)]
    pub(crate) ascii: bool,
    /// Titles, counts and the end.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Every deviation and gap.
    #[arg(short, long, action = clap::ArgAction::Count, global = true, conflicts_with = "quiet")]
    pub(crate) verbose: u8,
}

/// What the environment says about the terminal.
#[derive(Debug, Clone, Default)]
struct Surroundings {
    terminal: bool,
    no_color: bool,
    dumb: bool,
    columns: Option<usize>,
    measured: Option<usize>,
}

impl Show {
    /// The style of standard output.
    pub(crate) fn out(&self) -> Style {
        self.style(&surroundings(std::io::stdout().is_terminal()))
    }

    /// The style of standard error.
    pub(crate) fn err(&self) -> Style {
        self.style(&surroundings(std::io::stderr().is_terminal()))
    }

    /// The style of a file, which is no terminal.
    pub(crate) fn file(&self) -> Style {
        self.style(&surroundings(false))
    }

    fn style(&self, around: &Surroundings) -> Style {
        let colour = match self.color.unwrap_or_default() {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => around.terminal && !around.no_color && !around.dumb,
        };
        let measured = around.measured.filter(|_| around.terminal);
        let width = self.width.or(around.columns).or(measured);
        let detail = if self.quiet {
            Detail::Quiet
        } else if self.verbose > 0 {
            Detail::Full
        } else {
            Detail::Normal
        };
        Style {
            width: width.map_or(Style::USUAL, |width| {
                width.clamp(Style::NARROWEST, Style::WIDEST)
            }),
            colour,
            ascii: self.ascii || around.dumb,
            detail,
        }
    }
}

fn surroundings(terminal: bool) -> Surroundings {
    let given = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    Surroundings {
        terminal,
        no_color: given("NO_COLOR").is_some(),
        dumb: given("TERM").is_some_and(|term| term == "dumb"),
        columns: given("COLUMNS").and_then(|columns| columns.to_str()?.trim().parse().ok()),
        measured: terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terminal() -> Surroundings {
        Surroundings {
            terminal: true,
            measured: Some(200),
            ..Surroundings::default()
        }
    }

    #[test]
    fn without_a_terminal_a_line_has_100_columns_and_no_colour() {
        let style = Show::default().style(&Surroundings {
            measured: Some(72),
            ..Surroundings::default()
        });
        assert_eq!(
            (style.width, style.colour, style.ascii),
            (100, false, false)
        );
    }

    #[test]
    fn the_width_is_the_flags_then_columns_then_the_terminals_between_60_and_120() {
        assert_eq!(Show::default().style(&terminal()).width, 120);
        let columns = Surroundings {
            columns: Some(40),
            ..terminal()
        };
        assert_eq!(Show::default().style(&columns).width, 60);
        let asked = Show {
            width: Some(90),
            ..Show::default()
        };
        assert_eq!(asked.style(&columns).width, 90);
    }

    #[test]
    fn colour_is_off_with_no_color_and_on_a_dumb_terminal_but_not_when_asked_for() {
        assert!(Show::default().style(&terminal()).colour);
        let no_color = Surroundings {
            no_color: true,
            ..terminal()
        };
        assert!(!Show::default().style(&no_color).colour);
        let dumb = Surroundings {
            dumb: true,
            ..terminal()
        };
        let style = Show::default().style(&dumb);
        assert!(!style.colour && style.ascii);
        let always = Show {
            color: Some(Colour::Always),
            ..Show::default()
        };
        assert!(always.style(&no_color).colour);
    }
}
