//! Statistics: each tolerance follows from the size of its sample, at five standard errors. Seeds
//! are fixed, so that a test that passes once passes always; a sampler that is off by more than
//! its tolerance would have had one chance in 1.7 million.

use minigrad::nn::init;
use minigrad::prelude::*;
use minigrad::probe::walk;
use minigrad::random::normal_quantile;
use minigrad_tests::normals;

/// Standard errors that a sample may be off.
const SIGMA: f64 = 5.0;

const INITS: [Init; 12] = [
    Init::Uniform(0.5),
    Init::Uniform(1e-3),
    Init::Xavier,
    Init::XavierUniform,
    Init::Glorot,
    Init::GlorotUniform,
    Init::Kaiming,
    Init::KaimingUniform,
    Init::Sigma(1.7),
    Init::Orthogonal(1.0),
    Init::Orthogonal(1.5),
    Init::Gpt2,
];

/// `[fan_in, fan_out]`.
const SHAPES: [(usize, usize); 3] = [(256, 256), (256, 64), (64, 256)];

/// What is wrong with `w` as a sample of `init`.
///
/// For `N` independent entries of variance `v`: the mean has standard error `sqrt(v/N)`, the second
/// moment `v sqrt(k/N)` with `k = E x^4/v^2 - 1` (2 for a normal, 4/5 for a uniform one), the
/// fourth moment of a normal `v^2 sqrt(96/N)`.
fn troubles(init: Init, gain: f64, w: &Array2<f64>) -> Vec<&'static str> {
    let (fan_in, fan_out) = w.dim();
    let v = init.variance(fan_in, fan_out, gain);
    let n = w.len() as f64;
    let moment = |power: u32| w.iter().map(|w| (0..power).fold(1.0, |p, _| p * w)).sum::<f64>() / n;
    let mut found = vec![];
    let mut expect = |holds: bool, what| {
        if !holds {
            found.push(what);
        }
    };
    expect(moment(1).abs() <= SIGMA * (v / n).sqrt(), "mean");
    let second = (moment(2) / v - 1.0).abs();
    match init.to_string().as_str() {
        name if name.contains("uniform") => {
            expect(second <= SIGMA * (0.8 / n).sqrt(), "second moment");
            let bound = (3.0 * v).sqrt();
            let largest = w.iter().map(|w| w.abs()).fold(0.0, f64::max);
            expect(largest <= bound, "bound");
            // All of N entries below (1 - x) bound: (1 - x)^N, hence x = 15/N at this level.
            expect(largest >= bound * (1.0 - 15.0 / n), "bound not reached");
        }
        name if name.starts_with("orthogonal") => {
            expect(second <= 1e-10, "second moment");
            let short = if fan_in < fan_out { w.dot(&w.t()) } else { w.t().dot(w) };
            let scale = v * fan_in.max(fan_out) as f64;
            let off = |((r, c), x): ((usize, usize), &f64)| {
                (x / scale - if r == c { 1.0 } else { 0.0 }).abs()
            };
            expect(short.indexed_iter().map(off).fold(0.0, f64::max) <= 1e-10, "orthogonality");
        }
        _ => {
            expect(second <= SIGMA * (2.0 / n).sqrt(), "second moment");
            let fourth = (moment(4) / (v * v) - 3.0).abs();
            expect(fourth <= SIGMA * (96.0 / n).sqrt(), "fourth moment");
        }
    }
    found
}

fn sample(init: Init, shape: (usize, usize), gain: f64) -> Array2<f64> {
    init::sample(init, shape.0, shape.1, gain, &mut Random::new(0, Stream::Weights))
}

#[test]
fn every_init_has_its_moments() {
    for shape in SHAPES {
        for init in INITS {
            for phi in [Relu, Tanh] {
                let gain = gaussian::gain(phi);
                let found = troubles(init, gain, &sample(init, shape, gain));
                assert!(found.is_empty(), "{init} {shape:?}: {found:?}");
            }
        }
    }
}

