//! Signatures as `ssh-keygen -Y sign` writes them and `ssh-keygen -Y verify` reads them.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256, Sha512};

use super::public::SSH_KIND;
use super::wire::{Wire, put};
use super::{Key, PublicKey, pem};
use crate::model::base64;
use crate::model::text::excerpt;
use crate::seal::Fault;

const MAGIC: &[u8] = b"SSHSIG";
const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";
/// Characters in a line: as OpenSSH writes them, and as the format allows.
const COLUMNS: [usize; 2] = [70, 76];
/// The longest signature that is looked at; one by RSA with 16,384 bits is shorter.
const LONGEST: usize = 32 * 1024;

/// A signature that was read. Nothing of it is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshSignature {
    /// The key that it names, as SSH writes it.
    pub key: Vec<u8>,
    /// What it is for.
    pub namespace: String,
    hash: Hash,
    kind: Vec<u8>,
    rest: Vec<u8>,
}

/// The digest of the message that is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha512,
}

impl Hash {
    const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    fn of(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(message).to_vec(),
            Self::Sha512 => Sha512::digest(message).to_vec(),
        }
    }
}

/// Signs a message for a purpose.
pub fn sign(key: &Key, namespace: &str, message: &[u8]) -> String {
    let hash = Hash::Sha512;
    let mut signature = Vec::new();
    put(&mut signature, SSH_KIND.as_bytes());
    put(&mut signature, &key.sign(&signed(namespace, hash, message)));
    armoured(
        &blob(&key.public().ssh_blob(), namespace, hash, &signature),
        COLUMNS[0],
    )
}

/// What is signed: the purpose and the digest of the message.
fn signed(namespace: &str, hash: Hash, message: &[u8]) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    for text in [
        namespace.as_bytes(),
        b"",
        hash.name().as_bytes(),
        &hash.of(message),
    ] {
        put(&mut out, text);
    }
    out
}

fn blob(key: &[u8], namespace: &str, hash: Hash, signature: &[u8]) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.extend(1_u32.to_be_bytes());
    for text in [
        key,
        namespace.as_bytes(),
        b"",
        hash.name().as_bytes(),
        signature,
    ] {
        put(&mut out, text);
    }
    out
}

fn armoured(blob: &[u8], columns: usize) -> String {
    let mut text = format!("{BEGIN}\n");
    for line in pem::wrapped(&base64::encode(blob), columns) {
        // Writing to memory does not fail.
        let _ = writeln!(text, "{line}");
    }
    let _ = writeln!(text, "{END}");
    text
}

impl SshSignature {
    /// Reads a signature in the very form in which OpenSSH writes it.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &[u8]) -> Result<Self, Fault> {
        let wrong = || Fault::new("expected an SSH signature as ssh-keygen writes it");
        if text.len() > LONGEST {
            return Err(wrong());
        }
        let text = std::str::from_utf8(text).map_err(|_| wrong())?;
        let body = text
            .strip_prefix(BEGIN)
            .and_then(|rest| rest.strip_suffix('\n')?.strip_suffix(END))
            .ok_or_else(wrong)?;
        let digits: String = body.lines().collect();
        let blob = base64::decode(&digits).ok_or_else(wrong)?;
        if !COLUMNS
            .iter()
            .any(|columns| armoured(&blob, *columns) == text)
        {
            return Err(wrong());
        }
        Self::parse_blob(&blob).ok_or_else(wrong)
    }

    fn parse_blob(bytes: &[u8]) -> Option<Self> {
        let mut wire = Wire(bytes.strip_prefix(MAGIC)?);
        if wire.number()? != 1 {
            return None;
        }
        let key = wire.text()?.to_vec();
        let namespace = String::from_utf8(wire.text()?.to_vec()).ok()?;
        if !wire.text()?.is_empty() {
            return None;
        }
        let hash = match wire.text()? {
            b"sha256" => Hash::Sha256,
            b"sha512" => Hash::Sha512,
            _ => return None,
        };
        let signature = wire.text()?;
        wire.end()?;
        let mut inner = Wire(signature);
        let kind = inner.text()?.to_vec();
        Some(Self {
            key,
            namespace,
            hash,
            kind,
            rest: inner.0.to_vec(),
        })
    }

    /// The key that it names, where it is an Ed25519 key of its own.
    pub fn public(&self) -> Option<PublicKey> {
        PublicKey::from_ssh_blob(&self.key)
    }

    /// Whether it is a signature of a message, for a purpose, by the key that it names.
    ///
    /// # Errors
    /// It is not, or it is by a kind of key that is not known here.
    pub fn verify(&self, namespace: &str, message: &[u8]) -> Result<(), Unverified> {
        if self.namespace != namespace {
            let found = excerpt(&self.namespace);
            return Err(Unverified::Wrong(Fault::new(format!(
                "expected a signature for {namespace}, found one for {found}"
            ))));
        }
        let message = signed(namespace, self.hash, message);
        let holds = match self.kind.as_slice() {
            b"ssh-ed25519" => self.plain(&message),
            SECURITY_KEY => self.by_security_key(&message),
            other if self.is_of_another_kind() => {
                let kind = excerpt(&String::from_utf8_lossy(other));
                return Err(Unverified::Unknown(kind));
            }
            _ => None,
        };
        holds.filter(|holds| *holds).map(|_| ()).ok_or_else(|| {
            Unverified::Wrong(Fault::new(
                "the signature is not one of these bytes by the key it names",
            ))
        })
    }

    /// Whether key and signature are of one of the other kinds that SSH has. Anything else is no
    /// signature: a byte of the name that was changed makes no kind of its own.
    fn is_of_another_kind(&self) -> bool {
        let key = Wire(&self.key).text().unwrap_or_default();
        match key {
            b"ssh-rsa" => RSA.contains(&self.kind.as_slice()),
            key => OTHERS.contains(&key) && key == self.kind.as_slice(),
        }
    }

    fn plain(&self, message: &[u8]) -> Option<bool> {
        let mut rest = Wire(&self.rest);
        let signature = rest.text()?;
        rest.end()?;
        Some(self.public()?.verifies(message, signature))
    }

    /// A key on a security token signs what it was asked, its own flags and its counter.
    fn by_security_key(&self, message: &[u8]) -> Option<bool> {
        let mut key = Wire(&self.key);
        if key.text()? != SECURITY_KEY {
            return None;
        }
        let public = PublicKey(key.text()?.try_into().ok()?);
        let application = key.text()?;
        key.end()?;
        let mut rest = Wire(&self.rest);
        let signature = rest.text()?;
        let flags = rest.byte()?;
        let counter = rest.number()?;
        rest.end()?;
        // Without this flag nobody touched the token.
        if flags & 1 == 0 {
            return Some(false);
        }
        let mut asked = Sha256::digest(application).to_vec();
        asked.push(flags);
        asked.extend(counter.to_be_bytes());
        asked.extend(Sha256::digest(message));
        Some(public.verifies(&asked, signature))
    }
}

