//! Labels beside the lines they name.

use crate::canvas::{block, Canvas, HPos, Point, Rect, LEADING};
use crate::palette::{Color, Ink};
use crate::place::{offset, spread, Ground};
use crate::text::wrap;

/// A label that waits for its place.
pub struct Tag {
    pub at: Point,
    pub lines: Vec<String>,
    pub ink: Ink,
    pub color: Color,
}

/// A line whose end lies beyond this place is named in the right column.
pub const RIGHT: f64 = 0.985;

/// Writes the labels: those of lines that reach the right edge in a column beside the frame, the
/// others near what they name. A thin line joins a label that had to move.
pub fn label(canvas: &Canvas, area: Rect, frame: Rect, mut ground: Ground, tags: Vec<Tag>) {
    let edge = frame.left + RIGHT * frame.width();
    let is_right = |t: &Tag| t.at.0 > edge && matches!(t.ink, Ink::Label(_));
    let (right, free): (Vec<Tag>, Vec<Tag>) = tags.into_iter().partition(is_right);

    let room = area.right - frame.right - 12.0;
    let blocks: Vec<_> =
        right.iter().map(|t| (wrap(&t.lines.join(" "), room + 0.5, t.ink), t)).collect();
    let wanted: Vec<_> =
        blocks.iter().map(|(lines, t)| (t.at.1, LEADING * lines.len() as f64)).collect();
    let centres = spread(&wanted, frame.top - 14.0, frame.bottom + 14.0);
    for ((lines, t), centre) in blocks.iter().zip(centres) {
        let top = centre - LEADING * lines.len() as f64 / 2.0;
        if (centre - t.at.1).abs() > 8.0 {
            let bend = (frame.right + 10.0, centre);
            canvas.line(Ink::Thin(t.color), &[(t.at.0 + 2.0, t.at.1), bend]);
        }
        write(canvas, t.ink, (frame.right + 12.0, top), lines);
    }

    for t in &free {
        let place = ground.place(t.at, block(&t.lines, t.ink));
        let (dx, dy) = offset(t.at, &place);
        if libm::hypot(dx, dy) > 22.0 {
            let to = (t.at.0.clamp(place.left, place.right), t.at.1.clamp(place.top, place.bottom));
            canvas.line(Ink::Thin(t.color), &[t.at, to]);
        }
        write(canvas, t.ink, (place.left, place.top), &t.lines);
    }
}

fn write(canvas: &Canvas, ink: Ink, (x, top): Point, lines: &[String]) {
    for (i, line) in lines.iter().enumerate() {
        let y = top + LEADING * i as f64 + 16.0;
        canvas.text(ink, HPos::Left, (x, y), line);
    }
}
