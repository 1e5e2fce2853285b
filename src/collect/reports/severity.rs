//! The mapping of tools' own words for severity to one scale.
//!
//! The scale is the one of FIRST's CVSS v3 rating (low, medium, high, critical), with `info` below
//! it. A word that is not in the table is `unknown`: nothing unknown is ever taken for low.

use crate::parse::loose::millionths;

/// The rank of a word, in any case: `critical`, `high`, `medium`, `low`, `info` or `unknown`.
pub(super) fn rank(word: &str) -> &'static str {
    match word.trim().to_ascii_lowercase().as_str() {
        "critical" | "blocker" => "critical",
        // SARIF 2.1.0 §3.27.10: an error is a serious problem. Tools write it for all they find,
        // so it cannot be told from critical and is not taken for it.
        // pylint's fatal is an error that kept it from going on.
        "high" | "error" | "major" | "fatal" => "high",
        // Normal is the middle one of SpotBugs.
        "medium" | "moderate" | "warning" | "normal" => "medium",
        // pylint's words for what is against good practice or a convention.
        "low" | "minor" | "note" | "refactor" | "convention" => "low",
        "info" | "informational" | "information" | "negligible" | "none" => "info",
        _ => "unknown",
    }
}

/// The rank of a `security-severity` of SARIF, which is a CVSS score as a text. GitHub's bands:
/// from 9 critical, from 7 high, from 4 medium, above 0 low. Some tools write a word there.
pub(super) fn rank_of_score(score: &str) -> &'static str {
    match millionths(score) {
        Some(9_000_000..) => "critical",
        Some(7_000_000..) => "high",
        Some(4_000_000..) => "medium",
        Some(1..) => "low",
        Some(0) => "info",
        None => rank(score),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_word_is_never_low() {
        for word in ["UNDEFINED", "", "unknown", "fatal?", "experimental", "42"] {
            assert_eq!(rank(word), "unknown", "{word}");
        }
        assert_eq!((rank("MODERATE"), rank("Error")), ("medium", "high"));
    }

    #[test]
    fn a_score_falls_into_its_band() {
        let bands = ["9.0", "8.9", "4", "0.1", "0.0", "NaN", "-1", "High"].map(rank_of_score);
        assert_eq!(
            bands,
            [
                "critical", "high", "medium", "low", "info", "unknown", "unknown", "high"
            ]
        );
    }
}
