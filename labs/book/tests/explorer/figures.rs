//! Figures in a real browser: the layout that fits the screen, its place, and what a click opens.

use crate::browser::{served, Page};

/// Goes to a page with drawings of every kind, in a window so wide, or says that there is no browser.
fn page(width: u32) -> Option<Page> {
    let mut page = Page::open()?;
    go(&mut page, width);
    Some(page)
}

fn go(page: &mut Page, width: u32) {
    page.size(width, 800);
    page.go(&served("theory/th01-initialization.html"));
    page.wait("[...document.querySelectorAll('main a.zoom img')].length > 1");
}

/// Brings every image into view, for those below are not loaded before, and waits for them.
fn load(page: &mut Page) {
    page.get(
        "Promise.all([...document.querySelectorAll('main a.zoom img')].map((image) => image.decode()))",
    );
}

#[test]
fn a_phone_gets_drawings_whose_text_it_can_show() {
    let Some(mut page) = page(390) else { return };
    load(&mut page);
    // The smallest text of a drawing is 17 of its 480 units high.
    let wrong = page.get(
        "[...document.querySelectorAll('main a.zoom img')].filter((image) => \
         !image.currentSrc.endsWith('-small.svg') || image.clientWidth * 17 / 480 < 12)\
         .map((image) => image.currentSrc + ' ' + image.clientWidth)",
    );
    assert_eq!(wrong.as_array().map(Vec::len), Some(0), "{wrong}");
}

#[test]
fn a_drawing_has_its_place_before_it_is_loaded() {
    let Some(mut page) = page(390) else { return };
    for (width, units) in [(390, 480.0), (1280, 660.0)] {
        go(&mut page, width);
        load(&mut page);
        // Its ratio by the attributes alone, and that of the file.
        let ratios = page.get(
            "[...document.querySelectorAll('main a.zoom img')].map((image) => \
             [...getComputedStyle(image).aspectRatio.matchAll(/[0-9.]+/g)].map(Number)\
             .concat([image.naturalWidth / image.naturalHeight]))",
        );
        for ratio in ratios.as_array().expect("drawings") {
            let [wide, high, natural] = [0, 1, 2].map(|at| ratio[at].as_f64().unwrap_or_default());
            assert_eq!(wide, units, "{width}");
            // A drawing without a size of its own is 150 high here, and whole pixels wide.
            assert!((wide / high / natural - 1.0).abs() < 0.5 / 75.0, "{width}: {ratio}");
        }
    }
}

#[test]
fn enter_opens_a_drawing_over_the_page_and_escape_closes_it() {
    let Some(mut page) = page(390) else { return };
    for width in [390, 1280] {
        go(&mut page, width);
        let open = "document.querySelector('dialog.zoomed').open";
        assert!(!page.is(open));
        page.get("document.querySelector('main a.zoom').focus()");
        page.press("Enter");
        page.wait(open);
        page.wait("document.querySelector('dialog.zoomed img').naturalWidth > 0");
        let wider = "document.querySelector('dialog.zoomed img').clientWidth > \
                     document.querySelector('main a.zoom img').clientWidth * 1.2";
        page.wait(wider);
        page.press("Escape");
        page.wait(&format!("!{open}"));
        assert_eq!(page.get("document.activeElement.className"), "zoom", "the reader is lost");
        assert_eq!(page.complaints, [""; 0]);
    }
}
