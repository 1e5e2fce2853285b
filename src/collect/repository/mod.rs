//! Collectors of governance: what stands in the repository's own files, and the repository itself.

pub mod allowances;
pub mod configuration;
pub mod documents;
pub mod hooks;
pub mod integrity;
pub mod locks;
pub mod ownership;
mod pin;
mod place;
pub mod security;
pub mod sources;
pub mod updates;

#[cfg(test)]
pub(in crate::collect) mod testing;
pub mod workflows;
