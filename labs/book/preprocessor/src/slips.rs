//! Slips of the pen that neither mdBook nor KaTeX says a word about.

use crate::fences::{pieces, Piece};
use crate::options;
use pulldown_cmark::{Event, Parser};
use std::path::Path;

/// Slips that a whole page shows, each with its line.
pub fn of_page(text: &str) -> Vec<(usize, String)> {
    let exercises = (1..).zip(text.lines()).filter(|(_, line)| line.trim() == "{{#exercise}}");
    let again =
        exercises.skip(1).map(|(line, _)| (line, "a second exercise on one page".to_owned()));
    again.chain(empty_formulas(text)).chain(answers_without_key(text)).collect()
}

/// A slip that a line shows, of a page that lies in `folder`.
pub fn of_line(line: &str, folder: &Path) -> Option<String> {
    let spelled = |said| format!("{said}: a directive is written {{{{#name words}}}}");
    misspelled(line).map(spelled).or_else(|| foreign(line)).or_else(|| without_layout(line, folder))
}

/// A command of TeX that writes HTML of its own or shows a picture without words.
fn foreign(line: &str) -> Option<String> {
    let all = ["\\html", "\\includegraphics", "\\href", "\\url"];
    let at = all.into_iter().find_map(|one| line.find(one)).filter(|at| !in_code(line, *at))?;
    let named: String = line[at + 1..].chars().take_while(|c| c.is_alphabetic()).collect();
    Some(format!("\\{named}: a formula holds no HTML, link or picture"))
}

/// Displays with nothing between their dollars; KaTeX makes an empty line of them.
fn empty_formulas(text: &str) -> Vec<(usize, String)> {
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
fn answers_without_key(text: &str) -> Vec<(usize, String)> {
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
fn without_layout(line: &str, folder: &Path) -> Option<String> {
    line.match_indices("](").filter(|(at, _)| !in_code(line, *at)).find_map(|(at, _)| {
        if line[..at].rsplit_once("![").is_some_and(|(_, words)| words.trim().is_empty()) {
            return Some("a picture without words for who cannot see it".to_owned());
        }
        let link = line[at + 2..].split([')', ' ']).next()?;
        let stem = link.strip_suffix(".svg").filter(|_| !link.contains("://"))?;
        let layouts = [link.to_owned(), format!("{stem}-small.svg")];
        let lacks = layouts.into_iter().find(|layout| !folder.join(layout).is_file());
        lacks.map(|layout| format!("there is no {layout}, a layout of {link}"))
    })
}

/// What is nearly a directive: mdBook would show it as it stands.
fn misspelled(line: &str) -> Option<&str> {
    const KNOWN: [&str; 9] = [
        "value",
        "table",
        "listing",
        "claims",
        "explorer",
        "exercise",
        "include",
        "rustdoc_include",
        "title",
    ];
    let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    line.match_indices("{{").find_map(|(at, _)| {
        let inside = line[at + 2..].split('}').next()?;
        let word = inside.trim_start_matches(|c| !is_letter(c));
        let word = word.split(|c| !is_letter(c)).next()?;
        let is_spelled =
            inside.starts_with(&format!("#{word}")) && !line[..at].ends_with(['{', '\\']);
        let separated = inside.chars().nth(1 + word.len()).is_none_or(|c| c == ' ');
        let wrong = KNOWN.contains(&word) && !(is_spelled && separated);
        wrong.then(|| line[at..].trim_end())
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
    fn what_is_nearly_a_directive_is_refused() {
        for line in [
            "{{ value a b}}",
            "{{# value a b}}",
            "{{{#value a b}}}",
            "{{#value\u{a0}a b}}",
            "{{\\#include x}}",
            "{{exercise}}",
        ] {
            assert_eq!(misspelled(line), Some(line));
        }
        assert_eq!(misspelled("\\{{#value a b}}"), Some("{{#value a b}}"));
        for line in
            ["{{#value a b}}", "{{#exercise}}", "$\\frac{{a}}{b}$", "{{#include a/value.rs}}"]
        {
            assert_eq!(misspelled(line), None, "{line}");
        }
        assert_eq!(of_page("{{#exercise}}\n\n{{#exercise}}\n").len(), 1);
    }

    #[test]
    fn a_formula_with_html_or_a_picture_is_refused() {
        let said = |what: &str| Some(format!("\\{what}: a formula holds no HTML, link or picture"));
        assert_eq!(foreign("$\\htmlId{a}{x}$"), said("htmlId"));
        assert_eq!(foreign("$\\includegraphics{a.png}$"), said("includegraphics"));
        assert_eq!(foreign("`\\htmlId`, $x$"), None);
    }

    #[test]
    fn a_figure_without_a_layout_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("x.svg"), "").unwrap();
        let lacks = |line: &str| without_layout(line, folder.path());
        let said = "there is no x-small.svg, a layout of x.svg".to_owned();
        assert_eq!(lacks("see ![a](x.svg)\n"), Some(said));
        let said = "a picture without words for who cannot see it".to_owned();
        assert_eq!(lacks("![ ](x.svg)\n"), Some(said));
        let said = "there is no y.svg, a layout of y.svg".to_owned();
        assert_eq!(lacks("see ![a](y.svg)\n"), Some(said));
        std::fs::write(folder.path().join("x-small.svg"), "").unwrap();
        for fine in ["![a](x.svg)", "`![a](y.svg)`", "[a](https://example.org/y.svg)", "[a](y.md)"]
        {
            assert_eq!(lacks(fine), None);
        }
    }
}
