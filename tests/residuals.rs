//! Residual connections: identities to the bit, and theory against sampled networks.

use minigrad::prelude::*;
use minigrad::theory::LayerTheory;
use minigrad::train::Trainer;
use minigrad_labs::spine::{map_in_parallel, Silent};
use minigrad_tests::normals;

fn bits(values: &Array2<f32>) -> Vec<u32> {
    values.iter().map(|x| x.to_bits()).collect()
}

fn single(rows: usize, columns: usize, seed: u64) -> Tensor {
    Tensor::parameter(normals(rows, columns, seed).mapv(|x| x as f32))
}

#[test]
fn a_residual_at_scale_zero_is_the_identity_to_the_bit() {
    let (x, f) = (single(7, 33, 0), single(7, 33, 1));
    let y = &x + &f.scale(0.0);
    assert_eq!(bits(y.values()), bits(x.values()));
    // Backwards, too: all of the gradient takes the stream, none the branch.
    let weights = normals(7, 33, 2).mapv(|x| x as f32);
    let gradients = y.backward_from(&weights);
    assert_eq!(bits(gradients.of(&x)), bits(&weights));
    assert!(gradients.of(&f).iter().all(|&g| g == 0.0));
    // At another scale it is not.
    assert!(bits((&x + &f.scale(0.5)).values()) != bits(x.values()));
}

#[test]
fn a_residual_hands_its_gradient_to_both_sides_unchanged() {
    let (x, f) = (single(5, 12, 3), single(5, 12, 4));
    let weights = normals(5, 12, 5).mapv(|x| x as f32);
    let gradients = (&x + &f).backward_from(&weights);
    assert_eq!(bits(gradients.of(&x)), bits(&weights));
    assert_eq!(bits(gradients.of(&f)), bits(&weights));
}

#[test]
fn zero_initialized_blocks_start_as_the_identity() {
    let base = Recipe::blocks(6).width(64).inputs(64).activation(Gelu).seed(3);
    let x = Tensor::constant(normals(9, 64, 6).mapv(|x| x as f32));
    for norm in [Norm::None, Norm::Rms, Norm::Layer] {
        let recipe = base.clone().norm(norm).residual();
        let network = recipe.clone().out_proj(OutProj::Zero).build();
        let readout = network.linears().pop().expect("a readout");
        assert_eq!(
            bits(network.forward(&x).values()),
            bits(readout.forward(&x).values()),
            "{norm}"
        );
        // The branch cannot learn in its first layer before its last has moved.
        let gradients = network.forward(&x).cross_entropy(&[0, 1, 0, 1, 0, 1, 0, 1, 0]).backward();
        let linears = network.linears();
        for pair in linears[..12].chunks(2) {
            assert!(gradients.of(&pair[0].weight).iter().all(|&g| g == 0.0));
            assert!(gradients.of(&pair[1].weight).iter().any(|&g| g != 0.0));
        }
        // A learned scale of zero holds back the branch, and moves before it.
        let network = recipe.clone().out_proj(OutProj::SkipInit).build();
        let readout = network.linears().pop().expect("a readout").forward(&x);
        assert_eq!(bits(network.forward(&x).values()), bits(readout.values()), "{norm}");
        let gradients = network.forward(&x).cross_entropy(&[0, 1, 0, 1, 0, 1, 0, 1, 0]).backward();
        for parameter in network.parameters().filter(|p| p.shape() == [1, 1]) {
            assert!(gradients.of(parameter)[[0, 0]] != 0.0);
        }
        assert_eq!(network.parameters().filter(|p| p.shape() == [1, 1]).count(), 6);
        // Other starts are no identity.
        for out_proj in [OutProj::Plain, OutProj::Scaled] {
            let network = recipe.clone().out_proj(out_proj).build();
            let readout = network.linears().pop().expect("a readout").forward(&x);
            assert!(bits(network.forward(&x).values()) != bits(readout.values()));
        }
    }
}

const WIDTH: usize = 512;
const DEPTH: usize = 4;
const SEEDS: u64 = 6;
const BATCH: usize = 16;

