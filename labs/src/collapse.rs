//! At which learning rate a normalized stack collapses, over its width and its depth.

use crate::spine::prelude::*;
use minigrad::theory::Limits;

settings! {
    seed = 0;
    steps = 60;
    /// Networks of each size.
    seeds: u64 = 5, small 2;
    /// Widths of the networks of depth [`DEPTH`]; each has twice the width before it.
    widths: Vec<usize> = vec![64, 128, 256, 512], small vec![64, 128];
    /// Depths of the networks of width [`WIDTH`], beside [`DEPTH`].
    depths: Vec<usize> = vec![10, 40], small vec![10];
}

/// Linear layers of the networks over the width.
pub const DEPTH: usize = 20;

/// Width of the networks over the depth.
pub const WIDTH: usize = 128;

/// The learning rates that are tried, times width and depth: from 4.5, by factors of the root of 2.
pub const RATES: Grid = Grid { first: 4.5, per_doubling: 2, count: 11 };

/// A network has collapsed when the mean of one minus the cosine between its inputs' last hidden
/// vectors is below this share of its start.
pub const SHARE: f64 = 0.01;

const HEADER: [&str; 7] =
    ["depth", "width", "critical lr", "its sharpness", "range", "theory's limit", "movement"];

/// A stack of linear layers with ReLU and RMSNorm, Kaiming, no residual connection.
pub fn recipe(depth: usize, width: usize) -> Recipe {
    Recipe::mlp(depth).width(width).norm(Norm::Rms)
}

/// The networks of one size.
#[derive(Serialize, Deserialize)]
pub struct Size {
    pub depth: usize,
    pub width: usize,
    /// From which rate on a network collapses, and its sharpness there; NaN where one has no such
    /// rate.
    pub critical: Spread,
    pub sharpness: Spread,
    /// Relative weight movement of one step at the middle critical rate.
    #[serde(with = "real")]
    pub movement: f64,
    /// The sharpness above which theory says that a network collapses.
    pub limit: f64,
    /// Of the trials above the first rate that collapsed: how many were survived, and how many.
    pub survived_beyond: (usize, usize),
    /// Mean loss of the last tenth of the steps, of every trial that collapsed.
    #[serde(with = "real")]
    pub ends: Vec<f64>,
}

#[derive(Serialize, Deserialize)]
pub struct Collapse {
    pub settings: Settings,
    /// Over the width, then over the depth.
    pub sizes: Vec<Size>,
}

/// The loss at the end of a training in which all inputs have come to look alike.
fn collapses(recipe: &Recipe, training: &Training) -> Option<f64> {
    let watch = Watch { probes: vec![0, training.steps], gradients: false };
    let trial = Trial::watched(&mut recipe.build(), &sample(recipe.seed), training, &watch);
    let apart = |done| 1.0 - trial.correlation(done, recipe.depth - 1); // last hidden layer
    trial.run.final_loss().filter(|_| apart(training.steps) / apart(0) < SHARE)
}

/// What was tried, and the final losses of the trials that collapsed.
type Tries = (Vec<Tried>, Vec<f64>);

fn size(arm: &Swept<(usize, usize), Tries>) -> Size {
    let (depth, width) = arm.key;
    let (tried, ends): (Vec<_>, Vec<_>) = arm.trials.iter().cloned().unzip();
    let stability = |lr| arm.plan.0.predict(&sgd(lr).steps(1)).stability;
    let at = |lr: f64| lr.is_finite().then(|| stability(lr));
    let sharpness = |lr| at(lr).map_or(f64::NAN, |at| at.sharpness);
    let Spread { low, middle, high } = RATES.border(&tried);
    let [low, middle, high] = [low, middle, high].map(|rate| rate / (width * depth) as f64);
    // Collapse is proportional to the rate.
    let limit = stability(1.0).collapse.map_or(f64::INFINITY, |one| Limits::FITTED.collapse / one);
    Size {
        depth,
        width,
        critical: Spread { low, middle, high },
        sharpness: Spread { low: sharpness(low), middle: sharpness(middle), high: sharpness(high) },
        movement: at(middle).map_or(f64::NAN, |at| at.movement),
        limit: sharpness(limit),
        survived_beyond: survived_beyond(&tried),
        ends: ends.concat(),
    }
}

