//! The delivery of reports.

use std::time::Duration;

use serde_json::json;

use crate::callbacks::{message, Callbacks};
use crate::client::{at_once, Client};
use crate::service::Service;

#[test]
fn reports_are_sent_in_stream_order_and_one_at_a_time() {
    let service = Service::start();
    let slow = Callbacks::start(Duration::from_millis(5));
    let mut client = Client::reporting_to(&service, json!({}), slow);
    let expected: Vec<_> = (0..100).map(|n| message(&n.to_string())).collect();
    let stream: String = (0..100).map(|n| format!("data: {n}\n\n")).collect();
    client.streams.opened().send(stream);
    client.reports(&expected);
}

#[test]
fn a_lost_connection_is_reported_after_the_events_before_it() {
    let service = Service::start();
    let slow = Callbacks::start(Duration::from_millis(5));
    let mut client = Client::reporting_to(&service, at_once(), slow);
    for _ in 0..5 {
        let mut connection = client.streams.opened();
        connection.send("data: a\n\ndata: b\n\n");
        client.reports(&[message("a")]);
        connection.cut();
        client.reports(&[message("b")]);
        client.error();
    }
}

#[test]
fn many_streams_are_followed_concurrently() {
    let service = Service::start();
    let mut clients: Vec<_> = (0..20).map(|_| Client::open(&service)).collect();
    let mut connections: Vec<_> = clients.iter().map(|client| client.streams.opened()).collect();
    for round in 0..3 {
        for (number, connection) in connections.iter_mut().enumerate() {
            connection.send(format!("data: {round} for {number}\n\n"));
        }
        for (number, client) in clients.iter_mut().enumerate() {
            client.reports(&[message(&format!("{round} for {number}"))]);
        }
    }
}

#[test]
fn an_unreachable_callback_url_does_not_stop_the_stream() {
    let service = Service::start();
    let streams = crate::streams::Streams::start();
    // Nothing listens on port 1.
    let nobody =
        json!({ "streamUrl": streams.url, "callbackUrl": "http://127.0.0.1:1/", "initialDelayMs": 0 });
    service.open(&nobody);
    let mut connection = streams.opened();
    connection.send("id: 7\ndata: a\n\n");
    connection.finish();
    assert_eq!(streams.asked().request.header("last-event-id"), Some("7"));
}
