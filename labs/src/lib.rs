//! The labs: one file each, in which an experiment is measured, said and drawn.
//!
//! | Where | What lives there |
//! | :--- | :--- |
//! | [`spine`] | what every lab is made of: the trait [`Experiment`](spine::Experiment), sweeps over seeds, reports, the command |
//! | [`LABS`] | every lab: a file here, and a folder beside it where it is long |
//! | [`TIMED`] | those whose results no second run repeats |
//! | [`queue`] | all labs: checked, or run side by side |
//! | [`score`] | how right predictions are |
//! | [`one_run`], [`recipe_flags`], [`workloads`] | what `train` and `probe` show, and `bench-step` times |
//! | `bin` | the commands |

#![allow(rustdoc::private_intra_doc_links)] // Constants of a lab are its own.
#![allow(missing_docs)] // A field of a result is named for what it holds.

pub mod labs_timing;
pub mod norm_timing;
pub mod one_run;
pub mod queue;
pub mod recipe_flags;
pub mod score;
pub mod spine;
pub mod step_timing;
pub mod workloads;

pub use minigrad_lines as lines;

/// Declares the module of every lab, and lists them.
macro_rules! labs {
    ($($module:ident::$experiment:ident $(.$or:ident($others:expr))*;)*) => {
        $(pub mod $module;)*

        /// Every lab, in the order in which the book meets them.
        pub const LABS: &[spine::Lab] =
            &[$(spine::Lab::of::<$module::$experiment>()$(.$or($others))*),*];
    };
}

labs! {
    drawings::Drawings;
    variance_walk::VarianceWalk;
    init_ablation::InitAblation;
    norm_ablation::NormAblation.or(norm_timing::BY_FLAG);
    residual_depth::ResidualDepth;
    correlation::Correlation;
    collapse::Collapse;
    pairs::Pairs;
    diagnosis::Diagnosis;
    calibration::Calibration;
    scorecard::Scorecard.keeping("scorecard").or(scorecard::BY_FLAG);
    adam::Adam.or(adam::BY_FLAG);
    width::Width;
    phase::Phases;
    lengths::Lengths;
    starts::Starts;
    placement::Placements;
}

/// Those whose results no second run repeats.
pub const TIMED: &[spine::Lab] = &[
    spine::Lab::of::<norm_timing::NormTiming>(),
    spine::Lab::of::<labs_timing::LabsTiming>(),
    spine::Lab::of::<step_timing::StepTiming>(),
];

/// The whole of a lab's command, which is named after it.
pub fn main(command: &str) -> std::process::ExitCode {
    match LABS.iter().find(|lab| lab.name == command) {
        Some(lab) => lab.main(),
        None => unreachable!("{command} is no lab"),
    }
}
