//! The cost of decoding: every shape and chunking, through every method.
//!
//! `cargo bench --bench decode -- [SHAPE]...`; the rivals are in `benches/compare`.

mod harness;
mod shapes;

use std::hint::black_box;

use bytes::Bytes;
use eventwire::{Decoder, EventReader, Frame};

use harness::{timed, Case, Harness};
use shapes::{Chunking, Stream, CHUNKINGS, SHAPES};

fn main() {
    let harness = Harness::from_args();
    println!("decode: for an event; limit and strictness are of the borrowed case");
    for shape in SHAPES.iter().filter(|shape| harness.wants(shape.name)) {
        for &chunking in CHUNKINGS.iter().filter(|chunking| chunking.suits(shape)) {
            let size = if harness.is_test { 64 << 10 } else { chunking.body_size() };
            let stream = shape.stream(size);
            check(&stream, chunking);
            let title = format!("{} {}", shape.name, chunking.name());
            match harness.is_test {
                true => println!("{title}: read in every way"),
                false => harness.compare(&title, stream.events.len(), cases(&stream, chunking)),
            }
        }
    }
}

/// All ways to read return what the shape contains. The shape itself asserts that it is what its name says.
fn check(stream: &Stream, chunking: Chunking) {
    let pieces = stream.cut(chunking);
    let shared: Vec<Bytes> = pieces.iter().map(|piece| Bytes::copy_from_slice(piece)).collect();
    compared(stream, |sink| borrowed(Decoder::new(), &pieces, sink));
    compared(stream, |sink| borrowed(Decoder::new().with_strict_utf8(), &pieces, sink));
    compared(stream, |sink| owned(&pieces, sink));
    compared(stream, |sink| owned_bytes(shared, sink));
    compared(stream, |sink| frames(&pieces, sink));
    compared(stream, |sink| blocking(&pieces, sink));
}

fn compared(stream: &Stream, read: impl FnOnce(&mut dyn FnMut(&str, &str, &str))) {
    let mut expected = stream.events.iter();
    read(&mut |event_type, data, last_event_id| {
        let event = expected.next().expect("no event too many");
        assert!(
            (event_type, data, last_event_id) == (&*event.event_type, &*event.data, &*event.last_event_id),
            "expected {:.100?}, got type {event_type:?}, ID {last_event_id:?}, data {data:.100?}",
            event
        );
    });
    assert_eq!(expected.len(), 0, "events that were not read");
}

fn cases<'a>(stream: &'a Stream, chunking: Chunking) -> Vec<Case<'a>> {
    let pieces = || stream.cut(chunking);
    let with = |make: fn() -> Decoder| {
        let pieces = pieces();
        Box::new(timed(move || borrowed(make(), &pieces, forget)))
    };
    let (for_owned, for_bytes, for_frames, for_blocking) = (pieces(), pieces(), pieces(), pieces());
    let whole = Bytes::copy_from_slice(&stream.body);
    vec![
        ("borrowed", with(Decoder::new)),
        ("no limit", with(|| Decoder::new().with_max_event_size(usize::MAX))),
        ("strict", with(|| Decoder::new().with_strict_utf8())),
        ("frames", Box::new(timed(move || frames(&for_frames, forget)))),
        ("owned", Box::new(timed(move || owned(&for_owned, forget)))),
        ("owned Bytes", {
            let mut at = 0;
            let cut = |len: usize, at: &mut usize| {
                *at += len;
                whole.slice(*at - len..*at)
            };
            let chunks: Vec<Bytes> = for_bytes.iter().map(|piece| cut(piece.len(), &mut at)).collect();
            Box::new(move || {
                let chunks = chunks.clone();
                timed_once(|| owned_bytes(chunks, forget))
            })
        }),
        ("blocking", Box::new(timed(move || blocking(&for_blocking, forget)))),
    ]
}

fn timed_once(work: impl FnOnce()) -> std::time::Duration {
    let began = std::time::Instant::now();
    work();
    began.elapsed()
}

fn borrowed(mut decoder: Decoder, pieces: &[&[u8]], mut sink: impl FnMut(&str, &str, &str)) {
    for piece in pieces {
        let mut feed = decoder.feed(piece);
        while let Some(event) = feed.next_ref().expect("no limit is reached") {
            sink(event.event_type(), event.data(), event.last_event_id());
        }
    }
}

fn owned(pieces: &[&[u8]], mut sink: impl FnMut(&str, &str, &str)) {
    let mut decoder = Decoder::new();
    for piece in pieces {
        let mut feed = decoder.feed(piece);
        while let Some(event) = feed.next_event().expect("no limit is reached") {
            sink(event.event_type(), event.data(), feed.last_event_id());
        }
    }
}

fn owned_bytes(pieces: Vec<Bytes>, mut sink: impl FnMut(&str, &str, &str)) {
    let mut decoder = Decoder::new();
    for piece in pieces {
        let mut feed = decoder.feed(piece);
        while let Some(event) = feed.next_event().expect("no limit is reached") {
            sink(event.event_type(), event.data(), feed.last_event_id());
        }
    }
}

fn frames(pieces: &[&[u8]], mut sink: impl FnMut(&str, &str, &str)) {
    let mut decoder = Decoder::new();
    for piece in pieces {
        let mut frames = decoder.feed_frames(piece);
        while let Some(frame) = frames.next_frame().expect("no limit is reached") {
            match frame {
                Frame::Event(event) => sink(event.event_type(), event.data(), event.last_event_id()),
                Frame::Comment(text) => forget(text, "", ""),
                Frame::BlockWithoutData(block) => forget("", "", block.last_event_id()),
                _ => unreachable!("no shape holds anything else"),
            }
        }
    }
}

fn blocking(pieces: &[&[u8]], mut sink: impl FnMut(&str, &str, &str)) {
    let mut reader = EventReader::new(Pieces { left: pieces, rest: &[] });
    while let Some(event) = reader.next_ref().expect("no limit is reached") {
        sink(event.event_type(), event.data(), event.last_event_id());
    }
}

/// Returns one piece for each `read`, as a socket does.
struct Pieces<'a> {
    left: &'a [&'a [u8]],
    rest: &'a [u8],
}

impl std::io::Read for Pieces<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        if self.rest.is_empty() {
            let Some((first, left)) = self.left.split_first() else { return Ok(0) };
            (self.rest, self.left) = (first, left);
        }
        self.rest.read(to)
    }
}

/// Reads type, data and ID as a user would, and discards them.
fn forget(event_type: &str, data: &str, last_event_id: &str) {
    black_box((event_type, data, last_event_id));
}
