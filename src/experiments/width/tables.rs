//! What the widths say: claims, numbers, tables.

use super::{Border, Scaled, Scaling, Widths, RATES, START};
use crate::experiments::{cells, number, Cell, Claim, Report, Spread, Table};
use crate::recipe::Outcome;

impl Border {
    /// Critical learning rate over the seeds; NaN where a seed has none.
    pub fn critical(&self) -> Spread {
        Spread::of(self.critical_rates().unwrap_or_default())
    }

    /// Sharpness and push at the middle critical rate; NaN where there is none.
    fn at_border(&self) -> [f64; 2] {
        let rate = self.critical().middle;
        if !rate.is_finite() {
            return [f64::NAN; 2];
        }
        let stability = self.stability(rate);
        [stability.sharpness, stability.push]
    }
}

impl Scaled {
    /// Loss of the last tenth of the steps over the seeds; infinite where a run diverged.
    pub fn losses(&self) -> Spread {
        Spread::of(self.trials.iter().map(|run| match run.outcome() {
            Outcome::Diverges => f64::INFINITY,
            _ => run.final_loss().unwrap_or(f64::INFINITY),
        }))
    }

    /// How many runs ended so.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.trials.iter().filter(|run| run.outcome() == outcome).count()
    }
}

impl Widths {
    /// By what factor something of the narrowest network exceeds that of the widest.
    fn fall(&self, of: impl Fn(&Border) -> f64) -> f64 {
        match &self.borders.arms[..] {
            [first, .., last] => of(first) / of(last),
            _ => f64::NAN,
        }
    }

    /// The networks whose rate follows the width by this rule, from narrow to wide.
    pub fn by(&self, scaling: Scaling) -> Vec<&Scaled> {
        self.scaled.arms.iter().filter(|arm| arm.key.0 == scaling).collect()
    }

    /// Claims, numbers and tables.
    pub fn report(&self) -> Report {
        let mut report =
            Report::new("width", "Which learning rates does a network bear, over its width?");
        report.settings = self.settings.shown();
        report.value("steps", self.settings.steps);
        report.value("seeds", self.settings.seeds);
        report.value("rates", RATES);
        report.value("start", START);
        for border in &self.borders.arms {
            let Spread { low, middle, high } = border.critical();
            let [sharpness, push] = border.at_border();
            report.numbers(
                &format!("{}", border.key),
                [
                    ("critical_low", low),
                    ("critical", middle),
                    ("critical_high", high),
                    ("by_push", border.by_push()),
                    ("by_edge", border.by_edge()),
                    ("sharpness", sharpness),
                    ("push", push),
                ],
            );
        }
        let (survived, beyond) = self.borders.arms[0].survived_beyond();
        report.value("survived", survived);
        report.value("beyond", beyond);
        report.numbers(
            "fall",
            [
                ("measured", self.fall(|border| border.critical().middle)),
                ("by_push", self.fall(Border::by_push)),
                ("by_edge", self.fall(Border::by_edge)),
            ],
        );
        let mut column = |name: &str, of: &dyn Fn(&Border) -> f64| {
            report.series(name, self.borders.arms.iter().map(of));
        };
        column("width", &|border| border.key as f64);
        column("critical low", &|border| border.critical().low);
        column("critical median", &|border| border.critical().middle);
        column("critical high", &|border| border.critical().high);
        column("by push", &Border::by_push);
        column("by edge", &Border::by_edge);
        report.tables.insert("borders", self.borders());
        report.tables.insert("scaled", self.scaled());
        report.claims = self.claims();
        report
    }

    /// One row a width.
    fn borders(&self) -> Table {
        let mut table = Table::new([
            "width",
            "critical lr",
            "range",
            "by the push",
            "by the edge",
            "its sharpness",
            "its push",
        ]);
        for border in &self.borders.arms {
            let Spread { low, middle, high } = border.critical();
            let [sharpness, push] = border.at_border();
            table.row(cells![
                border.key,
                middle,
                Cell::number(format!("{} to {}", number(low), number(high))),
                border.by_push(),
                border.by_edge(),
                sharpness,
                push,
            ]);
        }
        table
    }

    /// One row a scaling and width.
    fn scaled(&self) -> Table {
        let mut table = Table::new(["lr", "width", "its value", "diverged", "last loss", "range"]);
        for arm in &self.scaled.arms {
            let Spread { low, middle, high } = arm.losses();
            let ((scaling, width), lr) = (arm.key, arm.plan.1.lr);
            let shown = |loss: f64| if loss.is_finite() { number(loss) } else { "diverges".into() };
            table.row(cells![
                scaling.name(),
                width,
                lr,
                Cell::number(format!("{} of {}", arm.count(Outcome::Diverges), arm.trials.len())),
                Cell::number(shown(middle)),
                Cell::number(format!("{} to {}", shown(low), shown(high))),
            ]);
        }
        table
    }

    fn claims(&self) -> Vec<Claim> {
        let [measured, push, edge] = [
            self.fall(|border| border.critical().middle),
            self.fall(Border::by_push),
            self.fall(Border::by_edge),
        ];
        let (narrowest, widest) = (self.borders.arms.first(), self.borders.arms.last());
        let (survived, beyond) = narrowest.map_or((0, 0), Border::survived_beyond);
        let width = |border: Option<&Border>| border.map_or(0, |border| border.key);
        let all = |scaling| self.by(scaling);
        let end = |scaling| all(scaling).last().map_or(f64::NAN, |arm| arm.losses().middle);
        let none =
            |scaling: Scaling| all(scaling).iter().all(|arm| arm.count(Outcome::Diverges) == 0);
        let losses = || all(Scaling::Inverse).into_iter().map(|arm| arm.losses().middle);
        let spread = losses().fold(0.0, f64::max) / losses().fold(f64::INFINITY, f64::min);
        vec![
            Claim::new(
                "Every network survives the smallest learning rates and diverges at the largest.",
                self.borders.arms.iter().all(|border| border.critical_rates().is_some()),
            ),
            Claim::new(
                "The narrowest networks tried every rate: of those above the first that diverged, fewer \
                 than one in five is survived.",
                beyond > 0 && 5 * survived < beyond,
            ),
            Claim::book(
                format!(
                    "From width {} to {} the critical rate falls as the push says, within a factor \
                     of 1.5, and far less than the edge of stability says.",
                    width(narrowest),
                    width(widest)
                ),
                within(measured / push, 1.5) && edge > 1.5 * measured,
            ),
            Claim::new(
                "At every width the push names the median critical rate within a factor of 2.",
                self.borders.arms.iter().all(|b| within(b.critical().middle / b.by_push(), 2.0)),
            ),
            Claim::book(
                "One rate for all widths: at the widest every run diverges.",
                all(Scaling::Constant)
                    .last()
                    .is_some_and(|arm| arm.count(Outcome::Diverges) == arm.trials.len()),
            ),
            Claim::new(
                "A rate that falls as one over the root of the width, or as one over the width: no run \
                 diverges.",
                none(Scaling::Root) && none(Scaling::Inverse),
            ),
            Claim::book(
                "One over the width keeps the speed: the median last losses of all widths lie within a \
                 factor of 2.",
                spread < 2.0,
            ),
            Claim::book(
                "Which of these two rules is faster, this network does not say: at the widest their \
                 median last losses lie within a factor of 2.",
                within(end(Scaling::Root) / end(Scaling::Inverse), 2.0),
            ),
        ]
    }
}

/// Whether a ratio is 1 within a factor.
fn within(ratio: f64, factor: f64) -> bool {
    ratio < factor && ratio > 1.0 / factor
}
