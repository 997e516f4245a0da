//! One title a page: in the sidebar, in the tab and above the text.

use crate::{finds, none, read, root};
use std::collections::BTreeMap;
use std::path::Path;

/// Title and path of every page that `book/SUMMARY.md` names, with the line.
fn named(summary: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    summary.lines().zip(1..).filter_map(|(line, number)| {
        let (title, path) = line.split_once('[')?.1.split_once("](")?;
        Some((number, title, path.split(')').next()?))
    })
}

fn titles_agree(root: &Path) -> Vec<String> {
    let mut troubles = Vec::new();
    let mut seen = BTreeMap::new();
    let summary = read(&root.join("book/SUMMARY.md"));
    for (line, title, path) in named(&summary) {
        let text = read(&root.join("book").join(path));
        let heading = text.lines().next().and_then(|first| first.strip_prefix("# "));
        let here = format!("book/SUMMARY.md:{line}");
        if heading != Some(title) {
            troubles.push(format!("{here}: {title:?}, but {path} is headed {heading:?}"));
        }
        if let Some(other) = seen.insert(title, path) {
            troubles.push(format!("{here}: {path} has the title of {other}, {title:?}"));
        }
    }
    troubles
}

#[test]
fn every_page_has_one_title_and_shares_it_with_none() {
    none(titles_agree(&root()));
    let headed = [("book/SUMMARY.md", "[A](a.md)"), ("book/a.md", "# B\n")];
    finds(titles_agree, &headed, "SUMMARY.md:1: \"A\", but a.md is headed Some(\"B\")");
    let files = [
        ("book/SUMMARY.md", "[A](a.md)\n[A](b.md)"),
        ("book/a.md", "# A\n"),
        ("book/b.md", "# A\n"),
    ];
    finds(titles_agree, &files, "SUMMARY.md:2: b.md has the title of a.md");
}
