//! Recipes and trainings as JSON: what is read, what is refused, and what is said about it.

use minigrad::prelude::*;

/// What is said about a JSON text that is refused, without the place that serde_json adds.
fn refused<T: serde::de::DeserializeOwned>(json: &str) -> String {
    let Err(error) = serde_json::from_str::<T>(json) else { panic!("accepted: {json}") };
    let message = error.to_string();
    message.split(" at line ").next().unwrap_or_default().to_owned()
}

#[test]
fn a_recipe_comes_back_as_it_went() {
    for activation in Activation::ALL {
        for init in [Init::Kaiming, Init::Uniform(0.5), Init::Sigma(1.25), Init::Orthogonal(1e-3)] {
            let recipe = Recipe::mlp(7)
                .width(33)
                .activation(activation)
                .init(init)
                .inputs(5)
                .classes(4)
                .seed(u64::MAX);
            let json = serde_json::to_string(&recipe).expect("JSON");
            assert_eq!(serde_json::from_str::<Recipe>(&json).expect(&json), recipe);
        }
    }
}

#[test]
fn a_training_comes_back_as_it_went() {
    for training in [
        Training::sgd(1e-3).momentum(0.9).batch(3).steps(5).seed(u64::MAX),
        Training::adam(0.1 + 0.2).momentum(0.5),
        Training::sgd(f64::MIN_POSITIVE),
    ] {
        let json = serde_json::to_string(&training).expect("JSON");
        assert_eq!(serde_json::from_str::<Training>(&json).expect(&json), training);
    }
}

#[test]
fn an_init_and_an_activation_are_read_as_they_are_printed() {
    for (name, takes_value) in Init::NAMES {
        let text = if takes_value { format!("{name}(0.25)") } else { name.to_owned() };
        assert_eq!(text.parse::<Init>().expect(&text).to_string(), text);
    }
    for activation in Activation::ALL {
        assert_eq!(activation.to_string().parse(), Ok(activation));
    }
}

#[test]
fn the_shape_of_the_json_is_fixed() {
    assert_eq!(
        serde_json::to_string(&Recipe::mlp(12).init(Init::Uniform(0.5))).expect("JSON"),
        concat!(
            r#"{"body":"plain","depth":12,"width":256,"activation":"relu","#,
            r#""init":{"kind":"uniform","value":0.5},"norm":"none","placement":"none","#,
            r#""residual":false,"out_proj":"plain","final_norm":false,"#,
            r#""inputs":256,"classes":2,"seed":0}"#
        )
    );
    assert_eq!(
        serde_json::to_string(&Training::sgd(1e-3).momentum(0.9)).expect("JSON"),
        r#"{"method":{"sgd":{"momentum":0.9}},"lr":0.001,"batch":64,"steps":1000,"seed":0}"#
    );
}

