//! What the collapses say: claims, numbers, tables.

use super::{Collapses, Size, Trial, RATES};
use crate::experiments::{highest, lowest, median, number, Claim, Report, Table};
use crate::theory::Stability;

impl Size {
    /// `[lowest, middle, highest]` critical sharpness of the seeds; NaN where a seed has none.
    pub fn critical_sharpness(&self) -> [f64; 3] {
        self.critical().map(|rate| self.at(rate, |stability| stability.sharpness))
    }

    /// Relative weight movement of one step at the middle critical rate.
    pub fn critical_movement(&self) -> f64 {
        self.at(self.critical()[1], |stability| stability.movement)
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

    /// `[lowest, middle, highest]` critical learning rate.
    fn critical(&self) -> [f64; 3] {
        let Some(rates) = self.critical_rates() else { return [f64::NAN; 3] };
        [rates[0], median(rates.iter().copied()), rates[rates.len() - 1]]
    }

    fn trials(&self) -> impl Iterator<Item = &Trial> {
        self.seeds.iter().flatten()
    }
}

/// By what factors the measured border and theory's grow from the first of some sizes to the last.
fn growth(sizes: &[&Size]) -> [f64; 2] {
    let [Some(first), Some(last)] = [sizes.first(), sizes.last()] else { return [f64::NAN; 2] };
    let middle = |size: &Size| size.critical_sharpness()[1];
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
        report.value("steps", self.settings.steps.to_string());
        report.value("seeds", self.settings.seeds.to_string());
        report.value("rates", RATES.to_string());
        for size in self.sizes() {
            let key = format!("{}x{}", size.recipe.depth, size.recipe.width);
            let [_, rate, _] = size.critical();
            let [low, middle, high] = size.critical_sharpness();
            for (name, value) in [
                ("critical", rate),
                ("predicted", size.predicted_rate()),
                ("sharpness_low", low),
                ("sharpness", middle),
                ("sharpness_high", high),
                ("limit", size.limit()),
                ("movement", size.critical_movement()),
            ] {
                report.value(format!("{key}_{name}"), number(value));
            }
        }
        let [widths, depths] = [self.widths.iter().collect(), self.over_depth()];
        for (name, sizes) in [("width", widths), ("depth", depths)] {
            let [measured, predicted] = growth(&sizes);
            report.value(format!("{name}_growth"), number(measured));
            report.value(format!("{name}_growth_limit"), number(predicted));
            for (k, column) in ["low", "median", "high"].into_iter().enumerate() {
                let values = sizes.iter().map(|size| size.critical_sharpness()[k]);
                report.series(format!("{name} sharpness {column}"), values);
            }
            report.series(format!("{name} limit"), sizes.iter().map(|size| size.limit()));
        }
        report.tables.insert("sizes", self.table());
        report.claims = self.claims();
        report
    }

    fn sizes(&self) -> impl Iterator<Item = &Size> {
        self.widths.iter().chain(&self.depths)
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
        for size in self.sizes() {
            let [low, middle, high] = size.critical_sharpness();
            table.row([
                size.recipe.depth.to_string(),
                size.recipe.width.to_string(),
                number(size.critical()[1]),
                number(middle),
                format!("{} to {}", number(low), number(high)),
                number(size.limit()),
                number(size.critical_movement()),
            ]);
        }
        table
    }

    fn claims(&self) -> Vec<Claim> {
        let narrowest = self.widths.iter().take(1);
        let (widths, depths): (Vec<&Size>, _) = (self.widths.iter().collect(), self.over_depth());
        let [measured, limit] = growth(&widths);
        let movements = || widths.iter().map(|size| size.critical_movement());
        vec![
            Claim::new(
                "Every network survives the smallest learning rates and collapses at the largest.",
                self.sizes().all(|size| size.critical_rates().is_some()),
            ),
            Claim::new(
                "The narrowest networks tried every rate: none survives one above another at which \
                 it collapsed.",
                narrowest.clone().count() == 1 && narrowest.clone().all(Size::is_monotone),
            ),
            Claim::new(
                "A network that collapsed is finite and ends above 0.6, near the loss of a guess.",
                self.sizes()
                    .flat_map(Size::trials)
                    .filter(|trial| trial.has_collapsed())
                    .all(|trial| trial.loss > 0.6 && trial.loss < 1.0),
            ),
            Claim::book(
                "Theory's limit depends too much on the width: from width 64 to 512 it grows by more \
                 than a factor of 8, and the measured critical sharpness by less than a factor of 4.",
                limit > 8.0 && measured < 4.0,
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

/// Whether the middle critical rate falls by more than `factor` from each size to the next.
fn falls_by(sizes: &[&Size], factor: f64) -> bool {
    let falls = |pair: &[&Size]| pair[0].critical()[1] > factor * pair[1].critical()[1];
    sizes.len() > 1 && sizes.windows(2).all(falls)
}
