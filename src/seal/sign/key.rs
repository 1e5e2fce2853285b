//! The one key that signs: Ed25519, as `openssl genpkey -algorithm ed25519` writes it.

use std::fmt;

use ed25519_dalek::{Signer, SigningKey};
use zeroize::Zeroizing;

use super::{PublicKey, pem};
use crate::seal::Fault;

const LABEL: &str = "PRIVATE KEY";
/// What stands before the seed in PKCS#8 (RFC 8410).
const V1: &[u8] = &[
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
/// The same in the later form, which has the public key behind the seed (RFC 5958).
const V2: &[u8] = &[
    0x30, 0x51, 0x02, 0x01, 0x01, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
/// What stands between the two there.
const V2_PUBLIC: &[u8] = &[0x81, 0x21, 0x00];

/// A key that signs. Its seed is shown nowhere, and wiped when it is dropped.
pub struct Key(SigningKey);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.public().id())
    }
}

impl Key {
    /// A key of a seed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// A key that nobody has.
    ///
    /// # Errors
    /// A system that gives no random numbers.
    pub fn generate() -> Result<Self, Fault> {
        let mut seed = Zeroizing::new([0_u8; 32]);
        getrandom::fill(&mut *seed)
            .map_err(|_| Fault::new("expected random numbers from the system, found none"))?;
        Ok(Self::from_seed(&seed))
    }

    /// Reads a private key in PKCS#8, as PEM.
    ///
    /// # Errors
    /// Another form, an encrypted key, or another kind of key.
    pub fn from_pem(text: &str) -> Result<Self, Fault> {
        match pem::label(text) {
            Some("ENCRYPTED PRIVATE KEY") => {
                let says = "expected a private key without a passphrase, found an encrypted one";
                return Err(Fault::new(says));
            }
            Some("OPENSSH PRIVATE KEY") => {
                let says = "expected a private key in PKCS#8, found one of OpenSSH";
                return Err(Fault::new(says));
            }
            _ => {}
        }
        let der = Zeroizing::new(pem::read(text, LABEL)?);
        let wrong = || Fault::new("expected an Ed25519 key, found another kind");
        let rest = der.strip_prefix(V1).or_else(|| der.strip_prefix(V2));
        let (seed, public) = rest
            .and_then(|rest| rest.split_first_chunk::<32>())
            .ok_or_else(wrong)?;
        let key = Self::from_seed(seed);
        match public.strip_prefix(V2_PUBLIC) {
            None if public.is_empty() && der.starts_with(V1) => Ok(key),
            Some(public) if der.starts_with(V2) && public == key.public().0 => Ok(key),
            _ => Err(wrong()),
        }
    }

    /// The key as text, in the first form.
    pub fn pem(&self) -> Zeroizing<String> {
        let der = Zeroizing::new([V1, self.0.as_bytes()].concat());
        Zeroizing::new(pem::write(LABEL, &der))
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs a message. The same message always has the same signature.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by `openssl genpkey -algorithm ed25519`, for this test and nothing else.
    const WRITTEN: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH
-----END PRIVATE KEY-----
";

    #[test]
    fn a_key_is_read_as_openssl_writes_it_and_written_as_it_was_read() {
        let key = Key::from_pem(WRITTEN).expect("a key");
        assert_eq!(*key.pem(), WRITTEN);
        assert!(key.public().verifies(b"x", &key.sign(b"x")));
        assert!(!key.public().verifies(b"y", &key.sign(b"x")));
        assert!(!format!("{key:?}").contains("BwcH"));
    }

    #[test]
    fn the_later_form_has_to_hold_the_right_public_key() {
        let key = Key::from_pem(WRITTEN).expect("a key");
        let later = |public: &[u8]| {
            let der = [V2, &[7; 32], V2_PUBLIC, public].concat();
            Key::from_pem(&pem::write(LABEL, &der))
        };
        assert_eq!(
            later(&key.public().0).expect("a key").public(),
            key.public()
        );
        assert!(later(&[1; 32]).is_err());
        assert!(later(&[]).is_err());
    }

    #[test]
    fn another_key_is_refused_in_words_that_help() {
        let openssh =
            "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n";
        let says = Key::from_pem(openssh).expect_err("another form").0;
        assert!(says.contains("PKCS#8"), "{says}");
        assert!(Key::from_pem("").is_err());
        let public = Key::from_seed(&[7; 32]).public().pem();
        assert!(Key::from_pem(&public).is_err());
    }

    #[test]
    fn two_keys_differ() {
        let [one, other] = [Key::generate(), Key::generate()].map(|key| key.expect("a key"));
        assert_ne!(one.public(), other.public());
    }
}
