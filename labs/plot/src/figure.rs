//! What every figure has: a card, the claim in its title, a quieter line, a description.

use crate::canvas::{Canvas, HPos, Rect, PAD, WIDTH};
use crate::palette::{style, Color, Ink};
use crate::text::{escape, wrap};

/// A figure around a body: [`Chart`](crate::Chart), [`Cells`](crate::Cells),
/// [`Bars`](crate::Bars) or [`Panels`](crate::Panels).
#[derive(Clone, Debug)]
pub struct Figure<B> {
    pub(crate) title: String,
    subtitle: String,
    desc: String,
    pub(crate) body: B,
}

/// What stands under the title.
pub trait Body {
    /// Its height, in units of which the figure is 660 wide.
    fn height(&self) -> f64;

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

    /// The figure as SVG.
    pub fn render(&self) -> String {
        let canvas = Canvas::default();
        let top = self.heading(&canvas);
        let area = Rect::new(PAD, top, WIDTH - PAD, top + self.body.height());
        self.body.draw(&canvas, area);
        let height = (area.bottom + PAD).round();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"mg\" viewBox=\"0 0 {} {}\" role=\"img\">\n\
             <title>{}</title>\n<desc>{}</desc>\n<style>\n{}\n</style>\n\
             <rect class=\"mg-card\" x=\".5\" y=\".5\" width=\"{}\" height=\"{}\" rx=\"12\"/>\n\
             {}</svg>\n",
            WIDTH,
            height,
            escape(&self.title),
            escape(&self.spoken()),
            style(),
            WIDTH - 1.0,
            height - 1.0,
            canvas.into_svg(),
        )
    }

    /// Writes title and subtitle from the top of the card; returns where the body begins.
    fn heading(&self, canvas: &Canvas) -> f64 {
        let mut y = PAD - 2.0;
        for (ink, text, step) in
            [(Ink::Title, &self.title, 27.0), (Ink::Small(Color::Muted), &self.subtitle, 22.0)]
        {
            for line in wrap(text, WIDTH - 2.0 * PAD, ink) {
                canvas.text(ink, HPos::Left, (PAD, y + 0.76 * step), &line);
                y += step;
            }
        }
        y + 10.0
    }
}
