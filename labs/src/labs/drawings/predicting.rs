//! What the chapter on predicting derives: kernel, edge, curve, verdict.

use crate::experiments::drawings::{KernelCurve, Odds, Oscillation, PredictedRun, MOMENTUM};
use crate::experiments::score::OUTCOMES;
use crate::experiments::Report;
use minigrad_plot::{Axis, Chart, Color, Drawing, Panels};

use super::verdicts::against;
use crate::labs::meaning::{self, THEORY};
use crate::labs::title;

/// The tangent kernel over the correlation, and its three parts.
pub fn kernel(kernels: &[KernelCurve], report: &Report) -> Drawing {
    let title = title(
        report,
        &["Twelve ReLU layers have"],
        "Depth adds to what inputs share and to what each has alone, not to the line",
        "The tangent kernel and its parts",
    );
    let panels = kernels.iter().map(|kernel| {
        let [common, linear, own] = kernel.parts();
        let (line_end, top) = (common + linear, common + linear + own);
        let chance = 2.0 / 16.0;
        // From 0 upwards at c = 1; each is named at its middle.
        let part = |chart: Chart, color, name: &str, from: f64, to: f64| {
            let label = format!("{name} {:.0}", to - from);
            chart.line(color, &label, &[(1.0, from), (1.0, to), (1.0, 0.5 * (from + to))])
        };
        let shown = |c: f64| c >= -0.5;
        let curve: Vec<(f64, f64)> = kernel.curve.iter().copied().filter(|p| shown(p.0)).collect();
        let low = curve.iter().map(|p| p.1).fold(common - 0.5 * linear, f64::min).min(0.0);
        let chart = Chart::new(&format!("{} layers", kernel.depth))
            .height(300.0)
            .x(Axis::linear("correlation c", -0.5, 1.0))
            .y(Axis::linear("kernel Θ(c)", 1.05 * low, 1.05 * top))
            .band(Color::Muted, &[(-chance, 2.0 * low, 2.0 * top), (chance, 2.0 * low, 2.0 * top)])
            .dashed(THEORY, "", &[(-0.5, common - 0.5 * linear), (1.0, line_end)])
            .line(Color::Muted, "", &curve);
        let chart = part(chart, Color::D, "common", 0.0, common);
        let chart = part(chart, Color::F, "linear", common, line_end);
        part(chart, Color::E, "own", line_end, top)
    });
    Panels::new(title, panels.collect())
        .columns(2)
        .subtitle(
            "256 wide, ReLU, Kaiming; shaded: where two different inputs lie; dashed: common + linear c",
        )
        .desc(
            "Two panels, for two and for twelve layers: the kernel against the correlation of two \
             inputs. Near 0 it is a straight line; towards 1 it rises above that line. At 1 it is \
             split into its common, linear and own part.",
        )
        .render()
}

/// How large an amplitude the panels show.
const EDGE: f64 = 9.0;

/// The mean mode below and above the edge.
pub fn edge(oscillations: &[Oscillation], report: &Report) -> Drawing {
    let title = title(
        report,
        &["A mode under momentum"],
        "Below the edge of stability a mode dies away, above it grows",
        "One mode under momentum",
    );
    let panels = oscillations.iter().map(|one| {
        let grows = one.sharpness > 1.0;
        let color = if grows { Color::B } else { Color::A };
        // Up to where it leaves the frame: one arrow says enough.
        let course = one.amplitude.iter().zip(0u32..).map(|(a, step)| (f64::from(step), *a));
        let mut is_inside = true;
        let course =
            course.take_while(|(_, a)| std::mem::replace(&mut is_inside, libm::fabs(*a) < EDGE));
        Chart::new(&format!("{} of the edge", one.sharpness))
            .height(220.0)
            .x(Axis::linear("step", 0.0, (one.amplitude.len() - 1) as f64))
            .y(Axis::linear("amplitude", -EDGE, EDGE))
            .dashed(Color::Muted, "", &[(0.0, 0.0), (1e3, 0.0)])
            .thin(color, "", &course.collect::<Vec<_>>())
    });
    Panels::new(title, panels.collect())
        .columns(3)
        .subtitle(&format!("momentum {MOMENTUM}; above each panel: lr λ / (2 (1 + m))"))
        .desc(
            "Three panels: amplitude against the step. Far below the edge it swings slowly and dies \
             away; just below, it flips its sign at every step and dies away; just above, it flips \
             and leaves the panel.",
        )
        .render()
}

