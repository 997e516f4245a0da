//! The training under way, one an instance.

use minigrad::data::{SignOfSum, Split};
use minigrad::recipe::{Recipe, Training};
use minigrad::train::Trainer;
use serde_json::{json, Value};
use std::cell::RefCell;

/// Examples of a task, and those that a probe looks at: as in the labs.
const EXAMPLES: usize = 1000;
const PROBED: usize = 64;

struct Running {
    trainer: Option<Trainer<'static>>,
    probed: Split,
    outcome: Value,
}

thread_local!(static RUNNING: RefCell<Option<Running>> = const { RefCell::new(None) });

/// Builds the network and draws the data; the number of parameters.
///
/// Both stay for as long as the instance does, which the page ends with the training's worker: a
/// trainer that lives across requests borrows them for ever.
pub fn start(recipe: &Recipe, training: &Training) -> usize {
    // Before the new one, which takes their memory.
    RUNNING.set(None);
    let data = SignOfSum::sample(EXAMPLES, 0, recipe.seed);
    let probed = data.train.first(PROBED);
    let network = Box::leak(Box::new(recipe.build()));
    let parameters = network.parameter_count();
    let training = Box::leak(Box::new(training.clone().seed(recipe.seed)));
    let trainer = Trainer::new(network, Box::leak(Box::new(data.train)), training);
    RUNNING.set(Some(Running { trainer: Some(trainer), probed, outcome: Value::Null }));
    parameters
}

/// At most `most` updates.
///
/// # Errors
/// If no training is under way.
pub fn step(most: usize) -> Result<Value, String> {
    under_way(|running| {
        let Some(mut trainer) = running.trainer.take() else {
            return Ok(json!({ "losses": [], "outcome": running.outcome }));
        };
        let losses: Vec<f32> =
            (0..most).map_while(|_| trainer.step()).map(|step| step.loss).collect();
        let is_over = losses.len() < most || losses.last().is_some_and(|loss| !loss.is_finite());
        if is_over {
            running.outcome = json!(trainer.run().outcome());
        } else {
            running.trainer = Some(trainer);
        }
        Ok(json!({ "losses": losses, "outcome": running.outcome }))
    })
}

/// What the network does to the first examples, layer by layer.
///
/// # Errors
/// If no training is under way, or it is over.
pub fn probe() -> Result<Value, String> {
    under_way(|running| {
        let trainer = running.trainer.as_ref().ok_or("the training is over: there is no probe")?;
        let layers = trainer.network().probe(&running.probed).layers;
        Ok(json!({
            "q": layers.iter().map(|layer| layer.q).collect::<Vec<_>>(),
            "gradient_norm": layers.iter().map(|layer| layer.gradient_norm).collect::<Vec<_>>(),
            "correlation": layers.iter().map(|layer| layer.correlation).collect::<Vec<_>>(),
            "dead": layers.iter().map(|layer| layer.dead).collect::<Vec<_>>(),
        }))
    })
}

fn under_way(work: impl FnOnce(&mut Running) -> Result<Value, String>) -> Result<Value, String> {
    RUNNING.with_borrow_mut(|running| match running {
        Some(running) => work(running),
        None => Err("no training is under way: expected {\"train\": LINE} before".to_owned()),
    })
}
