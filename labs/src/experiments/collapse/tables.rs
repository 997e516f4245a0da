//! What the collapses say: claims, numbers, tables.

use super::{Collapses, Size, RATES};
use crate::experiments::{cells, highest, lowest, number, Cell, Claim, Report, Spread, Table};
use minigrad::theory::Stability;

impl Size {
    /// Critical sharpness over the seeds; NaN where a seed has none.
    pub fn critical_sharpness(&self) -> Spread {
        let Spread { low, middle, high } = self.critical();
        let [low, middle, high] =
            [low, middle, high].map(|rate| self.at(rate, |stability| stability.sharpness));
        Spread { low, middle, high }
    }

    /// Relative weight movement of one step at the middle critical rate.
    pub fn critical_movement(&self) -> f64 {
        self.at(self.critical().middle, |stability| stability.movement)
    }

    /// The sharpness above which theory says that the network collapses.
    pub fn limit(&self) -> f64 {
        self.at(self.predicted_rate(), |stability| stability.sharpness)
    }

    fn at(&self, rate: f64, of: impl Fn(&Stability) -> f64) -> f64 {
        if rate.is_finite() {
            of(&self.stability(rate))
        } else {
            f64::NAN
        }
    }

    /// Critical learning rate over the seeds.
    fn critical(&self) -> Spread {
        Spread::of(self.critical_rates().unwrap_or_default())
    }
}

/// By what factors the measured border and theory's grow from the first of some sizes to the last.
fn growth(sizes: &[&Size]) -> [f64; 2] {
    let [Some(first), Some(last)] = [sizes.first(), sizes.last()] else { return [f64::NAN; 2] };
    let middle = |size: &Size| size.critical_sharpness().middle;
    [middle(last) / middle(first), last.limit() / first.limit()]
}

impl Collapses {
    /// Claims, numbers and tables.
    pub fn report(&self) -> Report {
        let mut report = Report::new(
            "collapse",
            "Does width keep a deep normalized stack from collapsing, and does depth bring it on?",
        );
        report.settings = self.settings.shown();
        report.value("steps", self.settings.steps);
        report.value("seeds", self.settings.seeds);
        report.value("rates", RATES);
        for size in &self.sweep.arms {
            let Spread { low, middle, high } = size.critical_sharpness();
            let (depth, width) = size.key;
            report.numbers(
                &format!("{depth}x{width}"),
                [
                    ("critical", size.critical().middle),
                    ("predicted", size.predicted_rate()),
                    ("sharpness_low", low),
                    ("sharpness", middle),
                    ("sharpness_high", high),
                    ("limit", size.limit()),
                    ("movement", size.critical_movement()),
                ],
            );
        }
        for (name, sizes) in [("width", self.over_width()), ("depth", self.over_depth())] {
            let [measured, predicted] = growth(&sizes);
            report.numbers(name, [("growth", measured), ("growth_limit", predicted)]);
            let sharpness: Vec<Spread> =
                sizes.iter().map(|size| size.critical_sharpness()).collect();
            let column = |of: fn(&Spread) -> f64| sharpness.iter().map(of).collect::<Vec<f64>>();
            report.series(format!("{name} sharpness low"), column(|s| s.low));
            report.series(format!("{name} sharpness median"), column(|s| s.middle));
            report.series(format!("{name} sharpness high"), column(|s| s.high));
            report.series(format!("{name} limit"), sizes.iter().map(|size| size.limit()));
        }
        report.tables.insert("sizes", self.table());
        report.claims = self.claims();
        report
    }

    /// One row a size.
    fn table(&self) -> Table {
        let mut table = Table::new([
            "depth",
            "width",
            "critical lr",
            "its sharpness",
            "range",
            "theory's limit",
            "movement",
        ]);
        for size in &self.sweep.arms {
            let Spread { low, middle, high } = size.critical_sharpness();
            let (depth, width) = size.key;
            table.row(cells![
                depth,
                width,
                size.critical().middle,
                middle,
                Cell::number(format!("{} to {}", number(low), number(high))),
                size.limit(),
                size.critical_movement(),
            ]);
        }
        table
    }

    fn claims(&self) -> Vec<Claim> {
        let (widths, depths) = (self.over_width(), self.over_depth());
        let [measured, limit] = growth(&widths);
        let [deep, deep_limit] = growth(&depths);
        let (narrowest, widest) = (widths.first(), widths.last());
        let width = |size: Option<&&Size>| size.map_or(0, |size| size.key.1);
        let mut tried = self.sweep.arms.iter().flat_map(|size| size.trials.iter().flatten());
        let movements = || widths.iter().map(|size| size.critical_movement());
        vec![
            Claim::new(
                "Every network survives the smallest learning rates and collapses at the largest.",
                self.sweep.arms.iter().all(|size| size.critical_rates().is_some()),
            ),
            Claim::new(
                "The narrowest networks tried every rate: none survives one above another at which \
                 it collapsed.",
                narrowest.is_some_and(|size| size.is_monotone()),
            ),
            Claim::new(
                "A network that collapsed is finite and ends above 0.6, near the loss of a guess.",
                tried.all(|one| !one.has_collapsed() || (one.loss > 0.6 && one.loss < 1.0)),
            ),
            Claim::book(
                format!(
                    "From width {} to {} the critical sharpness grows as theory's limit does, within \
                     a factor of 1.25; over the depth both fall, within a factor of 1.5.",
                    width(narrowest),
                    width(widest)
                ),
                within(measured / limit, 1.25) && within(deep / deep_limit, 1.5),
            ),
            Claim::book(
                "Width is no cure: with each doubling the median critical learning rate falls.",
                falls_by(&widths, 1.0),
            ),
            Claim::book(
                "What stays over the width is the relative weight movement: at the median critical \
                 rate its largest value is less than 1.5 times its smallest.",
                highest(movements()) < 1.5 * lowest(movements()),
            ),
            Claim::book(
                "Depth brings the collapse on: with each doubling the median critical learning rate \
                 falls by more than a factor of 2.",
                falls_by(&depths, 2.0),
            ),
        ]
    }
}

/// Whether a ratio is 1 within a factor.
fn within(ratio: f64, factor: f64) -> bool {
    ratio < factor && ratio > 1.0 / factor
}

/// Whether the middle critical rate falls by more than `factor` from each size to the next.
fn falls_by(sizes: &[&Size], factor: f64) -> bool {
    let falls = |pair: &[&Size]| pair[0].critical().middle > factor * pair[1].critical().middle;
    sizes.len() > 1 && sizes.windows(2).all(falls)
}
