//! `cargo run --bin collapse`: regenerates the figures of its lab.

use minigrad_labs::labs::collapse;
use std::process::ExitCode;

fn main() -> ExitCode {
    collapse::LAB.main_with(collapse::main)
}
