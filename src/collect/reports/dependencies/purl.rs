//! Package URLs, as scanners name packages: `pkg:type/namespace/name@version?qualifiers#subpath`.

use crate::collect::package;

/// The name of the package, with its namespace, and its version.
pub(super) fn split(purl: &str) -> Option<(String, Option<String>)> {
    let rest = purl.trim().strip_prefix("pkg:")?;
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (_, named) = rest.trim_start_matches('/').split_once('/')?;
    // A scope of npm begins with @, which writers should encode and do not always.
    let at = named.rfind('@').filter(|at| *at > 0);
    let (name, version) = match at.and_then(|at| named.split_at_checked(at)) {
        Some((name, version)) => (name, version.strip_prefix('@')),
        None => (named, None),
    };
    let version = version.map(decode).filter(|version| !version.is_empty());
    Some((decode(name), version)).filter(|(name, _)| !name.is_empty())
}

/// The package that a package URL names, where it is of an ecosystem that has lock files here: the
/// ecosystem, the name as it is used there, and the version.
pub(in crate::collect::reports) fn package(
    purl: &str,
) -> Option<(&'static str, String, Option<String>)> {
    let rest = purl.trim().strip_prefix("pkg:")?;
    let (kind, _) = rest.trim_start_matches('/').split_once('/')?;
    let ecosystem = ["pypi", "npm", "cargo", "golang"]
        .contains(&kind.to_ascii_lowercase().as_str())
        .then(|| package::ecosystem(kind))??;
    let (name, version) = split(purl)?;
    Some((ecosystem, name, version))
}

/// Resolves what is percent-encoded. What is not encoded right stays as it is.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *first == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        let code = code.filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let byte = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = match byte {
            Some(_) => after.get(2..).unwrap_or_default(),
            None => after,
        };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_packages_of_known_ecosystems_can_be_agreed() {
        let named = |purl| package(purl).map(|(ecosystem, name, _)| format!("{ecosystem} {name}"));
        assert_eq!(named("pkg:npm/%40s/a@1").as_deref(), Some("npm @s/a"));
        assert_eq!(named("pkg:PyPI/a@1").as_deref(), Some("pip a"));
        assert_eq!(
            named("pkg:golang/x.org/net@v1").as_deref(),
            Some("gomod x.org/net")
        );
        assert_eq!((named("pkg:deb/debian/a@1"), named("a@1")), (None, None));
    }

    #[test]
    fn a_name_keeps_its_namespace_and_loses_its_encoding() {
        let read = |purl| split(purl).map(|(name, version)| (name, version.unwrap_or_default()));
        let both = |name: &str, version: &str| Some((name.to_owned(), version.to_owned()));
        for (purl, expected) in [
            ("pkg:maven/org.a/b@1.2?type=jar#x", both("org.a/b", "1.2")),
            ("pkg:npm/%40scope/name@1.0.0", both("@scope/name", "1.0.0")),
            ("pkg:npm/@scope/name@1.0.0", both("@scope/name", "1.0.0")),
            ("pkg:npm/@scope/name", both("@scope/name", "")),
            ("pkg:pypi/a%zz", both("a%zz", "")),
            ("pkg:pypi/a@", both("a", "")),
            ("cpe:2.3:a:b", None),
            ("pkg:npm", None),
            ("pkg:npm/", None),
        ] {
            assert_eq!(read(purl), expected, "{purl}");
        }
    }
}
