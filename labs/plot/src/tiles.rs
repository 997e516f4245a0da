//! Small drawings side by side, or one below the other where there is no room: diagrams.

use crate::canvas::{Canvas, HPos, Point, Rect, LEADING};
use crate::figure::{Body, Figure};
use crate::palette::{Color, Ink};
use crate::text::wrap;

/// Drawings in rows, as many to a row as there is room for.
pub type Tiles = Figure<Row>;

/// The body of [`Tiles`].
#[derive(Clone, Debug)]
pub struct Row {
    tiles: Vec<Tile>,
}

/// Where a text stands, seen from its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// To the right.
    Right,
    /// In the middle.
    Middle,
    /// To the left.
    Left,
}

/// One drawing: boxes, texts and flows at places in units of the figure, from its upper left corner.
///
/// ```
/// use minigrad_plot::{Color, Tile, Tiles};
///
/// let tile = Tile::new("A norm", 140.0, 120.0)
///     .flow(Color::A, 8.0, &[(70.0, 0.0), (70.0, 40.0)])
///     .boxed(Color::Muted, (30.0, 40.0), (110.0, 70.0), "norm")
///     .flow(Color::A, 2.0, &[(70.0, 70.0), (70.0, 120.0)]);
/// let svg = Tiles::new("A norm makes a large signal small", vec![tile]).render();
/// assert!(svg.small.contains(">norm<"));
/// ```
#[derive(Clone, Debug)]
pub struct Tile {
    heading: String,
    size: (f64, f64),
    shapes: Vec<Shape>,
}

#[derive(Clone, Debug)]
enum Shape {
    Flow { color: Color, thick: f64, points: Vec<Point>, head: bool },
    Paper { area: Rect },
    Wash { color: Color, area: Rect },
    Frame { color: Color, area: Rect },
    Text { ink: Ink, at: Point, side: Side, text: String },
}

const GAP: f64 = 16.0;

impl Tiles {
    /// Drawings from left to right; their headings stand above them.
    pub fn new(title: &str, tiles: Vec<Tile>) -> Self {
        Figure::around(title, Row { tiles })
    }
}

impl Tile {
    /// An empty drawing of this size.
    pub fn new(heading: &str, width: f64, height: f64) -> Self {
        Tile { heading: heading.to_string(), size: (width, height), shapes: vec![] }
    }

    fn with(mut self, shape: Shape) -> Self {
        self.shapes.push(shape);
        self
    }

    /// An arrow along `points`, as thick as it carries.
    #[must_use]
    pub fn flow(self, color: Color, thick: f64, points: &[(f64, f64)]) -> Self {
        self.with(Shape::Flow { color, thick, points: points.to_vec(), head: true })
    }

    /// A line along `points`, as thick as it carries, without a head.
    #[must_use]
    pub fn pipe(self, color: Color, thick: f64, points: &[(f64, f64)]) -> Self {
        self.with(Shape::Flow { color, thick, points: points.to_vec(), head: false })
    }

    /// A tinted area between two corners.
    #[must_use]
    pub fn wash(self, color: Color, from: (f64, f64), to: (f64, f64)) -> Self {
        let area = Rect::new(from.0, from.1, to.0, to.1);
        self.with(Shape::Wash { color, area })
    }

    /// The outline of an area between two corners.
    #[must_use]
    pub fn outline(self, color: Color, from: (f64, f64), to: (f64, f64)) -> Self {
        let area = Rect::new(from.0, from.1, to.0, to.1);
        self.with(Shape::Frame { color, area })
    }

    /// A tinted and outlined box with a text in its middle.
    #[must_use]
    pub fn boxed(self, color: Color, from: (f64, f64), to: (f64, f64), text: &str) -> Self {
        let middle = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0 + 6.0);
        let area = Rect::new(from.0, from.1, to.0, to.1);
        let boxed = self.with(Shape::Paper { area }).wash(color, from, to).outline(color, from, to);
        boxed.written(Ink::Count(color), middle, Side::Middle, text)
    }

    /// A text whose baseline begins, has its middle, or ends at a point.
    #[must_use]
    pub fn text(self, color: Color, at: (f64, f64), side: Side, text: &str) -> Self {
        self.written(Ink::Small(color), at, side, text)
    }

    fn written(self, ink: Ink, at: (f64, f64), side: Side, text: &str) -> Self {
        self.with(Shape::Text { ink, at, side, text: text.to_string() })
    }

    fn lines(&self, room: f64) -> Vec<String> {
        wrap(&self.heading, room, Ink::Heading)
    }
}

impl Row {
    /// Tiles in a row of this width, and how far apart they begin.
    fn columns(&self, width: f64) -> (usize, f64) {
        let wide = self.tiles.iter().map(|tile| tile.size.0).fold(1.0, f64::max);
        let most = ((width + GAP) / (wide + GAP)).floor().max(1.0) as usize;
        // Rows of equal length: four tiles of which three fit stand two by two.
        let rows = self.tiles.len().div_ceil(most).max(1);
        let columns = self.tiles.len().div_ceil(rows).max(1);
        (columns, (width + GAP) / columns as f64)
    }

