//! Three tiny trainings, one of each outcome.

use super::*;

const STEPS: usize = 200;

#[derive(Serialize, Deserialize)]
pub struct Fate {
    pub outcome: Outcome,
    /// The step, counted from 0, at which it has left the finite numbers.
    pub diverged_at: Option<usize>,
    /// While it is finite: the first ten losses, then means of ten.
    pub course: Vec<(f64, f64)>,
}

impl Part for [Fate; 3] {
    fn measure(seed: u64) -> Self {
        [Init::Uniform(1.0), Init::Xavier, Init::Kaiming].map(|init| {
            let recipe = Recipe::mlp(12).width(64).init(init).seed(seed);
            let run = recipe.build().train(&sample(seed), &sgd(1e-2).steps(STEPS).seed(seed));
            let (first, rest) = run.losses.split_at(run.losses.len().min(10));
            let first = count(1, first).map(|(step, &loss)| (step, loss.into()));
            let course = first.chain(tens(rest, 15.5)).take_while(|(_, loss)| loss.is_finite());
            let course = course.collect();
            Fate { outcome: run.outcome(), diverged_at: run.diverged_at(), course }
        })
    }

    fn report(&self, report: &mut Report) {
        let sentence = "Twelve layers of width 64 at lr 0.01 diverge from uniform weights in [-1, \
            1], vanish from Xavier's and train from Kaiming's.";
        report.claim("outcomes", sentence, self.each_ref().map(|fate| fate.outcome) == OUTCOMES);
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let conclusion = "A loss explodes, stands still or falls";
        let steps = STEPS as f64;
        let chart = Chart::new(report.title(&["outcomes"], conclusion, "Three losses"))
            .x(Axis::log("step (the first is 1)", 1.0, steps))
            .y(Axis::linear("training loss (nats)", 0.0, 1.8))
            .dashed(colors::THEORY, "", &[(1.0, GUESS), (steps, GUESS)])
            .dashed(colors::THEORY, "", &[(1.0, 0.5 * GUESS), (steps, 0.5 * GUESS)])
            .note(1.05, 0.5 * GUESS, "half the loss of a guess");
        let chart = self.iter().fold(chart, |chart, Fate { outcome, diverged_at, course }| {
            let mut label = outcome.to_string();
            if let (Some(step), Some((_, from))) = (diverged_at, course.first()) {
                label += &format!(": {} at the start, NaN by step {}", number(*from), step + 1);
            }
            let line: Vec<_> = course.iter().copied().chain(diverged_at.map(leaves)).collect();
            chart.line(colors::outcome(*outcome), &label, &line)
        });
        let subtitle =
            "12 × 64 ReLU, lr 0.01, three inits, one seed each; dashed: a guess, and half of it";
        let spoken = "Training loss against the step of three networks: one lies far above the \
            frame and leaves the finite numbers, one stays at the loss of a guess, one falls below \
            half of it.";
        vec![drawn(chart, subtitle, spoken)]
    }
}
