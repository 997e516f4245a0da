//! Slips of the pen that neither mdBook nor KaTeX says a word about.

use crate::fences::{pieces, Piece};
use crate::options;
use pulldown_cmark::{Event, Parser};

/// Displays with nothing between their dollars; KaTeX makes an empty line of them.
pub fn empty_formulas(text: &str) -> Vec<(usize, String)> {
    let mut troubles = Vec::new();
    let mut open: Option<(usize, bool)> = None; // The line, and whether anything stands behind it.
    for piece in pieces(text) {
        let Piece::Prose { line, text } = piece else { continue };
        let mut parts = text.split("$$");
        let mut at = 0;
        let see = |part: &str, open: &mut Option<(usize, bool)>| {
            if let Some((_, filled)) = open {
                *filled |= !part.trim().is_empty();
            }
        };
        see(parts.next().unwrap_or_default(), &mut open);
        for part in parts {
            at += text[at..].find("$$").unwrap_or_default();
            if !in_code(text, at) {
                open = match open {
                    None => Some((line, false)),
                    Some((from, filled)) => {
                        if !filled {
                            troubles.push((from, "an empty formula: $$ and nothing".to_owned()));
                        }
                        None
                    }
                };
            }
            at += 2;
            see(part, &mut open);
        }
    }
    troubles
}

/// A directive whose hash was forgotten: mdBook would show it as it stands.
pub fn without_hash(line: &str) -> Option<&str> {
    line.match_indices("{{").find_map(|(at, _)| {
        let inside = line[at + 2..].split("}}").next()?;
        let word = inside.split_whitespace().next()?;
        let known = ["value", "table", "claims", "include", "rustdoc_include", "title"];
        known.contains(&word).then(|| line[at..].trim_end())
    })
}

/// Whether byte `at` of a line stands between backticks.
pub fn in_code(line: &str, at: usize) -> bool {
    // Without its margin, which alone would make it code.
    let margin = line.len() - line.trim_start().len();
    Parser::new_ext(line.trim_start(), options())
        .into_offset_iter()
        .any(|(event, range)| matches!(event, Event::Code(_)) && range.contains(&(at - margin)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_formula_is_refused() {
        for text in ["a $$ $$ b\n", "$$\n\n$$\n", "a\n\n$$$$\n"] {
            assert!(empty_formulas(text).len() == 1, "{text}");
        }
        let fine = "$$\nx\n$$\n\n$$\ny\n$$\n\n`$$ $$`\n\n```text\n$$\n$$\n```\n";
        assert_eq!(empty_formulas(fine), []);
    }
}
