//! Imports flow one way, files stay small, and nothing computes with the platform's C library.

use minigrad_tests::root;
use std::collections::BTreeSet;
use std::path::Path;

/// What each module may use of the crate, all of it above; `*` is everything. A new module needs a
/// line, here and in the book's map of the house.
const RULES: [(&str, &[&str]); 14] = [
    ("math", &[]),
    ("recipe", &["math"]),
    ("random", &[]),
    ("theory", &["recipe", "math", "random"]),
    ("kernels", &["math"]),
    ("tensor", &["kernels"]),
    ("threads", &["kernels::team"]),
    ("ops", &["tensor", "kernels", "threads"]),
    ("nn", &["recipe", "random", "tensor", "ops"]),
    ("data", &["random"]),
    ("optim", &["recipe", "tensor", "kernels", "threads"]),
    ("probe", &["recipe", "random", "tensor", "nn", "data"]),
    ("train", &["recipe", "random", "tensor", "nn", "data", "optim", "probe"]),
    ("experiments", &["*"]),
];

/// Where the labs, their figures and the book's tools are written.
const LABS: [&str; 6] = [
    "labs/src",
    "labs/lines/src",
    "labs/explorer/src",
    "labs/plot/src",
    "labs/book/src",
    "labs/book/preprocessor/src",
];

/// The source without comments and without what follows `#[cfg(test)]`, which ends a file here.
fn code(source: &str) -> String {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = source.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// The paths `a::b` behind every `prefix`, groups in braces taken apart.
fn behind(prefix: &str, code: &str) -> Vec<String> {
    let mut found = vec![];
    for (at, _) in code.match_indices(prefix) {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        items(&code[at + prefix.len()..], "", &mut found);
    }
    found
}

/// Reads `a::b`, `{a, b::{c, d}}` or `*` from the beginning of `text`; returns what is left.
fn items<'t>(text: &'t str, path: &str, found: &mut Vec<String>) -> &'t str {
    let mut text = text.trim_start();
    if let Some(inside) = text.strip_prefix('{') {
        text = inside.trim_start();
        while !text.is_empty() && !text.starts_with('}') {
            text = items(text, path, found).trim_start();
            // An alias, a comma: whatever stands between two items.
            text = text.trim_start_matches(|c| c != ',' && c != '}');
            text = text.trim_start_matches(',').trim_start();
        }
        return text.strip_prefix('}').unwrap_or(text);
    }
    let word = |c: char| c.is_alphanumeric() || c == '_' || c == '*' || c == '!';
    let end = text.find(|c| !word(c)).unwrap_or(text.len());
    let name = &text[..end];
    let path = if path.is_empty() { name.to_owned() } else { format!("{path}::{name}") };
    match text[end..].strip_prefix("::") {
        Some(rest) => items(rest, &path, found),
        None => {
            found.push(path);
            &text[end..]
        }
    }
}

/// What a file uses of its crate, as paths from the crate's root. `module` is the file's own path:
/// `["tensor", "scalar"]` for `tensor/scalar.rs`, `["tensor"]` for `tensor/mod.rs`.
fn used(module: &[&str], source: &str) -> Vec<String> {
    let code = code(source);
    let mut found = behind("crate::", &code);
    for alias in ["crate as", "crate ::", "crate::{self"] {
        found.extend(code.contains(alias).then(|| alias.to_owned()));
    }
    // `super::` once for every step upwards; what is reached below the root stays inside the module.
    let steps = "super::".repeat(module.len());
    found.extend(behind(&steps, &code));
    found
}

/// One line for everything that `source`, a file of the module, must not use.
fn import_troubles(module: &[&str], source: &str) -> Vec<String> {
    let own = module[0];
    let Some((_, allowed)) = RULES.iter().find(|(name, _)| *name == own) else {
        return vec![format!("{own}: a module without a rule")];
    };
    let may = |path: &str| {
        allowed.iter().chain([&own]).any(|a| {
            *a == "*"
                || path == *a
                || path.strip_prefix(a).is_some_and(|rest| rest.starts_with("::"))
        })
    };
    let bad = used(module, source).into_iter().filter(|path| !may(path));
    bad.map(|path| format!("{} uses {path}", module.join("::"))).collect()
}

