//! A grid of categorical outcomes.

use crate::canvas::{Canvas, HPos, Point, Rect, LEADING};
use crate::figure::{Body, Figure};
use crate::palette::{Color, Ink};
use crate::text::{width, wrap};

/// Rows and columns of cells, each with the colour and the marker of its category.
pub type Cells = Figure<Outcomes>;

/// The body of [`Cells`].
#[derive(Clone, Debug, Default)]
pub struct Outcomes {
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
        Figure::around(title, Outcomes::default())
    }

    /// The columns from left to right, and what they are.
    #[must_use]
    pub fn columns<S: AsRef<str>>(mut self, label: &str, names: &[S]) -> Self {
        self.body.x = (label.to_string(), own(names));
        self
    }

    /// The rows from top to bottom, and what they are.
    #[must_use]
    pub fn rows<S: AsRef<str>>(mut self, label: &str, names: &[S]) -> Self {
        self.body.y = (label.to_string(), own(names));
        self
    }

    /// Adds a category; the first one is number 0.
    #[must_use]
    pub fn category(mut self, color: Color, name: &str) -> Self {
        self.body.categories.push((color, name.to_string()));
        self
    }

    /// The cells by row and column: the number of the category, or nothing.
    ///
    /// # Panics
    /// If the rows or columns are not as many as their names, or a category is unknown.
    #[must_use]
    #[track_caller]
    pub fn cells(mut self, cells: &[Vec<Option<usize>>]) -> Self {
        let (rows, columns) = (self.body.y.1.len(), self.body.x.1.len());
        assert!(
            cells.len() == rows && cells.iter().all(|r| r.len() == columns),
            "cells: expected {rows} rows of {columns}"
        );
        let known = self.body.categories.len();
        let mut all = cells.iter().flatten().flatten();
        assert!(all.all(|&c| c < known), "cells: expected categories below {known}");
        self.body.cells = cells.to_vec();
        self
    }

    /// Texts that stand in the cells instead of markers, by row and column.
    #[must_use]
    pub fn texts(mut self, texts: &[Vec<String>]) -> Self {
        self.body.texts = texts.to_vec();
        self
    }
}

impl Body for Outcomes {
    fn height(&self, width: f64) -> f64 {
        let grid = self.row_height(width) * self.y.1.len() as f64;
        self.legend_height(width) + 28.0 + grid + 48.0 + LEADING * (self.head_lines(width) - 1.0)
    }

    /// The categories, counted.
    fn spoken(&self) -> String {
        let count = |k| self.cells.iter().flatten().filter(|c| **c == Some(k)).count();
        let counts = self.categories.iter().enumerate();
        let counts = counts.map(|(k, (_, name))| format!("{name} {}", count(k)));
        format!("{} by {}: {}", self.y.0, self.x.0, counts.collect::<Vec<_>>().join(", "))
    }

    fn draw(&self, canvas: &Canvas, area: Rect) {
        for ((color, name), (x, y)) in self.categories.iter().zip(self.legend(area.width())) {
            let (x, y) = (x + area.left, y + area.top);
            cell(canvas, *color, Rect::new(x, y - 2.0, x + 24.0, y + 20.0), None);
            canvas.text(LABEL, HPos::Left, (x + 32.0, y + 15.0), name);
        }
        let top = area.top + self.legend_height(area.width()) + 8.0;
        canvas.text(LABEL, HPos::Left, (area.left, top + 12.0), &self.y.0);
        let top = top + 20.0;
        let (left, wide) = (area.left + self.left(), self.column_width(area.width()));
        let high = self.row_height(area.width());
        for (r, name) in self.y.1.iter().enumerate() {
            let y = top + high * r as f64;
            canvas.text(TICK, HPos::Right, (left - 9.0, y + high / 2.0 + 6.0), name);
            for (c, category) in self.cells.get(r).into_iter().flatten().enumerate() {
                let x = left + wide * c as f64;
                if let Some(category) = category {
                    let area = Rect::new(x + 1.0, y + 1.0, x + wide - 1.0, y + high - 1.0);
                    let text = self.texts.get(r).and_then(|row| row.get(c));
                    cell(canvas, self.categories[*category].0, area, text);
                }
            }
        }
        let bottom = top + high * self.y.1.len() as f64;
        let heads: Vec<Vec<String>> = self.x.1.iter().map(|name| head(name, wide)).collect();
        // Crowded columns name every second, third, ... one.
        let widest = heads.iter().map(|lines| widest(lines)).fold(0.0, f64::max);
        let every = ((widest + 8.0) / wide).ceil().max(1.0) as usize;
        for (c, lines) in heads.iter().enumerate().step_by(every) {
            for (i, line) in lines.iter().enumerate() {
                let down = 20.0 + LEADING * i as f64;
                canvas.text(
                    TICK,
                    HPos::Center,
                    (left + wide * (c as f64 + 0.5), bottom + down),
                    line,
                );
            }
        }
        let down = 43.0 + LEADING * (self.head_lines(area.width()) - 1.0);
        let at = ((left + area.right) / 2.0, bottom + down);
        canvas.text(LABEL, HPos::Center, at, &self.x.0);
    }
}

impl Outcomes {
    /// Where the first column begins, from the left edge.
    fn left(&self) -> f64 {
        widest(&self.y.1) + 12.0
    }

    fn column_width(&self, room: f64) -> f64 {
        (room - self.left()) / self.x.1.len().max(1) as f64
    }

    fn row_height(&self, room: f64) -> f64 {
        self.column_width(room).clamp(14.0, 38.0)
    }

    /// Lines that the longest name of a column takes.
    fn head_lines(&self, room: f64) -> f64 {
        let wide = self.column_width(room);
        self.x.1.iter().map(|name| head(name, wide).len()).max().unwrap_or(1) as f64
    }

    fn legend_height(&self, room: f64) -> f64 {
        self.legend(room).last().map_or(0.0, |entry| entry.1 + 26.0)
    }

    /// Places of the legend's entries, from the left edge and the top.
    fn legend(&self, room: f64) -> Vec<Point> {
        let (mut x, mut y) = (0.0, 0.0);
        let mut places = Vec::new();
        for (_, name) in &self.categories {
            let wide = 32.0 + width(name, LABEL);
            if x > 0.0 && x + wide > room {
                (x, y) = (0.0, y + 28.0);
            }
            places.push((x, y));
            x += wide + 20.0;
        }
        places
    }
}

fn own<S: AsRef<str>>(names: &[S]) -> Vec<String> {
    names.iter().map(|n| n.as_ref().to_string()).collect()
}

/// The name of a column in at most two lines, one where it fits.
fn head(name: &str, wide: f64) -> Vec<String> {
    let lines = wrap(name, wide - 8.0, TICK);
    if lines.len() > 2 {
        vec![name.to_string()]
    } else {
        lines
    }
}

fn widest(names: &[String]) -> f64 {
    names.iter().map(|n| width(n, TICK)).fold(0.0, f64::max)
}

fn cell(canvas: &Canvas, color: Color, area: Rect, text: Option<&String>) {
    canvas.rect(Ink::Wash(color), area);
    let middle = ((area.left + area.right) / 2.0, (area.top + area.bottom) / 2.0);
    if let Some(text) = text {
        canvas.text(Ink::Count(color), HPos::Center, (middle.0, middle.1 + 6.0), text);
        return;
    }
    let r = (area.width().min(area.height()) * 0.24).clamp(3.0, 7.0);
    canvas.marker(color, middle, r);
}
