//! What the scorecard says, as claims, values, tables and figure data.

use super::{plane, starts, Scorecard};
use crate::experiments::{cells, Cell, Claim, Report, Table};
use crate::score::summary::{percent, score as score_of, Summary};
use crate::score::tables::{
    bands, bins, covered, curves, grouped, groups, inside, margin_table, margins, reliability,
};
use crate::score::{half_time, Measured, Score};
use minigrad::theory::{Limits, Prediction};

const WORST: usize = 8;

pub(super) fn report(card: &Scorecard) -> Report {
    let mut report = Report::new(
        "scorecard",
        "How often does theory say before a run what networks do that it was never fitted on?",
    );
    let settings = &card.settings;
    report.settings = settings.shown();

    let score = score_of(&card.pairs);
    let agreement = agreement(card.pairs.iter().map(|(measured, _)| measured));
    let summary = Summary::from(score.clone());
    let mut new = crate::spine::Report::default();
    summary.values("score", &mut new);
    reliability(&bins(&score), &mut new);
    summary.confusion("confusion", "", &mut new);
    curves(&score.windows(), "curves", "", &mut new);
    let pairs: Vec<_> = card.pairs.iter().collect();
    let bands = bands(&pairs, &Limits::FITTED, &crate::spine::Silent);
    covered(&bands, &mut new);
    grouped(&groups(&card.pairs), &mut new);
    margin_table(&margins(&card.pairs), &mut new);
    summary.claim_end(&mut new);
    report.values.extend(new.values);
    report.tables.extend(new.tables);
    let claim = &new.claims[0];
    let curve_claim = Claim::new(claim.sentence.clone(), claim.holds);
    let [all, last] = inside(&bands);
    report.value("band", percent(all));
    report.value("band_last", percent(last));
    report.value("configurations", settings.count);
    report.value("steps", settings.steps);
    report.value("seeds", settings.seeds);
    report.value("recipes", card.chosen.len());
    report.value("agreement", percent(agreement));
    report.value("majority", percent(majority(&score)));
    report.tables.insert("failures", failures(&card.pairs));
    report.tables.insert("chosen", chosen(card));
    for (name, measured, prediction) in &card.chosen {
        report.series(format!("{name}: measured"), measured.losses.iter().copied());
        report.series(format!("{name}: predicted"), prediction.window_losses());
    }
    plane::say(&mut report, &card.places());
    report.claims = claims(&score, card, curve_claim);
    starts::say(&mut report, card);
    report
}

fn claims(score: &Score, card: &Scorecard, curve_claim: Claim) -> Vec<Claim> {
    let right =
        card.chosen.iter().filter(|(_, m, p)| m.outcome().is_some_and(|o| o == p.verdict()));
    let right = right.count();
    vec![
        Claim::book(
            format!(
                "The verdict is right for {} of {} configurations that nothing was fitted on; \
                 always naming the most frequent outcome is right for {}",
                percent(score.accuracy()),
                score.count(),
                percent(majority(score)),
            ),
            score.accuracy() > majority(score) + 0.2,
        ),
        Claim::book(
            format!(
                "Verdicts that theory is sure of, {} of all, come true in {}",
                percent(score.odds.sure()),
                percent(score.odds.sure_and_right()),
            ),
            score.odds.sure_and_right() > 0.9,
        ),
        curve_claim,
        Claim::book(
            format!("Of {} recipes of the book, {right} are judged right", card.chosen.len()),
            right + 1 >= card.chosen.len(),
        ),
    ]
}

/// Share of the runs that did what most runs of their configuration did.
fn agreement<'a>(all: impl Iterator<Item = &'a Measured>) -> f64 {
    let (mut same, mut count) = (0, 0);
    for measured in all {
        if let Some(most) = measured.outcome() {
            same += measured.outcomes.iter().filter(|&&outcome| outcome == most).count();
            count += measured.outcomes.len();
        }
    }
    f64::from(same as u32) / f64::from(count as u32)
}

pub(super) fn majority(score: &Score) -> f64 {
    let most = score.matrix.iter().map(|row| row.iter().sum::<usize>()).max().unwrap_or(0);
    most as f64 / score.count() as f64
}

/// Wrong verdicts, those first whose runs agree and whose loss is furthest off.
pub(super) fn failures(pairs: &[(Measured, Prediction)]) -> Table {
    let mut wrong: Vec<(f64, &Measured, &Prediction)> = pairs
        .iter()
        .filter(|(m, p)| m.outcome().is_some_and(|outcome| outcome != p.verdict()))
        .map(|(m, p)| (distance(m, p), m, p))
        .collect();
    wrong.sort_by(|a, b| b.0.total_cmp(&a.0));
    let header = ["network", "lr", "measured", "predicted", "loss", "theory", "push"];
    let mut table = Table::new(header);
    for (_, measured, prediction) in wrong.into_iter().take(WORST) {
        let outcome = measured.outcome().map(|o| o.to_string()).unwrap_or_default();
        table.row(cells![
            measured.recipe.to_string(),
            measured.training.lr,
            outcome,
            prediction.verdict().to_string(),
            last(&measured.losses),
            last(&prediction.window_losses()),
            prediction.stability.push,
        ]);
    }
    table
}

fn last(losses: &[f64]) -> f64 {
    losses.last().copied().unwrap_or(f64::NAN)
}

/// Decades between the final losses; a loss that is not finite counts as far away.
fn distance(measured: &Measured, prediction: &Prediction) -> f64 {
    let decades = |loss: f64| if loss.is_finite() { libm::log10(loss.max(1e-3)) } else { 3.0 };
    libm::fabs(decades(last(&measured.losses)) - decades(last(&prediction.window_losses())))
}

fn chosen(card: &Scorecard) -> Table {
    let header = [
        "recipe",
        "measured",
        "predicted",
        "final loss",
        "predicted loss",
        "half time",
        "predicted half",
    ];
    let mut table = Table::new(header);
    for (name, measured, prediction) in &card.chosen {
        let windows = measured.training.windows();
        let time = |losses: &[f64]| {
            let time = half_time(&windows[..windows.len() - 1], losses);
            time.map_or(Cell::from("none"), Cell::from)
        };
        table.row(cells![
            *name,
            measured.outcome().map_or("seeds disagree".to_owned(), |o| o.to_string()),
            prediction.verdict().to_string(),
            last(&measured.losses),
            last(&prediction.window_losses()),
            time(&measured.losses),
            time(&prediction.window_losses()),
        ]);
    }
    table
}
