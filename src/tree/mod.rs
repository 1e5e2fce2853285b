//! The examined files: one walk, one read, one hash.
//!
//! Only this module opens files of the repository. Links are never followed out of the root, what
//! was skipped is recorded, and a path that cannot be read is a fact, not a crash.

pub mod again;
pub mod decoder;
pub mod digest;
pub mod file;
pub mod glob;
pub mod handed;
pub mod ignore;
pub mod large;
pub mod scratch;
pub mod walk;

pub use again::{Again, Whence};
pub use file::{File, Unreadable};
pub use large::{Bytes, Large, Pass};
pub use scratch::Scratch;
pub use walk::{Entry, EntryKind, Skipped, Tree};
