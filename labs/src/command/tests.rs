use super::*;

const LAB: Lab = Lab {
    name: "init-ablation",
    about: "Which initialization trains twelve layers?",
    seed: 0,
    steps: Some(1000),
    writes: &["init-ablation.svg", "init-ablation.csv"],
    run: |_| Ok(()),
};

const WALK: Lab = Lab { name: "variance-walk", steps: None, ..LAB };

fn ask(lab: &Lab, args: &[&str]) -> Result<Request, Failure> {
    match lab.parse::<Nothing>(args.iter().map(OsString::from))? {
        Asked::Run(request, _) => Ok(request),
        Asked::Help(text) => panic!("{text}"),
    }
}

fn error(lab: &Lab, args: &[&str]) -> String {
    let failure = ask(lab, args).unwrap_err();
    assert_eq!(failure.code(), 2);
    let message = failure.to_string();
    assert_eq!(message.lines().count(), 1);
    message
}

#[test]
fn a_trial_never_overwrites_the_books_figures() {
    let book = ask(&LAB, &[]).unwrap();
    assert_eq!((book.seed, book.steps, book.trial), (0, 1000, false));
    assert_eq!(book.dir, root::workspace().unwrap().join("figures"));
    assert_eq!(ask(&LAB, &["--seed", "0", "--steps", "1000"]).unwrap(), book);
    for args in [["--seed", "1"], ["--steps", "999"]] {
        let trial = ask(&LAB, &args).unwrap();
        assert!(trial.trial);
        assert_eq!(trial.dir, root::workspace().unwrap().join("target/figures"));
    }
    let elsewhere = ask(&LAB, &["--seed=3", "--out", "x/y"]).unwrap();
    assert_eq!(elsewhere.dir, PathBuf::from("x/y"));
}

#[test]
fn errors_name_the_value_and_what_is_accepted() {
    let seed = "is not a seed: expected an integer from 0 to 18446744073709551615";
    assert_eq!(error(&LAB, &["--seed", "abc"]), format!("--seed \"abc\" {seed}"));
    assert_eq!(error(&LAB, &["--seed", "-1"]), format!("--seed \"-1\" {seed}"));
    assert_eq!(error(&LAB, &["--seed", ""]), format!("--seed \"\" {seed}"));
    let count = "is not a number of steps: expected an integer from 1 to 4294967295";
    assert_eq!(error(&LAB, &["--steps", "0"]), format!("--steps \"0\" {count}"));
    assert_eq!(
        error(&LAB, &["--threads", "0"]),
        "--threads \"0\" is not a number of threads: expected an integer from 1 to 1024"
    );
    assert_eq!(error(&LAB, &["--out="]), "--out \"\" is not a directory: expected a path");
    assert_eq!(error(&LAB, &["--seed"]), "--seed <N>: the value is missing");
    assert_eq!(error(&LAB, &["--seed", "1", "--seed", "2"]), "--seed is given more than once");
    assert_eq!(
        error(&WALK, &["--steps", "5"]),
        "unknown argument \"--steps\": expected --help, --out, --seed, --threads"
    );
    assert_eq!(
        error(&LAB, &["7"]),
        "unknown argument \"7\": expected --help, --out, --seed, --steps, --threads"
    );
}

#[test]
fn a_drawing_is_two_files_and_data_are_one() {
    assert_eq!(LAB.files(), ["init-ablation.svg", "init-ablation-small.svg", "init-ablation.csv"]);
}

#[test]
fn help_is_complete() {
    let Ok(Asked::Help(text)) = LAB.parse::<Nothing>([OsString::from("--help")]) else {
        panic!("no help");
    };
    for part in [
        LAB.about,
        "--seed <N>",
        "[default: 0]",
        "--steps <N>",
        "[default: 1000]",
        "target/figures",
        "init-ablation.csv",
        "init-ablation-small.svg",
        "cargo run --bin init-ablation -- --seed 7 --steps 200",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
}
