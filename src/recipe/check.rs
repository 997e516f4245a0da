//! What a recipe and a training must be to be run: within memory, within time, of parts that fit.

use super::refused::{Number, MOST_DEPTH, MOST_UNITS};
use super::{Body, Norm, OutProj, Placement, Plan, Recipe, Refused, Training, Weights};

/// Entries of all weight matrices: 2 GB with the gradient and the two moments of Adam.
const MOST_WEIGHTS: u128 = 1 << 27;

/// Multiplications to draw orthogonal weights, each matrix being orthogonalized twice: minutes.
const MOST_ORTHOGONAL: u128 = 1 << 36;

/// Entries of all layers for all examples of a batch. A layer with activation, norm and residual
/// connection keeps up to nine arrays of four bytes: 1.2 GB.
const MOST_ACTIVATIONS: u128 = 1 << 25;

/// Multiplications forwards, weights times examples: a few hours on one core.
const MOST_WORK: u128 = 1 << 47;

/// Entries of all inputs that a prediction goes through: a minute.
const MOST_READ: u128 = 1 << 36;

/// Refuses a product that exceeds `most`; no factor is large enough to overflow u128.
fn within(field: &'static str, product: u128, most: u128, remedy: &str) -> Result<(), Refused> {
    Refused::unless(product <= most, field, product, format!("at most {most}: lower {remedy}"))
}

impl Recipe {
    /// Accepts the recipe, or names the first impossible value and what would be accepted.
    ///
    /// # Errors
    /// A size that is not from 1 (`classes`: 2) to 65,536, for `depth` to 10,000; more than 2^27
    /// weights in all, which would not fit into memory; orthogonal weights that would take more than
    /// 2^36 products to draw; a scale of the init that is not finite or not positive; a deviation of
    /// biases that is not finite or negative; parts that do not go together.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let refused = Recipe::mlp(0).check().unwrap_err();
    /// assert_eq!(refused.to_string(), "depth 0 is not accepted: expected an integer from 1 to 10000");
    /// ```
    pub fn check(&self) -> Result<(), Refused> {
        self.check_sizes()?;
        self.activation.check()?;
        self.init.check()?;
        Refused::unless_deviation("bias_std", self.bias_std)?;
        self.check_structure()?;
        self.layout().check_weights()
    }

    /// The part of [`check`](Recipe::check) that keeps arithmetic on sizes from overflowing.
    pub(super) fn check_sizes(&self) -> Result<(), Refused> {
        Refused::unless_within("depth", self.depth, 1, MOST_DEPTH)?;
        Refused::unless_within("width", self.width, 1, MOST_UNITS)?;
        Refused::unless_within("inputs", self.inputs, 1, MOST_UNITS)?;
        Refused::unless_within("classes", self.classes, 1, MOST_UNITS)
    }

    fn check_structure(&self) -> Result<(), Refused> {
        let expected = match (self.norm, self.body) {
            (Norm::None, _) => &[Placement::None][..],
            (_, Body::Plain) => &[Placement::PreAct],
            (_, Body::Block) => &[Placement::Pre, Placement::Post],
        };
        let names: Vec<&str> = expected.iter().map(|one| one.name()).collect();
        let with = format!("{} with norm {}, body {}", names.join(" or "), self.norm, self.body);
        Refused::unless(expected.contains(&self.placement), "placement", self.placement, with)?;

        let is_block = self.body == Body::Block;
        let start = |fits, expected| Refused::unless(fits, "out_proj", self.out_proj, expected);
        let is_post = self.residual && self.placement == Placement::Post;
        match self.out_proj {
            OutProj::Plain => Ok(()),
            _ if !is_block => start(false, "plain with body plain"),
            OutProj::DeepNorm => {
                start(is_post, "another without residual connections and placement post")
            }
            OutProj::SkipInit => start(
                self.residual,
                "another without residual connections: a branch of zero passes nothing",
            ),
            OutProj::Zero | OutProj::Scaled | OutProj::Fixup => Ok(()),
        }?;
        let has_biases = self.bias_std != 0.0;
        let bias_std = Number(self.bias_std);
        Refused::unless(!(is_block && has_biases), "bias_std", bias_std, "0 with body block")?;
        let is_placed = is_block && self.norm != Norm::None;
        let expected = "false without blocks and a norm";
        Refused::unless(!self.final_norm || is_placed, "final_norm", true, expected)
    }
}

