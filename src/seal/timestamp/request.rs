//! What an authority is asked to stamp: the digest of a file and a number nobody can guess.

use super::der::{Reader, tag, value};
use crate::model::exhibit::Digest;
use crate::seal::Fault;

/// SHA-256, as an algorithm.
pub(super) const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
const NULL: &[u8] = &[0x05, 0x00];

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The digest of what is to be stamped.
    pub imprint: Digest,
    /// The number that the answer has to repeat.
    pub nonce: [u8; 8],
}

impl Request {
    /// A request with a number of its own.
    ///
    /// # Errors
    /// A system that gives no random numbers.
    pub fn new(imprint: Digest) -> Result<Self, Fault> {
        let mut nonce = [0_u8; 8];
        getrandom::fill(&mut nonce)
            .map_err(|_| Fault::new("expected random numbers from the system, found none"))?;
        Ok(Self::with(imprint, nonce))
    }

    /// A request with a number. Its first byte is made such that the number is positive and has no
    /// zero before it: there is one way only to write it.
    pub fn with(imprint: Digest, mut nonce: [u8; 8]) -> Self {
        if let Some(first) = nonce.first_mut() {
            *first = *first & 0x3f | 0x40;
        }
        Self { imprint, nonce }
    }

    /// The bytes that are sent.
    pub fn der(&self) -> Vec<u8> {
        let algorithm = [value(tag::OID, SHA256), NULL.to_vec()].concat();
        let imprint = [
            value(tag::SEQUENCE, &algorithm),
            value(tag::OCTETS, &self.imprint.0),
        ];
        let parts = [
            value(tag::INTEGER, &[1]),
            value(tag::SEQUENCE, &imprint.concat()),
            value(tag::INTEGER, &self.nonce),
            // The answer is to hold the certificate, so that it can be verified later.
            value(tag::BOOLEAN, &[0xff]),
        ];
        value(tag::SEQUENCE, &parts.concat())
    }

    /// Reads what [`Request::der`] writes.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut parts = Reader(bytes).enter(tag::SEQUENCE)?;
        parts.take(tag::INTEGER)?;
        let mut imprint = parts.enter(tag::SEQUENCE)?;
        imprint.take(tag::SEQUENCE)?;
        let digest = imprint.take(tag::OCTETS)?.try_into().ok()?;
        let nonce = parts.take(tag::INTEGER)?.try_into().ok()?;
        let request = Self {
            imprint: Digest(digest),
            nonce,
        };
        (request.der() == bytes).then_some(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::digest::sha256;

    #[test]
    fn a_request_is_read_back_and_no_other_is() {
        for first in [0x00, 0x7f, 0x80, 0xff] {
            let request = Request::with(sha256(b"x"), [first, 0, 0, 0, 0, 0, 0, 1]);
            let bytes = request.der();
            assert_eq!(bytes.len(), 69);
            assert_eq!(Request::parse(&bytes), Some(request));
            for at in 0..bytes.len() {
                assert_eq!(Request::parse(&bytes[..at]), None);
            }
        }
        let one = Request::new(sha256(b"x")).expect("a request");
        assert_ne!(
            one.nonce,
            Request::new(sha256(b"x")).expect("a request").nonce
        );
    }
}
