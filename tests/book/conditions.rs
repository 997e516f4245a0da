//! What a rule, a bold sentence or an answer rests on: a claim of a lab, a number from a run, or a
//! snippet that asserts.

use super::{files_below, none, read, root};
use minigrad_preprocessor::generated::anchor;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The ids of the claims that hold.
fn claims(figures: &Path) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for file in files_below(figures, "json") {
        let data: Value = serde_json::from_str(&read(&figures.join(&file))).expect("JSON");
        let lab = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        for claim in data["claims"].as_array().into_iter().flatten() {
            if claim["holds"] == true {
                all.insert(anchor(lab, claim["name"].as_str().unwrap_or_default()));
            }
        }
    }
    all
}

/// A page as its sections: the id of the heading, the line it starts in, and the text.
type Sections = Vec<(String, usize, String)>;

fn sections(text: &str) -> Sections {
    let mut sections = vec![(String::new(), 1, String::new())];
    let mut in_code = false;
    for (line, number) in text.lines().zip(1..) {
        in_code ^= line.starts_with("```");
        if line.starts_with('#') && !in_code {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = |c: char| (c.is_alphanumeric() || "-_ ".contains(c)).then_some(c);
            let id: String = title.chars().filter_map(kept).collect();
            sections.push((id.replace(' ', "-"), number, String::new()));
        }
        let (.., text) = sections.last_mut().expect("the first");
        *text += line;
        text.push('\n');
    }
    sections
}

/// What stands in a text that a run or a compiler holds.
fn support(text: &str) -> Option<&'static str> {
    let has = |what: &str| text.contains(what);
    match () {
        () if has("{{#claims ") => Some("claims"),
        () if has("{{#value ") || has("{{#table ") => Some("numbers"),
        () if has("assert") && has("```rust") => Some("law"),
        () => None,
    }
}

/// Where a link of the page `from` leads: a claim, or a section with support.
fn behind(
    link: &str,
    from: &Path,
    pages: &BTreeMap<String, Sections>,
    claims: &BTreeSet<String>,
) -> Option<&'static str> {
    let (path, id) = link.split_once('#')?;
    if id.starts_with("claim-") {
        return claims.contains(id).then_some("claim");
    }
    let mut to = from.parent().unwrap_or(Path::new("")).to_path_buf();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        if part == ".." {
            to.pop();
        } else {
            to.push(part);
        }
    }
    let to = if path.is_empty() { from.to_path_buf() } else { to };
    let page = pages.get(to.to_str()?)?;
    let at = page.iter().position(|(own, ..)| own == id)?;
    // A section goes on in those below its heading.
    let depth = |text: &str| text.chars().take_while(|c| *c == '#').count();
    let own = depth(&page[at].2);
    let below = page[at + 1..].iter().take_while(|(.., text)| depth(text) > own);
    std::iter::once(&page[at]).chain(below).find_map(|(.., text)| support(text))
}

fn links(text: &str) -> Vec<&str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect()
}

/// Lines of the cheat sheet, bold sentences and answers: on what each rests, or that on nothing.
fn resting(book: &Path, claims: &BTreeSet<String>) -> Vec<(String, Option<&'static str>)> {
    let pages: BTreeMap<String, Sections> = files_below(book, "md")
        .into_iter()
        .map(|file| (file.to_string_lossy().into_owned(), sections(&read(&book.join(&file)))))
        .collect();
    let mut all = vec![];
    for (name, page) in &pages {
        let from = Path::new(name);
        let by_link = |text: &str| {
            links(text).into_iter().find_map(|link| behind(link, from, &pages, claims))
        };
        if name == "reference/cheat-sheet.md" {
            for (_, first, text) in page {
                let rows = text
                    .lines()
                    .zip(*first..)
                    .filter(|(line, _)| line.starts_with("| ") && line.contains("]("));
                for (row, line) in rows {
                    // Both what derives it and what measures it must hold.
                    let each: Vec<_> = links(row)
                        .into_iter()
                        .map(|link| behind(link, from, &pages, claims))
                        .collect();
                    let on = each
                        .iter()
                        .all(Option::is_some)
                        .then(|| each.last().copied().flatten())
                        .flatten();
                    all.push((format!("{name}:{line}"), on));
                }
            }
        } else if name.starts_with("theory/") || name.starts_with("labs/") {
            let whole: String = page.iter().map(|(.., text)| text.as_str()).collect();
            let solutions = links(&whole).into_iter().filter(|link| link.contains("solutions/sol"));
            let worked = solutions.filter_map(|link| {
                let file = link.split('#').next()?.trim_start_matches("../");
                pages.get(file)
            });
            let is_worked = worked.flatten().any(|(.., text)| support(text).is_some());
            for (_, first, text) in page {
                let mut line = *first;
                for paragraph in text.split("\n\n") {
                    let bold = paragraph.trim_start_matches(['-', ' ', '\n']).strip_prefix("**");
                    let sentence =
                        bold.and_then(|bold| bold.split_once("**")).map(|(said, _)| said);
                    if sentence.is_some_and(|said| said.ends_with(['.', '?', '!'])) {
                        let answers = || {
                            is_worked
                                .then_some("solution")
                                .or_else(|| support(&whole).map(|_| "page"))
                        };
                        let on = support(paragraph)
                            .or_else(|| by_link(paragraph))
                            .or_else(|| support(text));
                        all.push((format!("{name}:{line}"), on.or_else(answers)));
                    }
                    line += paragraph.matches('\n').count() + 2;
                }
            }
        }
    }
    all
}

#[test]
fn every_rule_bold_sentence_and_answer_rests_on_something_that_can_fail() {
    let all = resting(&root().join("book"), &claims(&root().join("figures")));
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    all.iter().for_each(|(_, on)| *counts.entry(on.unwrap_or("nothing")).or_default() += 1);
    println!("measured: rules, bold sentences and answers rest on {counts:?}");
    none(all.into_iter().filter(|(_, on)| on.is_none()).map(|(place, _)| place).collect());
}

#[test]
fn a_claim_that_fails_takes_its_lines_with_it() {
    let mut left = claims(&root().join("figures"));
    assert!(left.remove(&anchor("width", "falls")) && left.remove(&anchor("pairs", "both")));
    let sheet = read(&root().join("book/reference/cheat-sheet.md"));
    let of =
        |id: &str| (1..).zip(sheet.lines()).find(|(_, line)| line.contains(id)).expect("a row").0;
    let expected = ["#claim-pairs-both", "#claim-width-falls"]
        .map(|id| format!("reference/cheat-sheet.md:{}", of(id)));
    let fallen = resting(&root().join("book"), &left).into_iter().filter(|(_, on)| on.is_none());
    assert_eq!(fallen.map(|(place, _)| place).collect::<Vec<_>>(), expected);
}
