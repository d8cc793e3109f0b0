//! Reconnecting after a lost connection.

use std::net::TcpListener;

use serde_json::json;

use crate::callbacks::{event, message};
use crate::client::{at_once, Client};
use crate::service::Service;

#[test]
fn a_broken_connection_is_an_error_and_resumes_after_the_last_event() {
    let service = Service::start();
    let mut client = Client::with(&service, at_once());
    let mut connection = client.streams.opened();
    connection.send("id: 7\ndata: a\n\ndata: b\n\n");
    client.reports(&[event("message", "7", "a"), event("message", "7", "b")]);
    connection.cut();
    client.error();

    let mut connection = client.streams.opened();
    assert_eq!(connection.request.header("last-event-id"), Some("7"));
    connection.send("data: c\n\nid: 8\ndata: d\n\n");
    client.reports(&[event("message", "7", "c"), event("message", "8", "d")]);
}

#[test]
fn a_clean_end_is_no_error_and_the_client_reconnects() {
    let service = Service::start();
    let mut client = Client::with(&service, at_once());
    for round in 0..3 {
        let mut connection = client.streams.opened();
        connection.send(format!("data: {round}\n\n"));
        client.reports(&[message(&round.to_string())]);
        connection.finish();
    }
}

#[test]
fn an_incomplete_event_is_dropped_together_with_its_id() {
    let service = Service::start();
    for (cut, id) in [
        ("id: 8\ndata: b", "7"),
        ("id: 8\ndata: b\n", "7"),
        ("id: 8", "7"),
        ("event: x\ndata: b\r", "7"),
        ("data: \u{FFFD}\n", "7"),
        ("id: 8\n\nda", "8"),
    ] {
        let mut client = Client::with(&service, at_once());
        let mut connection = client.streams.opened();
        connection.send(format!("id: 7\ndata: a\n\n{cut}"));
        client.reports(&[event("message", "7", "a")]);
        connection.cut();
        client.error();

        let mut connection = client.streams.opened();
        assert_eq!(connection.request.header("last-event-id"), Some(id), "{cut:?}");
        connection.send("data: c\n\n");
        client.reports(&[event("message", id, "c")]);
    }
}

#[test]
fn an_empty_id_removes_the_last_event_id_header() {
    let service = Service::start();
    let mut client = Client::with(&service, at_once());
    let mut connection = client.streams.opened();
    connection.send("id: 7\ndata: a\n\nid: \ndata: b\n\n");
    client.reports(&[event("message", "7", "a"), message("b")]);
    connection.finish();
    assert_eq!(client.streams.asked().request.header("last-event-id"), None);
}

#[test]
fn silence_is_an_error_and_the_client_reconnects() {
    let service = Service::start();
    let mut parameters = at_once();
    parameters["readTimeoutMs"] = json!(500);
    let mut client = Client::with(&service, parameters);
    let mut connection = client.streams.opened();
    connection.send("id: 7\ndata: a\n\n");
    client.reports(&[event("message", "7", "a")]);
    let error = client.error();
    assert!(error.contains("500ms"), "{error}");
    connection.wait_for_the_end();
    let connection = client.streams.opened();
    assert_eq!(connection.request.header("last-event-id"), Some("7"));
}

#[test]
fn waiting_for_a_response_counts_as_silence_too() {
    let service = Service::start();
    let mut parameters = at_once();
    parameters["readTimeoutMs"] = json!(200);
    let mut client = Client::with(&service, parameters);
    let silent = client.streams.asked();
    client.error();
    silent.wait_for_the_end();
    let mut connection = client.streams.opened();
    connection.send("data: a\n\n");
    client.reports(&[message("a")]);
}

#[test]
fn every_failed_attempt_to_connect_is_an_error() {
    let service = Service::start();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}/", taken.local_addr().unwrap());
    drop(taken);
    let mut callbacks = crate::callbacks::Callbacks::start(std::time::Duration::ZERO);
    let mut parameters = at_once();
    parameters["streamUrl"] = json!(nobody);
    parameters["callbackUrl"] = json!(callbacks.url);
    let path = service.open(&parameters);
    for _ in 0..3 {
        let report = callbacks.next();
        assert_eq!(report["kind"], "error", "{report}");
        assert!(report["comment"].as_str().unwrap().starts_with("no response"), "{report}");
    }
    assert_eq!(service.ask("DELETE", &path, "").status(), 204);
}
