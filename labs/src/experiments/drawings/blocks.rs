//! The size of the signal at every arrow of a stack of blocks, by theory.

use crate::experiments::{cells, number, Claim, Report, Table};
use minigrad::recipe::{Activation, Norm, Placement, Recipe};
use minigrad::theory::Propagation;
use std::fmt;

/// Blocks of each stack that are drawn.
pub const BLOCKS: usize = 3;

/// How blocks are stacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `f(x)`.
    Plain,
    /// `x + f(x)`.
    Residual,
    /// `x + f(norm(x))`.
    PreNorm,
    /// `norm(x + f(x))`.
    PostNorm,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Kind::Plain => "plain",
            Kind::Residual => "residual",
            Kind::PreNorm => "Pre-LN",
            Kind::PostNorm => "Post-LN",
        })
    }
}

/// Second moments in a stack.
#[derive(Clone, Debug)]
pub struct Blocks {
    /// How it is stacked.
    pub kind: Kind,
    /// What enters the first block, and what leaves each.
    pub stream: Vec<f64>,
    /// What the branch of each block returns.
    pub branch: Vec<f64>,
}

fn recipe(kind: Kind, depth: usize) -> Recipe {
    let blocks = Recipe::blocks(depth).activation(Activation::Gelu);
    match kind {
        Kind::Plain => blocks,
        Kind::Residual => blocks.residual(),
        Kind::PreNorm => blocks.norm(Norm::Rms).residual(),
        Kind::PostNorm => blocks.norm(Norm::Rms).placement(Placement::Post).residual(),
    }
}

pub(super) fn blocks() -> Vec<Blocks> {
    let of = |kind| {
        let layers = Propagation::of(&recipe(kind, BLOCKS)).layers;
        let outputs = layers[..BLOCKS].iter().map(|layer| layer.output);
        let stream: Vec<f64> = std::iter::once(1.0).chain(outputs).collect();
        // Second moments add, so that a branch returns what the sum has more than the stream.
        let first = Propagation::of(&recipe(Kind::Residual, 1)).layers[0].output - 1.0;
        let branch = stream.windows(2).map(|pair| match kind {
            Kind::Plain => pair[1],
            Kind::Residual | Kind::PreNorm => pair[1] - pair[0],
            // Each sees 1, as the first block of any stack does.
            Kind::PostNorm => first,
        });
        Blocks { kind, branch: branch.collect(), stream }
    };
    [Kind::Plain, Kind::Residual, Kind::PreNorm, Kind::PostNorm].map(of).into()
}

/// Second moments in the first and the last of fifty blocks with a norm before each branch and one
/// before the readout.
#[derive(Clone, Debug)]
pub struct Canonical {
    /// How many blocks.
    pub depth: usize,
    /// The stream in front of and behind the first block.
    pub first: [f64; 2],
    /// The stream in front of and behind the last.
    pub last: [f64; 2],
    /// The pre-activation in every branch, behind its first matrix.
    pub q: f64,
    /// What every branch returns.
    pub branch: f64,
    /// The logits, behind the norm and the readout.
    pub logits: f64,
}

pub(super) fn canonical() -> Canonical {
    let depth = 50;
    let layers = Propagation::of(&recipe(Kind::PreNorm, depth).final_norm()).layers;
    let stream = |block: usize| if block == 0 { 1.0 } else { layers[block - 1].output };
    Canonical {
        depth,
        first: [stream(0), stream(1)],
        last: [stream(depth - 1), stream(depth)],
        q: layers[0].q,
        branch: stream(1) - stream(0),
        logits: layers[depth].q,
    }
}

pub(super) fn say(report: &mut Report, blocks: &[Blocks], canonical: &Canonical) {
    let mut table = Table::new(["stack", "block 1", "block 2", "block 3", "branch of block 3"]);
    for Blocks { kind, stream, branch } in blocks {
        if let ([_, one, two, three], [.., last]) = (&stream[..], &branch[..]) {
            table.row(cells![kind.to_string(), *one, *two, *three, *last]);
        }
        report.series(format!("blocks {kind:?} stream"), stream.iter().copied());
        report.series(format!("blocks {kind:?} branch"), branch.iter().copied());
        let last = stream[stream.len() - 1];
        report.value(format!("blocks_{kind:?}").to_lowercase(), number(last));
    }
    report.tables.insert("sizes", table);
    let Canonical { first, last, q, branch, logits, .. } = canonical;
    report.series("canonical stream", first.iter().chain(last).copied());
    report.series("canonical branch", [*q, *branch, *logits]);
    let end = |kind| blocks.iter().find(|b| b.kind == kind).map_or(f64::NAN, |b| b.stream[BLOCKS]);
    let steps = |kind| {
        let stream = blocks.iter().find(|b| b.kind == kind).map(|b| b.stream.clone());
        let steps = |s: Vec<f64>| s.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>();
        stream.map_or(vec![], steps)
    };
    let pre = steps(Kind::PreNorm);
    report.claims.push(Claim::new(
        format!(
            "After {BLOCKS} GELU blocks of Kaiming weights the second moment of the stream is {} \
             without a residual connection and {} with one, {} with a norm in the branch and {} with \
             one behind the sum: only the third grows by the same amount in each block.",
            number(end(Kind::Plain)),
            number(end(Kind::Residual)),
            number(end(Kind::PreNorm)),
            number(end(Kind::PostNorm)),
        ),
        end(Kind::Residual) > end(Kind::Plain)
            && end(Kind::Plain) > end(Kind::PreNorm)
            && pre.iter().all(|step| libm::fabs(step / pre[0] - 1.0) < 1e-3)
            && !pre.is_empty()
            && libm::fabs(end(Kind::PostNorm) - 1.0) < 1e-3,
    ));
    report.claims.push(Claim::new(
        format!(
            "Of {} canonical blocks the first adds {} to a stream of {}, and the last as much to one \
             of {}.",
            canonical.depth,
            number(*branch),
            number(first[0]),
            number(last[0])
        ),
        libm::fabs((last[1] - last[0]) / branch - 1.0) < 1e-2 && last[0] > 40.0 * branch,
    ));
}
