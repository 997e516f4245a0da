//! What stands around the text of a page: how long it takes to read, and which pages are before and
//! behind it.

use crate::fences::{pieces, Piece};
use mdbook_preprocessor::book::{Book, BookItem};
use std::path::{Path, PathBuf};

/// Words a minute of a text that is thought about.
const WORDS: usize = 200;

/// A formula takes as long as so many words.
const FORMULA: usize = 5;

/// The pages of a book in their order: path and title.
#[derive(Debug, Default)]
pub struct Order(Vec<(PathBuf, String)>);

impl Order {
    /// Of the pages that the summary names.
    pub fn of(book: &Book) -> Self {
        let pages = book.iter().filter_map(|item| match item {
            BookItem::Chapter(chapter) => {
                Some((chapter.source_path.clone()?, chapter.name.clone()))
            }
            _ => None,
        });
        Self(pages.collect())
    }

    /// `text` of the page `path` with its reading time below the title and its neighbours at the end.
    pub fn around(&self, text: &str, path: &Path) -> String {
        let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
        let minutes = minutes(text);
        let unit = if minutes == 1 { "minute" } else { "minutes" };
        format!(
            "{title}\n\n<p class=\"minutes\">About {minutes} {unit} to read.</p>\n{rest}{}",
            self.turn(path)
        )
    }

    fn turn(&self, path: &Path) -> String {
        let Some(at) = self.0.iter().position(|(page, _)| page == path) else {
            return String::new();
        };
        let up = "../".repeat(path.components().count().saturating_sub(1));
        let link = |name: &str, at: Option<usize>| {
            let found = at.and_then(|at| self.0.get(at));
            found.map_or(String::new(), |(page, title)| {
                format!("[{name}: {title}]({up}{})\n", page.display())
            })
        };
        let links = link("Previous", at.checked_sub(1)) + &link("Next", Some(at + 1));
        if links.is_empty() {
            return links;
        }
        format!(
            "\n\n<nav class=\"turn\" aria-label=\"Previous and next page\">\n\n{links}\n</nav>\n"
        )
    }
}

/// Minutes that a text takes, code not counted: above ten a multiple of five.
fn minutes(text: &str) -> usize {
    let (mut words, mut formulas) = (0, 0);
    for piece in pieces(text) {
        if let Piece::Prose { text, .. } = piece {
            words += text.split_whitespace().count();
            formulas += text.matches('$').count() / 2;
        }
    }
    let minutes = (words + FORMULA * formulas).div_ceil(WORDS);
    match minutes {
        0..=10 => minutes,
        more => (more + 2) / 5 * 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundred_words_are_a_minute_and_code_is_none() {
        assert_eq!(minutes(&"word ".repeat(400)), 2);
        assert_eq!(minutes(&"word ".repeat(401)), 3);
        assert_eq!(minutes(&"$x$ ".repeat(200)), 6);
        assert_eq!(minutes(&"word ".repeat(2700)), 15);
        assert_eq!(minutes("```text\na b c\n```\n"), 0);
    }

    #[test]
    fn a_page_says_what_is_before_and_behind_it() {
        let page = |path: &str, title: &str| (PathBuf::from(path), title.to_owned());
        let order = Order(vec![page("a.md", "A"), page("theory/b.md", "B"), page("c.md", "C")]);
        let text = order.around("# B\n\nText.\n", Path::new("theory/b.md"));
        let expected = "# B\n\n<p class=\"minutes\">About 1 minute to read.</p>\n\nText.\n\n\n\
                        <nav class=\"turn\" aria-label=\"Previous and next page\">\n\n\
                        [Previous: A](../a.md)\n[Next: C](../c.md)\n\n</nav>\n";
        assert_eq!(text, expected);
        assert!(!order.around("# A\n", Path::new("a.md")).contains("Previous: "));
        assert!(!order.around("# C\n", Path::new("c.md")).contains("Next: "));
        assert!(!order.around("# D\n", Path::new("d.md")).contains("<nav"));
    }
}
