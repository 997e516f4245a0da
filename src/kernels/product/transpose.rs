//! Transposes 16 x 16 numbers in registers.

use core::arch::x86_64::*;

use super::tile::{lanes, Factor, Output, VECTOR};

/// Writes the transpose of `rows x columns` entries, at most 16 of each, as `columns` rows of `width`
/// entries, the missing ones 0.
///
/// # Safety
/// The CPU has AVX-512; `from` has so many entries and rows in one piece each, `to` so many.
#[target_feature(enable = "avx512f")]
pub(super) unsafe fn transpose(
    [rows, columns]: [usize; 2],
    from: Factor,
    to: Output,
    width: usize,
) {
    let mut x = [_mm512_setzero_ps(); VECTOR];
    for (i, x) in x.iter_mut().enumerate().take(rows) {
        // SAFETY: row `i`, only the lanes of columns that there are.
        *x = unsafe { _mm512_maskz_loadu_ps(lanes(columns), from.from(i, 0).at) };
    }
    for (c, x) in transposed(x).into_iter().enumerate().take(columns) {
        // SAFETY: row `c`, only the lanes that it has.
        unsafe { _mm512_mask_storeu_ps(to.from(c, 0).at, lanes(width), x) };
    }
}

/// Pairs of rows, then fours, change places within each 4 x 4 block; then the blocks do.
#[inline]
#[target_feature(enable = "avx512f")]
fn transposed(rows: [__m512; 16]) -> [__m512; 16] {
    let (mut x, mut y) = (rows, rows);
    for i in [0, 2, 4, 6, 8, 10, 12, 14] {
        y[i] = _mm512_unpacklo_ps(x[i], x[i + 1]);
        y[i + 1] = _mm512_unpackhi_ps(x[i], x[i + 1]);
    }
    for i in [0, 4, 8, 12] {
        for half in [0, 1] {
            let upper = _mm512_castps_pd(y[i + half]);
            let lower = _mm512_castps_pd(y[i + half + 2]);
            x[i + 2 * half] = _mm512_castpd_ps(_mm512_unpacklo_pd(upper, lower));
            x[i + 2 * half + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(upper, lower));
        }
    }
    for c in 0..4 {
        let even = [0, 8].map(|i| _mm512_shuffle_f32x4::<0x88>(x[i + c], x[i + c + 4]));
        let odd = [0, 8].map(|i| _mm512_shuffle_f32x4::<0xdd>(x[i + c], x[i + c + 4]));
        y[c] = _mm512_shuffle_f32x4::<0x88>(even[0], even[1]);
        y[c + 4] = _mm512_shuffle_f32x4::<0x88>(odd[0], odd[1]);
        y[c + 8] = _mm512_shuffle_f32x4::<0xdd>(even[0], even[1]);
        y[c + 12] = _mm512_shuffle_f32x4::<0xdd>(odd[0], odd[1]);
    }
    y
}
