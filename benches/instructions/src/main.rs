//! Reads a named stream a number of times: `eventwire-instructions SHAPE CHUNKING lent|owned|reader|frames TIMES`.
//!
//! Prints how many events one reading gives. `count.sh` runs it under callgrind, which counts instructions.

#[path = "../../shapes/mod.rs"]
mod shapes;

use std::hint::black_box;
use std::process::ExitCode;

use eventwire::{DecodeError, Decoder, EventReader, Frame, ReadError};

use crate::shapes::{CHUNKINGS, SHAPES};

/// Enough that the first events do not count.
const BODY_SIZE: usize = 192 * 1024;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [shape, chunking, way, times] = words.as_slice() else {
        eprintln!("expected a shape, a chunking, lent, owned, reader or frames, and how many times");
        return ExitCode::FAILURE;
    };
    let shape = SHAPES.iter().find(|known| known.name == shape).expect("a named shape");
    let chunking = CHUNKINGS.iter().find(|known| known.name() == *chunking).expect("a named chunking");
    let stream = shape.stream(BODY_SIZE);
    let chunks = stream.cut(*chunking);
    let times: u32 = times.parse().expect("a number");
    for _ in 0..times {
        let read = match way.as_str() {
            "owned" => owned(&chunks),
            "reader" => reader(&chunks),
            "frames" => frames(&chunks),
            _ => lent(&chunks),
        };
        assert_eq!(read, Ok(stream.events.len()));
    }
    println!("{}", stream.events.len());
    ExitCode::SUCCESS
}

/// How many events there are.
type Read = Result<usize, DecodeError>;

fn lent(chunks: &[&[u8]]) -> Read {
    let mut decoder = Decoder::new();
    let mut events = 0;
    for chunk in chunks {
        let mut feed = decoder.feed(chunk);
        while let Some(event) = feed.next_ref()? {
            black_box((event.event_type(), event.data(), event.last_event_id()));
            events += 1;
        }
    }
    Ok(events)
}

fn owned(chunks: &[&[u8]]) -> Read {
    let mut decoder = Decoder::new();
    let mut events = 0;
    for chunk in chunks {
        let mut feed = decoder.feed(chunk);
        while let Some(event) = feed.next_event()? {
            black_box(&event);
            events += 1;
        }
    }
    Ok(events)
}

fn frames(chunks: &[&[u8]]) -> Read {
    let mut decoder = Decoder::new();
    let mut events = 0;
    for chunk in chunks {
        let mut feed = decoder.feed_frames(chunk);
        while let Some(frame) = feed.next_frame()? {
            if let Frame::Event(event) = black_box(frame) {
                black_box((event.event_type(), event.data(), event.last_event_id()));
                events += 1;
            }
        }
    }
    Ok(events)
}

/// A wrapper of `BytesDecoder`: it is not known what will be asked for when a chunk comes.
fn reader(chunks: &[&[u8]]) -> Read {
    let mut reader = EventReader::new(Chunks(chunks.iter()));
    let mut events = 0;
    loop {
        match reader.next_ref() {
            Ok(Some(event)) => {
                black_box((event.event_type(), event.data(), event.last_event_id()));
                events += 1;
            }
            Ok(None) => return Ok(events),
            Err(ReadError::Decode(error)) => return Err(error),
            Err(error) => panic!("{error}"),
        }
    }
}

/// A source that returns one chunk a read, of at most 32 KiB.
struct Chunks<'a>(std::slice::Iter<'a, &'a [u8]>);

impl std::io::Read for Chunks<'_> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let Some(chunk) = self.0.next() else { return Ok(0) };
        buf[..chunk.len()].copy_from_slice(chunk);
        Ok(chunk.len())
    }
}
