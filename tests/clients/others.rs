//! Whether clients receive what was encoded, for random events.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::browser::Browser;
use crate::random::{events, seed, Ids};
use crate::replay::serve;
use crate::seen::{assert_same, expected};
use crate::tools::tool;

#[test]
fn a_browser_receives_the_encoded_events() {
    let Some(mut browser) = Browser::start() else { return };
    for ids in [Ids::Any, Ids::Unique] {
        let events = events(seed(), ids);
        let address = serve(events.clone());
        browser.open(&format!("http://{address}/"));
        let path = if ids == Ids::Any { "/events" } else { "/events?cut=7" };
        let seen = browser.run(&format!("collect(EventSource, '{path}')"));
        assert_same(&seen, &expected(&events));
    }
}

#[test]
fn node_s_event_source_receives_the_encoded_events() {
    let Some(node) = tool("NODE_WITH_EVENT_SOURCE") else { return };
    // [parse 9] Node 20 takes an empty ID for none.
    both(LastEventId::OfUniqueIds, || {
        let mut command = Command::new(&node);
        command.args(["--no-warnings", "--experimental-eventsource", &script("collect.mjs")]);
        command
    });
}

#[test]
fn npm_s_eventsource_receives_the_encoded_events() {
    let Some(node) = tool("NODE") else { return };
    let Some(packages) = tool("NODE_PATH") else { return };
    // [parse 13] Its events have only the ID of their own block.
    both(LastEventId::OfUniqueIds, || {
        let mut command = Command::new(&node);
        command.arg(script("collect.mjs")).env("NODE_PATH", &packages);
        command
    });
}

#[test]
fn httpx_sse_receives_the_encoded_events() {
    let Some(python) = tool("PYTHON") else { return };
    both(LastEventId::OfAll, || {
        let mut command = Command::new(&python);
        command.arg(script("collect.py"));
        command
    });
}

#[test]
fn curl_receives_the_encoded_bytes() {
    let Some(curl) = tool("CURL") else { return };
    let events = events(seed(), Ids::Any);
    let address = serve(events.clone());
    let output = Command::new(curl).args(["-sN", &format!("http://{address}/events")]).output().unwrap();
    let sent: Vec<u8> = events.iter().flat_map(|event| event.to_bytes()).collect();
    assert!(output.status.success());
    assert!(output.stdout == [b"retry: 10\n", &*sent].concat());
}

/// The events whose last event ID a client reports as the standard says.
#[derive(PartialEq)]
enum LastEventId {
    OfAll,
    OfUniqueIds,
}

/// Reads on one connection, and on many that are cut.
fn both(told: LastEventId, command: impl Fn() -> Command) {
    for ids in [Ids::Any, Ids::UniqueAscii] {
        let events = events(seed(), ids);
        let address = serve(events.clone());
        let cut = if ids == Ids::Any { "" } else { "?cut=7" };
        let output =
            command().arg(format!("http://{address}/events{cut}")).stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success());
        let mut seen: Value = serde_json::from_slice(&output.stdout).unwrap();
        let mut expected = expected(&events);
        if ids == Ids::Any && told == LastEventId::OfUniqueIds {
            without_ids(&mut seen);
            without_ids(&mut expected);
        }
        assert_same(&seen, &expected);
    }
}

fn without_ids(seen: &mut Value) {
    for event in seen.as_array_mut().unwrap() {
        event.as_array_mut().unwrap().truncate(2);
    }
}

fn script(name: &str) -> String {
    format!("{}/tests/clients/{name}", env!("CARGO_MANIFEST_DIR"))
}
