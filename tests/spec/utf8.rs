//! Invalid UTF-8: [parse 1], and the strict mode, which rejects the block instead.

use crate::support::outcome::not_utf8;
use crate::support::{check, decode_everywhere, Outcome, Settings};

#[track_caller]
fn strict(input: impl AsRef<[u8]>) -> Outcome {
    decode_everywhere(&Settings::strict(), input)
}

// [parse 1]
#[test]
fn invalid_bytes_become_replacement_characters() {
    assert_eq!(check(b"data: a\x80b\xFFc\n\n").data(), ["a\u{FFFD}b\u{FFFD}c"]);
    assert_eq!(check(b"event: \xC0\x8A\ndata\n\n").types(), ["\u{FFFD}\u{FFFD}"]);
    assert_eq!(check(b"id: \xFE\ndata\n\n").ids(), [Some("\u{FFFD}")]);
}

// [parse 1]
#[test]
fn each_maximal_subpart_of_a_character_becomes_one_replacement_character() {
    assert_eq!(check(b"data: a\xE2\x82\ndata: b\n\n").data(), ["a\u{FFFD}\nb"]);
    assert_eq!(check(b"data: \xF0\x9F\x98x\xF0\x9Fx\xF0x\n\n").data(), ["\u{FFFD}x\u{FFFD}x\u{FFFD}x"]);
    assert_eq!(check(b"data: \xED\xA0\x80\n\n").data(), ["\u{FFFD}\u{FFFD}\u{FFFD}"]);
    assert_eq!(check(b"data: \xF4\x90\x80\x80\n\n").data(), ["\u{FFFD}".repeat(4)]);
}

// [parse 1]
#[test]
fn a_line_end_inside_a_character_is_a_line_end() {
    assert_eq!(check(b"data: \xE2\x82\n\xACdata: no\ndata: \xAC\n\n").data(), ["\u{FFFD}\n\u{FFFD}"]);
}

// [parse 1]
#[test]
fn invalid_utf_8_in_one_event_does_not_affect_its_neighbours() {
    let outcome = check(
        b"id: \xC3\xA9\ndata: 1\xC3\xA9\n\ndata: \xFF\n\nevent: \xC3\xA9\ndata: 3\xC3\xA9\n\ndata: \xFE\n\n",
    );
    assert_eq!(outcome.data(), ["1é", "\u{FFFD}", "3é", "\u{FFFD}"]);
    assert_eq!(outcome.last_event_ids(), ["é"; 4]);
    assert_eq!(outcome.types(), ["message", "message", "é", "message"]);
}

// The ID checked with an earlier event is still known to be text after a later event of the chunk was checked.
#[test]
fn an_earlier_id_stays_current_when_later_events_are_repaired() {
    for id in [&b"\xC3\xA9"[..], b"\xE2\x82", b"x\xFF", b"7"] {
        let input =
            [b"id: ", id, b"\ndata: a\n\ndata: \xFF\n\n:\xFF\ndata: b\n\nid: 9\xFF\n\ndata: \xC3\n\n"]
                .concat();
        let last = String::from_utf8_lossy(id).into_owned();
        assert_eq!(check(input).last_event_ids(), [&*last, &last, &last, "9\u{FFFD}"]);
    }
}

// [parse 1]
#[test]
fn invalid_utf_8_in_a_comment_or_an_unknown_field_has_no_effect() {
    assert_eq!(check(b": \xFF\ndata: \xC3\xA9\n\xFF: x\nx: \xC3\n\n").data(), ["é"]);
}

// [parse 1]
#[test]
fn a_character_may_be_cut_anywhere() {
    let text = "é語🚲".repeat(60);
    assert_eq!(check(format!("data: {text}\n\n")).data(), [&*text]);
}

#[test]
fn strict_mode_accepts_valid_utf_8() {
    let outcome = strict("\u{FEFF}event: é\nid: 語\ndata: 🚲\u{FFFD}\n\n");
    assert_eq!(outcome.errors(), []);
    assert_eq!(outcome.data(), ["🚲\u{FFFD}"]);
}

#[test]
fn strict_mode_returns_an_error_and_continues_with_the_next_event() {
    let outcome = strict(b"data: a\n\ndata: b\xFFc\n\ndata: d\n\n");
    assert_eq!(outcome.errors(), [not_utf8(9, 16)]);
    assert_eq!(outcome.data(), ["a", "d"]);
}

#[test]
fn a_strict_error_is_returned_at_the_end_of_its_line() {
    assert_eq!(strict(b"data: b\xFFc\ndata: d\n\n").due, [10]);
    assert_eq!(strict(b"data: b\xFFc\r\n\r\n").due, [10]);
}

#[test]
fn strict_mode_reports_the_first_byte_of_an_incomplete_character() {
    assert_eq!(strict(b"data: \xE7\x81\xAB\xE7\x81\n\n").errors(), [not_utf8(0, 9)]);
    assert_eq!(strict(b"data: \xE7\x81x\n\n").errors(), [not_utf8(0, 6)]);
}

#[test]
fn strict_mode_checks_event_data_and_id() {
    assert_eq!(strict(b"event: \xFF\ndata\n\n").errors(), [not_utf8(0, 7)]);
    assert_eq!(strict(b"data\nid: \xFF\n\n").errors(), [not_utf8(0, 9)]);
    assert_eq!(strict(b"event:\xFF\n\n").errors(), [not_utf8(0, 6)]);
}

#[test]
fn strict_mode_checks_values_that_are_replaced_later() {
    assert_eq!(strict(b"id: \xFF\nid: 2\nevent: \xFE\nevent: e\ndata\n\n").errors(), [not_utf8(0, 4)]);
    assert_eq!(strict(b"id: \xFF\0\ndata\n\n").errors(), [not_utf8(0, 4)]);
}

#[test]
fn strict_mode_does_not_check_comments_and_unknown_fields() {
    let outcome = strict(b":\xFF\n\xFFdata: x\nx: \xFF\nretry: \xFF\ndata: a\n\n");
    assert_eq!((outcome.errors(), outcome.data()), (vec![], vec!["a"]));
}

#[test]
fn a_block_causes_one_strict_error() {
    let outcome = strict(b"data: \xFF\ndata: \xFF\nid: \xFF\n\ndata: \xFF\n\n");
    assert_eq!(outcome.errors(), [not_utf8(0, 6), not_utf8(23, 29)]);
}

#[test]
fn the_id_of_a_block_that_is_not_utf_8_has_no_effect_but_its_retry_does() {
    let outcome = strict(b"id: 1\n\nid: 2\ndata: \xFF\nid: 3\nretry: 5\n\ndata: a\n\n");
    assert_eq!(outcome.last_event_ids(), ["1"]);
    assert_eq!(outcome.retry_millis(), Some(5));
}

#[test]
fn strict_mode_does_not_check_an_open_line() {
    assert_eq!(strict(b"data: \xFF").errors(), []);
}
