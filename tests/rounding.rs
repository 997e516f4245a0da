//! What f32 does to a gradient, against a bound that follows the rounding errors through the
//! network; and the training step against the steps it is made of.

use minigrad::{nn::TracedLayer, prelude::*, train::Trainer};
use minigrad_tests::normals;

/// Unit roundoff of f32.
const U: f64 = f32::EPSILON as f64 / 2.0;

/// What [`errors`] must know of an activation: Lipschitz constants of `phi` and of `phi'`, and the
/// relative error of the f32 value in units of `U` (one ulp is at most two).
fn constants(activation: Activation) -> (f64, f64, f64) {
    match activation {
        Identity | Relu => (1.0, 0.0, 0.0),
        LeakyRelu(_) => (1.0, 0.0, 2.0),
        Tanh => (1.0, 0.77, 4.0),
        Sigmoid => (0.25, 0.10, 8.0),
        Gelu => (1.13, 0.80, 16.0),
        GeluTanh => (1.13, 0.80, 16.0),
        Silu => (1.10, 0.50, 8.0),
        Elu => (1.0, 1.0, 16.0),
        Selu => (1.76, 1.76, 16.0),
        Softplus => (1.0, 0.25, 8.0),
    }
}

/// Bounds on `|f32 gradient - f64 gradient|` of every parameter, to first order in `U`.
///
/// The f32 network holds the rounded weights of the f64 one. A product of inner size `n` errs by at
/// most `n U |a| |b|` (Higham 2002, section 3.5); every other operation by a few `U` of its result.
fn errors(network: &Network<f64>, x: &Tensor<f64>, labels: &[usize]) -> Vec<Array2<f64>> {
    let abs = |a: &Array2<f64>| a.mapv(f64::abs);
    let trace = network.trace(x);
    let activation = trace.layers[0].activation.expect("a hidden layer");
    let (lipschitz, bend, ulps) = constants(activation);
    let batch = labels.len() as f64;
    let last = network.layers.len() - 1;

    // Forwards: errors of each layer's input and of its pre-activation.
    let mut inputs = vec![(x.values().clone(), Array2::zeros(x.values().raw_dim()))];
    let mut before = vec![];
    for (l, TracedLayer { pre_activation, output, .. }) in trace.layers.iter().enumerate() {
        let (h, error) = &inputs[l];
        let w = abs(network.linears()[l].weight.values());
        let inner = h.ncols() as f64 + 2.0; // the product, the bias, the rounded weights
        let e = error.dot(&w) + abs(h).dot(&w) * (inner * U);
        let phi = abs(output.values());
        inputs.push((output.values().clone(), &e * lipschitz + phi * (ulps * U)));
        before.push((pre_activation.values().clone(), e));
    }

    // The softmax: an error e of the logits changes it by at most twice e, relative to itself.
    let (logits, e) = &before[last];
    let (mut dz, mut e_dz) = (logits.clone(), e.clone());
    for (r, &label) in labels.iter().enumerate() {
        let row = logits.row(r);
        let max = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = row.iter().map(|z| libm::exp(z - max)).sum();
        let worst = e.row(r).iter().copied().fold(0.0, f64::max);
        for (k, z) in row.iter().enumerate() {
            let p = libm::exp(z - max) / sum / batch;
            dz[[r, k]] = p - if k == label { 1.0 / batch } else { 0.0 };
            // exp 2 U and its argument's rounding, the sum, the scale, the label subtracted.
            let relative = 2.0 * worst + (8.0 + row.len() as f64 + 2.0 * (max - z)) * U;
            e_dz[[r, k]] = p * relative + 2.0 * U / batch;
        }
    }

    // Backwards.
    let mut bounds = vec![];
    for l in (0..=last).rev() {
        let (h, e_h) = &inputs[l];
        let ones = Array2::ones((1, labels.len()));
        bounds.push(ones.dot(&e_dz) + ones.dot(&abs(&dz)) * (batch * U));
        bounds.push(
            e_h.t().dot(&abs(&dz))
                + abs(h).t().dot(&e_dz)
                + abs(h).t().dot(&abs(&dz)) * (batch * U),
        );
        if l > 0 {
            let w = network.linears()[l].weight.values();
            let inner = dz.ncols() as f64 + 1.0;
            let e_dh = e_dz.dot(&abs(w).t()) + abs(&dz).dot(&abs(w).t()) * (inner * U);
            let dh = dz.dot(&w.t());
            let (z, e_z) = &before[l - 1];
            let slope = z.mapv(|z| activation.derivative(z));
            // The slope errs by 8 U in itself, and by its Lipschitz constant times the error of z.
            e_dz =
                e_dh * abs(&slope) + abs(&dh) * (e_z * bend + 8.0 * U) + abs(&dh) * abs(&slope) * U;
            dz = dh * slope;
            let crossing = matches!(activation, Relu | LeakyRelu(_) | Selu)
                && z.iter().zip(e_z).any(|(z, e)| z.abs() <= *e);
            assert!(!crossing, "a unit whose sign f32 may get wrong: take another seed");
        }
    }
    bounds.reverse();
    bounds
}

