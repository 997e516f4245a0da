//! Every lab, without training: drawn again from its committed data, and refuted by data made up. And
//! at its small settings: its claims hold, and its numbers are pinned.
//!
//! A changed snapshot is accepted (`cargo insta review`) in the commit that explains it. Runs with
//! `INSTA_UPDATE=no` or `CI` set write nothing.

use minigrad_labs::spine::{Lab, Report, Scope};
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
    drawings, 26, ["questions", "sizes", "symmetry", "isometry", "isometry_losses"];
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
    starts, 0, ["largest", "steps", "shallow", "deep"];
    placement, 1, ["blocks", "repairs", "shattered"];
}

#[test]
fn every_lab_stands_in_the_table() {
    let names: Vec<String> = LABS.iter().map(|lab| lab.name.replace('-', "_")).collect();
    assert_eq!(names, NAMES);
}

/// Data like these in which every number is `real`, every count `count`, and every list `turned` around
/// where that is asked; what was set stays.
fn made_up(data: &Value, real: &Value, count: Option<u64>, turned: bool) -> Value {
    match data {
        Value::Object(fields) => {
            let one = |(name, value): (&String, &Value)| {
                let kept = name == "settings";
                let value = if kept { value.clone() } else { made_up(value, real, count, turned) };
                (name.clone(), value)
            };
            fields.iter().map(one).collect()
        }
        Value::Array(entries) => {
            let all = entries.iter().map(|entry| made_up(entry, real, count, turned));
            let mut all: Vec<Value> = all.collect();
            if turned && entries.iter().all(Value::is_number) {
                all.reverse();
            }
            all.into()
        }
        Value::Number(number) => match (number.is_f64(), count) {
            (true, _) => real.clone(),
            (false, Some(count)) => count.into(),
            _ => data.clone(),
        },
        other => other.clone(),
    }
}

/// For every claim there are data that refute it: what it says of a network that diverged, vanished or
/// trained does not depend on how it came to that.
fn refutable(lab: &Lab) {
    let all: Value = serde_json::from_str(&committed(&format!("{}.json", lab.name))).expect("JSON");
    let data = &all["data"];
    let mut standing: BTreeSet<&str> = BTreeSet::new();
    let (report, _) = (lab.said)(data).expect("the data of this lab");
    standing.extend(report.claims.iter().map(|claim| claim.name));
    assert!(!standing.is_empty(), "a lab without claims");
    let reals = [json!("NaN"), json!(0.0), json!(1e-9), json!(0.5), json!(1.0), json!(1e9)];
    for real in &reals {
        for count in [None, Some(0), Some(1), Some(100)] {
            for turned in [false, true] {
                let data = made_up(data, real, count, turned);
                // What a lab cannot read, and what no experiment can leave, refutes nothing.
                let said = catch_unwind(|| (lab.said)(&data).map(|(report, _)| report));
                let Ok(Ok(report)) = said else { continue };
                for claim in report.claims.iter().filter(|claim| !claim.holds) {
                    standing.remove(claim.name);
                }
            }
        }
    }
    assert_eq!(standing, BTreeSet::new(), "{}: claims that nothing refutes", lab.name);
}