/// Every Rust file below `folder`: its path from there, without `.rs`, and its text.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = vec![];
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(folder).expect("found below").with_extension("");
                let text = std::fs::read_to_string(&path).expect("UTF-8");
                found.push((name.to_string_lossy().into_owned(), text));
            }
        }
    }
    found.sort();
    assert!(found.len() > 2, "{}: hardly any files", folder.display());
    found
}

fn sources() -> Vec<(String, String)> {
    files(&root().join("src"))
}

#[track_caller]
fn none(troubles: Vec<String>) {
    assert!(troubles.is_empty(), "\n{}\n", troubles.join("\n"));
}

#[test]
fn imports_flow_one_way() {
    let check = |(name, text): &(String, String)| {
        let module: Vec<&str> = name.split('/').filter(|part| *part != "mod").collect();
        import_troubles(&module, text)
    };
    let all = sources();
    none(all.iter().filter(|(name, _)| name != "lib").flat_map(check).collect());
    // A rule for a module that is gone says nothing.
    let there: BTreeSet<&str> =
        all.iter().map(|(name, _)| name.split('/').next().unwrap_or_default()).collect();
    none(RULES.iter().map(|r| r.0.to_owned()).filter(|m| !there.contains(m.as_str())).collect());
}

/// Where a module may use one that does not stand above it.
fn circles(rules: &[(&str, &[&str])]) -> Vec<String> {
    let mut above: BTreeSet<&str> = BTreeSet::new();
    let mut troubles = vec![];
    for (module, uses) in rules {
        let known =
            |path: &&&str| **path == "*" || above.contains(path.split("::").next().unwrap());
        let unknown = uses.iter().filter(|path| !known(path));
        troubles.extend(unknown.map(|path| format!("{module} stands above {path}")));
        above.insert(module);
    }
    troubles
}

#[test]
fn every_module_stands_below_those_it_uses() {
    none(circles(&RULES));
    let library = std::fs::read_to_string(root().join("src/lib.rs")).expect("the crate");
    let listed = library
        .lines()
        .filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'));
    assert!(listed.eq(RULES.iter().map(|rule| rule.0)), "src/lib.rs has another order");
    let circle: [(&str, &[&str]); 2] = [("a", &["b::c"]), ("b", &["a"])];
    assert_eq!(circles(&circle), ["a stands above b::c"]);
}

/// The rows of the tables of a page, without headers, as text of their cells.
fn rows(page: &str) -> Vec<Vec<String>> {
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let cells = |row: &str| row.trim_matches('|').split('|').map(|c| c.trim().to_owned()).collect();
    rows.map(cells).collect()
}

/// What the book's map of the house says otherwise than the rules and the folders do.
fn map_troubles(page: &str) -> Vec<String> {
    let rule = |(module, uses): &(&str, &[&str])| match uses {
        ["*"] => format!("`{module}` uses everything"),
        _ => {
            let uses: Vec<String> = uses.iter().map(|path| format!("`{path}`")).collect();
            format!("`{module}` uses {}", uses.join(", "))
        }
    };
    let rows = rows(page);
    let modules = rows.iter().filter(|cells| cells.len() == 3);
    let said: Vec<String> =
        modules.map(|cells| format!("{} uses {}", cells[0], cells[2])).collect();
    let true_ones: Vec<String> = RULES.iter().map(rule).collect();
    let mut troubles: Vec<String> = said
        .iter()
        .filter(|row| !true_ones.contains(row))
        .map(|row| format!("map: {row}"))
        .collect();
    troubles.extend(
        true_ones.iter().filter(|row| !said.contains(row)).map(|row| format!("rule: {row}")),
    );
    if troubles.is_empty() && said != true_ones {
        troubles.push("map: another order than that of the rules".to_owned());
    }
    // Every path that the page names is there, but for the names of what is yet to be written.
    let paths = page.split('`').skip(1).step_by(2).filter(|code| code.contains('/'));
    let lost = paths.filter(|path| {
        !path.contains(['*', ' ']) && !path.contains("NAME") && !root().join(path).exists()
    });
    troubles.extend(lost.map(|path| format!("map: {path} is not there")));
    // Every folder of sources has its row.
    for folder in [
        "labs/src/",
        "labs/lines/",
        "labs/explorer/",
        "labs/plot/",
        "labs/book/",
        "tests/",
        "benches/",
        "figures/",
        "book/",
    ] {
        let cell = format!("`{folder}`");
        if !rows.iter().any(|cells| cells[0] == cell) {
            troubles.push(format!("map: {folder} has no row"));
        }
    }
    troubles
}

