//! The Markdown of the book.

use super::{files_below, finds, none, read, root};
use minigrad_preprocessor::fences::{fences, pieces, Fence, Piece};
use minigrad_preprocessor::includes;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Every page of the book and the README, as a path from `root`, with its text.
pub fn pages(root: &Path) -> Vec<(PathBuf, String)> {
    let mut paths: Vec<PathBuf> = files_below(&root.join("book"), "md")
        .into_iter()
        .map(|path| Path::new("book").join(path))
        .collect();
    paths.retain(|path| path != Path::new("book/SUMMARY.md"));
    paths.extend(root.join("README.md").is_file().then(|| "README.md".into()));
    paths
        .into_iter()
        .map(|path| {
            let text = read(&root.join(&path));
            (path, text)
        })
        .collect()
}

/// The pages that `book/SUMMARY.md` names, as paths from `book/`.
pub fn summary(root: &Path) -> BTreeSet<PathBuf> {
    links(root).into_iter().collect()
}

/// Every link of `book/SUMMARY.md`, in order.
fn links(root: &Path) -> Vec<PathBuf> {
    read(&root.join("book/SUMMARY.md"))
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .map(PathBuf::from)
        .collect()
}

fn each_fence(root: &Path, mut check: impl FnMut(&Fence, &str) -> Option<String>) -> Vec<String> {
    let mut troubles = Vec::new();
    for (path, text) in pages(root) {
        for fence in fences(&text) {
            if let Some(trouble) = check(&fence, &text) {
                troubles.push(format!("{}:{}: {trouble}", path.display(), fence.line));
            }
        }
    }
    troubles
}

fn summary_and_folder_agree(root: &Path) -> Vec<String> {
    let all = links(root);
    let named: BTreeSet<PathBuf> = all.iter().cloned().collect();
    let twice = named.iter().filter(|page| all.iter().filter(|other| other == page).count() > 1);
    let twice: Vec<String> =
        twice.map(|page| format!("{} is in SUMMARY.md twice", page.display())).collect();
    let mut there: BTreeSet<PathBuf> = files_below(&root.join("book"), "md").into_iter().collect();
    there.remove(Path::new("SUMMARY.md"));
    let missing = named.difference(&there);
    let unnamed = there.difference(&named);
    missing
        .map(|page| format!("{} is in SUMMARY.md but not there", page.display()))
        .chain(unnamed.map(|page| format!("{} is not in SUMMARY.md", page.display())))
        .chain(twice)
        .collect()
}

#[test]
fn every_page_is_in_the_summary_once_and_there() {
    none(summary_and_folder_agree(&root()));
    let check = summary_and_folder_agree;
    finds(check, &[("book/SUMMARY.md", "[A](a.md)")], "a.md is in");
    let unnamed = [("book/SUMMARY.md", ""), ("book/b/c.md", "")];
    finds(check, &unnamed, "b/c.md is not in");
    let twice = [("book/SUMMARY.md", "[A](a.md)\n[B](a.md)"), ("book/a.md", "")];
    finds(check, &twice, "a.md is in SUMMARY.md twice");
}

/// skeptic names a test after its page's stem.
fn stems(root: &Path) -> Vec<String> {
    let mut seen = BTreeMap::new();
    let mut troubles = Vec::new();
    for (path, _) in pages(root) {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let stem = stem.to_ascii_lowercase().replace('-', "_");
        if !stem.starts_with(|c: char| c.is_ascii_lowercase()) {
            troubles.push(format!("{} begins with no letter", path.display()));
        }
        if let Some(other) = seen.insert(stem, path.clone()) {
            let (path, other) = (path.display(), other.display());
            troubles.push(format!("{path} and {other} have one name"));
        }
    }
    troubles
}

#[test]
fn every_page_has_a_name_of_its_own() {
    none(stems(&root()));
    finds(stems, &[("book/01-a.md", "")], "begins with no letter");
    let twins = [("book/a/b-c.md", ""), ("book/d/b_c.md", "")];
    finds(stems, &twins, "have one name");
}

const LABELS: [&str; 6] = ["rust", "rust,ignore", "text", "console", "toml", "json"];

