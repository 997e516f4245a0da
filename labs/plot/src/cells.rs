//! A grid of categorical outcomes.

use super::canvas::{self, Anchor, Point, Rect, PAD, WIDTH};
use super::palette::{Color, Ink};
use super::text::width;

/// Rows and columns of cells, each with the colour and the marker of its category.
#[derive(Clone, Debug)]
pub struct Cells {
    title: String,
    subtitle: String,
    desc: String,
    x: (String, Vec<String>),
    y: (String, Vec<String>),
    categories: Vec<(Color, String)>,
    cells: Vec<Vec<Option<usize>>>,
    texts: Vec<Vec<String>>,
}

const TICK: Ink = Ink::Small(Color::Muted);
const LABEL: Ink = Ink::Label(Color::Muted);

impl Cells {
    /// A grid of outcomes; the title states what it shows.
    pub fn new(title: &str) -> Self {
        Cells {
            title: title.to_string(),
            subtitle: String::new(),
            desc: String::new(),
            x: Default::default(),
            y: Default::default(),
            categories: Vec::new(),
            cells: Vec::new(),
            texts: Vec::new(),
        }
    }

    /// A quieter line under the title.
    #[must_use]
    pub fn subtitle(mut self, text: &str) -> Self {
        self.subtitle = text.to_string();
        self
    }

    /// The description that a screen reader speaks; without it the categories are counted.
    #[must_use]
    pub fn desc(mut self, text: &str) -> Self {
        self.desc = text.to_string();
        self
    }

    /// The columns from left to right, and what they are.
    #[must_use]
    pub fn columns<S: AsRef<str>>(mut self, label: &str, names: &[S]) -> Self {
        self.x = (label.to_string(), own(names));
        self
    }

    /// The rows from top to bottom, and what they are.
    #[must_use]
    pub fn rows<S: AsRef<str>>(mut self, label: &str, names: &[S]) -> Self {
        self.y = (label.to_string(), own(names));
        self
    }

    /// Adds a category; the first one is number 0.
    #[must_use]
    pub fn category(mut self, color: Color, name: &str) -> Self {
        self.categories.push((color, name.to_string()));
        self
    }

    /// The cells by row and column: the number of the category, or nothing.
    ///
    /// # Panics
    /// If the rows or columns are not as many as their names, or a category is unknown.
    #[must_use]
    #[track_caller]
    pub fn cells(mut self, cells: &[Vec<Option<usize>>]) -> Self {
        let (rows, columns) = (self.y.1.len(), self.x.1.len());
        assert!(
            cells.len() == rows && cells.iter().all(|r| r.len() == columns),
            "cells: expected {rows} rows of {columns}"
        );
        let known = self.categories.len();
        let mut all = cells.iter().flatten().flatten();
        assert!(all.all(|&c| c < known), "cells: expected categories below {known}");
        self.cells = cells.to_vec();
        self
    }

    /// Texts that stand in the cells instead of markers, by row and column.
    #[must_use]
    pub fn texts(mut self, texts: &[Vec<String>]) -> Self {
        self.texts = texts.to_vec();
        self
    }

    /// The figure as SVG.
    pub fn render(&self) -> String {
        let names = self.y.1.iter().map(|n| width(n, TICK)).fold(0.0, f64::max);
        let left = PAD + names + 12.0;
        let columns = self.x.1.len().max(1) as f64;
        let wide = (WIDTH - PAD - left) / columns;
        let high = wide.clamp(14.0, 38.0);
        let grid = high * self.y.1.len() as f64;
        let legend = self.legend();
        let lines = legend.last().map_or(0.0, |l| l.1 + 26.0);
        let head = canvas::heading_height(&self.title, &self.subtitle);
        let height = head + lines + 28.0 + grid + 54.0 + PAD - 6.0;

        canvas::figure(height, &self.title, &self.description(), |canvas| {
            let top = canvas.heading(&self.title, &self.subtitle);
            for ((color, name), (x, y)) in self.categories.iter().zip(&legend) {
                let (x, y) = (x + PAD, y + top);
                cell(canvas, *color, Rect::new(x, y - 2.0, x + 24.0, y + 20.0), None);
                canvas.text(LABEL, Anchor::Start, (x + 32.0, y + 15.0), name);
            }
            let top = top + lines + 8.0;
            canvas.text(LABEL, Anchor::Start, (PAD, top + 12.0), &self.y.0);
            let top = top + 20.0;
            for (r, name) in self.y.1.iter().enumerate() {
                let y = top + high * r as f64;
                let at = (left - 9.0, y + high / 2.0 + 6.0);
                canvas.text(TICK, Anchor::End, at, name);
                for (c, category) in self.cells.get(r).into_iter().flatten().enumerate() {
                    let x = left + wide * c as f64;
                    if let Some(category) = category {
                        let area = Rect::new(x + 1.0, y + 1.0, x + wide - 1.0, y + high - 1.0);
                        let text = self.texts.get(r).and_then(|row| row.get(c));
                        cell(canvas, self.categories[*category].0, area, text);
                    }
                }
            }
            let bottom = top + grid;
            // Crowded columns name every second, third, ... one.
            let widest = self.x.1.iter().map(|n| width(n, TICK)).fold(0.0, f64::max);
            let every = ((widest + 8.0) / wide).ceil().max(1.0) as usize;
            for (c, name) in self.x.1.iter().enumerate().step_by(every) {
                let at = (left + wide * (c as f64 + 0.5), bottom + 20.0);
                canvas.text(TICK, Anchor::Middle, at, name);
            }
            let at = ((left + WIDTH - PAD) / 2.0, bottom + 43.0);
            canvas.text(LABEL, Anchor::Middle, at, &self.x.0);
        })
    }

    /// Places of the legend's entries, from the left edge and the top.
    fn legend(&self) -> Vec<Point> {
        let (mut x, mut y) = (0.0, 0.0);
        let mut places = Vec::new();
        for (_, name) in &self.categories {
            let wide = 32.0 + width(name, LABEL);
            if x > 0.0 && x + wide > WIDTH - 2.0 * PAD {
                (x, y) = (0.0, y + 28.0);
            }
            places.push((x, y));
            x += wide + 20.0;
        }
        places
    }

    fn description(&self) -> String {
        if !self.desc.is_empty() {
            return self.desc.clone();
        }
        let count = |k| self.cells.iter().flatten().filter(|c| **c == Some(k)).count();
        let counts = self.categories.iter().enumerate();
        let counts = counts.map(|(k, (_, name))| format!("{name} {}", count(k)));
        format!("{} by {}: {}", self.y.0, self.x.0, counts.collect::<Vec<_>>().join(", "))
    }
}

fn own<S: AsRef<str>>(names: &[S]) -> Vec<String> {
    names.iter().map(|n| n.as_ref().to_string()).collect()
}

fn cell(canvas: &canvas::Canvas, color: Color, area: Rect, text: Option<&String>) {
    canvas.rect(Ink::Wash(color), area);
    let middle = ((area.left + area.right) / 2.0, (area.top + area.bottom) / 2.0);
    if let Some(text) = text {
        canvas.text(Ink::Label(color), Anchor::Middle, (middle.0, middle.1 + 6.0), text);
        return;
    }
    let r = (area.width().min(area.height()) * 0.24).clamp(3.0, 7.0);
    canvas.marker(color, middle, r);
}
