//! The first seeds of a target: samples that the program knows, and files below folders.

use std::fs;
use std::path::{Path, PathBuf};

/// The largest file that becomes a seed. libFuzzer tries more of smaller ones.
const MOST: u64 = 48 * 1024;

/// Where seeds come from.
pub struct Seeds {
    /// Those that are known.
    pub known: Vec<(String, Vec<u8>)>,
    /// What becomes of a file, by its path and bytes.
    pub of_file: fn(&str, &[u8]) -> Vec<Vec<u8>>,
}

/// Where `FUZZ_SEEDS_TO` names a folder, writes the seeds there and ends: `run` asks for them.
/// `FUZZ_SEEDS_FROM` lists folders with files, separated as in `PATH`.
pub fn write(seeds: impl FnOnce() -> Seeds) {
    let Some(to) = std::env::var_os("FUZZ_SEEDS_TO").map(PathBuf::from) else {
        return;
    };
    let Seeds { mut known, of_file } = seeds();
    let from = std::env::var_os("FUZZ_SEEDS_FROM").unwrap_or_default();
    for folder in std::env::split_paths(&from) {
        each_file(&folder, &mut |path, bytes| {
            for seed in of_file(&path.to_string_lossy(), bytes) {
                known.push((format!("{:016x}", crate::number_of(&seed)), seed));
            }
        });
    }
    for (name, bytes) in &known {
        fs::write(to.join(name), bytes).expect("a folder for seeds");
    }
    println!("{} seeds", known.len());
    std::process::exit(0);
}

fn each_file(folder: &Path, take: &mut dyn FnMut(&Path, &[u8])) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let (path, Ok(kind)) = (entry.path(), entry.file_type()) else {
            continue;
        };
        let passed_over = ["target", ".git", "node_modules"]
            .iter()
            .any(|it| path.ends_with(it));
        if kind.is_dir() && !passed_over {
            each_file(&path, take);
        } else if kind.is_file()
            && entry.metadata().is_ok_and(|about| about.len() <= MOST)
            && let Ok(bytes) = fs::read(&path)
        {
            take(&path, &bytes);
        }
    }
}
