//! [parse 11] to [parse 15]: blocks become events, and connections follow each other.

use std::time::Duration;

use eventwire::Decoder;

use crate::support::{check, decode_everywhere, reconnect_everywhere, Settings};

// [parse 11]
#[test]
fn an_id_takes_effect_with_the_event_of_its_block() {
    let outcome = check("data: a\n\nid: 1\ndata: b\n\ndata: c\n\nid: 2\ndata: d\n\n");
    assert_eq!(outcome.last_event_ids(), ["", "1", "1", "2"]);
    assert_eq!(outcome.ids(), [None, Some("1"), None, Some("2")]);
}

// [parse 11]
#[test]
fn a_block_with_only_an_id_sets_the_last_event_id() {
    let outcome = check("id: mark-5\n\ndata: hi\n\nid: mark-6\n\n");
    assert_eq!(outcome.last_event_ids(), ["mark-5"]);
    assert_eq!(outcome.ids(), [None]);
    assert_eq!(outcome.last_event_id, "mark-6");
}

// [parse 11]
#[test]
fn an_id_in_an_unfinished_block_has_no_effect() {
    assert_eq!(check("id: 1\ndata: a\n\nid: 2\n").last_event_id, "1");
    assert_eq!(check("id: 1\ndata: a\n\nid: 2\ndata: b").last_event_id, "1");
}

// [parse 12]
#[test]
fn a_block_without_data_is_not_an_event_and_resets_the_type() {
    let outcome = check("event: lonely\n\ndata: x\n\n");
    assert_eq!((outcome.types(), outcome.data()), (vec!["message"], vec!["x"]));
}

// [parse 12]
#[test]
fn empty_data_is_an_event() {
    assert_eq!(check("data\n\ndata:\n\ndata: \n\n").data(), ["", "", ""]);
}

// [parse 12]
#[test]
fn blank_lines_alone_dispatch_nothing() {
    assert!(check("\n\r\n\r\n\n\r").items.is_empty());
}

// [parse 12]
#[test]
fn comments_retry_and_unknown_fields_alone_dispatch_nothing() {
    assert!(check(": ping\n\nretry: 700\n\n:\n\nx: y\n\n").items.is_empty());
}

// [parse 13]
#[test]
fn one_trailing_lf_is_removed() {
    assert_eq!(check("data: a\ndata\n\n").data(), ["a\n"]);
}

// [parse 13]
#[test]
fn the_type_defaults_to_message() {
    let outcome = check("data: 1\n\nevent: message\ndata: 2\n\nevent: __proto__\ndata: 3\n\n");
    assert_eq!(outcome.types(), ["message", "message", "__proto__"]);
}

// [parse 13]
#[test]
fn the_type_is_not_kept_for_the_next_event() {
    assert_eq!(check("event: a\ndata: 1\n\ndata: 2\n\n").types(), ["a", "message"]);
}

// [parse 13]
#[test]
fn the_id_is_kept_for_the_next_event() {
    assert_eq!(check("id: 1\ndata: a\n\ndata: b\n\n").last_event_ids(), ["1", "1"]);
}

// [parse 13]
#[test]
fn an_event_is_dispatched_as_soon_as_its_last_byte_arrives() {
    assert_eq!(check("data: red\n\ndata: blue\n\n").due, [11, 23]);
    assert_eq!(check("data: north\r\ndata: wind\r\n\r\ndata: calm\r\n\r\n").due, [26, 40]);
}

// [parse 15]
#[test]
fn the_next_connection_keeps_the_last_event_id_and_the_reconnection_time() {
    let settings = Settings::default();
    let outcomes = reconnect_everywhere(&settings, &[b"retry: 50\nid: k1\ndata: a\n\n", b"data: b\n\n"]);
    assert_eq!(outcomes[1].last_event_ids(), ["k1"]);
    assert_eq!(outcomes[1].ids(), [None]);
    assert_eq!(outcomes[1].retry_millis(), Some(50));
}

// [parse 15]
#[test]
fn the_next_connection_drops_all_other_state() {
    let first: &[&[u8]] = &[
        b"id: 1\ndata: a\n\nid: 2\ndata: half\nevent: e\n",
        b"id: 1\n\nid: 2\ndata: half an event",
        b"id: 1\n\ndata: x\r",
        b"id: 1\n\nevent: x\rda",
        b"id: 1\n\nretry: 12",
        b"id: 1\n\n: comment",
        b"id: 1\n\n\xEF\xBB",
        b"\xEF\xBB\xBFid: 1\n\n",
        b"id: 1\n\r",
    ];
    for first in first {
        let second = b"\xEF\xBB\xBFdata: b\n\nid: 3\n\n";
        let outcomes = reconnect_everywhere(&Settings::default(), &[first, second, b"\ndata: c\n\n"]);
        assert_eq!(outcomes[1].data(), ["b"], "{}", first.escape_ascii());
        assert_eq!(outcomes[1].types(), ["message"]);
        assert_eq!(outcomes[1].last_event_ids(), ["1"]);
        assert_eq!(outcomes[1].bytes_consumed, second.len() as u64);
        assert_eq!(outcomes[2].last_event_ids(), ["3"]);
    }
}

// [parse 15]
#[test]
fn a_blank_line_does_not_clear_a_seeded_last_event_id() {
    let settings = Settings {
        last_event_id: "seed-é".into(),
        reconnection_time: Some(Duration::from_millis(1_500)),
        ..Settings::default()
    };
    let outcome = decode_everywhere(&settings, "\ndata: a\n\n");
    assert_eq!(outcome.last_event_ids(), ["seed-é"]);
    assert_eq!(outcome.ids(), [None]);
    assert_eq!(outcome.retry_millis(), Some(1_500));
    let outcome = decode_everywhere(&settings, "id\nretry: 9\n\n");
    assert_eq!((&*outcome.last_event_id, outcome.retry_millis()), ("", Some(9)));
}

// [parse 15]
#[test]
fn an_invalid_last_event_id_is_rejected() {
    for id in ["a\nb", "a\rb", "a\0b"] {
        assert_eq!(Decoder::new().try_with_last_event_id(id).unwrap_err().offset(), 1);
    }
}

// [parse 15]
#[test]
fn seeded_values_are_current_before_the_first_byte() {
    let decoder = Decoder::new().with_last_event_id(7).with_reconnection_time(Duration::from_secs(2));
    assert_eq!(decoder.last_event_id(), "7");
    assert_eq!(decoder.reconnection_time(), Some(Duration::from_secs(2)));
    assert_eq!(Decoder::new().last_event_id(), "");
    assert_eq!(Decoder::new().reconnection_time(), None);
}
