//! What the courses say: claims, numbers, tables.

use std::f64::consts::LN_2;

use super::{name, recipe, Course, Depths, Key, Kind, PROBED, SWEEP_DEPTHS, SWEEP_RATES};
use crate::experiments::{cells, lowest, mean, mean_loss, number};
use crate::experiments::{Cell, Claim, Report, Spread, Table};
use crate::spine::predicted_correlations as predicted;
use minigrad::train::Run;

/// The updates at which the table of the courses looks.
const TABLE_STEPS: [usize; 7] = [0, 10, 30, 60, 100, 149, 299];

/// The blocks at which the table of the probes looks.
const TABLE_BLOCKS: [usize; 4] = [1, 10, 25, 50];

impl Depths {
    /// Claims, numbers and tables.
    pub fn report(&self) -> Report {
        let depth = self.settings.depth;
        let mut report = Report::new(
            "residual-depth",
            "Fifty normalized blocks: what does adding x to each of them decide?",
        );
        report.settings = self.settings.shown();
        report.value("seeds", self.settings.seeds);
        for residual in [false, true] {
            let (name, kind) = (name(residual), self.flagship(residual));
            self.describe(name, kind, &mut report);
            let theory = predicted(&recipe(depth, self.settings.width, residual));
            let last = format!("{:.2}", theory[depth - 1]);
            report.value(format!("{name}_correlation_predicted"), last);
            report.series(format!("{name} correlation predicted"), theory);
            let finals =
                cells_of_the_sweep().map(|(depth, lr)| self.sweep_final(depth, lr, residual));
            report.series(format!("sweep {name} final"), finals);
        }
        for (name, pair) in [
            ("both", (true, true)),
            ("only_with", (false, true)),
            ("only_without", (true, false)),
            ("neither", (false, false)),
        ] {
            let count = cells_of_the_sweep().filter(|&(depth, lr)| self.trains(depth, lr) == pair);
            report.value(format!("sweep_{name}"), count.count());
        }
        report.tables.insert("course", self.course_table());
        report.tables.insert("probes", self.probe_table());
        report.tables.insert("sweep", self.sweep_table());
        report.claims = self.claims();
        report
    }

    /// The numbers and the figures' data of one flagship.
    fn describe(&self, name: &str, kind: &Kind, report: &mut Report) {
        let mut range = |what: &str, number_of: &dyn Fn(&Course) -> f64| {
            let Spread { low, middle, high } = kind.over_seeds(number_of);
            let name = format!("{name}_{what}");
            report.numbers(&name, [("low", low), ("high", high)]);
            report.value(name, number(middle));
        };
        range("initial", &|course| f64::from(course.trial.run.initial_loss()));
        range("final", &end);
        range("final_error", &|course| end_error(&course.trial.run));
        range("all_inputs", &|course| course.all_inputs.loss);
        range("shifted", &|course| course.all_inputs.shifted);
        range("entropy", &|course| course.all_inputs.entropy);
        range("gradient_start", &first_gradient);
        range("gradient_end", &|course| at(course.trial.gradients.last()));
        range("gradient_100", &|course| at(course.trial.gradients.get(100)));
        range("gradient_least", &least_gradient);
        range("loss_least", &least_window);
        range("loss_100", &|course| mean_loss(&course.trial.run, 95, 105));
        range("accuracy", &|course| 100.0 * course.trial.accuracy);
        report.course(&format!("{name} loss"), "middle", &kind.losses());
        let gradients = kind.at_each_step(|course| &course.trial.gradients);
        report.course(&format!("{name} gradient"), "middle", &gradients);

        let depth = self.settings.depth;
        for (step, probe) in &kind.trials[0].trial.probes {
            for block in [1, depth] {
                let Spread { low, middle, high } =
                    kind.over_seeds(|course| course.trial.correlation(*step, block));
                let name = format!("{name}_correlation_{block}_at_{step}");
                report.value(format!("{name}_low"), format!("{low:.4}"));
                report.value(name.clone(), format!("{middle:.4}"));
                report.value(format!("{name}_high"), format!("{high:.4}"));
            }
            let blocks = || probe.layers[..depth].iter();
            let cosines = blocks().map(|block| block.correlation);
            report.series(format!("{name} correlation at {step}"), cosines);
            let gradients = blocks().map(|block| block.gradient_norm);
            report.series(format!("{name} gradient over depth at {step}"), gradients);
        }
    }

