//! What `book.toml` must say.

use super::{finds, none, read, root};
use std::path::Path;

fn table(root: &Path) -> toml::Table {
    let text = read(&root.join("book.toml"));
    text.parse().unwrap_or_else(|error| panic!("book.toml: {error}"))
}

/// mdBook empties its build folder, which by default is where the chapters are.
fn folders(root: &Path) -> Vec<String> {
    let settings = table(root);
    let build = |key: &str| settings.get("build").and_then(|build| build.get(key));
    let mut troubles = Vec::new();
    let folder = build("build-dir").and_then(toml::Value::as_str);
    if !folder.is_some_and(|folder| Path::new(folder).starts_with("target")) {
        troubles.push(format!("build-dir is {folder:?}, not below target/"));
    } else if folder == Some("target/book") {
        troubles.push("build-dir is target/book, where `cargo run` builds".to_owned());
    }
    if build("create-missing").and_then(toml::Value::as_bool) != Some(false) {
        troubles.push("create-missing is not false".to_owned());
    }
    troubles
}

#[test]
fn building_cannot_delete_or_invent_chapters() {
    none(folders(&root()));
    let text = "[build]\ncreate-missing = false\n";
    finds(folders, &[("book.toml", text)], "build-dir");
    let text = "[build]\nbuild-dir = \"target/mdbook\"\n";
    finds(folders, &[("book.toml", text)], "create-missing");
    // What `mdbook serve` puts into its pages must not be served by another.
    let text = "[build]\nbuild-dir = \"target/book\"\ncreate-missing = false\n";
    finds(folders, &[("book.toml", text)], "where `cargo run` builds");
}

/// What `cargo run` registers in its own process, in place of the commands.
const PREPROCESSORS: [&str; 3] = ["katex", "minigrad", "minigrad-values"];

fn preprocessors(root: &Path) -> Vec<String> {
    let settings = table(root);
    let named = settings.get("preprocessor").and_then(toml::Value::as_table);
    let mut named: Vec<&str> = named.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    named.sort_unstable();
    if named == PREPROCESSORS {
        return Vec::new();
    }
    vec![format!("the preprocessors are {named:?}, not {PREPROCESSORS:?}")]
}

#[test]
fn mdbook_and_cargo_run_have_the_same_preprocessors() {
    none(preprocessors(&root()));
    let text = "[preprocessor.katex]\n[preprocessor.toc]\n";
    finds(preprocessors, &[("book.toml", text)], "toc");
}
