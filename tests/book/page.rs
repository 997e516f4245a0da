//! What a browser sees in one rendered page, as plain data.

use scraper::{ElementRef, Html};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One page.
#[derive(Debug, Default)]
pub struct Page {
    /// Every `id`.
    pub ids: Vec<String>,
    /// Where an `<a>` leads.
    pub links: Vec<String>,
    /// What the page loads: scripts, styles, images, frames.
    pub loads: Vec<String>,
    /// The alternative text of every image.
    pub alts: Vec<String>,
    /// For every formula, whether it can be read aloud.
    pub formulas: Vec<bool>,
    /// Elements that no page should have, in words.
    pub leftovers: Vec<String>,
    /// The text of every paragraph, cell, item …, without code and formulas.
    pub texts: Vec<String>,
    /// What relative addresses are relative to, if not the page.
    pub base: Option<String>,
}

const BLOCKS: [&str; 14] = [
    "p", "li", "td", "th", "dt", "dd", "summary", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6",
];

impl Page {
    /// Reads a page.
    pub fn parse(html: &str) -> Self {
        let mut page = Self::default();
        let document = Html::parse_document(html);
        for element in document.root_element().descendent_elements() {
            page.see(element);
        }
        page
    }

    fn see(&mut self, element: ElementRef<'_>) {
        let name = element.value().name();
        let attribute = |name| element.attr(name).map(str::to_owned);
        let has_class = |class| element.value().classes().any(|found| found == class);
        self.ids.extend(attribute("id"));
        match name {
            "a" => self.links.extend(attribute("href")),
            "base" => self.base = attribute("href"),
            "img" => self.alts.push(attribute("alt").unwrap_or_default()),
            "input" if attribute("disabled").is_some() => {
                self.leftovers.push("a box that nobody can tick".to_owned());
            }
            "th" if element.text().all(|text| text.trim().is_empty()) => {
                self.leftovers.push("a column without a name".to_owned());
            }
            "annotation" => self.leftovers.push("<annotation>".to_owned()),
            _ => {}
        }
        if name != "a" && name != "base" {
            self.loads.extend(attribute("href"));
        }
        self.loads.extend(attribute("src"));
        self.loads.extend(attribute("srcset"));
        if has_class("katex") {
            let spoken = element.descendent_elements().any(|inner| inner.value().name() == "math");
            self.formulas.push(spoken);
        }
        if has_class("katex-error") {
            self.leftovers.push("a formula that KaTeX refused".to_owned());
        }
        if BLOCKS.contains(&name) {
            let mut text = String::new();
            prose(element, &mut text);
            self.texts.push(text);
        }
    }
}

fn prose(element: ElementRef<'_>, out: &mut String) {
    for child in element.children() {
        if let Some(text) = child.value().as_text() {
            out.push_str(text);
        } else if let Some(inner) = ElementRef::wrap(child) {
            let name = inner.value().name();
            let formula = inner.value().classes().any(|class| class == "katex");
            let skipped = formula || ["code", "pre", "script", "style"].contains(&name);
            if !skipped && !BLOCKS.contains(&name) {
                prose(inner, out);
            }
        }
    }
}

/// A rendered book.
#[derive(Debug)]
pub struct Site {
    /// Where it is.
    pub folder: PathBuf,
    /// Its pages, by path from there.
    pub pages: BTreeMap<PathBuf, Page>,
}

impl Site {
    /// Reads every page below `folder`.
    pub fn read(folder: &Path) -> Self {
        let pages = super::files_below(folder, "html")
            .into_iter()
            .map(|path| {
                let page = Page::parse(&super::read(&folder.join(&path)));
                (path, page)
            })
            .collect();
        let folder = folder.to_path_buf();
        Self { folder, pages }
    }
}
