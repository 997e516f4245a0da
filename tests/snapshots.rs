//! The experiments' numbers, pinned: as tables for eyes, and as the committed data of the figures.
//!
//! A changed snapshot is accepted (`cargo insta review`) in the commit that explains it. Runs with
//! `INSTA_UPDATE=no` or `CI` set write nothing.

use minigrad::experiments::init_ablation::{
    recipe, training, Ablation, Curve, Settings, INITS, RATES,
};
use minigrad::experiments::{map_in_parallel, pairs, variance_walk, Report, Silent, Table};
use minigrad::prelude::SignOfSum;
use minigrad_labs::labs::to_json;
use minigrad_labs::table::text;
use minigrad_tests::root;
use serde_json::Value;
use std::sync::OnceLock;

fn walk() -> &'static Report {
    static REPORT: OnceLock<Report> = OnceLock::new();
    REPORT.get_or_init(|| variance_walk::run(variance_walk::SEED, &Silent).report())
}

fn shown(table: &Table) -> String {
    text(&table.header, &table.rows)
}

fn committed(name: &str) -> String {
    let path = root().join("figures").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn parsed(name: &str) -> Value {
    serde_json::from_str(&committed(name)).expect("figures hold JSON")
}

/// The sentences of a report that its result does not bear out.
fn broken(report: &Value) -> Vec<&Value> {
    let claims = report["claims"].as_array().expect("a report has claims");
    assert!(!claims.is_empty(), "a report without claims");
    claims.iter().filter(|claim| claim["holds"] != true).map(|claim| &claim["sentence"]).collect()
}

#[test]
fn the_variance_walk_is_pinned() {
    insta::assert_snapshot!("variance_walk", shown(&walk().tables["walk"]));
    insta::assert_snapshot!("variance_walk_activated", shown(&walk().tables["activated"]));
}

#[test]
fn every_claim_of_the_variance_walk_holds() {
    assert_eq!(walk().claims.len(), 5);
    for claim in &walk().claims {
        assert!(claim.holds, "{}", claim.sentence);
    }
}

#[test]
fn the_committed_variance_walk_is_what_the_experiment_computes() {
    let computed = to_json(walk()).expect("JSON");
    let committed = committed("variance-walk.json");
    let different = committed.lines().zip(computed.lines()).find(|(a, b)| a != b);
    assert_eq!(different, None, "run `cargo run --bin variance-walk`");
    assert!(committed == computed, "run `cargo run --bin variance-walk`");
}

/// The book's first seed at the small rate, where lab 01 takes its headline from.
#[test]
fn the_losses_of_the_init_ablation_are_pinned() {
    let settings = Settings { seeds: 1, many: 1, ..Settings::default() };
    let data = SignOfSum::sample(1000, 200, settings.seed);
    let training = training(RATES[0]).steps(settings.steps).seed(settings.seed);
    let curves = map_in_parallel(&INITS, &Silent, |&(name, init)| {
        let mut network = recipe(init).seed(settings.seed).build();
        let runs = vec![network.train(&data, &training)];
        Curve { name, init, lr: RATES[0], runs, accuracy: vec![] }
    });
    let table =
        Ablation { settings, curves, starts: vec![], xavier_finals: vec![] }.losses(RATES[0]);
    insta::assert_snapshot!("init_ablation", shown(&table));
    let committed = &parsed("init-ablation.json")["tables"]["losses"];
    let computed = serde_json::to_value(table).expect("JSON");
    assert_eq!(&computed, committed, "run `cargo run --bin init-ablation`");
}

/// A table of the committed data, for experiments that run too long for a test: CI runs them and
/// compares the bytes.
fn committed_table(lab: &str, name: &str) -> String {
    let table = &parsed(&format!("{lab}.json"))["tables"][name];
    let cells = |row: &Value| -> Vec<String> {
        let cells = row.as_array().expect("a row").iter();
        cells.map(|cell| cell.as_str().expect("text").to_owned()).collect()
    };
    let rows: Vec<Vec<String>> =
        table["rows"].as_array().expect("rows").iter().map(cells).collect();
    text(&cells(&table["header"]), &rows)
}

#[test]
fn the_norm_ablation_is_pinned() {
    insta::assert_snapshot!("norm_ablation", committed_table("norm-ablation", "outcomes"));
    insta::assert_snapshot!("norm_ablation_deep", committed_table("norm-ablation", "deep"));
}

#[test]
fn the_committed_norm_ablation_is_that_of_the_books_settings() {
    use minigrad::experiments::norm_ablation::{Settings, DEEP_NORMS, DEEP_RATES, NORMS, STARTS};
    let settings = Settings::default();
    let data = parsed("norm-ablation.json");
    let Settings { seed, seeds, deep_seeds, .. } = settings;
    let said = format!("{seeds} from {seed}; {deep_seeds} of the deep network");
    assert_eq!(data["settings"]["seeds"], said);
    assert_eq!(data["settings"]["training"], training(1e-3).steps(settings.steps).to_string());
    // Every curve is in one of the two tables.
    let rows = |key: &str| data["tables"][key]["rows"].as_array().map_or(0, Vec::len);
    assert_eq!(rows("outcomes"), NORMS.len() + STARTS.len());
    assert_eq!(rows("deep"), DEEP_NORMS.len() * DEEP_RATES.len());
    // Its curve without a norm starts as lab 01's Kaiming curve does.
    let lab01 = &parsed("init-ablation.json")["values"]["kaiming_initial"];
    assert_eq!(&data["values"]["no_norm_initial"], lab01);
}

/// Times are never compared, and never without the conditions under which they were taken.
#[test]
fn the_committed_times_name_their_conditions_and_bear_out_their_claims() {
    let data = parsed("norm-timing.json");
    assert_eq!(broken(&data), Vec::<&Value>::new());
    for condition in ["machine", "compiler", "date", "load", "rounds"] {
        assert!(data["settings"][condition].as_str().is_some_and(|text| text.len() > 5));
    }
}

#[test]
fn residual_depth_is_pinned() {
    insta::assert_snapshot!("residual_depth", committed_table("residual-depth", "course"));
    insta::assert_snapshot!("residual_depth_sweep", committed_table("residual-depth", "sweep"));
}

/// The experiment itself runs in CI, which compares its bytes with these.
#[test]
fn every_claim_of_the_committed_figures_holds() {
    for lab in minigrad_labs::registry::LABS {
        let data = parsed(&format!("{}.json", lab.name));
        assert_eq!(broken(&data), Vec::<&Value>::new(), "{}", lab.name);
        assert_eq!(data["experiment"], lab.name);
    }
}

#[test]
fn a_broken_claim_is_found() {
    let report = serde_json::json!({"claims": [
        {"sentence": "It trains.", "holds": true},
        {"sentence": "It flies.", "holds": false},
        {"sentence": "It says nothing."},
    ]});
    assert_eq!(broken(&report), ["It flies.", "It says nothing."]);
}

#[test]
fn the_committed_ablation_is_that_of_the_books_settings() {
    let data = parsed("init-ablation.json");
    let settings = Settings::default();
    assert_eq!(data["settings"]["seeds"], format!("5 from {}; 20 of Xavier", settings.seed));
    assert_eq!(data["settings"]["training"], training(1e-3).steps(1000).to_string());
    assert_eq!(data["series"]["xavier finals"].as_array().map(Vec::len), Some(20));
}

#[test]
fn the_pairs_are_pinned() {
    let table = |name| committed_table("pairs", name);
    insta::assert_snapshot!("pairs", table("pairs"));
    insta::assert_snapshot!("pairs_plain", table("plain"));
    insta::assert_snapshot!("pairs_block", table("block"));
}

#[test]
fn the_committed_pairs_are_those_of_the_books_settings() {
    let data = parsed("pairs.json");
    let settings = pairs::Settings::default();
    assert_eq!(data["settings"]["seeds"], format!("{} from {}", settings.seeds, settings.seed));
    let training = pairs::training(pairs::RATES[0]).steps(settings.steps);
    assert_eq!(data["settings"]["training"], training.to_string());
}

#[test]
fn a_relation_follows_from_four_outcomes() {
    use pairs::Relation;
    for (four, word) in [
        ("....", "not enough"),
        (".x..", "harmful"),
        ("x...", "harmful"),
        ("xxxx", "idle"),
        (".xxx", "redundant"),
        (".x.x", "first"),
        ("..xx", "second"),
        ("...x", "necessary"),
    ] {
        let trains: Vec<bool> = four.chars().map(|c| c == 'x').collect();
        let relation = Relation::of(trains[0], trains[1], trains[2], trains[3]);
        assert_eq!(relation.to_string(), word, "{four}");
    }
}

#[test]
fn the_calibration_is_pinned() {
    insta::assert_snapshot!("calibration", committed_table("calibration", "rules"));
    insta::assert_snapshot!("calibration_groups", committed_table("calibration", "groups"));
}

#[test]
fn the_scorecard_is_pinned() {
    insta::assert_snapshot!("scorecard", committed_table("scorecard", "confusion"));
    insta::assert_snapshot!("scorecard_chosen", committed_table("scorecard", "chosen"));
}
