//! Theory against quadrature, closed forms and sampled networks.

use minigrad::prelude::*;
use minigrad::theory::{CorrelationMap, Kernel, LayerTheory, Phase, Task};
use minigrad_labs::spine::{map_in_parallel, Silent};
use minigrad_tests::normals;

/// `E f(u) f(v)` by the trapezoid rule in two dimensions: slow, and another road than a series.
fn quadrature(f: impl Fn(f64) -> f64, q: f64, c: f64) -> f64 {
    let (step, nodes) = (1.0 / 16.0, 8 * 16);
    let density = |z: f64| (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let mut sum = 0.0;
    for i in -nodes..=nodes {
        for j in -nodes..=nodes {
            let (a, b) = (f64::from(i) * step, f64::from(j) * step);
            let (u, v) = (q.sqrt() * a, q.sqrt() * (c * a + (1.0 - c * c).sqrt() * b));
            sum += f(u) * f(v) * density(a) * density(b);
        }
    }
    sum * step * step
}

#[test]
fn correlation_maps_are_those_of_quadrature() {
    for phi in [Identity, Tanh, Sigmoid, Gelu, GeluTanh, Silu, Softplus] {
        for q in [0.3, 1.0, 2.4] {
            let map = CorrelationMap::new(phi, q);
            for c in [-0.6, -0.0625, 0.0, 0.5, 0.9] {
                let (value, slope) =
                    (quadrature(|u| phi.value(u), q, c), quadrature(|u| phi.derivative(u), q, c));
                assert!((map.value(c) - value).abs() < 1e-8, "{phi} {q} {c}");
                assert!((map.slope(c) - slope).abs() < 1e-8, "{phi} {q} {c}");
            }
            // Nearly alike inputs, where the series ends before its tail.
            assert!((map.value(0.999) / quadrature(|u| phi.value(u), q, 0.999) - 1.0).abs() < 1e-6);
        }
    }
}

/// Kinks, which the midpoint rule steps over: its error is of the order of the square of its step.
#[test]
fn correlation_maps_of_kinks_are_those_of_the_midpoint_rule() {
    let (step, nodes) = (1.0 / 32.0, 6 * 32);
    let density = |z: f64| step * (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let points: Vec<f64> = (-nodes..nodes).map(|k| (f64::from(k) + 0.5) * step).collect();
    for phi in [LeakyRelu(0.3), Elu, Selu] {
        for (q, c) in [(1.0f64, -0.6f64), (1.0, 0.5), (2.4, 0.9)] {
            let (mut value, mut slope) = (0.0, 0.0);
            for a in &points {
                for b in &points {
                    let weight = density(*a) * density(*b);
                    let (u, v) = (q.sqrt() * a, q.sqrt() * (c * a + (1.0 - c * c).sqrt() * b));
                    value += weight * phi.value(u) * phi.value(v);
                    slope += weight * phi.derivative(u) * phi.derivative(v);
                }
            }
            let map = CorrelationMap::new(phi, q);
            assert!((map.value(c) - value).abs() < 1e-4, "{phi} {q} {c}: {} {value}", map.value(c));
            assert!((map.slope(c) - slope).abs() < 1e-3, "{phi} {q} {c}: {} {slope}", map.slope(c));
        }
    }
}

#[test]
fn the_map_of_relu_is_the_arc_cosine_kernel() {
    // Cho & Saul 2009, orders 0 and 1, at 60 and 120 degrees.
    let pi = std::f64::consts::PI;
    let map = CorrelationMap::new(Relu, 3.0);
    for (c, angle) in [(0.5, pi / 3.0), (-0.5, 2.0 * pi / 3.0), (-1.0, pi)] {
        let value = 3.0 * (angle.sin() + (pi - angle) * c) / (2.0 * pi);
        assert!((map.value(c) - value).abs() < 1e-15, "{c}");
        assert!((map.slope(c) - (pi - angle) / (2.0 * pi)).abs() < 1e-15, "{c}");
    }
    assert_eq!((map.value(1.0), map.slope(1.0)), (1.5, 0.5));
}

#[test]
fn a_deep_linear_network_has_the_kernel_of_its_product() {
    // f = x W1 W2 W3: each of three factors adds fan_in E h^2 times the rest, 1 at unit variance.
    let recipe = Recipe::mlp(3).activation(Identity).init(Init::Xavier).width(50);
    let kernel = Kernel::of(&recipe);
    assert!((kernel.tangent.same - (256.0 + 50.0 + 50.0 + 3.0)).abs() < 1e-9);
    // All of it is linear in the correlation of the inputs, but for the three biases.
    assert!((kernel.tangent.apart - 3.0).abs() < 1e-12);
    assert!((kernel.tangent.linear(256) - 356.0).abs() < 1e-9 && kernel.tangent.own(256) < 1e-9);
    assert!((kernel.noise - 2.0 * 2.0 / 50.0).abs() < 1e-15);
}

const WIDTH: usize = 512;
const SEEDS: u64 = 16;

/// `[E f^2, Theta(x, x), Theta(x, x')]` of one sampled network at two orthogonal inputs.
fn sampled_kernel(recipe: &Recipe) -> [f64; 3] {
    let mut x = normals(2, recipe.inputs, 300 + recipe.seed);
    let (first, second) = (x.row(0).to_owned(), x.row(1).to_owned());
    let along = first.dot(&second) / first.dot(&first);
    x.row_mut(1).scaled_add(-along, &first);
    for mut row in x.rows_mut() {
        let norm = (row.dot(&row) / recipe.inputs as f64).sqrt();
        row.mapv_inplace(|value| value / norm);
    }
    let network = recipe.build();
    let gradient = |row: usize| {
        let input = x.row(row).insert_axis(ndarray::Axis(0)).mapv(|value| value as f32);
        let logits = network.forward(&Tensor::constant(input));
        let mut of_first = Array2::zeros((1, recipe.classes));
        of_first[[0, 0]] = 1.0;
        let gradients = logits.backward_from(&of_first);
        let entries = network.parameters().filter_map(|p| gradients.get(p));
        let entries: Vec<f32> = entries.flat_map(|g| g.iter().copied()).collect();
        let square = logits.values().iter().map(|&f| f64::from(f) * f64::from(f)).sum::<f64>();
        (entries, square / recipe.classes as f64)
    };
    let (a, b) = (gradient(0), gradient(1));
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
    [0.5 * (a.1 + b.1), 0.5 * (dot(&a.0, &a.0) + dot(&b.0, &b.0)), dot(&a.0, &b.0)]
}

/// `f(x) = a w x` with `E w^2 = 1/100` and `|x|^2 = 100`: the weights move it by `100 a^2`, the bias of
/// the readout by 1, the scale by `E (w x)^2 = 1` if it is learned.
#[test]
fn a_scale_has_its_part_of_the_kernel() {
    for (learned, part) in [(false, 0.0), (true, 1.0)] {
        let scale = Op::Scale { factor: 0.5, learned };
        let readout = Op::linear(100, 2, Init::Xavier, 1.0);
        let plan = Plan::new(100, vec![vec![scale], vec![readout]]).expect("layers that fit");
        let tangent = Kernel::of_plan(&plan).tangent;
        assert!((tangent.same - (25.0 + 1.0 + part)).abs() < 1e-12, "{tangent:?}");
        assert!((tangent.apart - 1.0).abs() < 1e-12, "{tangent:?}");
    }
    let learned = Op::Scale { factor: 0.0, learned: true };
    let plan = Plan::new(4, vec![vec![learned, Op::linear(4, 2, Init::Xavier, 1.0)]]);
    let training = Training::sgd(0.1).steps(10);
    let refused = {
        let plan = plan.expect("layers that fit");
        Prediction::of_plan(&plan, &training, &Task::of(&plan))
    };
    assert_eq!(
        refused.unwrap_err().to_string(),
        "scale learned 0 is not accepted: expected no scale that is learned: prediction has no growth for it"
    );
}

#[test]
fn kernels_are_those_of_sampled_networks() {
    let mlp = |phi| Recipe::mlp(4).width(WIDTH).activation(phi);
    let blocks = || Recipe::blocks(3).width(256).activation(Gelu);
    let recipes = [
        mlp(Relu),
        mlp(Tanh),
        mlp(Silu).init(Init::Sigma(1.2)),
        mlp(Relu).norm(Norm::Rms),
        mlp(Gelu).norm(Norm::Layer).residual(),
        blocks().norm(Norm::Rms).residual(),
        blocks().norm(Norm::Layer).residual().final_norm(),
        blocks().norm(Norm::Rms).placement(Placement::Post).residual(),
        blocks().residual().out_proj(OutProj::Scaled),
        blocks().residual().norm(Norm::Rms).out_proj(OutProj::Zero).width(200),
        blocks().residual().out_proj(OutProj::Fixup),
        blocks().residual().out_proj(OutProj::SkipInit),
        blocks().residual().norm(Norm::Rms).placement(Placement::Post).out_proj(OutProj::DeepNorm),
    ];
    let jobs: Vec<Recipe> =
        recipes.iter().flat_map(|r| (0..SEEDS).map(|s| r.clone().seed(s).classes(64))).collect();
    let samples = map_in_parallel(&jobs, &Silent, sampled_kernel);
    for (recipe, samples) in recipes.iter().zip(samples.chunks(SEEDS as usize)) {
        let kernel = Kernel::of(&recipe.clone().classes(64));
        let theory = [kernel.function.same, kernel.tangent.same, kernel.tangent.apart];
        for (k, name) in ["function", "tangent", "tangent at 0"].into_iter().enumerate() {
            let mean = samples.iter().map(|s| s[k]).sum::<f64>() / samples.len() as f64;
            let variance = samples.iter().map(|s| (s[k] - mean) * (s[k] - mean)).sum::<f64>();
            let error = (variance / (SEEDS * (SEEDS - 1)) as f64).sqrt();
            // Three standard errors over the networks, and the next order of 1/width on top.
            let finite = 2.0 * recipe.depth as f64 / recipe.width as f64;
            let allowed = 3.0 * error + finite * kernel.tangent.same.min(theory[k].abs());
            let off = (mean - theory[k]).abs();
            assert!(off < allowed, "{recipe}: {name} {mean} against {}", theory[k]);
            println!("{recipe}: {name} {mean:.4} for {:.4}, within {allowed:.4}", theory[k]);
            // Odd activations share nothing between orthogonal inputs but the biases: what counts
            // there is the kernel of an input with itself.
            let small = k == 2 && theory[2] < 0.1 * theory[1];
            let size = if small { 0.1 * theory[1] } else { theory[k] };
            assert!(
                allowed < [0.2, 0.15, 0.3][k] * size,
                "{recipe}: {name} is not tested: {allowed}"
            );
        }
    }
}

/// Measured over predicted, `[q, gradient]` of each layer of one network.
fn ratios(recipe: &Recipe) -> Vec<[f64; 2]> {
    let theory = Propagation::of(recipe).layers;
    let x = normals(32, recipe.inputs, 500 + recipe.seed).mapv(|x| x as f32);
    let trace = recipe.build().trace(&Tensor::constant(x));
    let back = normals(32, recipe.classes, 600 + recipe.seed).mapv(|x| x as f32);
    let gradients = trace.logits().backward_from(&back);
    let moment = |a: &Array2<f32>| {
        a.iter().map(|&a| f64::from(a) * f64::from(a)).sum::<f64>() / a.len() as f64
    };
    let layers = trace.layers.iter().zip(&theory);
    let ratio = |z: &Tensor, theory: &LayerTheory| {
        [moment(z.values()) / theory.q, moment(gradients.of(z)) / theory.gradient]
    };
    layers.map(|(layer, theory)| ratio(&layer.pre_activation, theory)).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[test]
fn at_width_1024_theory_is_within_three_and_five_percent() {
    const N: usize = 1024;
    const NETS: u64 = 9;
    let wide = |recipe: Recipe| recipe.width(N).inputs(N).classes(N);
    let mut recipes = vec![];
    for phi in [Relu, Tanh, Gelu, Silu] {
        recipes.extend([
            wide(Recipe::mlp(6)).activation(phi),
            wide(Recipe::mlp(6)).activation(phi).norm(Norm::Rms),
            wide(Recipe::mlp(6)).activation(phi).norm(Norm::Layer).residual(),
        ]);
    }
    let block = || wide(Recipe::blocks(2)).activation(Gelu).residual();
    recipes.extend([block().norm(Norm::Rms), block().norm(Norm::Layer).placement(Placement::Post)]);
    let jobs: Vec<Recipe> =
        recipes.iter().flat_map(|r| (0..NETS).map(|s| r.clone().seed(s))).collect();
    let nets = map_in_parallel(&jobs, &Silent, ratios);
    for (recipe, nets) in recipes.iter().zip(nets.chunks(NETS as usize)) {
        for layer in 0..nets[0].len() {
            for (k, name, allowed) in [(0, "q", 0.03), (1, "gradient", 0.05)] {
                let all: Vec<f64> = nets.iter().map(|net| net[layer][k]).collect();
                let mean = all.iter().sum::<f64>() / all.len() as f64;
                let spread = all.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>();
                // The median strays 1.25 times as far as the mean: this is one standard error of it.
                let error = 1.25 * (spread / (NETS * (NETS - 1)) as f64).sqrt();
                let off = (median(all) - 1.0).abs();
                assert!(off < allowed + 3.0 * error, "{recipe}: {name} of {layer}: {off} {error}");
                assert!(error < 0.1, "{recipe}: {name} of layer {layer} strays by {error}");
            }
        }
    }
    for (k, allowed) in [(0, 0.03), (1, 0.05)] {
        // The q behind a norm is 1 whatever theory says.
        let layers = recipes.iter().zip(nets.chunks(NETS as usize));
        let layers = layers.filter(|(recipe, _)| k == 1 || recipe.norm == Norm::None);
        let offs = layers.flat_map(|(_, nets)| {
            (0..nets[0].len()).map(|l| median(nets.iter().map(|net| net[l][k]).collect()))
        });
        let off = median(offs.map(|ratio| (ratio - 1.0).abs()).collect());
        assert!(off < allowed, "{k}: {off}");
        println!("median deviation: {off}");
    }
}

const DRAWS: u64 = 400;

/// `[ln |delta_1|^2, Theta]` of one logit, of each of [`DRAWS`] draws: the squared gradient behind
/// the first matrix, and the squared gradient by all weights.
fn drawn(recipe: &Recipe) -> Vec<[f64; 2]> {
    let x = Tensor::constant(Array2::<f32>::ones((1, recipe.inputs)));
    let seeds: Vec<u64> = (0..DRAWS).collect();
    map_in_parallel(&seeds, &Silent, |&seed| {
        let network = recipe.clone().seed(seed).build();
        let trace = network.trace(&x);
        let gradients = trace.logits().backward_from(&ndarray::array![[1.0, 0.0]]);
        let square = |g: &Array2<f32>| g.iter().map(|&g| f64::from(g) * f64::from(g)).sum::<f64>();
        let all = network.parameters().filter_map(|p| gradients.get(p)).map(square).sum();
        [square(gradients.of(&trace.layers[0].pre_activation)).ln(), all]
    })
}

fn mean_and_variance(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let mean = values.clone().sum::<f64>() / DRAWS as f64;
    (mean, values.map(|v| (v - mean) * (v - mean)).sum::<f64>() / DRAWS as f64)
}

#[test]
fn the_noise_is_that_of_sampled_gradients() {
    let mlp = |phi, init| Recipe::mlp(9).width(64).activation(phi).init(init);
    for recipe in [
        mlp(Relu, Init::Kaiming),
        mlp(Tanh, Init::Kaiming),
        mlp(Gelu, Init::Kaiming),
        mlp(Identity, Init::Xavier),
        mlp(Relu, Init::Orthogonal(2f64.sqrt())),
        mlp(Tanh, Init::Orthogonal(1.5)),
    ] {
        let (_, measured) = mean_and_variance(drawn(&recipe).iter().map(|draw| draw[0]));
        let noise = Kernel::of(&recipe).noise;
        // Four standard errors of a variance, and the next order of 1/width.
        let allowed = 4.0 * (2.0 / DRAWS as f64).sqrt() + 5.0 / 64.0;
        println!("{recipe}: {measured:.3} for {noise:.3}");
        assert!((measured / noise - 1.0).abs() < allowed, "{recipe}: {measured} for {noise}");
    }
    // Orthogonal matrices turn and no more: what is left is rounding.
    let turns = mlp(Identity, Init::Orthogonal(1.0));
    assert_eq!(Kernel::of(&turns).noise, 0.0);
    let (_, measured) = mean_and_variance(drawn(&turns.inputs(64)).iter().map(|draw| draw[0]));
    assert!(measured < 1e-9, "{measured}");
}

#[test]
fn the_spread_is_that_of_sampled_kernels_behind_norms() {
    for recipe in [
        Recipe::blocks(6).width(96).norm(Norm::Rms),
        Recipe::blocks(6).width(96).norm(Norm::Rms).activation(Tanh),
        Recipe::mlp(6).width(192).norm(Norm::Rms),
        Recipe::mlp(6).width(192).norm(Norm::Layer).activation(Gelu),
        Recipe::mlp(6).width(192).norm(Norm::Rms).init(Init::Orthogonal(1.0)),
    ] {
        let draws = drawn(&recipe);
        let (mean, variance) = mean_and_variance(draws.iter().map(|draw| draw[1]));
        let measured = variance / (mean * mean);
        let squares = draws.iter().map(|draw| (draw[1] / mean - 1.0).powi(2));
        let error = (mean_and_variance(squares).1 / DRAWS as f64).sqrt();
        let spread = Kernel::of(&recipe).spread;
        println!("{recipe}: {measured:.3} ± {error:.3} for {spread:.3}");
        // Three standard errors over the draws, and the next order of 1/width.
        let allowed = 3.0 * error + 0.1 * spread;
        assert!((measured - spread).abs() < allowed, "{recipe}: {measured} for {spread}");
        assert!(allowed < 0.75 * spread, "{recipe}: {spread} is not tested: {allowed}");
    }
}

#[test]
fn spread_of_equal_parts_is_the_average_over_depth() {
    // ReLU has chi = 1: all blocks have equal parts. v = 5 and b = 1: 3.25/n back, 2.75/n divided.
    let spread = Kernel::of(&Recipe::blocks(100).width(256).norm(Norm::Rms)).spread;
    let x = 100.0 * 6.0 / 256.0;
    let average = 2.0 * (f64::exp(x) - 1.0 - x) / (x * x) - 1.0;
    // A sum over blocks, whose ends differ, against an integral.
    assert!((spread / average - 1.0).abs() < 0.05, "{spread} {average}");
}

/// The largest eigenvalue of the loss's second derivative by the weights of a plain network without
/// norm, at a guess: with F the difference of the logits, that of (1/4N) grad F . grad F'.
fn largest_curvature(recipe: &Recipe) -> f64 {
    let x = normals(1000, recipe.inputs, 700 + recipe.seed).mapv(|x| x as f32);
    let trace = recipe.build().trace(&Tensor::constant(x.clone()));
    let difference = Array2::from_shape_fn((1000, 2), |(_, k)| if k == 0 { -1.0 } else { 1.0 });
    let gradients = trace.logits().backward_from(&difference);
    let mut kernel = Array2::<f32>::zeros((1000, 1000));
    let mut input = x;
    for layer in &trace.layers {
        let delta = gradients.of(&layer.pre_activation);
        kernel = kernel + delta.dot(&delta.t()) * (input.dot(&input.t()) + 1.0);
        input = layer.output.values().clone();
    }
    let mut v = ndarray::Array1::from_shape_fn(1000, |i| (i as f32).sin() + 0.5);
    for _ in 0..60 {
        v = kernel.dot(&v);
        v /= v.dot(&v).sqrt();
    }
    f64::from(v.dot(&kernel.dot(&v))) / 4000.0
}

#[test]
fn lambda_is_the_largest_curvature_of_sampled_networks() {
    const NETS: u64 = 3;
    let training = Training::sgd(1e-3).momentum(0.9);
    let linear = Recipe::mlp(8).width(128).activation(Identity).init(Init::Xavier);
    for (recipe, mean_is_sharpest) in [
        (linear, false),
        (Recipe::mlp(6).width(128).activation(Tanh), false),
        (Recipe::mlp(6).width(256).init(Init::Orthogonal(1.0)).activation(Identity), false),
        (Recipe::mlp(4).width(256), true),
    ] {
        let nets: Vec<Recipe> = (0..NETS).map(|seed| recipe.clone().seed(seed)).collect();
        let measured = median(map_in_parallel(&nets, &Silent, largest_curvature));
        let stability = recipe.predict(&training).stability;
        println!("{recipe}: {measured:.1} for {:.1}", stability.lambda);
        assert_eq!(stability.sharpness == stability.mean_sharpness, mean_is_sharpest);
        // A lognormal has a longer tail than a product of a few matrices.
        let off = (measured / stability.lambda).ln().abs();
        assert!(off < 1.4f64.ln(), "{recipe}: {measured} for {}", stability.lambda);
    }
}

fn tanh(weight_std: f64, bias_std: f64) -> Phase {
    Phase { activation: Tanh, weight_std, bias_std }
}

#[test]
fn piecewise_linear_phases_have_closed_forms() {
    for (phi, half) in [(Identity, 1.0), (Relu, 0.5)] {
        let phase = |weight_std: f64, bias_std| Phase { activation: phi, weight_std, bias_std };
        let slope = half * 0.8 * 0.8;
        let order = phase(0.8, 0.3);
        assert!((order.second_moment().unwrap() - 0.09 / (1.0 - slope)).abs() < 1e-15);
        assert!((order.chi().unwrap() - slope).abs() < 1e-15);
        assert_eq!(order.correlation(), Some(1.0));
        for depth in [order.signal_depth(), order.correlation_depth(), order.gradient_depth()] {
            assert!((depth.unwrap() + 1.0 / slope.ln()).abs() < 1e-12, "{phi}");
        }
        // On the edge q keeps what the input gave it, or grows by the biases in every layer.
        let edge = phase((1.0 / half).sqrt(), 0.3);
        assert!((edge.chi().unwrap() - 1.0).abs() < 1e-15);
        assert_eq!(phase(1.5 / half, 0.3).second_moment(), None);
        assert!(Phase::at(phi, 7.0, 1.0).is_some_and(|edge| edge.bias_std < 1e-7));
        assert_eq!(Phase::at(phi, 7.0, 1.1), None);
    }
}

#[test]
fn tanh_without_biases_has_its_edge_at_one() {
    for weight_std in [0.3, 0.9, 1.0] {
        let order = tanh(weight_std, 0.0);
        assert_eq!(order.second_moment(), Some(0.0));
        assert!((order.chi().unwrap() - weight_std * weight_std).abs() < 1e-12);
    }
    // V(q) = q - 2 q^2 + 17/3 q^3 - ...: q* = (1 - 1/s^2)/2 to first order.
    for weight_std in [1.001, 1.01f64] {
        let first = 0.5 * (1.0 - 1.0 / (weight_std * weight_std));
        let q = tanh(weight_std, 0.0).second_moment().unwrap();
        assert!((q / first - 1.0).abs() < 5.0 * first, "{q} {first}");
        assert!(tanh(weight_std, 0.0).chi().unwrap() > 1.0);
    }
    let orthogonal = tanh(1.5, 0.0).correlation().unwrap();
    assert!(orthogonal.abs() < 1e-12, "without biases chaos forgets all: {orthogonal}");
}

/// `E f(z)` by Simpson's rule, with the platform's functions: not the library's road.
fn simpson(f: impl Fn(f64) -> f64) -> f64 {
    let (step, nodes) = (0.01, 1000);
    let term = |i: i32| {
        let z = f64::from(i) * step;
        let weight = if i.abs() == nodes { 1.0 } else { [2.0, 4.0][(i + nodes) as usize % 2] };
        weight * f(z) * (-0.5 * z * z).exp()
    };
    let sum: f64 = (-nodes..=nodes).map(term).sum();
    sum * step / 3.0 / (2.0 * std::f64::consts::PI).sqrt()
}

#[test]
fn the_edge_of_tanh_is_that_of_another_quadrature() {
    for q in [0.05f64, 0.3, 1.0, 3.0] {
        let edge = Phase::at(Tanh, q, 1.0).unwrap();
        let weights = edge.weight_std * edge.weight_std;
        let slope = simpson(|z| (q.sqrt() * z).cosh().powi(-4));
        let value = simpson(|z| (q.sqrt() * z).tanh().powi(2));
        assert!((weights * slope - 1.0).abs() < 1e-10, "{q}");
        assert!((weights * value + edge.bias_std.powi(2) - q).abs() < 1e-10, "{q}");
        assert!((edge.second_moment().unwrap() / q - 1.0).abs() < 1e-6, "{q}");
        assert!(edge.correlation_depth().unwrap() > 1e3, "{q}");
    }
}

/// The fixed points are fixed, and the depth scales are the slopes there, by differences.
#[test]
fn depth_scales_are_slopes_at_fixed_points() {
    const H: f64 = 1e-4;
    for (weight_std, bias_std, chaotic) in [(0.9, 0.2, false), (1.4, 0.6, false), (1.8, 0.1, true)]
    {
        let phase = tanh(weight_std, bias_std);
        let (q, c) = (phase.second_moment().unwrap(), phase.correlation().unwrap());
        assert_eq!(c < 1.0, chaotic);
        let slope = (phase.next(q + H) - phase.next(q - H)) / (2.0 * H);
        assert!((slope - (-1.0 / phase.signal_depth().unwrap()).exp()).abs() < 1e-6);
        let next = |c: f64| {
            (weight_std * weight_std * quadrature(f64::tanh, q, c) + bias_std * bias_std) / q
        };
        assert!((next(c) - c).abs() < 1e-8, "{weight_std}");
        // At 1 only from below, to first order.
        let (slope, order) = match chaotic {
            true => ((next(c + H) - next(c - H)) / (2.0 * H), 1e-6),
            false => ((1.0 - next(1.0 - H)) / H, 10.0 * H),
        };
        let expected = (-1.0 / phase.correlation_depth().unwrap()).exp();
        assert!((slope - expected).abs() < order, "{slope} {expected}");
        if !chaotic {
            assert!((expected - phase.chi().unwrap()).abs() < 1e-12);
        }
    }
}

#[test]
fn biases_enter_the_walk_and_the_network() {
    let recipe = Recipe::mlp(30).activation(Tanh).init(Init::Sigma(1.4)).bias_std(0.6);
    let phase = tanh(1.4, 0.6);
    let (mut q, mut c) = (1.4 * 1.4 + 0.36, 0.36 / (1.4 * 1.4 + 0.36));
    for layer in Propagation::of(&recipe).layers.iter().take(29) {
        assert!((layer.q / q - 1.0).abs() < 1e-12);
        let map = CorrelationMap::new(Tanh, q);
        let behind = map.value(c) / map.value(1.0);
        assert!((layer.correlation - behind).abs() < 1e-9);
        (q, c) = (phase.next(q), (1.96 * map.value(c) + 0.36) / phase.next(q));
    }
    assert!((q / phase.second_moment().unwrap() - 1.0).abs() < 1e-6);
    // Of 64 x 256 normal numbers of variance 2.32, in draws of 256 biases: within five deviations.
    let x = Tensor::constant(normals(64, 256, 0).mapv(|x| x as f32));
    let z = recipe.build().trace(&x).layers[0].pre_activation.clone();
    let measured =
        z.values().iter().map(|z| f64::from(z * z)).sum::<f64>() / z.values().len() as f64;
    assert!((measured / 2.32 - 1.0).abs() < 5.0 * (2.0f64 / 256.0).sqrt(), "{measured}");
    let biases = recipe.build().linears()[0].bias.clone();
    let squares = biases.values().iter().map(|b| f64::from(b * b)).sum::<f64>() / 256.0;
    assert!((squares / 0.36 - 1.0).abs() < 5.0 * (2.0f64 / 256.0).sqrt(), "{squares}");
}

#[test]
fn predictions_refuse_biases_that_do_not_start_at_zero() {
    let training = Training::sgd(1e-2).steps(10);
    let of =
        |bias_std| Prediction::of(&Recipe::mlp(3).activation(Tanh).bias_std(bias_std), &training);
    let refused = of(0.05).expect_err("refused").to_string();
    assert_eq!(
        refused,
        "bias_std 0.05 is not accepted: expected 0: the theory of prediction covers biases that start \
         at zero only"
    );
    assert!(of(0.0).is_ok());
}
