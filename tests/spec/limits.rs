//! The limit on the size of an event: what counts, the byte at which it is exceeded, and how decoding continues.

use eventwire::{Decoder, Ending, Unfinished};

use crate::support::cuts::frames_everywhere;
use crate::support::outcome::{block_too_large, comment, too_large};
use crate::support::{check, decode_everywhere, Failed, Item, Outcome, Settings, Why};

#[track_caller]
fn limited(limit: usize, input: impl AsRef<[u8]>) -> Outcome {
    decode_everywhere(&Settings::limit(limit), input)
}

#[test]
fn an_event_may_be_as_large_as_the_limit() {
    // Five bytes, plus one for the line.
    assert_eq!(limited(6, "data: 12345\n\n").data(), ["12345"]);
    assert_eq!(limited(5, "data: 12345\n\n").errors(), [too_large(5, 0, 11)]);
}

#[test]
fn the_first_byte_over_the_limit_is_the_error() {
    assert_eq!(limited(8, "data: far too long\n\n").errors(), [too_large(8, 0, 14)]);
    assert_eq!(limited(8, "data: far too long\n\n").due, [15]);
    assert_eq!(limited(8, "data:far too long\n\n").errors(), [too_large(8, 0, 13)]);
}

#[test]
fn each_data_line_counts_one_byte_for_its_line_end() {
    assert_eq!(limited(0, "data\n\n").errors(), [too_large(0, 0, 4)]);
    assert_eq!(limited(0, "data:\r\n\r\n").errors(), [too_large(0, 0, 5)]);
    assert_eq!(limited(0, "data: \r\r").errors(), [too_large(0, 0, 6)]);
    assert_eq!(limited(2, "data\ndata\n\n").data(), ["\n"]);
    assert_eq!(limited(2, "data\ndata\ndata\n\n").errors(), [too_large(2, 0, 14)]);
}

#[test]
fn the_type_and_the_id_count_too() {
    let input = "event: abc\nid: def\ndata: g\n\n";
    assert_eq!(limited(8, input).data(), ["g"]);
    assert_eq!(limited(7, input).errors(), [too_large(7, 0, 26)]);
    assert_eq!(limited(6, input).errors(), [too_large(6, 0, 25)]);
    assert_eq!(limited(5, input).errors(), [too_large(5, 0, 17)]);
    assert_eq!(limited(2, input).errors(), [too_large(2, 0, 9)]);
}

#[test]
fn values_that_are_replaced_or_ignored_count_too() {
    assert_eq!(limited(4, "event: ab\nevent: cd\ndata\n\n").errors(), [too_large(4, 0, 24)]);
    assert_eq!(limited(2, "id: a\0\ndata\n\n").errors(), [too_large(2, 0, 11)]);
    assert_eq!(limited(1, "id: a\nid: b\n\n").errors(), [too_large(1, 0, 10)]);
}

#[test]
fn bytes_count_as_received_and_not_as_repaired() {
    assert_eq!(limited(4, b"data: \xFF\xFF\xFF\n\n").data(), ["\u{FFFD}\u{FFFD}\u{FFFD}"]);
}

#[test]
fn comments_unknown_fields_and_retry_do_not_count() {
    let input = format!(":{0}\nx: {0}\n{0}\nretry: 00000000000000000007\ndata: a\n\n", "c".repeat(100));
    let outcome = limited(2, input);
    assert_eq!((outcome.data(), outcome.retry_millis()), (vec!["a"], Some(7)));
}

#[test]
fn an_endless_block_is_rejected_too() {
    assert_eq!(limited(3, "data: 1234").errors(), [too_large(3, 0, 9)]);
    assert_eq!(limited(3, "data: 123").errors(), []);
    assert_eq!(limited(0, "data:").errors(), []);
    assert_eq!(limited(0, "data: ").errors(), []);
    assert_eq!(limited(0, "data:x").errors(), [too_large(0, 0, 5)]);
    assert_eq!(limited(0, "data: x").errors(), [too_large(0, 0, 6)]);
}

