//! The commands that a harness can send.

use serde_json::{json, Value};

use crate::callbacks::{event, message};
use crate::client::{at_once, Client};
use crate::service::{program, Service};

#[test]
fn the_service_lists_its_capabilities() {
    let about = Service::start().ask("GET", "/", "");
    assert_eq!(about.status(), 200);
    assert_eq!(about.header("content-type"), Some("application/json"));
    let about: Value = serde_json::from_slice(&about.body).unwrap();
    assert_eq!(about["name"], "eventwire");
    let expected = [
        "bom",
        "comments",
        "event-type-listeners",
        "headers",
        "last-event-id",
        "post",
        "read-timeout",
        "report",
        "restart",
        "server-directed-shutdown-request",
    ];
    assert_eq!(about["capabilities"], json!(expected));
}

#[test]
fn a_restart_drops_the_connection_and_reconnects_without_an_error() {
    let service = Service::start();
    let mut client = Client::with(&service, at_once());
    let mut left = client.streams.opened();
    left.send("id: 7\ndata: a\n\ndata: cut");
    client.reports(&[event("message", "7", "a")]);
    client.tell(&json!({ "command": "restart" }));
    let mut connection = client.streams.opened();
    left.wait_for_the_end();
    assert_eq!(connection.request.header("last-event-id"), Some("7"));
    connection.send("data: b\n\n");
    client.reports(&[event("message", "7", "b")]);
}

#[test]
fn a_restart_cuts_a_long_delay_short() {
    let service = Service::start();
    let mut client = Client::with(&service, json!({ "initialDelayMs": 3_600_000 }));
    client.streams.opened().cut();
    client.error();
    client.tell(&json!({ "command": "restart" }));
    client.streams.opened().send("data: a\n\n");
    client.reports(&[message("a")]);
}

#[test]
fn a_client_that_has_given_up_accepts_commands_and_ignores_them() {
    let service = Service::start();
    let mut client = Client::with(&service, at_once());
    client.streams.asked().answer("404 Not Found\r\n");
    client.error();
    client.tell(&json!({ "command": "restart" }));
    client.listen("x");
    client.stays_quiet();
    assert_eq!(client.close(), 204);
}

#[test]
fn an_unknown_command_is_refused_and_changes_nothing() {
    let service = Service::start();
    let mut client = Client::open(&service);
    let path = client.path().to_owned();
    for wrong in [
        "{\"command\": \"dance\", \"listen\": {\"type\": \"x\"}}",
        "{\"command\": 7}",
        "{\"command\": \"listen\"}",
        "{\"command\": \"listen\", \"listen\": {\"type\": 7}}",
        "{}",
        "[]",
        "restart",
        "",
    ] {
        let response = service.ask("POST", &path, wrong);
        assert_eq!(response.status(), 400, "{wrong}");
        assert!(response.text().starts_with("expected "), "{}", response.text());
    }
    client.streams.opened().send("data: a\n\n");
    client.reports(&[message("a")]);
}

#[test]
fn invalid_stream_parameters_are_refused() {
    let service = Service::start();
    let urls = |more: Value| {
        let mut asked = json!({ "streamUrl": "http://127.0.0.1:1/", "callbackUrl": "http://127.0.0.1:1/" });
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        asked.to_string()
    };
    for wrong in [
        "".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        json!({ "streamUrl": "http://127.0.0.1:1/" }).to_string(),
        urls(json!({ "streamUrl": "/no/server" })),
        urls(json!({ "callbackUrl": 7 })),
        urls(json!({ "method": "NO METHOD" })),
        urls(json!({ "headers": { "no name": "1" } })),
        urls(json!({ "headers": { "x": 1 } })),
        urls(json!({ "headers": [] })),
        urls(json!({ "body": {} })),
        urls(json!({ "lastEventId": "a\nb" })),
        urls(json!({ "initialDelayMs": "soon" })),
        urls(json!({ "readTimeoutMs": -1 })),
    ] {
        let response = service.ask("POST", "/", &wrong);
        assert_eq!(response.status(), 400, "{wrong}");
        assert!(response.text().starts_with("expected "), "{}", response.text());
    }
}

#[test]
fn an_unknown_stream_is_not_found() {
    let service = Service::start();
    let restart = "{\"command\": \"restart\"}";
    for path in ["/streams/1", "/streams/x", "/streams/99999999999999999999", "/streams"] {
        assert_eq!(service.ask("POST", path, restart).status(), 404, "{path}");
        assert_eq!(service.ask("DELETE", path, "").status(), 404, "{path}");
    }
}

#[test]
fn closing_a_stream_drops_its_connection_and_forgets_it() {
    let service = Service::start();
    let mut client = Client::with(&service, at_once());
    let mut connection = client.streams.opened();
    connection.send("data: a\n\n");
    client.reports(&[message("a")]);
    assert_eq!(client.close(), 204);
    connection.wait_for_the_end();
    assert_eq!(client.close(), 404);
    assert_eq!(service.ask("POST", client.path(), "{\"command\": \"restart\"}").status(), 404);
    client.stays_quiet();
}

#[test]
fn the_service_shuts_down_on_request() {
    let service = Service::start();
    let client = Client::open(&service);
    let connection = client.streams.opened();
    // An idle connection must not delay the shutdown.
    let _silent = std::net::TcpStream::connect(service.address).unwrap();
    assert_eq!(service.ask("DELETE", "/", "").status(), 204);
    connection.wait_for_the_end();
    client.forget();
    assert!(service.ends().success());
}

#[test]
fn the_port_is_set_on_the_command_line() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    let taken = program().arg(port.to_string()).output().unwrap();
    assert_eq!(taken.status.code(), Some(1));
    assert!(String::from_utf8(taken.stderr)
        .unwrap()
        .starts_with(&format!("contract_service: port {port}: ")));
    drop(free);
    let service = Service::with(&["--port", &port.to_string()]);
    assert_eq!(service.address.port(), port);

    for (wrong, words) in [
        (&["--nothing"][..], "unknown option: --nothing"),
        (&["--port"], "expected a port after --port"),
        (&["65536"], "expected a port from 0 to 65535, found 65536"),
        (&["1", "2"], "expected one port, found another: 2"),
    ] {
        let output = program().args(wrong).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said.lines().next(), Some(&*format!("contract_service: {words}")));
        assert!(said.contains("usage: contract_service"));
    }
    let help = program().arg("--help").output().unwrap();
    assert!(help.status.success());
    assert!(String::from_utf8(help.stdout).unwrap().contains("usage: contract_service"));
}
