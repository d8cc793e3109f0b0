//! [parse 14]: the end of a stream, and its unfinished block.

use eventwire::{Decoder, Ending, EventReader, Unfinished};

use crate::support::{check, decode_everywhere, Outcome, Settings};

#[track_caller]
fn at_end(unfinished: Unfinished, input: impl AsRef<[u8]>) -> Outcome {
    decode_everywhere(&Settings::unfinished(unfinished), input)
}

#[test]
fn a_stream_that_ends_after_a_blank_line_ends_cleanly() {
    for input in ["", "\n", "data\n\n", "data\r\r", "data\r\n\r", "data\r\n\r\n", "data\n\n\n", "\u{FEFF}"] {
        assert_eq!(check(input).ending, Ending::Clean, "{input:?}");
    }
}

#[test]
fn comments_retry_and_unknown_fields_leave_nothing_unfinished() {
    for input in [": c\n", "data\n\n:\r", "retry: 5\n", "x: y\r\n", "id: \0\n"] {
        assert_eq!(check(input).ending, Ending::Clean, "{input:?}");
    }
}

#[test]
fn a_stream_may_end_inside_a_line() {
    for input in ["d", "data: x", "data: x\nd", ":", ": c", "x", "retry: 7", "data\n\n:", "data: x\n:"] {
        assert_eq!(check(input).ending, Ending::InsideLine, "{input:?}");
    }
    assert_eq!(check(b"\xEF").ending, Ending::InsideLine);
    assert_eq!(check(b"\xEF\xBB").ending, Ending::InsideLine);
    assert_eq!(check(b"\xEF\xBB\xBF\xEF").ending, Ending::InsideLine);
}

#[test]
fn a_stream_may_end_inside_an_event() {
    for input in
        ["data\n", "data\r", "data\r\n", "event: e\n", "id\n", "data: x\n: c\n", "\n\ndata: x\nretry: 1\n"]
    {
        assert_eq!(check(input).ending, Ending::InsideEvent, "{input:?}");
    }
}

// [parse 14]
#[test]
fn an_unfinished_block_is_discarded() {
    let outcome = check("retry:700\ndata:first\n\nid:test\ndata:second");
    assert_eq!(outcome.data(), ["first"]);
    assert_eq!((&*outcome.last_event_id, outcome.retry_millis()), ("", Some(700)));
    assert_eq!(check("data: half\ndata: done\n").data(), [""; 0]);
}

// [parse 14]
#[test]
fn an_unterminated_line_is_not_a_line() {
    assert_eq!(check("retry: 700\nretry: 900").retry_millis(), Some(700));
    assert_eq!(check("data: a\n\ndata: b\n\ndata").data(), ["a", "b"]);
}

// [parse 14]
#[test]
fn a_cr_as_the_last_byte_ends_its_line() {
    assert_eq!(check("data: x\n\r").data(), ["x"]);
    assert_eq!(at_end(Unfinished::Block, "data: x\r").data(), ["x"]);
    assert_eq!(at_end(Unfinished::Block, "data: x\r\r").data(), ["x"]);
    assert_eq!(at_end(Unfinished::BlockAndLine, "data: x\r\n\r").data(), ["x"]);
}

// [parse 14]
#[test]
fn an_unfinished_block_is_dispatched_on_request() {
    let outcome = at_end(Unfinished::Block, "data: a\n\nid: 7\nevent: e\ndata: b\ndata: c\n");
    assert_eq!(outcome.data(), ["a", "b\nc"]);
    assert_eq!(outcome.types(), ["message", "e"]);
    assert_eq!(outcome.ids(), [None, Some("7")]);
    assert_eq!(outcome.last_event_id, "7");
    assert_eq!(outcome.ending, Ending::InsideEvent);
}

// [parse 14]
#[test]
fn an_unterminated_line_is_omitted_from_the_unfinished_block() {
    for line in
        ["data: half", "da", "data", "data:", "event: half", "event", "id: half", "retry: 9", ": c", "x"]
    {
        let outcome = at_end(Unfinished::Block, format!("id: 1\nevent: e\ndata: whole\n{line}"));
        assert_eq!(outcome.data(), ["whole"], "{line:?}");
        assert_eq!((outcome.types(), outcome.ids()), (vec!["e"], vec![Some("1")]), "{line:?}");
        assert_eq!(outcome.ending, Ending::InsideLine);
        assert_eq!(outcome.reconnection_time, None);
    }
}

