//! Lab 04: the predictor against trained networks.

mod kept;
mod plane;
mod worth;

use crate::experiments::score::OUTCOMES;
use crate::experiments::scorecard::{run, Settings};
use clap::Args;
use minigrad::recipe::Training;

use super::data::Data;
use super::{finish, meaning, redraw};
use crate::command::{Lab, Request};
use crate::spine::Bar;
use kept::Kept;
use minigrad_cli::failure::Failure;
use minigrad_cli::root;
use minigrad_plot::{Axis, Bars, Cells, Chart, Drawing, Panels};

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
        "scorecard-plane.svg",
        "scorecard-reliability.svg",
        "scorecard-margins.svg",
        "scorecard.json",
    ],
    // Where all labs run, one after the other, an interrupted one goes on.
    run: |request| main(request, &Flags { full: false, resume: true, redraw: false }),
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
    /// Draw the figures again from the data of an earlier run, and run nothing
    #[arg(long)]
    pub redraw: bool,
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
    let book = if flags.full { Settings::full() } else { Settings::default() };
    let settings = Settings { seed: request.seed, steps: request.steps, ..book };
    if flags.redraw {
        let data = Data::read(&request.dir, LAB.name)?;
        return redraw(&request, &figures(&data, &settings));
    }
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
        ("Other starts", "starts"),
        ("Failures of other starts", "starts_failures"),
    ];
    let figures = figures(&Data::from(&report), &settings);
    finish(&request, &output, &report, &tables, &figures)?;
    kept.remove();
    Ok(())
}

