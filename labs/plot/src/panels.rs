//! Several charts in one figure.

use super::canvas::{self, Anchor, Rect, LEADING, PAD, WIDTH};
use super::palette::Ink;
use super::text::wrap;
use super::Chart;

/// A grid of charts under one title. An axis that the neighbour shares is written once.
#[derive(Clone, Debug)]
pub struct Panels {
    title: String,
    subtitle: String,
    desc: String,
    charts: Vec<Chart>,
    columns: usize,
}

const GAP: f64 = 18.0;
/// What the texts of an x axis take.
const UNNAMED: f64 = 40.0;

impl Panels {
    /// Charts one below the other; their titles become headings of the panels.
    pub fn new(title: &str, charts: Vec<Chart>) -> Self {
        Panels {
            title: title.to_string(),
            subtitle: String::new(),
            desc: String::new(),
            charts,
            columns: 1,
        }
    }

    /// The number of charts side by side (at least 1); 1 unless set, which is what a phone shows best.
    #[must_use]
    pub fn columns(mut self, columns: usize) -> Self {
        self.columns = columns.max(1);
        self
    }

    /// A quieter line under the title.
    #[must_use]
    pub fn subtitle(mut self, text: &str) -> Self {
        self.subtitle = text.to_string();
        self
    }

    /// The description that a screen reader speaks; without it the panels describe themselves.
    #[must_use]
    pub fn desc(mut self, text: &str) -> Self {
        self.desc = text.to_string();
        self
    }

    /// The figure as SVG.
    pub fn render(&self) -> String {
        let n = self.columns as f64;
        let wide = (WIDTH - 2.0 * PAD - GAP * (n - 1.0)) / n;
        let heading = |chart: &Chart| wrap(&chart.title, wide, Ink::Heading);
        let rows: Vec<(f64, f64)> = self
            .charts
            .chunks(self.columns)
            .enumerate()
            .map(|(r, row)| {
                let lines = row.iter().map(|c| heading(c).len()).max().unwrap_or(0);
                let body = row.iter().map(|c| c.height).fold(0.0, f64::max);
                // A row that leaves its x axis to the one below has frames as high as that one's.
                let bare = (0..row.len()).all(|c| !self.names_x(r, c));
                let body = if bare { body - UNNAMED } else { body };
                (LEADING * lines as f64 + 6.0, body)
            })
            .collect();
        let body: f64 = rows.iter().map(|(head, body)| head + body + GAP).sum();
        let height = canvas::heading_height(&self.title, &self.subtitle) + body - GAP + PAD;
        let desc = if self.desc.is_empty() {
            let each = self.charts.iter().map(|c| format!("{}: {}", c.title, c.description()));
            each.collect::<Vec<_>>().join(". ")
        } else {
            self.desc.clone()
        };
        canvas::figure(height, &self.title, &desc, |canvas| {
            let mut top = canvas.heading(&self.title, &self.subtitle);
            for (r, (row, (head, body))) in self.charts.chunks(self.columns).zip(&rows).enumerate()
            {
                for (c, chart) in row.iter().enumerate() {
                    let left = PAD + c as f64 * (wide + GAP);
                    for (i, line) in heading(chart).iter().enumerate() {
                        let at = (left, top + LEADING * i as f64 + 15.0);
                        canvas.text(Ink::Heading, Anchor::Start, at, line);
                    }
                    let area = Rect::new(left, top + head, left + wide, top + head + body);
                    let below = self.charts.get((r + 1) * self.columns + c);
                    let margins = self.margins(c, area);
                    let x_texts = below.is_none_or(|b| b.x != chart.x);
                    chart.draw(canvas, area, margins, x_texts, self.names_y(r, c));
                }
                top += head + body + GAP;
            }
        })
    }

    fn names_x(&self, row: usize, column: usize) -> bool {
        let i = row * self.columns + column;
        let below = self.charts.get(i + self.columns);
        below.is_none_or(|b| b.x != self.charts[i].x)
    }

    fn names_y(&self, row: usize, column: usize) -> bool {
        let i = row * self.columns + column;
        column == 0 || self.charts[i - 1].y != self.charts[i].y
    }

    /// The margins that every chart of a column can share, so that their frames stand in line.
    fn margins(&self, column: usize, area: Rect) -> (f64, f64) {
        self.charts
            .iter()
            .skip(column)
            .step_by(self.columns)
            .enumerate()
            .map(|(row, chart)| chart.margins(area, self.names_y(row, column)))
            .fold((0.0, 0.0), |a, b| (b.0.max(a.0), b.1.max(a.1)))
    }
}
