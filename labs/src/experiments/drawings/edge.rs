//! One mode under momentum, below and above the edge of stability.

use crate::experiments::{Claim, Report};

/// The momentum of the book.
pub const MOMENTUM: f64 = 0.9;
const STEPS: usize = 40;

/// The amplitude of a mode, step by step.
#[derive(Clone, Debug)]
pub struct Oscillation {
    /// Learning rate times curvature, relative to the edge `2 (1 + momentum)`.
    pub sharpness: f64,
    /// Its amplitude, 1 at first.
    pub amplitude: Vec<f64>,
}

pub(super) fn oscillations() -> Vec<Oscillation> {
    let of = |sharpness: f64| {
        let rate = sharpness * 2.0 * (1.0 + MOMENTUM);
        let (mut a, mut v) = (1.0, 0.0);
        let mut amplitude = vec![a];
        for _ in 0..STEPS {
            v = MOMENTUM * v + a;
            a -= rate * v;
            amplitude.push(a);
        }
        Oscillation { sharpness, amplitude }
    };
    [0.02, 0.95, 1.01].map(of).into()
}

pub(super) fn say(report: &mut Report, oscillations: &[Oscillation]) {
    for Oscillation { sharpness, amplitude } in oscillations {
        report.series(format!("edge {sharpness}"), amplitude.iter().copied());
    }
    let size = |from: usize, one: &Oscillation| {
        one.amplitude[from..].iter().take(10).map(|a| libm::fabs(*a)).fold(0.0, f64::max)
    };
    let grows = |one: &Oscillation| size(STEPS - 9, one) / size(0, one);
    let growths: Vec<f64> = oscillations.iter().map(grows).collect();
    report.claims.push(Claim::new(
        "A mode under momentum 0.9 dies away below the edge of stability and grows above it.",
        matches!(growths[..], [far, below, above] if far < 0.5 && below < 0.5 && above > 2.0),
    ));
}
