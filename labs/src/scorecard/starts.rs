//! What is said of the second design, whose branches start as in no set that a limit was fitted to.

use super::{failures, wrong, STARTS};
use crate::score::summary::{percent, share, Summary};
use crate::score::Pair;
use crate::spine::prelude::*;

/// Reports the two designs side by side, and of the first the blocks whose norms stand where a start
/// has its own.
pub fn report(networks: &[Pair], starts: &[Pair], report: &mut Report) {
    let of = |pairs: &[Pair], is_one: &dyn Fn(&Recipe) -> bool| {
        Summary::of(pairs.iter().filter(|(measured, _)| is_one(&measured.recipe)))
    };
    let placed = |placement| {
        of(networks, &|r| r.body == Body::Block && r.residual && r.placement == placement)
    };
    let both = Summary::of(starts);
    let [fixup, deepnorm] = STARTS.map(|start| of(starts, &|r| r.out_proj == start));
    both.values("starts", report);
    report.value("deepnorm_count", deepnorm.count());
    for (name, one) in [("fixup", &fixup), ("deepnorm", &deepnorm)] {
        report.value(format!("{name}_accuracy"), percent(one.accuracy()));
    }
    let wrong = wrong(starts).filter(|(one, _)| one.recipe.out_proj == OutProj::DeepNorm);
    let rates: Vec<f64> = wrong.map(|(measured, _)| measured.training.lr).collect();
    report.value("deepnorm_wrong", rates.len());
    report.value("deepnorm_wrong_from", rates.into_iter().fold(f64::INFINITY, f64::min));
    let wrong = both.count() - both.verdicts().right();
    // These expect more than came: outcomes ascend.
    let [[_, above, far_above], [_, _, over], _] = both.matrix;
    let hopeful = above + far_above + over;
    report.counts([("starts_wrong", wrong), ("starts_hopeful", hopeful)]);

    let rows = [
        ("Fixup", &fixup),
        ("other residual blocks without a norm", &placed(Placement::None)),
        ("DeepNorm", &deepnorm),
        ("other residual blocks with a norm of each sum", &placed(Placement::Post)),
        ("Fixup and DeepNorm", &both),
        ("all others", &Summary::of(networks)),
    ];
    let header = ["networks", "count", "most frequent", "right", "balanced", "log loss", "sure"];
    let rows = rows.map(|(name, summary)| {
        let first = cells![name, summary.count(), share(summary.majority())];
        first.into_iter().chain(summary.odds())
    });
    report.table("starts", "Other starts", header.into_iter().chain(["sure and right"]), rows);
    failures("starts_failures", "Failures of other starts", starts, report);

    let right = [&both, &fixup, &deepnorm].map(Summary::accuracy);
    let [of_both, of_fixup, of_deepnorm] = right.map(percent);
    let [most, sure, sure_right] = [both.majority(), both.sure[0], both.sure[1]].map(percent);
    report.claim_book(
        "starts",
        format!(
            "Of {} networks whose branches start by Fixup or DeepNorm, which no limit was fitted \
             on, the verdict is right for {of_both}: for {of_fixup} with Fixup and fewer, \
             {of_deepnorm}, with DeepNorm; always naming the most frequent outcome is right for {most}",
            both.count(),
        ),
        right[0] > both.majority() + 0.1 && right[1] > right[2],
    );
    report.claim_book(
        "starts_sure",
        format!("Theory is sure of {sure} of these verdicts, and {sure_right} of the sure ones come true"),
        both.sure[1] > 0.8,
    );
    report.claim_book(
        "hopeful",
        format!(
            "{hopeful} of the {wrong} wrong verdicts on them expect too much: training where \
             there is none, or a standstill where the loss diverges",
        ),
        wrong > 0 && 4 * hopeful >= 3 * wrong,
    );
}
