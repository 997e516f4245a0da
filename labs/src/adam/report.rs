//! Values, tables and claims of lab 05.

use super::{Adam, Curve, FirstStep, Settings, LR};
use crate::calibration::fit::NUMBERS;
use crate::score::summary::{decades, percent};
use crate::score::tables::{grouped, reliability};
use crate::score::OUTCOMES;
use crate::spine::prelude::*;
use minigrad::theory::Limits;

/// What the first step does to the matrices of hidden layers.
fn hidden(curve: &Curve) -> &[FirstStep] {
    &curve.first[..curve.first.len() - 1]
}

/// Its verdict, `trains, 97 %`, and its loss at the end.
fn said(prediction: &Prediction) -> [Cell; 2] {
    let verdict = prediction.verdict();
    let sure = 100.0 * prediction.probability().of(verdict);
    let last = prediction.window_losses().pop().unwrap_or(f64::NAN);
    cells![format!("{verdict}, {sure:.0} %"), last]
}

/// When the loss is half that of a guess: measured, and predicted.
fn half_times(curve: &Curve) -> [Cell; 2] {
    let measured = Some(curve.half_time).filter(|step| step.is_finite());
    let measured = measured.map_or(Cell::none(), |step| Cell::number(format!("{step:.0}")));
    [measured, curve.predict().half_time().map_or(Cell::none(), Cell::from)]
}

impl Adam {
    pub(super) fn values(&self, report: &mut Report) {
        let Settings { steps, seeds, short_steps, short_seeds, .. } = self.settings;
        report.counts([("steps", steps), ("short_steps", short_steps)]);
        report.counts([("seeds", seeds as usize), ("short_seeds", short_seeds as usize)]);
        let Adam { plateau: [sgd, adam], deep: [_, deep, tiny], grids, .. } = self;
        let at = |curve: &Curve| curve.first[curve.first.len() / 2];
        let expected = adam.expected()[adam.first.len() / 2].gradient;
        report.numbers("sgd", [("update", at(sgd).update)]);
        report.numbers("adam", [("update", at(adam).update), ("gradient", at(adam).gradient)]);
        report.numbers("adam", [("gradient_predicted", expected)]);
        report.numbers("deep_adam", [("update", at(deep).update), ("gradient", at(deep).gradient)]);
        report.numbers("deep_tiny", [("update", at(tiny).update)]);
        report.numbers("deep_tiny", [("final", tiny.fates.last().middle)]);
        let [measured, predicted] = half_times(adam);
        report.value("adam_half", measured.text());
        report.value("adam_predicted_half", predicted.text());

        let mut limits = Limits::ADAM;
        for (name, of) in NUMBERS {
            // What Adam has none of is not asked for.
            if of(&mut limits).is_finite() {
                report.value(name, *of(&mut limits));
            }
        }
        report.value("curve_error", limits.curve_error);
        report.value("held", format!("{:.0} %", 100.0 * limits.held));
        grids.crossed.values("crossed", report);
        grids.fresh.values("fresh", report);
        report.value("fresh_last", decades(grids.fresh.last.theory));
        report.value("fresh_last_guess", decades(grids.fresh.last.guess));
        for (grid, name) in ["", "fresh_"].into_iter().enumerate() {
            report.value(format!("{name}band"), percent(grids.inside[grid]));
            report.value(format!("{name}by_hand"), percent(grids.by_hand[grid]));
        }
    }

