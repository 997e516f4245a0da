//! One style of numbers on every page, whoever wrote them.
//!
//! | written | set |
//! |---|---|
//! | `3.4e38`, `1e-3` | 3.4 × 10³⁸, 10⁻³ |
//! | `12 x 256` | 12 × 256 |
//! | `10%`, `10 %` | 10 %, on one line |
//! | `0.69 -> 0.01` | 0.69 → 0.01 |
//!
//! Code and formulas are left alone.

use crate::options;
use crate::running::formulas;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// A blank at which no line ends.
const FIRM: char = '\u{a0}';

/// Sets the running text, headings and tables of a page.
#[must_use]
pub fn set(text: &str) -> String {
    let mut open = vec![false; text.len()];
    let mut code = false;
    for (event, range) in Parser::new_ext(text, options()).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(_)) => code = true,
            Event::End(TagEnd::CodeBlock) => code = false,
            Event::Text(_) if !code => open[range].fill(true),
            _ => {}
        }
    }
    for range in formulas(text, &open) {
        open[range].fill(false);
    }
    let mut set = String::with_capacity(text.len());
    let mut from = 0;
    for run in open.chunk_by(|a, b| a == b) {
        let part = &text[from..from + run.len()];
        set += &if run[0] { words(part) } else { part.to_owned() };
        from += run.len();
    }
    set
}

/// Sets words that are no code and no formula.
#[must_use]
pub fn words(text: &str) -> String {
    let text = text.replace(" -> ", " → ");
    let mut set = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let begins = !set.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'));
        if let Some((mantissa, exponent, after)) = power(rest).filter(|_| begins) {
            if mantissa != "1" {
                set += &format!("{mantissa}{FIRM}×{FIRM}");
            }
            set += "10";
            set.extend(exponent.chars().filter_map(raised));
            rest = after;
        } else if let Some(after) =
            rest.strip_prefix(" x ").filter(|after| starts_with_digit(after))
        {
            set += &format!("{FIRM}×{FIRM}");
            rest = after;
        } else if let Some(after) =
            percent(rest).filter(|_| set.ends_with(|c: char| c.is_ascii_digit()))
        {
            set += &format!("{FIRM}%");
            rest = after;
        } else {
            set.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    set
}

fn percent(text: &str) -> Option<&str> {
    text.strip_prefix('%').or_else(|| text.strip_prefix(" %"))
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

/// Mantissa and exponent of a number such as `3.4e-8` with which `text` begins, and what follows.
fn power(text: &str) -> Option<(&str, &str, &str)> {
    let digits =
        |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let whole = digits(text);
    let fraction = text[whole..].strip_prefix('.').map_or(0, |rest| 1 + digits(rest));
    let (mantissa, rest) = text.split_at(whole + fraction);
    let rest = rest.strip_prefix('e')?;
    let sign = usize::from(rest.starts_with('-'));
    let length = sign + digits(&rest[sign..]);
    let (exponent, after) = rest.split_at(length);
    let ends = !after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    (whole > 0 && length > sign && ends).then_some((mantissa, exponent, after))
}

fn raised(sign: char) -> Option<char> {
    let at = "-0123456789".find(sign)?;
    "⁻⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_style() {
        for (written, expected) in [
            ("up to 3.4e38, from 1.2e-38.", "up to 3.4 × 10³⁸, from 1.2 × 10⁻³⁸."),
            ("lr 1e-3", "lr 10⁻³"),
            ("12 x 256 relu, 50 blocks x 32", "12 × 256 relu, 50 blocks × 32"),
            ("10% or 10 % of 5.5%", "10 % or 10 % of 5.5 %"),
            ("loss 0.69 -> 0.01", "loss 0.69 → 0.01"),
            ("2e, e5, x1e5, 1e5x, 3x, a x b, 1.e", "2e, e5, x1e5, 1e5x, 3x, a x b, 1.e"),
        ] {
            assert_eq!(words(written).replace(FIRM, " "), expected);
        }
    }

    #[test]
    fn code_and_formulas_stay() {
        let text =
            "`1e-3` and $10% 1e3 x 4$ ``2 x 3``\n\n```text\n1e-3 -> 4%\n```\n\n$$\n1 -> 2\n$$\n";
        assert_eq!(set(text), text);
        assert_eq!(
            set("| 1e3 |\n|---|\n| $x$ 2e-4 |\n").replace(FIRM, " "),
            "| 10³ |\n|---|\n| $x$ 2 × 10⁻⁴ |\n"
        );
    }
}
