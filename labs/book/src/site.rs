//! Builds the book in this process: no `mdbook` needs to be installed.

mod staging;

use crate::warnings;
use mdbook_driver::config::Config;
use mdbook_driver::MDBook;
use mdbook_katex::preprocess::KatexProcessor;
use minigrad_cli::Failure;
use minigrad_preprocessor::{Figures, Library, Values};
use staging::Staging;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the book is built by default. Not where `book.toml` sends `mdbook`, whose `serve` leaves
/// a script in every page that asks its own server for news.
const FOLDER: &str = "target/book";

/// Builds the book of the workspace `root` into `out`, by default into `target/book`, and returns
/// that folder.
///
/// The book is built beside its place and moved there when it is complete, so that an earlier book
/// is there until then, whatever happens.
///
/// # Errors
/// If `book.toml` or a chapter is wrong, or `out` is not a place for a book: neither absent nor
/// empty nor an earlier book.
pub fn build(root: &Path, out: Option<&Path>) -> Result<PathBuf, Failure> {
    build_with(root, out, Library::Now)
}

/// The same, with a choice of when the library for the reader's browser is compiled.
///
/// # Errors
/// As [`build`].
pub fn build_with(root: &Path, out: Option<&Path>, library: Library) -> Result<PathBuf, Failure> {
    let mut config = config(root)?;
    let out = match out {
        Some(out) => std::path::absolute(out).map_err(|error| Failure::io(out, &error))?,
        None => root.join(FOLDER),
    };
    // A link to a folder stays one.
    let out = out.canonicalize().unwrap_or(out);
    check_place(&out)?;

    let staging = Staging::beside(&out)?;
    config.build.build_dir = staging.fresh();
    render(root, config, library)?;
    if !staging.fresh().join("index.html").is_file() {
        return Err(Failure::new(
            "book/SUMMARY.md names no chapter: expected a line such as - [Title](chapter.md)",
        ));
    }
    staging.finish()?;
    Ok(out)
}

/// The folder into which the book of the workspace `root` is built by default, after what a killed
/// build has left there is put in order.
///
/// # Errors
/// If that is not possible.
pub fn built(root: &Path) -> Result<PathBuf, Failure> {
    let folder = root.join(FOLDER);
    staging::recover(&folder)?;
    Ok(folder)
}

fn config(root: &Path) -> Result<Config, Failure> {
    Config::from_disk(root.join("book.toml"))
        .map_err(|error| Failure::new(format_args!("book.toml: {error:#}")))
}

fn render(root: &Path, config: Config, library: Library) -> Result<(), Failure> {
    // mdBook's errors are chains; `{:#}` writes one on one line.
    let say = |error: mdbook_driver::errors::Error| Failure::new(format_args!("{error:#}"));
    let mut book = MDBook::load_with_config(root, config).map_err(say)?;
    // In the place of the commands that book.toml names, in its order.
    book.with_preprocessor(Values { library })
        .with_preprocessor(KatexProcessor)
        .with_preprocessor(Figures);
    let (built, warnings) = warnings::collect(|| book.build());
    built.map_err(say)?;
    if warnings.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(warnings.join("; ")))
    }
}

/// Refuses to replace what is not a book.
fn check_place(out: &Path) -> Result<(), Failure> {
    let Ok(metadata) = fs::metadata(out) else {
        return Ok(());
    };
    // What every book has, whatever its settings.
    let is_book = [".nojekyll", "toc.html"].iter().all(|file| out.join(file).is_file());
    let is_empty = || fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_none());
    if metadata.is_dir() && (is_book || is_empty()) {
        return Ok(());
    }
    Err(Failure::usage(format_args!(
        "{}: holds something else than a book; name an empty or a new folder",
        out.display()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: &str = "[book]\nsrc = \"book\"\n[preprocessor.katex]\nno-css = true\n";

    fn book(chapter: &str) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let source = root.path().join("book");
        fs::create_dir(&source).unwrap();
        fs::write(root.path().join("book.toml"), SETTINGS).unwrap();
        fs::write(source.join("SUMMARY.md"), "- [A](a.md)\n").unwrap();
        fs::write(source.join("a.md"), chapter).unwrap();
        root
    }

    #[test]
    fn a_chapter_that_is_wrong_leaves_the_earlier_book() {
        let root = book("# First\n");
        let out = build(root.path(), None).unwrap();
        fs::write(root.path().join("book/a.md"), "{{#value lab x}}\n").unwrap();
        let failure = build(root.path(), None).unwrap_err();
        assert!(failure.to_string().starts_with("book/a.md:1:"), "{failure}");
        let page = fs::read_to_string(out.join("a.html")).unwrap();
        assert!(page.contains("First"));
        let left: Vec<_> = fs::read_dir(root.path().join("target")).unwrap().collect();
        assert_eq!(left.len(), 1, "nothing but the book stays: {left:?}");
    }

    #[test]
    fn a_summary_without_chapters_leaves_the_earlier_book() {
        let root = book("# First\n");
        let out = build(root.path(), None).unwrap();
        fs::write(root.path().join("book/SUMMARY.md"), "# Summary\n").unwrap();
        let failure = build(root.path(), None).unwrap_err().to_string();
        assert!(failure.starts_with("book/SUMMARY.md names no chapter: expected"), "{failure}");
        assert!(out.join("index.html").is_file() && out.join("a.html").is_file());
    }

    #[test]
    fn a_book_without_a_page_for_print_is_replaced() {
        let root = book("# First\n");
        let plain = format!("{SETTINGS}[output.html.print]\nenable = false\n");
        fs::write(root.path().join("book.toml"), plain).unwrap();
        let out = build(root.path(), None).unwrap();
        assert!(!out.join("print.html").exists());
        assert_eq!(build(root.path(), None).unwrap(), out);
    }

    #[test]
    fn a_place_below_a_file_is_refused() {
        let root = book("# First\n");
        let failure = build(root.path(), Some(&root.path().join("book.toml/x"))).unwrap_err();
        assert_eq!(failure.code(), 2);
        assert!(failure.to_string().contains("book.toml/x: no place for a book"), "{failure}");
    }

    #[test]
    fn what_mdbook_warns_about_is_a_failure() {
        let root = book("# First\n\n<section>\n\nnever closed\n");
        let failure = build(root.path(), None).unwrap_err().to_string();
        assert!(failure.contains("unclosed HTML tag"), "{failure}");
    }

    #[test]
    fn a_folder_that_is_no_book_is_not_replaced() {
        let root = book("# First\n");
        let failure = build(root.path(), Some(&root.path().join("book"))).unwrap_err();
        assert_eq!(failure.code(), 2);
        assert!(root.path().join("book/a.md").is_file());
    }

    #[test]
    fn an_unknown_key_of_book_toml_is_named() {
        let root = book("# First\n");
        fs::write(root.path().join("book.toml"), "[book]\ncolour = 1\n").unwrap();
        let failure = build(root.path(), None).unwrap_err().to_string();
        assert!(failure.contains("colour"), "{failure}");
    }
}
