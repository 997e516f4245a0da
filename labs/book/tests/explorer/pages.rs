//! What pages do beside being read: their commands are copied, their words are found.

use crate::browser::{served, Page};
use serde_json::json;

#[test]
fn a_command_is_copied_without_its_prompt() {
    let Some(mut page) = Page::open() else { return };
    page.go(&served("introduction.html"));
    // What the button copies.
    let copied = page.get(
        "playground_text(document.querySelector('code.language-console').parentElement, false)",
    );
    assert_eq!(copied, "cargo run -- labs\ncargo run -- build\n");
    let prompt =
        page.get("getComputedStyle(document.querySelector('.prompt'), '::before').content");
    assert_eq!(prompt, "\"$ \"", "and the prompt is seen");
    let clipped = page.get("getComputedStyle(document.querySelector('main pre')).overflow");
    assert_eq!(clipped, "visible", "\"Copied!\" stands beside the block");
}

/// The results of the search for `words`: title and address.
fn found(page: &mut Page, words: &str) -> Vec<(String, String)> {
    page.go(&served(&format!("introduction.html?search={}", words.replace(' ', "+"))));
    page.wait("document.querySelector('#mdbook-searchresults li')");
    let found = page.get(
        "[...document.querySelectorAll('#mdbook-searchresults li')].map(one => [one.textContent, one.querySelector('a').href])",
    );
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    found.as_array().into_iter().flatten().map(|one| (text(&one[0]), text(&one[1]))).collect()
}

#[test]
fn the_search_finds_sections_by_their_name_and_words_in_the_glossary() {
    let Some(mut page) = Page::open() else { return };
    for words in ["effective learning rate", "tangent kernel", "map of q", "collapse"] {
        let found = found(&mut page, words);
        let term = format!(
            "glossary.html?highlight={}#term-{}",
            words.replace(' ', "%20"),
            words.replace(' ', "-")
        );
        let at = found.iter().position(|(_, address)| address.ends_with(&term));
        assert!(at.is_some_and(|at| at < 5), "{words}: {found:?}");
    }
    let (first, _) = &found(&mut page, "effective learning rate")[0];
    assert!(first.to_lowercase().contains("effective learning rate"), "{first}");
}

#[test]
fn a_formula_is_searched_once() {
    let Some(mut page) = Page::open() else { return };
    page.go(&served("theory/th00-motivation.html"));
    let texts = page.get(
        "[...document.querySelectorAll('.katex')].map(one => [one.querySelector('.katex-html').textContent.trim(), \
         one.querySelector('.katex-mathml').textContent.trim()])",
    );
    let texts = texts.as_array().cloned().unwrap_or_default();
    assert!(texts.len() > 50, "{}", texts.len());
    for text in &texts {
        assert_eq!(text[0], json!(""), "{text}");
        assert_ne!(text[1], json!(""), "{text}");
    }
    // And is seen as ever.
    let wide =
        page.get("document.querySelector('.katex-html .mord').getBoundingClientRect().width");
    assert!(wide.as_f64().is_some_and(|wide| wide > 3.0), "{wide}");
}