#[test]
fn the_event_after_a_rejected_block_is_read() {
    let outcome = limited(4, "data: a\n\ndata: far too long\nevent: x\ndata: y\n\ndata: b\n\n");
    assert_eq!(outcome.errors(), [too_large(4, 9, 19)]);
    assert_eq!((outcome.data(), outcome.types()), (vec!["a", "b"], vec!["message"; 2]));
}

#[test]
fn a_block_causes_one_error() {
    let outcome = limited(2, "data: 123\ndata: 456\nid: 789\n\ndata: 123\n\n");
    assert_eq!(outcome.errors(), [too_large(2, 0, 8), too_large(2, 29, 37)]);
}

#[test]
fn the_id_of_a_rejected_block_has_no_effect_but_its_retry_does() {
    let outcome = limited(4, "id: 1\n\nid: 2\ndata: 12345\nid: 3\nretry: 8\n\ndata: a\n\n");
    assert_eq!(outcome.last_event_ids(), ["1"]);
    assert_eq!(outcome.retry_millis(), Some(8));
}

#[test]
fn the_event_offset_is_the_first_byte_after_the_last_blank_line() {
    assert_eq!(limited(0, "\n\r\n\r\ndata\n\n").errors(), [too_large(0, 5, 9)]);
    assert_eq!(limited(0, "\r\n\r\r\ndata\n\n").errors(), [too_large(0, 5, 9)]);
    assert_eq!(limited(0, "\n: c\nx\ndata\n\n").errors(), [too_large(0, 1, 11)]);
}

#[test]
fn offsets_count_the_byte_order_mark() {
    assert_eq!(limited(0, "\u{FEFF}data\n\ndata\n\n").errors(), [too_large(0, 3, 7), too_large(0, 9, 13)]);
}

#[test]
fn offsets_count_from_the_start_of_each_connection() {
    let settings = Settings::limit(0);
    let outcomes = crate::support::reconnect_everywhere(&settings, &[b"\n\ndata\n\n", b"\ndata\n\n"]);
    assert_eq!(outcomes[0].errors(), [too_large(0, 2, 6)]);
    assert_eq!(outcomes[1].errors(), [too_large(0, 1, 5)]);
}

#[test]
fn the_limit_defaults_to_16_mib() {
    const LIMIT: usize = 16 * 1024 * 1024;
    let mut body = b"data: ".to_vec();
    body.resize(6 + LIMIT - 1, b'x');
    body.extend(b"\n\n");
    let event = eventwire::events(&body).next().unwrap().unwrap();
    assert_eq!(event.data().len(), LIMIT - 1);
    body.insert(6, b'x');
    let error = eventwire::events(&body).next().unwrap().unwrap_err();
    assert_eq!((error.event_offset(), error.offset()), (0, 6 + LIMIT as u64));
}

#[test]
fn the_limit_can_be_turned_off() {
    assert_eq!(limited(usize::MAX, "event: e\ndata: a\ndata: b\n\n").data(), ["a\nb"]);
}

#[test]
fn large_lines_are_rejected_at_the_same_byte_for_every_cut() {
    let line = "x".repeat(3_000);
    let outcome = limited(2_999, format!("data: 1\n\ndata: {line}\n\ndata: {}\n\n", &line[..2_998]));
    assert_eq!(outcome.errors(), [too_large(2_999, 9, 9 + 6 + 2_999)]);
    assert_eq!(outcome.data(), ["1", &line[..2_998]]);
}

#[test]
fn the_limit_is_reported_before_invalid_utf_8() {
    let settings = Settings { limit: 2, ..Settings::strict() };
    let outcome = decode_everywhere(&settings, b"data: \xFF1\n\ndata: \xFF\n\n");
    let not_utf8 = Failed { why: Why::InvalidUtf8, offset: 10, at: 16 };
    assert_eq!(outcome.errors(), [too_large(2, 0, 8), not_utf8]);
}

