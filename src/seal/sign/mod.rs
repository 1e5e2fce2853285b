//! Signatures by one Ed25519 key, in the forms that stock tools read.
//!
//! What is signed begins with `SSHSIG`, with `DSSEv1 ` or with the origin of a ledger, so that no
//! signature in one form can be passed off as one in another.

pub mod allowed;
pub mod dsse;
pub mod key;
pub mod pem;
pub mod public;
pub mod sigstore;
pub mod sshsig;
pub mod statement;
pub mod wire;

pub use allowed::AllowedSigners;
pub use key::Key;
pub use public::PublicKey;

/// What an SSH signature of a bundle is for; one for anything else is none for this.
pub const NAMESPACE: &str = "audit-evidence";