#[test]
fn zeros_and_wrong_scales_and_wrong_shapes_do_not_pass() {
    for shape in SHAPES {
        for init in INITS {
            let w = sample(init, shape, 1.0);
            assert!(troubles(init, 1.0, &Array2::zeros(shape)).contains(&"second moment"));
            for factor in [0.95, 1.05] {
                let scaled = troubles(init, 1.0, &(&w * factor));
                assert!(scaled.contains(&"second moment"), "{init}: {scaled:?}");
            }
            let moved = &w + 0.1 * init.variance(shape.0, shape.1, 1.0).sqrt();
            assert!(troubles(init, 1.0, &moved).contains(&"mean"), "{init}");
        }
        // The right variance from the wrong distribution.
        let uniform = sample(Init::XavierUniform, shape, 1.0);
        assert_eq!(troubles(Init::Xavier, 1.0, &uniform), ["fourth moment"]);
        let normal = sample(Init::Xavier, shape, 1.0);
        assert_eq!(troubles(Init::XavierUniform, 1.0, &normal), ["bound"]);
        assert!(troubles(Init::Orthogonal(1.0), 1.0, &normal).contains(&"orthogonality"));
    }
}

#[test]
fn glorot_looks_at_both_fans_and_xavier_at_one() {
    let variance = |init| sample(init, (256, 64), 1.0).iter().map(|w| w * w).sum::<f64>() / 16384.0;
    let ratio = variance(Init::Glorot) / variance(Init::Xavier);
    // The same numbers, scaled: 2/(256 + 64) against 1/256.
    assert!((ratio - 1.6).abs() < 1e-12, "{ratio}");
}

