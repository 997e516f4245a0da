//! What the committed figures say: of the book's settings, with every claim borne out.
//!
//! The experiments themselves run in CI, which compares the bytes with these.

use minigrad_labs::experiments as of;
use minigrad_labs::registry::LABS;
use minigrad_tests::root;
use serde_json::{to_value, Value};
use std::collections::BTreeMap;

fn committed(name: &str) -> Value {
    let path = root().join("figures").join(format!("{name}.json"));
    let text = std::fs::read_to_string(&path);
    let text = text.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("figures hold JSON")
}

/// The sentences of a report that its result does not bear out, or that do not say of what they are.
fn broken(report: &Value) -> Vec<&Value> {
    let claims = report["claims"].as_array().expect("a report has claims");
    assert!(!claims.is_empty(), "a report without claims");
    let scoped =
        |claim: &Value| ["small", "book", "times"].iter().any(|scope| claim["scope"] == *scope);
    let bad = claims.iter().filter(|claim| claim["holds"] != true || !scoped(claim));
    bad.map(|claim| &claim["sentence"]).collect()
}

#[test]
fn every_claim_of_the_committed_figures_holds() {
    for name in LABS.iter().map(|lab| lab.name).chain(["norm-timing", "step-timing"]) {
        let data = committed(name);
        assert_eq!(broken(&data), Vec::<&Value>::new(), "{name}");
        assert_eq!(data["experiment"], name);
    }
}

#[test]
fn a_broken_claim_is_found() {
    let report = serde_json::json!({"claims": [
        {"sentence": "It trains.", "holds": true, "scope": "small"},
        {"sentence": "It flies.", "holds": false, "scope": "book"},
        {"sentence": "It says nothing.", "scope": "book"},
        {"sentence": "It says it of nothing.", "holds": true},
    ]});
    assert_eq!(broken(&report), ["It flies.", "It says nothing.", "It says it of nothing."]);
}

/// The settings that the book's figures must name, by experiment.
fn books() -> Vec<(&'static str, BTreeMap<&'static str, String>)> {
    vec![
        ("variance-walk", of::variance_walk::Settings::default().shown()),
        ("init-ablation", of::init_ablation::Settings::default().shown()),
        ("norm-ablation", of::norm_ablation::Settings::default().shown()),
        ("residual-depth", of::residual_depth::Settings::default().shown()),
        ("correlation", of::correlation::Settings::default().shown()),
        ("collapse", of::collapse::Settings::default().shown()),
        ("pairs", of::pairs::Settings::default().shown()),
        ("diagnosis", of::diagnosis::Settings::default().shown()),
        ("drawings", of::drawings::Settings::default().shown()),
        ("calibration", of::calibration::Settings::default().shown()),
        ("scorecard", of::scorecard::Settings::default().shown()),
        ("adam", of::adam::Settings::default().shown()),
        ("width", of::width::Settings::default().shown()),
        ("phase", of::phase::Settings::default().shown()),
        ("lengths", of::lengths::Settings::default().shown()),
        ("starts", of::starts::Settings::default().shown()),
        ("placement", of::placement::Settings::default().shown()),
    ]
}

#[test]
fn the_committed_figures_are_those_of_the_books_settings() {
    let books = books();
    for lab in LABS {
        let found = books.iter().find(|(name, _)| *name == lab.name);
        let (name, settings) = found.unwrap_or_else(|| panic!("{}: no settings", lab.name));
        assert_eq!(committed(name)["settings"], to_value(settings).expect("JSON"), "{name}");
    }
}

/// A lab with other defaults than its experiment would call the book's run a trial.
#[test]
fn the_labs_run_the_books_settings() {
    macro_rules! same {
        ($($experiment:ident),*) => {$(
            let settings = of::$experiment::Settings::default();
            let lab = minigrad_labs::labs::$experiment::LAB;
            assert_eq!((lab.seed, lab.steps), (settings.seed, Some(settings.steps)), "{}", lab.name);
        )*};
    }
    same!(
        init_ablation,
        norm_ablation,
        residual_depth,
        collapse,
        pairs,
        scorecard,
        adam,
        width,
        phase,
        lengths,
        diagnosis,
        starts,
        placement
    );
    let walk = of::variance_walk::Settings::default();
    assert_eq!(minigrad_labs::labs::variance_walk::LAB.seed, walk.seed);
    let calibration = of::calibration::Settings::default();
    assert_eq!(minigrad_labs::labs::calibration::LAB.seed, calibration.seed);
    let drawings = of::drawings::Settings::default();
    assert_eq!(minigrad_labs::labs::drawings::LAB.seed, drawings.seed);
    let draws = of::correlation::Settings::default();
    assert_eq!(minigrad_labs::labs::correlation::LAB.seed, draws.seed);
}

/// Without a norm, lab 02's network is lab 01's with Kaiming: both start alike.
#[test]
fn labs_01_and_02_start_from_the_same_network() {
    // Columns of the tables of batch losses, which show the base seed alone.
    let initial = |lab: &str, column: &str| {
        let losses = committed(lab)["tables"]["losses"].clone();
        let at =
            losses["header"].as_array().and_then(|names| names.iter().position(|n| n == column));
        losses["rows"][0][at.expect("a column")].clone()
    };
    assert_eq!(initial("norm-ablation", "no norm"), initial("init-ablation", "Kaiming"));
}

/// Times are never compared, and never without the conditions under which they were taken.
#[test]
fn the_committed_times_name_their_conditions() {
    let data = committed("norm-timing");
    for condition in ["machine", "compiler", "date", "load", "rounds"] {
        assert!(data["settings"][condition].as_str().is_some_and(|text| text.len() > 5));
    }
}
