//! What the courses say: claims, numbers, tables.

use std::f64::consts::LN_2;

use super::{recipe, Cell, Course, Depths, Kind, SWEEP_RATES};
use crate::experiments::correlation::predicted;
use crate::experiments::{lowest, number, Claim, Report, Table};
use crate::train::Run;

/// The updates at which the table of the courses looks.
const TABLE_STEPS: [usize; 7] = [0, 10, 30, 60, 100, 149, 299];

/// The blocks at which the table of the probes looks.
const TABLE_BLOCKS: [usize; 4] = [1, 10, 25, 50];

/// Mean loss of the last tenth of the steps; NaN where the run diverged.
fn end(course: &Course) -> f64 {
    course.run.final_loss().unwrap_or(f64::NAN)
}

impl Depths {
    /// Claims, numbers and tables.
    pub fn report(&self) -> Report {
        let depth = self.settings.depth;
        let mut report = Report::new(
            "residual-depth",
            "Fifty normalized blocks: what does adding x to each of them decide?",
        );
        report.settings = self.settings.shown();
        report.value("seeds", self.settings.seeds.to_string());
        for kind in [&self.without, &self.with] {
            let mut range = |name: &str, number_of: &dyn Fn(&Course) -> f64| {
                let [low, middle, high] = kind.over_seeds(number_of);
                for (suffix, value) in [("_low", low), ("", middle), ("_high", high)] {
                    report.value(format!("{}_{name}{suffix}", kind.name), number(value));
                }
            };
            range("initial", &|course| f64::from(course.run.initial_loss()));
            range("final", &end);
            range("final_error", &|course| end_error(&course.run));
            range("all_inputs", &|course| course.all_inputs.loss);
            range("shifted", &|course| course.all_inputs.shifted);
            range("entropy", &|course| course.all_inputs.entropy);
            range("gradient_start", &Course::first_gradient);
            range("gradient_end", &|course| course.gradients.last().copied().unwrap_or(f64::NAN));
            range("gradient_100", &|course| course.gradients.get(100).copied().unwrap_or(f64::NAN));
            range("gradient_least", &Course::least_gradient);
            range("loss_least", &least_window);
            range("loss_100", &|course| window(&course.run, 95, 105));
            range("accuracy", &|course| 100.0 * course.accuracy);
            self.correlations(kind, &mut report);
            for (name, rows) in [("loss", kind.losses()), ("gradient", kind.gradients())] {
                for (k, column) in ["step", "low", "middle", "high"].into_iter().enumerate() {
                    let values = rows.iter().map(|row| row[k]);
                    report.series(format!("{} {name} {column}", kind.name), values);
                }
            }
        }
        let counts = [(true, true), (false, true), (true, false), (false, false)];
        for (name, pair) in ["both", "only_with", "only_without", "neither"].into_iter().zip(counts)
        {
            let count = self.sweep.iter().filter(|cell| cell.trains() == pair).count();
            report.value(format!("sweep_{name}"), count.to_string());
        }
        for (name, residual) in [("without", false), ("with", true)] {
            let theory = predicted(&recipe(depth, self.settings.width, residual));
            report.value(
                format!("{name}_correlation_predicted"),
                format!("{:.2}", theory[depth - 1]),
            );
            report.series(format!("{name} correlation predicted"), theory);
        }
        report.series("sweep without final", self.sweep.iter().map(|c| last(&c.without)));
        report.series("sweep with final", self.sweep.iter().map(|c| last(&c.with)));
        report.tables.insert("course", self.course_table());
        report.tables.insert("probes", self.probe_table());
        report.tables.insert("sweep", self.sweep_table());
        report.claims = self.claims();
        report
    }

