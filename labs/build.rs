//! Names the library's sources by a hash, so that what one version of them has measured is never
//! taken for the work of another.

use std::path::{Path, PathBuf};

/// What decides over a measurement, and how it is written down.
const SOURCES: [&str; 4] = ["../src", "../Cargo.lock", "../Cargo.toml", "lines/src"];

fn main() {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64; // FNV-1a
    for source in SOURCES {
        println!("cargo:rerun-if-changed={source}");
        for file in files(Path::new(source)) {
            let bytes = std::fs::read(&file).unwrap_or_default();
            let name = file.to_string_lossy().into_owned().into_bytes();
            for byte in name.into_iter().chain(bytes) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
            }
        }
    }
    println!("cargo:rustc-env=MINIGRAD_SOURCES={hash:016x}");
}

/// The file, or every file below the folder, in order.
fn files(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else { return vec![path.to_path_buf()] };
    let mut inside: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    inside.sort();
    inside.iter().flat_map(|path| files(path)).collect()
}
