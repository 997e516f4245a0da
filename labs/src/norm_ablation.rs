//! Lab 02: lab 01's network with no normalization, LayerNorm and RMSNorm; then where a norm helps,
//! and where it does not.

mod figures;

use crate::init_ablation::recipe as plain;
use crate::spine::prelude::*;

settings! {
    // The seeds of lab 01, so that the curve without a norm is its Kaiming curve.
    seed = 0;
    steps = 1000, small 150;
    /// Runs of each kind.
    seeds: u64 = 5, small 1;
    /// Runs of each kind of the deep network.
    deep_seeds: u64 = 5, small 1;
}

/// The learning rate of the first two parts.
pub const LR: f64 = 1e-3;

/// The normalizations, with the names that figures and tables use.
pub const NORMS: [(&str, Norm); 3] =
    [("no norm", Norm::None), ("LayerNorm", Norm::Layer), ("RMSNorm", Norm::Rms)];

/// The starts that lab 01 found bad, now with RMSNorm.
pub const STARTS: [(&str, Init); 2] =
    [("RMSNorm, Xavier", Init::Xavier), ("RMSNorm, uniform", Init::Uniform(0.5))];

/// The learning rates of the deep network, with no norm and with RMSNorm.
pub const DEEP_RATES: [f64; 5] = [1e-3, 5.6e-3, 1.8e-2, 5.6e-2, 0.56];

/// The network of the lab: that of lab 01, Kaiming, with a norm before each ReLU.
pub fn recipe(norm: Norm) -> Recipe {
    plain(Init::Kaiming).norm(norm)
}

/// The deep and narrow one: 32 linear layers, width 64.
pub fn deep_recipe(norm: Norm) -> Recipe {
    Recipe { depth: 32, width: 64, ..recipe(norm) }
}

/// One network trained at one rate, over all seeds.
#[derive(Serialize, Deserialize)]
pub struct Curve {
    pub name: String,
    pub init: Init,
    pub lr: f64,
    pub fates: Fates,
    /// Of some layers before the first update.
    pub start: Vec<Start>,
    /// Mean cosine between hidden vectors of different inputs before the last ReLU, before the first
    /// update of the base seed and after the last of all.
    #[serde(with = "real")]
    pub correlation: [f64; 2],
}

#[derive(Serialize, Deserialize)]
pub struct NormAblation {
    pub settings: Settings,
    /// [`NORMS`], then [`STARTS`].
    pub shallow: Vec<Curve>,
    /// [`DEEP_RATES`] without a norm, then with RMSNorm.
    pub deep: Vec<Curve>,
}

fn curve(arm: &Swept<(&'static str, bool), Trial>, steps: usize) -> Curve {
    let ((name, is_deep), (recipe, training)) = (arm.key, &arm.plan);
    let last = recipe.depth - 1;
    let end = mean(arm.trials.iter().map(|trial| trial.correlation(steps, last)));
    let correlation = [arm.trials[0].correlation(0, last), end];
    let (fates, start) = (Fates::of(arm), Start::of(recipe, &arm.trials[0]));
    let fates = if is_deep { fates.brief() } else { fates };
    Curve { name: name.into(), init: recipe.init, lr: training.lr, fates, start, correlation }
}

impl Experiment for NormAblation {
    const NAME: &'static str = "norm-ablation";
    const ASKS: &'static str =
        "Same network, data and optimizer: what does a normalization change?";
    const FIGURES: &'static [&'static str] = &["norm-ablation.svg", "norm-ablation-deep.svg"];
    type Settings = Settings;

    fn measure(settings: &Settings, progress: &dyn Progress) -> NormAblation {
        let Settings { seed, steps, seeds, deep_seeds } = *settings;
        let arm = |name, is_deep, recipe, lr, seeds| {
            Arm::new((name, is_deep), (recipe, sgd(lr).steps(steps)), seed, seeds)
        };
        let norms = NORMS.map(|(name, norm)| arm(name, false, recipe(norm), LR, seeds));
        let starts =
            STARTS.map(|(name, init)| arm(name, false, recipe(Norm::Rms).init(init), LR, seeds));
        let deep = [NORMS[0], NORMS[2]].into_iter().flat_map(|(name, norm)| {
            DEEP_RATES.map(|lr| arm(name, true, deep_recipe(norm), lr, deep_seeds))
        });
        let ends = Watch { probes: vec![0, steps], gradients: false };
        let arms = norms.into_iter().chain(starts).chain(deep);
        let sweep = sweep(arms, progress, |(recipe, training)| {
            Trial::watched(&mut recipe.build(), &sample(recipe.seed), training, &ends)
        });
        let of = |is_deep| {
            let arms = sweep.arms.iter().filter(move |arm| arm.key.1 == is_deep);
            arms.map(|arm| curve(arm, steps)).collect()
        };
        NormAblation { settings: settings.clone(), shallow: of(false), deep: of(true) }
    }

    fn report(&self) -> Report {
        let mut report = Report::default();
        for Curve { name, fates, .. } in &self.shallow {
            fates.ends(&key(name), &mut report);
        }
        let start = &self.deep_with("RMSNorm")[0];
        report.value("deep_start_correlation", format!("{:.3}", start.correlation[0]));
        report.value("deep_start_gradient", number(start.start[0].gradient));

        // The norm of a curve, as tables name it, and its initialization.
        let names = |curve: &Curve| {
            let name = curve.name.split(", ").next().unwrap_or_default();
            cells![name, curve.init.to_string()]
        };
        report.table(
            "start",
            "Before the first update",
            ["norm", "init", "layer", "q predicted", "q measured", "gradient norm"],
            self.shallow.iter().flat_map(|curve| {
                curve.start.iter().map(move |start| names(curve).into_iter().chain(start.cells()))
            }),
        );
        let norms = NORMS.map(|(name, _)| self.shallow(name));
        report.table(
            "losses",
            "Batch losses of the first seed",
            ["step", "no norm", "LayerNorm", "RMSNorm"],
            batch_losses(norms),
        );
        report.table(
            "outcomes",
            "Outcomes over the seeds",
            ["norm", "init", "start", "outcome", "final loss, lowest", "highest", "validation"],
            self.shallow.iter().map(|curve| {
                names(curve)
                    .into_iter()
                    .chain(cells![curve.fates.first[0]])
                    .chain(curve.fates.cells())
            }),
        );
        report.table(
            "deep",
            &deep_recipe(Norm::None).to_string(),
            ["norm", "lr", "outcome", "final loss, lowest", "highest", "correlation"],
            self.deep.iter().map(|Curve { name, lr, fates, correlation, .. }| {
                let [outcome, lowest, highest, _] = fates.cells();
                let cosine = Cell::number(format!("{:.3}", correlation[1]));
                let cosine = if fates.count(Outcome::Diverges) > 0 { Cell::none() } else { cosine };
                cells![&**name, Cell::number(lr.to_string()), outcome, lowest, highest, cosine]
            }),
        );
        self.claim(&mut report);
        report
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        vec![self.draw_norms(report), self.draw_deep(report)]
    }
}

