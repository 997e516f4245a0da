//! A computation graph, and what a norm looks at.

use crate::experiments::drawings::Graph;
use minigrad_plot::{decimal, Color, Drawing, Side, Tile, Tiles};

use crate::labs::meaning;

const LINES: Color = Color::Muted;

/// Values on their way down, derivatives on their way back.
pub fn graph(graph: &Graph) -> Drawing {
    let value = |name| decimal(graph.node(name).value, 0);
    let gradient = |name| graph.node(name).gradient.map_or("none".into(), |g| decimal(g, 0));
    let target = decimal(graph.target, 0);
    let boxes = |tile: Tile, texts: [String; 6]| {
        let [x, w, b, product, y, loss] = texts;
        tile.boxed(LINES, (0.0, 0.0), (90.0, 32.0), &x)
            .boxed(Color::A, (106.0, 0.0), (196.0, 32.0), &w)
            .boxed(LINES, (28.0, 72.0), (168.0, 104.0), &product)
            .boxed(Color::A, (190.0, 72.0), (280.0, 104.0), &b)
            .boxed(LINES, (90.0, 144.0), (230.0, 176.0), &y)
            .boxed(LINES, (90.0, 216.0), (230.0, 248.0), &loss)
    };
    let paths: [[(f64, f64); 2]; 5] = [
        [(56.0, 32.0), (56.0, 72.0)],
        [(140.0, 32.0), (140.0, 72.0)],
        [(130.0, 104.0), (130.0, 144.0)],
        [(210.0, 104.0), (210.0, 144.0)],
        [(160.0, 176.0), (160.0, 216.0)],
    ];
    let forwards = paths.iter().fold(Tile::new("Forwards: values", 286.0, 250.0), |tile, path| {
        tile.flow(LINES, 2.0, path)
    });
    let forwards = boxes(
        forwards,
        [
            format!("x = {}", value("x")),
            format!("w = {}", value("w")),
            format!("b = {}", value("b")),
            format!("x w = {}", value("x w")),
            format!("x w + b = {}", value("y")),
            format!("(y − {target})² = {}", value("loss")),
        ],
    );
    // The way to x is closed: a constant has no derivative.
    let back = Tile::new("Backwards: the loss by each", 286.0, 250.0);
    let back =
        paths[1..].iter().fold(back, |tile, [from, to]| tile.flow(Color::B, 2.0, &[*to, *from]));
    let back = boxes(
        back,
        [
            "x: none".to_owned(),
            format!("w: {}", gradient("w")),
            format!("b: {}", gradient("b")),
            format!("x w: {}", gradient("x w")),
            format!("y: {}", gradient("y")),
            "loss: 1".to_owned(),
        ],
    );
    Tiles::new("A value goes down, a derivative comes back", vec![forwards, back])
        .subtitle("blue: parameters; each number is computed by the library")
        .desc(&format!(
            "A graph of three operations: x w, plus b, and the square of the distance from {target}. \
             Forwards x is {}, w {}, b {}, the product {}, y {} and the loss {}. Backwards the \
             derivative of the loss by y is {}, by b {}, by w {}; the constant x has none.",
            value("x"),
            value("w"),
            value("b"),
            value("x w"),
            value("y"),
            value("loss"),
            gradient("y"),
            gradient("b"),
            gradient("w"),
        ))
        .render()
}

/// Which entries of a batch share a mean and a size.
pub fn norms() -> Drawing {
    const CELL: f64 = 21.0;
    let (rows, columns) = (5, 8);
    let tile = |name: &str, color: Color, over: &dyn Fn(usize, usize) -> bool, texts: [&str; 2]| {
        let mut tile =
            Tile::new(name, 190.0, 186.0).text(LINES, (11.0, 14.0), Side::Right, "units →");
        for row in 0..rows {
            for column in 0..columns {
                let (x, y) = (11.0 + CELL * column as f64, 24.0 + CELL * row as f64);
                tile = if over(row, column) {
                    let middle = y + CELL / 2.0;
                    tile.pipe(color, CELL - 2.0, &[(x + 1.0, middle), (x + CELL - 1.0, middle)])
                } else {
                    tile.wash(LINES, (x + 1.0, y + 1.0), (x + CELL - 1.0, y + CELL - 1.0))
                };
            }
        }
        let below = 24.0 + CELL * rows as f64;
        texts.iter().zip([22.0, 44.0]).fold(tile, |tile, (text, down)| {
            tile.text(color, (11.0, below + down), Side::Right, text)
        })
    };
    let one_unit = |_: usize, column: usize| column == 2;
    let one_input = |row: usize, _: usize| row == 1;
    let [layer, rms] = ["LayerNorm", "RMSNorm"].map(meaning::norm);
    let tiles = vec![
        tile("BatchNorm", Color::Muted, &one_unit, ["subtracts the mean,", "divides by σ"]),
        tile("LayerNorm", layer, &one_input, ["subtracts the mean,", "divides by σ"]),
        tile("RMSNorm", rms, &one_input, ["keeps the mean,", "divides by √q"]),
    ];
    Tiles::new("Along which axis, and what is taken out", tiles)
        .subtitle("a row is an input, a column a unit; solid: entries that are normalized together")
        .desc(
            "The same matrix three times, inputs by units. BatchNorm marks one column, LayerNorm and \
             RMSNorm one row. The first two subtract the mean and divide by the deviation, the third \
             divides by the root of the second moment alone.",
        )
        .render()
}
