//! The ledger: every run as a leaf of one tree whose head is signed, so that none of them can be
//! changed, taken out or put elsewhere without the head changing too.

pub mod checkpoint;
pub mod coverage;
pub mod entry;
pub mod history;
pub mod note;
pub mod origin;
pub mod periods;
pub mod proof;
pub mod rotation;
pub mod store;
pub mod tree;

pub use checkpoint::Checkpoint;
pub use entry::{Entry, Kind};
pub use history::History;
pub use store::{Ledger, LedgerError};
