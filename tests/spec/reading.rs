//! The readers: promises of the guard, a body, a reader and an owned event beyond the standard.

use std::io::{self, Read};

use bytes::Bytes;
use eventwire::{
    events, BytesDecoder, Decoder, Ending, Event, EventId, EventReader, Frame, ReadError, Unfinished,
};

/// Returns these results, one per call.
#[derive(Debug)]
struct Script(Vec<io::Result<&'static [u8]>>);

impl Read for Script {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let answer = self.0.remove(0)?;
        buf[..answer.len()].copy_from_slice(answer);
        Ok(answer.len())
    }
}

fn reader(answers: Vec<io::Result<&'static [u8]>>) -> EventReader<Script> {
    EventReader::new(Script(answers))
}

fn data(event: Option<Result<Event, ReadError>>) -> String {
    event.unwrap().unwrap().data().into()
}

#[test]
fn an_interrupted_read_is_repeated() {
    let interrupted = io::Error::from(io::ErrorKind::Interrupted);
    let mut reader = reader(vec![Ok(b"data: a\n"), Err(interrupted), Ok(b"\n"), Ok(b"")]);
    assert_eq!(data(reader.next()), "a");
    assert!(reader.next().is_none());
    assert_eq!(reader.ending(), Some(Ending::Clean));
}

#[test]
fn a_failed_reader_is_not_read_again() {
    let lost = io::Error::from(io::ErrorKind::ConnectionReset);
    let mut reader = reader(vec![Ok(b"id: 1\ndata: a\n\ndata: b"), Err(lost)]);
    assert_eq!(data(reader.next()), "a");
    assert!(matches!(reader.next(), Some(Err(ReadError::Io(_)))));
    assert!(reader.next().is_none());
    assert!(reader.next_ref().unwrap().is_none());
    assert_eq!(reader.ending(), None, "what failed has no end");
    assert_eq!(reader.last_event_id(), "1");
}

#[test]
fn a_reader_is_not_read_while_there_are_events() {
    // A second read would find the script empty, and panic.
    let mut reader = reader(vec![Ok(b"data: a\n\ndata: b\n\ndata: c\r\r")]);
    assert_eq!([data(reader.next()), data(reader.next()), data(reader.next())], ["a", "b", "c"]);
}

#[test]
fn a_reader_is_not_read_after_its_end() {
    let mut reader = reader(vec![Ok(b"data: a"), Ok(b"")]);
    assert!(reader.next().is_none());
    assert!(reader.next().is_none());
}

#[test]
fn a_reader_continues_after_a_rejected_block() {
    let script = Script(vec![Ok(b"data: 123\n\ndata: 1\n\n"), Ok(b"")]);
    let mut reader = EventReader::new(script).with_decoder(Decoder::new().with_max_event_size(2));
    assert!(matches!(reader.next(), Some(Err(ReadError::Decode(error))) if error.offset() == 8));
    assert_eq!(data(reader.next()), "1");
    assert!(reader.next().is_none());
}

#[test]
fn a_borrowed_event_lies_in_its_chunk() {
    let chunk = "event: e\nid: 7\ndata: größe\n\n".as_bytes();
    let mut decoder = Decoder::new();
    // The first chunk of a connection, and a later one.
    for _ in 0..2 {
        let mut feed = decoder.feed(chunk);
        let event = feed.next_ref().unwrap().unwrap();
        for text in [event.data(), event.event_type(), event.last_event_id()] {
            assert!(chunk.as_ptr_range().contains(&text.as_ptr()), "{text:?} was copied");
        }
        assert!(feed.next_ref().unwrap().is_none());
    }
}

#[test]
fn a_large_event_shares_its_chunk_and_a_small_one_does_not() {
    let large = "x".repeat(4_000);
    let chunk = Bytes::from(format!("data: {large}\n\ndata: small\n\n"));
    let shares = |event: &Event| chunk.as_ptr_range().contains(&event.data().as_ptr());
    let mut decoder = Decoder::new();
    let mut feed = decoder.feed(chunk.clone());
    let event = feed.next_event().unwrap().unwrap();
    assert_eq!(event.data(), large);
    assert!(shares(&event));
    assert!(!shares(&event.detach()));
    assert_eq!(event, event.detach());
    let event = feed.next_event().unwrap().unwrap();
    assert!(!shares(&event));
}

