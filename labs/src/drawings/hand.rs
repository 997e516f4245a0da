//! The questions of judging by hand, in their order.

use super::*;
use minigrad::theory::Limits;

#[derive(Serialize, Deserialize)]
pub struct Bounds {
    /// Of a push: bare, streamed and enclosed.
    pub push: [f64; 3],
    pub collapse: f64,
}

impl Part for Bounds {
    fn measure(_: u64) -> Bounds {
        let Limits { bare, streamed, enclosed, collapse, .. } = Limits::FITTED;
        Bounds { push: [bare, streamed, enclosed], collapse }
    }

    fn report(&self, _: &mut Report) {}

    /// From a recipe to its verdict: each question has an answer that ends the way, and one that goes
    /// on.
    fn figures(&self, _: &Report) -> Vec<Drawing> {
        let Bounds { push: [bare, streamed, enclosed], collapse } = self;
        let pushes = format!("Push above {bare} | {streamed} | {enclosed}?");
        let collapses = format!("Enclosed, and collapse above {collapse}?");
        let questions = [
            ("Signal not finite?", "yes: diverges", Outcome::Diverges),
            (&pushes, "yes: diverges; enclosed: vanishes", Outcome::Diverges),
            (&collapses, "yes: vanishes", Outcome::Vanishes),
            ("(2 + σ)/v above 1.7 times the steps?", "yes: vanishes", Outcome::Vanishes),
        ];
        let (wide, middle, all) = (330.0, 165.0, 384.0);
        let tile = Tile::new("", wide, all + 40.0);
        let tile = count(0, questions).fold(tile, |tile, (i, (question, answer, outcome))| {
            let (y, bottom) = (96.0 * i, 96.0 * i + 66.0);
            tile.wash(LINES, (0.0, y), (wide, bottom))
                .outline(LINES, (0.0, y), (wide, bottom))
                .text(Color::A, (middle, y + 26.0), Side::Middle, question)
                .text(colors::outcome(outcome), (middle, y + 52.0), Side::Middle, answer)
                .flow(LINES, 2.0, &[(middle, bottom), (middle, y + 96.0)])
                .text(LINES, (middle + 12.0, bottom + 21.0), Side::Right, "no")
        });
        let trains = colors::outcome(Outcome::Trains);
        let tile = tile.boxed(trains, (0.0, all), (wide, all + 40.0), "trains");
        let subtitle = "limits of the push: bare | streamed | enclosed";
        let spoken = "Four questions, one below the other. Yes to the first, a signal that is not \
            finite: diverges. Yes to the second, a push above its limit: diverges, an enclosed \
            network vanishes. Yes to the third, an enclosed network whose collapse is above its \
            limit: vanishes. Yes to the fourth, too few steps: vanishes. No to all: trains.";
        vec![drawn(Tiles::new("From a recipe to a verdict, by hand", vec![tile]), subtitle, spoken)]
    }
}
