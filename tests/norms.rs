//! What LayerNorm and RMSNorm must do: laws, and the numbers of PyTorch.

use minigrad::prelude::*;
use minigrad::tensor::Scalar;
use minigrad_tests::normals;

/// Rounding unit of f32, with which every bound on f32 is written.
const EPS: f64 = f32::EPSILON as f64;
/// What both norms add under the root.
const UNDER_ROOT: f64 = 1e-5;

fn parameter<T: Scalar>(values: &Array2<f64>) -> Tensor<T> {
    Tensor::parameter(values.mapv(T::from_f64))
}

fn ones<T: Scalar>(width: usize) -> Tensor<T> {
    Tensor::parameter(Array2::from_elem((1, width), T::from_f64(1.0)))
}

fn zeros<T: Scalar>(width: usize) -> Tensor<T> {
    ones::<T>(width).scale(0.0)
}

/// Fails unless every entry lies within `relative` of the expected one, plus `absolute`.
#[track_caller]
fn close<T: Scalar>(found: &Array2<T>, expected: &[f64], relative: f64, absolute: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().map(|x| x.to_f64()).zip(expected) {
        let allowed = relative * expected.abs() + absolute;
        assert!((found - expected).abs() <= allowed, "{found:e} instead of {expected:e}");
    }
}

fn list<T: Scalar>(values: &Array2<T>) -> Vec<f64> {
    values.iter().map(|x| x.to_f64()).collect()
}

fn second_moment(row: ndarray::ArrayView1<f64>) -> f64 {
    row.iter().map(|x| x * x).sum::<f64>() / row.len() as f64
}

#[test]
fn rms_norm_does_not_see_the_scale_of_its_input() {
    let x = normals(7, 130, 0);
    for scale in [0.1, 100.0, 1e4] {
        let [y, scaled]: [Tensor<f64>; 2] =
            [x.clone(), &x * scale].map(|x| parameter(&x).rms_norm(&ones(130)));
        // y = x / sqrt(m + e): the scale a moves e by the factor 1/a^2, and y by e (1 - 1/a^2) / 2m
        // to first order, of which 5% more is allowed.
        for (row, x) in x.rows().into_iter().enumerate() {
            let bound = 0.525 * UNDER_ROOT / second_moment(x) * (1.0 - scale.powi(-2)).abs();
            let expected: Vec<f64> = y.values().row(row).to_vec();
            let found = scaled.values().row(row).to_owned().insert_axis(ndarray::Axis(0));
            close(&found, &expected, bound + 1e-13, 0.0);
        }
    }
}

#[test]
fn a_power_of_two_and_no_epsilon_change_no_bit() {
    // So large that 1e-5 is below half an ulp of the mean square: the law is then exact in f32.
    let x = normals(5, 96, 1).mapv(|x| (x * 1e4) as f32);
    let norms = |x: Array2<f32>| {
        let x = Tensor::parameter(x);
        [x.rms_norm(&ones(96)), x.layer_norm(&ones(96), &zeros(96))]
    };
    for (a, b) in norms(x.clone()).into_iter().zip(norms(x * 64.0)) {
        assert_eq!(a.values(), b.values());
        assert!(a.values().iter().any(|&y| y > 1.0));
    }
}

#[test]
fn layer_norm_does_not_see_a_shift_of_its_input_and_rms_norm_does() {
    let x = normals(6, 100, 2);
    let shifted = &x + 3.0;
    let layer = |x: &Array2<f64>| parameter::<f64>(x).layer_norm(&ones(100), &zeros(100));
    close(layer(&shifted).values(), &list(layer(&x).values()), 1e-12, 1e-13);
    let rms = |x: &Array2<f64>| list(parameter::<f64>(x).rms_norm(&ones(100)).values());
    let far = rms(&x).iter().zip(rms(&shifted)).filter(|(a, b)| (*a - b).abs() > 0.1).count();
    assert!(far > 500, "{far} of 600");
}

/// A constant row is 0 exactly, whatever its width; a mean of 1000, or one entry of 1000, costs no
/// digits: what f32 makes of these f32 entries is within eight roundings of what f64 does.
#[test]
fn layer_norm_loses_no_digit_to_a_mean_far_from_zero() {
    for width in [3, 64, 100, 257] {
        let row = Tensor::constant(Array2::from_elem((1, width), 0.1f32));
        let y = row.layer_norm(&ones(width), &zeros(width));
        assert!(y.values().iter().all(|&y| y == 0.0), "{width}");
    }
    let far = normals(4, 100, 6) + 1000.0;
    let mut one = normals(4, 100, 7);
    one.column_mut(0).fill(1000.0);
    for x in [far, one] {
        let x = x.mapv(|x| x as f32);
        let exact = parameter::<f64>(&x.mapv(f64::from)).layer_norm(&ones(100), &zeros(100));
        let y = Tensor::parameter(x).layer_norm(&ones(100), &zeros(100));
        close(y.values(), &list(exact.values()), 8.0 * EPS, 8.0 * EPS);
    }
}

