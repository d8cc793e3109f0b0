//! Scripted chunks for streams, and helpers that poll them.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use eventwire::client::{EventStream, StreamError};
use eventwire::Event;
use futures_util::task::noop_waker_ref;
use futures_util::Stream;

use crate::script::{script, Script, Step};

pub(crate) type Chunk = Result<Bytes, Lost>;

/// The error of a source.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Lost;

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("connection reset")
    }
}

impl std::error::Error for Lost {}

/// A step with a chunk.
pub(crate) fn chunk(text: &'static str) -> Step<Chunk> {
    Step::Item(Ok(Bytes::from(text)))
}

pub(crate) fn lost() -> Step<Chunk> {
    Step::Item(Err(Lost))
}

/// Chunks, then the end.
pub(crate) fn ending(chunks: &[&'static str]) -> EventStream<Script<Chunk>> {
    EventStream::new(script(chunks.iter().map(|text| chunk(text)).collect::<Vec<_>>()).0)
}

/// Chunks, then silence.
pub(crate) fn staying(chunks: &[&'static str]) -> EventStream<Script<Chunk>> {
    let steps: Vec<_> = chunks.iter().map(|text| chunk(text)).chain([Step::Silence]).collect();
    EventStream::new(script(steps).0)
}

/// Chunks of any bytes, without an error.
pub(crate) fn pieces<'a>(
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> impl Stream<Item = Result<Bytes, Infallible>> + Unpin {
    let chunks: Vec<_> = chunks.into_iter().map(Bytes::copy_from_slice).map(Ok).collect();
    futures_util::stream::iter(chunks)
}

/// Polls the stream once.
pub(crate) fn ask<S, B, E>(events: &mut EventStream<S>) -> Poll<Option<Result<Event, StreamError<E>>>>
where
    S: Stream<Item = Result<B, E>> + Unpin,
    B: Into<Bytes>,
{
    Pin::new(events).poll_next(&mut Context::from_waker(noop_waker_ref()))
}

/// Returns the data of the event that must be ready.
#[track_caller]
pub(crate) fn data<S, B, E>(events: &mut EventStream<S>) -> String
where
    S: Stream<Item = Result<B, E>> + Unpin,
    B: Into<Bytes>,
    E: std::fmt::Debug,
{
    match ask(events) {
        Poll::Ready(Some(Ok(event))) => event.data().to_owned(),
        other => panic!("expected an event, got {other:?}"),
    }
}

/// Returns the error that must be ready.
#[track_caller]
pub(crate) fn error<S, B, E>(events: &mut EventStream<S>) -> StreamError<E>
where
    S: Stream<Item = Result<B, E>> + Unpin,
    B: Into<Bytes>,
    E: std::fmt::Debug,
{
    match ask(events) {
        Poll::Ready(Some(Err(error))) => error,
        other => panic!("expected an error, got {other:?}"),
    }
}

/// Asserts that nothing is ready now.
#[track_caller]
pub(crate) fn idle<S, B, E>(events: &mut EventStream<S>)
where
    S: Stream<Item = Result<B, E>> + Unpin,
    B: Into<Bytes>,
    E: std::fmt::Debug,
{
    let polled = ask(events);
    assert!(polled.is_pending(), "expected nothing yet, got {polled:?}");
}

/// Asserts that the stream has ended and stays so.
#[track_caller]
pub(crate) fn end<S, B, E>(events: &mut EventStream<S>)
where
    S: Stream<Item = Result<B, E>> + Unpin,
    B: Into<Bytes>,
    E: std::fmt::Debug,
{
    use futures_util::stream::FusedStream;
    use futures_util::FutureExt;

    for _ in 0..3 {
        let polled = ask(events);
        assert!(matches!(polled, Poll::Ready(None)), "expected the end, got {polled:?}");
        assert!(events.is_terminated());
        assert!(events.next_event().now_or_never().unwrap().unwrap().is_none());
        assert!(events.next_ref().now_or_never().unwrap().unwrap().is_none());
        assert!(events.next_frame().now_or_never().unwrap().unwrap().is_none());
    }
}
