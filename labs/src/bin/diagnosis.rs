//! `cargo run --bin diagnosis`: regenerates the figures of its lab.

use minigrad_labs::labs::diagnosis;
use std::process::ExitCode;

fn main() -> ExitCode {
    diagnosis::LAB.main()
}
