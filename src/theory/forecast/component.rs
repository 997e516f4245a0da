//! A part of the function, kept as numbers along its features.

use super::pace::Stride;

/// One component of the function: where it is, how fast it moves, how far its weights have gone.
pub(super) struct Component {
    pub(super) value: Vec<f64>,
    pub(super) velocity: Vec<f64>,
    /// What the velocity has kept of the last step.
    kept: Vec<f64>,
    displacement: Vec<f64>,
    /// The kernel along each entry.
    rate: Vec<f64>,
}

impl Component {
    pub(super) fn new(rate: Vec<f64>) -> Component {
        let zero = vec![0.0; rate.len()];
        let [value, velocity, kept] = [&zero; 3].map(Vec::clone);
        Component { value, velocity, kept, displacement: zero, rate }
    }

    /// Slows the velocity down, before the gradient of a batch is added to it.
    pub(super) fn decay(&mut self, momentum: f64) {
        self.velocity.iter_mut().for_each(|v| *v *= momentum);
        self.kept.copy_from_slice(&self.velocity);
    }

    /// A step: the function moves by `along` times the kernel, the weights by `root` times its root.
    pub(super) fn step(&mut self, (along, root): Stride) {
        let parts = self.value.iter_mut().zip(&mut self.displacement);
        for ((value, displacement), (velocity, rate)) in
            parts.zip(self.velocity.iter().zip(&self.rate))
        {
            *value -= along * rate * velocity;
            *displacement += root * velocity;
        }
    }

    /// Makes the part of a step that lies along `direction` longer, by as much.
    pub(super) fn lengthen(&mut self, direction: &[f64], (along, root): Stride) {
        let share = self.share(&self.velocity, direction);
        let parts = self.value.iter_mut().zip(&mut self.displacement);
        for ((value, displacement), (direction, rate)) in
            parts.zip(direction.iter().zip(&self.rate))
        {
            *value -= along * rate * share * direction;
            *displacement += root * share * direction;
        }
    }

    /// How much of `direction` is in a gradient: weights multiply as the kernel does.
    fn share(&self, gradient: &[f64], direction: &[f64]) -> f64 {
        let of = |gradient: &[f64]| -> f64 {
            let parts = self.rate.iter().zip(gradient).zip(direction);
            parts.map(|((rate, g), d)| rate * g * d).sum()
        };
        let length = of(direction);
        if length > 0.0 {
            of(gradient) / length
        } else {
            0.0
        }
    }

    /// Squared length of what its weights have moved along `direction`.
    pub(super) fn moved_along(&self, direction: &[f64]) -> f64 {
        let share = self.share(&self.displacement, direction);
        self.rate.iter().zip(direction).map(|(rate, d)| rate * d * d).sum::<f64>() * share * share
    }

    /// Squared length of what its weights have moved.
    pub(super) fn moved(&self) -> f64 {
        self.rate.iter().zip(&self.displacement).map(|(rate, d)| rate * d * d).sum()
    }

    /// Squared length of the gradient of the batch.
    pub(super) fn gradient(&self) -> f64 {
        let of = |((rate, now), kept): ((&f64, &f64), &f64)| {
            let gradient = now - kept;
            rate * gradient * gradient
        };
        self.rate.iter().zip(&self.velocity).zip(&self.kept).map(of).sum()
    }
}
