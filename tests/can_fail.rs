//! Every claim can fail: for each there is a result that it refuses.
//!
//! The results are made up, in the shape of those that the experiments give: what a claim says of
//! a network that diverged, vanished or trained does not depend on how it came to that.

use minigrad_labs::experiments::collapse::{self, Tried};
use minigrad_labs::experiments::norm_timing::{self, Conditions, Group, Times};
use minigrad_labs::experiments::score::{Measured, OUTCOMES};
use minigrad_labs::experiments::scorecard::{self, Design};
use minigrad_labs::experiments::variance_walk::{self, Walks};
use minigrad_labs::experiments::{adam, calibration, correlation, diagnosis, drawings, init_ablation};
use minigrad_labs::experiments::{lengths, norm_ablation, pairs, phase, placement, starts};
use minigrad_labs::experiments::{residual_depth, width, Report, Silent};
use minigrad::prelude::*;
use minigrad::recipe::Body;
use std::collections::BTreeSet;

/// The claims of a report that do not hold.
fn fallen(report: &Report) -> BTreeSet<String> {
    let broken = report.claims.iter().filter(|claim| !claim.holds);
    broken.map(|claim| claim.sentence.clone()).collect()
}

/// Fails with the claims that all of the `reports` bear out.
#[track_caller]
fn every_claim_falls(reports: &[Report]) {
    let mut standing: BTreeSet<String> =
        reports[0].claims.iter().map(|claim| claim.sentence.clone()).collect();
    assert!(!standing.is_empty(), "a report without claims");
    for report in reports {
        for sentence in fallen(report) {
            standing.remove(&sentence);
        }
    }
    assert_eq!(standing, BTreeSet::new(), "claims that nothing refutes");
}

/// What a run may come to: the losses of a hundred steps.
const ENDS: [f32; 3] = [f32::NAN, std::f32::consts::LN_2, 1e-4];

fn end(run: &mut Run, loss: f32) {
    run.losses = if loss.is_finite() { vec![loss; 100] } else { vec![0.7, loss] };
}

fn walks() -> Walks {
    let settings = variance_walk::Settings { seeds: 2, ..variance_walk::Settings::default() };
    variance_walk::run(&settings, &Silent)
}

#[test]
fn a_walk_of_nans_bears_out_nothing() {
    let mut walks = walks();
    for walk in &mut walks.sweep.arms {
        walk.trials.iter_mut().flatten().for_each(|q| *q = f64::NAN);
    }
    assert_eq!(fallen(&walks.report()).len(), 5);
}

/// `f64::max` skips a NaN: folded with it, one bad layer of one seed would go unnoticed.
#[test]
fn one_nan_in_a_walk_is_noticed() {
    let mut walks = walks();
    let walk = &mut walks.sweep.arms[0];
    walk.trials[1][7] = f64::NAN;
    assert!(walk.worst_deviation().is_nan());
    let (low, high) = walk.range()[7];
    assert!(low.is_nan() && high.is_nan());
    assert!(fallen(&walks.report()).iter().any(|claim| claim.starts_with("In a linear walk")));
}

#[test]
fn walks_that_changed_places_are_noticed() {
    let mut walks = walks();
    let [uniform, xavier, ..] = &mut walks.sweep.arms[..] else { panic!("two walks") };
    std::mem::swap(&mut uniform.trials, &mut xavier.trials);
    let fallen = fallen(&walks.report());
    assert!(fallen.iter().any(|claim| claim.starts_with("After 20 linear layers")), "{fallen:?}");
}

/// The claims of a report that all trials of a sweep, each brought to every one of [`ENDS`], leave
/// standing.
macro_rules! every_claim_falls_of {
    ($experiment:ident, $settings:expr) => {{
        let mut result = $experiment::run(&$settings, &Silent);
        let mut with = |loss| {
            let trials = result.sweep.arms.iter_mut().flat_map(|arm| &mut arm.trials);
            trials.for_each(|trial| end(&mut trial.run, loss));
            result.report()
        };
        every_claim_falls(&ENDS.map(&mut with));
        result
    }};
}

#[test]
fn every_claim_of_the_init_ablation_can_fail() {
    let one = init_ablation::Settings { steps: 1, ..init_ablation::Settings::small() };
    every_claim_falls_of!(init_ablation, one);
}

