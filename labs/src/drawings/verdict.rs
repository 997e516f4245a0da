//! From a recipe to a verdict: the three questions, asked of the networks of the labs.

use super::*;
use minigrad::theory::{Kind, Limits};
use minigrad_plot::Cells;

/// The verdicts, in the order of the figure's categories.
const KINDS: [Outcome; 3] = [Outcome::Trains, Outcome::Diverges, Outcome::Vanishes];

/// A size and its limit.
type Size = (f64, f64);

/// What theory says of a network.
#[derive(Serialize, Deserialize)]
pub struct Asked {
    /// What it is called; the learning rate where it is not 0.001.
    pub name: String,
    pub push: Size,
    /// Where no path avoids the norms.
    pub collapse: Option<Size>,
    /// At the end.
    pub loss: Size,
    pub verdict: Outcome,
    pub probability: f64,
    /// Second moment behind the last layer but the readout.
    pub signal: f64,
    /// Common, linear and own part.
    pub kernel: [f64; 3],
    pub sharpness: f64,
    /// At each layer but the readout, relative to that at the last of them.
    pub gradients: Vec<f64>,
    /// Of two orthogonal inputs behind each layer but the readout.
    pub correlations: Vec<f64>,
}

fn exceeds(size: Option<Size>) -> bool {
    size.is_some_and(|(size, limit)| size > limit)
}

impl Asked {
    fn of(name: &str, recipe: Recipe, training: Training) -> Asked {
        let prediction = recipe.predict(&training);
        let (stability, limits) = (&prediction.stability, Limits::FITTED);
        let collapse = stability.collapse.filter(|_| stability.kind == Kind::Enclosed);
        let Kernel { tangent, inputs, .. } = prediction.kernel;
        let [layers @ .., _] = &prediction.propagation.layers[..] else {
            unreachable!("a readout")
        };
        let last = &layers[layers.len() - 1];
        let is_said = |outcome: &Outcome| prediction.verdict() == *outcome;
        Asked {
            name: name.into(),
            push: (stability.push, limits.push(stability.kind)),
            collapse: collapse.map(|size| (size, limits.collapse)),
            loss: (prediction.stable_end(), 0.5 * GUESS),
            verdict: KINDS.into_iter().find(is_said).expect("a verdict is an outcome"),
            probability: prediction.probability().of(prediction.verdict()),
            signal: last.output,
            kernel: [tangent.common(), tangent.linear(inputs), tangent.own(inputs)],
            sharpness: stability.sharpness,
            gradients: layers.iter().map(|layer| layer.gradient / last.gradient).collect(),
            correlations: layers.iter().map(|layer| layer.correlation).collect(),
        }
    }

    fn sizes(&self) -> [Option<Size>; 3] {
        [Some(self.push), self.collapse, Some(self.loss)]
    }

    fn sure(&self) -> String {
        format!("{} %", decimal(100.0 * self.probability, 0))
    }
}

impl Part for [Asked; 6] {
    /// Lab 01's, with Xavier at the faster rate, too; and lab 03's.
    fn measure(_: u64) -> Self {
        let plain = |name, init, lr| Asked::of(name, Recipe::mlp(12).init(init), sgd(lr));
        let blocks = Recipe::blocks(50).activation(Gelu).norm(Norm::Rms);
        [
            plain("uniform", Init::Uniform(0.5), 1e-3),
            plain("Xavier", Init::Xavier, 1e-3),
            plain("Kaiming", Init::Kaiming, 1e-3),
            plain("Xavier, 0.01", Init::Xavier, 1e-2),
            Asked::of("blocks", blocks.clone(), sgd(1e-3).steps(300)),
            Asked::of("blocks, + x", blocks.residual(), sgd(1e-3).steps(300)),
        ]
    }

