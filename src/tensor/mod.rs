//! Matrices that remember how they were made, and the reverse sweep over that memory.

pub(crate) mod buffers;
mod gradients;
mod scalar;

pub(crate) use buffers::Pooled;
pub use gradients::Gradients;
pub(crate) use gradients::{no_gradient, Sink};
pub use scalar::Scalar;

use ndarray::{Array2, ArrayView2};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

/// A matrix `[rows, columns]` that remembers the operation it came from.
///
/// Tensors do not change: an operation makes a new one, and [`backward`](Tensor::backward) returns
/// gradients to be looked up by tensor. Copies are handles to the same values. One row is one
/// input, so that a batch is `[batch, width]` and a bias `[1, width]`.
///
/// # Example: a derivative
/// ```
/// use minigrad::prelude::*;
///
/// let x: Tensor = Tensor::parameter([[1.0, 2.0, 3.0]]);
/// let y = (&x * &x).sum();                       // y = x1^2 + x2^2 + x3^2
/// let gradients = y.backward();
/// assert_eq!(gradients.of(&x), array![[2.0, 4.0, 6.0]]);
/// ```
#[derive(Clone)]
pub struct Tensor<T: Scalar = f32>(Arc<Node<T>>);

struct Node<T: Scalar> {
    /// Grows with every tensor made: an operation's result is always younger than its operands.
    id: u64,
    /// From the store are results of operations, made again at every step.
    values: Pooled<T>,
    origin: Origin<T>,
}

enum Origin<T: Scalar> {
    /// Data: nothing flows back into it.
    Constant,
    /// Something to differentiate by.
    Parameter,
    Operation {
        parents: Vec<Tensor<T>>,
        backward: Box<Backward<T>>,
    },
}

/// The backward half of an operation, a closure over what it needs of the forward half: called with
/// the parents, the result `y` and `dy`, it adds to the gradients of the parents. `dy` is the
/// derivative of the loss by `y`, in memory that is free to become the derivative by a parent.
type Backward<T> = dyn Fn(&[Tensor<T>], &Array2<T>, Pooled<T>, &mut Sink<T>) + Send + Sync;

impl<T: Scalar> Tensor<T> {
    /// Data, by which nothing is differentiated.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let x: Tensor = Tensor::constant([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.shape(), [2, 2]);
    /// ```
    pub fn constant(values: impl Matrix<T>) -> Tensor<T> {
        Tensor::new(Pooled::own(row_major(values.into_array())), Origin::Constant)
    }

    /// A tensor to differentiate by.
    pub fn parameter(values: impl Matrix<T>) -> Tensor<T> {
        Tensor::new(Pooled::own(row_major(values.into_array())), Origin::Parameter)
    }

    /// Data in memory that goes back to the store with them.
    pub(crate) fn pooled(values: Pooled<T>) -> Tensor<T> {
        Tensor::new(values, Origin::Constant)
    }

    /// The result of an operation, with the way back to its parents. Where none of them leads to a
    /// parameter, nothing is remembered.
    pub(crate) fn from_operation<const N: usize>(
        y: Pooled<T>,
        parents: [&Tensor<T>; N],
        backward: impl Fn(&[Tensor<T>; N], &Array2<T>, Pooled<T>, &mut Sink<T>) + Send + Sync + 'static,
    ) -> Tensor<T> {
        let origin = if parents.iter().any(|parent| parent.is_tracked()) {
            Origin::Operation {
                parents: parents.map(Tensor::clone).into(),
                backward: Box::new(move |parents, y, dy, grads| {
                    backward(parents.try_into().expect("as many as were given"), y, dy, grads);
                }),
            }
        } else {
            Origin::Constant
        };
        Tensor::new(y, origin)
    }

    fn new(values: Pooled<T>, origin: Origin<T>) -> Tensor<T> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Tensor(Arc::new(Node { id: NEXT.fetch_add(1, Ordering::Relaxed), values, origin }))
    }

    /// The entries.
    pub fn values(&self) -> &Array2<T> {
        &self.0.values
    }

    /// `[rows, columns]`.
    pub fn shape(&self) -> [usize; 2] {
        [self.0.values.nrows(), self.0.values.ncols()]
    }

    /// The only entry of a `[1, 1]` tensor.
    ///
    /// # Panics
    /// On any other shape.
    #[track_caller]
    pub fn item(&self) -> T {
        assert!(self.shape() == [1, 1], "item: shape {:?} is not [1, 1]", self.shape());
        self.0.values[[0, 0]]
    }

    /// The entries, to be changed in place. Whoever else holds this tensor keeps the old ones:
    /// they are copied first if anybody does.
    pub(crate) fn values_mut(&mut self) -> &mut Array2<T> {
        if Arc::get_mut(&mut self.0).is_none() {
            let origin = if self.is_tracked() { Origin::Parameter } else { Origin::Constant };
            *self = Tensor::new(Pooled::own(self.0.values.to_owned()), origin);
        }
        &mut Arc::get_mut(&mut self.0).expect("just made sure that nobody else holds it").values
    }

    /// Whether gradients flow into this tensor.
    pub(crate) fn is_tracked(&self) -> bool {
        !matches!(self.0.origin, Origin::Constant)
    }

    pub(crate) fn id(&self) -> u64 {
        self.0.id
    }

    pub(crate) fn view(&self) -> ArrayView2<'_, T> {
        self.0.values.view()
    }

    pub(crate) fn slice(&self) -> &[T] {
        buffers::slice(&self.0.values)
    }
}

/// What a tensor can be made from: an array, or rows written out.
pub trait Matrix<T> {
    /// The entries as `[rows, columns]`.
    fn into_array(self) -> Array2<T>;
}

impl<T> Matrix<T> for Array2<T> {
    fn into_array(self) -> Array2<T> {
        self
    }
}

impl<T: Clone, const ROWS: usize, const COLUMNS: usize> Matrix<T> for [[T; COLUMNS]; ROWS] {
    fn into_array(self) -> Array2<T> {
        ndarray::arr2(&self)
    }
}

fn row_major<T: Scalar>(values: Array2<T>) -> Array2<T> {
    if values.is_standard_layout() {
        values
    } else {
        values.as_standard_layout().into_owned()
    }
}

impl<T: Scalar> fmt::Debug for Tensor<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.values(), f)
    }
}

/// Frees a chain of operations link by link: recursion would overflow the stack on long ones.
impl<T: Scalar> Drop for Node<T> {
    fn drop(&mut self) {
        let mut orphans = vec![std::mem::replace(&mut self.origin, Origin::Constant)];
        while let Some(origin) = orphans.pop() {
            let Origin::Operation { parents, .. } = origin else { continue };
            for parent in parents {
                if let Some(mut node) = Arc::into_inner(parent.0) {
                    orphans.push(std::mem::replace(&mut node.origin, Origin::Constant));
                }
            }
        }
    }
}
