//! The probability of each outcome as the learning rate grows, of one network.

use super::*;

const STEPS: usize = 200;

#[derive(Serialize, Deserialize)]
pub struct Odds {
    pub lr: f64,
    /// One for each of [`OUTCOMES`].
    pub shares: [f64; 3],
}

/// The most likely outcomes from the lowest rate to the highest, each once in a row, with the first
/// rate at which it is that: as the place of the outcome in `shares`.
fn verdicts(odds: &[Odds]) -> Vec<(usize, f64)> {
    let most = |Odds { lr, shares }: &Odds| {
        ((0..3).max_by(|&a, &b| shares[a].total_cmp(&shares[b])).unwrap_or(0), *lr)
    };
    let mut all: Vec<(usize, f64)> = odds.iter().map(most).collect();
    all.dedup_by_key(|(place, _)| *place);
    all
}

impl Part for Vec<Odds> {
    fn measure(_: u64) -> Self {
        let odds = |i: u32| {
            let lr = libm::pow(10.0, -4.5 + f64::from(i) / 10.0);
            let probability = Recipe::mlp(12).predict(&sgd(lr).steps(STEPS)).probability();
            Odds { lr, shares: OUTCOMES.map(|outcome| probability.of(outcome.into())) }
        };
        (0..=45).map(odds).collect()
    }

    fn report(&self, report: &mut Report) {
        let verdicts = verdicts(self);
        let places: Vec<usize> = verdicts.iter().map(|(place, _)| *place).collect();
        let from = |k: usize| verdicts.get(k).map_or("none".into(), |(_, lr)| number(*lr));
        let sum = |odds: &Odds| libm::fabs(odds.shares.iter().sum::<f64>() - 1.0) < 1e-9;
        let sentence = format!(
            "Of {} the most likely outcome within {STEPS} steps changes twice as the rate grows: \
             too slow, then trains from about lr {}, then diverges from about lr {}.",
            Recipe::mlp(12),
            from(1),
            from(2),
        );
        report.claim("odds", sentence, places == [1, 2, 0] && self.iter().all(sum));
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let conclusion = "Too slow, right, too fast: one network, one knob";
        let title = report.title(&["odds"], conclusion, "The verdict over the learning rate");
        let rates = || self.iter().map(|odds| odds.lr);
        let chart = Chart::new(title)
            .x(Axis::log("learning rate", lowest(rates()), highest(rates())))
            .y(Axis::linear("probability", 0.0, 1.0));
        // From the bottom: what happens at the smallest rates first.
        let order = [1, 2, 0];
        let chart = (0..3).fold(chart, |chart, at| {
            let (k, color) = (order[at], colors::outcome(OUTCOMES[order[at]]));
            let band = self.iter().map(|Odds { lr, shares }| {
                let below = order[..at].iter().map(|&j| shares[j]).sum::<f64>();
                (*lr, below, below + shares[k])
            });
            let band: Vec<(f64, f64, f64)> = band.collect();
            let lower: Vec<(f64, f64)> = band.iter().map(|&(lr, low, _)| (lr, low)).collect();
            let chart = chart.band(color, &band).thin(color, "", &lower);
            // Named where it is the most likely, in the middle of these rates.
            let most: Vec<_> = band.iter().filter(|(_, low, high)| high - low > 0.6).collect();
            match most.get(most.len() * 2 / 5) {
                Some((lr, low, high)) => {
                    chart.name(color, *lr, 0.5 * (low + high), &OUTCOMES[k].to_string())
                }
                None => chart,
            }
        });
        let subtitle = &format!("12 × 256 ReLU, Kaiming, momentum 0.9, {STEPS} steps; by theory");
        let spoken = "Probabilities of the three outcomes against the learning rate, stacked: \
            vanishes at small rates, trains between, diverges at large ones, with a gradual change \
            between each two.";
        vec![drawn(chart, subtitle, spoken)]
    }
}
