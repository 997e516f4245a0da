//! The book as a browser gets it.

use super::page::{Page, Site};
use super::sources::summary;
use super::{files_below, folder_of, none, read, root};
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

/// The book, built once for all tests.
pub fn site() -> &'static Site {
    static SITE: OnceLock<(TempDir, Site)> = OnceLock::new();
    let (_, site) = SITE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let out = minigrad_book::site::build(&root(), Some(&folder.path().join("book")))
            .unwrap_or_else(|failure| panic!("{failure}"));
        let site = Site::read(&out);
        (folder, site)
    });
    site
}

/// Fails unless `check` finds exactly one trouble, with `expected` in it, in a site of `files`.
#[track_caller]
pub fn finds(check: fn(&Site) -> Vec<String>, files: &[(&str, &str)], expected: &str) {
    let folder = folder_of(files);
    let troubles = check(&Site::read(folder.path()));
    assert!(
        troubles.len() == 1 && troubles[0].contains(expected),
        "expected {expected:?}, found {troubles:?}"
    );
}

fn each_page(site: &Site, check: impl Fn(&Page) -> Vec<String>) -> Vec<String> {
    let mut troubles = Vec::new();
    for (path, page) in &site.pages {
        let found = check(page).into_iter();
        troubles.extend(found.map(|trouble| format!("{}: {trouble}", path.display())));
    }
    troubles
}

fn directives(site: &Site) -> Vec<String> {
    each_page(site, |page| {
        let open = page.texts.iter().filter(|text| text.contains("{{#"));
        open.map(|text| format!("a directive is left in {text:?}")).collect()
    })
}

#[test]
fn no_directive_is_left() {
    none(directives(site()));
    finds(directives, &[("a.html", "<p>{{#value a b}}")], "directive");
}

/// Two dollars with TeX after the first: not `$5 and $6`.
fn has_tex(text: &str) -> bool {
    let mut parts = text.split('$').skip(1).peekable();
    std::iter::from_fn(|| parts.next().filter(|_| parts.peek().is_some()))
        .any(|part| part.contains(['\\', '_', '^', '{']))
}

fn dollars(site: &Site) -> Vec<String> {
    each_page(site, |page| {
        let texts = page.texts.iter();
        let stray = texts.filter(|text| has_tex(text));
        stray.map(|text| format!("TeX is left in {text:?}")).collect()
    })
}

fn leftovers(site: &Site) -> Vec<String> {
    each_page(site, |page| page.leftovers.clone())
}

#[test]
fn nothing_is_left_that_no_reader_can_use() {
    none(leftovers(site()));
    let refused = "<p><span class=\"katex-error\">x</span>";
    finds(leftovers, &[("a.html", refused)], "refused");
    let annotated = "<math><semantics><annotation>x</annotation></semantics></math>";
    finds(leftovers, &[("a.html", annotated)], "<annotation>");
    let unnamed = "<table><tr><th></th><th>a</th></tr></table>";
    finds(leftovers, &[("a.html", unnamed)], "a column without a name");
    finds(leftovers, &[("a.html", "<input type=checkbox disabled>")], "nobody can tick");
}

#[test]
fn no_tex_is_left() {
    none(dollars(site()));
    finds(dollars, &[("a.html", "<li>so $x_1$ is")], "TeX is left");
}

/// Numbers as programs print them, which the page sets otherwise.
fn of_programs(text: &str) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let between = |sign: &str| {
        text.match_indices(sign).any(|(at, _)| {
            let after = text[at + sign.len()..].trim_start_matches('-');
            digit(text[..at].chars().next_back()) && digit(after.chars().next())
        })
    };
    between(" x ")
        || text.contains("->")
        || text.match_indices('%').any(|(at, _)| digit(text[..at].chars().next_back()))
        || text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | '[' | ']')).any(
            |word| word.contains('e') && starts_with_digit(word) && word.parse::<f64>().is_ok(),
        )
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

fn numbers(site: &Site) -> Vec<String> {
    each_page(site, |page| {
        let printed = page.texts.iter().filter(|text| of_programs(text));
        printed.map(|text| format!("a number as programs print it in {text:?}")).collect()
    })
}

