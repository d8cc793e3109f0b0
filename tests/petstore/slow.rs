//! A client that does not read affects no one else.

use eventwire::Event;

use crate::http::{get, json, number};
use crate::programs::petstore;

const FEED: &str = "/v1/inventory/stream";

/// Megabytes: more than the sockets of a connection hold.
const EVENTS: u64 = 60_000;

#[test]
fn a_client_that_does_not_read_stops_nobody_holds_no_memory_and_is_told_what_it_missed() {
    let shop = petstore(&["--pace", "40000", "--history", "5000"]);
    let mut slow = get(shop.address, FEED);
    let first = number(&slow.next());
    // One that reads sees events until long after the slow one's sockets are full.
    let mut fast = get(shop.address, FEED);
    // On a busy machine it may fall behind itself, and is told so by an event of its own.
    let far = |event: &Event| event.event_type() != "gap" && number(event) >= first + EVENTS;
    while !far(&fast.next()) {}

    if let Some(memory) = memory(shop.id()) {
        assert!(memory < 32_000_000, "{memory} bytes for a history of 5,000 events");
    }
    // It reads on, falls behind again where the machine is busy, and knows of each event whether it was sent.
    let mut next = first + 1;
    let (mut gaps, mut behind_a_gap) = (0, 0);
    while behind_a_gap < 100 {
        let event = slow.next();
        if event.event_type() == "gap" {
            let gap = json(&event);
            assert_eq!(gap["next"].as_u64().unwrap(), next + gap["lost"].as_u64().unwrap());
            next = gap["next"].as_u64().unwrap();
            gaps += 1;
        } else {
            assert_eq!(number(&event), next);
            next += 1;
            behind_a_gap += u64::from(gaps > 0);
        }
    }
}

/// What a process holds in memory, where that can be known.
fn memory(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}
