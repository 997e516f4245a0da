//! What Cargo cannot say within a crate: imports flow as the book's map of the house says and never in a
//! circle, files stay small, nothing calls the platform's C library. That only kernels are unsafe is a lint.

use minigrad_tests::root;
use std::collections::BTreeMap;
use std::path::Path;

/// Code by its module path, without comments and what follows `#[cfg(test)]`.
type Files = BTreeMap<String, String>;

fn read(folder: &Path, module: &str, files: &mut Files) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("UTF-8");
        let module = format!("{module}::{}", if name == "mod" { "" } else { name });
        let module = module.trim_matches(':');
        if path.is_dir() {
            read(&path, module, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            assert!(text.lines().count() < 300, "{} has 300 lines or more", path.display());
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            let code = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
            files.insert(module.to_owned(), text.lines().map(code).collect::<Vec<_>>().join("\n"));
        }
    }
}

/// The paths that follow a word: `a::{b, c::d}` as `a::b` and `a::c::d`.
fn behind(word: &str, code: &str) -> Vec<String> {
    let is_path = |c: char| c.is_alphanumeric() || "_:*".contains(c);
    let mut found = vec![];
    for (at, _) in code.match_indices(word).filter(|(at, _)| !code[..*at].ends_with(is_path)) {
        let rest = &code[at + word.len()..];
        let (path, rest) = rest.split_at(rest.find(|c| !is_path(c)).unwrap_or(rest.len()));
        let group = rest.strip_prefix('{').and_then(|rest| rest.split('}').next()).unwrap_or(" ");
        let item = |item: &str| item.split_whitespace().next().unwrap_or_default().to_owned();
        let items = group.split(',').map(|text| path.to_owned() + &item(text));
        found.extend(items.filter(|path| !path.ends_with("::")));
    }
    found
}

/// What the code of a module uses of its crate, as paths from the root.
fn used(module: &str, code: &str) -> Vec<String> {
    let parts: Vec<&str> = module.split("::").collect();
    let mut code = code.replace("crate as ", "crate::alias ");
    for steps in (1..=parts.len()).rev() {
        let outer = parts[..parts.len() - steps].iter().map(|part| format!("{part}::"));
        let outer = format!("crate::{}", outer.collect::<String>());
        code = code.replace(&"super::".repeat(steps), &outer);
    }
    behind("crate::", &code)
}

/// The file of what a path names, behind those that only export it.
fn file<'f>(path: &str, files: &'f Files) -> Option<&'f str> {
    let ends = path.match_indices("::").map(|(at, _)| at).chain([path.len()]);
    let (file, code) = ends.filter_map(|end| files.get_key_value(&path[..end])).last()?;
    let item = path[file.len()..].split("::").nth(1);
    let exported = behind("use ", code).into_iter().find(|path| {
        let (child, rest) = path.split_once("::").unwrap_or_default();
        rest.split("::").last() == item && files.contains_key(&format!("{file}::{child}"))
    });
    exported.map_or(Some(file), |path| self::file(&format!("{file}::{path}"), files))
}

fn within(inner: &str, outer: &str) -> bool {
    format!("{inner}::").starts_with(&format!("{outer}::"))
}

/// The files that use each other in a circle; one that stands inside another counts as part of it.
fn circle(files: &Files) -> Vec<&str> {
    let uses = |module: &str, code: &str| -> Vec<&str> {
        let to = used(module, code).into_iter().filter_map(|path| file(&path, files));
        to.filter(|to| !within(module, to) && !within(to, module)).collect()
    };
    let uses = files.iter().map(|(module, code)| (module.as_str(), uses(module, code)));
    let mut left: BTreeMap<&str, Vec<&str>> = uses.collect();
    loop {
        let all = left.clone();
        let is_used = |from| all.values().flatten().any(|to| *to == from);
        left.retain(|from, to| is_used(*from) && to.iter().any(|to| all.contains_key(to)));
        if left.len() == all.len() {
            return left.into_keys().collect();
        }
    }
}

