//! Tiny trainings: one of each outcome, and one beside its prediction.

use crate::experiments::{number, Claim, Report, Spread};
use minigrad::data::SignOfSum;
use minigrad::recipe::{Init, Outcome, Recipe, Training};
use minigrad::theory::{Choices, Prediction};
use minigrad::train::Run;

/// A training and what became of it.
#[derive(Clone, Debug)]
pub struct Fate {
    /// The initialization.
    pub init: &'static str,
    /// Its batch losses, and its outcome.
    pub run: Run,
}

/// Twelve layers of width 64 from weights that are too large, too small and right.
pub(super) fn fates(seed: u64) -> Vec<Fate> {
    let data = SignOfSum::sample(1000, 200, seed);
    let training = Training::sgd(1e-2).momentum(0.9).steps(200).seed(seed);
    let inits =
        [("uniform", Init::Uniform(1.0)), ("Xavier", Init::Xavier), ("Kaiming", Init::Kaiming)];
    let fate = |(name, init)| {
        let recipe = Recipe::mlp(12).width(64).init(init).seed(seed);
        Fate { init: name, run: recipe.build().train(&data, &training) }
    };
    inits.map(fate).into()
}

impl Fate {
    /// The losses that are finite: step, from 1, and mean loss of the steps around it, ten behind the
    /// tenth.
    pub fn course(&self) -> Vec<(f64, f64)> {
        let losses: Vec<f64> = self.run.losses.iter().map(|&loss| f64::from(loss)).collect();
        let (first, rest) = losses.split_at(losses.len().min(10));
        let first = first.iter().zip(1u32..).map(|(loss, step)| (f64::from(step), *loss));
        let rest = rest.chunks(10).zip(0u32..).map(|(ten, k)| {
            let mean = ten.iter().sum::<f64>() / ten.len() as f64;
            (f64::from(10 * k) + 15.5, mean)
        });
        first.chain(rest).take_while(|(_, loss)| loss.is_finite()).collect()
    }
}

pub(super) fn say_fates(report: &mut Report, fates: &[Fate]) {
    for fate in fates {
        let (steps, losses): (Vec<f64>, Vec<f64>) = fate.course().into_iter().unzip();
        report.series(format!("fate {} step", fate.init), steps);
        report.series(format!("fate {} loss", fate.init), losses);
    }
    let outcomes: Vec<Outcome> = fates.iter().map(|fate| fate.run.outcome()).collect();
    report.claims.push(Claim::new(
        "Twelve layers of width 64 at lr 0.01 diverge from uniform weights in [-1, 1], vanish from \
         Xavier's and train from Kaiming's.",
        outcomes == [Outcome::Diverges, Outcome::Vanishes, Outcome::Trains],
    ));
}

/// A loss curve before the networks were built, and of the networks.
#[derive(Clone, Debug, Default)]
pub struct PredictedRun {
    /// Steps of each window, counted from 0: the first, and the one behind the last.
    pub windows: Vec<(usize, usize)>,
    /// Mean predicted loss of each.
    pub predicted: Vec<f64>,
    /// Where eight of ten networks are expected.
    pub band: Vec<(f64, f64)>,
    /// Mean measured loss of each over the seeds.
    pub measured: Vec<Spread>,
    /// How many seeds.
    pub seeds: usize,
}

/// Four layers of width 256, ReLU, Kaiming, lr 0.003, with three seeds: as predicted; and by the
/// theory of infinite width alone, which is then held against twelve layers of width 64, too.
pub(super) fn predicted(seed: u64) -> [PredictedRun; 3] {
    let infinite = Choices {
        features: 0,
        is_typical: false,
        has_spectrum: false,
        grows: false,
        aligns: false,
    };
    let (wide, narrow) = (Recipe::mlp(4), Recipe::mlp(12).width(64));
    [(&wide, Choices::BOOK), (&wide, infinite), (&narrow, infinite)]
        .map(|(recipe, choices)| beside(recipe, &choices, seed))
}

fn beside(recipe: &Recipe, choices: &Choices, seed: u64) -> PredictedRun {
    const SEEDS: u64 = 3;
    let training = Training::sgd(3e-3).momentum(0.9).batch(64).steps(200);
    let data = SignOfSum::sample(1000, 200, seed);
    let run = |s: u64| {
        recipe.clone().seed(seed + s).build().train(&data, &training.clone().seed(seed + s))
    };
    let runs: Vec<Run> = (0..SEEDS).map(run).collect();
    let prediction = Prediction::with(recipe, &training, choices);
    prediction.map_or(PredictedRun::default(), |prediction| PredictedRun::of(&prediction, &runs))
}