    fn sweep_final(&self, depth: usize, lr: f64, residual: bool) -> f64 {
        end(&self.sweep.of(&Key::Sweep { depth, lr, residual }).trials[0])
    }

    /// Loss and gradient of the base seed at [`TABLE_STEPS`].
    fn course_table(&self) -> Table {
        let mut table =
            Table::new(["step", "loss without", "gradient without", "loss with", "gradient with"]);
        for step in TABLE_STEPS {
            let shown = |x: Option<f64>| x.map_or(Cell::none(), Cell::from);
            let pair = |residual| {
                let trial = &self.flagship(residual).trials[0].trial;
                let loss = trial.run.loss_at(step).map(f64::from);
                [shown(loss), shown(trial.gradients.get(step).copied())]
            };
            table.row(cells![step].into_iter().chain(pair(false)).chain(pair(true)));
        }
        table
    }

    /// Gradient and correlation over depth of the base seed, at every probe.
    fn probe_table(&self) -> Table {
        let shown = TABLE_BLOCKS.into_iter().filter(|&block| block <= self.settings.depth);
        let header = ["residual", "step", "quantity"].map(str::to_owned).into_iter();
        let mut table =
            Table::new(header.chain(shown.clone().map(|block| format!("block {block}"))));
        for residual in [false, true] {
            for (step, probe) in &self.flagship(residual).trials[0].trial.probes {
                let blocks = || shown.clone().map(|block| &probe.layers[block - 1]);
                let gradients = blocks().map(|block| Cell::from(block.gradient_norm));
                let row = |quantity| cells![name(residual), *step, quantity].into_iter();
                table.row(row("gradient norm").chain(gradients));
                let cosines = blocks().map(|b| Cell::number(format!("{:.4}", b.correlation)));
                table.row(row("correlation").chain(cosines));
            }
        }
        table
    }

    /// Final losses of the sweep, without and with, and NaN where a run diverged.
    fn sweep_table(&self) -> Table {
        let rates = SWEEP_RATES.map(|lr| format!("lr {lr}"));
        let mut table = Table::new(["blocks".to_owned()].into_iter().chain(rates));
        for depth in SWEEP_DEPTHS {
            let cell = |lr| {
                let [without, with] =
                    [false, true].map(|residual| number(self.sweep_final(depth, lr, residual)));
                Cell::number(format!("{without} / {with}"))
            };
            table.row(cells![depth].into_iter().chain(SWEEP_RATES.map(cell)));
        }
        table
    }

    fn claims(&self) -> Vec<Claim> {
        let [without, with] = [false, true].map(|residual| {
            move |number: &dyn Fn(&Course) -> f64| self.flagship(residual).over_seeds(number)
        });
        let depth = self.settings.depth;
        let cosine = |course: &Course, step| course.trial.correlation(step, depth);
        let [start, early, _] = PROBED;
        let steps = self.settings.steps_of(true);
        let row = |depth| SWEEP_RATES.map(|lr| self.trains(depth, lr));
        let [shallow, .., deep] = SWEEP_DEPTHS;
        vec![
            Claim::book(
                format!(
                    "{} blocks without residual connections end at the loss of a guess: every seed \
                     within 0.05 of ln 2.",
                    spelled(depth)
                ),
                without(&|course| (end(course) - LN_2).abs()).high < 0.05,
            ),
            Claim::book(
                "Their layer-1 gradient does not start small: its norm is above 1 in every seed \
                 and falls by more than a factor of 10000.",
                without(&first_gradient).low > 1.0
                    && without(&|course| first_gradient(course) / least_gradient(course)).low > 1e4,
            ),
            Claim::book(
                "What keeps them from ln 2 is one number that all inputs share: with the best common \
                 shift of the logits, the loss over all training inputs is the entropy of the \
                 classes, to 0.0001 in every seed.",
                without(&|course| (course.all_inputs.shifted - course.all_inputs.entropy).abs())
                    .high
                    < 1e-4,
            ),
            Claim::book(
                format!(
                    "With residual connections every seed is below 0.05 by step {steps}, as the mean \
                     of ten steps in a row; over the last tenth the median is below 0.05 and every \
                     seed below 0.1."
                ),
                with(&least_window).high < 0.05
                    && with(&end).middle < 0.05
                    && with(&end).high < 0.1,
            ),
            Claim::book(
                format!(
                    "With residual connections the loss over all training inputs at step {steps}, \
                     with the best common shift of the logits, is below 0.05 in every seed."
                ),
                with(&|course| course.all_inputs.shifted).high < 0.05,
            ),
            Claim::book(
                format!(
                    "Without them the cosine between different inputs at block {depth} rises above \
                     0.999 within {early} steps; with them it falls below its start."
                ),
                without(&|course| cosine(course, start)).high < 0.99
                    && without(&|course| cosine(course, early)).low > 0.999
                    && with(&|course| cosine(course, early) - cosine(course, start)).high < 0.0,
            ),
            Claim::book(
                format!(
                    "At {deep} blocks no learning rate of the sweep trains without residual \
                     connections, and four of five train with them."
                ),
                row(deep).iter().all(|(without, _)| !without)
                    && row(deep).iter().filter(|(_, with)| *with).count() == 4,
            ),
            Claim::new(
                format!(
                    "At {shallow} blocks residual connections decide nothing: at each learning rate \
                     both networks train, or neither."
                ),
                row(shallow).iter().all(|(without, with)| without == with),
            ),
        ]
    }
}

