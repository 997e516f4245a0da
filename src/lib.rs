//! **minigrad**: a small deep-learning library that says what a network will do before it runs.
//!
//! The modules below stand in reading order. Each layer uses only those above it:
//! descriptions ([`recipe`]) and theory know nothing of tensors, tensors nothing of networks,
//! networks nothing of training.
//!
//! ```
//! use minigrad::prelude::*;
//!
//! let recipe = Recipe::mlp(12).width(64).init(Init::Kaiming).seed(0);
//! let training = Training::sgd(1e-2).momentum(0.9).batch(64).steps(200);
//! let data = SignOfSum::sample(1000, 200, 0);
//!
//! let run = recipe.build().train(&data, &training);
//! assert_eq!(run.outcome(), Outcome::Trains);
//! ```

mod math;
pub mod recipe;

pub mod random;
pub mod theory;

#[allow(unsafe_code)] // Instructions that a CPU may not have, and threads that wait.
mod kernels;
pub mod tensor;
pub mod threads;

mod ops;

pub mod nn;

pub mod data;
pub mod optim;
pub mod probe;
pub mod train;

/// What the step benchmark holds a step against: the products alone, and the machine's limit.
#[doc(hidden)]
pub mod bench {
    pub use crate::kernels::{peak, simd::fused_level};
    pub use crate::ops::product;
}

/// The crate whose matrices stand in the interface, in the version that fits.
pub use ndarray;

/// What a chapter types: one `use` for everything.
pub mod prelude {
    pub use crate::data::{Data, SignOfSum, Split};
    pub use crate::nn::{Linear, Network};
    pub use crate::optim::{Adam, Optimizer, Sgd};
    pub use crate::probe::{Histogram, Probe};
    pub use crate::random::{Random, Stream};
    pub use crate::recipe::{
        Activation, Body, Init, Method, Norm, Op, OutProj, Outcome, Placement, Plan, Recipe,
        Training,
    };
    pub use crate::tensor::{Gradients, Tensor};
    pub use crate::theory::{gaussian, Kernel, LayerTheory, Prediction, Propagation, Verdict};
    pub use crate::train::Run;
    pub use ndarray::{array, Array2};
    pub use Activation::*;
}