#[test]
fn an_event_that_is_a_small_part_of_its_chunk_does_not_keep_it_alive() {
    let large = "x".repeat(4_000);
    let chunk = Bytes::from(format!("data: {large}\n\n:{}\n", "c".repeat(13_000)));
    let mut decoder = Decoder::new();
    let event = decoder.feed(chunk.clone()).next_event().unwrap().unwrap();
    assert_eq!(event.data(), large);
    assert!(!chunk.as_ptr_range().contains(&event.data().as_ptr()));
}

#[test]
fn a_repaired_event_is_copied() {
    let chunk = Bytes::from([&b"data: \xFF"[..], &[b'x'; 4_000], b"\n\n"].concat());
    let mut decoder = Decoder::new();
    let event = decoder.feed(chunk.clone()).next_event().unwrap().unwrap();
    assert!(event.data().starts_with("\u{FFFD}xxx") && event.data().len() == 4_003);
    assert!(!chunk.as_ptr_range().contains(&event.data().as_ptr()));
}

#[test]
fn a_guard_reports_the_state_up_to_its_last_event() {
    let mut decoder = Decoder::new();
    let mut feed = decoder.feed(b"id: 1\nretry: 5\ndata: a\n\nid: 2\ndata: b\n\n:");
    assert_eq!((feed.last_event_id(), feed.bytes_consumed()), ("", 0));
    assert_eq!(feed.next_ref().unwrap().unwrap().data(), "a");
    assert_eq!((feed.last_event_id(), feed.bytes_consumed()), ("1", 24));
    assert_eq!(feed.reconnection_time().unwrap().as_millis(), 5);
    assert_eq!(feed.next_ref().unwrap().unwrap().data(), "b");
    assert_eq!((feed.last_event_id(), feed.bytes_consumed()), ("2", 39));
    assert!(feed.next_ref().unwrap().is_none());
    assert_eq!(feed.bytes_consumed(), 40);
    drop(feed);
    assert_eq!((decoder.last_event_id(), decoder.bytes_consumed()), ("2", 40));
}

#[test]
fn bytes_left_unread_by_a_dropped_guard_are_not_consumed() {
    let mut decoder = Decoder::new();
    assert_eq!(
        decoder.feed(b"id: 1\ndata: a\n\nid: 2\ndata: b\n\n").next_ref().unwrap().unwrap().data(),
        "a"
    );
    assert_eq!((decoder.last_event_id(), decoder.bytes_consumed()), ("1", 15));
    assert_eq!(decoder.feed(b"data: c\n\n").next_ref().unwrap().unwrap().data(), "b");
    assert_eq!((decoder.last_event_id(), decoder.bytes_consumed()), ("2", 30));
}

#[test]
fn an_empty_chunk_returns_the_unread_events() {
    let mut decoder = Decoder::new();
    drop(decoder.feed(b"data: a\n\ndata: b\n\n"));
    assert_eq!(decoder.feed(b"").next_ref().unwrap().unwrap().data(), "a");
    assert_eq!(decoder.feed(Bytes::new()).next_ref().unwrap().unwrap().data(), "b");
    assert!(decoder.feed(b"").next_ref().unwrap().is_none());
}

#[test]
fn an_empty_chunk_begins_the_next_connection() {
    let pushed = |decoder: Decoder| {
        let mut decoder = BytesDecoder::from(decoder);
        decoder.push(Bytes::new());
        decoder.into_decoder()
    };
    let fed = |mut decoder: Decoder| {
        assert!(decoder.feed(b"").next_ref().unwrap().is_none());
        decoder
    };
    let begin: [&dyn Fn(Decoder) -> Decoder; 2] = [&pushed, &fed];
    for begin in begin {
        let mut decoder = Decoder::new();
        assert!(decoder.feed(b"data: x").next_ref().unwrap().is_none());
        assert_eq!((decoder.finish(), decoder.bytes_consumed()), (Ending::InsideLine, 7));
        let mut decoder = begin(decoder);
        assert_eq!((decoder.finish(), decoder.bytes_consumed()), (Ending::Clean, 0));
    }
}

