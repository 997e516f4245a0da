//! Where and when times were taken: the processor, the compiler, the day.

use std::process::Command;

/// The processor's name, as Linux tells it.
#[must_use]
pub fn cpu() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    name.unwrap_or("unknown CPU").to_owned()
}

/// The compiler's name: that of the `rustc` that cargo uses here.
#[must_use]
pub fn compiler() -> String {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    said(&rustc, &["--version"])
}

/// The day, as `2026-01-31`.
#[must_use]
pub fn today() -> String {
    said("date", &["+%Y-%m-%d"])
}

/// What a program prints, or that it is not there.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned());
    text.unwrap_or_else(|_| format!("unknown {program}"))
}