fn figures(data: &Data, settings: &Settings) -> [(&'static str, Drawing); 6] {
    [
        ("scorecard-verdicts.svg", verdicts(data, settings)),
        ("scorecard-curves.svg", curves(data, settings)),
        ("scorecard-groups.svg", groups(data)),
        ("scorecard-plane.svg", plane::draw(data)),
        ("scorecard-reliability.svg", worth::reliability(data)),
        ("scorecard-margins.svg", worth::margins(data)),
    ]
}

/// Verdicts that came true, of how many: of one outcome or group, or of all.
#[derive(Clone, Copy, Default)]
struct Tally {
    right: usize,
    all: usize,
}

impl Tally {
    fn add(self, Tally { right, all }: Tally) -> Tally {
        Tally { right: self.right + right, all: self.all + all }
    }

    fn share(self) -> f64 {
        self.right as f64 / self.all as f64
    }
}

/// How often each measured outcome was predicted to be each.
fn matrix(data: &Data) -> Vec<Vec<usize>> {
    let count = |cell: &String| cell.parse().unwrap_or(0);
    data.rows("confusion").iter().map(|row| row.iter().skip(1).map(count).collect()).collect()
}

fn of_all(data: &Data) -> Tally {
    let matrix = matrix(data);
    let right = matrix.iter().enumerate().filter_map(|(k, row)| row.get(k)).sum();
    Tally { right, all: matrix.iter().flatten().sum() }
}

/// Rows measured, columns predicted: how many, and whether that is right.
fn verdicts(data: &Data, settings: &Settings) -> Drawing {
    let names = OUTCOMES.map(|outcome| outcome.to_string());
    let cells: Vec<Vec<Option<usize>>> =
        (0..3).map(|i| (0..3).map(|j| Some(usize::from(i != j))).collect()).collect();
    let texts: Vec<Vec<String>> =
        matrix(data).iter().map(|row| row.iter().map(usize::to_string).collect()).collect();
    let Tally { right, all } = of_all(data);
    Cells::new(&format!("{right} of {all} verdicts are right"))
        .subtitle(&format!(
            "{all} configurations, {} steps, {} seeds each",
            settings.steps, settings.seeds
        ))
        .desc("How often each measured outcome was predicted to be each. The diagonal is right.")
        .columns("predicted", &names)
        .rows("measured", &names)
        .category(meaning::RIGHT, "right")
        .category(meaning::WRONG, "wrong")
        .cells(&cells)
        .texts(&texts)
        .render()
}

fn curves(data: &Data, settings: &Settings) -> Drawing {
    let windows = Training::sgd(1.0).steps(settings.steps).windows();
    // The last window lies inside the one before.
    let windows = &windows[..windows.len() - 1];
    let line = |column: String| -> Vec<(f64, f64)> {
        let centre = |&(start, end): &(usize, usize)| ((start + 1) as f64 * end as f64).sqrt();
        let losses = data.series(&column).iter().copied();
        windows.iter().map(centre).zip(losses).filter(|p| p.1.is_finite()).collect()
    };
    let chosen = data.rows("chosen");
    let charts = chosen.iter().filter_map(|row| row.first()).map(|name| {
        Chart::new(&name.replace(" x ", " × "))
            .height(270.0)
            .x(Axis::log("step", 1.0, settings.steps.max(2) as f64))
            .y(Axis::log("training loss (nats)", 1e-3, 1e1))
            .dashed(meaning::THEORY, "", &line(format!("{name}: predicted")))
            .marks(meaning::MEASURED, "", &line(format!("{name}: measured")))
    });
    Panels::new("Predicted before the run, and measured", charts.collect())
        .subtitle(&format!(
            "dashed: theory, from the recipe alone; rings: measured, median of {} seeds",
            settings.seeds
        ))
        .desc(&format!(
            "Loss against the step for {} recipes, both logarithmic, measured and predicted.",
            chosen.len()
        ))
        .columns(2)
        .render()
}

/// Share of right verdicts by value of a field, with two standard errors.
fn groups(data: &Data) -> Drawing {
    let whole = of_all(data).share();
    let (mut kinds, mut apart) = (0, 0);
    let mut groups = vec![];
    for (field, members) in FIELDS {
        let mut bars = vec![];
        for (name, is_one) in members {
            let rows = data
                .rows("groups")
                .iter()
                .filter(|row| row.first().is_some_and(|name| is_one(name)));
            let tally = rows.map(|row| tally(row)).fold(Tally::default(), Tally::add);
            if tally.all == 0 {
                continue;
            }
            let share = tally.share();
            let error = 2.0 * (share * (1.0 - share) / tally.all as f64).sqrt();
            let (low, high) = ((share - error).max(0.0), (share + error).min(1.0));
            (kinds, apart) = (kinds + 1, apart + usize::from(!(low..=high).contains(&whole)));
            let text = format!("{} of {}", tally.right, tally.all);
            bars.push((*name, share, (100.0 * low, 100.0 * high), text));
        }
        groups.push((field, bars));
    }
    let title = match apart {
        0 => format!("All {kinds} kinds of network are within two standard errors of the whole"),
        _ => format!("{apart} of {kinds} kinds are beyond two standard errors of the whole"),
    };
    let mut figure = Bars::new(&title, "right verdicts (%)")
        .up_to(100.0)
        .subtitle("bars: share of right verdicts; whiskers: two standard errors");
    for (field, bars) in groups {
        figure = figure.group(field);
        for (name, share, range, text) in bars {
            figure = figure.bar(meaning::RIGHT, name, 100.0 * share, range, &text);
        }
    }
    figure.render()
}

/// Of a row of the groups: how many, and the share of right verdicts, from which their number
/// follows as long as there are fewer than a thousand.
fn tally(row: &[String]) -> Tally {
    let number = |cell: Option<&String>| {
        cell.and_then(|cell| cell.trim_end_matches(" %").parse::<f64>().ok()).unwrap_or(0.0)
    };
    let (all, percent) = (number(row.get(1)), number(row.get(2)));
    Tally { right: (all * percent / 100.0).round() as usize, all: all as usize }
}

/// A kind of network, and whether a row of the groups is of it.
type Member = (&'static str, fn(&str) -> bool);

const FIELDS: [(&str, &[Member]); 4] = [
    ("body", &[("block", |row| row == "body block"), ("plain", |row| row == "body plain")]),
    (
        "activation",
        &[
            ("GELU", |row| row == "gelu"),
            ("identity", |row| row == "identity"),
            ("ReLU", |row| row == "relu"),
            ("SiLU", |row| row == "silu"),
            ("tanh", |row| row == "tanh"),
        ],
    ),
    (
        "norm",
        &[
            ("LayerNorm", |row| row.ends_with(" ln")),
            ("RMSNorm", |row| row.ends_with(" rms")),
            ("none", |row| row == "no norm"),
        ],
    ),
    (
        "residual",
        &[("with", |row| row == "with residual"), ("without", |row| row == "without residual")],
    ),
];
