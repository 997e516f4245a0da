//! What can be said of a network from its [`Plan`](crate::recipe::Plan) alone.
//!
//! Two shelves: what holds at initialization, exact at infinite width; and what follows from it
//! once the network is trained, a forecast. Nothing here knows of tensors, networks or data, so
//! that theory can contradict them.

mod forecast;
mod mean_field;

pub use crate::recipe::gaussian;
pub use forecast::{
    Cause, Choices, Kind, Limits, Prediction, Probability, Risks, Stability, Task, Update, Verdict,
};
pub use mean_field::finite_width;
pub use mean_field::{
    CorrelationMap, Kernel, LayerTheory, Pairs, Phase, Propagation, WeightTheory,
};
