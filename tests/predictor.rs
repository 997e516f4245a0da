//! The predictor: its score on the development set, the book's labs, and the agreement of this
//! crate with that set, which PyTorch measured.

use minigrad::experiments::score::{Measured, Score};
use minigrad::experiments::{calibration, map_in_parallel, Silent};
use minigrad::prelude::*;
use minigrad_labs::lines;
use minigrad_tests::root;

fn measured(name: &str) -> Vec<Measured> {
    let path = root().join(format!("labs/data/{name}.jsonl"));
    let text = std::fs::read_to_string(path).expect("a committed file");
    let lines = text.lines().map(|line| lines::read_measured(line).expect("a measurement"));
    lines.collect()
}

#[test]
fn the_development_set_is_predicted_as_well_as_the_book_says() {
    // Half times are trained for, and choices tried, by the lab.
    let settings = calibration::Settings { every: 100, ..calibration::Settings::small() };
    let (development, deep) = (measured("development"), measured("deep"));
    let calibration = calibration::run(development, deep, &settings, &Silent);
    let report = calibration.report();
    for claim in &report.claims {
        assert!(claim.holds, "{}", claim.sentence);
    }
    let committed = std::fs::read_to_string(root().join("figures/calibration.json")).expect("JSON");
    let committed: serde_json::Value = serde_json::from_str(&committed).expect("JSON");
    for table in ["rules", "limits", "curves", "confusion", "groups", "deep", "deep_curves"] {
        let computed = serde_json::to_value(&report.tables[table]).expect("JSON");
        assert_eq!(computed, committed["tables"][table], "run `cargo run --bin calibration`");
    }
    let score = calibration.score(Prediction::verdict);
    assert_eq!(score.count(), 459);
    assert!(score.accuracy() > 0.89 && score.balanced() > 0.88, "{score:?}");
    assert!(score.half_time_share() > 0.85, "{}", score.half_time_share());
    // Limits that never saw the architecture do almost as well.
    let crossed = calibration.cross_validated();
    assert_eq!(crossed.count(), 459);
    assert!(crossed.accuracy() > 0.88 && crossed.balanced() > 0.87);
    // New measurements of deep networks, none of which had been seen when the curve was made.
    let deep = Score::of(calibration.deep.iter().map(|(m, p)| (m, p)));
    assert!(deep.accuracy() > 0.78, "{}", deep.accuracy());
}

/// What the page on calibration says of the two files.
#[test]
fn the_measurements_are_those_the_book_describes() {
    let range = |all: &[Measured], of: fn(&Recipe) -> usize| {
        let sizes = || all.iter().map(|one| of(&one.recipe));
        (sizes().min(), sizes().max())
    };
    let development = measured("development");
    assert_eq!(range(&development, |recipe| recipe.depth), (Some(2), Some(32)));
    assert_eq!(range(&development, |recipe| recipe.width), (Some(64), Some(256)));
    let deep = measured("deep");
    assert_eq!(deep.len(), 206);
    let large = deep.iter().filter(|one| one.recipe.depth >= 20 && one.recipe.width >= 128);
    assert!(2 * large.count() > deep.len());
}

#[test]
fn the_headline_and_the_deep_blocks_are_predicted() {
    let training = |lr, steps| Training::sgd(lr).momentum(0.9).batch(64).steps(steps);
    let lab01 = |init, lr| Recipe::mlp(12).init(init).predict(&training(lr, 1000)).verdict();
    assert_eq!(lab01(Init::Uniform(0.5), 1e-3), Verdict::Diverges);
    assert_eq!(lab01(Init::Xavier, 1e-3), Verdict::Vanishes);
    assert_eq!(lab01(Init::Kaiming, 1e-3), Verdict::Trains);
    assert_eq!(lab01(Init::Xavier, 1e-2), Verdict::Trains);

    let blocks = Recipe::blocks(50).activation(Gelu);
    let lab03 = |recipe: Recipe| recipe.predict(&training(1e-3, 300));
    let without = lab03(blocks.clone().norm(Norm::Rms));
    assert_eq!(without.verdict(), Verdict::Vanishes);
    assert!(without.stability.collapse.expect("no stream") > 1.0, "{without}");
    assert_eq!(lab03(blocks.clone().norm(Norm::Rms).residual()).verdict(), Verdict::Trains);
    assert_eq!(lab03(blocks).verdict(), Verdict::Diverges);
}

