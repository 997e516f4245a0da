//! The binaries as a user meets them.

mod process;

use process::{bears_unwritable_streams, full_disk, inside, nobody_reads, refused, run_in, text};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

const WALK: &str = env!("CARGO_BIN_EXE_variance-walk");
const TRAIN: &str = env!("CARGO_BIN_EXE_train");
const PROBE: &str = env!("CARGO_BIN_EXE_probe");
const PREDICT: &str = env!("CARGO_BIN_EXE_predict");
const ABLATION: &str = env!("CARGO_BIN_EXE_init-ablation");
const SCORECARD: &str = env!("CARGO_BIN_EXE_scorecard");
const BENCH: &str = env!("CARGO_BIN_EXE_bench-step");
const NORMS: &str = env!("CARGO_BIN_EXE_norm-ablation");

#[test]
fn help_is_an_answer_not_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    for (binary, expected) in [(WALK, "--seed <N>"), (ABLATION, "--steps <N>")] {
        let output = run_in(folder.path(), binary, &["--help"]);
        assert_eq!(output.status.code(), Some(0));
        assert!(text(&output.stdout).contains(expected), "{}", text(&output.stdout));
        assert_eq!(text(&output.stderr), "");
    }
    assert_eq!(inside(folder.path()), [""; 0]);
}

#[test]
fn what_is_no_seed_is_refused() {
    for binary in [WALK, ABLATION] {
        for seed in ["abc", "-1", "1.5", "18446744073709551616", ""] {
            assert_eq!(
                refused(binary, &["--seed", seed]),
                format!(
                    "error: --seed {seed:?} is not a seed: expected an integer from 0 to \
                     18446744073709551615"
                )
            );
        }
    }
}

/// Data that someone has changed are drawn or refused in a line, and stay as they are.
#[test]
fn data_that_no_run_leaves_are_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("init-ablation.json");
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/../figures/init-ablation.json");
    let mut all: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(committed).unwrap()).unwrap();
    for field in all["data"].as_object_mut().unwrap().values_mut() {
        field.as_array_mut().into_iter().for_each(Vec::clear);
    }
    fs::write(&file, all.to_string()).unwrap();
    let said = refused(ABLATION, &["--redraw", "--out", folder.path().to_str().unwrap()]);
    assert!(said.starts_with(&format!("error: {}: ", file.display())), "{said}");
    assert!(said.ends_with(": expected the data of init-ablation"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), all.to_string());
}

#[test]
fn what_is_no_number_of_steps_is_refused() {
    for steps in ["0", "-3", "many", "1000001"] {
        assert_eq!(
            refused(ABLATION, &["--steps", steps]),
            format!(
                "error: --steps {steps:?} is not a number of steps: expected an integer from 1 to \
                 1000000"
            )
        );
    }
}

#[cfg(debug_assertions)]
#[test]
fn times_of_the_dev_profile_are_refused() {
    let message = refused(NORMS, &["--time"]);
    assert!(message.contains("cargo run --release --bin norm-ablation -- --time"), "{message}");
}

#[test]
fn an_unknown_flag_is_refused_with_those_that_there_are() {
    assert_eq!(
        refused(ABLATION, &["--step", "3"]),
        "error: unknown argument \"--step\": expected --help, --out, --redraw, --seed, --steps, --threads"
    );
    assert_eq!(
        refused(NORMS, &["--times"]),
        "error: unknown argument \"--times\": expected --help, --out, --redraw, --seed, --steps, --threads, --time"
    );
    assert_eq!(
        refused(env!("CARGO_BIN_EXE_labs"), &["--seed", "1"]),
        "error: unknown argument \"--seed\": expected --also, --force, --help, --out, --threads, --times"
    );
    assert_eq!(
        refused(WALK, &["--steps", "3"]),
        "error: unknown argument \"--steps\": expected --help, --out, --redraw, --seed, --threads"
    );
    assert_eq!(
        refused(WALK, &["stray"]),
        "error: unknown argument \"stray\": expected --help, --out, --redraw, --seed, --threads"
    );
}

#[test]
fn help_begins_with_what_the_command_is_for() {
    let folder = tempfile::tempdir().expect("a folder");
    for (binary, expected) in [
        (WALK, "What does depth do to the variance of a signal?"),
        (NORMS, "Same network, data and optimizer: what does a normalization change?"),
        (SCORECARD, "How often does theory say before a run"),
        (TRAIN, "Trains the network that the flags"),
        (PROBE, "Looks into the network that the flags describe"),
    ] {
        let output = run_in(folder.path(), binary, &["--help"]);
        assert!(text(&output.stdout).starts_with(expected), "{}", text(&output.stdout));
    }
}

