//! What a package is called, so that a lock file, an audit and a bill of materials can be agreed: its
//! ecosystem, its name and its version, each in the one form that the ecosystem compares by.

/// The ecosystems of package URLs and of scanners, with their names here: those of Dependabot.
const ECOSYSTEMS: [(&str, &[&str]); 4] = [
    (
        "pip",
        &[
            "pypi",
            "pip",
            "pipenv",
            "poetry",
            "uv",
            "pylock",
            "python",
            "python-pkg",
        ],
    ),
    (
        "npm",
        &[
            "npm",
            "yarn",
            "pnpm",
            "bun",
            "node-pkg",
            "javascript",
            "nodejs",
        ],
    ),
    (
        "cargo",
        &["cargo", "crates.io", "rust", "rustbinary", "rust-binary"],
    ),
    ("gomod", &["golang", "gomod", "go", "gobinary"]),
];

/// The ecosystem by a tool's word for it.
pub(in crate::collect) fn ecosystem(word: &str) -> Option<&'static str> {
    let word = word.trim().to_ascii_lowercase();
    let found = ECOSYSTEMS
        .iter()
        .find(|(_, words)| words.contains(&word.as_str()));
    found.map(|(name, _)| *name)
}

/// The identity of a package: `pip requests 2.31.0`.
pub(in crate::collect) fn identity(ecosystem: &str, name: &str, version: &str) -> String {
    let (name, version) = match ecosystem {
        "pip" => (python_name(name), python_version(version)),
        "gomod" => (
            name.trim().to_owned(),
            version.trim().trim_start_matches('v').to_owned(),
        ),
        _ => (name.trim().to_owned(), version.trim().to_owned()),
    };
    format!("{ecosystem} {name} {version}")
}

/// A name of Python's index: letters in lower case, and one hyphen for each run of signs.
fn python_name(name: &str) -> String {
    let lower = name.trim().to_ascii_lowercase();
    let parts = lower.split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-")
}

/// A version of Python's index, as far as two ways to write it are common: `1.0` is `1.0.0`,
/// `2024.07.04` is `2024.7.4`, `1.0-RC.1` is `1.0rc1`.
fn python_version(version: &str) -> String {
    let lower = version
        .trim()
        .trim_start_matches(['v', 'V'])
        .to_ascii_lowercase();
    if lower.contains('!') {
        // With an epoch, which nobody writes in two ways.
        return lower;
    }
    let (public, local) = match lower.split_once('+') {
        Some((public, local)) => (public, Some(local)),
        None => (lower.as_str(), None),
    };
    let end = public.find(|c: char| !(c.is_ascii_digit() || c == '.'));
    let (release, rest) = public.split_at(end.unwrap_or(public.len()));
    let numbers = release.split('.').filter(|part| !part.is_empty());
    let mut numbers: Vec<&str> = numbers
        .map(|number| match number.trim_start_matches('0') {
            "" => "0",
            some => some,
        })
        .collect();
    while numbers.len() > 1 && numbers.last() == Some(&"0") {
        numbers.pop();
    }
    let mut text = numbers.join(".");
    let said: String = rest.chars().filter(char::is_ascii_alphanumeric).collect();
    let mut said = said.replace("alpha", "a").replace("beta", "b");
    for long in ["preview", "pre"] {
        said = said.replace(long, "rc");
    }
    if said.starts_with(|c: char| c.is_ascii_digit()) {
        // `1.0-1` is the first release after 1.0.
        text.push_str("post");
    }
    text.push_str(&said);
    if let Some(local) = local {
        text.push('+');
        text.push_str(&local.replace(['-', '_'], "."));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_ways_to_write_a_package_are_one() {
        for (one, other) in [
            (
                ("pip", "Ruamel_YAML.clib", "1.0"),
                ("pip", "ruamel.yaml-CLIB", "1.0.0"),
            ),
            (
                ("pip", "certifi", "2024.07.04"),
                ("pip", "certifi", "2024.7.4"),
            ),
            (("pip", "a", "v1.0-RC.1"), ("pip", "a", "1rc1")),
            (("pip", "a", "1.0.post1"), ("pip", "a", "1.post1")),
            (("pip", "a", "1.0-1"), ("pip", "a", "1.0.post1")),
            (("pip", "torch", "2.1.0+cpu"), ("pip", "torch", "2.1+cpu")),
            (
                ("gomod", "golang.org/x/net", "v0.17.0"),
                ("gomod", "golang.org/x/net", "0.17.0"),
            ),
        ] {
            assert_eq!(
                identity(one.0, one.1, one.2),
                identity(other.0, other.1, other.2)
            );
        }
        for (one, other) in [
            (("pip", "a", "1.0"), ("pip", "a", "1.0.1")),
            (("pip", "a", "10"), ("pip", "a", "1")),
            (("pip", "a", "1.0"), ("pip", "a", "1.0rc1")),
            (("pip", "torch", "2.1"), ("pip", "torch", "2.1+cpu")),
            (("npm", "A", "1.0.0"), ("npm", "a", "1.0.0")),
            (("npm", "a", "1.0"), ("npm", "a", "1.0.0")),
            (("npm", "a", "1"), ("cargo", "a", "1")),
        ] {
            assert_ne!(
                identity(one.0, one.1, one.2),
                identity(other.0, other.1, other.2)
            );
        }
        assert_eq!(identity("pip", "Requests", "2.31.0"), "pip requests 2.31");
    }

    #[test]
    fn the_words_of_scanners_are_known_and_others_are_not() {
        let words = ["PyPI", "crates.io", "Go", "node-pkg", "uv"];
        let known: Vec<_> = words.map(ecosystem).into_iter().flatten().collect();
        assert_eq!(known, ["pip", "cargo", "gomod", "npm", "pip"]);
        assert_eq!((ecosystem("alpine"), ecosystem("")), (None, None));
    }
}
