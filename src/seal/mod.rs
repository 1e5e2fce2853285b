//! Sealing: from a run to a bundle of bytes that can be checked without us.

mod bundle;
pub mod manifest;
pub mod sources;
pub mod store;

pub use bundle::Bundle;
pub use manifest::Member;
pub use store::{StoreError, Stored, store};
