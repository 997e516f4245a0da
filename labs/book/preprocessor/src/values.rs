//! The stage before KaTeX: what stands in `{{#...}}`.

use crate::around::Order;
use crate::explorer::{self, Explorer, Library};
use crate::fences::{pieces, Piece};
use crate::generated::Results;
use crate::glossary::{self, Glossary};
use crate::slips::{self, in_code};
use crate::{includes, listing, rewrite_chapters, typography};
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::errors::{Error, Result};
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use std::path::Path;

/// Puts what the labs have measured into the text.
///
/// | directive | becomes |
/// |---|---|
/// | `{{#value LAB KEY}}` | the string `.values.KEY` of `figures/LAB.json`, also inside a formula |
/// | `{{#table LAB KEY}}`, alone on its line | the table `.tables.KEY` |
/// | `{{#listing LAB KEY}}`, alone on its line | a command and what it prints: the string `.values.KEY` |
/// | `{{#claims LAB}}`, alone on its line | the sentences of `.claims`, numbered |
/// | `{{#explorer KEY}}`, alone on its line | the explorer, opened at the network of this name |
/// | `{{#exercise}}`, alone on its line | the explorer, asking for the cases of the self-test |
///
/// Fenced code is left alone, but what it includes must exist. Around the text come the page's
/// reading time and its neighbours, and the first use of a word of the glossary leads there.
#[derive(Debug, Clone, Copy, Default)]
pub struct Values {
    /// When the explorer's library is compiled.
    pub library: Library,
}

impl Preprocessor for Values {
    fn name(&self) -> &str {
        "minigrad-values"
    }

    fn run(&self, context: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let source = context.root.join(&context.config.book.src);
        let mut results = Results::new(context.root.join("figures"));
        let mut explorer = Explorer::new(&context.root, &source, self.library);
        let order = Order::of(&book);
        let at = |path: &Path| context.config.book.src.join(path);
        let words = at(Path::new(glossary::PAGE));
        let mut glossary = Glossary::of(&book).map_err(|troubles| told(&words, troubles))?;
        rewrite_chapters(&mut book, |path, chapter| {
            let file = source.join(path);
            let folder = file.parent().unwrap_or(&source);
            let expanded = expand(&chapter.content, folder, &mut results)
                .map_err(|troubles| locate(&at(path), troubles))?;
            let linked = match &mut glossary {
                Some(glossary) => glossary.on(&expanded, path),
                None => expanded,
            };
            Ok(order.around(&explorer.place(&typography::set(&linked), path), path))
        })?;
        let unused = glossary.map(|glossary| glossary.unused()).unwrap_or_default();
        if unused.is_empty() {
            Ok(book)
        } else {
            Err(told(&words, unused))
        }
    }

    fn supports_renderer(&self, renderer: &str) -> Result<bool> {
        Ok(renderer == "html")
    }
}

fn told(path: &Path, troubles: Vec<(usize, String)>) -> Error {
    Error::msg(locate(path, troubles).join("\n"))
}

fn locate(path: &Path, troubles: Vec<(usize, String)>) -> Vec<String> {
    troubles
        .into_iter()
        .map(|(line, trouble)| format!("{}:{line}: {trouble}", path.display()))
        .collect()
}

/// Expands the directives of a chapter that lives in `folder`.
///
/// # Errors
/// Every directive that cannot be expanded, with its line.
pub fn expand(
    text: &str,
    folder: &Path,
    results: &mut Results,
) -> Result<String, Vec<(usize, String)>> {
    let mut expanded = String::with_capacity(text.len());
    let mut troubles = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Prose { line, text } => match expand_line(text, folder, results) {
                Ok(text) => expanded.push_str(&text),
                Err(trouble) => troubles.push((line, trouble)),
            },
            Piece::Code { fence, text } => {
                for (inner, line) in fence.body.lines().zip(fence.line + 1..) {
                    if let Err(trouble) = check_includes(inner, folder) {
                        troubles.push((line, trouble));
                    }
                }
                expanded.push_str(text);
            }
        }
    }
    troubles.extend(slips::of_page(text));
    if troubles.is_empty() {
        Ok(expanded)
    } else {
        Err(troubles)
    }
}

fn expand_line(line: &str, folder: &Path, results: &mut Results) -> Result<String, String> {
    if let Some(trouble) = slips::of_line(line, folder) {
        return Err(trouble);
    }
    let mut expanded = String::new();
    let mut rest = line;
    while let Some((before, directive, after)) = next_directive(rest)? {
        expanded.push_str(before);
        if in_code(line, line.len() - rest.len() + before.len()) {
            return Err(format!("{{{{#{directive}}}}}: stands in code, where no value belongs"));
        }
        rest = after;
        let said = format!("{{{{#{directive}}}}}");
        let complain = |trouble: String| format!("{said}: {trouble}");
        let words: Vec<&str> = directive.split_whitespace().collect();
        match words[..] {
            ["value", name, key] => {
                expanded.push_str(&results.value(name, key).map_err(complain)?);
            }
            ["table", name, key] => {
                let table = results.table(name, key).map_err(complain)?;
                expanded.push_str(&block(line, &said, &table)?);
            }
            ["listing", name, key] => {
                let text = results.value(name, key).and_then(|text| listing::blocks(&text));
                expanded.push_str(&block(line, &said, &text.map_err(complain)?)?);
            }
            ["claims", name] => {
                let claims = results.claims(name).map_err(complain)?;
                expanded.push_str(&block(line, &said, &claims)?);
            }
            ["explorer", key] => {
                explorer::check(key).map_err(complain)?;
                expanded.push_str(&block(line, &said, std::slice::from_ref(&said))?);
            }
            ["exercise"] => expanded.push_str(&block(line, &said, std::slice::from_ref(&said))?),
            ["include" | "rustdoc_include", target] => {
                includes::check(folder, target).map_err(complain)?;
                expanded.push_str(&said);
            }
            ["title", _, ..] => expanded.push_str(&said),
            ["value" | "table" | "listing", ..] => {
                return Err(complain("wants the name of a lab and a key".to_owned()));
            }
            ["claims", ..] => return Err(complain("wants the name of a lab".to_owned())),
            _ => {
                let known = "value, table, listing, claims, explorer, exercise, include and title";
                return Err(complain(format!("is unknown; there are {known}")));
            }
        }
    }
    expanded.push_str(rest);
    Ok(expanded)
}

