//! The same seed gives the same bits: on any x86-64 with FMA, in any profile, on any number of threads.

use minigrad::{prelude::*, threads};

/// FNV-1a over the bits of all parameters and losses.
fn hash(network: &Network, run: &Run) -> u64 {
    let parameters = network.parameters().flat_map(|p| p.values().iter().copied());
    let bits = parameters.chain(run.losses.iter().copied()).map(f32::to_bits);
    bits.flat_map(u32::to_le_bytes).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn trained(recipe: &Recipe, training: &Training) -> u64 {
    let data = SignOfSum::sample(200, 0, 3);
    let mut network = recipe.build();
    let run = network.train(&data, training);
    assert_eq!(run.diverged_at(), None, "{recipe}");
    hash(&network, &run)
}

/// Every body, norm, placement, connection, activation and update rule at least once, in sizes
/// that reach the kernels' vectors, their remainders and the threshold of the threads.
fn cases() -> Vec<(Recipe, Training, u64)> {
    let sgd = || Training::sgd(1e-2).momentum(0.9).steps(4);
    let adam = || Training::adam(1e-3).steps(4);
    let mlp = |phi| Recipe::mlp(4).activation(phi);
    let block = || Recipe::blocks(2).width(128).activation(Gelu).residual();
    let small = |phi| Recipe::mlp(2).width(70).activation(phi);
    vec![
        (mlp(Relu), sgd(), 0x727d_c248_2902_976a),
        (mlp(Relu).width(100), adam(), 0xbf9b_10a0_16e2_6f1a),
        (mlp(Tanh).norm(Norm::Layer), sgd(), 0xc033_b305_ac06_8310),
        (mlp(Silu).norm(Norm::Rms).residual(), adam(), 0x37bf_211d_bdb4_94d0),
        (mlp(Identity).init(Init::Orthogonal(1.0)).width(64), sgd(), 0x522f_9635_188e_004d),
        (block().norm(Norm::Rms), sgd(), 0x627c_2fb9_faf3_0875),
        (
            block().norm(Norm::Layer).placement(Placement::Post).width(96),
            adam(),
            0xa659_5ca0_b9af_1ea1,
        ),
        (
            block().out_proj(OutProj::Zero).norm(Norm::Rms).final_norm().width(72),
            sgd(),
            0xa566_ec73_b0e6_9b4a,
        ),
        (
            mlp(Relu).norm(Norm::Rms),
            sgd().weight_decay(0.1).warm_up(3).clip_norm(1.0),
            0x27d0_4a01_dca7_7288,
        ),
        (
            block().norm(Norm::Rms),
            adam().weight_decay(0.1).warm_up(3).clip_norm(0.5),
            0x60cf_4d6c_5ec2_0f1f,
        ),
        (small(LeakyRelu(0.01)), sgd(), 0x54dd_8ef9_47d5_285b),
        (small(Sigmoid), sgd(), 0x9c7d_49f3_beda_652a),
        (small(GeluTanh), sgd(), 0x8f30_f217_d4c0_6f89),
        (small(Elu), sgd(), 0x83aa_1d6c_ee83_c6dd),
        (small(Selu), sgd(), 0xc9d7_ffc9_ec36_ff1a),
        (small(Softplus), sgd(), 0x00f4_4ba7_5645_a9ff),
    ]
}

/// Prints what it skips: without FMA the matrix product rounds twice as often.
fn has_fma() -> bool {
    #[cfg(target_arch = "x86_64")]
    let has = std::arch::is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    let has = false;
    if !has {
        eprintln!("skipped: the hashes hold on x86-64 with FMA, which this CPU is not");
    }
    has
}

#[test]
fn trained_networks_have_these_bits() {
    if !has_fma() {
        return;
    }
    // CI sets it, to run this under an emulated CPU with other numbers of threads.
    let count = std::env::var("MINIGRAD_THREADS").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    let trained =
        |recipe: &Recipe, training: &Training| threads::with(count, || trained(recipe, training));
    let found: Vec<String> = cases()
        .iter()
        .map(|(recipe, training, _)| {
            format!("{recipe}; {training}: {:#018x}", trained(recipe, training))
        })
        .collect();
    let expected: Vec<String> = cases()
        .iter()
        .map(|(recipe, training, hash)| format!("{recipe}; {training}: {hash:#018x}"))
        .collect();
    assert_eq!(found, expected, "\n{}", found.join("\n"));
}

#[test]
fn no_number_of_threads_changes_a_bit() {
    for (recipe, training, _) in cases() {
        let one = trained(&recipe, &training);
        for count in [2, 3, 7] {
            let shared = threads::with(count, || trained(&recipe, &training));
            assert_eq!(shared, one, "{count} threads: {recipe}; {training}");
        }
    }
}

#[test]
fn a_second_run_gives_the_same_bits() {
    let (recipe, training, _) = &cases()[0];
    assert_eq!(trained(recipe, training), trained(recipe, training));
}

/// One unit in the last place of one weight is another hash.
#[test]
fn the_hash_sees_one_bit() {
    let data = SignOfSum::sample(200, 0, 3);
    let mut network = Recipe::mlp(2).width(8).build();
    let run = network.train(&data, &Training::sgd(1e-2).steps(2));
    let before = hash(&network, &run);
    let linear = &mut network.linears_mut()[0];
    let mut weight = linear.weight.values().clone();
    weight[[3, 5]] = f32::from_bits(weight[[3, 5]].to_bits() ^ 1);
    linear.weight = Tensor::parameter(weight);
    assert_ne!(hash(&network, &run), before);
}
