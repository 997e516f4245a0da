//! The self-test in a real browser: twenty cases, by keyboard, from a file, and without a script.

use crate::browser::{file, served, Page};
use crate::turning::{fits, in_every_theme_and_width, IT};
use minigrad::prelude::*;
use minigrad_explorer::cases::{self, Case};
use minigrad_explorer::options::options;
use minigrad_explorer::words;
use serde_json::{json, Value};

const PAGE: &str = "reference/self-test.html";

fn address() -> String {
    served(PAGE)
}

/// The self-test with a question on it, or `None` without a browser.
fn exercise() -> Option<Page> {
    let mut page = Page::open()?;
    page.go(&address());
    asks(&mut page, 1);
    Some(page)
}

fn cases() -> Vec<Case> {
    cases::exercise().expect("measured lines")
}

fn asks(page: &mut Page, number: usize) {
    page.wait(&format!(
        "!{IT}?.busy && document.querySelector('#explorer-asked')?.textContent.startsWith('Case {number} of 20. ')"
    ));
}

/// Presses Tab until the focus is where it should be.
#[track_caller]
fn tab_to(page: &mut Page, id: &str) {
    for _ in 0..40 {
        if page.get("document.activeElement.id") == id {
            return;
        }
        page.press("Tab");
    }
    panic!("Tab never comes to {id}");
}

const SHOWN: &str =
    "['says', 'training'].map(id => document.querySelector(`#explorer-${id}`).checkVisibility())";

#[test]
fn twenty_cases_are_judged_by_keyboard_alone_and_held_against_theory() {
    let Some(mut page) = exercise() else { return };
    page.get("document.querySelector('main').focus(); document.querySelector('.explorer').scrollIntoView()");
    page.get("document.querySelector('#explorer-diverges').focus()");
    let (mut right, mut theory) = (0, 0);
    for (case, number) in cases().iter().zip(1..) {
        asks(&mut page, number);
        let asked = page.text("#explorer-asked");
        assert!(asked.contains(&words::network(&case.recipe)), "{asked}");
        assert_eq!(page.get(SHOWN), json!([false, false]), "the answer is hidden");
        assert_eq!(page.get("document.activeElement.id"), "explorer-diverges");
        page.press(" ");
        page.press("ArrowRight");
        page.press("Enter");
        page.wait("document.activeElement.id === 'explorer-feedback'");
        assert_eq!(page.get(SHOWN), json!([true, true]), "the answer is shown");
        let feedback = page.text("#explorer-feedback");
        let prediction = case.recipe.predict(&case.training);
        let is_right = case.outcome == Outcome::Vanishes;
        right += usize::from(is_right);
        theory += usize::from(prediction.verdict() == case.outcome);
        assert!(feedback.starts_with(if is_right { "Right: " } else { "Not so: " }), "{feedback}");
        assert!(feedback.contains(&format!("Theory says {}.", prediction.verdict())), "{feedback}");
        assert_eq!(
            feedback.contains("Here theory is wrong."),
            prediction.verdict() != case.outcome
        );
        assert!(feedback.contains(&format!("{} (what happened): ", case.outcome)), "{feedback}");
        for option in options(&prediction) {
            assert!(feedback.contains(&option), "{option}: {feedback}");
        }
        assert!(feedback.contains(&format!("{right} of {number} right so far.")), "{feedback}");
        tab_to(&mut page, "explorer-next");
        page.press("Enter");
    }
    page.wait("document.activeElement.id === 'explorer-result'");
    let result = page.text("#explorer-result");
    let said = format!("You: {right} of 20. Theory: {theory}. Always saying the same: 7 at most.");
    assert!(result.starts_with(&said), "{result}");
    // Everything was said to vanish: the middle column has it all, and no other anything.
    let table = page.get(
        "[...document.querySelector('#explorer-result table').rows].slice(1) \
         .map(row => [...row.cells].slice(1).map(cell => Number(cell.textContent)))",
    );
    assert_eq!(table, json!([[0, 6, 0], [0, 7, 0], [0, 7, 0]]));
    assert!(!page.shows("#explorer-says"));
    tab_to(&mut page, "explorer-again");
    page.press("Enter");
    asks(&mut page, 1);
    // How sure one was stays, over the rounds.
    let kept = page.get("JSON.parse(localStorage.getItem('minigrad-explorer-score')).length");
    assert_eq!(kept, 20);
    assert_eq!(page.complaints, [""; 0]);
}

