//! How far a step goes along each part of the kernel.

use super::growth::Growth;

/// A part of a step: how far the function moves per unit of kernel, and its weights per root of it.
pub(super) type Stride = (f64, f64);

/// An update rule, as the function sees it.
pub(super) trait Pace {
    /// Whether it wants to know the gradient of a batch.
    fn asks(&self) -> bool {
        false
    }

    /// The next step along the common, the linear and the own part, given the squared length of the
    /// batch's gradient along each, for the kernel of the start.
    fn strides(&mut self, squares: [f64; 3]) -> [Stride; 3];

    /// Hears the squared length of what has moved so far: linear, shared, own.
    fn moved(&mut self, moved: [f64; 3]);
}

/// Gradient descent: one rate for all, under a kernel that grows. The common part has nothing to
/// learn, and stays.
pub(super) struct Steady {
    pub(super) lr: f64,
    pub(super) growth: Growth,
}

impl Pace for Steady {
    fn strides(&mut self, _: [f64; 3]) -> [Stride; 3] {
        let (lr, growth) = (self.lr, self.growth.now);
        let grown = (lr * growth, lr * libm::sqrt(growth));
        [(lr * 1.0, lr), grown, grown]
    }

    fn moved(&mut self, [line, shared, own]: [f64; 3]) {
        self.growth.update(line + shared + own);
    }
}
