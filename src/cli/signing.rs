//! The key that signs: a file that nobody else can read, or the environment.

use std::path::Path;

use zeroize::Zeroizing;

use crate::load::Problem;
use crate::model::text::{excerpt, from_bytes, visible};
use crate::seal::Fault;
use crate::seal::sign::Key;
use crate::tree::file;

/// The variable that holds a key, as PEM.
pub(crate) const VARIABLE: &str = "AUDIT_SIGNING_KEY";
/// More than a key needs.
const MOST: u64 = 16 * 1024;

/// The key that the command line or else the environment names; nothing where neither does.
pub(crate) fn key(given: Option<&Path>) -> Result<Option<Key>, Problem> {
    if let Some(path) = given {
        return read(path, "--sign").map(Some);
    }
    let Some(text) = std::env::var_os(VARIABLE).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let text = Zeroizing::new(text.into_string().unwrap_or_default());
    // A message never repeats what stands there: it may be a key with a fault.
    Key::from_pem(&text).map(Some).map_err(|fault| {
        Problem::new(
            "signing-key",
            format!("{fault} ({VARIABLE})"),
            "Put the PEM text there that audit keys new writes into its file.",
        )
    })
}

/// The key in a file.
pub(crate) fn read(path: &Path, flag: &str) -> Result<Key, Problem> {
    let make = "audit keys new FILE makes one, and so does openssl genpkey -algorithm ed25519.";
    secret(path, ("signing-key", flag, make), Key::from_pem)
}

/// What is read of a file that nobody but its owner can read; `about` has the kind of problem, the
/// flag, and what makes such a file.
pub(crate) fn secret<T>(
    path: &Path,
    (kind, flag, make): (&'static str, &str, &str),
    parse: impl FnOnce(&str) -> Result<T, Fault>,
) -> Result<T, Problem> {
    let shown = from_bytes(path.as_os_str().as_encoded_bytes());
    let shown = visible(&shown);
    let wrong =
        |says: &str, fix: &str| Problem::new(kind, format!("{says} in {shown} ({flag})"), fix);
    only_own(path).map_err(|says| wrong(&says, "chmod 600 makes it yours alone."))?;
    let bytes = file::read_up_to(path, "", MOST)
        .map_err(|unread| wrong(&format!("expected a key: {}", unread.says), make))?;
    let bytes = Zeroizing::new(bytes);
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    parse(text).map_err(|fault| wrong(&fault.0, make))
}

/// Whether nobody but its owner can read a file.
#[cfg(unix)]
fn only_own(path: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    let Ok(about) = path.metadata() else {
        return Ok(());
    };
    let mode = about.permissions().mode() & 0o777;
    if mode % 0o100 == 0 {
        Ok(())
    } else {
        Err(format!(
            "expected a key that only its owner can read, found mode {}",
            excerpt(&format!("{mode:o}"))
        ))
    }
}

/// Whether nobody but its owner can read a file.
#[cfg(not(unix))]
fn only_own(_: &Path) -> Result<(), String> {
    let _ = excerpt;
    Ok(())
}
