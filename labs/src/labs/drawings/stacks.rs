//! Stacks of blocks, with the size of the signal on every arrow.

use crate::experiments::drawings::{Blocks, Canonical, Kind};
use crate::experiments::Report;
use minigrad_plot::{decimal, Color, Drawing, Side, Tile, Tiles};

use crate::labs::title;

const LINES: Color = Color::Muted;
const STREAM: Color = Color::A;

/// A number for an arrow: 3.6, 13.
fn short(q: f64) -> String {
    decimal(q, if q < 9.95 { 1 } else { 0 })
}

/// Thickness of an arrow: in proportion to the standard deviation of what it carries.
fn thick(q: f64) -> f64 {
    (2.0 * q.sqrt()).clamp(1.5, 18.0)
}

/// Four ways to stack blocks, and the size of the signal on each way.
pub fn blocks(all: &[Blocks], report: &Report) -> Drawing {
    let title = title(
        report,
        &["After 3 GELU blocks"],
        "A sum alone still multiplies; a norm in the branch makes it add",
        "The signal in four stacks of blocks",
    );
    let tiles = all.iter().map(|blocks| match blocks.kind {
        Kind::Plain => plain(blocks),
        _ => summed(blocks),
    });
    let end = |b: &Blocks| format!("{} {}", b.kind, short(b.stream[b.stream.len() - 1]));
    let ends: Vec<String> = all.iter().map(end).collect();
    Tiles::new(title, tiles.collect())
        .subtitle(
            "GELU, Kaiming, from the recipe alone; numbers: second moments; arrows: as thick as the \
             standard deviation",
        )
        .desc(&format!(
            "Three blocks in four stacks, with the second moment of the signal at each arrow. After \
             the third block: {}.",
            ends.join(", ")
        ))
        .render()
}

/// From the beginning of one block to that of the next.
const PITCH: f64 = 128.0;

fn stack(blocks: &Blocks) -> Tile {
    Tile::new(&blocks.kind.to_string(), 142.0, 36.0 + PITCH * blocks.branch.len() as f64)
}

fn plain(blocks: &Blocks) -> Tile {
    let x = 66.0;
    let mut tile = stack(blocks);
    for (i, pair) in blocks.stream.windows(2).enumerate() {
        let top = PITCH * i as f64;
        tile = tile
            .flow(STREAM, thick(pair[0]), &[(x, top), (x, top + 48.0)])
            .text(STREAM, (x + 16.0, top + 30.0), Side::Right, &short(pair[0]))
            .boxed(LINES, (x - 30.0, top + 48.0), (x + 30.0, top + 78.0), "f")
            .pipe(STREAM, thick(pair[1]), &[(x, top + 78.0), (x, top + PITCH)]);
    }
    leaving(tile, x, blocks)
}

/// The last arrow, below the last block.
fn leaving(tile: Tile, x: f64, blocks: &Blocks) -> Tile {
    let bottom = PITCH * blocks.branch.len() as f64;
    let last = blocks.stream[blocks.stream.len() - 1];
    tile.flow(STREAM, thick(last), &[(x, bottom), (x, bottom + 36.0)]).text(
        STREAM,
        (x + 16.0, bottom + 24.0),
        Side::Right,
        &short(last),
    )
}

fn summed(blocks: &Blocks) -> Tile {
    let (x, branch_x) = (38.0, 98.0);
    let mut tile = stack(blocks);
    for (i, pair) in blocks.stream.windows(2).enumerate() {
        let (top, branch) = (PITCH * i as f64, blocks.branch[i]);
        let is_normed = blocks.kind == Kind::PreNorm;
        // What enters the branch: the stream itself, or what the norm makes of it.
        let f = if is_normed { 58.0 } else { 44.0 };
        tile = tile
            .flow(STREAM, thick(pair[0]), &[(x, top), (x, top + 84.0)])
            .text(STREAM, (x - 12.0, top + 62.0), Side::Left, &short(pair[0]))
            .pipe(LINES, 2.0, &[(x, top + 12.0), (branch_x, top + 12.0), (branch_x, top + f)])
            .boxed(LINES, (branch_x - 22.0, top + f), (branch_x + 22.0, top + f + 24.0), "f");
        if is_normed {
            tile = tile.boxed(
                LINES,
                (branch_x - 30.0, top + 24.0),
                (branch_x + 30.0, top + 48.0),
                "norm",
            );
        }
        let joins = top + 96.0;
        tile = tile
            .flow(
                LINES,
                thick(branch),
                &[(branch_x, top + f + 24.0), (branch_x, joins), (x + 13.0, joins)],
            )
            .text(LINES, (branch_x + 14.0, joins + 5.0), Side::Right, &short(branch))
            .boxed(STREAM, (x - 12.0, joins - 12.0), (x + 12.0, joins + 12.0), "+");
        tile = if blocks.kind == Kind::PostNorm {
            tile.boxed(LINES, (x - 28.0, top + 108.0), (x + 28.0, top + 128.0), "norm")
        } else {
            tile.pipe(STREAM, thick(pair[1]), &[(x, joins + 12.0), (x, top + PITCH)])
        };
    }
    leaving(tile, x, blocks)
}

