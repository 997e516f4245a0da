//! The explorer on a page: where it stands, and what stands there for readers without JavaScript.

use crate::wasm;
use minigrad_explorer::presets::{self, Preset};
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
    /// preset `KEY`. Where the library cannot be compiled the explorer says why, in one line.
    pub fn place(&mut self, text: &str, path: &Path) -> String {
        let mut placed = text.to_owned();
        for preset in presets::all() {
            let directive = format!("{{{{#explorer {}}}}}", preset.key);
            if placed.contains(&directive) {
                placed = placed.replace(&directive, &self.component(&preset, path));
            }
        }
        placed
    }

    fn component(&mut self, preset: &Preset, path: &Path) -> String {
        let Explorer { root, book, library, built } = self;
        let built = built.get_or_insert_with(|| match library {
            Library::Now => wasm::build(root, book),
            Library::Later if book.join(wasm::FILE).is_file() => Ok(()),
            Library::Later => Err(COMING.to_owned()),
        });
        let up = "../".repeat(path.components().count().saturating_sub(1));
        let missing = built
            .as_ref()
            .err()
            .map_or(String::new(), |why| format!(" data-missing=\"{}\"", escaped(why)));
        format!(
            "<div class=\"explorer\" data-preset=\"{}\" data-root=\"{up}\" data-wasm=\"{}\"{missing}>\n\n\
             {}\n\n</div>\n",
            preset.key,
            wasm::FILE,
            // Elsewhere than on its own page, only the network that it opens at.
            table(&up, |one| up.is_empty() || one.key == preset.key),
        )
    }
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

/// What theory says of some presets: all that can be shown without a script.
fn table(up: &str, shows: impl Fn(&Preset) -> bool) -> String {
    let row = |preset: &Preset| {
        let Preset { name, page, recipe, training, .. } = preset;
        let prediction = recipe.predict(training);
        let verdict = prediction.verdict();
        format!("| [{name}]({up}{page}) | {recipe} | {training} | {verdict} |")
    };
    let head = ["| network | recipe | training | theory says |", "| :--- | :--- | :--- | :--- |"];
    let rows = presets::all();
    let rows = rows.iter().filter(|preset| shows(preset)).map(row);
    head.map(str::to_owned).into_iter().chain(rows).collect::<Vec<_>>().join("\n")
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
        assert!(placed.contains("(../labs/lab01-init-ablation.html) | 12 x 256 relu"), "{placed}");
        assert_eq!(placed.matches("| trains |").count(), 1, "{placed}");
        assert_eq!(placed.matches("| diverges |").count(), 0, "{placed}");
        let all = explorer.place("{{#explorer kaiming}}\n", Path::new("a.md"));
        assert_eq!(all.matches("| diverges |").count(), 2, "{all}");
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
