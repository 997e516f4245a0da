//! `cargo run --bin calibration`: regenerates the figure and the tables of the calibration page.

use minigrad_labs::labs::calibration;
use std::process::ExitCode;

fn main() -> ExitCode {
    calibration::LAB.main()
}
