//! One title a page: in the sidebar, in the tab and above the text; and an address a paper.

use super::sources::pages;
use super::{finds, folder_of, none, read, root};
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

const READING: &str = "book/reference/further-reading.md";

/// The entries of the further reading: line and text.
fn entries(root: &Path) -> Vec<(usize, String)> {
    let text = read(&root.join(READING));
    let mut line = 1;
    let mut entries = Vec::new();
    for entry in text.split("\n- **") {
        entries.push((line, entry.to_owned()));
        line += entry.matches('\n').count() + 1;
    }
    entries.split_off(1)
}

/// An arXiv number, a DOI, or the page of the proceedings.
fn papers_without_link(root: &Path) -> Vec<String> {
    let without = entries(root)
        .into_iter()
        .filter(|(_, entry)| !entry.contains("](https://") && !entry.contains(", above."));
    without.map(|(line, _)| format!("{READING}:{line}: a paper without its address")).collect()
}

#[test]
fn every_paper_says_where_it_is() {
    none(papers_without_link(&root()));
    let text = "# A\n\n- **A B 2020.** *C.*\n";
    finds(
        papers_without_link,
        &[(READING, text)],
        "further-reading.md:3: a paper without its address",
    );
}

/// The works that a line names: surname and year, as in `Poole et al. 2016` or `(Cho & Saul 2009)`.
fn cited(line: &str) -> Vec<(String, String)> {
    let plain = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let year = plain(word);
        let is_year = year.len() == 4 && ["18", "19", "20"].iter().any(|c| year.starts_with(c));
        if !is_year || year.parse::<u32>().is_err() {
            continue;
        }
        let before = match words[..at] {
            [.., name, "et", "al."] | [.., name] => plain(name),
            [] => continue,
        };
        let others = ["January", "February", "March", "April", "May", "June", "July", "August"];
        let others = others.iter().chain(&["September", "October", "November", "December", "In"]);
        let name = before.starts_with(char::is_uppercase) && !others.clone().any(|o| before == *o);
        if name && before.chars().skip(1).any(char::is_lowercase) {
            found.push((before, year));
        }
    }
    found
}

/// Citations of works that the further reading does not list.
fn unlisted_papers(root: &Path) -> Vec<String> {
    let heads: Vec<String> = entries(root)
        .into_iter()
        .filter_map(|(_, entry)| entry.split("**").next().map(str::to_owned))
        .collect();
    let mut troubles = Vec::new();
    for (path, text) in pages(root) {
        for (line, number) in text.lines().zip(1..) {
            for (name, year) in cited(line) {
                if !heads.iter().any(|head| head.contains(&name) && head.contains(&year)) {
                    let path = path.display();
                    troubles.push(format!("{path}:{number}: {name} {year} is not in {READING}"));
                }
            }
        }
    }
    troubles
}

#[test]
fn every_cited_paper_is_in_the_further_reading() {
    none(unlisted_papers(&root()));
    let reading =
        (READING, "# A\n\n- **Ben Poole, Jo Saul 2016.** [*C*](https://arxiv.org/abs/1)\n");
    for text in ["Poole et al. 2017, eq. 3", "\n(Cho & Zaul 2016)", "so Poole (2015)"] {
        let files = [reading, ("book/a.md", text)];
        finds(unlisted_papers, &files, &format!(" is not in {READING}"));
    }
    let fine =
        [reading, ("book/a.md", "Poole et al. 2016, and (Cho & Saul 2016) in May 2020 of 2000")];
    none(unlisted_papers(folder_of(&fine).path()));
}
