//! `--max-value SIZE`: how much is read of one file, and so of any value in it.

use crate::load::Problem;
use crate::model::text::excerpt;
use crate::parse::limits::Caps;

/// Units with the number of bytes they stand for.
const UNITS: &[(&str, u64)] = &[
    ("", 1),
    ("b", 1),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
];

/// The caps that follow from the size that was given, else the usual ones.
///
/// # Errors
/// What is no size.
pub(crate) fn caps(given: Option<&str>) -> Result<Caps, Problem> {
    let Some(given) = given else {
        return Ok(Caps::default());
    };
    let size = parse(given).filter(|size| *size > 0);
    size.map(Caps::of).ok_or_else(|| {
        Problem::new(
            "value",
            format!(
                "expected a size as 64MiB, found {} (--max-value)",
                excerpt(given)
            ),
            "Write a whole number with KiB, MiB or GiB after it.",
        )
    })
}

fn parse(given: &str) -> Option<u64> {
    let given = given.trim();
    let end = given
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(given.len());
    let (number, unit) = given.split_at(end);
    let unit = unit.trim().to_ascii_lowercase();
    let (_, bytes) = UNITS.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_a_whole_number_with_a_unit() {
        for (given, size) in [
            ("64MiB", 64 << 20),
            ("1 GiB", 1 << 30),
            ("500mb", 500_000_000),
            ("1024", 1_024),
        ] {
            assert_eq!(caps(Some(given)), Ok(Caps::of(size)), "{given}");
        }
        assert_eq!(caps(None), Ok(Caps::default()));
        for given in [
            "",
            "MiB",
            "1.5GiB",
            "-1",
            "0",
            "64 apples",
            "99999999999GiB",
        ] {
            assert!(caps(Some(given)).is_err(), "{given}");
        }
    }
}
