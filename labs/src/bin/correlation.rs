//! `cargo run --bin correlation`: regenerates the figures of its lab.

use minigrad_labs::labs::correlation;
use std::process::ExitCode;

fn main() -> ExitCode {
    correlation::LAB.main_with(correlation::main)
}
