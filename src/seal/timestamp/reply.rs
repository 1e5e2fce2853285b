//! What an authority answered. Its signature is not verified here; what it says is.

use super::der::{Reader, tag};
use super::request::SHA256;
use crate::model::exhibit::Digest;
use crate::model::time::Moment;
use crate::seal::Fault;

/// PKCS#7 signed data.
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
/// What a time stamp says, as the content of signed data.
const TST_INFO: &[u8] = &[
    0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04,
];
/// The longest answer that is looked at; one with a long chain of certificates has some 10 KB.
pub const LONGEST: usize = 256 * 1024;

/// What a time stamp says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The digest that was stamped.
    pub imprint: Digest,
    /// When, by the clock of the authority.
    pub time: Moment,
    /// The number of the request, as it was written.
    pub nonce: Option<Vec<u8>>,
}

impl Stamp {
    /// Reads an answer that was granted.
    ///
    /// # Errors
    /// An answer that was not granted, or that is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let unread = || Fault::new("expected an answer of a time-stamp authority as DER");
        if bytes.len() > LONGEST {
            return Err(unread());
        }
        let mut whole = Reader(bytes);
        let mut reply = whole.enter(tag::SEQUENCE).ok_or_else(unread)?;
        if !whole.is_done() {
            return Err(unread());
        }
        let mut status = reply.enter(tag::SEQUENCE).ok_or_else(unread)?;
        match status.take(tag::INTEGER).ok_or_else(unread)? {
            [0 | 1] => {}
            [2] => return Err(Fault::new("the time-stamp authority rejected the request")),
            _ => return Err(Fault::new("the time-stamp authority granted no time stamp")),
        }
        info(token(reply).ok_or_else(unread)?).ok_or_else(unread)?
    }

    /// Whether it is of these bytes' digest and, where there is one, of this request.
    ///
    /// # Errors
    /// It is of others.
    pub fn is_of(&self, imprint: Digest, nonce: Option<&[u8]>) -> Result<(), Fault> {
        if self.imprint != imprint {
            return Err(Fault::new(format!(
                "expected a time stamp of {}, found one of {}",
                imprint.short(),
                self.imprint.short()
            )));
        }
        match nonce {
            Some(nonce) if self.nonce.as_deref() != Some(nonce) => Err(Fault::new(
                "the time stamp does not repeat the number of the request",
            )),
            _ => Ok(()),
        }
    }
}

