//! Reads a named stream so many times: `eventwire-instructions SHAPE CHUNKING lent|owned TIMES`.
//!
//! Prints how many events one reading gives. `count.sh` runs it under callgrind, which counts instructions.

#[path = "../../shapes/mod.rs"]
mod shapes;

use std::hint::black_box;
use std::process::ExitCode;

use eventwire::{DecodeError, Decoder};

use crate::shapes::{CHUNKINGS, SHAPES};

/// Enough that the first events do not count.
const BODY_SIZE: usize = 192 * 1024;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [shape, chunking, way, times] = words.as_slice() else {
        eprintln!("expected a shape, a chunking, lent or owned, and how many times");
        return ExitCode::FAILURE;
    };
    let shape = SHAPES.iter().find(|known| known.name == shape).expect("a named shape");
    let chunking = CHUNKINGS.iter().find(|known| known.name() == *chunking).expect("a named chunking");
    let stream = shape.stream(BODY_SIZE);
    let chunks = stream.cut(*chunking);
    let times: u32 = times.parse().expect("a number");
    for _ in 0..times {
        let read = if way == "owned" { owned(&chunks) } else { lent(&chunks) };
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
        while let Some(event) = feed.next()? {
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
        while let Some(event) = feed.next_owned()? {
            black_box(&event);
            events += 1;
        }
    }
    Ok(events)
}
