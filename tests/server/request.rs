//! Headers of a request: `Accept` and `Last-Event-ID`.

use eventwire::server::{accepts_event_stream, LastEventId};
use eventwire::EventId;
use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;

fn accepts(values: &[&str]) -> bool {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append("accept", HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    accepts_event_stream(&headers)
}

#[test]
fn a_request_without_an_accept_header_accepts_everything() {
    assert!(accepts(&[]));
}

#[test]
fn the_exact_type_and_both_wildcards_are_accepted() {
    for value in [
        "text/event-stream",
        "*/*",
        "text/*",
        "TEXT/Event-Stream",
        "text/event-stream;q=0.1",
        "text/event-stream; charset=utf-8",
        "application/json, text/event-stream",
        "application/json;q=0.9 ,\ttext/* ; q=0.001",
        ", ,*/*;q=1.000",
        "text/event-stream;q=1;q=0",
        "application/json; title=\"a, b\\\"; q=0, \", */*",
    ] {
        assert!(accepts(&[value]), "{value}");
    }
}

#[test]
fn other_types_and_a_weight_of_zero_are_not_accepted() {
    for value in [
        "",
        "application/json",
        "text/html, application/*",
        "text/event-stream;q=0",
        "text/event-stream; Q=0.000",
        "text/event-streams",
        "text/event-stream-json",
        "*",
        "application/json; title=\", text/event-stream,\"",
        "*/*;q=0",
        "*/*;q=0.",
        "text/*;q=0;q=1",
    ] {
        assert!(!accepts(&[value]), "{value}");
    }
}

#[test]
fn the_most_specific_range_decides() {
    assert!(!accepts(&["text/event-stream;q=0, text/*, */*"]));
    assert!(!accepts(&["text/*;q=0, */*"]));
    assert!(accepts(&["*/*;q=0, text/event-stream"]));
    assert!(accepts(&["text/*;q=0, text/event-stream;q=0.1"]));
}

#[test]
fn several_headers_are_one_list() {
    assert!(accepts(&["application/json", "text/event-stream"]));
    assert!(!accepts(&["text/event-stream;q=0", "*/*"]));
}

#[test]
fn any_bytes_in_an_accept_header_give_an_answer() {
    assert!(!accepts(&["é;=\"", "\"text/event-stream"]));
}

fn headers(value: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("Last-Event-ID", HeaderValue::from_bytes(value).unwrap());
    headers
}

#[test]
fn an_absent_or_empty_id_is_none() {
    assert_eq!(LastEventId::from_headers(&HeaderMap::new()), None);
    assert_eq!(LastEventId::from_headers(&headers(b"")), None);
    assert_eq!(LastEventId::from_bytes(b""), None);
}

#[test]
fn an_id_is_read_as_utf_8() {
    let id = LastEventId::from_headers(&headers("é火🚲".as_bytes())).unwrap();
    assert_eq!(id, "é火🚲");
    assert_eq!(id.to_string(), "é火🚲");
    assert_eq!(EventId::from(id), "é火🚲");
}

#[test]
fn bytes_that_are_not_utf_8_become_replacement_characters() {
    assert_eq!(LastEventId::from_headers(&headers(b"caf\xE9-7")).unwrap(), "caf\u{FFFD}-7");
}

#[test]
fn an_id_that_http_cannot_carry_is_none() {
    for value in [&b"7\nretry: 1"[..], b"7\r", b"\0", b"\n"] {
        assert_eq!(LastEventId::from_bytes(value), None);
    }
}

#[test]
fn an_id_converts_from_text_and_compares_with_it_both_ways() {
    let id: LastEventId = "41".parse().unwrap();
    assert_eq!(id, LastEventId::from_bytes(b"41").unwrap());
    assert_eq!(id, LastEventId::try_from("41").unwrap());
    assert_eq!(id, LastEventId::try_from(String::from("41")).unwrap());
    assert_eq!(id, LastEventId::from(EventId::from(41)));
    assert_eq!(id, EventId::from(41));
    assert_eq!("41", id);
    assert_eq!(*"41", id);
    assert!("4\n1".parse::<LastEventId>().is_err());
}

#[test]
fn an_id_is_parsed_as_any_text() {
    assert_eq!(LastEventId::from_bytes(b"18446744073709551615").unwrap().parse(), Ok(u64::MAX));
    assert!(LastEventId::from_bytes(b"7x").unwrap().parse::<u64>().is_err());
    assert_eq!(LastEventId::from_bytes(b"a-7").unwrap().rsplit_once('-'), Some(("a", "7")));
}

proptest! {
    #[test]
    fn any_id_round_trips(text in "[^\r\n\0]{1,20}") {
        let id = EventId::try_from(&*text).unwrap();
        let read = LastEventId::from_bytes(id.as_bytes()).unwrap();
        prop_assert_eq!(EventId::from(read), id.clone());
        // HTTP carries no control characters except tabs.
        if let Ok(value) = HeaderValue::from_bytes(id.as_bytes()) {
            let read = LastEventId::from_headers(&headers(value.as_bytes())).unwrap();
            prop_assert_eq!(EventId::from(read), id);
        }
    }

    #[test]
    fn no_bytes_panic(value in any::<Vec<u8>>()) {
        if let Some(id) = LastEventId::from_bytes(&value) {
            prop_assert!(!id.is_empty());
        }
        if let Ok(value) = HeaderValue::from_bytes(&value) {
            let mut headers = HeaderMap::new();
            headers.insert("accept", value);
            let _ = accepts_event_stream(&headers);
        }
    }
}
