//! From a recipe to a verdict, and the networks of the labs on that way.

use crate::experiments::drawings::{Asked, PredictedRun};
use crate::experiments::{number, Report, Spread};
use minigrad::prelude::*;
use minigrad_plot::{decimal, Axis, Cells, Chart, Color, Drawing, Panels, Side, Tile, Tiles};

use crate::labs::meaning::{self, MEASURED, THEORY};
use crate::labs::{by_layer, title};

const LINES: Color = Color::Muted;

fn outcome(verdict: Verdict) -> Color {
    meaning::outcome(match verdict {
        Verdict::Diverges => Outcome::Diverges,
        Verdict::Vanishes => Outcome::Vanishes,
        Verdict::Trains => Outcome::Trains,
    })
}

/// A size: 0.0042, 2.3, 13, 9192.
fn short(size: f64) -> String {
    match size {
        size if !size.is_finite() => "none".to_owned(),
        size if size >= 10.0 => decimal(size, 0),
        size if size >= 1.0 => decimal(size, 1),
        size if size >= 0.1 => decimal(size, 2),
        size => number(size),
    }
}

/// A multiple of a limit: 1802, 3.4, 0.33.
fn times(share: f64) -> String {
    match share {
        share if share >= 10.0 => decimal(share, 0),
        share if share >= 1.0 => decimal(share, 1),
        share if share >= 0.01 => decimal(share, 2),
        _ => "< 0.01".to_owned(),
    }
}

/// What is asked of push, collapse and final loss.
const QUESTIONS: [&str; 3] = ["Rewritten?", "Collapsed?", "Too slow?"];

/// The way from a recipe to its verdict, of lab 03's two networks.
pub fn way(asked: &[Asked], report: &Report) -> Drawing {
    let title = title(
        report,
        &["Neither gradient nor correlation tells"],
        "Three questions make a verdict, and the second tells these two apart",
        "Three questions make a verdict",
    );
    let lab03 = asked.iter().rev().take(2).rev();
    let tiles: Vec<Tile> = lab03.map(one_way).collect();
    Tiles::new(title, tiles)
        .subtitle("lab 03's networks, lr 0.001, 300 steps; sizes beside their limits, from the recipe alone")
        .desc(
            "Two columns of boxes, one for fifty blocks and one for the same with a stream. From the \
             recipe down: sizes of one input, two inputs, the tangent kernel, the first steps and the \
             loss curve, then three questions with a size and its limit each, and the verdict with \
             its probability.",
        )
        .render()
}

fn one_way(one: &Asked) -> Tile {
    let prediction = &one.prediction;
    let (stability, kernel) = (&prediction.stability, &prediction.kernel);
    // The last layer is the readout.
    let layers = &prediction.propagation.layers;
    let last = &layers[layers.len() - 2];
    let tangent = kernel.tangent;
    let inputs = kernel.inputs;
    let parts = [tangent.common(), tangent.linear(inputs), tangent.own(inputs)];
    let [common, linear, own] = parts.map(|part| decimal(part, 0));
    let (middle, wide) = (150.0, 146.0);
    let step = |tile: Tile, y: f64, head: &str, text: &str| {
        let tile =
            if y > 0.0 { tile.flow(LINES, 2.0, &[(middle, y - 18.0), (middle, y)]) } else { tile };
        tile.wash(LINES, (middle - wide, y), (middle + wide, y + 54.0))
            .outline(LINES, (middle - wide, y), (middle + wide, y + 54.0))
            .text(Color::A, (middle, y + 22.0), Side::Middle, head)
            .text(LINES, (middle, y + 44.0), Side::Middle, text)
    };
    let tile = Tile::new(&format!("50 {}", one.name), 300.0, 502.0);
    let signal = format!("q {}, correlation {}", short(last.output), decimal(last.correlation, 2));
    let steps = format!("{} times the edge", decimal(stability.sharpness, 1));
    let end = prediction.stable_end();
    let boxes = [
        ("behind the last block", signal),
        ("kernel: common, line, own", format!("{common}, {linear}, {own}")),
        ("first steps: sharpness", steps),
        ("loss curve, if they are borne", format!("ends at {}", number(end))),
    ];
    let tile = boxes
        .iter()
        .zip(0u32..)
        .fold(tile, |tile, ((head, text), i)| step(tile, 72.0 * f64::from(i), head, text));
    let top = 72.0 * 4.0;
    let rows = QUESTIONS.iter().zip(one.sizes()).zip(one.exceeds()).zip(0u32..);
    let tile = rows.fold(tile, |tile, (((question, size), fails), i)| {
        let y = top + 58.0 * f64::from(i);
        let text = match size {
            Some((size, limit)) => format!("{} of {}", short(size), short(limit)),
            None => "a stream".to_owned(),
        };
        let color = if fails { Color::B } else { Color::A };
        let verdict = if fails { "yes" } else { "no" };
        tile.flow(LINES, 2.0, &[(middle, y - 18.0), (middle, y)])
            .wash(color, (middle - wide, y), (middle + wide, y + 40.0))
            .text(color, (middle - wide + 10.0, y + 26.0), Side::Right, question)
            .text(LINES, (middle + wide - 44.0, y + 26.0), Side::Left, &text)
            .text(color, (middle + wide - 8.0, y + 26.0), Side::Left, verdict)
    });
    let y = top + 58.0 * 3.0;
    let verdict = prediction.verdict();
    let sure = decimal(100.0 * prediction.probability().of(verdict), 0);
    let color = outcome(verdict);
    tile.flow(LINES, 2.0, &[(middle, y - 18.0), (middle, y)]).boxed(
        color,
        (middle - wide, y),
        (middle + wide, y + 40.0),
        &format!("{verdict}, {sure} %"),
    )
}

