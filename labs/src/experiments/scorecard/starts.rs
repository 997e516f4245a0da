//! A second design: branches that start as in no set that a limit was fitted to.

use super::design::{trained, weights, INITS};
use super::tables::{failures, majority};
use super::{Design, Scorecard, Settings};
use crate::experiments::score::{Measured, Score, OUTCOMES};
use crate::experiments::{cells, Claim, Report, Table};
use crate::score::summary::{percent, share, Summary};
use minigrad::random::{Random, Stream};
use minigrad::recipe::{Activation, Body, Norm, OutProj, Placement, Recipe};
use minigrad::theory::Prediction;

/// The starts that predictions cover and no limit was fitted on.
pub const STARTS: [OutProj; 2] = [OutProj::Fixup, OutProj::DeepNorm];

/// Within those of the sets that the limits were fitted to, so that the start alone is new.
const DEPTHS: [usize; 8] = [4, 6, 8, 10, 12, 16, 24, 32];
const WIDTHS: [usize; 3] = [64, 96, 128];

/// The configurations of the settings whose residual blocks start by Fixup, without a norm, or by
/// DeepNorm, with a norm of each sum: starts, depths, activations, inits and rates by turns, the rest
/// at random. Rates are those of [`design`](super::design).
pub fn other_starts(settings: &Settings) -> Vec<Design> {
    let mut random = Random::new(settings.seed, Stream::SecondDesign);
    (0..settings.starts).map(|index| one(index, settings, &mut random)).collect()
}

fn one(index: usize, settings: &Settings, random: &mut Random) -> Design {
    let start = STARTS[index % STARTS.len()];
    let blocks = Recipe::blocks(DEPTHS[index / STARTS.len() % DEPTHS.len()]);
    let blocks = blocks.activation(Activation::ALL[index % Activation::ALL.len()]);
    // Each kind once: Kaiming stands there twice.
    let blocks = blocks.init(INITS[1 + index % (INITS.len() - 1)]).residual();
    let norm = [Norm::Layer, Norm::Rms][random.below(2)];
    loop {
        let blocks = blocks.clone().width(WIDTHS[random.below(WIDTHS.len())]);
        let recipe = match start {
            OutProj::DeepNorm => blocks.norm(norm).placement(Placement::Post),
            _ => blocks,
        };
        let recipe = recipe.out_proj(start);
        // Wider than the narrowest where that takes no longer than most.
        if recipe.width == WIDTHS[0] || weights(&recipe) <= 600_000 {
            return trained(recipe, index, settings, random);
        }
    }
}

type Pair = (Measured, Prediction);

/// The two designs side by side, and of the first the blocks whose norms stand where a start has its own.
pub(super) fn say(report: &mut Report, card: &Scorecard) {
    let score = Score::of(card.starts.iter().map(|(m, p)| (m, p)));
    let mut new = crate::spine::Report::default();
    Summary::from(score.clone()).values("starts", &mut new);
    report.values.extend(new.values);
    report.value("starts", card.settings.starts);
    report.value("starts_majority", percent(majority(&score)));
    let of = |pairs: &[Pair], is_one: &dyn Fn(&Recipe) -> bool| {
        let those = pairs.iter().filter(|(measured, _)| is_one(&measured.recipe));
        Score::of(those.map(|(measured, prediction)| (measured, prediction)))
    };
    let [fixup, deepnorm] = STARTS.map(|start| of(&card.starts, &|r| r.out_proj == start));
    let placed = |placement| {
        let like =
            move |r: &Recipe| r.body == Body::Block && r.residual && r.placement == placement;
        of(&card.pairs, &like)
    };
    let rows = [
        ("Fixup", &fixup),
        ("other residual blocks without a norm", &placed(Placement::None)),
        ("DeepNorm", &deepnorm),
        ("other residual blocks with a norm of each sum", &placed(Placement::Post)),
        ("Fixup and DeepNorm", &score),
        ("all others", &of(&card.pairs, &|_| true)),
    ];
    let header = [
        "networks",
        "count",
        "most frequent",
        "right",
        "balanced",
        "log loss",
        "sure",
        "sure and right",
    ];
    let mut table = Table::new(header);
    for (name, score) in rows {
        let first = cells![name, score.count(), share(majority(score))];
        table.row(first.into_iter().chain(Summary::from(score.clone()).odds()));
    }
    report.tables.insert("starts", table);
    report.tables.insert("starts_failures", failures(&card.starts));
    for (name, score) in [("fixup", &fixup), ("deepnorm", &deepnorm)] {
        report.value(format!("{name}_accuracy"), percent(score.accuracy()));
        report.value(format!("{name}_count"), score.count());
        report.value(format!("{name}_wrong"), wrong(score).0);
    }
    report.value("deepnorm_wrong_from", least_wrong_rate(&card.starts, OutProj::DeepNorm));
    let (all, hopeful) = wrong(&score);
    report.value("starts_wrong", all);
    report.value("starts_hopeful", hopeful);
    report.claims.extend(claims(&score, &fixup, &deepnorm));
}

