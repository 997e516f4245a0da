//! Text: its guessed width, line breaks, numbers as they are written on an axis.

use crate::palette::Ink;

/// Escapes a text for XML; control characters are dropped.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_control()) {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// Width of a text in the widest of the usual system fonts: room that is enough everywhere.
pub fn width(text: &str, ink: Ink) -> f64 {
    let em: f64 = text
        .chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | '\'' | '|' => 0.29,
            ' ' | '.' | ',' | ':' | ';' | '!' => 0.34,
            'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '/' | '-' | 'I' => 0.41,
            '⁰' | '¹' | '²' | '³' | '⁴' | '⁵' | '⁶' | '⁷' | '⁸' | '⁹' | '⁻' => {
                0.42
            }
            'm' | 'M' | 'w' | 'W' | '→' | '↑' | '×' | '−' | '=' | '+' | '<' | '>' => 0.9,
            c if c.is_uppercase() => 0.72,
            _ => 0.63,
        })
        .sum();
    let bold = if matches!(ink, Ink::Title | Ink::Heading) { 1.1 } else { 1.0 };
    em * ink.size() * bold
}

/// Breaks a text at spaces so that each line fits, in lines of about the same length. A single
/// word may be wider.
pub fn wrap(text: &str, room: f64, ink: Ink) -> Vec<String> {
    let mut lines = fill(text, room, ink);
    let mut tighter = room - 8.0;
    while lines.len() > 1 && tighter > 40.0 {
        let narrow = fill(text, tighter, ink);
        if narrow.len() > lines.len() {
            break;
        }
        lines = narrow;
        tighter -= 8.0;
    }
    lines
}

/// Breaks a text at spaces so that each line is as full as it can be.
pub fn fill(text: &str, room: f64, ink: Ink) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line, ink) + width(" ", ink) + width(word, ink) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines
}

/// `10^k` as it is printed: `1`, `10⁻³`.
pub fn power(k: i32) -> String {
    if k == 0 {
        return "1".into();
    }
    let digits = k.to_string();
    let raised = digits.chars().map(|c| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        c => char::from_u32('⁰' as u32 + c as u32 - '0' as u32).unwrap_or(c),
    });
    format!("10{}", raised.collect::<String>())
}

/// A number with this many decimals and a true minus sign.
pub fn decimal(v: f64, places: usize) -> String {
    let text = format!("{v:.places$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| c == '0' || c == '.') => rest.to_string(),
        Some(rest) => format!("−{rest}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::palette::Color;

    #[test]
    fn powers_are_raised() {
        assert_eq!(power(-10), "10⁻¹⁰");
        assert_eq!(power(26), "10²⁶");
        assert_eq!(power(345), "10³⁴⁵");
    }

    #[test]
    fn minus_zero_is_zero() {
        assert_eq!(decimal(-0.001, 2), "0.00");
        assert_eq!(decimal(-2.5, 1), "−2.5");
    }

    #[test]
    fn wrapped_lines_fit_and_lose_no_word() {
        let text = "Uniform diverges, Xavier crawls, Kaiming trains: the init decides";
        let ink = Ink::Label(Color::A);
        let lines = wrap(text, 200.0, ink);
        assert!(lines.len() > 2 && lines.iter().all(|l| width(l, ink) <= 200.0));
        assert_eq!(lines.join(" "), text);
    }
}
