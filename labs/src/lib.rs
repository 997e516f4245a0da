//! The labs: one command an experiment, each of which runs it, says what it found, and draws its
//! figures.
//!
//! | Where | What lives there |
//! | :--- | :--- |
//! | `bin` | the commands, one line each but for those that are no lab: predict, train, bench-step |
//! | [`labs`] | a file a lab: its tables and its drawings; [`registry`] lists them in the book's order |
//! | [`command`], [`cli`], [`describe`], [`mod@lines`] | what a reader types or hands in, and what is wrong with it |
//! | [`say`], [`table`], [`progress`], [`failure`] | what a reader is told |
//! | [`output`], [`root`] | where the results go |
//! | [`timing`], [`conditions`] | how long a step takes, and on what |
//!
//! What is computed is in `minigrad_labs::experiments`; how a figure looks in `labs/plot`; what becomes
//! of the figures on a page in `labs/book`.

#![allow(missing_docs)] // A field of a result is named for what it holds.

pub mod command;
pub mod experiments;
pub mod labs;
pub mod recipe_flags;
pub mod registry;
pub mod score;
pub mod spine;
pub mod timing;

pub use minigrad_lines as lines;

/// Declares the module of every lab, and lists them.
macro_rules! labs {
    ($($module:ident::$experiment:ident $(.$or:ident($others:expr))?;)*) => {
        $(pub mod $module;)*

        /// Every lab, in the order in which the book meets them.
        pub const LABS: &[spine::Lab] =
            &[$(spine::Lab::of::<$module::$experiment>()$(.$or($others))?),*];
    };
}

labs! {
    init_ablation::InitAblation;
    norm_ablation::NormAblation.or(&[spine::Other {
        flag: "time",
        help: "Time both norms instead, and write norm-timing.svg and norm-timing.json; needs \
               --release",
        run: norm_timing::time,
    }]);
    width::Width;
    calibration::Calibration;
    adam::Adam.or(&[spine::Other {
        flag: "measure",
        help: "Train the networks of labs/data/adam*.jsonl again instead, and write them to --out: \
               some minutes",
        run: adam::measure_again,
    }]);
}

pub mod norm_timing;

/// Those whose results no second run repeats.
pub const TIMED: &[spine::Lab] = &[spine::Lab::of::<norm_timing::NormTiming>()];

/// The whole of a lab's command, which is named after it.
pub fn main(command: &str) -> std::process::ExitCode {
    match LABS.iter().find(|lab| lab.name == command) {
        Some(lab) => lab.main(),
        None => unreachable!("{command} is no lab"),
    }
}
