//! Arguments: what is wrong with them is said in one line.

use crate::failure::{shortened, Failure};
use crate::terminal;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Parser};
use std::error::Error;
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
    let mut command = negative(T::command());
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let refuse = |error: clap::Error| one_line(&error, addressed(&T::command(), &arguments));
    match command.try_get_matches_from_mut(&arguments) {
        Ok(matches) => T::from_arg_matches(&matches).map(Some).map_err(refuse),
        Err(error)
            if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) =>
        {
            terminal::print(&error.render().to_string()).map(|()| None)
        }
        Err(error) => Err(refuse(error)),
    }
}

/// The same command, which takes `-1` for a value, so that it can say what is accepted instead.
fn negative(command: Command) -> Command {
    let takes = |arg: Arg| match arg.get_action().takes_values() {
        true => arg.allow_negative_numbers(true),
        false => arg,
    };
    command.mut_args(takes).mut_subcommands(negative)
}

/// The command that the arguments name: the subcommand among them, else `command` itself.
fn addressed<'c>(command: &'c Command, arguments: &[OsString]) -> &'c Command {
    let named = |argument: &OsString| command.find_subcommand(argument.to_str()?);
    arguments.iter().skip(1).find_map(named).unwrap_or(command)
}

/// A parser of integers from `least` to `most`. clap's own says of `x` only that it has an invalid
/// digit; this one says of everything what is accepted instead.
pub fn integer<T: TryFrom<u64>>(
    what: &'static str,
    least: u64,
    most: u64,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        let value = text.parse().ok().filter(|n| (least..=most).contains(n));
        value
            .and_then(|n| T::try_from(n).ok())
            .ok_or_else(|| format!("is not {what}: expected an integer from {least} to {most}"))
    }
}

/// A seed.
///
/// # Errors
/// What is accepted instead.
pub fn seed(text: &str) -> Result<u64, String> {
    integer("a seed", 0, u64::MAX)(text)
}

/// A number of steps, of a training or from one look to the next.
///
/// # Errors
/// What is accepted instead.
pub fn steps(text: &str) -> Result<usize, String> {
    integer("a number of steps", 1, 1_000_000)(text)
}

/// Reads a size; the bounds of each are for the recipe to say, the widest of all is a million.
///
/// # Errors
/// What is accepted instead.
pub fn whole(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| "is not accepted: expected an integer from 1 to 1000000".to_owned())
}

/// Reads a number.
///
/// # Errors
/// What is accepted instead.
pub fn real(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| "is not accepted: expected a number such as 0.001".to_owned())
}

/// A number of threads.
///
/// # Errors
/// What is accepted instead.
pub fn threads(text: &str) -> Result<usize, String> {
    integer("a number of threads", 1, 1024)(text)
}

/// The number of threads that an environment variable asks for, if it is set.
///
/// # Errors
/// If it is not such a number.
pub fn threads_from(variable: &str) -> Result<Option<usize>, Failure> {
    let Some(value) = std::env::var_os(variable) else { return Ok(None) };
    let value = value.to_string_lossy();
    let refuse = |why| Failure::usage(format_args!("{variable} {value:?} {why}"));
    threads(&value).map(Some).map_err(refuse)
}

/// An error of clap in one line that names the value and what is accepted.
pub fn one_line(error: &clap::Error, command: &Command) -> Failure {
    let get = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    };
    let argument = get(ContextKind::InvalidArg);
    let flag = argument.split(' ').next().unwrap_or("").to_string();
    let value = get(ContextKind::InvalidValue);
    let known = || {
        let flags =
            command.get_arguments().filter(|arg| !arg.is_hide_set()).filter_map(Arg::get_long);
        let version = command.get_version().map(|_| "version");
        let flags = flags.chain(["help"]).chain(version);
        let mut flags: Vec<_> = flags.map(|flag| format!("--{flag}")).collect();
        flags.sort();
        let commands = command.get_subcommands().map(|of| of.get_name().to_owned());
        commands.chain(flags).collect::<Vec<_>>().join(", ")
    };
    Failure::usage(shortened(&match error.kind() {
        ErrorKind::ValueValidation => match error.source() {
            // Some messages name their value themselves.
            Some(why) if why.to_string().contains(&format!("{value:?}")) => {
                format!("{flag}: {why}")
            }
            Some(why) => format!("{flag} {value:?} {why}"),
            None => format!("{flag} {value:?} is not accepted"),
        },
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument}: the value is missing"),
        ErrorKind::InvalidValue => {
            let valid = get(ContextKind::ValidValue);
            format!("{flag} {value:?} is not accepted: expected one of {valid}")
        }
        ErrorKind::UnknownArgument => {
            format!("unknown argument {argument:?}: expected {}", known())
        }
        ErrorKind::InvalidSubcommand => {
            let name = get(ContextKind::InvalidSubcommand);
            format!("unknown command {name:?}: expected {}", known())
        }
        ErrorKind::ArgumentConflict if argument == get(ContextKind::PriorArg) => {
            format!("{flag} is given more than once")
        }
        ErrorKind::ArgumentConflict => {
            format!(
                "the argument '{argument}' cannot be used with flags that it stands for: leave out \
                 the one or the others"
            )
        }
        _ => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or("").trim();
            first.strip_prefix("error: ").unwrap_or(first).to_string()
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Parser)]
    struct Arguments {
        #[arg(long, value_parser = integer::<u16>("a port", 0, 65535))]
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
            let said =
                format!("--port {port:?} is not a port: expected an integer from 0 to 65535");
            assert_eq!(failure.to_string(), said);
        }
    }

    #[test]
    fn a_right_argument_is_parsed() {
        let arguments = parsed(&["book", "--port", "80"]).unwrap().unwrap();
        assert_eq!(arguments.port, 80);
    }
}
