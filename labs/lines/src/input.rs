//! Input line by line, however long its lines are and whatever bytes they hold.

use std::io::{BufRead, Error, Read, Result};

/// The longest line that is read, in bytes.
const LONGEST: u64 = 1 << 20;

/// How far the end of a longer line is looked for, in bytes.
const FARTHEST: u64 = 1 << 26;

/// The next line of `input` without its end, or why it cannot be read; `None` behind the last.
///
/// # Errors
/// If the input cannot be read, or a line does not end within 64 megabytes.
pub fn next_line(
    input: &mut dyn BufRead,
) -> Result<Option<std::result::Result<String, &'static str>>> {
    let mut bytes = Vec::new();
    input.take(LONGEST + 1).read_until(b'\n', &mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    let ended = bytes.last() == Some(&b'\n');
    if !ended && bytes.len() as u64 > LONGEST {
        let mut rest = input.take(FARTHEST);
        rest.skip_until(b'\n')?;
        if rest.limit() == 0 {
            return Err(Error::other("a line does not end within 64 megabytes"));
        }
        return Ok(Some(Err("longer than a megabyte")));
    }
    if ended {
        bytes.pop();
    }
    Ok(Some(String::from_utf8(bytes).map_err(|_| "no UTF-8")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_line_leaves_the_next_one() {
        let mut bytes = b"one\n\xff\xfe\n".to_vec();
        bytes.extend(vec![b'x'; 2 * LONGEST as usize]);
        bytes.extend(b"\n\nlast");
        let mut input = &bytes[..];
        let mut next = || next_line(&mut input).unwrap().map(|line| line.map_err(|why| &why[..7]));
        assert_eq!(next(), Some(Ok("one".to_owned())));
        assert_eq!(next(), Some(Err("no UTF-")));
        assert_eq!(next(), Some(Err("longer ")));
        assert_eq!(next(), Some(Ok(String::new())));
        assert_eq!(next(), Some(Ok("last".to_owned())));
        assert_eq!(next(), None);
    }

    #[test]
    fn a_line_without_an_end_is_an_error() {
        let mut zeros = std::io::BufReader::new(std::io::repeat(0));
        assert!(next_line(&mut zeros).is_err());
    }
}
