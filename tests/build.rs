//! Turns every Rust fence of the book and of the README into a test.

fn main() {
    // The folder, not only its files: a new chapter has tests, too.
    println!("cargo:rerun-if-changed=../book");
    println!("cargo:rerun-if-changed=../README.md");
    let mut pages = skeptic::markdown_files_of_directory("../book");
    pages.push("../README.md".into());
    skeptic::generate_doc_tests(&pages);
}
