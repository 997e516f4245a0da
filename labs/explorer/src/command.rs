//! The command line that asks the same.

use minigrad::recipe::{Body, Method, Norm, OutProj, Recipe, Training};

/// The flags with which `predict` and `train` describe this network and its training, those at
/// their default left out, and the seed, which `predict` does not need.
///
/// ```
/// use minigrad::prelude::*;
/// use minigrad_explorer::command::flags;
/// let recipe = Recipe::blocks(50).activation(Gelu).norm(Norm::Rms).residual();
/// let training = Training::sgd(1e-3).momentum(0.9).steps(300);
/// assert_eq!(
///     flags(&recipe, &training),
///     "--body block --depth 50 --activation gelu --norm rms --residual --steps 300"
/// );
/// ```
pub fn flags(recipe: &Recipe, training: &Training) -> String {
    let bare = match recipe.body {
        Body::Plain => Recipe::mlp(12),
        Body::Block => Recipe::blocks(12),
    };
    let usual = Training::sgd(1e-3).momentum(0.9);
    let momentum = |training: &Training| match training.method {
        Method::Sgd { momentum } => momentum,
        Method::Adam { beta1, .. } => beta1,
    };
    let mut flags: Vec<String> = vec![];
    let mut flag = |name: &str, value: String, default: String| {
        if value != default {
            // Brackets mean something to a shell.
            let quote = if value.contains('(') { "'" } else { "" };
            let value =
                if value == "true" { String::new() } else { format!(" {quote}{value}{quote}") };
            flags.push(format!("--{name}{value}"));
        }
    };
    flag("body", recipe.body.to_string(), Body::Plain.to_string());
    flag("depth", recipe.depth.to_string(), bare.depth.to_string());
    flag("width", recipe.width.to_string(), bare.width.to_string());
    flag("activation", recipe.activation.to_string(), bare.activation.to_string());
    flag("init", recipe.init.to_string(), bare.init.to_string());
    flag("bias-std", recipe.bias_std.to_string(), bare.bias_std.to_string());
    flag("norm", recipe.norm.to_string(), Norm::None.to_string());
    let placement = bare.norm(recipe.norm).placement;
    flag("placement", recipe.placement.to_string(), placement.to_string());
    flag("residual", recipe.residual.to_string(), false.to_string());
    flag("final-norm", recipe.final_norm.to_string(), false.to_string());
    flag("out-proj", recipe.out_proj.to_string(), OutProj::Plain.to_string());
    let is_adam = matches!(training.method, Method::Adam { .. });
    flag("adam", is_adam.to_string(), false.to_string());
    flag("lr", training.lr.to_string(), usual.lr.to_string());
    flag("momentum", momentum(training).to_string(), momentum(&usual).to_string());
    flag("batch", training.batch.to_string(), usual.batch.to_string());
    flag("steps", training.steps.to_string(), usual.steps.to_string());
    flag("weight-decay", training.weight_decay.to_string(), usual.weight_decay.to_string());
    flag("warm-up", training.warm_up.to_string(), usual.warm_up.to_string());
    let clip = training.clip_norm.map_or(String::new(), |most| most.to_string());
    flag("clip-norm", clip, String::new());
    flags.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Args, Command, FromArgMatches};
    use minigrad_labs::recipe_flags::{Course, Described};

    #[test]
    fn the_commands_read_what_is_written_here() {
        let cases = crate::cases::all().unwrap();
        let cases = cases.into_iter().map(|case| (case.recipe, case.training));
        let presets = crate::presets::all().into_iter().map(|one| (one.recipe, one.training));
        let adam = (Recipe::mlp(12), Training::adam(1e-2).momentum(0.8));
        let biased = (Recipe::mlp(12).bias_std(0.05), Training::sgd(1e-3).momentum(0.9));
        let steady = Training::adam(1e-2).weight_decay(0.01).warm_up(20).clip_norm(0.5);
        let steady = (Recipe::mlp(12), steady);
        for (recipe, training) in cases.chain(presets).chain([adam, biased, steady]) {
            let line = flags(&recipe, &training);
            let words = line.split(' ').map(|word| word.trim_matches('\''));
            let command = Command::new("predict").no_binary_name(true);
            let command = Course::augment_args(Described::augment_args(command));
            let matches = command.try_get_matches_from(words.filter(|word| !word.is_empty()));
            let matches = matches.unwrap();
            let course = Course::from_arg_matches(&matches).unwrap();
            let read = Described::from_arg_matches(&matches).unwrap().read(&course);
            assert_eq!(read.ok(), Some((recipe, training)), "{line}");
        }
    }
}
