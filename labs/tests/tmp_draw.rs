use minigrad::prelude::*;
use minigrad_labs::drawings::Drawings;
use minigrad_labs::spine::{Experiment, Lab, Spread};

#[test]
fn drawings_of_nothing_bear_out_nothing() {
    let (_, data) = Lab::of::<Drawings>().read("/work/scratch/out-draw".as_ref()).unwrap();
    let mut drawings: Drawings = serde_json::from_value(data).unwrap();
    assert!(drawings.report().claims.iter().all(|claim| claim.holds));
    let nan = f64::NAN;
    let nothing = Spread { low: nan, middle: nan, high: nan };
    drawings.graph.gradients = [None; 6];
    drawings.outcomes.iter_mut().for_each(|one| one.outcome = Outcome::Diverges);
    drawings.signal.iter_mut().flat_map(|one| &mut one.measured).for_each(|q| *q = nan);
    let maps = drawings.maps.iter_mut().chain(&mut drawings.alike);
    maps.flat_map(|map| &mut map.walks).flatten().for_each(|x| *x = nan);
    for one in &mut drawings.symmetry {
        (one.differ, one.moved, one.outcome) = ([0; 4], vec![], Outcome::Diverges);
    }
    let isometry = &mut drawings.isometry;
    for one in isometry.linear.iter_mut().chain(&mut isometry.tanh).flatten() {
        (one.values, one.variance) = (vec![nan; 64], nothing);
    }
    isometry.races.iter_mut().flatten().for_each(|race| race.outcomes = [Outcome::Diverges; 2]);
    drawings.blocks.stacks.iter_mut().for_each(|one| one.stream = [nan; 4]);
    drawings.blocks.canonical.last = [nan; 2];
    let pairs = drawings.meeting.iter_mut().flat_map(|one| &mut one.measured).flatten();
    pairs.for_each(|one| *one = nothing);
    for parts in &mut drawings.kernel {
        (parts.own, parts.error) = (nan, nan);
    }
    drawings.reach.iter_mut().flat_map(|one| &mut one.measured).for_each(|one| one.1 = nan);
    drawings.modes.iter_mut().for_each(|mode| mode.rate = nan);
    drawings.edge.iter_mut().flat_map(|one| &mut one.amplitude).for_each(|a| *a = nan);
    let curves = [&mut drawings.curve.wide, &mut drawings.waist];
    let curves = curves.into_iter().chain(&mut drawings.curve.infinite);
    curves.flat_map(|curve| &mut curve.windows).for_each(|window| window.predicted = nan);
    drawings.norm.steps.iter_mut().for_each(|step| step.1 = nan);
    drawings.odds.iter_mut().for_each(|odds| odds.shares = [0.0; 3]);
    drawings.verdict.iter_mut().for_each(|one| one.verdict = Outcome::Trains);
    drawings.verdict.iter_mut().for_each(|one| one.collapse = None);
    let standing: Vec<String> =
        drawings.report().claims.into_iter().filter(|c| c.holds).map(|c| c.sentence).collect();
    assert_eq!(standing, Vec::<String>::new());
}
