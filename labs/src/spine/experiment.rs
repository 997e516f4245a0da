//! What an experiment is: measured once, as plain data; said and drawn from those.

use super::{Progress, Report};
use minigrad_plot::Drawing;
use serde::de::DeserializeOwned;
use serde::Serialize;

/// An experiment, and what was measured in it.
///
/// The value is all that claims, tables and figures see: it is written beside the figures, read for
/// `--redraw`, and made up by a test. Every lab is one implementation.
pub trait Experiment: Serialize + DeserializeOwned {
    /// Of its lab, its files, and its values in the chapters.
    const NAME: &'static str;
    /// The question, in one sentence.
    const ASKS: &'static str;
    /// The files of its figures, in their wide layout.
    const FIGURES: &'static [&'static str];
    /// What is run.
    type Settings: Settings;

    /// Runs it: the only part that takes time.
    fn measure(settings: &Self::Settings, progress: &dyn Progress) -> Self;

    /// Claims, numbers and tables.
    fn report(&self) -> Report;

    /// One drawing for each of [`FIGURES`](Experiment::FIGURES); the report says what their titles
    /// may conclude.
    fn figures(&self, report: &Report) -> Vec<Drawing>;
}

/// What is run: the book's values by default. Written by [`settings!`](crate::settings).
pub trait Settings: Default + Serialize {
    /// The book's seed.
    const SEED: u64;
    /// The book's number of updates; `None` where `--steps` means nothing.
    const STEPS: Option<usize>;

    /// What a test can afford.
    fn small() -> Self;

    /// The book's, but for the seed and, where there are any, the updates.
    fn asked(seed: u64, steps: usize) -> Self;
}

/// Declares the type `Settings` of an experiment: the base seed, the updates where `--steps` means
/// something, and one setting a line, each as the book has it and, where that differs, as a small
/// test does.
///
/// ```
/// use minigrad_labs::spine::Settings as _;
/// minigrad_labs::settings! {
///     seed = 0;
///     steps = 1000, small 200;
///     /// Runs of each initialization.
///     seeds: u64 = 20, small 2;
/// }
/// assert_eq!(Settings::asked(7, 10), Settings { seed: 7, steps: 10, seeds: 20 });
/// assert_eq!(Settings::small(), Settings { seed: 0, steps: 200, seeds: 2 });
/// ```
#[macro_export]
macro_rules! settings {
    (
        seed = $seed:expr;
        $(steps = $steps:expr $(, small $few:expr)?;)?
        $($(#[$doc:meta])+ $name:ident: $kind:ty = $book:expr $(, small $small:expr)?;)*
    ) => {
        /// What is run: the book's settings by default.
        #[derive(Clone, Debug, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        pub struct Settings {
            /// Base seed: run `s` draws weights, data and batches from seed `seed + s`.
            pub seed: u64,
            $(
                /// Updates of each run.
                pub steps: $crate::settings!(@usize $steps),
            )?
            $($(#[$doc])+ pub $name: $kind,)*
        }

        impl Default for Settings {
            fn default() -> Settings {
                Settings { seed: $seed, $(steps: $steps,)? $($name: $book,)* }
            }
        }

        impl $crate::spine::Settings for Settings {
            const SEED: u64 = $seed;
            const STEPS: Option<usize> = [None, $(Some($steps))?][$crate::settings!(@any $($steps)?)];

            #[allow(clippy::needless_update)]
            fn small() -> Settings {
                Settings { $($(steps: $few,)?)? $($($name: $small,)?)* ..Settings::default() }
            }

            #[allow(clippy::needless_update, clippy::redundant_field_names, unused_variables)]
            fn asked(seed: u64, steps: usize) -> Settings {
                Settings { seed, $(steps: $crate::settings!(@steps $steps, steps),)? ..Settings::default() }
            }
        }
    };
    (@usize $steps:expr) => { usize };
    (@steps $book:expr, $asked:expr) => { $asked };
    (@any) => { 0 };
    (@any $steps:expr) => { 1 };
}