/// What skeptic would silently pass over.
fn fence_is_seen(fence: &Fence, text: &str) -> Option<String> {
    let before = text.lines().nth(fence.line.checked_sub(2)?).unwrap_or_default();
    if !LABELS.contains(&fence.label.as_str()) {
        Some(format!("label {:?} is none of {LABELS:?}", fence.label))
    } else if fence.prefix.starts_with([' ', '\t']) {
        Some("an indented fence".to_owned())
    } else if fence.label.starts_with("rust") && !fence.prefix.is_empty() {
        Some("Rust inside a quotation".to_owned())
    } else if !before.trim_matches(['>', ' ', '\t']).is_empty() {
        Some("no blank line before the fence".to_owned())
    } else if !fence.closed {
        Some("a fence that is never closed".to_owned())
    } else {
        None
    }
}

/// Lines that look like an opening fence and are none: HTML goes on until a blank line.
fn fences_within_html(root: &Path) -> Vec<String> {
    let mut troubles = Vec::new();
    for (path, text) in pages(root) {
        let lines = pieces(&text).into_iter().filter_map(|piece| match piece {
            Piece::Prose { line, text } => {
                let text = text.trim_start_matches(['>', ' ', '\t']);
                (text.starts_with("```") || text.starts_with("~~~")).then_some(line)
            }
            Piece::Code { .. } => None,
        });
        // Every other one closes.
        let openings = lines.step_by(2);
        let path = path.display();
        troubles
            .extend(openings.map(|line| format!("{path}:{line}: no blank line before the fence")));
    }
    troubles
}

fn fences_are_seen(root: &Path) -> Vec<String> {
    let mut troubles = each_fence(root, fence_is_seen);
    troubles.extend(fences_within_html(root));
    troubles
}

#[test]
fn every_fence_is_labelled_and_seen_by_all_tools() {
    none(fences_are_seen(&root()));
    for (text, expected) in [
        ("\n```\nx\n```\n", "label \"\""),
        ("\n```Rust\nx\n```\n", "label \"Rust\""),
        ("\n```rust,should_panic\nx\n```\n", "label"),
        ("\n  ```rust\nx\n  ```\n", "indented"),
        ("\n> ```rust\n> x\n> ```\n", "quotation"),
        ("<details>\n```rust\nx\n```\n", "blank line"),
        ("\n```rust\nx\n", "never closed"),
    ] {
        finds(fences_are_seen, &[("book/a.md", text)], expected);
    }
}

/// The target of the one `{{#include …}}` that a text consists of.
fn only_include(body: &str) -> Option<&str> {
    let target = body.trim().strip_prefix("{{#include ")?.strip_suffix("}}")?;
    (!target.contains(['{', '}', '\n'])).then_some(target.trim())
}

fn shown_source_is_included(root: &Path) -> Vec<String> {
    each_fence(root, |fence, _| {
        if fence.label != "rust,ignore" {
            return None;
        }
        let anchor = only_include(&fence.body).and_then(|target| target.split_once(':'));
        match anchor {
            Some((_, anchor)) if anchor.starts_with(|c: char| c.is_ascii_alphabetic()) => None,
            _ => Some("wants one {{#include path:anchor}} and nothing else".to_owned()),
        }
    })
}

#[test]
fn source_that_is_shown_is_included_by_anchor() {
    none(shown_source_is_included(&root()));
    for body in ["let x = 1;", "{{#include a.rs}}", "{{#include a.rs:3}}"] {
        let text = format!("\n```rust,ignore\n{body}\n```\n");
        let check = shown_source_is_included;
        finds(check, &[("book/a.md", &text)], "nothing else");
    }
}

fn included_source_exists(root: &Path) -> Vec<String> {
    let mut troubles = Vec::new();
    for (path, text) in pages(root) {
        let page = root.join(&path);
        let folder = page.parent().unwrap_or(root);
        for rest in text.split("{{#include ").skip(1) {
            let target = rest.split("}}").next().unwrap_or_default();
            if let Err(trouble) = includes::check(folder, target) {
                troubles.push(format!("{}: {trouble}", path.display()));
            }
        }
    }
    troubles
}

