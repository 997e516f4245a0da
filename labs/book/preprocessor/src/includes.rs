//! `{{#include PATH:ANCHOR}}`: mdBook leaves a block empty when the anchor is missing and the
//! directive as it stands when the file is. Here both are errors.

use crate::fences::{pieces, Piece};
use std::path::Path;

/// Checks the target of an `{{#include …}}` written in a chapter that lives in `folder`.
///
/// # Errors
/// If the file does not exist, or the anchor does not begin and end in it.
pub fn check(folder: &Path, target: &str) -> Result<(), String> {
    let (path, part) = match target.trim().split_once(':') {
        Some((path, part)) => (path, Some(part)),
        None => (target.trim(), None),
    };
    let file = folder.join(path);
    let text = std::fs::read_to_string(&file).map_err(|_| format!("there is no file {path}"))?;
    let (file, folder) = (file.canonicalize(), folder.canonicalize());
    let root = folder.ok().and_then(|folder| {
        let root = folder.ancestors().find(|folder| folder.join("book.toml").is_file());
        Some(root?.to_owned())
    });
    if root.is_some_and(|root| file.is_ok_and(|file| !file.starts_with(root))) {
        return Err(format!("{path} lies outside of the repository"));
    }
    let Some(anchor) = part.filter(|part| !is_line_range(part)) else {
        return Ok(());
    };
    for (mark, name) in [("ANCHOR", "begins"), ("ANCHOR_END", "ends")] {
        if !marks(&text, mark).any(|found| found == anchor) {
            let known: Vec<&str> = marks(&text, "ANCHOR").collect();
            let known = known.join(", ");
            return Err(format!("anchor {anchor:?} never {name} in {path}; its anchors: {known}"));
        }
    }
    Ok(())
}

/// Moves the source of every `rust,ignore` block to the left by what all its lines are indented:
/// a method, shown alone, needs no margin of its `impl`.
#[must_use]
pub fn flush_left(text: &str) -> String {
    let flush = |piece| match piece {
        Piece::Code { fence, text } if fence.label == "rust,ignore" => {
            let margin = fence.body.lines().filter_map(indent).min().unwrap_or(0);
            let cut = |line: &str| line.get(margin..).unwrap_or("\n").to_owned();
            let body: String = fence.body.split_inclusive('\n').map(cut).collect();
            text.replacen(&fence.body, &body, 1)
        }
        Piece::Code { text, .. } | Piece::Prose { text, .. } => text.to_owned(),
    };
    pieces(text).into_iter().map(flush).collect()
}

/// Spaces before the text of a line, if it has text.
fn indent(line: &str) -> Option<usize> {
    line.find(|c| c != ' ')
}

fn is_line_range(part: &str) -> bool {
    !part.is_empty() && part.chars().all(|c| c.is_ascii_digit() || c == ':')
}

/// The names after `ANCHOR: ` or `ANCHOR_END: `.
fn marks<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines().filter_map(move |line| {
        let at = line.find(&format!("{mark}:"))?;
        let rest = line[at + mark.len() + 1..].trim_start();
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        Some(&rest[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_against(source: &str, target: &str) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.rs"), source).unwrap();
        check(folder.path(), target)
    }

    const SOURCE: &str = "// ANCHOR: gain\nfn gain() {}\n// ANCHOR_END: gain\n";

    #[test]
    fn a_file_outside_of_the_repository_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let book = folder.path().join("root/book");
        std::fs::create_dir_all(&book).unwrap();
        for file in ["root/book.toml", "root/inside.txt", "secret.txt"] {
            std::fs::write(folder.path().join(file), "").unwrap();
        }
        assert_eq!(check(&book, "../inside.txt"), Ok(()));
        let secret = folder.path().join("secret.txt");
        for path in ["../../secret.txt", secret.to_str().unwrap()] {
            let said = format!("{path} lies outside of the repository");
            assert_eq!(check(&book, path), Err(said));
        }
    }

    #[test]
    fn shown_source_begins_at_the_margin() {
        let text = "a\n\n```rust,ignore\n    fn f() {\n\n        1\n    }\n```\n\n    b\n";
        let flush = "a\n\n```rust,ignore\nfn f() {\n\n    1\n}\n```\n\n    b\n";
        assert_eq!(flush_left(text), flush);
        assert_eq!(flush_left(flush), flush);
    }

    #[test]
    fn an_anchor_that_is_there_passes() {
        assert_eq!(check_against(SOURCE, "a.rs:gain"), Ok(()));
        assert_eq!(check_against(SOURCE, "a.rs"), Ok(()));
        assert_eq!(check_against(SOURCE, "a.rs:1:2"), Ok(()));
    }

    #[test]
    fn a_missing_anchor_lists_the_anchors_there_are() {
        let error = check_against(SOURCE, "a.rs:loss").unwrap_err();
        assert_eq!(error, r#"anchor "loss" never begins in a.rs; its anchors: gain"#);
    }

    #[test]
    fn an_anchor_that_never_ends_is_refused() {
        let error = check_against("// ANCHOR: gain\n", "a.rs:gain").unwrap_err();
        assert!(error.contains("never ends"), "{error}");
    }

    #[test]
    fn a_missing_file_is_refused() {
        assert_eq!(check_against(SOURCE, "b.rs:gain").unwrap_err(), "there is no file b.rs");
    }
}
