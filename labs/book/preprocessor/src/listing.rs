//! A command and what it prints.

/// Two blocks of code from a text that begins with a command after a `$`: the command, which readers copy,
/// and what it prints. One string a line.
///
/// # Errors
/// If the first line is no command.
pub fn blocks(text: &str) -> Result<Vec<String>, String> {
    let (command, said) = text
        .split_once('\n')
        .filter(|(command, _)| command.starts_with("$ "))
        .ok_or("begins with no command")?;
    let command = broken(command);
    let lines = ["```console", &command, "```", "", "```text"].into_iter();
    Ok(lines.chain(said.trim_end().lines()).chain(["```"]).map(str::to_owned).collect())
}

/// A command on lines as long as a page is wide, broken in front of flags.
fn broken(command: &str) -> String {
    const WIDE: usize = 72;
    let mut flags = command.split(" --");
    let mut text = flags.next().unwrap_or_default().to_owned();
    let mut length = text.len();
    for flag in flags {
        if length + flag.len() + 3 > WIDE {
            text += " \\\n   ";
            length = 3;
        }
        text += " --";
        text += flag;
        length += flag.len() + 3;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{blocks, broken};

    #[test]
    fn a_command_and_what_it_prints_become_two_blocks() {
        let text = blocks("$ run it\nit  ran\n\nwell\n").unwrap().join("\n");
        assert_eq!(text, "```console\n$ run it\n```\n\n```text\nit  ran\n\nwell\n```");
        assert_eq!(blocks("0.0008\n1"), Err("begins with no command".to_owned()));
    }

    #[test]
    fn a_long_command_is_broken_where_a_shell_reads_on() {
        assert_eq!(broken("$ run --bin a -- --depth 3"), "$ run --bin a -- --depth 3");
        let long = format!("$ run -- --first {} --second 2 --third 3", "x".repeat(50));
        assert_eq!(broken(&long), long.replace(" --second", " \\\n    --second"));
    }
}
