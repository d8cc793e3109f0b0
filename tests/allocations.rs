//! Allocations of the decoder, counted: none for a borrowed event, few for an owned one.

#[path = "support/counting.rs"]
mod counting;

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use counting::count;
use eventwire::{BytesDecoder, Decoder, Encoded, Event, Head};

/// A kind of stream, and how many allocations an owned event of it may cost.
struct Shape {
    name: &'static str,
    /// One round of events, which is repeated.
    round: Vec<u8>,
    events: u64,
    owned: u64,
}

fn shape(name: &'static str, round: impl Into<Vec<u8>>, events: u64, owned: u64) -> Shape {
    Shape { name, round: round.into(), events, owned }
}

fn shapes() -> Vec<Shape> {
    let json =
        |n: usize| format!("{{\"id\":\"chat-{n}\",\"choices\":[{{\"delta\":{{\"content\":\" word\"}}}}]}}");
    let many = |event: &dyn Fn(usize) -> String| (0..50).map(event).collect::<String>();
    vec![
        shape("one data line", many(&|n| format!("data: {}\n\n", json(n))), 50, 1),
        shape("event and data", many(&|n| format!("event: delta\ndata: {}\n\n", json(n))), 50, 2),
        shape("id, event and data", many(&|n| format!("id: {n}\nevent: tick\ndata: {n}.5\n\n")), 50, 3),
        shape("data, then event and id", many(&|n| format!("data: {n}\nevent: tick\nid: x{n}\n\n")), 50, 3),
        shape("many data lines", "data: 0123456789 0123456789\n".repeat(40) + "\n", 1, 1),
        shape("cr lf", many(&|n| format!("event: delta\r\ndata: {}\r\ndata: {n}\r\n\r\n", json(n))), 50, 2),
        shape("cr", many(&|n| format!("id: {n}\rdata: {}\r\r", json(n))), 50, 2),
        shape("cjk", many(&|n| format!("data: 火は{n}水🚲\nid: 語{n}\n\n")), 50, 2),
        shape("comments", ": ping\n\n:\n:\ndata: x\n: between\n\nerror: none\n", 1, 1),
        shape("empty events", "data\n\ndata:\nid\n\nevent:\ndata\n\n", 3, 0),
        shape("no events", ": ping\n\nid: 7\n\nevent: x\n\nretry: 700\n\nx: y\n", 0, 0),
        shape("lines of 16 KiB", format!("data: {}\n\n", "b64=".repeat(4096)), 1, 1),
        shape("long types and ids", format!("event: {0}\nid: {0}\ndata\n\n", "t".repeat(4096)), 1, 2),
    ]
}

const CHUNKS: [usize; 5] = [64 * 1024, 1_400, 255, 16, 1];

/// Reads rounds of a shape in chunks of a size, after three times as many to warm up: the decoder's
/// buffers take turns, and each must have held the longest text once.
fn measure(shape: &Shape, size: usize, mut feed: impl FnMut(&mut Decoder, &[u8]) -> u64) -> u64 {
    let rounds = (size * 3).max(24 * 1024) / shape.round.len() + 3;
    let stream = shape.round.repeat(rounds);
    let mut decoder = Decoder::new();
    let mut read = || stream.chunks(size).map(|chunk| feed(&mut decoder, chunk)).sum::<u64>();
    for _ in 0..3 {
        assert_eq!(read(), shape.events * rounds as u64, "{}", shape.name);
    }
    let (counts, _) = count(read);
    counts.calls
}

#[test]
fn a_pushed_slice_allocates_nothing() {
    for shape in shapes() {
        for size in CHUNKS {
            let mut pushed = BytesDecoder::new();
            let calls = measure(&shape, size, |_, chunk| {
                pushed.push_slice(chunk);
                let mut events = 0;
                while let Some(event) = pushed.next_ref().unwrap() {
                    std::hint::black_box((event.event_type(), event.data(), event.last_event_id()));
                    events += 1;
                }
                events
            });
            assert_eq!(calls, 0, "{} in chunks of {size}", shape.name);
        }
    }
}

#[test]
fn a_borrowed_event_allocates_nothing() {
    for shape in shapes() {
        for size in CHUNKS {
            let calls = measure(&shape, size, |decoder, chunk| {
                let mut feed = decoder.feed(chunk);
                let mut events = 0;
                while let Some(event) = feed.next_ref().unwrap() {
                    std::hint::black_box((event.event_type(), event.data(), event.last_event_id()));
                    events += 1;
                }
                events
            });
            assert_eq!(calls, 0, "{} in chunks of {size}", shape.name);
        }
    }
}

#[test]
fn a_borrowed_frame_allocates_nothing() {
    for shape in shapes() {
        for size in CHUNKS {
            let calls = measure(&shape, size, |decoder, chunk| {
                let mut frames = decoder.feed_frames(chunk);
                let mut events = 0;
                while let Some(frame) = frames.next_frame().unwrap() {
                    events += u64::from(matches!(frame, eventwire::Frame::Event(_)));
                }
                events
            });
            assert_eq!(calls, 0, "{} in chunks of {size}", shape.name);
        }
    }
}

#[test]
fn an_owned_event_allocates_once_for_each_text_it_holds() {
    for shape in shapes() {
        for size in CHUNKS {
            let mut events = 0;
            let calls = measure(&shape, size, |decoder, chunk| {
                let mut feed = decoder.feed(chunk);
                let before = events;
                while let Some(event) = feed.next_event().unwrap() {
                    std::hint::black_box(event);
                    events += 1;
                }
                events - before
            });
            let most = events / 4 * shape.owned;
            assert!(calls <= most, "{} in chunks of {size}: {calls} of {most}", shape.name);
        }
    }
}

