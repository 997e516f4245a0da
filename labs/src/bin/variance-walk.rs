//! `cargo run --bin variance-walk`: regenerates the figures of its lab.

use minigrad_labs::labs::variance_walk;
use std::process::ExitCode;

fn main() -> ExitCode {
    variance_walk::LAB.main()
}
