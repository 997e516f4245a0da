//! A signal on its way through twelve ReLU layers, for three scales of the weights.

use crate::experiments::init_ablation::INITS;
use crate::experiments::{Claim, Report};
use minigrad::data::SignOfSum;
use minigrad::recipe::Recipe;
use minigrad::tensor::Tensor;
use minigrad::theory::Propagation;

/// Units of each layer that are drawn.
pub const UNITS: usize = 24;

/// One network.
#[derive(Clone, Debug)]
pub struct Signal {
    /// The initialization.
    pub init: &'static str,
    /// Second moment of each layer's pre-activation, by theory.
    pub predicted: Vec<f64>,
    /// The same of one input over all units of a drawn network.
    pub measured: Vec<f64>,
    /// Pre-activations of the first [`UNITS`] units of each layer, for that input.
    pub units: Vec<Vec<f64>>,
}

pub(super) fn signals(seed: u64) -> Vec<Signal> {
    let x = Tensor::constant(SignOfSum::sample(1, 0, seed).train.inputs);
    let signal = |(init, scheme)| {
        let recipe = Recipe::mlp(12).init(scheme).classes(256).seed(seed);
        let layers = recipe.build().trace(&x).layers;
        let rows = || layers.iter().map(|layer| layer.pre_activation.values());
        let square = |z: &f32| f64::from(*z) * f64::from(*z);
        Signal {
            init,
            predicted: Propagation::of(&recipe).layers.iter().map(|layer| layer.q).collect(),
            measured: rows().map(|z| z.iter().map(square).sum::<f64>() / z.len() as f64).collect(),
            units: rows().map(|z| z.iter().take(UNITS).map(|&z| f64::from(z)).collect()).collect(),
        }
    };
    INITS.map(signal).into()
}

pub(super) fn say(report: &mut Report, signals: &[Signal]) {
    for signal in signals {
        let init = signal.init;
        report.series(format!("signal {init} predicted"), signal.predicted.iter().copied());
        report.series(format!("signal {init} measured"), signal.measured.iter().copied());
        report.series(format!("signal {init} units"), signal.units.iter().flatten().copied());
        let last = signal.predicted.len() - 1;
        report.numbers(
            &format!("signal_{}", init.to_lowercase()),
            [("last", signal.predicted[last])],
        );
    }
    // Of a sum of 256 squares behind l ReLU layers: each strays by sqrt(5/256), and they add up.
    let strays = |signal: &Signal| {
        let pairs = signal.predicted.iter().zip(&signal.measured).zip(1u32..);
        pairs.into_iter().all(|((predicted, measured), layer)| {
            let deviation = libm::sqrt(5.0 / 256.0 * f64::from(layer));
            libm::fabs(libm::log(measured / predicted)) < 4.0 * deviation
        })
    };
    report.claims.push(Claim::new(
        "In twelve ReLU layers the second moment of one input follows theory within four standard \
         deviations at every layer, whether it explodes, fades or stays.",
        signals.iter().all(strays),
    ));
}
