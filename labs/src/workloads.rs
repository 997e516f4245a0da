//! The workloads of the step benchmark, on data that any engine can make again.

use minigrad::bench::{fused_level, peak, product};
use minigrad::nn::Network;
use minigrad::optim::{Adam, Optimizer, Sgd};
use minigrad::recipe::{Activation, Body, Norm, Recipe};
use minigrad::tensor::Tensor;
use minigrad::threads;
use ndarray::Array2;
use std::time::{Duration, Instant};

/// Rows of every batch.
pub const BATCH: usize = 64;

/// A benchmark's job: one step at a time, and the matrix products of a step alone.
pub struct Work {
    step: Box<dyn FnMut() -> f32>,
    floor: Floor,
}

/// The names of the workloads that train or walk.
pub const STEPS: [&str; 6] = ["W1", "W2", "W3", "W4", "W5", "walk"];

impl Work {
    /// The workload of this name, from its beginning; `None` if there is none.
    ///
    /// W1 is 12 x 256 ReLU with SGD, W2 the same with LayerNorm, W3 with RMSNorm, W4 50 residual
    /// blocks of 256-1024-256 GELU with RMSNorm, W5 is W1 with Adam, `walk` 20 linear layers
    /// forwards; `LN-RxC` and `RMS-RxC` are one normalization, forwards and back. `W1-vanished`
    /// and `W5-vanished` start from weights so small that signal and gradient vanish, where
    /// denormal numbers would slow the step.
    pub fn new(name: &str) -> Option<Work> {
        let mlp = Recipe::mlp(12);
        let norms = |norm| mlp.clone().norm(norm);
        let sgd = || Box::new(Sgd::new(1e-3, 0.9));
        match name {
            "W1" => Some(training(&mlp, sgd())),
            "W2" => Some(training(&norms(Norm::Layer), sgd())),
            "W3" => Some(training(&norms(Norm::Rms), sgd())),
            "W4" => {
                let blocks = Recipe::blocks(50).activation(Activation::Gelu);
                Some(training(&blocks.norm(Norm::Rms).residual(), sgd()))
            }
            "W5" => Some(training(&mlp, Box::new(Adam::new(1e-5)))),
            "W1-vanished" => Some(vanished(&mlp, sgd())),
            "W5-vanished" => Some(vanished(&mlp, Box::new(Adam::new(1e-3)))),
            "walk" => Some(walk()),
            _ => {
                let (norm, size) = name.split_once('-')?;
                let (rows, columns) = size.split_once('x')?;
                let size: (usize, usize) = (rows.parse().ok()?, columns.parse().ok()?);
                // Not empty, and arrays of at most 64 MB.
                let entries = size.0.checked_mul(size.1).filter(|&n| n > 0 && n <= 1 << 24);
                entries?;
                match norm {
                    "LN" => Some(normalization(size, true)),
                    "RMS" => Some(normalization(size, false)),
                    _ => None,
                }
            }
        }
    }

    /// One step; the loss before it, or the value that the workload names.
    pub fn step(&mut self) -> f32 {
        (self.step)()
    }

    /// The matrix products of one step, nothing else: by the fastest kernel of this CPU, each shared
    /// among the threads.
    pub fn floor(&mut self) {
        self.floor.run();
    }

    /// Floating-point operations in these products.
    pub fn flop(&self) -> usize {
        self.floor.flop()
    }
}

/// The instructions that the products use.
pub fn features() -> &'static str {
    ["no FMA", "AVX2 and FMA, no AVX-512", "AVX-512"][usize::from(fused_level())]
}

/// The most floating-point operations a second that the threads can do: fused multiplications and
/// additions in registers, for at least `time`; the best of ten.
pub fn peak(time: Duration) -> f64 {
    let count = threads::count();
    let mut best = 0f64;
    let mut steps = 1 << 12;
    let end = Instant::now() + time;
    for round in 0.. {
        if round >= 10 && Instant::now() >= end {
            break;
        }
        let start = Instant::now();
        threads::share(0..count, |_| {
            peak::work(steps);
        });
        let seconds = start.elapsed().as_secs_f64();
        best = best.max((count * peak::flop(steps)) as f64 / seconds);
        // Long enough for the clock, too short for a slice of the scheduler's time.
        if seconds < 1e-3 {
            steps *= 2;
        }
    }
    best
}

fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Uniform numbers of standard deviation `std`, number `id` of a family: splitmix64 of the index.
pub fn fill(id: u64, rows: usize, columns: usize, std: f64) -> Array2<f32> {
    let bound = (libm::sqrt(3.0) * std) as f32;
    let entry = |i: u64| {
        let k = mix((id << 32) + i) >> 40;
        (2.0 * (k as f32 / (1u32 << 24) as f32) - 1.0) * bound
    };
    let entries = (0..(rows * columns) as u64).map(entry).collect();
    Array2::from_shape_vec((rows, columns), entries).unwrap_or_default()
}

