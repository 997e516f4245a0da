//! Sums in a fixed tree: 64 interleaved partial sums folded in halves, so that the bits depend neither
//! on the CPU nor on the width of its vectors.

/// Partial sums of a reduction: four AVX-512 registers of f32, enough to hide their latency.
const LANES: usize = 64;

/// The sum of `f` over the entries of `slices`, taken together, in the fixed tree: lane `j` adds the
/// entries `i` with `i mod LANES = j`, the lanes are folded in halves, and the rest is added in order.
///
/// All slices are as long as the first. `S`, in which the sum is kept, may be wider than `T`.
#[inline(always)]
pub(crate) fn sum_in_lanes<T: Copy, S: Copy + std::ops::AddAssign, const N: usize>(
    zero: S,
    slices: [&[T]; N],
    f: impl Fn([T; N]) -> S,
) -> S {
    let n = slices[0].len();
    let slices = slices.map(|slice| &slice[..n]);
    let whole = n / LANES * LANES;
    let mut lanes = [zero; LANES];
    for start in (0..whole).step_by(LANES) {
        let blocks = slices.map(|slice| &slice[start..start + LANES]);
        for (j, lane) in lanes.iter_mut().enumerate() {
            *lane += f(blocks.map(|block| block[j]));
        }
    }
    let mut half = LANES / 2;
    while half > 0 {
        for j in 0..half {
            let other = lanes[j + half];
            lanes[j] += other;
        }
        half /= 2;
    }
    let mut total = lanes[0];
    for i in whole..n {
        total += f(slices.map(|slice| slice[i]));
    }
    total
}