/// The first and the last of fifty blocks, and what follows.
pub fn canonical(canonical: &Canonical, report: &Report) -> Drawing {
    let title = title(
        report,
        &["Of 50 canonical blocks"],
        "Each branch sees 1 and adds the same, to a stream that has grown",
        "The canonical block, first and last",
    );
    let (x, branch) = (62.0, 150.0);
    let Canonical { depth, first, last, .. } = *canonical;
    let block = |tile: Tile, top: f64, [before, behind]: [f64; 2]| {
        let joins = top + 196.0;
        let q = short(canonical.q);
        let boxes = [("norm", "1.0"), ("W₁", q.as_str()), ("φ", ""), ("W₂", "")];
        let tile = tile
            .flow(STREAM, thick(before), &[(x, top), (x, joins - 13.0)])
            .text(STREAM, (x - 20.0, top + 40.0), Side::Left, &short(before))
            .pipe(LINES, 2.0, &[(x, top + 14.0), (branch, top + 14.0), (branch, top + 30.0)]);
        let tile =
            boxes.iter().zip(0u32..).fold(tile, |tile, ((text, size), i)| {
                let y = top + 30.0 + 38.0 * f64::from(i);
                let tile = tile
                    .boxed(LINES, (branch - 32.0, y), (branch + 32.0, y + 26.0), text)
                    .pipe(LINES, 2.0, &[(branch, y + 26.0), (branch, y + 38.0)]);
                match size.is_empty() {
                    true => tile,
                    false => tile.text(LINES, (branch + 40.0, y + 36.0), Side::Right, size),
                }
            });
        tile.flow(
            LINES,
            thick(canonical.branch),
            &[(branch, top + 172.0), (branch, joins), (x + 13.0, joins)],
        )
        .text(
            LINES,
            (branch + 14.0, joins + 6.0),
            Side::Right,
            &format!("{} is added", short(canonical.branch)),
        )
        .boxed(STREAM, (x - 12.0, joins - 12.0), (x + 12.0, joins + 12.0), "+")
        .pipe(STREAM, thick(behind), &[(x, joins + 12.0), (x, joins + 50.0)])
        .text(STREAM, (x - 20.0, joins + 36.0), Side::Left, &short(behind))
    };
    let begin = block(Tile::new("Block 1", 280.0, 290.0), 0.0, first);
    let begin = begin.text(
        LINES,
        (x + 14.0, 272.0),
        Side::Right,
        &format!("and {} more blocks", depth - 2),
    );
    let end =
        block(Tile::new(&format!("Block {depth}, and what follows"), 280.0, 392.0), 0.0, last);
    let bottom = 246.0;
    let end = end
        .boxed(LINES, (x - 46.0, bottom), (x + 46.0, bottom + 26.0), "norm")
        .flow(STREAM, 2.0, &[(x, bottom + 26.0), (x, bottom + 62.0)])
        .text(STREAM, (x - 20.0, bottom + 50.0), Side::Left, "1.0")
        .boxed(LINES, (x - 46.0, bottom + 62.0), (x + 46.0, bottom + 88.0), "readout")
        .flow(STREAM, thick(canonical.logits), &[(x, bottom + 88.0), (x, bottom + 130.0)])
        .text(STREAM, (x - 20.0, bottom + 116.0), Side::Left, &short(canonical.logits))
        .text(LINES, (x + 54.0, bottom + 18.0), Side::Right, "undoes the growth")
        .text(LINES, (x + 20.0, bottom + 116.0), Side::Right, "logits");
    Tiles::new(title, vec![begin, end])
        .subtitle(&format!(
            "{depth} blocks, GELU, Kaiming, by theory; numbers: second moments; arrows: as thick as \
             the standard deviation"
        ))
        .desc(&format!(
            "A stream with a branch beside it, in block 1 and in block {depth}. The branch begins \
             with a norm, which makes 1 of whatever the stream is, and adds {} each time. The stream \
             goes from {} to {} in the first block and from {} to {} in the last. A norm then makes \
             1 of it for the readout.",
            short(canonical.branch),
            short(first[0]),
            short(first[1]),
            short(last[0]),
            short(last[1]),
        ))
        .render()
}
