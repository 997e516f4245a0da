//! The two stages behind mdBook's preprocessor protocol: `minigrad-preprocessor STAGE` reads the
//! book from standard input and writes it to standard output; `… STAGE supports RENDERER`
//! answers with its exit code.

use mdbook_preprocessor::errors::Result;
use mdbook_preprocessor::{parse_input, Preprocessor};
use minigrad_preprocessor::{Figures, Values};
use std::io::{stderr, stdin, stdout, Write};
use std::process::ExitCode;

const USAGE: &str = "\
Usage: minigrad-preprocessor <values|figures> [supports RENDERER]

An mdBook preprocessor: reads the book as JSON from standard input, writes it to standard output.

  values   generated numbers, tables and claims; goes before katex and links
  figures  figure links, captions, rendered formulas; goes after katex and links
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let values = Values::default();
    let stage: &dyn Preprocessor = match arguments.first() {
        Some(&"values") => &values,
        Some(&"figures") => &Figures,
        Some(&("--help" | "-h")) => {
            // A reader who has seen enough (`| head`) is not an error.
            let _ = stdout().write_all(USAGE.as_bytes());
            return ExitCode::SUCCESS;
        }
        _ => return usage_error(),
    };
    match arguments[1..] {
        [] => match process(stage) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                note(&format!("{error:#}\n"));
                ExitCode::FAILURE
            }
        },
        ["supports", renderer] if stage.supports_renderer(renderer).unwrap_or(false) => {
            ExitCode::SUCCESS
        }
        ["supports", _] => ExitCode::FAILURE,
        _ => usage_error(),
    }
}

fn process(stage: &dyn Preprocessor) -> Result<()> {
    let (context, book) = parse_input(stdin())?;
    let processed = stage.run(&context, book)?;
    stdout().write_all(&serde_json::to_vec(&processed)?)?;
    Ok(())
}

fn usage_error() -> ExitCode {
    note(USAGE);
    ExitCode::from(2)
}

/// Writes on standard error; where that cannot be written, nothing happens.
fn note(text: &str) {
    let _ = stderr().write_all(text.as_bytes());
}
