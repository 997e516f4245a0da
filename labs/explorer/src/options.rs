//! What speaks for and against each of the three outcomes, from theory's numbers.

use minigrad::theory::{Kind, Limits, Prediction, Verdict};

/// Half the loss of a guess between two classes: above it at the end, a network has not trained.
const HALF: f64 = 0.5 * std::f64::consts::LN_2;

/// The three outcomes in the order in which they are asked for.
pub const ORDER: [Verdict; 3] = [Verdict::Diverges, Verdict::Vanishes, Verdict::Trains];

/// A sentence for each of [`ORDER`]: the quantity that would decide it, its value, and its limit.
///
/// ```
/// use minigrad::prelude::*;
/// use minigrad_explorer::options::options;
/// let [diverges, vanishes, trains] = options(&Recipe::mlp(12).predict(&Training::sgd(10.0).momentum(0.9)));
/// assert!(diverges.contains("above its limit of 5.2: the first updates rewrite the network"));
/// assert!(vanishes.starts_with("no norm stands on every path"));
/// assert!(trains.contains(": no)"));
/// ```
pub fn options(prediction: &Prediction) -> [String; 3] {
    let limits = Limits::FITTED;
    let stability = &prediction.stability;
    let most = limits.push(stability.kind);
    let (push, end) = (stability.push, prediction.stable_end());
    if !prediction.kernel.is_finite() {
        return [
            "the signal leaves the finite numbers on its way through the layers".to_owned(),
            "a loss that is not finite stays near nothing".to_owned(),
            "there is no finite gradient to train with".to_owned(),
        ];
    }
    let rewritten = push > most;
    let enclosed = stability.kind == Kind::Enclosed;
    let share = |share: f64| format!("{:.0} of 100", 100.0 * share);

    let moved = against("push", push, most);
    let diverges = match (rewritten, enclosed) {
        (false, _) => format!("{moved}: the first updates are likely to leave the network as it is"),
        (true, false) => format!("{moved}: the first updates rewrite the network"),
        (true, true) => format!(
            "{moved}: the first updates rewrite the network, but norms on every path hold the loss near that \
             of a guess in {} such networks",
            share(limits.risks(stability, end).held)
        ),
    };

    let collapse = match stability.collapse {
        None => "no norm stands on every path, so that there is no collapse to fear".to_owned(),
        Some(size) if size > limits.collapse => {
            format!(
                "{}: the first steps drive all inputs to one output",
                against("collapse", size, limits.collapse)
            )
        }
        Some(size) => against("collapse", size, limits.collapse),
    };
    let time = if end > HALF {
        format!(
            "theory’s curve ends at {}, above {}: too slow for its steps",
            short(end),
            short(HALF)
        )
    } else {
        format!("theory’s curve ends at {}, below {}: fast enough", short(end), short(HALF))
    };
    let vanishes = match (rewritten, enclosed) {
        (true, false) => format!(
            "{collapse}; and of networks that are rewritten only {} stay near the loss of a guess",
            share(limits.held)
        ),
        _ if stability.collapse.is_some_and(|size| size > limits.collapse) => collapse,
        _ => format!("{collapse}; {time}"),
    };

    let answer = |holds: bool| if holds { "yes" } else { "no" };
    let mut wants =
        vec![format!("a push below {most} (it is {}: {})", short(push), answer(!rewritten))];
    if let Some(size) = stability.collapse {
        let limit = limits.collapse;
        wants.push(format!(
            "a collapse below {limit} (it is {}: {})",
            short(size),
            answer(size <= limit)
        ));
    }
    let ends = format!(
        "a curve that ends below {} (it ends at {}: {})",
        short(HALF),
        short(end),
        answer(end <= HALF)
    );
    let trains = format!("it takes {} and {ends}", wants.join(", "));
    [diverges, vanishes, trains]
}

/// `push is 21, above its limit of 5.2`; within a factor of two it is close to even, and said so.
fn against(name: &str, size: f64, limit: f64) -> String {
    let relation = match size > limit {
        true if size < 2.0 * limit => "not far above",
        true => "above",
        false if 2.0 * size > limit => "not far below",
        false => "below",
    };
    format!("{name} is {}, {relation} its limit of {limit}", short(size))
}

/// Two significant digits, without a power of ten where few zeros do.
pub fn short(x: f64) -> String {
    let rounded = format!("{x:.1e}");
    let Some((digits, exponent)) = rounded.split_once('e') else { return rounded };
    match exponent.parse::<i32>() {
        Ok(exponent @ -3..=3) => format!("{:.*}", (1 - exponent).max(0) as usize, x),
        _ => format!("{digits} × 10{}", exponent.chars().map(raised).collect::<String>()),
    }
}

fn raised(digit: char) -> char {
    let at = digit.to_digit(10).map(|digit| digit as usize);
    at.map_or('⁻', |digit| ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][digit])
}

#[cfg(test)]
mod tests {
    use super::*;
    use minigrad::prelude::*;

    fn of(recipe: Recipe, lr: f64, steps: usize) -> [String; 3] {
        options(&recipe.predict(&Training::sgd(lr).momentum(0.9).steps(steps)))
    }

    /// Each quantity decides one of these; the sentence of that outcome names it and its limit.
    #[test]
    fn the_quantity_that_decides_is_named() {
        let [diverges, ..] = of(Recipe::mlp(10).width(128), 0.5, 100);
        assert_eq!(
            diverges,
            "push is 22, above its limit of 5.2: the first updates rewrite the network"
        );
        let enclosed = Recipe::blocks(16).width(64).activation(Gelu).norm(Norm::Rms);
        let [_, vanishes, trains] = of(enclosed, 1e-2, 100);
        assert!(
            vanishes.starts_with("collapse is 5.4, not far above its limit of 3.6: "),
            "{vanishes}"
        );
        assert!(trains.contains("a collapse below 3.6 (it is 5.4: no)"), "{trains}");
        let [diverges, vanishes, trains] = of(Recipe::mlp(12).init(Init::Xavier), 1e-3, 1000);
        assert!(diverges.contains("below its limit of 5.2"), "{diverges}");
        assert!(vanishes.contains("above 0.35: too slow"), "{vanishes}");
        assert!(trains.ends_with(": no)"), "{trains}");
        let [_, vanishes, trains] = of(Recipe::mlp(12), 1e-3, 1000);
        assert!(vanishes.ends_with("below 0.35: fast enough"), "{vanishes}");
        assert!(!trains.contains(": no)"), "{trains}");
    }

    #[test]
    fn a_number_has_two_digits() {
        let numbers = [0.014, 0.1, 3.94, 38.4, 512.0, 9400.0, 2.34e7, 1e-12].map(short);
        assert_eq!(
            numbers,
            ["0.014", "0.10", "3.9", "38", "512", "9400", "2.3 × 10⁷", "1.0 × 10⁻¹²"]
        );
    }

    #[test]
    fn a_signal_that_overflows_says_so() {
        let [diverges, ..] = of(Recipe::mlp(1000).init(Init::Uniform(0.5)), 1e-3, 10);
        assert!(diverges.contains("leaves the finite numbers"), "{diverges}");
    }
}
