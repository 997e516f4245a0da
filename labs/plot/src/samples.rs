//! Figures like those of the labs, for the tests.

use crate::{Axis, Bars, Cells, Chart, Color, Drawing, Panels, Side, Tile, Tiles};

/// The headline: one loss explodes, one crawls, one trains.
fn headline() -> Drawing {
    let wobble = |i: u32| f64::from(i * 7919 % 101) / 101.0 - 0.5;
    let run = |f: &dyn Fn(f64) -> f64| -> Vec<(f64, f64)> {
        (0..=250)
            .map(|i| (f64::from(4 * i), f(f64::from(i) / 250.0) * (0.6 * wobble(i)).exp()))
            .collect()
    };
    let kaiming = run(&|t| 0.9 * (-t * 6.5).exp() + 0.0008);
    let xavier: Vec<_> =
        (0..=250).map(|i| (f64::from(4 * i), 0.694 - 0.00003 * f64::from(i))).collect();
    let uniform = [(0.0, 6e5), (1.0, 3e7), (2.0, 8e13), (3.0, f64::NAN)];
    let low: Vec<_> = kaiming.iter().map(|&(x, y)| (x, 0.6 * y, 1.6 * y)).collect();
    Chart::new("Uniform diverges, Xavier crawls, Kaiming trains")
        .subtitle("12 layers of 256, relu, lr 1e-3; bands: 5 seeds")
        .x(Axis::linear("step", 0.0, 1000.0))
        .y(Axis::log("training loss", 1e-4, 1e6))
        .band(Color::A, &low)
        .line(Color::B, "Uniform", &uniform)
        .line(Color::C, "Xavier", &xavier)
        .line(Color::A, "Kaiming", &kaiming)
        .note(3.0, 1e5, "leaves the axis at step 1: NaN at step 3")
        .render()
}

/// Twenty layers over 36 decades: theory as lines, measurement as points.
fn variance() -> Drawing {
    let mut chart = Chart::new("Each linear layer multiplies the variance by n\u{b7}Var(W)")
        .subtitle("line: theory; points: mean of 5 seeds and their range")
        .x(Axis::linear("layer", 0.0, 20.0))
        .y(Axis::log("variance of the activations q", 1e-10, 1e30));
    for (color, name, factor) in [
        (Color::B, "Uniform", 256.0 / 12.0),
        (Color::C, "Xavier", 1.0),
        (Color::A, "Kaiming", 2.0),
        (Color::D, "0.3 × Xavier", 0.09_f64),
    ] {
        let theory: Vec<_> =
            (0..=20).map(|l| (f64::from(l), libm::pow(factor, f64::from(l)))).collect();
        let seen: Vec<_> = theory
            .iter()
            .enumerate()
            .map(|(i, &(x, y))| (x, y * 1.1, y * 0.8f64.powi(i as i32), y * 1.3f64.powi(i as i32)))
            .collect();
        chart = chart.line(color, name, &theory).intervals(color, "", &seen);
    }
    chart.render()
}

fn outcomes() -> Drawing {
    let rows = ["1e-4", "1e-3", "1e-2", "1e-1"];
    let columns: Vec<String> = (1..=12).map(|d| (4 * d).to_string()).collect();
    let cells: Vec<Vec<Option<usize>>> =
        (0..4).map(|r| (0..12).map(|c| Some(((r * r + c) / 5).min(3))).collect()).collect();
    Cells::new("Deeper nets train only at smaller rates")
        .columns("depth (layers)", &columns)
        .rows("learning rate", &rows)
        .category(Color::A, "trains")
        .category(Color::C, "crawls")
        .category(Color::E, "vanishes")
        .category(Color::B, "diverges")
        .cells(&cells)
        .render()
}

fn timings() -> Drawing {
    Bars::new("RMSNorm is faster than LayerNorm", "median time (ms)")
        .subtitle("64 × 256, one thread, 200 interleaved runs; bars: quartiles")
        .group("Norm kernel")
        .bar(Color::B, "LayerNorm", 0.31, (0.3, 0.33), "0.31 ms")
        .bar(Color::A, "RMSNorm", 0.22, (0.215, 0.24), "0.22 ms")
        .group("Whole step")
        .bar(Color::B, "LayerNorm", 2.43, (2.40, 2.51), "2.43 ms")
        .bar(Color::A, "RMSNorm", 2.39, (2.37, 2.45), "2.39 ms")
        .render()
}

fn panels() -> Drawing {
    let panel = |title: &str, k: f64| {
        let line: Vec<_> = (0..=50).map(|i| (f64::from(i), libm::exp(-k * f64::from(i)))).collect();
        Chart::new(title)
            .height(220.0)
            .x(Axis::linear("block", 0.0, 50.0))
            .y(Axis::log("gradient norm", 1e-6, 1e1))
            .line(Color::A, "measured", &line)
            .dashed(Color::Muted, "theory", &line)
    };
    let charts = vec![
        panel("With + x", 0.02),
        panel("Without + x", 0.5),
        panel("Scaled", 0.1),
        panel("Post-norm", 0.2),
    ];
    Panels::new("The highway keeps the gradient", charts).columns(2).render()
}

/// Seven lines that end at nearly one point, three that stop inside, and notes among them.
fn crowd() -> Drawing {
    let mut chart = Chart::new("Ten lines keep their names")
        .x(Axis::linear("step", 0.0, 10.0))
        .y(Axis::linear("loss (nats)", 0.0, 1.0));
    for (i, color) in Color::ALL.into_iter().enumerate() {
        let end = 0.9 + 0.005 * i as f64;
        let line = [(0.0, 0.1 * i as f64), (10.0, end)];
        chart = chart.line(color, &format!("line {i}"), &line);
    }
    for (i, color) in [Color::A, Color::B, Color::C].into_iter().enumerate() {
        let line = [(0.0, 0.2), (4.0, 0.4), (5.0, f64::NAN)];
        chart =
            chart.dashed(color, &format!("lost {i}"), &line).note(4.0, 0.4, "all of them end here");
    }
    chart.render()
}

/// A block with its stream, four times.
fn tiles() -> Drawing {
    let tile = |name: &str, branch: f64| {
        Tile::new(name, 146.0, 150.0)
            .flow(Color::A, 4.0, &[(30.0, 0.0), (30.0, 130.0)])
            .pipe(Color::A, branch, &[(30.0, 20.0), (90.0, 20.0), (90.0, 50.0)])
            .boxed(Color::Muted, (60.0, 50.0), (120.0, 80.0), "f")
            .flow(Color::A, branch, &[(90.0, 80.0), (90.0, 110.0), (36.0, 110.0)])
            .wash(Color::B, (20.0, 100.0), (40.0, 120.0))
            .text(Color::A, (36.0, 145.0), Side::Right, "3.58")
            .text(Color::Muted, (140.0, 100.0), Side::Left, "2.6")
    };
    let blocks = ["plain", "residual", "Pre-LN", "Post-LN"].map(|name| tile(name, 3.0));
    Tiles::new("Four ways around a block", blocks.to_vec()).render()
}

/// Every sample in both layouts: its name, its width, its text.
pub fn all() -> Vec<(&'static str, f64, String)> {
    use crate::Layout::{Small, Wide};
    [
        ("headline", headline()),
        ("variance", variance()),
        ("outcomes", outcomes()),
        ("timings", timings()),
        ("panels", panels()),
        ("crowd", crowd()),
        ("tiles", tiles()),
    ]
    .into_iter()
    .flat_map(|(name, Drawing { wide, small })| {
        [(name, Wide.width(), wide), (name, Small.width(), small)]
    })
    .collect()
}