/// What is said, in the signed data around it.
fn token(mut reply: Reader<'_>) -> Option<Reader<'_>> {
    let mut token = reply.enter(tag::SEQUENCE)?;
    if token.take(tag::OID)? != SIGNED_DATA {
        return None;
    }
    let mut signed = token.enter(tag::EXPLICIT)?.enter(tag::SEQUENCE)?;
    signed.take(tag::INTEGER)?;
    signed.any()?;
    let mut content = signed.enter(tag::SEQUENCE)?;
    if content.take(tag::OID)? != TST_INFO {
        return None;
    }
    let said = content.enter(tag::EXPLICIT)?.take(tag::OCTETS)?;
    Reader(said).enter(tag::SEQUENCE)
}

/// The stamp, or that it is one of another digest; nothing where it has another form.
fn info(mut info: Reader<'_>) -> Option<Result<Stamp, Fault>> {
    info.take(tag::INTEGER)?;
    info.take(tag::OID)?;
    let mut imprint = info.enter(tag::SEQUENCE)?;
    let algorithm = imprint.enter(tag::SEQUENCE)?.take(tag::OID)?;
    let digest = imprint.take(tag::OCTETS)?;
    info.take(tag::INTEGER)?;
    let time = time(info.take(tag::TIME)?)?;
    info.take(tag::SEQUENCE);
    info.take(tag::BOOLEAN);
    let nonce = info.take(tag::INTEGER).map(<[u8]>::to_vec);
    if algorithm != SHA256 {
        let says = "expected a time stamp of a SHA-256, found one of another digest";
        return Some(Err(Fault::new(says)));
    }
    Some(Ok(Stamp {
        imprint: Digest(digest.try_into().ok()?),
        time,
        nonce,
    }))
}

/// `20261122140531Z`, perhaps with parts of a second, which are cut.
fn time(bytes: &[u8]) -> Option<Moment> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix('Z')?;
    let whole = text.split_once('.').map_or(text, |it| it.0);
    if whole.len() != 14 || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let naive = chrono::NaiveDateTime::parse_from_str(whole, "%Y%m%d%H%M%S").ok()?;
    Moment::from_epoch(naive.and_utc().timestamp())
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::super::der::value;
    use super::*;
    use crate::tree::digest::sha256;

    /// An answer as an authority writes it, without a signature.
    pub(crate) fn answer(status: u8, imprint: Digest, nonce: &[u8], time: &str) -> Vec<u8> {
        let sequence = |parts: &[Vec<u8>]| value(tag::SEQUENCE, &parts.concat());
        let algorithm = sequence(&[value(tag::OID, SHA256), vec![5, 0]]);
        let info = sequence(&[
            value(tag::INTEGER, &[1]),
            value(tag::OID, &[0x2a, 3, 4]),
            sequence(&[algorithm, value(tag::OCTETS, &imprint.0)]),
            value(tag::INTEGER, &[9]),
            value(tag::TIME, time.as_bytes()),
            sequence(&[value(tag::INTEGER, &[1])]),
            value(tag::BOOLEAN, &[0xff]),
            value(tag::INTEGER, nonce),
        ]);
        let said = value(tag::EXPLICIT, &value(tag::OCTETS, &info));
        let signed = sequence(&[
            value(tag::INTEGER, &[3]),
            value(0x31, &[]),
            sequence(&[value(tag::OID, TST_INFO), said]),
            value(0x31, &[]),
        ]);
        let token = sequence(&[value(tag::OID, SIGNED_DATA), value(tag::EXPLICIT, &signed)]);
        sequence(&[sequence(&[value(tag::INTEGER, &[status])]), token])
    }

    #[test]
    fn an_answer_says_what_was_stamped_and_when() {
        let bytes = answer(0, sha256(b"x"), &[0x41; 8], "20261122140531.25Z");
        let stamp = Stamp::parse(&bytes).expect("a stamp");
        assert_eq!(stamp.time.to_string(), "2026-11-22T14:05:31Z");
        assert_eq!(stamp.is_of(sha256(b"x"), Some(&[0x41; 8])), Ok(()));
        assert_eq!(stamp.is_of(sha256(b"x"), None), Ok(()));
        assert!(stamp.is_of(sha256(b"y"), None).is_err());
        assert!(stamp.is_of(sha256(b"x"), Some(&[0x42; 8])).is_err());
    }

    #[test]
    fn an_answer_that_was_not_granted_is_no_stamp() {
        for (status, says) in [(2, "rejected"), (3, "granted no"), (5, "granted no")] {
            let bytes = answer(status, sha256(b"x"), &[1], "20261122140531Z");
            let fault = Stamp::parse(&bytes).expect_err("no stamp");
            assert!(fault.0.contains(says), "{fault}");
        }
        assert!(Stamp::parse(&answer(1, sha256(b"x"), &[1], "20261122140531Z")).is_ok());
        for time in ["20261122140531", "20261322140531Z", "2026112214053Z", "x"] {
            assert!(
                Stamp::parse(&answer(0, sha256(b"x"), &[1], time)).is_err(),
                "{time}"
            );
        }
    }

    #[test]
    fn an_answer_that_was_cut_short_is_none() {
        let bytes = answer(0, sha256(b"x"), &[0x41; 8], "20261122140531Z");
        for at in 0..bytes.len() {
            assert!(Stamp::parse(&bytes[..at]).is_err(), "{at}");
        }
        assert!(Stamp::parse(&[&bytes[..], b"x"].concat()).is_err());
        assert!(Stamp::parse(&vec![0x30; LONGEST + 1]).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(
            at in 0_usize..200, byte in any::<u8>(),
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let _ = Stamp::parse(&bytes);
            let mut changed = answer(0, sha256(b"x"), &[0x41; 8], "20261122140531Z");
            if let Some(slot) = changed.get_mut(at) {
                *slot = byte;
            }
            let _ = Stamp::parse(&changed);
        }
    }
}
