//! Frames: everything on the wire, as which frame it is returned and when.

use std::time::Duration;

use eventwire::{Decoder, Encoded, EventReader, Frame, OwnedFrame};

use crate::support::cuts::frames_everywhere;
use crate::support::outcome::{comment, event, retry, too_large, unknown};
use crate::support::{Got, Item, Outcome, Settings};

#[track_caller]
fn frames(input: impl AsRef<[u8]>) -> Vec<Item> {
    frames_everywhere(&Settings::default(), input).items
}

fn block(event_type: &str, id: Option<&str>, last_event_id: &str) -> Item {
    Item::NoData(Got {
        event_type: event_type.into(),
        data: String::new(),
        id: id.map(Into::into),
        last_event_id: last_event_id.into(),
        retry: None,
    })
}

#[test]
fn frames_come_in_wire_order() {
    let input = ": hello\nretry: 700\nerror: {}\ndata: a\n: between\n\n:\n\nid: 7\n\ndata: b\n";
    let mut expected = vec![
        comment(" hello"),
        retry(700),
        unknown("error", "{}"),
        comment(" between"),
        Item::Event(Got {
            event_type: "message".into(),
            data: "a".into(),
            id: None,
            last_event_id: String::new(),
            retry: Some(Duration::from_millis(700)),
        }),
        comment(""),
        block("message", None, ""),
        block("message", Some("7"), "7"),
    ];
    assert_eq!(frames(input), expected);
    expected.push(Item::Event(Got {
        event_type: "message".into(),
        data: "b".into(),
        id: None,
        last_event_id: "7".into(),
        retry: None,
    }));
    assert_eq!(frames(input.to_owned() + "\n"), expected);
}

#[test]
fn line_frames_are_returned_as_soon_as_their_line_ends() {
    let outcome = frames_everywhere(&Settings::default(), ": a\r\nretry: 1\rx: y\n\ndata\n\n");
    assert_eq!(outcome.due, [4, 14, 19, 20, 26]);
}

#[test]
fn owned_frames_say_and_write_what_borrowed_ones_do() {
    let large = "x".repeat(4000);
    let input = format!(
        ": hello\nretry: 700\nerror: {{}}\nevent: e\nid: 1\ndata: a\n\n\nid: 2\nevent: f\n\ndata: b\ndata: c\n\ndata: {large}\n\n"
    );
    let mut borrowed = EventReader::new(input.as_bytes());
    let mut owned = EventReader::new(input.as_bytes()).into_frames();
    let mut seen = Vec::new();
    while let Some(frame) = borrowed.next_frame().unwrap() {
        let copy = owned.next().unwrap().unwrap();
        assert_eq!(copy, OwnedFrame::from(frame));
        assert_eq!(Encoded::from(&copy), Encoded::from(frame));
        match (&copy, frame) {
            (OwnedFrame::Event(copy), Frame::Event(event)) => {
                assert_eq!((copy.event_type(), copy.data()), (event.event_type(), event.data()));
                assert_eq!((copy.id(), copy.retry()), (event.id(), event.retry()));
                seen.push("event");
            }
            (OwnedFrame::Comment(copy), Frame::Comment(text)) => {
                assert_eq!(copy, text);
                seen.push("comment");
            }
            (OwnedFrame::Retry(copy), Frame::Retry(time)) => {
                assert_eq!(*copy, time);
                seen.push("retry");
            }
            (OwnedFrame::Unknown { name, value, .. }, Frame::Unknown { name: n, value: v, .. }) => {
                assert_eq!((&**name, &**value), (n, v));
                seen.push("unknown");
            }
            (OwnedFrame::BlockWithoutData(copy), Frame::BlockWithoutData(head)) => {
                assert_eq!((copy.event_type(), copy.id()), (head.event_type(), head.id()));
                seen.push("block");
            }
            different => panic!("{different:?}"),
        }
    }
    assert_eq!(seen, ["comment", "retry", "unknown", "event", "block", "block", "event", "event"]);
    assert!(owned.next().is_none());
}

#[test]
fn nothing_is_removed_from_a_comment() {
    let input = ": one\n:two\n:  three \n:: four\n:\n:data: x\n:\0\n";
    let expected = [" one", "two", "  three ", ": four", "", "data: x", "\0"].map(comment);
    assert_eq!(frames(input), expected);
}

#[test]
fn a_line_frame_inside_a_block_does_not_change_the_block() {
    let input = "event: e\ndata: a\nid: 1\n: comment\ndata: b\nunknown: field\nretry: 5\ndata: c\n\n";
    let event = Item::Event(Got {
        event_type: "e".into(),
        data: "a\nb\nc".into(),
        id: Some("1".into()),
        last_event_id: "1".into(),
        retry: Some(Duration::from_millis(5)),
    });
    assert_eq!(frames(input), [comment(" comment"), unknown("unknown", "field"), retry(5), event]);
}

#[test]
fn a_field_without_a_name_is_a_comment_but_a_space_is_a_name() {
    assert_eq!(
        frames(" : x\n : \n \n: y\n"),
        [unknown(" ", "x"), unknown(" ", ""), unknown(" ", ""), comment(" y")]
    );
}

