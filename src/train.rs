//! The training loop, and what is measured of its result.

mod evaluation;
mod observe;

pub use observe::Observed;

use ndarray::Array2;
use std::collections::BTreeMap;

use crate::data::{Data, Split};
use crate::nn::Network;
use crate::optim::{Held, Optimizer};
use crate::probe;
use crate::random::{Random, Stream};
use crate::recipe::{Outcome, Training};
use crate::tensor::{buffers, no_gradient, Tensor};

/// What a training run recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The batch loss before each update. A run that left the finite numbers ends in that loss.
    pub losses: Vec<f32>,
    /// How many updates were asked for.
    pub steps: usize,
    classes: usize,
    /// Whether every weight is a finite number after the last update.
    finite: bool,
}

impl AsRef<Run> for Run {
    fn as_ref(&self) -> &Run {
        self
    }
}

impl Run {
    /// What became of the run: its losses say it, but that it diverges also where the last update,
    /// which no loss follows, took a weight out of the finite numbers.
    ///
    /// # Panics
    /// If there was no step.
    #[track_caller]
    pub fn outcome(&self) -> Outcome {
        match Outcome::of(&self.losses, self.classes) {
            _ if !self.finite => Outcome::Diverges,
            outcome => outcome,
        }
    }

    /// The loss before the first update; panics if there was no step.
    #[track_caller]
    pub fn initial_loss(&self) -> f32 {
        *self.losses.first().expect("initial_loss: there are no losses")
    }

    /// Mean loss over the last tenth of the steps, or `None` if the run left the finite numbers or
    /// had no step.
    pub fn final_loss(&self) -> Option<f64> {
        let whole = self.diverged_at().is_none() && !self.losses.is_empty();
        whole.then(|| Outcome::final_loss(&self.losses))
    }

    /// The loss before update `step`, or `None` from the step on where it is not finite.
    pub fn loss_at(&self, step: usize) -> Option<f32> {
        self.losses.get(step).copied().filter(|loss| loss.is_finite())
    }

    /// The first step whose loss is not finite: the one after the last if that update took a weight
    /// out of the finite numbers.
    pub fn diverged_at(&self) -> Option<usize> {
        let after = (!self.finite).then_some(self.losses.len());
        self.losses.iter().position(|loss| !loss.is_finite()).or(after)
    }
}

/// A training in progress, one step at a time.
///
/// # Example: stop when it is good enough
/// ```
/// use minigrad::{prelude::*, train::Trainer};
/// let data = SignOfSum::sample(1000, 200, 0);
/// let mut network = Recipe::mlp(3).width(64).build();
/// let training = Training::sgd(1e-2).momentum(0.9).steps(500);
/// let mut trainer = Trainer::new(&mut network, &data.train, &training);
/// while trainer.step().is_some_and(|step| step.loss >= 0.2) {}
/// assert!(trainer.run().losses.len() < 500);
/// ```
pub struct Trainer<'a> {
    network: &'a mut Network,
    examples: &'a Split,
    training: &'a Training,
    optimizer: Box<dyn Optimizer>,
    random: Random,
    losses: Vec<f32>,
    watched: Option<usize>,
    /// The next network may have other sizes.
    _memory: buffers::Borrowed,
}

/// One step of a [`Trainer`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Number of the step, from 0.
    pub index: usize,
    /// The batch loss before the update; the last one may not be finite.
    pub loss: f32,
    /// Euclidean norm of the loss's gradient by the [watched](Trainer::watching) parameter, before
    /// any clipping; `None` where none is watched, or the loss is not finite.
    pub gradient_norm: Option<f64>,
}

