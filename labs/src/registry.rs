//! The labs, in the order in which the book meets them.

use crate::command::Lab;
use crate::{labs, say, Failure};
use std::path::Path;

/// Every lab.
pub const LABS: &[Lab] = &[
    labs::variance_walk::LAB,
    labs::init_ablation::LAB,
    labs::norm_ablation::LAB,
    labs::residual_depth::LAB,
    labs::correlation::LAB,
    labs::collapse::LAB,
    labs::pairs::LAB,
    labs::calibration::LAB,
    labs::scorecard::LAB,
];

/// Runs `labs` one after the other with the book's settings, stopping at the first that fails.
/// Results go to `out`, or to `figures` under the root.
///
/// # Errors
/// The failure of that lab, with its name.
pub fn run(labs: &[Lab], out: Option<&Path>) -> Result<(), Failure> {
    for (lab, number) in labs.iter().zip(1..) {
        say::print(&format!("[{number}/{}] {}: {}\n", labs.len(), lab.name, lab.about))?;
        let mut request = lab.book()?;
        if let Some(out) = out {
            request.dir = out.to_path_buf();
        }
        (lab.run)(&request).map_err(|failure| failure.within(format_args!("lab {}", lab.name)))?;
    }
    Ok(())
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
    use crate::command::Request;

    fn lab(name: &'static str, run: fn(&Request) -> Result<(), Failure>) -> Lab {
        Lab { name, about: "", seed: 0, steps: None, writes: &[], run }
    }

    #[test]
    fn a_lab_that_fails_is_named() {
        let labs = [lab("a", |_| Ok(())), lab("b", |_| Err(Failure::new("no")))];
        assert_eq!(run(&labs, None).unwrap_err().to_string(), "lab b: no");
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