/// How many verdicts are wrong, and how many of those expect more than came: [`OUTCOMES`] ascend.
fn wrong(score: &Score) -> (usize, usize) {
    let count = |is_one: fn(usize, usize) -> bool| {
        let cells = (0..OUTCOMES.len()).flat_map(|i| (0..OUTCOMES.len()).map(move |j| (i, j)));
        cells.filter(|&(i, j)| is_one(i, j)).map(|(i, j)| score.matrix[i][j]).sum()
    };
    (count(|measured, said| measured != said), count(|measured, said| measured < said))
}

/// The smallest rate at which a verdict on a network of this start is wrong.
fn least_wrong_rate(pairs: &[Pair], start: OutProj) -> f64 {
    let those = pairs.iter().filter(|(measured, _)| measured.recipe.out_proj == start);
    let is_wrong = |(m, p): &&Pair| m.outcome().is_some_and(|outcome| outcome != p.verdict());
    those.filter(is_wrong).map(|(measured, _)| measured.training.lr).fold(f64::INFINITY, f64::min)
}

fn claims(score: &Score, fixup: &Score, deepnorm: &Score) -> [Claim; 3] {
    let (wrong, hopeful) = wrong(score);
    [
        Claim::book(
            format!(
                "Of {} networks whose branches start by Fixup or DeepNorm, which no limit was fitted \
                 on, the verdict is right for {}: for {} with Fixup and fewer, {}, with DeepNorm; \
                 always naming the most frequent outcome is right for {}",
                score.count(),
                percent(score.accuracy()),
                percent(fixup.accuracy()),
                percent(deepnorm.accuracy()),
                percent(majority(score)),
            ),
            score.accuracy() > majority(score) + 0.1 && fixup.accuracy() > deepnorm.accuracy(),
        ),
        Claim::book(
            format!(
                "Theory is sure of {} of these verdicts, and {} of the sure ones come true",
                percent(score.odds.sure()),
                percent(score.odds.sure_and_right()),
            ),
            score.odds.sure_and_right() > 0.8,
        ),
        Claim::book(
            format!(
                "{hopeful} of the {wrong} wrong verdicts on them expect too much: training where there \
                 is none, or a standstill where the loss diverges",
            ),
            wrong > 0 && 4 * hopeful >= 3 * wrong,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::scorecard::design;
    use crate::experiments::scorecard::design::RATES;

    fn all() -> Vec<Design> {
        other_starts(&Settings::default())
    }

    #[test]
    fn the_second_design_covers_every_choice_of_each_start() {
        let all = all();
        assert_eq!(all.len(), Settings::default().starts);
        for start in STARTS {
            let those = || all.iter().filter(|one| one.recipe.out_proj == start);
            let has = |what: &dyn Fn(&Recipe) -> bool| those().any(|one| what(&one.recipe));
            assert_eq!(2 * those().count(), all.len(), "{start}");
            for activation in Activation::ALL {
                assert!(has(&|r| r.activation == activation), "{start} {activation}");
            }
            for init in INITS {
                assert!(has(&|r| r.init == init), "{start} {init}");
            }
            for depth in DEPTHS {
                assert!(has(&|r| r.depth == depth), "{start} {depth}");
            }
            for rate in RATES {
                assert!(those().any(|one| one.training.lr == rate), "{start} {rate}");
            }
        }
        let has = |what: &dyn Fn(&Recipe) -> bool| all.iter().any(|one| what(&one.recipe));
        for width in WIDTHS {
            assert!(has(&|r| r.width == width), "{width}");
        }
        for norm in [Norm::None, Norm::Layer, Norm::Rms] {
            assert!(has(&|r| r.norm == norm), "{norm}");
        }
    }

    /// By Zhang, Dauphin & Ma, in place of norms; by Wang et al., in front of a norm of the sum.
    #[test]
    fn each_start_stands_where_its_paper_has_it() {
        for Design { recipe, training } in all() {
            assert!(training.check_for(&recipe).is_ok(), "{recipe}");
            let norms = match recipe.out_proj {
                OutProj::Fixup => Placement::None,
                _ => Placement::Post,
            };
            assert!(recipe.body == Body::Block && recipe.residual, "{recipe}");
            assert_eq!(recipe.placement, norms, "{recipe}");
        }
    }

    #[test]
    fn one_rate_in_three_is_near_a_limit() {
        let by_turns = |one: &&Design| RATES.contains(&one.training.lr);
        assert_eq!(3 * all().iter().filter(by_turns).count(), 2 * all().len());
    }

    /// Nothing of the first design moves when the second does.
    #[test]
    fn the_designs_are_drawn_apart() {
        let settings = Settings { count: 12, ..Settings::default() };
        assert_eq!(design(&Settings { starts: 0, ..settings.clone() }), design(&settings));
        assert_eq!(other_starts(&Settings { count: 0, ..settings.clone() }), all());
        let first = other_starts(&Settings { starts: 8, ..settings });
        assert_eq!(first, all()[..8]);
    }
}
