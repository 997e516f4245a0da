//! What the probabilities are worth, as tables and values.

use super::curves::NOTHING;
use super::tables::{percent, share};
use super::terms::TERMS;
use super::Calibration;
use crate::experiments::score::{log_loss_of_frequencies, Score, OUTCOMES};
use crate::experiments::{cells, Cell, Report, Table};

/// What each form of a size is worth on architectures that the fit has not seen.
pub(super) fn terms(calibration: &Calibration) -> Table {
    let mut table =
        Table::new(["sizes", "right", "balanced", "log loss", "sure", "sure and right"]);
    for (name, term) in TERMS {
        row_of_odds(&mut table, name, &calibration.crossed(term));
    }
    row_of_odds(&mut table, "no haste", &calibration.patient());
    table
}

fn row_of_odds(table: &mut Table, name: &str, score: &Score) {
    table.row(cells![name].into_iter().chain(odds(score)));
}

/// Right, balanced, log loss, sure, sure and right.
pub(in crate::experiments) fn odds(score: &Score) -> [Cell; 5] {
    [
        share(score.accuracy()),
        share(score.balanced()),
        Cell::number(format!("{:.3}", score.odds.log_loss())),
        share(score.odds.sure()),
        match score.odds.sure() > 0.0 {
            true => share(score.odds.sure_and_right()),
            false => Cell::number(NOTHING),
        },
    ]
}

/// Theory beside those who know none.
pub(super) fn baselines(calibration: &Calibration, crossed: &Score) -> Table {
    let mut table =
        Table::new(["who judges", "right", "balanced", "log loss", "sure", "sure and right"]);
    row_of_odds(&mut table, "theory, limits fitted on other architectures", crossed);
    let neighbours = calibration.by_neighbours();
    row_of_odds(&mut table, "the five most similar networks of other architectures", &neighbours);
    let logistic = calibration.by_logistic();
    row_of_odds(&mut table, "a logistic model of the fields and their squares", &logistic);
    let outcomes: Vec<_> = calibration.all().filter_map(|(one, _)| one.outcome()).collect();
    let most = OUTCOMES.map(|o| outcomes.iter().filter(|&&x| x == o).count());
    let most = most.into_iter().max().unwrap_or(0) as f64 / outcomes.len() as f64;
    table.row(cells![
        "the frequencies of the outcomes",
        share(most),
        share(1.0 / 3.0),
        Cell::number(format!("{:.3}", log_loss_of_frequencies(&outcomes))),
        share(0.0),
        Cell::number(NOTHING),
    ]);
    table
}

pub(in crate::experiments) fn odds_values(report: &mut Report, name: &str, score: &Score) {
    let odds = &score.odds;
    report.value(format!("{name}_log_loss"), format!("{:.3}", odds.log_loss()));
    report.value(format!("{name}_sure"), percent(odds.sure()));
    report.value(format!("{name}_sure_right"), percent(odds.sure_and_right()));
}

/// How often verdicts of a probability come true.
pub(in crate::experiments) fn reliability(score: &Score) -> Table {
    const BOUNDS: [f64; 8] = [1.0 / 3.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0];
    let mut table = Table::new(["probability", "verdicts", "said on average", "came true"]);
    for bounds in BOUNDS.windows(2) {
        let bin = score.odds.between(bounds[0], bounds[1]);
        let (count, said, right) = (bin.count, bin.said, bin.came());
        let cell = |value: f64| if count == 0 { "".into() } else { share(value) };
        let name = format!("{:.0} to {:.0} %", 100.0 * bounds[0], 100.0 * bounds[1]);
        table.row(cells![name, count, cell(said), cell(right)]);
    }
    table
}
