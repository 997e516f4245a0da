//! f32, by polynomials: branch-free, so that a loop over them becomes vector instructions.
//!
//! Errors against f64, tested below over all magnitudes: `exp` 1 ulp, `tanh` 2, `silu` 4, `gelu` 8
//! down to the end of its left tail; the derivatives of the last two 4e-7.

use std::f32::consts::LOG2_E;

/// Signals and gradients below it count as vanished.
pub(crate) const TINY: f32 = 8.673_617e-19; // 2^-60

/// `x`, or 0 if its size is below [`TINY`]; NaN stays.
#[inline(always)]
pub(crate) fn flush(x: f32) -> f32 {
    if x.abs() < TINY {
        0.0
    } else {
        x
    }
}

/// Adding 1.5 2^23 rounds to the nearest integer and leaves it in the low bits.
const ROUND: f32 = 12_582_912.0;
/// ln 2 in two parts: multiples of the first by integers up to 2^9 are exact.
const LN2: (f32, f32) = (0.693_359_4, -2.121_944_4e-4);
/// Beyond these, exp underflows to 0 or overflows.
const EXP_RANGE: (f32, f32) = (-87.336_54, 88.722_83);

/// The polynomial with these coefficients, the highest first.
#[inline(always)]
fn horner<const N: usize>(coefficients: [f32; N], x: f32) -> f32 {
    coefficients.into_iter().reduce(|p, c| p * x + c).unwrap_or(0.0)
}

/// `exp(high + low)` for a `low` of at most a few ulps of `high`, which must be in range.
///
/// `exp(x) = 2^n exp(r)` with `n = round(x/ln 2)`, and `exp(r) = 1 + r + r^2 P(r)`.
#[inline(always)]
fn exp_in_range(high: f32, low: f32) -> f32 {
    let shifted = high * LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (high - n * LN2.0) - n * LN2.1 + low;
    let p = horner([1.395_052_2e-3, 8.368_908e-3, 4.166_620_6e-2, 1.666_651_8e-1, 0.5], r);
    // Half of the scale at a time: 2^128 is no float, and the largest results need it.
    let n = shifted.to_bits() as i32 - ROUND.to_bits() as i32;
    let power = |n: i32| f32::from_bits(((n + 127) << 23) as u32);
    (p * (r * r) + r + 1.0) * power(n >> 1) * power(n - (n >> 1))
}

#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    let clamped = x.clamp(EXP_RANGE.0, EXP_RANGE.1);
    let y = exp_in_range(clamped, 0.0);
    let y = if x < EXP_RANGE.0 { 0.0 } else { y };
    let y = if x > EXP_RANGE.1 { f32::INFINITY } else { y };
    if x.is_nan() {
        x
    } else {
        y
    }
}

/// `x + x^3 P(x^2)` near zero, `1 - 2/(exp(2|x|) + 1)` with the sign of `x` elsewhere.
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    let s = x * x;
    #[rustfmt::skip]
    const P: [f32; 5] =
        [-5.717_037e-3, 2.065_057_9e-2, -5.374_349_7e-2, 1.333_149_1e-1, -3.333_328_4e-1];
    let p = horner(P, s);
    let near = x + x * (s * p);
    let size = x.abs();
    let far = 1.0 - 2.0 / (exp_in_range(2.0 * size.min(10.0), 0.0) + 1.0);
    let y = if size < 0.625 { near } else { far.copysign(x) };
    if x.is_nan() {
        x
    } else {
        y
    }
}

/// With `h = exp(-x^2/2)`: the left tail is `Phi(-|x|) = h t P(t)`, `t = 1/(1 + 0.3 |x|)`,
/// accurate relative to its own size. Beyond 12.75, where it nears the smallest normal number, 0.
#[inline(always)]
pub(crate) fn gelu(x: f32) -> (f32, f32) {
    const END: f32 = 12.75;
    #[rustfmt::skip]
    const TAIL: [f32; 10] = [
        -2.058_472_7e-2, 1.122_175_1e-1, -2.276_804_7e-1, 1.910_432_9e-1, -7.877_876e-2,
        9.579_381e-2, 7.852_168e-2, 1.102_055_8e-1, 1.195_756_1e-1, 1.196_864_8e-1,
    ];
    // The leading half of the bits squares exactly; the rest of x^2 is the low part.
    let size = x.abs().min(END);
    let head = f32::from_bits(size.to_bits() & 0xffff_f000);
    let h = exp_in_range(-0.5 * (head * head), -0.5 * ((size - head) * (size + head)));
    let t = 1.0 / (1.0 + 0.3 * size);
    let p = horner(TAIL, t);
    let inside = x.abs() < END;
    let tail = if inside { h * (p * t) } else { 0.0 };
    let density = if inside { h * FRAC_1_SQRT_TAU } else { 0.0 };
    let phi = if x > 0.0 { 1.0 - tail } else { tail };
    // Beyond the end phi is exactly 0 or 1, and x may be infinite.
    let value = if x <= -END { 0.0 } else { x * phi };
    (value, phi + x.clamp(-END, END) * density)
}