#[test]
fn every_claim_of_the_norm_ablation_can_fail() {
    let one = norm_ablation::Settings { steps: 1, ..norm_ablation::Settings::small() };
    let mut ablation = every_claim_falls_of!(norm_ablation, one);
    // A comparison with NaN is false, and "not below" is no overlap.
    let mut overlap = |loss| {
        let trials = ablation.sweep.arms.iter_mut().flat_map(|arm| &mut arm.trials);
        trials.for_each(|trial| end(&mut trial.run, loss));
        ablation.report().bears_out("LayerNorm and RMSNorm are within noise")
    };
    assert!(!overlap(f32::NAN) && overlap(1e-4));
}

#[test]
fn every_claim_of_the_pairs_can_fail() {
    let one = pairs::Settings { steps: 1, ..pairs::Settings::small() };
    every_claim_falls_of!(pairs, one);
}

#[test]
fn every_claim_of_the_residual_depth_can_fail() {
    use residual_depth::Key;
    let small = residual_depth::Settings::small();
    let small = residual_depth::Settings { depth: 2, width: 8, steps: 2, sweep_steps: 1, ..small };
    let mut depths = residual_depth::run(&small, &Silent);
    let mut with = |loss: fn(bool) -> f32| {
        for arm in &mut depths.sweep.arms {
            let (Key::Flagship(residual) | Key::Sweep { residual, .. }) = arm.key;
            for course in &mut arm.trials {
                end(&mut course.trial.run, loss(residual));
                course.trial.gradients.clear();
                course.trial.probes.clear();
                course.all_inputs.shifted = f64::NAN;
            }
        }
        depths.report()
    };
    every_claim_falls(&[with(|_| f32::NAN), with(|residual| if residual { 1e-4 } else { 1.0 })]);
}

#[test]
fn draws_of_nans_bear_out_nothing() {
    let few = correlation::Settings { draws: 2, block_draws: 0, ..correlation::Settings::small() };
    let mut found = correlation::run(&few, &Silent);
    for arm in &mut found.sweep.arms {
        let layers = arm.plan.depth - usize::from(arm.plan.body == Body::Plain);
        arm.trials = vec![vec![f64::NAN; layers]; 2];
    }
    every_claim_falls(&[found.report()]);
}

#[test]
fn drawings_of_nothing_bear_out_nothing() {
    let mut drawings = drawings::run(&drawings::Settings::small(), &Silent);
    assert_eq!(fallen(&drawings.report()), BTreeSet::new());
    drawings.graph.nodes.iter_mut().for_each(|node| node.gradient = None);
    drawings.fates.iter_mut().for_each(|fate| end(&mut fate.run, f32::NAN));
    drawings.signals.iter_mut().flat_map(|one| &mut one.measured).for_each(|q| *q = f64::NAN);
    drawings.maps.iter_mut().for_each(|map| map.walks.clear());
    for one in &mut drawings.symmetries {
        (one.last, one.moved, one.losses) = ([0; 4], vec![], vec![f32::NAN; 10]);
    }
    drawings.blocks.iter_mut().flat_map(|one| &mut one.stream).for_each(|q| *q = f64::NAN);
    drawings.canonical.last = [f64::NAN; 2];
    drawings.correlations.iter_mut().flat_map(|one| &mut one.walk).for_each(|c| *c = f64::NAN);
    for one in drawings.spectra.iter_mut().flat_map(|one| &mut one.depths) {
        one.values = vec![f64::NAN];
        one.variance.middle = f64::NAN;
    }
    for race in &mut drawings.races {
        race.gaussian.iter_mut().chain(&mut race.orthogonal).for_each(|run| end(run, f32::NAN));
    }
    drawings.kernels.iter_mut().for_each(|one| one.tangent = one.tangent * f64::NAN);
    drawings.oscillations.iter_mut().flat_map(|o| &mut o.amplitude).for_each(|a| *a = f64::NAN);
    drawings.meetings.iter_mut().for_each(|one| one.measured.clear());
    drawings.reaches.iter_mut().flat_map(|one| &mut one.measured).for_each(|p| p.1 = f64::NAN);
    drawings.modes.clear();
    drawings.curves.iter_mut().flat_map(|c| &mut c.predicted).for_each(|loss| *loss = f64::NAN);
    drawings.turn.steps.iter_mut().for_each(|step| step.1 = f64::NAN);
    drawings.asked.clear();
    drawings.waist = None;
    drawings.odds.rates.iter_mut().for_each(|odd| odd.shares = [0.0; 3]);
    every_claim_falls(&[drawings.report()]);
}

