//! Every lab, without training: drawn again from its committed data, and refuted by data made up. And
//! at its small settings: its claims hold, and its numbers are pinned.
//!
//! A changed snapshot is accepted (`cargo insta review`) in the commit that explains it. Runs with
//! `INSTA_UPDATE=no` or `CI` set write nothing.

use minigrad::prelude::*;
use minigrad_labs::drawings::Drawings;
use minigrad_labs::spine::{Experiment, Lab, Report, Scope, Spread};
use minigrad_labs::{LABS, TIMED};
use minigrad_tests::root;
use serde_json::{json, Value};
use std::collections::BTreeSet;
use std::panic::catch_unwind;
use std::sync::OnceLock;

fn lab(name: &str) -> &'static Lab {
    let name = name.replace('_', "-");
    let mut all = LABS.iter().chain(TIMED);
    all.find(|lab| lab.name == name).unwrap_or_else(|| panic!("no lab {name}"))
}

fn committed(file: &str) -> String {
    let path = root().join("figures").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What the committed data are drawn as, against the committed figures; and every claim holds.
fn drawn_again(lab: &Lab) {
    let text = committed(&format!("{}.json", lab.name));
    let all: Value = serde_json::from_str(&text).expect("JSON");
    let (report, drawings) = (lab.said)(&all["data"]).expect("the data of this lab");
    let hash = all["inputs"].as_str().expect("a hash of its inputs");
    assert!(lab.json(hash, &report, &all["data"]) == text, "{}.json: redraw it", lab.name);
    for (name, drawing) in lab.figures.iter().zip(drawings) {
        for (file, svg) in drawing.files(name) {
            assert!(committed(&file) == svg, "{file}: redraw it");
        }
    }
    let broken = report.claims.iter().filter(|claim| !claim.holds);
    assert_eq!(broken.map(|claim| &*claim.sentence).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn every_lab_is_drawn_again_from_its_data() {
    LABS.iter().chain(TIMED).for_each(drawn_again);
}

/// A lab with other defaults than its experiment would call the book's run a trial.
#[test]
fn the_committed_data_are_those_of_the_books_settings() {
    for lab in LABS {
        let all: Value =
            serde_json::from_str(&committed(&format!("{}.json", lab.name))).expect("JSON");
        assert_eq!(all["data"]["settings"], (lab.settings)(), "{}", lab.name);
    }
}

/// One module a lab, which is measured once at its small settings: how many claims these carry, so
/// that none moves to the book's unnoticed, and the tables to pin.
macro_rules! labs {
    ($($name:ident, $claims:literal, $tables:expr;)*) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];

        $(mod $name {
            use super::*;

            fn report() -> &'static Report {
                static REPORT: OnceLock<Report> = OnceLock::new();
                REPORT.get_or_init(|| {
                    let lab = lab(stringify!($name));
                    (lab.said)(&(lab.small)()).expect("its own data").0
                })
            }

            #[test]
            fn every_claim_of_the_small_settings_holds() {
                let small = report().claims.iter().filter(|claim| claim.scope == Scope::Small);
                let broken = small.clone().filter(|claim| !claim.holds);
                assert_eq!(broken.map(|claim| &*claim.sentence).collect::<Vec<_>>(), [""; 0]);
                assert_eq!(small.count(), $claims, "claims evaluated here");
            }

            #[test]
            fn the_numbers_are_pinned() {
                let mut settings = insta::Settings::clone_current();
                settings.set_prepend_module_to_snapshot(false);
                settings.bind(|| {
                    for name in $tables {
                        let file = format!("{}__{name}", stringify!($name));
                        insta::assert_snapshot!(file, report().tables[name].text());
                    }
                });
            }

            #[test]
            fn every_claim_can_fail() {
                refutable(lab(stringify!($name)));
            }
        })*
    };
}

labs! {
    drawings, 26, ["sizes", "symmetry", "isometry", "isometry_losses"];
    variance_walk, 5, ["walk", "activated"];
    init_ablation, 3, ["start", "losses", "losses_fast", "outcomes"];
    norm_ablation, 4, ["start", "losses", "outcomes", "deep"];
    residual_depth, 1, ["course", "probes", "sweep"];
    correlation, 4, ["stacks"];
    collapse, 3, ["sizes"];
    pairs, 5, ["plain", "block", "pairs"];
    diagnosis, 10, ["cases", "pace"];
    calibration, 2, ["rules", "groups"];
    scorecard, 1, ["confusion", "chosen", "starts"];
    adam, 6, ["courses", "first", "confusion", "fresh"];
    width, 4, ["borders", "scaled"];
    phase, 2, ["scales"];
    lengths, 6, ["decay", "catapult", "surprise"];
    starts, 0, ["largest", "steps"];
    placement, 1, ["blocks", "repairs", "shattered"];
}

#[test]
fn every_lab_stands_in_the_table() {
    let names: Vec<String> = LABS.iter().map(|lab| lab.name.replace('-', "_")).collect();
    assert_eq!(names, NAMES);
}