/// What a file uses beyond its row of the map: `(module, what it may use)`.
fn beyond(rows: &[(&str, Vec<&str>)], files: &Files) -> Vec<String> {
    let mut bad = vec![];
    for (module, code) in files {
        for (own, allowed) in rows.iter().filter(|(own, _)| within(module, own)) {
            let may = |path: &String| allowed.iter().chain([own]).any(|a| within(path, a));
            let used = used(module, code).into_iter().filter(|path| !may(path));
            bad.extend(used.map(|path| format!("{module} uses {path}")));
        }
    }
    bad
}

#[test]
fn imports_flow_as_the_map_says_and_never_in_a_circle() {
    let page = std::fs::read_to_string(root().join("book/reference/house.md")).expect("the map");
    let cells =
        page.lines().map(|line| line.split(" |").map(|cell| cell.split('`').skip(1).step_by(2)));
    let rows = cells.filter(|cells| cells.clone().count() == 4);
    let rows = rows.filter_map(|mut row| Some((row.next()?.next()?, row.nth(1)?.collect())));
    let rows: Vec<(&str, Vec<&str>)> = rows.collect();
    let mut files = Files::new();
    read(&root().join("src"), "", &mut files);
    let library = files.remove("lib").expect("the crate");
    let listed = library.lines().filter_map(|line| line.split("mod ").nth(1)?.strip_suffix(';'));
    assert!(listed.eq(rows.iter().map(|row| row.0)), "src/lib.rs lists others than the map");
    assert_eq!(beyond(&rows, &files), [""; 0]);
    assert_eq!(circle(&files), [""; 0]);
    let named = page.split('`').skip(1).step_by(2).filter(|name| name.contains('/'));
    for path in named.filter(|path| !path.contains(['*', ' ']) && !path.contains("NAME")) {
        assert!(root().join(path).exists(), "the map names {path}, which is not there");
    }

    let wrong = [
        ("math", "use crate::{optim::Sgd, prelude::*};"),
        ("nn", "use crate as c;\npub use one::One;"),
        ("nn::one", "use super::super::{recipe::Init, train::{Run,\n Step}};\nuse super::two;"),
        ("nn::two", "let one: crate::nn::three::Four = crate::train::f();"),
        ("nn::three", "use super::One;"),
    ];
    let wrong = wrong.map(|(module, code)| (module.to_owned(), code.to_owned())).into();
    let found = beyond(&rows, &wrong).join("\n");
    let expected = "math uses optim::Sgd\nmath uses prelude::*\nnn uses alias\n\
        nn::one uses train::{Run\nnn::one uses Step\nnn::two uses train::f";
    assert_eq!(found, expected);
    assert_eq!(circle(&wrong), ["nn::one", "nn::three", "nn::two"]);
}

#[test]
fn nothing_calls_the_c_library_of_the_platform() {
    /// Methods of std that call it, or round as they please.
    const INEXACT: &str = "exp exp2 exp_m1 ln ln_1p log log2 log10 sin cos tan sin_cos asin acos \
        atan atan2 sinh cosh tanh asinh acosh atanh powf powi cbrt hypot gamma ln_gamma erf";
    let called = |code: &str| -> Vec<&str> {
        let of_types = [behind("f32::", code), behind("f64::", code)].concat();
        let is_called = |name: &&str| {
            code.contains(&format!(".{name}(")) || of_types.iter().any(|called| called == name)
        };
        INEXACT.split_whitespace().filter(is_called).collect()
    };
    let labs = ["", "cli/", "lines/", "explorer/", "plot/", "book/", "book/preprocessor/"];
    let labs = labs.map(|folder| format!("labs/{folder}src"));
    for folder in labs.into_iter().chain(["src".to_owned()]) {
        let mut files = Files::new();
        read(&root().join(&folder), "", &mut files);
        // Where `tanh` is that of a tensor, and two modules of tests.
        files.retain(|module, _| !["ops::activation", "samples", "vision"].contains(&&**module));
        for (module, code) in files {
            assert_eq!(called(&code), [""; 0], "{folder}: {module}");
        }
    }
    let code =
        "x.exp() + f32::powf(x, y) + libm::log(x) + T::exp_of(z) + f64::expm() + map(f64::ln)";
    assert_eq!(called(code), ["exp", "ln", "powf"]);
}
