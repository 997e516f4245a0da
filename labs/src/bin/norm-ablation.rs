//! `cargo run --bin norm-ablation`: regenerates the figures of its lab; with `--time`, its timings.

use minigrad_labs::labs::norm_ablation;
use std::process::ExitCode;

fn main() -> ExitCode {
    norm_ablation::main()
}
