//! Reads a stream with one library.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::{stream, FutureExt, StreamExt};

use crate::explain::Library;

/// Which of the two libraries reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Original,
    Ours,
}

/// An item of a stream of events, whichever library yields it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Event {
        event: Option<String>,
        data: Option<String>,
        id: Option<String>,
        retry: Option<u64>,
    },
    /// The name of its variant.
    Error(String),
}

/// Reads a stream to its end, whose chunks are all there.
pub(crate) fn read(library: Library, side: Side, chunks: &[Bytes]) -> Vec<Item> {
    macro_rules! eventsource {
        ($library:ident) => {{
            use $library::Eventsource;
            collect(stream::iter(ok(chunks)).eventsource(), chunks, |event| Item::Event {
                event: Some(event.event),
                data: Some(event.data),
                id: Some(event.id),
                retry: event.retry.map(|time| time.as_millis() as u64),
            })
        }};
    }
    macro_rules! sse {
        ($events:expr) => {
            collect($events, chunks, |block| Item::Event {
                event: block.event,
                data: block.data,
                id: block.id,
                retry: block.retry,
            })
        };
    }
    match (library, side) {
        (Library::EventsourceStream, Side::Original) => eventsource!(eventsource_stream),
        (Library::EventsourceStream, Side::Ours) => eventsource!(our_eventsource_stream),
        (Library::SseStream02, Side::Original) => {
            sse!(sse_stream_02::SseStream::from_bytes_stream(stream::iter(ok(chunks))))
        }
        (Library::SseStream02, Side::Ours) => {
            sse!(our_sse_stream_02::SseStream::from_bytes_stream(stream::iter(ok(chunks))))
        }
        (Library::SseStream03, Side::Original) => {
            sse!(sse_stream_03::SseByteStream::new(stream::iter(ok(chunks))))
        }
        (Library::SseStream03, Side::Ours) => {
            sse!(our_sse_stream_03::SseByteStream::new(stream::iter(ok(chunks))))
        }
    }
}

fn ok(chunks: &[Bytes]) -> Vec<Result<Bytes, Infallible>> {
    chunks.iter().cloned().map(Ok).collect()
}

fn collect<T, E: std::fmt::Debug>(
    events: impl stream::Stream<Item = Result<T, E>> + Unpin,
    chunks: &[Bytes],
    item: impl Fn(T) -> Item,
) -> Vec<Item> {
    // Each event and each error takes at least one byte.
    let most = chunks.iter().map(Bytes::len).sum::<usize>() + 2;
    let items = events.take(most).map(|read| match read {
        Ok(event) => item(event),
        Err(error) => Item::Error(name_of(&error)),
    });
    let items: Vec<_> = items.collect().now_or_never().expect("a stream whose chunks are there never waits");
    assert!(items.len() < most, "expected the stream to end, got {most} items");
    items
}

fn name_of(error: &impl std::fmt::Debug) -> String {
    let text = format!("{error:?}");
    text.split(['(', ' ']).next().unwrap_or_default().to_string()
}
