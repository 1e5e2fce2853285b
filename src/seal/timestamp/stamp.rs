//! A time stamp of the head of a ledger: asked for, or brought, and kept beside the head.

use std::path::Path;

use super::http;
use super::reply::Stamp;
use super::request::Request;
use crate::seal::ledger::LedgerError;
use crate::seal::ledger::store::{CHECKPOINT, bytes_at, head_path};
use crate::seal::{Fault, disk};
use crate::tree::digest::sha256;
use crate::tree::file;

/// How many time stamps one head can have.
const STAMPS: u32 = 9;

/// The newest head of a ledger, which is what is stamped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// How many entries it covers.
    pub size: u64,
    /// The head as signed.
    pub bytes: Vec<u8>,
}

/// Why there is no time stamp.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The authority, or what it answered.
    #[error(transparent)]
    Answer(#[from] Fault),
}

impl Head {
    /// The newest head of the ledger beside bundles.
    ///
    /// # Errors
    /// A ledger that was not begun, or cannot be read.
    pub fn newest(out: &Path) -> Result<Self, StampError> {
        let bytes = bytes_at(out, CHECKPOINT)?;
        let bytes = bytes.ok_or_else(|| Fault::new("expected a ledger with a head, found none"))?;
        let (head, _) = crate::seal::ledger::Checkpoint::parse(&bytes)?;
        Ok(Self {
            size: head.size,
            bytes,
        })
    }

    /// The request for a time stamp of it. The one that was written first is asked again, so that an
    /// answer that is brought later can be held against it.
    ///
    /// # Errors
    /// A place that cannot be written to.
    pub fn request(&self, out: &Path) -> Result<Vec<u8>, StampError> {
        let path = format!("{}.tsq", head_path(self.size));
        let imprint = sha256(&self.bytes);
        let kept = bytes_at(out, &path)?;
        if let Some(kept) = kept
            .filter(|kept| Request::parse(kept).is_some_and(|request| request.imprint == imprint))
        {
            return Ok(kept);
        }
        let request = Request::new(imprint)?.der();
        write(out, &path, &request)?;
        Ok(request)
    }

    /// Asks an authority and keeps its answer.
    ///
    /// # Errors
    /// An authority that does not answer, or with something else.
    pub fn ask(&self, out: &Path, url: &str) -> Result<Stamp, StampError> {
        let request = self.request(out)?;
        let reply = http::ask(url, &request)?;
        self.keep(out, &reply)
    }

    /// Keeps an answer that is a time stamp of this head.
    ///
    /// # Errors
    /// An answer that is none.
    pub fn keep(&self, out: &Path, reply: &[u8]) -> Result<Stamp, StampError> {
        let stamp = Stamp::parse(reply)?;
        let request = Request::parse(&self.request(out)?);
        let nonce = request.map(|request| request.nonce);
        stamp.is_of(sha256(&self.bytes), nonce.as_ref().map(<[u8; 8]>::as_slice))?;
        for number in 1..=STAMPS {
            let path = match number {
                1 => format!("{}.tsr", head_path(self.size)),
                number => format!("{}.{number}.tsr", head_path(self.size)),
            };
            match bytes_at(out, &path)? {
                Some(kept) if kept == reply => return Ok(stamp),
                Some(_) => {}
                None => {
                    write(out, &path, reply)?;
                    return Ok(stamp);
                }
            }
        }
        Err(Fault::new(format!("expected at most {STAMPS} time stamps of one head")).into())
    }
}

fn write(out: &Path, path: &str, bytes: &[u8]) -> Result<(), LedgerError> {
    disk::replace(&out.join(path), bytes).map_err(|error| LedgerError::Place {
        path: path.to_owned(),
        reason: file::reason(&error),
    })
}
