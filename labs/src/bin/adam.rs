//! `cargo run --bin adam`: trains the networks of lab 05 and draws its figures.

use minigrad_labs::labs::adam;
use std::process::ExitCode;

fn main() -> ExitCode {
    adam::LAB.main_with(adam::main)
}
