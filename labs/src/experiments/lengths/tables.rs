//! What the lengths say: claims, numbers, tables.

use super::catapult::Throw;
use super::decay::{self, balanced_turn, DECAYS};
use super::surprise::{self, MEASURED};
use super::Lengths;
use crate::experiments::{cells, highest, lowest, number, Cell, Claim, Report, Spread, Table};
use minigrad::recipe::Outcome;

/// Updates after which lab 02's networks are compared.
const EARLY: usize = 12;

fn degrees(radians: f64) -> f64 {
    radians * 180.0 / std::f64::consts::PI
}

impl Lengths {
    fn with_decay(&self, decay: f64) -> impl Iterator<Item = &decay::Arm> {
        self.decays.iter().filter(move |arm| arm.decay == decay)
    }

    /// Claims, numbers and tables.
    pub fn report(&self) -> Report {
        let mut report = Report::new(
            "lengths",
            "What does training do to the length of weights, with a norm and without?",
        );
        report.settings = self.settings.shown();
        report.value("steps", self.settings.steps);
        report.value("seeds", self.settings.seeds);
        report.value("deep_seeds", self.settings.deep_seeds);
        let worst =
            self.decays.iter().flat_map(|arm| arm.courses.iter().map(decay::Course::worst_sum));
        report.value("worst_sum", format!("{:.1} %", 100.0 * highest(worst)));
        let short = |step: usize| self.decays[0].middle(|course| course.squares[step]);
        let grown = short(10.min(self.settings.steps)) / short(0);
        report.numbers("short", [("grown", grown), ("rate", 1.0 / grown)]);
        report.value("balanced_turn", number(degrees(balanced_turn(DECAYS[1]))));
        for arm in &self.decays {
            let course = &arm.courses[0];
            let name = format!("{} {}", arm.scale, arm.decay);
            report.series(format!("square {name}"), course.squares.iter().copied().step_by(20));
            report.series(format!("turn {name}"), course.turns.iter().copied().map(degrees));
        }
        for throw in &self.throws {
            report.series(format!("loss {}", throw.rate), throw.losses.iter().copied());
            report
                .series(format!("sharpness {}", throw.rate), throw.course.iter().map(|row| row.1));
        }
        report.series("deep step", MEASURED.map(|step| step as f64));
        for arm in &self.deep {
            let name = arm.kind.name;
            report.series(format!("deep {name}"), MEASURED.map(|at| arm.sharpness(at).middle));
            let beyond = arm.courses.iter().filter(|course| course.at(0).0 > 1.0).count();
            let key = name.replace(", ", "_").replace(' ', "_").to_lowercase();
            report.value(format!("{key}_beyond"), beyond);
            report.value(format!("{key}_trained"), arm.count(Outcome::Trains));
            report.value(format!("{key}_early_share"), number(arm.early_share().middle));
            report
                .value(format!("{key}_early_square"), format!("{:.4}", arm.early_square().middle));
        }
        report.tables.insert("decay", self.decay_table());
        report.tables.insert("catapult", self.catapult_table());
        report.tables.insert("surprise", self.surprise_table());
        self.claim(&mut report);
        report
    }

    fn claim(&self, report: &mut Report) {
        let courses = |decay| self.with_decay(decay).flat_map(|arm| &arm.courses);
        let all = || self.decays.iter().flat_map(|arm| &arm.courses);
        let ends: Vec<f64> = courses(DECAYS[1]).map(decay::Course::end).collect();
        let expected = balanced_turn(DECAYS[1]);
        let turns_as_said =
            |course: &decay::Course| (course.last_turn() / expected - 1.0).abs() < 0.15;
        let within = |throw: &&Throw| throw.rate < 1.0;
        let thrown = |throw: &&Throw| (1.0..2.0).contains(&throw.rate);
        let [free, held, rms] = [0, 1, 2].map(|index| &self.deep[index]);
        let mut claim = |claim: Claim| report.claims.push(claim);
        claim(Claim::new(
            "Behind a norm a step stands at right angles to the weights: at every step of every run the squared \
             length is the sum of the squared steps, to within 3 %.",
            highest(all().map(decay::Course::worst_sum)) < 0.03,
        ));
        claim(Claim::new(
            "Without decay the weights behind a norm only lengthen: no update takes a ten-thousandth of the \
             squared length away.",
            highest(courses(DECAYS[0]).map(decay::Course::worst_fall)) < 1e-4,
        ));
        claim(Claim::book(
            "With decay, squared lengths that start a factor of 100 apart end within a factor of 2.",
            highest(ends.iter().copied()) < 2.0 * lowest(ends.iter().copied()),
        ));
        claim(Claim::book(
            "With decay the weights come to turn by the angle whose cosine is 1 - lr decay in each step, to within \
             15 %, from every start.",
            courses(DECAYS[1]).all(turns_as_said),
        ));
        claim(Claim::new(
            "Below the edge of stability the loss of the shallow network never exceeds its first.",
            self.throws.iter().filter(within).all(|throw| throw.rise() <= 1.0),
        ));
        claim(Claim::new(
            "Between one and two edges the loss rises first, then falls below its start; the weights are \
             shorter by then, and the sharpness is below the edge.",
            self.throws.iter().filter(thrown).all(|throw| {
                let (sharpness, square) = throw.end();
                throw.rise() > 2.0 && throw.last() < throw.losses[0] && sharpness < 1.0 && square < 1.0
            }),
        ));
        claim(Claim::new(
            "At four edges the shallow network diverges.",
            self.throws
                .iter()
                .filter(|throw| throw.rate >= 4.0)
                .all(|throw| !throw.last().is_finite()),
        ));
        claim(Claim::book(
            "Lab 02's deep network trains without a norm in every seed although its weights are held at \
             their first lengths: the catapult, in which they shorten, does not explain it.",
            held.count(Outcome::Trains) == held.courses.len(),
        ));
        claim(Claim::new(
            "Nor do they shorten where nothing holds them: after 12 updates the squared length is within 1 % \
             of the first.",
            [free, rms].iter().all(|arm| {
                let Spread { low, high, .. } = arm.early_square();
                low > 0.99 && high < 1.01
            }),
        ));
        claim(Claim::book(
            "In its first 12 updates the sharpness falls to below a tenth without a norm, with lengths held or not, \
             and stays above a fifth with RMSNorm: medians over the seeds.",
            free.early_share().middle < 0.1
                && held.early_share().middle < 0.1
                && rms.early_share().middle > 0.2,
        ));
    }

