//! The explorer on a page: where it stands, and what stands there for readers without JavaScript.

use crate::{drawing, wasm};
use minigrad_explorer::cases::{self, Case};
use minigrad_explorer::options::{options, ORDER};
use minigrad_explorer::presets::{self, Preset};
use minigrad_explorer::words;
use std::path::{Path, PathBuf};

/// When the library that runs in the reader's browser is compiled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Library {
    /// Before the first page that wants it.
    #[default]
    Now,
    /// After the book: pages take the library that an earlier build has left, or say that it is coming.
    Later,
}

/// Stands alone where the self-test's cases belong.
pub const EXERCISE: &str = "{{#exercise}}";

/// Places explorers on pages; compiles the library for them when the first one does.
#[derive(Debug)]
pub struct Explorer {
    root: PathBuf,
    book: PathBuf,
    library: Library,
    built: Option<Result<(), String>>,
}

/// What pages say until the library is there.
const COMING: &str = "the library is being compiled, and this page loads again when it is there";

impl Explorer {
    /// The explorers of the book in the folder `book` of the workspace `root`.
    pub fn new(root: &Path, book: &Path, library: Library) -> Explorer {
        Explorer { root: root.to_path_buf(), book: book.to_path_buf(), library, built: None }
    }

    /// Replaces each `{{#explorer KEY}}` of the chapter `path` by an explorer that opens at the
    /// preset `KEY`, and `{{#exercise}}` by one that asks for the cases of the self-test. Where the
    /// library cannot be compiled the explorer says why, in one line.
    pub fn place(&mut self, text: &str, path: &Path) -> String {
        let mut placed = text.to_owned();
        for preset in presets::all() {
            let directive = format!("{{{{#explorer {}}}}}", preset.key);
            if placed.contains(&directive) {
                let up = up(path);
                // Elsewhere than on its own page, only the network that it opens at.
                let without_script = still(&up, |one| up.is_empty() || one.key == preset.key);
                let opens = format!("data-preset=\"{}\"", preset.key);
                placed = placed.replace(&directive, &self.component(&opens, path, &without_script));
            }
        }
        if placed.contains(EXERCISE) {
            let without_script = questions(&cases::exercise().unwrap_or_default());
            placed =
                placed.replace(EXERCISE, &self.component("data-exercise", path, &without_script));
        }
        placed
    }

    /// `opens`: the attribute that says what it shows first.
    fn component(&mut self, opens: &str, path: &Path, without_script: &str) -> String {
        let Explorer { root, book, library, built } = self;
        let built = built.get_or_insert_with(|| match library {
            Library::Now => wasm::build(root, book),
            Library::Later if book.join(wasm::FILE).is_file() => Ok(()),
            Library::Later => Err(COMING.to_owned()),
        });
        let missing = built
            .as_ref()
            .err()
            .map_or(String::new(), |why| format!(" data-missing=\"{}\"", escaped(why)));
        format!(
            "<div class=\"explorer\" {opens} data-root=\"{}\" data-wasm=\"{}\"{missing}>\n\n\
             <div class=\"explorer-still\">\n\n{without_script}\n\n</div>\n\n</div>\n",
            up(path),
            wasm::FILE,
        )
    }
}

/// The way from a chapter up to the book's folder.
fn up(path: &Path) -> String {
    "../".repeat(path.components().count().saturating_sub(1))
}

/// Whether there is such a preset, and which there are.
///
/// # Errors
/// The keys that there are.
pub fn check(key: &str) -> Result<(), String> {
    let presets = presets::all();
    if presets.iter().any(|preset| preset.key == key) {
        return Ok(());
    }
    let keys: Vec<&str> = presets.iter().map(|preset| preset.key).collect();
    Err(format!("there is no such network; there are {}", keys.join(", ")))
}

/// What theory says of some presets, in a table and in drawings: for readers without a script.
fn still(up: &str, shows: impl Fn(&Preset) -> bool) -> String {
    let head = "| network | recipe | training | theory says |\n| :--- | :--- | :--- | :--- |\n";
    let (mut rows, mut drawings) = (String::new(), String::new());
    for preset in presets::all().iter().filter(|preset| shows(preset)) {
        let Preset { name, page, recipe, training, .. } = preset;
        let prediction = recipe.predict(training);
        let verdict = prediction.verdict();
        let (network, schedule) = (words::network(recipe), words::training(training));
        rows += &format!("| [{name}]({up}{page}) | {network} | {schedule} | {verdict} |\n");
        drawings += &drawing::curve(name, &prediction);
    }
    format!("{head}{rows}\n<div class=\"explorer-drawings\">\n{drawings}</div>")
}

