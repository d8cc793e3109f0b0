//! Large data in pieces. Every test here also checks that the joined pieces equal the data of all other readers.

use eventwire::{Decoder, EventPiece, Unfinished};

use crate::support::outcome::{not_utf8, too_large};
use crate::support::{Failed, Item};

/// Describes the pieces of one chunk.
fn pieces(decoder: &mut Decoder, chunk: &[u8]) -> Vec<String> {
    let mut pieces = decoder.feed_pieces(chunk);
    let mut found = Vec::new();
    loop {
        found.push(match pieces.next_piece() {
            Ok(None) => return found,
            Ok(Some(EventPiece::Data(text))) => format!("piece {text:?}"),
            Ok(Some(EventPiece::End { data, head })) => {
                format!("end {:?} of {} {:?}", data, head.event_type(), head.last_event_id())
            }
            Ok(Some(EventPiece::Event(event))) => format!("event {:?}", event.data()),
            Ok(Some(other)) => panic!("a piece that the tests do not know: {other:?}"),
            Err(error) => error.to_string(),
        });
    }
}

fn gathering(bytes: usize) -> Decoder {
    Decoder::new().with_piece_size(bytes)
}

#[test]
fn data_larger_than_a_piece_is_returned_before_its_event_is_complete() {
    let mut decoder = gathering(3);
    assert_eq!(pieces(&mut decoder, b"id: 7\nevent: e\ndata: abc"), [""; 0]);
    assert_eq!(pieces(&mut decoder, b"d"), ["piece \"abcd\""]);
    assert_eq!(pieces(&mut decoder, b"efgh"), ["piece \"efgh\""]);
    assert_eq!(pieces(&mut decoder, b"ij\n\n"), ["end \"ij\" of e \"7\""]);
}

#[test]
fn the_line_feeds_between_data_lines_are_part_of_the_pieces() {
    let mut decoder = gathering(2);
    assert_eq!(pieces(&mut decoder, b"data: ab\n"), [""; 0]);
    assert_eq!(pieces(&mut decoder, b"data: cd\n"), ["piece \"ab\\ncd\""]);
    assert_eq!(
        pieces(&mut decoder, b"data\ndata\ndata\n\n"),
        ["piece \"\\n\\n\\n\"", "end \"\" of message \"\""]
    );
}

#[test]
fn an_event_within_one_chunk_is_not_split() {
    let mut decoder = gathering(3);
    assert_eq!(pieces(&mut decoder, b"data: as long as it likes\n\n"), ["event \"as long as it likes\""]);
}

#[test]
fn no_piece_ends_inside_a_character() {
    let mut decoder = gathering(0);
    assert_eq!(pieces(&mut decoder, b"data: a\xF0\x9F"), ["piece \"a\""]);
    assert_eq!(pieces(&mut decoder, b"\x90"), [""; 0]);
    assert_eq!(pieces(&mut decoder, b"\x88\xE2\x82"), ["piece \"🐈\""]);
    // The bytes did not become a character.
    assert_eq!(pieces(&mut decoder, b"\n\n"), ["end \"\u{FFFD}\" of message \"\""]);
}

#[test]
fn the_limit_applies_to_the_whole_event() {
    let mut decoder = gathering(3).with_max_event_size(8);
    assert_eq!(pieces(&mut decoder, b"data: abcd"), ["piece \"abcd\""]);
    let error = Item::Error(too_large(8, 0, 14));
    let found = decoder.feed_pieces(b"efghi").next_piece().unwrap_err();
    assert_eq!(Item::from(found), error);
    assert_eq!(pieces(&mut decoder, b"jklmnop\n\ndata: next\n\n"), ["event \"next\""]);
}

#[test]
fn strict_mode_rejects_an_event_before_an_invalid_piece() {
    let strict = || gathering(3).with_strict_utf8();
    let error = |chunks: &[&[u8]]| -> Failed {
        let mut decoder = strict();
        let (last, first) = chunks.split_last().unwrap();
        first.iter().for_each(|chunk| drop(pieces(&mut decoder, chunk)));
        let error = decoder.feed_pieces(last).next_piece().unwrap_err();
        match error.into() {
            Item::Error(failed) => failed,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(error(&[b"data: ab\xFFcd"]), not_utf8(0, 8));
    assert_eq!(error(&[b"data: abcd", b"efg\xE2\x82", b"h"]), not_utf8(0, 13));
    let mut decoder = strict();
    pieces(&mut decoder, b"data: abcd\xFFef");
    assert_eq!(pieces(&mut decoder, b"ghij\n\ndata: next\n\n"), ["event \"next\""]);
}

#[test]
fn an_event_begun_in_pieces_is_returned_in_pieces_or_not_at_all() {
    let mut decoder = gathering(3);
    assert_eq!(pieces(&mut decoder, b"id: 1\ndata: abcd"), ["piece \"abcd\""]);
    let mut feed = decoder.feed(b"ef\n\ndata: next\n\n");
    let next = feed.next_ref().unwrap().unwrap();
    // The event was not returned, so its ID is not the last event ID.
    assert_eq!((next.data(), next.last_event_id()), ("next", ""));
}

#[test]
fn pieces_of_an_unfinished_line_do_not_become_an_event() {
    let take = |unfinished| {
        let mut decoder = gathering(3);
        assert_eq!(pieces(&mut decoder, b"data: ab\ndata: cd"), ["piece \"ab\\ncd\""]);
        decoder.finish();
        let is_event = decoder.take_unfinished(unfinished).next_ref().unwrap().is_some();
        assert_eq!(pieces(&mut decoder, b"data: next\n\n"), ["event \"next\""]);
        is_event
    };
    for unfinished in [Unfinished::Discard, Unfinished::Block, Unfinished::BlockAndLine] {
        assert!(!take(unfinished), "{unfinished:?}");
    }
}
