//! The licences that a text names: an expression of SPDX, the words of Python's classifiers, or
//! whatever a package says of itself.
//!
//! A text is only taken apart where it is an expression; a name becomes an SPDX id only where the
//! table says so. "BSD License" is one of several licences, and stays what it is.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::collect::reports::words::message;

/// Words that tools write where they do not know a licence, and SPDX's words for it.
pub(in crate::collect::reports) fn is_unknown(text: &str) -> bool {
    const UNKNOWN: [&str; 6] = ["", "unknown", "none", "noassertion", "n/a", "null"];
    UNKNOWN.contains(&text.trim().to_ascii_lowercase().as_str())
}

/// Every licence that some texts name, each once and in order. A choice names all it offers.
pub(in crate::collect::reports) fn of_all(texts: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    // pip-licenses joins the classifiers of one package by semicolons.
    for part in texts.iter().flat_map(|text| text.split(';')) {
        let part = part.trim();
        if is_unknown(part) {
            continue;
        }
        let terms = terms(part).unwrap_or_else(|| vec![part.to_owned()]);
        for term in terms {
            let name = id_of(&term).map_or_else(|| message(&term), str::to_owned);
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// The licences of an SPDX expression; nothing for a text that is none. Old Cargo manifests write
/// a slash for `OR`.
fn terms(text: &str) -> Option<Vec<String>> {
    let spaced = text
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut terms: Vec<String> = Vec::new();
    let mut depth = 0_usize;
    // Whether a licence has to come next.
    let mut wanted = true;
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        match (word, wanted) {
            ("(", true) => depth += 1,
            (")", false) => depth = depth.checked_sub(1)?,
            ("AND" | "OR" | "and" | "or", false) => wanted = true,
            ("WITH" | "with", false) => {
                let exception = words.next().filter(|word| is_id(word))?;
                let term = terms.last_mut()?;
                term.push_str(" WITH ");
                term.push_str(exception);
            }
            (id, true) if is_id(id) => {
                terms.push(id.to_owned());
                wanted = false;
            }
            _ => return None,
        }
    }
    (depth == 0 && !wanted).then_some(terms)
}

/// Whether a word can be an id of a licence or exception.
fn is_id(word: &str) -> bool {
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || b"-.+:_*".contains(&byte);
    !matches!(word, "AND" | "OR" | "WITH") && word.bytes().all(sign)
}

/// The SPDX id of a name of a licence that is unambiguous.
fn id_of(name: &str) -> Option<&'static str> {
    static TABLE: LazyLock<BTreeMap<String, &'static str>> = LazyLock::new(|| {
        let rows = NAMES.iter();
        rows.map(|(name, id)| (name.to_ascii_lowercase(), *id))
            .collect()
    });
    TABLE.get(&name.trim().to_ascii_lowercase()).copied()
}

/// Names of one licence each, most of them Python's classifiers (pypi.org/classifiers).
const NAMES: &[(&str, &str)] = &[
    ("Apache 2.0", "Apache-2.0"),
    ("Apache License 2.0", "Apache-2.0"),
    ("Apache License, Version 2.0", "Apache-2.0"),
    ("Blue Oak Model License (BlueOak-1.0.0)", "BlueOak-1.0.0"),
    ("Boost Software License 1.0 (BSL-1.0)", "BSL-1.0"),
    ("BSD 2-Clause", "BSD-2-Clause"),
    ("BSD 3-Clause", "BSD-3-Clause"),
    ("BSD 3-Clause License", "BSD-3-Clause"),
    (
        "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication",
        "CC0-1.0",
    ),
    ("Eclipse Public License 1.0 (EPL-1.0)", "EPL-1.0"),
    ("Eclipse Public License 2.0 (EPL-2.0)", "EPL-2.0"),
    ("European Union Public Licence 1.1 (EUPL 1.1)", "EUPL-1.1"),
    ("European Union Public Licence 1.2 (EUPL 1.2)", "EUPL-1.2"),
    ("GNU Affero General Public License v3", "AGPL-3.0-only"),
    (
        "GNU Affero General Public License v3 or later (AGPLv3+)",
        "AGPL-3.0-or-later",
    ),
    ("GNU General Public License v2 (GPLv2)", "GPL-2.0-only"),
    (
        "GNU General Public License v2 or later (GPLv2+)",
        "GPL-2.0-or-later",
    ),
    ("GNU General Public License v3 (GPLv3)", "GPL-3.0-only"),
    (
        "GNU General Public License v3 or later (GPLv3+)",
        "GPL-3.0-or-later",
    ),
    (
        "GNU Lesser General Public License v2 (LGPLv2)",
        "LGPL-2.0-only",
    ),
    (
        "GNU Lesser General Public License v2 or later (LGPLv2+)",
        "LGPL-2.0-or-later",
    ),
    (
        "GNU Lesser General Public License v3 (LGPLv3)",
        "LGPL-3.0-only",
    ),
    (
        "GNU Lesser General Public License v3 or later (LGPLv3+)",
        "LGPL-3.0-or-later",
    ),
    ("ISC License", "ISC"),
    ("ISC License (ISCL)", "ISC"),
    ("MIT License", "MIT"),
    ("The MIT License", "MIT"),
    ("MIT No Attribution License (MIT-0)", "MIT-0"),
    ("Mozilla Public License 1.0 (MPL)", "MPL-1.0"),
    ("Mozilla Public License 1.1 (MPL 1.1)", "MPL-1.1"),
    ("Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"),
    (
        "Mulan Permissive Software License v2 (MulanPSL-2.0)",
        "MulanPSL-2.0",
    ),
    ("SIL Open Font License 1.1 (OFL-1.1)", "OFL-1.1"),
    ("The Unlicense (Unlicense)", "Unlicense"),
    ("Universal Permissive License (UPL)", "UPL-1.0"),
    ("zlib/libpng License", "Zlib"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<String> {
        of_all(&[text])
    }

    #[test]
    fn an_expression_names_every_licence_it_offers_or_asks_for() {
        assert_eq!(
            named("(Apache-2.0 OR MIT) AND Unicode-3.0"),
            ["Apache-2.0", "MIT", "Unicode-3.0"]
        );
        assert_eq!(named("MIT/Apache-2.0"), ["MIT", "Apache-2.0"]);
        assert_eq!(
            named("GPL-2.0-only WITH Classpath-exception-2.0 OR MIT"),
            ["GPL-2.0-only WITH Classpath-exception-2.0", "MIT"]
        );
    }

    #[test]
    fn what_is_no_expression_stays_one_name() {
        assert_eq!(named("BSD License"), ["BSD License"]);
        assert_eq!(
            named("GNU Affero General Public License v3 or later (AGPLv3+)"),
            ["AGPL-3.0-or-later"]
        );
        assert_eq!(named("MIT License; BSD License"), ["MIT", "BSD License"]);
        for odd in [
            "MIT OR", "(MIT", "MIT)", "AND", "MIT MIT", "MIT WITH", "a , b",
        ] {
            assert_eq!(named(odd), [odd], "{odd}");
        }
        assert_eq!(
            named("Custom: https://x.example/l"),
            ["Custom: https://x.example/l"]
        );
    }

    #[test]
    fn words_for_nothing_name_nothing() {
        for unknown in ["UNKNOWN", "NOASSERTION", "none", " ", "UNKNOWN; UNKNOWN"] {
            assert_eq!(named(unknown), [""; 0], "{unknown}");
        }
        assert!(!is_unknown("UNLICENSED"));
    }
}