/// What replaces a value of data.
#[derive(Clone)]
enum Change {
    /// A number that is no count, perhaps not finite.
    Real(Value),
    Count(u64),
    Truth(bool),
    Outcome(&'static str),
    /// What may be missing is.
    Nothing,
    /// A list of numbers the other way round.
    Turned,
    /// The first of a list of truths.
    Flipped,
}

const OUTCOMES: [&str; 3] = ["diverges", "vanishes", "trains"];

impl Change {
    fn all() -> Vec<Change> {
        let reals = [
            json!("NaN"),
            json!(0.0),
            json!(1e-9),
            json!(0.5),
            json!(1.0),
            json!(1e9),
            json!(-1.0),
        ];
        let counts = [0, 1, 100].map(Change::Count);
        let rest = [
            Change::Truth(false),
            Change::Truth(true),
            Change::Nothing,
            Change::Turned,
            Change::Flipped,
        ];
        let outcomes = OUTCOMES.map(Change::Outcome);
        reals.map(Change::Real).into_iter().chain(counts).chain(rest).chain(outcomes).collect()
    }

    fn of(&self, value: &Value) -> Option<Value> {
        let is_real = value.is_f64() || ["NaN", "inf", "-inf"].iter().any(|word| value == word);
        match self {
            Change::Real(real) => is_real.then(|| real.clone()),
            Change::Count(count) => value.is_u64().then(|| json!(count)),
            Change::Truth(truth) => value.is_boolean().then(|| json!(truth)),
            Change::Outcome(word) => OUTCOMES.iter().any(|one| value == one).then(|| json!(word)),
            Change::Nothing => (is_real || value.is_u64()).then_some(Value::Null),
            Change::Flipped => {
                let (first, rest) = value.as_array()?.split_first()?;
                let first = json!(!first.as_bool()?);
                Some([first].into_iter().chain(rest.iter().cloned()).collect())
            }
            Change::Turned => {
                let list = value.as_array().filter(|list| list.iter().all(Value::is_number))?;
                Some(list.iter().rev().cloned().collect())
            }
        }
    }

    /// Data with this change wherever it fits: below the fields of this name, if one is given, and in
    /// every other entry of the lists of objects alone, if that is asked. What was set stays.
    fn made(&self, data: &Value, below: Option<&str>, every_other: Option<usize>) -> Value {
        if let Some(changed) = self.of(data).filter(|_| below.is_none()) {
            return changed;
        }
        match data {
            Value::Object(fields) => {
                let one = |(name, value): (&String, &Value)| {
                    let below = below.filter(|below| below != name);
                    let is_set = name == "settings";
                    let made =
                        if is_set { value.clone() } else { self.made(value, below, every_other) };
                    (name.clone(), made)
                };
                fields.iter().map(one).collect()
            }
            Value::Array(entries) => {
                let kept = |index: usize, entry: &Value| {
                    entry.is_object() && every_other.is_some_and(|first| index % 2 != first)
                };
                let one = |(index, entry): (usize, &Value)| match kept(index, entry) {
                    true => entry.clone(),
                    false => self.made(entry, below, every_other),
                };
                entries.iter().enumerate().map(one).collect()
            }
            other => other.clone(),
        }
    }
}

/// The names of all fields.
fn names<'d>(data: &'d Value, found: &mut BTreeSet<&'d str>) {
    match data {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            found.insert(name);
            names(value, found);
        }),
        Value::Array(entries) => entries.iter().for_each(|entry| names(entry, found)),
        _ => {}
    }
}

/// For every claim there are data that refute it: what it says of a network that diverged, vanished or
/// trained does not depend on how it came to that.
fn refutable(lab: &Lab) {
    let all: Value = serde_json::from_str(&committed(&format!("{}.json", lab.name))).expect("JSON");
    let data = &all["data"];
    let (report, _) = (lab.said)(data).expect("the data of this lab");
    let mut standing: BTreeSet<&str> = report.claims.iter().map(|claim| claim.name).collect();
    assert!(!standing.is_empty(), "a lab without claims");
    // Refuted below, by hand.
    if lab.name == "drawings" {
        return;
    }
    let mut fields = BTreeSet::new();
    names(data, &mut fields);
    // Everywhere first, then field by field.
    let places = [None].into_iter().chain(fields.into_iter().map(Some));
    let places = places.flat_map(|below| [None, Some(0), Some(1)].map(|other| (below, other)));
    for (below, every_other) in places {
        for change in Change::all() {
            if standing.is_empty() {
                return;
            }
            let made = change.made(data, below, every_other);
            // What a lab cannot read, and what no experiment can leave, refutes nothing.
            let said = catch_unwind(|| (made != *data).then(|| (lab.said)(&made).ok()).flatten());
            let Ok(Some((report, _))) = said else { continue };
            for claim in report.claims.iter().filter(|claim| !claim.holds) {
                standing.remove(claim.name);
            }
        }
    }
    assert_eq!(standing, BTreeSet::new(), "{}: claims that nothing refutes", lab.name);
}

/// Every drawing of nothing: field by field would take minutes.
#[test]
fn drawings_of_nothing_bear_out_nothing() {
    let all: Value = serde_json::from_str(&committed("drawings.json")).expect("JSON");
    let mut drawings: Drawings = serde_json::from_value(all["data"].clone()).expect("its data");
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
    let standing = drawings.report().claims.into_iter().filter(|claim| claim.holds);
    assert_eq!(standing.map(|claim| claim.name).collect::<Vec<_>>(), [""; 0]);
}
