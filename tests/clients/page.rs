//! What a user sees on the page of the pet shop.

use std::thread;
use std::time::Duration;

use serde_json::{json, Value};

use crate::browser::Browser;
use crate::programs::{petstore, petstore_at, proxy, proxy_at};

fn number(browser: &mut Browser, script: &str) -> u64 {
    let value = browser.run(script);
    value.as_u64().unwrap_or_else(|| panic!("{script} is {value}"))
}

/// Asserts that no event was lost or duplicated on any numbered stream.
fn assert_whole(browser: &mut Browser) {
    let counts = browser.run("lanes.map((lane) => [lane.name, lane.lost, lane.twice])");
    for lane in counts.as_array().unwrap() {
        assert_eq!((&lane[1], &lane[2]), (&Value::from(0), &Value::from(0)), "{lane}");
    }
}

#[test]
fn the_page_sees_events_of_every_stream() {
    let Some(mut browser) = Browser::start() else { return };
    let shop = petstore(&["--pace", "20"]);
    browser.open(&format!("http://{}/", shop.address));
    browser.wait_for("lanes.every((lane) => lane.events > 1)");
    browser.wait_for("lanes[2].events === 6 && lanes[3].events === 6");
    let states = browser.run("lanes.map((lane) => lane.stateText.textContent)");
    assert_eq!(states, json!(["open", "open", "complete", "complete", "open"]));
    browser.wait_for("document.getElementById('sum-open').textContent === '3'");
    let kinds = browser
        .run("[...new Set([...document.querySelectorAll('.log .kind')].map((kind) => kind.textContent))]");
    for kind in ["stock-change", "price-change", "recommendation", "message", "complete"] {
        assert!(kinds.as_array().unwrap().contains(&json!(kind)), "no {kind} in {kinds}");
    }
    assert_whole(&mut browser);
}

#[test]
fn a_connection_that_is_dropped_and_resumed_loses_nothing() {
    let Some(mut browser) = Browser::start() else { return };
    let shop = petstore(&["--pace", "30"]);
    browser.open(&format!("http://{}/", shop.address));
    browser.wait_for("lanes[0].events > 10 && lanes[1].events > 3");
    for _ in 0..3 {
        browser.run("document.getElementById('drop-all').click()");
        assert_eq!(browser.run("lanes[0].stateText.textContent"), "dropped");
        let before = number(&mut browser, "lanes[0].events");
        thread::sleep(Duration::from_millis(500));
        assert_eq!(number(&mut browser, "lanes[0].events"), before);
        browser.run("document.getElementById('resume-all').click()");
        browser.wait_for(&format!("lanes[0].events > {before} + 15"));
    }
    assert!(number(&mut browser, "lanes[0].dots.filter((dot) => dot.isLate).length") > 20);
    assert_whole(&mut browser);
}

#[test]
fn the_page_reconnects_by_itself_and_loses_nothing() {
    let Some(mut browser) = Browser::start() else { return };
    let shop = petstore(&["--pace", "30"]);
    let mut between = proxy(shop.address, &[]);
    let address = between.address.to_string();
    browser.open(&format!("http://{address}/"));
    for _ in 0..2 {
        let before = number(&mut browser, "lanes[0].events");
        browser.wait_for(&format!("lanes[0].events > {before} + 5 && lanes[1].events > 3"));
        drop(between);
        browser.wait_for("lanes[0].stateText.textContent.startsWith('lost')");
        thread::sleep(Duration::from_millis(500));
        between = proxy_at(&address, shop.address, &[]);
        browser.wait_for(
            "lanes[0].stateText.textContent === 'open' && lanes[1].stateText.textContent === 'open'",
        );
    }
    let before = number(&mut browser, "lanes[0].events");
    browser.wait_for(&format!("lanes[0].events > {before} + 5"));
    assert!(number(&mut browser, "lanes[0].dots.filter((dot) => dot.isLate).length") > 20);
    assert_whole(&mut browser);
}

#[test]
fn the_page_reconnects_to_a_restarted_shop_and_shows_what_was_lost() {
    let Some(mut browser) = Browser::start() else { return };
    let shop = petstore(&["--pace", "30"]);
    let address = shop.address.to_string();
    browser.open(&format!("http://{address}/"));
    browser.wait_for("lanes[0].events > 5 && lanes[1].events > 2");
    let (status, _) = shop.interrupt();
    assert!(status.success());
    browser.wait_for("document.getElementById('log').textContent.includes('Inventory: the shop closes')");
    browser.wait_for("lanes[0].stateText.textContent.startsWith('lost')");

    let _again = petstore_at(&address, &["--pace", "30"]);
    let before = number(&mut browser, "lanes[0].events");
    browser.wait_for(&format!("lanes[0].stateText.textContent === 'open' && lanes[0].events > {before} + 5"));
    browser.wait_for(
        "document.getElementById('log').textContent.includes('older than what the shop remembers')",
    );
    assert_whole(&mut browser);
}

#[test]
fn the_chat_shows_its_answer_while_it_streams_and_any_error() {
    let Some(mut browser) = Browser::start() else { return };
    let shop = petstore(&[]);
    browser.open(&format!("http://{}/", shop.address));
    let answer = "document.querySelector('.said .pet').textContent";
    // Every length of the answer while it streams.
    browser.run(
        "window.lengths = new Set(); new MutationObserver(() => { const pet = document.querySelector('.said .pet'); \
         if (pet) lengths.add(pet.textContent.length); }) \
         .observe(document.body, { subtree: true, childList: true, characterData: true })",
    );
    browser.run("document.querySelector('#ask button').click()");
    browser.wait_for(&format!("document.querySelector('.pet') && {answer}.endsWith('his nose has plans.')"));
    browser.wait_for("lengths.size > 3");
    browser.wait_for("!document.querySelector('.pet.is-open')");
    for (fault, words) in [("error", "Broken off: the model failed"), ("cut", "Broken off: ")] {
        browser.run(&format!("document.getElementById('fault').value = '{fault}'"));
        browser.run("document.querySelector('#ask button').click()");
        browser.wait_for(&format!(
            "document.querySelector('.said').lastChild.textContent.startsWith('{words}')"
        ));
    }
    assert_eq!(number(&mut browser, "document.querySelectorAll('.said .note').length"), 2);
}

#[test]
fn the_page_fits_a_screen_and_a_phone() {
    let Some(mut browser) = Browser::start() else { return };
    let shop = petstore(&[]);
    browser.open(&format!("http://{}/", shop.address));
    // Without a screenshot to save, there is nothing to look at.
    let is_drawn = std::env::var_os("SCREENSHOTS").is_some();
    let pause = |seconds| thread::sleep(Duration::from_secs(if is_drawn { seconds } else { 0 }));
    browser.run("document.querySelector('#ask button').click()");
    pause(8);
    browser.run("document.querySelectorAll('.lane button')[0].click()");
    pause(8);
    browser.run("document.querySelectorAll('.lane button')[0].click()");
    pause(3);
    browser.run("document.querySelectorAll('.lane button')[1].click()");
    pause(2);
    browser.screenshot("page");
    browser.dark(true);
    pause(1);
    browser.screenshot("page-dark");
    for width in [1280, 900, 390, 320] {
        browser.size(width, 1900);
        let beyond = format!(
            "[...document.querySelectorAll('*')].filter((element) => element.getBoundingClientRect().right > {width})
                .map((element) => element.tagName + element.id + element.className)"
        );
        assert_eq!(browser.run(&beyond), json!([]), "at {width}");
    }
    browser.size(390, 1900);
    pause(1);
    browser.screenshot("page-phone");
}
