//! Networks that do not train, each with one change that helps.

use crate::one_run;
use crate::recipe_flags::{Course, Described};
use crate::spine::prelude::*;
use clap::Parser;
use minigrad::probe::LayerProbe;

/// A network that does not train, and one change after which it does.
pub struct Case {
    /// Its values in the text begin so.
    pub key: &'static str,
    /// What is wrong, and what is changed, in a few words.
    pub words: [&'static str; 2],
    /// Steps from one look to the next.
    every: usize,
    /// Flags of `train`: between those that stay, the one before the change and after it.
    flags: (&'static str, [&'static str; 2], &'static str),
}

/// All of them, in the order in which the page looks at them.
pub const CASES: [Case; 8] = [
    Case {
        key: "uniform",
        words: ["weights too large", "Kaiming"],
        every: 200,
        flags: ("--depth 8 --width 64", ["--init uniform(0.5)", "--init kaiming"], "--lr 0.01"),
    },
    Case {
        key: "residual",
        words: ["residual connections without a norm", "RMSNorm in the blocks"],
        every: 200,
        flags: ("--body block --depth 10 --width 32 --residual", ["", "--norm rms"], "--lr 0.01"),
    },
    Case {
        key: "xavier",
        words: ["weights too small", "Kaiming"],
        every: 200,
        flags: ("--depth 12 --width 64", ["--init xavier", "--init kaiming"], "--lr 0.003"),
    },
    Case {
        key: "alike",
        words: ["no residual connections", "residual connections"],
        every: 200,
        flags: (
            "--body block --depth 12 --width 32 --activation gelu --norm rms --final-norm",
            ["", "--residual"],
            "--lr 0.03",
        ),
    },
    Case {
        key: "post",
        words: ["the norm after the sum", "the norm before the branch"],
        every: 200,
        flags: (
            "--body block --depth 16 --width 32 --activation gelu --norm rms",
            ["--placement post", "--final-norm"],
            "--residual --lr 0.05",
        ),
    },
    Case {
        key: "dead",
        words: ["units that a large step has switched off", "lr 0.02"],
        every: 120,
        flags: ("--depth 8 --width 64", ["--lr 0.2", "--lr 0.02"], ""),
    },
    Case {
        key: "fast",
        words: ["a learning rate too large", "lr 0.02"],
        every: 2,
        flags: ("--depth 8 --width 64", ["--lr 0.5", "--lr 0.02"], ""),
    },
    Case {
        key: "slow",
        words: ["a learning rate too small", "lr 0.02"],
        every: 200,
        flags: ("--depth 8 --width 64", ["--lr 0.00001", "--lr 0.02"], ""),
    },
];

/// What became of a case.
#[derive(Serialize, Deserialize)]
pub struct Seen {
    pub key: String,
    /// What its command prints.
    pub said: String,
    /// What its command prints with the change: the first line and the last.
    pub changed: String,
    /// The outcome, and that with the change.
    pub outcomes: [Outcome; 2],
    pub first_loss: f64,
    /// How far an update moves a matrix but the readout's, as a share of its size, over all looks.
    pub updates: Spread,
    /// Of the layers at the first look, and at the last.
    #[serde(with = "real")]
    pub q: [Vec<f64>; 2],
    #[serde(with = "real")]
    pub correlation: [Vec<f64>; 2],
    #[serde(with = "real")]
    pub dead: [Vec<f64>; 2],
    #[serde(with = "real")]
    pub gradient: [Vec<f64>; 2],
}

/// Flags as `train` reads them.
#[derive(Parser)]
#[command(no_binary_name = true)]
struct Flags {
    #[command(flatten)]
    described: Described,
    #[command(flatten)]
    course: Course,
}

impl Case {
    /// The flags of the case, or with the change.
    fn flags(&self, changed: bool) -> Vec<&str> {
        let (before, own, after) = self.flags;
        let all = [before, own[usize::from(changed)], after, "--steps 200"];
        all.into_iter().flat_map(str::split_whitespace).collect()
    }

    /// What they say.
    fn plan(&self, changed: bool) -> (Recipe, Training) {
        let flags = Flags::try_parse_from(self.flags(changed)).ok();
        flags.and_then(|flags| flags.described.read(&flags.course).ok()).expect("flags of train")
    }

    /// The command as one types it: a shell reads parentheses.
    pub fn command(&self, changed: bool) -> String {
        let quoted =
            |flag| if str::contains(flag, '(') { format!("{flag:?}") } else { flag.into() };
        let flags: Vec<String> = self.flags(changed).into_iter().map(quoted).collect();
        let watch = if changed { String::new() } else { format!(" --watch {}", self.every) };
        format!("cargo run --bin train -- {}{watch}", flags.join(" "))
    }

    /// Runs it, and runs it with the change.
    pub fn see(&self) -> Seen {
        let ((recipe, training), mut looks) = (self.plan(false), vec![]);
        let run = one_run::watched(&recipe, &training, self.every, |look| looks.push(look.clone()));
        let pictures: String = looks.iter().map(|look| format!("{look}\n")).collect();
        let said = format!("{recipe}; {training}\n\n{pictures}{}", run.verdict());
        let (recipe, training) = self.plan(true);
        let better = one_run::run(&recipe, &training, &Silent);
        let ends = [&looks[0], &looks[looks.len() - 1]];
        let of = |number: fn(&LayerProbe) -> f64| {
            ends.map(|look| look.probe.layers.iter().map(number).collect())
        };
        Seen {
            key: self.key.into(),
            said,
            changed: format!("{recipe}; {training}\n\n{}", better.verdict()),
            outcomes: [&run, &better].map(|one| one.run.outcome()),
            first_loss: run.run.initial_loss().into(),
            updates: Spread::of(looks.iter().flat_map(|look| hidden(&look.updates)).copied()),
            q: of(|layer| layer.q),
            correlation: of(|layer| layer.correlation),
            dead: of(|layer| layer.dead),
            gradient: of(|layer| layer.gradient_norm),
        }
    }
}

/// The ratios of the matrices but the readout's, which is the last.
pub fn hidden(updates: &[f64]) -> &[f64] {
    &updates[..updates.len() - 1]
}