/// Splits at the first directive: what stands before it, its words, what follows.
fn next_directive(text: &str) -> Result<Option<(&str, &str, &str)>, String> {
    let Some((before, rest)) = text.split_once("{{#") else {
        return Ok(None);
    };
    let Some((directive, after)) = rest.split_once("}}") else {
        return Err(format!("{{{{#{}: is never closed", rest.trim_end()));
    };
    Ok(Some((before, directive, after)))
}

/// Lines that replace a directive alone on its line, each behind the same quotation marks.
fn block(line: &str, said: &str, lines: &[String]) -> Result<String, String> {
    let prefix = line.split("{{#").next().unwrap_or_default();
    let alone =
        line[prefix.len()..].trim_end() == said && prefix.chars().all(|c| c == ' ' || c == '>');
    if !alone {
        return Err(format!("{said}: must stand alone on its line"));
    }
    Ok(lines.join(&format!("\n{prefix}")))
}

fn check_includes(line: &str, folder: &Path) -> Result<(), String> {
    let mut rest = line;
    while let Some(at) = rest.find("{{#include ") {
        rest = &rest[at + "{{#include ".len()..];
        let target = rest.split("}}").next().unwrap_or_default().trim();
        includes::check(folder, target)
            .map_err(|trouble| format!("{{{{#include {target}}}}}: {trouble}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::tests::folder;

    const JSON: &str = r#"{
        "values": {"final": "0.0008", "run": "$ run it\\nit  ran\\n\\nwell"},
        "tables": {"t": {"header": ["init", "loss"], "right": [false, true],
                         "rows": [["Xavier", "0.686"]]}},
        "claims": [{"name": "a", "sentence": "Kaiming trains.", "holds": true}]
    }"#;

    fn expanded(text: &str) -> Result<String, Vec<(usize, String)>> {
        let folder = folder(JSON);
        expand(text, folder.path(), &mut Results::new(folder.path()))
    }

    fn trouble(text: &str) -> String {
        let troubles = expanded(text).unwrap_err();
        assert_eq!(troubles.len(), 1, "{troubles:?}");
        format!("{}: {}", troubles[0].0, troubles[0].1)
    }

    #[test]
    fn a_value_enters_prose_and_formulas() {
        let text = "ends at {{#value lab final}}, so $L = {{#value lab final}}$\n";
        assert_eq!(expanded(text).unwrap(), "ends at 0.0008, so $L = 0.0008$\n");
    }

    #[test]
    fn a_table_keeps_the_quotation_it_stands_in() {
        assert_eq!(
            expanded("> {{#table lab t}}\n").unwrap(),
            "> | init | loss |\n> | :--- | ---: |\n> | Xavier | 0.686 |\n"
        );
    }

    #[test]
    fn claims_become_a_list() {
        assert_eq!(
            expanded("{{#claims lab}}\n").unwrap(),
            "1. <a id=\"claim-lab-a\"></a>Kaiming trains.\n"
        );
    }

    #[test]
    fn fenced_code_is_left_alone() {
        let text = "```text\n{{#value lab nothing}}\n{{#whatever}}\n```\n";
        assert_eq!(expanded(text).unwrap(), text);
    }

    #[test]
    fn fenced_code_must_include_what_exists() {
        let text = "\n```rust,ignore\n{{#include nowhere.rs:x}}\n```\n";
        assert_eq!(trouble(text), "3: {{#include nowhere.rs:x}}: there is no file nowhere.rs");
    }

    #[test]
    fn an_unknown_directive_is_refused() {
        let said = trouble("a\n{{#figure lab x}}\n");
        assert!(said.starts_with("2: {{#figure lab x}}: is unknown"), "{said}");
    }

    #[test]
    fn a_malformed_directive_is_refused() {
        assert_eq!(
            trouble("{{#value lab}}\n"),
            "1: {{#value lab}}: wants the name of a lab and a key"
        );
        assert_eq!(trouble("{{#value lab final\n"), "1: {{#value lab final: is never closed");
        assert_eq!(
            trouble("see {{#table lab t}}\n"),
            "1: {{#table lab t}}: must stand alone on its line"
        );
    }

    #[test]
    fn a_directive_in_code_or_without_its_hash_is_refused() {
        let said = trouble("so `{{#value lab final}}` is\n");
        assert_eq!(said, "1: {{#value lab final}}: stands in code, where no value belongs");
        assert!(expanded("`a` {{#value lab final}} ``b`c`` `d`\n").is_ok());
        let said = trouble("so {{ value lab final }}\n");
        assert_eq!(said, "1: {{ value lab final }}: a directive is written {{#name words}}");
        assert!(expanded("$x_{{value}}$ and {{x}}\n").is_err());
        assert!(expanded("$\\frac{{a}}{b}$\n").is_ok());
    }

    #[test]
    fn every_trouble_of_a_chapter_is_told() {
        let troubles = expanded("{{#value lab a}}\n{{#value lab b}}\n").unwrap_err();
        assert_eq!(troubles.len(), 2);
    }
}