    /// Mean cosine at the last block, at every probe, and the columns of the figure.
    fn correlations(&self, kind: &Kind, report: &mut Report) {
        let depth = self.settings.depth;
        for (index, (step, probe)) in kind.courses[0].probes.iter().enumerate() {
            let at = |block| kind.over_seeds(|course| course.correlation(index, block));
            for block in [1, depth] {
                let [low, middle, high] = at(block);
                let name = format!("{}_correlation_{block}_at_{step}", kind.name);
                report.value(format!("{name}_low"), format!("{low:.4}"));
                report.value(name.clone(), format!("{middle:.4}"));
                report.value(format!("{name}_high"), format!("{high:.4}"));
            }
            let column = probe.layers[..depth].iter();
            report.series(
                format!("{} correlation at {step}", kind.name),
                column.clone().map(|l| l.correlation),
            );
            let name = format!("{} gradient over depth at {step}", kind.name);
            report.series(name, column.map(|l| l.gradient_norm));
        }
    }

    /// Loss and gradient of the base seed at [`TABLE_STEPS`].
    fn course_table(&self) -> Table {
        let mut table =
            Table::new(["step", "loss without", "gradient without", "loss with", "gradient with"]);
        for step in TABLE_STEPS {
            let cells = [&self.without, &self.with].into_iter().flat_map(|kind| {
                let course = &kind.courses[0];
                let loss = course.run.loss_at(step).map(f64::from);
                let shown = |x: Option<f64>| x.map_or("-".to_owned(), number);
                [shown(loss), shown(course.gradients.get(step).copied())]
            });
            table.row([step.to_string()].into_iter().chain(cells));
        }
        table
    }

    /// Gradient and correlation over depth of the base seed, at every probe.
    fn probe_table(&self) -> Table {
        let shown = TABLE_BLOCKS.into_iter().filter(|&block| block <= self.settings.depth);
        let header = ["residual", "step", "quantity"].map(str::to_owned).into_iter();
        let blocks = shown.clone().map(|block| format!("block {block}"));
        let mut table = Table::new(header.chain(blocks));
        for kind in [&self.without, &self.with] {
            for (step, probe) in &kind.courses[0].probes {
                let layer = |block: usize| &probe.layers[block - 1];
                let name = [kind.name.to_owned(), step.to_string()].into_iter();
                let gradients = shown.clone().map(|block| number(layer(block).gradient_norm));
                let row = name.clone().chain(["gradient norm".to_owned()]);
                table.row(row.chain(gradients));
                let cosines = shown.clone().map(|b| format!("{:.4}", layer(b).correlation));
                table.row(name.chain(["correlation".to_owned()]).chain(cosines));
            }
        }
        table
    }

    /// Final losses of the sweep, without and with, and NaN where a run diverged.
    fn sweep_table(&self) -> Table {
        let rates = SWEEP_RATES.map(|lr| format!("lr {lr}"));
        let mut table = Table::new(["blocks".to_owned()].into_iter().chain(rates));
        for row in self.sweep.chunks(SWEEP_RATES.len()) {
            let cell = |cell: &Cell| {
                format!("{} / {}", number(last(&cell.without)), number(last(&cell.with)))
            };
            table.row([row[0].depth.to_string()].into_iter().chain(row.iter().map(cell)));
        }
        table
    }

