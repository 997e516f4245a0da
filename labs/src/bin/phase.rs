//! `cargo run --bin phase`: regenerates the figures of its lab.

use minigrad_labs::labs::phase;
use std::process::ExitCode;

fn main() -> ExitCode {
    phase::LAB.main()
}
