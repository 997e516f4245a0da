//! `cargo run --bin placement`: regenerates the figures of its lab.

use minigrad_labs::labs::placement;
use std::process::ExitCode;

fn main() -> ExitCode {
    placement::LAB.main()
}
