//! How firmly a reference names what it fetches.

/// The class of a `uses:` of GitHub Actions.
///
/// GitHub's runner takes `owner/repository[/path]@ref` with exactly one `@`, `./path`,
/// `docker://image` and, since July 2026, `$/path` for the repository the workflow itself is from.
pub(super) fn of_uses(uses: &str) -> &'static str {
    if uses.contains("${{") {
        return "expression";
    }
    if let Some(image) = uses.strip_prefix("docker://") {
        return of_image(image);
    }
    if uses.starts_with("./") {
        return "local";
    }
    if uses.starts_with("$/") {
        return "self";
    }
    // What stands after a first `@` is the ref: a hash after a second one pins nothing.
    match uses.split_once('@') {
        Some((_, reference)) if !reference.is_empty() => of_revision(reference),
        _ => "missing",
    }
}

/// The class of an image: only a whole digest names its content.
fn of_image(image: &str) -> &'static str {
    let digest = image
        .rsplit_once('@')
        .and_then(|(_, digest)| digest.strip_prefix("sha256:"));
    if digest.is_some_and(|digest| digest.len() == 64 && is_hex(digest)) {
        "digest"
    } else {
        "docker-tag"
    }
}

/// The class of a git revision.
pub(super) fn of_revision(revision: &str) -> &'static str {
    let digits_only = revision.bytes().all(|byte| byte.is_ascii_digit());
    match revision.len() {
        0 => "missing",
        40 | 64 if is_hex(revision) => "sha",
        // Git abbreviates to seven at least; a number alone is a version or a date.
        7..=39 if is_hex(revision) && !digits_only => "short-sha",
        _ if looks_like_version(revision) => "tag",
        _ => "branch",
    }
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `v1`, `1.2.3`, `9.0.0b5`, `v2.0-rc.1`, `release/v1`; with a name and a dash before it only in
/// full, `prettier-v3.1.0`, because `release-1.2` is how branches of a release are called.
fn looks_like_version(revision: &str) -> bool {
    let last = revision.rsplit('/').next().unwrap_or(revision);
    if is_version(last, 1) {
        return true;
    }
    last.match_indices('-')
        .filter_map(|(at, _)| last.get(at + 1..))
        .any(|rest| is_version(rest, 3))
}

/// A number of at least so many parts, and what may follow it.
fn is_version(text: &str, parts: usize) -> bool {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let end = text
        .find(|character: char| !character.is_ascii_digit() && character != '.')
        .unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    // `1.x` is a line of development, not a version.
    let whole = rest.is_empty() || !number.ends_with('.');
    let number = number.trim_end_matches('.');
    let counted = number.split('.').filter(|part| !part.is_empty()).count();
    let plain = !number.is_empty() && number.split('.').all(|part| !part.is_empty());
    plain && whole && counted >= parts && follows_a_version(rest)
}

fn follows_a_version(rest: &str) -> bool {
    const STAGES: &[&str] = &[
        "alpha", "beta", "rc", "dev", "post", "pre", "a", "b", "c", "p",
    ];
    if rest.is_empty() || rest.starts_with(['-', '+', '_']) {
        return true;
    }
    STAGES.iter().any(|stage| {
        rest.strip_prefix(stage).is_some_and(|number| {
            number.starts_with(|c: char| c.is_ascii_digit()) || number.is_empty()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_of_a_reference_is_told_apart() {
        let sha = "0123456789abcdef0123456789abcdef01234567";
        let longer = format!("{sha}0123456789abcdef01234567");
        let digest = format!("docker://alpine@sha256:{longer}");
        for (uses, class) in [
            (format!("a/b@{sha}"), "sha"),
            (format!("a/b/c@{longer}"), "sha"),
            (format!("a/b@{sha}0"), "branch"),
            (format!("a/b@x@{sha}"), "branch"),
            ("a/b@0123abc".to_owned(), "short-sha"),
            ("a/b@v1".to_owned(), "tag"),
            ("a/b@1.2.3".to_owned(), "tag"),
            ("a/b@release/v1".to_owned(), "tag"),
            ("a/b@main".to_owned(), "branch"),
            ("a/b@stable".to_owned(), "branch"),
            ("a/b@".to_owned(), "missing"),
            ("a/b".to_owned(), "missing"),
            ("./a".to_owned(), "local"),
            ("$/.github/workflows/a.yml".to_owned(), "self"),
            (digest, "digest"),
            ("docker://alpine@sha256:abc".to_owned(), "docker-tag"),
            ("docker://alpine:3".to_owned(), "docker-tag"),
            ("a/b@${{ matrix.ref }}".to_owned(), "expression"),
        ] {
            assert_eq!(of_uses(&uses), class, "{uses}");
        }
    }

    #[test]
    fn what_looks_like_a_version_is_a_tag_and_all_else_a_branch() {
        for version in [
            "19.10b0",
            "v0.11.0.1",
            "9.0.0b5",
            "v2.0.0-rc.1",
            "20240101",
            "prettier-v3.1.0",
            "v1",
        ] {
            assert_eq!(of_revision(version), "tag", "{version}");
        }
        for branch in [
            "release-1.2",
            "1.x",
            "v",
            "1st-try",
            "develop",
            "valgrind",
            "feature/x",
        ] {
            assert_eq!(of_revision(branch), "branch", "{branch}");
        }
    }
}
