//! The examined files: one walk, one read, one hash.
//!
//! Only this module opens files of the repository. Links are never followed out of the root, what
//! was skipped is recorded, and a path that cannot be read is a fact, not a crash.

pub mod digest;
pub mod file;
pub mod glob;
pub mod ignore;
pub mod walk;

pub use file::{File, Unreadable};
pub use walk::{Entry, EntryKind, Skipped, Tree};
