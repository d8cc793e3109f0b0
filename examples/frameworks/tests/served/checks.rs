//! What a client sees of every server.

use std::time::Duration;

use eventwire::server::RESPONSE_HEADERS;
use eventwire::Event;

use crate::client::Client;
use crate::probe::Run;
use crate::servers::Server;

pub fn the_opening_arrives_before_the_first_event(server: &Server) {
    let run = Run::new(server);
    let mut client = Client::connect(run.address);
    assert_eq!(client.ask("GET", "/events", b"").status, 200);
    client.expect(":\n");
}

/// The next event is made when the last one has been seen: nothing may wait for more.
pub fn events_arrive_one_by_one(server: &Server) {
    let run = Run::new(server);
    let mut client = Client::open(run.address);
    let opened = run.opened();
    one_by_one(&mut client, &opened.events);
    assert!(client.hears_nothing_for(Duration::from_millis(20)));
}

pub fn compression_does_not_hold_events_back(server: &Server) {
    let run = Run::compressed(server);
    let mut client = Client::connect(run.address);
    let head = client.ask("GET", "/events", b"Accept-Encoding: gzip, deflate, br, zstd\r\n");
    assert!(head.values("content-encoding").all(|encoding| encoding == "identity"), "{head:?}");
    client.expect(":\n");
    one_by_one(&mut client, &run.opened().events);
}

fn one_by_one(client: &mut Client, events: &tokio::sync::mpsc::UnboundedSender<Event>) {
    for n in 0..100 {
        events.send(Event::new("tick").with_id(n)).unwrap();
        client.expect(&format!("id: {n}\ndata: tick\n\n"));
    }
}

pub fn headers_are_ours_and_the_frameworks(server: &Server) {
    let run = Run::new(server);
    let head = Client::connect(run.address).ask("GET", "/events", b"");
    for &(name, value) in RESPONSE_HEADERS {
        assert_eq!(head.values(name).collect::<Vec<_>>(), [value], "{name}");
    }
    assert_eq!(head.values("transfer-encoding").collect::<Vec<_>>(), ["chunked"]);
    let is_ours = |name: &str| RESPONSE_HEADERS.iter().any(|header| header.0 == name);
    let mut others: Vec<_> = head
        .headers
        .iter()
        .map(|header| &*header.0)
        .filter(|name| !is_ours(name) && !["date", "transfer-encoding"].contains(name))
        .collect();
    others.sort();
    assert_eq!(others, server.other_headers, "{head:?}");
}

pub fn heartbeats_come_when_nothing_else_does(server: &Server) {
    let run = Run::with_interval(server, Duration::from_millis(20));
    let mut client = Client::open(run.address);
    client.expect(":\n:\n:\n");
    let opened = run.opened();
    opened.events.send(Event::new("a")).unwrap();
    // Heartbeats may have been in transit.
    while client.line() == ":" {}
    client.expect("\n:\n:\n");
}
