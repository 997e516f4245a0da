//! Tables that a score has by windows, probabilities and groups: each as plain numbers, and as a reader
//! sees it.

use super::summary::{decades, share, Summary, NOTHING};
use super::{by_window, Bin, Errors, Pair, Score, Windows, LEAST};
use crate::spine::prelude::*;
use minigrad::theory::Limits;

/// In the words of a table.
fn steps(window: Option<usize>) -> String {
    match window {
        None => "last tenth".to_owned(),
        Some(start @ ..2) => format!("{}", start + 1),
        Some(start) => format!("{} to {}", start + 1, 2 * start),
    }
}

/// Reports the errors of curves window by window.
pub fn curves(windows: &Windows<Errors>, name: &'static str, title: &str, report: &mut Report) {
    let header = ["steps", "networks", "theory", "ln 2", "skill"];
    let row = |(window, errors): &(_, Errors)| {
        let skill = errors.skill();
        let skill = if skill.is_finite() { format!("{skill:.2}") } else { NOTHING.to_owned() };
        let [theory, guess] = [errors.theory, errors.guess].map(decades);
        let [theory, guess, skill] = [theory, guess, skill].map(Cell::number);
        cells![steps(*window), errors.count, theory, guess, skill]
    };
    report.table(name, title, header, windows.iter().map(row));
}

/// Networks below, inside and above the band of a window, of which a tenth, eight tenths and a tenth
/// are expected, whatever became of them.
pub fn bands(pairs: &[&Pair], limits: &Limits, progress: &dyn Progress) -> Windows<[usize; 3]> {
    let bands = map_in_parallel(pairs, progress, |(_, p)| p.band_within(limits));
    let mut all: Windows<[usize; 3]> = vec![];
    for ((measured, _), band) in pairs.iter().zip(bands) {
        let sides = measured.losses.iter().zip(band).map(|(&loss, band)| side(loss, band));
        for (window, side) in by_window(&measured.training, sides) {
            let place = all.iter().position(|(one, _)| *one == window).unwrap_or_else(|| {
                all.push((window, [0; 3]));
                all.len() - 1
            });
            all[place].1[side] += 1;
        }
    }
    all.sort_by_key(|(window, _)| window.unwrap_or(usize::MAX));
    all
}

/// Whether a measured loss is below, inside or above its band; losses below 1e-3 count as 1e-3, and
/// what left the finite numbers is above every number.
fn side(loss: f64, (low, high): (f64, f64)) -> usize {
    let loss = if loss.is_nan() { f64::INFINITY } else { loss.max(LEAST) };
    usize::from(loss >= low.max(LEAST)) + usize::from(loss > high.max(LEAST))
}

/// The shares inside: of all windows but the last tenth, which would count twice, and the first, in
/// which nothing has moved; and of the last tenth.
pub fn inside(bands: &Windows<[usize; 3]>) -> [f64; 2] {
    let share = |is_one: fn(Option<usize>) -> bool| {
        let those = bands.iter().filter(|(window, _)| is_one(*window)).map(|(_, one)| one);
        let add =
            |(inside, all), one: &[usize; 3]| (inside + one[1], all + one.iter().sum::<usize>());
        let (inside, all) = those.fold((0, 0), add);
        inside as f64 / all as f64
    };
    [share(|window| window.is_some_and(|start| start > 0)), share(|window| window.is_none())]
}

/// Reports where measured losses lie beside their bands, window by window.
pub fn covered(bands: &Windows<[usize; 3]>, report: &mut Report) {
    let header = ["steps", "networks", "below", "inside", "above"];
    let row = |&(window, counts): &(_, [usize; 3])| {
        let count: usize = counts.iter().sum();
        let shares = counts.map(|one| share(one as f64 / count as f64));
        cells![steps(window), count].into_iter().chain(shares)
    };
    report.table("bands", "", header, bands.iter().map(row));
}

const BINS: [f64; 8] = [1.0 / 3.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0];

/// How often verdicts of a probability come true.
pub fn bins(score: &Score) -> Vec<Bin> {
    BINS.windows(2).map(|bounds| score.odds.between(bounds[0], bounds[1])).collect()
}

