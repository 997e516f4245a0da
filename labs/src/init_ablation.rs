//! Lab 01, the headline: one network, one data set, one optimizer, three initializations.

use crate::spine::prelude::*;

settings! {
    seed = 0;
    steps = 1000, small 200;
    /// Runs of each initialization at the small learning rate.
    seeds: u64 = 20, small 2;
    /// Runs of each initialization at the large one, the first of the same seeds.
    fast_seeds: u64 = 5, small 1;
}

/// The learning rates, in the order of the figures.
pub const RATES: [f64; 2] = [1e-3, 1e-2];

/// The initializations, with the names that figures and tables use.
pub const INITS: [(&str, Init); 3] =
    [("uniform", Init::Uniform(0.5)), ("Xavier", Init::Xavier), ("Kaiming", Init::Kaiming)];

/// The network of the lab: 12 linear layers, hidden width 256, ReLU.
pub fn recipe(init: Init) -> Recipe {
    Recipe::mlp(12).width(256).init(init)
}

/// One network trained at one rate, over all seeds.
#[derive(Serialize, Deserialize)]
pub struct Curve {
    pub init: String,
    pub lr: f64,
    pub fates: Fates,
    /// Of some layers before the first update.
    pub start: Vec<Start>,
}

#[derive(Serialize, Deserialize)]
pub struct InitAblation {
    pub settings: Settings,
    /// Rates first, then [`INITS`].
    pub curves: Vec<Curve>,
}

fn curve(arm: &Swept<(&str, f64), Trial>) -> Curve {
    let (init, lr) = arm.key;
    Curve {
        init: init.into(),
        lr,
        fates: Fates::of(arm),
        start: Start::of(&arm.plan.0, &arm.trials[0]),
    }
}

impl Experiment for InitAblation {
    const NAME: &'static str = "init-ablation";
    const ASKS: &'static str =
        "Same network, data and optimizer: what does the initialization alone decide?";
    const FIGURES: &'static [&'static str] = &["init-ablation.svg", "init-ablation-fast.svg"];
    type Settings = Settings;

    fn measure(settings: &Settings, progress: &dyn Progress) -> InitAblation {
        let Settings { seed, steps, seeds, fast_seeds } = *settings;
        let training = |lr| Training::sgd(lr).momentum(0.9).batch(64).steps(steps);
        let arms = RATES.into_iter().zip([seeds, fast_seeds]).flat_map(|(lr, count)| {
            INITS
                .map(|(name, init)| Arm::new((name, lr), (recipe(init), training(lr)), seed, count))
        });
        let start = Watch { probes: vec![0], gradients: false };
        let sweep = sweep(arms, progress, |(recipe, training)| {
            Trial::watched(&mut recipe.build(), &sample(recipe.seed), training, &start)
        });
        InitAblation { settings: settings.clone(), curves: sweep.arms.iter().map(curve).collect() }
    }

    fn report(&self) -> Report {
        let (&Settings { seeds, fast_seeds, .. }, [slow, fast]) = (&self.settings, RATES);
        let mut report = Report::default();
        let [uniform, xavier, kaiming] = self.at(slow).map(|curve| &curve.fates);
        report.counts([("seeds", seeds as usize), ("fast_seeds", fast_seeds as usize)]);
        report.value("xavier_below_06", xavier.finals.iter().filter(|&&loss| loss <= 0.6).count());
        for Curve { init, lr, fates, .. } in &self.curves {
            let rate = if *lr == slow { "" } else { "_fast" };
            fates.values(&(init.to_lowercase() + rate), &mut report);
        }

        let starts = self.at(slow).into_iter().flat_map(|Curve { init, start, .. }| {
            start.iter().map(|layer| cells![&**init].into_iter().chain(layer.cells()))
        });
        let header = ["init", "layer", "q predicted", "q measured", "gradient norm"];
        report.table("start", "", header, starts);
        for (name, lr) in [("losses", slow), ("losses_fast", fast)] {
            let fates = self.at(lr).map(|curve| &curve.fates);
            let header = ["step", "uniform", "Xavier", "Kaiming"];
            let title = format!("Batch losses of the first seed at lr {lr}");
            report.table(name, &title, header, batch_losses(fates));
        }
        let header =
            ["lr", "init", "outcome", "final loss, lowest", "highest", "validation accuracy"];
        report.table(
            "outcomes",
            "Outcomes over the seeds",
            header,
            self.curves.iter().map(|one| {
                cells![Cell::number(one.lr.to_string()), &*one.init]
                    .into_iter()
                    .chain(one.fates.cells())
            }),
        );

        let [stands, trains] = [Outcome::Vanishes, Outcome::Trains].map(|o| xavier.count(o));
        report.claim(
            "diverges",
            format!(
                "Uniform weights diverge in each of {seeds} seeds: the loss starts above 1e5 and \
                 leaves the finite numbers by step 10."
            ),
            uniform.diverged_by.is_some_and(|step| step <= 10) && uniform.initial.low > 1e5,
        );
        report.claim(
            "crawls",
            format!(
                "Xavier crawls at lr 1e-3: {stands} of {seeds} seeds end above half the loss of a \
                 guess, {trains} below, and the median of their final losses is above 0.6."
            ),
            stands > 3 * trains && stands + trains == xavier.runs() && xavier.last().middle > 0.6,
        );
        report.claim(
            "leads",
            "Kaiming leads: each of its runs ends below every run of Xavier at the same rate.",
            kaiming.last().high < xavier.last().low,
        );
        report.claim_book(
            "trains",
            format!("Kaiming trains at lr 1e-3: each of {seeds} seeds ends below 0.01."),
            kaiming.last().high < 0.01,
        );
        report.claim_book(
            "fast",
            "At lr 1e-2 Xavier trains too, in every seed: the verdict belongs to the whole \
             recipe, not to the initialization.",
            self.at(fast)[1].fates.all(Outcome::Trains),
        );
        report
    }

    fn figures(&self, _: &Report) -> Vec<Drawing> {
        RATES.map(|lr| self.draw(lr)).into()
    }
}

