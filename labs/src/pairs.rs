//! Chapter 04: what init, norm and residual connection do to each other, pair by pair.

mod relation;

use relation::pairs;
pub use relation::Relation;

use crate::spine::prelude::*;
use minigrad_plot::Cells;
use std::collections::BTreeMap;

settings! {
    seed = 0;
    steps = 300, small 150;
    /// Runs of each cell.
    seeds: u64 = 5, small 1;
}

/// The learning rates, in the order of the tables.
pub const RATES: [f64; 2] = [1e-2, 1e-1];

/// The initializations: too large, exact, too small.
pub const INITS: [(&str, Init); 3] =
    [("uniform", Init::Uniform(0.5)), ("Kaiming", Init::Kaiming), ("GPT-2", Init::Gpt2)];

/// The bodies, in the order of the tables.
pub const BODIES: [Body; 2] = [Body::Plain, Body::Block];

/// Everything that is varied but the learning rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    pub body: Body,
    /// What tables call the initialization, one of [`INITS`].
    pub init: &'static str,
    /// Whether there is RMSNorm: before each activation of a plain body, at the entry of each block
    /// and before the readout of blocks.
    pub norm: bool,
    pub residual: bool,
}

impl Choice {
    /// Every choice, by body, init, norm and residual, the last fastest.
    pub fn all() -> Vec<Choice> {
        let mut all = vec![];
        for body in BODIES {
            for (init, _) in INITS {
                for norm in [false, true] {
                    all.extend([false, true].map(|residual| Choice { body, init, norm, residual }));
                }
            }
        }
        all
    }

    /// The network: 16 linear layers of width 96 and ReLU, or 8 blocks of width 32 and GELU.
    // ANCHOR: recipe
    pub fn recipe(&self) -> Recipe {
        let recipe = match self.body {
            Body::Plain => Recipe::mlp(16).width(96).activation(Activation::Relu),
            Body::Block => Recipe::blocks(8).width(32).activation(Activation::Gelu),
        };
        let init = INITS.iter().find(|(name, _)| *name == self.init);
        let recipe = recipe.init(init.expect("an init of the experiment").1);
        let recipe = if self.residual { recipe.residual() } else { recipe };
        match (self.norm, self.body) {
            (false, _) => recipe,
            (true, Body::Plain) => recipe.norm(Norm::Rms),
            (true, Body::Block) => recipe.norm(Norm::Rms).final_norm(),
        }
    }
    // ANCHOR_END: recipe

    /// Name in the values: `plain_kaiming_rms_residual`.
    fn name(&self) -> String {
        let Choice { body, init, norm, residual } = self;
        let [norm, residual] =
            [(norm, "_rms"), (residual, "_residual")]
                .map(|(is_there, name)| if *is_there { name } else { "" });
        format!("{body}_{}{norm}{residual}", init.to_lowercase().replace('-', ""))
    }
}

#[derive(Serialize, Deserialize)]
pub struct Pairs {
    pub settings: Settings,
    /// In the order of [`Choice::all`], at each of [`RATES`].
    pub cells: Vec<[Fates; 2]>,
}

/// The bodies, each at both rates.
fn columns() -> impl Iterator<Item = (Body, usize)> {
    BODIES.into_iter().flat_map(|body| [0, 1].map(|rate| (body, rate)))
}

impl Experiment for Pairs {
    const NAME: &'static str = "pairs";
    const ASKS: &'static str =
        "Of init, norm and residual connection, which two replace, need or harm each other?";
    const FIGURES: &'static [&'static str] = &["pairs.svg"];
    type Settings = Settings;

    fn measure(settings: &Settings, progress: &dyn Progress) -> Pairs {
        let Settings { seed, steps, seeds } = *settings;
        let arm = |choice: &Choice, lr| {
            Arm::new((), (choice.recipe(), sgd(lr).steps(steps)), seed, seeds)
        };
        let choices = Choice::all();
        let arms = choices.iter().flat_map(|choice| RATES.map(|lr| arm(choice, lr)));
        let swept = sweep(arms, progress, |(recipe, training)| Trial::of(recipe, training)).arms;
        let cell =
            |rates: &[Swept<_, _>]| [0, 1].map(|rate: usize| Fates::of(&rates[rate]).brief());
        Pairs { settings: settings.clone(), cells: swept.chunks(2).map(cell).collect() }
    }

    fn report(&self) -> Report {
        let mut report = Report::default();
        for (choice, rates) in Choice::all().iter().zip(&self.cells) {
            for (fates, rate) in rates.iter().zip(["", "_fast"]) {
                let key = choice.name() + rate;
                report.value(format!("{key}_final"), number(fates.last().middle));
                if let Some((mean, _)) = fates.accuracy {
                    report.value(format!("{key}_accuracy"), format!("{:.0}", 100.0 * mean));
                }
            }
        }
        self.tabulate(&mut report);
        self.claim(&mut report);
        report
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let choices = Choice::all();
        let rows = &choices[..choices.len() / BODIES.len()];
        let name = |choice: &Choice| {
            let tricks = match (choice.norm, choice.residual) {
                (false, false) => "",
                (true, false) => " + norm",
                (false, true) => " + residual",
                (true, true) => " + both",
            };
            format!("{}{tricks}", choice.init)
        };
        let names: Vec<String> = rows.iter().map(name).collect();
        let heads: Vec<String> =
            columns().map(|(body, rate)| format!("{body} {}", RATES[rate])).collect();
        let cell = |choice: &Choice| {
            let of = |(body, rate)| self.cell(Choice { body, ..*choice }, rate).outcome();
            columns().map(|column| Some(category(of(column)))).collect()
        };
        let cells: Vec<Vec<Option<usize>>> = rows.iter().map(cell).collect();
        let count =
            |category| cells.iter().flatten().filter(|&&cell| cell == Some(category)).count();
        let [plain, block] = BODIES.map(|body| Choice { body, ..rows[0] }.recipe());
        let conclusion = "With norm and residual connections, every init trains";
        let drawn = Cells::new(report.title(&["both"], conclusion, Pairs::ASKS))
            .subtitle(&format!(
                "{} × {} ReLU and {} blocks × {} GELU, {} steps, {} seeds",
                plain.depth,
                plain.width,
                block.depth,
                block.width,
                self.settings.steps,
                self.settings.seeds
            ))
            .desc(&format!(
                "Outcome of {} combinations of init, norm and residual connection, in two bodies at \
                 two learning rates: {} train, {} vanish, {} diverge, in {} the seeds disagree.",
                rows.len(),
                count(0),
                count(1),
                count(2),
                count(3)
            ))
            .columns("body and lr", &heads)
            .rows("combination", &names);
        vec![outcomes_named(drawn).cells(&cells).render()]
    }
}