    pub(super) fn tables(&self, report: &mut Report) {
        let measured = ["network", "rule", "measured", "final loss", "half time"];
        let predicted = ["predicted", "predicted loss", "predicted half"];
        report.table(
            "courses",
            "Courses",
            measured.into_iter().chain(predicted),
            self.plateau.iter().chain(&self.deep).map(|curve| {
                let Curve { recipe, name, fates, .. } = curve;
                let ([half, predicted], [verdict, end]) =
                    (half_times(curve), said(&curve.predict()));
                let (outcomes, last) = (fates.outcomes(), fates.last().middle);
                cells![recipe.to_string(), &**name, outcomes, last, half, verdict, end, predicted]
            }),
        );
        let gradients = ["network", "matrix", "gradient predicted", "measured"];
        let moved = ["SGD moves", "Adam predicted", "Adam moves"];
        report.table(
            "first",
            "The first step",
            gradients.into_iter().chain(moved),
            [&self.plateau[..], &self.deep].into_iter().flat_map(|curves| {
                let (theory, layers) = (curves[1].expected(), curves[1].first.len());
                [0, layers / 2, layers - 1].map(|at| {
                    let (name, theory) = (format!("{layers} layers"), theory[at]);
                    let [sgd, adam] = [0, 1].map(|rule: usize| curves[rule].first[at]);
                    let gradients = cells![name, at + 1, theory.gradient, adam.gradient];
                    let moved = cells![sgd.update, theory.update, adam.update];
                    gradients.into_iter().chain(moved)
                })
            }),
        );
        report.table(
            "rates",
            "Rates",
            ["init", "lr", "measured", "final loss", "predicted", "predicted loss", "push"],
            self.rates.iter().map(|curve| {
                let (prediction, fates) = (curve.predict(), &curve.fates);
                let ([verdict, end], lr) = (said(&prediction), curve.training.lr.to_string());
                let (outcomes, last) = (fates.outcomes(), fates.last().middle);
                let (lr, push) = (Cell::number(lr), prediction.stability.push);
                cells![&*curve.name, lr, outcomes, last, verdict, end, push]
            }),
        );
        self.grids.crossed.confusion("confusion", "Cross-validated", report);
        reliability(&self.grids.reliability, report);
        self.grids.fresh.confusion("fresh", "Networks that nothing was fitted on", report);
        grouped(&self.grids.groups, report);
    }

    pub(super) fn claims(&self, report: &mut Report) {
        let ([sgd, adam], deep) = (&self.plateau, hidden(&self.deep[1]));
        let moved = |curve| hidden(curve).iter().map(|step| step.update);
        let agree = self.rates.iter().filter_map(|curve| {
            let outcome = OUTCOMES.into_iter().find(|&outcome| curve.fates.all(outcome))?;
            Some(curve.predict().verdict() == outcome)
        });
        let judged: Vec<bool> = agree.collect();
        let right = judged.iter().filter(|&&is_right| is_right).count();
        let (crossed, fresh) = (&self.grids.crossed, &self.grids.fresh);
        report.claim(
            "plateau",
            format!(
                "Adam leaves the plateau: at lr {LR} each of its {} runs trains, and none of \
                 gradient descent.",
                self.settings.seeds
            ),
            adam.fates.all(Outcome::Trains) && sgd.fates.all(Outcome::Vanishes),
        );
        report.claim(
            "by lr",
            "The first step of Adam moves the entries of every hidden matrix by lr, within a tenth.",
            lowest(moved(adam)) > 0.9 * LR && highest(moved(adam)) < 1.001 * LR,
        );
        report.claim(
            "descent",
            "That of gradient descent moves every hidden matrix less than a thousandth as far.",
            highest(moved(sgd)) < 1e-3 * LR,
        );
        report.claim(
            "below epsilon",
            "At fifty layers the gradient of every hidden matrix is below epsilon, and Adam's step \
             below a tenth of lr.",
            highest(deep.iter().map(|step| step.gradient)) < 1e-8
                && highest(deep.iter().map(|step| step.update)) < 0.1 * LR,
        );
        report.claim_book(
            "rates",
            format!("Of {} networks at nine rates, {right} are judged right", judged.len()),
            3 * right >= 2 * judged.len(),
        );
        report.claim(
            "crossed",
            format!(
                "On architectures that the fit has not seen the verdict is right for {} of {} \
                 networks trained with Adam",
                percent(crossed.accuracy()),
                crossed.count()
            ),
            crossed.accuracy() > 0.8,
        );
        report.claim(
            "fresh",
            format!(
                "On {} networks of another seed, which nothing was fitted on, it is right for {}",
                fresh.count(),
                percent(fresh.accuracy())
            ),
            fresh.accuracy() > 0.75,
        );
    }
}
