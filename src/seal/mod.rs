//! Sealing: from a run to a bundle of bytes that can be checked without us.

mod bundle;

pub use bundle::Bundle;