    /// Height of the heading and of the drawing of each row.
    fn rows(&self, width: f64) -> Vec<(f64, f64)> {
        let (columns, step) = self.columns(width);
        let row = |row: &[Tile]| {
            let lines = row.iter().map(|tile| tile.lines(step - GAP).len()).max().unwrap_or(0);
            let head = if lines == 0 { 0.0 } else { LEADING * lines as f64 + 10.0 };
            (head, row.iter().map(|tile| tile.size.1).fold(0.0, f64::max))
        };
        self.tiles.chunks(columns).map(row).collect()
    }
}

impl Body for Row {
    fn height(&self, width: f64) -> f64 {
        self.rows(width).iter().map(|(head, body)| head + body + GAP).sum::<f64>() - GAP
    }

    /// The headings and every text.
    fn spoken(&self) -> String {
        let each = self.tiles.iter().map(|tile| {
            let texts = tile.shapes.iter().filter_map(|shape| match shape {
                Shape::Text { text, .. } => Some(text.as_str()),
                _ => None,
            });
            format!("{}: {}", tile.heading, texts.collect::<Vec<_>>().join(", "))
        });
        each.collect::<Vec<_>>().join(". ")
    }

    fn draw(&self, canvas: &Canvas, area: Rect) {
        let (columns, step) = self.columns(area.width());
        let mut top = area.top;
        for (row, (head, body)) in self.tiles.chunks(columns).zip(self.rows(area.width())) {
            for (i, tile) in row.iter().enumerate() {
                let left = area.left + step * i as f64;
                let middle = left + (step - GAP) / 2.0;
                for (i, line) in tile.lines(step - GAP).iter().enumerate() {
                    let at = (middle, top + LEADING * i as f64 + 15.0);
                    canvas.text(Ink::Heading, HPos::Center, at, line);
                }
                tile.draw(canvas, (middle - tile.size.0 / 2.0, top + head));
            }
            top += head + body + GAP;
        }
    }
}

impl Tile {
    fn draw(&self, canvas: &Canvas, (left, top): Point) {
        let at = |&(x, y): &Point| (left + x, top + y);
        let moved =
            |r: &Rect| Rect::new(left + r.left, top + r.top, left + r.right, top + r.bottom);
        for shape in &self.shapes {
            match shape {
                Shape::Flow { color, thick, points, head } => {
                    let points: Vec<Point> = points.iter().map(at).collect();
                    flow(canvas, *color, *thick, &points, *head);
                }
                Shape::Paper { area } => canvas.rect(Ink::Paper, moved(area)),
                Shape::Wash { color, area } => canvas.rect(Ink::Wash(*color), moved(area)),
                Shape::Frame { color, area } => {
                    let Rect { left, top, right, bottom } = moved(area);
                    let corners =
                        [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
                    canvas.line(Ink::Thin(*color), &corners);
                }
                Shape::Text { ink, at: place, side, text } => {
                    let side = match side {
                        Side::Right => HPos::Left,
                        Side::Middle => HPos::Center,
                        Side::Left => HPos::Right,
                    };
                    canvas.text(*ink, side, at(place), text);
                }
            }
        }
    }
}

/// An arrow that bends at right angles: a bar a segment, each as thick as it carries.
fn flow(canvas: &Canvas, color: Color, thick: f64, points: &[Point], head: bool) {
    let ink = Ink::Solid(color);
    let half = thick / 2.0;
    // A head wide enough to be seen on a thin shaft, and to stand out from a thick one.
    let (wide, long) = (half + 4.0, (half + 4.0).min(10.0));
    for (i, pair) in points.windows(2).enumerate() {
        let (a, b) = (pair[0], pair[1]);
        let length = libm::hypot(b.0 - a.0, b.1 - a.1).max(1e-9);
        let along = ((b.0 - a.0) / length, (b.1 - a.1) / length);
        let is_last = i + 2 == points.len();
        // Bars overlap at a corner; the last one ends where the head begins.
        let before = if i == 0 { 0.0 } else { half };
        let behind = match (is_last, head) {
            (true, true) => -long,
            (true, false) => 0.0,
            (false, _) => half,
        };
        let to = |p: Point, forwards: f64, aside: f64| {
            (p.0 + forwards * along.0 - aside * along.1, p.1 + forwards * along.1 + aside * along.0)
        };
        let corners = [
            to(a, -before, half),
            to(b, behind, half),
            to(b, behind, -half),
            to(a, -before, -half),
        ];
        canvas.polygon(ink, &corners);
        if is_last && head {
            canvas.polygon(ink, &[b, to(b, -long, wide), to(b, -long, -wide)]);
        }
    }
}
