//! What training does to the length of weights, behind a norm and without one.

use crate::experiments::lengths::{
    decay::{balanced_turn, Arm, DECAYS, WINDOW},
    run,
    surprise::MEASURED as AT,
    Lengths, Settings,
};
use crate::experiments::{Report, Spread};
use minigrad_plot::{Axis, Chart, Color, Drawing, Panels};

use super::meaning::THEORY;
use super::{course, finish, title};
use crate::command::{Lab, Request};
use crate::spine::Bar;
use minigrad_cli::failure::Failure;

/// The lab's command line.
pub const LAB: Lab = Lab {
    name: "lengths",
    about: "Follow the length of weights through training, behind a norm and without one",
    seed: 0,
    steps: Some(2000),
    writes: &["lengths.svg", "lengths-catapult.svg", "lengths-deep.svg", "lengths.json"],
    run: main,
};

fn main(request: &Request) -> Result<(), Failure> {
    let output = request.output()?;
    let settings = Settings { seed: request.seed, steps: request.steps, ..Settings::default() };
    let found = run(&settings, &Bar::new(LAB.name, request.threads));
    let report = found.report();
    let tables = [
        ("Behind a norm", "decay"),
        ("A shallow network without a norm", "catapult"),
        ("Lab 02's deep network", "surprise"),
    ];
    let figures = [
        ("lengths.svg", decay(&found, &report)),
        ("lengths-catapult.svg", catapult(&found, &report)),
        ("lengths-deep.svg", deep(&found, &report)),
    ];
    finish(request, &output, &report, &tables, &figures)
}

/// With decay, and without.
const COLORS: [Color; 2] = [Color::C, Color::A];
const NAMES: [&str; 2] = ["without decay", "with decay"];

fn decay(found: &Lengths, report: &Report) -> Drawing {
    let title = title(
        report,
        &["With decay, squared", "With decay the weights", "Without decay"],
        "Behind a norm weights only lengthen; decay brings them to one length",
        "The length of weights behind a norm, with and without decay",
    );
    let steps = found.settings.steps as f64;
    let x = || Axis::linear("step", 0.0, steps);
    let lines = |mut chart: Chart, of: &dyn Fn(&Arm) -> Vec<(f64, f64)>| {
        for (decay, color) in DECAYS.into_iter().zip(COLORS) {
            for arm in found.decays.iter().filter(|arm| arm.decay == decay) {
                chart = chart.line(color, "", &of(arm));
            }
        }
        chart
    };
    let squares = |arm: &Arm| -> Vec<(f64, f64)> {
        let squares = arm.courses[0].squares.iter().enumerate();
        squares.step_by(20).map(|(step, square)| (step as f64, *square)).collect()
    };
    let turns = |arm: &Arm| -> Vec<(f64, f64)> {
        let turns = arm.courses[0].turns.iter().enumerate();
        turns
            .map(|(window, turn)| (((window * WINDOW) + WINDOW / 2) as f64, degrees(*turn)))
            .collect()
    };
    let length = Chart::new("squared length").height(250.0).x(x()).y(Axis::log(
        "|w|², as drawn = 1",
        1e-4,
        3.0,
    ));
    let length = lines(length, &squares).name(COLORS[0], 0.72 * steps, 1.6, NAMES[0]).name(
        COLORS[1],
        0.72 * steps,
        4e-4,
        NAMES[1],
    );
    let turn = Chart::new("turn a step")
        .height(250.0)
        .x(x())
        .y(Axis::log("angle (degrees)", 0.02, 20.0))
        .dashed(
            THEORY,
            "",
            &[(0.0, degrees(balanced_turn(DECAYS[1]))), (steps, degrees(balanced_turn(DECAYS[1])))],
        );
    let turn = lines(turn, &turns).name(COLORS[0], 0.72 * steps, 0.12, NAMES[0]).name(
        COLORS[1],
        0.72 * steps,
        11.0,
        NAMES[1],
    );
    Panels::new(title, vec![length, turn])
        .subtitle(&format!(
            "4 × 128 ReLU, RMSNorm, lr 0.1 without momentum, decay 0 and {}, hidden weights at the start times 0.1, 0.3 \
             and 1; dashed: theory",
            DECAYS[1]
        ))
        .desc(
            "Two panels over the steps. First, squared length of a hidden layer, logarithmic: without decay three \
             lines rise or stay flat, with decay three lines meet. Second, the angle by which a step turns the \
             weights: with decay all three come to the dashed line, without it those that start short turn \
             ever more slowly.",
        )
        .render()
}

