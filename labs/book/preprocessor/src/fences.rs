//! Where a Markdown text has fenced code blocks, line by line.

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
    let mut lines = text.split_inclusive('\n').zip(1..);
    let mut at = 0;
    while let Some((opening, line)) = lines.next() {
        let start = at;
        at += opening.len();
        let Some((prefix, marker, label)) = opening_fence(opening) else {
            found.push(Piece::Prose { line, text: opening });
            continue;
        };
        let mut fence = Fence {
            line,
            prefix: prefix.to_owned(),
            label: label.to_owned(),
            body: String::new(),
            closed: false,
        };
        for (inner, _) in lines.by_ref() {
            at += inner.len();
            if closes(inner, marker) {
                fence.closed = true;
                break;
            }
            fence.body.push_str(inner);
        }
        found.push(Piece::Code { fence, text: &text[start..at] });
    }
    found
}

/// The fenced code blocks of `text`, in order.
pub fn fences(text: &str) -> Vec<Fence> {
    pieces(text)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Code { fence, .. } => Some(fence),
            Piece::Prose { .. } => None,
        })
        .collect()
}

/// Splits an opening fence into what stands before it, its marker and its label.
fn opening_fence(line: &str) -> Option<(&str, &str, &str)> {
    let rest = line.trim_start_matches([' ', '\t', '>']);
    let prefix = &line[..line.len() - rest.len()];
    let kind = rest.chars().next().filter(|&c| c == '`' || c == '~')?;
    let after = rest.trim_start_matches(kind);
    let marker = &rest[..rest.len() - after.len()];
    let label = after.trim();
    // A backtick in the label makes it inline code: ```like this```.
    let is_fence = marker.len() >= 3 && !(kind == '`' && label.contains('`'));
    is_fence.then_some((prefix, marker, label))
}

fn closes(line: &str, marker: &str) -> bool {
    let rest = line.trim_start_matches([' ', '\t', '>']).trim_end();
    rest.len() >= marker.len() && rest.bytes().all(|byte| byte == marker.as_bytes()[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_concatenate_to_the_text() {
        let text = "a\n```rust\nlet x = 1;\n```\nb\n> ~~~text\n> ```\n> ~~~\nlast";
        let joined: String = pieces(text)
            .iter()
            .map(|piece| match piece {
                Piece::Prose { text, .. } | Piece::Code { text, .. } => *text,
            })
            .collect();
        assert_eq!(joined, text);
    }

    #[test]
    fn a_fence_knows_its_line_label_and_body() {
        let found = fences("a\n\n````rust,ignore\nx\n```\ny\n````\n");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].line, 3);
        assert_eq!(found[0].label, "rust,ignore");
        assert_eq!(found[0].body, "x\n```\ny\n");
        assert!(found[0].closed);
    }

    #[test]
    fn an_unclosed_fence_says_so() {
        assert!(!fences("```text\nx\n")[0].closed);
    }

    #[test]
    fn inline_code_is_no_fence() {
        assert!(fences("```not a fence```\n").is_empty());
    }
}