#[test]
fn a_stream_that_ends_in_a_rejected_block_ends_inside_an_event() {
    assert_eq!(limited(1, "data: 12\n").ending, Ending::InsideEvent);
    assert_eq!(limited(1, "data: 12").ending, Ending::InsideLine);
    assert_eq!(limited(1, "data: 12\n\n").ending, Ending::Clean);
}

#[test]
fn no_input_within_the_limit_is_an_error() {
    assert_eq!(check(b"\xFFdata: \xFF\ndata: \xFF\n\n\xFF").errors(), []);
}

#[track_caller]
fn limited_as_received(limit: usize, input: impl AsRef<[u8]>) -> Outcome {
    decode_everywhere(&Settings::block(limit), input)
}

#[test]
fn a_block_may_have_as_many_bytes_as_its_limit() {
    assert_eq!(limited_as_received(9, "data: a\n\ndata: b\n\n").data(), ["a", "b"]);
    let outcome = limited_as_received(8, "data: a\n\ndata: b\n\n");
    assert_eq!(outcome.errors(), [block_too_large(8, 0, 8), block_too_large(8, 9, 17)]);
    assert_eq!((outcome.due, outcome.ending), (vec![9, 18], Ending::Clean));
}

#[test]
fn the_lf_of_a_blank_line_does_not_count_but_that_of_another_line_does() {
    assert_eq!(limited_as_received(10, "data: a\r\n\r\ndata: b\r\n\r\n").data(), ["a", "b"]);
    assert_eq!(limited_as_received(9, "data: a\r\n\r\n").errors(), [block_too_large(9, 0, 9)]);
    assert_eq!(limited_as_received(8, "data: a\r\n\r\n").errors(), [block_too_large(8, 0, 8)]);
    assert_eq!(limited_as_received(9, "data: a\r\rdata: b\r\r").data(), ["a", "b"]);
}

#[test]
fn comments_and_unknown_fields_count_for_the_limit_of_a_block() {
    let endless = ":\n".repeat(50) + &"x\n".repeat(50);
    let outcome = limited_as_received(100, format!("{endless}data: a\n\ndata: b\n\n"));
    assert_eq!((outcome.errors(), outcome.data()), (vec![block_too_large(100, 0, 100)], vec!["b"]));
    // A blank line ends their block.
    assert_eq!(limited_as_received(9, ": ping\n\n".repeat(5) + "data: a\n\n").data(), ["a"]);
    assert_eq!(limited_as_received(9, ": ping\ndata: a\n\n").errors(), [block_too_large(9, 0, 9)]);
}

#[test]
fn a_block_over_its_limit_is_skipped_with_its_reconnection_time_and_id() {
    let outcome = limited_as_received(8, "data: long\nretry: 7\nid: 7\n\nid: 8\n\ndata: a\n\n");
    assert_eq!((outcome.retry_millis(), &*outcome.last_event_id), (None, "8"));
    assert_eq!(
        limited_as_received(20, "data: a\n\nretry: 7\ndata: far too long\n\n").retry_millis(),
        Some(7)
    );
    let items = frames_everywhere(&Settings::block(8), ":a\n:b\n:c\nx\n:d\n\n:e\n\n").items;
    let error = Item::Error(block_too_large(8, 0, 8));
    assert_eq!(items[..3], [comment("a"), comment("b"), error]);
    assert_eq!(items[3], comment("e"));
}

#[test]
fn the_limit_that_is_reached_first_rejects_the_block() {
    let read = |limit, block| {
        let settings = Settings { limit, block, ..Settings::default() };
        decode_everywhere(&settings, "data: 12345\ndata: 6\n\ndata: a\n\n").errors().to_vec()
    };
    assert_eq!(read(2, 9), [too_large(2, 0, 8)]);
    assert_eq!(read(3, 10), [too_large(3, 0, 9)]);
    // The same byte is over both.
    assert_eq!(read(3, 9), [block_too_large(9, 0, 9)]);
    assert_eq!(read(4, 9), [block_too_large(9, 0, 9)]);
}