#[test]
fn the_books_map_of_the_house_is_true() {
    let page = std::fs::read_to_string(root().join("book/reference/house.md")).expect("the page");
    none(map_troubles(&page));
    let wrong = [
        ("| `recipe`, `math`, `random` |", "| `recipe`, `math`, `tensor` |", "map: `theory` uses"),
        ("| `data` |", "| `date` |", "map: `date`"),
        ("| `data` |", "| `date` |", "rule: `data`"),
        ("`figures/init-ablation.json`", "`figures/gone.json`", "map: figures/gone.json"),
        ("| `benches/` |", "| `benches` |", "map: benches/ has no row"),
    ];
    for (right, changed, expected) in wrong {
        let troubles = map_troubles(&page.replacen(right, changed, 1));
        assert!(troubles.iter().any(|t| t.starts_with(expected)), "{expected}: {troubles:?}");
    }
}

#[test]
fn an_import_against_the_flow_is_found() {
    let bad = |module: &[&str], text: &str| import_troubles(module, text);
    assert_eq!(bad(&["recipe"], "use crate::nn::Network;"), ["recipe uses nn::Network"]);
    assert_eq!(
        bad(&["theory", "kernel"], "let t: crate::tensor::Tensor;"),
        ["theory::kernel uses tensor::Tensor"]
    );
    assert_eq!(
        bad(&["nn"], "use crate::{recipe::Init,\n    train::{Run, Step as S}};"),
        ["nn uses train::Run", "nn uses train::Step"]
    );
    // A network is built without a word from theory.
    assert_eq!(
        bad(&["nn", "mlp"], "use crate::{recipe::gaussian, theory::gaussian};"),
        ["nn::mlp uses theory::gaussian"]
    );
    assert_eq!(
        bad(&["ops", "linear"], "use super::super::optim::Sgd;"),
        ["ops::linear uses optim::Sgd"]
    );
    assert_eq!(bad(&["data"], "use super::nn;"), ["data uses nn"]);
    assert_eq!(
        bad(&["math", "single"], "use crate::prelude::*;"),
        ["math::single uses prelude::*"]
    );
    assert_eq!(bad(&["math"], "use crate::*;"), ["math uses *"]);
    assert_eq!(bad(&["optim"], "use crate as c;"), ["optim uses crate as"]);
    assert_eq!(bad(&["novelty"], ""), ["novelty: a module without a rule"]);

    let good = "use super::same_shape;\nuse crate::tensor::{buffers, Sink};\n\
                /// [`crate::train`] in a comment\n#[cfg(test)]\nmod tests { use crate::nn; }";
    assert_eq!(bad(&["ops", "reduce"], good), [""; 0]);
}

/// Labs draw: of minigrad they see experiments and descriptions.
fn lab_troubles(source: &str) -> Vec<String> {
    let seen = ["experiments", "recipe", "prelude", "threads"];
    let may = |path: &String| seen.contains(&path.split("::").next().unwrap_or_default());
    behind("minigrad::", &code(source)).into_iter().filter(|path| !may(path)).collect()
}

#[test]
fn labs_see_experiments_and_descriptions_alone() {
    let all = files(&root().join("labs/src"));
    let check = |(name, text): &(String, String)| {
        lab_troubles(text).into_iter().map(|path| format!("{name} uses {path}")).collect::<Vec<_>>()
    };
    none(all.iter().flat_map(check).collect());
    assert_eq!(lab_troubles("use minigrad::{recipe::Init, nn::Network};"), ["nn::Network"]);
    assert_eq!(lab_troubles("minigrad::train::Trainer::new()"), ["train::Trainer::new"]);
    assert_eq!(lab_troubles("use minigrad_labs::experiments::run; // minigrad::nn"), [""; 0]);
}