#[test]
fn one_space_is_removed_from_the_value_of_an_unknown_field() {
    let input = "a:b\na: b\na:  b\na:\na: \na\na:b:c\nDATA: x\ndata : x\n";
    let values = ["b", "b", " b", "", "", "", "b:c"].map(|value| unknown("a", value));
    let names = [unknown("DATA", "x"), unknown("data ", "x")];
    assert_eq!(frames(input), [&values[..], &names].concat());
}

#[test]
fn only_valid_retry_lines_are_frames() {
    assert_eq!(
        frames("retry: 5\nretry: x\nretry\nretry: 99999999999999999999\n"),
        [retry(5), retry(u64::MAX)]
    );
}

#[test]
fn a_blank_line_after_anything_but_data_is_a_block_without_data() {
    assert_eq!(frames("id: 1\n\n"), [block("message", Some("1"), "1")]);
    assert_eq!(frames("id: 1\n\nevent: e\n\n")[1], block("e", None, "1"));
    assert_eq!(frames("event: e\nid\n\n"), [block("e", Some(""), "")]);
    assert_eq!(frames("event\n\n"), [block("message", None, "")]);
    let blank = || block("message", None, "");
    assert_eq!(frames("\n\n: c\n\nretry: x\n\n"), [blank(), blank(), comment(" c"), blank(), blank()]);
    assert_eq!(frames("id: \0\n\n"), [blank()]);
}

#[test]
fn invalid_utf_8_is_repaired_in_frames_too() {
    assert_eq!(frames(b":\xFF\n\xFE: \xC3\n"), [comment("\u{FFFD}"), unknown("\u{FFFD}", "\u{FFFD}")]);
}

#[test]
fn an_incomplete_byte_order_mark_is_a_field_name() {
    assert_eq!(frames(b"\xEF\xBB:x\n"), [unknown("\u{FFFD}", "x")]);
    assert_eq!(frames(b"\xEF\xBB\xBF\xEF\xBB\xBF\n"), [unknown("\u{FEFF}", "")]);
}

#[test]
fn frames_never_change_which_events_there_are() {
    let input = ": c\ndata: a\nx\nid: 1\n: d\ndata: b\n\nevent: e\n: f\n\nretry: 4\n: g\ndata: h\n: i";
    let with = frames_everywhere(&Settings::default(), input).without_frames();
    assert_eq!(with, crate::support::check(input));
}

#[track_caller]
fn limited(limit: usize, input: &str) -> Outcome {
    frames_everywhere(&Settings::limit(limit), input)
}

#[test]
fn a_rejected_block_still_returns_its_comments_retry_and_unknown_fields() {
    let outcome = limited(2, ":a\ndata: 123\n:b\nretry: 1\nx\nevent: e\nid: 1\n\ndata: d\n\n");
    let error = Item::Error(too_large(2, 0, 11));
    assert_eq!(outcome.items, [comment("a"), error, comment("b"), retry(1), unknown("x", ""), event("d")]);
}

#[test]
fn a_comment_over_the_limit_is_a_separate_error() {
    let blank = block("message", None, "");
    let outcome = limited(3, "\n:123\n:1234\ndata: ab\n\n");
    assert_eq!(outcome.items, [blank, comment("123"), Item::Error(too_large(3, 1, 10)), event("ab")]);
}

#[test]
fn an_unknown_field_over_the_limit_is_a_separate_error() {
    let outcome = limited(3, "x:1\nx:12\ndata: ab\n\n");
    assert_eq!(outcome.items, [unknown("x", "1"), Item::Error(too_large(3, 0, 7)), event("ab")]);
    // Over the limit with its first bytes, but until then the line may still be `retry`.
    assert_eq!(limited(1, "retry2\n").items, [Item::Error(too_large(1, 0, 1))]);
    assert_eq!(limited(1, "retry2\n").due, [6]);
    assert_eq!(limited(1, "ret\n").due, [4]);
    assert_eq!(limited(1, "ret").items, []);
}

#[test]
fn feeding_events_and_frames_may_be_mixed() {
    let pieces = [": a\n: b", "b\ndata: x\n: c", "c\nda", "ta: y\nid: 1\n:", "d\n\n: e\n:", "f\n\ndata\n\n"];
    for mask in 0..1 << pieces.len() {
        let mut decoder = Decoder::new();
        let mut data = Vec::new();
        for (number, piece) in pieces.iter().enumerate() {
            if mask >> number & 1 == 0 {
                let mut feed = decoder.feed(piece.as_bytes());
                while let Some(event) = feed.next_ref().unwrap() {
                    data.push((event.data().to_owned(), event.last_event_id().to_owned()));
                }
                continue;
            }
            let mut feed = decoder.feed_frames(piece.as_bytes());
            while let Some(frame) = feed.next_frame().unwrap() {
                if let Frame::Event(event) = frame {
                    data.push((event.data().to_owned(), event.last_event_id().to_owned()));
                }
            }
        }
        let expected = [("x\ny", "1"), ("", "1")].map(|(data, id)| (data.to_owned(), id.to_owned()));
        assert_eq!(data, expected, "{mask:b}");
    }
}
