//! Lab 04: the predictions held to account against networks that nothing was fitted on.

mod design;
mod figures;
mod starts;

pub use design::{chosen, design, other_starts, structure, Design, INITS, STARTS};

use crate::score::summary::{percent, score, Summary};
use crate::score::{half_time, tables, Measured, Pair};
use crate::spine::prelude::*;
use figures::places;
use minigrad::theory::Limits;
use minigrad_cli::{root, Failure};

settings! {
    seed = 2;
    steps = 200, small 50;
    /// Runs of each configuration; run `s` draws weights, data and batches from `s`.
    seeds: u64 = 3, small 1;
    /// Configurations.
    count: usize = 210, small 24;
    /// Configurations whose branches start as in no set that a limit was fitted to.
    starts: usize = 48, small 8;
}

#[derive(Serialize, Deserialize)]
pub struct Scorecard {
    pub settings: Settings,
    /// Those of [`design`], in its order.
    pub networks: Vec<Measured>,
    /// Those of [`other_starts`], in its order.
    pub starts: Vec<Measured>,
    /// Recipes of the book's own labs.
    pub chosen: Vec<Measured>,
}

/// Trains one configuration with seeds 0, 1, ...
pub fn measure(Design { recipe, training }: &Design, count: u64) -> Measured {
    let plan = (recipe.clone(), training.clone());
    let train = |seed: u64| {
        let (recipe, training) = plan.seeded(seed);
        Trial::of(&recipe, &training).run
    };
    let runs: Vec<Run> = seeds(0, count).into_iter().map(train).collect();
    let loss = |(start, end)| median(runs.iter().map(|run| mean_loss(run, start, end)));
    Measured {
        outcomes: runs.iter().map(Run::outcome).collect(),
        losses: training.windows().into_iter().map(loss).collect(),
        recipe: plan.0,
        training: plan.1,
    }
}

/// Runs five times as many configurations, which are none of the book's.
///
/// # Errors
/// Those of [`Lab::run`].
pub fn full(request: &Request) -> Result<(), Failure> {
    let root = root::workspace()?;
    let dir = Some(&request.dir).filter(|dir| **dir != root.join("figures")).cloned();
    let dir = dir.unwrap_or_else(|| root.join("target/figures"));
    let lab = Lab {
        measure: |request, progress| {
            let (seed, steps, book) = (request.seed, request.steps, Settings::default());
            let (count, starts) = (5 * book.count, 5 * book.starts);
            let settings = Settings { seed, steps, count, starts, ..book };
            serde_json::json!(Scorecard::measure(&settings, progress))
        },
        ..Lab::of::<Scorecard>().keeping("scorecard-full")
    };
    lab.run(&Request { dir, trial: true, ..request.clone() })
}

/// Each with its prediction.
fn predicted(networks: &[Measured]) -> Vec<Pair> {
    let predict = |one: &Measured| (one.clone(), one.recipe.predict(&one.training));
    map_in_parallel(networks, &Silent, predict)
}

/// What earlier forms of the theory scored, as it was published then: the seed, how many networks
/// had a majority, how many were judged right, and the log loss. The seed of the page is the number of
/// the theory's form; the fourth was still scored on the seed of the third.
const HISTORY: [(usize, usize, &str, &str); 4] = [
    (0, 96, "82.3 %", "-"),
    (1, 95, "77.9 %", "-"),
    (2, 209, "83.7 %", "0.496"),
    (2, 206, "86.4 %", "0.444"),
];

/// What it does instead by a flag of its own.
pub const BY_FLAG: &[Other] = &[Other {
    flag: "full",
    help: "Five times as many configurations; the results go to target/figures unless --out says otherwise",
    run: full,
}];

