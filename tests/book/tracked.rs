//! Every file that is kept under version control.

use super::{finds, none, root};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// The files of `root`: those under version control, or all where there is none.
fn tracked(root: &Path) -> Vec<String> {
    if !root.join(".git").exists() {
        let all = super::files_below(root, "").into_iter();
        return all.map(|path| path.to_string_lossy().into_owned()).collect();
    }
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root).output();
    let listed = listed.expect("git, which made this checkout").stdout;
    let listed = String::from_utf8(listed).expect("file names in UTF-8");
    listed.split_terminator('\0').map(str::to_owned).collect()
}

/// The tracked files that hold text, with what they hold. Links and fonts hold none.
fn texts(root: &Path) -> Vec<(String, Vec<u8>)> {
    let readable = |name: String| {
        let path = root.join(&name);
        let text = path.symlink_metadata().is_ok_and(|of| of.is_file()) && !name.ends_with("woff2");
        text.then(|| std::fs::read(&path).ok()).flatten().map(|bytes| (name, bytes))
    };
    tracked(root).into_iter().filter_map(readable).collect()
}

/// What a merge, an editor or a lost end of line leaves behind.
fn leftovers(root: &Path) -> Vec<String> {
    let mut troubles = Vec::new();
    for name in tracked(root) {
        let ends = [".orig", ".rej", ".bak", "~", ".swp"];
        if ends.iter().any(|end| name.ends_with(end)) {
            troubles.push(format!("{name} is a leftover"));
        }
    }
    for (name, bytes) in texts(root) {
        if bytes.starts_with(b"\xef\xbb\xbf") {
            troubles.push(format!("{name} begins with a byte-order mark"));
        }
        if bytes.contains(&0) {
            troubles.push(format!("{name} holds a NUL byte"));
        }
        let Ok(text) = std::str::from_utf8(&bytes) else {
            troubles.push(format!("{name} is no UTF-8"));
            continue;
        };
        for (line, number) in text.lines().zip(1..) {
            if is_conflict(line) {
                troubles.push(format!("{name}:{number}: a conflict marker"));
            }
            let markdown = name.ends_with(".md");
            let open = line.rfind("{{#").is_some_and(|at| !line[at..].contains("}}"));
            if open && (markdown || line.trim_end().ends_with("{{#")) {
                troubles.push(format!("{name}:{number}: a directive that is never closed"));
            }
        }
    }
    troubles
}

/// Seven of one sign begin a line: alone, or before a blank and a name.
fn is_conflict(line: &str) -> bool {
    ['<', '>', '|', '='].into_iter().any(|sign| {
        let rest = line.trim_start_matches(sign);
        line.len() - rest.len() == 7 && (rest.is_empty() || sign != '=' && rest.starts_with(' '))
    })
}

#[test]
fn no_file_holds_what_a_merge_leaves() {
    none(leftovers(&root()));
    for marker in ["<", ">", "|", "="] {
        let marker = marker.repeat(7);
        for text in [format!("# A\n{marker}\n"), format!("\n```text\n{marker}\n```\n")] {
            finds(leftovers, &[("book/a.md", &text)], "conflict marker");
            finds(leftovers, &[("book/theme/a.css", &text)], "conflict marker");
        }
    }
    let named = format!("{} HEAD\n", "<".repeat(7));
    finds(leftovers, &[("figures/a.svg", &named)], "a.svg:1: a conflict marker");
    finds(leftovers, &[("book/a.md", "so {{#value\nlab x}}\n")], "a.md:1: a directive");
    finds(leftovers, &[("README.md", "so {{#\n")], "never closed");
    finds(leftovers, &[("src/a.rs", "// so {{#\n")], "never closed");
    finds(leftovers, &[("src/a.rs.orig", "")], "a leftover");
    finds(leftovers, &[("a.md", "\u{feff}# A\n")], "byte-order mark");
    finds(leftovers, &[("a.md", "a\0b\n")], "NUL");
}

/// Whether a text says that a run has diverged.
fn says_diverged(text: &str) -> bool {
    text.contains("diverge")
}

