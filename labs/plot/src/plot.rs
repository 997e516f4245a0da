//! Draws a chart into a rectangle.

use crate::axis::Tick;
use crate::canvas::{block, Canvas, HPos, Point, Rect};
use crate::chart::{Curves, Layer, Note, Stroke};
use crate::clip::{self, End, Place};
use crate::labels::{label, Tag, RIGHT};
use crate::palette::{Color, Ink};
use crate::place::Ground;
use crate::text::{width, wrap};

const TICK: Ink = Ink::Small(Color::Muted);

/// A chart while it is being drawn.
struct Plot<'c> {
    curves: &'c Curves,
    canvas: &'c Canvas,
    area: Rect,
    frame: Rect,
    /// What the curves cover, where no name may stand.
    ground: Ground,
    /// Names that wait for their place.
    tags: Vec<Tag>,
}

impl Curves {
    /// Draws everything under the title. `margins` are left and right of the frame; `texts` tells
    /// whether x and y axis are written.
    pub(crate) fn draw_beside(
        &self,
        canvas: &Canvas,
        area: Rect,
        margins: (f64, f64),
        texts: (bool, bool),
    ) {
        let frame = self.frame(area, margins, texts.0);
        let ground = Ground::new(frame);
        let mut plot = Plot { curves: self, canvas, area, frame, ground, tags: Vec::new() };
        plot.y_axis(texts.1);
        plot.x_axis(texts.0);
        for layer in &self.layers {
            plot.layer(layer);
        }
        for note in &self.notes {
            plot.note(note);
        }
        label(canvas, area, frame, plot.ground, plot.tags);
    }

    fn y_ticks(&self, area: Rect) -> Vec<Tick> {
        let rows = ((area.height() - 90.0) / 36.0) as usize;
        self.y.ticks(rows.clamp(3, 7))
    }

    /// What the frame needs on its left for the ticks and on its right for the labels of lines
    /// that reach it.
    pub(crate) fn margins(&self, area: Rect, y_texts: bool) -> (f64, f64) {
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
            Layer::Band { .. } | Layer::Dots { .. } => return None,
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
}

impl Plot<'_> {
    /// A place on the axes, as a point of the canvas.
    fn on(&self, (x, y): Place) -> Point {
        (self.frame.left + x * self.frame.width(), self.frame.bottom - y * self.frame.height())
    }

    fn tag(&mut self, at: Point, label: &str, color: Color) {
        if !label.is_empty() {
            let ink = Ink::Label(color);
            let lines = wrap(label, self.frame.width() * 0.6, ink);
            self.tags.push(Tag { at, lines, ink, color });
        }
    }

    fn y_axis(&self, texts: bool) {
        let (canvas, frame) = (self.canvas, self.frame);
        if texts {
            let at = (self.area.left, self.area.top + 14.0);
            if !self.curves.y.label.is_empty() {
                // The arrow tells it from the subtitle above.
                let label = format!("↑ {}", self.curves.y.label);
                canvas.text(Ink::Label(Color::Muted), HPos::Left, at, &label);
            }
        }
        for tick in self.curves.y_ticks(self.area) {
            let y = self.on((0.0, tick.at)).1;
            canvas.line(Ink::Grid, &[(frame.left, y), (frame.right, y)]);
            if texts {
                canvas.text(TICK, HPos::Right, (frame.left - 9.0, y + 6.0), &tick.text);
            }
        }
    }

    fn x_axis(&self, texts: bool) {
        let (canvas, frame) = (self.canvas, self.frame);
        canvas.line(Ink::Axis, &[(frame.left, frame.bottom), (frame.right, frame.bottom)]);
        for tick in self.x_ticks() {
            let x = self.on((tick.at, 0.0)).0;
            canvas.line(Ink::Axis, &[(x, frame.bottom), (x, frame.bottom + 5.0)]);
            if texts {
                canvas.text(TICK, HPos::Center, (x, frame.bottom + 22.0), &tick.text);
            }
        }
        let label = &self.curves.x.label;
        if texts && !label.is_empty() {
            let at = ((frame.left + frame.right) / 2.0, frame.bottom + 44.0);
            canvas.text(Ink::Label(Color::Muted), HPos::Center, at, label);
        }
    }

    fn x_ticks(&self) -> Vec<Tick> {
        let mut most = 7;
        loop {
            let ticks = self.curves.x.ticks(most);
            let wide: f64 = ticks.iter().map(|t| width(&t.text, TICK) + 18.0).sum();
            if wide <= self.frame.width() || most == 2 {
                return ticks;
            }
            most -= 1;
        }
    }

