//! The only users of parser crates. Each parser refuses what would exhaust the machine, names the
//! place of an error, and never panics on outside input.

pub mod bounded;
mod counted;
pub mod error;
pub mod flag;
pub mod ini;
pub mod json;
pub mod json5;
pub mod limits;
pub mod lines;
pub mod lists;
pub mod loose;
pub mod python;
pub mod rewrite;
mod texts;
pub mod toml;
pub mod xml;
pub mod yaml;
