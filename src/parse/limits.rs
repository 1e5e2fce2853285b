//! What a parser gives up at. Hostile input costs its author nothing; it must cost us little.

/// The largest file that is read into memory, in bytes.
pub const FILE_BYTES: u64 = 64 * 1024 * 1024;
/// A report that is larger than this many bytes stays on disk and is read piece by piece. Reports
/// below it are read quicker from memory, and a repository may hold many of them.
pub const HELD_BYTES: u64 = 8 * 1024 * 1024;
/// The largest report, in bytes, of a format that keeps no more than rows of it. A report of
/// another format may have [`FILE_BYTES`].
pub const REPORT_BYTES: u64 = 1024 * 1024 * 1024;
/// The longest tag, text or line of a document that is read piece by piece, in bytes.
pub const PIECE_BYTES: usize = 32 * 1024 * 1024;
/// The deepest nesting of a document.
pub const DEPTH: usize = 128;
/// The most nodes of a YAML document, those that aliases repeat included.
pub const NODES: usize = 250_000;
/// The most XML elements and attributes of one report.
pub const XML_EVENTS: u64 = 200_000_000;
/// The most rows of one report that are kept as items; the others are counted.
pub const ITEMS: usize = 50_000;
/// The same for the files of a report of coverage, of which each has to be there to be agreed with
/// the sources.
pub const FILES: usize = 200_000;
/// The most attributes of one XML element: each is compared with those before it.
pub const ATTRIBUTES: usize = 1_000;
/// The most bytes that are read again to put up with indentation that YAML forbids.
pub const YAML_REREAD: usize = 64 * 1024 * 1024;

/// How large a file may be, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// One that is held whole.
    pub whole: u64,
    /// One that is read piece by piece.
    pub streamed: u64,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            whole: FILE_BYTES,
            streamed: REPORT_BYTES,
        }
    }
}

impl Caps {
    /// The caps where a user says how much is read of one file. Who asks for more than is usual gets
    /// more of every file, and less of none.
    pub fn of(most: u64) -> Self {
        let streamed = if most < FILE_BYTES {
            most
        } else {
            most.max(REPORT_BYTES)
        };
        Self {
            whole: most,
            streamed,
        }
    }
}
