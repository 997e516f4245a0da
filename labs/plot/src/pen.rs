//! The backend of plotters that writes SVG elements with CSS classes in place of colours, so that a
//! figure follows the reader's light or dark scheme.

use crate::canvas::{HPos, Point};
use crate::palette::Ink;
use crate::text::escape;
use plotters::coord::CoordTranslate;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle};
use plotters_backend::{DrawingBackend, DrawingErrorKind};
use std::cell::RefCell;
use std::convert::Infallible;
use std::fmt;

/// User units as coordinates of plotters, which counts in whole pixels: a tenth of a unit each
/// makes curves smooth.
pub struct Units;

impl CoordTranslate for Units {
    type From = Point;

    fn translate(&self, &(x, y): &Point) -> BackendCoord {
        (tenths(x), tenths(y))
    }
}

/// A length of plotters, at most as far away as any screen is wide.
pub fn tenths(v: f64) -> i32 {
    (v * 10.0).round().clamp(-1e6, 1e6) as i32
}

/// Tenths of a unit, written in units: `12.3`, `4`, `-.5`.
struct Tenths(i32);

impl fmt::Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        match (self.0.abs() / 10, self.0.abs() % 10) {
            (whole, 0) => write!(f, "{sign}{whole}"),
            (0, part) => write!(f, "{sign}.{part}"),
            (whole, part) => write!(f, "{sign}{whole}.{part}"),
        }
    }
}

/// A pen writes what is drawn with it in one ink. Colours and widths of plotters' styles are not
/// asked: how an ink looks is the style sheet's to say, in either scheme.
pub struct Pen<'s> {
    pub ink: Ink,
    pub svg: &'s RefCell<String>,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl Pen<'_> {
    fn write(&self, element: fmt::Arguments<'_>) -> Drawn {
        let mut svg = self.svg.borrow_mut();
        *svg += &format!("{element}\n");
        Ok(())
    }

    fn write_points(&self, name: &str, points: &[BackendCoord]) -> Drawn {
        let points: Vec<String> =
            points.iter().map(|&(x, y)| format!("{},{}", Tenths(x), Tenths(y))).collect();
        let (class, points) = (self.ink.classes(), points.join(" "));
        self.write(format_args!("<{name} class=\"{class}\" points=\"{points}\"/>"))
    }
}

impl DrawingBackend for Pen<'_> {
    type ErrorType = Infallible;

    /// A sheet as large as it needs to be.
    fn get_size(&self) -> (u32, u32) {
        (i32::MAX as u32, i32::MAX as u32)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    /// Nothing is drawn by pixels.
    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Drawn {
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, s: &S) -> Drawn {
        self.draw_path([a, b], s)
    }

    fn draw_path<S, I>(&mut self, path: I, _: &S) -> Drawn
    where
        S: BackendStyle,
        I: IntoIterator<Item = BackendCoord>,
    {
        let mut points: Vec<_> = path.into_iter().collect();
        points.dedup();
        self.write_points("polyline", &points)
    }

    fn fill_polygon<S, I>(&mut self, corners: I, _: &S) -> Drawn
    where
        S: BackendStyle,
        I: IntoIterator<Item = BackendCoord>,
    {
        self.write_points("polygon", &corners.into_iter().collect::<Vec<_>>())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        _: &S,
        _: bool,
    ) -> Drawn {
        let [x, y, w, h] = [left, top, right - left, bottom - top].map(Tenths);
        let class = self.ink.classes();
        self.write(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" class=\"{class}\"/>"
        ))
    }

    fn draw_circle<S>(&mut self, (x, y): BackendCoord, radius: u32, _: &S, _: bool) -> Drawn
    where
        S: BackendStyle,
    {
        let ([x, y, r], class) = ([x, y, radius as i32].map(Tenths), self.ink.classes());
        self.write(format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" class=\"{class}\"/>"))
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        (x, y): BackendCoord,
    ) -> Drawn {
        let anchor = match style.anchor().h_pos {
            HPos::Left => "",
            HPos::Center => " text-anchor=\"middle\"",
            HPos::Right => " text-anchor=\"end\"",
        };
        let ([x, y], class) = ([x, y].map(Tenths), self.ink.classes());
        let text = escape(text.trim());
        self.write(format_args!(
            "<text x=\"{x}\" y=\"{y}\"{anchor} class=\"{class}\">{text}</text>"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenths_are_written_in_units() {
        assert_eq!(
            [123, 40, -5, 0, 7].map(|v| Tenths(v).to_string()),
            ["12.3", "4", "-.5", "0", ".7"]
        );
    }
}
