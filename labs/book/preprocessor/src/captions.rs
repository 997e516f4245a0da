//! An image alone in its paragraph, followed by a paragraph that is one emphasis, is a figure
//! with its caption:
//!
//! ```markdown
//! ![What the figure shows](../../figures/x.svg)
//!
//! *What it proves.*
//! ```

use pulldown_cmark::{Event, Tag, TagEnd};
use std::ops::Range;

/// A change to a source text: these bytes become this string.
pub type Edit = (Range<usize>, String);

/// A Markdown event and the bytes it stands for.
pub type Located<'a> = (Event<'a>, Range<usize>);

/// The edits that put `<figure>` and `<figcaption>` around every such pair.
#[must_use]
pub fn frames(events: &[Located<'_>]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut image: Option<usize> = None;
    for paragraph in top_level_blocks(events) {
        if let (Some(start), Some(caption)) = (image.take(), lone(paragraph, is_emphasis)) {
            edits.push((start..start, "<figure>\n\n".to_owned()));
            let opening = caption.start..caption.start + 1;
            let closing = caption.end - 1..caption.end;
            edits.push((opening, "<figcaption>\n\n".to_owned()));
            edits.push((closing, "\n\n</figcaption>\n</figure>\n".to_owned()));
        }
        image = lone(paragraph, is_image).map(|range| range.start);
    }
    edits
}

fn is_image(event: &Event<'_>) -> bool {
    matches!(event, Event::Start(Tag::Image { .. }))
}

fn is_emphasis(event: &Event<'_>) -> bool {
    matches!(event, Event::Start(Tag::Emphasis))
}

/// The events of each block that stands in no other block.
fn top_level_blocks<'e, 'a>(events: &'e [Located<'a>]) -> Vec<&'e [Located<'a>]> {
    let mut blocks = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, (event, _)) in events.iter().enumerate() {
        match event {
            Event::Start(_) => {
                if depth == 0 {
                    start = at;
                }
                depth += 1;
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    blocks.push(&events[start..=at]);
                }
            }
            _ => {}
        }
    }
    blocks
}

/// Where the only inline element of a paragraph stands, if there is one and `is` likes it.
fn lone(block: &[Located<'_>], is: fn(&Event<'_>) -> bool) -> Option<Range<usize>> {
    let [(Event::Start(Tag::Paragraph), _), (first, range), .., (last, end), (Event::End(TagEnd::Paragraph), _)] =
        block
    else {
        return None;
    };
    // The first element reaches to the last one: nothing stands behind it.
    let lone = is(first) && matches!(last, Event::End(_)) && end == range;
    lone.then(|| range.clone())
}
