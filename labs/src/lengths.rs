//! Lab 08: what training does to the length of weights, behind a norm and without one.

pub mod catapult;
pub mod decay;
pub mod deep;

use crate::spine::prelude::*;

settings! {
    seed = 0;
    steps = 2000, small 1000;
    /// Networks of each start and decay.
    seeds: u64 = 5, small 1;
    /// Updates of lab 02's deep network, which starts once a seed.
    deep_steps: usize = 600, small 400;
    /// Its seeds.
    deep_seeds: u64 = 5, small 1;
    /// Updates of the shallow network.
    shallow_steps: usize = 60, small 31;
}

#[derive(Serialize, Deserialize)]
pub struct Lengths {
    pub settings: Settings,
    /// Behind a norm: [`decay::SCALES`] without decay, then with it.
    pub decays: Vec<decay::Decayed>,
    /// A shallow network without a norm, one entry a rate.
    pub throws: Vec<catapult::Throw>,
    /// Lab 02's deep network: [`deep::KINDS`].
    pub deep: Vec<deep::Deep>,
}

impl Experiment for Lengths {
    const NAME: &'static str = "lengths";
    const ASKS: &'static str =
        "What does training do to the length of weights, with a norm and without?";
    const FIGURES: &'static [&'static str] =
        &["lengths.svg", "lengths-catapult.svg", "lengths-deep.svg"];
    type Settings = Settings;

    fn measure(settings: &Settings, progress: &dyn Progress) -> Lengths {
        Lengths {
            settings: settings.clone(),
            decays: decay::measure(settings, progress),
            throws: catapult::measure(settings, progress),
            deep: deep::measure(settings, progress),
        }
    }

    fn report(&self) -> Report {
        let mut report = Report::default();
        let Settings { seeds, deep_seeds, .. } = self.settings;
        report.counts([("seeds", seeds as usize), ("deep_seeds", deep_seeds as usize)]);
        decay::report(&self.decays, &mut report);
        catapult::report(&self.throws, &mut report);
        deep::report(&self.deep, deep_seeds as usize, &mut report);
        report
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let Settings { steps, shallow_steps, deep_seeds, .. } = self.settings;
        vec![
            decay::figure(&self.decays, steps as f64, report),
            catapult::figure(&self.throws, shallow_steps as f64, report),
            deep::figure(&self.deep, deep_seeds, report),
        ]
    }
}

/// Values at the steps `from`, `from + every`, ... as points of a line.
fn points(values: &[f64], every: usize, from: usize) -> Vec<(f64, f64)> {
    let steps = (from..).step_by(every).map(|step| step as f64);
    steps.zip(values.iter().copied()).collect()
}
