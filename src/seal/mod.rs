//! Sealing: from a run to a bundle of bytes that can be checked without us.

mod bundle;
pub mod canonical;
pub mod disk;
pub mod door;
mod fault;
pub mod ledger;
pub mod manifest;
pub mod sign;
pub mod store;
pub mod timestamp;

pub use bundle::Bundle;
pub use fault::Fault;
pub use manifest::Member;
pub use store::{StoreError, Stored, store};
