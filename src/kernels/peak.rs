//! The machine's limit: fused multiplications and additions, all in registers.

use std::hint::black_box;

use super::simd::fused_level;

/// Steps of `N` independent chains `s = a s + b`: enough of them to hide the latency of one.
#[inline(always)]
fn chains<const N: usize>(steps: usize, fused: impl Fn(f32, f32, f32) -> f32) -> f32 {
    let (a, b) = black_box((0.5, 1.0));
    let mut chains = [black_box(1.0f32); N];
    for _ in 0..steps {
        for s in &mut chains {
            *s = fused(*s, a, b);
        }
    }
    chains.iter().sum()
}

/// Chains side by side: twelve of the 16 registers of 4 numbers or of 8, sixteen of the 32 of 16.
const WIDTHS: [usize; 3] = [12 * 4, 12 * 8, 16 * 16];

/// Floating-point operations of [`work`].
pub fn flop(steps: usize) -> usize {
    2 * WIDTHS[usize::from(fused_level())] * steps
}

/// `steps` rounds of the busiest loop of this CPU.
pub fn work(steps: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx512f,avx2,fma")]
        fn avx512(steps: usize) -> f32 {
            chains::<{ WIDTHS[2] }>(steps, f32::mul_add)
        }
        #[target_feature(enable = "avx2,fma")]
        fn avx2(steps: usize) -> f32 {
            chains::<{ WIDTHS[1] }>(steps, f32::mul_add)
        }
        let end = match fused_level() {
            // SAFETY: `fused_level` has found that this CPU has these instructions.
            2 => unsafe { avx512(steps) },
            // SAFETY: as above.
            1 => unsafe { avx2(steps) },
            _ => plain(steps),
        };
        black_box(end);
    }
    #[cfg(not(target_arch = "x86_64"))]
    black_box(plain(steps));
}

fn plain(steps: usize) -> f32 {
    chains::<{ WIDTHS[0] }>(steps, |s, a, b| s * a + b)
}
