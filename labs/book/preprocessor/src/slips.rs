//! Slips of the pen that neither mdBook nor KaTeX says a word about.

use crate::fences::{pieces, Piece};
use crate::options;
use pulldown_cmark::{Event, Parser};
use std::path::Path;

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

/// Answers whose wordings nothing says, so that nothing keeps them from standing open elsewhere; and
/// predictions that have no answer.
pub fn answers_without_key(text: &str) -> Vec<(usize, String)> {
    let mut troubles = Vec::new();
    let mut unanswered = None; // The line in which a box began.
    for piece in pieces(text) {
        let Piece::Prose { line, text } = piece else { continue };
        let has = |what: &str| text.match_indices(what).any(|(at, _)| !in_code(text, at));
        if has("<div class=\"predict\"") {
            unanswered = Some(line);
        }
        if has("<details") {
            match ["data-key=", "lang=", "class="].iter().any(|named| has(named)) {
                true if has("data-key=") => unanswered = None,
                true => {}
                false => {
                    troubles.push((line, "an answer without its data-key".to_owned()));
                    unanswered = None;
                }
            }
        }
        if has("</div>") {
            let began = unanswered.take();
            troubles.extend(began.map(|line| (line, "a prediction without an answer".to_owned())));
        }
    }
    troubles
}

/// The layout that a figure in this line of a page lacks; the page lies in `folder`.
pub fn without_layout(line: &str, folder: &Path) -> Option<String> {
    line.match_indices("](").filter(|(at, _)| !in_code(line, *at)).find_map(|(at, _)| {
        let link = line[at + 2..].split([')', ' ']).next()?;
        let stem = link.strip_suffix(".svg").filter(|_| !link.contains("://"))?;
        let layouts = [link.to_owned(), format!("{stem}-small.svg")];
        let lacks = layouts.into_iter().find(|layout| !folder.join(layout).is_file());
        lacks.map(|layout| format!("there is no {layout}, a layout of {link}"))
    })
}

/// A directive whose hash was forgotten: mdBook would show it as it stands.
pub fn without_hash(line: &str) -> Option<&str> {
    line.match_indices("{{").find_map(|(at, _)| {
        let inside = line[at + 2..].split("}}").next()?;
        let word = inside.split_whitespace().next()?;
        let known = ["value", "table", "listing", "claims", "include", "rustdoc_include", "title"];
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

    #[test]
    fn an_answer_without_its_key_and_a_prediction_without_an_answer_are_refused() {
        let page =
            |answer: &str| format!("# A\n\n<div class=\"predict\">\n\nWhat?\n\n{answer}</div>\n");
        let told = |answer: &str| answers_without_key(&page(answer));
        assert_eq!(told("<details data-key=\"45\">\n45\n</details>\n"), []);
        let bare = "<details>\n45\n</details>\n";
        assert_eq!(told(bare), [(7, "an answer without its data-key".to_owned())]);
        for none in ["", "<details lang=\"es\">\nNo\n</details>\n"] {
            assert_eq!(told(none), [(3, "a prediction without an answer".to_owned())]);
        }
        assert_eq!(answers_without_key("`<details>` folds; <details class=\"code\">\n"), []);
    }

    #[test]
    fn a_figure_without_a_layout_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("x.svg"), "").unwrap();
        let lacks = |line: &str| without_layout(line, folder.path());
        let said = "there is no x-small.svg, a layout of x.svg".to_owned();
        assert_eq!(lacks("see ![a](x.svg)\n"), Some(said));
        let said = "there is no y.svg, a layout of y.svg".to_owned();
        assert_eq!(lacks("see ![a](y.svg)\n"), Some(said));
        std::fs::write(folder.path().join("x-small.svg"), "").unwrap();
        for fine in ["![a](x.svg)", "`![a](y.svg)`", "[a](https://example.org/y.svg)", "[a](y.md)"]
        {
            assert_eq!(lacks(fine), None);
        }
    }
}
