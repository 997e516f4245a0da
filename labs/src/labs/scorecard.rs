//! Lab 04: the predictor against trained networks.

mod kept;

use clap::Args;
use minigrad::experiments::score::{Measured, Score, OUTCOMES};
use minigrad::experiments::scorecard::{run, Scorecard, Settings};

use super::finish;
use crate::command::{Lab, Request};
use crate::failure::Failure;
use crate::progress::Bar;
use crate::root;
use kept::Kept;
use minigrad_plot::{Axis, Bars, Cells, Chart, Color, Panels};

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "scorecard",
    about: "Hold the predictions to account against networks that nothing was fitted on",
    seed: 2,
    steps: Some(200),
    writes: &[
        "scorecard-verdicts.svg",
        "scorecard-curves.svg",
        "scorecard-groups.svg",
        "scorecard.json",
    ],
    // Where all labs run, one after the other, an interrupted one goes on.
    run: |request| main(request, &Flags { full: false, resume: true }),
};

/// The lab's own flags.
#[derive(Args, Clone, Copy, Debug)]
pub struct Flags {
    /// Five times as many configurations; the results go to target/figures unless --out says
    /// otherwise
    #[arg(long)]
    pub full: bool,
    /// Goes on where an interrupted run of the same settings stopped; its results are kept in target
    #[arg(long)]
    pub resume: bool,
}

/// Runs the lab.
///
/// # Errors
/// If a file cannot be read or written.
pub fn main(request: &Request, flags: &Flags) -> Result<(), Failure> {
    let mut request = request.clone();
    let book = root::workspace()?.join("figures");
    if flags.full && request.dir == book {
        request.dir = root::workspace()?.join("target/figures");
    }
    // The larger grid is none of the book's.
    request.trial |= flags.full;
    let output = request.output()?;
    let count = if flags.full { Settings::FULL } else { Settings::default().count };
    let settings =
        Settings { seed: request.seed, steps: request.steps, count, ..Settings::default() };
    let kept = Kept::open(&root::workspace()?.join("target"), &settings, flags.resume)?;
    let bar = Bar::new(LAB.name, request.threads);
    let card = run(&settings, &|design| kept.find(design), &|measured| kept.add(measured), &bar);
    drop(bar);
    let report = card.report();
    let tables = [
        ("Verdicts", "confusion"),
        ("Reliability", "reliability"),
        ("Groups", "groups"),
        ("Curves", "curves"),
        ("Chosen recipes", "chosen"),
        ("Worst failures", "failures"),
    ];
    let figures = [
        ("scorecard-verdicts.svg", verdicts(&card)),
        ("scorecard-curves.svg", curves(&card)),
        ("scorecard-groups.svg", groups(&card)),
    ];
    finish(&request, &output, &report, &tables, &figures)?;
    kept.remove();
    Ok(())
}

/// Rows measured, columns predicted: how many, and whether that is right.
fn verdicts(card: &Scorecard) -> String {
    let score = Score::of(card.pairs.iter().map(|(m, p)| (m, p)));
    let names = OUTCOMES.map(|outcome| outcome.to_string());
    let cells: Vec<Vec<Option<usize>>> =
        (0..3).map(|i| (0..3).map(|j| Some(usize::from(i != j))).collect()).collect();
    let texts = score.matrix.map(|row| row.map(|count| count.to_string()).to_vec()).to_vec();
    let right: usize = (0..3).map(|k| score.matrix[k][k]).sum();
    Cells::new(&format!("{right} of {} verdicts are right", score.count()))
        .subtitle(&format!(
            "{} configurations, {} steps, {} seeds each",
            score.count(),
            card.settings.steps,
            card.settings.seeds
        ))
        .desc("How often each measured outcome was predicted to be each. The diagonal is right.")
        .columns("predicted", &names)
        .rows("measured", &names)
        .category(Color::A, "right")
        .category(Color::B, "wrong")
        .cells(&cells)
        .texts(&texts)
        .render()
}

fn curves(card: &Scorecard) -> String {
    let charts = card.chosen.iter().map(|(name, measured, prediction)| {
        let windows = measured.training.windows();
        // The last window lies inside the one before.
        let windows = &windows[..windows.len() - 1];
        let line = |losses: &[f64]| -> Vec<(f64, f64)> {
            let centre = |&(start, end): &(usize, usize)| ((start + 1) as f64 * end as f64).sqrt();
            windows
                .iter()
                .map(centre)
                .zip(losses.iter().copied())
                .filter(|p| p.1.is_finite())
                .collect()
        };
        Chart::new(name)
            .x(Axis::log("step", 1.0, card.settings.steps.max(2) as f64))
            .y(Axis::log("training loss (nats)", 1e-3, 1e1))
            .line(Color::A, "measured", &line(&measured.losses))
            .dashed(Color::B, "predicted", &line(&prediction.window_losses()))
    });
    Panels::new("Predicted before the run, and measured", charts.collect())
        .subtitle(&format!(
            "solid: median of {} seeds; dashed: theory, from the recipe alone",
            card.settings.seeds
        ))
        .desc(&format!(
            "Loss against the step for {} recipes, both logarithmic, measured and predicted.",
            card.chosen.len()
        ))
        .columns(2)
        .render()
}

/// Share of right verdicts by value of a field, with two standard errors.
fn groups(card: &Scorecard) -> String {
    let of_all = Score::of(card.pairs.iter().map(|(m, p)| (m, p))).accuracy();
    let (mut kinds, mut apart) = (0, 0);
    let mut groups = vec![];
    for (field, of) in FIELDS {
        let mut names: Vec<String> = card.pairs.iter().map(|(m, _)| of(m)).collect();
        names.sort();
        names.dedup();
        let mut bars = vec![];
        for name in names {
            let members = card.pairs.iter().filter(|(measured, _)| of(measured) == name);
            let score = Score::of(members.map(|(m, p)| (m, p)));
            if score.count() == 0 {
                continue;
            }
            let share = score.accuracy();
            let error = 2.0 * (share * (1.0 - share) / score.count() as f64).sqrt();
            let (low, high) = ((share - error).max(0.0), (share + error).min(1.0));
            (kinds, apart) = (kinds + 1, apart + usize::from(!(low..=high).contains(&of_all)));
            let text = format!("{:.0} of {}", share * score.count() as f64, score.count());
            bars.push((name, share, (100.0 * low, 100.0 * high), text));
        }
        groups.push((field, bars));
    }
    let title = match apart {
        0 => format!("All {kinds} kinds of network are within two standard errors of the whole"),
        _ => format!("{apart} of {kinds} kinds are beyond two standard errors of the whole"),
    };
    let mut figure = Bars::new(&title, "right verdicts (%)")
        .subtitle("bars: share of right verdicts; whiskers: two standard errors");
    for (field, bars) in groups {
        figure = figure.group(field);
        for (name, share, range, text) in bars {
            figure = figure.bar(Color::A, &name, 100.0 * share, range, &text);
        }
    }
    figure.render()
}

type Field = (&'static str, fn(&Measured) -> String);

const FIELDS: [Field; 4] = [
    ("body", |m| m.recipe.body.to_string()),
    ("activation", |m| m.recipe.activation.to_string()),
    ("norm", |m| m.recipe.norm.to_string()),
    ("residual", |m| if m.recipe.residual { "with" } else { "without" }.to_owned()),
];
