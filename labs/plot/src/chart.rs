//! Lines, bands and marks over two axes: what a chart is made of.

use crate::axis::Axis;
use crate::canvas::{Canvas, Rect};
use crate::figure::{Body, Figure};
use crate::palette::{Color, Ink};

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    Solid,
    Dashed,
    Thin,
}

/// What a chart draws, in order.
#[derive(Clone, Debug)]
pub enum Layer {
    Line { color: Color, label: String, points: Vec<(f64, f64)>, stroke: Stroke },
    Band { color: Color, points: Vec<(f64, f64, f64)> },
    Dots { color: Color, points: Vec<(f64, f64)> },
    Marks { color: Color, label: String, points: Vec<(f64, f64, f64, f64)> },
}

/// A text near a point of the axes.
#[derive(Clone, Debug)]
pub struct Note {
    pub at: (f64, f64),
    pub text: String,
    pub ink: Ink,
    pub color: Color,
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
/// assert!(svg.wide.contains("<title>Kaiming trains</title>"));
/// ```
pub type Chart = Figure<Curves>;

/// The body of a [`Chart`].
#[derive(Clone, Debug)]
pub struct Curves {
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) height: f64,
    pub(crate) layers: Vec<Layer>,
    pub(crate) notes: Vec<Note>,
}

impl Chart {
    /// A chart whose title states its claim. Both axes are linear from 0 to 1 until set.
    pub fn new(title: &str) -> Self {
        let unit = || Axis::linear("", 0.0, 1.0);
        let (layers, notes) = (Vec::new(), Vec::new());
        Figure::around(title, Curves { x: unit(), y: unit(), height: 330.0, layers, notes })
    }

    /// The horizontal axis.
    #[must_use]
    pub fn x(mut self, axis: Axis) -> Self {
        self.body.x = axis;
        self
    }

    /// The vertical axis.
    #[must_use]
    pub fn y(mut self, axis: Axis) -> Self {
        self.body.y = axis;
        self
    }

    /// Height of everything under the title, in units of which the figure is 660 wide, or 480 on a
    /// phone; 330 unless set.
    #[must_use]
    pub fn height(mut self, units: f64) -> Self {
        self.body.height = units.max(160.0);
        self
    }

    /// A solid line, named at its end. It is cut where it leaves the axes (an arrow shows where),
    /// and ends with a cross at the first value that is not finite.
    #[must_use]
    pub fn line(self, color: Color, label: &str, points: &[(f64, f64)]) -> Self {
        self.stroke(color, label, points, Stroke::Solid)
    }

    /// A dashed line: theory, a reference.
    #[must_use]
    pub fn dashed(self, color: Color, label: &str, points: &[(f64, f64)]) -> Self {
        self.stroke(color, label, points, Stroke::Dashed)
    }

    /// A thin line: how one gets from point to point.
    #[must_use]
    pub fn thin(self, color: Color, label: &str, points: &[(f64, f64)]) -> Self {
        self.stroke(color, label, points, Stroke::Thin)
    }

    fn stroke(mut self, color: Color, label: &str, points: &[(f64, f64)], stroke: Stroke) -> Self {
        let (label, points) = (label.to_string(), points.to_vec());
        self.body.layers.push(Layer::Line { color, label, points, stroke });
        self
    }

    /// Small dots: many of them are a cloud.
    #[must_use]
    pub fn dots(mut self, color: Color, points: &[(f64, f64)]) -> Self {
        let points = points.to_vec();
        self.body.layers.push(Layer::Dots { color, points });
        self
    }

    /// A translucent band of (x, low, high): the interval over seeds.
    #[must_use]
    pub fn band(mut self, color: Color, points: &[(f64, f64, f64)]) -> Self {
        let points = points.to_vec();
        self.body.layers.push(Layer::Band { color, points });
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
        let (label, points) = (label.to_string(), points.to_vec());
        self.body.layers.push(Layer::Marks { color, label, points });
        self
    }

    /// A small annotation near a point of the axes.
    #[must_use]
    pub fn note(self, x: f64, y: f64, text: &str) -> Self {
        self.written(x, y, text, Ink::Small(Color::Muted), Color::Muted)
    }

    /// The name, near a point of the axes, of what has this colour there.
    #[must_use]
    pub fn name(self, color: Color, x: f64, y: f64, text: &str) -> Self {
        self.written(x, y, text, Ink::Label(color), color)
    }

    fn written(mut self, x: f64, y: f64, text: &str, ink: Ink, color: Color) -> Self {
        self.body.notes.push(Note { at: (x, y), text: text.to_string(), ink, color });
        self
    }
}

impl Body for Curves {
    fn height(&self, _: f64) -> f64 {
        self.height
    }

    /// The axes and the labels.
    fn spoken(&self) -> String {
        let labels: Vec<&str> = self
            .layers
            .iter()
            .filter_map(|layer| match layer {
                Layer::Line { label, .. } | Layer::Marks { label, .. } => Some(label.as_str()),
                Layer::Band { .. } | Layer::Dots { .. } => None,
            })
            .filter(|label| !label.is_empty())
            .chain(self.notes.iter().map(|note| note.text.as_str()))
            .collect();
        let axes = format!("{} against {}", self.y.label, self.x.label);
        if labels.is_empty() {
            axes
        } else {
            format!("{axes}: {}", labels.join("; "))
        }
    }

    fn draw(&self, canvas: &Canvas, area: Rect) {
        self.draw_beside(canvas, area, self.margins(area, true), (true, true));
    }
}
