//! The base score of a CVSS 3 vector (CVSS 3.1 §7.1), which some formats give in the place of a
//! severity. It is computed with integers, in billionths. A vector of another version has none here.

/// One in billionths.
const ONE: i64 = 1_000_000_000;

/// The score in tenths, from 0 to 100.
pub(super) fn tenths(vector: &str) -> Option<u64> {
    let mut parts = vector.trim().split('/');
    let version = parts.next()?;
    if version != "CVSS:3.0" && version != "CVSS:3.1" {
        return None;
    }
    let metrics: Vec<(&str, &str)> = parts.filter_map(|part| part.split_once(':')).collect();
    let metric = |name: &str| {
        metrics
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| *value)
    };
    let changed = match metric("S")? {
        "U" => false,
        "C" => true,
        _ => return None,
    };
    let vector = weight(metric("AV")?, &[("N", 85), ("A", 62), ("L", 55), ("P", 20)])?;
    let complexity = weight(metric("AC")?, &[("L", 77), ("H", 44)])?;
    let (low, high) = if changed { (68, 50) } else { (62, 27) };
    let privileges = weight(metric("PR")?, &[("N", 85), ("L", low), ("H", high)])?;
    let interaction = weight(metric("UI")?, &[("N", 85), ("R", 62)])?;
    let harm = |name| weight(metric(name)?, &[("H", 56), ("L", 22), ("N", 0)]);
    let spared = (100 - harm("C")?) * (100 - harm("I")?) * (100 - harm("A")?);
    let impact = impact(ONE - spared * 1_000, changed);
    if impact <= 0 {
        return Some(0);
    }
    let exploitability = 822 * vector * complexity * privileges * interaction / 10;
    let sum = impact + exploitability;
    let sum = if changed { sum * 108 / 100 } else { sum };
    // Rounded up to a tenth, beyond what an error of the fifth decimal could make of it.
    let fifth = (sum.min(10 * ONE) + 5_000) / 10_000;
    let tenths = if fifth % 10_000 == 0 {
        fifth / 10_000
    } else {
        fifth / 10_000 + 1
    };
    u64::try_from(tenths).ok()
}

/// The impact of what is lost of confidentiality, integrity and availability together.
fn impact(lost: i64, changed: bool) -> i64 {
    if !changed {
        return 642 * lost / 100;
    }
    let base = i128::from(lost - 20_000_000);
    let power = (1..15).fold(base, |power, _| power * base / i128::from(ONE));
    let power = i64::try_from(power).unwrap_or(0);
    752 * (lost - 29_000_000) / 100 - 325 * power / 100
}

/// The weight of a value in hundredths.
fn weight(value: &str, weights: &[(&str, i64)]) -> Option<i64> {
    weights
        .iter()
        .find(|(name, _)| *name == value)
        .map(|(_, weight)| *weight)
}

/// The rank of a vector, by FIRST's bands.
pub(super) fn rank(vector: &str) -> Option<&'static str> {
    Some(match tenths(vector)? {
        90.. => "critical",
        70.. => "high",
        40.. => "medium",
        1.. => "low",
        0 => "info",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_that_of_the_specification() {
        for (vector, score) in [
            ("AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 98),
            ("AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 100),
            ("AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 61),
            ("AV:N/AC:L/PR:L/UI:R/S:C/C:L/I:L/A:N", 54),
            ("AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L", 53),
            ("AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 78),
            ("AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:L", 37),
            ("AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N", 16),
            ("AV:P/AC:H/PR:H/UI:R/S:C/C:L/I:N/A:N", 18),
            ("AV:N/AC:L/PR:N/UI:N/S:C/C:N/I:N/A:N", 0),
        ] {
            assert_eq!(
                tenths(&format!("CVSS:3.1/{vector}")),
                Some(score),
                "{vector}"
            );
            assert_eq!(
                tenths(&format!("CVSS:3.0/{vector}/E:P")),
                Some(score),
                "{vector}"
            );
        }
    }

    #[test]
    fn what_is_no_whole_vector_has_no_score() {
        for odd in [
            "",
            "7.5",
            "CVSS:3.1",
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
            "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
            "AV:N/AC:L/Au:N/C:P/I:N/A:N",
        ] {
            assert_eq!(tenths(odd), None, "{odd}");
        }
        assert_eq!(
            rank("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
            Some("critical")
        );
    }
}