impl Pairs {
    /// What became of a choice at a rate, by its place in [`RATES`].
    fn cell(&self, choice: Choice, rate: usize) -> &Fates {
        let place = Choice::all().iter().position(|&one| one == choice);
        &self.cells[place.expect("a choice of the experiment")][rate]
    }

    /// What theory says of every choice of a body and what became of it at each rate; one row a pair
    /// and setting; and how often each relation stands there.
    fn tabulate(&self, report: &mut Report) {
        let word = |is_so| if is_so { "yes" } else { "no" };
        for (body, name, title) in
            [(Body::Plain, "plain", "Plain body"), (Body::Block, "block", "Blocks")]
        {
            let of_body = Choice::all().into_iter().filter(|choice| choice.body == body);
            let row = |choice: Choice| {
                let theory = Propagation::of(&choice.recipe()).layers;
                let (q, gradient) = (theory[theory.len() - 1].q, theory[0].gradient);
                let outcomes = [0, 1].map(|rate| {
                    let fates = self.cell(choice, rate);
                    match fates.last().middle {
                        loss if loss.is_finite() => {
                            format!("{}, {}", fates.outcomes(), number(loss))
                        }
                        _ => fates.outcomes(),
                    }
                });
                let theory =
                    cells![choice.init, word(choice.norm), word(choice.residual), q, gradient];
                theory.into_iter().chain(outcomes.map(Cell::from))
            };
            let header =
                ["init", "norm", "residual", "q of the logits", "gradient"].map(String::from);
            let rates = RATES.map(|lr| format!("lr {lr}"));
            report.table(name, title, header.into_iter().chain(rates), of_body.map(row));
        }
        let mut counts = BTreeMap::<String, usize>::new();
        let rows: Vec<Vec<Cell>> = pairs()
            .into_iter()
            .map(|(tricks, given, four)| {
                let mut relation = |(body, rate)| {
                    let [neither, first, second, both] = four.map(|(init, norm, residual)| {
                        let choice = Choice { body, init, norm, residual };
                        self.cell(choice, rate).all(Outcome::Trains)
                    });
                    let relation = Relation::of(neither, first, second, both);
                    let (word, counted) = match relation {
                        Relation::First => {
                            (format!("{} suffices", tricks[0]), "one suffices".into())
                        }
                        Relation::Second => {
                            (format!("{} suffices", tricks[1]), "one suffices".into())
                        }
                        other => (other.to_string(), other.to_string()),
                    };
                    *counts.entry(counted.replace(' ', "_")).or_default() += 1;
                    Cell::from(word)
                };
                let relations: Vec<Cell> = columns().map(&mut relation).collect();
                cells![tricks.join(" × "), given].into_iter().chain(relations).collect()
            })
            .collect();
        counts.into_iter().for_each(|(name, count)| report.value(format!("count_{name}"), count));
        let heads = columns().map(|(body, rate)| format!("{body}, lr {}", RATES[rate]));
        let header = ["pair", "given"].into_iter().map(String::from).chain(heads);
        report.table("pairs", "Pairs", header, rows);
    }

    fn claim(&self, report: &mut Report) {
        let everywhere = |init, norm, residual, test: &dyn Fn(&Fates) -> bool| {
            columns()
                .all(|(body, rate)| test(self.cell(Choice { body, init, norm, residual }, rate)))
        };
        let trains = |fates: &Fates| fates.all(Outcome::Trains);
        report.claim(
            "both",
            "With norm and residual connections every init trains, in both bodies, at both rates, in \
             every seed.",
            INITS.iter().all(|(init, _)| everywhere(init, true, true, &trains)),
        );
        report.claim(
            "harm",
            "Kaiming and residual connections harm each other: without a norm they diverge together in \
             both bodies at both rates.",
            everywhere("Kaiming", false, true, &|fates| fates.all(Outcome::Diverges)),
        );
        report.claim(
            "norm alone",
            "A norm alone does not replace the init: GPT-2's small weights with RMSNorm and without \
             residual connections vanish in both bodies at both rates.",
            everywhere("GPT-2", true, false, &|fates| fates.all(Outcome::Vanishes)),
        );
        report.claim(
            "no norm",
            "Small weights and residual connections need no norm: GPT-2's init with residual \
             connections trains in both bodies at both rates.",
            everywhere("GPT-2", false, true, &trains),
        );
        report.claim(
            "finite",
            "No normalized network leaves the finite numbers, with any init, at either rate.",
            Choice::all().iter().zip(&self.cells).all(|(choice, rates)| {
                !choice.norm || rates.iter().all(|fates| fates.count(Outcome::Diverges) == 0)
            }),
        );
    }
}
