//! What the diagnosis says: claims, numbers, tables.

use super::{networks, Diagnosis, Seen, Sizes, Tried, EARLY, NETWORKS};
use crate::experiments::{cells, median, number, Cell, Claim, Report, Table};
use minigrad::probe::LayerProbe;
use minigrad::recipe::Outcome;
use minigrad::train::Observed;

/// The exponents of the sizes that are drawn.
const EXPONENTS: std::ops::Range<i32> = -48..8;

/// The loss of a guess between two classes.
const GUESS: f64 = std::f64::consts::LN_2;

impl Sizes {
    /// `(size in the middle of its bin, share)` of a layer, counted from 0.
    pub fn shares(&self, layer: usize) -> Vec<(f64, f64)> {
        let sizes = &self.layers[layer];
        let all: usize = EXPONENTS.map(|e| sizes.count(e)).sum();
        let middle = |e: i32| libm::exp2(f64::from(e) + 0.5);
        EXPONENTS.map(|e| (middle(e), sizes.count(e) as f64 / all as f64)).collect()
    }

    /// How often the median size of the last layer goes into that of the first, as a power of two.
    fn fall(&self) -> i32 {
        let middle = |layer: usize| {
            let shares = self.shares(layer);
            let mut sum = 0.0;
            let below = shares.iter().take_while(|(_, share)| {
                sum += share;
                sum < 0.5
            });
            below.count() as i32
        };
        middle(0) - middle(self.layers.len() - 1)
    }
}

impl Seen {
    /// The layers of the first look, and of the last.
    fn looks(&self) -> [&[LayerProbe]; 2] {
        fn layers(observed: Option<&Observed>) -> &[LayerProbe] {
            observed.map_or(&[], |observed| &observed.probe.layers)
        }
        [layers(self.observed.first()), layers(self.observed.last())]
    }

    /// Whether every update of a matrix but the readout's, at every look, is as said.
    fn moves(&self, as_said: impl Fn(f64) -> bool) -> bool {
        let hidden = self.observed.iter().flat_map(|o| super::hidden(&o.updates));
        !self.observed.is_empty() && hidden.into_iter().all(|update| as_said(*update))
    }

    /// Whether inputs that are told apart before training all look alike in the last block after it, and
    /// the gradient of the first block has faded by a thousand.
    fn collapses(&self) -> bool {
        let [before, after] = self.looks();
        let (Some(end), true) = (before.len().checked_sub(2), before.len() == after.len()) else {
            return false;
        };
        before[..=end].iter().all(|layer| layer.correlation < 0.9)
            && after[end].correlation > 0.999
            && after[1].gradient_norm < 1e-3 * before[1].gradient_norm
    }
}

impl Diagnosis {
    /// Claims, numbers and tables.
    pub fn report(&self) -> Report {
        let question = "What does one look at where a network does not train?";
        let mut report = Report::new("diagnosis", question);
        report.settings = self.settings.shown();
        for (name, value) in [("steps", self.settings.steps), ("early", EARLY)] {
            report.value(name, value);
        }
        report.value("seeds", self.settings.seeds);
        for seen in &self.seen {
            let mut value = |name: &str, value: String| {
                report.value(format!("{}_{name}", seen.case.key), value);
            };
            value("run", format!("$ {}\n{}", seen.case.command(), seen.said));
            value("loss", number(seen.first_loss));
            let [first, last] = &seen.changed;
            let command = seen.case.changed_command();
            value("changed", format!("$ {command}\n{first}\n\n{last}"));
        }
        self.say_rates(&mut report);
        for sizes in &self.sizes {
            for (layer, number) in sizes.layers.iter().zip(1..) {
                let counts = EXPONENTS.map(|e| layer.count(e) as f64);
                report.series(format!("sizes {} {number}", sizes.name), counts);
            }
            report.value(
                format!("fall_{}", sizes.name.replace(|c: char| !c.is_ascii_alphanumeric(), "")),
                sizes.fall(),
            );
        }
        report.tables.insert("cases", self.cases());
        report.tables.insert("pace", self.pace());
        report.claims = self.claims();
        report
    }

    fn say_rates(&self, report: &mut Report) {
        for network in 0..self.settings.networks {
            let key = networks()[network].key;
            let Some(best) = self.best(network) else { continue };
            let values = [
                ("lr", best.plan.1.lr),
                ("loss", median(best.losses())),
                ("early", best.early()),
                ("late", best.late()),
            ];
            report.numbers(key, values);
            let column = |of: fn(&Tried) -> f64| self.rates(network).map(of);
            report.series(format!("{key} lr"), column(|arm| arm.plan.1.lr));
            report.series(format!("{key} early"), column(Tried::early));
            report.series(format!("{key} loss"), column(|arm| median(arm.losses())));
        }
        let earliest = self.bests().map(|best| best.early());
        report.value("least", number(super::super::lowest(earliest)));
        let earliest = self.bests().map(|best| best.early());
        report.value("most", number(super::super::highest(earliest)));
    }

    fn bests(&self) -> impl Iterator<Item = &Tried> {
        (0..self.settings.networks).filter_map(|network| self.best(network))
    }

    /// One row a case.
    fn cases(&self) -> Table {
        let mut table = Table::new(["what is wrong", "first loss", "outcome", "change", "then"]);
        for seen in &self.seen {
            let [outcome, then] = seen.outcomes.map(|outcome| outcome.to_string());
            let (wrong, remedy) = (seen.case.wrong, seen.case.remedy);
            table.row(cells![wrong, seen.first_loss, outcome, remedy, then]);
        }
        table
    }