impl<'a> Trainer<'a> {
    /// Nothing has happened yet.
    ///
    /// # Panics
    /// If [`check_for`](Training::check_for) refuses the training of this network, there are no
    /// examples, not one label an input, or a label that is none of the network's classes.
    #[track_caller]
    pub fn new(
        network: &'a mut Network,
        examples: &'a Split,
        training: &'a Training,
    ) -> Trainer<'a> {
        let shapes = network.linears().into_iter().map(|linear| linear.weight.shape().into());
        let fits = || training.check_for_shapes(&shapes.collect::<Vec<(usize, usize)>>());
        if let Err(refused) = training.check().and_then(|()| fits()) {
            panic!("training: {refused}");
        }
        examples.fits("training", network.classes());
        Trainer {
            network,
            examples,
            training,
            optimizer: training.optimizer(),
            random: Random::new(training.seed, Stream::Batches),
            losses: vec![],
            watched: None,
            _memory: buffers::Borrowed,
        }
    }

    /// Takes down the norm of the gradient by one parameter at every step, from the sweep that the
    /// update makes anyway. Parameters are numbered as in [`Network::parameters`]: 0 is the weight
    /// of the first linear layer.
    ///
    /// # Panics
    /// If the network has no parameter of that number.
    ///
    /// ```
    /// use minigrad::{prelude::*, train::Trainer};
    ///
    /// let data = SignOfSum::sample(64, 0, 0);
    /// let mut network = Recipe::mlp(2).build();
    /// let training = Training::sgd(1e-2).steps(3);
    /// let mut trainer = Trainer::new(&mut network, &data.train, &training).watching(0);
    /// let step = trainer.step().expect("three steps");
    /// assert!(step.gradient_norm.is_some_and(|norm| norm > 0.0));
    /// ```
    #[track_caller]
    pub fn watching(self, parameter: usize) -> Trainer<'a> {
        let count = self.network.parameters().count();
        assert!(parameter < count, "watching: no parameter {parameter} among {count}");
        Trainer { watched: Some(parameter), ..self }
    }

    /// The network as it stands between two steps.
    pub fn network(&self) -> &Network {
        self.network
    }

    /// The same, to be changed by hand.
    pub fn network_mut(&mut self) -> &mut Network {
        self.network
    }

    /// One update, or `None` when all are done or the last loss was not finite.
    #[track_caller]
    pub fn step(&mut self) -> Option<Step> {
        let index = self.losses.len();
        let stopped = self.losses.last().is_some_and(|loss| !loss.is_finite());
        if stopped || index == self.training.steps {
            return None;
        }
        let (inputs, labels) = self.batch();
        let loss = self.network.forward(&inputs).cross_entropy(&labels);
        let value = loss.item();
        let mut gradient_norm = None;
        if value.is_finite() {
            let (watched, clip) = (self.watched, self.training.clip_norm);
            self.network.descend(loss, &mut *self.optimizer, clip, |index, grad| {
                if watched == Some(index) {
                    gradient_norm = Some(probe::norm(grad));
                }
            });
        }
        self.losses.push(value);
        Some(Step { index, loss: value, gradient_norm })
    }

    /// What was recorded so far.
    pub fn run(self) -> Run {
        let mut entries = self.network.parameters().flat_map(|parameter| parameter.values());
        Run {
            finite: entries.all(|entry| entry.is_finite()),
            losses: self.losses,
            steps: self.training.steps,
            classes: self.network.classes(),
        }
    }

    /// Examples drawn with replacement.
    fn batch(&mut self) -> (Tensor, Vec<usize>) {
        let Split { inputs, labels } = self.examples;
        let mut rows = buffers::take(self.training.batch, inputs.ncols());
        let mut classes = Vec::with_capacity(self.training.batch);
        for mut row in rows.rows_mut() {
            let example = self.random.below(labels.len());
            row.assign(&inputs.row(example));
            classes.push(labels[example]);
        }
        (Tensor::pooled(rows), classes)
    }
}

impl Network {
    /// One step of `optimizer` down the gradient of `loss`.
    ///
    /// The reverse sweep hands over each gradient as soon as it is complete, and frees the graph
    /// behind itself: the gradient is still in cache, and the weights can change in place.
    ///
    /// # Panics
    /// If `loss` does not depend on every parameter: it is another network's, or an earlier one's.
    ///
    /// ```
    /// use minigrad::prelude::*;
    ///
    /// let data = SignOfSum::sample(64, 0, 0).train;
    /// let mut network = Recipe::mlp(2).build();
    /// let mut optimizer = Sgd::new(1e-2, 0.9);
    /// let before = network.loss(&data);
    /// let x = Tensor::constant(data.inputs.clone());
    /// let loss = network.forward(&x).cross_entropy(&data.labels);
    /// network.update(loss, &mut optimizer);
    /// assert!(network.loss(&data) < before);
    /// ```
    #[track_caller]
    pub fn update(&mut self, loss: Tensor, optimizer: &mut dyn Optimizer) {
        self.descend(loss, optimizer, None, |_, _| ());
    }

    /// The same, showing each parameter's number and gradient before its update, with all gradients
    /// together [clipped](Training::clip_norm) where `clip` says so.
    #[track_caller]
    fn descend(
        &mut self,
        loss: Tensor,
        optimizer: &mut dyn Optimizer,
        clip: Option<f64>,
        mut show: impl FnMut(usize, &Array2<f32>),
    ) {
        assert!(loss.shape() == [1, 1], "update: a loss {:?} is no number", loss.shape());
        let parameters = self.parameters_mut().enumerate();
        let mut parameters: BTreeMap<u64, (usize, &mut Tensor)> =
            parameters.map(|(index, parameter)| (parameter.id(), (index, parameter))).collect();
        optimizer.begin();
        let mut held = clip.map(Held::new);
        loss.backward_into(|id, grad| {
            if let Some((index, parameter)) = parameters.remove(&id) {
                show(index, grad);
                match &mut held {
                    None => optimizer.update(index, parameter, grad),
                    Some(held) => held.push(index, parameter, grad),
                }
            }
        });
        if let Some((_, parameter)) = parameters.into_values().next() {
            no_gradient(parameter);
        }
        if let Some(held) = held {
            held.update(optimizer);
        }
    }

    /// Trains on `data.train` until the steps are done or the loss is not finite.
    ///
    /// # Panics
    /// As [`Trainer::new`], or if the inputs do not fit the network.
    #[track_caller]
    pub fn train(&mut self, data: &Data, training: &Training) -> Run {
        let mut trainer = Trainer::new(self, &data.train, training);
        while trainer.step().is_some() {}
        trainer.run()
    }
}

#[cfg(test)]
mod memory;