/// Second moments `(q, output, gradient)` of every layer with weights, of one sampled network. The
/// gradient is that by the pre-activation, for one of unit second moment by the logits.
fn sampled(recipe: &Recipe) -> Vec<[f64; 3]> {
    let x = normals(BATCH, WIDTH, 100 + recipe.seed).mapv(|x| x as f32);
    let trace = recipe.build().trace(&Tensor::constant(x));
    let back = normals(BATCH, recipe.classes, 200 + recipe.seed).mapv(|x| x as f32);
    let gradients = trace.logits().backward_from(&back);
    let moment = |a: &Array2<f32>| {
        a.iter().map(|&a| f64::from(a) * f64::from(a)).sum::<f64>() / a.len() as f64
    };
    let layer = |layer: &minigrad::nn::TracedLayer| {
        let [z, h] = [&layer.pre_activation, &layer.output];
        [moment(z.values()), moment(h.values()), moment(gradients.of(z))]
    };
    trace.layers.iter().map(layer).collect()
}

fn expected(layer: &LayerTheory) -> [f64; 3] {
    [layer.q, layer.output, layer.gradient]
}

/// Relative distance of the mean over the seeds from theory, less five standard errors of that
/// mean: what is left for finite width. The largest over layers and quantities, with its place.
fn excess(recipe: &Recipe, samples: &[Vec<[f64; 3]>], theory: &Propagation) -> (f64, String) {
    assert_eq!(theory.layers.len(), samples[0].len());
    let n = samples.len() as f64;
    let mut worst = (f64::NEG_INFINITY, String::new());
    for (l, layer) in theory.layers.iter().enumerate() {
        for (k, name) in ["q", "output", "gradient"].into_iter().enumerate() {
            let ratio = samples.iter().map(|sample| sample[l][k] / expected(layer)[k]);
            let mean = ratio.clone().sum::<f64>() / n;
            let variance = ratio.map(|r| (r - mean) * (r - mean)).sum::<f64>() / (n - 1.0);
            let off = (mean - 1.0).abs() - 5.0 * (variance / n).sqrt();
            // Written so that NaN is the worst.
            if off.is_nan() || off > worst.0 {
                worst = (off, format!("{recipe}: {name} of layer {}: {mean}", l + 1));
            }
        }
    }
    worst
}

/// Infinite width is the first term of a series in `depth/width`: on top of five standard errors
/// over the seeds, theory may be off by four times that term, 3%.
const FINITE: f64 = 4.0 * DEPTH as f64 / WIDTH as f64;

fn blocks() -> Recipe {
    Recipe::blocks(DEPTH).width(WIDTH).inputs(WIDTH).classes(WIDTH).activation(Gelu)
}

#[test]
fn propagation_says_what_sampled_blocks_do() {
    let post = |norm| blocks().norm(norm).placement(Placement::Post);
    let recipes = [
        blocks(),
        blocks().residual(),
        blocks().norm(Norm::Rms),
        blocks().norm(Norm::Rms).residual(),
        blocks().norm(Norm::Layer).residual().final_norm(),
        blocks().norm(Norm::Rms).residual().out_proj(OutProj::Scaled),
        post(Norm::Rms).residual(),
        post(Norm::Layer).residual(),
        Recipe { norm: Norm::Rms, placement: Placement::PreAct, ..Recipe::mlp(6) }
            .width(WIDTH)
            .inputs(WIDTH)
            .classes(WIDTH)
            .residual(),
    ];
    let jobs: Vec<Recipe> =
        recipes.iter().flat_map(|r| (0..SEEDS).map(|s| r.clone().seed(s))).collect();
    let samples = map_in_parallel(&jobs, &Silent, sampled);
    let theory: Vec<Propagation> = recipes.iter().map(Propagation::of).collect();
    let samples: Vec<_> = samples.chunks(SEEDS as usize).collect();
    for ((recipe, theory), samples) in recipes.iter().zip(&theory).zip(&samples) {
        let (off, place) = excess(recipe, samples, theory);
        assert!(off < FINITE, "{place}");
    }
    // The theory of any other recipe of the same size is refused.
    for (a, samples) in samples.iter().enumerate().take(8) {
        for b in (0..8).filter(|&b| b != a && (a, b) != (6, 7) && (a, b) != (7, 6)) {
            let (off, _) = excess(&recipes[a], samples, &theory[b]);
            assert!(off > FINITE, "{} passes for {}", recipes[a], recipes[b]);
        }
    }
}

