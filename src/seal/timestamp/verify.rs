//! Whether an authority really signed a time stamp. `openssl` is asked: certificates are its trade.

use super::reply::Stamp;
use crate::model::text::excerpt;
use crate::seal::Fault;
use crate::seal::door::{Private, Stock, run};

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// An authority below these roots signed it.
    Held,
    /// None did.
    Failed(String),
    /// Nobody was there to be asked.
    NotChecked(String),
}

/// Verifies a time stamp of bytes by the roots of authorities that are trusted, as PEM. Certificates
/// have to be valid at the time that it names: they run out sooner than evidence does.
///
/// # Errors
/// An `openssl` that cannot be used.
pub fn verify(data: &[u8], reply: &[u8], stamp: &Stamp, roots: &[u8]) -> Result<Verified, Fault> {
    let folder = Private::new()?;
    folder.write("data", data)?;
    folder.write("reply.tsr", reply)?;
    folder.write("roots.pem", roots)?;
    let time = stamp.time.epoch().to_string();
    let arguments = [
        "ts",
        "-verify",
        "-data",
        "data",
        "-in",
        "reply.tsr",
        "-CAfile",
        "roots.pem",
        "-attime",
        &time,
    ];
    let Some(ended) = run(Stock::Openssl, &arguments, &folder)? else {
        let says = "openssl is not there to verify the signature of the authority";
        return Ok(Verified::NotChecked(says.to_owned()));
    };
    Ok(if ended.success {
        Verified::Held
    } else {
        Verified::Failed(reason(&ended.says))
    })
}

/// The part of an error of `openssl` that a person reads.
fn reason(says: &str) -> String {
    for (found, words) in [
        (
            "message imprint mismatch",
            "it is a time stamp of other bytes",
        ),
        (
            "certificate verify error",
            "its certificate does not lead to a trusted root",
        ),
        (
            "certificate has expired",
            "its certificate was not valid at that time",
        ),
    ] {
        if says.contains(found) {
            return words.to_owned();
        }
    }
    format!("openssl says: {}", excerpt(says))
}