#[test]
fn every_claim_of_the_collapse_can_fail() {
    let small = collapse::Settings { steps: 1, seeds: 1, ..collapse::Settings::small() };
    let mut found = collapse::run(&small, &Silent);
    let mut with = |tried: &[(f64, f64)]| {
        let tried: Vec<Tried> =
            (0..).zip(tried).map(|(rate, &(share, loss))| Tried { rate, share, loss }).collect();
        found
            .sweep
            .arms
            .iter_mut()
            .flat_map(|arm| &mut arm.trials)
            .for_each(|t| *t = tried.clone());
        found.report()
    };
    // Not a number at any rate; then one that survives where another has collapsed to NaN.
    every_claim_falls(&[with(&[(f64::NAN, f64::NAN)]), with(&[(0.0, f64::NAN), (1.0, 0.7)])]);
}

#[test]
fn every_claim_of_the_phases_can_fail() {
    let small = phase::Settings { steps: 1, ..phase::Settings::small() };
    let mut phases = phase::run(&small, &Silent);
    let mut with = |loss| {
        let arms = phases.plane.arms.iter_mut().chain(&mut phases.column.arms);
        arms.flat_map(|arm| &mut arm.trials).for_each(|run| end(run, loss));
        phases.report()
    };
    every_claim_falls(&ENDS.map(&mut with));
}

/// All numbers not finite; then all losses 1, at which nothing has risen, diverged or trained.
#[test]
fn every_claim_of_the_lengths_can_fail() {
    let few = lengths::Settings {
        steps: 4,
        deep_steps: 2,
        shallow_steps: 2,
        ..lengths::Settings::small()
    };
    let mut found = lengths::run(&few, &Silent);
    let reports = [f64::NAN, 1.0].map(|value| {
        let decays = found.decays.iter_mut().flat_map(|arm| &mut arm.courses);
        decays.for_each(|course| {
            course.squares.fill(value);
            course.turns.fill(value);
        });
        found.throws.iter_mut().for_each(|throw| throw.losses.fill(value));
        for course in found.deep.iter_mut().flat_map(|arm| &mut arm.courses) {
            course.losses.fill(value as f32);
            course.sharpness.fill((value, value));
        }
        found.report()
    });
    every_claim_falls(&reports);
}

/// A step after which nothing trains; then every network trains at every rate.
#[test]
fn every_claim_of_the_starts_can_fail() {
    let small = starts::Settings { steps: 1, ..starts::Settings::small() };
    let mut found = starts::run(&small, &Silent);
    let mut with = |loss| {
        let trials = found.sweep.arms.iter_mut().flat_map(|arm| &mut arm.trials);
        trials.for_each(|trial| end(&mut trial.run, loss));
        found.report()
    };
    every_claim_falls(&ENDS.map(&mut with));
}

/// All numbers not finite, so that no run has trained and nothing is near theory; then all alike.
#[test]
fn every_claim_of_the_placements_can_fail() {
    let few = placement::Settings { steps: 2, draws: 1, ..placement::Settings::small() };
    let mut found = placement::run(&few, &Silent);
    let reports = [f64::NAN, 1.0].map(|value| {
        for trial in found.blocks.iter_mut().flat_map(|arm| &mut arm.trials) {
            trial.without.fill(value);
            trial.start.gradient.fill(value);
        }
        let runs = found.repairs.iter_mut().flat_map(|arm| &mut arm.trials);
        runs.for_each(|run| end(run, value as f32));
        found.shattered.iter_mut().for_each(|course| course.measured.fill(value));
        found.report()
    });
    every_claim_falls(&reports);
}

