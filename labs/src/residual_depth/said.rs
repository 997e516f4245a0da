//! Numbers, tables and claims.

use super::*;

/// The flagships.
const NAMES: [&str; 2] = ["without", "with"];

/// The updates at which the table of the courses looks.
const TABLE_STEPS: [usize; 7] = [0, 10, 30, 60, 100, 149, 299];

/// The blocks at which the table of the probes looks.
const TABLE_BLOCKS: [usize; 4] = [1, 10, 25, 50];

impl ResidualDepth {
    pub(super) fn said(&self) -> Report {
        let mut report = Report::default();
        self.say_values(&mut report);
        self.say_tables(&mut report);
        self.claim(&mut report);
        report
    }

    fn say_values(&self, report: &mut Report) {
        let ends = |report: &mut Report, name: &str, Spread { low, high, .. }: Spread| {
            report.numbers(name, [("low", low), ("high", high)]);
        };
        let cosine =
            |report: &mut Report, name: &str, step: usize, Spread { middle, .. }: Spread| {
                let depth = self.settings.depth;
                report
                    .value(format!("{name}_correlation_{depth}_at_{step}"), format!("{middle:.4}"));
            };
        for (name, one) in NAMES.into_iter().zip(&self.flagships) {
            report.spread(&format!("{name}_final"), one.fates.last());
            report.numbers(name, [("final_error", one.error)]);
            ends(report, &format!("{name}_all_inputs"), one.all_inputs(|losses| losses.loss));
            ends(report, &format!("{name}_shifted"), one.all_inputs(|losses| losses.shifted));
            if let Some((_, Spread { low, high, .. })) = one.fates.accuracy {
                let percent = [("low", 100.0 * low), ("high", 100.0 * high)];
                report.numbers(&format!("{name}_accuracy"), percent);
            }
            let predicted = format!("{:.2}", one.predicted[one.predicted.len() - 1]);
            report.value(format!("{name}_correlation_predicted"), predicted);
            cosine(report, name, PROBED[0], one.cosines(|at| at[0]));
        }
        let [without, with] = &self.flagships;
        ends(report, "with_initial", with.fates.initial);
        ends(report, "without_entropy", without.all_inputs(|losses| losses.entropy));
        report.spread("without_gradient_start", without.gradients(|first, _| first));
        report.spread("without_gradient_least", without.gradients(|_, least| least));
        cosine(report, "without", PROBED[1], without.cosines(|at| at[1]));
        report.value("tried_seeds", self.settings.tried_seeds);
        for ((name, ..), count) in TRIED.iter().zip(&self.tried) {
            report.value(format!("tried_{name}"), count);
        }
        for (pair, name, _) in PAIRS {
            let count = self.squares.iter().filter(|square| square.trains == pair).count();
            report.value(format!("sweep_{name}"), count);
        }
    }

    fn say_tables(&self, report: &mut Report) {
        let shown =
            |x: Option<&f64>| x.filter(|x| x.is_finite()).map_or(Cell::none(), |&x| Cell::from(x));
        report.table(
            "course",
            "Loss and layer-1 gradient of the first seed",
            ["step", "loss without", "gradient without", "loss with", "gradient with"],
            TABLE_STEPS.map(|step| {
                let pairs = self.flagships.iter().flat_map(move |one| {
                    [one.fates.first.get(step), one.gradients[0].get(step)].map(shown)
                });
                cells![step].into_iter().chain(pairs)
            }),
        );
        let blocks = TABLE_BLOCKS.into_iter().filter(|&block| block <= self.settings.depth);
        let names = blocks.clone().map(|block| format!("block {block}"));
        let of_blocks = &|cell: fn(f64) -> Cell, of: &[f64]| {
            blocks.clone().map(|block| cell(of[block - 1])).collect::<Vec<_>>()
        };
        let rows = NAMES.into_iter().zip(&self.flagships).flat_map(|(name, one)| {
            one.probes.iter().flat_map(move |Probed { step, cosines, gradients }| {
                let gradients = of_blocks(Cell::from, gradients);
                let cosines = of_blocks(|x| Cell::number(format!("{x:.4}")), cosines);
                [("gradient norm", gradients), ("correlation", cosines)]
                    .map(|(what, cells)| cells![name, *step, what].into_iter().chain(cells))
            })
        });
        let header = ["residual", "step", "quantity"].map(str::to_owned).into_iter();
        report.table("probes", "Over depth", header.chain(names), rows);
        let rates = SWEEP_RATES.map(|lr| format!("lr {lr}"));
        report.table(
            "sweep",
            "Final losses of the sweep, without / with",
            ["blocks".to_owned()].into_iter().chain(rates),
            self.squares.chunks(SWEEP_RATES.len()).map(|row| {
                let cell = |Square { finals: [without, with], .. }: &Square| {
                    Cell::number(format!("{} / {}", number(*without), number(*with)))
                };
                cells![row[0].depth].into_iter().chain(row.iter().map(cell))
            }),
        );
    }

