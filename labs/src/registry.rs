//! The labs, in the order in which the book meets them.

use crate::command::{Lab, Request};
use crate::labs;
use minigrad_cli::{terminal, Failure};
use std::path::Path;

/// Every lab.
pub const LABS: &[Lab] = &[
    labs::drawings::LAB,
    labs::variance_walk::LAB,
    labs::residual_depth::LAB,
    labs::correlation::LAB,
    labs::collapse::LAB,
    labs::pairs::LAB,
    labs::diagnosis::LAB,
    labs::scorecard::LAB,
    labs::phase::LAB,
    labs::lengths::LAB,
    labs::starts::LAB,
    labs::placement::LAB,
];

/// Runs `labs` one after the other with the book's settings, each by `run`, which says whether it
/// went well; one that fails keeps none of the others from running. Results go to `out`, or to
/// `figures` under the root.
///
/// # Errors
/// If the results cannot be written anywhere, before anything is computed; that of `run`; at the end,
/// the names of the labs that failed, each of which has said why.
pub fn run(
    labs: &[Lab],
    out: Option<&Path>,
    run: impl Fn(&Lab, &Request) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let mut failed = vec![];
    for (lab, number) in labs.iter().zip(1..) {
        let request = lab.book(out)?;
        terminal::print(&format!("[{number}/{}] {}: {}\n", labs.len(), lab.name, lab.about))?;
        if !run(lab, &request)? {
            failed.push(lab.name);
        }
    }
    match failed.len() {
        0 => Ok(()),
        count => {
            let (all, names) = (labs.len(), failed.join(", "));
            Err(Failure::new(format_args!("{count} of {all} labs failed: {names}")))
        }
    }
}

/// Checks that each of `labs` has left its data under `root`.
///
/// # Errors
/// The labs that have not.
pub fn check_all_ran(labs: &[Lab], root: &Path) -> Result<(), Failure> {
    let missing: Vec<&str> = labs
        .iter()
        .map(|lab| lab.name)
        .filter(|name| !root.join(format!("figures/{name}.json")).is_file())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format_args!("no data from {}: run `cargo run -- labs`", missing.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lab(name: &'static str, run: fn(&Request) -> Result<(), Failure>) -> Lab {
        Lab { name, about: "", seed: 0, steps: None, writes: &[], run }
    }

    fn here(lab: &Lab, request: &Request) -> Result<bool, Failure> {
        Ok((lab.run)(request).is_ok())
    }

    #[test]
    fn a_lab_that_fails_is_named_when_the_others_have_run() {
        static RAN: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let fails = |_: &Request| Err(Failure::usage("no"));
        let runs = |_: &Request| {
            RAN.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            Ok(())
        };
        let labs = [lab("a", runs), lab("b", fails), lab("c", runs), lab("d", fails)];
        let out = tempfile::tempdir().unwrap();
        let failure = run(&labs, Some(out.path()), here).unwrap_err();
        assert_eq!(failure.to_string(), "2 of 4 labs failed: b, d");
        assert_eq!((failure.code(), RAN.load(std::sync::atomic::Ordering::SeqCst)), (1, 2));
        assert!(run(&labs[..1], Some(out.path()), here).is_ok());
    }

    #[test]
    fn where_nothing_can_be_written_no_lab_runs() {
        let labs = [lab("a", |_| unreachable!("a lab without a place for its results"))];
        // Nobody can create a file there, not even root.
        let failure = run(&labs, Some(Path::new("/proc/self")), here).unwrap_err();
        assert_eq!(failure.code(), 2);
    }

    #[test]
    fn a_lab_that_left_no_data_is_named() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("figures")).unwrap();
        std::fs::write(root.path().join("figures/a.json"), "{}").unwrap();
        let labs = [lab("a", |_| Ok(())), lab("b", |_| Ok(()))];
        assert!(check_all_ran(&labs[..1], root.path()).is_ok());
        let failure = check_all_ran(&labs, root.path()).unwrap_err();
        assert!(failure.to_string().starts_with("no data from b:"));
    }
}
