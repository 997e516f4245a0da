//! Words of the glossary, linked where a page uses them first.
//!
//! A term is the title of a definition list of `reference/glossary.md`: `chi ($\chi$)` is named chi,
//! `fan_in, fan_out` are two names of one definition.

use crate::running::running;
use crate::{line_of, options};
use mdbook_preprocessor::book::{Book, BookItem};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

/// Where the definitions stand, from the book's folder.
pub const PAGE: &str = "reference/glossary.md";

/// Pages that name words and do not use them.
const UNLINKED: [&str; 2] = ["reference/further-reading.md", "reference/notation.md"];

/// Words of every day, which mean what the glossary says on one page alone.
const ONLY_ON: [(&str, &str); 5] = [
    ("harmful", "theory/th04-putting-it-together.md"),
    ("idle", "theory/th04-putting-it-together.md"),
    ("necessary", "theory/th04-putting-it-together.md"),
    ("redundant", "theory/th04-putting-it-together.md"),
    ("uniform", "theory/th01-initialization.md"),
];

/// A name, and the id of its definition.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Name {
    text: String,
    /// What stands for it in formulas.
    sign: Option<String>,
    id: String,
    line: usize,
}

/// The glossary, and which of its names pages have used so far.
#[derive(Debug, Default)]
pub struct Glossary {
    names: Vec<Name>,
    used: BTreeSet<String>,
}

impl Glossary {
    /// That of a book, if it has one.
    ///
    /// # Errors
    /// Every term without a definition, with its line.
    pub fn of(book: &Book) -> Result<Option<Self>, Vec<(usize, String)>> {
        let page = book.iter().find_map(|item| match item {
            BookItem::Chapter(page) if page.source_path.as_deref() == Some(Path::new(PAGE)) => {
                Some(&page.content)
            }
            _ => None,
        });
        page.map(|text| Glossary::read(text)).transpose()
    }

    /// The text of the page `path`: an id at each term of the glossary, elsewhere the links.
    pub fn on(&mut self, text: &str, path: &Path) -> String {
        if path == Path::new(PAGE) {
            return self.marked(text);
        }
        if UNLINKED.iter().any(|page| path == Path::new(page)) {
            return text.to_owned();
        }
        let elsewhere: Vec<&str> = ONLY_ON
            .iter()
            .filter(|(_, page)| path != Path::new(page))
            .map(|(word, _)| *word)
            .collect();
        self.link(text, &"../".repeat(path.components().count().saturating_sub(1)), &elsewhere)
    }

    fn read(text: &str) -> Result<Self, Vec<(usize, String)>> {
        let (mut names, mut troubles) = (vec![], vec![]);
        for (title, range) in titles(text) {
            let line = line_of(text, range.start);
            let known = title.split(" (").next().unwrap_or_default();
            let found = known.split(", ").map(str::to_owned);
            let sign = title.split('$').nth(1).map(str::to_owned);
            names.extend(found.map(|text| Name { text, sign: sign.clone(), id: id(title), line }));
        }
        for range in outside(text) {
            let said = text[range.clone()].lines().next().unwrap_or_default();
            troubles.push((line_of(text, range.start), format!("{said:?} has no definition")));
        }
        // The longest first: a map of q is not a q.
        names.sort_by_key(|name| std::cmp::Reverse(name.text.len()));
        if troubles.is_empty() {
            Ok(Self { names, used: BTreeSet::new() })
        } else {
            Err(troubles)
        }
    }

    /// The page of the glossary itself, each term a heading: so that the search finds it by its name.
    fn marked(&self, text: &str) -> String {
        let starts: BTreeSet<usize> =
            titles(text).iter().map(|(_, range)| line_of(text, range.start)).collect();
        let mut marked = String::with_capacity(2 * text.len());
        for (line, number) in text.lines().zip(1..) {
            if starts.contains(&number) {
                marked += &format!("## {} {{#{}}}\n\n", line.trim(), id(line));
            } else {
                let defined = line.strip_prefix(": ").or(line.strip_prefix("  "));
                marked += &format!("{}\n", defined.unwrap_or(line));
            }
        }
        marked
    }

    /// Links the first use of each name in a page, `without` some; `up` is the way to the book's folder.
    fn link(&mut self, text: &str, up: &str, without: &[&str]) -> String {
        let open = running(text);
        let mut linked: BTreeSet<&str> = BTreeSet::new();
        let mut edits = vec![];
        let mut at = 0;
        while at < text.len() {
            let begins = open[at] && !text[..at].ends_with(joins);
            let mut names = self.names.iter().filter(|_| begins);
            let found = names.find_map(|name| Some((name, length(text, at, &name.text, &open)?)));
            let Some((name, length)) = found else {
                at += text[at..].chars().next().map_or(1, char::len_utf8);
                continue;
            };
            if !without.contains(&name.text.as_str()) && linked.insert(&name.text) {
                edits.push((at, "[".to_owned()));
                edits.push((at + length, format!("]({up}{PAGE}#{})", name.id)));
            }
            at += length;
        }
        // Names of the code stand in code, signs in formulas.
        let signs = self.names.iter().filter(|name| {
            let sign = name.sign.as_ref().or(name.text.contains('_').then_some(&name.text));
            sign.is_some_and(|sign| text.contains(sign))
        });
        let signs = signs.map(|name| name.text.as_str());
        self.used.extend(linked.into_iter().chain(signs).map(str::to_owned));
        insert(text, edits)
    }

    /// The terms that no page has used, with their lines.
    pub fn unused(&self) -> Vec<(usize, String)> {
        let unused = self.names.iter().filter(|name| !self.used.contains(&name.text));
        unused.map(|name| (name.line, format!("{:?} is used on no page", name.text))).collect()
    }
}

