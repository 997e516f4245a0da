//! Starts: what a branch may begin as, and which beginning replaces a norm.

use crate::spine::prelude::*;
use minigrad_plot::Cells;

settings! {
    seed = 0;
    steps = 200, small 60;
    /// Runs of each stack at each rate.
    seeds: u64 = 5, small 1;
    /// Numbers of blocks, ascending.
    depths: Vec<usize> = vec![6, 24], small vec![2, 8];
    /// Learning rates, ascending.
    rates: Vec<f64> = vec![1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1], small vec![1e-2, 1e-1];
}

/// Units of the stream.
const WIDTH: usize = 32;

/// The name of a start, and what it makes of residual blocks as Kaiming draws them.
type Start = (&'static str, fn(Recipe) -> Recipe);

/// All of them; the first five have no norm.
const STARTS: [Start; 8] = [
    ("plain", |blocks| blocks),
    ("scaled", |blocks| blocks.out_proj(OutProj::Scaled)),
    ("zero", |blocks| blocks.out_proj(OutProj::Zero)),
    ("Fixup", |blocks| blocks.out_proj(OutProj::Fixup)),
    ("SkipInit", |blocks| blocks.out_proj(OutProj::SkipInit)),
    ("pre-norm", |blocks| blocks.norm(Norm::Rms).final_norm()),
    ("post-norm", post),
    ("DeepNorm", |blocks| post(blocks).out_proj(OutProj::DeepNorm)),
];

fn post(blocks: Recipe) -> Recipe {
    blocks.norm(Norm::Rms).placement(Placement::Post)
}

/// One start at one depth.
#[derive(Serialize, Deserialize)]
pub struct Stack {
    pub start: String,
    pub depth: usize,
    /// How far a step of rate 1 moves a logit, in units of the residual: `Theta(x, x)` at the start.
    pub step: f64,
    /// The largest of the rates at which theory says that it trains.
    pub predicted: Option<f64>,
    /// At each rate the outcome of all seeds; nothing where they disagree.
    pub outcomes: Vec<Option<Outcome>>,
}

#[derive(Serialize, Deserialize)]
pub struct Starts {
    pub settings: Settings,
    /// By start and depth, the last fastest.
    pub stacks: Vec<Stack>,
}

impl Experiment for Starts {
    const NAME: &'static str = "starts";
    const ASKS: &'static str = "Which start of a branch replaces a norm, at which depth and rate?";
    const FIGURES: &'static [&'static str] = &["starts.svg", "starts-deep.svg"];
    type Settings = Settings;

    fn measure(settings: &Settings, progress: &dyn Progress) -> Starts {
        let Settings { seed, steps, seeds, ref depths, ref rates } = *settings;
        let arms = STARTS.into_iter().flat_map(|(start, of)| {
            let blocks = |depth| Recipe::blocks(depth).width(WIDTH).activation(Gelu).residual();
            let arm = move |depth, lr| {
                Arm::new(start, (of(blocks(depth)), sgd(lr).steps(steps)), seed, seeds)
            };
            depths.iter().flat_map(move |&depth| rates.iter().map(move |&lr| arm(depth, lr)))
        });
        let sweep = sweep(arms, progress, |(recipe, training)| {
            recipe.build().train(&sample(recipe.seed), training)
        });
        let stack = |arms: &[Swept<&str, Run>]| {
            let recipe = &arms[0].plan.0;
            let trains = |lr| {
                let prediction = Prediction::of(recipe, &sgd(lr).steps(steps));
                prediction.is_ok_and(|prediction| prediction.verdict() == Verdict::Trains)
            };
            Stack {
                start: arms[0].key.into(),
                depth: recipe.depth,
                step: Kernel::of(recipe).tangent.same,
                predicted: rates.iter().copied().rfind(|&lr| trains(lr)),
                outcomes: arms.iter().map(Swept::outcome).collect(),
            }
        };
        let stacks = sweep.arms.chunks(rates.len()).map(stack).collect();
        Starts { settings: settings.clone(), stacks }
    }

    fn report(&self) -> Report {
        let Settings { steps, seeds, ref depths, .. } = self.settings;
        let mut report = Report::default();
        report.counts([("steps", steps), ("seeds", seeds as usize)]);
        let rate = |rate: Option<f64>| rate.map_or("none".to_owned(), |rate| rate.to_string());
        for start in ["zero", "Fixup", "SkipInit", "pre-norm"] {
            let name = start.to_lowercase().replace('-', "_");
            let [shallow, deep] = self.ends(start).map(|stack| rate(self.largest(stack)));
            report.value(format!("{name}_shallow"), shallow);
            report.value(format!("{name}_deep"), deep);
        }
        let [_, post] = self.ends("post-norm");
        report.value("post_norm_deep_predicted", rate(post.predicted));

        let stacks = self.stacks.chunks(depths.len()).map(|stacks| (&*stacks[0].start, stacks));
        let cell = |rate: Option<f64>| rate.map_or(Cell::none(), Cell::from);
        let both = |stack: &Stack| [stack.predicted, self.largest(stack)].map(cell);
        let twice = |n: &usize| ["predicted", "measured"].map(|word| format!("{n} blocks, {word}"));
        report.table(
            "largest",
            "Largest rate that trains",
            ["start".to_owned()].into_iter().chain(depths.iter().flat_map(twice)),
            stacks
                .clone()
                .map(|(name, all)| cells![name].into_iter().chain(all.iter().flat_map(both))),
        );
        report.table(
            "steps",
            "First step",
            ["start".to_owned()].into_iter().chain(depths.iter().map(|n| format!("{n} blocks"))),
            stacks.map(|(name, all)| {
                cells![name].into_iter().chain(all.iter().map(|stack| stack.step.into()))
            }),
        );

        let both = |start| self.ends(start).map(|stack| self.largest(stack).unwrap_or(0.0));
        let [zero, scaled, fixup] = ["zero", "scaled", "Fixup"].map(both);
        report.claim_book(
            "depth",
            "With four times the blocks, branches that start at zero or scaled bear smaller rates, and \
             Fixup's bear the same.",
            zero[1] < zero[0] && scaled[1] < scaled[0] && fixup[0] == fixup[1] && fixup[1] > 0.0,
        );
        let best = STARTS[..5].iter().map(|(start, _)| both(start)[1]).fold(0.0, f64::max);
        report.claim_book(
            "fixup",
            "Of the starts without a norm Fixup bears the largest rate at the larger depth; the norm at \
             the entry of each branch bears a larger one.",
            fixup[1] == best && both("pre-norm")[1] > best,
        );
        report.claim_book(
            "deepnorm",
            "With a norm of each sum the deeper stack trains at no rate; with DeepNorm's weights it does.",
            both("post-norm")[1] == 0.0 && both("DeepNorm")[1] > 0.0,
        );
        // Below the smallest rate there is one more step. Theory covers no learned scale.
        let step = |rate: Option<f64>| {
            self.settings.rates.iter().filter(|&&lr| rate.is_some_and(|rate| lr <= rate)).count()
        };
        let covered = self.stacks.iter().filter(|stack| stack.start != "SkipInit");
        let apart = |it: &Stack| step(it.predicted).abs_diff(step(self.largest(it)));
        let apart: Vec<usize> = covered.map(apart).collect();
        let (near, of) = (apart.iter().filter(|&&steps| steps <= 1).count(), apart.len());
        report.claim_book(
            "theory",
            format!("Theory names the largest rate within one step of the grid for {near} of {of} stacks."),
            near < of && 5 * near >= 4 * of,
        );
        report
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let [shallow, deep] = self.ends("plain").map(|stack| stack.depth);
        let few = "A few blocks train from almost every start";
        let many = "Fixup comes close to a norm, and DeepNorm mends post-norm";
        vec![
            self.draw(report, shallow, few, &["depth"]),
            self.draw(report, deep, many, &["fixup", "deepnorm"]),
        ]
    }
}

