//! The values and the tables of the calibration.

use super::baselines::BASELINES;
use super::fit::NUMBERS;
use super::parts::{curve_errors, moved, FORMS, RULES, TERMS};
use super::{labs, Calibration, TIMED};
use crate::score::first_half;
use crate::score::summary::{decades, percent, share, Summary, NOTHING};
use crate::score::tables::{self, inside};
use crate::spine::prelude::*;
use minigrad::theory::Limits;

impl Calibration {
    pub(super) fn values(&self, report: &mut Report) {
        report.value("choices_every", self.settings.every);
        report.value("half_time_seeds", self.settings.seeds);
        for (name, of) in NUMBERS {
            report.value(name, *of(&mut Limits { ..Limits::FITTED }));
        }
        report.value("curve_error", Limits::FITTED.curve_error);
        let [band, last] = inside(&self.bands).map(percent);
        report.value("band", band);
        report.value("band_last", last);
        self.crossed[0].values("crossed", report);
        self.deep.values("deep", report);
        let Summary { curve, last, half_time, .. } = self.fitted;
        for (name, text) in [
            ("curve", decades(curve.theory)),
            ("guess", decades(curve.guess)),
            ("last", decades(last.theory)),
            ("last_guess", decades(last.guess)),
            ("last_factor", number(last.factor())),
            ("half_time", percent(half_time)),
        ] {
            report.value(format!("development_{name}"), text);
        }
    }

    pub(super) fn tables(&self, report: &mut Report) {
        let crossed = &self.crossed[0];
        let rules = RULES.map(|(name, ..)| name).into_iter().zip(&self.rules);
        let held_out = ("the same, limits fitted without the architecture", crossed);
        report.table(
            "rules",
            "Rules",
            ["rule", "accuracy", "balanced"],
            rules.chain([held_out]).map(|(name, one)| cells![name].into_iter().chain(one.right())),
        );
        let odds = ["right", "balanced", "log loss", "sure", "sure and right"];
        let header = |first: &'static str| [first].into_iter().chain(odds);
        let row = |(name, one): (&str, &Summary)| [name.into()].into_iter().chain(one.odds());
        let names = TERMS.map(|(name, _)| name).into_iter().chain(["no haste"]);
        report.table("terms", "Sizes", header("sizes"), names.zip(&self.crossed).map(row));
        let theory = ("theory, limits fitted on other architectures", crossed);
        let others = BASELINES.map(|(name, _)| name).into_iter().zip(&self.baselines);
        let rows = [theory].into_iter().chain(others).map(row);
        report.table("baselines", "Who judges", header("who judges"), rows);
        tables::reliability(&self.reliability, report);
        report.table(
            "limits",
            "Limits",
            ["limit", "value", "accuracy", "balanced"],
            moved().zip(&self.limits).map(|((name, value, _), one)| {
                cells![name, Cell::from(value)].into_iter().chain(one.right())
            }),
        );
        report.table(
            "choices",
            "Choices",
            ["choices", "right", "curve error", "at the end", "half time"],
            FORMS
                .iter()
                .zip(&self.forms)
                .map(|((name, _), one)| cells![*name].into_iter().chain(one.course())),
        );
        report.table(
            "half_times",
            "Half times",
            ["network", "lr", "predicted step", "measured steps"],
            labs()[TIMED].iter().zip(&self.half_times).map(|((recipe, training), measured)| {
                let predicted = recipe.predict(training);
                let predicted = first_half(predicted.losses().iter().copied());
                let step = |time: Option<usize>| time.map_or("none".to_owned(), |s| s.to_string());
                let steps: Vec<String> = measured.iter().map(|&time| step(time)).collect();
                let [predicted, steps] = [step(predicted), steps.join(", ")].map(Cell::number);
                cells![recipe.to_string(), training.lr, predicted, steps]
            }),
        );
        tables::curves(&self.curves, "curves", "Curves", report);
        crossed.confusion("confusion", "Cross-validated", report);
        tables::grouped(&self.groups, report);
        self.deep.confusion("deep", "Deep, without a stream", report);
        tables::curves(&self.deep_curves, "deep_curves", "", report);
        tables::covered(&self.bands, report);
        tables::margin_table(&self.margins, report);
        report.table(
            "band_errors",
            "",
            ["error of the curve", "inside", "inside in the last tenth"],
            curve_errors()
                .into_iter()
                .zip(&self.band_errors)
                .map(|(error, inside)| [Cell::from(error)].into_iter().chain(inside.map(share))),
        );
        report.table(
            "labs",
            "",
            ["network", "lr", "steps", "verdict", "half time", "reason"],
            labs().into_iter().map(|(recipe, training)| {
                let prediction = recipe.predict(&training);
                cells![
                    recipe.to_string(),
                    training.lr,
                    training.steps,
                    prediction.verdict().to_string(),
                    prediction.half_time().map_or(Cell::number(NOTHING), Cell::from),
                    prediction.reason(),
                ]
            }),
        );
    }
}