#[test]
fn every_number_is_set_and_not_printed() {
    none(numbers(site()));
    for text in ["lr 1e-3", "12 x 256", "10% of", "0.6 -> 0.1", "(3.4e38)"] {
        finds(numbers, &[("a.html", &format!("<p>{text}"))], "as programs print it");
    }
    let fine = "<p>10 % of 3 × 10⁴, 2nd, x x y, <code>1e-3</code>";
    none(numbers(&Site::read(folder_of(&[("a.html", fine)]).path())));
}

/// Brackets that Markdown could not make a link, a footnote or a reference of.
fn brackets(site: &Site) -> Vec<String> {
    each_page(site, |page| {
        let open = |text: &&String| ["[^", "][", "]("].iter().any(|sign| text.contains(sign));
        let texts = page.texts.iter().filter(open);
        texts.map(|text| format!("a link that leads nowhere is left in {text:?}")).collect()
    })
}

#[test]
fn every_footnote_and_reference_is_defined() {
    none(brackets(site()));
    for text in ["see [a][b]", "see[^b] there", "see [a](b c d)"] {
        finds(brackets, &[("a.html", &format!("<p>{text}"))], "leads nowhere");
    }
}

fn silent_formulas(site: &Site) -> Vec<String> {
    each_page(site, |page| {
        let silent = page.formulas.iter().filter(|spoken| !**spoken);
        silent.map(|_| "a formula has no MathML".to_owned()).collect()
    })
}

#[test]
fn every_formula_can_be_read_aloud() {
    none(silent_formulas(site()));
    let silent = "<p><span class=\"katex\"><span>x</span></span>";
    finds(silent_formulas, &[("a.html", silent)], "MathML");
    let formulas: usize = site().pages.values().map(|page| page.formulas.len()).sum();
    assert!(formulas > 0, "the book has no formula at all");
}

fn is_external(address: &str) -> bool {
    let scheme = address.split_once(':').map_or("", |(scheme, _)| scheme);
    address.starts_with("//")
        || scheme.chars().all(|c| c.is_ascii_alphabetic()) && !scheme.is_empty()
}

fn fetched_from_elsewhere(site: &Site) -> Vec<String> {
    let mut troubles = each_page(site, |page| {
        let external = page.loads.iter().filter(|address| is_external(address));
        external.map(|address| format!("loads {address}")).collect()
    });
    for path in files_below(&site.folder, "css") {
        for address in css_addresses(&read(&site.folder.join(&path))) {
            if is_external(&address) && !address.starts_with("data:") {
                troubles.push(format!("{}: loads {address}", path.display()));
            }
        }
    }
    troubles
}

