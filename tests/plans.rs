//! Plans: what recipes lay out, what is refused, and theory against networks of stacks that no
//! recipe describes.

use minigrad::prelude::*;
use minigrad::theory::Task;
use minigrad_labs::spine::{map_in_parallel, Silent};
use minigrad_tests::normals;

#[test]
fn recipes_lay_out_these_operations() {
    let laid = |recipe: Recipe| recipe.plan().to_string();
    assert_eq!(laid(Recipe::mlp(1).inputs(5).classes(3)), "linear [5, 3]\n");
    let mlp = Recipe::mlp(4).inputs(5).width(7).norm(Norm::Layer).residual();
    assert_eq!(
        laid(mlp),
        "linear [5, 7], ln [7], relu\n\
         x + (linear [7, 7], ln [7], relu)\n\
         x + (linear [7, 7], ln [7], relu)\n\
         linear [7, 2]\n"
    );
    let blocks = Recipe::blocks(2).inputs(3).width(3).activation(Gelu).norm(Norm::Rms);
    let branch = "rms [3], linear [3, 12], gelu, linear [12, 3]";
    assert_eq!(laid(blocks.clone()), format!("{branch}\n{branch}\nlinear [3, 2]\n"));
    let sum = format!("x + ({branch})");
    assert_eq!(
        laid(blocks.clone().residual().final_norm().inputs(5)),
        format!("linear [5, 3]\n{sum}\n{sum}\nrms [3]\nlinear [3, 2]\n")
    );
    let post = "x + (linear [3, 12], gelu, linear [12, 3]), rms [3]";
    assert_eq!(
        laid(blocks.residual().placement(Placement::Post)),
        format!("{post}\n{post}\nlinear [3, 2]\n")
    );
}

/// `[fan_in Var(W), factor]` of every matrix.
#[test]
fn recipes_draw_weights_of_these_scales() {
    let scales = |recipe: Recipe| -> Vec<[f64; 2]> {
        recipe.plan().weights().into_iter().map(|w| [w.variance(), w.factor()]).collect()
    };
    let near = |a: &[[f64; 2]], b: &[[f64; 2]]| {
        let close = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-12;
        a.len() == b.len() && a.iter().flatten().zip(b.iter().flatten()).all(close)
    };
    // Kaiming for ReLU doubles, the readout of a plain body too; embedding and readout of blocks
    // keep. The last matrix of a branch is divided by the root of twice the depth, 8.
    assert!(near(&scales(Recipe::mlp(3)), &[[2.0, 1.0]; 3]));
    let blocks = Recipe::blocks(4).width(64).out_proj(OutProj::Scaled);
    let root = 1.0 / 8f64.sqrt();
    let mut expected = vec![[1.0, 1.0]];
    (0..4).for_each(|_| expected.extend([[2.0, 1.0], [0.25, root]]));
    expected.push([1.0, 1.0]);
    assert!(near(&scales(blocks.clone()), &expected));
    assert_eq!(scales(blocks.clone().out_proj(OutProj::Zero))[2], [0.0, 0.0]);
    // Fixup divides the first weights by the root of the depth, 2; the last are zero.
    let fixup = scales(blocks.clone().out_proj(OutProj::Fixup));
    assert!(near(&fixup[1..3], &[[0.5, 0.5], [0.0, 0.0]]));
    // DeepNorm, (4 x 4)^(-1/4) = 1/2 for both, and 4^(-1/4) behind the branch.
    let post = blocks.norm(Norm::Rms).placement(Placement::Post).residual();
    let deepnorm = post.out_proj(OutProj::DeepNorm);
    assert!(near(&scales(deepnorm.clone())[1..3], &[[0.5, 0.5]; 2]));
    let written = deepnorm.plan().to_string();
    let block =
        "x + (linear [64, 256], relu, linear [256, 64], scale 0.7071067811865476), rms [64]";
    assert_eq!(written.lines().nth(1), Some(block));
}

fn refused(layers: Vec<Vec<Op>>) -> String {
    Plan::new(8, layers).expect_err("refused").to_string()
}

