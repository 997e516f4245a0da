//! Where the book is written: links of the repository's own pages, and of the book to them.

use super::{folder_of, none, read, root};
use std::path::Path;

/// Every relative link of the pages that a repository shows leads to something there.
fn lost_links(root: &Path) -> Vec<String> {
    let mut troubles = Vec::new();
    for page in ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        let text = read(&root.join(page));
        let links = text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
        for link in links.filter(|link| !link.contains("://") && !link.starts_with('#')) {
            let path = link.split('#').next().unwrap_or_default();
            if !root.join(path).exists() {
                troubles.push(format!("{page}: {link} leads nowhere"));
            }
        }
    }
    troubles
}

#[test]
fn every_link_of_the_repositorys_pages_leads_somewhere() {
    none(lost_links(&root()));
    let pages = [("README.md", "[a](b.md#c)"), ("CONTRIBUTING.md", ""), ("CHANGELOG.md", "")];
    super::finds(lost_links, &pages, "README.md: b.md#c leads nowhere");
}

/// The page of a small book with the project's settings, and these lines under `[output.html]`.
fn page_with(lines: &str) -> String {
    let settings = read(&root().join("book.toml"));
    let settings = settings.replacen("[output.html]\n", &format!("[output.html]\n{lines}"), 1);
    let folder = folder_of(&[
        ("book.toml", &settings),
        ("book/SUMMARY.md", "# Summary\n\n[A](a.md)\n"),
        ("book/a.md", "# A\n\nText.\n"),
        ("figures/.keep", ""),
    ]);
    for part in ["theme", "katex"] {
        let files = std::fs::read_dir(root().join("book").join(part)).expect("a folder");
        let to = folder.path().join("book").join(part);
        std::fs::create_dir_all(&to).expect("a folder");
        for file in files.flatten().filter(|file| file.path().is_file()) {
            std::fs::copy(file.path(), to.join(file.file_name())).expect("a copy");
        }
    }
    let out = folder.path().join("out");
    minigrad_book::site::build(folder.path(), Some(&out))
        .unwrap_or_else(|failure| panic!("{failure}"));
    read(&out.join("a.html"))
}

#[test]
fn a_configured_address_gives_every_page_its_links_and_none_gives_none() {
    let address = "https://example.org/minigrad";
    let page = page_with(&format!(
        "git-repository-url = \"{address}\"\nedit-url-template = \"{address}/edit/main/{{path}}\"\n"
    ));
    assert!(page.contains(&format!("href=\"{address}\"")), "no link to the repository");
    assert!(page.contains(&format!("href=\"{address}/edit/main/book/a.md\"")), "no link to edit");

    let settings: toml::Table = read(&root().join("book.toml")).parse().expect("TOML");
    let html = &settings["output"]["html"];
    let configured = |key| html.get(key).is_some();
    // One without the other would be half a way back to the source.
    assert_eq!(configured("git-repository-url"), configured("edit-url-template"));
    if !configured("git-repository-url") {
        let page = page_with("");
        assert!(!page.contains("Git repository") && !page.contains("Suggest an edit"));
    }
}