/// The batch that every step sees.
fn batch() -> (Tensor, Vec<usize>) {
    let x = fill(0, BATCH, 256, 1.0);
    let label = |row: ndarray::ArrayView1<f32>| (row.iter().take(10).sum::<f32>() >= 0.0) as usize;
    let labels = x.rows().into_iter().map(label).collect();
    (Tensor::constant(x), labels)
}

/// Standard deviation of the weights, by the widths of their layer.
fn std((fan_in, fan_out): (usize, usize), blocks: bool) -> f64 {
    match (fan_in, fan_out, blocks) {
        (1024, _, _) => 1.0 / 320.0,
        (_, _, true) => 1.0 / 16.0,
        _ => libm::sqrt(2.0 / 256.0),
    }
}

fn network(recipe: &Recipe) -> Network {
    let mut network = recipe.build();
    let blocks = recipe.body == Body::Block;
    for ((id, linear), shape) in (1..).zip(network.linears_mut()).zip(recipe.shapes()) {
        linear.weight = Tensor::parameter(fill(id, shape.0, shape.1, std(shape, blocks)));
    }
    network
}

fn vanished(recipe: &Recipe, optimizer: Box<dyn Optimizer>) -> Work {
    let mut network = network(recipe);
    for linear in network.linears_mut() {
        linear.weight = Tensor::parameter(linear.weight.values() * 1e-3);
    }
    stepping(recipe, network, optimizer)
}

fn training(recipe: &Recipe, optimizer: Box<dyn Optimizer>) -> Work {
    stepping(recipe, network(recipe), optimizer)
}

fn stepping(recipe: &Recipe, mut network: Network, mut optimizer: Box<dyn Optimizer>) -> Work {
    let (x, labels) = batch();
    let step = move || {
        let loss = network.forward(&x).cross_entropy(&labels);
        let value = loss.item();
        network.update(loss, &mut *optimizer);
        value
    };
    Work { step: Box::new(step), floor: Floor::new(&recipe.shapes(), true) }
}

fn walk() -> Work {
    let layers: Vec<(Tensor, Tensor)> = (1..=20)
        .map(|id| (fill(id, 256, 256, 1.0 / 16.0), Array2::zeros((1, 256))))
        .map(|(w, b)| (Tensor::constant(w), Tensor::constant(b)))
        .collect();
    let (x, _) = batch();
    let step = move || {
        let mut h = x.clone();
        let mut last = 0.0;
        for (w, b) in &layers {
            h = h.linear(w, b);
            last = h.mean_square();
        }
        last
    };
    Work { step: Box::new(step), floor: Floor::new(&[(256, 256); 20], false) }
}

fn normalization((rows, columns): (usize, usize), centred: bool) -> Work {
    let dy = fill(1, rows, columns, 1.0);
    let x = Tensor::parameter(fill(0, rows, columns, 1.0));
    let gain = Tensor::parameter(Array2::ones((1, columns)));
    let shift = Tensor::parameter(Array2::zeros((1, columns)));
    let step = move || {
        let y = if centred { x.layer_norm(&gain, &shift) } else { x.rms_norm(&gain) };
        y.backward_from(&dy).of(&gain)[[0, 0]]
    };
    Work { step: Box::new(step), floor: Floor::new(&[], false) }
}

/// Buffers for the products of a step: forwards `x w`, back `dy w^T` (not for the first layer) and
/// `x^T dy`.
struct Floor {
    layers: Vec<[Array2<f32>; 5]>,
    backward: bool,
}

impl Floor {
    fn new(shapes: &[(usize, usize)], backward: bool) -> Floor {
        let small = |rows, columns| Array2::from_elem((rows, columns), 1e-3f32);
        let layer = |&(fan_in, fan_out): &(usize, usize)| {
            let (x, y) = (small(BATCH, fan_in), small(BATCH, fan_out));
            let (w, dw) = (small(fan_in, fan_out), small(fan_in, fan_out));
            [x.clone(), w, y, dw, x]
        };
        Floor { layers: shapes.iter().map(layer).collect(), backward }
    }

    fn run(&mut self) {
        for [x, w, y, ..] in &mut self.layers {
            product(x.view(), w.view(), y);
        }
        if !self.backward {
            return;
        }
        for (l, [x, w, y, dw, dx]) in self.layers.iter_mut().enumerate().rev() {
            if l > 0 {
                product(y.view(), w.t(), dx);
            }
            product(x.t(), y.view(), dw);
        }
    }

    /// Two an entry of the weight and row of the batch; a layer has three products, the first two.
    fn flop(&self) -> usize {
        let product = |[x, w, ..]: &[Array2<f32>; 5]| 2 * x.nrows() * w.len();
        let forwards: usize = self.layers.iter().map(product).sum();
        match self.layers.first() {
            Some(first) if self.backward => 3 * forwards - product(first),
            _ => forwards,
        }
    }
}
