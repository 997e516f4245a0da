//! The figures of the lab.

use super::{predicted, Scorecard, Settings};
use crate::score::summary::{score, Summary};
use crate::score::tables::{bins, margin, margins, MARGINS};
use crate::score::{centre, Bin, Pair, Score, OUTCOMES};
use crate::spine::prelude::*;
use minigrad::theory::{Kind, Limits};
use minigrad_plot::{Bars, Cells};

pub fn all(card: &Scorecard) -> Vec<Drawing> {
    let networks = predicted(&card.networks);
    let all = score(&networks);
    vec![
        verdicts(&all, card),
        curves(card),
        groups(&networks, &all),
        plane(&places(&networks)),
        reliability(&bins(&all)),
        by_margin(&networks),
    ]
}

/// Rows measured, columns predicted: how many, and whether that is right.
fn verdicts(score: &Score, card: &Scorecard) -> Drawing {
    let names = OUTCOMES.map(|outcome| outcome.to_string());
    let cells = [0, 1, 2].map(|i| [0, 1, 2].map(|j| Some(usize::from(i != j))).to_vec());
    let texts = score.matrix.map(|row| row.map(|count| count.to_string()).to_vec());
    let (right, all) = (score.right(), score.count());
    Cells::new(&format!("{right} of {all} verdicts are right"))
        .subtitle(&format!(
            "{all} configurations, {} steps, {} seeds each",
            card.settings.steps, card.settings.seeds
        ))
        .desc("How often each measured outcome was predicted to be each. The diagonal is right.")
        .columns("predicted", &names)
        .rows("measured", &names)
        .category(colors::RIGHT, "right")
        .category(colors::WRONG, "wrong")
        .cells(&cells)
        .texts(&texts)
        .render()
}

fn curves(card: &Scorecard) -> Drawing {
    let Settings { steps, seeds, .. } = card.settings;
    let names = super::chosen(&card.settings);
    let chosen = predicted(&card.chosen);
    let charts = names.iter().zip(&chosen).map(|((name, _), (measured, prediction))| {
        let mut windows = measured.training.windows();
        // The last window lies inside the one before.
        windows.pop();
        let line = |losses: &[f64]| -> Vec<(f64, f64)> {
            let points = windows.iter().map(|&window| centre(window)).zip(losses.iter().copied());
            points.filter(|(_, loss)| loss.is_finite()).collect()
        };
        Chart::new(&name.replace(" x ", " × "))
            .height(270.0)
            .x(Axis::log("step", 1.0, steps.max(2) as f64))
            .y(Axis::log("training loss (nats)", 1e-3, 1e1))
            .dashed(colors::THEORY, "", &line(&prediction.window_losses()))
            .marks(colors::MEASURED, "", &line(&measured.losses))
    });
    Panels::new("Predicted before the run, and measured", charts.collect())
        .subtitle(&format!(
            "dashed: theory, from the recipe alone; rings: measured, median of {seeds} seeds"
        ))
        .desc(&format!(
            "Loss against the step for {} recipes, both logarithmic, measured and predicted.",
            chosen.len()
        ))
        .columns(2)
        .render()
}

/// A kind of network, and whether a recipe is of it.
type Kinds = &'static [(&'static str, fn(&Recipe) -> bool)];

const FIELDS: [(&str, Kinds); 4] = [
    ("body", &[("block", |r| r.body == Body::Block), ("plain", |r| r.body == Body::Plain)]),
    (
        "activation",
        &[
            ("GELU", |r| r.activation == Gelu),
            ("identity", |r| r.activation == Identity),
            ("ReLU", |r| r.activation == Relu),
            ("SiLU", |r| r.activation == Silu),
            ("tanh", |r| r.activation == Tanh),
        ],
    ),
    (
        "norm",
        &[
            ("LayerNorm", |r| r.norm == Norm::Layer),
            ("RMSNorm", |r| r.norm == Norm::Rms),
            ("none", |r| r.norm == Norm::None),
        ],
    ),
    ("residual", &[("with", |r| r.residual), ("without", |r| !r.residual)]),
];