/// Depths and learning rates of the sweep, row by row.
fn cells_of_the_sweep() -> impl Iterator<Item = (usize, f64)> {
    SWEEP_DEPTHS.into_iter().flat_map(|depth| SWEEP_RATES.map(|lr| (depth, lr)))
}

/// A number at the beginning of a sentence.
fn spelled(number: usize) -> String {
    match number {
        50 => "Fifty".to_owned(),
        other => other.to_string(),
    }
}

fn at(entry: Option<&f64>) -> f64 {
    entry.copied().unwrap_or(f64::NAN)
}

fn first_gradient(course: &Course) -> f64 {
    at(course.trial.gradients.first())
}

/// The smallest of the first layer's gradient norms; NaN if one of them is, or there are none.
fn least_gradient(course: &Course) -> f64 {
    lowest(course.trial.gradients.iter().copied())
}

/// Mean loss of the last tenth of the steps; NaN where the run diverged.
fn end(course: &Course) -> f64 {
    course.trial.run.final_loss().unwrap_or(f64::NAN)
}

/// Standard error of the mean loss of the last tenth, from the means of its three thirds: single
/// steps are not independent, as momentum keeps one for about ten.
fn end_error(run: &Run) -> f64 {
    let tenth = (run.losses.len() / 10).max(1);
    let (third, last) = (tenth / 3, run.losses.len());
    let means = [3, 2, 1].map(|k| mean_loss(run, last - k * third, last - (k - 1) * third));
    let mean = mean(means);
    libm::sqrt(means.iter().map(|m| (m - mean) * (m - mean)).sum::<f64>() / (2.0 * 3.0))
}

/// The smallest mean loss of ten steps in a row.
fn least_window(course: &Course) -> f64 {
    let run = &course.trial.run;
    let starts = 0..run.losses.len().saturating_sub(9);
    lowest(starts.map(|start| mean_loss(run, start, start + 10)))
}

#[cfg(test)]
mod tests {
    use crate::experiments::residual_depth::{run, Settings};
    use crate::experiments::Silent;

    #[test]
    fn a_seed_that_diverges_at_once_is_nan_and_breaks_its_claims() {
        let small = Settings { depth: 2, width: 8, steps: 2, seeds: 2, ..Settings::small() };
        let mut depths = run(&Settings { sweep_steps: 1, ..small }, &Silent);
        let early = &mut depths.sweep.arms[1].trials[1].trial;
        early.probes.clear();
        early.gradients.clear();
        let report = depths.report();
        assert_eq!(report.values["with_gradient_start_high"], "NaN");
        assert_eq!(report.values["with_correlation_2_at_0_low"], "NaN");
        assert!(!report.bears_out("Without them the cosine"));
    }
}
