//! Lab 06: which learning rates a network bears, over its width, and how a rate should follow it.

use crate::spine::prelude::*;
use minigrad::theory::Limits;

settings! {
    seed = 0;
    steps = 100;
    /// Networks of each width.
    seeds: u64 = 5, small 2;
    /// Widths, from narrow to wide.
    widths: Vec<usize> = vec![64, 128, 256, 512], small vec![64, 128];
}

/// The learning rates that are tried at every width: from 0.005, by factors of the root of 2.
pub const RATES: Grid = Grid { first: 0.005, per_doubling: 2, count: 15 };

/// The learning rate of the narrowest network, from which the others follow by a rule.
pub const START: f64 = 0.08;

/// How a learning rate may follow the width: the power of the width, and its names.
pub const SCALINGS: [(f64, &str, &str); 3] = [
    (0.0, "constant", "constant: diverges"),
    (-0.5, "one over the root of the width", "1/root of the width"),
    (-1.0, "one over the width", "1/width"),
];

/// Linear layers with ReLU, Kaiming, nothing else.
pub fn recipe(width: usize) -> Recipe {
    Recipe::mlp(12).width(width)
}

/// The networks of one width.
#[derive(Serialize, Deserialize)]
pub struct Border {
    pub width: usize,
    /// From which rate on a network diverges; NaN where one has no such rate.
    pub critical: Spread,
    /// Of the trials above the first rate that diverged: how many were survived, and how many.
    pub survived_beyond: (usize, usize),
    /// The rates at which the push, and the sharpest mode, come to their limit.
    pub by_push: f64,
    pub by_edge: f64,
    /// Sharpness and push at the middle critical rate.
    #[serde(with = "real")]
    pub sharpness: f64,
    #[serde(with = "real")]
    pub push: f64,
}

/// The networks of one width whose rate follows it.
#[derive(Serialize, Deserialize)]
pub struct Scaled {
    pub scaling: usize,
    pub width: usize,
    pub lr: f64,
    pub diverged: usize,
    /// Loss of the last tenth of the steps; infinite where a run diverged.
    pub losses: Spread,
}

#[derive(Serialize, Deserialize)]
pub struct Width {
    pub settings: Settings,
    pub borders: Vec<Border>,
    pub scaled: Vec<Scaled>,
}

fn border(arm: &Swept<usize, Vec<Tried>>) -> Border {
    let stability = |lr| arm.plan.0.predict(&sgd(lr).steps(1)).stability;
    let (critical, one) = (RATES.border(&arm.trials), stability(1.0));
    let at = critical.middle.is_finite().then(|| stability(critical.middle));
    Border {
        width: arm.key,
        critical,
        survived_beyond: survived_beyond(&arm.trials),
        by_push: Limits::FITTED.bare / one.push,
        by_edge: 1.0 / one.sharpness,
        sharpness: at.as_ref().map_or(f64::NAN, |at| at.sharpness),
        push: at.as_ref().map_or(f64::NAN, |at| at.push),
    }
}

fn scaled(arm: &Swept<(usize, usize), Run>) -> Scaled {
    let diverged = |run: &&Run| run.outcome() == Outcome::Diverges;
    let loss = |run: &Run| run.final_loss().unwrap_or(f64::INFINITY);
    Scaled {
        scaling: arm.key.0,
        width: arm.key.1,
        lr: arm.plan.1.lr,
        diverged: arm.trials.iter().filter(diverged).count(),
        losses: arm.over_seeds(loss),
    }
}