impl Experiment for Scorecard {
    const NAME: &'static str = "scorecard";
    const ASKS: &'static str =
        "How often does theory say before a run what networks do that it was never fitted on?";
    const FIGURES: &'static [&'static str] = &[
        "scorecard-verdicts.svg",
        "scorecard-curves.svg",
        "scorecard-groups.svg",
        "scorecard-plane.svg",
        "scorecard-reliability.svg",
        "scorecard-margins.svg",
    ];
    type Settings = Settings;

    fn measure(settings: &Settings, progress: &dyn Progress) -> Scorecard {
        let mut all = design(settings);
        all.extend(other_starts(settings));
        all.extend(chosen(settings).into_iter().map(|(_, design)| design));
        let mut networks = map_and_keep(&all, progress, |design| measure(design, settings.seeds));
        let chosen = networks.split_off(settings.count + settings.starts);
        let starts = networks.split_off(settings.count);
        Scorecard { settings: settings.clone(), networks, starts, chosen }
    }

    fn report(&self) -> Report {
        let Settings { steps, seeds, count, starts, .. } = self.settings;
        let mut report = Report::default();
        let [networks, chosen] = [&self.networks, &self.chosen].map(|all| predicted(all));
        let all = score(&networks);
        let summary = Summary::from(all.clone());
        report.counts([("configurations", count), ("steps", steps), ("seeds", seeds as usize)]);
        report.counts([("starts", starts), ("recipes", chosen.len())]);
        report.value("agreement", percent(agreement(&self.networks)));
        report.value("majority", percent(summary.majority()));
        summary.values("score", &mut report);
        summary.course_values("score", &mut report);
        summary.confusion("confusion", "Verdicts", &mut report);
        let earlier = HISTORY.map(|(seed, count, right, loss)| {
            cells![seed, count, Cell::number(right), Cell::number(loss)]
        });
        let (right, loss) = (percent(summary.accuracy()), format!("{:.3}", summary.log_loss));
        let now = cells![
            self.settings.seed as usize,
            summary.count(),
            Cell::number(right),
            Cell::number(loss)
        ];
        let rows = earlier.into_iter().chain([now]);
        report.table("history", "Earlier scores", ["seed", "networks", "right", "log loss"], rows);
        tables::reliability(&tables::bins(&all), &mut report);
        tables::grouped(&tables::groups(&networks), &mut report);
        tables::curves(&all.windows(), "curves", "Curves", &mut report);
        let pairs: Vec<&Pair> = networks.iter().collect();
        let bands = tables::bands(&pairs, &Limits::FITTED, &Silent);
        let [band, last] = tables::inside(&bands).map(percent);
        report.value("band", band);
        report.value("band_last", last);
        tables::covered(&bands, &mut report);
        tables::margin_table(&tables::margins(&networks), &mut report);
        self.report_chosen(&chosen, &mut report);
        failures("failures", "Worst failures", &networks, &mut report);
        for (name, is_safe) in [("below", true), ("above", false)] {
            let (trained, all) = figures::trained(&places(&networks), is_safe);
            report.value(format!("plane_{name}_trained"), trained);
            report.value(format!("plane_{name}"), all);
        }

        let [accuracy, majority] = [summary.accuracy(), summary.majority()];
        let [right, most, sure, sure_right] =
            [accuracy, majority, summary.sure[0], summary.sure[1]].map(percent);
        report.claim_book(
            "verdicts",
            format!(
                "The verdict is right for {right} of {} configurations that nothing was fitted on; \
                 always naming the most frequent outcome is right for {most}",
                summary.count(),
            ),
            accuracy > majority + 0.2,
        );
        report.claim_book(
            "sure",
            format!("Verdicts that theory is sure of, {sure} of all, come true in {sure_right}"),
            summary.sure[1] > 0.9,
        );
        summary.claim_end(&mut report);
        let right = chosen.iter().filter(|(m, p)| m.outcome().is_some_and(|o| o == p.verdict()));
        let right = right.count();
        report.claim_book(
            "chosen",
            format!("Of {} recipes of the book, {right} are judged right", chosen.len()),
            right + 1 >= chosen.len(),
        );
        starts::report(&networks, &predicted(&self.starts), &mut report);
        report
    }

    fn figures(&self, _: &Report) -> Vec<Drawing> {
        figures::all(self)
    }
}

/// Share of the runs that did what most runs of their configuration did.
fn agreement(all: &[Measured]) -> f64 {
    let judged = || all.iter().filter_map(|one| Some((one.outcome()?, &one.outcomes)));
    let same = judged().flat_map(|(most, runs)| runs.iter().filter(move |&&run| run == most));
    same.count() as f64 / judged().map(|(_, runs)| runs.len()).sum::<usize>() as f64
}

/// The wrong verdicts.
fn wrong(pairs: &[Pair]) -> impl Iterator<Item = &Pair> {
    pairs.iter().filter(|(m, p)| m.outcome().is_some_and(|outcome| outcome != p.verdict()))
}

fn last(losses: &[f64]) -> f64 {
    losses.last().copied().unwrap_or(f64::NAN)
}

/// Reports the worst wrong verdicts: those first whose loss is furthest off.
fn failures(name: &'static str, title: &str, pairs: &[Pair], report: &mut Report) {
    // A loss that is not finite counts as far away.
    let decades = |loss: f64| if loss.is_finite() { libm::log10(loss.max(1e-3)) } else { 3.0 };
    let distance =
        |(m, p): &Pair| libm::fabs(decades(last(&m.losses)) - decades(last(&p.window_losses())));
    let mut wrong: Vec<&Pair> = wrong(pairs).collect();
    wrong.sort_by(|a, b| distance(b).total_cmp(&distance(a)));
    let header = ["network", "lr", "measured", "predicted", "loss", "theory", "push"];
    let rows = wrong.into_iter().take(8).map(|(measured, prediction)| {
        cells![
            measured.recipe.to_string(),
            measured.training.lr,
            measured.outcome().map(|o| o.to_string()).unwrap_or_default(),
            prediction.verdict().to_string(),
            last(&measured.losses),
            last(&prediction.window_losses()),
            prediction.stability.push,
        ]
    });
    report.table(name, title, header, rows);
}

impl Scorecard {
    fn report_chosen(&self, pairs: &[Pair], report: &mut Report) {
        let header = ["recipe", "measured", "predicted", "final loss", "predicted loss"];
        let header = header.into_iter().chain(["half time", "predicted half"]);
        let names = chosen(&self.settings);
        let rows = names.iter().zip(pairs).map(|((name, _), (measured, prediction))| {
            let windows = measured.training.windows();
            let time = |losses: &[f64]| {
                let time = half_time(&windows[..windows.len() - 1], losses);
                time.map_or(Cell::from("none"), Cell::from)
            };
            let predicted = prediction.window_losses();
            cells![
                *name,
                measured.outcome().map_or("seeds disagree".to_owned(), |o| o.to_string()),
                prediction.verdict().to_string(),
                last(&measured.losses),
                last(&predicted),
                time(&measured.losses),
                time(&predicted),
            ]
        });
        report.table("chosen", "Chosen recipes", header, rows);
    }
}
