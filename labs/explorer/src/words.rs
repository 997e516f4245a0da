//! A network and its training in a reader's words.

use minigrad::recipe::{
    Activation, Body, Init, Method, Norm, OutProj, Placement, Recipe, Training,
};

/// A network: how deep and wide, its activation, how weights are drawn, what stands around them.
///
/// ```
/// use minigrad::prelude::*;
/// use minigrad_explorer::words::network;
/// let recipe = Recipe::mlp(20).init(Init::Sigma(2.5)).norm(Norm::Rms).residual();
/// assert_eq!(
///     network(&recipe),
///     "20 layers of 256 units, ReLU; weights N(0, 2.5²/fan_in); RMSNorm before each activation, \
///      residual connections"
/// );
/// ```
pub fn network(recipe: &Recipe) -> String {
    let Recipe { depth, width, .. } = recipe;
    let body = match recipe.body {
        Body::Plain => "layers",
        Body::Block => "blocks",
    };
    let mut around = vec![];
    let norm = match recipe.norm {
        Norm::None => "no norm",
        Norm::Layer => "LayerNorm",
        Norm::Rms => "RMSNorm",
    };
    around.push(match recipe.placement {
        Placement::None => norm.to_owned(),
        Placement::PreAct => format!("{norm} before each activation"),
        Placement::Pre => format!("{norm} at the entry of each block’s branch (pre-norm)"),
        Placement::Post if recipe.residual => format!("{norm} after each sum (post-norm)"),
        Placement::Post => format!("{norm} after each block (post-norm)"),
    });
    around.push(
        if recipe.residual { "residual connections" } else { "no residual connections" }.into(),
    );
    if recipe.bias_std != 0.0 {
        around.push(format!("biases N(0, {}²)", recipe.bias_std));
    }
    if recipe.final_norm {
        around.push("a final norm".to_owned());
    }
    match recipe.out_proj {
        OutProj::Plain => {}
        OutProj::Zero => around.push("last weights of each block zero".to_owned()),
        OutProj::Scaled => around.push("last weights of each block times 1/√(2 depth)".to_owned()),
        OutProj::Fixup => around.push("branches that start by Fixup".to_owned()),
        OutProj::SkipInit => around.push("branches times a learned 0 (SkipInit)".to_owned()),
        OutProj::DeepNorm => around.push("branches that start by DeepNorm".to_owned()),
    }
    let activation = match recipe.activation {
        Activation::Identity => "no activation".to_owned(),
        Activation::LeakyRelu(slope) => format!("leaky ReLU of slope {slope}"),
        other => other.in_words().to_owned(),
    };
    format!(
        "{depth} {body} of {width} units, {activation}; {}; {}",
        init(recipe.init),
        around.join(", ")
    )
}

/// How it is trained.
///
/// ```
/// use minigrad::prelude::*;
/// let training = Training::sgd(1e-3).momentum(0.9).steps(300);
/// let words = minigrad_explorer::words::training(&training);
/// assert_eq!(words, "lr 0.001, momentum 0.9, batch 64, 300 steps");
/// ```
pub fn training(training: &Training) -> String {
    let Training { lr, batch, steps, .. } = training;
    let rule = match training.method {
        Method::Sgd { momentum } => format!("lr {lr}, momentum {momentum}"),
        Method::Adam { beta1, beta2, .. } => format!("Adam, lr {lr}, betas {beta1}, {beta2}"),
    };
    let mut more = String::new();
    if training.weight_decay != 0.0 {
        more += &format!(", weight decay {}", training.weight_decay);
    }
    if training.warm_up != 0 {
        more += &format!(", warm-up over {} steps", training.warm_up);
    }
    if let Some(most) = training.clip_norm {
        more += &format!(", gradient clipped at norm {most}");
    }
    format!("{rule}{more}, batch {batch}, {steps} steps")
}

fn init(init: Init) -> String {
    let name = init.to_string();
    let (kind, value) = name.split_once('(').unwrap_or((&name, ""));
    let value = value.trim_end_matches(')');
    match kind {
        "uniform" => format!("weights uniform on [−{value}, {value}]"),
        "sigma" => format!("weights N(0, {value}²/fan_in)"),
        "orthogonal" => format!("orthogonal weights of variance {value}²/fan_in"),
        "kaiming" => "Kaiming".to_owned(),
        "kaiming_uniform" => "Kaiming, uniform".to_owned(),
        "xavier" => "Xavier".to_owned(),
        "xavier_uniform" => "Xavier, uniform".to_owned(),
        "glorot" => "Glorot".to_owned(),
        "glorot_uniform" => "Glorot, uniform".to_owned(),
        "gpt2" => "GPT-2’s init, N(0, 0.02²)".to_owned(),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that readers see are the field's, for every init that there is.
    #[test]
    fn every_init_has_words() {
        for (name, valued) in Init::NAMES {
            let text = if valued { format!("{name}(1.5)") } else { name.to_owned() };
            let words = init(text.parse().unwrap());
            assert_ne!(words, text);
            assert_eq!(words.contains("1.5"), valued, "{words}");
        }
    }
}
