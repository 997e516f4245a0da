//! `cargo run --bin drawings`: regenerates the figures of its lab.

use minigrad_labs::labs::drawings;
use std::process::ExitCode;

fn main() -> ExitCode {
    drawings::LAB.main()
}
