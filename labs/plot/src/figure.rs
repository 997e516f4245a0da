//! What every figure has: a card, the claim in its title, a quieter line, a description.

use crate::canvas::{Canvas, HPos, Rect};
use crate::layout::{Drawing, Layout};
use crate::palette::{style, Color, Ink};
use crate::text::{escape, fill};

/// A figure around a body: [`Chart`](crate::Chart), [`Cells`](crate::Cells),
/// [`Bars`](crate::Bars), [`Panels`](crate::Panels) or [`Tiles`](crate::Tiles).
#[derive(Clone, Debug)]
pub struct Figure<B> {
    pub(crate) title: String,
    subtitle: String,
    desc: String,
    pub(crate) body: B,
}

/// What stands under the title.
pub trait Body {
    /// Its height where it is so wide.
    fn height(&self, width: f64) -> f64;

    /// What a screen reader speaks unless the figure is described.
    fn spoken(&self) -> String;

    /// Draws it into an area of that height.
    fn draw(&self, canvas: &Canvas, area: Rect);
}

impl<B: Body> Figure<B> {
    pub(crate) fn around(title: &str, body: B) -> Self {
        Figure { title: title.to_string(), subtitle: String::new(), desc: String::new(), body }
    }

    /// A quieter line under the title: what the line and the points are, how many seeds.
    #[must_use]
    pub fn subtitle(mut self, text: &str) -> Self {
        self.subtitle = text.to_string();
        self
    }

    /// The description that a screen reader speaks; without it the body describes itself.
    #[must_use]
    pub fn desc(mut self, text: &str) -> Self {
        self.desc = text.to_string();
        self
    }

    pub(crate) fn spoken(&self) -> String {
        if self.desc.is_empty() {
            self.body.spoken()
        } else {
            self.desc.clone()
        }
    }

    /// The figure as SVG, in both layouts.
    pub fn render(&self) -> Drawing {
        let [wide, small] = Layout::ALL.map(|layout| self.in_layout(layout));
        Drawing { wide, small }
    }

    fn in_layout(&self, layout: Layout) -> String {
        let (width, pad) = (layout.width(), layout.pad());
        let canvas = Canvas::default();
        let top = self.heading(&canvas, layout);
        let inner = width - 2.0 * pad;
        let area = Rect::new(pad, top, width - pad, top + self.body.height(inner));
        self.body.draw(&canvas, area);
        let height = (area.bottom + pad).round();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"mg\" viewBox=\"0 0 {} {}\" role=\"img\">\n\
             <title>{}</title>\n<desc>{}</desc>\n<style>\n{}\n</style>\n\
             <rect class=\"mg-card\" x=\".5\" y=\".5\" width=\"{}\" height=\"{}\" rx=\"12\"/>\n\
             {}</svg>\n",
            width,
            height,
            escape(&self.title),
            escape(&self.spoken()),
            style(),
            width - 1.0,
            height - 1.0,
            canvas.into_svg(),
        )
    }

    /// Writes title and subtitle from the top of the card; returns where the body begins.
    fn heading(&self, canvas: &Canvas, layout: Layout) -> f64 {
        let pad = layout.pad();
        let mut y = pad - 2.0;
        for (ink, text, step) in
            [(Ink::Title, &self.title, 27.0), (Ink::Small(Color::Muted), &self.subtitle, 22.0)]
        {
            for line in fill(text, layout.width() - 2.0 * pad, ink) {
                canvas.text(ink, HPos::Left, (pad, y + 0.76 * step), &line);
                y += step;
            }
        }
        y + 16.0
    }
}
