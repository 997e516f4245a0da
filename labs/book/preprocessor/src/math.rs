//! Rendered formulas inside Markdown.
//!
//! KaTeX writes a formula as HTML on one line, and Markdown still reads the text between its
//! tags: an underscore of the TeX annotation, or a bar in a table, would break out.

use crate::fences::{pieces, Piece};

const FORMULA: &str = "<span class=\"katex";

/// The ends of a formula's last piece, of what is seen of it, and of the formula.
const ENDS: &str = "</span></span></span>";

/// Drops the TeX `<annotation>` of every rendered formula, writes the characters that mean
/// something to Markdown as entities, and keeps a comma or full stop on the line of its formula.
///
/// A formula is there twice, as MathML to be read aloud and as HTML to be seen. The letters of the
/// second become attributes, which the style sheet shows: so they are searched and copied once.
#[must_use]
pub fn settle(text: &str) -> String {
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Prose { text, .. } => settle_line(text),
            Piece::Code { text, .. } => text.to_owned(),
        })
        .collect()
}

fn settle_line(line: &str) -> String {
    let mut settled = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(FORMULA) {
        settled.push_str(&rest[..at]);
        let start = settled.len();
        rest = settle_formula(&rest[at..], &mut settled);
        // A formula of several pieces may break between them, and must on a phone.
        let marks = rest.len() - rest.trim_start_matches([',', '.', ';', ':', ')', '?']).len();
        if marks > 0 && settled[start..].matches("class=\"base\"").count() == 1 {
            settled.insert_str(start, "<span class=\"whole\">");
            settled.push_str(&rest[..marks]);
            settled.push_str("</span>");
            rest = &rest[marks..];
        } else if marks > 0 && settled.ends_with(ENDS) {
            // Seen in the last piece, from which no line's end parts it; said behind the formula.
            let last = settled.len() - ENDS.len();
            settled.insert_str(last, &format!("<span data-seen=\"{}\"></span>", &rest[..marks]));
            settled.push_str(&format!("<span class=\"unseen\">{}</span>", &rest[..marks]));
            rest = &rest[marks..];
        }
    }
    settled.push_str(rest);
    settled
}

/// Writes the formula with which `text` begins to `out`; returns what follows it.
fn settle_formula<'a>(text: &'a str, out: &mut String) -> &'a str {
    let mut rest = text;
    let mut open_spans = 0_usize;
    let mut annotations = 0_usize;
    let mut seen = false;
    while let Some((between, tag, after)) = next_tag(rest) {
        if annotations == 0 && !between.is_empty() {
            if seen {
                letters(between, out);
            } else {
                escape(between, out);
            }
        }
        seen |= tag.contains("class=\"katex-html\"");
        rest = after;
        if tag.starts_with("<annotation") {
            annotations += 1;
        } else if tag == "</annotation>" {
            annotations = annotations.saturating_sub(1);
        } else if annotations == 0 {
            out.push_str(tag);
        }
        if tag.starts_with("<span") {
            open_spans += 1;
        } else if tag == "</span>" {
            open_spans = open_spans.saturating_sub(1);
            if open_spans == 0 {
                break;
            }
        }
    }
    rest
}

/// Splits at the first tag: the text before it, the tag, what follows.
fn next_tag(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find('<')?;
    let end = start + text[start..].find('>')? + 1;
    Some((&text[..start], &text[start..end], &text[end..]))
}

/// Writes letters that are only seen, behind what stands in `out`.
fn letters(text: &str, out: &mut String) {
    // Of the element that has just begun, or of one of their own.
    match out.ends_with("\">") && out.rfind('<').is_some_and(|at| out[at..].starts_with("<span")) {
        true => out.truncate(out.len() - 1),
        false => out.push_str("<span"),
    }
    let own = !out.ends_with('"');
    out.push_str(" data-seen=\"");
    escape(text, out);
    out.push_str(if own { "\"></span>" } else { "\">" });
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        if "*_`[]\\|~$'\"".contains(c) {
            out.push_str(&format!("&#{};", u32::from(c)));
        } else {
            out.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_annotation_goes() {
        let formula = "a <span class=\"katex\"><math><mi>x</mi><annotation encoding=\"t\">x_1 a_2\
                       </annotation></math></span> b_c_d\n";
        assert_eq!(
            settle(formula),
            "a <span class=\"katex\"><math><mi>x</mi></math></span> b_c_d\n"
        );
    }

    #[test]
    fn text_inside_a_formula_means_nothing_to_markdown() {
        let formula = "*a* <span class=\"katex\"><span>|x|</span>_</span> | *b*";
        assert_eq!(
            settle(formula),
            "*a* <span class=\"katex\"><span>&#124;x&#124;</span>&#95;</span> | *b*"
        );
    }

    #[test]
    fn what_is_seen_is_no_text() {
        let formula =
            "<span class=\"katex\"><span class=\"katex-mathml\"><math><mi>x</mi></math></span>\
                       <span class=\"katex-html\"><span class=\"mord\">x&lt;</span>y</span></span>";
        let seen = "<span class=\"katex-html\"><span class=\"mord\" data-seen=\"x&lt;\"></span>\
                    <span data-seen=\"y\"></span></span>";
        let settled = settle(formula);
        assert!(settled.ends_with(&format!("<mi>x</mi></math></span>{seen}</span>")), "{settled}");
    }

    #[test]
    fn a_comma_stays_with_its_formula() {
        let piece = "<span class=\"base\">x</span>";
        let formula = |pieces: &str| format!("<span class=\"katex\"><span>{pieces}</span></span>");
        let one = formula(piece);
        let two = formula(&piece.repeat(2));
        let marked = two.replace(ENDS, &format!("<span data-seen=\",\"></span>{ENDS}"));
        assert_eq!(
            settle(&format!("a {one}, b {one} c {two}, d {one}).")),
            format!(
                "a <span class=\"whole\">{one},</span> b {one} c \
                 {marked}<span class=\"unseen\">,</span> d \
                 <span class=\"whole\">{one}).</span>"
            )
        );
    }

    #[test]
    fn fenced_code_is_left_alone() {
        let text = "```text\n<span class=\"katex\">_</span>\n```\n";
        assert_eq!(settle(text), text);
    }
}
