//! A loss curve that was said before the networks were built, and the curve of infinite width.

use super::*;
use minigrad::theory::Choices;

/// Steps between powers of 2, of all networks.
#[derive(Serialize, Deserialize)]
pub struct Window {
    /// The first, counted from 0, and the one behind the last.
    pub steps: (usize, usize),
    pub predicted: f64,
    /// Where eight of ten networks are expected.
    pub band: Option<(f64, f64)>,
    /// Over the seeds.
    pub measured: Spread,
}

/// Mean losses of windows, predicted and measured.
#[derive(Serialize, Deserialize)]
pub struct Predicted {
    pub windows: Vec<Window>,
    pub seeds: usize,
}

impl Predicted {
    /// A prediction beside networks of these seeds, on the data of the first.
    pub(super) fn beside(
        prediction: Prediction,
        seeds: Vec<u64>,
        build: impl Fn(u64) -> Network,
    ) -> Predicted {
        let (training, data) = (prediction.training(), sample(seeds[0]));
        let train = |&seed: &u64| build(seed).train(&data, &training.clone().seed(seed));
        let runs: Vec<Run> = seeds.iter().map(train).collect();
        // The last tenth of the steps lies inside the window before it.
        let windows = training.windows();
        let said = prediction.window_losses().into_iter().zip(prediction.band());
        let windows = windows[..windows.len() - 1].iter().zip(said);
        let window = |(&(start, end), (predicted, band))| Window {
            steps: (start, end),
            predicted,
            band: Some(band),
            measured: Spread::of(runs.iter().map(|run| mean_loss(run, start, end))),
        };
        Predicted { windows: windows.map(window).collect(), seeds: runs.len() }
    }

    /// Between prediction and measurement, as a factor above 1: in the middle one of the windows, and
    /// in the worst.
    pub(super) fn factors(&self) -> [f64; 2] {
        let factor = |window: &Window| {
            let ratio = window.predicted / window.measured.middle;
            ratio.max(1.0 / ratio)
        };
        let mut factors: Vec<f64> = self.windows.iter().map(factor).collect();
        factors.sort_by(f64::total_cmp);
        [factors[factors.len() / 2], factors[factors.len() - 1]]
    }

    /// The curve, dashed, the band around it, and what was measured.
    pub(super) fn draw(&self, title: &str, (low, high): (f64, f64)) -> Chart {
        // The middle of each window on a logarithmic axis, its steps counted from 1.
        let centre = |&(start, end): &(usize, usize)| libm::sqrt((start + 1) as f64 * end as f64);
        let windows = || self.windows.iter().map(|window| (centre(&window.steps), window));
        let predicted = windows().map(|(x, window)| (x, window.predicted));
        let band =
            windows().filter_map(|(x, window)| window.band.map(|(low, high)| (x, low, high)));
        let measured = windows().map(|(x, window)| {
            let Spread { low, middle, high } = window.measured;
            (x, middle, low, high)
        });
        let steps = self.windows.last().map_or(2, |window| window.steps.1) as f64;
        Chart::new(title)
            .x(Axis::log("step (the first is 1)", 1.0, steps))
            .y(Axis::log("training loss (nats)", low, high))
            .band(colors::THEORY, &band.collect::<Vec<_>>())
            .dashed(colors::THEORY, "", &predicted.collect::<Vec<_>>())
            .intervals(colors::MEASURED, "", &measured.collect::<Vec<_>>())
    }
}

#[derive(Serialize, Deserialize)]
pub struct Curves {
    /// Four layers of width 256.
    pub wide: Predicted,
    /// The same, and twelve of width 64, by the theory of infinite width alone.
    pub infinite: [Predicted; 2],
}

fn beside(recipe: &Recipe, choices: &Choices, seed: u64) -> Predicted {
    let training = sgd(3e-3).steps(200);
    let prediction = Prediction::with(recipe, &training, choices).expect("a recipe that is whole");
    Predicted::beside(prediction, seeds(seed, 3), |seed| recipe.clone().seed(seed).build())
}

impl Part for Curves {
    fn measure(seed: u64) -> Curves {
        let infinite = Choices {
            features: 0,
            is_typical: false,
            has_spectrum: false,
            grows: false,
            aligns: false,
        };
        let wide = Recipe::mlp(4);
        let infinite = [wide.clone(), Recipe::mlp(12).width(64)].map(|recipe| {
            let mut curve = beside(&recipe, &infinite, seed);
            // The band is that of networks with a width.
            curve.windows.iter_mut().for_each(|window| window.band = None);
            curve
        });
        Curves { wide: beside(&wide, &Choices::BOOK, seed), infinite }
    }

    fn report(&self, report: &mut Report) {
        let inside = |Window { band, measured, .. }: &&Window| {
            band.is_some_and(|(low, high)| (low..=high).contains(&measured.middle))
        };
        let windows = &self.wide.windows;
        let (inside, count) = (windows.iter().filter(inside).count(), windows.len());
        let [typical, worst] = self.wide.factors();
        let [shallow, deep] = self.infinite.each_ref().map(|curve| curve.factors()[1]);
        report.numbers("curve", [("typical", typical), ("worst", worst)]);
        report.numbers("infinite", [("shallow", shallow), ("deep", deep)]);
        let holds = [typical < 1.26 && worst < 3.0 && inside == count, shallow < 1.5 && deep > 2.0];
        let [typical, worst, shallow, deep] = [typical, worst, shallow, deep].map(number);
        let sentence = format!(
            "Four layers of width 256 at lr 0.003: in half of the windows the predicted loss is \
             within a factor of {typical} of the measured one, in all of them within {worst}; \
             {inside} of {count} measured losses lie in the band."
        );
        report.claim("curve", sentence, holds[0]);
        let sentence = format!(
            "The theory of infinite width alone follows four layers of width 256 within a factor of \
             {shallow}, and leaves twelve of width 64 by one of {deep}."
        );
        report.claim("infinite", sentence, holds[1]);
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let conclusion = "The curve was there before the networks were";
        let title = report.title(&["curve"], conclusion, "Loss, predicted and measured");
        let subtitle = &format!(
            "4 × 256 ReLU, Kaiming, lr 0.003; dashed: theory; shaded: eight of ten networks; \
             rings: median of {} seeds, with their range",
            self.wide.seeds
        );
        let spoken =
            "Training loss against the step, both logarithmic: the measured points lie on the \
             predicted line, or close to it, from the start to the end, and inside a shaded band \
             that is narrow at first and wide at the end.";
        let curve = drawn(self.wide.draw(title, (2e-2, 2.0)), subtitle, spoken);
        let conclusion = "Infinite width is enough for few wide layers, not for many narrow ones";
        let neutral = "Infinite width, and networks that have a width";
        let title = report.title(&["infinite"], conclusion, neutral);
        let panels = self.infinite.iter().zip(["4 × 256", "12 × 64"]);
        let panels = panels.map(|(curve, name)| curve.draw(name, (2e-2, 2.0)).height(300.0));
        let subtitle = "ReLU, Kaiming, lr 0.003; dashed: theory of infinite width; rings: median \
            of three seeds, with their range";
        let spoken = "Training loss against the step, both logarithmic, in two panels. With four \
            layers of width 256 the measured points lie on the predicted line. With twelve of \
            width 64 they leave it.";
        let infinite = drawn(Panels::new(title, panels.collect()).columns(2), subtitle, spoken);
        vec![curve, infinite]
    }
}
