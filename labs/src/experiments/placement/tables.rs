//! What the placements say: claims, numbers, tables.

use super::repairs::{trained, Arm, Repair, RATES, REPAIRS};
use super::shattered::{Course, DEPTHS, STACKS};
use super::{blocks, Placements, DEPTH};
use crate::experiments::{cells, highest, number, Cell, Claim, Report, Spread, Table};

/// The last half of the blocks.
const LATE: usize = DEPTH / 2;

impl Placements {
    /// The runs of a repair at a rate.
    ///
    /// # Panics
    /// If there are none.
    pub fn repaired(&self, repair: Repair, lr: f64) -> &Arm {
        let found = self.repairs.iter().find(|arm| arm.key == (repair, lr));
        found.unwrap_or_else(|| panic!("no arm {repair:?}"))
    }

    /// Claims, numbers and tables.
    pub fn report(&self) -> Report {
        let mut report = Report::new(
            "placement",
            "What does the place of the norm do to late blocks, and to the start?",
        );
        report.settings = self.settings.shown();
        report.value("steps", self.settings.steps);
        report.value("seeds", self.settings.seeds);
        report.value("draws", self.settings.draws);
        for (name, arm) in ["pre", "post"].into_iter().zip(&self.blocks) {
            report.series(format!("{name} stream theory"), arm.theory.stream.iter().copied());
            report.series(format!("{name} stream start"), arm.middles(|t| &t.start.stream));
            report.series(format!("{name} stream end"), arm.middles(|t| &t.end.stream));
            report.series(format!("{name} gradient theory"), arm.theory.gradient.iter().copied());
            report.series(format!("{name} gradient start"), arm.middles(|t| &t.start.gradient));
            report.series(format!("{name} without"), arm.middles(|t| &t.without));
            report.numbers(
                name,
                [
                    ("early", arm.added(0, 3)),
                    ("late", arm.added(LATE, DEPTH)),
                    ("first_gradient", arm.theory.gradient[0]),
                    ("last_gradient", arm.theory.gradient[DEPTH - 1]),
                ],
            );
        }
        for ((_, name), course) in STACKS.iter().zip(&self.shattered) {
            report.series(format!("{name} theory"), course.theory.iter().copied());
            report.series(format!("{name} measured"), course.measured.iter().copied());
        }
        report.tables.insert("blocks", self.blocks_table());
        report.tables.insert("repairs", self.repairs_table());
        report.tables.insert("shattered", self.shattered_table());
        self.claim(&mut report);
        report
    }

    fn claim(&self, report: &mut Report) {
        let [pre, post] = &self.blocks;
        let [bare, warm, clip, both, other] = REPAIRS;
        let all = |repair: Repair, lr| {
            let arm = self.repaired(repair, lr);
            trained(arm) == arm.trials.len()
        };
        let none = |repair: Repair, lr| trained(self.repaired(repair, lr)) == 0;
        let [slow, fast] = RATES;
        let gradient_error = |arm: &blocks::Arm| {
            let measured = arm.middles(|trial| &trial.start.gradient);
            let ratios = measured.iter().zip(&arm.theory.gradient).map(|(a, b)| (a / b).max(b / a));
            highest(ratios)
        };
        let [chaos, plain, residual] = [0, 1, 2].map(|index| &self.shattered[index].measured);
        let last = DEPTHS.len() - 1;
        let mut claim = |claim: Claim| report.claims.push(claim);
        claim(Claim::book(
            "Before training the gradient at every block is within a factor of 2 of what theory says, with Pre-LN and \
             with Post-LN.",
            gradient_error(pre) < 2.0 && gradient_error(post) < 2.0,
        ));
        claim(Claim::book(
            "With Pre-LN the late blocks do little: taking out any of the last eight adds less than 0.002 to the loss, \
             while one of the first three adds more than 0.1.",
            pre.added(LATE, DEPTH) < 0.002 && pre.added(0, 3) > 0.1,
        ));
        claim(Claim::book(
            "With Post-LN the late blocks are needed: taking out one of the last eight adds more than 0.03.",
            post.added(LATE, DEPTH) > 0.03,
        ));
        claim(Claim::book(
            "At lr 0.03 Post-LN trains in no seed, and in every seed with warm-up, with clipping, and with both.",
            none(bare, slow) && all(warm, slow) && all(clip, slow) && all(both, slow),
        ));
        claim(Claim::book(
            "At lr 0.1 Post-LN trains in no seed, in none with warm-up, and in every seed with clipping.",
            none(bare, fast) && none(warm, fast) && all(clip, fast) && all(both, fast),
        ));
        claim(Claim::book(
            "Pre-LN trains at both rates, in every seed, with neither.",
            all(other, slow) && all(other, fast),
        ));
        claim(Claim::new(
            "After 16 layers gradients at two inputs of cosine 0.9 have nothing in common in chaos, a little in a ReLU \
             stack, and more than half in residual blocks.",
            chaos[last].abs() < 0.15 && (0.03..0.4).contains(&plain[last]) && residual[last] > 0.5,
        ));
        claim(Claim::book(
            "Theory and mean of the draws differ by less than 0.12 at every depth, in every stack.",
            self.shattered.iter().all(|course| course.worst() < 0.12),
        ));
    }

