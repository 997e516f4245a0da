//! The size of the signal at every arrow of a stack of blocks, by theory.

use super::*;

const STREAM: Color = Color::A;
/// Blocks of each stack that are drawn.
const BLOCKS: usize = 3;
/// Blocks of the canonical network.
const DEPTH: usize = 50;

/// How blocks are stacked, as recipes and figures have it: `f(x)`, `x + f(x)`, `x + f(norm(x))` and
/// `norm(x + f(x))`.
fn stacks(depth: usize) -> [(&'static str, Recipe); 4] {
    let plain = Recipe::blocks(depth).activation(Gelu);
    let residual = plain.clone().residual();
    let pre = residual.clone().norm(Norm::Rms);
    let post = pre.clone().placement(Placement::Post);
    [("plain", plain), ("residual", residual), ("Pre-LN", pre), ("Post-LN", post)]
}

/// Second moments in a stack.
#[derive(Serialize, Deserialize)]
pub struct Stack {
    pub name: String,
    /// What enters the first block, and what leaves each.
    pub stream: [f64; BLOCKS + 1],
    /// What the branch of each block returns.
    pub branch: [f64; BLOCKS],
}

/// Second moments in the first and the last of fifty blocks with a norm before each branch and one
/// before the readout.
#[derive(Serialize, Deserialize)]
pub struct Canonical {
    /// The stream in front of and behind the first block, and the last.
    pub first: [f64; 2],
    pub last: [f64; 2],
    /// The pre-activation in every branch, behind its first matrix.
    pub q: f64,
    /// What every branch returns.
    pub branch: f64,
    pub logits: f64,
}

#[derive(Serialize, Deserialize)]
pub struct Stacks {
    /// Plain, residual, Pre-LN, Post-LN.
    pub stacks: [Stack; 4],
    pub canonical: Canonical,
}

fn stack((name, recipe): (&str, Recipe)) -> Stack {
    let layers = Propagation::of(&recipe).layers;
    let stream = std::array::from_fn(|k| if k == 0 { 1.0 } else { layers[k - 1].output });
    // Second moments add, so that a branch returns what the sum has more than the stream; each of
    // Post-LN sees 1, as the first block of any stack does.
    let first = || Propagation::of(&stacks(1)[1].1).layers[0].output - 1.0;
    let branch = std::array::from_fn(|k| match name {
        "plain" => stream[k + 1],
        "Post-LN" => first(),
        _ => stream[k + 1] - stream[k],
    });
    Stack { name: name.into(), stream, branch }
}

impl Part for Stacks {
    fn measure(_: u64) -> Stacks {
        let [_, _, (_, pre), _] = stacks(DEPTH);
        let layers = Propagation::of(&pre.final_norm()).layers;
        let canonical = Canonical {
            first: [1.0, layers[0].output],
            last: [layers[DEPTH - 2].output, layers[DEPTH - 1].output],
            q: layers[0].q,
            branch: layers[0].output - 1.0,
            logits: layers[DEPTH].q,
        };
        Stacks { stacks: stacks(BLOCKS).map(stack), canonical }
    }

    fn report(&self, report: &mut Report) {
        let stream = self.stacks.each_ref().map(|stack| stack.stream);
        let [plain, residual, pre, post] = stream.map(|stream| stream[BLOCKS]);
        report.numbers("blocks", [("plain", plain), ("residual", residual)]);
        report.numbers("blocks", [("prenorm", pre), ("postnorm", post)]);
        report.table(
            "sizes",
            "The signal in stacks of blocks",
            ["stack", "block 1", "block 2", "block 3", "branch of block 3"],
            self.stacks.iter().map(|Stack { name, stream: [_, one, two, three], branch }| {
                cells![&**name, *one, *two, *three, branch[BLOCKS - 1]]
            }),
        );
        let steps: [f64; BLOCKS] = std::array::from_fn(|k| stream[2][k + 1] - stream[2][k]);
        let holds = residual > plain
            && plain > pre
            && steps.iter().all(|step| libm::fabs(step / steps[0] - 1.0) < 1e-3)
            && libm::fabs(post - 1.0) < 1e-3;
        let [plain, residual, pre, post] = [plain, residual, pre, post].map(number);
        let sentence = format!(
            "After {BLOCKS} GELU blocks of Kaiming weights the second moment of the stream is {plain} \
             without a residual connection and {residual} with one, {pre} with a norm in the branch \
             and {post} with one behind the sum: only the third grows by the same amount in each \
             block."
        );
        report.claim("blocks", sentence, holds);
        let Canonical { first: [before, _], last: [last, end], branch, .. } = self.canonical;
        let holds = libm::fabs((end - last) / branch - 1.0) < 1e-2 && last > 40.0 * branch;
        let [before, last, branch] = [before, last, branch].map(number);
        let sentence = format!(
            "Of {DEPTH} canonical blocks the first adds {branch} to a stream of {before}, and the \
             last as much to one of {last}."
        );
        report.claim("canonical", sentence, holds);
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        vec![draw_stacks(&self.stacks, report), self.canonical.draw(report)]
    }
}

/// A number for an arrow: 3.6, 13.
fn short(q: f64) -> String {
    decimal(q, if q < 9.95 { 1 } else { 0 })
}

/// Thickness of an arrow: in proportion to the standard deviation of what it carries.
fn thick(q: f64) -> f64 {
    (2.0 * q.sqrt()).clamp(1.5, 18.0)
}

/// An arrow of the stream, with its number beside it.
fn carry(tile: Tile, q: f64, x: f64, ends: [f64; 2], (side, y): (Side, f64), aside: f64) -> Tile {
    tile.flow(STREAM, thick(q), &ends.map(|y| (x, y))).text(STREAM, (x + aside, y), side, &short(q))
}

fn draw_stacks(stacks: &[Stack; 4], report: &Report) -> Drawing {
    let conclusion = "A sum alone still multiplies; a norm in the branch makes it add";
    let title = report.title(&["blocks"], conclusion, "The signal in four stacks of blocks");
    let end = |stack: &Stack| format!("{} {}", stack.name, short(stack.stream[BLOCKS]));
    let subtitle = "GELU, Kaiming, from the recipe alone; numbers: second moments; arrows: as \
        thick as the standard deviation";
    let spoken = &format!(
        "Three blocks in four stacks, with the second moment of the signal at each arrow. After \
         the third block: {}.",
        stacks.each_ref().map(end).join(", ")
    );
    drawn(Tiles::new(title, stacks.each_ref().map(Stack::draw).into()), subtitle, spoken)
}

/// From the beginning of one block to that of the next.
const PITCH: f64 = 128.0;

impl Stack {
    fn draw(&self) -> Tile {
        let (is_plain, bottom) = (self.name == "plain", PITCH * BLOCKS as f64);
        let x = if is_plain { 66.0 } else { 38.0 };
        let tile = Tile::new(&self.name, 142.0, 36.0 + bottom);
        let block = if is_plain { Stack::plain } else { Stack::summed };
        let tile = (0..BLOCKS).fold(tile, |tile, k| block(self, tile, x, k, PITCH * k as f64));
        let side = (Side::Right, bottom + 24.0);
        carry(tile, self.stream[BLOCKS], x, [bottom, bottom + 36.0], side, 16.0)
    }

    fn plain(&self, tile: Tile, x: f64, k: usize, top: f64) -> Tile {
        let [before, behind] = [self.stream[k], self.stream[k + 1]];
        carry(tile, before, x, [top, top + 48.0], (Side::Right, top + 30.0), 16.0)
            .boxed(LINES, (x - 30.0, top + 48.0), (x + 30.0, top + 78.0), "f")
            .pipe(STREAM, thick(behind), &[(x, top + 78.0), (x, top + PITCH)])
    }

    fn summed(&self, tile: Tile, x: f64, k: usize, top: f64) -> Tile {
        let (beside, joins, branch) = (98.0, top + 96.0, self.branch[k]);
        let [before, behind] = [self.stream[k], self.stream[k + 1]];
        let norm = |tile: Tile, x: f64, wide: f64, [top, bottom]: [f64; 2]| {
            tile.boxed(LINES, (x - wide, top), (x + wide, bottom), "norm")
        };
        // What enters the branch: the stream itself, or what the norm makes of it.
        let is_normed = self.name == "Pre-LN";
        let f = top + if is_normed { 58.0 } else { 44.0 };
        let tile = carry(tile, before, x, [top, top + 84.0], (Side::Left, top + 62.0), -12.0)
            .pipe(LINES, 2.0, &[(x, top + 12.0), (beside, top + 12.0), (beside, f)])
            .boxed(LINES, (beside - 22.0, f), (beside + 22.0, f + 24.0), "f");
        let tile = match is_normed {
            true => norm(tile, beside, 30.0, [top + 24.0, top + 48.0]),
            false => tile,
        };
        let tile = tile
            .flow(LINES, thick(branch), &[(beside, f + 24.0), (beside, joins), (x + 13.0, joins)])
            .text(LINES, (beside + 14.0, joins + 5.0), Side::Right, &short(branch))
            .boxed(STREAM, (x - 12.0, joins - 12.0), (x + 12.0, joins + 12.0), "+");
        match self.name == "Post-LN" {
            true => norm(tile, x, 28.0, [top + 108.0, top + 128.0]),
            false => tile.pipe(STREAM, thick(behind), &[(x, joins + 12.0), (x, top + PITCH)]),
        }
    }
}

impl Canonical {
    fn draw(&self, report: &Report) -> Drawing {
        let conclusion = "Each branch sees 1 and adds the same, to a stream that has grown";
        let title = report.title(&["canonical"], conclusion, "The canonical block, first and last");
        let x = 62.0;
        let more = format!("and {} more blocks", DEPTH - 2);
        let first = self.block(Tile::new("Block 1", 280.0, 290.0), x, self.first);
        let first = first.text(LINES, (x + 14.0, 272.0), Side::Right, &more);
        let last = Tile::new(&format!("Block {DEPTH}, and what follows"), 280.0, 392.0);
        let last = self
            .block(last, x, self.last)
            .boxed(LINES, (x - 46.0, 246.0), (x + 46.0, 272.0), "norm")
            .flow(STREAM, 2.0, &[(x, 272.0), (x, 308.0)])
            .text(STREAM, (x - 20.0, 296.0), Side::Left, "1.0")
            .boxed(LINES, (x - 46.0, 308.0), (x + 46.0, 334.0), "readout");
        let last = carry(last, self.logits, x, [334.0, 376.0], (Side::Left, 362.0), -20.0)
            .text(LINES, (x + 54.0, 264.0), Side::Right, "undoes the growth")
            .text(LINES, (x + 20.0, 362.0), Side::Right, "logits");
        let [from, to, from_last, to_last] =
            [self.first[0], self.first[1], self.last[0], self.last[1]].map(short);
        let subtitle = &format!(
            "{DEPTH} blocks, GELU, Kaiming, by theory; numbers: second moments; arrows: as thick \
             as the standard deviation"
        );
        let spoken = &format!(
            "A stream with a branch beside it, in block 1 and in block {DEPTH}. The branch begins \
             with a norm, which makes 1 of whatever the stream is, and adds {} each time. The \
             stream goes from {from} to {to} in the first block and from {from_last} to {to_last} \
             in the last. A norm then makes 1 of it for the readout.",
            short(self.branch)
        );
        drawn(Tiles::new(title, vec![first, last]), subtitle, spoken)
    }

    fn block(&self, tile: Tile, x: f64, [before, behind]: [f64; 2]) -> Tile {
        let (beside, q, added) = (150.0, short(self.q), format!("{} is added", short(self.branch)));
        let tile = carry(tile, before, x, [0.0, 183.0], (Side::Left, 40.0), -20.0).pipe(
            LINES,
            2.0,
            &[(x, 14.0), (beside, 14.0), (beside, 30.0)],
        );
        let boxes = [("norm", "1.0"), ("W₁", &q), ("φ", ""), ("W₂", "")];
        let tile =
            count(0, boxes).fold(tile, |tile, (i, (text, size))| {
                let y = 30.0 + 38.0 * i;
                let tile = tile
                    .boxed(LINES, (beside - 32.0, y), (beside + 32.0, y + 26.0), text)
                    .pipe(LINES, 2.0, &[(beside, y + 26.0), (beside, y + 38.0)]);
                match size {
                    "" => tile,
                    _ => tile.text(LINES, (beside + 40.0, y + 36.0), Side::Right, size),
                }
            });
        tile.flow(LINES, thick(self.branch), &[(beside, 172.0), (beside, 196.0), (x + 13.0, 196.0)])
            .text(LINES, (beside + 14.0, 202.0), Side::Right, &added)
            .boxed(STREAM, (x - 12.0, 184.0), (x + 12.0, 208.0), "+")
            .pipe(STREAM, thick(behind), &[(x, 208.0), (x, 246.0)])
            .text(STREAM, (x - 20.0, 232.0), Side::Left, &short(behind))
    }
}