    /// One row a network: its best rate, and what the rates at which it trains have in common.
    fn pace(&self) -> Table {
        let mut table = Table::new([
            "network",
            "best lr",
            "its loss",
            "ratio at first",
            "at last",
            "ratios at first that train",
        ]);
        for network in 0..self.settings.networks {
            let Some(best) = self.best(network) else { continue };
            let trains: Vec<&Tried> = self.rates(network).filter(|arm| arm.trains()).collect();
            let range = match &trains[..] {
                [] => Cell::none(),
                [first, .., last] => {
                    Cell::number(format!("{} to {}", number(first.early()), number(last.early())))
                }
                [one] => Cell::from(one.early()),
            };
            table.row(cells![
                networks()[network].name,
                best.plan.1.lr,
                median(best.losses()),
                best.early(),
                best.late(),
                range,
            ]);
        }
        table
    }

    fn claims(&self) -> Vec<Claim> {
        let seen = |key: &str| self.seen.iter().find(|seen| seen.case.key == key);
        let holds = |key: &str, of: &dyn Fn(&Seen) -> bool| seen(key).is_some_and(of);
        let ends = |outcome: Outcome| {
            let ends = self.seen.iter().filter(move |seen| seen.outcomes[0] == outcome);
            ends.map(|seen| seen.case.key).collect::<Vec<_>>()
        };
        let rising = |seen: &Seen, factor: f64| {
            let [first, _] = seen.looks();
            let pairs = first.windows(2);
            !first.is_empty() && pairs.into_iter().all(|pair| pair[1].q > factor * pair[0].q)
        };
        let early = || self.sweep.arms.iter().map(|arm| (arm.early(), arm.trains()));
        let all = self.settings.networks == NETWORKS;
        vec![
            Claim::new(
                "Three of the eight networks diverge and five stand still, each as its row says.",
                ends(Outcome::Diverges) == ["uniform", "residual", "fast"]
                    && ends(Outcome::Vanishes) == ["xavier", "alike", "post", "dead", "slow"],
            ),
            Claim::new(
                "With the one change of its row each of them trains.",
                self.seen.len() == 8 && self.seen.iter().all(|s| s.outcomes[1] == Outcome::Trains),
            ),
            Claim::new(
                "Uniform weights of up to 0.5: the first loss is more than a hundred guesses, and the \
                 second moment more than doubles in each layer.",
                holds("uniform", &|s| s.first_loss > 100.0 * GUESS && rising(s, 2.0)),
            ),
            Claim::new(
                "Blocks without a norm: the second moment grows more than a thousandfold from the first \
                 block to the last, and the first step moves each of their matrices by more than a percent.",
                holds("residual", &|s| {
                    let [first, _] = s.looks();
                    let blocks = first.get(1..first.len().saturating_sub(1)).unwrap_or_default();
                    let grows = |(a, b): (&LayerProbe, &LayerProbe)| b.q > 1000.0 * a.q;
                    blocks.first().zip(blocks.last()).is_some_and(grows) && s.moves(|u| u > 0.01)
                }),
            ),
            Claim::new(
                "Xavier under ReLU: the first loss is that of a guess within a percent, and no hidden matrix \
                 moves by more than 1e-4 a step, at the first step or at the last.",
                holds("xavier", &|s| {
                    (s.first_loss / GUESS - 1.0).abs() < 0.01 && s.moves(|u| u < 1e-4)
                }),
            ),
            Claim::new(
                "Without residual connections, and with the norm after the sum, inputs that are told apart \
                 before training look alike after it, and the gradient of the first block has faded by more \
                 than a thousand.",
                ["alike", "post"].iter().all(|key| holds(key, &Seen::collapses)),
            ),
            Claim::new(
                "After a step too large a whole layer is dead at the last look, and the gradient of every \
                 matrix is zero to the last bit.",
                holds("dead", &|s| {
                    let [_, last] = s.looks();
                    last.iter().any(|layer| layer.dead == 1.0)
                        && last.iter().all(|layer| layer.gradient_norm == 0.0)
                }),
            ),
            Claim::new(
                "At a rate too large every update moves every hidden matrix by a twentieth or more, from the \
                 first step on.",
                holds("fast", &|s| s.moves(|update| update > 0.05)),
            ),
            Claim::new(
                "At a rate too small no hidden matrix moves by more than 1e-4 a step.",
                holds("slow", &|s| s.moves(|update| update < 1e-4)),
            ),
            Claim::new(
                "Over eleven layers the size of a signal falls by more than 16 powers of two from weights of \
                 deviation 0.02, by 4 to 7 from Xavier, and by at most one from Kaiming.",
                match &self.sizes[..] {
                    [small, xavier, kaiming] => {
                        small.fall() > 16
                            && (4..=7).contains(&xavier.fall())
                            && kaiming.fall().abs() <= 1
                    }
                    _ => false,
                },
            ),
            Claim::book(
                "At the rate with the lowest loss a step moves the median hidden matrix of each network by 1e-3 \
                 of its size within a factor of 4, from step 10 to 50.",
                all && self.bests().all(|best| (2.5e-4..4e-3).contains(&best.early())),
            ),
            Claim::book(
                "Over the last fifty steps it moves it less than half as far.",
                all && self.bests().all(|best| best.late() < 0.5 * best.early()),
            ),
            Claim::book(
                "At these rates, with gradient descent, a step from 10 to 50 moves the readout at least twice as \
                 far, beside its size, as the median hidden matrix.",
                all && self.bests().zip(networks()).all(|(best, network)| {
                    network.adam || best.readout() > 2.0 * best.early()
                }),
            ),
            Claim::book(
                "No network trains at a rate at which its ratio at first is below 2e-5 or above 1e-2.",
                all && early().all(|(ratio, trains)| !trains || (2e-5..1e-2).contains(&ratio)),
            ),
        ]
    }
}
