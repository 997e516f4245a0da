//! Draws a chart into a rectangle.

use super::axis::Tick;
use super::canvas::{block, Anchor, Canvas, Point, Rect};
use super::clip::{self, End, Place};
use super::labels::{label, Tag, RIGHT};
use super::palette::{Color, Ink};
use super::place::Ground;
use super::text::{width, wrap};
use super::{Chart, Layer};

const TICK: Ink = Ink::Small(Color::Muted);

impl Chart {
    /// Draws everything under the title. `margins` are left and right of the frame; `x_texts` and
    /// `y_texts` tell whether the axes are written.
    pub(super) fn draw(
        &self,
        canvas: &Canvas,
        area: Rect,
        margins: (f64, f64),
        x_texts: bool,
        y_texts: bool,
    ) {
        let frame = self.frame(area, margins, x_texts);
        let y_ticks = self.y_ticks(area);
        self.axes(canvas, area, frame, &y_ticks, x_texts, y_texts);

        let mut ground = Ground::new(frame);
        let mut tags = Vec::new();
        for layer in &self.layers {
            self.layer(canvas, frame, layer, &mut ground, &mut tags);
        }
        for (x, y, text) in &self.notes {
            let at = (self.x.place(*x), self.y.place(*y).clamp(0.0, 1.0));
            if !at.0.is_finite() || at.1.is_nan() {
                continue;
            }
            let lines = wrap(text, 230.0_f64.min(frame.width() * 0.6), TICK);
            let at = on(frame, (at.0.clamp(0.0, 1.0), at.1));
            tags.push(Tag { at, lines, ink: TICK, color: Color::Muted });
        }
        label(canvas, area, frame, ground, tags);
    }

    fn y_ticks(&self, area: Rect) -> Vec<Tick> {
        let rows = ((area.height() - 90.0) / 36.0) as usize;
        self.y.ticks(rows.clamp(3, 7))
    }

    /// What the frame needs on its left for the ticks and on its right for the labels of lines
    /// that reach it.
    pub(super) fn margins(&self, area: Rect, y_texts: bool) -> (f64, f64) {
        let ticks = self.y_ticks(area);
        let wide = ticks.iter().map(|t| width(&t.text, TICK));
        let left = if y_texts { wide.fold(0.0, f64::max) + 9.0 } else { 2.0 };
        let labels = self.layers.iter().filter_map(|layer| self.ends_right(layer));
        let wide = labels.map(|(label, ink)| block(&wrap(label, column(area), ink), ink).0 + 12.0);
        (left, wide.fold(16.0, f64::max))
    }

    fn frame(&self, area: Rect, (left, right): (f64, f64), x_texts: bool) -> Rect {
        let top = area.top + if self.y.label.is_empty() { 14.0 } else { 38.0 };
        let bottom = match (x_texts, self.x.label.is_empty()) {
            (false, _) => 8.0,
            (true, true) => 26.0,
            (true, false) => 48.0,
        };
        Rect::new(area.left + left, top, area.right - right, area.bottom - bottom)
    }