#[test]
fn a_prediction_does_not_depend_on_seeds_and_repeats_to_the_bit() {
    let training = Training::sgd(1e-2).momentum(0.9).steps(40);
    let recipe = Recipe::blocks(3).width(64).activation(Silu).norm(Norm::Layer).residual();
    let once = recipe.predict(&training);
    assert_eq!(once.losses(), recipe.clone().seed(9).predict(&training).losses());
    assert_eq!(once.losses(), recipe.predict(&training.clone().seed(3)).losses());
    let bits = |p: &Prediction| {
        p.losses().iter().fold(0u64, |hash, l| hash.wrapping_mul(0x100_0000_01b3) ^ l.to_bits())
    };
    assert_eq!(bits(&once), 4820541419565337991);
    // Without a norm the kernel grows, by all three parts of the function.
    assert_eq!(bits(&Recipe::mlp(4).width(64).predict(&training)), 15560020244857651049);
}

#[test]
fn what_theory_does_not_cover_is_refused() {
    let refused = |recipe: Recipe, training: Training| {
        Prediction::of(&recipe, &training).expect_err("refused").to_string()
    };
    let sgd = || Training::sgd(0.1);
    assert!(refused(Recipe::mlp(3), Training::adam(0.1)).starts_with("method adam"));
    assert!(refused(Recipe::mlp(3).classes(3), sgd()).starts_with("classes 3"));
    assert!(refused(Recipe::mlp(0), sgd()).starts_with("depth 0"));
    assert!(refused(Recipe::mlp(3), sgd().steps(0)).starts_with("steps 0"));
}

#[test]
fn signals_that_overflow_are_predicted_to_diverge() {
    let recipe = Recipe::mlp(200).init(Init::Uniform(1e3));
    let prediction = recipe.predict(&Training::sgd(0.1).steps(10));
    assert_eq!(prediction.verdict(), Verdict::Diverges);
    assert!(prediction.losses().iter().all(|loss| !loss.is_nan()));
}

/// Runs of this crate agree with those of PyTorch as often as two runs of this crate, of another
/// seed, agree with each other.
#[test]
fn this_crate_does_what_pytorch_did() {
    let all = measured("development");
    let small = |one: &&Measured| {
        let weights: usize = one.recipe.shapes().iter().map(|(i, o)| i * o).sum();
        weights < 300_000
    };
    let sample: Vec<&Measured> = all.iter().filter(small).step_by(3).collect();
    let runs = map_in_parallel(&sample, &Silent, |one| {
        [0, 1].map(|seed| {
            let data = SignOfSum::sample(1000, 1, seed);
            let training = one.training.clone().seed(seed);
            one.recipe.clone().seed(seed).build().train(&data, &training).outcome()
        })
    });
    let count = sample.len() as f64;
    assert!(count > 100.0, "{count}");
    let share = |same: &dyn Fn(usize) -> f64| (0..sample.len()).map(same).sum::<f64>() / count;
    let theirs = |k: usize, outcome| sample[k].outcomes.iter().filter(|&&o| o == outcome).count();
    let crossed = share(&|k| {
        let same: usize = runs[k].iter().map(|&outcome| theirs(k, outcome)).sum();
        same as f64 / (2 * sample[k].outcomes.len()) as f64
    });
    let own = share(&|k| f64::from(u8::from(runs[k][0] == runs[k][1])));
    // Three standard errors of the difference of two shares, as if independent.
    let allowed = 3.0 * (2.0 * own * (1.0 - own) / count).sqrt();
    println!("agreement with PyTorch {crossed:.3}, with itself {own:.3}, of {count} pairs");
    assert!(crossed > own - allowed, "{crossed} of {own}");
    assert!(own > 0.9 && crossed > 0.88, "{crossed} {own}");
}
