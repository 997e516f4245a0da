//! Tables of prose, which a phone shows as a list of their rows.
//!
//! A frame around such a table names its columns, so that the style sheet can put a column's name
//! before each cell without a script.

use crate::captions::{Edit, Located};
use pulldown_cmark::{Event, Tag, TagEnd};
use std::fmt::Write;

/// More words than this in a cell are prose.
const WORDS: usize = 6;

/// The edits that frame each table at the left margin with a cell of prose.
#[must_use]
pub fn frames(text: &str, events: &[Located<'_>]) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (at, (event, range)) in events.iter().enumerate() {
        let left = range.start == 0 || text[..range.start].ends_with('\n');
        if !matches!(event, Event::Start(Tag::Table(_))) || !left {
            continue;
        }
        let (head, cells) = cells(&events[at..]);
        if head.len() > 1 && cells.iter().any(|cell| cell.split_whitespace().count() > WORDS) {
            let opens = format!("<div class=\"prose\"{}>\n\n", names(&head));
            edits.push((range.start..range.start, opens));
            edits.push((range.end..range.end, "\n</div>\n\n".to_owned()));
        }
    }
    edits
}

/// The texts of the head and of the other cells of the table with which `events` begin.
fn cells(events: &[Located<'_>]) -> (Vec<String>, Vec<String>) {
    let (mut head, mut body, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut in_head = false;
    for (event, _) in events {
        match event {
            Event::Start(Tag::TableHead) => in_head = true,
            Event::End(TagEnd::TableHead) => in_head = false,
            Event::Start(Tag::TableCell) => cell.clear(),
            Event::Text(text) | Event::Code(text) => cell.push_str(text),
            Event::End(TagEnd::TableCell) if in_head => head.push(cell.trim().to_owned()),
            Event::End(TagEnd::TableCell) => body.push(cell.clone()),
            Event::End(TagEnd::Table) => break,
            _ => {}
        }
    }
    (head, body)
}

/// ` style="--c2: 'what it is'; --c3: 'where'"`: the names of the columns behind the first.
fn names(head: &[String]) -> String {
    let mut names = String::new();
    for (name, column) in head.iter().zip(1..).skip(1).filter(|(name, _)| !name.is_empty()) {
        let name = name.replace('\'', "’").replace(['\\', '"', '<', '>', '&'], "");
        let _ = write!(names, "--c{column}: '{name}: ';");
    }
    format!(" style=\"{names}\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulldown_cmark::Parser;

    fn framed(text: &str) -> Vec<String> {
        let events: Vec<_> = Parser::new_ext(text, crate::options()).into_offset_iter().collect();
        frames(text, &events).into_iter().map(|(_, said)| said).collect()
    }

    #[test]
    fn a_table_of_prose_names_its_columns() {
        let table =
            "| a | the `b`'s | |\n|---|---|---|\n| x | one two three four five six seven | y |\n";
        let opens = "<div class=\"prose\" style=\"--c2: 'the b’s: ';\">\n\n";
        assert_eq!(framed(&format!("t\n\n{table}")), [opens, "\n</div>\n\n"]);
        assert_eq!(
            framed(&format!("> {}", table.replace("\n|", "\n> |"))),
            [""; 0],
            "within a quotation"
        );
    }

    #[test]
    fn a_table_of_numbers_stays() {
        assert_eq!(framed("| a | b |\n|---|---|\n| one two | 3 |\n"), [""; 0]);
    }
}
