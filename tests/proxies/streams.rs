//! Streams that nothing interrupts.

use std::thread;
use std::time::{Duration, Instant};

use eventwire::Event;

use crate::gateway::ALL;
use crate::http::{get, id, json, number, resume};
use crate::programs::petstore;
use crate::run::tail;
use crate::steady::one_by_one;

pub(crate) const FEED: &str = "/v1/inventory/stream";

#[test]
fn events_arrive_one_by_one_from_the_first_one_on_and_resume() {
    let shop = petstore(&["--pace", "20"]);
    for kind in ALL {
        let Some(gateway) = kind.before(shop.address) else { continue };
        println!("{kind:?}");
        let mut stream = get(gateway.address, FEED);
        let last = one_by_one(|| stream.next());
        let mut stream = resume(gateway.address, FEED, &id(&last));
        assert_eq!(number(&stream.next()), number(&last) + 1);
    }
}

#[test]
fn the_first_event_does_not_wait_for_a_second_one() {
    // For an hour, the shop sends nothing else, not even a heartbeat.
    let shop = petstore(&["--pace", "0", "--heartbeat", "3600"]);
    for kind in ALL {
        let Some(gateway) = kind.before(shop.address) else { continue };
        // The echo of the request comes first, then the time.
        let said = tail(&["--json", "--max-events", "1", &gateway.url("/.sse")]);
        assert_eq!((said.code, said.lines.len()), (Some(0), 1), "{kind:?}: {said:?}");
    }
}

#[test]
fn heartbeats_keep_a_silent_connection_open_longer_than_a_proxy_waits() {
    for (heartbeat, stays) in [("0.3", true), ("60", false)] {
        let shop = petstore(&["--pace", "0", "--heartbeat", heartbeat]);
        for kind in ALL {
            let Some(gateway) = kind.before(shop.address) else { continue };
            let mut stream = get(gateway.address, FEED);
            let began = Instant::now();
            while began.elapsed() < HELD && stream.piece().is_ok_and(|piece| piece.is_some()) {}
            assert_eq!(began.elapsed() >= HELD, stays, "{kind:?} with a heartbeat every {heartbeat} s");
        }
    }
}

#[test]
fn a_disconnected_client_is_noticed_at_the_next_heartbeat_at_the_latest() {
    let shop = petstore(&["--pace", "0", "--heartbeat", "0.2"]);
    let open = || json(&Event::new(get(shop.address, "/v1/streams").text()))["open"].clone();
    for kind in ALL {
        let Some(gateway) = kind.before(shop.address) else { continue };
        let mut stream = get(gateway.address, FEED);
        stream.piece().unwrap();
        assert_eq!(open(), 1, "{kind:?}");
        drop(stream);
        let began = Instant::now();
        while open() != 0 {
            assert!(began.elapsed() < PATIENCE, "{kind:?}: the shop did not notice the disconnect in time");
            thread::sleep(Duration::from_millis(2));
        }
        println!("{kind:?}: noticed within {:?}", began.elapsed());
    }
}

/// 3 s: the proxies wait 1 s for the next byte.
const HELD: Duration = Duration::from_secs(3);

/// 10 s: far more than this takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);
