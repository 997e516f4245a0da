//! Figures: a small declarative layer on plotters.
//!
//! A figure states its claim in the title, names its lines at their ends and follows the reader's
//! light or dark scheme. The same calls give the same bytes on every machine.
//!
//! | Where | What lives there |
//! | :--- | :--- |
//! | `figure` | what every figure has: card, title, subtitle, description |
//! | `layout` | the two layouts of a figure: for a page, and for a phone |
//! | `chart`, `panels`, `cells`, `bars`, `tiles` | the five bodies of a figure |
//! | `plot`, `clip`, `labels`, `place` | a chart's lines and marks, cut at its frame, and where their names stand |
//! | `axis`, `text` | ticks and numbers; how wide a text is, and where it breaks |
//! | `palette` | inks: colours of both schemes, type sizes, the style sheet |
//! | `canvas`, `pen` | the sheet; the backend of plotters that writes on it in the classes of an ink |
//!
//! What a figure says comes from the labs; nothing here knows of networks.

mod axis;
mod bars;
mod canvas;
mod cells;
mod chart;
mod clip;
mod figure;
mod labels;
mod layout;
mod palette;
mod panels;
mod pen;
mod place;
mod plot;
mod text;
mod tiles;

pub use axis::Axis;
pub use bars::Bars;
pub use cells::Cells;
pub use chart::Chart;
pub use figure::{Body, Figure};
pub use layout::{Drawing, Layout};
pub use palette::Color;
pub use panels::Panels;
pub use text::decimal;
pub use tiles::{Side, Tile, Tiles};

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vision;
