//! [encoding 26] to [encoding 30]: events become bytes. ([encoding 25] is about the response around them.)

use std::time::Duration;

use eventwire::{Encoded, Event, EventId, EventType, EventWriter, Head};

use crate::support::cuts::frames_everywhere;
use crate::support::outcome::{comment, retry};
use crate::support::{check, Settings};

#[track_caller]
fn wire(event: &Event) -> String {
    let bytes = event.to_bytes();
    assert_eq!(event.encoded_len(), bytes.len());
    assert_eq!(event.to_encoded().as_bytes(), bytes);
    let mut vec = Vec::new();
    event.encode(&mut vec);
    assert_eq!(vec, bytes);
    let mut buffer = bytes::BytesMut::new();
    event.encode(&mut buffer);
    assert_eq!(buffer, bytes);
    let mut slice = vec![0; bytes.len()];
    assert_eq!(event.encode_to_slice(&mut slice), Some(bytes.len()));
    assert_eq!(slice, bytes);
    let mut writer = EventWriter::new(Vec::new());
    writer.send(event).unwrap();
    assert_eq!(writer.into_inner(), bytes);
    String::from_utf8(bytes.into()).unwrap()
}

#[track_caller]
fn comes_back(event: &Event, data: &str) {
    let outcome = check(event.to_bytes());
    assert_eq!(outcome.data(), [data]);
    assert_eq!(outcome.types(), [event.event_type()]);
    assert_eq!(outcome.ids(), [event.id()]);
}

// [encoding 26]
#[test]
fn each_line_of_the_data_is_a_data_line() {
    assert_eq!(wire(&Event::new("a\nb\r\nc\rd")), "data: a\ndata: b\ndata: c\ndata: d\n\n");
    assert_eq!(wire(&Event::new("\n")), "data:\ndata:\n\n");
    assert_eq!(wire(&Event::new("a\n")), "data: a\ndata:\n\n");
    assert_eq!(wire(&Event::new("\r\r\n\n\r")), "data:\ndata:\ndata:\ndata:\ndata:\n\n");
}

// [encoding 26]
#[test]
fn a_reader_joins_the_lines_with_lf() {
    comes_back(&Event::new("a\nb\r\nc\rd"), "a\nb\nc\nd");
    comes_back(&Event::new("\n"), "\n");
    comes_back(&Event::new("a\n\n"), "a\n\n");
    comes_back(&Event::new("\r\r\n\n\r"), "\n\n\n\n");
}

// [encoding 26]
#[test]
fn empty_data_is_sent_and_received() {
    assert_eq!(wire(&Event::new("")), "data:\n\n");
    comes_back(&Event::new(""), "");
}

// [encoding 27]
#[test]
fn retry_is_whole_milliseconds_rounded_up() {
    let retry = |time| String::from_utf8(Head::new().with_retry(time).to_bytes().into()).unwrap();
    assert_eq!(retry(Duration::from_millis(1_500)), "retry: 1500\n\n");
    assert_eq!(retry(Duration::from_micros(500)), "retry: 1\n\n");
    assert_eq!(retry(Duration::from_nanos(1)), "retry: 1\n\n");
    assert_eq!(retry(Duration::ZERO), "retry: 0\n\n");
    assert_eq!(retry(Duration::MAX), "retry: 18446744073709551615\n\n");
    assert_eq!(Encoded::retry(Duration::from_nanos(2_000_001)).as_bytes(), b"retry: 3\n");
}

// [encoding 27]
#[test]
fn a_type_cannot_hold_cr_or_lf() {
    for (text, at) in [("\n", 0), ("a\r", 1), ("a\r\nb", 1), ("x\ndata: forged", 1)] {
        assert_eq!(EventType::try_from(text).unwrap_err().offset(), at);
        assert_eq!(EventType::try_from(String::from(text)).unwrap_err().offset(), at);
        assert!(Event::new("").try_with_type(text).is_err());
        assert!(std::panic::catch_unwind(|| EventType::from_static(text)).is_err());
    }
    comes_back(&Event::new("x").try_with_type("nul \0, colon:, space ").unwrap(), "x");
}

// [encoding 27]
#[test]
fn an_id_cannot_hold_cr_lf_or_nul() {
    for (text, at) in [("\n", 0), ("a\r", 1), ("a\0b", 1), ("7\nretry: 1", 1)] {
        assert_eq!(EventId::try_from(text).unwrap_err().offset(), at);
        assert_eq!(EventId::try_from(String::from(text)).unwrap_err().offset(), at);
        assert!(Event::new("").try_with_id(text).is_err());
        assert!(std::panic::catch_unwind(|| EventId::from_static(text)).is_err());
    }
    comes_back(&Event::new("x").try_with_id(" é: 7 ").unwrap(), "x");
}

