//! The explorer, held against the library on this machine.

use crate::browser::{book, served, Page};
use minigrad::prelude::*;
use minigrad_explorer::options::options;
use minigrad_explorer::presets;
use serde_json::{json, Value};

/// The explorer of the page.
pub const IT: &str = "document.querySelector('.explorer').explorer";

/// The page of the explorer with an answer on it, or `None` without a browser.
pub fn explorer() -> Option<Page> {
    let mut page = Page::open()?;
    page.go(&address(""));
    answers(&mut page);
    Some(page)
}

pub fn answers(page: &mut Page) {
    page.wait("document.querySelector('#explorer-verdict')?.textContent");
}

/// Chooses one of the networks that the explorer names.
pub fn choose(page: &mut Page, preset: &str) {
    page.get(&format!(
        "(() => {{ const choice = document.querySelector('#explorer-preset'); choice.value = '{preset}'; \
         choice.dispatchEvent(new Event('change')); }})()"
    ));
}

pub fn address(fragment: &str) -> String {
    served(&format!("explorer.html{fragment}"))
}

fn numbers(values: &Value) -> Vec<f64> {
    // What is not finite is null on this side, too.
    values.as_array().expect("numbers").iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect()
}

#[track_caller]
fn close(browser: &[f64], native: &[f64], tolerance: f64, what: &str) {
    assert_eq!(browser.len(), native.len(), "{what}");
    for (here, there) in browser.iter().zip(native) {
        let same = here == there || !(here.is_finite() || there.is_finite());
        let near = (here - there).abs() <= tolerance * there.abs().max(1e-300);
        assert!(same || near, "{what}: {here} in the browser, {there} here");
    }
}

#[test]
fn theory_says_of_every_preset_what_it_says_here() {
    let Some(mut page) = explorer() else { return };
    let presets = presets::all();
    assert!(presets.len() > 8);
    for preset in presets {
        let key = preset.key;
        choose(&mut page, key);
        page.wait(&format!("!{IT}.busy"));
        let said = page.get(&format!("{IT}.prediction"));
        let prediction = preset.recipe.predict(&preset.training);
        let verdict = prediction.verdict().to_string();
        assert_eq!(page.text("#explorer-verdict strong"), verdict, "{key}");
        assert!(
            page.text("#explorer-verdict").contains(&prediction.reason().replace(" -> ", " → ")),
            "{key}"
        );
        close(&numbers(&said["loss"]), &prediction.window_losses(), 1e-6, key);
        let (low, high): (Vec<f64>, Vec<f64>) = prediction.band().into_iter().unzip();
        close(&numbers(&said["band"]["low"]), &low, 1e-6, key);
        close(&numbers(&said["band"]["high"]), &high, 1e-6, key);
        let probability = prediction.probability();
        for (name, native) in [
            ("diverges", probability.diverges),
            ("vanishes", probability.vanishes),
            ("trains", probability.trains),
        ] {
            let here = said["probability"][name].as_f64().expect("a probability");
            assert!((here - native).abs() <= 1e-9, "{key}, {name}: {here}, here {native}");
        }
        let layers = &prediction.propagation.layers;
        let q: Vec<f64> = layers.iter().map(|layer| layer.q).collect();
        close(&numbers(&said["q"]), &q, 1e-9, key);
    }
}

/// The browser rounds a product before it is added, this machine fuses the two. How far a course
/// strays from one such rounding is measured here, by a learning rate that is off by one unit in the
/// last place of an f32. A step of the browser's differs in as many roundings as a weight's gradient
/// sums up, which add as a walk: the root of 64 examples times 64 units. From where that reaches the
/// loss itself, and the course is any rounding's, the outcome alone is compared.
#[test]
fn a_network_trained_in_the_page_is_that_of_the_library() {
    let Some(mut page) = explorer() else { return };
    page.click("#explorer-train");
    page.wait(&format!("{IT}.outcome"));
    let here = numbers(&page.get(&format!("{IT}.losses")));

    let data = SignOfSum::sample(1000, 0, 0);
    let course = |lr| {
        let training = Training::sgd(lr).momentum(0.9).steps(200);
        Recipe::mlp(12).width(64).build().train(&data, &training)
    };
    let native = course(1e-2);
    let strayed = course(1e-2 * (1.0 + f64::from(f32::EPSILON)));
    assert_eq!(page.get(&format!("{IT}.outcome")), native.outcome().to_string());
    assert_eq!(here.len(), 200);
    let (mut most, mut compared) = (f64::from(f32::EPSILON), 0);
    for (step, loss) in here.iter().enumerate() {
        let [native, strayed] = [&native, &strayed].map(|run| f64::from(run.losses[step]));
        most = most.max((native - strayed).abs());
        let tolerance = 64.0 * most;
        if tolerance > 0.01 {
            break;
        }
        assert!((loss - native).abs() <= tolerance, "{step}: {loss}, here {native}, {tolerance}");
        compared += 1;
    }
    println!("{compared} of 200 losses lie within a tolerance of 0.01 or less");
    assert!(compared >= 20, "hardly any: {compared}");
}