/// Commands that answer within a moment, with what they are given on standard input.
const SHORT: [(&str, &[&str], &str); 10] = [
    (WALK, &["--help"], ""),
    (PREDICT, &["--help"], ""),
    (PREDICT, &["--depth", "2", "--steps", "4"], ""),
    (PREDICT, &["--recipes", "-", "--format", "json"], "{\"depth\": 2, \"lr\": 1}\n{}\n"),
    (PREDICT, &["--recipes", "-"], "{\"depth\": 2, \"lr\": 1}\n{}\n"),
    (TRAIN, &["--depth", "2", "--width", "8", "--steps", "2"], ""),
    (TRAIN, &["--depth", "2", "--width", "8", "--steps", "2", "--watch", "1"], ""),
    (PROBE, &["--depth", "2", "--width", "8"], ""),
    (BENCH, &["--help"], ""),
    (BENCH, &[], "LN-4x4 0\n"),
];

#[test]
fn a_stream_that_cannot_be_written_is_no_panic() {
    SHORT.into_iter().for_each(bears_unwritable_streams);
}

#[test]
fn a_lab_ends_well_though_nobody_can_hear_it() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, err) in [("gone", nobody_reads()), ("full", full_disk())] {
        let mut command = Command::new(WALK);
        command.args(["--out", name]).current_dir(folder.path()).stdin(Stdio::null());
        let status = command.stdout(nobody_reads()).stderr(err).status().expect("it starts");
        assert_eq!(status.code(), Some(0));
        let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("../figures/variance-walk.svg");
        let drawn = fs::read(folder.path().join(name).join("variance-walk.svg")).expect("a figure");
        assert!(drawn == fs::read(book).expect("the book's"), "another figure");
    }
}

#[test]
fn a_folder_that_cannot_be_is_refused_before_anything_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, "mine").expect("a file");
    let below = file.join("figures");
    let below = below.to_str().expect("UTF-8");
    for binary in [WALK, ABLATION] {
        let output = run_in(folder.path(), binary, &["--out", below]);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(message.contains(below) && message.contains("expected"), "{message}");
        assert_eq!(text(&output.stdout), "");
    }
    assert_eq!(inside(folder.path()), ["file"]);
    assert_eq!(fs::read_to_string(&file).expect("the file"), "mine");
}

#[test]
fn a_trial_writes_its_files_whole_and_says_what_it_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = run_in(folder.path(), ABLATION, &["--steps", "3", "--out", "new/trial"]);
    let (said, noted) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{noted}");

    // The tables and the claims, on stdout alone.
    for part in ["step  uniform", "\n   0 ", "Kaiming", "] Kaiming trains at lr 1e-3", "Outcomes"] {
        assert!(said.contains(part), "{part:?} is missing in\n{said}");
    }
    // No bar, no escape sequence: what remains is where things went.
    let lines: Vec<&str> = noted.lines().collect();
    assert_eq!(
        lines,
        [
            "note: not the book's seed or steps: what fails here says nothing of the book; the \
             results go to new/trial",
            "wrote new/trial/init-ablation.svg",
            "wrote new/trial/init-ablation-small.svg",
            "wrote new/trial/init-ablation-fast.svg",
            "wrote new/trial/init-ablation-fast-small.svg",
            "wrote new/trial/init-ablation.json",
        ]
    );
    assert!(!noted.contains('\u{1b}') && !noted.contains('\r'), "{noted:?}");

    // Exactly the files that --help announces, each of them complete.
    let trial = folder.path().join("new/trial");
    assert_eq!(
        inside(&trial),
        [
            "init-ablation-fast-small.svg",
            "init-ablation-fast.svg",
            "init-ablation-small.svg",
            "init-ablation.json",
            "init-ablation.svg"
        ]
    );
    let json = fs::read_to_string(trial.join("init-ablation.json")).expect("the data");
    let data: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(data["tables"]["losses"]["rows"].as_array().map(Vec::len), Some(2));
    for svg in ["init-ablation.svg", "init-ablation-small.svg", "init-ablation-fast.svg"] {
        let svg = fs::read_to_string(trial.join(svg)).expect("a figure");
        assert!(roxmltree::Document::parse(&svg).is_ok());
    }
    assert_eq!(inside(folder.path()), ["new"]);
}

