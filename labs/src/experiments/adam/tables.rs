//! What the lab says, as values, tables and figure data.

use super::scored::{by_hand, cross_validated};
use super::{Adams, Curve, Key, Rule, INITS, RATES};
use crate::experiments::calibration::curves::coverage;
use crate::experiments::calibration::odds::{odds_values, reliability};
use crate::experiments::calibration::tables::{confusion, groups, percent, values};
use crate::experiments::score::{first_half, Score};
use crate::experiments::{cells, median, Cell, Report, Table};
use minigrad::theory::{Limits, Prediction};

pub(super) fn report(adams: &Adams) -> Report {
    let mut report = Report::new(
        "adam",
        "Does a rule that divides each gradient by its own size need a careful start?",
    );
    let settings = &adams.settings;
    report.settings = settings.shown();
    report.value("seeds", settings.seeds);
    report.value("steps", settings.steps);
    report.value("short_seeds", settings.short_seeds);
    report.value("short_steps", settings.short_steps);
    for (curve, prediction) in adams.curves() {
        if let Some(name) = name(curve.key) {
            describe(&mut report, name, curve, prediction);
        }
    }
    for (key, steps) in &adams.first {
        let (Some(name), middle) = (name(*key), steps.len() / 2) else { continue };
        let theory = adams.expected(key);
        report.numbers(
            name,
            [
                ("gradient", steps[middle].gradient),
                ("update", steps[middle].update),
                ("gradient_predicted", theory[middle].gradient),
                ("update_predicted", theory[middle].update),
                ("moves", theory[middle].moves),
            ],
        );
        report.series(format!("{name} gradient"), steps.iter().map(|step| step.gradient));
        report.series(format!("{name} update"), steps.iter().map(|step| step.update));
    }
    fitted(&mut report);
    let (crossed, fresh) = (cross_validated(&adams.fit), Score::of(pairs(&adams.fresh)));
    for (name, score) in [("crossed", &crossed), ("fresh", &fresh)] {
        values(&mut report, name, score);
        odds_values(&mut report, name, score);
        let most = score.matrix.iter().map(|row| row.iter().sum::<usize>()).max().unwrap_or(0);
        report.value(format!("{name}_majority"), percent(most as f64 / score.count() as f64));
    }
    for (name, set) in [("band", &adams.fit), ("fresh_band", &adams.fresh)] {
        let covered = coverage(set.iter(), |_| Limits::ADAM);
        report.value(name, percent(covered.all().share()));
    }
    for (name, set) in [("by_hand", &adams.fit), ("fresh_by_hand", &adams.fresh)] {
        let mut score = Score::default();
        set.iter().for_each(|(measured, p)| score.add(measured, by_hand(p), &p.window_losses()));
        report.value(name, percent(score.accuracy()));
    }
    report.tables.insert("courses", courses(adams));
    report.tables.insert("first", first(adams));
    report.tables.insert("rates", rates(adams));
    report.tables.insert("confusion", confusion(&crossed));
    report.tables.insert("reliability", reliability(&crossed));
    report.tables.insert("fresh", confusion(&fresh));
    report.tables.insert("groups", groups(&adams.fit));
    report.claims = super::claims::claims(adams, &crossed, &fresh);
    report
}

fn pairs<A, B>(all: &[(A, B)]) -> impl Iterator<Item = (&A, &B)> {
    all.iter().map(|(a, b)| (a, b))
}

/// The prefix of a curve's values; those of the rates stand in a table.
fn name(key: Key) -> Option<&'static str> {
    Some(match key {
        Key::Plateau(Rule::Sgd) => "sgd",
        Key::Plateau(_) => "adam",
        Key::Deep(Rule::Sgd) => "deep_sgd",
        Key::Deep(Rule::Adam) => "deep_adam",
        Key::Deep(Rule::TinyEpsilon) => "deep_tiny",
        Key::Rate(..) => return None,
    })
}

/// The limits of every prediction of Adam.
fn fitted(report: &mut Report) {
    let Limits { bare, streamed, enclosed, .. } = Limits::ADAM;
    let Limits { movement_error, loss_error, curve_error, .. } = Limits::ADAM;
    for (name, value) in [
        ("bare", bare),
        ("streamed", streamed),
        ("enclosed", enclosed),
        ("movement_error", movement_error),
        ("loss_error", loss_error),
        ("curve_error", curve_error),
    ] {
        report.value(name, value);
    }
    report.value("held", format!("{:.0} %", 100.0 * Limits::ADAM.held));
}

