//! What the calibration says, as claims, values and tables.

use super::curves::{
    band_errors, bands, choices, coverage, curve_claim, curves, decades, half_times, skill, NOTHING,
};
use super::odds::{baselines, odds_values, reliability, terms};
use super::{Calibration, Score, Settings, RULES};
use crate::experiments::score::{Measured, OUTCOMES};
use crate::experiments::{cells, init_ablation, number, residual_depth};
use crate::experiments::{Cell, Claim, Report, Table};
use minigrad::recipe::Init;
use minigrad::theory::{Limits, Prediction};

pub(super) fn report(calibration: &Calibration) -> Report {
    let mut report = Report::new(
        "calibration",
        "How often is the verdict right, and what is each of its parts worth?",
    );
    let fitted = calibration.score(Prediction::verdict);
    let crossed = calibration.cross_validated();
    report.settings = calibration.settings.shown();
    let Settings { seeds, steps, every, .. } = calibration.settings;
    report.value("choices_every", every);
    report.value("half_time_seeds", seeds);
    report.value("half_time_steps", steps);
    values(&mut report, "development", &fitted);
    values(&mut report, "crossed", &crossed);
    for (name, value) in numbers() {
        report.value(name, value);
    }
    odds_values(&mut report, "crossed", &crossed);
    report.tables.insert("terms", terms(calibration));
    report.tables.insert("baselines", baselines(calibration, &crossed));
    report.tables.insert("reliability", reliability(&crossed));

    report.tables.insert("rules", rules(calibration));
    report.tables.insert("limits", limits(calibration));
    report.tables.insert("choices", choices(calibration));
    report.tables.insert("half_times", half_times(&calibration.timed));
    report.tables.insert("confusion", confusion(&crossed));
    report.tables.insert("curves", curves(&fitted));
    let covered = coverage(calibration.all(), |_| Limits::FITTED);
    report.value("curve_error", Limits::FITTED.curve_error);
    report.value("band", percent(covered.all().share()));
    report.value("band_last", percent(covered.last.share()));
    report.tables.insert("bands", bands(&covered));
    report.tables.insert("band_errors", band_errors(calibration));
    report.tables.insert("groups", groups(&calibration.development));
    report.tables.insert("labs", labs());
    report.tables.insert("margins", margins(&calibration.development));
    let deep = Score::of(calibration.deep.iter().map(|(m, p)| (m, p)));
    values(&mut report, "deep", &deep);
    report.tables.insert("deep", confusion(&deep));
    report.tables.insert("deep_curves", curves(&deep));

    let (accuracy, balanced) = (crossed.accuracy(), crossed.balanced());
    report.claims = vec![
        Claim::book(
            format!(
                "On architectures it was not fitted on, the verdict is right in {} of {} \
                     configurations",
                percent(accuracy),
                crossed.count()
            ),
            accuracy > 0.85,
        ),
        Claim::book(
            format!("Each outcome alone is predicted right in {} on average", percent(balanced)),
            balanced > 0.82,
        ),
        curve_claim(&fitted),
        worth(calibration),
    ];
    report
}

/// What the limits add to the curve.
fn worth(calibration: &Calibration) -> Claim {
    let [_, _, curve, push, all] =
        RULES.map(|(_, rule)| 100.0 * calibration.score(rule).accuracy());
    Claim::new(
        format!(
            "The limits of the push add {:.1} points to the curve alone, that of the collapse \
             {:.1} more",
            push - curve,
            all - push,
        ),
        curve < push && push < all,
    )
}

