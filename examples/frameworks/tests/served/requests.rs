//! What a request carries.

use std::sync::atomic::Ordering;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::client::Client;
use crate::probe::Run;
use crate::servers::Server;

/// The handler may be called, since it makes the head. Its stream is dropped without being polled for an event.
pub fn head_starts_no_stream(server: &Server) {
    let run = Run::new(server);
    let mut client = Client::connect(run.address);
    let head = client.ask("HEAD", "/events", b"");
    assert_eq!(head.status, 200);
    assert_eq!(head.values("content-type").collect::<Vec<_>>(), ["text/event-stream"]);
    assert!(client.hears_nothing_for(Duration::from_millis(20)));
    let opened = run.opened();
    opened.dropped.recv_timeout(Duration::from_secs(1)).unwrap();
    assert!(!opened.was_polled.load(Ordering::SeqCst));
    // The connection can still be used.
    assert_eq!(client.ask("GET", "/seen", b"").status, 200);
    assert_eq!(client.rest(), b":\ndata: new\n\n");
}

pub fn an_id_of_any_script_reaches_the_handler(server: &Server) {
    let run = Run::new(server);
    for id in ["7", "a b", "注文7", "naïve 🦀"] {
        assert_eq!(seen(&run, id.as_bytes()), (200, id.to_owned()));
    }
    let (status, id) = seen(&run, b"caf\xE9");
    assert_eq!((status, &*id), (200, if server.drops_what_is_not_utf8 { "new" } else { "caf\u{FFFD}" }));
    assert_eq!(seen(&run, b""), (200, "new".to_owned()));
}

pub fn no_text_from_a_request_breaks_the_server(server: &Server) {
    let run = Run::new(server);
    let bytes = prop_oneof![
        any::<String>().prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..40),
        prop::collection::vec(0x20..=0xFFu8, 0..40),
    ];
    let value = bytes.prop_map(|mut bytes| {
        bytes.retain(|byte| !b"\r\n".contains(byte));
        bytes
    });
    let cases = Config { cases: 64, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(cases);
    let result = runner.run(&value, |value| {
        let text = String::from_utf8_lossy(value.trim_ascii()).into_owned();
        let (status, id) = seen(&run, &value);
        let is_utf8 = std::str::from_utf8(&value).is_ok();
        match status {
            200 if !is_utf8 && server.drops_what_is_not_utf8 => prop_assert_eq!(id, "new"),
            200 => prop_assert_eq!(id, if text.is_empty() { "new" } else { &text }),
            // HTTP cannot carry control characters.
            400 => prop_assert!(value.iter().any(u8::is_ascii_control)),
            _ => prop_assert!(false, "status {}", status),
        }
        Ok(())
    });
    result.unwrap();
    assert_eq!(seen(&run, b"7"), (200, "7".to_owned()));
}

/// What the handler has read: the data, type and ID of its event are the same.
fn seen(run: &Run, value: &[u8]) -> (u16, String) {
    let mut client = Client::connect(run.address);
    let status = client.ask("GET", "/seen", &[b"Last-Event-ID: ", value, b"\r\n"].concat()).status;
    if status != 200 {
        return (status, String::new());
    }
    let body = client.rest();
    let mut events = eventwire::events(&body);
    let event = events.next().unwrap().unwrap();
    assert!(events.next().is_none());
    if event.data() != "new" {
        assert_eq!(event.event_type(), event.data());
        assert_eq!(event.id(), Some(event.data()));
    }
    (status, event.data().to_owned())
}
