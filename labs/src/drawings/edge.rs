//! One mode under momentum, below and above the edge of stability.

use super::*;

/// The momentum of the book.
pub(super) const MOMENTUM: f64 = 0.9;
const STEPS: usize = 40;
/// How large an amplitude the panels show.
const EDGE: f64 = 9.0;

#[derive(Serialize, Deserialize)]
pub struct Oscillation {
    /// Learning rate times curvature, relative to the edge `2 (1 + momentum)`.
    pub sharpness: f64,
    /// Step by step.
    pub amplitude: Vec<f64>,
}

impl Part for [Oscillation; 3] {
    fn measure(_: u64) -> Self {
        [0.02, 0.95, 1.01].map(|sharpness| {
            let rate = sharpness * 2.0 * (1.0 + MOMENTUM);
            let (mut a, mut v) = (1.0, 0.0);
            let mut amplitude = vec![a];
            for _ in 0..STEPS {
                v = MOMENTUM * v + a;
                a -= rate * v;
                amplitude.push(a);
            }
            Oscillation { sharpness, amplitude }
        })
    }

    fn report(&self, report: &mut Report) {
        let size = |ten: &[f64]| ten.iter().map(|a| libm::fabs(*a)).fold(0.0, f64::max);
        let [far, below, above] = self
            .each_ref()
            .map(|Oscillation { amplitude: a, .. }| size(&a[STEPS - 9..]) / size(&a[..10]));
        let sentence = "A mode under momentum 0.9 dies away below the edge of stability and grows \
            above it.";
        report.claim("edge", sentence, far < 0.5 && below < 0.5 && above > 2.0);
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let conclusion = "Below the edge of stability a mode dies away, above it grows";
        let title = report.title(&["edge"], conclusion, "One mode under momentum");
        let panels = self.iter().map(|Oscillation { sharpness, amplitude }| {
            let color = if *sharpness > 1.0 { Color::B } else { Color::A };
            // Up to where it leaves the frame: one arrow says enough.
            let inside = amplitude.iter().take_while(|a| libm::fabs(**a) < EDGE).count();
            let line = count(0, amplitude).take(inside + 1).map(|(step, a)| (step, *a));
            Chart::new(&format!("{sharpness} of the edge"))
                .height(220.0)
                .x(Axis::linear("step", 0.0, STEPS as f64))
                .y(Axis::linear("amplitude", -EDGE, EDGE))
                .dashed(Color::Muted, "", &[(0.0, 0.0), (1e3, 0.0)])
                .thin(color, "", &line.collect::<Vec<_>>())
        });
        let subtitle = &format!("momentum {MOMENTUM}; above each panel: lr λ / (2 (1 + m))");
        let spoken = "Three panels: amplitude against the step. Far below the edge it swings \
            slowly and dies away; just below, it flips its sign at every step and dies away; just \
            above, it flips and leaves the panel.";
        vec![drawn(Panels::new(title, panels.collect()).columns(3), subtitle, spoken)]
    }
}
