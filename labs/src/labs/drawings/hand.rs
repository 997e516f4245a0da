//! The questions of judging by hand, in their order.

use crate::experiments::drawings::limits;
use minigrad::prelude::*;
use minigrad_plot::{Color, Drawing, Side, Tile, Tiles};

use crate::labs::meaning::outcome;

const LINES: Color = Color::Muted;
const WIDE: f64 = 330.0;
const HIGH: f64 = 66.0;
const APART: f64 = 96.0;

/// From a recipe to its verdict: each question has an answer that ends the way, and one that goes on.
pub fn hand() -> Drawing {
    let [bare, streamed, enclosed, collapse] = limits();
    let pushes = format!("Push above {bare} | {streamed} | {enclosed}?");
    let collapses = format!("Enclosed, and collapse above {collapse}?");
    let questions = [
        ("Signal not finite?", "diverges", Outcome::Diverges),
        (&pushes, "diverges; enclosed: vanishes", Outcome::Diverges),
        (&collapses, "vanishes", Outcome::Vanishes),
        ("(2 + σ)/v above 1.7 times the steps?", "vanishes", Outcome::Vanishes),
    ];
    let all = APART * questions.len() as f64;
    let tile = questions.iter().zip(0u32..).fold(
        Tile::new("", WIDE, all + 40.0),
        |tile, ((question, answer, end), i)| {
            let y = APART * f64::from(i);
            tile.wash(LINES, (0.0, y), (WIDE, y + HIGH))
                .outline(LINES, (0.0, y), (WIDE, y + HIGH))
                .text(Color::A, (WIDE / 2.0, y + 26.0), Side::Middle, question)
                .text(
                    outcome(*end),
                    (WIDE / 2.0, y + 52.0),
                    Side::Middle,
                    &format!("yes: {answer}"),
                )
                .flow(LINES, 2.0, &[(WIDE / 2.0, y + HIGH), (WIDE / 2.0, y + APART)])
                .text(LINES, (WIDE / 2.0 + 12.0, y + HIGH + 21.0), Side::Right, "no")
        },
    );
    let trains = outcome(Outcome::Trains);
    let tile = tile.boxed(trains, (0.0, all), (WIDE, all + 40.0), "trains");
    Tiles::new("From a recipe to a verdict, by hand", vec![tile])
        .subtitle("limits of the push: bare | streamed | enclosed")
        .desc(
            "Four questions, one below the other. Yes to the first, a signal that is not finite: \
             diverges. Yes to the second, a push above its limit: diverges, an enclosed network \
             vanishes. Yes to the third, an enclosed network whose collapse is above its limit: \
             vanishes. Yes to the fourth, too few steps: vanishes. No to all: trains.",
        )
        .render()
}