#[test]
fn a_training_pauses_goes_on_and_stops() {
    let Some(mut page) = explorer() else { return };
    let link = "#recipe=%7B%22depth%22:12,%22width%22:256,%22lr%22:0.001,%22steps%22:5000%7D";
    page.go(&address(link));
    answers(&mut page);
    page.click("#explorer-train");
    page.wait(&format!("{IT}.losses.length > 2"));
    page.click("#explorer-pause");
    // One chunk may have been under way.
    let still = "new Promise(done => { let last = -1; const look = () => { \
                 const now = document.querySelector('.explorer').explorer.losses.length; \
                 if (now === last) done(now); else { last = now; setTimeout(look, 1500); } }; look(); })";
    let paused = page.get(still).as_u64().expect("a count");
    page.click("#explorer-pause");
    page.wait(&format!("{IT}.losses.length > {paused}"));
    page.click("#explorer-stop");
    let status = page.text("#explorer-status");
    assert!(status.starts_with("Training stopped, after "), "{status}");
    // The rest keeps working.
    page.click("#explorer-train");
    page.wait(&format!("{IT}.losses.length > 0"));
    // It diverges in the page, too.
    page.go(&address("#recipe=%7B%22depth%22:12,%22init%22:%7B%22kind%22:%22uniform%22,%22value%22:0.5%7D,%22lr%22:0.001%7D"));
    answers(&mut page);
    page.click("#explorer-train");
    page.wait(&format!("{IT}.outcome"));
    let status = page.text("#explorer-status");
    assert!(status.starts_with("The network diverges: "), "{status}");
    assert_eq!(page.complaints, [""; 0]);
}

#[test]
fn a_chapter_opens_it_at_its_own_network() {
    let Some(mut page) = Page::open() else { return };
    page.go(&served("theory/th01-initialization.html"));
    assert_eq!(page.get("document.querySelectorAll('.explorer tbody tr').length"), 1);
    page.wait("document.querySelector('.explorer > button')");
    page.click(".explorer > button");
    page.wait("document.querySelector('#explorer-verdict strong')?.textContent === 'vanishes'");
    assert_eq!(page.get("document.activeElement.id"), "explorer-preset");
    assert_eq!(page.get("document.activeElement.value"), "xavier");
    assert_eq!(page.complaints, [""; 0]);
}

#[test]
fn a_guess_is_made_and_scored_by_keyboard_alone() {
    let Some(mut page) = explorer() else { return };
    let here = page.get("location.href");
    page.get("document.querySelector('#explorer-deal').focus()");
    page.press("Enter");
    page.wait(&format!("!{IT}.busy && document.activeElement.id === 'explorer-diverges'"));
    let shown = "['says', 'training'].map(id => document.querySelector(`#explorer-${id}`).checkVisibility())";
    page.wait("document.querySelector('#explorer-asked').textContent");
    assert_eq!(page.get(shown), json!([false, false]), "the answer is hidden");
    // An arrow chooses; it turns no page.
    page.press(" ");
    page.press("ArrowRight");
    assert_eq!(page.get("document.querySelector('#explorer-vanishes').checked"), true);
    page.press("Enter");
    page.wait("document.querySelector('#explorer-feedback').textContent");
    assert_eq!(page.get("location.href"), here);
    assert_eq!(page.get(shown), json!([true, true]), "the answer is shown");
    let feedback = page.text("#explorer-feedback");
    let outcome = page.get(&format!("{IT}.case.outcome"));
    let right = if outcome == "vanishes" { "Right: " } else { "Not so: " };
    assert!(feedback.starts_with(right), "{feedback}");
    let case = page.get(&format!("{IT}.case.line")).to_string();
    let (recipe, training) = minigrad_lines::read(&case).expect("a line");
    for option in options(&recipe.predict(&training)) {
        assert!(feedback.contains(&option), "{option} {feedback}");
    }
    assert!(feedback.contains("Case 1 of 20."), "{feedback}");
    let kept = page.get("JSON.parse(localStorage.getItem('minigrad-explorer-score'))");
    assert_eq!((&kept[0]["guess"], &kept[0]["outcome"]), (&Value::from("vanishes"), &outcome));
    let theory = page.text("#explorer-verdict strong");
    assert_eq!(kept[0]["theory"], theory);
    assert!(
        page.text("#explorer-score").contains(" of 1 right."),
        "{}",
        page.text("#explorer-score")
    );
}

