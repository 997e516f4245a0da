//! Update rules.

mod adam;
mod clip;
mod sgd;

pub use adam::Adam;
pub(crate) use clip::Held;
pub use sgd::Sgd;

use ndarray::Array2;

use crate::recipe::{Method, Training};
use crate::tensor::{Gradients, Scalar, Tensor};

/// An update rule, with the state that it keeps for each parameter.
///
/// # Example: one step of gradient descent on `w^2`
/// ```
/// use minigrad::prelude::*;
///
/// let mut w: Tensor = Tensor::parameter([[3.0]]);
/// let gradients = (&w * &w).sum().backward();
/// Sgd::new(0.5, 0.0).step([&mut w], &gradients);
/// assert_eq!(w.item(), 0.0);                       // 3 - 0.5 * 6
/// ```
pub trait Optimizer<T: Scalar = f32> {
    /// Begins step `t = 1, 2, ...`.
    fn begin(&mut self);

    /// Updates the parameter number `index` by its gradient.
    ///
    /// # Panics
    /// If the shapes differ, an earlier parameter of this number had another shape, or the number is
    /// 2^20 or more.
    #[track_caller]
    fn update(&mut self, index: usize, parameter: &mut Tensor<T>, grad: &Array2<T>);

    /// Updates all parameters, which must come in the same order every time.
    ///
    /// # Panics
    /// If `gradients` has none for a parameter.
    #[track_caller]
    fn step<'p>(
        &mut self,
        parameters: impl IntoIterator<Item = &'p mut Tensor<T>>,
        gradients: &Gradients<T>,
    ) where
        Self: Sized,
        T: 'p,
    {
        self.begin();
        for (index, parameter) in parameters.into_iter().enumerate() {
            let grad = gradients.of(parameter);
            self.update(index, parameter, grad);
        }
    }
}

impl Training {
    /// The update rule that this training describes, in its initial state.
    pub fn optimizer<T: Scalar>(&self) -> Box<dyn Optimizer<T>> {
        let Training { lr, weight_decay, warm_up, .. } = *self;
        match self.method {
            Method::Sgd { momentum } => {
                Box::new(Sgd::new(lr, momentum).weight_decay(weight_decay).warm_up(warm_up))
            }
            Method::Adam { beta1, beta2, epsilon } => {
                let adam = Adam::new(lr).betas(beta1, beta2).epsilon(epsilon);
                Box::new(adam.weight_decay(weight_decay).warm_up(warm_up))
            }
        }
    }
}

/// A learning rate that rises in a line over its first steps.
#[derive(Clone, Copy)]
struct Rate {
    lr: f64,
    warm_up: usize,
    /// Steps begun.
    begun: usize,
}

impl Rate {
    fn new(lr: f64) -> Rate {
        Rate { lr, warm_up: 0, begun: 0 }
    }

    fn begin(&mut self) {
        self.begun += 1;
    }

    /// The rate of the step that was begun last.
    fn now(&self) -> f64 {
        match self.begun < self.warm_up {
            true => self.lr * self.begun as f64 / self.warm_up as f64,
            false => self.lr,
        }
    }
}

/// Panics with the name of the rule unless [`Training::check`] accepts its constants.
#[track_caller]
fn accept(rule: &str, training: &Training) {
    if let Err(refused) = training.check() {
        panic!("{rule}: {refused}");
    }
}

/// More than the deepest network has, whose number of layers is bounded.
const MOST_PARAMETERS: usize = 1 << 20;

/// The state of parameter number `index`, zeros at first.
#[track_caller]
fn state<'s, T: Scalar>(
    states: &'s mut Vec<Array2<T>>,
    index: usize,
    parameter: &Tensor<T>,
    grad: &Array2<T>,
) -> &'s mut Array2<T> {
    let [rows, columns] = parameter.shape();
    assert!(
        grad.dim() == (rows, columns),
        "update: parameter {:?} and gradient {:?} differ",
        parameter.shape(),
        grad.shape()
    );
    assert!(
        index < MOST_PARAMETERS,
        "update: parameter number {index} is not accepted: expected below {MOST_PARAMETERS}"
    );
    while states.len() <= index {
        states.push(Array2::zeros((0, 0)));
    }
    if states[index].is_empty() {
        states[index] = Array2::zeros((rows, columns));
    }
    assert!(
        states[index].dim() == (rows, columns),
        "update: parameter {:?} where an earlier one was {:?}: an optimizer serves one network",
        parameter.shape(),
        states[index].shape()
    );
    &mut states[index]
}
