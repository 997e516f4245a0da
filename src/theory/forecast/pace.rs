//! How far a step goes along each part of the kernel.

use super::growth::Growth;

/// A part of a step: how far the function moves per unit of kernel, and its weights per root of it.
pub(super) type Stride = (f64, f64);

/// A step along each part of the function.
pub(super) struct Strides {
    pub(super) common: Stride,
    /// Along the label, which is a line.
    pub(super) label: Stride,
    /// Along all other lines.
    pub(super) line: Stride,
    pub(super) own: Stride,
}

/// Squared lengths of what the weights have moved so far.
pub(super) struct Moved {
    pub(super) label: f64,
    /// Along all other lines.
    pub(super) line: f64,
    pub(super) own: f64,
}

/// An update rule, as the function sees it.
pub(super) trait Pace {
    /// The next step. `squares` computes the squared length of the batch's gradient along the common,
    /// the linear and the own part, for the kernel of the start.
    fn strides(&mut self, squares: &dyn Fn() -> [f64; 3]) -> Strides;

    /// Hears what has moved so far.
    fn moved(&mut self, moved: Moved);
}

/// Gradient descent: one rate for all, under a kernel that grows. The common part has nothing to
/// learn, and stays.
pub(super) struct Steady {
    pub(super) lr: f64,
    pub(super) growth: Growth,
}

impl Pace for Steady {
    fn strides(&mut self, _: &dyn Fn() -> [f64; 3]) -> Strides {
        let grown = |growth: f64| (self.lr * growth, self.lr * libm::sqrt(growth));
        let (label, rest) = (grown(self.growth.label), grown(self.growth.rest));
        Strides { common: grown(1.0), label, line: rest, own: rest }
    }

    fn moved(&mut self, Moved { label, line, own }: Moved) {
        self.growth.update(label, line + own);
    }
}
