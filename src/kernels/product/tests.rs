//! Bits are those of `general_mat_mul`; values are those of sums in f64.

use ndarray::{linalg::general_mat_mul, s, Array2, ArrayView2};

use super::{compute, product};
use crate::kernels::simd::level;

/// Whether there is anything to test; prints what it skips.
fn has_avx512() -> bool {
    let has = level() == 2;
    if !has {
        eprintln!("skipped: this CPU has no AVX-512");
    }
    has
}

/// Numbers of both signs and of magnitudes from 2^-8 to 1, so that sums in another order differ.
fn numbers(rows: usize, columns: usize, seed: u64) -> Array2<f32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    Array2::from_shape_simple_fn((rows, columns), || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mantissa = (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0;
        mantissa / (1 << (state >> 32 & 7)) as f32
    })
}

/// A pair of factors, in the three layouts of a step: `x w`, `x^T dy` and `dy w^T`.
fn in_all_layouts(
    a: &Array2<f32>,
    b: &Array2<f32>,
    mut check: impl FnMut(ArrayView2<f32>, ArrayView2<f32>),
) {
    let [a_t, b_t] = [a, b].map(|x| x.t().as_standard_layout().into_owned());
    check(a.view(), b.view());
    check(a_t.t(), b.view());
    check(a.view(), b_t.t());
}

/// NaN is NaN, whatever its bits.
fn same(x: f32, y: f32) -> bool {
    x.to_bits() == y.to_bits() || x.is_nan() && y.is_nan()
}

fn has_the_bits_of_matrixmultiply(a: ArrayView2<f32>, b: ArrayView2<f32>) {
    let shape = (a.nrows(), b.ncols());
    let (mut ours, mut theirs) = (Array2::from_elem(shape, 7.0), Array2::from_elem(shape, -7.0));
    assert!(compute(a, b, ours.view_mut()), "{:?} {:?}", a.dim(), b.dim());
    general_mat_mul(1.0, &a, &b, 0.0, &mut theirs);
    let equal = ours.iter().zip(&theirs).all(|(&x, &y)| same(x, y));
    assert!(equal, "{:?} {:?} in strides {:?} {:?}", a.dim(), b.dim(), a.strides(), b.strides());
}

/// Every pair of sizes from 1 to 70, with a third that runs through them all.
#[test]
fn small_shapes_have_the_bits_of_matrixmultiply() {
    if !has_avx512() {
        return;
    }
    const MOST: usize = 70;
    let (a, b) = (numbers(MOST, MOST, 1), numbers(MOST, MOST, 2));
    for i in 1..=MOST {
        for j in 1..=MOST {
            let third = 1 + (i + 37 * j) % MOST;
            for [m, k, n] in [[i, j, third], [j, third, i], [third, i, j]] {
                let (a, b) = (a.slice(s![..m, ..k]).to_owned(), b.slice(s![..k, ..n]).to_owned());
                in_all_layouts(&a, &b, has_the_bits_of_matrixmultiply);
            }
        }
    }
}

/// The layers of the workloads, and sizes on both sides of a block and of a piece.
#[test]
fn large_shapes_have_the_bits_of_matrixmultiply() {
    if !has_avx512() {
        return;
    }
    let mut shapes =
        vec![[64, 256, 256], [64, 256, 1024], [64, 1024, 256], [256, 64, 1024], [1024, 64, 256]];
    shapes.extend([127, 128, 129, 255, 256, 257, 511, 512, 513, 700].map(|k| [67, k, 83]));
    shapes.extend([127, 128, 129, 200].map(|m| [m, 300, 50]));
    shapes.extend([127, 128, 129, 200].map(|n| [50, 300, n]));
    for [m, k, n] in shapes {
        in_all_layouts(&numbers(m, k, 3), &numbers(k, n, 4), has_the_bits_of_matrixmultiply);
    }
}

