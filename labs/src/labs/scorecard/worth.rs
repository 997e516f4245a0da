//! What a verdict is worth: by how sure it is, and by how far from its limits.

use minigrad_plot::{Axis, Bars, Chart, Color, Drawing};

use super::{tally, Tally};
use crate::labs::data::Data;
use crate::labs::meaning::{MEASURED, RIGHT};

fn percent(cell: Option<&String>) -> f64 {
    cell.and_then(|cell| cell.trim_end_matches(" %").parse().ok()).unwrap_or(f64::NAN)
}

/// What share is likely behind `right` of `all`, in percent: Wilson's interval of two standard errors.
fn interval(Tally { right, all }: Tally) -> (f64, f64) {
    let (n, z2) = (all as f64, 4.0);
    let share = right as f64 / n;
    let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = (z2 * (share * (1.0 - share) / n + z2 / (4.0 * n * n))).sqrt() / (1.0 + z2 / n);
    (100.0 * (middle - half).max(0.0), 100.0 * (middle + half).min(1.0))
}

/// How often verdicts came true, against how often they were said to.
pub fn reliability(data: &Data) -> Drawing {
    let rows = data.rows("reliability");
    let places: Vec<(f64, f64, f64, f64)> = rows
        .iter()
        .map(|row| {
            let (said, came) = (percent(row.get(2)), percent(row.get(3)));
            let all = row.get(1).and_then(|cell| cell.parse().ok()).unwrap_or(0);
            let right = (came * all as f64 / 100.0).round() as usize;
            let (low, high) = interval(Tally { right, all });
            (said, came, low, high)
        })
        .filter(|place| place.1.is_finite())
        .collect();
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
    .intervals(MEASURED, "", &places)
    .render()
}

/// Share of right verdicts by how far the first updates are from their limit.
pub fn margins(data: &Data) -> Drawing {
    let bins: Vec<(&str, Tally)> = data
        .rows("margins")
        .iter()
        .filter_map(|row| Some((row.first()?.as_str(), tally(row))))
        .filter(|(_, tally)| tally.all > 0)
        .collect();
    let of = |is_near: bool| {
        let those =
            bins.iter().filter(|(name, _)| name.starts_with("0.3") || name.starts_with("1 "));
        let near = those.fold(Tally::default(), |sum, (_, tally)| sum.add(*tally));
        let all = bins.iter().fold(Tally::default(), |sum, (_, tally)| sum.add(*tally));
        match is_near {
            true => near,
            false => Tally { right: all.right - near.right, all: all.all - near.all },
        }
    };
    let (near, far) = (of(true), of(false));
    let title = format!(
        "Near a limit {} of {} verdicts are right, elsewhere {} of {}",
        near.right, near.all, far.right, far.all
    );
    let figure = Bars::new(&title, "right verdicts (%)").up_to(100.0).subtitle(
        "by the larger of push and collapse, over its limit; whiskers: two standard errors",
    );
    bins.iter()
        .fold(figure, |figure, (name, tally)| {
            let text = format!("{} of {}", tally.right, tally.all);
            figure.bar(RIGHT, name, 100.0 * tally.share(), interval(*tally), &text)
        })
        .render()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wilson's interval of 8 of 10 at z = 2: (0.8 + 0.2 ± 2 sqrt(0.016 + 0.01)) / 1.4.
    #[test]
    fn an_interval_is_wilsons() {
        let (low, high) = interval(Tally { right: 8, all: 10 });
        assert!((low - 100.0 * (1.0 - 2.0 * 0.026_f64.sqrt()) / 1.4).abs() < 1e-9, "{low}");
        assert!((high - 100.0 * (1.0 + 2.0 * 0.026_f64.sqrt()) / 1.4).abs() < 1e-9, "{high}");
        // Nothing right of many is no certainty.
        let (low, high) = interval(Tally { right: 0, all: 2 });
        assert!(low == 0.0 && high > 50.0, "{low} {high}");
    }
}
