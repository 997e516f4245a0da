//! The sheet: plotters writes the shapes, and this file turns its colours into CSS classes.

use super::palette::{style, Color, Ink};
use super::text::{escape, width, wrap};
use plotters::coord::Shift;
use plotters::element::{Drawable, PointCollection};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::Color as _;

/// A point in user units, y downwards.
pub(super) type Point = (f64, f64);

/// Width of every figure in user units: 18 units of text are 10 px on a phone 358 px wide.
pub(super) const WIDTH: f64 = 660.0;
/// Distance from the card's edge to its content.
pub(super) const PAD: f64 = 20.0;

/// plotters counts in whole pixels; a tenth of a unit each makes curves smooth.
const FINE: f64 = 10.0;

/// A rectangle in user units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rect {
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

/// Where a text's x coordinate lies on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A figure while it is being drawn.
pub(super) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

fn fine(p: Point) -> (i32, i32) {
    let snap = |v: f64| (v * FINE).round().clamp(-1e6, 1e6) as i32;
    (snap(p.0), snap(p.1))
}

fn color(ink: Ink) -> RGBColor {
    let (r, g, b) = ink.code();
    RGBColor(r, g, b)
}

impl Canvas<'_> {
    fn put<E>(&self, element: E)
    where
        for<'b> &'b E: PointCollection<'b, (i32, i32)>,
        for<'b> E: Drawable<SVGBackend<'b>>,
    {
        // Writing into a string cannot fail.
        let _ = self.area.draw(&element);
    }

    pub fn line(&self, ink: Ink, points: &[Point]) {
        let mut points: Vec<_> = points.iter().map(|&p| fine(p)).collect();
        points.dedup();
        self.put(PathElement::new(points, color(ink)));
    }

    pub fn polygon(&self, ink: Ink, points: &[Point]) {
        let points: Vec<_> = points.iter().map(|&p| fine(p)).collect();
        self.put(Polygon::new(points, color(ink).filled()));
    }

    pub fn rect(&self, ink: Ink, r: Rect) {
        let corners = [fine((r.left, r.top)), fine((r.right, r.bottom))];
        self.put(Rectangle::new(corners, color(ink).filled()));
    }

    fn circle(&self, ink: Ink, center: Point, radius: f64) {
        let radius = (radius * FINE).round() as u32;
        self.put(Circle::new(fine(center), radius, color(ink).filled()));
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
            Color::F => {
                self.line(Ink::Line(c), &at(&[(-0.8, -0.8), (0.8, 0.8)]));
                self.line(Ink::Line(c), &at(&[(-0.8, 0.8), (0.8, -0.8)]));
            }
            Color::Muted => self.line(Ink::Line(c), &at(&[(-1.0, 0.0), (1.0, 0.0)])),
        }
    }

    /// One line of text on the baseline `y`.
    pub fn text(&self, ink: Ink, anchor: Anchor, (x, y): Point, text: &str) {
        let h = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let color = color(ink);
        let style = TextStyle::from(("sans-serif", 10.0)).color(&color).pos(Pos::new(h, VPos::Top));
        let clean: String = text.chars().filter(|c| !c.is_control()).collect();
        self.put(Text::new(clean, fine((x, y)), style));
    }

    /// Writes the title and the subtitle from the top of the card; returns where the rest begins.
    pub fn heading(&self, title: &str, subtitle: &str) -> f64 {
        let mut y = PAD - 2.0;
        for (ink, text, step) in
            [(Ink::Title, title, 27.0), (Ink::Small(Color::Muted), subtitle, 22.0)]
        {
            for line in wrap(text, WIDTH - 2.0 * PAD, ink) {
                self.text(ink, Anchor::Start, (PAD, y + 0.76 * step), &line);
                y += step;
            }
        }
        y + 10.0
    }
}

/// Height taken by [`Canvas::heading`].
pub(super) fn heading_height(title: &str, subtitle: &str) -> f64 {
    let lines = |text: &str, ink| wrap(text, WIDTH - 2.0 * PAD, ink).len() as f64;
    PAD + 8.0 + 27.0 * lines(title, Ink::Title) + 22.0 * lines(subtitle, Ink::Small(Color::Muted))
}

