//! The figures of the diagnosis.

use super::pace::{Pace, EARLY, FIRST};
use super::{Diagnosis, Sizes, SHOWN};
use crate::spine::prelude::*;

/// The rates beside the best whose updates are drawn: one too small, one too large.
const SLOW: usize = 2;
const FAST: usize = 9;

impl Diagnosis {
    pub(super) fn draw_sizes(&self, report: &Report) -> Drawing {
        let title = report.title(
            &["sizes"],
            "One picture before training shows which init keeps a signal",
            "How large a signal is, layer by layer, under three initializations",
        );
        Panels::new(title, self.sizes.iter().map(panel).collect())
            .subtitle("12 layers of width 256, ReLU, 64 inputs; a point for each power of two")
            .desc(
                "Histograms of the sizes of pre-activations in layers 1, 6 and 11. With normal weights of \
                 deviation 0.02 they lie decades apart, each further left. With Xavier they move left by \
                 less than a decade at a time. With Kaiming the three lie on each other.",
            )
            .render()
    }

    pub(super) fn draw_updates(&self, report: &Report) -> Drawing {
        let title = report.title(
            &["best"],
            "A good rate begins near one part in a thousand a step",
            "How far an update moves a matrix, at three rates",
        );
        let steps = (self.settings.steps as f64).max(2.0);
        let chart = Chart::new(title)
            .height(360.0)
            .subtitle(&format!(
                "8 layers of 64, ReLU, Kaiming, one seed; line: median of the hidden matrices, band: \
                 their range; dashed: 1e-3; {} steps",
                self.settings.steps
            ))
            .desc(
                "Update-to-data ratio against the step, both logarithmic, at three learning rates. At the \
                 best rate it begins at a few thousandths, stays near one and falls with the loss in the \
                 end. At a rate too small it stays near a ten-thousandth and below. At one too large it \
                 begins near a tenth, rises and ends.",
            )
            .x(Axis::log("step (the first is 1)", 1.0, steps))
            .y(Axis::log("update-to-data ratio |ΔW|/|W|", 1e-6, 10.0))
            .dashed(colors::THEORY, "", &[(1.0, 1e-3), (steps, 1e-3)]);
        let mut rates = self.rates(0);
        let paces = [
            (rates.clone().nth(FAST), Outcome::Diverges, "too large"),
            (self.bests().next(), Outcome::Trains, "best"),
            (rates.nth(SLOW), Outcome::Vanishes, "too small"),
        ];
        let draw = |chart: Chart, (pace, outcome, name): (Option<&Pace>, Outcome, &str)| {
            let Pace { lr, looks, .. } = pace.expect("every rate of the smallest network");
            course(
                chart,
                colors::outcome(outcome),
                &format!("{name}: lr {lr:.0e}"),
                &from_one(looks),
            )
        };
        paces.into_iter().fold(chart, draw).render()
    }

    pub(super) fn draw_pace(&self, report: &Report) -> Drawing {
        let title = report.title(
            &["best", "range"],
            "The lowest losses lie around a ratio of one in a thousand",
            "The loss in the end, over the update-to-data ratio at first",
        );
        const TOP: f64 = 2.0;
        let chart = Chart::new(title)
            .height(360.0)
            .subtitle(&format!(
                "five networks, a point a rate: medians of {} seeds; ratio: hidden matrices, steps \
                 {FIRST} to {EARLY}; blue: trains, green: stands still, orange, at the top: diverges; \
                 dashed: 1e-3",
                self.settings.seeds
            ))
            .desc(
                "Last loss against the update-to-data ratio at first, both logarithmic. From the left the \
                 points of every network fall, from a guess at a millionth to below a thousandth where \
                 the ratio is between a ten-thousandth and a hundredth, and rise again to a guess or to \
                 divergence.",
            )
            .x(Axis::log("update-to-data ratio at first", 1e-7, 1.0))
            .y(Axis::log("loss in the end (nats)", 1e-5, 4.0))
            .dashed(colors::THEORY, "", &[(1e-3, 1e-5), (1e-3, 4.0)]);
        let outcome = |pace: &Pace| match pace.loss {
            loss if loss > TOP => Outcome::Diverges,
            _ if pace.trains => Outcome::Trains,
            _ => Outcome::Vanishes,
        };
        let point = |pace: &Pace| {
            pace.early.is_finite().then_some((pace.early.min(0.9), pace.loss.min(TOP)))
        };
        let draw = |chart: Chart, kind| {
            let paces = self.paces.iter().filter(|pace| outcome(pace) == kind);
            chart.marks(colors::outcome(kind), "", &paces.filter_map(point).collect::<Vec<_>>())
        };
        let kinds = [Outcome::Trains, Outcome::Vanishes, Outcome::Diverges];
        kinds.into_iter().fold(chart, draw).render()
    }
}

fn panel(sizes: &Sizes) -> Chart {
    let chart = Chart::new(&sizes.name)
        .height(170.0)
        .x(Axis::log("size of a pre-activation |z|", 1e-11, 1e4))
        .y(Axis::linear("share of all", 0.0, 0.4));
    let color = colors::init(&sizes.name);
    // Where layers coincide one name is enough.
    let alike = color == colors::outcome(Outcome::Trains);
    SHOWN.into_iter().zip(0..).fold(chart, |chart, (layer, place)| {
        let shares = sizes.shares(place);
        // The name stands where its line has no neighbour: outside, or at the top.
        let is_high = |share: &&(f64, f64)| share.1 > 0.15;
        let flank = match layer {
            1 if !alike => shares.iter().rfind(is_high),
            6 => None,
            _ => shares.iter().find(is_high),
        };
        let higher =
            |top: (f64, f64), share: &(f64, f64)| if share.1 > top.1 { *share } else { top };
        let (x, y) = flank.copied().unwrap_or(shares.iter().fold((1.0, 0.0), higher));
        let drawn: Vec<(f64, f64)> = shares.into_iter().filter(|share| share.1 > 0.0).collect();
        let chart = chart.line(color, "", &drawn);
        match (alike, layer) {
            (true, 1) => chart.name(color, x, y, "layers 1, 6 and 11"),
            (true, _) => chart,
            (false, _) => chart.name(color, x, y, &format!("layer {layer}")),
        }
    })
}