// [encoding 27]
#[test]
fn comments_are_split_into_lines() {
    let mut writer = EventWriter::new(Vec::new());
    writer.comment(" a\r\nb\rc\n\ndata: forged\n\n").unwrap();
    let bytes = writer.into_inner();
    assert_eq!(bytes, b": a\n:b\n:c\n:\n:data: forged\n:\n:\n");
    let frames = frames_everywhere(&Settings::default(), bytes).items;
    assert_eq!(frames, [" a", "b", "c", "", "data: forged", "", ""].map(comment));
}

// [encoding 28]
#[test]
fn a_space_follows_the_colon_of_every_value_that_is_not_empty() {
    let event = Event::new(" a\n  b").with_type(" t").with_id(" 7");
    assert_eq!(wire(&event), "event:  t\nid:  7\ndata:  a\ndata:   b\n\n");
    comes_back(&event, " a\n  b");
    assert_eq!(wire(&Event::new("").with_id("")), "id:\ndata:\n\n");
}

// [encoding 28]
#[test]
fn a_comment_is_written_verbatim() {
    assert_eq!(Encoded::comment("x").as_bytes(), b":x\n");
    assert_eq!(Encoded::comment(" x ").as_bytes(), b": x \n");
}

// [encoding 29]
#[test]
fn a_heartbeat_is_a_comment_line_without_a_blank_line() {
    let mut writer = EventWriter::new(Vec::new());
    writer.heartbeat().unwrap();
    assert_eq!(writer.into_inner(), b":\n");
    assert_eq!(Encoded::heartbeat().as_bytes(), b":\n");
    assert_eq!(frames_everywhere(&Settings::default(), ":\n").items, [comment("")]);
}

// [encoding 30]
#[test]
fn an_id_with_empty_data_is_sent_and_received() {
    let event = Event::new("").with_id("s1-0").with_retry(Duration::from_millis(500));
    assert_eq!(wire(&event), "retry: 500\nid: s1-0\ndata:\n\n");
    comes_back(&event, "");
    assert_eq!(check(event.to_bytes()).retry_millis(), Some(500));
}

#[test]
fn the_default_type_is_not_written() {
    for event in [Event::new("a"), Event::new("a").with_type("message"), Event::new("a").with_type("")] {
        assert_eq!(wire(&event), "data: a\n\n");
    }
    assert_eq!(wire(&Event::new("a").with_type("Message")), "event: Message\ndata: a\n\n");
}

#[test]
fn fields_are_written_in_a_fixed_order() {
    let event = Event::new("d").with_id(7).with_retry(Duration::from_secs(1)).with_type("e");
    assert_eq!(wire(&event), "retry: 1000\nevent: e\nid: 7\ndata: d\n\n");
}

#[test]
fn integers_can_be_ids() {
    assert_eq!(wire(&Event::new("").with_id(0_u8)), "id: 0\ndata:\n\n");
    assert_eq!(wire(&Event::new("").with_id(i64::MIN)), format!("id: {}\ndata:\n\n", i64::MIN));
    assert_eq!(wire(&Event::new("").with_id(u128::MAX)), format!("id: {}\ndata:\n\n", u128::MAX));
}

#[test]
fn a_block_without_data_is_not_an_event_but_sets_id_and_retry() {
    let head = Head::new().with_id(7).with_type("e").with_retry(Duration::from_millis(9));
    assert_eq!(head.to_bytes(), "retry: 9\nevent: e\nid: 7\n\n");
    let outcome = check(head.to_bytes());
    assert!(outcome.items.is_empty());
    assert_eq!((&*outcome.last_event_id, outcome.retry_millis()), ("7", Some(9)));
    assert_eq!(frames_everywhere(&Settings::default(), head.to_bytes()).items[0], retry(9));
    assert_eq!(Head::new().to_bytes(), "\n");
}

#[test]
fn a_slice_that_is_too_small_is_not_written_to() {
    let event = Event::new("a\nb").with_id(7);
    for len in 0..event.encoded_len() {
        let mut slice = vec![b'.'; len];
        assert_eq!(event.encode_to_slice(&mut slice), None);
        assert_eq!(slice, vec![b'.'; len]);
    }
    let mut slice = [b'.'; 64];
    let len = event.encode_to_slice(&mut slice).unwrap();
    assert!(slice[len..].iter().all(|byte| *byte == b'.'));
}

#[test]
fn adjacent_items_do_not_affect_each_other() {
    let mut writer = EventWriter::new(Vec::new());
    writer.comment("hello").unwrap();
    writer.send(&Event::new("a")).unwrap();
    writer.retry(Duration::from_millis(7)).unwrap();
    writer.heartbeat().unwrap();
    writer.send_encoded(&Event::new("b").with_id(1).to_encoded()).unwrap();
    writer.send(&Event::new("c").with_type("t")).unwrap();
    let outcome = check(writer.into_inner());
    assert_eq!(outcome.data(), ["a", "b", "c"]);
    assert_eq!(outcome.types(), ["message", "message", "t"]);
    assert_eq!(outcome.last_event_ids(), ["", "1", "1"]);
    assert_eq!(outcome.retry_millis(), Some(7));
}