    /// One row a decay and start.
    fn decay_table(&self) -> Table {
        let mut table = Table::new([
            "decay",
            "start",
            "|w|² at first",
            "at the end",
            "by its steps",
            "turn a step, first",
            "last",
            "theory",
            "loss",
        ]);
        for arm in &self.decays {
            let degrees = |radians: f64| Cell::number(format!("{:.2}°", degrees(radians)));
            let theory = match arm.decay == 0.0 {
                true => Cell::none(),
                false => degrees(balanced_turn(arm.decay)),
            };
            table.row([
                Cell::number(arm.decay.to_string()),
                Cell::number(format!("{} ×", arm.scale)),
                Cell::from(arm.middle(|course| course.squares[0])),
                Cell::from(arm.middle(decay::Course::end)),
                Cell::from(arm.middle(|course| course.by_steps[course.by_steps.len() - 1])),
                degrees(arm.middle(|course| course.turns[0])),
                degrees(arm.middle(decay::Course::last_turn)),
                theory,
                Cell::from(arm.middle(|course| Outcome::final_loss(&course.losses))),
            ]);
        }
        table
    }

    /// One row a rate.
    fn catapult_table(&self) -> Table {
        let mut table = Table::new([
            "lr λ/2, start",
            "largest loss / first",
            "last loss",
            "lr λ/2, end",
            "|w|², end / start",
        ]);
        for throw in &self.throws {
            let (sharpness, square) = throw.end();
            let finite = throw.last().is_finite();
            let end = |value: f64| if finite { Cell::from(value) } else { Cell::none() };
            let rise = if finite { Cell::from(throw.rise()) } else { Cell::from("diverges") };
            let shown = [end(throw.last()), end(sharpness), end(square)];
            table.row([Cell::from(throw.rate), rise].into_iter().chain(shown));
        }
        table
    }

    /// One row a kind.
    fn surprise_table(&self) -> Table {
        let mut table = Table::new([
            "network",
            "lr λ/3.8, start",
            "after 12 updates",
            "|w|² after 12",
            "trained",
            "final loss",
        ]);
        for arm in &self.deep {
            let range = |Spread { low, high, .. }: Spread| {
                Cell::number(format!("{} to {}", number(low), number(high)))
            };
            let finals = Spread::of(arm.courses.iter().map(surprise::Course::last));
            let trained = format!("{} of {}", arm.count(Outcome::Trains), arm.courses.len());
            table.row(cells![
                arm.kind.name,
                range(arm.sharpness(0)),
                range(arm.sharpness(EARLY)),
                Cell::number(format!("{:.4}", arm.early_square().middle)),
                Cell::number(trained),
                range(finals),
            ]);
        }
        table
    }
}

impl surprise::Arm {
    /// Runs of this outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.courses.iter().filter(|course| course.outcome() == outcome).count()
    }

    /// Sharpness relative to the edge after so many updates, over the seeds.
    pub fn sharpness(&self, updates: usize) -> Spread {
        Spread::of(self.courses.iter().map(|course| course.at(updates).0))
    }

    fn early_share(&self) -> Spread {
        Spread::of(self.courses.iter().map(|course| course.at(EARLY).0 / course.at(0).0))
    }

    fn early_square(&self) -> Spread {
        Spread::of(self.courses.iter().map(|course| course.at(EARLY).1))
    }
}
