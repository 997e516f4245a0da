//! What is wrong is said in one sentence, and the rest works.

use crate::browser::{file, Page};
use crate::turning::{address, answers, choose, explorer, IT};
use minigrad_explorer::presets;
use serde_json::json;

#[test]
fn what_is_wrong_is_one_sentence_in_the_page_and_the_rest_works() {
    let Some(mut page) = explorer() else { return };
    for (fragment, said) in [
        ("#recipe=%7Bnonsense", "The link holds no recipe ("),
        ("#recipe=%E0%A4%A", "The link holds no recipe ("),
        ("#recipe=3", "The link holds no recipe (expected an object)"),
        ("#recipe=%7B%22depth%22:0,%22lr%22:1%7D", "depth 0 is not accepted: expected an integer"),
        ("#recipe=%7B%22depth%22:3,%22lr%22:1,%22colour%22:1%7D", "unknown field \"colour\""),
        ("#recipe=%7B%22depth%22:3,%22lr%22:1,%22warm_up%22:9%7D", "warm_up 9 is not accepted: expected 0: the theory of prediction covers no other"),
        ("#recipe=%7B%22depth%22:3%7D", "missing field `lr`"),
        ("#recipe=%7B%22depth%22:3,%22lr%22:1,%22width%22:9999%7D", "width 9999 is more than this page takes: at most 1024; `cargo run --bin predict -- --depth 3 --width 9999"),
    ] {
        page.go(&address(fragment));
        page.wait(&format!("{IT} && document.querySelector('.explorer-message').textContent"));
        let message = page.text(".explorer-message");
        assert!(message.starts_with(said), "{fragment}: {message}");
        assert_eq!(message.lines().count(), 1, "{message}");
        // Another network is answered as if nothing had happened.
        choose(&mut page, "xavier");
        page.wait("document.querySelector('#explorer-verdict strong')?.textContent === 'vanishes'");
        page.wait("document.querySelector('.explorer-message').textContent === ''");
    }
    // A field that is emptied.
    page.get("(() => { const field = document.querySelector('#explorer-depth'); field.value = ''; field.dispatchEvent(new Event('input')); })()");
    page.wait("document.querySelector('.explorer-message').textContent.startsWith('depth null is not accepted')");
    assert_eq!(page.complaints, [""; 0]);
}

#[test]
fn a_browser_that_lacks_something_says_so() {
    let Some(mut page) = Page::open() else { return };
    let it_lacks = [
        ("delete window.WebAssembly", "This browser runs no WebAssembly"),
        (
            "window.Worker = class { constructor() { throw new Error('no workers here'); } }",
            "The explorer cannot start: no workers here",
        ),
        (
            "window.Worker = class { constructor() { setTimeout(() => this.onerror(new Event('error'))); } postMessage() {} terminate() {} }",
            "The explorer cannot start: the worker cannot be started.",
        ),
        (
            "window.fetch = async () => new Response('', { status: 404 })",
            "The explorer cannot start: explorer.wasm is not there (404)",
        ),
        ("window.fetch = async () => new Response('no library')", "The explorer cannot start: "),
    ];
    for (lacks, said) in it_lacks {
        page.afresh();
        page.before(lacks);
        page.go(&address(""));
        page.wait("document.querySelector('.explorer-message')?.textContent");
        let message = page.text(".explorer-message");
        assert!(message.starts_with(said), "{message}");
        // The table of verdicts stays, all that there is without a script.
        let verdicts = page.get(
            "[...document.querySelectorAll('.explorer tbody td:last-child')].map(one => one.textContent)",
        );
        let said = presets::all();
        let said = said.iter().map(|one| one.recipe.predict(&one.training).verdict().to_string());
        assert_eq!(verdicts, json!(said.collect::<Vec<_>>()));
        assert!(page.shows(".explorer table"));
    }
    page.afresh();
    page.go(&file("explorer.html"));
    page.wait_for(".explorer-message", "cargo run");
    assert!(page.shows(".explorer table"));
    // A store that is forbidden keeps nobody from playing.
    page.afresh();
    page.before("Storage.prototype.setItem = Storage.prototype.getItem = () => { throw new Error('forbidden'); }");
    page.go(&address(""));
    answers(&mut page);
    let note = page.text(".explorer-note");
    assert!(note.starts_with("This browser keeps nothing for this page"), "{note}");
    assert!(page.shows(".explorer-note"));
}
