//! Builds the book in this process: no `mdbook` needs to be installed.

use crate::{warnings, Failure};
use mdbook_driver::config::Config;
use mdbook_driver::MDBook;
use mdbook_katex::preprocess::KatexProcessor;
use minigrad_preprocessor::{Figures, Values};
use std::fs;
use std::path::{Path, PathBuf};

/// Builds the book of the workspace `root` into `out`, by default into the folder that `book.toml`
/// names, and returns that folder.
///
/// The book is built beside its place and moved there when it is complete, so that a failure
/// leaves an earlier book as it was.
///
/// # Errors
/// If `book.toml` or a chapter is wrong, or `out` is not a place for a book: neither absent nor
/// empty nor an earlier book.
pub fn build(root: &Path, out: Option<&Path>) -> Result<PathBuf, Failure> {
    let mut config = config(root)?;
    let out = match out {
        Some(out) => std::path::absolute(out).map_err(|error| Failure::io(out, &error))?,
        None => root.join(&config.build.build_dir),
    };
    check_place(&out)?;

    // Beside its place: a rename cannot cross file systems.
    let parent = out
        .parent()
        .ok_or_else(|| Failure::usage(format_args!("{}: no place for a book", out.display())))?;
    fs::create_dir_all(parent).map_err(|error| Failure::io(parent, &error))?;
    let staging = tempfile::Builder::new()
        .prefix(".book-")
        .tempdir_in(parent)
        .map_err(|error| Failure::io(parent, &error))?;
    let fresh = staging.path().join("new");
    config.build.build_dir.clone_from(&fresh);

    render(root, config)?;
    replace(&out, &fresh, &staging.path().join("old"))
        .map_err(|error| Failure::io(&out, &error))?;
    Ok(out)
}

/// The folder into which the book of the workspace `root` is built by default.
///
/// # Errors
/// If `book.toml` is wrong.
pub fn built(root: &Path) -> Result<PathBuf, Failure> {
    Ok(root.join(config(root)?.build.build_dir))
}

fn config(root: &Path) -> Result<Config, Failure> {
    Config::from_disk(root.join("book.toml"))
        .map_err(|error| Failure::new(format_args!("book.toml: {error:#}")))
}

fn render(root: &Path, config: Config) -> Result<(), Failure> {
    // mdBook's errors are chains; `{:#}` writes one on one line.
    let say = |error: mdbook_driver::errors::Error| Failure::new(format_args!("{error:#}"));
    let mut book = MDBook::load_with_config(root, config).map_err(say)?;
    // In the place of the commands that book.toml names, in its order.
    book.with_preprocessor(Values).with_preprocessor(KatexProcessor).with_preprocessor(Figures);
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
    let is_book =
        ["index.html", "toc.html", "print.html"].iter().all(|page| out.join(page).is_file());
    let is_empty = || fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_none());
    if metadata.is_dir() && (is_book || is_empty()) {
        return Ok(());
    }
    Err(Failure::usage(format_args!(
        "{}: holds something else than a book; name an empty or a new folder",
        out.display()
    )))
}

fn replace(out: &Path, fresh: &Path, old: &Path) -> std::io::Result<()> {
    if out.exists() {
        fs::rename(out, old)?;
    }
    fs::rename(fresh, out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book(chapter: &str) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let source = root.path().join("book");
        fs::create_dir(&source).unwrap();
        fs::write(
            root.path().join("book.toml"),
            "[book]\nsrc = \"book\"\n[build]\nbuild-dir = \"target/book\"\n[preprocessor.katex]\nno-css = true\n",
        )
        .unwrap();
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
    fn what_mdbook_warns_about_is_a_failure() {
        let root = book("# First\n\n<details>\n\nnever closed\n");
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
