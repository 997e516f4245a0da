//! Where a Markdown text has fenced code blocks.

use crate::options;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

/// One fenced code block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// Line of the opening fence, from 1.
    pub line: usize,
    /// What stands before the opening fence: blanks and the `>` of a quotation.
    pub prefix: String,
    /// What follows the opening fence: `rust,ignore`.
    pub label: String,
    /// The lines between the fences, each with its end of line.
    pub body: String,
    /// Whether the closing fence was found.
    pub closed: bool,
}

/// A line of the text, or a whole fenced code block with both its fences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A line outside every fence, with its end of line.
    Prose {
        /// Its number, from 1.
        line: usize,
        /// Its text.
        text: &'a str,
    },
    /// A fenced code block.
    Code {
        /// What it says.
        fence: Fence,
        /// Its source, fences included.
        text: &'a str,
    },
}

/// Cuts `text` into lines of prose and fenced code blocks; the pieces' texts concatenate to `text`.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    let blocks = Parser::new_ext(text, options()).into_offset_iter();
    for (label, range) in blocks.filter_map(|(event, range)| match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(label))) => Some((label, range)),
        _ => None,
    }) {
        // Whole lines, with what a quotation or a list puts before and a line's end behind.
        let start = text[..range.start].rfind('\n').map_or(0, |end| end + 1);
        let end = match text[..range.end].ends_with('\n') {
            true => range.end,
            false => text[range.end..].find('\n').map_or(text.len(), |end| range.end + end + 1),
        };
        prose(&text[at..start], &mut line, &mut found);
        let code = &text[start..end];
        let fence = Fence { line, label: label.trim().to_owned(), ..fence(code) };
        found.push(Piece::Code { fence, text: code });
        line += code.matches('\n').count();
        at = end;
    }
    prose(&text[at..], &mut line, &mut found);
    found
}

/// The fenced code blocks of `text`, in order.
pub fn fences(text: &str) -> Vec<Fence> {
    let code = |piece| match piece {
        Piece::Code { fence, .. } => Some(fence),
        Piece::Prose { .. } => None,
    };
    pieces(text).into_iter().filter_map(code).collect()
}

fn prose<'a>(text: &'a str, line: &mut usize, found: &mut Vec<Piece<'a>>) {
    for text in text.split_inclusive('\n') {
        found.push(Piece::Prose { line: *line, text });
        *line += 1;
    }
}

/// What the lines of a fenced code block say.
fn fence(code: &str) -> Fence {
    let bare = |line: &str| line.trim_start_matches([' ', '\t', '>']).trim_end().to_owned();
    let (opening, rest) = code.split_once('\n').unwrap_or((code, ""));
    let kind = bare(opening).chars().next().unwrap_or('`');
    let marker: String = bare(opening).chars().take_while(|&c| c == kind).collect();
    let closing = rest.split_inclusive('\n').next_back().unwrap_or_default();
    let closed = bare(closing).starts_with(&marker);
    let body = &rest[..rest.len() - if closed { closing.len() } else { 0 }];
    let prefix = &opening[..opening.find(kind).unwrap_or(0)];
    let (prefix, body) = (prefix.to_owned(), body.to_owned());
    Fence { line: 0, prefix, label: String::new(), body, closed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_concatenate_to_the_text() {
        let text = "a\n```rust\nlet x = 1;\n```\nb\n> ~~~text\n> ```\n> ~~~\nc\n- d\n\n  ```text\n  e\n  ```\nlast";
        let pieces = pieces(text);
        let joined: String = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Prose { text, .. } | Piece::Code { text, .. } => *text,
            })
            .collect();
        assert_eq!(joined, text);
        assert_eq!(pieces.len(), 9);
        assert_eq!(pieces[8], Piece::Prose { line: 15, text: "last" });
    }

    #[test]
    fn a_fence_knows_its_line_label_and_body() {
        let found = fences("a\n\n````rust,ignore\nx\n```\ny\n````\n\n> ~~~ text\n> z\n> ~~~\n");
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].line, 3);
        assert_eq!(found[0].label, "rust,ignore");
        assert_eq!(found[0].body, "x\n```\ny\n");
        assert!(found[0].closed);
        let Fence { line, prefix, label, body, closed } = &found[1];
        assert_eq!(
            (*line, &prefix[..], &label[..], &body[..], *closed),
            (9, "> ", "text", "> z\n", true)
        );
    }

    #[test]
    fn an_unclosed_fence_says_so() {
        let found = fences("````text\nx\n```\n");
        assert!(!found[0].closed);
        assert_eq!(found[0].body, "x\n```\n");
        assert!(!fences("```text")[0].closed);
    }

    #[test]
    fn inline_code_is_no_fence() {
        assert!(fences("```not a fence```\n").is_empty());
    }
}
