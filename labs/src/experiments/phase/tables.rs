//! What the phases say: claims, numbers, tables.

use super::{Phases, Point, Trained, BIAS, DEPTH, SCALES, WIDTH};
use crate::experiments::{cells, number, Cell, Claim, Report, Table};

/// Runs that end as said, and all.
struct Count {
    right: usize,
    of: usize,
}

impl Count {
    fn new<'t>(arms: impl IntoIterator<Item = &'t Trained>, deepest: fn(&Point) -> f64) -> Count {
        arms.into_iter().fold(Count { right: 0, of: 0 }, |Count { right, of }, arm| Count {
            right: right + arm.as_said(deepest(&arm.key)),
            of: of + arm.trials.len(),
        })
    }

    fn is_most(&self, share: f64) -> bool {
        self.of > 0 && self.right as f64 >= share * self.of as f64
    }
}

impl Phases {
    /// The networks at one deviation of biases whose `chi_1` is above 1, or not.
    fn side(&self, chaotic: bool) -> impl Iterator<Item = &Trained> {
        self.column.arms.iter().filter(move |arm| arm.key.is_chaotic() == chaotic)
    }

    /// Claims, numbers and tables.
    pub fn report(&self) -> Report {
        let mut report =
            Report::new("phase", "Which side of the edge of chaos trains, and how deep?");
        report.settings = self.settings.shown();
        report.value("steps", self.settings.steps);
        report.value("seeds", self.settings.seeds);
        for (name, arms) in [("plane", &self.plane.arms), ("column", &self.column.arms)] {
            let mut column = |of: &str, value: &dyn Fn(&Trained) -> f64| {
                report.series(format!("{name} {of}"), arms.iter().map(value));
            };
            column("weight", &|arm| arm.key.weight_std);
            column("bias", &|arm| arm.key.bias_std);
            column("depth", &|arm| arm.key.depth as f64);
            column("trained", &|arm| arm.trained() as f64);
            column("by correlation", &|arm| arm.key.by_correlation());
            column("by gradient", &|arm| arm.key.by_gradient());
        }
        report.tables.insert("scales", self.scales());
        self.claim(&mut report);
        report
    }

    fn claim(&self, report: &mut Report) {
        let order = Count::new(self.side(false), Point::by_correlation);
        let [correlation, gradient] = [Point::by_correlation, Point::by_gradient]
            .map(|deepest| Count::new(self.side(true), deepest));
        let plane = Count::new(&self.plane.arms, Point::by_gradient);
        let shares = [
            ("order", &order),
            ("chaos_by_correlation", &correlation),
            ("chaos_by_gradient", &gradient),
            ("plane", &plane),
        ];
        for (name, Count { right, of }) in shares {
            report.value(format!("{name}_right"), right);
            report.value(format!("{name}_of"), of);
        }
        report.claims.push(Claim::new(
            format!(
                "In order a network may be {SCALES} depth scales of the correlation deep: {} of {} runs \
                 train if they are no deeper, and only then.",
                order.right, order.of
            ),
            order.is_most(0.85),
        ));
        report.claims.push(Claim::book(
            format!(
                "In chaos {SCALES} depth scales of the correlation promise too much, and {SCALES} of the \
                 gradient do not: {} and {} of {} runs end as they say.",
                correlation.right, gradient.right, gradient.of
            ),
            gradient.is_most(0.85) && gradient.right > correlation.right,
        ));
        report.claims.push(Claim::new(
            format!(
                "At depth {DEPTH}, over weights and biases, {} of {} runs end as {SCALES} depth \
                 scales of the gradient say.",
                plane.right, plane.of
            ),
            plane.is_most(0.85),
        ));
        let as_deep = self.column.arms.iter().filter(|arm| arm.key.depth >= WIDTH);
        let as_deep: Vec<usize> = as_deep.map(Trained::trained).collect();
        report.claims.push(Claim::book(
            format!("No network of depth {WIDTH}, as deep as it is wide, trains, beside the edge or not."),
            !as_deep.is_empty() && as_deep.iter().all(|trained| *trained == 0),
        ));
    }

    /// One row a deviation of the weights.
    fn scales(&self) -> Table {
        let mut table =
            Table::new(["σ_w", "χ₁", "q*", "c*", "6 ξ_c", "6/|ln χ₁|", "deepest that trains"]);
        for &weight_std in &self.settings.weights {
            let point = Point { weight_std, bias_std: BIAS, depth: DEPTH };
            let phase = point.phase();
            let value = |value: Option<f64>| Cell::from(value.unwrap_or(f64::NAN));
            let all = self.column.arms.iter().filter(|arm| arm.key.weight_std == weight_std);
            let deepest =
                all.filter(|arm| arm.trained() == arm.trials.len()).map(|arm| arm.key.depth).max();
            let [deepest] = cells![deepest.map_or(Cell::none(), Cell::from)];
            table.row([
                Cell::from(weight_std),
                value(phase.chi()),
                value(phase.second_moment()),
                value(phase.correlation()),
                Cell::number(number(point.by_correlation())),
                Cell::number(number(point.by_gradient())),
                deepest,
            ]);
        }
        table
    }
}
