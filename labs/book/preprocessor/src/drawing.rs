//! A predicted curve as a small drawing in the page, for readers without a script.

use minigrad::theory::Prediction;
use minigrad_explorer::options::short;
use std::fmt::Write;

const WIDE: f64 = 300.0;
const HIGH: f64 = 180.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = WIDE - 20.0;
const TOP: f64 = 48.0;
const BOTTOM: f64 = HIGH - 34.0;

/// Decades of the loss, and of the updates: all drawings have the same axes, to be compared.
const LOSS: (f64, f64) = (-4.0, 8.0);
const UPDATES: (f64, f64) = (0.0, 3.0);

/// The predicted loss over the updates; a curve that leaves the axes runs along their edge.
pub fn curve(name: &str, prediction: &Prediction) -> String {
    let across = |update: f64| place(update, UPDATES, LEFT, RIGHT);
    let up = |loss: f64| place(loss, LOSS, BOTTOM, TOP);
    let verdict = prediction.verdict();
    let losses = prediction.window_losses();
    let (first, last) = (losses[0], losses[losses.len() - 1]);
    let end = if last.is_finite() { short(last) } else { "no finite number".to_owned() };
    let label = format!(
        "{name}: predicted loss from {} to {end} in {} updates. Theory says {verdict}.",
        short(first),
        prediction.training().steps,
    );
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDE} {HIGH}\" role=\"img\" aria-label=\"{label}\" class=\"explorer-chart\">\
         <text x=\"{LEFT}\" y=\"18\" class=\"title\">{name}</text>\
         <text x=\"{LEFT}\" y=\"37\">theory says {verdict}</text>"
    );
    for (loss, shown) in [(1e-4, "10⁻⁴"), (1.0, "1"), (1e4, "10⁴"), (1e8, "10⁸")] {
        let y = up(loss);
        line(&mut svg, (LEFT, y), (RIGHT, y), "grid");
        text(&mut svg, (LEFT - 6.0, y + 4.0), "end", shown);
    }
    for (update, shown) in [(1.0, "1"), (10.0, "10"), (100.0, "100"), (1000.0, "1000")] {
        text(&mut svg, (across(update), BOTTOM + 16.0), "middle", shown);
    }
    line(&mut svg, (LEFT, BOTTOM), (RIGHT, BOTTOM), "axis");
    let guess = up(std::f64::consts::LN_2);
    line(&mut svg, (LEFT, guess), (RIGHT, guess), "mark");
    text(&mut svg, ((LEFT + RIGHT) / 2.0, HIGH - 4.0), "middle", "update; dashed: a guess, ln 2");
    let windows = prediction.training().windows();
    let points = windows.iter().zip(&losses).map(|(&(start, end), &loss)| {
        format!("{:.1},{:.1}", across((start + end + 1) as f64 / 2.0), up(loss))
    });
    let points = points.collect::<Vec<_>>().join(" ");
    let _ = write!(svg, "<polyline points=\"{points}\" class=\"line a\"></polyline>");
    svg + "</svg>\n"
}

/// Where a value stands on a logarithmic axis, at its edge if it lies outside.
fn place(value: f64, (low, high): (f64, f64), from: f64, to: f64) -> f64 {
    let decade = if value.is_nan() { high } else { libm::log10(value).clamp(low, high) };
    from + (decade - low) / (high - low) * (to - from)
}

fn line(svg: &mut String, (x1, y1): (f64, f64), (x2, y2): (f64, f64), class: &str) {
    let _ = write!(
        svg,
        "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" class=\"{class}\"></line>"
    );
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, shown: &str) {
    let _ = write!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{shown}</text>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use minigrad::prelude::*;

    #[test]
    fn a_drawing_says_its_verdict_and_stays_within_its_axes() {
        for init in [Init::Uniform(0.5), Init::Xavier, Init::Kaiming] {
            let prediction = Recipe::mlp(12).init(init).predict(&Training::sgd(1e-3).momentum(0.9));
            let svg = curve("A", &prediction);
            assert!(svg.contains(&format!("Theory says {}.", prediction.verdict())), "{svg}");
            let points = svg.split("points=\"").nth(1).and_then(|rest| rest.split('"').next());
            for point in points.unwrap().split(' ') {
                let (x, y) = point.split_once(',').unwrap();
                let (x, y): (f64, f64) = (x.parse().unwrap(), y.parse().unwrap());
                assert!((LEFT..=RIGHT).contains(&x) && (TOP..=BOTTOM).contains(&y), "{point}");
            }
        }
    }

    /// One decade is a twelfth of the height, and an update a third of the width.
    #[test]
    fn a_value_stands_at_its_decade() {
        assert_eq!(place(1e8, LOSS, BOTTOM, TOP), TOP);
        assert_eq!(place(f64::INFINITY, LOSS, BOTTOM, TOP), TOP);
        assert_eq!(place(1e-9, LOSS, BOTTOM, TOP), BOTTOM);
        assert!((place(1.0, LOSS, 0.0, 12.0) - 4.0).abs() < 1e-9);
        assert!((place(10.0, UPDATES, 0.0, 3.0) - 1.0).abs() < 1e-9);
    }
}
