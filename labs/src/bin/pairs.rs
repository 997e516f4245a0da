//! `cargo run --bin pairs`: regenerates the figures of its lab.

use minigrad_labs::labs::pairs;
use std::process::ExitCode;

fn main() -> ExitCode {
    pairs::LAB.main()
}
