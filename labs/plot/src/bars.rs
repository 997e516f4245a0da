//! Horizontal bars with intervals: timings.

use crate::axis::Axis;
use crate::canvas::{Canvas, HPos, Rect};
use crate::figure::{Body, Figure};
use crate::palette::{Color, Ink};
use crate::text::width;

/// A chart of horizontal bars that start at zero, in groups.
pub type Bars = Figure<Rows>;

/// The body of [`Bars`].
#[derive(Clone, Debug)]
pub struct Rows {
    label: String,
    least_end: f64,
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
        Figure::around(title, Rows { label: label.to_string(), least_end: 0.0, rows: Vec::new() })
    }

    /// How far the axis reaches at least: 100 for shares.
    #[must_use]
    pub fn up_to(mut self, value: f64) -> Self {
        self.body.least_end = value;
        self
    }

    /// Starts a group of bars with a heading.
    #[must_use]
    pub fn group(mut self, name: &str) -> Self {
        self.body.rows.push(Row::Group(name.to_string()));
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
        let (name, text) = (name.to_string(), text.to_string());
        self.body.rows.push(Row::Bar { color, name, text, value, lo, hi });
        self
    }
}

impl Body for Rows {
    fn height(&self, _: f64) -> f64 {
        STEP * self.rows.len() as f64 + 58.0
    }

    /// Every bar with its value.
    fn spoken(&self) -> String {
        let spoken = self.rows.iter().map(|row| match row {
            Row::Group(name) => name.clone(),
            Row::Bar { name, text, .. } => format!("{name} {text}"),
        });
        format!("{}: {}", self.label, spoken.collect::<Vec<_>>().join("; "))
    }

    fn draw(&self, canvas: &Canvas, area: Rect) {
        let (mut names, mut texts, mut most) = (0.0_f64, 0.0_f64, self.least_end);
        for row in &self.rows {
            if let Row::Bar { name, text, value, hi, .. } = row {
                names = names.max(width(name, Ink::Label(Color::A)));
                texts = texts.max(width(text, Ink::Label(Color::A)));
                most = most.max(*hi).max(*value);
            }
        }
        let axis = Axis::linear("", 0.0, if most > 0.0 { most } else { 1.0 });
        let left = area.left + names + 12.0;
        let right = (area.right - texts - 14.0).max(left + 60.0);
        let bottom = area.top + STEP * self.rows.len() as f64 + 4.0;
        let x = |v: f64| left + axis.place(v) * (right - left);
        let y = |row: usize| area.top + STEP * row as f64;
        for tick in axis.ticks(5) {
            let x = left + tick.at * (right - left);
            for (first, last) in self.runs() {
                canvas.line(Ink::Grid, &[(x, y(first)), (x, y(last))]);
            }
            canvas.text(TICK, HPos::Center, (x, bottom + 21.0), &tick.text);
        }
        let middle = ((left + right) / 2.0, bottom + 45.0);
        canvas.text(Ink::Label(Color::Muted), HPos::Center, middle, &self.label);
        for (i, row) in self.rows.iter().enumerate() {
            let y = y(i) + STEP / 2.0;
            match row {
                Row::Group(name) => {
                    canvas.text(Ink::Heading, HPos::Left, (area.left, y + 9.0), name);
                }
                Row::Bar { color, name, text, value, lo, hi } => {
                    let start = (area.left, y + 6.0);
                    canvas.text(Ink::Label(Color::Muted), HPos::Left, start, name);
                    let (v, thin) = (x(*value), Ink::Thin(*color));
                    canvas.rect(Ink::Wash(*color), Rect::new(left, y - 10.0, v, y + 10.0));
                    canvas.line(Ink::Line(*color), &[(v, y - 10.0), (v, y + 10.0)]);
                    if lo < hi {
                        canvas.line(thin, &[(x(*lo), y), (x(*hi), y)]);
                        for end in [x(*lo), x(*hi)] {
                            canvas.line(thin, &[(end, y - 5.0), (end, y + 5.0)]);
                        }
                    }
                    let end = (x(value.max(*hi)) + 10.0, y + 6.0);
                    canvas.text(Ink::Label(*color), HPos::Left, end, text);
                }
            }
        }
        for (first, last) in self.runs() {
            canvas.line(Ink::Axis, &[(left, y(first)), (left, y(last))]);
        }
    }
}

impl Rows {
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