impl Plan {
    /// Refuses what its weights make too large. Every size is within its own bound.
    pub(super) fn check_weights(&self) -> Result<(), Refused> {
        let sum = |f: fn(&Weights) -> u128| self.weights().into_iter().map(f).sum::<u128>();
        let entries = sum(|w| w.fan_in as u128 * w.fan_out as u128);
        within("weights", entries, MOST_WEIGHTS, "depth, width, inputs or classes")?;
        let products = sum(|w| {
            let (fan_in, fan_out) = (w.fan_in as u128, w.fan_out as u128);
            u128::from(w.init.is_orthogonal()) * fan_in * fan_out * fan_in.min(fan_out)
        });
        within("orthogonal products", products, MOST_ORTHOGONAL, "depth or width")
    }
}

impl Training {
    /// Accepts the training of a recipe, or says what memory or time would not hold.
    ///
    /// # Errors
    /// What [`Recipe::check`] and [`Training::check`] refuse; more than 2^25 activations, units of
    /// all layers times batch; more than 2^47 products, weights times batch times steps.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let training = Training::sgd(1e-3).batch(64);
    /// assert!(training.check_for(&Recipe::mlp(1000)).is_ok());
    /// let refused = training.check_for(&Recipe::mlp(10_000).width(100)).unwrap_err();
    /// assert_eq!(
    ///     refused.to_string(),
    ///     "activations 64010112 is not accepted: expected at most 33554432: lower batch, depth or width"
    /// );
    /// ```
    pub fn check_for(&self, recipe: &Recipe) -> Result<(), Refused> {
        recipe.check()?;
        self.check()?;
        self.check_for_shapes(&recipe.shapes())
    }

    /// The same for a network whose linear layers have these shapes.
    pub(crate) fn check_for_shapes(&self, shapes: &[(usize, usize)]) -> Result<(), Refused> {
        let units = |&(fan_in, fan_out): &(usize, usize)| (fan_in as u128, fan_out as u128);
        let inputs = shapes.first().map_or(0, |first| units(first).0);
        let outputs: u128 = shapes.iter().map(|shape| units(shape).1).sum();
        let weights: u128 = shapes.iter().map(|shape| units(shape).0 * units(shape).1).sum();
        let (batch, steps) = (self.batch as u128, self.steps as u128);
        let remedy = "batch, depth or width";
        within("activations", batch * (inputs + outputs), MOST_ACTIVATIONS, remedy)?;
        let remedy = "steps, batch, depth or width";
        within("products", batch * steps * weights, MOST_WORK, remedy)
    }

    /// Refuses what the theory of prediction does not cover, and what it would read too long for this
    /// many inputs.
    pub(crate) fn check_for_theory(&self, inputs: usize) -> Result<(), Refused> {
        let only = |covered, field, value: &dyn std::fmt::Display, expected: &str| {
            let expected = format!("{expected}: the theory of prediction covers no other");
            Refused::unless(covered, field, value, expected)
        };
        only(self.weight_decay == 0.0, "weight_decay", &Number(self.weight_decay), "0")?;
        only(self.warm_up == 0, "warm_up", &self.warm_up, "0")?;
        self.clip_norm.map_or(Ok(()), |most| only(false, "clip_norm", &Number(most), "none"))?;
        let read = self.batch as u128 * self.steps as u128 * inputs as u128;
        within("entries to read", read, MOST_READ, "steps, batch or inputs")
    }
}