impl Starts {
    /// The shallowest stack and the deepest of a start.
    fn ends(&self, start: &str) -> [&Stack; 2] {
        let mut all = self.stacks.iter().filter(|stack| stack.start == start);
        let first = all.next().expect("a depth");
        [first, all.next_back().unwrap_or(first)]
    }

    /// The largest rate at which every run trains.
    fn largest(&self, stack: &Stack) -> Option<f64> {
        let mut rates = self.settings.rates.iter().zip(&stack.outcomes);
        rates.rfind(|(_, outcome)| **outcome == Some(Outcome::Trains)).map(|(lr, _)| *lr)
    }

    fn draw(&self, report: &Report, depth: usize, conclusion: &str, claims: &[&str]) -> Drawing {
        let stacks = self.stacks.iter().filter(|stack| stack.depth == depth);
        let row = |stack: &Stack| stack.outcomes.iter().map(|one| Some(category(*one))).collect();
        let cells: Vec<Vec<Option<usize>>> = stacks.map(row).collect();
        let Settings { steps, seeds, ref rates, .. } = self.settings;
        let [trains, vanishes, diverges, open] = [0, 1, 2, 3]
            .map(|one| cells.iter().flatten().filter(|&&category| category == Some(one)).count());
        let question = format!("{depth} blocks: which start bears which rate?");
        let drawn = Cells::new(report.title(claims, conclusion, &question))
            .subtitle(&format!(
                "{depth} blocks × {WIDTH} GELU with + x, {steps} steps, {seeds} seeds"
            ))
            .desc(&format!(
                "Outcome of {} starts of {depth} residual blocks at {} learning rates: {trains} train, \
                 {vanishes} vanish, {diverges} diverge, in {open} the seeds disagree.",
                STARTS.len(),
                rates.len()
            ))
            .columns("learning rate", &rates.iter().map(f64::to_string).collect::<Vec<_>>())
            .rows("start", &STARTS.map(|(start, _)| start.to_owned()));
        outcomes_named(drawn).cells(&cells).render()
    }
}
