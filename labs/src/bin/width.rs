//! `cargo run --bin width`: regenerates the figures of its lab.

use minigrad_labs::labs::width;
use std::process::ExitCode;

fn main() -> ExitCode {
    width::LAB.main()
}
