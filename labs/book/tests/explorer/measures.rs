//! Every page at every width, in every theme and on paper, measured in one browser.

use crate::browser::{book, Page};
use serde_json::{json, Value};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

const WIDTHS: [u32; 3] = [390, 768, 1280];
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

/// What was measured of one page, the worst of its widths and themes.
#[derive(Default)]
struct Measured {
    overflow: i64,
    shift: f64,
    contrast: [f64; 5],
    figure: Option<f64>,
    letters: Option<f64>,
    silent: usize,
    cut: usize,
    stops: usize,
}

const HEAD: &str = "page                                    over  shift light  rust  coal  navy   ayu  figure letters silent  cut stops";

impl Measured {
    fn row(&self, name: &str) -> String {
        let number =
            |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.1}"));
        let mut row = format!("{name:<38} {:>5} {:>6.3}", self.overflow, self.shift);
        for contrast in self.contrast {
            let _ = write!(row, " {contrast:>5.2}");
        }
        let (figure, letters) = (number(self.figure), number(self.letters));
        let _ = write!(
            row,
            " {figure:>7} {letters:>7} {:>6} {:>4} {:>5}",
            self.silent, self.cut, self.stops
        );
        row
    }
}

fn pages(folder: &Path) -> Vec<String> {
    let mut found = vec![];
    for part in ["", "theory", "labs", "solutions", "reference"] {
        for file in std::fs::read_dir(folder.join(part)).into_iter().flatten().flatten() {
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

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// Says on standard error, past the test harness, so that the gate can show it.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "measured: {line}");
}

#[test]
fn every_page_is_legible_at_every_width_in_every_theme_by_keyboard_and_on_paper() {
    let test = "every_page_is_legible_at_every_width_in_every_theme_by_keyboard_and_on_paper";
    let Some(mut page) = Page::open(test) else { return };
    page.before(include_str!("measures.js"));
    let still = json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
    page.call("Emulation.setEmulatedMedia", still.clone());
    let (folder, site) = book();
    let (mut troubles, mut rows) = (vec![], vec![]);
    for name in pages(folder) {
        let mut measured = Measured { contrast: [f64::INFINITY; 5], ..Measured::default() };
        let mut trouble = |what: String| troubles.push(format!("{name}: {what}"));
        for width in WIDTHS {
            page.size(width, 900);
            page.go(&format!("{site}/{name}"));
            page.get("measure.settled()");
            let shift = page.get("shifted").as_f64().expect("the browser reports layout shifts");
            measured.shift = measured.shift.max(shift);
            if shift > MOST_SHIFT {
                let what = page.get("moved");
                trouble(format!("{width} px: the layout shifts by {shift:.3}, first {what}"));
            }
            if width == 1280 {
                measured.stops = stops(&mut page);
                if !(1..=MOST_STOPS).contains(&measured.stops) {
                    trouble(format!("{} keyboard stops before the content", measured.stops));
                }
                measured.letters = page.get("measure.letters()").as_f64();
                if measured.letters.is_some_and(|letters| !LETTERS.contains(&letters)) {
                    trouble(format!("{:.0} letters a line", measured.letters.unwrap_or_default()));
                }
            }
            page.get("measure.open()");
            page.get("measure.settled()");
            let overflow = page.get("measure.overflow()").as_i64().unwrap_or(i64::MAX);
            measured.overflow = measured.overflow.max(overflow);
            if overflow > 0 {
                trouble(format!("{width} px: {overflow} px wider than the screen"));
            }
            // The explorer fills its tables when its library has answered.
            let mut silent = page.get("measure.silent()");
            for _ in 0..20 {
                if strings(&silent).next().is_none() {
                    break;
                }
                std::thread::sleep(std::time::Duration::from_millis(100));
                silent = page.get("measure.silent()");
            }
            measured.silent += strings(&silent).count();
            strings(&silent)
                .for_each(|box_| trouble(format!("{width} px: scrolls without a cue: {box_}")));
            let orphans = page.get("measure.orphans()");
            strings(&orphans)
                .for_each(|one| trouble(format!("{width} px: a mark parted from {one}")));
            if width == 390 {
                let smallest = page.get("measure.smallest()");
                measured.figure = smallest[0].as_f64();
                if let Some(size) = measured.figure.filter(|&size| size < LEAST_LETTERING) {
                    trouble(format!("lettering of {size:.1} px in {}", smallest[1]));
                }
            }
            for (theme, least) in THEMES.iter().zip(&mut measured.contrast) {
                page.get(&format!("document.getElementById('mdbook-theme-{theme}').click()"));
                page.get("measure.themed()");
                let lowest = page.get("measure.contrast()");
                for (kind, wanted) in LEAST {
                    let ratio = lowest[kind][0].as_f64().unwrap_or(f64::INFINITY);
                    // Of one scale: large text counts by how far it is from its own bound.
                    *least = least.min(ratio * 4.5 / wanted);
                    if ratio < wanted {
                        trouble(format!(
                            "{width} px, {theme}: contrast {ratio:.2} of {}",
                            lowest[kind][1]
                        ));
                    }
                }
            }
        }
        page.size(PAPER, 900);
        page.call("Emulation.setEmulatedMedia", json!({ "media": "print" }));
        page.get("measure.settled()");
        let cut = page.get(&format!("measure.cut({PAPER})"));
        measured.cut = strings(&cut).count();
        strings(&cut)
            .for_each(|part| trouble(format!("cut on paper{}: {part}", written(&name, part))));
        page.call(
            "Emulation.setEmulatedMedia",
            json!({ "media": "", "features": still["features"] }),
        );
        for complaint in page.complaints.drain(..) {
            trouble(format!("on the console: {complaint}"));
        }
        rows.push(measured.row(&name));
    }
    say(HEAD);
    rows.iter().for_each(|row| say(row));
    assert!(rows.len() > 20, "hardly any pages: {}", rows.len());
    assert!(troubles.is_empty(), "\n{}\n", troubles.join("\n"));
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
fn stops(page: &mut Page) -> usize {
    for stop in 1..=MOST_STOPS {
        page.press("Tab", 9, "");
        if page.get("Boolean(document.activeElement?.matches('.skip'))") == true {
            page.press("Enter", 13, "\r");
            page.press("Tab", 9, "");
            return if page.get("measure.inside()") == true { stop } else { usize::MAX };
        }
    }
    MOST_STOPS + 1
}
