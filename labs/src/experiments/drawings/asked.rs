//! The networks of the labs, and the three questions that each of them is asked.

use super::runs::PredictedRun;
use crate::experiments::{cells, number, Claim, Report, Table};
use minigrad::data::SignOfSum;
use minigrad::recipe::{gaussian, Activation, Init, Norm, Op, Plan, Recipe, Training};
use minigrad::theory::{Kind, LayerTheory, Limits, Prediction, Task, Verdict};
use minigrad::train::Run;

/// A network that is asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What it is called; the learning rate where it is not 0.001.
    pub name: &'static str,
    /// What theory says of it.
    pub prediction: Prediction,
}

/// Lab 01's, with Xavier at the faster rate, too; and lab 03's.
pub(super) fn asked() -> Vec<Asked> {
    let sgd = |lr: f64, steps| Training::sgd(lr).momentum(0.9).batch(64).steps(steps);
    let plain = |name, init, lr| {
        let prediction = Recipe::mlp(12).init(init).predict(&sgd(lr, 1000));
        Asked { name, prediction }
    };
    let blocks = Recipe::blocks(50).activation(Activation::Gelu).norm(Norm::Rms);
    vec![
        plain("uniform", Init::Uniform(0.5), 1e-3),
        plain("Xavier", Init::Xavier, 1e-3),
        plain("Kaiming", Init::Kaiming, 1e-3),
        plain("Xavier, 0.01", Init::Xavier, 1e-2),
        Asked { name: "blocks", prediction: blocks.predict(&sgd(1e-3, 300)) },
        Asked { name: "blocks, + x", prediction: blocks.residual().predict(&sgd(1e-3, 300)) },
    ]
}

/// The limits of a push, bare, streamed and enclosed, and that of a collapse.
pub fn limits() -> [f64; 4] {
    let Limits { bare, streamed, enclosed, collapse, .. } = Limits::FITTED;
    [bare, streamed, enclosed, collapse]
}

impl Asked {
    /// Push, collapse and final loss, each with its limit; nothing of a collapse where a path avoids
    /// the norms.
    pub fn sizes(&self) -> [Option<(f64, f64)>; 3] {
        let (stability, limits) = (&self.prediction.stability, Limits::FITTED);
        let collapse = stability.collapse.filter(|_| stability.kind == Kind::Enclosed);
        [
            Some((stability.push, limits.push(stability.kind))),
            collapse.map(|size| (size, limits.collapse)),
            Some((self.prediction.stable_end(), 0.5 * std::f64::consts::LN_2)),
        ]
    }

    /// The gradient at each layer but the readout, relative to that at the last of them.
    pub fn gradients(&self) -> Vec<f64> {
        let last = self.layers().last().map_or(f64::NAN, |layer| layer.gradient);
        self.layers().iter().map(|layer| layer.gradient / last).collect()
    }

    /// The correlation of two orthogonal inputs behind each layer but the readout.
    pub fn correlations(&self) -> Vec<f64> {
        self.layers().iter().map(|layer| layer.correlation).collect()
    }

    fn layers(&self) -> &[LayerTheory] {
        self.prediction.propagation.layers.split_last().map_or(&[], |(_, layers)| layers)
    }

    /// Whether a size exceeds its limit; one that is not a number belongs to a signal that has
    /// overflowed.
    pub fn exceeds(&self) -> [bool; 3] {
        self.sizes().map(|size| size.is_some_and(|(size, limit)| size.is_nan() || size > limit))
    }
}

pub(super) fn say(report: &mut Report, asked: &[Asked]) {
    for one in asked {
        let sizes = one.sizes().into_iter().flatten().map(|(size, limit)| size / limit);
        report.series(format!("asked {}", one.name), sizes);
    }
    let mut table =
        Table::new(["network", "push / limit", "collapse / limit", "loss / limit", "verdict"]);
    for one in asked {
        let [push, collapse, loss] = one
            .sizes()
            .map(|size| size.map_or("–".to_owned(), |(size, limit)| number(size / limit)));
        table.row(cells![one.name, push, collapse, loss, one.prediction.verdict().to_string()]);
    }
    report.tables.insert("questions", table);
    let agrees = |one: &Asked| {
        one.exceeds().contains(&true) == (one.prediction.verdict() != Verdict::Trains)
    };
    let verdicts: Vec<Verdict> = asked.iter().map(|one| one.prediction.verdict()).collect();
    report.claims.push(Claim::new(
        "Of the labs' six networks those that are said to fail exceed a limit, and those that are \
         said to train exceed none.",
        asked.len() == 6
            && asked.iter().all(agrees)
            && [Verdict::Diverges, Verdict::Vanishes, Verdict::Trains]
                .iter()
                .all(|verdict| verdicts.contains(verdict)),
    ));
    let [.., without, with] = asked else {
        report.claims.push(Claim::new("Neither gradient nor correlation tells.", false));
        return;
    };
    for (name, one) in [("without", without), ("with", with)] {
        report.series(format!("fifty {name} gradient"), one.gradients());
        report.series(format!("fifty {name} correlation"), one.correlations());
    }
    let first = |one: &Asked| one.gradients()[0];
    let last = |one: &Asked| one.correlations()[49];
    report.claims.push(Claim::new(
        format!(
            "Neither gradient nor correlation tells which of lab 03's two networks collapses: in both \
             the gradient is larger at the first block than at the last, and inputs differ behind the \
             last, with a correlation of {} and {}; the collapse is {}, and its limit {}.",
            number(last(without)),
            number(last(with)),
            number(without.prediction.stability.collapse.unwrap_or(f64::NAN)),
            Limits::FITTED.collapse,
        ),
        [without, with].into_iter().all(|one| first(one) > 1.0 && last(one) < 0.9)
            && without.exceeds() == [false, true, false]
            && with.exceeds() == [false; 3],
    ));
}

/// A waist of 32 units, tanh in it and ReLU around it, which no recipe describes.
pub(super) fn waist(seed: u64) -> Option<PredictedRun> {
    const SEEDS: u64 = 5;
    let [relu, tanh] = [Activation::Relu, Activation::Tanh].map(gaussian::gain);
    let act = Op::Activation;
    let layers = vec![
        vec![Op::linear(256, 256, Init::Kaiming, relu), act(Activation::Relu)],
        vec![Op::linear(256, 32, Init::Kaiming, relu), act(Activation::Tanh)],
        vec![Op::linear(32, 256, Init::Kaiming, tanh), act(Activation::Relu)],
        vec![Op::linear(256, 2, Init::Xavier, 1.0)],
    ];
    let plan = Plan::new(256, layers).ok()?;
    let training = Training::sgd(1e-2).momentum(0.9).batch(64).steps(300);
    let data = SignOfSum::sample(1000, 200, seed);
    let run = |s: u64| plan.build(seed + s).train(&data, &training.clone().seed(seed + s));
    let runs: Vec<Run> = (0..SEEDS).map(run).collect();
    Some(PredictedRun::of(&plan.predict(&training, &Task::of(&plan)), &runs))
}

pub(super) fn say_waist(report: &mut Report, waist: Option<&PredictedRun>) {
    if let Some(waist) = waist {
        waist.columns(report, "waist");
    }
    let factors = waist.map_or(vec![], PredictedRun::factors);
    let typical = factors.get(factors.len() / 2).copied().unwrap_or(f64::NAN);
    report.numbers("waist", [("typical", typical)]);
    report.claims.push(Claim::new(
        format!(
            "Of a stack with a waist, which no recipe describes, the predicted loss is within a \
             factor of {} of the measured one in half of the windows.",
            number(typical)
        ),
        typical < 1.5,
    ));
}
