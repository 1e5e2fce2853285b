//! A public key, in each form in which somebody is asked for it.

use ed25519_dalek::{Signature, VerifyingKey};

use super::{pem, wire};
use crate::model::base64;
use crate::seal::Fault;
use crate::tree::digest::{hex, sha256};

/// What stands before the 32 bytes of a key in a `SubjectPublicKeyInfo` (RFC 8410).
const SPKI: &[u8] = &[
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];
const LABEL: &str = "PUBLIC KEY";
/// What SSH calls this kind of key.
pub const SSH_KIND: &str = "ssh-ed25519";
/// What a signed note calls it.
const NOTE_KIND: u8 = 1;

/// The public half of an Ed25519 key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublicKey(pub [u8; 32]);

impl PublicKey {
    /// Whether a signature of a message is this key's. Keys and signatures of which there could be
    /// several for one message are refused.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let (Ok(key), Ok(signature)) = (
            VerifyingKey::from_bytes(&self.0),
            Signature::from_slice(signature),
        ) else {
            return false;
        };
        key.verify_strict(message, &signature).is_ok()
    }

    /// `SubjectPublicKeyInfo`, as DER.
    pub fn spki(&self) -> Vec<u8> {
        [SPKI, &self.0].concat()
    }

    /// The same as text: `openssl pkey -pubout`.
    pub fn pem(&self) -> String {
        pem::write(LABEL, &self.spki())
    }

    /// Reads what [`PublicKey::pem`] writes.
    ///
    /// # Errors
    /// Anything else.
    pub fn from_pem(text: &str) -> Result<Self, Fault> {
        let der = pem::read(text, LABEL)?;
        let key = der.strip_prefix(SPKI).and_then(|key| key.try_into().ok());
        key.map(Self)
            .ok_or_else(|| Fault::new("expected an Ed25519 key, found another kind"))
    }

    /// The name of the key beside a signature: base64 of SHA-256 of the DER. It decides nothing.
    pub fn id(&self) -> String {
        base64::encode(&sha256(&self.spki()).0)
    }

    /// The key as SSH writes it in a signature.
    pub fn ssh_blob(&self) -> Vec<u8> {
        let mut blob = Vec::new();
        wire::put(&mut blob, SSH_KIND.as_bytes());
        wire::put(&mut blob, &self.0);
        blob
    }

    /// Reads what [`PublicKey::ssh_blob`] writes.
    pub fn from_ssh_blob(blob: &[u8]) -> Option<Self> {
        let mut wire = wire::Wire(blob);
        if wire.text()? != SSH_KIND.as_bytes() {
            return None;
        }
        let key = wire.text()?.try_into().ok()?;
        wire.end()?;
        Some(Self(key))
    }

    /// `ssh-ed25519 AAAA…`, as `authorized_keys` and `allowed_signers` hold it.
    pub fn ssh_line(&self) -> String {
        format!("{SSH_KIND} {}", base64::encode(&self.ssh_blob()))
    }

    /// The number of the key under a name in signed notes: the first four bytes of a digest.
    pub fn note_id(&self, name: &str) -> [u8; 4] {
        let text = [name.as_bytes(), &[b'\n', NOTE_KIND], &self.0].concat();
        let [a, b, c, d, ..] = sha256(&text).0;
        [a, b, c, d]
    }

    /// `name+hex+base64`, as readers of signed notes are given a key.
    pub fn vkey(&self, name: &str) -> String {
        let key = base64::encode(&[&[NOTE_KIND][..], &self.0].concat());
        format!("{name}+{}+{key}", hex(&self.note_id(name)))
    }

    /// Reads a name and a key from what [`PublicKey::vkey`] writes.
    ///
    /// # Errors
    /// Another form, another kind of key, or a number that is not that of the key.
    pub fn from_vkey(text: &str) -> Result<(String, Self), Fault> {
        let wrong = || Fault::new("expected a key as NAME+HEX+BASE64");
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(number), Some(key)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong());
        };
        let bytes = base64::decode(key).ok_or_else(wrong)?;
        let key = match bytes.split_first() {
            Some((&NOTE_KIND, key)) => key.try_into().map_err(|_| wrong())?,
            _ => return Err(Fault::new("expected an Ed25519 key, found another kind")),
        };
        let key = Self(key);
        if name.is_empty() || hex(&key.note_id(name)) != number {
            return Err(Fault::new(
                "expected the number of the key in the middle, found another",
            ));
        }
        Ok((name.to_owned(), key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_signed_note_is_read() {
        // A published pair: the number follows from name and key.
        let vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let (name, key) = PublicKey::from_vkey(vkey).expect("a key");
        assert_eq!(name, "PeterNeumann");
        assert_eq!(key.vkey(&name), vkey);
        for wrong in [
            "",
            "PeterNeumann",
            "PeterNeumann+c74f20a3",
            "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "Peter+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        ] {
            assert!(PublicKey::from_vkey(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_form_leads_back_to_the_key() {
        let key = PublicKey([9; 32]);
        assert_eq!(PublicKey::from_pem(&key.pem()), Ok(key));
        assert_eq!(PublicKey::from_ssh_blob(&key.ssh_blob()), Some(key));
        assert_eq!(PublicKey::from_ssh_blob(&key.ssh_blob()[1..]), None);
        assert!(
            key.ssh_line()
                .starts_with("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI")
        );
        assert_eq!(key.id().len(), 44);
    }
}
