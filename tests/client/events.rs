//! Which events a stream returns.

use eventwire::client::{EventStream, StreamError};
use eventwire::{Decoder, Ending, Event, EventPiece, Frame, OwnedFrame, Unfinished};
use futures_util::FutureExt;
use std::time::Duration;

use crate::chunks::{data, end, ending, idle, pieces, staying};

const BODY: &[u8] =
    "\u{FEFF}: hello\r\nretry: 7\rid: 1\ndata: a\ndata: ä\n\nevent: t\r\ndata: {\"b\": 2}\r\n\r\n\
    id: é\n\nx: y\ndata: c\r\rdata: \u{1F600}\n\n: bye\nid: 9\ndata: lost"
        .as_bytes();

/// Returns what the decoder makes of the whole body.
fn expected() -> Vec<(Event, String)> {
    let mut decoder = Decoder::new();
    let mut feed = decoder.feed(BODY);
    let mut events = Vec::new();
    while let Some(event) = feed.next_ref().unwrap() {
        events.push((event.to_event(), event.last_event_id().to_owned()));
    }
    assert_eq!(events.len(), 4);
    events
}

#[test]
fn chunk_boundaries_do_not_matter_to_any_way_of_reading() {
    let expected = expected();
    for cut in 0..=BODY.len() {
        let chunks = || pieces([&BODY[..cut], &[], &BODY[cut..]]);
        let mut owned = EventStream::new(chunks());
        let mut polled = EventStream::new(chunks());
        let mut borrowed = EventStream::new(chunks());
        for (event, last_event_id) in &expected {
            assert_eq!(owned.next_event().now_or_never().unwrap().unwrap().as_ref(), Some(event));
            assert_eq!(owned.last_event_id(), last_event_id);
            assert_eq!(data(&mut polled), event.data());
            let event_ref = borrowed.next_ref().now_or_never().unwrap().unwrap().unwrap();
            assert_eq!(event_ref.to_event(), *event);
            assert_eq!(event_ref.last_event_id(), last_event_id);
        }
        for mut stream in [owned, polled, borrowed] {
            end(&mut stream);
            assert_eq!(stream.ending(), Some(Ending::InsideLine));
            assert_eq!(stream.last_event_id(), "é");
            assert_eq!(stream.reconnection_time(), Some(Duration::from_millis(7)));
            assert_eq!(stream.bytes_consumed(), BODY.len() as u64);
        }
    }
}

#[test]
fn one_byte_at_a_time_gives_the_same_events() {
    let stream = EventStream::new(pieces(BODY.chunks(1)));
    let events: Vec<_> = futures_util::StreamExt::collect(stream).now_or_never().unwrap();
    let events: Vec<_> = events.into_iter().map(Result::unwrap).collect();
    assert_eq!(events, expected().into_iter().map(|(event, _)| event).collect::<Vec<_>>());
}

#[test]
fn an_event_is_returned_with_its_last_byte() {
    let mut stream = staying(&["data: a\n\r"]);
    assert_eq!(data(&mut stream), "a");
    idle(&mut stream);
    assert_eq!((stream.ending(), stream.bytes_consumed()), (None, 9));
}

#[test]
fn chunks_may_be_any_type_that_converts_into_bytes() {
    let vectors = futures_util::stream::iter([Ok::<_, ()>(b"data: a\n\n".to_vec())]);
    assert_eq!(data(&mut EventStream::new(vectors)), "a");
    let texts = futures_util::stream::iter([Ok::<_, ()>("data: a\n\n")]);
    assert_eq!(data(&mut EventStream::new(texts)), "a");
}

#[test]
fn a_stream_that_is_not_unpin_is_pinned_first() {
    let chunks = futures_util::stream::once(async { Ok::<_, ()>("data: a\n\ndata: b\n\n") });
    assert_eq!(data(&mut EventStream::new(Box::pin(chunks))), "a");
    let chunks = futures_util::stream::once(async { Ok::<_, ()>("data: a\n\ndata: b\n\n") });
    let events = std::pin::pin!(EventStream::new(chunks));
    let events: Vec<_> = futures_util::StreamExt::collect(events).now_or_never().unwrap();
    assert_eq!(events.len(), 2);
}

#[test]
fn frames_are_borrowed_on_request() {
    let mut stream = EventStream::new(pieces(BODY.chunks(3)));
    let mut seen = String::new();
    while let Some(frame) = stream.next_frame().now_or_never().unwrap().unwrap() {
        match frame {
            Frame::Event(event) => seen += event.data(),
            Frame::Comment(text) => seen += text,
            Frame::Retry(time) => seen += &time.as_millis().to_string(),
            Frame::Unknown { name, .. } => seen += name,
            Frame::BlockWithoutData(block) => seen += block.id().unwrap(),
            other => panic!("{other:?}"),
        }
        seen += "|";
    }
    assert_eq!(seen, " hello|7|a\nä|{\"b\": 2}|é|x|c|\u{1F600}| bye|");
    end(&mut stream);
}