#[test]
fn gradients_in_f32_differ_by_no_more_than_rounding() {
    for activation in Activation::ALL {
        let recipe = Recipe::mlp(3).inputs(16).width(8).activation(activation).seed(3);
        let (labels, inputs) = ([0, 1, 1, 0, 1, 0], normals(6, 16, 1).mapv(|x| x as f32));
        let (single, double) = (recipe.build(), recipe.build_as::<f64>());
        let x = Tensor::constant(inputs.mapv(f64::from));
        let exact = double.forward(&x).cross_entropy(&labels).backward();
        let rounded = single.forward(&Tensor::constant(inputs)).cross_entropy(&labels).backward();
        let bounds = errors(&double, &x, &labels);
        for ((p32, p64), bound) in single.parameters().zip(double.parameters()).zip(bounds) {
            let (g32, g64) = (rounded.of(p32), exact.of(p64));
            let largest = g64.iter().map(|g| g.abs()).fold(0.0, f64::max);
            for ((place, g), bound) in g64.indexed_iter().zip(&bound) {
                let off = (f64::from(g32[place]) - g).abs();
                // One part in fifty covers what is of second order in U.
                assert!(off <= 1.02 * bound, "{activation} {place:?}: {off:e} > {bound:e}");
                // The bound means something: a hundredth of the gradient is beyond it.
                assert!(*bound < 1e-2 * largest, "{activation}: {bound:e} of {largest:e}");
            }
        }
    }
}

/// The step that training takes, written out with what a reader can call.
fn by_hand(recipe: &Recipe, examples: &minigrad::data::Split, training: &Training) -> Network {
    let mut network = recipe.build();
    let mut random = Random::new(training.seed, Stream::Batches);
    let mut sgd = Sgd::new(training.lr, 0.9);
    let mut adam = Adam::new(training.lr);
    for _ in 0..training.steps {
        let rows: Vec<usize> =
            (0..training.batch).map(|_| random.below(examples.labels.len())).collect();
        let batch = examples.select(&rows);
        let loss = network.forward(&Tensor::constant(batch.inputs)).cross_entropy(&batch.labels);
        let gradients = loss.backward();
        let parameters = network.parameters_mut();
        match training.method {
            Method::Sgd { .. } => sgd.step(parameters, &gradients),
            Method::Adam { .. } => adam.step(parameters, &gradients),
        }
    }
    network
}

#[test]
fn training_is_backward_and_step_bit_for_bit() {
    let examples = SignOfSum::sample(100, 0, 2).train;
    for activation in Activation::ALL {
        for method in [Training::sgd(1e-2).momentum(0.9), Training::adam(1e-3)] {
            let training = method.batch(16).steps(12).seed(5);
            let recipe = Recipe::mlp(4).width(33).activation(activation);
            let mut trained = recipe.build();
            let mut trainer = Trainer::new(&mut trained, &examples, &training);
            while trainer.step().is_some() {}
            let expected = by_hand(&recipe, &examples, &training);
            for (a, b) in trained.parameters().zip(expected.parameters()) {
                assert!(a.values() == b.values(), "{activation}, {training}");
            }
            let start = recipe.build();
            assert!(trained.linears()[0].weight.values() != start.linears()[0].weight.values());
        }
    }
}
