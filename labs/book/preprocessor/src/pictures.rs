//! What an image of Markdown becomes: a picture in two layouts, which can be enlarged.

use crate::captions::Located;
use pulldown_cmark::Event;
use std::path::Path;

/// Width and height of a drawing, as its `viewBox` has them.
fn size(drawing: &Path) -> Option<(String, String)> {
    let text = std::fs::read_to_string(drawing).ok()?;
    let (_, view) = text.split_once("viewBox=\"")?;
    let mut numbers = view.split('"').next()?.split(' ').skip(2).map(str::to_owned);
    Some((numbers.next()?, numbers.next()?))
}

/// What an image says to those who do not see it.
pub fn alt(events: &[Located<'_>], image: &std::ops::Range<usize>) -> String {
    let inside =
        events.iter().filter(|(_, range)| image.start < range.start && range.end < image.end);
    let text = inside.map(|(event, _)| match event {
        Event::Text(text) | Event::Code(text) => text,
        _ => " ",
    });
    text.collect::<String>().replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

/// A figure in the layout that fits the screen. It keeps its place while it loads, for Markdown cannot
/// give its size; and it is a link to the drawing, which `zoom.js` opens over the page.
///
/// # Errors
/// A layout that is missing, or has no size.
pub fn picture(root: &Path, up: &str, figure: &str, alt: &str) -> Result<String, String> {
    let small = match figure.strip_suffix(".svg") {
        Some(stem) => format!("{stem}-small.svg"),
        None => return Err(format!("{figure} is no SVG")),
    };
    let lacks = |file: &str| format!("{figure}: there is no {file} of a known size");
    let (width, height) = size(&root.join(figure)).ok_or_else(|| lacks(figure))?;
    let (less, lower) = size(&root.join(&small)).ok_or_else(|| lacks(&small))?;
    Ok(format!(
        "<a class=\"zoom\" href=\"{up}{figure}\"><picture><source media=\"(max-width: 500px)\" \
         srcset=\"{up}{small}\" width=\"{less}\" height=\"{lower}\"><img src=\"{up}{figure}\" \
         alt=\"{alt}\" width=\"{width}\" height=\"{height}\"></picture></a>"
    ))
}