/// Draws one figure and returns its SVG.
pub(super) fn figure(height: f64, title: &str, desc: &str, draw: impl FnOnce(&Canvas)) -> String {
    let mut raw = String::new();
    {
        let size = ((WIDTH * FINE) as u32, (height * FINE).round() as u32);
        let area = SVGBackend::with_string(&mut raw, size).into_drawing_area();
        let canvas = Canvas { area };
        draw(&canvas);
        let _ = canvas.area.present();
    }
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"mg\" viewBox=\"0 0 {} {}\" role=\"img\">\n\
         <title>{}</title>\n<desc>{}</desc>\n<style>\n{}\n</style>\n\
         <rect class=\"mg-card\" x=\".5\" y=\".5\" width=\"{}\" height=\"{}\" rx=\"12\"/>\n",
        WIDTH,
        height.round(),
        escape(title),
        escape(desc),
        style(),
        WIDTH - 1.0,
        height.round() - 1.0,
    );
    theme(&raw, &mut svg);
    svg.push_str("</svg>\n");
    svg
}

/// Rewrites what plotters wrote: colours become classes, tenths become units, defaults go.
fn theme(raw: &str, svg: &mut String) {
    for piece in raw.split('<').skip(1) {
        let Some((tag, content)) = piece.split_once('>') else {
            continue;
        };
        if tag.starts_with("svg") || tag.starts_with('/') {
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        svg.push('<');
        svg.push_str(name);
        let mut fields = attributes.trim_end_matches('/').split('"');
        while let (Some(key), Some(value)) = (fields.next(), fields.next()) {
            let key = key.trim().trim_end_matches('=');
            match key {
                "fill" | "stroke" if value.starts_with('#') => {
                    let byte = |i| u8::from_str_radix(&value[i..i + 2], 16).unwrap_or(0);
                    svg.push_str(&format!(" class=\"{}\"", Ink::classes(byte(1), byte(3))));
                }
                "text-anchor" if value != "start" => {
                    svg.push_str(&format!(" {key}=\"{value}\""));
                }
                "points" | "x" | "y" | "x1" | "y1" | "x2" | "y2" | "width" | "height" | "cx"
                | "cy" | "r" => svg.push_str(&format!(" {key}=\"{}\"", units(value))),
                _ => {}
            }
        }
        if name == "text" {
            svg.push_str(&format!(">{}</text>\n", content.trim()));
        } else {
            svg.push_str("/>\n");
        }
    }
}

/// `"123,40 "` in tenths as `"12.3,4"`.
fn units(value: &str) -> String {
    let number = |text: &str| {
        let tenths: i64 = text.parse().unwrap_or(0);
        let sign = if tenths < 0 { "-" } else { "" };
        match (tenths.abs() / 10, tenths.abs() % 10) {
            (whole, 0) => format!("{sign}{whole}"),
            (0, part) => format!("{sign}.{part}"),
            (whole, part) => format!("{sign}{whole}.{part}"),
        }
    };
    value
        .split_whitespace()
        .map(|pair| pair.split(',').map(number).collect::<Vec<_>>().join(","))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Size of a block of lines of text.
pub(super) fn block(lines: &[String], ink: Ink) -> (f64, f64) {
    let wide = lines.iter().map(|l| width(l, ink)).fold(0.0, f64::max);
    (wide, LEADING * lines.len() as f64)
}

/// Distance between the baselines of two lines of a label.
pub(super) const LEADING: f64 = 21.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenths_become_units() {
        assert_eq!(units("123,40 -5,0 "), "12.3,4 -.5,0");
        assert_eq!(units("7"), ".7");
    }

    #[test]
    fn text_is_escaped_once() {
        let svg = figure(100.0, "a < b & \"c\"", "d", |c| {
            c.text(Ink::Title, Anchor::End, (10.0, 20.0), "x < y & z");
        });
        assert!(svg.contains("<title>a &lt; b &amp; &quot;c&quot;</title>"));
        assert!(svg.contains(
            "<text x=\"10\" y=\"20\" text-anchor=\"end\" class=\"mg-t mg-h\">x &lt; y &amp; z</text>"
        ));
    }
}
