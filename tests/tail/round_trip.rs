//! Events of the pet shop arrive whatever happens in between.

use serde_json::Value;

use crate::cutter::Cutter;
use crate::programs::{petstore, petstore_at, proxy, proxy_at};
use crate::run::{tail, Tail};

const FEED: &str = "/v1/inventory/stream";

/// More than any test lets pass, so that nothing is forgotten.
const SHOP: [&str; 4] = ["--pace", "900", "--history", "1000000"];

const RESTARTS: usize = 4;

fn number(event: &Value) -> u64 {
    let number = id(event).rsplit('-').next().and_then(|number| number.parse().ok());
    number.unwrap_or_else(|| panic!("no number: {event}"))
}

/// In which run of the shop it was given its ID.
fn epoch(event: &Value) -> &str {
    id(event).split_once('-').unwrap_or_else(|| panic!("no epoch: {event}")).0
}

fn id(event: &Value) -> &str {
    event["id"].as_str().unwrap_or_else(|| panic!("no ID: {event}"))
}

fn is_gap(event: &Value) -> bool {
    event["event"] == "gap"
}

/// Checks that each number appears once, in order, without a gap.
fn assert_consecutive(events: &[Value]) {
    assert!(events.iter().all(|event| !is_gap(event)), "the shop has forgotten something");
    for pair in events.windows(2) {
        assert_eq!((epoch(&pair[0]), number(&pair[0]) + 1), (epoch(&pair[1]), number(&pair[1])), "{pair:?}");
    }
}

#[test]
fn nothing_is_lost_and_nothing_comes_twice_however_often_the_connection_is_cut() {
    let shop = petstore(&SHOP);
    let cutter = Cutter::before(shop.address);
    let url = format!("http://{}{FEED}", cutter.address);
    let said = tail(&["--json", "--max-wait", "0.02", "--max-events", "2000", &url]);
    let events: Vec<Value> = said.lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((said.code, events.len()), (Some(0), 2000));
    assert_consecutive(&events);
    println!("{} cuts", cutter.cuts());
    assert!(cutter.cuts() >= 100, "only {} cuts", cutter.cuts());
}

#[test]
fn nothing_is_lost_and_nothing_comes_twice_when_a_proxy_is_killed_and_started_again() {
    let shop = petstore(&SHOP);
    let mut between = proxy(shop.address, &[]);
    let address = between.address.to_string();
    let url = format!("http://{address}{FEED}");
    let mut tail = Tail::start(&["--json", "--max-wait", "0.1", &url]);
    let mut events = vec![];
    for _ in 0..5 {
        events.extend((0..200).map(|_| tail.event()));
        drop(between);
        between = proxy_at(&address, shop.address, &[]);
    }
    events.extend((0..200).map(|_| tail.event()));
    assert_consecutive(&events);
}

#[test]
fn tail_comes_back_to_a_shop_that_was_killed_and_started_again_and_prints_what_it_says_is_gone() {
    let mut shop = petstore(&SHOP);
    let address = shop.address.to_string();
    let url = format!("http://{address}{FEED}");
    let mut tail = Tail::start(&["--json", "--max-wait", "0.1", &url]);
    let mut events: Vec<Value> = (0..100).map(|_| tail.event()).collect();
    for _ in 0..RESTARTS {
        drop(shop);
        shop = petstore_at(&address, &SHOP);
        // What the killed one had still sent comes first.
        let mut left = 10_000;
        while !is_gap(events.last().unwrap()) && left > 0 {
            events.push(tail.event());
            left -= 1;
        }
        events.extend((0..100).map(|_| tail.event()));
    }

    let runs: Vec<&[Value]> = events.split(is_gap).collect();
    let gaps: Vec<&Value> = events.iter().filter(|event| is_gap(event)).collect();
    assert_eq!(gaps.len(), RESTARTS, "each restart is told once");
    runs.iter().for_each(|run| assert_consecutive(run));
    for (gap, runs) in gaps.iter().zip(runs.windows(2)) {
        let told: Value = serde_json::from_str(gap["data"].as_str().unwrap()).unwrap();
        assert!(told["lost"].is_null(), "a new run does not know how much is gone: {told}");
        assert_eq!(told["next"], number(&runs[1][0]));
        // Its ID is where the new run goes on.
        assert_eq!((epoch(gap), number(gap) + 1), (epoch(&runs[1][0]), number(&runs[1][0])));
        assert_ne!(epoch(&runs[1][0]), epoch(&runs[0][0]), "something could come twice");
    }
}

#[test]
fn nothing_is_lost_and_nothing_comes_twice_when_tail_is_killed_and_started_again_behind_its_last_event() {
    let shop = petstore(&SHOP);
    let url = format!("http://{}{FEED}", shop.address);
    let mut events = vec![Tail::start(&["--json", &url]).event()];
    for run in 0..10 {
        let last = id(events.last().unwrap()).to_owned();
        let mut tail = Tail::start(&["--json", "--last-event-id", &last, &url]);
        events.extend((0..=run * 7).map(|_| tail.event()));
        // Dropped, it is killed, with lines that nobody has read.
    }
    assert_consecutive(&events);
}

#[test]
fn the_summary_of_ctrl_c_says_where_to_go_on() {
    let shop = petstore(&SHOP);
    let url = format!("http://{}{FEED}", shop.address);
    let mut first = Tail::start(&["--json", &url]);
    let mut events = vec![first.event()];
    let said = first.interrupt();
    events.extend(said.lines.iter().map(|line| serde_json::from_str::<Value>(line).unwrap()));
    let summary = said.errors.lines().last().unwrap();
    let (counts, id) = summary.split_once(", last event ID: ").unwrap();
    assert_eq!(counts, format!("tail: events: {}, connections: 1", events.len()));

    let mut second = Tail::start(&["--json", "--last-event-id", id, &url]);
    events.extend((0..10).map(|_| second.event()));
    assert_consecutive(&events);
    assert_eq!(said.code, Some(0));
}