/// `s = 1/(1 + exp(-x))` and `1 - s`, formed without cancellation.
#[inline(always)]
fn halves(x: f32) -> (f32, f32) {
    let e = exp(-x.abs());
    let small = e / (1.0 + e);
    let large = 1.0 / (1.0 + e);
    if x > 0.0 {
        (large, small)
    } else {
        (small, large)
    }
}

#[inline(always)]
pub(crate) fn sigmoid(x: f32) -> (f32, f32) {
    let (s, rest) = halves(x);
    (s, s * rest)
}

/// `1 + tanh u` is twice the sigmoid of `2 u`, and keeps its digits down the tail.
#[inline(always)]
pub(crate) fn gelu_tanh(x: f32) -> (f32, f32) {
    const ROOT: f32 = 1.595_769; // sqrt(8/pi)
    const CUBIC: f32 = 0.044_715;
    const END: f32 = 11.0; // Beyond it the sigmoid is exactly 0 or 1, and x may be infinite.
    let inside = x.clamp(-END, END);
    let square = inside * inside;
    let (s, rest) = halves(ROOT * inside * (1.0 + CUBIC * square));
    let value = if x < -END { 0.0 } else { x * s };
    (value, s * (1.0 + rest * (ROOT * inside * (1.0 + 3.0 * CUBIC * square))))
}

/// `exp(x) - 1` of an `x` up to 0, by tanh: near 0 no digit is lost.
#[inline(always)]
pub(crate) fn expm1(x: f32) -> f32 {
    let t = tanh(0.5 * x);
    2.0 * t / (1.0 - t)
}

/// `ln(1 + exp x)` and the sigmoid. With `e = exp(-|x|)` and `y = e/(2 + e)`, at most 1/3,
/// `ln(1 + e) = 2 (y + y^3/3 + y^5/5 + ...)`.
#[inline(always)]
pub(crate) fn softplus(x: f32) -> (f32, f32) {
    let e = exp(-x.abs());
    let y = e / (2.0 + e);
    #[rustfmt::skip]
    let odd = horner(
        [1.0/15.0, 1.0/13.0, 1.0/11.0, 1.0/9.0, 1.0/7.0, 1.0/5.0, 1.0/3.0, 1.0], y * y);
    (x.max(0.0) + 2.0 * y * odd, halves(x).0)
}

#[inline(always)]
pub(crate) fn silu(x: f32) -> (f32, f32) {
    let (s, rest) = halves(x);
    // Beyond the range of exp, s is exactly 0 or 1, and x may be infinite.
    let value = if x < EXP_RANGE.0 { 0.0 } else { x * s };
    (value, s * (1.0 + x.clamp(-SILU_END, SILU_END) * rest))
}

/// Beyond it `exp(-|x|)` is 0.
const SILU_END: f32 = 88.0;

/// `1/sqrt(2 pi)`.
const FRAC_1_SQRT_TAU: f32 = 0.398_942_3;

#[cfg(test)]
mod tests {
    use crate::math::{double, single};

    /// Largest error in ulps of the f32 nearest to the exact value, over a dense sample of every
    /// binade from `from` to `to`, both signs where `from` is 0.
    fn worst(f: impl Fn(f32) -> f32, exact: impl Fn(f64) -> f64, from: f32, to: f32) -> (f64, f32) {
        let (low, high) = (from.abs().to_bits(), to.abs().to_bits());
        let sign = if to < 0.0 { -1.0 } else { 1.0 };
        (low.min(high)..=low.max(high)).step_by(61).fold((0.0, 0.0), |worst, bits| {
            let x = sign * f32::from_bits(bits);
            let want = exact(f64::from(x));
            let ulp = f64::from(f32::from_bits((want.abs() as f32).to_bits() + 1))
                - f64::from(want.abs() as f32);
            let ulps = (f64::from(f(x)) - want).abs() / ulp;
            // NaN is the worst: it stays to the end, where no bound accepts it.
            if ulps > worst.0 || ulps.is_nan() {
                (ulps, x)
            } else {
                worst
            }
        })
    }

    #[track_caller]
    fn within(
        ulps: f64,
        f: impl Fn(f32) -> f32,
        exact: impl Fn(f64) -> f64,
        ranges: &[(f32, f32)],
    ) {
        for &(from, to) in ranges {
            let (found, at) = worst(&f, &exact, from, to);
            assert!(found <= ulps, "{found:.2} ulps at {at:e}, allowed {ulps}");
        }
    }

