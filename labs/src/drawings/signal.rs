//! A signal on its way through twelve ReLU layers, for three scales of the weights.

use super::*;
use crate::init_ablation::INITS;

/// Units of each layer that are drawn.
const UNITS: usize = 24;

#[derive(Serialize, Deserialize)]
pub struct Signal {
    pub init: String,
    /// Second moment of each layer's pre-activations, by theory.
    pub predicted: Vec<f64>,
    /// The same of one input over all units of a drawn network.
    pub measured: Vec<f64>,
    /// Its pre-activations at the first [`UNITS`] units of each layer.
    pub units: Vec<Vec<f64>>,
}

impl Part for [Signal; 3] {
    fn measure(seed: u64) -> Self {
        let x = Tensor::constant(SignOfSum::sample(1, 0, seed).train.inputs);
        INITS.map(|(name, init)| {
            let recipe = Recipe::mlp(12).init(init).classes(256).seed(seed);
            let layers = recipe.build().trace(&x).layers;
            let z = layers.iter().map(|layer| layer.pre_activation.values().mapv(f64::from));
            let z: Vec<Array2<f64>> = z.collect();
            Signal {
                init: name.into(),
                predicted: Propagation::of(&recipe).layers.iter().map(|layer| layer.q).collect(),
                measured: z.iter().map(|z| mean(z.iter().map(|z| z * z))).collect(),
                units: z.iter().map(|z| z.iter().take(UNITS).copied().collect()).collect(),
            }
        })
    }

    fn report(&self, report: &mut Report) {
        // Of a sum of 256 squares behind l ReLU layers: each strays by sqrt(5/256), and they add up.
        let follows = |Signal { predicted, measured, .. }: &Signal| {
            count(1, predicted.iter().zip(measured)).all(|(layer, (predicted, measured))| {
                let deviation = libm::sqrt(5.0 / 256.0 * layer);
                libm::fabs(libm::log(measured / predicted)) < 4.0 * deviation
            })
        };
        let sentence =
            "In twelve ReLU layers the second moment of one input follows theory within four \
             standard deviations at every layer, whether it explodes, fades or stays.";
        report.claim("signal", sentence, self.iter().all(follows));
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let conclusion = "Uniform weights blow a signal up, Xavier's let it fade, Kaiming's hold \
            it";
        let neutral = "A signal through twelve layers, from three inits";
        let title = report.title(&["signal"], conclusion, neutral);
        let panels = self.iter().map(|Signal { init, predicted, units, .. }| {
            let deviations: Vec<f64> = predicted.iter().map(|q| q.sqrt()).collect();
            let [first, .., last] = deviations[..] else { unreachable!("twelve layers") };
            let band = count(1, deviations).map(|(layer, d)| (layer, -2.0 * d, 2.0 * d));
            let units = count(1, units).flat_map(|(l, units)| units.iter().map(move |&z| (l, z)));
            Chart::new(&format!("{init}: {} → {}", number(first), number(last)))
                .height(250.0)
                .x(Axis::linear("layer", 1.0, 12.0))
                .y(Axis::linear("pre-activation z", -6.0, 6.0))
                .band(colors::init(init), &band.collect::<Vec<_>>())
                .dots(colors::init(init), &units.collect::<Vec<_>>())
        });
        let subtitle = &format!(
            "12 × 256 ReLU; bands: two standard deviations by theory, their size above; dots: \
             {UNITS} units of a drawn network"
        );
        let spoken = "Three panels: pre-activations over twelve layers. The first band fills the \
            panel from the first layer on, the second narrows to a line, the third stays as wide \
            as it was.";
        vec![drawn(Panels::new(title, panels.collect()).columns(3), subtitle, spoken)]
    }
}