/// What SSH calls an Ed25519 key on a security token.
const SECURITY_KEY: &[u8] = b"sk-ssh-ed25519@openssh.com";

/// What SSH calls signatures by RSA.
const RSA: [&[u8]; 2] = [b"rsa-sha2-256", b"rsa-sha2-512"];
/// What it calls the other kinds of keys, and their signatures.
const OTHERS: [&[u8]; 4] = [
    b"ecdsa-sha2-nistp256",
    b"ecdsa-sha2-nistp384",
    b"ecdsa-sha2-nistp521",
    b"sk-ecdsa-sha2-nistp256@openssh.com",
];

/// Why a signature was not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unverified {
    /// It is wrong.
    Wrong(Fault),
    /// It is by a kind of key that is not known here; `ssh-keygen` may know it.
    Unknown(String),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::seal::sign::NAMESPACE;

    #[test]
    fn a_signature_is_for_these_bytes_and_this_purpose() {
        let key = Key::from_seed(&[7; 32]);
        let text = sign(&key, NAMESPACE, b"sums\n");
        assert_eq!(text.lines().map(str::len).max(), Some(70));
        let read = SshSignature::parse(text.as_bytes()).expect("a signature");
        assert_eq!(read.public(), Some(key.public()));
        assert_eq!(read.verify(NAMESPACE, b"sums\n"), Ok(()));
        assert!(matches!(
            read.verify(NAMESPACE, b"sums"),
            Err(Unverified::Wrong(_))
        ));
        let Err(Unverified::Wrong(fault)) = read.verify("file", b"sums\n") else {
            panic!("another purpose");
        };
        assert_eq!(
            fault.0,
            "expected a signature for file, found one for audit-evidence"
        );
    }

    #[test]
    fn every_change_of_a_byte_is_found() {
        let text = sign(&Key::from_seed(&[7; 32]), NAMESPACE, b"x").into_bytes();
        for at in 0..text.len() {
            for flip in [1, 0x20, 0x40, 0x80] {
                let mut changed = text.clone();
                changed[at] ^= flip;
                let holds = SshSignature::parse(&changed)
                    .is_ok_and(|read| read.verify(NAMESPACE, b"x").is_ok());
                assert!(!holds, "byte {at} with {flip}");
            }
        }
    }

    #[test]
    fn a_kind_of_key_that_is_not_known_is_not_called_wrong() {
        let mut key = Vec::new();
        put(&mut key, b"ecdsa-sha2-nistp256");
        let mut signature = Vec::new();
        put(&mut signature, b"ecdsa-sha2-nistp256");
        let blob = blob(&key, NAMESPACE, Hash::Sha512, &signature);
        let read = SshSignature::parse(armoured(&blob, 70).as_bytes()).expect("a signature");
        let found = read.verify(NAMESPACE, b"x");
        assert_eq!(
            found,
            Err(Unverified::Unknown("ecdsa-sha2-nistp256".to_owned()))
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = SshSignature::parse(&bytes);
            let framed = armoured(&bytes, 70);
            if let Ok(read) = SshSignature::parse(framed.as_bytes()) {
                let _ = read.verify(NAMESPACE, b"x");
            }
            let blob = [b"SSHSIG\0\0\0\x01".as_slice(), &bytes].concat();
            let _ = SshSignature::parse_blob(&blob);
        }
    }
}