/// Share of right verdicts by value of a field, with two standard errors.
fn groups(networks: &[Pair], all: &Score) -> Drawing {
    let groups = FIELDS.map(|(field, kinds)| {
        let of = |is_one: fn(&Recipe) -> bool| {
            score(networks.iter().filter(|(one, _)| is_one(&one.recipe)))
        };
        let kinds = kinds.iter().map(|&(name, is_one)| (name, of(is_one)));
        (field, kinds.filter(|(_, score)| score.count() > 0).collect::<Vec<_>>())
    });
    let range = |one: &Score| {
        let share = one.accuracy();
        let error = 2.0 * (share * (1.0 - share) / one.count() as f64).sqrt();
        ((share - error).max(0.0), (share + error).min(1.0))
    };
    let is_apart = |one: &Score| {
        let (low, high) = range(one);
        !(low..=high).contains(&all.accuracy())
    };
    let kinds = || groups.iter().flat_map(|(_, kinds)| kinds);
    let count = kinds().count();
    let title = match kinds().filter(|(_, one)| is_apart(one)).count() {
        0 => format!("All {count} kinds of network are within two standard errors of the whole"),
        apart => format!("{apart} of {count} kinds are beyond two standard errors of the whole"),
    };
    let mut figure = Bars::new(&title, "right verdicts (%)")
        .up_to(100.0)
        .subtitle("bars: share of right verdicts; whiskers: two standard errors");
    for (field, kinds) in &groups {
        figure = figure.group(field);
        for (name, one) in kinds {
            let (low, high) = range(one);
            let text = format!("{} of {}", one.right(), one.count());
            let range = (100.0 * low, 100.0 * high);
            figure = figure.bar(colors::RIGHT, name, 100.0 * one.accuracy(), range, &text);
        }
    }
    figure.render()
}

/// A network among the sizes of its verdict, each over its limit.
pub struct Place {
    push: f64,
    /// Where every path goes through a norm.
    collapse: Option<f64>,
    /// The final loss of the curve, whose limit is half that of a guess.
    loss: f64,
    outcome: Option<Outcome>,
}

pub fn places(networks: &[Pair]) -> Vec<Place> {
    let limits = Limits::FITTED;
    let place = |(measured, prediction): &Pair| {
        let stability = &prediction.stability;
        let collapse = stability.collapse.filter(|_| stability.kind == Kind::Enclosed);
        Place {
            push: stability.push / limits.push(stability.kind),
            collapse: collapse.map(|size| size / limits.collapse),
            loss: prediction.stable_end() / (0.5 * GUESS),
            outcome: measured.outcome(),
        }
    };
    networks.iter().map(place).collect()
}

/// How many of the networks train whose sizes are all below their limits, or of the others, and how
/// many these are.
pub fn trained(places: &[Place], below: bool) -> (usize, usize) {
    let is_below = |place: &Place| {
        place.push < 1.0 && place.collapse.is_none_or(|size| size < 1.0) && place.loss < 1.0
    };
    let those = places.iter().filter(|place| is_below(place) == below);
    let outcomes: Vec<Outcome> = those.filter_map(|place| place.outcome).collect();
    (outcomes.iter().filter(|&&outcome| outcome == Outcome::Trains).count(), outcomes.len())
}

/// Push against collapse where norms are on every path, push against the final loss elsewhere.
fn plane(places: &[Place]) -> Drawing {
    // Where there is a way around the norms, or no norm, nothing is said of a collapse.
    let panels = vec![
        panel("Norms on every path", "collapse / limit", places, |place| place.collapse),
        panel("No norm, or a stream around it", "final loss / limit", places, |place| {
            place.collapse.is_none().then_some(place.loss)
        }),
    ];
    let [below, above] = [true, false].map(|below| {
        let (trained, all) = trained(places, below);
        format!("{trained} of {all}")
    });
    Panels::new(&format!("Below every limit {below} networks train, elsewhere {above}"), panels)
        .columns(2)
        .subtitle("measured: ● trains, ■ diverges, ▲ vanishes; dashed: the limits of the verdict")
        .desc(&format!(
            "Two panels of points, one a network, by its measured outcome, with the limits of the \
             verdict as two dashed lines each. Below every limit {below} networks train, elsewhere \
             {above}."
        ))
        .render()
}

