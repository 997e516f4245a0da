//! The matrix product, alone and as a linear layer.

use ndarray::{Array2, ArrayView2, Axis};

use super::reduce::sum_of_rows;
use crate::kernels::kernels;
use crate::tensor::buffers::{self, slice, slice_mut};
use crate::tensor::{Pooled, Scalar, Sink, Tensor};
use crate::threads;

impl<T: Scalar> Tensor<T> {
    /// The matrix product `y = x w`: `[batch, fan_in] [fan_in, fan_out] -> [batch, fan_out]`.
    ///
    /// # Panics
    /// If the inner sizes differ.
    ///
    /// ```
    /// use minigrad::prelude::*;
    /// let x: Tensor = Tensor::constant([[1.0, 2.0]]);
    /// let w = Tensor::constant([[3.0], [4.0]]);
    /// assert_eq!(x.matmul(&w).item(), 11.0);
    /// ```
    #[track_caller]
    pub fn matmul(&self, w: &Tensor<T>) -> Tensor<T> {
        let y = product("matmul", self, w);
        Tensor::from_operation(y, [self, w], |[x, w], _, dy, grads| {
            product_backward(x, w, &dy, grads);
        })
    }

    /// A linear layer, `y = x w + b` with `b` added to every row.
    ///
    /// # Shapes
    /// `x [batch, fan_in]`, `w [fan_in, fan_out]`, `b [1, fan_out]` -> `[batch, fan_out]`.
    ///
    /// # Panics
    /// If the sizes do not fit together, or `w` has no columns.
    #[track_caller]
    pub fn linear(&self, w: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
        kernels! {
            /// `y[r] += b` for every row.
            fn add_to_rows(y: &mut [T], b: &[T]) {
                for row in y.chunks_exact_mut(b.len()) {
                    for (y, b) in row.iter_mut().zip(b) {
                        *y += *b;
                    }
                }
            }
        }
        let mut y = product("linear", self, w);
        let (bias, columns) = (b.shape(), y.ncols());
        assert!(bias == [1, columns], "linear: bias {bias:?} does not fit weight {:?}", w.shape());
        assert!(columns > 0, "linear: weight {:?} has no columns", w.shape());
        add_to_rows(slice_mut(&mut y), b.slice());
        Tensor::from_operation(y, [self, w, b], |[x, w, b], _, dy, grads| {
            product_backward(x, w, &dy, grads);
            if b.is_tracked() {
                let mut db = buffers::take(1, dy.ncols());
                sum_of_rows(slice(&dy), slice_mut(&mut db));
                grads.add(b, db);
            }
        })
    }
}

#[track_caller]
fn product<T: Scalar>(operation: &str, x: &Tensor<T>, w: &Tensor<T>) -> Pooled<T> {
    let ([batch, fan_in], [rows, fan_out]) = (x.shape(), w.shape());
    assert!(
        fan_in == rows,
        "{operation}: shapes {:?} and {:?} do not fit: {fan_in} columns against {rows} rows",
        x.shape(),
        w.shape()
    );
    let mut y = buffers::take(batch, fan_out);
    shared_product(x.view(), w.view(), &mut y);
    y
}

/// `c = a b`, by columns of `c`: each entry is one sum over the inner size, however the columns
/// are shared.
fn shared_product<T: Scalar>(a: ArrayView2<T>, b: ArrayView2<T>, c: &mut Array2<T>) {
    let columns = c.ncols();
    let piece = threads::piece(columns, a.len() * columns, threads::PRODUCT);
    let pieces = b.axis_chunks_iter(Axis(1), piece).zip(c.axis_chunks_iter_mut(Axis(1), piece));
    threads::share(pieces, |(b, c)| T::product(a, b, c));
}

// ANCHOR: product_backward
/// `dx = dy w^T` and `dw = x^T dy`, as far as something depends on them.
fn product_backward<T: Scalar>(x: &Tensor<T>, w: &Tensor<T>, dy: &Array2<T>, grads: &mut Sink<T>) {
    let ([batch, fan_in], [_, fan_out]) = (x.shape(), w.shape());
    if x.is_tracked() {
        let mut dx = buffers::take(batch, fan_in);
        shared_product(dy.view(), w.view().reversed_axes(), &mut dx);
        grads.add(x, dx);
    }
    if w.is_tracked() {
        let mut dw = buffers::take(fan_in, fan_out);
        // By rows, so that each thread writes the piece that its optimizer reads next.
        let piece = threads::piece(fan_in, dw.len() * batch, threads::PRODUCT);
        let rows = dw.axis_chunks_iter_mut(Axis(0), piece);
        threads::share(x.view().axis_chunks_iter(Axis(1), piece).zip(rows), |(x, dw)| {
            T::product(x.reversed_axes(), dy.view(), dw);
        });
        grads.add(w, dw);
    }
}
// ANCHOR_END: product_backward
