//! A computation of three operations, forwards and backwards.

use crate::experiments::{Claim, Report};
use minigrad::tensor::Tensor;

/// Values and derivatives of `(x w + b - target)^2`: each name with what it holds, and with the
/// derivative of the loss by it, if there is one.
#[derive(Clone, Debug)]
pub struct Graph {
    /// The target, a constant like `x`.
    pub target: f64,
    /// `x`, `w`, `b`, `x w`, `x w + b` and the loss.
    pub nodes: [Node; 6],
}

/// One number of the computation.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// What it is called.
    pub name: &'static str,
    /// What it is.
    pub value: f64,
    /// The derivative of the loss by it; a constant has none.
    pub gradient: Option<f64>,
}

/// Runs the computation of the page that shows it.
pub(super) fn graph() -> Graph {
    let number = |v: f64| Tensor::<f64>::parameter([[v]]);
    let x = Tensor::<f64>::constant([[2.0]]);
    let (w, b) = (number(3.0), number(1.0));
    let target = Tensor::<f64>::constant([[5.0]]);
    let product = x.matmul(&w);
    let y = &product + &b;
    let loss = y.mean_squared_error(&target);
    let gradients = loss.backward();
    let node = |name, tensor: &Tensor<f64>| Node {
        name,
        value: tensor.item(),
        gradient: gradients.get(tensor).map(|gradient| gradient[[0, 0]]),
    };
    let nodes = [("x", &x), ("w", &w), ("b", &b), ("x w", &product), ("y", &y), ("loss", &loss)];
    Graph { target: target.item(), nodes: nodes.map(|(name, tensor)| node(name, tensor)) }
}

impl Graph {
    /// The node of this name.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    pub fn node(&self, name: &str) -> Node {
        let found = self.nodes.iter().find(|node| node.name == name);
        *found.unwrap_or_else(|| panic!("graph: no node {name:?}"))
    }
}

pub(super) fn say(report: &mut Report, graph: &Graph) {
    report.series("graph value", graph.nodes.iter().map(|node| node.value));
    report.series("graph gradient", graph.nodes.iter().filter_map(|node| node.gradient));
    let [x, w, b, y] = ["x", "w", "b", "y"].map(|name| graph.node(name));
    let by_y = 2.0 * (y.value - graph.target);
    report.claims.push(Claim::new(
        "The reverse sweep takes the derivative of the loss by y back: as it is to b, times x to w, \
         and not to the constant x.",
        y.gradient == Some(by_y)
            && b.gradient == Some(by_y)
            && w.gradient == Some(x.value * by_y)
            && x.gradient.is_none(),
    ));
}