/// Mean of `samples` and its standard error.
fn mean(samples: &[f64]) -> (f64, f64) {
    let n = samples.len() as f64;
    let mean = samples.iter().sum::<f64>() / n;
    let variance = samples.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

#[test]
fn kaiming_keeps_the_second_moment_through_relu() {
    let growth = |init: Init, seeds: u64| {
        let ratio = |seed| {
            let recipe = Recipe::mlp(10).inputs(128).width(128).classes(128).init(init).seed(seed);
            let q = walk(&recipe, 32);
            q[9] / q[0]
        };
        mean(&(0..seeds).map(ratio).collect::<Vec<_>>())
    };
    for init in [Init::Kaiming, Init::KaimingUniform] {
        let (ratio, error) = growth(init, 64);
        assert!((ratio - 1.0).abs() < SIGMA * error, "{init}: {ratio} ± {error}");
        // Sharp enough to see a gain^2 of 1.9: (1.9/2)^9 = .63.
        assert!(SIGMA * error < 1.0 - 0.63, "{error}");
    }
    let (xavier, _) = growth(Init::Xavier, 16);
    assert!((xavier * 512.0 - 1.0).abs() < 0.5, "{xavier}");
}

#[test]
fn each_gain_takes_a_unit_second_moment_to_a_unit_second_moment() {
    for phi in Activation::ALL {
        let next = |seed| {
            let z = Tensor::constant(normals(64, 256, seed));
            let mut random = Random::new(seed, Stream::Weights);
            let layer: Linear<f64> =
                Linear::new(256, 256, Init::Kaiming, gaussian::gain(phi), &mut random);
            let y = layer.forward(&z.activation(phi));
            y.values().iter().map(|y| y * y).sum::<f64>() / y.values().len() as f64
        };
        let (q, error) = mean(&(0..64).map(next).collect::<Vec<_>>());
        assert!((q - 1.0).abs() < SIGMA * error, "{phi}: {q} ± {error}");
        // Sharp enough to tell tanh's gain^2 from (5/3)^2, which is .095 above, by twice as much.
        assert!(SIGMA * error < 0.095 / 2.0, "{phi}: {error}");
    }
}

#[test]
fn activations_move_the_second_moment_of_a_gradient_as_theory_says() {
    let z = normals(400, 500, 0);
    for phi in Activation::ALL {
        let squares: Vec<f64> = z.iter().map(|&z| phi.derivative(z) * phi.derivative(z)).collect();
        let (found, error) = mean(&squares);
        let expected = minigrad::theory::gaussian::slope_second_moment(phi, 1.0);
        assert!((found - expected).abs() <= SIGMA * error, "{phi}: {found} instead of {expected}");
    }
}

// from scipy.stats import norm    # 1.17
// for p in [1e-300, 1e-20, 2**-30, 1e-6, .001, .025, .075, .25, .5, .6, .925, .975, .999, 1-2**-30]:
//     print((p, norm.ppf(p)))
const QUANTILES: [(f64, f64); 14] = [
    (1e-300, -37.0470962993612),
    (1e-20, -9.262340089798409),
    (9.313225746154785e-10, -6.009353565530744),
    (1e-06, -4.753424308822899),
    (0.001, -3.090232306167813),
    (0.025, -1.9599639845400545),
    (0.075, -1.4395314709384563),
    (0.25, -0.6744897501960817),
    (0.5, 0.0),
    (0.6, 0.2533471031357997),
    (0.925, 1.4395314709384563),
    (0.975, 1.959963984540054),
    (0.999, 3.090232306167813),
    (0.9999999990686774, 6.009353565530744),
];

#[test]
fn quantiles_are_those_of_scipy() {
    for (p, z) in QUANTILES {
        let found = normal_quantile(p);
        // Near 1 the rounding of 1 - p counts: half an ulp of p over the density.
        let density = libm::exp(-0.5 * z * z) / 2.5066282746310002;
        let rounding = if p > 0.5 { f64::EPSILON / 2.0 * p / density } else { 0.0 };
        let bound = 4.0 * f64::EPSILON * z.abs() + rounding;
        assert!((found - z).abs() <= bound, "{p}: {found} instead of {z}");
    }
}

#[test]
fn normals_fall_below_each_quantile_as_often_as_they_should() {
    const N: usize = 400_000;
    let mut random = Random::new(1, Stream::Weights);
    let drawn: Vec<f64> = (0..N).map(|_| random.normal()).collect();
    for (p, z) in QUANTILES.into_iter().filter(|(p, _)| (0.001..=0.999).contains(p)) {
        let share = drawn.iter().filter(|&&x| x < z).count() as f64 / N as f64;
        let error = (p * (1.0 - p) / N as f64).sqrt();
        assert!((share - p).abs() < SIGMA * error, "{p}: {share}");
    }
}

#[test]
fn below_is_uniform() {
    // chi2.ppf([1e-6, 1 - 1e-6], count - 1) of scipy.stats: neither too far nor too close.
    for (count, low, high) in [
        (2, 1.5707963267957187e-12, 23.92812697687947),
        (10, 0.22838484007344917, 44.81093787062026),
        (1000, 800.7306532340544, 1226.0461890118645),
    ] {
        let draws = 100 * count.max(1000);
        let mut random = Random::new(2, Stream::Batches);
        let mut seen = vec![0u32; count];
        (0..draws).for_each(|_| seen[random.below(count)] += 1);
        let expected = draws as f64 / count as f64;
        let chi: f64 = seen.iter().map(|&s| (f64::from(s) - expected).powi(2) / expected).sum();
        assert!((low..high).contains(&chi), "{count}: {chi}");
    }
}

#[test]
fn uniform_numbers_are_inside_the_interval() {
    let mut random = Random::new(3, Stream::Data);
    let drawn: Vec<f64> = (0..100_000).map(|_| random.uniform()).collect();
    assert!(drawn.iter().all(|&u| 0.0 < u && u < 1.0));
    let (average, _) = mean(&drawn);
    assert!((average - 0.5).abs() < SIGMA * (1.0 / 12.0 / 1e5f64).sqrt());
}

#[test]
fn the_first_numbers_of_each_stream_never_change() {
    let first = |seed, stream| {
        let mut random = Random::new(seed, stream);
        (random.uniform(), random.normal(), random.below(1000))
    };
    let pinned = [
        (0, Stream::Weights, (0.755531016687046, 0.6375502771968203, 589)),
        (0, Stream::Data, (0.3322203532055784, 1.3121296797509931, 634)),
        (0, Stream::Batches, (0.03917008737539096, -1.6564453094212028, 233)),
        (1, Stream::Weights, (0.8519121608441852, -1.6360614272125222, 558)),
        (1, Stream::Data, (0.8763941225053687, 0.4753770113633305, 336)),
        (1, Stream::Batches, (0.568223949088866, 0.4512903908045027, 197)),
    ];
    for (seed, stream, expected) in pinned {
        assert_eq!(first(seed, stream), expected, "{seed} {stream:?}");
    }
}
