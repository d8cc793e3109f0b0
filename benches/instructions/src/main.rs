//! Reads a named stream a number of times, or sends its events:
//! `eventwire-instructions SHAPE CHUNKING borrowed|owned|reader|frames|stream|answer|items|body|paced TIMES`.
//!
//! Prints how many events one reading yields. `count.sh` runs it under callgrind, which counts instructions.

#[path = "../../shapes/mod.rs"]
mod shapes;

use std::convert::Infallible;
use std::hint::black_box;
use std::pin::{pin, Pin};
use std::process::ExitCode;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use eventwire::client::{EndMark, EventStream, StreamError};
use eventwire::server::{EventBody, KeepAlive};
use eventwire::{DecodeError, Decoder, Event, EventReader, Frame, ReadError};
use futures_core::Stream;
use http_body::Body;

use crate::shapes::{CHUNKINGS, SHAPES};

/// Enough that the first events do not matter.
const BODY_SIZE: usize = 192 * 1024;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [shape, chunking, way, times] = words.as_slice() else {
        eprintln!("expected a shape, a chunking, a way to read or send, and how many times");
        return ExitCode::FAILURE;
    };
    let shape = SHAPES.iter().find(|known| known.name == shape).expect("a named shape");
    let chunking = CHUNKINGS.iter().find(|known| known.name() == *chunking).expect("a named chunking");
    let stream = shape.stream(BODY_SIZE);
    let chunks = stream.cut(*chunking);
    let events: Vec<Event> = eventwire::events(&stream.body).map(|event| event.expect("an event")).collect();
    let times: u32 = times.parse().expect("a number");
    for _ in 0..times {
        let read = match way.as_str() {
            "owned" => owned(&chunks),
            "reader" => reader(&chunks),
            "frames" => frames(&chunks),
            "stream" => stream_lent(&chunks, false),
            "answer" => stream_lent(&chunks, true),
            "items" => stream_owned(&chunks),
            "body" => body(&events, false),
            "paced" => body(&events, true),
            _ => borrowed(&chunks),
        };
        assert_eq!(read, Ok(stream.events.len()));
    }
    println!("{}", stream.events.len());
    ExitCode::SUCCESS
}

/// The number of events.
type Read = Result<usize, DecodeError>;

fn borrowed(chunks: &[&[u8]]) -> Read {
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

/// A wrapper of `BytesDecoder`: when a chunk arrives, it is not known what will be asked for.
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

/// A source that returns one chunk per read, of at most 32 KiB.
struct Chunks<'a>(std::slice::Iter<'a, &'a [u8]>);

impl std::io::Read for Chunks<'_> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let Some(chunk) = self.0.next() else { return Ok(0) };
        buf[..chunk.len()].copy_from_slice(chunk);
        Ok(chunk.len())
    }
}

fn stream_lent(chunks: &[&[u8]], is_answer: bool) -> Read {
    let chunks = chunks.iter().map(|chunk| Ok(Bytes::copy_from_slice(chunk)));
    let mut stream = EventStream::new(Ready(chunks));
    if is_answer {
        // As clients of language models set it.
        let never = |_| std::future::pending::<()>();
        stream = stream
            .with_end_mark(EndMark::data("[DONE]").optional())
            .with_idle_timeout(Duration::from_secs(30), never)
            .with_event_timeout(Duration::from_secs(60), never);
    }
    let mut stream = pin!(stream);
    let mut cx = Context::from_waker(Waker::noop());
    let mut events = 0;
    while let Poll::Ready(Ok::<_, StreamError<Infallible>>(true)) = stream.as_mut().poll_advance(&mut cx) {
        if let Some(event) = stream.current() {
            black_box((event.event_type(), event.data(), event.last_event_id()));
        }
        events += 1;
    }
    Ok(events)
}

fn stream_owned(chunks: &[&[u8]]) -> Read {
    let chunks = Ready(chunks.iter().map(|chunk| Ok::<_, Infallible>(Bytes::copy_from_slice(chunk))));
    let mut stream = pin!(EventStream::new(chunks));
    let mut cx = Context::from_waker(Waker::noop());
    let mut events = 0;
    while let Poll::Ready(Some(Ok(event))) = stream.as_mut().poll_next(&mut cx) {
        black_box(&event);
        events += 1;
    }
    Ok(events)
}

/// Sends what is ready or, if paced, one event per poll.
fn body(events: &[Event], is_paced: bool) -> Read {
    let keep_alive = KeepAlive::new(|_| std::future::pending::<()>());
    let ready = Paced { items: events.iter().cloned(), is_paced, is_due: true };
    let mut body = pin!(EventBody::new(ready).with_keep_alive(keep_alive));
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        match body.as_mut().poll_frame(&mut cx) {
            Poll::Ready(Some(frame)) => _ = black_box(frame),
            Poll::Ready(None) => return Ok(events.len()),
            Poll::Pending => {}
        }
    }
}

/// A stream that never waits.
struct Ready<I>(I);

impl<I: Iterator + Unpin> Stream for Ready<I> {
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<I::Item>> {
        Poll::Ready(self.0.next())
    }
}

/// A stream that waits before each item, if it is paced.
struct Paced<I> {
    items: I,
    is_paced: bool,
    is_due: bool,
}

impl<I: Iterator + Unpin> Stream for Paced<I> {
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<I::Item>> {
        self.is_due = !self.is_paced || !self.is_due;
        if self.is_due {
            Poll::Ready(self.items.next())
        } else {
            Poll::Pending
        }
    }
}