#[test]
fn post_norm_brings_every_block_back_to_one() {
    let gain2 = gaussian::gain(Gelu) * gaussian::gain(Gelu);
    let theory = |placement, residual: bool| {
        let recipe = Recipe::blocks(50).activation(Gelu).norm(Norm::Rms).placement(placement);
        Propagation::of(&Recipe { residual, ..recipe }).layers
    };
    for residual in [false, true] {
        for layer in &theory(Placement::Post, residual)[..50] {
            assert!((layer.output - 1.0).abs() < 1e-5 && (layer.q / gain2 - 1.0).abs() < 1e-5);
        }
    }
    // Pre-norm: the branch sees the same q, and the stream grows by as much every block.
    let branch = gain2 * gaussian::second_moment(Gelu, gain2);
    for (l, layer) in theory(Placement::Pre, true)[..50].iter().enumerate() {
        assert!((layer.q / gain2 - 1.0).abs() < 1.1e-5);
        assert!((layer.output / (1.0 + branch * (l + 1) as f64) - 1.0).abs() < 1e-5);
    }
}

#[test]
fn a_watched_gradient_is_the_one_that_backward_returns() {
    let data = SignOfSum::sample(32, 0, 0);
    let recipe = Recipe::blocks(2).width(64).activation(Gelu).norm(Norm::Rms).residual();
    let training = Training::sgd(1e-2).momentum(0.9).batch(8).steps(3);
    let count = recipe.build().parameters().count();
    let norms: Vec<f64> = (0..count)
        .map(|parameter| {
            let mut network = recipe.build();
            let mut trainer =
                Trainer::new(&mut network, &data.train, &training).watching(parameter);
            trainer.step().and_then(|step| step.gradient_norm).expect("a step")
        })
        .collect();
    // The same batch, drawn by hand.
    let mut random = Random::new(training.seed, Stream::Batches);
    let drawn: Vec<usize> = (0..8).map(|_| random.below(32)).collect();
    let inputs = data.train.inputs.select(ndarray::Axis(0), &drawn);
    let labels: Vec<usize> = drawn.iter().map(|&i| data.train.labels[i]).collect();
    let network = recipe.build();
    let gradients = network.forward(&Tensor::constant(inputs)).cross_entropy(&labels).backward();
    for (parameter, norm) in network.parameters().zip(norms) {
        let squares = gradients.of(parameter).iter().map(|&g| f64::from(g) * f64::from(g));
        assert_eq!(norm, squares.sum::<f64>().sqrt());
    }
}

#[test]
fn watching_changes_no_bit_and_ends_with_the_finite_numbers() {
    let data = SignOfSum::sample(64, 0, 0);
    let losses = |lr: f64, watch: bool| {
        let mut network = Recipe::mlp(3).width(32).build();
        let training = Training::sgd(lr).steps(6);
        let mut trainer = Trainer::new(&mut network, &data.train, &training);
        if watch {
            trainer = trainer.watching(2);
        }
        let mut finite = vec![];
        while let Some(step) = trainer.step() {
            assert_eq!(trainer.network().classes(), 2);
            assert_eq!(step.gradient_norm.is_some(), watch && step.loss.is_finite());
            finite.push(step.loss.is_finite());
        }
        let run = trainer.run();
        (run.losses.iter().map(|loss| loss.to_bits()).collect::<Vec<_>>(), finite)
    };
    assert_eq!(losses(1e-2, true), losses(1e-2, false));
    let (_, finite) = losses(1e12, true);
    assert_eq!(finite.last(), Some(&false), "this run is meant to diverge");
}

#[test]
#[should_panic(expected = "watching: no parameter 6 among 6")]
fn a_parameter_that_is_not_there_cannot_be_watched() {
    let data = SignOfSum::sample(8, 0, 0);
    let mut network = Recipe::mlp(3).width(8).build();
    let training = Training::sgd(1e-2);
    let _ = Trainer::new(&mut network, &data.train, &training).watching(6);
}