#[test]
fn files_stay_under_three_hundred_lines() {
    for folder in ["src"].into_iter().chain(LABS) {
        let long = |(name, text): (String, String)| {
            let lines = text.lines().count();
            (lines >= 300).then(|| format!("{folder}/{name}.rs has {lines} lines"))
        };
        none(files(&root().join(folder)).into_iter().filter_map(long).collect());
    }
}

/// Whether `word` stands alone somewhere.
fn has_word(word: &str, code: &str) -> bool {
    let letter = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        !code[..at].ends_with(letter) && !code[at + word.len()..].starts_with(letter)
    })
}

#[test]
fn only_kernels_are_unsafe() {
    let all = sources();
    let with: Vec<&String> = all
        .iter()
        .filter(|(_, text)| has_word("unsafe", &code(text)))
        .map(|(name, _)| name)
        .collect();
    assert!(with.iter().all(|name| name.starts_with("kernels")), "{with:?}");
    assert!(!with.is_empty(), "the search finds nothing");
    let labs = LABS.into_iter().flat_map(|folder| files(&root().join(folder)));
    none(labs.filter(|(_, t)| has_word("unsafe", &code(t))).map(|f| f.0).collect());
}

/// Methods of std that call the C library of the platform, or round as they please.
const INEXACT: [&str; 29] = [
    "exp", "exp2", "exp_m1", "ln", "ln_1p", "log", "log2", "log10", "sin", "cos", "tan", "sin_cos",
    "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "powf",
    "powi", "cbrt", "hypot", "gamma", "ln_gamma", "erf",
];

/// Where a name of the list is something else: (file, method).
const EXEMPT: [(&str, &str); 1] = [("nn/activation", "tanh")]; // of a tensor

fn inexact(source: &str) -> Vec<&'static str> {
    let code = code(source);
    let called = |name: &&str| {
        [format!(".{name}("), format!("f32::{name}"), format!("f64::{name}")].iter().any(|call| {
            code.match_indices(call.as_str()).any(|(at, _)| {
                let after = code[at + call.len()..].chars().next();
                call.ends_with('(') || !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
            })
        })
    };
    INEXACT.into_iter().filter(called).collect()
}

#[test]
fn nothing_computes_with_the_c_library_of_the_platform() {
    let exempt = |name: &str, method: &str| EXEMPT.contains(&(name, method));
    let mut used = BTreeSet::new();
    let mut troubles = vec![];
    for folder in ["src"].into_iter().chain(LABS) {
        for (name, text) in &files(&root().join(folder)) {
            // Samples for eyes and eyes for samples, in tests alone.
            if folder == "labs/plot/src" && ["samples", "vision"].contains(&name.as_str()) {
                continue;
            }
            for method in inexact(text) {
                if exempt(name, method) {
                    used.insert((name.clone(), method));
                } else {
                    troubles.push(format!("{folder}/{name}.rs calls {method}"));
                }
            }
        }
    }
    none(troubles);
    assert_eq!(used.len(), EXEMPT.len(), "an exemption that nobody needs");
}

#[test]
fn a_call_into_the_c_library_is_found() {
    assert_eq!(inexact("let y = (x + 1.0).exp();"), ["exp"]);
    assert_eq!(inexact("xs.map(f64::ln)"), ["ln"]);
    assert_eq!(inexact("2f64.powi(3) + f32::powf(x, y)"), ["powf", "powi"]);
    assert_eq!(inexact("libm::exp(x) + math::tanh(y) + z.sqrt() // z.exp()"), [""; 0]);
    assert_eq!(inexact("T::exp_of_row(z); x.explode(); f64::expm()"), [""; 0]);
    assert_eq!(inexact("fn f() {}\n#[cfg(test)]\nmod t { fn g() { x.ln() } }"), [""; 0]);
}
