//! Sealing: from a run to a bundle of bytes that can be checked without us.

mod bundle;
pub mod canonical;
pub mod disk;
pub mod door;
pub mod enter;
pub mod export;
mod fault;
pub mod ledger;
pub mod manifest;
pub mod redaction;
pub mod sign;
pub mod sources;
pub mod store;
pub mod timestamp;
pub mod verify;

pub use bundle::Bundle;
pub use fault::Fault;
pub use manifest::{Manifest, Member, Sealing};
pub use store::{Sealed, StoreError, Stored, store};