    fn note(&mut self, Note { at: (x, y), text, ink, color }: &Note) {
        let at = (self.curves.x.place(*x), self.curves.y.place(*y).clamp(0.0, 1.0));
        if at.0.is_finite() && !at.1.is_nan() {
            let lines = wrap(text, 230.0_f64.min(self.frame.width() * 0.6), *ink);
            let at = self.on((at.0.clamp(0.0, 1.0), at.1));
            self.tags.push(Tag { at, lines, ink: *ink, color: *color });
        }
    }

    fn layer(&mut self, layer: &Layer) {
        match layer {
            Layer::Line { color, label, points, stroke } => {
                let pieces = clip::line(&self.curves.places(points));
                for (piece, end) in &pieces {
                    let piece: Vec<Point> = piece.iter().map(|&p| self.on(p)).collect();
                    let ink = match stroke {
                        Stroke::Solid => Ink::Line(*color),
                        Stroke::Dashed => Ink::Dash(*color),
                        Stroke::Thin => Ink::Thin(*color),
                    };
                    if piece.len() > 1 {
                        self.canvas.line(ink, &piece);
                    }
                    self.ground.cover(&piece);
                    self.finish(*color, piece[piece.len() - 1], *end);
                }
                if let Some(&last) = pieces.last().and_then(|(piece, _)| piece.last()) {
                    self.tag(self.on(last), label, *color);
                }
            }
            Layer::Band { color, points } => {
                let low = points.iter().map(|p| (p.0, p.1));
                let high = points.iter().rev().map(|p| (p.0, p.2));
                let outline: Vec<_> = low.chain(high).collect();
                let shape = clip::polygon(&self.curves.places(&outline));
                if shape.len() > 2 {
                    let shape: Vec<Point> = shape.iter().map(|&p| self.on(p)).collect();
                    self.canvas.polygon(Ink::Wash(*color), &shape);
                }
            }
            Layer::Dots { color, points } => {
                let inside = |p: &Place| (0.0..=1.0).contains(&p.0) && (0.0..=1.0).contains(&p.1);
                for place in self.curves.places(points).into_iter().filter(inside) {
                    self.canvas.dot(*color, self.on(place));
                }
            }
            Layer::Marks { color, label, points } => {
                for point in points {
                    self.mark(*color, *point);
                }
                if let Some(last) = self.curves.last_mark(points) {
                    self.tag(self.on(last), label, *color);
                }
            }
        }
    }

    /// A marker, and the interval from `lo` to `hi` behind it.
    fn mark(&mut self, color: Color, (x, y, lo, hi): (f64, f64, f64, f64)) {
        let (px, py) = (self.curves.x.place(x), self.curves.y.place(y));
        if !(0.0..=1.0).contains(&px) || py.is_nan() {
            return;
        }
        let (low, high) = (self.curves.y.place(lo), self.curves.y.place(hi));
        if low < high && low <= 1.0 && high >= 0.0 {
            let ends = [(px, low.max(0.0)), (px, high.min(1.0))].map(|p| self.on(p));
            self.canvas.line(Ink::Thin(color), &ends);
            for (place, (ex, ey)) in [low, high].into_iter().zip(ends) {
                if (0.0..=1.0).contains(&place) && (ends[0].1 - ends[1].1) > 4.0 {
                    self.canvas.line(Ink::Thin(color), &[(ex - 4.0, ey), (ex + 4.0, ey)]);
                }
            }
            self.ground.cover(&ends);
        }
        let at = self.on((px, py.clamp(0.0, 1.0)));
        self.ground.cover_point(at);
        match py {
            v if v > 1.0 => self.finish(color, at, End::Up),
            v if v < 0.0 => self.finish(color, at, End::Down),
            _ => self.canvas.marker(color, at, 5.0),
        }
    }

    /// The sign at a line's end: an arrow out of the frame, or a cross where values are lost.
    fn finish(&mut self, color: Color, (x, y): Point, end: End) {
        let arrow = |tip: f64| [(x, y + tip), (x - 5.5, y), (x + 5.5, y)];
        match end {
            End::Plain => return,
            End::Up => self.canvas.polygon(Ink::Solid(color), &arrow(-10.0)),
            End::Down => self.canvas.polygon(Ink::Solid(color), &arrow(10.0)),
            End::Lost => {
                for s in [-5.0, 5.0] {
                    self.canvas.line(Ink::Line(color), &[(x - 5.0, y - s), (x + 5.0, y + s)]);
                }
            }
        }
        self.ground.cover_point((x, y));
    }
}

fn column(area: Rect) -> f64 {
    (area.width() * 0.3).max(90.0)
}
