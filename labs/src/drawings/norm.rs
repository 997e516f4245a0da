//! What a norm looks at, and how far a step turns a matrix in front of one.

use super::*;
use std::f64::consts::FRAC_PI_2;

#[derive(Serialize, Deserialize)]
pub struct Turns {
    /// Length of a step relative to that of the matrix, and the angle by which it turns the matrix.
    pub steps: [(f64, f64); 8],
}

impl Part for Turns {
    /// The middle one of three matrices, each of which but the last feeds an RMSNorm.
    fn measure(seed: u64) -> Turns {
        let network = Recipe::mlp(3).norm(Norm::Rms).seed(seed).build();
        let x = Tensor::constant(Array2::ones((1, 256)));
        let weight = &network.linears()[1].weight;
        let gradients = network.forward(&x).backward_from(&array![[1.0, 0.0]]);
        let [matrix, gradient] =
            [weight.values(), gradients.of(weight)].map(|values| values.mapv(f64::from));
        let size = |matrix: &Array2<f64>| libm::sqrt((matrix * matrix).sum());
        let steps = std::array::from_fn(|i| {
            let relative = libm::pow(10.0, -1.5 + 0.5 * i as f64);
            let moved = &matrix - &gradient * (relative * size(&matrix) / size(&gradient));
            let cosine = (&matrix * &moved).sum() / (size(&matrix) * size(&moved));
            (relative, libm::acos(cosine.clamp(-1.0, 1.0)))
        });
        Turns { steps }
    }

    fn report(&self, report: &mut Report) {
        // The norm adds 1e-5 to the second moment, which keeps it from being scale invariant to the
        // last digit; and the gradient is one of single precision.
        let follows = |&(relative, angle): &(f64, f64)| {
            libm::fabs(angle - libm::atan(relative)) < 1e-3 && angle < FRAC_PI_2
        };
        let sentence = "A step on a matrix that feeds a norm turns it by the arctangent of its \
            relative length, however long it is: never by a quarter turn.";
        report.claim("turn", sentence, self.steps.iter().all(follows));
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        vec![norms(), self.draw(report)]
    }
}

/// Which entries of a batch share a mean and a size.
fn norms() -> Drawing {
    const CELL: f64 = 21.0;
    const ROWS: usize = 5;
    let tile = |name: &str, color, over: fn((usize, usize)) -> bool, texts: [&str; 2]| {
        let head = Tile::new(name, 190.0, 186.0).text(LINES, (11.0, 14.0), Side::Right, "units →");
        let all = (0..ROWS).flat_map(|row| (0..8).map(move |column| (row, column)));
        let cells = all.fold(head, |tile, (row, column)| {
            let (x, y) = (11.0 + CELL * column as f64, 24.0 + CELL * row as f64);
            let (left, right, middle) = (x + 1.0, x + CELL - 1.0, y + CELL / 2.0);
            match over((row, column)) {
                true => tile.pipe(color, CELL - 2.0, &[(left, middle), (right, middle)]),
                false => tile.wash(LINES, (left, y + 1.0), (right, y + CELL - 1.0)),
            }
        });
        let below = 24.0 + CELL * ROWS as f64;
        texts.iter().zip([22.0, 44.0]).fold(cells, |tile, (text, down)| {
            tile.text(color, (11.0, below + down), Side::Right, text)
        })
    };
    let [layer, rms] = ["LayerNorm", "RMSNorm"].map(colors::norm);
    let taken = ["subtracts the mean,", "divides by σ"];
    let tiles = vec![
        tile("BatchNorm", Color::Muted, |(_, column)| column == 2, taken),
        tile("LayerNorm", layer, |(row, _)| row == 1, taken),
        tile("RMSNorm", rms, |(row, _)| row == 1, ["keeps the mean,", "divides by √q"]),
    ];
    let subtitle = "a row is an input, a column a unit; solid: entries that are normalized \
        together";
    let spoken = "The same matrix three times, inputs by units. BatchNorm marks one column, \
        LayerNorm and RMSNorm one row. The first two subtract the mean and divide by the \
        deviation, the third divides by the root of the second moment alone.";
    drawn(Tiles::new("Along which axis, and what is taken out", tiles), subtitle, spoken)
}

impl Turns {
    fn draw(&self, report: &Report) -> Drawing {
        let conclusion = "In front of a norm no step is longer than a quarter turn";
        let title = report.title(&["turn"], conclusion, "A step on a matrix in front of a norm");
        let lengths: Vec<f64> =
            (0..=70).map(|i| libm::pow(10.0, -1.6 + 0.055 * f64::from(i))).collect();
        let line = |of: fn(f64) -> f64| lengths.iter().map(|&r| (r, of(r))).collect::<Vec<_>>();
        let (low, high) = (lengths[0], lengths[lengths.len() - 1]);
        let chart = Chart::new(title)
            .x(Axis::log("length of the step, relative to the matrix: R", low, high))
            .y(Axis::linear("what it counts", 0.0, 2.5))
            .dashed(Color::Muted, "", &[(low, FRAC_PI_2), (high, FRAC_PI_2)])
            .note(low * 1.3, FRAC_PI_2, "a quarter turn")
            .line(Color::E, "no norm follows: R", &line(|r| r))
            .dashed(colors::THEORY, "", &line(libm::atan))
            .marks(colors::MEASURED, "a norm follows: arctan R", &self.steps);
        let subtitle = "dashed: theory; rings: a matrix of a drawn network, stepped along its own \
            gradient";
        let spoken = "What a step counts against its length relative to the matrix, on a \
            logarithmic axis. Without a norm behind it, as much as its length, which leaves the \
            frame. With one, the angle by which it turns the matrix: the same at first, then less \
            and less, below a quarter turn.";
        drawn(chart, subtitle, spoken)
    }
}