#[test]
fn a_leaked_guard_only_loses_events() {
    let chunk = b"id:1\ndata:a\n\nid: 2\ndata: b\n\ndata: c\ndata: d\n\nid: 3\ndata: e";
    for read in 0..5 {
        for size in [1, 2, 64] {
            let mut decoder = Decoder::new();
            let mut feed = decoder.feed(chunk);
            for _ in 0..read {
                let _ = feed.next_ref().unwrap();
            }
            std::mem::forget(feed);
            let mut after = Vec::new();
            for piece in b"f\nid: lost\n\nid: 4\ndata: g\n\n".chunks(size) {
                let mut feed = decoder.feed(piece);
                while let Some(event) = feed.next_ref().unwrap() {
                    after.push((event.data().to_owned(), event.last_event_id().to_owned()));
                }
            }
            // The block in which the guard was leaked is rejected; the next one is complete.
            assert_eq!(
                after,
                [("g".to_owned(), "4".to_owned())],
                "{read} events read, then pieces of {size}"
            );
        }
    }
}

#[test]
fn a_body_is_read_like_any_other_stream() {
    let all: Vec<_> =
        events(b"\xEF\xBB\xBFid: 1\ndata: a\n\nevent: e\ndata: b\r\r").map(Result::unwrap).collect();
    assert_eq!(all[0].id().unwrap(), "1");
    assert_eq!((all[1].event_type(), all[1].data(), all[1].id()), ("e", "b", None));
    assert_eq!(all.len(), 2);
}

#[test]
fn an_error_reports_its_reason_and_its_offset() {
    let error = events(b"data: \xFF\n\n").next().unwrap();
    assert!(error.is_ok(), "strictness is a choice");
    let mut decoder = Decoder::new().with_strict_utf8();
    let error = decoder.feed(b"\n\ndata: \xFF\n\n").next_ref().unwrap_err();
    assert_eq!(error.to_string(), "invalid UTF-8 at byte 8, in the event starting at byte 2");
}

#[test]
fn an_empty_reader_is_a_new_connection() {
    let mut decoder = Decoder::new();
    assert!(decoder.feed(b"id: 1\n\ndata: x\n").next_ref().unwrap().is_none());
    assert_eq!(decoder.finish(), Ending::InsideEvent);
    let mut reader = EventReader::new(&b""[..]).with_decoder(decoder.with_unfinished(Unfinished::Block));
    assert!(reader.next().is_none());
    assert_eq!(reader.ending(), Some(Ending::Clean));
    assert_eq!(reader.last_event_id(), "1");
    assert_eq!(reader.into_decoder().bytes_consumed(), 0);
}

#[test]
fn an_event_includes_the_reconnection_time_of_its_block() {
    for chunk in ["retry: 5\ndata: a\n\ndata: b\n\n", "data: a\nretry: 7\nretry: x\nretry: 5\n\ndata: b\n\n"]
    {
        let retries: Vec<_> =
            eventwire::events(chunk.as_bytes()).map(|event| event.unwrap().retry()).collect();
        assert_eq!(retries, [Some(std::time::Duration::from_millis(5)), None], "{chunk:?}");
    }
}

#[test]
fn a_connection_can_be_begun_before_its_first_chunk() {
    let mut decoder = Decoder::new();
    drop(decoder.feed(b"id: 1\nretry: 5\n\ndata: x\n\nda"));
    assert_eq!(decoder.feed("ta: y").next_ref().unwrap().unwrap().data(), "x");
    decoder.begin_connection();
    assert_eq!((decoder.bytes_consumed(), decoder.last_event_id()), (0, "1"));
    assert_eq!(decoder.reconnection_time().unwrap().as_millis(), 5);
    assert_eq!(decoder.feed("\u{FEFF}data: a\n\n").next_ref().unwrap().unwrap().data(), "a");

    let mut decoder = BytesDecoder::new().with_decoder(decoder);
    decoder.push(Bytes::from_static(b"data: b\n\ndata: c"));
    decoder.begin_connection();
    assert_eq!(decoder.next_event().unwrap(), None);
    decoder.push(Bytes::from_static(b"\n\ndata: d\n\n"));
    assert_eq!(decoder.next_event().unwrap().unwrap().data(), "d");
}

#[test]
fn the_underlying_reader_can_be_accessed() {
    let mut reader = EventReader::new(&b"data: a\n\n"[..]);
    assert_eq!(reader.get_ref().len(), 9);
    assert_eq!(reader.next_event().unwrap().unwrap().data(), "a");
    assert!(reader.get_mut().is_empty());
    *reader.get_mut() = b"data: b\n\n";
    assert!(reader.advance_frame().unwrap());
    assert!(matches!(reader.current_frame(), Some(Frame::Event(event)) if event.data() == "b"));
    assert_eq!(reader.into_inner(), b"");
}

