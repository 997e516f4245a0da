//! What every lab is made of: an experiment is measured, and what was measured is said and drawn.

mod bar;
pub mod colors;
mod command;
pub mod draw;
mod experiment;
mod fates;
mod grid;
mod inputs;
mod kept;
mod lab;
mod parallel;
pub mod real;
mod report;
mod stats;
mod sweep;
mod table;
mod trial;

pub use bar::Bar;
pub use experiment::{Experiment, Settings};
pub use fates::{batch_losses, Fates, Start};
pub use grid::{survived_beyond, Grid, Tried};
pub use inputs::inputs;
pub use kept::{map_and_keep, Kept};
pub use lab::{compiled_in, default_threads, Lab, Other, Request, THREADS};
pub use parallel::{map_in_parallel, Progress, Silent};
pub use report::{Claim, Report, Scope};
pub use stats::{highest, lowest, mean, median, Spread};
pub use sweep::{seeds, sweep, Arm, Seeded, Sweep, Swept};
pub(crate) use table::cells;
pub use table::{number, Cell, Table};
pub use trial::{mean_loss, predicted_correlations, sample, Trial, Watch};

use minigrad::recipe::Training;

/// The training of most experiments: gradient descent with momentum 0.9 and batches of 64.
pub fn sgd(lr: f64) -> Training {
    Training::sgd(lr).momentum(0.9).batch(64)
}

/// Whether a ratio is 1 within a factor.
pub fn within(ratio: f64, factor: f64) -> bool {
    ratio < factor && ratio > 1.0 / factor
}

/// What a lab's file imports.
pub mod prelude {
    pub(crate) use super::cells;
    pub use super::draw::*;
    pub use super::*;
    pub use crate::settings;
    pub use minigrad::prelude::*;
    pub use minigrad_plot::{Axis, Chart, Color, Drawing, Panels};
    pub use serde::{Deserialize, Serialize};
}