/// A curve that was said before the networks were built.
pub fn curve(curve: &PredictedRun, report: &Report) -> Drawing {
    let title = title(
        report,
        &["Four layers of width 256"],
        "The curve was there before the networks were",
        "Loss, predicted and measured",
    );
    against(title, curve, (2e-2, 2.0))
        .subtitle(&format!(
            "4 × 256 ReLU, Kaiming, lr 0.003; dashed: theory; shaded: eight of ten networks; rings: \
             median of {} seeds, with their range",
            curve.seeds
        ))
        .desc(
            "Training loss against the step, both logarithmic: the measured points lie on the \
             predicted line, or close to it, from the start to the end, and inside a shaded band \
             that is narrow at first and wide at the end.",
        )
        .render()
}

/// The curve of infinite width, beside networks that have a width.
pub fn infinite(curves: &[PredictedRun], report: &Report) -> Drawing {
    let title = title(
        report,
        &["The theory of infinite width alone"],
        "Infinite width is enough for few wide layers, not for many narrow ones",
        "Infinite width, and networks that have a width",
    );
    let panels = curves.iter().zip(["4 × 256", "12 × 64"]);
    let panels = panels.map(|(curve, name)| {
        // The band is that of networks with a width.
        let line = PredictedRun { band: vec![], ..curve.clone() };
        against(name, &line, (2e-2, 2.0)).height(300.0)
    });
    Panels::new(title, panels.collect())
        .columns(2)
        .subtitle(
            "ReLU, Kaiming, lr 0.003; dashed: theory of infinite width; rings: median of three seeds, \
             with their range",
        )
        .desc(
            "Training loss against the step, both logarithmic, in two panels. With four layers of width \
             256 the measured points lie on the predicted line. With twelve of width 64 they leave it.",
        )
        .render()
}

/// The probability of each outcome over the learning rate, one upon the other.
pub fn odds(odds: &Odds, report: &Report) -> Drawing {
    let title = title(
        report,
        &["Of 12 x 256 relu, kaiming the most likely"],
        "Too slow, right, too fast: one network, one knob",
        "The verdict over the learning rate",
    );
    let ends = (odds.rates.first().map_or(1e-4, |o| o.lr), odds.rates.last().map_or(1.0, |o| o.lr));
    let mut chart = Chart::new(title)
        .subtitle(&format!("12 × 256 ReLU, Kaiming, momentum 0.9, {} steps; by theory", odds.steps))
        .desc(
            "Probabilities of the three outcomes against the learning rate, stacked: vanishes at \
             small rates, trains between, diverges at large ones, with a gradual change between \
             each two.",
        )
        .x(Axis::log("learning rate", ends.0, ends.1))
        .y(Axis::linear("probability", 0.0, 1.0));
    // From the bottom: what happens at the smallest rates first.
    let order = [1, 2, 0];
    for (at, &k) in order.iter().enumerate() {
        let below = |shares: &[f64; 3]| order[..at].iter().map(|&j| shares[j]).sum::<f64>();
        let band =
            odds.rates.iter().map(|o| (o.lr, below(&o.shares), below(&o.shares) + o.shares[k]));
        let band: Vec<(f64, f64, f64)> = band.collect();
        let color = meaning::outcome(OUTCOMES[k]);
        let lower: Vec<(f64, f64)> = band.iter().map(|&(lr, low, _)| (lr, low)).collect();
        chart = chart.band(color, &band).thin(color, "", &lower);
        // Named where it is the most likely, in the middle of these rates.
        let at_most: Vec<_> = band.iter().filter(|(_, low, high)| high - low > 0.6).collect();
        if let Some((lr, low, high)) = at_most.get(at_most.len() * 2 / 5) {
            chart = chart.name(color, *lr, 0.5 * (low + high), &OUTCOMES[k].to_string());
        }
    }
    chart.render()
}
