//! Every page at every width, in every theme and on paper, measured: a test for each part of the book.

use crate::browser::{book, served, Page};
use serde_json::{json, Value};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

const TABLET: u32 = 768;
const WIDTHS: [u32; 3] = [390, TABLET, 1280];
const THEMES: [&str; 5] = ["light", "rust", "coal", "navy", "ayu"];

/// A4 within the margins of `@page`, at 96 pixels an inch.
const PAPER: u32 = 673;

/// Contrast of small and of large text, and a way around the contents: WCAG 2.2.
const LEAST: [(&str, f64); 2] = [("small", 4.5), ("large", 3.0)];
const MOST_STOPS: usize = 3;

/// How far a page may move while it is loaded: half of what counts as good.
const MOST_SHIFT: f64 = 0.05;

/// Height of the smallest text of a figure on a phone, in pixels.
const LEAST_LETTERING: f64 = 12.0;

/// Letters a line: 75 is what books aim for.
const LETTERS: std::ops::RangeInclusive<f64> = 60.0..=84.0;

/// A test for each part of the book, and how the names of its pages begin; a page belongs to the
/// first part that has it.
macro_rules! parts {
    ($($test:ident: $($begins:literal),+;)+) => {
        const PARTS: &[(&str, &[&str])] = &[$((stringify!($test), &[$($begins),+])),+];
        $(#[test]
        fn $test() {
            are_legible(stringify!($test));
        })+
    };
}

parts! {
    first_pages_are_legible: "explorer.html", "introduction.html", "minigrad.html";
    predicting_is_legible: "theory/th05";
    chapters_of_theory_are_legible: "theory/th";
    further_theory_is_legible: "theory/";
    labs_are_legible: "labs/";
    solutions_are_legible: "solutions/";
    reference_is_legible: "reference/";
}

#[test]
fn every_page_belongs_to_a_part() {
    let pages = pages();
    assert!(pages.len() > 20, "hardly any pages: {}", pages.len());
    for page in &pages {
        assert!(part(page).is_some(), "no part has {page}");
    }
    for (name, _) in PARTS {
        assert!(pages.iter().any(|page| part(page) == Some(name)), "no page: {name}");
    }
}

fn part(page: &str) -> Option<&'static str> {
    let has = |begins: &&[&str]| begins.iter().any(|start| page.starts_with(start));
    PARTS.iter().find(|(_, begins)| has(begins)).map(|(name, _)| *name)
}

fn pages() -> Vec<String> {
    let mut found = vec![];
    for part in ["", "theory", "labs", "solutions", "reference"] {
        for file in std::fs::read_dir(book().0.join(part)).into_iter().flatten().flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            let of_mdbook = ["print.html", "toc.html", "404.html", "index.html"].contains(&&*name);
            if name.ends_with(".html") && !of_mdbook {
                found.push(format!("{part}/{name}").trim_start_matches('/').to_owned());
            }
        }
    }
    found.sort();
    found
}

fn measured_page() -> Option<Page> {
    let mut page = Page::open()?;
    page.before(include_str!("measures.js"));
    page.still("");
    Some(page)
}

fn are_legible(part_of_book: &str) {
    let Some(mut page) = measured_page() else { return };
    let mut table = "measured: page                                    over  shift light  rust  coal  navy   ayu  figure letters silent  cut stops\n".to_owned();
    let mut troubles = vec![];
    for name in pages().iter().filter(|page| part(page) == Some(part_of_book)) {
        let (row, wrong) = measure(&mut page, name);
        let _ = writeln!(table, "measured: {name:<38} {row}");
        troubles.extend(wrong.iter().map(|wrong| format!("{name}: {wrong}")));
    }
    // Past the test harness, so that the gate can show it.
    let _ = std::io::stderr().write_all(table.as_bytes());
    assert!(troubles.is_empty(), "\n{}\n", troubles.join("\n"));
}

