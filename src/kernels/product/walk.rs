//! The order in which a product is computed, for the sake of the caches.

use core::arch::x86_64::{__m512, _mm512_setzero_ps};
use std::cell::RefCell;

use super::tile::{panels, width, Ahead, Factor, Output, Sum, VECTOR};
use super::transpose::transpose;

/// Terms after which matrixmultiply begins a new sum and adds the one before.
const BLOCK: usize = 256;

/// Rows of a piece of work: of the result, and of the factor that is copied.
const PIECE: usize = 64;

/// Memory that the products of a thread use again.
#[derive(Default)]
struct Scratch {
    packed: Vec<__m512>,
    part: Vec<__m512>,
    turned: Vec<__m512>,
}

thread_local!(static SCRATCH: RefCell<Scratch> = RefCell::default());

/// Room for `rows` of so many entries, beginning with a cache line; what is there is left from before.
#[target_feature(enable = "avx512f")]
fn room(lines: &mut Vec<__m512>, rows: usize, row: usize) -> Output {
    let length = (rows * row).div_ceil(VECTOR).max(lines.len());
    lines.resize(length, _mm512_setzero_ps());
    Output { at: lines.as_mut_ptr().cast(), row }
}

/// Terms `q..q + size` of `k`: into `to` in the first block, later by way of `part`.
fn sum(q: usize, size: usize, k: usize, part: Output, to: Output) -> Sum {
    let begins = q.is_multiple_of(BLOCK);
    let ends = (q + size).is_multiple_of(BLOCK) || q + size == k;
    let first = q < BLOCK;
    let part = if first { to } else { part };
    Sum { from: (!begins).then_some(part), to: if ends { to } else { part }, plus: ends && !first }
}

/// `c = a b` where `b` has its rows in one piece each.
///
/// # Safety
/// The CPU has AVX-512; the matrices have `m x k`, `k x n` and `m x n` entries, none of them empty.
#[target_feature(enable = "avx512f")]
pub(super) unsafe fn straight([m, k, n]: [usize; 3], a: Factor, b: Factor, c: Output) {
    SCRATCH.with_borrow_mut(|scratch| {
        let row = n.next_multiple_of(VECTOR);
        // Where there are no more rows of the result, nobody reads a part of `b` again.
        let once = m <= PIECE;
        let packed = room(&mut scratch.packed, if once { k.min(PIECE) } else { k }, row);
        let part = room(&mut scratch.part, if k > BLOCK { m.min(PIECE) } else { 0 }, row);
        for i in (0..m).step_by(PIECE) {
            let rows = PIECE.min(m - i);
            for q in (0..k).step_by(PIECE) {
                let size = PIECE.min(k - q);
                let left = k - q - size;
                let mut ahead = if left > 0 && i == 0 {
                    Ahead::new(left.min(PIECE), n, b.from(q + size, 0))
                } else {
                    let next = c.from(i + rows, 0);
                    let rows = if left > 0 { 0 } else { PIECE.min(m - i - rows) };
                    Ahead::new(rows, n, Factor { at: next.at, row: next.row as isize, column: 1 })
                };
                let packed = packed.from(if once { 0 } else { q }, 0).at;
                let sum = sum(q, size, k, part, c.from(i, 0));
                let b = (i == 0).then_some(b.from(q, 0));
                // SAFETY: the caller's, for these parts; `packed` and `part` were made for them.
                unsafe { panels([rows, size, n], a.from(i, q), b, packed, sum, &mut ahead) };
            }
        }
    });
}

/// `c = a b^T`, where `a` and `b` have their rows in one piece each, as `c^T = b a^T`: the large factor is
/// read once and in order, and the small ones are transposed, `a` before and `c` behind.
///
/// # Safety
/// The CPU has AVX-512; the matrices have `m x k`, `n x k` and `m x n` entries, none of them empty.
#[target_feature(enable = "avx512f")]
pub(super) unsafe fn swapped([m, k, n]: [usize; 3], a: Factor, b: Factor, c: Output) {
    SCRATCH.with_borrow_mut(|scratch| {
        let row = m.next_multiple_of(VECTOR);
        let packed = room(&mut scratch.packed, k, row);
        let turned = room(&mut scratch.turned, n.min(PIECE), row);
        for q in (0..k).step_by(BLOCK) {
            let size = BLOCK.min(k - q);
            let mut j = 0;
            while j < m {
                let width = width(m - j) * VECTOR;
                for (p, l) in blocks(size, width) {
                    let shape = [VECTOR.min(m.saturating_sub(j + l)), VECTOR.min(size - p)];
                    let at = q * row + j * size + p * width + l;
                    let to = Output { at: packed.at.wrapping_add(at), row: width };
                    // SAFETY: this part of `a`, and of the panel at column `j`, is theirs.
                    unsafe { transpose(shape, a.from(j + l, q + p), to, VECTOR) };
                }
                j += width;
            }
        }
        for i in (0..n).step_by(PIECE) {
            let rows = PIECE.min(n - i);
            let mut ahead = Ahead::new(PIECE.min(n - i - rows), k, b.from(i + rows, 0));
            for q in (0..k).step_by(BLOCK) {
                let size = BLOCK.min(k - q);
                let packed = packed.from(q, 0).at;
                let sum = Sum { from: None, to: turned, plus: q > 0 };
                // SAFETY: the caller's, for these parts; the scratch was made for them.
                unsafe { panels([rows, size, row], b.from(i, q), None, packed, sum, &mut ahead) };
            }
            for (r, j) in blocks(rows, m) {
                let shape = [VECTOR.min(rows - r), VECTOR.min(m - j)];
                let from = turned.from(r, j);
                let from = Factor { at: from.at, row: from.row as isize, column: 1 };
                // SAFETY: this part of both is theirs.
                unsafe { transpose(shape, from, c.from(j, i + r), shape[0]) };
            }
        }
    });
}

/// The first entries of the blocks of 16 x 16 of so many rows and columns.
fn blocks(rows: usize, columns: usize) -> impl Iterator<Item = (usize, usize)> {
    let row = move |i| (0..columns).step_by(VECTOR).map(move |j| (i, j));
    (0..rows).step_by(VECTOR).flat_map(row)
}
