//! Networks that do not train.

use minigrad::recipe::{Activation, Init, Norm, Placement, Recipe, Training};

/// A network that does not train, and one change after which it does.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its values in the text begin so.
    pub key: &'static str,
    /// What is wrong, in a few words.
    pub wrong: &'static str,
    /// The flags of `train`.
    pub flags: &'static str,
    /// What the flags say.
    pub plan: (Recipe, Training),
    /// Steps from one look to the next.
    pub every: usize,
    /// What is changed, in a few words.
    pub remedy: &'static str,
    /// The flags after the change.
    pub changed: &'static str,
    /// What they say.
    pub change: (Recipe, Training),
}

impl Case {
    /// The command that shows it.
    pub fn command(&self) -> String {
        format!("cargo run --bin train -- {} --watch {}", shell(self.flags), self.every)
    }

    /// The command of the change.
    pub fn changed_command(&self) -> String {
        format!("cargo run --bin train -- {}", shell(self.changed))
    }
}

/// Flags as one types them: a shell reads parentheses.
fn shell(flags: &str) -> String {
    let quoted = |flag: &str| if flag.contains('(') { format!("\"{flag}\"") } else { flag.into() };
    flags.split_whitespace().map(quoted).collect::<Vec<String>>().join(" ")
}

/// Steps of each case.
pub const STEPS: usize = 200;

/// All of them, in the order in which the page looks at them.
pub fn cases() -> Vec<Case> {
    let plain = || Recipe::mlp(8).width(64);
    let sgd = |lr| Training::sgd(lr).momentum(0.9).steps(STEPS);
    let blocks = |depth| Recipe::blocks(depth).width(32);
    let normed = |depth| blocks(depth).activation(Activation::Gelu).norm(Norm::Rms);
    vec![
        Case {
            key: "uniform",
            wrong: "weights too large",
            flags: "--depth 8 --width 64 --init uniform(0.5) --lr 0.01 --steps 200",
            plan: (plain().init(Init::Uniform(0.5)), sgd(0.01)),
            every: STEPS,
            remedy: "Kaiming",
            changed: "--depth 8 --width 64 --init kaiming --lr 0.01 --steps 200",
            change: (plain(), sgd(0.01)),
        },
        Case {
            key: "residual",
            wrong: "residual connections without a norm",
            flags: "--body block --depth 10 --width 32 --residual --lr 0.01 --steps 200",
            plan: (blocks(10).residual(), sgd(0.01)),
            every: STEPS,
            remedy: "RMSNorm in the blocks",
            changed:
                "--body block --depth 10 --width 32 --residual --norm rms --lr 0.01 --steps 200",
            change: (blocks(10).residual().norm(Norm::Rms), sgd(0.01)),
        },
        Case {
            key: "xavier",
            wrong: "weights too small",
            flags: "--depth 12 --width 64 --init xavier --lr 0.003 --steps 200",
            plan: (Recipe::mlp(12).width(64).init(Init::Xavier), sgd(0.003)),
            every: STEPS,
            remedy: "Kaiming",
            changed: "--depth 12 --width 64 --init kaiming --lr 0.003 --steps 200",
            change: (Recipe::mlp(12).width(64), sgd(0.003)),
        },
        Case {
            key: "alike",
            wrong: "no residual connections",
            flags: "--body block --depth 12 --width 32 --activation gelu --norm rms --final-norm \
                    --lr 0.03 --steps 200",
            plan: (normed(12).final_norm(), sgd(0.03)),
            every: STEPS,
            remedy: "residual connections",
            changed:
                "--body block --depth 12 --width 32 --activation gelu --norm rms --final-norm \
                      --residual --lr 0.03 --steps 200",
            change: (normed(12).final_norm().residual(), sgd(0.03)),
        },
        Case {
            key: "post",
            wrong: "the norm after the sum",
            flags:
                "--body block --depth 16 --width 32 --activation gelu --norm rms --placement post \
                    --residual --lr 0.05 --steps 200",
            plan: (normed(16).residual().placement(Placement::Post), sgd(0.05)),
            every: STEPS,
            remedy: "the norm before the branch",
            changed:
                "--body block --depth 16 --width 32 --activation gelu --norm rms --final-norm \
                      --residual --lr 0.05 --steps 200",
            change: (normed(16).residual().final_norm(), sgd(0.05)),
        },
        Case {
            key: "dead",
            wrong: "units that a large step has switched off",
            flags: "--depth 8 --width 64 --lr 0.2 --steps 200",
            plan: (plain(), sgd(0.2)),
            every: 120,
            remedy: "lr 0.02",
            changed: "--depth 8 --width 64 --lr 0.02 --steps 200",
            change: (plain(), sgd(0.02)),
        },
        Case {
            key: "fast",
            wrong: "a learning rate too large",
            flags: "--depth 8 --width 64 --lr 0.5 --steps 200",
            plan: (plain(), sgd(0.5)),
            every: 2,
            remedy: "lr 0.02",
            changed: "--depth 8 --width 64 --lr 0.02 --steps 200",
            change: (plain(), sgd(0.02)),
        },
        Case {
            key: "slow",
            wrong: "a learning rate too small",
            flags: "--depth 8 --width 64 --lr 0.00001 --steps 200",
            plan: (plain(), sgd(1e-5)),
            every: STEPS,
            remedy: "lr 0.02",
            changed: "--depth 8 --width 64 --lr 0.02 --steps 200",
            change: (plain(), sgd(0.02)),
        },
    ]
}