#[test]
fn a_plan_that_does_not_fit_is_refused_by_name() {
    let linear = |fan_in, fan_out| Op::linear(fan_in, fan_out, Init::Xavier, 1.0);
    let rms = |units| Op::Norm { norm: Norm::Rms, units };
    let said = |what: &str, expected: &str| format!("{what} is not accepted: expected {expected}");
    assert_eq!(refused(vec![]), said("plan []", "at least one layer"));
    assert_eq!(refused(vec![vec![]]), said("layer [] of number 1", "operations"));
    assert_eq!(
        refused(vec![vec![linear(8, 4), Op::Activation(Relu)], vec![linear(5, 2)]]),
        said("linear [5, 2] of layer 2", "[4, 2], as 4 units come in")
    );
    for units in [0, 8] {
        assert_eq!(
            refused(vec![vec![linear(8, 4), rms(units)], vec![linear(4, 2)]]),
            said(&format!("norm rms [{units}] of layer 1"), "[4], as 4 units come in")
        );
    }
    assert_eq!(
        refused(vec![vec![Op::Residual(vec![linear(8, 4)])], vec![linear(4, 2)]]),
        said("residual branch [8] -> [4] of layer 1", "[8] -> [8]: a sum keeps the width")
    );
    let nothing = vec![vec![Op::Residual(vec![])], vec![linear(8, 2)]];
    assert_eq!(refused(nothing), said("layer [] of number 1", "operations"));
    assert_eq!(
        refused(vec![vec![linear(8, 4), Op::Activation(Tanh)]]),
        said("readout tanh", "a linear layer as the last operation")
    );
    assert_eq!(refused(vec![vec![linear(8, 0)]]), said("fan_out 0", "an integer from 1 to 65536"));
    assert_eq!(
        refused(vec![vec![Op::linear(8, 2, Init::Sigma(f64::NAN), 1.0)]]),
        said("init value NaN", "a finite number above 0")
    );
    assert_eq!(
        refused(vec![vec![Op::linear(8, 2, Init::Kaiming, 0.0)]]),
        said("gain 0", "a finite number above 0")
    );
    let wide = vec![vec![linear(8, 65_536)], vec![linear(65_536, 65_536)]];
    assert!(refused(wide).starts_with("weights 4295491584 is not accepted"));
}

/// Three stacks for inputs of 256 entries: wide, narrow, wide with three activations; norms behind
/// activations, whose mean LayerNorm takes away and RMSNorm keeps; a residual connection within
/// another and around an activation.
fn stacks(classes: usize) -> [Plan; 3] {
    let linear =
        |fan_in, fan_out, phi| Op::linear(fan_in, fan_out, Init::Kaiming, gaussian::gain(phi));
    let readout = |fan_in| vec![Op::linear(fan_in, classes, Init::Xavier, 1.0)];
    let plan = |layers| Plan::new(256, layers).expect("layers that fit");
    [
        plan(vec![
            vec![linear(256, 512, Relu), Op::Activation(Relu)],
            vec![linear(512, 128, Relu), Op::Activation(Tanh)],
            vec![linear(128, 512, Tanh), Op::Activation(Gelu)],
            readout(512),
        ]),
        plan(vec![
            vec![
                linear(256, 512, Relu),
                Op::Activation(Relu),
                Op::Norm { norm: Norm::Layer, units: 512 },
            ],
            vec![
                linear(512, 512, Identity),
                Op::Activation(Silu),
                Op::Norm { norm: Norm::Rms, units: 512 },
                Op::Residual(vec![linear(512, 512, Identity), Op::Activation(Relu)]),
            ],
            readout(512),
        ]),
        plan(vec![
            vec![linear(256, 512, Identity)],
            vec![Op::Residual(vec![
                linear(512, 256, Identity),
                Op::Activation(Relu),
                linear(256, 512, Relu),
                Op::Residual(vec![linear(512, 512, Identity), Op::Activation(Tanh)]),
                linear(512, 512, Identity),
            ])],
            readout(512),
        ]),
    ]
}

const SEEDS: u64 = 16;

/// Of one network: second moment of each layer's pre-activation, output and gradient, and the
/// squared gradient of one logit by all parameters.
fn measured(plan: &Plan, seed: u64) -> Vec<f64> {
    let network = plan.build(seed);
    let mut x = normals(16, 256, 900 + seed);
    for mut row in x.rows_mut() {
        let root = (row.dot(&row) / 256.0).sqrt();
        row.mapv_inplace(|x| x / root);
    }
    let trace = network.trace(&Tensor::constant(x.mapv(|x| x as f32)));
    let back = normals(16, plan.classes(), 950 + seed).mapv(|x| x as f32);
    let gradients = trace.logits().backward_from(&back);
    let square = |a: &Array2<f32>| a.iter().map(|&a| f64::from(a) * f64::from(a)).sum::<f64>();
    let moment = |a: &Array2<f32>| square(a) / a.len() as f64;
    let mut found = vec![];
    for layer in &trace.layers {
        let z = &layer.pre_activation;
        found.extend([moment(z.values()), moment(layer.output.values()), moment(gradients.of(z))]);
    }
    let one =
        network.forward(&Tensor::constant(x.mapv(|x| x as f32).slice_move(ndarray::s![..1, ..])));
    let mut of_first = Array2::zeros((1, plan.classes()));
    of_first[[0, 0]] = 1.0;
    let gradients = one.backward_from(&of_first);
    found.push(network.parameters().filter_map(|p| gradients.get(p)).map(square).sum());
    found
}