#[test]
fn layer_norm_of_centred_rows_is_rms_norm() {
    let mut x = normals(8, 128, 3);
    for mut row in x.rows_mut() {
        let mean = row.sum() / 128.0;
        row.mapv_inplace(|x| x - mean);
    }
    // What is left of the mean is a rounding of each of the 128 terms, at most 4 in size: in f32
    // (4 + 4) eps / 2 with the rounding of x itself; then some ten roundings of values below 4.
    let single = |x: &Tensor| [x.rms_norm(&ones(128)), x.layer_norm(&ones(128), &zeros(128))];
    let [rms, layer] = single(&parameter(&x));
    close(layer.values(), &list(rms.values()), 0.0, 4.0 * 16.0 * EPS);
    let double: Tensor<f64> = parameter(&x);
    let (rms, layer) = (double.rms_norm(&ones(128)), double.layer_norm(&ones(128), &zeros(128)));
    close(layer.values(), &list(rms.values()), 0.0, 4.0 * 16.0 * f64::EPSILON);
}

#[test]
fn a_normed_row_has_unit_second_moment() {
    let x = normals(9, 200, 4) * 5.0 + 1.0;
    let x: Tensor<f64> = parameter(&x);
    let (rms, layer) = (x.rms_norm(&ones(200)), x.layer_norm(&ones(200), &zeros(200)));
    for row in 0..9 {
        // m / (m + 1e-5), with m near 26.
        for y in [&rms, &layer] {
            assert!((second_moment(y.values().row(row)) - 1.0).abs() < 1e-6);
        }
        assert!(layer.values().row(row).sum().abs() < 1e-10);
    }
}

#[test]
fn a_row_of_zeros_stays_zero_with_a_finite_gradient() {
    let x: Tensor = Tensor::parameter([[0.0; 4]]);
    for y in [x.rms_norm(&ones(4)), x.layer_norm(&ones(4), &zeros(4))] {
        assert!(y.values().iter().all(|&y| y == 0.0));
        let gradients = y.backward_from(&array![[1.0, -1.0, 2.0, -2.0]]);
        // The slope at zero is 1 / sqrt(1e-5) = 316.
        assert!((gradients.of(&x)[[0, 0]] - 316.227_77).abs() < 1e-3);
    }
}

#[test]
fn the_gradient_is_orthogonal_to_weights_that_feed_a_norm() {
    for norm in [Norm::Rms, Norm::Layer] {
        let network: minigrad::nn::Network<f64> =
            Recipe::mlp(4).width(64).norm(norm).seed(1).build_as();
        let data = SignOfSum::sample(32, 0, 1).train;
        let x = Tensor::constant(data.inputs.mapv(f64::from));
        let gradients = network.forward(&x).cross_entropy(&data.labels).backward();
        let cosine = |linear: &Linear<f64>| {
            let (w, g) = (linear.weight.values(), gradients.of(&linear.weight));
            let dot = |a: &Array2<f64>, b: &Array2<f64>| (a * b).sum();
            dot(w, g) / (dot(w, w) * dot(g, g)).sqrt()
        };
        let linears = network.linears();
        let (readout, hidden) = linears.split_last().expect("four layers");
        for linear in hidden {
            // Zero but for the 1e-5 under the root.
            assert!(cosine(linear).abs() < 1e-5, "{}", cosine(linear));
        }
        assert!(cosine(readout).abs() > 1e-3);
    }
}

#[test]
fn a_hundred_times_the_weights_change_nothing_behind_a_norm() {
    for norm in [Norm::Rms, Norm::Layer] {
        let data = SignOfSum::sample(32, 0, 1).train;
        let x = Tensor::constant(data.inputs.mapv(f64::from));
        let built = |scale: f64| {
            let mut network: minigrad::nn::Network<f64> =
                Recipe::mlp(6).width(64).norm(norm).seed(1).build_as();
            for linear in network.linears_mut().into_iter().take(5) {
                linear.weight = Tensor::parameter(linear.weight.values() * scale);
            }
            let logits = network.forward(&x);
            let gradients = logits.cross_entropy(&data.labels).backward();
            let norms: Vec<f64> = network
                .linears()
                .iter()
                .map(|l| gradients.of(&l.weight).iter().map(|g| g * g).sum::<f64>().sqrt())
                .collect();
            (list(logits.values()), norms)
        };
        let ((logits, norms), (scaled, shrunk)) = (built(1.0), built(100.0));
        // The 1e-5 under each of five roots, in rows whose second moment exceeds a tenth.
        for (a, b) in logits.iter().zip(&scaled) {
            assert!((a - b).abs() < 5.0 * 0.5 * UNDER_ROOT / 0.1 * 10.0, "{a} and {b}");
        }
        for (layer, (a, b)) in norms.iter().zip(&shrunk).enumerate() {
            let factor = if layer < 5 { 100.0 } else { 1.0 };
            assert!((a / b / factor - 1.0).abs() < 1e-2, "layer {layer}: {a} and {b}");
        }
    }
}