/// One step, after which nothing has diverged and every loss is that of a start; and one rate, at which
/// one network diverges at the first rate of the grid.
#[test]
fn every_claim_of_the_widths_can_fail() {
    let small = width::Settings { steps: 1, seeds: 1, ..width::Settings::small() };
    let mut found = width::run(&small, &Silent);
    let none = found.report();
    let tried = |diverged: &[bool]| -> Vec<width::Tried> {
        (0..).zip(diverged).map(|(rate, &diverged)| width::Tried { rate, diverged }).collect()
    };
    for border in &mut found.borders.arms {
        border.trials = vec![tried(&[true, true, false])];
    }
    for arm in &mut found.scaled.arms {
        arm.trials.iter_mut().for_each(|run| run.losses = vec![1.0, f32::NAN]);
    }
    every_claim_falls(&[none, found.report()]);
}

/// A measurement that refutes a prediction: another outcome, and losses that a guess would have.
fn refuted(recipe: &Recipe, training: &Training) -> Measured {
    let outcome = match recipe.predict(training).verdict() {
        Verdict::Trains => Outcome::Vanishes,
        _ => Outcome::Trains,
    };
    let losses = vec![std::f64::consts::LN_2; training.windows().len()];
    let (recipe, training) = (recipe.clone(), training.clone());
    Measured { recipe, training, outcomes: vec![outcome], losses }
}

#[test]
fn measurements_that_refute_the_verdicts_refute_the_calibration() {
    let (recipe, training) = (Recipe::mlp(3).width(64), Training::sgd(1e-2).steps(100));
    let one = |lr| refuted(&recipe, &Training { lr, ..training.clone() });
    let outcomes = |one: &Measured| one.outcomes.clone();
    let both = vec![one(1e-1), one(1e-5)];
    assert_eq!(outcomes(&both[0]), [Outcome::Vanishes], "predicted to train");
    assert_eq!(outcomes(&both[1]), [Outcome::Trains], "predicted to vanish");
    let settings = calibration::Settings::small();
    every_claim_falls(&[calibration::run(both, vec![], &settings, &Silent).report()]);
}

#[test]
fn measurements_that_refute_the_verdicts_refute_the_scorecard() {
    let refuted = |design: &Design| Some(refuted(&design.recipe, &design.training));
    let settings = scorecard::Settings::small();
    every_claim_falls(&[scorecard::run(&settings, &refuted, &|_| (), &Silent).report()]);
}

/// What a prediction says, measured.
fn borne_out(recipe: &Recipe, training: &Training) -> Measured {
    let prediction = recipe.predict(training);
    let outcomes = OUTCOMES.into_iter().filter(|&outcome| prediction.verdict() == outcome);
    let (outcomes, losses) = (outcomes.collect(), prediction.window_losses());
    let (recipe, training) = (recipe.clone(), training.clone());
    Measured { recipe, training, outcomes, losses }
}

/// The first design says nothing of the other starts, nor they of it.
#[test]
fn each_claim_of_the_scorecard_is_about_its_own_networks() {
    let settings = scorecard::Settings { steps: 200, starts: 24, ..scorecard::Settings::small() };
    // As measured for the book: wrong where the theory is not sure that DeepNorm trains.
    let as_claimed = |recipe: &Recipe, training: &Training| {
        let trains = recipe.predict(training).probability().trains;
        match recipe.out_proj == OutProj::DeepNorm && (0.5..0.9).contains(&trains) {
            true => refuted(recipe, training),
            false => borne_out(recipe, training),
        }
    };
    let holds = |starts_are_refuted: bool| {
        let known = |Design { recipe, training }: &Design| {
            let is_start = scorecard::STARTS.contains(&recipe.out_proj);
            let is_refuted = is_start == starts_are_refuted;
            let known =
                if is_refuted { refuted(recipe, training) } else { as_claimed(recipe, training) };
            Some(known)
        };
        let report = scorecard::run(&settings, &known, &|_| (), &Silent).report();
        report.claims.iter().map(|claim| claim.holds).collect::<Vec<_>>()
    };
    assert_eq!(holds(false), [[false; 4].as_slice(), &[true; 3]].concat());
    assert_eq!(holds(true), [[true; 4].as_slice(), &[false; 3]].concat());
}