    fn report(&self, report: &mut Report) {
        let exceeded = |one: &Asked| one.sizes().map(exceeds);
        report.claim(
            "questions",
            "Of the labs' six networks those that are said to fail exceed a limit, and those that \
             are said to train exceed none.",
            self.iter()
                .all(|one| exceeded(one).contains(&true) == (one.verdict != Outcome::Trains))
                && KINDS.iter().all(|kind| self.iter().any(|one| one.verdict == *kind)),
        );
        let [.., without, with] = self;
        let [c, and] = [without, with].map(|one| one.correlations[49]);
        let holds = without.gradients[0] > 1.0 && with.gradients[0] > 1.0 && c < 0.9 && and < 0.9;
        let (collapse, limit) = without.collapse.unwrap_or((f64::NAN, f64::NAN));
        let [c, and, collapse] = [c, and, collapse].map(number);
        let sentence = format!(
            "Neither gradient nor correlation tells which of lab 03's two networks collapses: in \
             both the gradient is larger at the first block than at the last, and inputs differ \
             behind the last, with a correlation of {c} and {and}; the collapse is {collapse}, and \
             its limit {limit}."
        );
        let tells = exceeded(without) == [false, true, false] && exceeded(with) == [false; 3];
        report.claim("fifty", sentence, holds && tells);
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let [.., without, with] = self;
        let lab03 = [without, with];
        vec![draw_way(lab03, report), draw_fifty(lab03, report), draw_questions(self, report)]
    }
}

fn places(size: f64) -> usize {
    match size {
        10.0.. => 0,
        1.0.. => 1,
        _ => 2,
    }
}

/// A size: 0.0042, 2.3, 13, 9192.
fn short(size: f64) -> String {
    match size {
        _ if !size.is_finite() => "none".into(),
        0.1.. => decimal(size, places(size)),
        _ => number(size),
    }
}

/// A multiple of a limit: 1802, 3.4, 0.33.
fn times((size, limit): (f64, f64)) -> String {
    let share = size / limit;
    if share < 0.01 {
        "< 0.01".into()
    } else {
        decimal(share, places(share))
    }
}

/// The way from a recipe to its verdict, of lab 03's two networks.
fn draw_way(lab03: [&Asked; 2], report: &Report) -> Drawing {
    let conclusion = "Three questions make a verdict, and the second tells these two apart";
    let title = report.title(&["fifty"], conclusion, "Three questions make a verdict");
    let subtitle = "lab 03's networks, lr 0.001, 300 steps; sizes beside their limits, from the \
        recipe alone";
    let spoken = "Two columns of boxes, one for fifty blocks and one for the same with a stream. \
        From the recipe down: sizes of one input, two inputs, the tangent kernel, the first steps \
        and the loss curve, then three questions with a size and its limit each, and the verdict \
        with its probability.";
    drawn(Tiles::new(title, lab03.map(one_way).into()), subtitle, spoken)
}

fn one_way(one: &Asked) -> Tile {
    let (left, middle, right) = (4.0, 150.0, 296.0);
    let into = |tile: Tile, y: f64| tile.flow(LINES, 2.0, &[(middle, y - 18.0), (middle, y)]);
    let correlation = decimal(one.correlations[49], 2);
    let [common, linear, own] = one.kernel.map(|part| decimal(part, 0));
    let boxes = [
        ("behind the last block", format!("q {}, correlation {correlation}", short(one.signal))),
        ("kernel: common, line, own", format!("{common}, {linear}, {own}")),
        ("first steps: sharpness", format!("{} times the edge", decimal(one.sharpness, 1))),
        ("loss curve, if they are borne", format!("ends at {}", number(one.loss.0))),
    ];
    let tile = Tile::new(&format!("50 {}", one.name), 300.0, 502.0);
    let tile = count(0, &boxes).fold(tile, |tile, (i, (head, text))| {
        let y = 72.0 * i;
        let tile = if i > 0.0 { into(tile, y) } else { tile };
        tile.wash(LINES, (left, y), (right, y + 54.0))
            .outline(LINES, (left, y), (right, y + 54.0))
            .text(Color::A, (middle, y + 22.0), Side::Middle, head)
            .text(LINES, (middle, y + 44.0), Side::Middle, text)
    });
    let questions = ["Rewritten?", "Collapsed?", "Too slow?"].into_iter().zip(one.sizes());
    let tile = count(0, questions).fold(tile, |tile, (i, (question, size))| {
        let y = 288.0 + 58.0 * i;
        let sizes = |(size, limit)| format!("{} of {}", short(size), short(limit));
        let sizes = size.map_or("a stream".into(), sizes);
        let (color, answer) = if exceeds(size) { (Color::B, "yes") } else { (Color::A, "no") };
        into(tile, y)
            .wash(color, (left, y), (right, y + 40.0))
            .text(color, (left + 10.0, y + 26.0), Side::Right, question)
            .text(LINES, (right - 44.0, y + 26.0), Side::Left, &sizes)
            .text(color, (right - 8.0, y + 26.0), Side::Left, answer)
    });
    let (color, verdict) =
        (colors::outcome(one.verdict), format!("{}, {}", one.verdict, one.sure()));
    into(tile, 462.0).boxed(color, (left, 462.0), (right, 502.0), &verdict)
}

