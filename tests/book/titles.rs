//! One title a page: in the sidebar, in the tab and above the text; and an address a paper.

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

/// Works without an address that could be checked: named by their title alone.
const WITHOUT_ADDRESS: [&str; 3] = ["Alec Radford", "Youngmin Cho", "Michael Wichura"];

fn papers_without_link(root: &Path) -> Vec<String> {
    let path = "book/reference/further-reading.md";
    let text = read(&root.join(path));
    let mut line = 1;
    let mut troubles = Vec::new();
    for (entry, number) in text.split("\n- **").zip(0..) {
        let known = entry.contains("](https://")
            || entry.contains(", above.")
            || WITHOUT_ADDRESS.iter().any(|author| entry.starts_with(author));
        if number > 0 && !known {
            troubles.push(format!("{path}:{line}: a paper without its address"));
        }
        line += entry.matches('\n').count() + 1;
    }
    troubles
}

#[test]
fn every_paper_says_where_it_is() {
    none(papers_without_link(&root()));
    let text = "# A\n\n- **A B 2020.** *C.*\n";
    let file = [("book/reference/further-reading.md", text)];
    finds(papers_without_link, &file, "further-reading.md:3: a paper without its address");
}