/// As the threads cut it: rows and columns of larger matrices, of which the rest stays as it is.
#[test]
fn a_piece_is_written_and_nothing_beside_it() {
    if !has_avx512() {
        return;
    }
    let (a, b) = (numbers(70, 300, 5), numbers(300, 200, 6));
    let mut whole = Array2::zeros((70, 200));
    general_mat_mul(1.0, &a, &b, 0.0, &mut whole);
    let cuts =
        [(0..70, 0..96), (0..70, 96..200), (3..64, 33..34), (5..6, 0..200), (69..70, 199..200)];
    in_all_layouts(&a, &b, |a, b| {
        for (rows, columns) in cuts.clone() {
            let part = s![rows.clone(), columns.clone()];
            let mut found = Array2::from_elem((70, 200), 7.0);
            let mut expected = found.clone();
            expected.slice_mut(part).assign(&whole.slice(part));
            let (a, b) = (a.slice(s![rows, ..]), b.slice(s![.., columns]));
            assert!(compute(a, b, found.slice_mut(part)));
            assert_eq!(found, expected);
        }
    });
}

/// `|c - exact| <= k u / (1 - k u) sum |a| |b|`: no term passes through more than `k` roundings, each
/// by a factor within `1 +- u`, `u = 2^-24` (Higham 2002, section 3.1). f64 adds nothing that counts.
#[test]
fn sums_are_within_their_error_bound() {
    if !has_avx512() {
        return;
    }
    for [m, k, n] in [[5, 3, 7], [64, 256, 70], [20, 700, 33]] {
        in_all_layouts(&numbers(m, k, 7), &numbers(k, n, 8), |a, b| {
            let mut c = Array2::zeros((m, n));
            assert!(compute(a, b, c.view_mut()));
            for ((i, j), &c) in c.indexed_iter() {
                let terms = a
                    .row(i)
                    .into_iter()
                    .zip(b.column(j))
                    .map(|(&a, &b)| f64::from(a) * f64::from(b));
                let (mut exact, mut size) = (0.0, 0.0);
                for term in terms {
                    exact += term;
                    size += term.abs();
                }
                let ku = k as f64 / (1 << 24) as f64;
                let error = (f64::from(c) - exact).abs();
                assert!(error <= ku / (1.0 - ku) * size, "({i}, {j}): {error} of {size}");
            }
        });
    }
}

#[test]
fn nan_and_infinity_pass_as_in_matrixmultiply() {
    if !has_avx512() {
        return;
    }
    let (mut a, mut b) = (numbers(20, 300, 9), numbers(300, 50, 10));
    a[[3, 17]] = f32::NAN;
    a[[7, 290]] = f32::INFINITY;
    a.row_mut(11).fill(0.0);
    a[[12, 0]] = f32::MAX;
    b[[0, 8]] = f32::MAX;
    b[[299, 40]] = f32::NEG_INFINITY;
    b[[40, 49]] = f32::NAN;
    b[[290, 5]] = 0.0;
    b.column_mut(20).fill(-0.0);
    in_all_layouts(&a, &b, has_the_bits_of_matrixmultiply);
}

#[test]
fn other_layouts_and_empty_products_are_left_alone() {
    let (a, b) = (numbers(8, 6, 11), numbers(6, 4, 12));
    let mut c = Array2::from_elem((4, 8), 7.0);
    assert!(!compute(a.view(), b.view(), c.view_mut().reversed_axes()), "c by columns");
    let mut c = Array2::from_elem((8, 4), 7.0);
    let [a_t, b_t] = [&a, &b].map(|x| x.t().as_standard_layout().into_owned());
    assert!(!compute(a_t.t(), b_t.t(), c.view_mut()), "both transposed");
    assert!(!compute(a.slice(s![.., ..0]), b.slice(s![..0, ..]), c.view_mut()), "no terms");
    let wide = numbers(200, 64, 13);
    let mut d = Array2::from_elem((200, 200), 7.0);
    assert!(!product(wide.view(), wide.t(), d.view_mut()), "a large batch, transposed");
    assert!(c.iter().chain(&d).all(|&c| c == 7.0));
}

#[test]
fn the_products_of_a_step_are_made_here() {
    if !has_avx512() {
        return;
    }
    let (x, w, y) = (numbers(64, 256, 14), numbers(256, 256, 15), numbers(64, 256, 16));
    let (mut small, mut large) = (Array2::zeros((64, 256)), Array2::zeros((256, 256)));
    assert!(product(x.view(), w.view(), small.view_mut()), "x w");
    assert!(product(y.view(), w.t(), small.view_mut()), "dy w^T");
    assert!(product(x.t(), y.view(), large.view_mut()), "x^T dy");
}
