//! Whole figures, read back.

use crate::canvas::Rect;
use crate::palette::{Color, Ink};
use crate::samples::all;
use crate::text;
use crate::{Axis, Chart};
use roxmltree::Document;

#[test]
fn figures_are_the_same_bytes_every_time() {
    assert_eq!(all(), all());
}

/// A phone's column is 360 px wide; its text is to be no smaller than 12 px.
#[test]
fn the_small_layout_can_be_read_on_a_phone() {
    let width = crate::Layout::Small.width();
    for ink in [Ink::Title, Ink::Heading, Ink::Label(Color::A), Ink::Small(Color::A)] {
        assert!(ink.size() * 360.0 / width >= 12.0, "{ink:?}");
    }
    assert!(all().iter().all(|(_, width, svg)| svg.contains(&format!("viewBox=\"0 0 {width} "))));
}

#[test]
fn figures_are_clean_xml() {
    for (name, _, svg) in all() {
        let doc = Document::parse(&svg).unwrap();
        assert_eq!(doc.root_element().attribute("role"), Some("img"), "{name}");
        for tag in ["title", "desc", "style"] {
            let found = doc.descendants().find(|n| n.has_tag_name(tag));
            assert!(found.unwrap().text().unwrap().len() > 5, "{name}: {tag}");
        }
        assert!(!svg.contains("\n\n") && !svg.contains('\r') && svg.ends_with("</svg>\n"));
        let drawn = svg.split("</style>").nth(1).unwrap();
        for bad in ["NaN<", "\"NaN", "inf\"", ",inf", ",NaN", "#", "style="] {
            assert!(!drawn.contains(bad), "{name}: {bad}");
        }
        assert!(svg.len() < 40_000, "{name}: {} bytes", svg.len());
    }
}

#[test]
fn everything_drawn_has_a_class_of_the_style_sheet() {
    for (name, _, svg) in all() {
        let doc = Document::parse(&svg).unwrap();
        let css = svg.split("style>").nth(1).unwrap();
        for node in doc.descendants().filter(|n| n.is_element()) {
            if ["svg", "title", "desc", "style"].contains(&node.tag_name().name()) {
                continue;
            }
            let classes = node.attribute("class").unwrap_or("");
            assert!(!classes.is_empty(), "{name}: {node:?}");
            for class in classes.split(' ') {
                assert!(css.contains(&format!(".{class}{{")), "{name}: {class}");
            }
        }
    }
}

/// The box of every text, by the widths that the layout assumes.
fn boxes(svg: &str) -> Vec<(String, Rect)> {
    let doc = Document::parse(svg).unwrap();
    doc.descendants()
        .filter(|n| n.has_tag_name("text"))
        .map(|n| {
            let number = |key| n.attribute(key).unwrap().parse::<f64>().unwrap();
            let (x, y) = (number("x"), number("y"));
            let classes = n.attribute("class").unwrap();
            let ink = match classes {
                c if c.contains("mg-h") => Ink::Title,
                c if c.ends_with("mg-s") => Ink::Heading,
                c if c.contains("mg-n") => Ink::Small(Color::A),
                _ => Ink::Label(Color::A),
            };
            let wide = text::width(n.text().unwrap(), ink);
            let left = match n.attribute("text-anchor") {
                Some("middle") => x - wide / 2.0,
                Some(_) => x - wide,
                None => x,
            };
            let area = Rect::new(left, y - 13.0, left + wide, y + 4.0);
            (n.text().unwrap().to_string(), area)
        })
        .collect()
}

#[test]
fn texts_neither_overlap_nor_leave_the_card() {
    for (name, width, svg) in all() {
        let doc = Document::parse(&svg).unwrap();
        let view = doc.root_element().attribute("viewBox").unwrap();
        let height: f64 = view.rsplit(' ').next().unwrap().parse().unwrap();
        let card = Rect::new(4.0, 4.0, width - 4.0, height - 4.0);
        let boxes = boxes(&svg);
        for (i, (text, r)) in boxes.iter().enumerate() {
            let fits = r.left >= card.left
                && r.right <= card.right
                && r.top >= card.top
                && r.bottom <= card.bottom;
            assert!(fits, "{name}: {text:?} at {r:?} leaves the card");
            for (other, s) in &boxes[..i] {
                assert!(!r.overlaps(s), "{name}: {text:?} over {other:?}");
            }
        }
    }
}

#[test]
fn a_line_is_cut_where_it_leaves_and_marked() {
    let svg = Chart::new("Up and away").line(Color::A, "", &[(0.0, 0.5), (1.0, 1.5)]).render().wide;
    let doc = Document::parse(&svg).unwrap();
    let line = doc.descendants().find(|n| n.attribute("class") == Some("mg-l mg-sa")).unwrap();
    let points: Vec<f64> =
        line.attribute("points").unwrap().split([' ', ',']).map(|v| v.parse().unwrap()).collect();
    let axis: Vec<f64> = doc
        .descendants()
        .find(|n| n.attribute("class") == Some("mg-x"))
        .and_then(|n| n.attribute("points"))
        .unwrap()
        .split([' ', ','])
        .map(|v| v.parse().unwrap())
        .collect();
    assert!((points[2] - (axis[0] + axis[2]) / 2.0).abs() <= 0.1);
    assert!(svg.contains("<polygon class=\"mg-fa\""));
}

#[test]
fn extreme_values_do_not_reach_the_picture() {
    let wild = [(0.0, 1e-300), (1.0, 1e300), (2.0, 0.0), (3.0, f64::INFINITY)];
    let bars = wild.map(|(x, y)| (x, y, -y, f64::NAN));
    let svg = Chart::new("Wild")
        .x(Axis::linear("x", 0.0, 3.0))
        .y(Axis::log("y", 1e-2, 1e2))
        .line(Color::A, "a", &wild)
        .marks(Color::B, "b", &wild)
        .intervals(Color::C, "c", &bars)
        .band(Color::D, &wild.map(|(x, y)| (x, -y, y)))
        .note(f64::NAN, 1.0, "nowhere")
        .note(1.0, f64::INFINITY, "top")
        .render()
        .wide;
    Document::parse(&svg).unwrap();
    let drawn = svg.split("</style>").nth(1).unwrap();
    assert!(!drawn.contains("NaN") && !drawn.contains("inf") && !drawn.contains("nowhere"));
    assert!(drawn.contains(">top<"));
}

/// Writes the figures above where a person can look at them.
#[test]
#[ignore = "writes files: FIGURES=dir cargo test -p minigrad-plot -- --ignored look"]
fn look() {
    let Ok(dir) = std::env::var("FIGURES") else {
        return;
    };
    for (name, width, svg) in all() {
        std::fs::write(format!("{dir}/{name}-{width}.svg"), svg).unwrap();
    }
}