/// A name in values.
fn key(name: &str) -> String {
    name.to_lowercase().replace(", ", "_").replace(' ', "_")
}

impl NormAblation {
    /// The network of lab 01 with the norm or start of this name.
    fn shallow(&self, name: &str) -> &Fates {
        let found = self.shallow.iter().find(|curve| curve.name == name);
        &found.expect("one curve a norm and start").fates
    }

    /// The deep network with the norm of this name, at every rate.
    fn deep_with(&self, name: &str) -> Vec<&Curve> {
        self.deep.iter().filter(|curve| curve.name == name).collect()
    }

    fn claim(&self, report: &mut Report) {
        let [none, layer, rms] = NORMS.map(|(name, _)| self.shallow(name));
        let [xavier, uniform] = STARTS.map(|(name, _)| self.shallow(name));
        let norms = [none, layer, rms];
        let all = || norms.iter().flat_map(|fates| fates.finals.iter().copied());
        // A run that diverged has no place below, above or within a range.
        let below = |a: &Fates, b: &Fates| a.last().high < b.last().low;
        let overlap = |a: &Fates, b: &Fates| {
            let (a, b) = (a.last(), b.last());
            a.low <= b.high && b.low <= a.high
        };
        let deep = |name: &str, least: f64, most: f64| -> Vec<&Fates> {
            let curves = self.deep_with(name).into_iter();
            curves.filter(|c| (least..=most).contains(&c.lr)).map(|c| &c.fates).collect()
        };
        let finals = |fates: Vec<&Fates>| -> Vec<f64> {
            fates.iter().flat_map(|fates| fates.finals.iter().copied()).collect()
        };
        report.claim(
            "all train",
            "No norm, LayerNorm and RMSNorm all train in every seed, to final losses within a factor \
             of 2 of each other.",
            norms.iter().all(|fates| fates.all(Outcome::Trains))
                && highest(all()) < 2.0 * lowest(all()),
        );
        report.claim_book(
            "alike",
            "LayerNorm and RMSNorm are within noise of each other: the ranges of their final losses \
             over the seeds overlap.",
            overlap(layer, rms),
        );
        report.claim_book(
            "uniform trains",
            "With RMSNorm the uniform start, which diverges without it, trains in every seed.",
            uniform.all(Outcome::Trains),
        );
        report.claim(
            "smaller ends lower",
            "With RMSNorm the smaller start ends lower: every Xavier run below every Kaiming run, and \
             that below every uniform run.",
            below(xavier, rms) && below(rms, uniform),
        );
        report.claim(
            "no NaN",
            "With RMSNorm no run of the deep network leaves the finite numbers, at any of the learning \
             rates; without it, every run at lr 0.56 does.",
            deep("RMSNorm", 0.0, 1.0).iter().all(|fates| fates.count(Outcome::Diverges) == 0)
                && deep("no norm", 0.5, 1.0).iter().all(|fates| fates.diverged_by.is_some()),
        );
        report.claim(
            "collapse",
            "With RMSNorm every run of the deep network at lr 0.018 and above ends above 0.6: it is \
             finite, and it has learned nothing.",
            finals(deep("RMSNorm", 0.018, 1.0)).iter().all(|&loss| loss > 0.6),
        );
        report.claim_book(
            "none trains",
            "At lr 0.018 the deep network without a norm trains in every seed.",
            deep("no norm", 0.018, 0.018).iter().all(|fates| fates.all(Outcome::Trains)),
        );
        report.claim_book(
            "near a guess",
            "Without a norm, too, a learning rate that is too large can end near ln 2 instead of NaN: \
             at lr 0.056 some runs do, and some train.",
            finals(deep("no norm", 0.056, 0.056)).iter().any(|&loss| loss > 0.6)
                && deep("no norm", 0.056, 0.056).iter().any(|f| f.count(Outcome::Trains) > 0),
        );
    }
}