/// `x`, `gain`, `shift` and the gradient by the output; eighths and sixteenths, exact in f32.
const X: [[f64; 4]; 3] =
    [[1.0, -2.0, 0.5, 3.0], [0.25, 3.0, -1.5, 0.75], [-0.125, 0.0625, 0.0, 0.25]];
const GAIN: [[f64; 4]; 1] = [[0.5, -1.0, 2.0, 1.25]];
const SHIFT: [[f64; 4]; 1] = [[0.25, -0.5, 1.0, 0.0]];
const DY: [[f64; 4]; 3] = [[1.0, 0.5, -0.25, 2.0], [-1.0, 0.75, 0.5, 0.0], [0.25, -2.0, 1.0, 1.5]];

fn matrix<T: Scalar, const R: usize>(rows: [[f64; 4]; R]) -> Array2<T> {
    ndarray::arr2(&rows).mapv(T::from_f64)
}

/// `y`, `dx`, `dgain` and, for LayerNorm, `dshift`. In f64 some tens of roundings in either library;
/// in f32 as many, of terms that are at most 16 in size (the third row is stretched sevenfold).
fn norm<T: Scalar>(expected: &[&[f64]], relative: f64, absolute: f64) {
    let [x, gain, shift] = [matrix(X), matrix(GAIN), matrix(SHIFT)].map(Tensor::<T>::parameter);
    let centred = expected.len() == 4;
    let y = if centred { x.layer_norm(&gain, &shift) } else { x.rms_norm(&gain) };
    let gradients = y.backward_from(&matrix(DY));
    close(y.values(), expected[0], relative, absolute);
    for (parameter, expected) in [&x, &gain, &shift].into_iter().zip(&expected[1..]) {
        close(gradients.of(parameter), expected, relative, absolute);
    }
}

// PyTorch 2.15 in float64:
//
// import torch, torch.nn.functional as F
// torch.set_default_dtype(torch.float64)
// show = lambda t: print([float(v) for v in t.detach().reshape(-1)])
// x = torch.tensor([[1., -2., .5, 3.], [.25, 3., -1.5, .75], [-.125, .0625, 0., .25]],
//                  requires_grad=True)
// gain = torch.tensor([.5, -1., 2., 1.25], requires_grad=True)
// shift = torch.tensor([.25, -.5, 1., 0.], requires_grad=True)
// dy = torch.tensor([[1., .5, -.25, 2.], [-1., .75, .5, 0.], [.25, -2., 1., 1.5]])
// y = F.layer_norm(x, (4,), gain, shift, eps=1e-5); y.backward(dy)
// for t in y, x.grad, gain.grad, shift.grad: show(t)
#[test]
fn layer_norm_is_that_of_pytorch() {
    let expected: [&[f64]; 4] = [
        &[
            0.35527919499431854, 0.9739087299204596, 0.8596277400075752, 1.6669205874100437,
            0.13322538484753282, -1.979145125264584, -1.6468912767892556, 0.09731217929372263,
            -0.38491194648450644, -0.6154385357244557, 0.30736878565326586, 1.8758762055224054,
        ],
        &[
            -0.12446762137615157, 0.30978430966336207, -0.5199998328443151, 0.3346831445571046,
            -0.3566930432528549, 0.10521303890035363, 0.18448215222486844, 0.0669978521276329,
            -5.0143810555205555, 3.2263776806160784, 5.096999530882096, -3.3089961559776198,
        ],
        &[0.1266516470513182, 0.1415274075392966, -0.9904918938716278, 4.9181243864829565],
        &[0.25, -0.75, 1.25, 3.5],
    ];
    norm::<f64>(&expected, 1e-12, 1e-14);
    norm::<f32>(&expected, 0.0, 16.0 * 32.0 * EPS);
}

// x, gain and dy as above
// y = F.rms_norm(x, (4,), gain, eps=1e-5); y.backward(dy)
// for t in y, x.grad, gain.grad: show(t)
#[test]
fn rms_norm_is_that_of_pytorch() {
    let expected: [&[f64]; 3] = [
        &[
            0.26490609961523515, 1.0596243984609406, 0.5298121992304703, 1.9867957471142637,
            0.07254750282583615, -1.7411400678200675, -1.7411400678200675, 0.5441062711937711,
            -0.4363294121710013, -0.4363294121710013, 0.0, 2.1816470608550063,
        ],
        &[
            -0.06041626742840939, 0.3857386344720539, -0.4275672831370574, 0.34856339694524197,
            -0.2428433794688219, 0.13287456505925532, 0.2963002315995531, 0.14203989550356805,
            7.019828299922308, 10.888956451681889, 13.962541189472041, 0.795543413969428,
        ],
        &[0.16655248749329732, -0.09661597270742228, -0.5015115418588256, 5.7968496684088295],
    ];
    norm::<f64>(&expected, 1e-12, 1e-14);
    norm::<f32>(&expected, 0.0, 16.0 * 32.0 * EPS);
}
