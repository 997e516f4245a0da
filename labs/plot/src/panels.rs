//! Several charts in one figure.

use crate::canvas::{Canvas, HPos, Rect, LEADING};
use crate::chart::Chart;
use crate::figure::{Body, Figure};
use crate::palette::Ink;
use crate::text::wrap;

/// A grid of charts under one title. An axis that the neighbour shares is written once.
pub type Panels = Figure<Grid>;

/// The body of [`Panels`].
#[derive(Clone, Debug)]
pub struct Grid {
    charts: Vec<Chart>,
    columns: usize,
}

const GAP: f64 = 18.0;
/// Where there is less room than this, panels stand one below the other.
const NARROW: f64 = 500.0;
/// What the texts of an x axis take.
const UNNAMED: f64 = 40.0;

impl Panels {
    /// Charts one below the other; their titles become headings of the panels.
    pub fn new(title: &str, charts: Vec<Chart>) -> Self {
        Figure::around(title, Grid { charts, columns: 1 })
    }

    /// The number of charts side by side (at least 1); 1 unless set, and always on a phone.
    #[must_use]
    pub fn columns(mut self, columns: usize) -> Self {
        self.body.columns = columns.max(1);
        self
    }
}

impl Body for Grid {
    fn height(&self, width: f64) -> f64 {
        self.within(width).rows().iter().map(|(head, body)| head + body + GAP).sum::<f64>() - GAP
    }

    /// Each panel in turn.
    fn spoken(&self) -> String {
        let each = self.charts.iter().map(|c| format!("{}: {}", c.title, c.spoken()));
        each.collect::<Vec<_>>().join(". ")
    }

    fn draw(&self, canvas: &Canvas, area: Rect) {
        self.within(area.width()).draw(canvas, area);
    }
}

impl Grid {
    fn within(&self, width: f64) -> Laid<'_> {
        let columns = if width < NARROW { 1 } else { self.columns };
        Laid { charts: &self.charts, columns, width }
    }
}

/// A grid in an area so wide.
struct Laid<'g> {
    charts: &'g [Chart],
    columns: usize,
    width: f64,
}

impl Laid<'_> {
    fn draw(&self, canvas: &Canvas, area: Rect) {
        let (wide, mut top) = (self.wide(), area.top);
        for (r, (row, (head, body))) in
            self.charts.chunks(self.columns).zip(self.rows()).enumerate()
        {
            for (c, chart) in row.iter().enumerate() {
                let left = area.left + c as f64 * (wide + GAP);
                for (i, line) in self.heading(chart).iter().enumerate() {
                    let at = (left, top + LEADING * i as f64 + 15.0);
                    canvas.text(Ink::Heading, HPos::Left, at, line);
                }
                let area = Rect::new(left, top + head, left + wide, top + head + body);
                let texts = (self.names_x(r, c), self.names_y(r, c));
                chart.body.draw_beside(canvas, area, self.margins(c, area), texts);
            }
            top += head + body + GAP;
        }
    }

    /// Width of a panel.
    fn wide(&self) -> f64 {
        let n = self.columns as f64;
        (self.width - GAP * (n - 1.0)) / n
    }

    fn heading(&self, chart: &Chart) -> Vec<String> {
        wrap(&chart.title, self.wide(), Ink::Heading)
    }

    /// Heights of the headings and of the charts, row by row.
    fn rows(&self) -> Vec<(f64, f64)> {
        let row = |(r, row): (usize, &[Chart])| {
            let lines = row.iter().map(|c| self.heading(c).len()).max().unwrap_or(0);
            let body = row.iter().map(|c| c.body.height).fold(0.0, f64::max);
            // A row that leaves its x axis to the one below has frames as high as that one's.
            let bare = (0..row.len()).all(|c| !self.names_x(r, c));
            let body = if bare { body - UNNAMED } else { body };
            (LEADING * lines as f64 + 6.0, body)
        };
        self.charts.chunks(self.columns).enumerate().map(row).collect()
    }

    fn names_x(&self, row: usize, column: usize) -> bool {
        let i = row * self.columns + column;
        let below = self.charts.get(i + self.columns);
        below.is_none_or(|b| b.body.x != self.charts[i].body.x)
    }

    fn names_y(&self, row: usize, column: usize) -> bool {
        let i = row * self.columns + column;
        column == 0 || self.charts[i - 1].body.y != self.charts[i].body.y
    }

    /// The margins that every chart of a column can share, so that their frames stand in line.
    fn margins(&self, column: usize, area: Rect) -> (f64, f64) {
        self.charts
            .iter()
            .skip(column)
            .step_by(self.columns)
            .enumerate()
            .map(|(row, chart)| chart.body.margins(area, self.names_y(row, column)))
            .fold((0.0, 0.0), |a, b| (b.0.max(a.0), b.1.max(a.1)))
    }
}
