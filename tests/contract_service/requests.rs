//! The requests that the client sends.

use serde_json::json;

use crate::callbacks::message;
use crate::client::{at_once, Client};
use crate::service::Service;

#[test]
fn a_request_is_a_get_with_the_standard_headers() {
    let service = Service::start();
    let client = Client::open(&service);
    let request = client.streams.asked().request;
    assert_eq!(request.first, "GET /stream HTTP/1.1");
    assert_eq!(request.header("accept"), Some("text/event-stream"));
    assert_eq!(request.header("cache-control"), Some("no-cache"));
    assert_eq!(request.header("last-event-id"), None);
    assert_eq!(request.text(), "");
}

#[test]
fn every_request_carries_the_configured_headers() {
    let service = Service::start();
    let mut parameters = at_once();
    parameters["headers"] = json!({ "x-one": "1", "x-two": "é" });
    let client = Client::with(&service, parameters);
    for _ in 0..2 {
        let connection = client.streams.opened();
        assert_eq!(connection.request.header("x-one"), Some("1"));
        assert_eq!(connection.request.header("x-two"), Some("é"));
        assert_eq!(connection.request.header("accept"), Some("text/event-stream"));
        connection.cut();
    }
}

#[test]
fn every_request_has_the_configured_method_and_body() {
    let service = Service::start();
    for method in ["POST", "REPORT"] {
        let mut parameters = at_once();
        parameters["method"] = json!(method);
        parameters["body"] = json!("{\"hello\": \"wörld\"}");
        parameters["headers"] = json!({ "content-type": "application/json; charset=utf-8" });
        let mut client = Client::with(&service, parameters);
        for cut in [true, false, true] {
            let mut connection = client.streams.opened();
            assert_eq!(connection.request.method(), method);
            assert_eq!(connection.request.header("content-type"), Some("application/json; charset=utf-8"));
            assert_eq!(connection.request.text(), "{\"hello\": \"wörld\"}");
            connection.send("data: a\n\n");
            client.reports(&[message("a")]);
            match cut {
                true => {
                    connection.cut();
                    client.error();
                }
                false => connection.finish(),
            }
        }
    }
}

#[test]
fn the_first_request_carries_the_configured_last_event_id() {
    let service = Service::start();
    for id in ["7", "注文 7"] {
        let mut parameters = at_once();
        parameters["lastEventId"] = json!(id);
        let mut client = Client::with(&service, parameters);
        let mut connection = client.streams.opened();
        assert_eq!(connection.request.header("last-event-id"), Some(id));
        // It counts as the last event ID, as if an event had set it.
        connection.send("data: a\n\n");
        assert_eq!(client.report()["event"]["id"], id);
        connection.finish();
        assert_eq!(client.streams.asked().request.header("last-event-id"), Some(id));
    }
    let client = Client::with(&service, json!({ "lastEventId": "" }));
    assert_eq!(client.streams.asked().request.header("last-event-id"), None);
}
