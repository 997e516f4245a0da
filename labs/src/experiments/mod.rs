//! The experiments of the book: one file each, with its question, settings, arms, claims and
//! tables.
//!
//! A lab draws an experiment, a snapshot pins it, a test holds its claims, and a chapter includes
//! its numbers. Nothing here draws or writes.
//!
//! Each `Settings` has the book's values by default, and `Settings::small()`, which a test can
//! afford: `cargo test` runs every experiment with these, and holds the claims whose [`Scope`]
//! includes them. What they share: [`sweep`] runs arms over seeds, [`Trial`] is one network's
//! training, [`Report`] is what readers get.

pub use crate::{adam, calibration, init_ablation, norm_ablation, norm_timing, width};

mod bisect;
pub mod collapse;
pub mod correlation;
pub mod diagnosis;
pub mod drawings;
pub mod lengths;
pub mod one_run;
pub mod pairs;
pub mod phase;
pub mod placement;
pub mod residual_depth;
pub use crate::score;
pub mod scorecard;
pub mod starts;
pub mod variance_walk;

pub(crate) use crate::spine::cells;
pub use crate::spine::old::{Claim, Report, Scope};
pub use crate::spine::{highest, lowest, mean, median, Spread};
pub use crate::spine::{map_in_parallel, Progress, Silent};
pub use crate::spine::{mean_loss, sample, Trial, Watch};
pub use crate::spine::{number, Cell, Table};
pub use crate::spine::{seeds, sweep, Arm, Seeded, Sweep, Swept};