#[test]
fn another_walk_leaves_the_books_figures_alone() {
    let figures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../figures/variance-walk.json");
    let before = fs::read(&figures).expect("the book's data");
    let folder = tempfile::tempdir().expect("a folder");
    let output = run_in(folder.path(), WALK, &["--seed", "7", "--out", "trial"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("[holds]"), "{}", text(&output.stdout));
    assert_ne!(fs::read(folder.path().join("trial/variance-walk.json")).expect("data"), before);
    assert_eq!(fs::read(&figures).expect("the book's data"), before);
}

#[test]
fn train_takes_every_field_of_a_recipe() {
    let folder = tempfile::tempdir().expect("a folder");
    let flags = "--body block --depth 3 --width 16 --activation gelu --norm rms --placement post \
                 --residual --out-proj scaled --final-norm --steps 5 --lr 0.01";
    let output = run_in(folder.path(), TRAIN, &flags.split_whitespace().collect::<Vec<_>>());
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let recipe =
        "3 blocks x 16 gelu, kaiming, post rms, residual, final norm, scaled out_proj; sgd, \
                  lr 0.01, momentum 0.9, batch 64, 5 steps";
    assert_eq!(said.lines().next(), Some(recipe));
    assert!(said.trim_end().lines().last().is_some_and(|end| end.contains("validation accuracy")));

    // The norm stands where its body has it, unless a placement says otherwise.
    for (flags, expected) in [
        ("--norm ln --residual", "2 x 8 relu, kaiming, ln, residual; "),
        ("--norm ln --body block", "2 blocks x 8 relu, kaiming, pre ln; "),
        ("--bias-std 0.1", "2 x 8 relu, kaiming, biases 0.1; "),
    ] {
        let flags = format!("--depth 2 --width 8 --steps 1 {flags}");
        let output = run_in(folder.path(), TRAIN, &flags.split_whitespace().collect::<Vec<_>>());
        assert!(text(&output.stdout).starts_with(expected), "{}", text(&output.stderr));
    }
    assert_eq!(inside(folder.path()), [""; 0]);
}

#[test]
fn train_refuses_what_no_recipe_has() {
    for (flags, message) in [
        (
            &["--norm", "batch"][..],
            "error: --norm: norm \"batch\" is not accepted: expected one of none, ln, rms",
        ),
        (
            &["--body", "tree"],
            "error: --body: body \"tree\" is not accepted: expected one of plain, block",
        ),
        (
            &["--out-proj", "zero"],
            "error: out_proj zero is not accepted: expected plain with body plain",
        ),
        (
            &["--placement", "pre"],
            "error: placement pre is not accepted: expected none with norm none, body plain",
        ),
        (
            &["--body", "block", "--norm", "rms", "--placement", "pre_act"],
            "error: placement pre_act is not accepted: expected pre or post with norm rms, body \
             block",
        ),
        (
            &["--bias-std", "-0.1"],
            "error: bias_std -0.1 is not accepted: expected a finite number from 0 up",
        ),
        (
            &["--weight-decay", "-0.1"],
            "error: weight_decay -0.1 is not accepted: expected a finite number from 0 up",
        ),
        (
            &["--weight-decay", "inf"],
            "error: weight_decay inf is not accepted: expected a finite number from 0 up",
        ),
        (
            &["--steps", "50", "--warm-up", "51"],
            "error: warm_up 51 is not accepted: expected an integer from 0 to 50",
        ),
        (
            &["--clip-norm", "0"],
            "error: clip_norm 0 is not accepted: expected a finite number above 0",
        ),
        (
            &["--clip-norm", "NaN"],
            "error: clip_norm NaN is not accepted: expected a finite number above 0",
        ),
        (
            &["--final-norm"],
            "error: final_norm true is not accepted: expected false without blocks and a norm",
        ),
    ] {
        assert_eq!(refused(TRAIN, flags), message);
    }
}

#[test]
fn what_is_no_interval_to_watch_at_is_refused() {
    for every in ["0", "-3", "often", "1.5", "1000001", ""] {
        assert_eq!(
            refused(TRAIN, &["--steps", "3", "--watch", every]),
            format!(
                "error: --watch {every:?} is not a number of steps: expected an integer from 1 to \
                 1000000"
            )
        );
    }
}

/// The first lines of the pictures and the last line of what `train` says.
fn watched(flags: &str) -> (Vec<String>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let output = run_in(folder.path(), TRAIN, &flags.split_whitespace().collect::<Vec<_>>());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    assert!(!said.contains('\u{1b}'), "no colour: {said}");
    assert_eq!((text(&output.stderr), inside(folder.path())), (String::new(), vec![]));
    let of = |line: &&str| line.starts_with("step ");
    let steps = said.lines().filter(of).filter_map(|line| line.split(',').next());
    (steps.map(str::to_owned).collect(), said.lines().last().unwrap_or_default().to_owned())
}

#[test]
fn a_watched_training_shows_every_so_many_steps_and_the_last() {
    let network = "--depth 3 --width 16 --lr 0.01 --steps 10";
    let (_, alone) = watched(network);
    for (every, shown) in [("4", vec![0, 4, 8, 9]), ("9", vec![0, 9]), ("1000", vec![0, 9])] {
        let (steps, last) = watched(&format!("{network} --watch {every}"));
        assert_eq!(steps, shown.iter().map(|step| format!("step {step}")).collect::<Vec<_>>());
        assert_eq!(last, alone, "watching changes nothing");
    }
    // What leaves the finite numbers is shown as far as it comes.
    let (steps, last) = watched("--depth 8 --init uniform(2) --lr 1 --steps 50 --watch 1");
    assert!(steps.len() < 10 && last.starts_with("diverges"), "{steps:?}, {last}");
}

#[test]
fn a_file_can_be_watched_and_stands_for_the_flags_of_a_network() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = r#"{"recipe": {"depth": 2, "width": 8}, "training": {"lr": 0.1, "steps": 3}}"#;
    fs::write(folder.path().join("plan.json"), file).expect("a file");
    let output = run_in(folder.path(), TRAIN, &["--recipe", "plan.json", "--watch", "2"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout).matches("\nstep ").count(), 2);
    let said = refused(TRAIN, &["--recipe", "plan.json", "--lr", "1"]);
    assert!(said.starts_with("error: the argument '--recipe <FILE>' cannot be used with flags"));
}

