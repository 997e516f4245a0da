//! `cargo run --bin lengths`: regenerates the figures of its lab.

use minigrad_labs::labs::lengths;
use std::process::ExitCode;

fn main() -> ExitCode {
    lengths::LAB.main()
}
