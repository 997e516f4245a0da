//! The plane of the verdict, with the measured networks in it.

use crate::experiments::score::OUTCOMES;
use minigrad::recipe::Outcome;
use minigrad_plot::{Axis, Chart, Drawing, Panels};

use crate::labs::data::Data;
use crate::labs::meaning::{self, THEORY};

/// Ends of each axis; what lies further out stands on the border.
const ENDS: (f64, f64) = (1e-3, 1e3);

/// A network: its push and another size, each over its limit, and what became of it.
type Place = (f64, f64, Option<Outcome>);

fn within(size: f64) -> f64 {
    // A size that is not a number belongs to a signal that has overflowed.
    if size.is_nan() {
        ENDS.1
    } else {
        size.clamp(ENDS.0, ENDS.1)
    }
}

/// Push against collapse where norms are on every path, push against the final loss elsewhere.
pub fn draw(data: &Data) -> Drawing {
    let column = |name: &str| data.series(&format!("plane {name}")).iter().copied();
    let outcomes = column("outcome").map(|number| {
        let known = number.is_finite().then_some(number as usize);
        known.and_then(|number| OUTCOMES.get(number).copied())
    });
    let sizes = column("push").zip(column("collapse").zip(column("loss")));
    let (mut enclosed, mut others): (Vec<Place>, Vec<Place>) = (vec![], vec![]);
    for ((push, (collapse, loss)), outcome) in sizes.zip(outcomes) {
        // Where there is a way around the norms, or no norm, nothing is said of a collapse.
        match collapse.is_nan() {
            true => others.push((within(push), within(loss), outcome)),
            false => enclosed.push((within(push), within(collapse), outcome)),
        }
    }
    let trained = |name: &str| {
        format!(
            "{} of {}",
            data.text(&format!("plane_{name}_trained")),
            data.text(&format!("plane_{name}"))
        )
    };
    let (below, above) = (trained("below"), trained("above"));
    let panels = vec![
        panel("Norms on every path", "collapse / limit", &enclosed),
        panel("No norm, or a stream around it", "final loss / limit", &others),
    ];
    let title = format!("Below every limit {below} networks train, elsewhere {above}");
    Panels::new(&title, panels)
        .columns(2)
        .subtitle("measured: ● trains, ■ diverges, ▲ vanishes; dashed: the limits of the verdict")
        .desc(&format!(
            "Two panels of points, one a network, by its measured outcome, with the limits of the \
             verdict as two dashed lines each. Below every limit {below} networks train, elsewhere \
             {above}."
        ))
        .render()
}

fn panel(title: &str, y: &str, places: &[Place]) -> Chart {
    let chart = Chart::new(title)
        .height(330.0)
        .x(Axis::log("push / limit", ENDS.0, ENDS.1))
        .y(Axis::log(y, ENDS.0, ENDS.1))
        .dashed(THEORY, "", &[(1.0, ENDS.0), (1.0, ENDS.1)])
        .dashed(THEORY, "", &[(ENDS.0, 1.0), (ENDS.1, 1.0)]);
    OUTCOMES.iter().fold(chart, |chart, &outcome| {
        let those = places.iter().filter(|(.., of)| *of == Some(outcome));
        let points: Vec<(f64, f64)> = those.map(|&(push, other, _)| (push, other)).collect();
        chart.marks(meaning::outcome(outcome), "", &points)
    })
}
