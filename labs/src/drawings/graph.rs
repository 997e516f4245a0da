//! A computation of three operations, forwards and backwards.

use super::*;

/// `(x w + b - target)²`, by `x`, `w`, `b`, `x w`, `y = x w + b` and the loss.
#[derive(Serialize, Deserialize)]
pub struct Graph {
    pub target: f64,
    pub values: [f64; 6],
    /// Of the loss by each; a constant has none.
    pub gradients: [Option<f64>; 6],
}

/// Where the box of each begins and ends, and its top.
const BOXES: [(Color, f64, f64, f64); 6] = [
    (LINES, 0.0, 90.0, 0.0),
    (Color::A, 106.0, 196.0, 0.0),
    (Color::A, 190.0, 280.0, 72.0),
    (LINES, 28.0, 168.0, 72.0),
    (LINES, 90.0, 230.0, 144.0),
    (LINES, 90.0, 230.0, 216.0),
];

/// Where the ways from box to box begin, each of the same length.
const WAYS: [(f64, f64); 5] =
    [(56.0, 32.0), (140.0, 32.0), (130.0, 104.0), (210.0, 104.0), (160.0, 176.0)];

fn boxes(tile: Tile, names: [&str; 6], is: &str, numbers: &[String; 6]) -> Tile {
    // The product before b.
    [0, 1, 3, 2, 4, 5].into_iter().fold(tile, |tile, k| {
        let (color, left, right, top) = BOXES[k];
        let text = format!("{}{is}{}", names[k], numbers[k]);
        tile.boxed(color, (left, top), (right, top + 32.0), &text)
    })
}

impl Part for Graph {
    fn measure(_: u64) -> Graph {
        let [x, target] = [2.0, 5.0].map(|v| Tensor::<f64>::constant([[v]]));
        let [w, b] = [3.0, 1.0].map(|v| Tensor::<f64>::parameter([[v]]));
        let product = x.matmul(&w);
        let y = &product + &b;
        let loss = y.mean_squared_error(&target);
        let (nodes, gradients) = ([&x, &w, &b, &product, &y, &loss], loss.backward());
        let gradients = nodes.map(|node| Some(gradients.get(node)?[[0, 0]]));
        Graph { target: target.item(), values: nodes.map(|node| node.item()), gradients }
    }

    fn report(&self, report: &mut Report) {
        let ([x, _, _, _, y, _], [by_x, by_w, by_b, _, by_y, _]) = (self.values, self.gradients);
        let back = 2.0 * (y - self.target);
        report.claim(
            "graph",
            "The reverse sweep takes the derivative of the loss by y back: as it is to b, times x \
             to w, and not to the constant x.",
            [by_x, by_w, by_b, by_y] == [None, Some(x * back), Some(back), Some(back)],
        );
    }

    fn figures(&self, _: &Report) -> Vec<Drawing> {
        let target = decimal(self.target, 0);
        let values = self.values.map(|value| decimal(value, 0));
        let gradients = self.gradients.map(|by| by.map_or("none".into(), |by| decimal(by, 0)));
        let tile = |heading| Tile::new(heading, 286.0, 250.0);
        let down = WAYS.iter().fold(tile("Forwards: values"), |tile, &(x, y)| {
            tile.flow(LINES, 2.0, &[(x, y), (x, y + 40.0)])
        });
        let names = ["x", "w", "b", "x w", "x w + b", &format!("(y − {target})²")];
        let down = boxes(down, names, " = ", &values);
        // The way to x is closed: a constant has no derivative.
        let back = WAYS[1..].iter().fold(tile("Backwards: the loss by each"), |tile, &(x, y)| {
            tile.flow(Color::B, 2.0, &[(x, y + 40.0), (x, y)])
        });
        let back = boxes(back, ["x", "w", "b", "x w", "y", "loss"], ": ", &gradients);
        let ([x, w, b, product, y, loss], [_, by_w, by_b, _, by_y, _]) = (values, gradients);
        let subtitle = "blue: parameters; each number is computed by the library";
        let spoken = &format!(
            "A graph of three operations: x w, plus b, and the square of the distance from \
             {target}. Forwards x is {x}, w {w}, b {b}, the product {product}, y {y} and the loss \
             {loss}. Backwards the derivative of the loss by y is {by_y}, by b {by_b}, by w \
             {by_w}; the constant x has none."
        );
        vec![drawn(
            Tiles::new("A value goes down, a derivative comes back", vec![down, back]),
            subtitle,
            spoken,
        )]
    }
}