#[test]
fn a_shared_chunk_costs_no_more() {
    for shape in shapes() {
        let rounds = (256 * 1024 / shape.round.len()).clamp(3, 200);
        let chunk = Bytes::from(shape.round.repeat(rounds));
        let mut decoder = Decoder::new();
        let mut read = || {
            let mut feed = decoder.feed(chunk.clone());
            while let Some(event) = feed.next_event().unwrap() {
                std::hint::black_box(event);
            }
        };
        read();
        let (counts, ()) = count(read);
        let most = shape.events * rounds as u64 * shape.owned;
        assert!(counts.calls <= most, "{}: {} of {most}", shape.name, counts.calls);
    }
}

/// The one case in which a borrowed event allocates; servers rarely cause it.
#[test]
fn repaired_text_allocates_twice_and_its_neighbours_allocate_nothing() {
    let texts = shape("not utf-8", b"data: a\xFFb\nid: \xFE\nevent: \xC3\n\ndata: ok\n\n".repeat(20), 40, 0);
    for size in CHUNKS {
        let mut events = 0;
        let calls = measure(&texts, size, |decoder, chunk| {
            let mut feed = decoder.feed(chunk);
            let before = events;
            while feed.next_ref().unwrap().is_some() {
                events += 1;
            }
            events - before
        });
        let repaired = events / 4 / 2 * 3;
        assert!(calls <= repaired * 2, "in chunks of {size}: {calls} for {repaired} texts");
    }
}

#[test]
fn a_large_shared_event_is_not_copied() {
    let chunk = Bytes::from(format!("data: {}\n\n", "x".repeat(64 * 1024)));
    let mut decoder = Decoder::new();
    let (counts, event) = count(|| decoder.feed(chunk.clone()).next_event().unwrap().unwrap());
    assert_eq!(event.data().len(), 64 * 1024);
    assert!(counts.bytes < 256, "{counts:?}");
}

#[test]
fn a_large_event_of_many_chunks_is_moved_and_not_copied() {
    let body = format!("data: {}\n\n", "x".repeat(1024 * 1024));
    let mut decoder = Decoder::new();
    let (before, last) = body.as_bytes().split_at(body.len() - 1);
    for chunk in before.chunks(1_400) {
        assert!(decoder.feed(chunk).next_ref().unwrap().is_none());
    }
    let (counts, event) = count(|| decoder.feed(last).next_event().unwrap().unwrap());
    assert_eq!(event.data().len(), 1024 * 1024);
    assert!(counts.bytes < 256, "{counts:?}");
}

#[test]
fn a_clone_allocates_nothing() {
    let event = Event::new("x".repeat(100)).try_with_type("t").unwrap().try_with_id("7").unwrap();
    let encoded = event.to_encoded();
    // The first clone of `Bytes` made from a `Vec` allocates their reference count.
    drop((event.clone(), encoded.clone()));
    let (counts, _) = count(|| (event.clone(), encoded.clone()));
    assert_eq!(counts.calls, 0);
}

#[test]
fn a_fresh_decoder_and_a_literal_event_allocate_nothing() {
    let (counts, _) = count(|| {
        let literal = Event::new(eventwire::Utf8Bytes::from_static("x")).with_type("t").with_id("7");
        (Decoder::new(), Decoder::new().with_max_event_size(7), literal, Head::new(), Encoded::heartbeat())
    });
    assert_eq!(counts.calls, 0);
}

#[test]
fn encoding_into_a_buffer_with_room_allocates_nothing() {
    let retry = Duration::from_millis(1_500);
    let events = [
        Event::new("a"),
        Event::new("{\"a\": 1}".repeat(40)).try_with_type("delta").unwrap().with_id(7).with_retry(retry),
        Event::new("a line\nanother\r\nand one more\r".repeat(40)),
        Event::new("火は水".repeat(100)),
        Event::new(""),
        Event::new("").with_id(u64::MAX),
    ];
    let (mut vec, mut buffer) = (Vec::with_capacity(16 * 1024), BytesMut::with_capacity(16 * 1024));
    let mut slice = vec![0; 16 * 1024];
    let mut decoder = Decoder::new();
    let (counts, ()) = count(|| {
        for event in &events {
            event.encode(&mut vec);
            event.encode(&mut buffer);
            assert_eq!(event.encode_to_slice(&mut slice), Some(event.encoded_len()));
        }
        let mut feed = decoder.feed(b"id: 1\nevent: e\ndata: borrowed\n\n");
        while let Some(event) = feed.next_ref().unwrap() {
            event.encode(&mut vec);
        }
    });
    // The ID outlives its chunk: it is copied when the feed ends.
    assert!(counts.calls <= 1, "{counts:?}");
}

#[test]
fn encoding_to_bytes_allocates_once() {
    for event in [Event::new("a"), Event::new("a\nb\r\nc").with_id(7), Event::new("x".repeat(100_000))] {
        let (counts, bytes) = count(|| event.to_bytes());
        assert_eq!((counts.calls, counts.bytes), (1, bytes.len() as u64));
        let (counts, _) = count(|| event.to_encoded());
        assert_eq!(counts.calls, 1);
    }
}