impl PredictedRun {
    /// A prediction beside runs that it is of.
    pub(super) fn of(prediction: &Prediction, runs: &[Run]) -> PredictedRun {
        // The last tenth of the steps lies inside the window before it.
        let mut windows = prediction.training().windows();
        windows.pop();
        let (mut predicted, mut band) = (prediction.window_losses(), prediction.band());
        predicted.pop();
        band.pop();
        let mean = |run: &Run, (start, end): (usize, usize)| {
            run.losses[start..end].iter().map(|&loss| f64::from(loss)).sum::<f64>()
                / (end - start) as f64
        };
        let spread =
            |&window: &(usize, usize)| Spread::of(runs.iter().map(|run| mean(run, window)));
        let measured = windows.iter().map(spread).collect();
        PredictedRun { windows, predicted, band, measured, seeds: runs.len() }
    }

    /// What is drawn, as columns `NAME centre`, `predicted` and `measured low`, `middle`, `high`.
    pub(super) fn columns(&self, report: &mut Report, name: &str) {
        report.series(format!("{name} centre"), self.centres());
        report.series(format!("{name} predicted"), self.predicted.iter().copied());
        let mut column = |end: &str, of: fn(&Spread) -> f64| {
            report.series(format!("{name} measured {end}"), self.measured.iter().map(of));
        };
        column("low", |spread| spread.low);
        column("middle", |spread| spread.middle);
        column("high", |spread| spread.high);
    }

    /// The middle of each window on a logarithmic axis, its steps counted from 1.
    pub fn centres(&self) -> Vec<f64> {
        let centre = |&(start, end): &(usize, usize)| libm::sqrt((start + 1) as f64 * end as f64);
        self.windows.iter().map(centre).collect()
    }

    /// Windows whose measured loss lies inside the band.
    pub fn inside(&self) -> usize {
        let pairs = self.band.iter().zip(&self.measured);
        pairs.filter(|((low, high), loss)| (*low..=*high).contains(&loss.middle)).count()
    }

    /// Between prediction and measurement in each window, as a factor above 1, in ascending order.
    pub fn factors(&self) -> Vec<f64> {
        let factor = |(predicted, measured): (&f64, &Spread)| {
            let ratio = predicted / measured.middle;
            ratio.max(1.0 / ratio)
        };
        let mut factors: Vec<f64> = self.predicted.iter().zip(&self.measured).map(factor).collect();
        factors.sort_by(f64::total_cmp);
        factors
    }
}

pub(super) fn say_predicted(report: &mut Report, [curve, wide, narrow]: &[PredictedRun; 3]) {
    curve.columns(report, "curve");
    report.series("curve band low", curve.band.iter().map(|band| band.0));
    report.series("curve band high", curve.band.iter().map(|band| band.1));
    wide.columns(report, "infinite wide");
    narrow.columns(report, "infinite narrow");
    let ends = |curve: &PredictedRun| {
        let factors = curve.factors();
        let of = |at: usize| factors.get(at).copied().unwrap_or(f64::NAN);
        (of(factors.len() / 2), of(factors.len().saturating_sub(1)))
    };
    let ((typical, worst), (_, shallow), (_, deep)) = (ends(curve), ends(wide), ends(narrow));
    let (inside, count) = (curve.inside(), curve.windows.len());
    report.numbers("curve", [("typical", typical), ("worst", worst)]);
    report.numbers("infinite", [("shallow", shallow), ("deep", deep)]);
    report.claims.push(Claim::new(
        format!(
            "Four layers of width 256 at lr 0.003: in half of the windows the predicted loss is \
             within a factor of {} of the measured one, in all of them within {}; {inside} of {count} \
             measured losses lie in the band.",
            number(typical),
            number(worst)
        ),
        typical < 1.26 && worst < 3.0 && inside == count,
    ));
    report.claims.push(Claim::new(
        format!(
            "The theory of infinite width alone follows four layers of width 256 within a factor of {}, \
             and leaves twelve of width 64 by one of {}.",
            number(shallow),
            number(deep)
        ),
        shallow < 1.5 && deep > 2.0,
    ));
}