#[test]
fn biases_are_written_where_they_are_drawn_and_refused_where_they_cannot_be() {
    let recipe = Recipe::mlp(3).bias_std(0.25);
    let json = serde_json::to_string(&recipe).expect("JSON");
    assert!(json.contains(r#","bias_std":0.25,"#), "{json}");
    assert_eq!(serde_json::from_str::<Recipe>(&json).expect("a recipe"), recipe);
    for (given, value) in [("-0.5", "-0.5"), ("\"a\"", "\"a\""), ("true", "true")] {
        let json = format!(r#"{{"depth": 3, "bias_std": {given}}}"#);
        let refused = serde_json::from_str::<Recipe>(&json).expect_err(given).to_string();
        let expected =
            format!("bias_std {value} is not accepted: expected a finite number from 0 up");
        assert!(refused.starts_with(&expected), "{refused}");
    }
    for bias_std in [-1e-3, f64::NAN, f64::INFINITY] {
        assert_eq!(Recipe::mlp(3).bias_std(bias_std).check().expect_err("no").field, "bias_std");
    }
    // At 0 nothing is drawn: the weights are those of a recipe that does not name it.
    let weights = |recipe: Recipe| recipe.build().linears()[1].weight.values().clone();
    assert_eq!(weights(Recipe::mlp(3).bias_std(0.0)), weights(Recipe::mlp(3)));
    assert_ne!(weights(recipe), weights(Recipe::mlp(3)));
}

#[test]
fn decay_warm_up_and_clipping_are_written_where_they_are_and_refused_by_name() {
    let bare = Training::sgd(0.5).steps(20);
    let training = bare.clone().weight_decay(0.25).warm_up(20).clip_norm(1e-3);
    let json = serde_json::to_string(&training).expect("JSON");
    assert!(json.ends_with(r#""weight_decay":0.25,"warm_up":20,"clip_norm":0.001}"#), "{json}");
    assert_eq!(serde_json::from_str::<Training>(&json).expect("a training"), training);
    assert_eq!(
        training.to_string(),
        "sgd, lr 0.5, momentum 0, weight decay 0.25, warm-up 20, clip norm 0.001, batch 64, 20 steps"
    );
    for (training, expected) in [
        (bare.clone().weight_decay(-1.0), "weight_decay -1"),
        (bare.clone().weight_decay(f64::NAN), "weight_decay NaN"),
        (bare.clone().warm_up(21), "warm_up 21"),
        (bare.clone().clip_norm(0.0), "clip_norm 0"),
        (bare.clone().clip_norm(-1.0), "clip_norm -1"),
        (bare.clone().clip_norm(f64::INFINITY), "clip_norm inf"),
    ] {
        let refused = training.check().expect_err(expected).to_string();
        assert!(refused.starts_with(&format!("{expected} is not accepted: ")), "{refused}");
    }
    for (field, expected) in [
        (
            r#""weight_decay": -0.5"#,
            "weight_decay -0.5 is not accepted: expected a finite number from 0",
        ),
        (
            r#""weight_decay": "a""#,
            "weight_decay \"a\" is not accepted: expected a finite number from 0",
        ),
        (
            r#""steps": 9, "warm_up": 10"#,
            "warm_up 10 is not accepted: expected an integer from 0 to 9",
        ),
        (r#""warm_up": 0.5"#, "warm_up 0.5 is not accepted: expected an integer from 0 to 1000000"),
        (r#""clip_norm": 0"#, "clip_norm 0 is not accepted: expected a finite number above 0"),
        (
            r#""clip_norm": null"#,
            "clip_norm null is not accepted: expected a finite number above 0",
        ),
    ] {
        let refused = refused::<Training>(&format!(r#"{{"lr": 1, {field}}}"#));
        assert!(refused.starts_with(expected), "{refused}");
    }
}

#[test]
fn predictions_refuse_decay_warm_up_and_clipping() {
    let bare = Training::sgd(1e-2).steps(10);
    let refused =
        |training| Prediction::of(&Recipe::mlp(3), &training).map(drop).expect_err("refused");
    for (training, field) in [
        (bare.clone().weight_decay(0.1), "weight_decay"),
        (bare.clone().warm_up(5), "warm_up"),
        (bare.clone().clip_norm(1.0), "clip_norm"),
    ] {
        assert_eq!(refused(training).field, field);
    }
}

#[test]
fn what_is_left_out_is_the_books_default() {
    let recipe: Recipe = serde_json::from_str(r#"{"depth": 12}"#).expect("a recipe");
    assert_eq!(recipe, Recipe::mlp(12));
    assert_eq!(
        recipe,
        Recipe::mlp(12)
            .width(256)
            .activation(Relu)
            .init(Init::Kaiming)
            .inputs(256)
            .classes(2)
            .seed(0)
    );
    let training: Training = serde_json::from_str(r#"{"lr": 0.001}"#).expect("a training");
    assert_eq!(training, Training::sgd(1e-3).momentum(0.0).batch(64).steps(1000).seed(0));
}

#[test]
fn an_unknown_field_is_named() {
    let recipe = refused::<Recipe>(r#"{"depth": 3, "dept": 4}"#);
    assert!(
        recipe.starts_with("unknown field `dept`, expected one of `body`, `depth`, `width`"),
        "{recipe}"
    );
    let training = refused::<Training>(r#"{"lr": 1, "momentum": 0.9}"#);
    assert!(
        training.starts_with("unknown field `momentum`, expected one of `method`"),
        "{training}"
    );
    let init = refused::<Recipe>(r#"{"depth": 3, "init": {"kind": "xavier", "gain": 2}}"#);
    assert_eq!(init, "unknown field `gain`, expected `kind` or `value`");
    let twice = refused::<Recipe>(r#"{"depth": 3, "init": {"kind": "xavier", "kind": "glorot"}}"#);
    assert_eq!(twice, "duplicate field `kind`");
    assert_eq!(refused::<Recipe>(r#"{"depth": 3, "depth": 4}"#), "duplicate field `depth`");
    let method =
        refused::<Training>(r#"{"lr": 1, "method": {"sgd": {"momentum": 0, "nesterov": 1}}}"#);
    assert_eq!(method, "unknown field `nesterov`, expected `momentum`");
}

#[test]
fn a_missing_field_is_named() {
    assert_eq!(refused::<Recipe>("{}"), "missing field `depth`");
    assert_eq!(refused::<Training>("{}"), "missing field `lr`");
}

const INITS: &str =
    "one of uniform(VALUE), xavier, xavier_uniform, glorot, glorot_uniform, kaiming, \
                     kaiming_uniform, sigma(VALUE), orthogonal(VALUE), gpt2";

/// What is said of a size outside `from..=to`.
fn outside(field: &str, value: impl std::fmt::Display, from: usize, to: usize) -> String {
    format!("{field} {value} is not accepted: expected an integer from {from} to {to}")
}

#[test]
fn impossible_sizes_are_named() {
    assert_eq!(refused::<Recipe>(r#"{"depth": 0}"#), outside("depth", 0, 1, 10_000));
    assert_eq!(refused::<Recipe>(r#"{"depth": 1, "width": 0}"#), outside("width", 0, 1, 65_536));
    assert_eq!(refused::<Recipe>(r#"{"depth": 1, "inputs": 0}"#), outside("inputs", 0, 1, 65_536));
    assert_eq!(
        refused::<Recipe>(r#"{"depth": 1, "classes": 0}"#),
        outside("classes", 0, 1, 65_536)
    );
    assert_eq!(refused::<Training>(r#"{"lr": 1, "batch": 0}"#), outside("batch", 0, 1, 65_536));
    assert_eq!(refused::<Training>(r#"{"lr": 1, "steps": 0}"#), outside("steps", 0, 1, 1_000_000));
}

#[test]
fn sizes_beyond_memory_and_time_are_named() {
    let said = |recipe: Recipe| recipe.check().expect_err("refused").to_string();
    let mlp = || Recipe::mlp(3);
    for most in [usize::MAX, 1 << 62, 1 << 40, 65_537] {
        assert_eq!(said(Recipe::mlp(most)), outside("depth", most, 1, 10_000));
        assert_eq!(said(mlp().width(most)), outside("width", most, 1, 65_536));
        assert_eq!(said(Recipe::blocks(3).width(most)), outside("width", most, 1, 65_536));
        assert_eq!(said(mlp().inputs(most)), outside("inputs", most, 1, 65_536));
        assert_eq!(said(mlp().classes(most)), outside("classes", most, 1, 65_536));
        let said = |t: Training| t.check().expect_err("refused").to_string();
        assert_eq!(said(Training::sgd(1.0).batch(most)), outside("batch", most, 1, 65_536));
    }
    let long = Training::sgd(1.0).steps(1_000_001).check().expect_err("refused").to_string();
    assert_eq!(long, outside("steps", 1_000_001, 1, 1_000_000));
}

/// The count of weights that `check` makes without the list of shapes, at its bound of 2^27.
#[test]
fn more_weights_than_memory_holds_are_refused() {
    let bodies = [
        Recipe::mlp(1).inputs(4096).classes(32_768),
        Recipe::mlp(2).width(8192).inputs(8192).classes(8192),
        Recipe::mlp(10_000).width(115),
        Recipe::blocks(31).width(736).inputs(40).classes(65_536 - 17_612),
    ];
    for recipe in bodies {
        let count: usize = recipe.shapes().iter().map(|(fan_in, fan_out)| fan_in * fan_out).sum();
        let refused = recipe.clone().check();
        assert_eq!(refused.is_ok(), count <= 1 << 27, "{recipe}: {count}");
        let more = Recipe { width: recipe.width + 1, inputs: recipe.inputs + 1, ..recipe };
        let count: usize = more.shapes().iter().map(|(fan_in, fan_out)| fan_in * fan_out).sum();
        let said = more.check().expect_err("refused").to_string();
        assert_eq!(
            said,
            format!(
                "weights {count} is not accepted: \
                 expected at most 134217728: lower depth, width, inputs or classes"
            )
        );
    }
    // 256^2 8192 + 8192^3 + 8192 2^2, the smaller side of each matrix counting twice.
    let orthogonal = Recipe::mlp(3).width(8192).init(Init::Orthogonal(1.0));
    assert!(Recipe::mlp(3).width(8192).check().is_ok());
    let said = orthogonal.check().expect_err("refused").to_string();
    assert!(said.starts_with("orthogonal products 550292717568 is not accepted"), "{said}");
}

#[test]
fn a_training_that_memory_or_time_cannot_hold_is_refused() {
    let said = |training: Training, recipe: &Recipe| {
        training.check_for(recipe).expect_err("refused").to_string()
    };
    // 256 inputs, 11 layers of 256 units and 2 logits: 3074 entries for each example.
    let most = (1 << 25) / 3074;
    let recipe = Recipe::mlp(12);
    assert!(Training::sgd(1.0).batch(most).check_for(&recipe).is_ok());
    assert_eq!(
        said(Training::sgd(1.0).batch(most + 1), &recipe),
        format!(
            "activations {} is not accepted: \
             expected at most 33554432: lower batch, depth or width",
            (most + 1) * 3074
        )
    );
    // 256 x 2 weights for each example: 2^47 / 512 of them.
    let line = Recipe::mlp(1);
    assert!(Training::sgd(1.0).batch(65_536).steps(1_000_000).check_for(&line).is_ok());
    let wide = Recipe::mlp(1).classes(64);
    assert!(said(Training::sgd(1.0).batch(65_536).steps(1_000_000), &wide).starts_with(
        "products 1073741824000000 is not accepted: expected at most 140737488355328"
    ));
    assert_eq!(said(Training::sgd(1.0), &Recipe::mlp(0)), outside("depth", 0, 1, 10_000));
}

#[test]
#[should_panic(
    expected = "training: activations 201457664 is not accepted: expected at most 33554432"
)]
fn a_trainer_refuses_what_its_memory_cannot_hold() {
    let data = SignOfSum::sample(10, 0, 0);
    Recipe::mlp(12).build().train(&data, &Training::sgd(1.0).batch(65_536));
}

#[test]
#[should_panic(expected = "width 4611686018427387904 is not accepted")]
fn theory_refuses_sizes_that_would_wrap() {
    Propagation::of(&Recipe::blocks(2).width(1 << 62));
}

#[test]
#[should_panic(expected = "width 4611686018427387905 is not accepted")]
fn shapes_refuse_sizes_that_would_wrap() {
    Recipe::blocks(2).width((1 << 62) + 1).shapes();
}

#[test]
fn a_prediction_refuses_more_than_it_can_read() {
    let training = Training::sgd(1e-3).batch(4096).steps(65_537);
    let error = Prediction::of(&Recipe::mlp(2), &training).expect_err("refused").to_string();
    assert_eq!(
        error,
        format!(
            "entries to read {} is not accepted: \
             expected at most 68719476736: lower steps, batch or inputs",
            4096usize * 65_537 * 256
        )
    );
}

#[test]
fn a_thousand_layers_are_predicted() {
    let training = Training::sgd(1e-3).momentum(0.9).steps(20);
    let deep = Recipe::mlp(1000).init(Init::Sigma(2.0)).predict(&training);
    assert_eq!(deep.verdict(), Verdict::Diverges);
    assert!(training.check_for(&Recipe::mlp(1000)).is_ok());
}

#[test]
fn a_value_of_the_wrong_type_is_named_with_what_is_accepted() {
    let recipe = |field: &str| refused::<Recipe>(&format!(r#"{{"depth": 3, {field}}}"#));
    for value in ["null", "true", "-1", "3.0", "\"3\"", "1.8446744073709552e19"] {
        let expected = outside("width", value, 1, 65_536);
        assert_eq!(recipe(&format!(r#""width": {value}"#)), expected);
    }
    assert_eq!(
        refused::<Recipe>(r#"{"depth": 18446744073709551616}"#),
        outside("depth", "1.8446744073709552e19", 1, 10_000)
    );
    assert_eq!(
        recipe(r#""seed": -1"#),
        "seed -1 is not accepted: expected an integer from 0 to 18446744073709551615"
    );
    assert_eq!(recipe(r#""residual": 1"#), "residual 1 is not accepted: expected true or false");
    assert_eq!(
        recipe(r#""norm": [1]"#),
        "norm [...] is not accepted: expected one of none, ln, rms"
    );
    let object = r#"an object such as {"kind": "kaiming"} or {"kind": "sigma", "value": 1.5}"#;
    for (value, shown) in
        [("\"kaiming\"", "string \"kaiming\""), ("null", "null"), ("2", "integer `2`")]
    {
        let expected = format!("invalid type: {shown}, expected init as {object}");
        assert_eq!(recipe(&format!(r#""init": {value}"#)), expected);
    }
    assert_eq!(
        recipe(r#""init": {"kind": "sigma", "value": "x"}"#),
        "init value \"x\" is not accepted: expected a finite number above 0"
    );
    assert_eq!(recipe(r#""init": {"value": 2}"#), "missing field `kind`");
    assert!(
        recipe(r#""init": {"kind": 3}"#).starts_with("init kind 3 is not accepted: expected one")
    );

    let training = |field: &str| refused::<Training>(&format!(r#"{{"lr": 1, {field}}}"#));
    assert_eq!(
        refused::<Training>(r#"{"lr": "fast"}"#),
        "lr \"fast\" is not accepted: expected a finite number above 0"
    );
    for (value, shown) in [("null", "null"), ("\"sgd\"", "string \"sgd\"")] {
        let expected = format!(
            r#"invalid type: {shown}, expected method {{"sgd": {{...}}}} or {{"adam": {{...}}}}"#
        );
        assert_eq!(training(&format!(r#""method": {value}"#)), expected);
    }
    assert_eq!(training(r#""method": {"sgd": {}}"#), "missing field `momentum`");
    assert_eq!(
        training(r#""method": {"rmsprop": {}}"#),
        "unknown field `rmsprop`, expected `sgd` or `adam`"
    );
    let long = format!(r#"{{"depth": 3, "norm": "{}"}}"#, "x".repeat(10_000));
    assert!(refused::<Recipe>(&long).len() < 200);
}

#[test]
fn huge_and_tiny_numbers_are_shown_with_an_exponent() {
    let training = Training::sgd(1e300).momentum(1e-12).to_string();
    assert_eq!(training, "sgd, lr 1e300, momentum 1e-12, batch 64, 1000 steps");
    assert_eq!(Init::Sigma(1e20).to_string(), "sigma(1e20)");
    assert_eq!("sigma(1e20)".parse(), Ok(Init::Sigma(1e20)));
    assert_eq!(Training::sgd(1e-5).steps(1).to_string().split(',').nth(1), Some(" lr 0.00001"));
}

#[test]
fn impossible_rates_are_named() {
    let positive = |what: &str| format!("{what} is not accepted: expected a finite number above 0");
    for lr in ["-1", "0"] {
        assert_eq!(
            refused::<Training>(&format!(r#"{{"lr": {lr}}}"#)),
            positive(&format!("lr {lr}"))
        );
    }
    let share = |what: &str| format!("{what} is not accepted: expected a number from 0 to below 1");
    assert_eq!(
        refused::<Training>(r#"{"lr": 1, "method": {"sgd": {"momentum": 1}}}"#),
        share("momentum 1")
    );
    let adam = |b1: &str, b2: &str, e: &str| {
        refused::<Training>(&format!(
            r#"{{"lr": 1, "method": {{"adam": {{"beta1": {b1}, "beta2": {b2}, "epsilon": {e}}}}}}}"#
        ))
    };
    assert_eq!(adam("-0.5", "0.9", "1"), share("beta1 -0.5"));
    assert_eq!(adam("0.9", "1.5", "1"), share("beta2 1.5"));
    assert_eq!(adam("0.9", "0.9", "0"), positive("epsilon 0"));
    // What JSON cannot say can still be built.
    for (lr, shown) in [(f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        let said = Training::sgd(lr).check().expect_err("refused").to_string();
        assert_eq!(said, positive(&format!("lr {shown}")));
    }
    let said = Training::sgd(1.0).momentum(f64::NAN).check().expect_err("refused").to_string();
    assert_eq!(said, share("momentum NaN"));
}

#[test]
fn impossible_inits_are_named() {
    let init = |json: &str| refused::<Recipe>(&format!(r#"{{"depth": 1, "init": {json}}}"#));
    let accepted = |what: &str| format!("init {what:?} is not accepted: expected {INITS}");
    assert_eq!(init(r#"{"kind": "he"}"#), accepted("he"));
    assert_eq!(init(r#"{"kind": "sigma"}"#), accepted("sigma"));
    assert_eq!(init(r#"{"kind": "sigma", "value": null}"#), accepted("sigma"));
    assert_eq!(init(r#"{"kind": "xavier", "value": 2}"#), accepted("xavier(2)"));
    let value =
        |v: &str| format!("init value {v} is not accepted: expected a finite number above 0");
    for v in ["-0.5", "0"] {
        assert_eq!(init(&format!(r#"{{"kind": "uniform", "value": {v}}}"#)), value(v));
    }
    let parse = |text: &str| text.parse::<Init>().expect_err(text).to_string();
    assert_eq!(parse("sigma(NaN)"), value("NaN"));
    assert_eq!(parse("sigma(inf)"), value("inf"));
    for text in ["sigma", "sigma(x)", "sigma(", "kaiming(1)", "Kaiming", ""] {
        assert_eq!(parse(text), accepted(text));
    }
    let said = Recipe::mlp(1).init(Init::Sigma(f64::NAN)).check().expect_err("refused").to_string();
    assert_eq!(said, value("NaN"));
}

#[test]
fn an_unknown_activation_is_named() {
    assert_eq!(
        refused::<Recipe>(r#"{"depth": 1, "activation": "swish"}"#),
        "activation \"swish\" is not accepted: expected one of identity, relu, leaky_relu, tanh, sigmoid, \
         gelu, gelu_tanh, silu, elu, selu, softplus"
    );
    assert_eq!(
        "swish".parse::<Activation>().expect_err("refused").to_string(),
        "activation \"swish\" is not accepted: expected one of identity, relu, leaky_relu, tanh, sigmoid, \
         gelu, gelu_tanh, silu, elu, selu, softplus"
    );
}

#[test]
#[should_panic(expected = "recipe: depth 0 is not accepted: expected an integer from 1 to 10000")]
fn what_cannot_be_built_says_so() {
    Recipe::mlp(0).build();
}

#[test]
#[should_panic(
    expected = "training: steps 0 is not accepted: expected an integer from 1 to 1000000"
)]
fn what_cannot_be_trained_says_so() {
    let data = SignOfSum::sample(10, 0, 0);
    Recipe::mlp(1).build().train(&data, &Training::sgd(1.0).steps(0));
}

#[test]
fn parts_that_do_not_go_together_are_named() {
    let message = |recipe: Recipe| recipe.check().expect_err("refused").to_string();
    assert_eq!(
        message(Recipe::mlp(3).norm(Norm::Rms).placement(Placement::Post)),
        "placement post is not accepted: expected pre_act with norm rms, body plain"
    );
    assert_eq!(
        message(Recipe::blocks(3).placement(Placement::Pre)),
        "placement pre is not accepted: expected none with norm none, body block"
    );
    assert_eq!(
        message(Recipe::mlp(3).out_proj(OutProj::Zero)),
        "out_proj zero is not accepted: expected plain with body plain"
    );
    assert_eq!(
        message(Recipe::blocks(3).norm(Norm::Rms).residual().out_proj(OutProj::DeepNorm)),
        "out_proj deepnorm is not accepted: \
         expected another without residual connections and placement post"
    );
    assert_eq!(
        message(Recipe::blocks(3).out_proj(OutProj::SkipInit)),
        "out_proj skipinit is not accepted: \
         expected another without residual connections: a branch of zero passes nothing"
    );
    assert_eq!(
        message(Recipe::blocks(3).final_norm()),
        "final_norm true is not accepted: expected false without blocks and a norm"
    );
    assert_eq!(
        message(Recipe::blocks(3).bias_std(0.1)),
        "bias_std 0.1 is not accepted: expected 0 with body block"
    );
    for norm in Norm::ALL {
        assert!(Recipe::mlp(3).norm(norm).check().is_ok());
        assert!(Recipe::blocks(3).norm(norm).residual().check().is_ok());
    }
}
