//! The matrix product of CPUs with AVX-512, with the bits of matrixmultiply.
//!
//! Each entry is a sum from front to back, one fused multiplication and addition a step, from 0, in
//! blocks of 256 of the inner size; the sum of a later block is added to that of the blocks before it.
//! matrixmultiply copies both factors before it begins. Here one is, piece by piece, while the first rows
//! of the result are computed from it; where the weights are transposed, the small matrices are in their
//! stead. What the next piece needs is fetched from memory meanwhile.

use ndarray::{ArrayView2, ArrayViewMut2};

#[cfg(target_arch = "x86_64")]
mod tile;
#[cfg(target_arch = "x86_64")]
mod transpose;
#[cfg(target_arch = "x86_64")]
mod walk;

/// `c = a b` if it can be had faster here than from matrixmultiply; if not, `false`, and `c` is as it was.
///
/// # Panics
/// If the shapes do not fit together.
pub(crate) fn product(a: ArrayView2<f32>, b: ArrayView2<f32>, c: ArrayViewMut2<f32>) -> bool {
    is_faster(&a, &b) && compute(a, b, c)
}

/// Measured at widths of 2 to 1024: a transposed factor is better copied whole where the batch is large,
/// and where the sums are short it costs more to transpose the result than to compute it.
fn is_faster(a: &ArrayView2<f32>, b: &ArrayView2<f32>) -> bool {
    const LARGE: usize = 128;
    const SHORT: usize = 64;
    let (batch, terms) = a.dim();
    if has_rows(b) {
        has_rows(a) || terms <= LARGE
    } else {
        batch <= LARGE && terms >= SHORT
    }
}

/// `c = a b` on a CPU with AVX-512, if no size is 0 and either `c` and `b` have their rows in one piece each
/// or `c`, `a` and the transpose of `b` do.
#[cfg(target_arch = "x86_64")]
fn compute(a: ArrayView2<f32>, b: ArrayView2<f32>, mut c: ArrayViewMut2<f32>) -> bool {
    use tile::{Factor, Output};
    let ((m, k), n) = (a.dim(), b.ncols());
    assert!(b.nrows() == k && c.dim() == (m, n), "{:?} {:?} -> {:?}", a.dim(), b.dim(), c.dim());
    let usable = has_rows(&c.view()) && (has_rows(&b) || has_rows(&a) && has_rows(&b.t()));
    if super::simd::level() < 2 || [m, k, n].contains(&0) || !usable {
        return false;
    }
    let of = |x: &ArrayView2<f32>| Factor {
        at: x.as_ptr(),
        row: x.strides()[0],
        column: x.strides()[1],
    };
    let output = Output { at: c.as_mut_ptr(), row: c.strides()[0] as usize };
    // SAFETY: `level` has found AVX-512. The views hold `m x k`, `k x n` and `m x n` entries, none of them
    // empty, with these strides; what is read and written by vectors has its rows in one piece each.
    unsafe {
        if has_rows(&b) {
            walk::straight([m, k, n], of(&a), of(&b), output);
        } else {
            walk::swapped([m, k, n], of(&a), of(&b.t()), output);
        }
    }
    true
}

#[cfg(not(target_arch = "x86_64"))]
fn compute(_: ArrayView2<f32>, _: ArrayView2<f32>, _: ArrayViewMut2<f32>) -> bool {
    false
}

/// Whether the entries of each row lie side by side, row after row.
fn has_rows(x: &ArrayView2<f32>) -> bool {
    (x.ncols() == 1 || x.strides()[1] == 1) && (x.nrows() == 1 || x.strides()[0] > 0)
}

#[cfg(test)]
mod tests;