fn answer(page: &mut Page) {
    page.click("#explorer-trains");
    page.click("#explorer-answer");
    page.wait("document.querySelector('#explorer-next').checkVisibility()");
}

#[test]
fn it_goes_on_where_it_was_left_and_needs_no_store() {
    let Some(mut page) = exercise() else { return };
    answer(&mut page);
    page.click("#explorer-next");
    asks(&mut page, 2);
    answer(&mut page);
    page.go(&address());
    asks(&mut page, 3);
    // A store that is full, and one that is forbidden or holds nonsense.
    for broken in [
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }",
        "Storage.prototype.setItem = Storage.prototype.getItem = () => { throw new Error('forbidden'); }",
        "localStorage.setItem('minigrad-self-test', '[{]')",
    ] {
        page.afresh();
        page.before(broken);
        page.go(&address());
        asks(&mut page, 1);
        answer(&mut page);
        let note = page.text("#explorer-note");
        assert!(note.starts_with("This browser keeps nothing for this page"), "{broken}: {note}");
        let seen = page.get("document.querySelector('#explorer-note').checkVisibility()");
        assert_eq!(seen, true, "{broken}");
        page.click("#explorer-next");
        asks(&mut page, 2);
    }
}

/// The cases as a list, each with its answer folded.
fn is_a_list(page: &mut Page) {
    let questions = page.get(
        "[...document.querySelectorAll('.explorer details')].filter(one => one.checkVisibility() && !one.open) \
         .map(one => [one.previousElementSibling.textContent, one.querySelector('summary').textContent, one.dataset.key])",
    );
    let questions = questions.as_array().cloned().unwrap_or_default();
    assert_eq!(questions.len(), 20);
    for ((question, case), number) in questions.iter().zip(cases()).zip(1..) {
        let asked = question[0].as_str().unwrap_or_default();
        assert!(
            asked.starts_with(&format!("{number}. {}", words::network(&case.recipe))),
            "{asked}"
        );
        assert_eq!(question[1], "Show answer");
        let key = question[2].as_str().unwrap_or_default().to_lowercase();
        assert_eq!(key, case.outcome.to_string());
    }
}

#[test]
fn without_a_script_or_from_a_file_it_is_a_list_with_folded_answers() {
    let Some(mut page) = Page::open() else { return };
    page.without_scripts();
    page.go(&address());
    is_a_list(&mut page);
    page.afresh();
    page.go(&file(PAGE));
    page.wait_for(".explorer-message", "3000/reference/self-test.html");
    is_a_list(&mut page);
    // A worker that never comes.
    page.afresh();
    page.before("window.Worker = class { constructor() { throw new Error('no workers here'); } }");
    page.go(&address());
    page.wait_for(".explorer-message", "no workers here");
    is_a_list(&mut page);
}

#[test]
fn on_paper_every_case_stands_with_its_answer() {
    let Some(mut page) = exercise() else { return };
    page.call("Emulation.setEmulatedMedia", json!({ "media": "print" }));
    let shown = page.get("document.querySelector('.explorer-still').checkVisibility()");
    assert_eq!(shown, true);
    assert!(!page.shows(".explorer-guess"));
}

#[test]
fn every_theme_and_width_holds_a_question_an_answer_a_training_and_a_result() {
    let Some(mut page) = exercise() else { return };
    in_every_theme_and_width(&mut page, &address(), |page, width, theme| {
        asks(page, 1);
        fits(page, width, &format!("{theme}, asked"));
        answer(page);
        fits(page, width, &format!("{theme}, answered"));
        page.click("#explorer-train");
        page.wait(&format!("{IT}.losses.length > 5"));
        fits(page, width, &format!("{theme}, in training"));
        page.click("#explorer-stop");
    });
    let regions = page.get(
        "['feedback', 'verdict', 'status', 'result', 'note'].map(id => document.querySelector(`#explorer-${id}`).role)",
    );
    assert_eq!(regions, json!(vec!["status"; 5]));
    assert_eq!(page.complaints, [""; 0]);
}

#[test]
fn who_asks_for_less_motion_sees_none() {
    let Some(mut page) = exercise() else { return };
    page.still("");
    let moving = page.get(
        "[...document.querySelectorAll('*')].filter(one => { const style = getComputedStyle(one); \
         return (style.transitionDuration + style.animationDuration).replaceAll('0s', '').match(/[1-9]/) \
         || style.scrollBehavior === 'smooth'; }).map(one => one.className)",
    );
    assert_eq!(moving, Value::Array(vec![]));
}
