//! Horizontal bars with intervals: timings.

use super::canvas::{self, Anchor, Rect, PAD, WIDTH};
use super::palette::{Color, Ink};
use super::text::width;
use super::Axis;

/// A chart of horizontal bars that start at zero, in groups.
#[derive(Clone, Debug)]
pub struct Bars {
    title: String,
    subtitle: String,
    desc: String,
    label: String,
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
enum Row {
    Group(String),
    Bar { color: Color, name: String, text: String, value: f64, lo: f64, hi: f64 },
}

const STEP: f64 = 34.0;
const TICK: Ink = Ink::Small(Color::Muted);

impl Bars {
    /// A bar chart; `label` names the value and its unit.
    pub fn new(title: &str, label: &str) -> Self {
        Bars {
            title: title.to_string(),
            subtitle: String::new(),
            desc: String::new(),
            label: label.to_string(),
            rows: Vec::new(),
        }
    }

    /// A quieter line under the title.
    #[must_use]
    pub fn subtitle(mut self, text: &str) -> Self {
        self.subtitle = text.to_string();
        self
    }

    /// The description that a screen reader speaks; without it the bars are read out.
    #[must_use]
    pub fn desc(mut self, text: &str) -> Self {
        self.desc = text.to_string();
        self
    }

    /// Starts a group of bars with a heading.
    #[must_use]
    pub fn group(mut self, name: &str) -> Self {
        self.rows.push(Row::Group(name.to_string()));
        self
    }

    /// A bar, its interval and the text of its value.
    ///
    /// # Panics
    /// If a number is not finite or negative: a bar starts at zero.
    #[must_use]
    #[track_caller]
    pub fn bar(
        mut self,
        color: Color,
        name: &str,
        value: f64,
        (lo, hi): (f64, f64),
        text: &str,
    ) -> Self {
        assert!(
            [value, lo, hi].iter().all(|v| v.is_finite() && *v >= 0.0),
            "bar {name:?}: {value} ({lo} to {hi}) must be finite and not negative"
        );
        self.rows.push(Row::Bar {
            color,
            name: name.to_string(),
            text: text.to_string(),
            value,
            lo,
            hi,
        });
        self
    }

    /// The figure as SVG.
    pub fn render(&self) -> String {
        let body = STEP * self.rows.len() as f64 + 58.0;
        let top = canvas::heading_height(&self.title, &self.subtitle);
        let (mut names, mut texts, mut most) = (0.0_f64, 0.0_f64, 0.0_f64);
        let mut spoken = Vec::new();
        for row in &self.rows {
            match row {
                Row::Group(name) => spoken.push(name.clone()),
                Row::Bar { name, text, value, hi, .. } => {
                    names = names.max(width(name, Ink::Label(Color::A)));
                    texts = texts.max(width(text, Ink::Label(Color::A)));
                    most = most.max(*hi).max(*value);
                    spoken.push(format!("{name} {text}"));
                }
            }
        }
        let desc = if self.desc.is_empty() {
            format!("{}: {}", self.label, spoken.join("; "))
        } else {
            self.desc.clone()
        };
        let axis = Axis::linear("", 0.0, if most > 0.0 { most } else { 1.0 });
        let left = PAD + names + 12.0;
        let right = (WIDTH - PAD - texts - 14.0).max(left + 60.0);
        canvas::figure(top + body + PAD, &self.title, &desc, |canvas| {
            let top = canvas.heading(&self.title, &self.subtitle);
            let bottom = top + STEP * self.rows.len() as f64 + 4.0;
            let x = |v: f64| left + axis.place(v) * (right - left);
            for tick in axis.ticks(5) {
                let x = left + tick.at * (right - left);
                for (first, last) in self.runs() {
                    let y = |row: usize| top + STEP * row as f64;
                    canvas.line(Ink::Grid, &[(x, y(first)), (x, y(last))]);
                }
                canvas.text(TICK, Anchor::Middle, (x, bottom + 21.0), &tick.text);
            }
            let middle = ((left + right) / 2.0, bottom + 45.0);
            canvas.text(Ink::Label(Color::Muted), Anchor::Middle, middle, &self.label);
            for (i, row) in self.rows.iter().enumerate() {
                let y = top + STEP * i as f64 + STEP / 2.0;
                match row {
                    Row::Group(name) => {
                        canvas.text(Ink::Heading, Anchor::Start, (PAD, y + 9.0), name);
                    }
                    Row::Bar { color, name, text, value, lo, hi } => {
                        let start = (PAD, y + 6.0);
                        canvas.text(Ink::Label(Color::Muted), Anchor::Start, start, name);
                        let (v, thin) = (x(*value), Ink::Thin(*color));
                        let area = Rect::new(left, y - 10.0, v, y + 10.0);
                        canvas.rect(Ink::Wash(*color), area);
                        canvas.line(Ink::Line(*color), &[(v, y - 10.0), (v, y + 10.0)]);
                        if lo < hi {
                            canvas.line(thin, &[(x(*lo), y), (x(*hi), y)]);
                            for end in [x(*lo), x(*hi)] {
                                canvas.line(thin, &[(end, y - 5.0), (end, y + 5.0)]);
                            }
                        }
                        let end = (x(value.max(*hi)) + 10.0, y + 6.0);
                        canvas.text(Ink::Label(*color), Anchor::Start, end, text);
                    }
                }
            }
            for (first, last) in self.runs() {
                let y = |row: usize| top + STEP * row as f64;
                canvas.line(Ink::Axis, &[(left, y(first)), (left, y(last))]);
            }
        })
    }

    /// First and past-the-last row of each run of bars between headings.
    fn runs(&self) -> Vec<(usize, usize)> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for (i, row) in self.rows.iter().enumerate() {
            match (row, runs.last_mut()) {
                (Row::Group(_), _) => {}
                (Row::Bar { .. }, Some(run)) if run.1 == i => run.1 = i + 1,
                (Row::Bar { .. }, _) => runs.push((i, i + 1)),
            }
        }
        runs
    }
}