/// The fitted numbers, by name.
fn numbers() -> [(&'static str, f64); 10] {
    let limits = Limits::FITTED;
    [
        ("bare", limits.bare),
        ("streamed", limits.streamed),
        ("enclosed", limits.enclosed),
        ("collapse", limits.collapse),
        ("movement_error", limits.movement_error),
        ("collapse_error", limits.collapse_error),
        ("loss_error", limits.loss_error),
        ("haste", limits.haste),
        ("held", limits.held),
        ("readout", limits.readout),
    ]
}

pub(in crate::experiments) fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

pub(in crate::experiments) fn share(share: f64) -> Cell {
    Cell::number(percent(share))
}

pub(in crate::experiments) fn values(report: &mut Report, name: &str, score: &Score) {
    let (curve, last) = (score.curve(), score.last());
    for (value, text) in [
        ("count", score.count().to_string()),
        ("accuracy", percent(score.accuracy())),
        ("balanced", percent(score.balanced())),
        ("curve", decades(curve.theory)),
        ("guess", decades(curve.guess)),
        ("last", decades(last.theory)),
        ("last_guess", decades(last.guess)),
        ("last_factor", number(last.factor())),
        ("last_skill", skill(&last)),
        ("half_time", percent(score.half_time_share())),
        ("half_ratio", number(score.half_time_ratio())),
    ] {
        report.value(format!("{name}_{value}"), text);
    }
}

/// Rows measured, columns predicted.
pub(in crate::experiments) fn confusion(score: &Score) -> Table {
    let predicted = OUTCOMES.map(|outcome| format!("predicted: {outcome}"));
    let mut table = Table::new(["measured".to_owned()].into_iter().chain(predicted));
    for (outcome, row) in OUTCOMES.iter().zip(score.matrix) {
        table.row(cells![outcome.to_string()].into_iter().chain(row.map(Cell::from)));
    }
    table
}

fn rules(calibration: &Calibration) -> Table {
    let mut table = Table::new(["rule", "accuracy", "balanced"]);
    for (name, rule) in RULES {
        let score = calibration.score(rule);
        table.row(cells![name, share(score.accuracy()), share(score.balanced())]);
    }
    let crossed = calibration.cross_validated();
    let name = "the same, limits fitted without the architecture";
    table.row(cells![name, share(crossed.accuracy()), share(crossed.balanced())]);
    table
}

/// The networks of labs 01 and 03, predicted.
fn labs() -> Table {
    let lab01 = |init, lr| (init_ablation::recipe(init), crate::spine::sgd(lr).steps(1000));
    let lab03 = |residual, steps| {
        let recipe = residual_depth::recipe(residual_depth::DEPTH, 256, residual);
        (recipe, crate::spine::sgd(residual_depth::LR).steps(steps))
    };
    let [slow, fast] = init_ablation::RATES;
    let all = [
        lab01(Init::Uniform(0.5), slow),
        lab01(Init::Xavier, slow),
        lab01(Init::Kaiming, slow),
        lab01(Init::Xavier, fast),
        lab03(false, 300),
        lab03(true, 150),
    ];
    let mut table = Table::new(["network", "lr", "steps", "verdict", "half time", "reason"]);
    for (recipe, training) in all {
        let prediction = recipe.predict(&training);
        table.row(cells![
            recipe.to_string(),
            training.lr,
            training.steps,
            prediction.verdict().to_string(),
            prediction.half_time().map_or(Cell::number(NOTHING), Cell::from),
            prediction.reason(),
        ]);
    }
    table
}

/// Accuracy as one limit moves and the others stay.
fn limits(calibration: &Calibration) -> Table {
    const FACTORS: [f64; 5] = [0.5, 0.7, 1.0, 1.4, 2.0];
    let fitted = Limits::FITTED;
    type Set = fn(&mut Limits) -> &mut f64;
    let all: [(&str, Set); 4] = [
        ("push, bare", |l| &mut l.bare),
        ("push, streamed", |l| &mut l.streamed),
        ("push, enclosed", |l| &mut l.enclosed),
        ("collapse", |l| &mut l.collapse),
    ];
    let mut table = Table::new(["limit", "value", "accuracy", "balanced"]);
    for (name, limit) in all {
        for factor in FACTORS {
            let mut limits = fitted;
            *limit(&mut limits) *= factor;
            let score = calibration.score(|p| p.probability_within(&limits).ranked()[0]);
            let value = Cell::number(number(*limit(&mut limits)));
            table.row(cells![name, value, share(score.accuracy()), share(score.balanced())]);
        }
    }
    table
}

/// Accuracy by group; a group is a value of one field.
pub(in crate::experiments) fn groups(pairs: &[(Measured, Prediction)]) -> Table {
    let mut table =
        Table::new(["group", "configurations", "right", "curve error", "at the end", "half time"]);
    let fields: [fn(&Measured) -> String; 5] = [
        |m| format!("body {}", m.recipe.body),
        |m| format!("{}", m.recipe.activation),
        |m| match m.recipe.placement {
            minigrad::recipe::Placement::None => "no norm".to_owned(),
            placement => format!("{placement} {}", m.recipe.norm),
        },
        |m| format!("{} residual", if m.recipe.residual { "with" } else { "without" }),
        |m| {
            match m.recipe.depth {
                0..=8 => "depth to 8",
                9..=16 => "depth 9 to 16",
                _ => "depth above 16",
            }
            .to_owned()
        },
    ];
    for field in fields {
        let mut names: Vec<String> = pairs.iter().map(|(measured, _)| field(measured)).collect();
        names.sort();
        names.dedup();
        for name in names {
            let group = pairs.iter().filter(|(measured, _)| field(measured) == name);
            let score = Score::of(group.map(|(measured, prediction)| (measured, prediction)));
            table.row(cells![
                name,
                score.count(),
                share(score.accuracy()),
                Cell::number(decades(score.curve().theory)),
                Cell::number(decades(score.last().theory)),
                share(score.half_time_share()),
            ]);
        }
    }
    table
}

/// Right verdicts by the size of the first updates, relative to the limit that they come nearest
/// to or exceed most.
pub(in crate::experiments) fn margins(pairs: &[(Measured, Prediction)]) -> Table {
    const BOUNDS: [f64; 7] = [0.0, 0.1, 0.3, 1.0, 3.0, 10.0, f64::INFINITY];
    let limits = Limits::FITTED;
    let size = |p: &Prediction| {
        let size = p.stability.push / limits.push(p.stability.kind);
        let size = p.stability.collapse.map_or(size, |c| size.max(c / limits.collapse));
        // What is not finite is the largest of all.
        size.min(f64::MAX)
    };
    let mut table = Table::new(["first updates over their limit", "configurations", "right"]);
    for bounds in BOUNDS.windows(2) {
        let (from, to) = (bounds[0], bounds[1]);
        let group = pairs.iter().filter(|(_, p)| (from..to).contains(&size(p)));
        let score = Score::of(group.map(|(m, p)| (m, p)));
        let name = match (from, to) {
            (0.0, _) => format!("below {to}"),
            (_, f64::INFINITY) => format!("above {from}"),
            _ => format!("{from} to {to}"),
        };
        let right = if score.count() == 0 { "".into() } else { share(score.accuracy()) };
        table.row(cells![name, score.count(), right]);
    }
    table
}
