//! What the fuzz targets share: what has to hold of everything that is read, whoever wrote it.
//!
//! A target is a file in `targets/` of a few lines. It hands the bytes to one of these modules,
//! which reads them as the program does and looks at what came of it. `README.md` says how to run
//! them.

pub mod folder;
pub mod governance;
pub mod mutate;
pub mod parsers;
pub mod policy;
pub mod python;
pub mod report;
pub mod seal;
pub mod secret;
pub mod seeds;

pub use libfuzzer_sys;

/// A target: what looks at the bytes, and where its first seeds come from.
#[macro_export]
macro_rules! target {
    ($look:expr, $seeds:expr) => {
        $crate::libfuzzer_sys::fuzz_target!(
            init: $crate::seeds::write($seeds),
            |bytes: &[u8]| { ($look)(bytes) }
        );

        $crate::libfuzzer_sys::fuzz_mutator!(|data: &mut [u8],
                                              size: usize,
                                              max_size: usize,
                                              seed: u32| {
            $crate::mutate::change(data, size, max_size, seed)
        });
    };
}

/// A number that stands for the bytes and that nobody chose.
pub fn number_of(bytes: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

/// A place in `0..length` that stands for the bytes.
pub fn place_in(bytes: &[u8], length: usize) -> usize {
    let length = u64::try_from(length).unwrap_or(u64::MAX).max(1);
    usize::try_from((number_of(bytes) >> 16) % length).unwrap_or(0)
}