/// Gradient and correlation over the depth of lab 03's two networks.
fn draw_fifty(lab03: [&Asked; 2], report: &Report) -> Drawing {
    let conclusion = "Neither gradient nor correlation gives the collapse away";
    let title =
        report.title(&["fifty"], conclusion, "Gradient and correlation of lab 03's networks");
    let panel = |name: &str, y: Axis, of: fn(&Asked) -> &[f64]| {
        let chart = Chart::new(name).height(290.0).x(Axis::linear("block", 1.0, 50.0)).y(y);
        let [without, with] = lab03.map(|one| by_layer(of(one)));
        let chart = chart.line(colors::residual(false), "without", &without);
        chart.line(colors::residual(true), "with + x", &with)
    };
    let gradient = Axis::log("relative to the last", 0.1, 100.0);
    let correlation = Axis::linear("correlation", 0.0, 1.0);
    let panels = vec![
        panel("Gradient of a block", gradient, |one| &one.gradients),
        panel("Two inputs behind it", correlation, |one| &one.correlations),
    ];
    let subtitle = "50 × 256 GELU, RMSNorm, Kaiming; by theory, before the first step";
    let spoken = "Two panels over fifty blocks, for lab 03's network with and without a residual \
        connection. The gradient is nowhere small in either. The correlation of two orthogonal \
        inputs rises to about 0.85 without a stream and to about 0.5 with one.";
    drawn(Panels::new(title, panels).columns(2), subtitle, spoken)
}

/// Every network's sizes over their limits, and its verdict.
fn draw_questions(asked: &[Asked; 6], report: &Report) -> Drawing {
    let conclusion = "A network that fails exceeds a limit, and one that trains exceeds none";
    let neutral = "The sizes of the labs' networks over their limits";
    let title = report.title(&["questions"], conclusion, neutral);
    let cells = asked.each_ref().map(|one| {
        let sizes =
            one.sizes().map(|size| Some(usize::from(exceeds(size))).filter(|_| size.is_some()));
        let verdict = KINDS.iter().position(|kind| *kind == one.verdict).map(|kind| kind + 2);
        [&sizes[..], &[verdict]].concat()
    });
    let texts = asked.each_ref().map(|one| {
        let sizes = one.sizes().map(|size| size.map_or(String::new(), times));
        [&sizes[..], &[one.sure()]].concat()
    });
    let figure = Cells::new(title)
        .columns("what is asked, and the verdict", &["push", "collapse", "loss", "verdict"])
        .rows("network", &asked.each_ref().map(|one| &one.name))
        .category(Color::Muted, "below 1")
        .category(colors::WRONG, "above 1");
    let named =
        |figure: Cells, kind: &Outcome| figure.category(colors::outcome(*kind), &kind.to_string());
    let subtitle = "each size over its limit, how sure the verdict is; lr 0.001 unless said";
    let spoken = &format!(
        "A table of {} networks. Of each: push, collapse and final loss over their limits, marked \
         where above 1, and the verdict with its probability.",
        asked.len()
    );
    drawn(KINDS.iter().fold(figure, named).cells(&cells).texts(&texts), subtitle, spoken)
}
