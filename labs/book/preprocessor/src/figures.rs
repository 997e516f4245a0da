//! The stage after KaTeX and includes: figures, rendered formulas, shown source.

use crate::captions::{frames, Edit, Located};
use crate::{includes, line_of, math, options, prose, rewrite_chapters};
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::errors::Result;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use pulldown_cmark::{Event, Parser, Tag};
use std::path::{Component, Path};

/// Points figure links at the rendered book, frames figures with their captions and tables of
/// prose with the names of their columns, settles formulas, and moves shown source to the left margin.
///
/// Figures live in `figures/`, beside `book/`. A chapter links them as GitHub needs it
/// (`../../figures/x.svg` from `book/theory/x.md`); the rendered book has them in its own
/// `figures/`.
#[derive(Debug, Clone, Copy)]
pub struct Figures;

impl Preprocessor for Figures {
    fn name(&self) -> &str {
        "minigrad"
    }

    fn run(&self, context: &PreprocessorContext, mut book: Book) -> Result<Book> {
        rewrite_chapters(&mut book, |path, chapter| {
            frame(&chapter.content, path, &context.root).map_err(|troubles| {
                let file = context.config.book.src.join(path);
                troubles
                    .into_iter()
                    .map(|trouble| format!("{}: {trouble}", file.display()))
                    .collect()
            })
        })?;
        Ok(book)
    }

    fn supports_renderer(&self, renderer: &str) -> Result<bool> {
        Ok(renderer == "html")
    }
}

/// Rewrites one chapter; `chapter` is its path below the book's source, `root` holds `figures/`.
///
/// # Errors
/// A figure that does not exist, and a dollar left over: TeX that KaTeX could not read, or money
/// not written `\$5`.
pub fn frame(text: &str, chapter: &Path, root: &Path) -> Result<String, Vec<String>> {
    let text = includes::flush_left(&math::settle(text));
    let events: Vec<Located<'_>> = Parser::new_ext(&text, options()).into_offset_iter().collect();
    let mut edits = frames(&events);
    edits.extend(prose::frames(&text, &events));
    let mut troubles = Vec::new();
    for (event, range) in &events {
        match event {
            Event::Start(Tag::Image { dest_url, .. } | Tag::Link { dest_url, .. }) => {
                let Some(figure) = figure_path(chapter, dest_url) else {
                    continue;
                };
                if !root.join(&figure).is_file() {
                    troubles.push(format!("there is no {figure}, linked as {dest_url}"));
                }
                let image = matches!(event, Event::Start(Tag::Image { .. }));
                match image.then(|| size(&root.join(&figure))).flatten() {
                    Some(size) => {
                        let alt = alt(&events, range);
                        edits.push((range.clone(), sized(&above(chapter), &figure, &alt, size)));
                    }
                    None => {
                        edits.extend(redirect(&text, range.clone(), dest_url, chapter, &figure));
                    }
                }
            }
            Event::Text(_) | Event::Html(_) | Event::InlineHtml(_)
                // The lines of a code block are texts, too.
                if !in_code(&events, range.start) =>
            {
                troubles.extend(stray_dollar(&text, range.start, range.end));
            }
            _ => {}
        }
    }
    if troubles.is_empty() {
        Ok(apply(&text, edits))
    } else {
        Err(troubles)
    }
}

/// `figures/x.svg`, if that is where `link` leads from `chapter` on GitHub.
fn figure_path(chapter: &Path, link: &str) -> Option<String> {
    // Steps down from the book's source; -1 is the workspace.
    let mut depth = i32::try_from(chapter.components().count()).ok()? - 1;
    let mut below = Vec::new();
    for part in Path::new(link).components() {
        match part {
            Component::ParentDir if below.is_empty() => depth -= 1,
            Component::CurDir => {}
            Component::Normal(name) => below.push(name.to_str()?),
            _ => return None,
        }
    }
    let found = depth == -1 && below.len() > 1 && below[0] == "figures";
    found.then(|| below.join("/"))
}

/// The edit that makes `link`, written somewhere in `range`, lead to the rendered book's `figure`.
fn redirect(
    text: &str,
    range: std::ops::Range<usize>,
    link: &str,
    chapter: &Path,
    figure: &str,
) -> Option<Edit> {
    let start = range.start + text[range].rfind(link)?;
    Some((start..start + link.len(), format!("{}{figure}", above(chapter))))
}

/// The way from a chapter up to the rendered book's folder.
fn above(chapter: &Path) -> String {
    "../".repeat(chapter.components().count() - 1)
}

/// Width and height of a drawing, as its `viewBox` has them.
fn size(drawing: &Path) -> Option<(String, String)> {
    let text = std::fs::read_to_string(drawing).ok()?;
    let (_, view) = text.split_once("viewBox=\"")?;
    let mut numbers = view.split('"').next()?.split(' ').skip(2).map(str::to_owned);
    Some((numbers.next()?, numbers.next()?))
}

