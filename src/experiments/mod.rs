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

pub mod adam;
mod bisect;
pub mod calibration;
pub mod collapse;
pub mod correlation;
pub mod diagnosis;
pub mod drawings;
pub mod init_ablation;
pub mod lengths;
pub mod norm_ablation;
pub mod norm_timing;
pub mod one_run;
pub mod pairs;
mod parallel;
pub mod phase;
pub mod placement;
mod report;
pub mod residual_depth;
pub mod score;
pub mod scorecard;
pub mod starts;
mod stats;
mod sweep;
mod trial;
pub mod variance_walk;
pub mod width;
pub mod workloads;

pub use parallel::{map_in_parallel, Progress, Silent};
pub(crate) use report::cells;
pub use report::{number, Cell, Claim, Report, Scope, Table};
pub use stats::{highest, lowest, mean, median, Spread};
pub use sweep::{seeds, sweep, Arm, Plan, Sweep, Swept};
pub use trial::{mean_loss, sample, Trial, Watch};
