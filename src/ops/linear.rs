//! The matrix product, alone and as a linear layer.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, Slice};

use super::reduce::sum_of_rows;
use crate::kernels::add;
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
        let mut y = output("matmul", self, w);
        product(self.view(), w.view(), &mut y);
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
        let mut y = output("linear", self, w);
        let (bias, columns) = (b.shape(), y.ncols());
        assert!(bias == [1, columns], "linear: bias {bias:?} does not fit weight {:?}", w.shape());
        assert!(columns > 0, "linear: weight {:?} has no columns", w.shape());
        let piece = threads::piece(columns, self.slice().len() * columns, threads::PRODUCT);
        let pieces =
            pieces(COLUMNS, self.view(), w.view(), &mut y, piece).zip(b.slice().chunks(piece));
        threads::share(pieces, |((x, w, mut y), b)| {
            T::product(x, w, y.view_mut());
            for mut row in y.rows_mut() {
                add(b, row.as_slice_mut().expect("columns side by side"));
            }
        });
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

/// An array for `x w`, to be written.
#[track_caller]
fn output<T: Scalar>(operation: &str, x: &Tensor<T>, w: &Tensor<T>) -> Pooled<T> {
    let ([batch, fan_in], [rows, fan_out]) = (x.shape(), w.shape());
    assert!(
        fan_in == rows,
        "{operation}: shapes {:?} and {:?} do not fit: {fan_in} columns against {rows} rows",
        x.shape(),
        w.shape()
    );
    buffers::take(batch, fan_out)
}

/// Factors and result of a product, or of a piece of one.
type Product<'p, T> = (ArrayView2<'p, T>, ArrayView2<'p, T>, ArrayViewMut2<'p, T>);

fn piece_of_product<T: Scalar>((a, b, c): Product<T>) {
    T::product(a, b, c);
}

/// `c = a b`, shared among the threads; `c` need not be initialised to anything meaningful.
pub fn product<T: Scalar>(a: ArrayView2<T>, b: ArrayView2<T>, c: &mut Array2<T>) {
    let piece = threads::piece(c.ncols(), a.len() * c.ncols(), threads::PRODUCT);
    threads::share(pieces(COLUMNS, a, b, c, piece), piece_of_product);
}

/// `c = a b` in pieces of so many rows or columns of `c`: each entry is one sum over the inner size,
/// however they are cut.
fn pieces<'p, T: Scalar>(
    axis: Axis,
    a: ArrayView2<'p, T>,
    b: ArrayView2<'p, T>,
    c: &'p mut Array2<T>,
    piece: usize,
) -> impl Iterator<Item = Product<'p, T>> {
    let pieces = (0..).step_by(piece).zip(c.axis_chunks_iter_mut(axis, piece));
    pieces.map(move |(start, c)| {
        let cut = Slice::from(start..start + c.len_of(axis));
        match axis {
            ROWS => (a.slice_axis_move(axis, cut), b, c),
            _ => (a, b.slice_axis_move(axis, cut), c),
        }
    })
}

const ROWS: Axis = Axis(0);
const COLUMNS: Axis = Axis(1);

// ANCHOR: product_backward
/// `dx = dy w^T` and `dw = x^T dy`, as far as something depends on them, handed to the threads
/// together. Both are cut along `fan_in`, so that each thread reads the weights that it will update.
fn product_backward<T: Scalar>(x: &Tensor<T>, w: &Tensor<T>, dy: &Array2<T>, grads: &mut Sink<T>) {
    let ([batch, fan_in], [_, fan_out]) = (x.shape(), w.shape());
    let mut dx = x.is_tracked().then(|| buffers::take(batch, fan_in));
    let mut dw = w.is_tracked().then(|| buffers::take(fan_in, fan_out));
    let piece = threads::piece(fan_in, batch * fan_in * fan_out, threads::PRODUCT);
    let (x_t, w_t) = (x.view().reversed_axes(), w.view().reversed_axes());
    let dx_pieces = dx.iter_mut().flat_map(|dx| pieces(COLUMNS, dy.view(), w_t, dx, piece));
    let dw_pieces = dw.iter_mut().flat_map(|dw| pieces(ROWS, x_t, dy.view(), dw, piece));
    threads::share(dx_pieces.chain(dw_pieces), piece_of_product);
    dx.into_iter().for_each(|dx| grads.add(x, dx));
    dw.into_iter().for_each(|dw| grads.add(w, dw));
}
// ANCHOR_END: product_backward
