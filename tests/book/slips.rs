//! What mdBook renders without a word, and nobody means.

use super::sources::pages;
use super::{files_below, finds, none, read, root};
use minigrad_preprocessor::fences::{pieces, Piece};
use std::collections::BTreeMap;
use std::path::Path;

/// The lines of prose of every page: path, number, text.
fn prose(root: &Path) -> Vec<(String, usize, String)> {
    let mut lines = Vec::new();
    for (path, text) in pages(root) {
        for piece in pieces(&text) {
            if let Piece::Prose { line, text } = piece {
                lines.push((path.display().to_string(), line, text.to_owned()));
            }
        }
    }
    lines
}

/// The headings of every page: path, level, text.
fn headings(root: &Path) -> Vec<(String, usize, String)> {
    let heading = |(path, _, line): (String, usize, String)| {
        let text = line.trim_start_matches('#');
        let level = line.len() - text.len();
        (level > 0 && text.starts_with(' ')).then(|| (path, level, text.trim().to_owned()))
    };
    prose(root).into_iter().filter_map(heading).collect()
}

fn one_title(root: &Path) -> Vec<String> {
    let all = headings(root);
    let titles = |path: &str| all.iter().filter(|(of, level, _)| of == path && *level == 1).count();
    let paths = pages(root).into_iter().map(|(path, _)| path.display().to_string());
    let counted = paths.map(|path| (titles(&path), path)).filter(|(count, _)| *count != 1);
    counted.map(|(count, path)| format!("{path} has {count} headings of level 1")).collect()
}

#[test]
fn every_page_has_one_title() {
    none(one_title(&root()));
    finds(one_title, &[("book/a.md", "# A\n\n# B\n")], "2 headings");
    finds(one_title, &[("book/a.md", "text\n\n```text\n# A\n```\n")], "0 headings");
}

fn headings_differ(root: &Path) -> Vec<String> {
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (path, _, text) in headings(root) {
        *seen.entry((path, text.to_lowercase())).or_default() += 1;
    }
    let twice = seen.into_iter().filter(|(_, count)| *count > 1);
    twice.map(|((path, text), _)| format!("{path}: heading {text:?} is there twice")).collect()
}

#[test]
fn no_heading_is_twice_on_a_page() {
    none(headings_differ(&root()));
    finds(headings_differ, &[("book/a.md", "# A\n\n## B\n\n### b\n")], "\"b\" is there twice");
}

/// A chapter of solutions says so; the summary has it under that name already.
fn titles_agree(root: &Path) -> Vec<String> {
    let all = headings(root);
    let summary = read(&root.join("book/SUMMARY.md"));
    let mut troubles = Vec::new();
    for line in summary.lines() {
        let link = line.split_once('[').and_then(|(_, rest)| rest.split_once("]("));
        let Some((title, path)) = link else { continue };
        let path = format!("book/{}", path.trim_end_matches(')'));
        let found = all.iter().find(|(of, level, _)| *of == path && *level == 1);
        let Some((_, _, heading)) = found else { continue };
        let said = heading.strip_prefix("Solutions: ").unwrap_or(heading);
        if said.to_lowercase() != title.to_lowercase() {
            troubles.push(format!("{path} begins {heading:?}, SUMMARY.md says {title:?}"));
        }
    }
    troubles
}

#[test]
fn the_summary_has_the_titles_of_the_chapters() {
    none(titles_agree(&root()));
    let files = [("book/SUMMARY.md", "- [A](a.md)\n"), ("book/a.md", "# B\n")];
    finds(titles_agree, &files, "begins \"B\", SUMMARY.md says \"A\"");
}

/// Tags and attributes that run, and links that do.
fn scripts(root: &Path) -> Vec<String> {
    let mut troubles = Vec::new();
    for (path, number, line) in prose(root) {
        let line: String = line.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        let tags = ["<script", "<iframe", "<object", "<embed", "<style", "javascript:", "(data:"];
        let handler = line.split(" on").skip(1).any(|rest| {
            let name = rest.split('=').next().unwrap_or_default();
            rest.len() > name.len() && name.bytes().all(|byte| byte.is_ascii_lowercase())
        });
        if let Some(tag) = tags.iter().find(|tag| line.contains(**tag)) {
            troubles.push(format!("{path}:{number}: {tag}"));
        } else if handler && line.contains('<') {
            troubles.push(format!("{path}:{number}: an attribute that runs"));
        }
    }
    troubles
}

#[test]
fn no_page_brings_a_script() {
    none(scripts(&root()));
    for (text, expected) in [
        ("<script>alert(1)</script>", "a.md:1: <script"),
        ("[a](javascript:alert(1))", "javascript:"),
        ("<a href=\"JavaScript:x\">a</a>", "javascript:"),
        ("<img src=\"x\" onerror=\"x\">", "an attribute that runs"),
        ("<IFRAME src=\"x\">", "<iframe"),
    ] {
        finds(scripts, &[("book/a.md", text)], expected);
    }
    let fine = [("book/a.md", "it depends on a = b, <kbd>on</kbd>\n\n```text\n<script>\n```\n")];
    none(scripts(super::folder_of(&fine).path()));
}

/// Anchors of shown source: each begins once, ends once behind, and is shown somewhere.
fn anchors(root: &Path) -> Vec<String> {
    let shown: String = pages(root).into_iter().map(|(_, text)| text).collect();
    let mut troubles = Vec::new();
    for folder in ["src", "labs", "tests"] {
        for file in files_below(&root.join(folder), "rs") {
            let name = format!("{folder}/{}", file.display());
            let mut open: Vec<String> = Vec::new();
            let mut done: Vec<String> = Vec::new();
            for line in read(&root.join(&name)).lines() {
                let Some(mark) = line.trim_start().strip_prefix("// ANCHOR") else { continue };
                if let Some(anchor) = mark.strip_prefix(": ") {
                    if open.iter().chain(&done).any(|other| other == anchor) {
                        troubles.push(format!("{name}: anchor {anchor} begins twice"));
                    } else if !shown.contains(&format!(":{anchor}}}}}")) {
                        troubles.push(format!("{name}: anchor {anchor} is shown nowhere"));
                    }
                    open.push(anchor.to_owned());
                } else if let Some(anchor) = mark.strip_prefix("_END: ") {
                    match open.iter().position(|other| other == anchor) {
                        Some(at) => done.push(open.remove(at)),
                        None => troubles.push(format!("{name}: anchor {anchor} never began")),
                    }
                } else {
                    troubles.push(format!("{name}: {line:?} marks nothing"));
                }
            }
            troubles.extend(open.iter().map(|one| format!("{name}: anchor {one} never ends")));
        }
    }
    troubles
}

#[test]
fn every_anchor_begins_ends_and_is_shown() {
    none(anchors(&root()));
    let page = ("book/a.md", "{{#include ../src/a.rs:x}}");
    for (source, expected) in [
        ("// ANCHOR: x\n", "x never ends"),
        ("// ANCHOR_END: x\n// ANCHOR: y\n// ANCHOR_END: y\n", "x never began"),
        ("// ANCHOR: y\n// ANCHOR_END: y\n", "y is shown nowhere"),
        ("// ANCHOR:x\n", "marks nothing"),
    ] {
        let found = anchors(super::folder_of(&[page, ("src/a.rs", source)]).path());
        assert!(found.iter().any(|trouble| trouble.contains(expected)), "{expected}: {found:?}");
    }
}