impl Experiment for Collapse {
    const NAME: &'static str = "collapse";
    const ASKS: &'static str =
        "Does width keep a deep normalized stack from collapsing, and does depth bring it on?";
    const FIGURES: &'static [&'static str] = &["collapse.svg"];
    type Settings = Settings;

    /// Bisection over the rates, so that a rate above one that collapses is taken to collapse as
    /// well; the narrowest networks try every rate, which checks it.
    fn measure(settings: &Settings, progress: &dyn Progress) -> Collapse {
        let Settings { seed, steps, seeds, ref widths, ref depths } = *settings;
        let sizes = widths.iter().map(|&width| (DEPTH, width));
        let sizes = sizes.chain(depths.iter().map(|&depth| (depth, WIDTH)));
        let arms = sizes.map(|(depth, width)| {
            // The rates are tried one after the other.
            let plan = (recipe(depth, width), sgd(RATES.first).steps(steps));
            Arm::new((depth, width), plan, seed, seeds)
        });
        let sweep = sweep(arms, progress, |(recipe, training)| {
            let mut ends = vec![];
            let tried = RATES.tried(recipe.width == widths[0], |rate| {
                let lr = rate / (recipe.width * recipe.depth) as f64;
                let end = collapses(recipe, &Training { lr, ..training.clone() });
                ends.extend(end);
                end.is_some()
            });
            (tried, ends)
        });
        Collapse { settings: settings.clone(), sizes: sweep.arms.iter().map(size).collect() }
    }

    fn report(&self) -> Report {
        let Settings { steps, seeds, .. } = self.settings;
        let [widths, depths] = [self.over_width(), self.over_depth()];
        let mut report = Report::default();
        report.counts([("steps", steps), ("seeds", seeds as usize), ("rates", RATES.count)]);
        let ends = [widths[0], widths[widths.len() - 1]];
        for Size { depth, width, critical, .. } in ends {
            report.numbers(&format!("{depth}x{width}"), [("critical", critical.middle)]);
        }
        let [wide, deep] = [growth(&widths), growth(&depths)];
        for (name, [measured, limit]) in [("width", wide), ("depth", deep)] {
            report.numbers(name, [("growth", measured), ("growth_limit", limit)]);
        }
        report.table(
            "sizes",
            "Where the networks collapse",
            HEADER,
            self.sizes.iter().map(|one| {
                let Spread { low, middle, high } = one.sharpness;
                let range = Cell::number(format!("{} to {}", number(low), number(high)));
                let Size { depth, width, critical, limit, movement, .. } = *one;
                cells![depth, width, critical.middle, middle, range, limit, movement]
            }),
        );

        let movements = || widths.iter().map(|size| size.movement);
        report.claim(
            "ends",
            "Every network survives the smallest learning rates and collapses at the largest.",
            self.sizes.iter().all(|size| size.critical.middle.is_finite()),
        );
        report.claim(
            "beyond",
            "The narrowest networks tried every rate: none survives one above another at which it \
             collapsed.",
            widths[0].survived_beyond.0 == 0,
        );
        report.claim(
            "near a guess",
            "A network that collapsed is finite and ends above 0.6, near the loss of a guess.",
            self.sizes.iter().flat_map(|size| &size.ends).all(|&loss| loss > 0.6 && loss < 1.0),
        );
        report.claim_book(
            "grows",
            format!(
                "From width {} to {} the critical sharpness grows as theory's limit does, within a \
                 factor of 1.25; over the depth both fall, within a factor of 1.5.",
                ends[0].width, ends[1].width
            ),
            within(wide[0] / wide[1], 1.25) && within(deep[0] / deep[1], 1.5),
        );
        report.claim_book(
            "no cure",
            "Width is no cure: with each doubling the median critical learning rate falls.",
            falls_by(&widths, 1.0),
        );
        report.claim_book(
            "movement",
            "What stays over the width is the relative weight movement: at the median critical rate \
             its largest value is less than 1.5 times its smallest.",
            highest(movements()) < 1.5 * lowest(movements()),
        );
        report.claim_book(
            "depth",
            "Depth brings the collapse on: with each doubling the median critical learning rate falls \
             by more than a factor of 2.",
            falls_by(&depths, 2.0),
        );
        report
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let panel = |name: &str, over: &str, sizes: &[&Size], of: fn(&Size) -> usize| {
            let x = |size: &Size| of(size) as f64;
            let limits: Vec<_> = sizes.iter().map(|size| (x(size), size.limit)).collect();
            let points = sizes.iter().map(|size| {
                let Spread { low, middle, high } = size.sharpness;
                (x(size), middle, low, high)
            });
            Chart::new(name)
                .height(260.0)
                .x(Axis::log(over, 0.8 * x(sizes[0]), 1.25 * x(sizes[sizes.len() - 1])))
                .y(Axis::log("critical sharpness", 0.1, 20.0))
                .dashed(colors::THEORY, "theory", &limits)
                .intervals(colors::MEASURED, "measured", &points.collect::<Vec<_>>())
        };
        let (layers, width) = (format!("{DEPTH} layers"), format!("width {WIDTH}"));
        let panels = vec![
            panel(&layers, "width", &self.over_width(), |size| size.width),
            panel(&width, "depth", &self.over_depth(), |size| size.depth),
        ];
        let title = report.title(
            &["grows"],
            "Width moves the collapse as theory says",
            "Where a normalized stack collapses",
        );
        let Settings { seeds, steps, .. } = self.settings;
        let figure = Panels::new(title, panels)
            .subtitle(&format!(
                "ReLU, RMSNorm, Kaiming, {steps} steps, {} learning rates; points: median of {seeds} \
                 seeds, with their range",
                RATES.count
            ))
            .desc(
                "Two panels: the sharpness above which networks collapse, against the width and \
                 against the depth, all logarithmic. Points are measured, the dashed line is \
                 theory's limit.",
            );
        vec![figure.render()]
    }
}

impl Collapse {
    /// The sizes over the width.
    fn over_width(&self) -> Vec<&Size> {
        self.sizes.iter().filter(|size| size.depth == DEPTH).collect()
    }

    /// The sizes over the depth, from small to large.
    fn over_depth(&self) -> Vec<&Size> {
        let mut sizes: Vec<&Size> = self.sizes.iter().filter(|size| size.width == WIDTH).collect();
        sizes.sort_by_key(|size| size.depth);
        sizes
    }
}

/// By what factors the measured border and theory's grow from the first of some sizes to the last.
fn growth(sizes: &[&Size]) -> [f64; 2] {
    let (first, last) = (sizes[0], sizes[sizes.len() - 1]);
    [last.sharpness.middle / first.sharpness.middle, last.limit / first.limit]
}

/// Whether the middle critical rate falls by more than `factor` from each size to the next.
fn falls_by(sizes: &[&Size], factor: f64) -> bool {
    sizes.windows(2).all(|pair| pair[0].critical.middle > factor * pair[1].critical.middle)
}