/// The cases with their answers folded.
fn questions(cases: &[Case]) -> String {
    cases.iter().zip(1..).map(|(case, number)| question(number, case)).collect()
}

fn question(number: usize, case: &Case) -> String {
    let Case { recipe, training, outcome } = case;
    let prediction = recipe.predict(training);
    let (verdict, probability) = (prediction.verdict(), prediction.probability());
    let sure = 100.0 * probability.of(verdict);
    let theory = if verdict == *outcome {
        format!("Theory says so, too ({sure:.0}\u{a0}%).")
    } else {
        format!("Theory says {verdict} ({sure:.0}\u{a0}%), and is wrong here.")
    };
    let key = capital(&outcome.to_string());
    let reasons = ORDER.iter().zip(options(&prediction));
    let reasons: String = reasons.map(|(name, why)| format!("- **{name}**: {why}.\n")).collect();
    format!(
        "**{number}.** {}. Trained at {}.\n\n<details data-key=\"{key}\">\n<summary>Show answer</summary>\n\n\
         **{key}.** {theory}\n\n{reasons}\n</details>\n\n",
        words::network(recipe),
        words::training(training),
    )
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_nothing_can_be_compiled_the_page_says_why_and_keeps_its_table() {
        let root = tempfile::tempdir().unwrap();
        let mut explorer = Explorer::new(root.path(), root.path(), Library::Now);
        let text = "a\n\n{{#explorer kaiming}}\n\nb\n";
        let placed = explorer.place(text, Path::new("theory/a.md"));
        assert!(placed.contains("data-missing=\"there is no labs/explorer\""), "{placed}");
        assert!(placed.contains("data-preset=\"kaiming\" data-root=\"../\""), "{placed}");
        assert!(
            placed.contains("(../labs/lab01-init-ablation.html) | 12 layers of 256"),
            "{placed}"
        );
        assert_eq!(placed.matches("| trains |").count(), 1, "{placed}");
        assert_eq!(placed.matches("| diverges |").count(), 0, "{placed}");
        assert_eq!(placed.matches("<svg").count(), 1, "{placed}");
        let all = explorer.place("{{#explorer kaiming}}\n", Path::new("a.md"));
        assert_eq!(all.matches("| diverges |").count(), 2, "{all}");
        assert_eq!(all.matches("<svg").count(), presets::all().len());
    }

    #[test]
    fn every_case_is_asked_and_answered_without_a_script() {
        let root = tempfile::tempdir().unwrap();
        let mut explorer = Explorer::new(root.path(), root.path(), Library::Now);
        let placed = explorer.place("{{#exercise}}\n", Path::new("reference/a.md"));
        assert!(placed.contains("data-exercise data-root=\"../\""), "{placed}");
        for (case, number) in cases::exercise().unwrap().iter().zip(1..) {
            let asked = format!("**{number}.** {}.", words::network(&case.recipe));
            let (_, after) = placed.split_once(&asked).expect("the question");
            let (answer, _) = after.split_once("</details>").expect("its answer");
            let outcome = capital(&case.outcome.to_string());
            assert!(answer.contains(&format!("data-key=\"{outcome}\"")), "{answer}");
            assert!(answer.contains(&format!("**{outcome}.** Theory says ")), "{answer}");
            let verdict = case.recipe.predict(&case.training).verdict();
            assert_eq!(answer.contains("wrong here"), verdict != case.outcome, "{answer}");
            for option in ORDER {
                assert!(answer.contains(&format!("- **{option}**: ")), "{answer}");
            }
        }
    }

    #[test]
    fn a_page_without_an_explorer_compiles_nothing() {
        let root = tempfile::tempdir().unwrap();
        let mut explorer = Explorer::new(root.path(), root.path(), Library::Now);
        assert_eq!(explorer.place("a\n", Path::new("a.md")), "a\n");
        assert!(explorer.built.is_none());
    }

    #[test]
    fn a_library_that_comes_later_is_announced_and_an_earlier_one_is_taken() {
        let root = tempfile::tempdir().unwrap();
        let later = || Explorer::new(root.path(), root.path(), Library::Later);
        let placed = later().place("{{#explorer kaiming}}\n", Path::new("a.md"));
        assert!(placed.contains("data-missing=\"the library is being compiled"), "{placed}");
        std::fs::write(root.path().join(wasm::FILE), "earlier").unwrap();
        let placed = later().place("{{#explorer kaiming}}\n", Path::new("a.md"));
        assert!(!placed.contains("data-missing"), "{placed}");
    }

    #[test]
    fn an_unknown_network_lists_those_there_are() {
        let why = check("kiaming").unwrap_err();
        assert!(why.starts_with("there is no such network; there are small, "), "{why}");
        assert_eq!(check("kaiming"), Ok(()));
    }
}
