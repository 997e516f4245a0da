//! Every claim can fail: for each there is a result that it refuses.
//!
//! The results are made up, in the shape of those that the experiments give: what a claim says of
//! a network that diverged, vanished or trained does not depend on how it came to that.

use minigrad::experiments::norm_timing::{self, Conditions, Group, Times};
use minigrad::experiments::variance_walk::{self, Walks};
use minigrad::experiments::{norm_ablation, pairs, Report, Silent};
use minigrad::train::Run;
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
    for walk in walks.linear.iter_mut().chain(&mut walks.activated) {
        walk.measured.iter_mut().flatten().for_each(|q| *q = f64::NAN);
    }
    assert_eq!(fallen(&walks.report()).len(), 5);
}

/// `f64::max` skips a NaN: folded with it, one bad layer of one seed would go unnoticed.
#[test]
fn one_nan_in_a_walk_is_noticed() {
    let mut walks = walks();
    walks.linear[0].measured[1][7] = f64::NAN;
    assert!(walks.linear[0].worst_deviation().is_nan());
    let (low, high) = walks.linear[0].range()[7];
    assert!(low.is_nan() && high.is_nan());
    assert!(fallen(&walks.report()).iter().any(|claim| claim.starts_with("In a linear walk")));
}

#[test]
fn walks_that_changed_places_are_noticed() {
    let mut walks = walks();
    let end = walks.linear[0].measured.clone();
    walks.linear[0].measured = walks.linear[1].measured.clone();
    walks.linear[1].measured = end;
    let fallen = fallen(&walks.report());
    assert!(fallen.iter().any(|claim| claim.starts_with("After 20 linear layers")), "{fallen:?}");
}

#[test]
fn every_claim_of_the_norm_ablation_can_fail() {
    let settings = norm_ablation::Settings { steps: 1, ..norm_ablation::Settings::small() };
    let mut ablation = norm_ablation::run(&settings, &Silent);
    let mut with = |loss| {
        let deep = ablation.deep.iter_mut().map(|deep| &mut deep.curve);
        for curve in ablation.curves.iter_mut().chain(&mut ablation.starts).chain(deep) {
            curve.runs.iter_mut().for_each(|run| end(run, loss));
        }
        ablation.report()
    };
    every_claim_falls(&ENDS.map(&mut with));
    // A comparison with NaN is false, and "not below" is no overlap.
    let overlap = "LayerNorm and RMSNorm are within noise";
    assert!(!with(f32::NAN).bears_out(overlap));
    assert!(with(1e-4).bears_out(overlap));
}

#[test]
fn every_claim_of_the_pairs_can_fail() {
    let settings = pairs::Settings { steps: 1, ..pairs::Settings::small() };
    let mut pairs = pairs::run(&settings, &Silent);
    let with = |loss| {
        pairs.cells.iter_mut().flat_map(|cell| &mut cell.runs).for_each(|run| end(run, loss));
        pairs.report()
    };
    every_claim_falls(&ENDS.map(with));
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
