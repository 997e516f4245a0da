//! The lab of this name.

fn main() -> std::process::ExitCode {
    minigrad_labs::main(env!("CARGO_BIN_NAME"))
}