fn panel(title: &str, y: &str, places: &[Place], size: fn(&Place) -> Option<f64>) -> Chart {
    // What lies further out stands on the border; a size that is not a number belongs to a signal
    // that has overflowed.
    const ENDS: (f64, f64) = (1e-3, 1e3);
    let within = |size: f64| if size.is_nan() { ENDS.1 } else { size.clamp(ENDS.0, ENDS.1) };
    let chart = Chart::new(title)
        .height(330.0)
        .x(Axis::log("push / limit", ENDS.0, ENDS.1))
        .y(Axis::log(y, ENDS.0, ENDS.1))
        .dashed(colors::THEORY, "", &[(1.0, ENDS.0), (1.0, ENDS.1)])
        .dashed(colors::THEORY, "", &[(ENDS.0, 1.0), (ENDS.1, 1.0)]);
    OUTCOMES.iter().fold(chart, |chart, &outcome| {
        let those = places.iter().filter(|place| place.outcome == Some(outcome));
        let point = |place: &Place| Some((within(place.push), within(size(place)?)));
        let points: Vec<(f64, f64)> = those.filter_map(point).collect();
        chart.marks(colors::outcome(outcome), "", &points)
    })
}

/// What share is likely behind `right` of `all`, in percent: Wilson's interval of two standard errors.
fn interval(right: usize, all: usize) -> (f64, f64) {
    let (n, z2) = (all as f64, 4.0);
    let share = right as f64 / n;
    let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = (z2 * (share * (1.0 - share) / n + z2 / (4.0 * n * n))).sqrt() / (1.0 + z2 / n);
    (100.0 * (middle - half).max(0.0), 100.0 * (middle + half).min(1.0))
}

/// How often verdicts came true, against how often they were said to.
fn reliability(bins: &[Bin]) -> Drawing {
    // In percent, to the digit that the table has.
    let shown = |share: f64| (1000.0 * share).round() / 10.0;
    let place = |bin: &Bin| {
        let (low, high) = interval(bin.right, bin.count);
        (shown(bin.said), shown(bin.came()), low, high)
    };
    let places: Vec<(f64, f64, f64, f64)> =
        bins.iter().filter(|bin| bin.count > 0).map(place).collect();
    let honest = places.iter().filter(|(said, _, low, high)| (low..=high).contains(&said)).count();
    Chart::new(&format!(
        "{honest} of {} groups of verdicts come true as often as said",
        places.len()
    ))
    .subtitle("verdicts grouped by their probability; ranges: two standard errors; dashed: as said")
    .desc(
        "Share of verdicts that came true against the probability with which they were said, with \
             ranges, and a diagonal on which the two are equal.",
    )
    .x(Axis::linear("said (%)", 30.0, 100.0))
    .y(Axis::linear("came true (%)", 0.0, 100.0))
    .dashed(Color::Muted, "", &[(30.0, 30.0), (100.0, 100.0)])
    .intervals(colors::MEASURED, "", &places)
    .render()
}

/// Share of right verdicts by how far the first updates are from their limit.
fn by_margin(networks: &[Pair]) -> Drawing {
    let counts = |summary: Summary| (summary.verdicts().right(), summary.count());
    let bins = MARGINS.into_iter().zip(margins(networks).into_iter().map(counts));
    let bins: Vec<([f64; 2], (usize, usize))> = bins.filter(|(_, (_, all))| *all > 0).collect();
    let of = |is_near: bool| {
        let those = bins.iter().filter(|([low, _], _)| (0.3..3.0).contains(low) == is_near);
        those.fold((0, 0), |sum, (_, (right, all))| (sum.0 + right, sum.1 + all))
    };
    let ((near, of_near), (far, of_far)) = (of(true), of(false));
    let title =
        format!("Near a limit {near} of {of_near} verdicts are right, elsewhere {far} of {of_far}");
    let figure = Bars::new(&title, "right verdicts (%)").up_to(100.0).subtitle(
        "by the larger of push and collapse, over its limit; whiskers: two standard errors",
    );
    let bar = |figure: Bars, &(bounds, (right, all)): &(_, (usize, usize))| {
        let (share, text) = (100.0 * (right as f64 / all as f64), format!("{right} of {all}"));
        figure.bar(colors::RIGHT, &margin(bounds), share, interval(right, all), &text)
    };
    bins.iter().fold(figure, bar).render()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wilson's interval of 8 of 10 at z = 2: (0.8 + 0.2 ± 2 sqrt(0.016 + 0.01)) / 1.4.
    #[test]
    fn an_interval_is_wilsons() {
        let (low, high) = interval(8, 10);
        assert!((low - 100.0 * (1.0 - 2.0 * 0.026_f64.sqrt()) / 1.4).abs() < 1e-9, "{low}");
        assert!((high - 100.0 * (1.0 + 2.0 * 0.026_f64.sqrt()) / 1.4).abs() < 1e-9, "{high}");
        // Nothing right of many is no certainty.
        let (low, high) = interval(0, 2);
        assert!(low == 0.0 && high > 50.0, "{low} {high}");
    }
}
