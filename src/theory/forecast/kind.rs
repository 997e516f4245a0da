//! Where the norms of a plan stand.

use crate::recipe::plan::opened;
use crate::recipe::{Op, Plan};

/// Where norms stand, which decides what large updates do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nowhere.
    Bare,
    /// Beside a stream that goes around them.
    Streamed,
    /// On every path.
    Enclosed,
}

impl Kind {
    pub(super) fn of(plan: &Plan) -> Kind {
        let goes_around = |op: &Op| matches!(op, Op::Residual(branch) if norms(branch) > 0);
        let mut ops = plan.layers().iter().flatten();
        match norms(ops.clone()) {
            0 => Kind::Bare,
            _ if ops.any(goes_around) => Kind::Streamed,
            _ => Kind::Enclosed,
        }
    }
}

/// Whether a norm stands between the stream and the readout.
pub(super) fn ends_in_norm(plan: &Plan) -> bool {
    let ops = plan.layers().iter().flatten().rev();
    ops.take_while(|op| !matches!(op, Op::Residual(_))).any(is_norm)
}

fn is_norm(op: &Op) -> bool {
    matches!(op, Op::Norm { .. }) && !op.is_nothing()
}

/// How many norms there are, those of branches included.
pub(super) fn norms<'a>(ops: impl IntoIterator<Item = &'a Op>) -> usize {
    let ops = ops.into_iter().flat_map(|op| opened(std::slice::from_ref(op)));
    ops.filter(|op| is_norm(op)).count()
}