// [parse 14]
#[test]
fn an_unterminated_line_is_kept_on_request() {
    assert_eq!(at_end(Unfinished::BlockAndLine, "data: whole\ndata: half").data(), ["whole\nhalf"]);
    assert_eq!(at_end(Unfinished::BlockAndLine, "data: half").data(), ["half"]);
    assert_eq!(at_end(Unfinished::BlockAndLine, "data\ndata").data(), ["\n"]);
    assert_eq!(at_end(Unfinished::BlockAndLine, "data\ndata:").data(), ["\n"]);
    assert_eq!(at_end(Unfinished::BlockAndLine, "data\nevent: e").types(), ["e"]);
    assert_eq!(at_end(Unfinished::BlockAndLine, "data\nid: 7").last_event_id, "7");
    assert_eq!(at_end(Unfinished::BlockAndLine, "data\n: c").data(), [""]);
    assert_eq!(at_end(Unfinished::BlockAndLine, "data\n").data(), [""]);
    assert_eq!(at_end(Unfinished::BlockAndLine, "data\nretry: 8").retry_millis(), Some(8));
}

#[test]
fn an_unfinished_block_without_data_is_not_an_event() {
    for unfinished in [Unfinished::Discard, Unfinished::Block, Unfinished::BlockAndLine] {
        for input in ["", "\n", ": c", "event: e\n", "data\n\n: c\n", "data\n\nda"] {
            assert_eq!(
                at_end(unfinished, input).data().len(),
                input.matches("data\n\n").count(),
                "{input:?}"
            );
        }
    }
}

#[test]
fn a_rejected_block_leaves_no_unfinished_event() {
    for unfinished in [Unfinished::Block, Unfinished::BlockAndLine] {
        let settings = Settings { limit: 3, ..Settings::unfinished(unfinished) };
        let outcome = decode_everywhere(&settings, "data: 1\ndata: 234\ndata: 5");
        assert_eq!((outcome.items.len(), outcome.errors().len()), (1, 1));
    }
}

#[test]
fn an_unterminated_line_is_checked_like_any_other() {
    let settings = Settings { limit: 3, strict: true, ..Settings::unfinished(Unfinished::BlockAndLine) };
    let outcome = decode_everywhere(&settings, "data: 123");
    assert_eq!(outcome.errors(), [crate::support::outcome::too_large(3, 0, 9)]);
    let outcome = decode_everywhere(&settings, b"data: 1\xFF");
    assert_eq!(outcome.errors(), [crate::support::outcome::not_utf8(0, 7)]);
}

#[test]
fn an_unfinished_event_can_be_taken_once() {
    let mut decoder = Decoder::new();
    assert!(decoder.feed(b"data: x\n").next_ref().unwrap().is_none());
    assert_eq!(decoder.finish(), Ending::InsideEvent);
    assert_eq!(decoder.take_unfinished(Unfinished::Block).next_ref().unwrap().unwrap().data(), "x");
    assert!(decoder.take_unfinished(Unfinished::Block).next_ref().unwrap().is_none());
    assert_eq!(decoder.bytes_consumed(), 8);
}

#[test]
fn unread_bytes_are_reported() {
    let mut decoder = Decoder::new();
    drop(decoder.feed(b"data: a\n\ndata: b\n\n"));
    assert_eq!(decoder.finish(), Ending::Unread);
    let mut decoder = Decoder::new();
    assert_eq!(decoder.feed(b"data: a\n\ndata: b\n\n").next_ref().unwrap().unwrap().data(), "a");
    assert_eq!(decoder.finish(), Ending::Unread);
    assert!(decoder.feed(b"").next_ref().unwrap().is_none(), "they belong to a connection that is over");
}

#[test]
fn a_connection_may_end_before_its_first_byte() {
    let mut decoder = Decoder::new();
    assert_eq!(decoder.finish(), Ending::Clean);
    assert_eq!(decoder.finish(), Ending::Clean);
    assert_eq!(decoder.bytes_consumed(), 0);
}

#[test]
fn a_missing_blank_line_is_not_a_frame() {
    for (body, unfinished, expected) in [
        ("data: a\n\n", Unfinished::Block, 1),
        ("data: a\n\n", Unfinished::BlockAndLine, 1),
        ("data: a\n\ndata: b", Unfinished::BlockAndLine, 2),
        (":a", Unfinished::BlockAndLine, 1),
        ("id: 7\n", Unfinished::Block, 1),
    ] {
        let decoder = Decoder::new().with_unfinished(unfinished);
        let mut reader = EventReader::new(body.as_bytes()).with_decoder(decoder);
        let mut frames = 0;
        while reader.next_frame().unwrap().is_some() {
            frames += 1;
        }
        assert_eq!(frames, expected, "{body:?} {unfinished:?}");
    }
}
