//! Several shops over one Redis, which look like one shop to their clients. Needs feature `redis` and a Redis server.

#![cfg(feature = "redis")]

use crate::http::{content, get, id, resume};
use crate::programs::petstore;
use crate::server::Server;

const FEED: &str = "/v1/inventory/stream";

#[test]
fn a_client_that_reconnects_to_any_shop_gets_every_event_once_and_in_order() {
    let Some(redis) = Server::start(&[]) else { return };
    let shared = ["--redis", &redis.url()];
    let shops = ["300", "300", "0"].map(|pace| petstore(&[&["--pace", pace], &shared[..]].concat()));
    let mut seen = vec![get(shops[0].address, FEED).next()];
    for cut in 0..30 {
        let last = id(seen.last().unwrap());
        let mut stream = resume(shops[cut % 3].address, FEED, &last);
        seen.extend((0..1 + cut % 7).map(|_| stream.next()));
    }
    assert!(seen.iter().all(|event| event.event_type() != "gap"));
    // A client that was never cut off has seen the same.
    let mut stream = resume(shops[2].address, FEED, &id(&seen[0]));
    seen[1..].iter().for_each(|event| assert_eq!(content(event), content(&stream.next())));
}

#[test]
fn a_client_of_a_killed_shop_resumes_at_another() {
    let Some(redis) = Server::start(&[]) else { return };
    let shared = ["--redis", &redis.url()];
    let [killed, other] = ["300", "300"].map(|pace| petstore(&[&["--pace", pace], &shared[..]].concat()));
    let mut stream = get(killed.address, FEED);
    let mut seen: Vec<_> = (0..20).map(|_| stream.next()).collect();
    // Like kill -9.
    drop(killed);
    while let Ok(Some(event)) = stream.event() {
        seen.push(event);
    }
    let mut stream = resume(other.address, FEED, &id(seen.last().unwrap()));
    seen.extend((0..20).map(|_| stream.next()));
    let mut stream = resume(other.address, FEED, &id(&seen[0]));
    seen[1..].iter().for_each(|event| assert_eq!(content(event), content(&stream.next())));
}
