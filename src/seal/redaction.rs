//! What binds a bundle to the files out of which something was taken before they were sealed.
//!
//! A digest of such a file would let the secret in it be guessed. An HMAC under a key that is shown
//! on request, together with the file, tells nothing until then and cannot be met by another file.
//! Each run has a key of its own, so that to show one opens no other.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::Fault;
use crate::model::exhibit::{Commitment, Digest, Original};
use crate::model::run::Run;
use crate::tree::digest::{hex, sha256, sha256_while, unhex};

/// How a commitment is computed.
pub const ALGORITHM: &str = "HMAC-SHA256";

/// The key from which the keys of runs are derived. It is shown nowhere.
pub struct Master(Zeroizing<[u8; 32]>);

/// The key of one run, which may be shown.
pub struct RunKey(Zeroizing<[u8; 32]>);

impl fmt::Debug for Master {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Master(..)")
    }
}

impl fmt::Debug for RunKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RunKey(..)")
    }
}

impl Master {
    /// A key that nobody has.
    ///
    /// # Errors
    /// A system that gives no random numbers.
    pub fn generate() -> Result<Self, Fault> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        getrandom::fill(&mut *bytes)
            .map_err(|_| Fault::new("expected random numbers from the system, found none"))?;
        Ok(Self(bytes))
    }

    /// Reads 64 hexadecimal digits in one line.
    ///
    /// # Errors
    /// Anything else. What was found is not repeated.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let line = text.strip_suffix('\n').unwrap_or(text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let digits = line.bytes().all(|it| it.is_ascii_hexdigit());
        let bytes = Zeroizing::new(unhex(line).filter(|_| digits).unwrap_or_default());
        let key = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| {
            Fault::new("expected a key for redaction, 64 hexadecimal digits, found something else")
        })?;
        if key == [0; 32] {
            return Err(Fault::new(
                "expected a key for redaction, found 64 zeros, which anybody can guess",
            ));
        }
        Ok(Self(Zeroizing::new(key)))
    }

    /// The key as text.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}\n", *Zeroizing::new(hex(&*self.0))))
    }

    /// The key of a run: of its time, as `clock.started` has it, and of the tree that was examined.
    ///
    /// # Errors
    /// None that outside input can cause.
    pub fn of_run(&self, started: &str, worktree_tree: Option<&str>) -> Result<RunKey, Fault> {
        let mut mac = keyed(&self.0)?;
        mac.update(started.as_bytes());
        mac.update(worktree_tree.unwrap_or_default().as_bytes());
        Ok(RunKey(Zeroizing::new(mac.finalize().into_bytes().into())))
    }
}

impl RunKey {
    /// The key as `openssl dgst -macopt hexkey:` takes it.
    pub fn hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex(&*self.0))
    }

    /// What names the key without showing it.
    pub fn id(&self) -> Digest {
        sha256(&*self.0)
    }

    /// Commits to a file, which has to be as it was read.
    ///
    /// # Errors
    /// A file that cannot be read again, or changed since.
    pub fn commit(&self, original: &Original) -> Result<Commitment, Fault> {
        let mut mac = keyed(&self.0)?;
        let digest = sha256_while(&original.content, |piece| {
            mac.update(piece);
            Some(())
        });
        match digest {
            Ok(digest) if digest == original.sha256 => Ok(Commitment {
                alg: ALGORITHM.into(),
                key_id: self.id(),
                value: Digest(mac.finalize().into_bytes().into()),
            }),
            Ok(_) => Err(Fault::new("it changed since it was read")),
            Err(error) => Err(Fault::new(crate::tree::file::reason(&error))),
        }
    }
}

/// An HMAC under a key. There is no key that it refuses.
fn keyed(key: &[u8; 32]) -> Result<Hmac<Sha256>, Fault> {
    Hmac::new_from_slice(key).map_err(|_| Fault::new("expected a key of 32 bytes"))
}

/// A file that could not be committed to.
#[derive(Debug)]
pub struct Uncommitted {
    /// Its path.
    pub path: String,
    /// Why.
    pub fault: Fault,
}

/// Commits to every file of a run out of which something was taken, and lets go of them. Without a
/// key it only lets go.
///
/// # Errors
/// A file that is not as it was read any more.
pub fn commit(run: &mut Run, master: Option<&Master>) -> Result<(), Uncommitted> {
    let started = run.as_of.to_string();
    let tree = run.subject.worktree_tree.as_deref();
    for exhibit in &mut run.exhibits {
        let Some(redaction) = &mut exhibit.redaction else {
            continue;
        };
        let Some(original) = redaction.original.take() else {
            continue;
        };
        let Some(master) = master else { continue };
        let key = master.of_run(&started, tree);
        let committed = key.and_then(|key| key.commit(&original));
        redaction.commitment = Some(committed.map_err(|fault| Uncommitted {
            path: exhibit.path.clone(),
            fault,
        })?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::exhibit::Content;

    fn of(bytes: &[u8]) -> Original {
        Original {
            content: Content::Held(bytes.into()),
            sha256: sha256(bytes),
        }
    }

    /// The second case of RFC 4231, with its key filled up with zeros to 32 bytes, which the padding
    /// of HMAC does as well.
    #[test]
    fn a_commitment_is_the_hmac_of_the_file() {
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        let made = RunKey(Zeroizing::new(key)).commit(&of(b"what do ya want for nothing?"));
        assert_eq!(
            made.expect("a commitment").value.to_string(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn each_run_has_a_key_of_its_own() {
        let master = Master::parse(&"07".repeat(32)).expect("a key");
        let key = |started, tree| master.of_run(started, tree).expect("a key").id();
        let one = key("2026-11-23T12:00:00Z", Some("aa"));
        assert_eq!(one, key("2026-11-23T12:00:00Z", Some("aa")));
        assert_ne!(one, key("2026-11-23T12:00:01Z", Some("aa")));
        assert_ne!(one, key("2026-11-23T12:00:00Z", Some("ab")));
        assert_ne!(one, key("2026-11-23T12:00:00Z", None));
        let other = Master::parse(&"08".repeat(32)).expect("a key");
        let other = other.of_run("2026-11-23T12:00:00Z", Some("aa"));
        assert_ne!(one, other.expect("a key").id());
    }

    #[test]
    fn a_file_that_changed_is_not_committed_to() {
        let master = Master::generate().expect("a key");
        let key = master.of_run("2026-11-23T12:00:00Z", None).expect("a key");
        let changed = Original {
            sha256: sha256(b"as read"),
            ..of(b"as it is")
        };
        let says = key.commit(&changed).expect_err("a changed file").0;
        assert_eq!(says, "it changed since it was read");
    }

    #[test]
    fn a_key_is_64_digits_and_no_message_repeats_it() {
        let made = Master::generate().expect("a key");
        let again = Master::parse(&made.text()).expect("the same key");
        assert_eq!(*made.text(), *again.text());
        assert_eq!(format!("{made:?}"), "Master(..)");
        let long = "07".repeat(33);
        let zeros = "0".repeat(64);
        let signs = format!("{}+7", "07".repeat(31));
        for wrong in ["", "07", &long, &zeros, &signs, " 07", "SECRET"] {
            let says = Master::parse(wrong).expect_err("no key").0;
            assert!(
                wrong.is_empty() || !says.contains(wrong) || wrong == "07",
                "{says}"
            );
        }
        let crlf = format!("{}\r\n", "07".repeat(32));
        assert!(Master::parse(&crlf).is_ok());
    }
}
