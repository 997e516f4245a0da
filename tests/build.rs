//! Turns every Rust fence of the book and of the README into a test.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    // The folder, not only its files: a new chapter has tests, too.
    println!("cargo:rerun-if-changed=../book");
    println!("cargo:rerun-if-changed=../README.md");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let mut pages = skeptic::markdown_files_of_directory("../book");
    pages.push("../README.md".into());
    let mut chapters = String::new();
    for page in pages {
        skeptic::generate_doc_tests(&[&page]);
        let page = page.strip_prefix("..").expect("a path from this folder");
        write(&out.join(page), &on_their_lines(&read(&out.join("skeptic-tests.rs"))));
        chapters += &format!("include!({page:?});\n");
    }
    write(&out.join("chapters.rs"), &chapters);
}

/// The tests that skeptic made of one page, which compile each snippet by itself, as tests that
/// are compiled together, each on the lines of its fence: what fails names the line of the page.
fn on_their_lines(tests: &str) -> String {
    let shape = "what skeptic 0.14.2 writes of `rust` and `rust,ignore`";
    let tests = tests.strip_prefix("extern crate skeptic;\n").expect(shape);
    let mut page = String::new();
    for test in tests.split_terminator("\"#, s);\n}\n\n") {
        let (attributes, test) = test.split_once("#[test] fn ").expect(shape);
        if attributes == "#[ignore]\n" {
            continue;
        }
        assert_eq!(attributes, "", "{shape}");
        let opening = "() {\n    let s = &format!(r####\"\n{}\"####, r####\"";
        let (name, test) = test.split_once(opening).expect(shape);
        let closing = "\"####);\n    skeptic::rt::run_test(";
        let (snippet, _) = test.split_once(closing).expect(shape);
        let (_, line) = name.rsplit_once("_line_").expect(shape);
        let above = line.parse::<usize>().expect(shape) - 1;
        page += &"\n".repeat(above - page.matches('\n').count());
        page += &format!("#[test] fn {name}() {{\n{snippet}main() }}");
    }
    page
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder to write to");
    fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
