//! What to look at where a network does not train: eight that do not, each with one change that
//! helps; and which update-to-data ratio the networks have that train best.

mod cases;
mod figures;
mod pace;

use crate::spine::prelude::*;
use cases::{Case, Seen, CASES};
use pace::{networks, Pace};

settings! {
    seed = 0;
    steps = 300, small 200;
    /// Networks at each rate.
    seeds: u64 = 5, small 1;
    /// Every so many steps an update is looked at, after the first ten.
    every: usize = 10;
    /// Whose rates are tried: the first so many.
    networks: usize = 5, small 1;
}

/// How large the pre-activations of a network are before training.
#[derive(Serialize, Deserialize)]
pub struct Sizes {
    /// What stands in the figure.
    pub name: String,
    /// Of each layer of [`SHOWN`], how many there are at each power of two of [`EXPONENTS`].
    pub counts: [Vec<usize>; 3],
}

/// Layers whose sizes are drawn, counted from 1: of twelve the first, one between, the last hidden.
const SHOWN: [usize; 3] = [1, 6, 11];

/// The exponents of the sizes that are drawn.
const EXPONENTS: std::ops::Range<i32> = -48..8;

#[derive(Serialize, Deserialize)]
pub struct Diagnosis {
    pub settings: Settings,
    /// The networks that do not train, as [`CASES`] has them.
    pub seen: Vec<Seen>,
    /// Under three initializations.
    pub sizes: Vec<Sizes>,
    /// Every network at every rate, the last fastest.
    pub paces: Vec<Pace>,
}

