//! What theory answers, as JSON.

use minigrad::prelude::*;
use minigrad::theory::Limits;
use serde_json::{json, Value};

/// A prediction as one object; what is not finite is `null`.
///
/// | field | holds |
/// | :--- | :--- |
/// | `verdict`, `reason` | what will become of the run, and why |
/// | `probability` | of each verdict |
/// | `extrapolates` | which field lies beyond what was measured, or `null` |
/// | `initial_loss`, `final_loss`, `half_time` | of the predicted curve |
/// | `windows`, `loss` | spans of steps, and the mean predicted loss in each |
/// | `band` | `low` and `high`: the mean loss that a tenth of all networks stay below and above |
/// | `q`, `gradient`, `correlation` | one number a layer with weights, the readout included |
/// | `tangent` | the parts of the tangent kernel |
/// | `sharpness`, `movement`, `push`, `collapse` | the size of the first updates; `collapse` may be `null` |
/// | `limits` | what `push` and `collapse` are held against |
///
/// ```
/// use minigrad::prelude::*;
/// let training = Training::sgd(1e-3).momentum(0.9).steps(100);
/// let prediction = Recipe::mlp(12).init(Init::Uniform(0.5)).predict(&training);
/// let object = minigrad_lines::answer(&prediction, &training);
/// assert_eq!(object["verdict"], "diverges");
/// assert_eq!(object["q"].as_array().map(Vec::len), Some(12));
/// ```
pub fn answer(prediction: &Prediction, training: &Training) -> Value {
    let layers = &prediction.propagation.layers;
    let column = |of: fn(&LayerTheory) -> f64| -> Vec<f64> { layers.iter().map(of).collect() };
    let (kernel, stability) = (&prediction.kernel, &prediction.stability);
    let (probability, limits) = (prediction.probability(), Limits::of(training));
    let losses = prediction.window_losses();
    let (low, high): (Vec<f64>, Vec<f64>) = prediction.band().into_iter().unzip();
    json!({
        "verdict": prediction.verdict().to_string(),
        "probability": {
            "diverges": probability.diverges,
            "vanishes": probability.vanishes,
            "trains": probability.trains,
        },
        "extrapolates": prediction.extrapolates(),
        "reason": prediction.reason(),
        "initial_loss": prediction.initial_loss(),
        "final_loss": losses.last(),
        "half_time": prediction.half_time(),
        "windows": training.windows(),
        "loss": losses,
        "band": { "low": low, "high": high },
        "q": column(|layer| layer.q),
        "gradient": column(|layer| layer.gradient),
        "correlation": column(|layer| layer.correlation),
        "tangent": {
            "same": kernel.tangent.same,
            "common": kernel.tangent.common(),
            "linear": kernel.tangent.linear(kernel.inputs),
            "own": kernel.tangent.own(kernel.inputs),
        },
        "sharpness": stability.sharpness,
        "movement": stability.movement,
        "push": stability.push,
        "collapse": stability.collapse,
        "limits": { "push": limits.push(stability.kind), "collapse": limits.collapse },
    })
}
