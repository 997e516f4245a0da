//! The part of a result that stays in registers while its sums run.

use core::arch::x86_64::*;

/// Numbers in a register.
pub(super) const VECTOR: usize = 16;

/// A factor, or the part of it that begins at an entry; strides in entries.
#[derive(Clone, Copy)]
pub(super) struct Factor {
    pub at: *const f32,
    pub row: isize,
    pub column: isize,
}

impl Factor {
    pub fn from(self, i: usize, j: usize) -> Factor {
        let offset = i as isize * self.row + j as isize * self.column;
        Factor { at: self.at.wrapping_offset(offset), ..self }
    }
}

/// A result whose rows lie in one piece each, or the part of it that begins at an entry.
#[derive(Clone, Copy)]
pub(super) struct Output {
    pub at: *mut f32,
    pub row: usize,
}

impl Output {
    pub fn from(self, i: usize, j: usize) -> Output {
        Output { at: self.at.wrapping_add(i * self.row + j), ..self }
    }
}

/// Where a sum goes on from, and where its value goes.
#[derive(Clone, Copy)]
pub(super) struct Sum {
    /// From 0 if there is nothing yet.
    pub from: Option<Output>,
    pub to: Output,
    /// Whether the value is added to what is there.
    pub plus: bool,
}

impl Sum {
    fn at(self, i: usize, j: usize) -> Sum {
        let from = self.from.map(|from| from.from(i, j));
        Sum { from, to: self.to.from(i, j), ..self }
    }
}

/// Rows that the next piece of work needs, which a tile fetches into the second cache, a line a step.
pub(super) struct Ahead {
    at: *const f32,
    row: isize,
    columns: usize,
    rows: usize,
    column: usize,
}

impl Ahead {
    pub fn new(rows: usize, columns: usize, of: Factor) -> Ahead {
        Ahead { at: of.at, row: of.row, columns, rows, column: 0 }
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn fetch(&mut self) {
        _mm_prefetch::<_MM_HINT_T1>(self.at.wrapping_add(self.column).cast());
        self.column += VECTOR;
        if self.column >= self.columns {
            self.column = 0;
            self.at = self.at.wrapping_offset(self.row);
            self.rows = self.rows.saturating_sub(1);
        }
    }
}

/// The lanes of a register that hold the first so many columns.
#[inline]
pub(super) fn lanes(columns: usize) -> __mmask16 {
    if columns < VECTOR {
        (1 << columns) - 1
    } else {
        !0
    }
}

/// Registers side by side in the next panel: three, unless that leaves one where two and two will do.
pub(super) fn width(columns: usize) -> usize {
    match columns.div_ceil(VECTOR) {
        1 => 1,
        2 | 4 => 2,
        _ => 3,
    }
}

/// Adds `a b` to the sums, panel by panel of `b`, for `m` rows, `k` terms and `n` columns.
///
/// `packed` holds the panels one after the other: of each its rows, padded with zeros. Where `b` is
/// given they are written on the way.
///
/// # Safety
/// The CPU has AVX-512; `a`, `b` and the sums have as many entries; `packed` begins at a multiple of 64
/// bytes and has `k` rows of `n` entries rounded up to registers.
#[target_feature(enable = "avx512f")]
pub(super) unsafe fn panels(
    [m, k, n]: [usize; 3],
    a: Factor,
    b: Option<Factor>,
    packed: *mut f32,
    sum: Sum,
    ahead: &mut Ahead,
) {
    let mut j = 0;
    while j < n {
        let width = width(n - j);
        let (b, packed, sum) = (b.map(|b| b.from(0, j)), packed.wrapping_add(j * k), sum.at(0, j));
        // SAFETY: these columns are part of them.
        unsafe {
            match width {
                1 => panel::<1>([m, k, n - j], a, b, packed, sum, ahead),
                2 => panel::<2>([m, k, n - j], a, b, packed, sum, ahead),
                _ => panel::<3>([m, k, n - j], a, b, packed, sum, ahead),
            }
        }
        j += width * VECTOR;
    }
}

/// One panel of `C` registers.
#[target_feature(enable = "avx512f")]
unsafe fn panel<const C: usize>(
    [m, k, n]: [usize; 3],
    a: Factor,
    b: Option<Factor>,
    packed: *mut f32,
    sum: Sum,
    ahead: &mut Ahead,
) {
    let mut columns = [0; C];
    for (j, lanes_of) in columns.iter_mut().enumerate() {
        *lanes_of = lanes(n - j * VECTOR);
    }
    let mut i = 0;
    while i < m {
        let rows = 8.min(1 << (m - i).ilog2());
        let (a, sum) = (a.from(i, 0), sum.at(i, 0));
        macro_rules! tile {
            ($rows:literal) => {
                match b.filter(|_| i == 0) {
                    Some(b) => tile::<$rows, C, true>(k, a, b, packed, columns, sum, ahead),
                    None => tile::<$rows, C, false>(k, a, a, packed, columns, sum, ahead),
                }
            };
        }
        // SAFETY: these rows are part of them.
        unsafe {
            match rows {
                8 => tile!(8),
                4 => tile!(4),
                2 => tile!(2),
                _ => tile!(1),
            }
        }
        i += rows;
    }
}

/// `R` rows of the result, `C` registers of each.
#[target_feature(enable = "avx512f")]
unsafe fn tile<const R: usize, const C: usize, const PACK: bool>(
    k: usize,
    a: Factor,
    b: Factor,
    packed: *mut f32,
    columns: [__mmask16; C],
    sum: Sum,
    ahead: &mut Ahead,
) {
    let mut sums = [[_mm512_setzero_ps(); C]; R];
    if let Some(from) = sum.from {
        for (r, sums) in sums.iter_mut().enumerate() {
            for (j, s) in sums.iter_mut().enumerate() {
                // SAFETY: only the lanes of columns that there are.
                *s = unsafe { _mm512_maskz_loadu_ps(columns[j], from.from(r, j * VECTOR).at) };
            }
        }
    }
    let mut step = |q: usize| {
        let packed = packed.wrapping_add(q * C * VECTOR);
        let mut row = [_mm512_setzero_ps(); C];
        for (j, row) in row.iter_mut().enumerate() {
            let packed = packed.wrapping_add(j * VECTOR);
            // SAFETY: row `q` of the panel, aligned; of `b` only the columns that there are.
            unsafe {
                if PACK {
                    let b = b.at.wrapping_offset(q as isize * b.row).wrapping_add(j * VECTOR);
                    *row = _mm512_maskz_loadu_ps(columns[j], b);
                    _mm512_store_ps(packed, *row);
                } else {
                    *row = _mm512_load_ps(packed);
                }
            }
        }
        for (r, sums) in sums.iter_mut().enumerate() {
            // SAFETY: an entry of `a`.
            let a = _mm512_set1_ps(unsafe { *a.from(r, q).at });
            for (s, b) in sums.iter_mut().zip(row) {
                *s = _mm512_fmadd_ps(a, b, *s);
            }
        }
    };
    if ahead.rows > 0 {
        for q in 0..k {
            ahead.fetch();
            step(q);
        }
    } else {
        (0..k).for_each(step);
    }
    for (r, sums) in sums.iter().enumerate() {
        for (j, s) in sums.iter().enumerate() {
            let to = sum.to.from(r, j * VECTOR).at;
            // SAFETY: only the lanes of columns that there are.
            unsafe {
                let before = || _mm512_maskz_loadu_ps(columns[j], to);
                let value = if sum.plus { _mm512_add_ps(before(), *s) } else { *s };
                _mm512_mask_storeu_ps(to, columns[j], value);
            }
        }
    }
}
