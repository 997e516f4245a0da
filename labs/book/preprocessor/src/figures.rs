//! The stage after KaTeX and includes: figures, rendered formulas, shown source.

use crate::captions::{frames, Edit, Located};
use crate::pictures::{alt, picture};
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
                    continue;
                }
                if matches!(event, Event::Start(Tag::Image { .. })) {
                    let alt = alt(&events, range);
                    match picture(root, &above(chapter), &figure, &alt) {
                        Ok(picture) => edits.push((range.clone(), picture)),
                        Err(trouble) => troubles.push(trouble),
                    }
                } else {
                    edits.extend(redirect(&text, range.clone(), dest_url, chapter, &figure));
                }
            }
            Event::Text(_) | Event::Html(_) | Event::InlineHtml(_)
                // The lines of a code block are texts, too.
                if text[range.clone()].contains('$') && !in_code(&events, range.start) =>
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

    /// A workspace with one figure in these layouts.
    fn workspace(names: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("figures")).unwrap();
        for name in names {
            let size = if name.ends_with("-small.svg") { "480 700" } else { "660 636" };
            let svg = format!("<svg viewBox=\"0 0 {size}\"/>");
            std::fs::write(root.path().join("figures").join(name), svg).unwrap();
        }
        root
    }

    fn framed(text: &str, chapter: &str) -> Result<String, Vec<String>> {
        let root = workspace(&["x.svg", "x-small.svg"]);
        frame(text, Path::new(chapter), root.path())
    }

    /// What becomes of `![ALT](figures/x.svg)`.
    fn shown(up: &str, alt: &str) -> String {
        format!(
            "<a class=\"zoom\" href=\"{up}figures/x.svg\"><picture><source \
             media=\"(max-width: 500px)\" srcset=\"{up}figures/x-small.svg\" width=\"480\" \
             height=\"700\"><img src=\"{up}figures/x.svg\" alt=\"{alt}\" width=\"660\" \
             height=\"636\"></picture></a>"
        )
    }

    #[test]
    fn figure_links_lead_to_the_rendered_book() {
        let deep = framed("see ![a](../../figures/x.svg)", "theory/a.md").unwrap();
        assert_eq!(deep, format!("see {}", shown("../", "a")));
        let flat = framed("[data](../figures/x.svg)", "a.md").unwrap();
        assert_eq!(flat, "[data](figures/x.svg)");
    }

    #[test]
    fn what_a_figure_shows_is_said_without_markdown() {
        let text = "![It \"falls\" below `1`](../figures/x.svg)";
        assert_eq!(framed(text, "a.md").unwrap(), shown("", "It &quot;falls&quot; below 1"));
    }

    #[test]
    fn a_figure_without_its_layout_for_phones_is_refused() {
        let root = workspace(&["x.svg"]);
        let error = frame("![a](../figures/x.svg)", Path::new("a.md"), root.path()).unwrap_err();
        let expected = "figures/x.svg: there is no figures/x-small.svg of a known size";
        assert_eq!(error, [expected]);
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
            format!(
                "<figure>\n\n{}\n\n<figcaption>\n\nIt <span>falls</span>,\n_always_.\
                 \n\n</figcaption>\n</figure>\n\n\nText.\n",
                shown("", "a")
            )
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
