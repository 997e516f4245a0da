//! Which part of a Markdown text is running text.

use crate::options;
use pulldown_cmark::{Event, Parser, TagEnd};
use std::ops::Range;

/// Which bytes are running text: of paragraphs and lists, and not of headings, code, formulas,
/// links, tables, HTML, folds or directives.
pub fn running(text: &str) -> Vec<bool> {
    let mut open = vec![false; text.len()];
    let (mut within, mut folds) = (0_usize, 0_usize);
    let closed = |tag: TagEnd| {
        use TagEnd::{CodeBlock, Heading, HtmlBlock, Image, Link, Table};
        matches!(tag, Heading(_) | CodeBlock | Link | Image | Table | HtmlBlock)
    };
    for (event, range) in Parser::new_ext(text, options()).into_offset_iter() {
        match event {
            Event::Start(tag) if closed(tag.to_end()) => within += 1,
            Event::End(tag) if closed(tag) => within -= 1,
            Event::Html(html) => {
                folds += html.matches("<details").count();
                folds = folds.saturating_sub(html.matches("</details").count());
            }
            Event::Text(_) | Event::SoftBreak if within == 0 && folds == 0 => {
                open[range].fill(true);
            }
            _ => {}
        }
    }
    for range in formulas(text, &open).into_iter().chain(directives(text)) {
        open[range].fill(false);
    }
    open
}

/// From each dollar of the open text to the next.
pub fn formulas(text: &str, open: &[bool]) -> Vec<Range<usize>> {
    let dollars = text.match_indices('$').map(|(at, _)| at);
    let dollars = dollars.filter(|&at| open[at] && !text[..at].ends_with('\\'));
    let mut dollars: Vec<usize> = dollars.collect();
    // A display is two dollars, a formula, two dollars.
    dollars.dedup_by(|next, last| *next == *last + 1);
    let end = |at: usize| at + 1 + usize::from(text[at + 1..].starts_with('$'));
    dollars.chunks_exact(2).map(|pair| pair[0]..end(pair[1])).collect()
}

fn directives(text: &str) -> Vec<Range<usize>> {
    let starts = text.match_indices("{{#");
    starts.filter_map(|(at, _)| Some(at..at + text[at..].find("}}")? + 2)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_directives_and_all_that_is_no_prose_are_left_out() {
        let text = "# T\n\nab $c$ `d` {{#value e}} *f* $$\ng\n$$ h\n\n| i |\n|---|\n";
        let letters = text.chars().zip(running(text));
        let open = letters.filter(|(letter, open)| *open && letter.is_alphabetic());
        assert_eq!(open.map(|(letter, _)| letter).collect::<String>(), "abfh");
    }
}