impl Experiment for Width {
    const NAME: &'static str = "width";
    const ASKS: &'static str = "Which learning rates does a network bear, over its width?";
    const FIGURES: &'static [&'static str] = &["width.svg"];
    type Settings = Settings;

    /// The border is found by bisection, as if every rate above one that diverges did as well; the
    /// narrowest networks try every rate, which shows how often that is so.
    fn measure(settings: &Settings, progress: &dyn Progress) -> Width {
        let Settings { seed, steps, seeds, ref widths } = *settings;
        let narrowest = widths[0];
        let at = |lr: f64, width| (recipe(width), sgd(lr).steps(steps));
        let arm = |&width: &usize| Arm::new(width, at(RATES.lr(0), width), seed, seeds);
        let borders = sweep(widths.iter().map(arm), progress, |(recipe, training)| {
            RATES.tried(recipe.width == narrowest, |lr| {
                let run = Trial::of(recipe, &Training { lr, ..training.clone() }).run;
                run.outcome() == Outcome::Diverges
            })
        });
        let pairs = (0..3).flat_map(|rule| widths.iter().map(move |&width| (rule, width)));
        let arms = pairs.map(|(rule, width)| {
            let wider = width as f64 / narrowest as f64;
            let lr = START * libm::pow(wider, SCALINGS[rule].0);
            Arm::new((rule, width), at(lr, width), seed, seeds)
        });
        let runs = sweep(arms, progress, |(recipe, training)| {
            recipe.build().train(&sample(recipe.seed), training)
        });
        Width {
            settings: settings.clone(),
            borders: borders.arms.iter().map(border).collect(),
            scaled: runs.arms.iter().map(scaled).collect(),
        }
    }

    fn report(&self) -> Report {
        let Settings { steps, seeds, ref widths, .. } = self.settings;
        let mut report = Report::default();
        let (survived, beyond) = self.borders[0].survived_beyond;
        let fall = |of: fn(&Border) -> f64| of(&self.borders[0]) / of(self.borders.last().unwrap());
        let measured = fall(|border| border.critical.middle);
        let [push, edge] = [fall(|border| border.by_push), fall(|border| border.by_edge)];
        report.counts([("steps", steps), ("seeds", seeds as usize), ("rates", RATES.count)]);
        report.counts([("survived", survived), ("beyond", beyond)]);
        report.value("start", START);
        report.numbers("fall", [("measured", measured), ("by_push", push), ("by_edge", edge)]);
        for border in &self.borders {
            let Border { by_push, by_edge, sharpness, push, .. } = *border;
            let name = border.width.to_string();
            report.spread(&format!("{name}_critical"), border.critical);
            report.numbers(&name, [("by_push", by_push), ("by_edge", by_edge)]);
            report.numbers(&name, [("sharpness", sharpness), ("push", push)]);
        }
        report.table(
            "borders",
            "Where the networks diverge",
            [
                "width",
                "critical lr",
                "range",
                "by the push",
                "by the edge",
                "its sharpness",
                "its push",
            ],
            self.borders.iter().map(|b| {
                let Spread { low, middle, high } = b.critical;
                let range = Cell::number(format!("{} to {}", number(low), number(high)));
                cells![b.width, middle, range, b.by_push, b.by_edge, b.sharpness, b.push]
            }),
        );
        let shown = |loss: f64| if loss.is_finite() { number(loss) } else { "diverges".into() };
        report.table(
            "scaled",
            "A rate that follows the width",
            ["lr", "width", "its value", "diverged", "last loss", "range"],
            self.scaled.iter().map(|one| {
                let [low, middle, high] =
                    [one.losses.low, one.losses.middle, one.losses.high].map(shown);
                let diverged = Cell::number(format!("{} of {seeds}", one.diverged));
                let (middle, range) =
                    (Cell::number(middle), Cell::number(format!("{low} to {high}")));
                cells![SCALINGS[one.scaling].1, one.width, one.lr, diverged, middle, range]
            }),
        );

        let ends = [0, widths.len() - 1].map(|place| widths[place]);
        let [constant, root, inverse] = [0, 1, 2].map(|rule| self.by(rule));
        let none = |arms: &[&Scaled]| arms.iter().all(|arm| arm.diverged == 0);
        let end = |arms: &[&Scaled]| arms.last().map_or(f64::NAN, |arm| arm.losses.middle);
        let middles = || inverse.iter().map(|arm| arm.losses.middle);
        report.claim(
            "ends",
            "Every network survives the smallest learning rates and diverges at the largest.",
            self.borders.iter().all(|border| border.critical.middle.is_finite()),
        );
        report.claim(
            "beyond",
            "The narrowest networks tried every rate: of those above the first that diverged, fewer \
             than one in five is survived.",
            beyond > 0 && 5 * survived < beyond,
        );
        report.claim_book(
            "falls",
            format!(
                "From width {} to {} the critical rate falls as the push says, within a factor of \
                 1.5, and far less than the edge of stability says.",
                ends[0], ends[1]
            ),
            within(measured / push, 1.5) && edge > 1.5 * measured,
        );
        report.claim(
            "push",
            "At every width the push names the median critical rate within a factor of 2.",
            self.borders.iter().all(|b| within(b.critical.middle / b.by_push, 2.0)),
        );
        report.claim_book(
            "constant",
            "One rate for all widths: at the widest every run diverges.",
            constant.last().is_some_and(|arm| arm.diverged == seeds as usize),
        );
        report.claim(
            "falling",
            "A rate that falls as one over the root of the width, or as one over the width: no run \
             diverges.",
            none(&root) && none(&inverse),
        );
        report.claim_book(
            "speed",
            "One over the width keeps the speed: the median last losses of all widths lie within a \
             factor of 2.",
            highest(middles()) / lowest(middles()) < 2.0,
        );
        report.claim_book(
            "faster",
            "Which of these two rules is faster, this network does not say: at the widest their \
             median last losses lie within a factor of 2.",
            within(end(&root) / end(&inverse), 2.0),
        );
        report
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let widths = || self.borders.iter().map(|border| border.width as f64);
        let axis = |label: &str| Axis::log(label, 0.8 * lowest(widths()), 1.25 * highest(widths()));
        let rule = |of: fn(&Border) -> f64| -> Vec<(f64, f64)> {
            self.borders.iter().map(|border| (border.width as f64, of(border))).collect()
        };
        let points = self.borders.iter().filter(|border| border.critical.middle.is_finite());
        let points = points.map(|Border { width, critical, .. }| {
            (*width as f64, critical.middle, critical.low, critical.high)
        });
        let border = Chart::new("critical learning rate")
            .height(260.0)
            .x(axis("width"))
            .y(Axis::log("lr", 1e-3, 1.0))
            .dashed(colors::THEORY, "by the push", &rule(|border| border.by_push))
            .dashed(Color::D, "by the edge of stability", &rule(|border| border.by_edge))
            .intervals(colors::MEASURED, "measured", &points.collect::<Vec<_>>());
        let scaled = Chart::new("loss where the rate follows the width")
            .height(260.0)
            .x(axis("width"))
            .y(Axis::log("last loss", 1e-3, 3.0));
        let colors = [Color::B, Color::A, Color::C];
        let scaled = (0..3).zip(colors).fold(scaled, |chart, (rule, color)| {
            let loss = |arm: &Scaled| (arm.width as f64, arm.losses.middle);
            let line: Vec<(f64, f64)> = self.by(rule).into_iter().map(loss).collect();
            chart.line(color, SCALINGS[rule].2, &line)
        });
        let title = report.title(
            &["falls"],
            "The rate that a network bears falls as the root of its width",
            "Which rates a network bears, over its width",
        );
        let Settings { seeds, steps, .. } = self.settings;
        let figure = Panels::new(title, vec![border, scaled])
            .subtitle(&format!(
                "12 layers, ReLU, Kaiming, {steps} steps, {} learning rates; points: median of \
                 {seeds} seeds, with their range",
                RATES.count
            ))
            .desc(
                "Two panels over the width, logarithmic. First: the learning rate from which a \
                 network diverges; points are measured, one dashed line is the limit of the push, the \
                 steeper one the edge of stability. Second: the last loss where the rate stays, falls \
                 as one over the root of the width, or as one over the width.",
            );
        vec![figure.render()]
    }
}

impl Width {
    /// The networks whose rate follows the width by this rule, from narrow to wide.
    fn by(&self, rule: usize) -> Vec<&Scaled> {
        self.scaled.iter().filter(|arm| arm.scaling == rule).collect()
    }
}
