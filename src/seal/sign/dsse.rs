//! A signed envelope (DSSE 1.0.2): a payload, its type, and signatures of both together.

use serde::{Deserialize, Serialize};

use super::{Key, PublicKey};
use crate::model::base64;
use crate::seal::Fault;

/// The type of a statement of in-toto.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// The envelope as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Envelope {
    /// The payload, in base64.
    pub payload: String,
    /// What it is.
    pub payload_type: String,
    /// Signatures of it.
    pub signatures: Vec<Signature>,
}

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// A hint at the key. Nobody signed it, and nothing is decided by it.
    pub keyid: String,
    /// The signature, in base64.
    pub sig: String,
}

/// What is signed: lengths and bytes of type and payload.
pub fn pae(kind: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

/// Signs a statement.
pub fn sign(key: &Key, payload: &[u8]) -> Envelope {
    Envelope {
        payload: base64::encode(payload),
        payload_type: PAYLOAD_TYPE.to_owned(),
        signatures: vec![Signature {
            keyid: key.public().id(),
            sig: base64::encode(&key.sign(&pae(PAYLOAD_TYPE, payload))),
        }],
    }
}

impl Envelope {
    /// The payload, where the only signature is one of it by this key. What is returned are the
    /// very bytes that were verified.
    ///
    /// # Errors
    /// Another signature, type or key.
    pub fn verified(&self, key: &PublicKey) -> Result<Vec<u8>, Fault> {
        let [signature] = self.signatures.as_slice() else {
            return Err(Fault::new(format!(
                "expected one signature, found {}",
                self.signatures.len()
            )));
        };
        if self.payload_type != PAYLOAD_TYPE {
            return Err(Fault::new(format!(
                "expected {PAYLOAD_TYPE}, found {}",
                crate::model::text::excerpt(&self.payload_type)
            )));
        }
        let payload = self.unverified()?;
        let signed = pae(&self.payload_type, &payload);
        if !key.verifies(&signed, &decoded(&signature.sig)?) {
            return Err(Fault::new(
                "the signature is not one of the payload by this key",
            ));
        }
        if signature.keyid != key.id() {
            return Err(Fault::new("the key is named by another name than its own"));
        }
        Ok(payload)
    }

    /// The payload, whoever signed it.
    ///
    /// # Errors
    /// Something that is no base64.
    pub fn unverified(&self) -> Result<Vec<u8>, Fault> {
        decoded(&self.payload)
    }
}

fn decoded(text: &str) -> Result<Vec<u8>, Fault> {
    base64::decode_either(text).ok_or_else(|| Fault::new("expected base64 in the envelope"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_protocol_is_written() {
        assert_eq!(
            pae("http://example.com/HelloWorld", b"hello world"),
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
    }

    #[test]
    fn only_the_very_payload_by_the_very_key_is_verified() {
        let key = Key::from_seed(&[7; 32]);
        let envelope = sign(&key, b"{}");
        assert_eq!(envelope.verified(&key.public()), Ok(b"{}".to_vec()));
        let other = Key::from_seed(&[8; 32]);
        assert!(envelope.verified(&other.public()).is_err());
        let mut changed = envelope.clone();
        changed.payload = base64::encode(b"{ }");
        assert!(changed.verified(&key.public()).is_err());
        let mut changed = envelope.clone();
        changed.payload_type.push('x');
        assert!(changed.verified(&key.public()).is_err());
        let mut changed = envelope.clone();
        changed.signatures.push(envelope.signatures[0].clone());
        assert!(changed.verified(&key.public()).is_err());
        let mut changed = envelope;
        changed.signatures[0].keyid.clear();
        assert!(changed.verified(&key.public()).is_err());
    }
}