fn describe(report: &mut Report, name: &str, curve: &Curve, prediction: &Prediction) {
    let finals = curve.finals();
    let start = curve.over_seeds(|trial| f64::from(trial.run.initial_loss()));
    report.numbers(
        name,
        [
            ("initial", start.middle),
            ("final", median(finals.iter().copied())),
            ("lowest", finals[0]),
            ("highest", finals[finals.len() - 1]),
            ("predicted_final", prediction.window_losses().last().copied().unwrap_or(f64::NAN)),
        ],
    );
    report.value(format!("{name}_outcomes"), curve.outcomes());
    report.value(format!("{name}_half"), half(curve).text());
    let predicted = prediction.half_time().map_or(Cell::none(), Cell::from);
    report.value(format!("{name}_predicted_half"), predicted.text());
    report.value(format!("{name}_verdict"), prediction.verdict());
    let sure = prediction.probability().of(prediction.verdict());
    report.value(format!("{name}_sure"), format!("{:.0} %", 100.0 * sure));
    report.course(name, "median", &curve.losses());
    report.series(format!("{name} predicted"), prediction.losses().iter().copied());
    let gradients = curve.at_each_step(|trial| &trial.gradients);
    report.series(format!("{name} layer 1"), gradients.iter().map(|(_, spread)| spread.middle));
}

/// Median step by which the mean of ten losses is half that of a guess.
fn half(curve: &Curve) -> Cell {
    let of = |trial: &crate::experiments::Trial| {
        let losses = trial.run.losses.iter().map(|&loss| f64::from(loss));
        first_half(losses).map_or(f64::NAN, |step| step as f64)
    };
    let middle = curve.over_seeds(of).middle;
    if middle.is_finite() {
        Cell::number(format!("{middle:.0}"))
    } else {
        Cell::none()
    }
}

fn courses(adams: &Adams) -> Table {
    let header = ["network", "rule", "measured", "final loss", "half time"];
    let predicted = ["predicted", "predicted loss", "predicted half"];
    let mut table = Table::new(header.into_iter().chain(predicted));
    for (curve, prediction) in adams.curves() {
        let rule = match curve.key {
            Key::Plateau(rule) | Key::Deep(rule) => rule,
            Key::Rate(..) => continue,
        };
        table.row(cells![
            curve.plan.0.to_string(),
            rule.name(),
            curve.outcomes(),
            median(curve.finals()),
            half(curve),
            verdict(prediction),
            prediction.window_losses().last().copied().unwrap_or(f64::NAN),
            prediction.half_time().map_or(Cell::none(), Cell::from),
        ]);
    }
    table
}

/// `trains, 97 %`.
fn verdict(prediction: &Prediction) -> String {
    let verdict = prediction.verdict();
    format!("{verdict}, {:.0} %", 100.0 * prediction.probability().of(verdict))
}

/// The first step at the first, the middle and the last matrix.
fn first(adams: &Adams) -> Table {
    let header = ["network", "matrix", "gradient predicted", "measured"];
    let moved = ["SGD moves", "Adam predicted", "Adam moves"];
    let mut table = Table::new(header.into_iter().chain(moved));
    for at in [Key::Plateau, Key::Deep] {
        let theory = adams.expected(&at(Rule::Adam));
        let [sgd, adam] = [Rule::Sgd, Rule::Adam].map(|rule| adams.first_step(&at(rule)));
        for matrix in [0, adam.len() / 2, adam.len() - 1] {
            table.row(cells![
                format!("{} layers", adam.len()),
                matrix + 1,
                theory[matrix].gradient,
                adam[matrix].gradient,
                sgd[matrix].update,
                theory[matrix].update,
                adam[matrix].update,
            ]);
        }
    }
    table
}

fn rates(adams: &Adams) -> Table {
    let header = ["init", "lr", "measured", "final loss", "predicted", "predicted loss", "push"];
    let mut table = Table::new(header);
    for (name, _) in INITS {
        for lr in RATES {
            let key = Key::Rate(name, lr);
            let (curve, prediction) = (adams.sweep.of(&key), adams.prediction(&key));
            table.row(cells![
                name,
                Cell::number(lr.to_string()),
                curve.outcomes(),
                median(curve.finals()),
                verdict(prediction),
                prediction.window_losses().last().copied().unwrap_or(f64::NAN),
                prediction.stability.push,
            ]);
        }
    }
    table
}

/// Of the networks at nine rates whose seeds agree: how many verdicts are right, and of how many.
pub(super) fn right_at_rates(adams: &Adams) -> (usize, usize) {
    let rates = adams.curves().filter(|(curve, _)| matches!(curve.key, Key::Rate(..)));
    let judged = rates.filter_map(|(curve, prediction)| Some((curve.outcome()?, prediction)));
    let right: Vec<bool> = judged.map(|(outcome, p)| p.verdict() == outcome).collect();
    (right.iter().filter(|&&right| right).count(), right.len())
}