impl Experiment for Diagnosis {
    const NAME: &'static str = "diagnosis";
    const ASKS: &'static str = "What does one look at where a network does not train?";
    const FIGURES: &'static [&'static str] =
        &["diagnosis-sizes.svg", "diagnosis-updates.svg", "diagnosis-pace.svg"];
    type Settings = Settings;

    fn measure(settings: &Settings, progress: &dyn Progress) -> Diagnosis {
        let inits =
            [("N(0, 0.02²)", Init::Gpt2), ("Xavier", Init::Xavier), ("Kaiming", Init::Kaiming)];
        let sizes = inits.map(|(name, init)| {
            let network = Recipe::mlp(12).init(init).seed(settings.seed).build();
            let layers = network.probe(&sample(settings.seed).train.first(64)).layers;
            let counts =
                |layer: usize| EXPONENTS.map(|e| layers[layer - 1].sizes.count(e)).collect();
            Sizes { name: name.into(), counts: SHOWN.map(counts) }
        });
        Diagnosis {
            settings: settings.clone(),
            paces: pace::paces(settings, progress),
            seen: map_in_parallel(&CASES, progress, Case::see),
            sizes: sizes.into(),
        }
    }

    fn report(&self) -> Report {
        let mut report = Report::default();
        let Settings { steps, seeds, .. } = self.settings;
        report.counts([("steps", steps), ("seeds", seeds as usize)]);
        for (case, Seen { key, said, changed, first_loss, .. }) in CASES.iter().zip(&self.seen) {
            report.value(format!("{key}_run"), format!("$ {}\n{said}", case.command(false)));
            report.value(format!("{key}_changed"), format!("$ {}\n{changed}", case.command(true)));
            report.value(format!("{key}_loss"), number(*first_loss));
        }
        let early = || self.bests().map(|best| best.early);
        report.value("least", number(lowest(early())));
        report.value("most", number(highest(early())));
        for sizes in &self.sizes {
            let name = sizes.name.replace(|c: char| !c.is_ascii_alphanumeric(), "");
            report.value(format!("fall_{name}"), sizes.fall());
        }
        report.table(
            "cases",
            "Networks that do not train, and a change",
            ["what is wrong", "first loss", "outcome", "change", "then"],
            CASES.iter().zip(&self.seen).map(|(case, seen)| {
                let [outcome, then] = seen.outcomes.map(|outcome| outcome.to_string());
                cells![case.words[0], seen.first_loss, outcome, case.words[1], then]
            }),
        );
        report.table(
            "pace",
            "The update-to-data ratio at the best rate",
            [
                "network",
                "best lr",
                "its loss",
                "ratio at first",
                "at last",
                "ratios at first that train",
            ],
            self.bests().map(|best| {
                let trains = self.rates(best.network).filter(|pace| pace.trains);
                let early: Vec<f64> = trains.map(|pace| pace.early).collect();
                let range = match early[..] {
                    [] => Cell::none(),
                    [one] => Cell::from(one),
                    [first, .., last] => {
                        Cell::number(format!("{} to {}", number(first), number(last)))
                    }
                };
                let name = networks()[best.network].0;
                cells![name, best.lr, best.loss, best.early, best.late, range]
            }),
        );

        let seen = |key: &str| self.seen.iter().find(|seen| seen.key == key).expect("one a case");
        let ends = |outcome: Outcome| -> Vec<&str> {
            let ends = self.seen.iter().filter(|seen| seen.outcomes[0] == outcome);
            ends.map(|seen| &*seen.key).collect()
        };
        report.claim(
            "rows",
            "Three of the eight networks diverge and five stand still, each as its row says.",
            ends(Outcome::Diverges) == ["uniform", "residual", "fast"]
                && ends(Outcome::Vanishes) == ["xavier", "alike", "post", "dead", "slow"],
        );
        report.claim(
            "changes",
            "With the one change of its row each of them trains.",
            self.seen.iter().all(|seen| seen.outcomes[1] == Outcome::Trains),
        );
        let uniform = seen("uniform");
        let doubles = |pair: &[f64]| pair[1] > 2.0 * pair[0];
        report.claim(
            "uniform",
            "Uniform weights of up to 0.5: the first loss is more than a hundred guesses, and the \
             second moment more than doubles in each layer.",
            uniform.first_loss > 100.0 * GUESS && uniform.q[0].windows(2).all(doubles),
        );
        let residual = seen("residual");
        let [_, first, .., last, _] = residual.q[0][..] else { unreachable!("ten blocks") };
        report.claim(
            "residual",
            "Blocks without a norm: the second moment grows more than a thousandfold from the first \
             block to the last, and the first step moves each of their matrices by more than a percent.",
            last > 1000.0 * first && residual.updates.low > 0.01,
        );
        let xavier = seen("xavier");
        report.claim(
            "xavier",
            "Xavier under ReLU: the first loss is that of a guess within a percent, and no hidden matrix \
             moves by more than 1e-4 a step, at the first step or at the last.",
            (xavier.first_loss / GUESS - 1.0).abs() < 0.01 && xavier.updates.high < 1e-4,
        );
        // Whether all inputs look alike in the last block after training, but not before.
        let collapses = |Seen { correlation: [before, after], gradient, .. }: &Seen| {
            let end = before.len() - 2;
            before[..=end].iter().all(|&cosine| cosine < 0.9)
                && after[end] > 0.999
                && gradient[1][1] < 1e-3 * gradient[0][1]
        };
        report.claim(
            "collapse",
            "Without residual connections, and with the norm after the sum, inputs that are told apart \
             before training look alike after it, and the gradient of the first block has faded by more \
             than a thousand.",
            ["alike", "post"].map(seen).into_iter().all(collapses),
        );
        let dead = seen("dead");
        report.claim(
            "dead",
            "After a step too large a whole layer is dead at the last look, and the gradient of every \
             matrix is zero to the last bit.",
            dead.dead[1].contains(&1.0) && dead.gradient[1].iter().all(|&norm| norm == 0.0),
        );
        report.claim(
            "fast",
            "At a rate too large every update moves every hidden matrix by a twentieth or more, from the \
             first step on.",
            seen("fast").updates.low > 0.05,
        );
        report.claim(
            "slow",
            "At a rate too small no hidden matrix moves by more than 1e-4 a step.",
            seen("slow").updates.high < 1e-4,
        );
        let falls: Vec<i32> = self.sizes.iter().map(|sizes| sizes.fall()).collect();
        report.claim(
            "sizes",
            "Over eleven layers the size of a signal falls by more than 16 powers of two from weights of \
             deviation 0.02, by 4 to 7 from Xavier, and by at most one from Kaiming.",
            falls[0] > 16 && (4..=7).contains(&falls[1]) && falls[2].abs() <= 1,
        );
        report.claim_book(
            "best",
            "At the rate with the lowest loss a step moves the median hidden matrix of each network by a \
             ten-thousandth to a thousandth and a half of its size, from step 10 to 50.",
            self.bests().all(|best| (1e-4..1.5e-3).contains(&best.early)),
        );
        report.claim_book(
            "late",
            "Over the last fifty steps it moves it less than half as far.",
            self.bests().all(|best| best.late < 0.5 * best.early),
        );
        report.claim_book(
            "readout",
            "At these rates, with gradient descent, a step from 10 to 50 moves the readout at least twice as \
             far, beside its size, as the median hidden matrix.",
            self.bests().zip(networks()).all(|(best, (_, _, adam))| {
                adam || best.readout > 2.0 * best.early
            }),
        );
        report.claim_book(
            "range",
            "No network trains at a rate at which its ratio at first is below 2e-5 or above 1e-2.",
            self.paces.iter().all(|pace| !pace.trains || (2e-5..1e-2).contains(&pace.early)),
        );
        report
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        vec![self.draw_sizes(report), self.draw_updates(report), self.draw_pace(report)]
    }
}

impl Sizes {
    /// `(size in the middle of its bin, share)` of a layer, by its place in [`SHOWN`].
    fn shares(&self, place: usize) -> Vec<(f64, f64)> {
        let all: usize = self.counts[place].iter().sum();
        let middle = |e: i32| libm::exp2(f64::from(e) + 0.5);
        let share = |(e, &count): (i32, &usize)| (middle(e), count as f64 / all as f64);
        EXPONENTS.zip(&self.counts[place]).map(share).collect()
    }

    /// How often the median size of the last layer goes into that of the first, as a power of two.
    fn fall(&self) -> i32 {
        let middle = |place: usize| {
            let sums = self.shares(place).into_iter().scan(0.0, |sum, (_, share)| {
                *sum += share;
                Some(*sum)
            });
            sums.take_while(|sum| *sum < 0.5).count() as i32
        };
        middle(0) - middle(SHOWN.len() - 1)
    }
}

impl Diagnosis {
    /// The rates of one network, from small to large.
    fn rates(&self, network: usize) -> impl Iterator<Item = &Pace> + Clone {
        self.paces.iter().filter(move |pace| pace.network == network)
    }

    /// The rate with the lowest loss of each network.
    fn bests(&self) -> impl Iterator<Item = &Pace> {
        (0..self.settings.networks)
            .filter_map(|network| self.rates(network).min_by(|a, b| a.loss.total_cmp(&b.loss)))
    }
}
