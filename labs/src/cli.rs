//! Arguments: what is wrong with them is said in one line.

use crate::Failure;
use clap::error::ErrorKind;
use clap::Parser;
use std::ffi::OsString;

/// Parses the arguments of this process. `None` if they asked for help or the version, which has
/// been printed.
///
/// # Errors
/// What is wrong with them, with exit code 2.
pub fn parse<T: Parser>() -> Result<Option<T>, Failure> {
    parse_from(std::env::args_os())
}

fn parse_from<T: Parser>(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Option<T>, Failure> {
    match T::try_parse_from(arguments) {
        Ok(parsed) => Ok(Some(parsed)),
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            ) =>
        {
            print!("{}", error.render());
            Ok(None)
        }
        Err(error) => {
            let said = error.render().to_string();
            // Below the first paragraph clap repeats its usage.
            let said = said.split("\n\n").next().unwrap_or_default();
            Err(Failure::usage(said.trim_start_matches("error: ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Parser)]
    struct Arguments {
        #[arg(long)]
        port: u16,
    }

    fn parsed(arguments: &[&str]) -> Result<Option<Arguments>, Failure> {
        parse_from(arguments.iter().map(OsString::from))
    }

    #[test]
    fn a_wrong_argument_is_one_line_and_code_2() {
        for port in ["65536", "-1", "x", ""] {
            let failure = parsed(&["book", &format!("--port={port}")]).unwrap_err();
            assert_eq!(failure.code(), 2);
            assert!(failure.to_string().contains("--port"), "{failure}");
        }
    }

    #[test]
    fn a_right_argument_is_parsed() {
        let arguments = parsed(&["book", "--port", "80"]).unwrap().unwrap();
        assert_eq!(arguments.port, 80);
    }
}