#[test]
fn missing_line_ends_do_not_count_as_consumed() {
    for unfinished in [Unfinished::Discard, Unfinished::Block, Unfinished::BlockAndLine] {
        let decoder = Decoder::new().with_unfinished(unfinished);
        let mut reader = EventReader::new(&b"data: x\ndata"[..]).with_decoder(decoder);
        while reader.next().is_some() {
            assert_eq!(reader.bytes_consumed(), 12);
        }
        assert_eq!(reader.bytes_consumed(), 12);
        let mut decoder = Decoder::new();
        assert!(decoder.feed(b"data: x\ndata").next_ref().unwrap().is_none());
        decoder.finish();
        let mut left = decoder.take_unfinished(unfinished);
        while left.next_ref().unwrap().is_some() {
            assert_eq!(left.bytes_consumed(), 12);
        }
    }
}

#[test]
fn a_leaked_guard_loses_its_block_and_no_event_is_returned_twice() {
    let leaked = || {
        let mut decoder = Decoder::new();
        let mut frames = decoder.feed_frames(b"id: 12345\ndata: a\nretry: 1\nfoo");
        assert!(matches!(frames.next_frame(), Ok(Some(Frame::Retry(_)))));
        std::mem::forget(frames);
        decoder
    };
    let mut decoder = leaked();
    decoder.finish();
    assert!(decoder.take_unfinished(Unfinished::Block).next_ref().unwrap().is_none());
    let mut decoder = BytesDecoder::from(leaked());
    decoder.push(Bytes::from_static(b"\n\ndata: b\n\n"));
    assert!(decoder.advance().unwrap());
    assert_eq!(decoder.current().unwrap().data(), "b");

    let mut decoder = Decoder::new();
    drop(decoder.feed(b"id: 1\nda"));
    let mut feed = decoder.feed(b"ta: a\ndata: b\n\n");
    assert_eq!(feed.next_ref().unwrap().unwrap().data(), "a\nb");
    std::mem::forget(feed);
    decoder.finish();
    assert!(decoder.take_unfinished(Unfinished::Block).next_ref().unwrap().is_none());
}

#[test]
fn an_unread_chunk_is_read_before_the_unfinished_block() {
    let mut decoder = BytesDecoder::default();
    decoder.push(Bytes::from_static(b"data: a\n\n"));
    decoder.take_unfinished(Unfinished::Block);
    assert!(decoder.advance().unwrap());
    assert_eq!(decoder.current().unwrap().data(), "a");
}

#[test]
fn a_last_event_id_that_is_set_holds_until_an_event_sets_another() {
    let mut decoder = BytesDecoder::new();
    decoder.push("id: 7\ndata: a\n\ndata: b\n\nid: 8\ndata: c\n\n".into());
    assert!(decoder.advance().unwrap());
    decoder.set_last_event_id(EventId::try_from("set").unwrap());
    assert!(decoder.current().is_none());
    assert_eq!(decoder.last_event_id(), "set");
    assert_eq!(decoder.next_ref().unwrap().unwrap().last_event_id(), "set");
    assert_eq!(decoder.next_ref().unwrap().unwrap().last_event_id(), "8");
    decoder.set_last_event_id(EventId::try_from("").unwrap());
    assert!(decoder.next_ref().unwrap().is_none());
    assert_eq!(decoder.into_decoder().last_event_id(), "");
}

#[test]
fn a_lowered_limit_applies_to_the_open_block_too() {
    let mut decoder = Decoder::new();
    assert!(decoder.feed(b"data: 0123456789").next_ref().unwrap().is_none());
    let mut decoder = decoder.with_max_event_size(4);
    let mut feed = decoder.feed(b"more\n\ndata: b\n\n");
    assert!(feed.advance().is_err());
    assert_eq!(feed.next_ref().unwrap().unwrap().data(), "b");
}