#[test]
fn a_stream_of_owned_frames_has_what_next_frame_returns_and_stays_ended() {
    use futures_util::StreamExt;

    for cut in 0..=BODY.len() {
        let chunks = || pieces([&BODY[..cut], &BODY[cut..]]);
        let mut borrowed = EventStream::new(chunks());
        let mut owned = Box::pin(EventStream::new(chunks()).into_frames());
        while let Some(frame) = borrowed.next_frame().now_or_never().unwrap().unwrap() {
            let copy = owned.next().now_or_never().unwrap().unwrap().unwrap();
            assert_eq!(copy, OwnedFrame::from(frame));
        }
        assert!(owned.next().now_or_never().unwrap().is_none());
        assert!(owned.next().now_or_never().unwrap().is_none());
    }
}

#[test]
fn large_data_is_borrowed_in_pieces_on_request() {
    let decoder = || Decoder::new().with_piece_size(3);
    for cut in 0..=BODY.len() {
        let chunks = pieces([&BODY[..cut], &BODY[cut..]]);
        let mut events = EventStream::new(chunks).with_decoder(decoder());
        let mut data = String::new();
        let mut whole = Vec::new();
        while let Some(piece) = events.next_piece().now_or_never().unwrap().unwrap() {
            let last = match piece {
                EventPiece::Data(text) => {
                    data.push_str(text);
                    continue;
                }
                EventPiece::Event(event) => event.data(),
                EventPiece::End { data, .. } => data,
                other => panic!("unknown kind of piece: {other:?}"),
            };
            whole.push(std::mem::take(&mut data) + last);
        }
        assert_eq!(whole, expected().iter().map(|(event, _)| event.data().to_owned()).collect::<Vec<_>>());
        assert_eq!(events.ending(), Some(Ending::InsideLine));
    }
}

#[test]
fn the_settings_of_a_decoder_apply() {
    let body = ["data: far too long\n\ndata: short\n\ndata: rest\n"];
    let decoder = Decoder::new().with_max_event_size(8).with_unfinished(Unfinished::Block);
    let mut stream = ending(&body).with_decoder(decoder);
    let error = stream.next_event().now_or_never().unwrap().unwrap_err();
    assert_eq!(error.bytes(), 14);
    assert_eq!(error.to_string(), "an event could not be decoded");
    assert_eq!(data(&mut stream), "short");
    assert_eq!(data(&mut stream), "rest");
    end(&mut stream);
    assert_eq!(stream.ending(), Some(Ending::InsideEvent));
}

#[test]
fn a_block_over_its_limit_in_bytes_is_an_error_and_the_next_event_follows() {
    let body = [": a\n: b\n: c\n: d\ndata: e\n\ndata: next\n\n"];
    let mut stream = ending(&body).with_decoder(Decoder::new().with_max_block_size(16));
    let error = stream.next_event().now_or_never().unwrap().unwrap_err();
    assert_eq!(error.bytes(), 16);
    assert!(
        matches!(error, StreamError::Decode(error) if error.to_string().starts_with("block exceeds the limit"))
    );
    assert_eq!(data(&mut stream), "next");
    end(&mut stream);
}

#[test]
fn a_decoder_continues_with_the_next_connection() {
    let mut first = ending(&["id: 7\nretry: 9\ndata: a\n\nid: 8\ndata: cu"]);
    assert_eq!(data(&mut first), "a");
    end(&mut first);
    let mut second = ending(&["\u{FEFF}data: b\n\n"]).with_decoder(first.into_decoder());
    assert_eq!(second.last_event_id(), "7");
    assert_eq!(data(&mut second), "b");
    assert_eq!(second.last_event_id(), "7");
    assert_eq!(second.reconnection_time(), Some(Duration::from_millis(9)));
    assert_eq!(second.bytes_consumed(), 12);
}

#[test]
fn a_decoder_of_an_unfinished_connection_starts_afresh() {
    let mut first = ending(&["data: a\n\ndata: b\n\ndata: c"]);
    assert_eq!(data(&mut first), "a");
    let mut decoder = first.into_decoder();
    decoder.finish();
    let mut second = ending(&["data: d\n\n"]).with_decoder(decoder);
    assert_eq!(data(&mut second), "d");
    end(&mut second);
}