    fn ends_right<'a>(&self, layer: &'a Layer) -> Option<(&'a str, Ink)> {
        let (color, label, last) = match layer {
            Layer::Line { color, label, points, .. } => {
                let pieces = clip::line(&self.places(points));
                (color, label, pieces.last()?.0.last().copied()?)
            }
            Layer::Marks { color, label, points } => (color, label, self.last_mark(points)?),
            Layer::Band { .. } => return None,
        };
        (!label.is_empty() && last.0 > RIGHT).then_some((label, Ink::Label(*color)))
    }

    fn last_mark(&self, points: &[(f64, f64, f64, f64)]) -> Option<Place> {
        let mut places = points.iter().map(|p| (self.x.place(p.0), self.y.place(p.1)));
        let visible = |p: &Place| (0.0..=1.0).contains(&p.0) && (0.0..=1.0).contains(&p.1);
        places.rfind(visible)
    }

    fn places(&self, points: &[(f64, f64)]) -> Vec<Place> {
        let place = |p: &(f64, f64)| (self.x.place(p.0), self.y.place(p.1));
        points.iter().map(place).collect()
    }

    fn axes(
        &self,
        canvas: &Canvas,
        area: Rect,
        frame: Rect,
        y_ticks: &[Tick],
        x_texts: bool,
        y_texts: bool,
    ) {
        if y_texts {
            let at = (area.left, area.top + 14.0);
            canvas.text(Ink::Label(Color::Muted), Anchor::Start, at, &self.y.label);
        }
        for tick in y_ticks {
            let y = on(frame, (0.0, tick.at)).1;
            canvas.line(Ink::Grid, &[(frame.left, y), (frame.right, y)]);
            if y_texts {
                canvas.text(TICK, Anchor::End, (frame.left - 9.0, y + 6.0), &tick.text);
            }
        }
        canvas.line(Ink::Axis, &[(frame.left, frame.bottom), (frame.right, frame.bottom)]);
        for tick in self.x_ticks(frame) {
            let x = on(frame, (tick.at, 0.0)).0;
            canvas.line(Ink::Axis, &[(x, frame.bottom), (x, frame.bottom + 5.0)]);
            if x_texts {
                let at = (x, frame.bottom + 22.0);
                canvas.text(TICK, Anchor::Middle, at, &tick.text);
            }
        }
        if x_texts && !self.x.label.is_empty() {
            let at = ((frame.left + frame.right) / 2.0, frame.bottom + 44.0);
            canvas.text(Ink::Label(Color::Muted), Anchor::Middle, at, &self.x.label);
        }
    }

    fn x_ticks(&self, frame: Rect) -> Vec<Tick> {
        let mut most = 7;
        loop {
            let ticks = self.x.ticks(most);
            let wide: f64 = ticks.iter().map(|t| width(&t.text, TICK) + 18.0).sum();
            if wide <= frame.width() || most == 2 {
                return ticks;
            }
            most -= 1;
        }
    }

    fn layer(
        &self,
        canvas: &Canvas,
        frame: Rect,
        layer: &Layer,
        ground: &mut Ground,
        tags: &mut Vec<Tag>,
    ) {
        let tag = |at, label: &str, color| Tag {
            at,
            lines: vec![label.to_string()],
            ink: Ink::Label(color),
            color,
        };
        match layer {
            Layer::Line { color, label, points, dashed } => {
                let pieces = clip::line(&self.places(points));
                for (piece, end) in &pieces {
                    let piece: Vec<Point> = piece.iter().map(|&p| on(frame, p)).collect();
                    let ink = if *dashed { Ink::Dash(*color) } else { Ink::Line(*color) };
                    if piece.len() > 1 {
                        canvas.line(ink, &piece);
                    }
                    ground.cover(&piece);
                    finish(canvas, *color, piece[piece.len() - 1], *end, ground);
                }
                let last = pieces.last().and_then(|(piece, _)| piece.last());
                if let (Some(&p), false) = (last, label.is_empty()) {
                    tags.push(tag(on(frame, p), label, *color));
                }
            }
            Layer::Band { color, points } => {
                let low = points.iter().map(|p| (p.0, p.1));
                let high = points.iter().rev().map(|p| (p.0, p.2));
                let outline: Vec<_> = low.chain(high).collect();
                let shape = clip::polygon(&self.places(&outline));
                if shape.len() > 2 {
                    let shape: Vec<Point> = shape.iter().map(|&p| on(frame, p)).collect();
                    canvas.polygon(Ink::Wash(*color), &shape);
                }
            }
            Layer::Marks { color, label, points } => {
                for &(x, y, lo, hi) in points {
                    self.mark(canvas, frame, *color, (x, y), (lo, hi), ground);
                }
                if let (Some(p), false) = (self.last_mark(points), label.is_empty()) {
                    tags.push(tag(on(frame, p), label, *color));
                }
            }
        }
    }

    fn mark(
        &self,
        canvas: &Canvas,
        frame: Rect,
        color: Color,
        (x, y): (f64, f64),
        (lo, hi): (f64, f64),
        ground: &mut Ground,
    ) {
        let (px, py) = (self.x.place(x), self.y.place(y));
        if !(0.0..=1.0).contains(&px) || py.is_nan() {
            return;
        }
        let (low, high) = (self.y.place(lo), self.y.place(hi));
        if low < high && low <= 1.0 && high >= 0.0 {
            let ends = [(px, low.max(0.0)), (px, high.min(1.0))].map(|p| on(frame, p));
            canvas.line(Ink::Thin(color), &ends);
            for (place, (ex, ey)) in [low, high].into_iter().zip(ends) {
                if (0.0..=1.0).contains(&place) && (ends[0].1 - ends[1].1) > 4.0 {
                    canvas.line(Ink::Thin(color), &[(ex - 4.0, ey), (ex + 4.0, ey)]);
                }
            }
            ground.cover(&ends);
        }
        let at = on(frame, (px, py.clamp(0.0, 1.0)));
        ground.cover_point(at);
        match py {
            v if v > 1.0 => finish(canvas, color, at, End::Up, ground),
            v if v < 0.0 => finish(canvas, color, at, End::Down, ground),
            _ => canvas.marker(color, at, 5.0),
        }
    }
}

fn column(area: Rect) -> f64 {
    (area.width() * 0.3).max(90.0)
}

fn on(frame: Rect, (x, y): Place) -> Point {
    (frame.left + x * frame.width(), frame.bottom - y * frame.height())
}

/// The sign at a line's end: an arrow out of the frame, or a cross where values are lost.
fn finish(canvas: &Canvas, color: Color, (x, y): Point, end: End, ground: &mut Ground) {
    let arrow = |tip: f64| [(x, y + tip), (x - 5.5, y), (x + 5.5, y)];
    match end {
        End::Plain => return,
        End::Up => canvas.polygon(Ink::Solid(color), &arrow(-10.0)),
        End::Down => canvas.polygon(Ink::Solid(color), &arrow(10.0)),
        End::Lost => {
            for s in [-5.0, 5.0] {
                canvas.line(Ink::Line(color), &[(x - 5.0, y - s), (x + 5.0, y + s)]);
            }
        }
    }
    ground.cover_point((x, y));
}
