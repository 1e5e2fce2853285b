//! What a parser gives up at. Hostile input costs its author nothing; it must cost us little.

/// The largest file that is read into memory, in bytes.
pub const FILE_BYTES: u64 = 64 * 1024 * 1024;
/// The deepest nesting of a document.
pub const DEPTH: usize = 128;
/// The most nodes of a YAML document, those that aliases repeat included.
pub const NODES: usize = 250_000;
/// The most XML elements and attributes of one report.
pub const XML_EVENTS: u64 = 200_000_000;
/// The most bytes that are read again to put up with indentation that YAML forbids.
pub const YAML_REREAD: usize = 64 * 1024 * 1024;