/// The id of the definition of the term with this title: by its first name.
fn id(title: &str) -> String {
    let name = title.split([',', '(']).next().unwrap_or_default().trim();
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    format!("term-{}", name.chars().map(plain).collect::<String>())
}

/// The titles of all definitions, and where they stand.
fn titles(text: &str) -> Vec<(&str, Range<usize>)> {
    let events = Parser::new_ext(text, options()).into_offset_iter();
    let titles = events.filter_map(|(event, range)| {
        let title = text[range.clone()].lines().next()?.trim_end();
        matches!(event, Event::Start(Tag::DefinitionListTitle)).then_some((title, range))
    });
    titles.collect()
}

/// Paragraphs that are no definition.
fn outside(text: &str) -> Vec<Range<usize>> {
    let mut depth = 0;
    let events = Parser::new_ext(text, options()).into_offset_iter();
    let outside = events.filter_map(|(event, range)| {
        match event {
            Event::Start(Tag::DefinitionList) => depth += 1,
            Event::End(TagEnd::DefinitionList) => depth -= 1,
            Event::Start(Tag::Paragraph) if depth == 0 => return Some(range),
            _ => {}
        }
        None
    });
    outside.collect()
}

fn joins(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '\\')
}

/// How many bytes of `text` are `name` from byte `at` on, if they are: in running text, to the end of
/// a word, perhaps with a capital, a plural, or a line's end for a blank.
fn length(text: &str, at: usize, name: &str, open: &[bool]) -> Option<usize> {
    let mut rest = text[at..].chars();
    for (wanted, number) in name.chars().zip(0..) {
        let found = rest.next()?;
        let capital = number == 0 && found.to_lowercase().eq(wanted.to_lowercase());
        let blank = wanted == ' ' && found == '\n';
        if found != wanted && !capital && !blank {
            return None;
        }
    }
    let mut length = text.len() - at - rest.as_str().len();
    for plural in ["es", "s", ""] {
        let Some(after) = text[at + length..].strip_prefix(plural) else { continue };
        if !after.starts_with(joins) {
            length += plural.len();
            return open[at..at + length].iter().all(|&open| open).then_some(length);
        }
    }
    None
}

fn insert(text: &str, mut edits: Vec<(usize, String)>) -> String {
    edits.sort_by_key(|(at, _)| *at);
    let mut inserted = String::with_capacity(text.len());
    let mut from = 0;
    for (at, what) in edits {
        inserted.push_str(&text[from..at]);
        inserted.push_str(&what);
        from = at;
    }
    inserted + &text[from..]
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Glossary\n\nbatch\n: The inputs.\n\nmap of q\n: A map.\n\nq ($q$)\n\
                        : A number.\n\nfan_in, fan_out\n: Sizes.\n";

    fn linked(text: &str) -> String {
        Glossary::read(TEXT).unwrap().link(text, "../", &[])
    }

    #[test]
    fn the_first_use_is_linked_and_no_other() {
        let text = "A batch, two batches.\n\nThe map\nof q, and q.\n";
        let map = "[map\nof q](../reference/glossary.md#term-map-of-q)";
        assert_eq!(
            linked(text),
            format!(
                "A [batch](../reference/glossary.md#term-batch), two batches.\n\nThe {map}, and \
                 [q](../reference/glossary.md#term-q).\n"
            )
        );
        let plural = linked("- Batches of 64\n");
        assert_eq!(plural, "- [Batches](../reference/glossary.md#term-batch) of 64\n");
    }

    #[test]
    fn headings_code_formulas_links_tables_and_folds_stay() {
        for text in [
            "# A batch\n",
            "`batch` and ``a batch``\n",
            "```text\nbatch\n```\n",
            "so $a batch$, $$\nbatch\n$$\n",
            "[a batch](b.md) ![a batch](c.svg)\n",
            "| batch |\n|---|\n| batch |\n",
            "<details>\n<summary>a batch</summary>\n\nA batch.\n\n</details>\n",
            "{{#explorer batch}}\n",
            "a mini-batch, batch_size, batched\n",
        ] {
            assert_eq!(linked(text), text);
        }
    }

    #[test]
    fn every_term_is_a_heading_of_its_page() {
        let marked = Glossary::read(TEXT).unwrap().marked(TEXT);
        assert!(marked.starts_with("# Glossary\n\n## batch {#term-batch}\n\nThe inputs.\n\n"));
        assert!(marked.contains("\n## map of q {#term-map-of-q}\n\nA map.\n"), "{marked}");
        assert!(marked.contains("\n## q ($q$) {#term-q}\n\n"), "{marked}");
        assert!(marked.ends_with("\n## fan_in, fan_out {#term-fan-in}\n\nSizes.\n"), "{marked}");
    }

    #[test]
    fn a_term_without_definition_or_use_is_named() {
        let text = TEXT.replace("batch\n: The inputs.\n", "batch\n");
        let troubles = Glossary::read(&text).unwrap_err();
        assert_eq!(troubles, [(3, "\"batch\" has no definition".to_owned())]);
        let mut glossary = Glossary::read(TEXT).unwrap();
        glossary.link("the batch `fan_in` and $x$", "", &[]);
        let unused: Vec<_> = glossary.unused();
        let named = [(6, "\"map of q\""), (12, "\"fan_out\""), (9, "\"q\"")];
        let named = named.map(|(line, name)| (line, format!("{name} is used on no page")));
        assert_eq!(unused, named);
        glossary.link("so $q$", "", &[]);
        assert_eq!(glossary.unused().len(), 2, "a sign stands for its name");
    }
}
