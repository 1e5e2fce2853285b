//! git, through one hardened door.
//!
//! Only this module spawns git, and only with commands that run no program the repository names
//! (`rev-parse`, `symbolic-ref`, `for-each-ref`, `ls-tree`, `cat-file`, `rev-list`; `fsck` when
//! asked for). Replace refs and grafts do not change what is read.

pub mod command;
pub mod history;
pub mod past;
pub mod refs;
pub mod repository;
pub mod store;
pub mod worktree;

pub use command::{Git, GitError};
pub use history::Known;
pub use past::Past;
pub use refs::RefError;
pub use repository::{Repository, TreeEntry};
pub use store::Objects;
