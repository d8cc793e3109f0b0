//! Resuming: a client that reconnects gets the events it missed.

use std::net::SocketAddr;

use eventwire::Event;

use crate::http::{content, epoch, get, id, json, number, resume, Response};
use crate::programs::petstore;

const FEEDS: [&str; 2] = ["/v1/inventory/stream", "/v1/pets/notifications?userId=7"];

#[test]
fn a_client_that_is_cut_off_repeatedly_gets_every_event_once_and_in_order() {
    let shop = petstore(&["--pace", "900"]);
    for feed in FEEDS {
        let mut seen: Vec<Event> = vec![get(shop.address, feed).next()];
        for cut in 0..30 {
            let last = id(seen.last().unwrap());
            let mut stream = resume(shop.address, feed, &last);
            seen.extend((0..cut % 7).map(|_| stream.next()));
        }
        assert_eq!(seen.len(), 1 + (0..30).map(|cut| cut % 7).sum::<usize>());
        assert_consecutive(&seen);
        // A client that was never cut off has seen the same.
        let first = id(&seen[0]);
        let mut stream = resume(shop.address, feed, &first);
        seen[1..].iter().for_each(|event| assert_eq!(content(event), content(&stream.next())));
    }
}

#[test]
fn a_page_can_resume_by_a_query_parameter_and_the_header_wins() {
    let shop = petstore(&["--pace", "900"]);
    let mut stream = get(shop.address, FEEDS[0]);
    let ids: Vec<_> = (0..3).map(|_| id(&stream.next())).collect();
    let path = format!("{}?lastEventId={}", FEEDS[0], ids[0]);
    assert_eq!(id(&get(shop.address, &path).next()), ids[1]);
    assert_eq!(id(&resume(shop.address, &path, &ids[1]).next()), ids[2]);
}

#[test]
fn a_client_that_was_away_too_long_learns_how_many_events_are_lost() {
    let shop = petstore(&["--pace", "900", "--history", "10"]);
    for feed in FEEDS {
        let first = get(shop.address, feed).next();
        let seen = number(&first);
        wait_until(shop.address, feed, seen + 40);
        let mut stream = resume(shop.address, feed, &id(&first));
        let gap = stream.next();
        assert_eq!((gap.event_type(), epoch(&gap)), ("gap", epoch(&first)));
        let (lost, next) = (json(&gap)["lost"].as_u64().unwrap(), json(&gap)["next"].as_u64().unwrap());
        assert!(lost >= 30);
        assert_eq!(seen + 1 + lost, next);
        // A client that is cut off right after the gap resumes with the same event.
        assert_eq!(number(&gap) + 1, next);
        let later = take(&mut stream, 5);
        assert_eq!(number(&later[0]), next);
        assert_consecutive(&later);
    }
}

#[test]
fn an_unknown_id_is_reported_as_too_old() {
    let shop = petstore(&["--pace", "900"]);
    let first = get(shop.address, FEEDS[0]).next();
    let (oldest, ahead) = (number(&first), format!("{}-99999999999", epoch(&first)));
    for unknown in [&*ahead, "7", "rec-7", "99999999999999999", "99999999999999999999999", "-1", "café"] {
        let mut stream = resume(shop.address, FEEDS[0], unknown);
        let gap = stream.next();
        assert_eq!(gap.event_type(), "gap", "{unknown}");
        assert!(json(&gap)["lost"].is_null());
        assert!(json(&gap)["next"].as_u64().unwrap() <= oldest);
        assert_consecutive(&take(&mut stream, 5));
    }
}

#[test]
fn an_id_of_an_earlier_run_is_reported_as_too_old() {
    let earlier = petstore(&["--pace", "900"]);
    let seen = get(earlier.address, FEEDS[0]).next();
    drop(earlier);
    let shop = petstore(&["--pace", "100"]);
    let mut stream = resume(shop.address, FEEDS[0], &id(&seen));
    let gap = stream.next();
    assert_eq!(gap.event_type(), "gap");
    let first = stream.next();
    assert_eq!((epoch(&first), number(&first)), (epoch(&gap), number(&gap) + 1));
    assert_ne!(epoch(&first), epoch(&seen));
}

fn wait_until(address: SocketAddr, feed: &str, id: u64) {
    let mut stream = get(address, feed);
    while number(&stream.next()) < id {}
}

fn take(stream: &mut Response, count: usize) -> Vec<Event> {
    (0..count).map(|_| stream.next()).collect()
}

fn assert_consecutive(events: &[Event]) {
    let ids: Vec<_> = events.iter().map(number).collect();
    assert!(ids.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{ids:?}");
}
