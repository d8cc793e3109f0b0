//! The smallest clients follow a stream across redirects, cuts and closed connections.

#[path = "support/built.rs"]
mod built;
// Not all of these are needed here.
#[allow(dead_code)]
#[path = "support/message.rs"]
mod message;
#[allow(dead_code)]
#[path = "support/stream_server.rs"]
mod streams;

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use built::example;
use streams::{Connection, Streams};

#[test]
fn hyper_client_follows_a_stream_to_its_end() {
    follows("hyper_client");
}

#[test]
fn blocking_ureq_follows_a_stream_to_its_end() {
    follows("blocking_ureq");
}

#[test]
fn a_response_that_is_not_an_event_stream_is_an_error() {
    for name in ["hyper_client", "blocking_ureq"] {
        for (head, expected) in [
            ("404 Not Found\r\n", "404 Not Found"),
            ("200 OK\r\ncontent-type: text/html\r\n", "text/html"),
            ("301 Moved Permanently\r\n", "301 Moved Permanently"),
        ] {
            let streams = Streams::start();
            let client = start(name, &[&streams.url]);
            streams.asked().answer(head);
            let output = client.wait_with_output().unwrap();
            assert_eq!(output.status.code(), Some(1));
            let said = text(&output.stderr);
            assert!(said.starts_with(&format!("{name}: ")) && said.contains(expected), "{said}");
            assert_eq!(streams.others(), 0);
        }
    }
}

#[test]
fn wrong_arguments_are_reported() {
    for name in ["hyper_client", "blocking_ureq"] {
        for (arguments, status, words) in [
            (&[][..], 2, format!("usage: {name} URL\n")),
            (&["http://a.example/", "b"], 2, format!("usage: {name} URL\n")),
            (&["no url"], 1, format!("{name}: no url: ")),
        ] {
            let output = start(name, arguments).wait_with_output().unwrap();
            assert_eq!(output.status.code(), Some(status), "{arguments:?}");
            assert!(text(&output.stderr).starts_with(&words), "{}", text(&output.stderr));
        }
    }
}

fn follows(name: &str) {
    let streams = Streams::start();
    let mut client = start(name, &[&streams.url]);
    let mut out = BufReader::new(client.stdout.take().unwrap());
    let moved = streams.asked();
    assert_eq!(moved.request.first, "GET /stream HTTP/1.1");
    assert_eq!(moved.request.header("accept"), Some("text/event-stream"));
    assert_eq!(moved.request.header("cache-control"), Some("no-cache"));
    assert_eq!(moved.request.header("last-event-id"), None);
    moved.answer("307 Temporary Redirect\r\nlocation: /there\r\n");

    let mut cut = streams.opened();
    assert_eq!(cut.request.path(), "/there");
    cut.send("retry: 1\nid: é\nevent: price\ndata: a\n\n");
    // Before the server sends more.
    let mut shown = String::new();
    out.read_line(&mut shown).unwrap();
    assert_eq!(shown, "price: a\n");
    cut.send("id: 8\nda");
    cut.cut();

    let mut closed = resumed(&streams, "é");
    closed.begin();
    closed.send("data: b\r\rid: 9\ndata: c\n\n");
    closed.finish();

    resumed(&streams, "9").answer("204 No Content\r\n");
    out.read_to_string(&mut shown).unwrap();
    assert_eq!(shown, "price: a\nmessage: b\nmessage: c\n");
    let output = client.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(text(&output.stderr).matches("the connection is lost, the next one comes in ").count(), 2);
}

/// The next attempt begins at the original URL again.
fn resumed(streams: &Streams, last_event_id: &str) -> Connection {
    let connection = streams.asked();
    assert_eq!(connection.request.path(), "/stream");
    assert_eq!(connection.request.header("last-event-id"), Some(last_event_id));
    connection
}

fn start(name: &str, arguments: &[&str]) -> Child {
    let mut program = Command::new(example(name));
    program.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn text(output: &[u8]) -> &str {
    std::str::from_utf8(output).unwrap()
}