/// What an image says to those who do not see it.
fn alt(events: &[Located<'_>], image: &std::ops::Range<usize>) -> String {
    let inside =
        events.iter().filter(|(_, range)| image.start < range.start && range.end < image.end);
    let text = inside.map(|(event, _)| match event {
        Event::Text(text) | Event::Code(text) => text,
        _ => " ",
    });
    text.collect::<String>().replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

/// An image that keeps its place while it loads: Markdown cannot give its size.
fn sized(up: &str, figure: &str, alt: &str, (width, height): (String, String)) -> String {
    format!("<img src=\"{up}{figure}\" alt=\"{alt}\" width=\"{width}\" height=\"{height}\">")
}

fn in_code(events: &[Located<'_>], at: usize) -> bool {
    events.iter().any(|(event, range)| {
        matches!(event, Event::Start(Tag::CodeBlock(_))) && range.contains(&at)
    })
}

fn stray_dollar(text: &str, start: usize, end: usize) -> Option<String> {
    let dollars = text[start..end].match_indices('$').map(|(at, _)| start + at);
    let at = dollars.into_iter().find(|&at| !text[..at].ends_with('\\'))?;
    let around: String = text[at..].lines().next()?.chars().take(60).collect();
    Some(format!(
        "line {} of the text after formulas: KaTeX cannot read `{around}` (money is written \\$5)",
        line_of(text, at)
    ))
}

fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut applied = String::with_capacity(text.len());
    let mut at = 0;
    for (range, replacement) in edits {
        applied.push_str(&text[at..range.start]);
        applied.push_str(&replacement);
        at = range.end;
    }
    applied.push_str(&text[at..]);
    applied
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(text: &str, chapter: &str) -> Result<String, Vec<String>> {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("figures")).unwrap();
        std::fs::write(root.path().join("figures/x.svg"), "<svg/>").unwrap();
        frame(text, Path::new(chapter), root.path())
    }

    #[test]
    fn figure_links_lead_to_the_rendered_book() {
        let deep = framed("see ![a](../../figures/x.svg)", "theory/a.md").unwrap();
        assert_eq!(deep, "see ![a](../figures/x.svg)");
        let flat = framed("[data](../figures/x.svg)", "a.md").unwrap();
        assert_eq!(flat, "[data](figures/x.svg)");
    }

    #[test]
    fn an_image_keeps_its_place_while_it_loads() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("figures")).unwrap();
        let svg = "<svg viewBox=\"0 0 660 636\"/>";
        std::fs::write(root.path().join("figures/x.svg"), svg).unwrap();
        let text = "![It \"falls\" below `1`](../../figures/x.svg)";
        let image = "<img src=\"../figures/x.svg\" alt=\"It &quot;falls&quot; below 1\" width=\"660\" height=\"636\">";
        assert_eq!(frame(text, Path::new("theory/a.md"), root.path()).unwrap(), image);
    }

    #[test]
    fn other_links_stay() {
        let text =
            "[a](../labs/b.md) ![i](../../elsewhere/x.svg) [c](https://example.org/figures/x.svg)";
        assert_eq!(framed(text, "theory/a.md").unwrap(), text);
    }

    #[test]
    fn a_missing_figure_is_refused() {
        let error = framed("![a](../../figures/y.svg)", "theory/a.md").unwrap_err();
        assert_eq!(error, ["there is no figures/y.svg, linked as ../../figures/y.svg"]);
    }

    #[test]
    fn an_image_and_its_caption_become_a_figure() {
        let text = "![a](../figures/x.svg)\n\n*It <span>falls</span>,\n_always_.*\n\nText.\n";
        assert_eq!(
            framed(text, "a.md").unwrap(),
            "<figure>\n\n![a](figures/x.svg)\n\n<figcaption>\n\nIt <span>falls</span>,\n_always_.\
             \n\n</figcaption>\n</figure>\n\n\nText.\n"
        );
    }

    #[test]
    fn a_paragraph_that_is_not_all_emphasis_is_no_caption() {
        for text in [
            "![a](x.svg)\n\n*Some* text and *more*\n",
            "![a](x.svg)\n\n**Bold**\n",
            "![a](x.svg)\n\nText\n\n*Emphasis*\n",
            "See ![a](x.svg)\n\n*Emphasis*\n",
        ] {
            assert_eq!(framed(text, "a.md").unwrap(), text);
        }
    }

    #[test]
    fn images_in_fenced_code_stay() {
        let text = "```text\n![a](../figures/x.svg)\n\n*caption*\n```\n";
        assert_eq!(framed(text, "a.md").unwrap(), text);
    }

    #[test]
    fn a_dollar_left_over_is_refused() {
        let error = framed("a\n\nb $\\frac{1$ c\n", "a.md").unwrap_err();
        assert!(error[0].contains("line 3"), "{error:?}");
        assert!(framed("<summary>$x$</summary>\n", "a.md").is_err());
        for hidden in ["<b>\\$5 and $x$</b>\n", "costs \\$5 and \\$6, or $\\frac{1$\n"] {
            assert!(framed(hidden, "a.md").is_err(), "{hidden} hides behind money");
        }
    }

    #[test]
    fn money_and_code_may_have_dollars() {
        let text = "costs \\$5, `$HOME`\n\n```console\n$ cargo run\n```\n";
        assert_eq!(framed(text, "a.md").unwrap(), text);
    }
}
