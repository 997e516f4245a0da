//! What the results show.

use super::tables::right_at_rates;
use super::{Adams, Key, Rule, LR};
use crate::experiments::calibration::tables::percent;
use crate::experiments::score::Score;
use crate::experiments::{highest, lowest, Claim};
use minigrad::recipe::Outcome;

pub(super) fn claims(adams: &Adams, crossed: &Score, fresh: &Score) -> Vec<Claim> {
    let of = |key: Key| adams.sweep.of(&key);
    let (sgd, adam) = (of(Key::Plateau(Rule::Sgd)), of(Key::Plateau(Rule::Adam)));
    let hidden = |key: Key| {
        let steps = adams.first_step(&key);
        &steps[..steps.len() - 1]
    };
    let moved = |rule| hidden(Key::Plateau(rule)).iter().map(|step| step.update);
    let deep = || hidden(Key::Deep(Rule::Adam)).iter();
    let (right, judged) = right_at_rates(adams);
    vec![
        Claim::new(
            format!(
                "Adam leaves the plateau: at lr {LR} each of its {} runs trains, and none of \
                 gradient descent.",
                adams.settings.seeds
            ),
            adam.all(Outcome::Trains) && sgd.all(Outcome::Vanishes),
        ),
        Claim::new(
            "The first step of Adam moves the entries of every hidden matrix by lr, within a tenth.",
            lowest(moved(Rule::Adam)) > 0.9 * LR && highest(moved(Rule::Adam)) < 1.001 * LR,
        ),
        Claim::new(
            "That of gradient descent moves every hidden matrix less than a thousandth as far.",
            highest(moved(Rule::Sgd)) < 1e-3 * LR,
        ),
        Claim::new(
            "At fifty layers the gradient of every hidden matrix is below epsilon, and Adam's step \
             below a tenth of lr.",
            highest(deep().map(|step| step.gradient)) < 1e-8
                && highest(deep().map(|step| step.update)) < 0.1 * LR,
        ),
        Claim::book(
            format!("Of {judged} networks at nine rates, {right} are judged right"),
            3 * right >= 2 * judged,
        ),
        Claim::new(
            format!(
                "On architectures that the fit has not seen the verdict is right for {} of {} \
                 networks trained with Adam",
                percent(crossed.accuracy()),
                crossed.count()
            ),
            crossed.accuracy() > 0.8,
        ),
        Claim::new(
            format!(
                "On {} networks of another seed, which nothing was fitted on, it is right for {}",
                fresh.count(),
                percent(fresh.accuracy())
            ),
            fresh.accuracy() > 0.75,
        ),
    ]
}