    #[test]
    #[should_panic(expected = "NaN ulps")]
    fn a_function_that_is_nan_is_within_no_bound() {
        within(8.0, |_| f32::NAN, double::exp, &[(1e-9, 88.72)]);
    }

    #[test]
    #[should_panic(expected = "slope off by NaN")]
    fn a_slope_that_is_nan_is_within_no_bound() {
        slopes_within(4e-7, |_| f32::NAN, |x| double::gelu(x).1);
    }

    /// The limits: `x Phi(x)` and `x sigmoid(x)` are 0 on the left and `x` on the right.
    #[test]
    fn infinite_arguments_give_the_limits() {
        for f in [single::gelu, single::silu] {
            assert_eq!(f(f32::NEG_INFINITY), (0.0, 0.0));
            assert_eq!(f(f32::INFINITY), (f32::INFINITY, 1.0));
            assert!(f(f32::NAN).0.is_nan() && f(f32::NAN).1.is_nan());
        }
        for f in [double::gelu, double::silu] {
            assert_eq!(f(f64::NEG_INFINITY), (0.0, 0.0));
            assert_eq!(f(f64::INFINITY), (f64::INFINITY, 1.0));
            assert!(f(f64::NAN).0.is_nan() && f(f64::NAN).1.is_nan());
        }
    }

    #[test]
    fn exp_is_within_one_ulp() {
        within(1.0, single::exp, double::exp, &[(1e-9, 88.72), (-1e-9, -87.33)]);
        assert_eq!(single::exp(0.0), 1.0);
        assert_eq!(single::exp(-88.0), 0.0);
        assert_eq!(single::exp(f32::NEG_INFINITY), 0.0);
        assert_eq!(single::exp(89.0), f32::INFINITY);
        assert!(single::exp(f32::NAN).is_nan());
    }

    #[test]
    fn tanh_is_within_two_ulps() {
        within(2.0, single::tanh, double::tanh, &[(1e-9, 40.0), (-1e-9, -40.0)]);
        assert_eq!(single::tanh(f32::INFINITY), 1.0);
        assert!(single::tanh(f32::NAN).is_nan());
    }

    /// Slopes cross zero, so that their error is bounded in absolute terms: they are of order 1.
    #[track_caller]
    fn slopes_within(bound: f64, f: impl Fn(f32) -> f32, exact: impl Fn(f64) -> f64) {
        let worst = (-1_200_000..=1_200_000)
            .map(|k| k as f32 * 1e-5)
            .map(|x| (f64::from(f(x)) - exact(f64::from(x))).abs())
            .fold(0.0, |worst, off| if off > worst || f64::is_nan(off) { off } else { worst });
        assert!(worst <= bound, "slope off by {worst:e}, allowed {bound:e}");
    }

    #[test]
    fn gelu_is_within_eight_ulps_down_its_tail() {
        let value = |x| single::gelu(x).0;
        within(8.0, value, |x| double::gelu(x).0, &[(1e-9, 1e9), (-1e-9, -12.7)]);
        slopes_within(4e-7, |x| single::gelu(x).1, |x| double::gelu(x).1);
        assert_eq!(value(-13.0), 0.0);
        assert!(value(f32::NAN).is_nan());
    }

    #[test]
    fn silu_is_within_four_ulps() {
        let value = |x| single::silu(x).0;
        within(4.0, value, |x| double::silu(x).0, &[(1e-9, 1e9), (-1e-9, -87.0)]);
        slopes_within(4e-7, |x| single::silu(x).1, |x| double::silu(x).1);
        assert!(single::silu(f32::NAN).1.is_nan());
    }

    #[test]
    fn sigmoid_softplus_and_expm1_are_within_six_ulps() {
        let both = [(1e-9, 1e9), (-1e-9, -86.0)];
        within(6.0, |x| single::sigmoid(x).0, |x| double::sigmoid(x).0, &both);
        within(6.0, |x| single::softplus(x).0, |x| double::softplus(x).0, &both);
        within(6.0, single::expm1, double::expm1, &[(-1e-9, -1e9)]);
        slopes_within(2e-7, |x| single::sigmoid(x).1, |x| double::sigmoid(x).1);
        slopes_within(2e-7, |x| single::softplus(x).1, |x| double::softplus(x).1);
    }

    /// Down the tail count four roundings of half an ulp of the exponent, which is -25 at the end.
    #[test]
    fn gelu_by_tanh_is_within_eight_ulps_and_128_down_its_tail() {
        let value = |x| single::gelu_tanh(x).0;
        within(8.0, value, |x| double::gelu_tanh(x).0, &[(1e-9, 1e9), (-1e-9, -1.0)]);
        within(128.0, value, |x| double::gelu_tanh(x).0, &[(-1.0, -6.0)]);
        slopes_within(4e-7, |x| single::gelu_tanh(x).1, |x| double::gelu_tanh(x).1);
    }
}