#[test]
fn an_event_is_taken_once_however_it_was_cut() {
    for chunks in [&["data: a\n\n"][..], &["data: a", "\n\n"]] {
        let mut decoder = BytesDecoder::default();
        for chunk in chunks {
            assert!(!decoder.advance().unwrap());
            decoder.push(Bytes::from_static(chunk.as_bytes()));
        }
        assert!(decoder.advance().unwrap());
        assert_eq!(decoder.take_current().unwrap().data(), "a");
        assert!(decoder.take_current().is_none());
        assert!(decoder.current().is_none());
        assert!(!decoder.advance().unwrap());
    }
}

/// A decoder that was fed two events and a part of the third, and has returned the first.
fn half_read() -> Decoder {
    let mut decoder = Decoder::new();
    assert_eq!(decoder.feed("data: a\n\ndata: b\n\ndata: c").next_ref().unwrap().unwrap().data(), "a");
    decoder
}

#[test]
fn a_reader_returns_what_its_decoder_has_not_read_yet_before_it_asks_for_more() {
    let mut decoder = BytesDecoder::new().with_decoder(half_read());
    assert_eq!(decoder.next_event().unwrap().unwrap().data(), "b");
    assert!(decoder.next_event().unwrap().is_none());
    decoder.push("\n\n".into());
    assert_eq!(decoder.next_event().unwrap().unwrap().data(), "c");
    assert_eq!(decoder.bytes_consumed(), 27);

    // Asked once too often, the script panics.
    let mut reader = reader(vec![]).with_decoder(half_read());
    assert_eq!(data(reader.next()), "b");
    let rest = EventReader::new(Script(vec![Ok(b"\n\n"), Ok(b"")])).with_decoder(half_read());
    assert_eq!(rest.map(|event| event.unwrap().data().to_owned()).collect::<Vec<_>>(), ["b", "c"]);
}

#[test]
fn debug_output_prints_no_byte_of_the_stream() {
    let mut decoder = half_read();
    let kept = format!("{decoder:?}");
    let fed = format!("{:?}", decoder.feed("data: b\n\n"));
    let mut decoder = BytesDecoder::new();
    decoder.push("id: b\ndata: b\n\ndata: b\n\n".into());
    assert!(decoder.advance().unwrap());
    let pushed = format!("{decoder:?}");
    let mut reader = reader(vec![Ok(b"data: b\n\ndata: b\n\n")]);
    assert!(reader.advance().unwrap());
    let read = format!("{reader:?}");
    let iterated = format!("{:?}", events(b"data: b\n\n"));
    for said in [kept, fed, pushed, read, iterated] {
        // As text, or as numbers.
        assert!(!said.contains("data: b") && !said.contains("100, 97, 116, 97"), "{said}");
        assert!(said.len() < 2_000, "{said}");
    }
}

#[test]
fn an_empty_type_is_known_from_none_wherever_the_stream_is_cut() {
    const STREAM: &[u8] = b"event:\ndata: a\n\nevent\nid: 1\n\ndata: b\n\nevent: x\nevent:\ndata\ndata\n\nevent: y\ndata: \xFF\n\n";
    let expected = [Some(""), Some(""), None, Some(""), Some("y")];
    for first in 0..=STREAM.len() {
        for second in [first, first + 1, first + 20].map(|at| at.min(STREAM.len())) {
            let chunks = [&STREAM[..first], &STREAM[first..second], &STREAM[second..]];
            let (mut of_events, mut of_frames) = (BytesDecoder::new(), BytesDecoder::new());
            let (mut in_events, mut in_frames) = (Vec::new(), Vec::new());
            for chunk in chunks {
                of_events.push_slice(chunk);
                while let Some(event) = of_events.next_ref().unwrap() {
                    in_events.push(event.head().named_type().map(str::to_owned));
                    if event.head().named_type() == Some("") {
                        assert_eq!(event.to_event(), Event::new(event.data()), "for an event, it is as none");
                    }
                }
                of_frames.push_slice(chunk);
                while let Some(frame) = of_frames.next_frame().unwrap() {
                    let head = match frame {
                        Frame::Event(event) => event.head(),
                        Frame::BlockWithoutData(head) => head,
                        _ => continue,
                    };
                    in_frames.push(head.named_type().map(str::to_owned));
                }
            }
            assert_eq!(
                in_frames.iter().map(Option::as_deref).collect::<Vec<_>>(),
                expected,
                "{first} {second}"
            );
            in_frames.remove(1);
            assert_eq!(in_events, in_frames, "{first} {second}");
        }
    }
}
