//! The library for the reader's browser: compiled when a page wants it.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

/// What a browser runs.
const TARGET: &str = "wasm32-unknown-unknown";

/// The file beside the chapters, which mdBook copies into the book; never committed.
pub const FILE: &str = "explorer.wasm";

/// Compiles `labs/explorer` of the workspace `root` for browsers and puts it into `book`, the folder
/// of the chapters. Adds the target to the compiler where it is missing, and says so.
///
/// # Errors
/// One line: what is missing, or what cargo says.
pub fn build(root: &Path, book: &Path) -> Result<(), String> {
    let into = root.join("target/explorer");
    let built = into.join(TARGET).join("explorer/minigrad_explorer.wasm");
    if !root.join("labs/explorer/Cargo.toml").is_file() {
        return Err("there is no labs/explorer".to_owned());
    }
    add_target()?;
    if !built.exists() {
        note("Compiling the library for the browser: once, about a minute");
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--quiet", "--locked", "-p", "minigrad-explorer", "--lib"])
        .args(["--profile", "explorer", "--target", TARGET, "--target-dir"])
        .arg(&into)
        .current_dir(root)
        // Vectors of 128 bits: three times as fast, and in every browser since 2023.
        .env("CARGO_ENCODED_RUSTFLAGS", "-Ctarget-feature=+simd128")
        .env_remove("RUSTFLAGS");
    run(&mut command)?;
    publish(&built, &into.join(format!("{FILE}.{}", std::process::id())), &book.join(FILE))
        .map_err(|error| format!("{}: {error}", book.join(FILE).display()))
}

/// Copies by way of `beside`: whoever reads `place` reads the old file or the new one, whole. A file
/// that is as it should be is left alone, for `mdbook serve` watches it.
fn publish(built: &Path, beside: &Path, place: &Path) -> std::io::Result<()> {
    let bytes = fs::read(built)?;
    if fs::read(place).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    fs::write(beside, bytes)?;
    fs::rename(beside, place).inspect_err(|_| {
        let _ = fs::remove_file(beside);
    })
}

fn add_target() -> Result<(), String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot = run(Command::new(rustc).args(["--print", "sysroot"]))?;
    let sysroot = String::from_utf8_lossy(&sysroot.stdout).trim().to_owned();
    if Path::new(&sysroot).join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(());
    }
    note(&format!("Adding {TARGET} to the compiler: `rustup target add {TARGET}`"));
    run(Command::new("rustup").args(["target", "add", TARGET]))
        .map(drop)
        .map_err(|why| format!("the compiler lacks {TARGET}, and it cannot be added: {why}"))
}

/// Runs to the end; what it prints is not the book's.
fn run(command: &mut Command) -> Result<Output, String> {
    let program = command.get_program().to_owned();
    let name = Path::new(&program).file_name().unwrap_or(OsStr::new("program")).to_string_lossy();
    let output = command.output().map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let line = said.lines().find(|line| line.starts_with("error")).or(said.lines().next());
    Err(format!("{name}: {}", line.unwrap_or("failed without a word")))
}

/// Says something on standard error; where that cannot be written, nothing happens.
fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_the_crate_there_is_one_line_and_no_file() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(build(root.path(), root.path()), Err("there is no labs/explorer".to_owned()));
        assert!(!root.path().join(FILE).exists());
    }

    #[test]
    fn a_program_that_fails_is_one_line() {
        let why = run(Command::new("no-such-program").arg("x")).unwrap_err();
        assert!(why.starts_with("no-such-program: "), "{why}");
        let said = "echo first >&2; echo error: second >&2; exit 1";
        assert_eq!(
            run(Command::new("sh").args(["-c", said])).map(drop),
            Err("sh: error: second".to_owned())
        );
    }

    #[test]
    fn a_file_that_is_as_it_should_be_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        let [built, beside, place] = ["built", "beside", "place"].map(|n| root.path().join(n));
        fs::write(&built, "1").unwrap();
        publish(&built, &beside, &place).unwrap();
        let written = fs::metadata(&place).unwrap().modified().unwrap();
        publish(&built, &beside, &place).unwrap();
        assert_eq!(fs::metadata(&place).unwrap().modified().unwrap(), written);
        fs::write(&built, "2").unwrap();
        publish(&built, &beside, &place).unwrap();
        assert_eq!(fs::read(&place).unwrap(), b"2");
        assert!(!beside.exists());
    }
}
