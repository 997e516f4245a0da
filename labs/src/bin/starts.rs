//! `cargo run --bin starts`: regenerates the figures of its lab.

use minigrad_labs::labs::starts;
use std::process::ExitCode;

fn main() -> ExitCode {
    starts::LAB.main()
}