#[test]
fn a_byte_order_mark_counts_for_no_block() {
    assert_eq!(limited_as_received(9, "\u{FEFF}data: a\n\n").data(), ["a"]);
    assert_eq!(limited_as_received(8, "\u{FEFF}data: a\n\n").errors(), [block_too_large(8, 3, 11)]);
    // A limit under 3 is 3.
    assert_eq!(limited_as_received(0, "data: a\n\n").errors(), [block_too_large(3, 0, 3)]);
}

#[test]
fn a_block_that_ends_without_a_blank_line_may_have_as_many_bytes_as_its_limit() {
    let read = |block, unfinished| {
        let settings = Settings { block, ..Settings::unfinished(unfinished) };
        decode_everywhere(&settings, "data: a\ndata: b")
    };
    assert_eq!(read(15, Unfinished::BlockAndLine).data(), ["a\nb"]);
    assert_eq!(read(14, Unfinished::BlockAndLine).errors(), [block_too_large(14, 0, 14)]);
    assert_eq!(read(14, Unfinished::Block).ending, Ending::InsideLine);
}

#[test]
fn a_lower_limit_applies_to_the_block_that_is_being_read() {
    let mut decoder = Decoder::new();
    assert!(decoder.feed("data: far too").next_ref().unwrap().is_none());
    let mut decoder = decoder.with_max_block_size(8);
    assert!(decoder.feed("").next_ref().unwrap().is_none());
    let mut feed = decoder.feed(" long\n\ndata: b\n\n");
    let error = feed.next_ref().unwrap_err();
    assert_eq!((error.event_offset(), error.offset()), (0, 13));
    assert_eq!(
        error.to_string(),
        "block exceeds the limit of 8 bytes at byte 13, in the event starting at byte 0"
    );
    assert!(feed.next_ref().is_err());
    assert!(feed.next_ref().unwrap().is_none());
}

#[test]
fn a_guard_that_is_dropped_in_a_cut_chunk_leaves_all_of_its_rest() {
    let body = "data: a\n\n: far too long\n\ndata: b\n\ndata: c\n\n";
    let mut decoder = Decoder::new().with_max_block_size(9);
    assert_eq!(decoder.feed(body).next_ref().unwrap().unwrap().data(), "a");
    assert!(decoder.feed("").next_ref().is_err());
    assert_eq!(decoder.feed("").next_ref().unwrap().unwrap().data(), "b");
    assert_eq!(decoder.finish(), Ending::Unread);
    let mut rest = decoder.take_unfinished(Unfinished::Discard);
    assert_eq!(rest.next_ref().unwrap().unwrap().data(), "c");
    assert!(rest.next_ref().unwrap().is_none());
}

#[test]
fn a_leaked_guard_of_a_cut_chunk_loses_only_that_chunk() {
    let mut decoder = Decoder::new().with_max_block_size(9);
    let mut guard = decoder.feed("data: a\n\n: far too long\n\ndata: b\n\n");
    assert_eq!(guard.next_ref().unwrap().unwrap().data(), "a");
    std::mem::forget(guard);
    let mut feed = decoder.feed("\n\ndata: c\n\n");
    assert_eq!(feed.next_ref().unwrap().unwrap().data(), "c");
    assert!(feed.next_ref().unwrap().is_none());
}

#[test]
fn the_lf_of_a_blank_line_is_consumed_with_it_where_the_limit_cuts_the_chunk() {
    for limit in 3..20 {
        let mut decoder = Decoder::new().with_max_block_size(limit);
        let mut feed =
            decoder.feed_frames("\r\n:c\r\n\r\ndata: a\r\n\r\n: far too long for any limit\r\n\r\n");
        let mut consumed = Vec::new();
        while let Ok(Some(_)) = feed.next_frame() {
            consumed.push(feed.bytes_consumed());
        }
        assert!([2, 6, 8, 19].starts_with(&consumed) && consumed.len() >= 2, "{limit}: {consumed:?}");
    }
}
