//! What a reader sees of a page before opening any answer.
//!
//! An answer is `<details data-key="…">`. The key lists, parted by `;`, wordings that give the answer
//! away. At least one stands in the answer, and none stands open on the page from its beginning to
//! the end of the section after the answer's.

use super::page::Site;
use super::rendered::{finds, site};
use super::{none, read};
use minigrad_preprocessor::typography::words;
use scraper::{ElementRef, Html, Selector};

/// One answer, and where the open text has arrived when it comes.
struct Answer {
    key: Option<String>,
    label: String,
    hidden: String,
    at: usize,
}

/// A page with every answer closed.
#[derive(Default)]
struct Closed {
    open: String,
    headings: Vec<usize>,
    answers: Vec<Answer>,
}

impl Closed {
    fn read(html: &str) -> Self {
        let document = Html::parse_document(html);
        let main = Selector::parse("main").expect("a selector");
        let mut page = Self::default();
        document.select(&main).for_each(|main| page.walk(main));
        for answer in &mut page.answers {
            answer.hidden = answer.hidden.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        page
    }

    fn walk(&mut self, element: ElementRef<'_>) {
        let class = |name| element.value().classes().any(|class| class == name);
        match element.value().name() {
            "details" => return self.fold(element),
            // Options name all answers, the right one among them.
            "ol" | "ul" if within_box(element) => return,
            "h2" | "h3" => self.headings.push(self.open.len()),
            "img" => self.open.push_str(element.attr("alt").unwrap_or_default()),
            // How long a page takes is no number of its text.
            _ if class("katex-html") || class("minutes") => return,
            _ => {}
        }
        for child in element.children() {
            match ElementRef::wrap(child) {
                Some(inner) => {
                    self.walk(inner);
                    raise(element, inner, &mut self.open);
                }
                None => self.open.extend(child.value().as_text().map(|text| &**text)),
            }
        }
    }

    fn fold(&mut self, element: ElementRef<'_>) {
        let mut label = String::new();
        let mut hidden = String::new();
        for inner in element.children().filter_map(ElementRef::wrap) {
            let part = if inner.value().name() == "summary" { &mut label } else { &mut hidden };
            whole(inner, part);
            part.push('\n');
        }
        self.open.push_str(&label);
        let key = element.attr("data-key").map(str::to_owned);
        let named = element.attr("lang").is_some() || element.attr("class").is_some();
        if key.is_some() || !named {
            self.answers.push(Answer { key, label, hidden, at: self.open.len() });
        }
    }

    /// What stands open until the end of the section after that in which an answer stands.
    fn before(&self, answer: &Answer) -> &str {
        let end = self.headings.iter().filter(|&&at| at >= answer.at).nth(1);
        &self.open[..end.copied().unwrap_or(self.open.len())]
    }
}

fn within_box(element: ElementRef<'_>) -> bool {
    let parent = element.parent().and_then(ElementRef::wrap);
    parent.is_some_and(|parent| parent.value().classes().any(|class| class == "predict"))
}

/// All text below `element`, formulas once.
fn whole(element: ElementRef<'_>, out: &mut String) {
    if element.value().classes().any(|class| class == "katex-html") {
        return;
    }
    for child in element.children() {
        match ElementRef::wrap(child) {
            Some(inner) => {
                whole(inner, out);
                raise(element, inner, out);
            }
            None => out.extend(child.value().as_text().map(|text| &**text)),
        }
    }
}

/// Writes the `^` of a power behind its base.
fn raise(parent: ElementRef<'_>, child: ElementRef<'_>, out: &mut String) {
    let first = child.prev_siblings().all(|before| ElementRef::wrap(before).is_none());
    if parent.value().name() == "msup" && first {
        out.push('^');
    }
}

/// Whether `text` has `key` as a word or number of its own.
fn tells(text: &str, key: &str) -> bool {
    text.match_indices(key).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let mut after = text[at + key.len()..].chars();
        let next = after.next();
        let decimal =
            matches!(next, Some('.' | ',')) && after.next().is_some_and(|c| c.is_ascii_digit());
        let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '.');
        !(joins(before) || next.is_some_and(char::is_alphanumeric) || decimal)
    })
}

fn told_early(site: &Site) -> Vec<String> {
    let mut troubles = Vec::new();
    for path in site.pages.keys().filter(|path| !path.ends_with("print.html")) {
        let page = Closed::read(&read(&site.folder.join(path)));
        for (answer, number) in page.answers.iter().zip(1..) {
            let here = format!("{}: answer {number}", path.display());
            if answer.label.trim() != "Show answer" {
                troubles.push(format!(
                    "{here} is labelled {:?}, not \"Show answer\"",
                    answer.label.trim()
                ));
            }
            let Some(key) = &answer.key else {
                troubles.push(format!("{here} states no data-key"));
                continue;
            };
            // As the page sets numbers, with ordinary blanks.
            let plain = |text: &str| text.replace(['\n', '\u{a0}'], " ");
            let keys: Vec<String> = key.split(';').map(|key| plain(&words(key.trim()))).collect();
            if !keys.iter().any(|key| answer.hidden.contains(key)) {
                troubles.push(format!("{here} has {key:?} nowhere in its text"));
            }
            let before = plain(page.before(answer));
            let told = keys.iter().filter(|key| tells(&before, key));
            troubles.extend(told.map(|key| format!("{here}: {key:?} stands open before it")));
        }
    }
    troubles
}

#[test]
fn no_page_tells_an_answer_before_it_is_opened() {
    none(told_early(site()));
    let page = |attributes: &str, label: &str, before: &str, after: &str| {
        format!(
            "<main><h2>A</h2><p>{before}</p><details{attributes}><summary>{label}</summary>\
             <p>It is 45.</p></details>{after}<h2>B</h2><p>C</p><h2>D</h2><p>45</p></main>"
        )
    };
    let key = " data-key=\"45\"";
    let told = "\"45\" stands open before it";
    for (html, expected) in [
        (page("", "Show answer", "", ""), "no data-key"),
        (page(" data-key=\"46\"", "Show answer", "", ""), "nowhere in its text"),
        (page(key, "Answer: 45", "", ""), "is labelled"),
        (page(key, "Show answer", "a factor of 45.", ""), told),
        (page(key, "Show answer", "", "<pre>assert_eq!(x, 45);</pre>"), told),
        (page(key, "Show answer", "<img alt=\"It grows 45 times\">", ""), told),
        (
            page(key, "Show answer", "", "<details class=\"code\"><summary>45</summary></details>"),
            told,
        ),
    ] {
        let html = html.replace("Answer: 45", "Answer: the factor");
        finds(told_early, &[("a.html", &html)], expected);
    }
    let closed = "<details lang=\"es\"><summary>En español</summary>45</details> 45.3 145";
    let fine = super::folder_of(&[("a.html", &page(key, "Show answer", closed, ""))]);
    none(told_early(&Site::read(fine.path())));
}
