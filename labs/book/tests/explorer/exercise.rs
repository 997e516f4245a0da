//! The self-test in a real browser: twenty cases, by keyboard, from a file, and without a script.

use crate::browser::{book, file, Page};
use minigrad::prelude::*;
use minigrad_explorer::cases::{self, Case};
use minigrad_explorer::options::options;
use minigrad_explorer::words;
use serde_json::{json, Value};

const IT: &str = "document.querySelector('.explorer').explorer";

fn address() -> String {
    format!("{}/reference/self-test.html", book().1)
}

/// The self-test with a question on it, or `None` without a browser.
fn exercise(test: &str) -> Option<Page> {
    let mut page = Page::open(test)?;
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
        page.press("Tab", 9, "");
    }
    panic!("Tab never comes to {id}");
}

const SHOWN: &str =
    "['says', 'training'].map(id => document.querySelector(`#explorer-${id}`).checkVisibility())";

#[test]
fn twenty_cases_are_judged_by_keyboard_alone_and_held_against_theory() {
    let test = "twenty_cases_are_judged_by_keyboard_alone_and_held_against_theory";
    let Some(mut page) = exercise(test) else { return };
    page.get("document.querySelector('main').focus(); document.querySelector('.explorer').scrollIntoView()");
    page.get("document.querySelector('#explorer-diverges').focus()");
    let (mut right, mut theory) = (0, 0);
    for (case, number) in cases().iter().zip(1..) {
        asks(&mut page, number);
        let asked = page.text("#explorer-asked");
        assert!(asked.contains(&words::network(&case.recipe)), "{asked}");
        assert_eq!(page.get(SHOWN), json!([false, false]), "the answer is hidden");
        assert_eq!(page.get("document.activeElement.id"), "explorer-diverges");
        page.press(" ", 32, " ");
        page.press("ArrowRight", 39, "");
        page.press("Enter", 13, "\r");
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
        page.press("Enter", 13, "\r");
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
    assert_eq!(page.get("document.querySelector('#explorer-says').checkVisibility()"), false);
    tab_to(&mut page, "explorer-again");
    page.press("Enter", 13, "\r");
    asks(&mut page, 1);
    // How sure one was stays, over the rounds.
    let kept = page.get("JSON.parse(localStorage.getItem('minigrad-explorer-score')).length");
    assert_eq!(kept, 20);
    assert_eq!(page.complaints, [""; 0]);
}

fn answer(page: &mut Page) {
    page.get("document.querySelector('#explorer-trains').click(); document.querySelector('#explorer-answer').click()");
    page.wait("document.querySelector('#explorer-next').checkVisibility()");
}

#[test]
fn it_goes_on_where_it_was_left_and_needs_no_store() {
    let test = "it_goes_on_where_it_was_left_and_needs_no_store";
    let Some(mut page) = exercise(test) else { return };
    answer(&mut page);
    page.get("document.querySelector('#explorer-next').click()");
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
        let Some(mut page) = Page::open(test) else { return };
        page.before(broken);
        page.go(&address());
        asks(&mut page, 1);
        answer(&mut page);
        let note = page.text("#explorer-note");
        assert!(note.starts_with("This browser keeps nothing for this page"), "{broken}: {note}");
        let seen = page.get("document.querySelector('#explorer-note').checkVisibility()");
        assert_eq!(seen, true, "{broken}");
        page.get("document.querySelector('#explorer-next').click()");
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
    let test = "without_a_script_or_from_a_file_it_is_a_list_with_folded_answers";
    let Some(mut page) = Page::open(test) else { return };
    page.call("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    page.go(&address());
    is_a_list(&mut page);
    let Some(mut page) = Page::open(test) else { return };
    page.go(&file(&book().0.join("reference/self-test.html")));
    page.wait("document.querySelector('.explorer-message')?.textContent.includes('3000/reference/self-test.html')");
    is_a_list(&mut page);
    // A worker that never comes.
    let Some(mut page) = Page::open(test) else { return };
    page.before("window.Worker = class { constructor() { throw new Error('no workers here'); } }");
    page.go(&address());
    page.wait(
        "document.querySelector('.explorer-message')?.textContent.includes('no workers here')",
    );
    is_a_list(&mut page);
}

#[test]
fn on_paper_every_case_stands_with_its_answer() {
    let Some(mut page) = exercise("on_paper_every_case_stands_with_its_answer") else { return };
    page.call("Emulation.setEmulatedMedia", json!({ "media": "print" }));
    let shown = page.get("document.querySelector('.explorer-still').checkVisibility()");
    assert_eq!(shown, true);
    assert_eq!(page.get("document.querySelector('.explorer-guess').checkVisibility()"), false);
}

#[test]
fn every_theme_and_width_holds_a_question_an_answer_a_training_and_a_result() {
    let test = "every_theme_and_width_holds_a_question_an_answer_a_training_and_a_result";
    let Some(mut page) = exercise(test) else { return };
    let fits = |page: &mut Page, width: u32, what: &str| {
        let wide = page.get("document.documentElement.scrollWidth").as_u64();
        assert!(wide.is_some_and(|wide| wide <= u64::from(width)), "{what}: {wide:?}");
        let cut = page.get(
            "(() => { const edge = document.querySelector('.explorer').getBoundingClientRect().right; \
             return [...document.querySelectorAll('.explorer :is(input, select, button, svg, p, ul)')] \
             .filter(one => one.getBoundingClientRect().right > edge + 1).map(one => one.outerHTML); })()",
        );
        assert_eq!(cut, json!([]), "{what}");
    };
    for theme in ["light", "rust", "coal", "navy", "ayu"] {
        for width in [1280, 390] {
            page.size(width, 900);
            page.get(&format!(
                "localStorage.clear(); localStorage.setItem('mdbook-theme', '{theme}')"
            ));
            page.go(&address());
            asks(&mut page, 1);
            let is = format!("document.documentElement.classList.contains('{theme}')");
            assert_eq!(page.get(&is), true);
            fits(&mut page, width, &format!("{theme}, {width}, asked"));
            answer(&mut page);
            fits(&mut page, width, &format!("{theme}, {width}, answered"));
            page.get("document.querySelector('#explorer-train').click()");
            page.wait(&format!("{IT}.losses.length > 5"));
            fits(&mut page, width, &format!("{theme}, {width}, in training"));
            page.get("document.querySelector('#explorer-stop').click()");
        }
    }
    let nameless = page.get(
        "[...document.querySelectorAll('.explorer :is(input, select, textarea, button)')].filter(one => \
         !one.labels?.length && !one.ariaLabel && !(one.matches('button') && one.textContent.trim())) \
         .map(one => one.id)",
    );
    assert_eq!(nameless, json!([]));
    let regions = page.get(
        "['feedback', 'verdict', 'status', 'result', 'note'].map(id => document.querySelector(`#explorer-${id}`).role)",
    );
    assert_eq!(regions, json!(vec!["status"; 5]));
    assert_eq!(page.complaints, [""; 0]);
}

#[test]
fn who_asks_for_less_motion_sees_none() {
    let Some(mut page) = exercise("who_asks_for_less_motion_sees_none") else { return };
    let reduced = json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
    page.call("Emulation.setEmulatedMedia", reduced);
    let moving = page.get(
        "[...document.querySelectorAll('*')].filter(one => { const style = getComputedStyle(one); \
         return (style.transitionDuration + style.animationDuration).replaceAll('0s', '').match(/[1-9]/) \
         || style.scrollBehavior === 'smooth'; }).map(one => one.className)",
    );
    assert_eq!(moving, Value::Array(vec![]));
}
