//! The drawings and the data behind them.

use super::sources::pages;
use super::{files_below, finds, none, root};
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

/// The links of a Markdown text that name a folder `figures`.
fn figure_links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ']).next())
        .filter(|link| link.split('/').any(|part| part == "figures"))
        .filter(|link| !link.contains("://"))
}

/// Where `link` leads from `folder`, without following symbolic links, as GitHub does.
fn resolve(folder: &Path, link: &str) -> PathBuf {
    let mut at = folder.to_path_buf();
    for part in Path::new(link).components() {
        match part {
            Component::ParentDir => drop(at.pop()),
            other => at.push(other),
        }
    }
    at
}

fn embedded_figures_exist(root: &Path) -> Vec<String> {
    let mut troubles = Vec::new();
    for (path, text) in pages(root) {
        let folder = path.parent().unwrap_or(Path::new(""));
        for link in figure_links(&text) {
            let figure = resolve(folder, link);
            if !figure.starts_with("figures") || !root.join(&figure).exists() {
                let (path, figure) = (path.display(), figure.display());
                troubles.push(format!("{path}: {link} leads to {figure}"));
            }
        }
    }
    troubles
}

#[test]
fn every_figure_link_works_where_it_is_written() {
    none(embedded_figures_exist(&root()));
    let check = embedded_figures_exist;
    let text = "![a](../figures/x.svg)";
    finds(check, &[("book/a.md", text)], "leads to figures/x.svg");
    // Works in the rendered book, and nowhere else.
    let text = "![a](figures/x.svg)";
    let files = [("book/a.md", text), ("figures/x.svg", "")];
    finds(check, &files, "leads to book/figures/x.svg");
}

fn figures_are_used(root: &Path) -> Vec<String> {
    let pages = pages(root);
    files_below(&root.join("figures"), "svg")
        .iter()
        .map(|figure| format!("figures/{}", figure.display()))
        .filter(|figure| !figure.ends_with("-small.svg"))
        .filter(|figure| !pages.iter().any(|(_, text)| text.contains(figure.as_str())))
        .map(|figure| format!("{figure} is on no page"))
        .collect()
}

#[test]
fn every_figure_is_on_a_page() {
    none(figures_are_used(&root()));
    finds(figures_are_used, &[("figures/x.svg", "")], "on no page");
}

/// A page shows the one or the other, as wide as the screen is.
fn figures_have_both_layouts(root: &Path) -> Vec<String> {
    let all = files_below(&root.join("figures"), "svg");
    let names: Vec<String> = all.iter().map(|path| path.display().to_string()).collect();
    let partner = |name: &String| match name.strip_suffix("-small.svg") {
        Some(stem) => format!("{stem}.svg"),
        None => name.replace(".svg", "-small.svg"),
    };
    let alone = names.iter().filter(|name| !names.contains(&partner(name)));
    alone.map(|name| format!("figures/{name} is there without {}", partner(name))).collect()
}

#[test]
fn every_figure_has_a_layout_for_pages_and_one_for_phones() {
    none(figures_have_both_layouts(&root()));
    finds(figures_have_both_layouts, &[("figures/x.svg", "")], "without x-small.svg");
    finds(figures_have_both_layouts, &[("figures/x-small.svg", "")], "without x.svg");
}

/// Every page of theory shows twice at least what it derives.
fn theory_is_drawn(root: &Path) -> Vec<String> {
    let theory = pages(root).into_iter().filter(|(path, _)| path.starts_with("book/theory"));
    let counted = theory.map(|(path, text)| {
        let figures: BTreeSet<&str> =
            figure_links(&text).filter(|link| link.ends_with(".svg")).collect();
        (path, figures.len())
    });
    let bare = counted.filter(|(_, count)| *count < 2);
    bare.map(|(path, count)| format!("{}: {count} figures, not 2", path.display())).collect()
}

#[test]
fn every_page_of_theory_has_two_figures() {
    none(theory_is_drawn(&root()));
    for twice in [1, 2] {
        let one = "![a](../../figures/x.svg)\n".repeat(twice);
        finds(theory_is_drawn, &[("book/theory/a.md", &one)], "book/theory/a.md: 1 figures");
    }
}

/// `init-ablation-lr.svg` may stand on `init-ablation.json`.
fn figures_have_data(root: &Path) -> Vec<String> {
    let folder = root.join("figures");
    let stem = |path: &PathBuf| path.with_extension("").to_string_lossy().into_owned();
    let data: Vec<String> = files_below(&folder, "json").iter().map(stem).collect();
    files_below(&folder, "svg")
        .iter()
        .map(stem)
        .filter(|figure| {
            !data.iter().any(|data| {
                let rest = figure.strip_prefix(data.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            })
        })
        .map(|figure| format!("figures/{figure}.svg has no data beside it"))
        .collect()
}

#[test]
fn every_figure_has_its_data_beside_it() {
    none(figures_have_data(&root()));
    let files = [("figures/ab-lr.svg", ""), ("figures/a.json", "{}")];
    finds(figures_have_data, &files, "ab-lr.svg has no data");
}

fn drawings_are_whole(root: &Path) -> Vec<String> {
    let folder = root.join("figures");
    let mut troubles = Vec::new();
    for name in files_below(&folder, "svg") {
        let text = super::read(&folder.join(&name));
        let name = name.display();
        match roxmltree::Document::parse(&text) {
            Err(error) => troubles.push(format!("figures/{name}: {error}")),
            Ok(drawing) => {
                let drawn = ["path", "rect", "circle", "line", "polyline", "polygon"];
                let is_drawn = |node: &roxmltree::Node| drawn.contains(&node.tag_name().name());
                // The first one is the card on which the others stand.
                let count = drawing.descendants().filter(is_drawn).count();
                if drawing.root_element().tag_name().name() != "svg" || count < 2 {
                    troubles.push(format!("figures/{name} draws nothing"));
                }
            }
        }
    }
    troubles
}

#[test]
fn every_drawing_is_whole() {
    none(drawings_are_whole(&root()));
    for (svg, expected) in [
        ("", "a.svg: "),
        ("<svg><rect/><path d=\"M0 0\"", "a.svg: "),
        ("<svg><rect/></svg>", "a.svg draws nothing"),
        ("<p><path/><path/></p>", "a.svg draws nothing"),
    ] {
        finds(drawings_are_whole, &[("figures/a.svg", svg)], expected);
    }
}

fn only_figures_and_data(root: &Path) -> Vec<String> {
    std::fs::read_dir(root.join("figures"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|file| file.path())
        .filter(|path| {
            let known = |end| ["svg", "json", "csv"].iter().any(|known| end == *known);
            !path.extension().is_some_and(known)
        })
        .map(|path| format!("{} is neither drawing nor data", path.display()))
        .collect()
}

#[test]
fn nothing_but_figures_and_data_is_kept() {
    none(only_figures_and_data(&root()));
    finds(only_figures_and_data, &[("figures/a.png", "")], "a.png");
}
