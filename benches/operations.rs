//! `cargo bench`: every operation beside its plain counterpart, a loop as one would first write it.
//!
//! Each pair does the same work on the same numbers; divan prints the spread of both.

use divan::{black_box, Bencher};
use minigrad::optim::Optimizer;
use minigrad::prelude::*;
use ndarray::Axis;

fn main() {
    divan::main();
}

const ROWS: usize = 64;
const WIDTHS: [usize; 2] = [256, 1024];

/// Numbers between -3 and 3.
fn numbers(rows: usize, columns: usize) -> Array2<f32> {
    Array2::from_shape_fn((rows, columns), |(r, c)| ((r * 131 + c * 71) % 97) as f32 / 16.0 - 3.0)
}

/// An operation of one input beside a function of one number.
macro_rules! elementwise {
    ($($name:ident, $method:ident, $plain:expr;)*) => {$(
        mod $name {
            use super::*;

            #[divan::bench(args = WIDTHS)]
            fn minigrad(bencher: Bencher, width: usize) {
                let x = Tensor::constant(numbers(ROWS, width));
                bencher.bench_local(|| black_box(&x).$method());
            }

            #[divan::bench(args = WIDTHS)]
            fn plain(bencher: Bencher, width: usize) {
                let x = numbers(ROWS, width);
                bencher.bench_local(|| black_box(&x).mapv($plain));
            }
        }
    )*};
}

elementwise! {
    relu, relu, |x: f32| x.max(0.0);
    tanh, tanh, libm::tanhf;
    gelu, gelu, |x: f32| 0.5 * x * libm::erfcf(-x * std::f32::consts::FRAC_1_SQRT_2);
    silu, silu, |x: f32| x / (1.0 + libm::expf(-x));
}

mod rms_norm {
    use super::*;

    #[divan::bench(args = WIDTHS)]
    fn minigrad(bencher: Bencher, width: usize) {
        let x = Tensor::parameter(numbers(ROWS, width));
        let gain = Tensor::parameter(Array2::ones((1, width)));
        bencher.bench_local(|| black_box(&x).rms_norm(&gain));
    }

    #[divan::bench(args = WIDTHS)]
    fn plain(bencher: Bencher, width: usize) {
        let x = numbers(ROWS, width);
        bencher.bench_local(|| {
            let square = black_box(&x).mapv(|x| x * x).mean_axis(Axis(1)).expect("entries");
            &x / &square.mapv(|q| (q + 1e-5).sqrt()).insert_axis(Axis(1))
        });
    }
}

mod layer_norm {
    use super::*;

    #[divan::bench(args = WIDTHS)]
    fn minigrad(bencher: Bencher, width: usize) {
        let x = Tensor::parameter(numbers(ROWS, width));
        let gain = Tensor::parameter(Array2::ones((1, width)));
        let shift = Tensor::parameter(Array2::zeros((1, width)));
        bencher.bench_local(|| black_box(&x).layer_norm(&gain, &shift));
    }

    #[divan::bench(args = WIDTHS)]
    fn plain(bencher: Bencher, width: usize) {
        let x = numbers(ROWS, width);
        bencher.bench_local(|| {
            let mean = black_box(&x).mean_axis(Axis(1)).expect("entries").insert_axis(Axis(1));
            let centred = &x - &mean;
            let square = centred.mapv(|x| x * x).mean_axis(Axis(1)).expect("entries");
            centred / square.mapv(|q| (q + 1e-5).sqrt()).insert_axis(Axis(1))
        });
    }
}

mod linear {
    use super::*;

    #[divan::bench(args = WIDTHS)]
    fn minigrad(bencher: Bencher, width: usize) {
        let (x, w) = (Tensor::constant(numbers(ROWS, 256)), Tensor::constant(numbers(256, width)));
        let b = Tensor::constant(Array2::ones((1, width)));
        bencher.bench_local(|| black_box(&x).linear(&w, &b));
    }

    #[divan::bench(args = WIDTHS)]
    fn plain(bencher: Bencher, width: usize) {
        let (x, w) = (numbers(ROWS, 256), numbers(256, width));
        let b = Array2::<f32>::ones((1, width));
        bencher.bench_local(|| black_box(&x).dot(&w) + &b);
    }
}

mod sgd_momentum {
    use super::*;

    #[divan::bench]
    fn minigrad(bencher: Bencher) {
        let mut w = Tensor::parameter(numbers(256, 256));
        let grad = numbers(256, 256);
        let mut sgd = Sgd::new(1e-6, 0.9);
        bencher.bench_local(|| sgd.update(0, black_box(&mut w), &grad));
    }

    #[divan::bench]
    fn plain(bencher: Bencher) {
        let (mut w, grad) = (numbers(256, 256), numbers(256, 256));
        let mut velocity = Array2::<f32>::zeros((256, 256));
        bencher.bench_local(|| {
            velocity = &velocity * 0.9 + &grad;
            w = black_box(&w) - &(&velocity * 1e-6);
        });
    }
}