impl InitAblation {
    /// The curves at a rate, in the order of [`INITS`].
    fn at(&self, rate: f64) -> [&Curve; 3] {
        let of = |name| self.curves.iter().find(|curve| curve.init == name && curve.lr == rate);
        INITS.map(|(name, _)| of(name).expect("one curve an initialization and rate"))
    }

    /// One chart over both axes in logarithms: six decades lie between the fates.
    fn draw(&self, lr: f64) -> Drawing {
        let curves = self.at(lr);
        let (seeds, steps) = (curves[0].fates.runs(), (self.settings.steps as f64).max(2.0));
        let range = if seeds == 1 { "" } else { ", bands: their range" };
        let (low, high) = decades(&curves);
        let chart = Chart::new(&title(&curves))
            .subtitle(&format!(
                "12 × 256 ReLU, lr {lr}, one data set and one optimizer; lines: median of {seeds} \
                 seeds{range}"
            ))
            .desc(&description(&curves))
            .height(430.0)
            .x(Axis::log("step (the first is 1)", 1.0, steps))
            .y(Axis::log("training loss (nats)", low, high))
            .dashed(Color::Muted, "", &[(1.0, GUESS), (steps, GUESS)]);
        curves.into_iter().fold(chart, fate).render()
    }
}

/// What became of most networks of each kind:
/// `Uniform diverges, Xavier crawls in 18 of 20 runs, Kaiming trains`.
fn title(curves: &[&Curve]) -> String {
    let words = |Curve { init, fates, .. }: &&Curve| {
        let (most, word) = fates.most(["diverges", "crawls", "trains"]);
        let all = fates.runs();
        let runs = if most == all { String::new() } else { format!(" in {most} of {all} runs") };
        format!("{init} {word}{runs}")
    };
    capital(&curves.iter().map(words).collect::<Vec<_>>().join(", "))
}

/// From the decade below the smallest loss to two above the largest first one: a loss that leaves
/// the finite numbers from there leaves through the top.
fn decades(curves: &[&Curve]) -> (f64, f64) {
    let rows = || curves.iter().map(|curve| &curve.fates.losses);
    let low = rows().flatten().map(|(_, loss)| loss.low).filter(|loss| loss.is_finite());
    let high = rows().filter_map(|losses| losses.first()).map(|(_, loss)| loss.high);
    let decade = |loss: f64| libm::log10(loss.max(1e-6));
    let (low, high) = (decade(low.fold(1.0, f64::min)), decade(high.fold(1.0, f64::max)));
    (libm::pow(10.0, low.floor()), libm::pow(10.0, high.ceil() + 2.0))
}

/// A course; one that leaves the finite numbers says so where it does.
fn fate(chart: Chart, Curve { init, fates, .. }: &Curve) -> Chart {
    let (color, rows) = (colors::init(init), from_one(&fates.losses));
    let (Some(step), Some(&(x, Spread { low, middle, high }))) = (fates.diverged_by, rows.first())
    else {
        return course(chart, color, init, &rows);
    };
    let (all, start) = (fates.runs(), number(middle));
    let text =
        format!("{init}: {start} at the start, NaN by step {} in {all} of {all} runs", step + 1);
    chart
        .intervals(color, "", &[(x, middle, low, high)])
        .line(color, "", &[(x, middle), leaves(step)])
        .name(color, 1.25, middle, &text)
}

fn description(curves: &[&Curve]) -> String {
    let sentence = |Curve { init, fates, .. }: &&Curve| {
        if let Some(step) = fates.diverged_by {
            return Some(format!(
                "{init} leaves the finite numbers by step {} in every run.",
                step + 1
            ));
        }
        let (first, last) = (fates.losses.first()?.1, fates.losses.last()?.1);
        let [first, last, low, high] = [first.middle, last.middle, last.low, last.high].map(number);
        Some(format!("{init} goes from {first} to {last} (range {low} to {high})."))
    };
    let sentences: Vec<String> = curves.iter().filter_map(sentence).collect();
    format!("Training loss against the step, both logarithmic. {}", sentences.join(" "))
}