/// What a style sheet loads.
fn css_addresses(css: &str) -> Vec<String> {
    let imports =
        css.split("@import ").skip(1).filter(|rest| !rest.trim_start().starts_with("url"));
    css.split("url(")
        .skip(1)
        .map(|rest| rest.trim_start_matches(['"', '\'']))
        .chain(imports.map(|rest| rest.trim_start().trim_start_matches(['"', '\''])))
        .filter_map(|rest| rest.split(['"', '\'', ')']).next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn nothing_is_loaded_from_the_network() {
    none(fetched_from_elsewhere(site()));
    for html in [
        "<script src=\"https://example.org/a.js\"></script>",
        "<link rel=\"stylesheet\" href=\"//example.org/a.css\">",
        "<img alt=\"\" src=\"http://example.org/a.png\">",
    ] {
        finds(fetched_from_elsewhere, &[("a.html", html)], "example.org");
    }
    let css = "@font-face { src: url(https://example.org/a.woff2) }";
    finds(fetched_from_elsewhere, &[("a.css", css)], "example.org");
    let css = "@import \"https://example.org/a.css\";";
    finds(fetched_from_elsewhere, &[("a.css", css)], "example.org");
}

/// Where `address`, written in the file `from`, leads: a path from the site's folder.
fn resolve(from: &Path, base: Option<&str>, address: &str) -> PathBuf {
    let absolute = address.starts_with('/') || base == Some("/");
    let mut at = match from.parent() {
        Some(folder) if !absolute => folder.to_path_buf(),
        _ => PathBuf::new(),
    };
    for part in Path::new(address.trim_start_matches('/')).components() {
        match part {
            Component::ParentDir => drop(at.pop()),
            Component::Normal(name) => at.push(name),
            _ => {}
        }
    }
    at
}

fn dangling(site: &Site) -> Vec<String> {
    let mut troubles = Vec::new();
    for (path, page) in &site.pages {
        for address in page.links.iter().chain(&page.loads) {
            if !is_external(address) && !leads_somewhere(site, path, page, address) {
                troubles.push(format!("{}: {address} leads nowhere", path.display()));
            }
        }
    }
    for path in files_below(&site.folder, "css") {
        for address in css_addresses(&read(&site.folder.join(&path))) {
            let target = resolve(&path, None, &address);
            if !is_external(&address) && !site.folder.join(target).is_file() {
                troubles.push(format!("{}: {address} leads nowhere", path.display()));
            }
        }
    }
    troubles
}

fn leads_somewhere(site: &Site, path: &Path, page: &Page, address: &str) -> bool {
    let (file, id) = match address.split_once('#') {
        Some((file, id)) => (file, Some(id)),
        None => (address, None),
    };
    let mut target = match file {
        "" => path.to_path_buf(),
        _ => resolve(path, page.base.as_deref(), file),
    };
    if site.folder.join(&target).is_dir() {
        target.push("index.html");
    }
    if !site.folder.join(&target).is_file() {
        return false;
    }
    match (id, site.pages.get(&target)) {
        (Some(id), Some(page)) => id.is_empty() || page.ids.iter().any(|found| found == id),
        _ => true,
    }
}

#[test]
fn no_link_dangles() {
    none(dangling(site()));
    for html in [
        "<a href=\"b.html\">b</a>",
        "<a href=\"#b\">b</a>",
        "<a href=\"a.html#b\">b</a>",
        "<img alt=\"\" src=\"../figures/b.svg\">",
    ] {
        finds(dangling, &[("c/a.html", html)], "leads nowhere");
    }
    let css = "@font-face { src: url(fonts/b.woff) }";
    finds(dangling, &[("c/a.css", css)], "fonts/b.woff leads nowhere");
}

fn short_alts(site: &Site) -> Vec<String> {
    each_page(site, |page| {
        let short = page.alts.iter().filter(|alt| alt.chars().count() < 10);
        short.map(|alt| format!("{alt:?} describes no image")).collect()
    })
}

#[test]
fn every_image_is_described() {
    none(short_alts(site()));
    finds(short_alts, &[("a.html", "<img src=\"x\" alt=\"Loss\">")], "Loss");
    finds(short_alts, &[("a.html", "<img src=\"x\">")], "describes no");
}

fn repeated_ids(site: &Site) -> Vec<String> {
    each_page(site, |page| {
        let mut ids = page.ids.clone();
        ids.sort();
        let repeated = ids.windows(2).filter(|pair| pair[0] == pair[1]);
        repeated.map(|pair| format!("id {} is there twice", pair[0])).collect()
    })
}

#[test]
fn every_id_is_unique_on_its_page() {
    none(repeated_ids(site()));
    let html = "<p id=\"a\"></p><p id=\"a\"></p>";
    finds(repeated_ids, &[("a.html", html)], "id a");
}

/// What mdBook adds to the pages of the summary.
const OF_MDBOOK: [&str; 4] = ["index.html", "print.html", "toc.html", "404.html"];

fn unlisted(site: &Site) -> Vec<String> {
    let listed = summary(&root());
    site.pages
        .keys()
        .filter(|path| !listed.contains(&path.with_extension("md")))
        .filter(|path| !OF_MDBOOK.iter().any(|page| path.as_path() == Path::new(page)))
        .map(|path| format!("{} is not in SUMMARY.md", path.display()))
        .collect()
}

#[test]
fn every_rendered_page_is_in_the_summary() {
    none(unlisted(site()));
    finds(unlisted, &[("stray.html", "")], "stray.html");
    for path in summary(&root()) {
        let page = path.with_extension("html");
        assert!(site().pages.contains_key(&page), "{} is missing", page.display());
    }
}
