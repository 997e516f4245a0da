//! The drawn explanations of the chapters: small computations, by theory or on tiny networks.

use crate::spine::prelude::*;
use minigrad::theory::CorrelationMap;
use minigrad_lines::OUTCOMES;
use minigrad_plot::{decimal, Body, Figure, Side, Tile, Tiles};

settings! { seed = 0; }

/// One of the explanations: what was measured for it.
trait Part: Sized {
    /// With networks of this seed.
    fn measure(seed: u64) -> Self;

    /// What is claimed of it, and its numbers.
    fn report(&self, report: &mut Report);

    /// One drawing a name.
    fn figures(&self, report: &Report) -> Vec<Drawing>;
}

macro_rules! parts {
    ($($module:ident: $part:ty, $($figure:literal),+;)*) => {
        $(pub mod $module;)*

        /// What is behind the drawings, in the order of their claims.
        #[derive(Serialize, Deserialize)]
        pub struct Drawings {
            pub settings: Settings,
            $(pub $module: $part,)*
        }

        impl Experiment for Drawings {
            const NAME: &'static str = "drawings";
            const ASKS: &'static str = "What does it look like, what the chapters derive?";
            const FIGURES: &'static [&'static str] =
                &[$($(concat!("drawings-", $figure, ".svg")),+),*];
            type Settings = Settings;

            fn measure(settings: &Settings, progress: &dyn Progress) -> Drawings {
                let (seed, parts) = (settings.seed, [$(stringify!($module)),*].len());
                let mut done = 0;
                $(
                    let $module = Part::measure(seed);
                    done += 1;
                    progress.update(done, parts);
                )*
                Drawings { settings: settings.clone(), $($module),* }
            }

            fn report(&self) -> Report {
                let mut report = Report::default();
                $(self.$module.report(&mut report);)*
                report
            }

            fn figures(&self, report: &Report) -> Vec<Drawing> {
                [$(self.$module.figures(report)),*].concat()
            }
        }
    };
}

parts! {
    graph: graph::Graph, "graph";
    outcomes: [outcomes::Fate; 3], "outcomes";
    signal: [signal::Signal; 3], "signal";
    maps: [maps::Map; 3], "fixed-points";
    symmetry: [symmetry::Trained; 8], "symmetry", "symmetry-loss";
    isometry: isometry::Isometry, "isometry", "isometry-loss";
    blocks: blocks::Stacks, "blocks", "canonical";
    alike: [maps::Map; 2], "alike";
    meeting: [meeting::Meeting; 2], "meeting";
    kernel: [kernel::Parts; 2], "kernel";
    reach: [reach::Reach; 2], "reach";
    modes: [modes::Mode; 3], "modes";
    edge: [edge::Oscillation; 3], "edge";
    curve: curve::Curves, "curve", "infinite";
    norm: norm::Turns, "norms", "turn";
    odds: Vec<odds::Odds>, "odds";
    verdict: [verdict::Asked; 6], "way", "fifty", "questions";
    waist: curve::Predicted, "waist";
    hand: hand::Bounds, "hand";
}

mod singular;

/// Boxes and arrows that mean nothing by their colour.
const LINES: Color = Color::Muted;

/// A figure with what stands under its title and what a screen reader speaks.
fn drawn<B: Body>(figure: Figure<B>, subtitle: &str, spoken: &str) -> Drawing {
    figure.subtitle(subtitle).desc(spoken).render()
}

/// From a number on.
fn count<T>(from: u32, all: impl IntoIterator<Item = T>) -> impl Iterator<Item = (f64, T)> {
    all.into_iter().zip(from..).map(|(one, number)| (number.into(), one))
}

/// Mean losses of ten steps each; the first is at `from`.
fn tens(losses: &[f32], from: f64) -> impl Iterator<Item = (f64, f64)> + '_ {
    let mean = |ten: &[f32]| mean(ten.iter().map(|&loss| f64::from(loss)));
    count(0, losses.chunks(10)).map(move |(k, ten)| (10.0 * k + from, mean(ten)))
}
