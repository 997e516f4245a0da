//! `cargo run --bin residual-depth`: regenerates the figures of its lab.

use minigrad_labs::labs::residual_depth;
use std::process::ExitCode;

fn main() -> ExitCode {
    residual_depth::LAB.main_with(residual_depth::main)
}
