//! Every experiment at its small settings: its claims hold, and its numbers are pinned.
//!
//! A changed snapshot is accepted (`cargo insta review`) in the commit that explains it. Runs with
//! `INSTA_UPDATE=no` or `CI` set write nothing. What the committed figures say is looked at in
//! `committed.rs`.

use minigrad_labs::experiments as of;
use minigrad_labs::experiments::norm_timing::{Conditions, Group, Times};
use minigrad_labs::experiments::score::Measured;
use minigrad_labs::experiments::{Claim, Report, Scope, Silent};
use minigrad_labs::labs::to_json;
use minigrad_labs::table::text;
use minigrad_labs::{lines, registry};
use minigrad_tests::root;

/// The sentences that a result at small settings should bear out and does not.
fn broken(report: &Report) -> Vec<&str> {
    let broken = |claim: &&Claim| claim.scope == Scope::Small && !claim.holds;
    report.claims.iter().filter(broken).map(|claim| claim.sentence.as_str()).collect()
}

/// One module an experiment, which is run once: what a report is made of, the tables to pin, and
/// how many claims its small settings carry, so that none moves to the book's unnoticed.
macro_rules! experiments {
    ($($name:ident, $claims:literal, $tables:expr, $report:expr;)*) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];

        $(mod $name {
            use super::*;

            pub fn report() -> &'static Report {
                static REPORT: std::sync::OnceLock<Report> = std::sync::OnceLock::new();
                REPORT.get_or_init(|| $report)
            }

            #[test]
            fn every_claim_of_the_small_settings_holds() {
                assert_eq!(broken(report()), [""; 0]);
                let small = report().claims.iter().filter(|claim| claim.scope == Scope::Small);
                assert_eq!(small.count(), $claims, "claims evaluated here");
            }

            #[test]
            fn the_numbers_are_pinned() {
                for name in $tables {
                    let name: &str = name;
                    insta::assert_snapshot!(name, text(&report().tables[name]));
                }
            }
        })*
    };
}

experiments! {
    variance_walk, 5, ["walk", "activated"],
        of::variance_walk::run(&of::variance_walk::Settings::small(), &Silent).report();
    init_ablation, 3, ["start", "losses", "losses_fast", "outcomes"],
        of::init_ablation::run(&of::init_ablation::Settings::small(), &Silent).report();
    norm_ablation, 4, ["start", "losses", "outcomes", "deep"],
        of::norm_ablation::run(&of::norm_ablation::Settings::small(), &Silent).report();
    drawings, 26, ["questions", "sizes", "symmetry", "isometry", "isometry_losses"],
        of::drawings::run(&of::drawings::Settings::small(), &Silent).report();
    correlation, 4, ["stacks"],
        of::correlation::run(&of::correlation::Settings::small(), &Silent).report();
    collapse, 3, ["sizes"],
        of::collapse::run(&of::collapse::Settings::small(), &Silent).report();
    pairs, 5, ["plain", "block", "pairs"],
        of::pairs::run(&of::pairs::Settings::small(), &Silent).report();
    residual_depth, 1, ["course", "probes", "sweep"],
        of::residual_depth::run(&of::residual_depth::Settings::small(), &Silent).report();
    calibration, 2, ["rules", "groups"], {
        let [development, deep] = measured();
        let (development, deep) = (of::calibration::small(development), of::calibration::small(deep));
        of::calibration::run(development, deep, &of::calibration::Settings::small(), &Silent).report()
    };
    scorecard, 1, ["confusion", "chosen", "starts"],
        of::scorecard::run(&of::scorecard::Settings::small(), &|_| None, &|_| (), &Silent).report();
    adam, 6, ["courses", "first", "confusion", "fresh"], {
        let [fit, fresh] = adams();
        let small = |set| of::calibration::small(set);
        of::adam::run(small(fit), small(fresh), &of::adam::Settings::small(), &Silent).report()
    };
    width, 4, ["borders", "scaled"],
        of::width::run(&of::width::Settings::small(), &Silent).report();
    phase, 2, ["scales"],
        of::phase::run(&of::phase::Settings::small(), &Silent).report();
    lengths, 6, ["decay", "catapult", "surprise"],
        of::lengths::run(&of::lengths::Settings::small(), &Silent).report();
    diagnosis, 10, ["cases", "pace"],
        of::diagnosis::run(&of::diagnosis::Settings::small(), &Silent).report();
    starts, 0, ["largest", "steps", "shallow", "deep"],
        of::starts::run(&of::starts::Settings::small(), &Silent).report();
    placement, 1, ["blocks", "repairs", "shattered"],
        of::placement::run(&of::placement::Settings::small(), &Silent).report();
    norm_timing, 0, ["times"], of::norm_timing::report(&times(5e-6, 4e-6), &conditions());
}