    fn claim(&self, report: &mut Report) {
        let [without, with] = &self.flagships;
        let (depth, early, steps) = (self.settings.depth, PROBED[1], self.settings.steps_of(true));
        let [shallow, .., deep] = SWEEP_DEPTHS;
        let row = |depth| self.squares.iter().filter(move |square| square.depth == depth);
        // A number at the beginning of a sentence.
        let blocks = if depth == 50 { "Fifty".to_owned() } else { depth.to_string() };
        report.claim_book(
            "a guess",
            format!(
                "{blocks} blocks without residual connections end at the loss of a guess: every seed \
                 within 0.05 of ln 2."
            ),
            highest(without.fates.finals.iter().map(|loss| (loss - GUESS).abs())) < 0.05,
        );
        report.claim_book(
            "gradient",
            "Their layer-1 gradient does not start small: its norm is above 1 in every seed and falls \
             by more than a factor of 10000.",
            without.gradients(|first, _| first).low > 1.0
                && without.gradients(|first, least| first / least).low > 1e4,
        );
        report.claim_book(
            "one number",
            "What keeps them from ln 2 is one number that all inputs share: with the best common \
             shift of the logits, the loss over all training inputs is the entropy of the classes, \
             to 0.0001 in every seed.",
            without.all_inputs(|losses| (losses.shifted - losses.entropy).abs()).high < 1e-4,
        );
        report.claim_book(
            "trains",
            format!(
                "With residual connections every seed is below 0.05 by step {steps}, as the mean of \
                 ten steps in a row; over the last tenth the median is below 0.05 and every seed \
                 below 0.1."
            ),
            with.least_loss.high < 0.05
                && with.fates.last().middle < 0.05
                && with.fates.last().high < 0.1,
        );
        report.claim_book(
            "shifted",
            format!(
                "With residual connections the loss over all training inputs at step {steps}, with \
                 the best common shift of the logits, is below 0.05 in every seed."
            ),
            with.all_inputs(|losses| losses.shifted).high < 0.05,
        );
        report.claim_book(
            "alike",
            format!(
                "Without them the cosine between different inputs at block {depth} rises above \
                 0.999 within {early} steps; with them it falls below its start."
            ),
            without.cosines(|at| at[0]).high < 0.99
                && without.cosines(|at| at[1]).low > 0.999
                && with.cosines(|at| at[1] - at[0]).high < 0.0,
        );
        report.claim_book(
            "deep",
            format!(
                "At {deep} blocks no learning rate of the sweep trains without residual connections, \
                 and four of five train with them."
            ),
            row(deep).all(|square| !square.trains[0])
                && row(deep).filter(|square| square.trains[1]).count() == 4,
        );
        report.claim(
            "shallow",
            format!(
                "At {shallow} blocks residual connections decide nothing: at each learning rate both \
                 networks train, or neither."
            ),
            row(shallow).all(|square| square.trains[0] == square.trains[1]),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_that_diverges_at_once_is_nan_and_breaks_its_claims() {
        let few = Settings { depth: 2, width: 8, steps: 2, sweep_steps: 1, ..Settings::default() };
        let mut found = ResidualDepth::measure(&few, &Silent);
        found.flagships[0].gradients[1].clear();
        found.flagships[1].cosines[1] = [f64::NAN; 2];
        let report = found.report();
        assert_eq!(report.values["without_gradient_start_high"], "NaN");
        assert!(!report.holds("alike"));
    }
}