/// Gradient and correlation over the depth of lab 03's two networks.
pub fn fifty(asked: &[Asked], report: &Report) -> Drawing {
    let title = title(
        report,
        &["Neither gradient nor correlation tells"],
        "Neither gradient nor correlation gives the collapse away",
        "Gradient and correlation of lab 03's networks",
    );
    let lab03: Vec<(&Asked, bool)> = asked.iter().rev().take(2).rev().zip([false, true]).collect();
    let panel = |name: &str, y: Axis, of: fn(&Asked) -> Vec<f64>| {
        let chart = Chart::new(name).height(290.0).x(Axis::linear("block", 1.0, 50.0)).y(y);
        lab03.iter().fold(chart, |chart, (one, has_stream)| {
            let label = if *has_stream { "with + x" } else { "without" };
            chart.line(meaning::residual(*has_stream), label, &by_layer(&of(one)))
        })
    };
    let (gradient, correlation) =
        (Axis::log("relative to the last", 0.1, 100.0), Axis::linear("correlation", 0.0, 1.0));
    let panels = vec![
        panel("Gradient of a block", gradient, Asked::gradients),
        panel("Two inputs behind it", correlation, Asked::correlations),
    ];
    Panels::new(title, panels)
        .columns(2)
        .subtitle("50 × 256 GELU, RMSNorm, Kaiming; by theory, before the first step")
        .desc(
            "Two panels over fifty blocks, for lab 03's network with and without a residual \
             connection. The gradient is nowhere small in either. The correlation of two orthogonal \
             inputs rises to about 0.85 without a stream and to about 0.5 with one.",
        )
        .render()
}

/// Every network's sizes over their limits, and its verdict.
pub fn questions(asked: &[Asked], report: &Report) -> Drawing {
    let title = title(
        report,
        &["Of the labs' six networks"],
        "A network that fails exceeds a limit, and one that trains exceeds none",
        "The sizes of the labs' networks over their limits",
    );
    let kinds = [Verdict::Trains, Verdict::Diverges, Verdict::Vanishes];
    let names: Vec<&str> = asked.iter().map(|one| one.name).collect();
    let cells = asked.iter().map(|one| {
        let sizes = one.sizes().into_iter().zip(one.exceeds());
        let sizes = sizes.map(|(size, exceeds)| size.map(|_| usize::from(exceeds)));
        let verdict = kinds.iter().position(|kind| *kind == one.prediction.verdict());
        sizes.chain([verdict.map(|kind| kind + 2)]).collect()
    });
    let texts = asked.iter().map(|one| {
        let sizes = one.sizes().map(|size| size.map_or(String::new(), |(a, b)| times(a / b)));
        let verdict = one.prediction.verdict();
        let sure = decimal(100.0 * one.prediction.probability().of(verdict), 0);
        sizes.into_iter().chain([format!("{sure} %")]).collect()
    });
    let figure = Cells::new(title)
        .subtitle("each size over its limit, how sure the verdict is; lr 0.001 unless said")
        .desc(&format!(
            "A table of {} networks. Of each: push, collapse and final loss over their limits, marked \
             where above 1, and the verdict with its probability.",
            asked.len()
        ))
        .columns("what is asked, and the verdict", &["push", "collapse", "loss", "verdict"])
        .rows("network", &names)
        .category(Color::Muted, "below 1")
        .category(meaning::WRONG, "above 1");
    kinds
        .iter()
        .fold(figure, |figure, kind| figure.category(outcome(*kind), &kind.to_string()))
        .cells(&cells.collect::<Vec<_>>())
        .texts(&texts.collect::<Vec<_>>())
        .render()
}

/// The stack that no recipe describes.
pub fn waist(waist: Option<&PredictedRun>, report: &Report) -> Drawing {
    let title = title(
        report,
        &["Of a stack with a waist"],
        "A stack that no recipe describes, and its curve before it was built",
        "A stack that no recipe describes",
    );
    let empty = PredictedRun::default();
    let curve = waist.unwrap_or(&empty);
    against(title, curve, (1e-3, 2.0))
        .subtitle(&format!(
            "256 → 256 → 32 → 256 → 2, tanh in the waist, lr 0.01; dashed: theory; shaded: eight of \
             ten networks; rings: median of {} seeds, with their range",
            curve.seeds
        ))
        .desc(
            "Training loss against the step, both logarithmic: measured rings with their ranges on or \
             near the predicted line.",
        )
        .render()
}

/// A predicted curve, dashed, the band around it, and what was measured.
pub fn against(title: &str, curve: &PredictedRun, (low, high): (f64, f64)) -> Chart {
    let centres = curve.centres();
    let predicted: Vec<(f64, f64)> =
        centres.iter().copied().zip(curve.predicted.iter().copied()).collect();
    let measured = centres.iter().zip(&curve.measured);
    let measured: Vec<_> =
        measured.map(|(&x, Spread { low, middle, high })| (x, *middle, *low, *high)).collect();
    let band: Vec<_> =
        centres.iter().zip(&curve.band).map(|(&x, &(low, high))| (x, low, high)).collect();
    let steps = curve.windows.last().map_or(2, |(_, end)| *end) as f64;
    Chart::new(title)
        .x(Axis::log("step (the first is 1)", 1.0, steps))
        .y(Axis::log("training loss (nats)", low, high))
        .band(THEORY, &band)
        .dashed(THEORY, "", &predicted)
        .intervals(MEASURED, "", &measured)
}