#[test]
fn every_lab_stands_in_the_table() {
    let key = |name: &str| name.replace('-', "_");
    let labs = registry::LABS.iter().map(|lab| key(lab.name));
    let mut expected: Vec<String> = labs.chain(["norm_timing".to_owned()]).collect();
    let mut there = NAMES.to_vec();
    expected.sort();
    there.sort_unstable();
    assert_eq!(there, expected);
}

/// The measurements that the calibration reads: development set, deep set.
fn measured() -> [Vec<Measured>; 2] {
    let read = |text: &str| text.lines().map(|line| lines::read_measured(line).unwrap()).collect();
    [include_str!("../labs/data/development.jsonl"), include_str!("../labs/data/deep.jsonl")]
        .map(read)
}

/// The networks that were trained with Adam: those of the fit, fresh ones.
fn adams() -> [Vec<Measured>; 2] {
    let read = |text: &str| text.lines().map(|line| lines::read_measured(line).unwrap()).collect();
    [include_str!("../labs/data/adam.jsonl"), include_str!("../labs/data/adam-fresh.jsonl")]
        .map(read)
}

/// Times as a machine might take, the same in every round: seconds of each LayerNorm and RMSNorm.
fn times(layer: f64, rms: f64) -> Vec<Group> {
    let of = |name, seconds| Times { name, rounds: vec![seconds; 3] };
    let norms = |times: Vec<Times>, name: &str, unit| Group {
        name: name.to_owned(),
        key: name.replace(' ', "_"),
        unit,
        times,
    };
    let kernel = vec![of("LayerNorm", layer), of("RMSNorm", rms)];
    let step = vec![of("no norm", rms), of("LayerNorm", 2.0 * layer), of("RMSNorm", 2.0 * rms)];
    vec![norms(kernel, "norm alone", (1e6, "µs")), norms(step, "whole step", (1e3, "ms"))]
}

fn conditions() -> Conditions {
    let [machine, compiler, date, load] =
        ["a machine", "a compiler", "2026-01-31", "idle"].map(str::to_owned);
    Conditions { machine, compiler, date, load }
}

#[test]
fn the_committed_variance_walk_is_what_the_experiment_computes() {
    let computed = to_json(variance_walk::report()).expect("JSON");
    let path = root().join("figures/variance-walk.json");
    let committed = std::fs::read_to_string(path).expect("a committed file");
    let different = committed.lines().zip(computed.lines()).find(|(a, b)| a != b);
    assert_eq!(different, None, "run `cargo run --bin variance-walk`");
    assert!(committed == computed, "run `cargo run --bin variance-walk`");
}

#[test]
fn a_relation_follows_from_four_outcomes() {
    use of::pairs::Relation;
    for (four, word) in [
        ("....", "not enough"),
        (".x..", "harmful"),
        ("x...", "harmful"),
        ("xxxx", "idle"),
        (".xxx", "redundant"),
        (".x.x", "first"),
        ("..xx", "second"),
        ("...x", "necessary"),
    ] {
        let trains: Vec<bool> = four.chars().map(|c| c == 'x').collect();
        let relation = Relation::of(trains[0], trains[1], trains[2], trains[3]);
        assert_eq!(relation.to_string(), word, "{four}");
    }
}
