//! Responses that are not event streams.

use serde_json::json;

use crate::callbacks::message;
use crate::client::{at_once, Client};
use crate::service::Service;

#[test]
fn a_redirect_is_followed() {
    let service = Service::start();
    for (status, method, then) in [
        (301, "GET", "GET"),
        (302, "GET", "GET"),
        (307, "GET", "GET"),
        (308, "GET", "GET"),
        (301, "POST", "GET"),
        (303, "REPORT", "GET"),
        (307, "POST", "POST"),
        (308, "REPORT", "REPORT"),
    ] {
        let parameters = json!({ "method": method, "body": "hi", "headers": { "x-mine": "1" } });
        let mut client = Client::with(&service, parameters);
        let url = client.streams.url.clone();
        client.streams.asked().answer(&format!("{status} Moved\r\nlocation: {url}/there\r\n"));
        let mut connection = client.streams.opened();
        assert_eq!(connection.request.first, format!("{then} /stream/there HTTP/1.1"), "{status} {method}");
        assert_eq!(connection.request.text(), if then == method { "hi" } else { "" });
        assert_eq!(connection.request.header("x-mine"), Some("1"));
        connection.send("data: a\n\n");
        client.reports(&[message("a")]);
    }
}

#[test]
fn an_unusable_redirect_is_an_error() {
    let service = Service::start();
    for location in ["", "location: \r\n", "location: mailto:a@b.example\r\n"] {
        for status in [301, 307] {
            let mut client = Client::with(&service, at_once());
            client.streams.asked().answer(&format!("{status} Moved\r\n{location}"));
            let error = client.error();
            assert!(error.contains(&status.to_string()), "{error}");
            client.stays_quiet();
        }
    }
}

#[test]
fn too_many_redirects_are_an_error() {
    let service = Service::start();
    let mut client = Client::with(&service, at_once());
    for _ in 0..=20 {
        client.streams.asked().answer("302 Found\r\nlocation: /stream\r\n");
    }
    client.error();
    client.stays_quiet();
}

#[test]
fn another_status_is_an_error_and_ends_the_stream() {
    let service = Service::start();
    for status in [201, 400, 401, 404, 429, 500, 503] {
        let mut client = Client::with(&service, at_once());
        client.streams.asked().answer(&format!("{status} X\r\ncontent-type: text/event-stream\r\n"));
        let error = client.error();
        assert!(error.contains(&format!("expected status 200, got {status}")), "{error}");
        client.stays_quiet();
    }
}

#[test]
fn another_media_type_is_an_error_and_ends_the_stream() {
    let service = Service::start();
    for media_type in ["content-type: text/html\r\n", "content-type: text/event-streamx\r\n", ""] {
        let mut client = Client::with(&service, at_once());
        client.streams.asked().answer(&format!("200 OK\r\n{media_type}"));
        assert!(client.error().contains("expected content type text/event-stream"));
        client.stays_quiet();
    }
}

#[test]
fn status_204_ends_the_stream_without_an_error() {
    let service = Service::start();
    let mut client = Client::with(&service, at_once());
    let mut connection = client.streams.opened();
    connection.send("data: a\n\n");
    client.reports(&[message("a")]);
    connection.finish();
    client.streams.asked().answer("204 No Content\r\n");
    client.stays_quiet();
}
