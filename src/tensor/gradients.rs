//! The reverse sweep: from a loss back to every tensor that it depends on.

use ndarray::Array2;
use std::collections::BTreeMap;

use super::{buffers, Origin, Pooled, Scalar, Tensor};
use crate::kernels::add;

/// The derivatives of one scalar by every tensor it was computed from.
pub struct Gradients<T: Scalar = f32> {
    by_id: BTreeMap<u64, Pooled<T>>,
}

impl<T: Scalar> Gradients<T> {
    /// The derivative by `tensor`, in its shape.
    ///
    /// # Panics
    /// If the differentiated scalar does not depend on `tensor`, or `tensor` is a constant.
    #[track_caller]
    pub fn of(&self, tensor: &Tensor<T>) -> &Array2<T> {
        match self.get(tensor) {
            Some(grad) => grad,
            None => no_gradient(tensor),
        }
    }

    /// The derivative by `tensor`, or `None` where the scalar does not depend on it.
    pub fn get(&self, tensor: &Tensor<T>) -> Option<&Array2<T>> {
        self.by_id.get(&tensor.id()).map(|grad| &**grad)
    }
}

/// Panics with the tensor's shape.
#[track_caller]
pub(crate) fn no_gradient<T: Scalar>(tensor: &Tensor<T>) -> ! {
    panic!("gradient of a tensor {:?} that the loss does not depend on", tensor.shape())
}

impl<T: Scalar> Tensor<T> {
    /// Differentiates this `[1, 1]` tensor by every tensor it was computed from.
    ///
    /// # Panics
    /// If the shape is not `[1, 1]`.
    #[track_caller]
    pub fn backward(&self) -> Gradients<T> {
        self.item();
        self.backward_from(&Array2::ones((1, 1)))
    }

    /// Differentiates the sum of all entries of this tensor, each weighted by its entry of
    /// `weights`: the product of `weights` and the Jacobian.
    ///
    /// # Panics
    /// If the shapes differ.
    #[track_caller]
    pub fn backward_from(&self, weights: &Array2<T>) -> Gradients<T> {
        let [rows, columns] = self.shape();
        assert!(
            weights.dim() == (rows, columns),
            "backward_from: shapes {:?} and {:?} differ",
            self.shape(),
            weights.shape()
        );
        let mut by_id = BTreeMap::new();
        sweep(self.clone(), buffers::copy(weights), |id, grad| {
            let grad = match grad {
                Grad::OnItsWay(grad) => buffers::copy(grad),
                Grad::Arrived(grad) => grad,
            };
            by_id.insert(id, grad);
        });
        Gradients { by_id }
    }

    /// Differentiates and forgets: calls `update` with each parameter's id and derivative as soon
    /// as nothing more can be added to it and nothing later in the sweep reads the parameter.
    ///
    /// Memory is freed along the way, so that whoever holds a parameter may change it in place.
    pub(crate) fn backward_into(self, mut update: impl FnMut(u64, &Array2<T>)) {
        let mut one = buffers::take(1, 1);
        one.fill(T::one());
        sweep(self, one, |id, grad| {
            if let Grad::Arrived(grad) = grad {
                update(id, &grad);
            }
        });
    }
}

/// A finished derivative, as the sweep hands it over.
enum Grad<'g, T: Scalar> {
    /// By the result of an operation, which needs it next.
    OnItsWay(&'g Array2<T>),
    /// By a parameter.
    Arrived(Pooled<T>),
}

/// Gradients that the sweep has begun, and how many operations have yet to add to each.
pub(crate) struct Sink<T: Scalar> {
    open: BTreeMap<u64, Slot<T>>,
}

struct Slot<T: Scalar> {
    tensor: Tensor<T>,
    consumers: usize,
    grad: Option<Pooled<T>>,
}

impl<T: Scalar> Sink<T> {
    /// Adds `grad` to the derivative by `to`. The first addition moves it there.
    pub(crate) fn add(&mut self, to: &Tensor<T>, grad: Pooled<T>) {
        match self.open.get_mut(&to.id()).map(|slot| &mut slot.grad) {
            Some(Some(sum)) => add(buffers::slice(&grad), buffers::slice_mut(sum)),
            Some(none) => *none = Some(grad),
            None => {}
        }
    }
}

/// Visits what `root` depends on, youngest first, with each finished derivative.
fn sweep<T: Scalar>(root: Tensor<T>, seed: Pooled<T>, mut visit: impl FnMut(u64, Grad<T>)) {
    if !root.is_tracked() {
        return;
    }
    let mut sink = Sink { open: reachable(&root) };
    sink.add(&root, seed);
    drop(root);

    while let Some((id, Slot { tensor, grad, .. })) = sink.open.pop_last() {
        let Some(grad) = grad else { continue };
        let Origin::Operation { parents, backward } = &tensor.0.origin else {
            // Only a root that is itself a parameter: the others leave the sink below.
            visit(id, Grad::Arrived(grad));
            continue;
        };
        visit(id, Grad::OnItsWay(&grad));
        backward(parents, tensor.values(), grad, &mut sink);

        let mut finished = vec![];
        for parent in parents {
            let Some(slot) = sink.open.get_mut(&parent.id()) else { continue };
            slot.consumers -= 1;
            if slot.consumers == 0 && matches!(parent.0.origin, Origin::Parameter) {
                finished.extend(sink.open.remove_entry(&parent.id()));
            }
        }
        // Frees the operation, and with it the last handle of the sweep to its parameters.
        drop(tensor);
        for (id, Slot { tensor, grad, .. }) in finished {
            drop(tensor);
            if let Some(grad) = grad {
                visit(id, Grad::Arrived(grad));
            }
        }
    }
}

/// Every tracked tensor that `root` depends on, with the number of operations that use it.
fn reachable<T: Scalar>(root: &Tensor<T>) -> BTreeMap<u64, Slot<T>> {
    let slot = |tensor: &Tensor<T>| Slot { tensor: tensor.clone(), consumers: 0, grad: None };
    let mut open = BTreeMap::from([(root.id(), slot(root))]);
    let mut unvisited = vec![root.clone()];
    while let Some(tensor) = unvisited.pop() {
        let Origin::Operation { parents, .. } = &tensor.0.origin else { continue };
        for parent in parents.iter().filter(|parent| parent.is_tracked()) {
            let entry = open.entry(parent.id()).or_insert_with(|| {
                unvisited.push(parent.clone());
                slot(parent)
            });
            entry.consumers += 1;
        }
    }
    open
}