    fn claims(&self) -> Vec<Claim> {
        let without = |number: &dyn Fn(&Course) -> f64| self.without.over_seeds(number);
        let with = |number: &dyn Fn(&Course) -> f64| self.with.over_seeds(number);
        let cosine = |course: &Course, probe| course.correlation(probe, self.settings.depth);
        let row = |depth: usize| self.sweep.iter().filter(move |cell| cell.depth == depth);
        vec![
            Claim::book(
                "Fifty blocks without residual connections end at the loss of a guess: every seed \
                 within 0.05 of ln 2.",
                without(&|course| (end(course) - LN_2).abs())[2] < 0.05,
            ),
            Claim::book(
                "Their layer-1 gradient does not start small: its norm is above 1 in every seed \
                 and falls by more than a factor of 10000.",
                without(&Course::first_gradient)[0] > 1.0
                    && without(&|course| course.first_gradient() / course.least_gradient())[0] > 1e4,
            ),
            Claim::book(
                "What keeps them from ln 2 is one number that all inputs share: with the best common \
                 shift of the logits, the loss over all training inputs is the entropy of the \
                 classes, to 0.0001 in every seed.",
                without(&|course| (course.all_inputs.shifted - course.all_inputs.entropy).abs())[2]
                    < 1e-4,
            ),
            Claim::book(
                "With residual connections every seed is below 0.05 by step 150, as the mean of ten \
                 steps in a row; over the last tenth the median is below 0.05 and every seed below \
                 0.1.",
                with(&least_window)[2] < 0.05 && with(&end)[1] < 0.05 && with(&end)[2] < 0.1,
            ),
            Claim::book(
                "With residual connections the loss over all training inputs at step 150, with the \
                 best common shift of the logits, is below 0.05 in every seed.",
                with(&|course| course.all_inputs.shifted)[2] < 0.05,
            ),
            Claim::book(
                "Without them the cosine between different inputs at block 50 rises above 0.999 \
                 within 30 steps; with them it falls below its start.",
                without(&|course| cosine(course, 0))[2] < 0.99
                    && without(&|course| cosine(course, 1))[0] > 0.999
                    && with(&|course| cosine(course, 1) - cosine(course, 0))[2] < 0.0,
            ),
            Claim::book(
                "At 32 blocks no learning rate of the sweep trains without residual connections, and \
                 four of five train with them.",
                row(32).all(|cell| !cell.trains().0)
                    && row(32).filter(|cell| cell.trains().1).count() == 4,
            ),
            Claim::new(
                "At 4 blocks residual connections decide nothing: at each learning rate both \
                 networks train, or neither.",
                row(4).all(|cell| cell.trains().0 == cell.trains().1),
            ),
        ]
    }
}

fn last(run: &Run) -> f64 {
    run.final_loss().unwrap_or(f64::NAN)
}

/// Standard error of the mean loss of the last tenth, from the means of its three thirds: single
/// steps are not independent, as momentum keeps one for about ten.
fn end_error(run: &Run) -> f64 {
    let tenth = (run.losses.len() / 10).max(1);
    let (third, last) = (tenth / 3, run.losses.len());
    let means = [3, 2, 1].map(|k| window(run, last - k * third, last - (k - 1) * third));
    let mean = means.iter().sum::<f64>() / 3.0;
    libm::sqrt(means.iter().map(|m| (m - mean) * (m - mean)).sum::<f64>() / (2.0 * 3.0))
}

/// The smallest mean loss of ten steps in a row.
fn least_window(course: &Course) -> f64 {
    let starts = 0..course.run.losses.len().saturating_sub(9);
    lowest(starts.map(|start| window(&course.run, start, start + 10)))
}

/// Mean loss of the steps from `start` to before `end`; NaN where there are none.
fn window(run: &Run, start: usize, end: usize) -> f64 {
    let losses = run.losses.get(start..end).unwrap_or_default();
    losses.iter().map(|&loss| f64::from(loss)).sum::<f64>() / losses.len() as f64
}

#[cfg(test)]
mod tests {
    use crate::experiments::residual_depth::{run, Settings};
    use crate::experiments::Silent;

    #[test]
    fn a_seed_that_diverges_at_once_is_nan_and_breaks_its_claims() {
        let small = Settings { depth: 2, width: 8, steps: 2, seeds: 2, ..Settings::small() };
        let mut depths = run(&Settings { sweep_steps: 1, ..small }, &Silent);
        let early = &mut depths.with.courses[1];
        early.probes.clear();
        early.gradients.clear();
        let report = depths.report();
        assert_eq!(report.values["with_gradient_start_high"], "NaN");
        assert_eq!(report.values["with_correlation_2_at_0_low"], "NaN");
        let claim = |beginning: &str| {
            let found = report.claims.iter().find(|claim| claim.sentence.starts_with(beginning));
            found.is_some_and(|claim| claim.holds)
        };
        assert!(!claim("Without them the cosine"));
    }
}
