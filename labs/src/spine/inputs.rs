//! What a lab's data follow from, as one number: sources of the library and of the experiment.

use minigrad_cli::Failure;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Crates whose versions decide about bits.
const CRATES: [&str; 5] = ["libm", "matrixmultiply", "ndarray", "rand", "rand_chacha"];

/// A hash of all that the data of `lab` follow from: the library, what labs are made of, the lab's
/// own file with those that it names, its measurements, and the versions of the crates that compute.
/// Comments and tests do not count.
///
/// # Errors
/// If a source of the workspace `root` cannot be read.
pub fn inputs(root: &Path, lab: &str) -> Result<String, Failure> {
    let labs = root.join("labs/src");
    let mut files = below(&root.join("src"))?;
    files.extend(below(&labs.join("spine"))?);
    let mut found: BTreeSet<String> = [lab.replace('-', "_")].into();
    let mut open: Vec<String> = found.iter().cloned().collect();
    while let Some(module) = open.pop() {
        let own = below(&labs.join(&module))?;
        for file in own.into_iter().chain([labs.join(format!("{module}.rs"))]) {
            for named in read(&file)?.split("crate::").skip(1).filter_map(word) {
                let there = labs.join(format!("{named}.rs")).is_file();
                if there && named != "lib" && found.insert(named.to_owned()) {
                    open.push(named.to_owned());
                }
            }
            files.insert(file);
        }
    }
    let lock = read(&root.join("Cargo.lock"))?;
    let counts =
        |block: &&str| CRATES.iter().any(|name| block.contains(&format!("name = {name:?}\n")));
    let crates: String = lock.split("[[package]]").filter(counts).collect();
    let texts = files.iter().map(|file| read(file)).collect::<Result<Vec<_>, _>>()?;
    let hash = texts.iter().map(|text| code(text)).chain([crates]).fold(0, fnv);
    Ok(format!("{hash:016x}"))
}

/// The identifier with which a text begins.
fn word(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}

/// What is compiled: no comment, no test.
fn code(text: &str) -> String {
    let lines = text.split("#[cfg(test)]\nmod tests").next().into_iter().flat_map(str::lines);
    let lines = lines.map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// FNV-1a, going on from an earlier hash.
fn fnv(hash: u64, text: String) -> u64 {
    text.bytes().fold(hash ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn read(file: &Path) -> Result<String, Failure> {
    fs::read_to_string(file).map_err(|error| Failure::io(file, &error))
}

/// All files of Rust in a folder and below it, by name; none where there is no such folder.
fn below(folder: &Path) -> Result<BTreeSet<PathBuf>, Failure> {
    let mut files = BTreeSet::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder).map_err(|error| Failure::io(folder, &error))? {
            let path = entry.map_err(|error| Failure::io(folder, &error))?.path();
            match path.is_dir() {
                true => files.extend(below(&path)?),
                false => files.extend(path.extension().is_some_and(|e| e == "rs").then_some(path)),
            }
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decides_about_the_data_changes_the_hash_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let lock = "[[package]]\nname = \"ndarray\"\nversion = \"1\"\n";
        for (name, text) in [
            ("Cargo.lock", lock),
            ("src/lib.rs", "fn a() {}\n"),
            ("labs/src/lib.rs", ""),
            ("labs/src/spine/mod.rs", "fn b() {}\n"),
            ("labs/src/tea_time.rs", "use crate::milk;\n"),
            ("labs/src/milk.rs", "fn c() {}\n"),
            ("labs/src/milk/cold.rs", "fn d() {}\n"),
            ("labs/src/salt.rs", "fn e() {}\n"),
        ] {
            write(name, text);
        }
        let hash = || inputs(folder.path(), "tea-time").unwrap();
        let first = hash();
        write("labs/src/salt.rs", "fn f() {}\n");
        write("src/lib.rs", "/// A comment.\nfn a() {}\n\n#[cfg(test)]\nmod tests {}\n");
        write("Cargo.lock", &format!("{lock}[[package]]\nname = \"axum\"\nversion = \"1\"\n"));
        assert_eq!(hash(), first);
        for (name, text) in [
            ("src/lib.rs", "fn g() {}\n"),
            ("labs/src/spine/mod.rs", "fn g() {}\n"),
            ("labs/src/tea_time.rs", "use crate::milk::*;\n"),
            ("labs/src/milk/cold.rs", "fn g() {}\n"),
            ("Cargo.lock", &lock.replace('1', "2")),
        ] {
            let before = hash();
            write(name, text);
            assert_ne!(hash(), before, "{name}");
        }
    }
}