/// The worst of a page over its widths and themes, and what is wrong with it.
fn measure(page: &mut Page, name: &str) -> (String, Vec<String>) {
    let (mut most_overflow, mut most_shift, mut contrasts) = (0, 0.0_f64, [f64::INFINITY; 5]);
    let (mut figure, mut letters, mut silent, mut stops) = (None, None, 0, 0);
    let mut troubles = vec![];
    for width in WIDTHS {
        let mut trouble = |what: String| troubles.push(format!("{width} px: {what}"));
        page.size(width, 900);
        // A tablet gets what the phone has loaded, in the same inks.
        let themes: &[&str] = if width == TABLET { &[] } else { &THEMES };
        if width != TABLET {
            page.go(&served(name));
        }
        if width == 1280 {
            stops = stops_before_the_text(page);
            if !(1..=MOST_STOPS).contains(&stops) {
                trouble(format!("{stops} keyboard stops before the content"));
            }
        }
        let measured = page.get(&format!("measure.screen({})", json!(themes)));
        let shift = measured["shift"][0].as_f64().expect("the browser reports layout shifts");
        most_shift = most_shift.max(shift);
        if shift > MOST_SHIFT {
            trouble(format!("the layout shifts by {shift:.3}, first {}", measured["shift"][1]));
        }
        let overflow = measured["overflow"].as_i64().unwrap_or(i64::MAX);
        most_overflow = most_overflow.max(overflow);
        if overflow > 0 {
            trouble(format!("{overflow} px wider than the screen"));
        }
        silent += strings(&measured["silent"]).count();
        strings(&measured["silent"])
            .for_each(|box_| trouble(format!("scrolls without a cue: {box_}")));
        strings(&measured["orphans"]).for_each(|one| trouble(format!("a mark parted from {one}")));
        if width == 390 {
            figure = measured["figure"][0].as_f64();
            if let Some(size) = figure.filter(|&size| size < LEAST_LETTERING) {
                trouble(format!("lettering of {size:.1} px in {}", measured["figure"][1]));
            }
        }
        if width == 1280 {
            letters = measured["letters"].as_f64();
            if let Some(letters) = letters.filter(|letters| !LETTERS.contains(letters)) {
                trouble(format!("{letters:.0} letters a line"));
            }
        }
        for (i, theme) in themes.iter().enumerate() {
            for (kind, wanted) in LEAST {
                let lowest = &measured["contrast"][i][kind];
                let ratio = lowest[0].as_f64().unwrap_or(f64::INFINITY);
                // Of one scale: large text counts by how far it is from its own bound.
                contrasts[i] = contrasts[i].min(ratio * 4.5 / wanted);
                if ratio < wanted {
                    trouble(format!("{theme}: contrast {ratio:.2} of {}", lowest[1]));
                }
            }
        }
    }
    page.size(PAPER, 900);
    page.still("print");
    let cut = page.get(&format!("measure.cut({PAPER})"));
    page.still("");
    strings(&cut)
        .for_each(|part| troubles.push(format!("cut on paper{}: {part}", written(name, part))));
    troubles.extend(page.complaints.drain(..).map(|what| format!("on the console: {what}")));

    let number = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.1}"));
    let contrasts = contrasts.map(|contrast| format!("{contrast:>5.2}")).join(" ");
    let (figure, letters, cut) = (number(figure), number(letters), strings(&cut).count());
    let row = format!("{most_overflow:>5} {most_shift:>6.3} {contrasts} {figure:>7} {letters:>7} {silent:>6} {cut:>4} {stops:>5}");
    (row, troubles)
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// Where in its source the part of a page stands that begins as said, if it is not included there.
fn written(page: &str, part: &str) -> String {
    let file = Path::new("book").join(page).with_extension("md");
    let root = minigrad_cli::root::workspace().expect("the workspace");
    let text = std::fs::read_to_string(root.join(&file)).unwrap_or_default();
    let begins = part.split_once(": ").map_or(part, |(_, begins)| begins);
    let is_there = |line: &str| {
        let of_kind = line.starts_with('|') || !part.starts_with("table");
        of_kind && line.trim_start_matches(['|', ' ', '!', '[']).starts_with(begins)
    };
    let line = text.lines().position(is_there).filter(|_| !begins.is_empty());
    line.map_or(String::new(), |line| format!(", {}:{}", file.display(), line + 1))
}

/// How many presses of Tab come before the link that skips to the content; too many where there is
/// none, or where it leads elsewhere.
fn stops_before_the_text(page: &mut Page) -> usize {
    page.get("measure.settled()");
    for stop in 1..=MOST_STOPS {
        page.press("Tab");
        if page.is("document.activeElement?.matches('.skip')") {
            page.press("Enter");
            page.press("Tab");
            let inside = page.is("document.activeElement?.closest('main')");
            return if inside { stop } else { usize::MAX };
        }
    }
    MOST_STOPS + 1
}

/// Its text comes in pieces, one font after the other, and the scripts at the end.
#[test]
fn a_page_that_arrives_slowly_does_not_move() {
    let Some(mut page) = measured_page() else { return };
    page.call("Network.enable", json!({}));
    let slow = json!({ "offline": false, "latency": 20, "downloadThroughput": 400_000, "uploadThroughput": -1 });
    page.call("Network.emulateNetworkConditions", slow);
    for name in ["solutions/sol01-init-ablation.html", "reference/glossary.html"] {
        for width in [390, 1280] {
            page.size(width, 900);
            page.go(&served(name));
            page.get("measure.settled()");
            let shift = page.get("measure.shift");
            assert!(
                shift[0].as_f64().is_some_and(|shift| shift < 0.005),
                "{name}, {width}: {shift}"
            );
        }
    }
}