fn degrees(radians: f64) -> f64 {
    radians * 180.0 / std::f64::consts::PI
}

fn catapult(found: &Lengths, report: &Report) -> Drawing {
    let title = title(
        report,
        &["Below the edge", "Between one", "At four"],
        "Thrown to a flatter place: between one and two edges the loss rises first",
        "A shallow network below and beyond the edge of stability",
    );
    let steps = found.settings.shallow_steps as f64;
    let x = || Axis::linear("step", 0.0, steps);
    let color = |rate: f64| match rate {
        rate if rate < 1.0 => Color::A,
        rate if rate < 2.0 => Color::F,
        _ => Color::B,
    };
    let mut loss =
        Chart::new("loss").height(230.0).x(x()).y(Axis::log("mean squared error", 0.03, 3e3));
    let mut sharp = Chart::new("sharpness, relative to the edge")
        .height(230.0)
        .x(x())
        .y(Axis::linear("lr λ / 2", 0.0, 4.5))
        .dashed(THEORY, "", &[(0.0, 1.0), (steps, 1.0)]);
    for throw in &found.throws {
        let losses: Vec<(f64, f64)> =
            throw.losses.iter().enumerate().map(|(step, loss)| (step as f64, *loss)).collect();
        let course: Vec<(f64, f64)> =
            throw.course.iter().map(|(step, sharpness, _)| (*step as f64, *sharpness)).collect();
        loss = loss.line(color(throw.rate), "", &losses);
        sharp = sharp.line(color(throw.rate), "", &course);
    }
    let sharp = sharp
        .name(Color::A, 0.55 * steps, 0.65, "below the edge")
        .name(Color::F, 0.12 * steps, 1.7, "between one and two edges")
        .name(Color::B, 0.06 * steps, 4.1, "four edges");
    Panels::new(title, vec![loss, sharp])
        .subtitle("2 × 256 ReLU, no norm, mean squared error, full batch, no momentum; rates 0.5 to 4 times the edge")
        .desc(
            "Two panels over the steps. First, the loss: at rates below the edge it falls, between one and two edges \
             it rises by up to a hundred times and then falls, at four it leaves. Second, the sharpness \
             relative to the edge: below it stays, beyond it drops below the dashed line at 1.",
        )
        .render()
}

fn deep(found: &Lengths, report: &Report) -> Drawing {
    let title = title(
        report,
        &["In its first 12 updates", "Lab 02's"],
        "Without a norm the sharpness falls at once, at whatever length of the weights",
        "The sharpness of lab 02's deep network in its first updates",
    );
    let rows = |arm: usize| -> Vec<(f64, Spread)> {
        AT.iter().map(|&at| (at as f64, found.deep[arm].sharpness(at))).collect()
    };
    let chart = Chart::new(title)
        .height(300.0)
        .subtitle(&format!(
            "32 × 64 ReLU, lr 0.018, momentum 0.9; lines: median of {} seeds, bands: their range",
            found.settings.deep_seeds
        ))
        .desc(
            "Sharpness, relative to the edge of stability, over the first thirty updates. Without a norm it falls \
             a hundredfold, the same with lengths held. With RMSNorm it falls to a quarter.",
        )
        .x(Axis::linear("updates", 0.0, 30.0))
        .y(Axis::log("lr λ / 3.8", 0.01, 2.0))
        .dashed(THEORY, "the edge", &[(0.0, 1.0), (30.0, 1.0)]);
    let chart = course(chart, Color::F, "RMSNorm", &rows(2));
    let chart = course(chart, Color::E, "no norm", &rows(0));
    course(chart, Color::A, "lengths held", &rows(1)).render()
}
