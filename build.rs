//! Embeds the catalogues: every YAML file below `controls/`, so that adding a control touches no
//! Rust.

#![expect(
    clippy::disallowed_methods,
    reason = "a build script reads folders and speaks to cargo; the rules are for the program"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=controls");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut catalogues: Vec<PathBuf> = folders(&root.join("controls"))?;
    catalogues.sort();
    let mut code = String::from("pub(super) static EMBEDDED: &[(&str, &[(&str, &str)])] = &[\n");
    for catalogue in catalogues {
        let name = catalogue
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let mut files: Vec<PathBuf> = fs::read_dir(&catalogue)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        files.retain(|file| file.extension().is_some_and(|ending| ending == "yaml"));
        files.sort();
        if files.is_empty() {
            continue;
        }
        let _ = writeln!(code, "    ({name:?}, &[");
        for file in files {
            let short = file
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let _ = writeln!(
                code,
                "        ({:?}, include_str!({:?})),",
                format!("controls/{name}/{short}"),
                file.to_string_lossy()
            );
        }
        code.push_str("    ]),\n");
    }
    code.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("embedded.rs"), code)
}

fn folders(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root)? {
        let path = entry?.path();
        if path.is_dir() {
            println!("cargo::rerun-if-changed={}", path.display());
            found.push(path);
        }
    }
    Ok(found)
}
