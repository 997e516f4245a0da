//! The sheet that a figure is drawn on, shape by shape.

use crate::palette::{Color, Ink};
use crate::pen::{tenths, Pen, Units};
use crate::text::width;
use plotters::element::{CoordMapper, Drawable, PointCollection};
use plotters::prelude::{
    Circle, IntoDrawingArea, PathElement, Polygon, Rectangle, Text, TextStyle, BLACK,
};
use plotters::style::text_anchor::{Pos, VPos};
use plotters::style::Color as _;
use std::cell::RefCell;

pub use plotters::style::text_anchor::HPos;

/// A point in user units, y downwards.
pub type Point = (f64, f64);

/// Distance between the baselines of two lines of a label.
pub const LEADING: f64 = 21.0;

/// A rectangle in user units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Rect {
    pub fn new(left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Rect { left, top, right, bottom }
    }

    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub fn overlaps(&self, other: &Rect) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }
}

/// The elements of a figure while it is being drawn.
#[derive(Debug, Default)]
pub struct Canvas {
    svg: RefCell<String>,
}

impl Canvas {
    /// What has been drawn, one SVG element a line.
    pub fn into_svg(self) -> String {
        self.svg.into_inner()
    }

    fn draw<'e, E, B>(&self, ink: Ink, element: &'e E)
    where
        B: CoordMapper,
        &'e E: PointCollection<'e, Point, B>,
        E: for<'s> Drawable<Pen<'s>, B>,
    {
        let pen = Pen { ink, svg: &self.svg }.into_drawing_area().apply_coord_spec(Units);
        // Writing into a string cannot fail.
        let _ = pen.draw(element);
    }

    pub fn line(&self, ink: Ink, points: &[Point]) {
        self.draw(ink, &PathElement::new(points, BLACK));
    }

    pub fn polygon(&self, ink: Ink, points: &[Point]) {
        self.draw(ink, &Polygon::new(points, BLACK.filled()));
    }

    pub fn rect(&self, ink: Ink, r: Rect) {
        let corners = [(r.left, r.top), (r.right, r.bottom)];
        self.draw(ink, &Rectangle::new(corners, BLACK.filled()));
    }

    fn circle(&self, ink: Ink, center: Point, radius: f64) {
        self.draw(ink, &Circle::new(center, tenths(radius), BLACK.filled()));
    }

    /// A dot, smaller than a marker.
    pub fn dot(&self, c: Color, center: Point) {
        self.circle(Ink::Solid(c), center, 2.2);
    }

    /// The marker of a colour.
    pub fn marker(&self, c: Color, (x, y): Point, r: f64) {
        let at = |points: &[Point]| -> Vec<Point> {
            points.iter().map(|(dx, dy)| (x + r * dx, y + r * dy)).collect()
        };
        let ink = Ink::Solid(c);
        match c {
            Color::A => self.circle(ink, (x, y), r),
            Color::B => {
                self.rect(ink, Rect::new(x - 0.9 * r, y - 0.9 * r, x + 0.9 * r, y + 0.9 * r))
            }
            Color::C => self.polygon(ink, &at(&[(0.0, -1.2), (1.1, 0.8), (-1.1, 0.8)])),
            Color::D => self.polygon(ink, &at(&[(0.0, -1.3), (1.1, 0.0), (0.0, 1.3), (-1.1, 0.0)])),
            Color::E => self.polygon(ink, &at(&[(0.0, 1.2), (1.1, -0.8), (-1.1, -0.8)])),
            Color::F => self.circle(Ink::Line(c), (x, y), 0.9 * r),
            Color::Muted => self.line(Ink::Line(c), &at(&[(-1.0, 0.0), (1.0, 0.0)])),
        }
    }

    /// One line of text: `at` is on its baseline, to the left, in the middle or to the right of it.
    pub fn text(&self, ink: Ink, side: HPos, at: Point, text: &str) {
        // Of the style only the side counts: family and size are the style sheet's.
        let style = TextStyle::from(("sans-serif", 10.0)).pos(Pos::new(side, VPos::Top));
        self.draw(ink, &Text::new(text, at, style));
    }
}

/// Size of a block of lines of text.
pub fn block(lines: &[String], ink: Ink) -> (f64, f64) {
    let wide = lines.iter().map(|l| width(l, ink)).fold(0.0, f64::max);
    (wide, LEADING * lines.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_one_element_in_the_classes_of_its_ink() {
        let canvas = Canvas::default();
        canvas.line(Ink::Dash(Color::B), &[(0.0, 1.0), (0.01, 1.0), (2.5, 1.25)]);
        canvas.polygon(Ink::Wash(Color::C), &[(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)]);
        canvas.rect(Ink::Solid(Color::A), Rect::new(1.0, 2.0, 4.0, 6.5));
        canvas.marker(Color::A, (7.0, 8.0), 5.0);
        canvas.text(Ink::Title, HPos::Right, (10.0, 20.0), "x < y & z");
        assert_eq!(
            canvas.into_svg(),
            "<polyline class=\"mg-l mg-d mg-sb\" points=\"0,1 2.5,1.3\"/>\n\
             <polygon class=\"mg-b mg-fc\" points=\"0,0 1,0 0,1\"/>\n\
             <rect x=\"1\" y=\"2\" width=\"3\" height=\"4.5\" class=\"mg-fa\"/>\n\
             <circle cx=\"7\" cy=\"8\" r=\"5\" class=\"mg-fa\"/>\n\
             <text x=\"10\" y=\"20\" text-anchor=\"end\" class=\"mg-t mg-h\">x &lt; y &amp; z</text>\n"
        );
    }
}
