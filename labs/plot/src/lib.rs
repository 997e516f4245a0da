//! Figures: a small declarative layer on plotters.
//!
//! A figure states its claim in the title, names its lines at their ends and follows the reader's
//! light or dark scheme. The same calls give the same bytes on every machine.

mod axis;
mod bars;
mod canvas;
mod cells;
mod clip;
mod labels;
mod palette;
mod panels;
mod place;
mod plot;
mod text;

pub use axis::Axis;
pub use bars::Bars;
pub use cells::Cells;
pub use palette::Color;
pub use panels::Panels;

use canvas::{Rect, PAD, WIDTH};

/// What a chart draws, in order.
#[derive(Clone, Debug)]
enum Layer {
    Line { color: Color, label: String, points: Vec<(f64, f64)>, dashed: bool },
    Band { color: Color, points: Vec<(f64, f64, f64)> },
    Marks { color: Color, label: String, points: Vec<(f64, f64, f64, f64)> },
}

/// A chart of lines, bands and marks over two axes.
///
/// ```
/// use minigrad_plot::{Axis, Chart, Color};
///
/// let loss = [(0.0, 0.9), (500.0, 0.02), (1000.0, 0.001)];
/// let svg = Chart::new("Kaiming trains")
///     .x(Axis::linear("step", 0.0, 1000.0))
///     .y(Axis::log("training loss", 1e-4, 1e1))
///     .line(Color::A, "Kaiming", &loss)
///     .render();
/// assert!(svg.contains("<title>Kaiming trains</title>"));
/// ```
#[derive(Clone, Debug)]
pub struct Chart {
    title: String,
    subtitle: String,
    desc: String,
    x: Axis,
    y: Axis,
    height: f64,
    layers: Vec<Layer>,
    notes: Vec<(f64, f64, String)>,
}

impl Chart {
    /// A chart whose title states its claim. Both axes are linear from 0 to 1 until set.
    pub fn new(title: &str) -> Self {
        Chart {
            title: title.to_string(),
            subtitle: String::new(),
            desc: String::new(),
            x: Axis::linear("", 0.0, 1.0),
            y: Axis::linear("", 0.0, 1.0),
            height: 330.0,
            layers: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// A quieter line under the title: what the line and the points are, how many seeds.
    #[must_use]
    pub fn subtitle(mut self, text: &str) -> Self {
        self.subtitle = text.to_string();
        self
    }

    /// The description that a screen reader speaks; without it the axes and the labels are listed.
    #[must_use]
    pub fn desc(mut self, text: &str) -> Self {
        self.desc = text.to_string();
        self
    }

    /// The horizontal axis.
    #[must_use]
    pub fn x(mut self, axis: Axis) -> Self {
        self.x = axis;
        self
    }

    /// The vertical axis.
    #[must_use]
    pub fn y(mut self, axis: Axis) -> Self {
        self.y = axis;
        self
    }

    /// Height of everything under the title, in units of which the figure is 660 wide; 330 unless
    /// set.
    #[must_use]
    pub fn height(mut self, units: f64) -> Self {
        self.height = units.max(160.0);
        self
    }

    /// A solid line, named at its end. It is cut where it leaves the axes (an arrow shows where),
    /// and ends with a cross at the first value that is not finite.
    #[must_use]
    pub fn line(self, color: Color, label: &str, points: &[(f64, f64)]) -> Self {
        self.stroke(color, label, points, false)
    }

    /// A dashed line: theory, a reference.
    #[must_use]
    pub fn dashed(self, color: Color, label: &str, points: &[(f64, f64)]) -> Self {
        self.stroke(color, label, points, true)
    }

    fn stroke(mut self, color: Color, label: &str, points: &[(f64, f64)], dashed: bool) -> Self {
        self.layers.push(Layer::Line {
            color,
            label: label.to_string(),
            points: points.to_vec(),
            dashed,
        });
        self
    }

    /// A translucent band of (x, low, high): the interval over seeds.
    #[must_use]
    pub fn band(mut self, color: Color, points: &[(f64, f64, f64)]) -> Self {
        let points = points.to_vec();
        self.layers.push(Layer::Band { color, points });
        self
    }

    /// Points (x, y) with the marker of the colour.
    #[must_use]
    pub fn marks(self, color: Color, label: &str, points: &[(f64, f64)]) -> Self {
        let points: Vec<_> = points.iter().map(|&(x, y)| (x, y, y, y)).collect();
        self.intervals(color, label, &points)
    }

    /// Points with an interval: (x, y, low, high).
    #[must_use]
    pub fn intervals(mut self, color: Color, label: &str, points: &[(f64, f64, f64, f64)]) -> Self {
        self.layers.push(Layer::Marks { color, label: label.to_string(), points: points.to_vec() });
        self
    }

    /// A small annotation near a point of the axes.
    #[must_use]
    pub fn note(mut self, x: f64, y: f64, text: &str) -> Self {
        self.notes.push((x, y, text.to_string()));
        self
    }

    /// The figure as SVG.
    pub fn render(&self) -> String {
        let top = canvas::heading_height(&self.title, &self.subtitle);
        let height = top + self.height + PAD;
        canvas::figure(height, &self.title, &self.description(), |canvas| {
            let top = canvas.heading(&self.title, &self.subtitle);
            let area = Rect::new(PAD, top, WIDTH - PAD, height - PAD);
            self.draw(canvas, area, self.margins(area, true), true, true);
        })
    }

    fn description(&self) -> String {
        if !self.desc.is_empty() {
            return self.desc.clone();
        }
        let labels: Vec<&str> = self
            .layers
            .iter()
            .filter_map(|layer| match layer {
                Layer::Line { label, .. } | Layer::Marks { label, .. } => Some(label.as_str()),
                Layer::Band { .. } => None,
            })
            .filter(|label| !label.is_empty())
            .chain(self.notes.iter().map(|n| n.2.as_str()))
            .collect();
        let axes = format!("{} against {}", self.y.label, self.x.label);
        if labels.is_empty() {
            axes
        } else {
            format!("{axes}: {}", labels.join("; "))
        }
    }
}

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