#[test]
fn every_link_of_the_explorer_leads_somewhere() {
    let Some(mut page) = explorer() else { return };
    let lost = page.get(
        "Promise.all([...document.querySelectorAll('.explorer a[href]')].map(async one => \
         (await fetch(one.href)).ok ? '' : one.href)).then(all => all.filter(Boolean))",
    );
    assert_eq!(lost, json!([]));
    let links = page.get("document.querySelectorAll('.explorer a[href]').length").as_u64();
    assert!(links.is_some_and(|links| links > 3), "{links:?}");
}

#[test]
fn without_a_script_the_verdicts_stand_there_as_table_and_drawings() {
    let Some(mut page) = Page::open() else { return };
    page.without_scripts();
    page.go(&address(""));
    let labels = page.get(
        "[...document.querySelectorAll('.explorer svg')].filter(one => one.checkVisibility()) \
         .map(one => one.getAttribute('aria-label'))",
    );
    let labels = labels.as_array().expect("labels").clone();
    assert_eq!(labels.len(), presets::all().len());
    for (label, preset) in labels.iter().zip(presets::all()) {
        let verdict = preset.recipe.predict(&preset.training).verdict();
        let label = label.as_str().unwrap_or_default();
        assert!(label.starts_with(&format!("{}: predicted loss ", preset.name)), "{label}");
        assert!(label.ends_with(&format!("Theory says {verdict}.")), "{label}");
    }
}

/// Nothing of the explorer is wider than the page; what is cut off makes no page wider.
pub fn fits(page: &mut Page, width: u32, what: &str) {
    let wide = page.get("document.documentElement.scrollWidth").as_u64();
    assert!(wide.is_some_and(|wide| wide <= u64::from(width)), "{what}, {width}: {wide:?}");
    let cut = page.get(
        "(() => { const edge = document.querySelector('.explorer').getBoundingClientRect().right; \
         return [...document.querySelectorAll('.explorer :is(input, select, textarea, button, svg, p, ul)')] \
         .filter(one => one.getBoundingClientRect().right > edge + 1).map(one => one.outerHTML); })()",
    );
    assert_eq!(cut, json!([]), "{what}, {width}");
}

/// Every control has a name, and every name of an element is its own.
pub fn names(page: &mut Page) {
    let nameless = page.get(
        "[...document.querySelectorAll('.explorer :is(input, select, textarea, button)')].filter(one => \
         !one.labels?.length && !one.ariaLabel && !(one.matches('button') && one.textContent.trim())) \
         .map(one => one.id)",
    );
    assert_eq!(nameless, json!([]));
    let twice = page.get(
        "[...document.querySelectorAll('[id]')].map(one => one.id).filter((id, i, all) => all.indexOf(id) < i)",
    );
    assert_eq!(twice, json!([]));
}

/// Loads a page in every theme on a screen and on a phone.
pub fn in_every_theme_and_width(
    page: &mut Page,
    address: &str,
    mut look: impl FnMut(&mut Page, u32, &str),
) {
    for theme in ["light", "rust", "coal", "navy", "ayu"] {
        for width in [1280, 390] {
            page.size(width, 900);
            page.get(&format!(
                "localStorage.clear(); localStorage.setItem('mdbook-theme', '{theme}')"
            ));
            page.go(address);
            assert!(page.is(&format!("document.documentElement.classList.contains('{theme}')")));
            look(page, width, theme);
        }
    }
    names(page);
    assert_eq!(page.complaints, [""; 0]);
}

#[test]
fn every_theme_and_width_holds_it_and_every_control_has_a_name() {
    let Some(mut page) = explorer() else { return };
    page.call("Network.enable", json!({}));
    in_every_theme_and_width(&mut page, &address(""), |page, width, theme| {
        answers(page);
        page.get("document.querySelectorAll('.explorer details').forEach(one => one.open = true)");
        page.click("#explorer-train");
        page.wait(&format!("{IT}.losses.length > 5"));
        fits(page, width, theme);
    });
    let own = [&*book().1, "about:", "data:", "blob:"];
    let is_away = |url: &&String| !own.iter().any(|own| url.starts_with(own));
    let away: Vec<&String> = page.requests.iter().filter(is_away).collect();
    assert!(away.is_empty() && page.requests.len() > 5, "{away:?}");
}