/// Reports them.
pub fn reliability(bins: &[Bin], report: &mut Report) {
    let header = ["probability", "verdicts", "said on average", "came true"];
    let rows = BINS.windows(2).zip(bins).map(|(bounds, bin)| {
        let name = format!("{:.0} to {:.0} %", 100.0 * bounds[0], 100.0 * bounds[1]);
        let cell = |value: f64| if bin.count == 0 { "".into() } else { share(value) };
        cells![name, bin.count, cell(bin.said), cell(bin.came())]
    });
    report.table("reliability", "Reliability", header, rows);
}

/// By the values of some fields of a recipe.
pub fn groups(pairs: &[Pair]) -> Vec<(String, Summary)> {
    let fields: [fn(&Recipe) -> String; 5] = [
        |r| format!("body {}", r.body),
        |r| r.activation.to_string(),
        |r| match r.placement {
            Placement::None => "no norm".to_owned(),
            placement => format!("{placement} {}", r.norm),
        },
        |r| format!("{} residual", if r.residual { "with" } else { "without" }),
        |r| match r.depth {
            0..=8 => "depth to 8".to_owned(),
            9..=16 => "depth 9 to 16".to_owned(),
            _ => "depth above 16".to_owned(),
        },
    ];
    let of = |field: fn(&Recipe) -> String| {
        let mut names: Vec<String> = pairs.iter().map(|(one, _)| field(&one.recipe)).collect();
        names.sort();
        names.dedup();
        names.into_iter().map(move |name| {
            let group = pairs.iter().filter(|(one, _)| field(&one.recipe) == name);
            let summary = Summary::of(group);
            (name, summary)
        })
    };
    fields.into_iter().flat_map(of).collect()
}

/// Reports them.
pub fn grouped(groups: &[(String, Summary)], report: &mut Report) {
    let header = ["group", "configurations", "right", "curve error", "at the end", "half time"];
    let rows = groups.iter().map(|(name, summary)| {
        cells![&**name, summary.count()].into_iter().chain(summary.course())
    });
    report.table("groups", "Groups", header, rows);
}

/// Bounds of the size of the first updates, relative to the limit that they come nearest to or exceed
/// most.
pub const MARGINS: [[f64; 2]; 6] =
    [[0.0, 0.1], [0.1, 0.3], [0.3, 1.0], [1.0, 3.0], [3.0, 10.0], [10.0, f64::INFINITY]];

/// Within each of [`MARGINS`].
pub fn margins(pairs: &[Pair]) -> Vec<Summary> {
    let limits = Limits::FITTED;
    let size = |p: &Prediction| {
        let size = p.stability.push / limits.push(p.stability.kind);
        let size = p.stability.collapse.map_or(size, |c| size.max(c / limits.collapse));
        // What is not finite is the largest of all.
        size.min(f64::MAX)
    };
    let within =
        |[low, high]: [f64; 2]| pairs.iter().filter(move |(_, p)| (low..high).contains(&size(p)));
    MARGINS.into_iter().map(|bounds| Summary::of(within(bounds))).collect()
}

/// In the words of tables and figures.
pub fn margin([from, to]: [f64; 2]) -> String {
    match (from, to) {
        (0.0, _) => format!("below {to}"),
        (_, f64::INFINITY) => format!("above {from}"),
        _ => format!("{from} to {to}"),
    }
}

/// Reports them.
pub fn margin_table(margins: &[Summary], report: &mut Report) {
    let header = ["first updates over their limit", "configurations", "right"];
    let rows = MARGINS.into_iter().zip(margins).map(|(bounds, summary)| {
        let is_empty = summary.count() == 0;
        let right = if is_empty { "".into() } else { share(summary.accuracy()) };
        cells![margin(bounds), summary.count(), right]
    });
    report.table("margins", "", header, rows);
}

#[cfg(test)]
mod tests {
    use super::side;

    #[test]
    fn what_left_the_finite_numbers_is_inside_a_band_without_an_end_alone() {
        let sides = [0.1, 0.2, 0.6, 0.7, f64::NAN].map(|loss| side(loss, (0.2, 0.6)));
        assert_eq!(sides, [0, 1, 1, 2, 2]);
        assert_eq!(side(f64::NAN, (0.2, f64::INFINITY)), 1);
        assert_eq!(side(1e-5, (1e-4, 1e-2)), 1);
    }
}