#[test]
fn probe_shows_numbers_and_sizes_as_tables_and_as_json() {
    let folder = tempfile::tempdir().expect("a folder");
    let flags = ["--depth", "3", "--width", "16", "--init", "xavier"];
    let output = run_in(folder.path(), PROBE, &flags);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    for part in ["3 x 16 relu, xavier; sgd, lr 0.001", "layer          q", "layer  |z| 2^", "█"] {
        assert!(said.contains(part), "{part:?} is missing:\n{said}");
    }
    let output = run_in(folder.path(), PROBE, &[&flags[..], &["--format", "json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&text(&output.stdout)).expect("JSON");
    let layers = json["layers"].as_array().expect("layers");
    assert_eq!((layers.len(), &json["recipe"]), (3, &"3 x 16 relu, xavier".into()));
    // Every pre-activation of 64 inputs, every entry of a matrix.
    for (field, entries) in
        [("sizes", [16 * 64, 16 * 64, 2 * 64]), ("gradient_sizes", [4096, 256, 32])]
    {
        let total = |layer: &serde_json::Value| {
            let counts = layer[field]["counts"].as_array().into_iter().flatten();
            let counted: u64 = counts.filter_map(serde_json::Value::as_u64).sum();
            counted + layer[field]["zeros"].as_u64().unwrap_or(0)
        };
        assert_eq!(layers.iter().map(total).collect::<Vec<_>>(), entries, "{field}");
    }
    assert!(layers[0]["update"].as_f64().is_some_and(|update| 1e-7 < update && update < 1e-2));
    assert_eq!(refused(PROBE, &["--depth", "0"]).lines().count(), 1);
}

/// A flag that would change nothing is none of the command's.
#[test]
fn probe_refuses_what_a_first_step_does_not_depend_on() {
    let folder = tempfile::tempdir().expect("a folder");
    for flags in [["--steps", "300"], ["--momentum", "0.5"]] {
        let said = refused(PROBE, &flags);
        let named = format!("error: unknown argument {:?}: expected --activation, ", flags[0]);
        assert!(said.starts_with(&named) && !said.contains(&format!(" {},", flags[0])), "{said}");
        let small = ["--depth", "2", "--width", "8", "--format", "json"];
        let output = run_in(folder.path(), PREDICT, &[&small[..], &flags].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
    // Of a rate that warms up it depends on how long that takes.
    let small = ["--depth", "2", "--width", "8", "--format", "json"];
    let of = |flags: &[&str]| text(&run_in(folder.path(), PROBE, &[&small, flags].concat()).stdout);
    assert_ne!(of(&["--warm-up", "100"]), of(&[]));
}

/// What the page on networks that do not train prints of each.
#[test]
fn the_commands_of_the_diagnosis_print_what_the_book_says() {
    let figures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../figures/diagnosis.json");
    let figures = fs::read_to_string(figures).expect("the data");
    let values: serde_json::Value = serde_json::from_str(&figures).expect("JSON");
    let values = values["values"].as_object().expect("values");
    let folder = tempfile::tempdir().expect("a folder");
    let mut count = 0;
    for (key, value) in values {
        let Some((command, expected)) = value.as_str().and_then(|text| text.split_once('\n'))
        else {
            continue;
        };
        let flags = command.strip_prefix("$ cargo run --bin train -- ").expect("a command");
        let flags: Vec<&str> = flags.split(' ').map(|flag| flag.trim_matches('"')).collect();
        let output = run_in(folder.path(), TRAIN, &flags);
        let said = text(&output.stdout);
        // Of a change the book has the first line and the last.
        let ends = || [said.lines().next(), said.lines().last()].map(Option::unwrap_or_default);
        let shown =
            if key.ends_with("_run") { said.trim_end().to_owned() } else { ends().join("\n\n") };
        assert_eq!(shown, expected, "{command}");
        count += 1;
    }
    assert_eq!(count, 16);
}

#[test]
fn predict_refuses_decay_warm_up_and_clipping() {
    let no_other = "the theory of prediction covers no other";
    for (flags, message) in [
        (["--weight-decay", "0.01"], "weight_decay 0.01 is not accepted: expected 0"),
        (["--warm-up", "100"], "warm_up 100 is not accepted: expected 0"),
        (["--clip-norm", "1"], "clip_norm 1 is not accepted: expected none"),
    ] {
        assert_eq!(refused(PREDICT, &flags), format!("error: {message}: {no_other}"));
    }
}

#[test]
fn predict_shows_verdict_reason_layers_and_curve() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = run_in(folder.path(), PREDICT, &["--depth", "3", "--width", "64", "--lr", "0.01"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    for part in [
        "3 x 64 relu, kaiming\nsgd, lr 0.01, momentum 0.9, batch 64, 1000 steps\n",
        "trains 99 %: loss ",
        "layer       q  gradient  correlation\n",
        "readout  2.00",
        "Predicted loss, and where eight of ten networks lie\n",
        "\n           0 ",
        "  ####",
        "half the loss of a guess by step ",
    ] {
        assert!(said.contains(part), "{part:?} is missing:\n{said}");
    }
}

#[test]
fn predict_answers_a_file_and_names_its_bad_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = "{\"depth\": 3, \"width\": 64, \"lr\": 0.01, \"steps\": 20}\n\n\
        {\"depth\": 3, \"lr\": 0.01, \"colour\": \"red\"}\n\
        {\"depth\": 3, \"lr\": 0.01, \"activation\": \"mish\"}\n\
        {\"depth\": 200, \"init\": {\"kind\": \"uniform\", \"value\": 1000}, \"lr\": 1, \"steps\": 4}\n";
    fs::write(folder.path().join("recipes.jsonl"), lines).expect("a file");
    let arguments = ["--recipes", "recipes.jsonl", "--format", "json"];
    let output = run_in(folder.path(), PREDICT, &arguments);
    assert_eq!(output.status.code(), Some(1));
    let wrong = text(&output.stderr);
    assert!(wrong.contains("recipes.jsonl, line 3: unknown field \"colour\": expected one of body"));
    assert!(wrong.contains("recipes.jsonl, line 4: activation \"mish\""), "{wrong}");
    assert!(wrong.contains("2 of 4 lines refused"), "{wrong}");
    let said = text(&output.stdout);
    let answers: Vec<serde_json::Value> =
        said.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(answers.len(), 2);
    assert_eq!((&answers[0]["line"], &answers[1]["line"]), (&1.into(), &5.into()));
    assert_eq!(answers[1]["verdict"], "diverges");
    for field in ["reason", "initial_loss", "windows", "loss", "q", "gradient"] {
        assert!(!answers[0][field].is_null(), "{field}");
    }
    let count = |field: &str| answers[0][field].as_array().map_or(0, Vec::len);
    assert_eq!((count("windows"), count("loss"), count("q")), (7, 7, 3));
    for end in ["low", "high"] {
        assert_eq!(answers[0]["band"][end].as_array().map_or(0, Vec::len), 7, "{end}");
    }

    // As a table, too.
    let output = run_in(folder.path(), PREDICT, &["--recipes", "recipes.jsonl"]);
    assert!(text(&output.stdout).starts_with("line "), "{}", text(&output.stdout));
}

#[test]
fn a_bad_line_is_named_and_spares_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let long = format!("{{\"depth\": 3, \"{}\": 1}}\n", "k".repeat(2_000_000));
    let good = b"{\"depth\": 3, \"lr\": 0.1, \"steps\": 4}\n";
    let lines: [(&[u8], &str); 8] = [
        (b"\x0c\n", "expected value"),
        (b"{\"depth\": 18446744073709551615, \"lr\": 1}\n", "depth 18446744073709551615 is not"),
        (b"{\"depth\": 2, \"lr\": 1, \"steps\": 1000000000}\n", "steps 1000000000 is not"),
        (b"{\"depth\": 3, \"lr\": \"\xff\"}\n", "no UTF-8"),
        (b"{\"depth\": 3, \"depth\": 4, \"lr\": 1}\n", "duplicate field `depth`"),
        (long.as_bytes(), "longer than a megabyte"),
        (long.get(..900_000).map_or(b"", str::as_bytes), "EOF while parsing"),
        (b"{\"depth\": null, \"lr\": 1}\n", "depth null"),
    ];
    for (line, said) in lines {
        let mut file = [&good[..], line].concat();
        if !file.ends_with(b"\n") {
            file.push(b'\n');
        }
        file.extend(good);
        fs::write(folder.path().join("recipes.jsonl"), file).expect("a file");
        let arguments = ["--recipes", "recipes.jsonl", "--format", "json"];
        let output = run_in(folder.path(), PREDICT, &arguments);
        let wrong = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{wrong}");
        assert_eq!(wrong.lines().count(), 2, "{wrong}");
        assert!(wrong.starts_with("error: recipes.jsonl, line 2: ") && wrong.contains(said));
        assert!(wrong.len() < 1000, "{} bytes", wrong.len());
        assert_eq!(text(&output.stdout).lines().count(), 2, "both good lines are answered");
    }
}

/// Refused afterwards, for its classes, so that the test does not wait for it.
#[test]
fn an_answer_that_takes_a_minute_is_announced() {
    let folder = tempfile::tempdir().expect("a folder");
    let line = "{\"depth\": 1, \"classes\": 3, \"lr\": 1, \"batch\": 256, \"steps\": 1000000}\n";
    fs::write(folder.path().join("recipes.jsonl"), line).expect("a file");
    let wrong = text(&run_in(folder.path(), PREDICT, &["--recipes", "recipes.jsonl"]).stderr);
    let note = "note: 256000000 examples to go through: it takes a minute or more\n";
    assert!(wrong.starts_with(note), "{wrong}");
}

#[test]
fn what_memory_or_time_cannot_hold_is_refused_at_once() {
    for binary in [PREDICT, TRAIN] {
        for flags in [
            "--depth 18446744073709551615",
            "--depth 18446744073709551616",
            "--depth 1000000000",
            "--body block --width 4611686018427387904",
            "--batch 18446744073709551615",
            "--steps 1000000000",
        ] {
            let flags: Vec<&str> = flags.split(' ').collect();
            let said = refused(binary, &flags);
            assert!(said.contains("is not accepted: expected "), "{said}");
        }
    }
    // A prediction keeps no activations, a training does.
    let said = refused(TRAIN, &["--depth", "10000", "--width", "16", "--batch", "65536"]);
    assert!(said.starts_with("error: activations ") && said.contains("expected at most"), "{said}");
}

#[test]
fn an_endless_file_is_refused() {
    for (binary, flag) in [(PREDICT, "--recipes"), (TRAIN, "--recipe")] {
        let said = refused(binary, &[flag, "/dev/zero"]);
        assert!(said.contains("/dev/zero: ") && said.contains("megabyte"), "{said}");
    }
}

#[test]
fn predict_refuses_what_it_cannot_read() {
    for (flags, message) in [
        (&["--activation", "mish"][..], "error: --activation: activation \"mish\" is not accepted"),
        (&["--lr", "0"], "error: lr 0 is not accepted"),
        (
            &["--format", "xml"],
            "error: --format \"xml\" is not accepted: expected one of table, json",
        ),
        (&["--recipes", "none.jsonl"], "error: none.jsonl: "),
        (
            &["--recipes", "-", "--depth", "3"],
            "error: the argument '--recipes <FILE>' cannot be used with",
        ),
    ] {
        let said = refused(PREDICT, flags);
        assert!(said.starts_with(message), "{said}");
    }
}
