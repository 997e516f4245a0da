//! What the starts say: claims, numbers, tables.

use super::{training, Start, Starts, Trained};
use crate::experiments::{cells, number, Cell, Claim, Report, Table};
use minigrad::theory::{Prediction, Verdict};

impl Trained {
    /// The outcomes of the seeds, with the middle final loss.
    fn shown(&self) -> String {
        match self.final_loss() {
            loss if loss.is_finite() => format!("{}, {}", self.outcomes(), number(loss)),
            _ => self.outcomes(),
        }
    }
}

impl Starts {
    /// Claims, numbers and tables.
    pub fn report(&self) -> Report {
        let question = "Which start of a branch replaces a norm, at which depth and rate?";
        let mut report = Report::new("starts", question);
        report.settings = self.settings.shown();
        report.value("steps", self.settings.steps);
        report.value("seeds", self.settings.seeds);
        let trained = self.sweep.arms.iter().map(|arm| arm.trained() as f64);
        report.series("trained", trained);
        report.series("final", self.sweep.arms.iter().map(Trained::final_loss));
        report.tables.insert("steps", self.steps());
        report.tables.insert("largest", self.all_largest());
        for (name, depth) in [("shallow", self.shallow()), ("deep", self.deep())] {
            report.tables.insert(name, self.outcomes(depth));
        }
        for start in Start::ALL {
            let name = start.name().to_lowercase().replace('-', "_");
            let rate = |rate: Option<f64>| rate.map_or("none".to_owned(), |rate| rate.to_string());
            for (depth, at) in [("shallow", self.shallow()), ("deep", self.deep())] {
                report.value(format!("{name}_{depth}"), rate(self.largest(start, at)));
                report.value(format!("{name}_{depth}_predicted"), rate(self.predicted(start, at)));
            }
        }
        self.claim(&mut report);
        report
    }

    fn claim(&self, report: &mut Report) {
        let both = |start| {
            [self.shallow(), self.deep()].map(|depth| self.largest(start, depth).unwrap_or(0.0))
        };
        let (zero, scaled, fixup) = (both(Start::Zero), both(Start::Scaled), both(Start::Fixup));
        report.claims.push(Claim::book(
            "With four times the blocks, branches that start at zero or scaled bear smaller rates, and \
             Fixup's bear the same.",
            zero[1] < zero[0] && scaled[1] < scaled[0] && fixup[0] == fixup[1] && fixup[1] > 0.0,
        ));
        let unnormed = &Start::ALL[..5];
        let best = unnormed.iter().map(|&start| both(start)[1]).fold(0.0, f64::max);
        report.claims.push(Claim::book(
            "Of the starts without a norm Fixup bears the largest rate at the larger depth; the norm at \
             the entry of each branch bears a larger one.",
            fixup[1] == best && both(Start::PreNorm)[1] > best,
        ));
        let deepnorm = both(Start::DeepNorm)[1];
        report.claims.push(Claim::book(
            "With a norm of each sum the deeper stack trains at no rate; with DeepNorm's weights it does.",
            both(Start::PostNorm)[1] == 0.0 && deepnorm > 0.0,
        ));
        let (near, of) = self.near();
        report.value("near", near);
        report.value("predicted", of);
        report.claims.push(Claim::book(
            format!("Theory names the largest rate within one step of the grid for {near} of {of} stacks."),
            near < of && 5 * near >= 4 * of,
        ));
    }

    /// How many of the stacks that theory covers bear the largest rate that it names, to one step of
    /// the grid, and of how many. Below the smallest rate there is one more step.
    fn near(&self) -> (usize, usize) {
        let step = |rate: Option<f64>| {
            self.settings.rates.iter().filter(|&&lr| rate.is_some_and(|rate| lr <= rate)).count()
        };
        let covered = Start::ALL.into_iter().filter(|&start| start != Start::SkipInit);
        let all: Vec<usize> = covered
            .flat_map(|start| {
                self.settings.depths.iter().map(move |&depth| {
                    step(self.predicted(start, depth)).abs_diff(step(self.largest(start, depth)))
                })
            })
            .collect();
        (all.iter().filter(|&&apart| apart <= 1).count(), all.len())
    }

    pub(super) fn shallow(&self) -> usize {
        self.settings.depths[0]
    }

    pub(super) fn deep(&self) -> usize {
        self.settings.depths[self.settings.depths.len() - 1]
    }

    /// One row a start, one column a rate.
    fn outcomes(&self, depth: usize) -> Table {
        let rates = self.settings.rates.iter().map(|lr| format!("lr {lr}"));
        let mut table = Table::new(std::iter::once("start".to_owned()).chain(rates));
        for start in Start::ALL {
            let row = self.row(start, depth).map(|arm| Cell::from(arm.shown()));
            table.row(cells![start.name()].into_iter().chain(row));
        }
        table
    }

    /// The kernel of every start at each depth.
    fn steps(&self) -> Table {
        let depths = self.settings.depths.iter().map(|depth| format!("{depth} blocks"));
        let mut table = Table::new(std::iter::once("start".to_owned()).chain(depths));
        for start in Start::ALL {
            let row = self.settings.depths.iter().map(|&depth| Cell::from(start.step(depth)));
            table.row(cells![start.name()].into_iter().chain(row));
        }
        table
    }

    /// The largest rate that trains, measured and predicted, at each depth.
    fn all_largest(&self) -> Table {
        let columns = self.settings.depths.iter().flat_map(|depth| {
            [format!("{depth} blocks, predicted"), format!("{depth} blocks, measured")]
        });
        let mut table = Table::new(std::iter::once("start".to_owned()).chain(columns));
        let cell = |rate: Option<f64>| rate.map_or(Cell::none(), Cell::from);
        for start in Start::ALL {
            let row = self.settings.depths.iter().flat_map(|&depth| {
                [cell(self.predicted(start, depth)), cell(self.largest(start, depth))]
            });
            table.row(cells![start.name()].into_iter().chain(row));
        }
        table
    }

    /// The largest rate of the experiment at which theory says that a start trains.
    pub fn predicted(&self, start: Start, depth: usize) -> Option<f64> {
        let trains = |lr: f64| {
            let training = training(lr).steps(self.settings.steps);
            let prediction = Prediction::of(&start.recipe(depth), &training);
            prediction.is_ok_and(|p| p.verdict() == Verdict::Trains)
        };
        self.settings.rates.iter().copied().filter(|&lr| trains(lr)).reduce(f64::max)
    }
}
