//! The mdBook preprocessor of the minigrad book.
//!
//! Two stages, one on each side of KaTeX:
//!
//! 1. [`Values`] puts generated numbers, tables and claims into the text, formulas included,
//!    checks that whatever a chapter includes exists, links the words of the glossary, and adds
//!    each page's reading time and its neighbours.
//! 2. [`Figures`] points figure links at the rendered book, frames a figure with its caption,
//!    and makes rendered formulas safe inside Markdown.
//!
//! mdBook itself shrugs at a missing file, a missing anchor or a formula that is not TeX. Here
//! each is an error that names the chapter, the line and what would have been right.

pub mod around;
pub mod captions;
mod drawing;
pub mod explorer;
pub mod fences;
pub mod figures;
pub mod generated;
pub mod glossary;
pub mod includes;
pub mod listing;
pub mod math;
mod pictures;
pub mod prose;
mod running;
mod slips;
pub mod typography;
pub mod values;
pub mod wasm;

pub use explorer::Library;
pub use figures::Figures;
pub use values::Values;

use mdbook_preprocessor::book::{Book, BookItem, Chapter};
use mdbook_preprocessor::errors::{Error, Result};
use pulldown_cmark::Options;
use std::path::Path;

/// What mdBook reads, too.
fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM
}

/// Rewrites every chapter that has a source file, and reports the troubles of all of them at once.
fn rewrite_chapters(
    book: &mut Book,
    mut rewrite: impl FnMut(&Path, &Chapter) -> Result<String, Vec<String>>,
) -> Result<()> {
    let mut troubles = Vec::new();
    book.for_each_mut(|item| {
        if let BookItem::Chapter(chapter) = item {
            let Some(path) = chapter.source_path.clone() else {
                return;
            };
            match rewrite(&path, chapter) {
                Ok(content) => chapter.content = content,
                Err(found) => troubles.extend(found),
            }
        }
    });
    if troubles.is_empty() {
        Ok(())
    } else {
        Err(Error::msg(troubles.join("\n")))
    }
}

/// The number, from 1, of the line in which byte `at` of `text` stands.
fn line_of(text: &str, at: usize) -> usize {
    text[..at].bytes().filter(|&byte| byte == b'\n').count() + 1
}