#[test]
fn measurements_that_refute_the_verdicts_refute_the_lab_of_adam() {
    let (recipe, training) = (Recipe::mlp(3).width(64), Training::adam(1e-3).steps(100));
    let one = |lr| refuted(&recipe, &Training { lr, ..training.clone() });
    let both = || vec![one(1e-3), one(1e-5)];
    let one = adam::Settings { steps: 1, seeds: 1, short_steps: 1, short_seeds: 1, seed: 0 };
    let mut adams = adam::run(both(), both(), &one, &Silent);
    for (_, steps) in &mut adams.first {
        steps.iter_mut().for_each(|step| (step.gradient, step.update) = (f64::NAN, f64::NAN));
    }
    let mut with = |loss| {
        let trials = adams.sweep.arms.iter_mut().flat_map(|arm| &mut arm.trials);
        trials.for_each(|trial| end(&mut trial.run, loss));
        adams.report()
    };
    every_claim_falls(&ENDS.map(&mut with));
}

/// Groups of times that are the same in every round, in seconds.
fn times(layer: f64, rms: f64) -> Vec<Group> {
    let of = |name, seconds| Times { name, rounds: vec![seconds; 3] };
    let group = |key: &str, times| Group {
        name: key.to_owned(),
        key: key.to_owned(),
        unit: (1e6, "µs"),
        times,
    };
    let norms = || vec![of("LayerNorm", layer), of("RMSNorm", rms)];
    let step = [of("no norm", 0.5 * rms)].into_iter().chain(norms()).collect();
    vec![group("kernel", norms()), group("step", step)]
}

#[test]
fn times_that_changed_places_refute_both_claims() {
    let [machine, compiler, date, load] = ["a", "b", "c", "d"].map(str::to_owned);
    let conditions = Conditions { machine, compiler, date, load };
    let report = |layer, rms| norm_timing::report(&times(layer, rms), &conditions);
    assert_eq!(fallen(&report(5e-6, 4e-6)), BTreeSet::new());
    every_claim_falls(&[report(4e-6, 5e-6)]);
    assert_eq!(report(5e-6, 4e-6).values["kernel_ratio"], "1.25");
}

/// The experiment times what its report names; how long it takes is nobody's test.
#[test]
fn every_norm_is_timed_at_every_size() {
    let groups = norm_timing::run(1, &Silent);
    let names = |group: &Group| group.times.iter().map(|times| times.name).collect::<Vec<_>>();
    let (step, kernels) = groups.split_last().expect("groups");
    assert_eq!(kernels.len(), norm_timing::SIZES.len());
    assert!(kernels.iter().all(|group| names(group) == ["LayerNorm", "RMSNorm"]));
    assert_eq!(names(step), ["no norm", "LayerNorm", "RMSNorm"]);
    assert!(groups.iter().flat_map(|group| &group.times).all(|times| times.rounds.len() == 1));
}

#[test]
fn every_claim_of_the_diagnosis_can_fail() {
    let small = diagnosis::Settings { steps: 1, ..diagnosis::Settings::small() };
    let mut found = diagnosis::run(&small, &Silent);
    for seen in &mut found.seen {
        seen.outcomes = [Outcome::Trains, Outcome::Vanishes];
        seen.first_loss = 1e-9;
        for observed in &mut seen.observed {
            observed.updates.iter_mut().for_each(|update| *update = 1e-3);
            for layer in &mut observed.probe.layers {
                (layer.q, layer.correlation, layer.dead) = (1.0, 0.0, 0.0);
            }
        }
    }
    let kaiming = found.sizes[2].layers.clone();
    found.sizes.iter_mut().for_each(|sizes| sizes.layers = kaiming.clone());
    // Every network trains, and best of all where its matrices hardly move.
    found.settings.networks = diagnosis::NETWORKS;
    let first = found.sweep.arms.clone();
    for network in 1..diagnosis::NETWORKS {
        let same = first.iter().cloned();
        found
            .sweep
            .arms
            .extend(same.map(|arm| diagnosis::Tried { key: (network, arm.key.1), ..arm }));
    }
    for course in found.sweep.arms.iter_mut().flat_map(|arm| &mut arm.trials) {
        end(&mut course.run, 1e-4);
        course.updates = [0, 20].map(|step| (step, vec![1e-5; 4])).into();
    }
    every_claim_falls(&[found.report()]);
}
