//! `cargo run --bin init-ablation`: regenerates the figures of its lab.

use minigrad_labs::labs::init_ablation;
use std::process::ExitCode;

fn main() -> ExitCode {
    init_ablation::LAB.main_with(init_ablation::main)
}
