//! Pairs of inputs in a network, and the parts of what it learns.

use crate::experiments::drawings::{KernelCurve, Meeting, Mode, Reach, Turn, DRAWS, LR, MOMENTUM};
use crate::experiments::Report;
use minigrad_plot::{Axis, Chart, Color, Drawing, Panels};

use crate::labs::meaning::{self, MEASURED, THEORY};
use crate::labs::{by_layer, title};

/// The correlation of three pairs over the layers, by theory and measured.
pub fn meetings(meetings: &[Meeting], report: &Report) -> Drawing {
    let title = title(
        report,
        &["In sixteen networks the correlation"],
        "Behind twelve ReLU layers all inputs are alike; tanh keeps them apart",
        "Two inputs through twelve layers",
    );
    let panels = meetings.iter().map(|meeting| {
        let color = meaning::activation(meeting.activation);
        let chart = Chart::new(meaning::spelled(meeting.activation))
            .height(330.0)
            .x(Axis::linear("layer", 1.0, 12.0))
            .y(Axis::linear("correlation of pre-activations", -0.2, 1.0));
        meeting.predicted.iter().zip(&meeting.measured).fold(chart, |chart, (theory, measured)| {
            let layers = measured.iter().zip(1u32..);
            let places: Vec<_> =
                layers.map(|(one, l)| (f64::from(l), one.middle, one.low, one.high)).collect();
            chart.dashed(THEORY, "", &by_layer(theory)).intervals(color, "", &places)
        })
    });
    Panels::new(title, panels.collect())
        .columns(2)
        .subtitle(&format!(
            "12 × 256; dashed: theory; markers: median of {DRAWS} networks; ranges: the middle ten"
        ))
        .desc(
            "Two panels: the correlation of three pairs of inputs over twelve layers. In the ReLU \
             network all three climb towards 1, those that began apart, too. In the tanh network they \
             fall slowly or stay at 0. Measured medians lie on the predicted lines.",
        )
        .render()
}

/// What one step on an input moves, over the correlation with that input.
pub fn reaches(reaches: &[Reach], kernels: &[KernelCurve], report: &Report) -> Drawing {
    let title = title(
        report,
        &["In sixteen networks of two and of twelve layers"],
        "A step on one input moves the others by what they share with it",
        "What a step on one input moves at others",
    );
    let panels = reaches.iter().zip(kernels).map(|(reach, kernel)| {
        let curve: Vec<(f64, f64)> =
            kernel.curve.iter().copied().filter(|place| place.0 >= -0.55).collect();
        let top = curve.iter().map(|place| place.1).fold(0.0, f64::max);
        let low = curve.iter().map(|place| place.1).fold(0.0, f64::min);
        let measured = reach
            .measured
            .iter()
            .map(|&(c, mean, error)| (c, mean, mean - 2.0 * error, mean + 2.0 * error));
        Chart::new(&format!("{} layers", reach.depth))
            .height(300.0)
            .x(Axis::linear("correlation of the two", -0.55, 1.05))
            .y(Axis::linear("moved, per rate and error", 1.2 * low, 1.3 * top))
            .dashed(THEORY, "", &curve)
            .intervals(MEASURED, "", &measured.collect::<Vec<_>>())
    });
    Panels::new(title, panels.collect())
        .columns(2)
        .subtitle(&format!(
            "256 wide, ReLU, Kaiming; dashed: kernel by theory; rings: mean of {DRAWS} networks, ± 2 \
             standard errors"
        ))
        .desc(
            "Two panels, for two and for twelve layers: how far a step on one input moves the output \
             at another, against the correlation of the two. It is little below 0, rises evenly from \
             there, and steeply at 1, where both are the same input. The rings lie on the dashed line.",
        )
        .render()
}

/// How much of each part is left, step by step.
pub fn modes(modes: &[Mode], report: &Report) -> Drawing {
    let title = title(
        report,
        &["Of twelve Kaiming layers at lr 0.001 the mean"],
        "The mean swings before anything else has moved",
        "Three parts of a function, and how fast each is learned",
    );
    let steps = modes.iter().map(|mode| mode.left.len()).max().unwrap_or(2) as f64;
    let chart = Chart::new(title)
        .subtitle(&format!(
            "12 × 256 ReLU, Kaiming, lr {LR}, momentum {MOMENTUM}; by theory, near a guess"
        ))
        .desc(
            "The share that is left to learn against the step, on a logarithmic axis, of three parts. \
             The mean falls from 1 to below 0 within two steps and swings until about step 50. The own \
             part falls around step 100, the line around step 200.",
        )
        .x(Axis::log("step", 1.0, steps))
        .y(Axis::linear("share left to learn", -1.0, 1.0))
        .dashed(Color::Muted, "", &[(1.0, 0.0), (steps, 0.0)]);
    // As in the drawing of the kernel.
    let names = [(Color::D, "mean"), (Color::E, "own"), (Color::F, "line")];
    let all = modes.iter().zip(names);
    let chart = all.fold(chart, |chart, (mode, (color, name))| {
        let course = mode.left.iter().zip(1u32..).map(|(left, step)| (f64::from(step), *left));
        let course: Vec<(f64, f64)> = course.collect();
        let half = mode.half().map_or((1.0, 0.5), |step| (step as f64, mode.left[step - 1]));
        chart.line(color, "", &course).name(color, half.0, half.1, name)
    });
    chart.render()
}

/// How far a step turns a matrix in front of a norm.
pub fn turn(turn: &Turn, report: &Report) -> Drawing {
    let title = title(
        report,
        &["A step on a matrix that feeds a norm"],
        "In front of a norm no step is longer than a quarter turn",
        "A step on a matrix in front of a norm",
    );
    let lengths: Vec<f64> =
        (0..=70).map(|i| libm::pow(10.0, -1.6 + 0.055 * f64::from(i))).collect();
    let line = |of: fn(f64) -> f64| lengths.iter().map(|&r| (r, of(r))).collect::<Vec<_>>();
    let (low, high) = (lengths[0], lengths[lengths.len() - 1]);
    let quarter = std::f64::consts::FRAC_PI_2;
    Chart::new(title)
        .subtitle(
            "dashed: theory; rings: a matrix of a drawn network, stepped along its own gradient",
        )
        .desc(
            "What a step counts against its length relative to the matrix, on a logarithmic axis. \
             Without a norm behind it, as much as its length, which leaves the frame. With one, the \
             angle by which it turns the matrix: the same at first, then less and less, below a \
             quarter turn.",
        )
        .x(Axis::log("length of the step, relative to the matrix: R", low, high))
        .y(Axis::linear("what it counts", 0.0, 2.5))
        .dashed(Color::Muted, "", &[(low, quarter), (high, quarter)])
        .note(low * 1.3, quarter, "a quarter turn")
        .line(Color::E, "no norm follows: R", &line(|r| r))
        .dashed(THEORY, "", &line(libm::atan))
        .marks(MEASURED, "a norm follows: arctan R", &turn.steps)
        .render()
}
