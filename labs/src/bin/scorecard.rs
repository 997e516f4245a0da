//! `cargo run --bin scorecard`: trains the networks of lab 04 and holds the predictions against them.

use minigrad_labs::labs::scorecard;
use std::process::ExitCode;

fn main() -> ExitCode {
    scorecard::LAB.main_with(scorecard::main)
}