#[test]
fn every_include_finds_its_file_and_anchor() {
    none(included_source_exists(&root()));
    let text = "{{#include ../a.rs:gain}}";
    let check = included_source_exists;
    finds(check, &[("book/a.md", text)], "no file");
    let files = [("book/a.md", text), ("a.rs", "// ANCHOR: loss\n")];
    finds(check, &files, "never begins");
}

/// The book hides `main`; GitHub, which shows the README, hides nothing.
fn snippets_have_a_main(root: &Path) -> Vec<String> {
    let mut troubles = Vec::new();
    for (path, text) in pages(root) {
        let (first, last) = match path == Path::new("README.md") {
            true => ("fn main() {", "}"),
            false => ("# fn main() {", "# }"),
        };
        for fence in fences(&text).into_iter().filter(|fence| fence.label == "rust") {
            let opens = fence.body.lines().any(|line| line == first);
            if !opens || fence.body.lines().last() != Some(last) {
                let (path, line) = (path.display(), fence.line);
                troubles.push(format!("{path}:{line}: wants lines `{first}` and, last, `{last}`"));
            }
        }
    }
    troubles
}

#[test]
fn every_snippet_has_a_main_that_only_the_book_hides() {
    none(snippets_have_a_main(&root()));
    let text = "\n```rust\nlet x = 1;\n```\n";
    finds(snippets_have_a_main, &[("book/a.md", text)], "wants lines `# fn main() {`");
    let hidden = "\n```rust\n# fn main() {\n# }\n```\n";
    finds(snippets_have_a_main, &[("README.md", hidden)], "wants lines `fn main() {`");
}

/// Beside the fences of a page, the lines on which `tests/build.rs` has begun a test of it.
fn snippets_are_tests(root: &Path) -> Vec<String> {
    let check = |(path, text): (PathBuf, String)| {
        let rust = fences(&text).into_iter().filter(|fence| fence.label == "rust");
        let written: Vec<usize> = rust.map(|fence| fence.line).collect();
        let made = Path::new(env!("OUT_DIR")).join(&path);
        let made = std::fs::read_to_string(made).unwrap_or_default();
        let tests = (1..).zip(made.lines()).filter(|(_, text)| text.starts_with("#[test] fn "));
        let tested: Vec<usize> = tests.map(|(line, _)| line).collect();
        let lines = format!("snippets on lines {written:?}, tests on {tested:?}");
        (tested != written).then(|| format!("{}: {lines}", path.display()))
    };
    pages(root).into_iter().filter_map(check).collect()
}

#[test]
fn every_snippet_is_a_test_on_its_line() {
    none(snippets_are_tests(&root()));
    finds(snippets_are_tests, &[("book/a.md", "\n```rust\n```\n")], "[2], tests on []");
}

fn chapters_ask_first(root: &Path) -> Vec<String> {
    let mut troubles = Vec::new();
    for (path, text) in pages(root) {
        if !["book/theory", "book/labs"].iter().any(|part| path.starts_with(part)) {
            continue;
        }
        // It says what was found, and may stand open only below the box that asks for it.
        let summary = text.find("<details lang=\"es\">");
        let asked = text.find("<div class=\"predict\">");
        if summary.is_none() || summary < asked {
            troubles.push(format!("{}: no summary in Spanish below the first box", path.display()));
        }
        if !text.contains("\n## Predict before you run\n") {
            troubles.push(format!("{} asks for no prediction", path.display()));
        }
    }
    troubles
}

#[test]
fn every_chapter_asks_for_a_prediction_and_then_sums_up_in_spanish() {
    none(chapters_ask_first(&root()));
    let predict = "## Predict before you run\n\n<div class=\"predict\">\n";
    let spanish = "<details lang=\"es\">\n";
    for text in [format!("# A\n\n{predict}"), format!("# A\n\n{spanish}\n{predict}")] {
        finds(chapters_ask_first, &[("book/labs/a.md", &text)], "Spanish");
    }
    let text = format!("# A\n\n<div class=\"predict\">\n{spanish}");
    finds(chapters_ask_first, &[("book/theory/a.md", &text)], "prediction");
}