    /// One row a block.
    fn blocks_table(&self) -> Table {
        let mut table = Table::new([
            "block",
            "stream, Pre-LN, theory",
            "at the start",
            "trained",
            "loss without it, Pre-LN",
            "Post-LN",
        ]);
        let [pre, post] = &self.blocks;
        let (start, end) = (pre.middles(|t| &t.start.stream), pre.middles(|t| &t.end.stream));
        let lost = [pre, post].map(|arm| arm.middles(|trial| &trial.without));
        for block in [0, 1, 2, 3, 5, 7, 9, 11, 13, 15] {
            table.row(cells![
                block + 1,
                pre.theory.stream[block],
                start[block],
                end[block],
                lost[0][block],
                lost[1][block],
            ]);
        }
        let whole = |arm: &blocks::Arm| {
            Cell::from(Spread::of(arm.trials.iter().map(|trial| trial.loss)).middle)
        };
        table.row(cells!["none", "", "", "", whole(pre), whole(post)]);
        table
    }

    /// One row a repair.
    fn repairs_table(&self) -> Table {
        let header = RATES.map(|lr| [format!("trains at lr {lr}"), "final loss".to_owned()]);
        let mut table =
            Table::new(["network".to_owned()].into_iter().chain(header.into_iter().flatten()));
        for repair in REPAIRS {
            let of = |lr| {
                let arm = self.repaired(repair, lr);
                let finals = arm.trials.iter().map(|run| run.final_loss().unwrap_or(f64::NAN));
                let Spread { low, high, .. } = Spread::of(finals);
                let ends = [low, high].map(number);
                [
                    Cell::number(format!("{} of {}", trained(arm), arm.trials.len())),
                    Cell::number(format!("{} to {}", ends[0], ends[1])),
                ]
            };
            table.row([Cell::from(repair.name)].into_iter().chain(RATES.into_iter().flat_map(of)));
        }
        table
    }

    /// One row a stack.
    fn shattered_table(&self) -> Table {
        let depths = DEPTHS.map(|depth| depth.to_string());
        let mut table = Table::new(
            ["layers or blocks".to_owned(), "source".to_owned()].into_iter().chain(depths),
        );
        for ((_, name), course) in STACKS.iter().zip(&self.shattered) {
            let value = |x: f64| Cell::number(format!("{x:.2}"));
            let theory = DEPTHS.map(|depth| value(course.theory[depth - 1]));
            table.row([Cell::from(*name), "theory".into()].into_iter().chain(theory));
            let measured = course.measured.iter().map(|&cosine| value(cosine));
            table.row([Cell::from(""), "mean".into()].into_iter().chain(measured));
        }
        table
    }
}

impl Course {
    /// The largest distance of a mean from theory.
    pub fn worst(&self) -> f64 {
        let at = DEPTHS.iter().map(|depth| self.theory[depth - 1]);
        highest(self.measured.iter().zip(at).map(|(measured, theory)| (measured - theory).abs()))
    }
}
