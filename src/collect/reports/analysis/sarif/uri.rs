//! Where a URI reference of a log leads.

/// The path of a file that is named by a URI reference (§3.4.3): without the scheme, and with its
/// escapes resolved. What is no file stays as it is.
pub(super) fn path_of(uri: &str) -> String {
    let local = uri.strip_prefix("file://").map(|rest| {
        // A host may stand before the path.
        let path = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or(rest);
        let on_a_drive = path.get(2..3) == Some(":");
        path.strip_prefix('/')
            .filter(|_| on_a_drive)
            .unwrap_or(path)
    });
    if local.is_none() && uri.contains("://") {
        return uri.to_owned();
    }
    let path = local.unwrap_or(uri);
    unescaped(path).unwrap_or_else(|| path.to_owned())
}

/// The text with each `%` and two digits as the byte they stand for, where text comes out.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let (digits, behind) = after.split_at_checked(2)?;
        let digits = Some(digits).filter(|text| text.bytes().all(|it| it.is_ascii_hexdigit()));
        bytes.push(u8::from_str_radix(digits?, 16).ok()?);
        rest = behind;
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn a_uri_leads_to_the_path_it_names() {
        for (uri, path) in [
            ("src/%C3%A9tat.py", "src/état.py"),
            ("file:///home/x/a%20b.sh", "/home/x/a b.sh"),
            ("file:///C:/code/a.c", "C:/code/a.c"),
            ("file://host/share/a.c", "/share/a.c"),
            ("https://host/a%20b", "https://host/a%20b"),
            ("100%/a.py", "100%/a.py"),
            ("a%+1.py", "a%+1.py"),
            ("%FF%00", "%FF%00"),
            ("file://", ""),
        ] {
            assert_eq!(path_of(uri), path, "{uri}");
        }
    }
}