#[test]
fn theory_of_stacks_written_by_hand_is_that_of_their_networks() {
    for plan in stacks(64) {
        let theory = Propagation::of_plan(&plan).layers;
        let mut expected: Vec<f64> =
            theory.iter().flat_map(|layer| [layer.q, layer.output, layer.gradient]).collect();
        expected.push(Kernel::of_plan(&plan).tangent.same);
        let seeds: Vec<u64> = (0..SEEDS).collect();
        let networks = map_in_parallel(&seeds, &Silent, |&seed| measured(&plan, seed));
        assert_eq!(networks[0].len(), expected.len(), "{plan}");
        for (k, expected) in expected.into_iter().enumerate() {
            let mean = networks.iter().map(|n| n[k]).sum::<f64>() / SEEDS as f64;
            let spread = networks.iter().map(|n| (n[k] - mean) * (n[k] - mean)).sum::<f64>();
            // Three standard errors over the networks, and the next order of 1/width, 128.
            let error = (spread / (SEEDS * (SEEDS - 1)) as f64).sqrt();
            let allowed = 3.0 * error + 2.0 / 128.0 * expected;
            println!("{k}: {mean:.4} for {expected:.4}, within {allowed:.4}");
            assert!((mean - expected).abs() < allowed, "{plan}{k}: {mean} for {expected}");
            assert!(allowed < 0.25 * expected, "{plan}{k}: {expected} is not tested: {allowed}");
        }
    }
}

#[test]
fn a_deep_linear_stack_of_any_widths_has_the_kernel_of_its_product() {
    let linear = |fan_in, fan_out| vec![Op::linear(fan_in, fan_out, Init::Xavier, 1.0)];
    let layers = vec![linear(256, 100), linear(100, 20), linear(20, 500), linear(500, 2)];
    let kernel = Kernel::of_plan(&Plan::new(256, layers).expect("layers that fit"));
    // Each factor adds fan_in, 1 being the second moment everywhere; each bias adds 1.
    assert!((kernel.tangent.same - (256.0 + 100.0 + 20.0 + 500.0 + 4.0)).abs() < 1e-9);
    assert!((kernel.tangent.apart - 4.0).abs() < 1e-12);
    let noise = 2.0 / 100.0 + 2.0 / 20.0 + 2.0 / 500.0;
    assert!((kernel.noise - noise).abs() < 1e-15, "{}", kernel.noise);
}

#[test]
fn a_plan_is_predicted_as_its_recipe_is() {
    let training = Training::sgd(1e-2).momentum(0.9).steps(40);
    for recipe in [Recipe::mlp(6).width(64), Recipe::blocks(3).norm(Norm::Rms).width(64)] {
        let plan = recipe.plan();
        let layers = Plan::new(256, plan.layers().to_vec()).expect("layers that fit");
        assert_eq!(layers.predict(&training, &Task::default()), recipe.predict(&training));
    }
}

/// With one example a batch is all there is to learn: the more there are, the slower.
#[test]
fn the_number_of_examples_counts() {
    let plan = Recipe::mlp(4).width(64).plan();
    let training = Training::sgd(3e-3).momentum(0.9).batch(64).steps(300);
    let end = |examples| {
        let prediction = plan.predict(&training, &Task::of(&plan).examples(examples));
        *prediction.losses().last().expect("a step")
    };
    let ends = [end(100), end(1000), end(10_000)];
    println!("{ends:?}");
    assert!(ends[0] < 0.5 * ends[1] && ends[1] < ends[2], "{ends:?}");
}

#[test]
fn a_task_that_does_not_fit_is_refused() {
    let (plan, training) = (Recipe::mlp(2).plan(), Training::sgd(1e-2).steps(3));
    let said =
        |task: Task| Prediction::of_plan(&plan, &training, &task).expect_err("refused").to_string();
    let task = Task::default();
    assert_eq!(
        said(task.examples(1)),
        "examples 1 is not accepted: expected an integer from 2 to 1048576"
    );
    assert_eq!(
        said(Task { inputs: 100, ..task }),
        "inputs 100 is not accepted: expected 256, as the plan has"
    );
    assert_eq!(
        said(Task { classes: 3, ..task }),
        "classes 3 is not accepted: expected 2, as the plan has"
    );
    assert_eq!(
        said(task.examples(1 << 19)),
        "entries 134217728 is not accepted: expected at most 67108864: lower examples or inputs"
    );
}
