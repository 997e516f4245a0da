//! Random numbers whose values never change: the same seed gives the same bits on every machine.
//!
//! Bits come from ChaCha with 8 rounds, whose output is fixed by its specification. A seed is
//! split into independent streams, so that weights, data and batches can change one at a time.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What a sequence of random numbers is for. Streams of one seed are independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Initial weights.
    Weights = 1,
    /// Inputs.
    Data = 2,
    /// Which inputs form a batch.
    Batches = 3,
    /// The synthetic inputs of theory.
    Theory = 4,
    /// Which configurations an experiment tries.
    Design = 5,
    /// Which configurations it tries beside those, so that neither moves the other.
    SecondDesign = 6,
}

/// A source of random numbers.
///
/// ```
/// use minigrad::prelude::*;
/// let mut weights = Random::new(0, Stream::Weights);
/// let mut again = Random::new(0, Stream::Weights);
/// assert_eq!(weights.normal(), again.normal());
/// assert_ne!(weights.normal(), Random::new(0, Stream::Data).normal());
/// ```
pub struct Random {
    bits: ChaCha8Rng,
}

impl Random {
    /// The given stream of `seed`, from its beginning.
    pub fn new(seed: u64, stream: Stream) -> Random {
        let mut bits = ChaCha8Rng::seed_from_u64(seed);
        bits.set_stream(stream as u64);
        Random { bits }
    }

    /// Uniform in the open interval (0, 1): `(k + 1/2) / 2^52` with `k` of 52 random bits.
    pub fn uniform(&mut self) -> f64 {
        let k = self.bits.next_u64() >> 12;
        (k as f64 + 0.5) / (1u64 << 52) as f64
    }

    /// A standard normal: the quantile function of one [`uniform`](Random::uniform) number.
    ///
    /// *Source*: Wichura 1988, algorithm AS 241 (PPND16), relative accuracy about 1e-16.
    pub fn normal(&mut self) -> f64 {
        normal_quantile(self.uniform())
    }

    /// A whole number in `0..count`, uniform to within `count / 2^64`.
    ///
    /// # Panics
    /// If `count` is 0.
    #[track_caller]
    pub fn below(&mut self, count: usize) -> usize {
        assert!(count > 0, "below: cannot choose among 0 numbers");
        ((u128::from(self.bits.next_u64()) * count as u128) >> 64) as usize
    }
}

/// `z` with `P(Z <= z) = p` for a standard normal `Z`, `p` in (0, 1).
///
/// Rational approximations in three regions of `p`.
/// *Source*: Wichura 1988, AS 241, PPND16.
///
/// ```
/// use minigrad::random::normal_quantile;
/// assert!((normal_quantile(0.975) - 1.959963984540054).abs() < 1e-15);
/// ```
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        return q * ratio(r, &CENTRE);
    }
    let r = libm::sqrt(-libm::log(if q < 0.0 { p } else { 1.0 - p }));
    let z = if r <= 5.0 { ratio(r - 1.6, &SHOULDER) } else { ratio(r - 5.0, &TAIL) };
    if q < 0.0 {
        -z
    } else {
        z
    }
}

/// Quotient of two polynomials, coefficients from the constant upwards.
fn ratio(r: f64, [above, below]: &[[f64; 8]; 2]) -> f64 {
    let horner = |c: &[f64; 8]| c.iter().rev().fold(0.0, |sum, c| sum * r + c);
    horner(above) / horner(below)
}

#[rustfmt::skip]
const CENTRE: [[f64; 8]; 2] = [[
    3.387_132_872_796_366_5, 1.331_416_678_917_843_8e2, 1.971_590_950_306_551_3e3, 1.373_169_376_550_946e4,
    4.592_195_393_154_987e4, 6.726_577_092_700_87e4, 3.343_057_558_358_813e4, 2.509_080_928_730_122_7e3,
], [
    1.0, 4.231_333_070_160_091e1, 6.871_870_074_920_579e2, 5.394_196_021_424_751e3,
    2.121_379_430_158_659_7e4, 3.930_789_580_009_271e4, 2.872_908_573_572_194_3e4, 5.226_495_278_852_854e3,
]];

#[rustfmt::skip]
const SHOULDER: [[f64; 8]; 2] = [[
    1.423_437_110_749_683_5, 4.630_337_846_156_546, 5.769_497_221_460_691, 3.647_848_324_763_204_5,
    1.270_458_252_452_368_4, 2.417_807_251_774_506e-1, 2.272_384_498_926_918_4e-2, 7.745_450_142_783_414e-4,
], [
    1.0, 2.053_191_626_637_759, 1.676_384_830_183_803_8, 6.897_673_349_851e-1,
    1.481_039_764_274_800_8e-1, 1.519_866_656_361_645_7e-2, 5.475_938_084_995_345e-4, 1.050_750_071_644_416_9e-9,
]];

#[rustfmt::skip]
const TAIL: [[f64; 8]; 2] = [[
    6.657_904_643_501_103, 5.463_784_911_164_114, 1.784_826_539_917_291_3, 2.965_605_718_285_048_7e-1,
    2.653_218_952_657_612_4e-2, 1.242_660_947_388_078_4e-3, 2.711_555_568_743_487_6e-5, 2.010_334_399_292_288_1e-7,
], [
    1.0, 5.998_322_065_558_88e-1, 1.369_298_809_227_358e-1, 1.487_536_129_085_061_5e-2,
    7.868_691_311_456_133e-4, 1.846_318_317_510_054_8e-5, 1.421_511_758_316_446e-7, 2.044_263_103_389_939_8e-15,
]];
