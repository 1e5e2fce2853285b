//! A folder of this process, below the one that `run` makes in memory and puts away.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let given = std::env::var_os("FUZZ_FOLDER").map(PathBuf::from);
        let above = given.unwrap_or_else(std::env::temp_dir);
        let root = above.join(std::process::id().to_string());
        fs::create_dir_all(&root).expect("a folder for files");
        root
    })
}

/// Writes a file, in the place of what had its name, and says where it lies.
pub fn write(name: &str, bytes: &[u8]) -> PathBuf {
    let path = root().join(name);
    if let Some(above) = path.parent() {
        fs::create_dir_all(above).expect("a folder");
    }
    fs::write(&path, bytes).expect("a file");
    path
}

/// A folder without anything in it.
pub fn empty(name: &str) -> PathBuf {
    let path = root().join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a folder");
    path
}
