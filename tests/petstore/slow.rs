//! Slow clients: one that does not read affects no one else.

use eventwire::Event;

use crate::http::{get, json, number};
use crate::programs::petstore;

const FEED: &str = "/v1/inventory/stream";

/// Several megabytes in all: more than the socket buffers of a connection hold.
const EVENTS: u64 = 60_000;

#[test]
fn a_client_that_does_not_read_blocks_no_one_costs_no_memory_and_learns_what_it_missed() {
    let shop = petstore(&["--pace", "40000", "--history", "5000"]);
    let mut slow = get(shop.address, FEED);
    let first = number(&slow.next());
    // Another client keeps receiving events long after the slow one's socket buffers are full.
    let mut fast = get(shop.address, FEED);
    // On a busy machine this client may fall behind too, and then gets a gap event.
    let far = |event: &Event| event.event_type() != "gap" && number(event) >= first + EVENTS;
    while !far(&fast.next()) {}

    if let Some(memory) = memory(shop.id()) {
        assert!(memory < 32_000_000, "{memory} bytes for a history of 5,000 events");
    }
    // The slow client reads on. It may fall behind again, but every event is either sent or counted in a gap.
    let mut next = first + 1;
    let (mut gaps, mut after_a_gap) = (0, 0);
    while after_a_gap < 100 {
        let event = slow.next();
        if event.event_type() == "gap" {
            let gap = json(&event);
            assert_eq!(gap["next"].as_u64().unwrap(), next + gap["lost"].as_u64().unwrap());
            next = gap["next"].as_u64().unwrap();
            gaps += 1;
        } else {
            assert_eq!(number(&event), next);
            next += 1;
            after_a_gap += u64::from(gaps > 0);
        }
    }
}

/// The resident memory of a process, where the system reports it.
fn memory(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}
