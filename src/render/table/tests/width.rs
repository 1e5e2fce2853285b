//! Lines of every width hold the same words, and none is longer than it has to be.

use super::{Detail, Style, render};
use crate::model::text::steers;
use crate::render::sample::variants::{STEERING, every_state, steering};
use crate::render::table::layout::width;
use crate::render::{Closing, sample};
use crate::seal::Bundle;

fn text(bundle: &Bundle, style: &Style) -> String {
    let closing = Closing {
        bundle: Some("audit-evidence/20261002T063000Z-5d1f0c7e88a9".to_owned()),
        ..Closing::default()
    };
    render(bundle, style, &closing)
}

fn at(width: usize, detail: Detail) -> Style {
    Style {
        width,
        detail,
        ..Style::plain()
    }
}

#[test]
fn every_width_has_the_same_words_and_only_what_cannot_be_cut_overflows() {
    for bundle in [sample::bundle(), every_state()] {
        for detail in [Detail::Quiet, Detail::Normal, Detail::Full] {
            let usual = text(&bundle, &at(Style::USUAL, detail));
            for columns in [80, 90, 120] {
                let text = text(&bundle, &at(columns, detail));
                let words = |text: &str| -> Vec<String> {
                    // Where a line ends, the dot between two parts is not needed.
                    let words = text.split_whitespace().filter(|word| *word != "·");
                    words.map(str::to_owned).collect()
                };
                assert_eq!(words(&text), words(&usual), "{columns}");
                for line in text.lines().filter(|line| width(line) > columns) {
                    // The counts are never wrapped; a path or a word never is cut.
                    let counts = line.contains(" none noted, ");
                    let head = line.trim_end().rsplit_once(' ');
                    let needed = head.is_none_or(|(head, _)| width(head.trim_end()) <= columns);
                    assert!(counts || needed, "{columns}: {line}");
                }
            }
        }
    }
}

#[test]
fn colours_are_all_that_a_terminal_is_told() {
    let coloured = Style {
        colour: true,
        detail: Detail::Full,
        ..Style::plain()
    };
    for hostile in STEERING {
        let bundle = steering(hostile);
        let mut rest = text(&bundle, &coloured);
        for sequence in [
            "\u{1b}[0m",
            "\u{1b}[1m",
            "\u{1b}[2m",
            "\u{1b}[31m",
            "\u{1b}[33m",
            "\u{1b}[36m",
        ] {
            rest = rest.replace(sequence, "");
        }
        let steering = rest.chars().find(|c| *c != '\n' && steers(*c));
        assert_eq!(steering, None, "{hostile:?}");
        assert_eq!(rest, text(&bundle, &at(Style::USUAL, Detail::Full)));
    }
}