/// A NaN or an infinity, where a number belongs.
fn is_no_number(text: &str) -> bool {
    let words = text.split([' ', '/', ',', '(', ')']);
    words.map(|word| word.trim_start_matches(['-', '+', '−'])).any(|word| {
        ["nan", "inf", "infinity"].iter().any(|no_number| word.eq_ignore_ascii_case(no_number))
    })
}

/// Tables that show NaN in a row without the word, because the page around them has it.
const SAID_BESIDE: [(&str, &str); 1] = [("figures/residual-depth.json", "sweep")];

fn strings(array: &Value) -> impl Iterator<Item = &str> {
    array.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// Troubles of one report: a value or a cell that is no number where no run diverged.
fn report_troubles(name: &str, report: &Value) -> Vec<String> {
    let entries = |kind: &str| report[kind].as_object().into_iter().flatten();
    let rows = |table: &Value| table["rows"].as_array().cloned().unwrap_or_default();
    let beside = |key: &str| SAID_BESIDE.contains(&(name, key));
    let diverged = entries("tables").any(|(key, table)| {
        beside(key) || rows(table).iter().any(|row| strings(row).any(says_diverged))
    });
    let mut troubles = Vec::new();
    for (key, value) in entries("values").chain(entries("settings")) {
        let number = value.as_str().is_some_and(|text| !is_no_number(text) || diverged);
        if !number {
            troubles.push(format!("{name}: {key} is {value}"));
        }
    }
    for (key, table) in entries("tables") {
        for row in rows(table) {
            let bad = strings(&row).any(is_no_number) && !strings(&row).any(says_diverged);
            if bad && !beside(key) {
                troubles.push(format!("{name}: table {key} has the row {row}"));
            }
        }
    }
    troubles
}

/// NaN is kept as `null` or as text; a bare one is no JSON.
fn no_numbers(root: &Path) -> Vec<String> {
    let mut troubles = Vec::new();
    for (name, bytes) in texts(root) {
        if name.ends_with(".json") {
            match serde_json::from_slice::<Value>(&bytes) {
                Ok(report) => troubles.extend(report_troubles(&name, &report)),
                Err(error) => troubles.push(format!("{name}: {error}")),
            }
        } else if name.ends_with(".jsonl") {
            for (line, number) in String::from_utf8_lossy(&bytes).lines().zip(1..) {
                match serde_json::from_str::<Value>(line) {
                    Ok(_) if !line.contains("null") || says_diverged(line) => {}
                    Ok(_) => troubles.push(format!("{name}:{number}: a null, but no divergence")),
                    Err(error) => troubles.push(format!("{name}:{number}: {error}")),
                }
            }
        }
    }
    troubles
}

#[test]
fn no_number_is_nan_where_no_run_diverged() {
    none(no_numbers(&root()));
    for (json, expected) in [
        (r#"{"values": {"a": "NaN"}}"#, "a is \"NaN\""),
        (r#"{"values": {"a": "0.1 to inf"}}"#, "a is \"0.1 to inf\""),
        (r#"{"values": {"a": null}}"#, "a is null"),
        (r#"{"settings": {"lr": "NaN"}}"#, "lr is"),
        (r#"{"values": {"a": NaN}}"#, "expected value"),
        (r#"{"tables": {"t": {"rows": [["x", "NaN"], ["y", "diverges"]]}}}"#, "table t has"),
        (r#"{"tables": {"t": {"rows": [["x", "0.7 / NaN"]]}}}"#, "table t has"),
    ] {
        finds(no_numbers, &[("figures/a.json", json)], expected);
    }
    let said = r#"{"values": {"a": "NaN"}, "tables": {"t": {"rows": [["diverges", "NaN"]]}}}"#;
    let line = "{\"loss\": null, \"outcome\": [\"diverges\"]}\n";
    let folder = super::folder_of(&[("figures/a.json", said), ("a.jsonl", line)]);
    none(no_numbers(folder.path()));
    finds(no_numbers, &[("a.jsonl", "{\"loss\": null}\n")], "a.jsonl:1: a null");
}
