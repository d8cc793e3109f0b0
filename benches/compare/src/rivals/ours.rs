//! eventwire: borrowed and owned, from `&[u8]`, from `Bytes` and from a stream of them.

use std::pin::{pin, Pin};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use eventwire::client::EventStream;
use eventwire::{DecodeError, Decoder};
use futures_core::Stream;

use super::drive::Ready;
use super::{Gives, Id, Reads, Sink};

/// Events borrowed by the decoder.
pub struct Borrowed;

impl Reads for Borrowed {
    const NAME: &'static str = "**eventwire, borrowed**";
    const GIVES: Gives = Gives::Borrowed;
    const ID: Id = Id::InForce;
    type Chunk = &'static [u8];

    fn read(chunks: impl Iterator<Item = Self::Chunk> + Unpin, sink: &mut impl Sink) -> Result<(), String> {
        let read = || -> Result<(), DecodeError> {
            let mut decoder = Decoder::new();
            for chunk in chunks {
                let mut feed = decoder.feed(chunk);
                while let Some(event) = feed.next_ref()? {
                    sink.event(event.event_type(), event.data(), event.last_event_id());
                }
            }
            Ok(())
        };
        read().map_err(|error| error.to_string())
    }
}

/// Owned events; the last event ID is read from the guard, as a user would.
pub struct Owned;

impl Reads for Owned {
    const NAME: &'static str = "**eventwire, owned**";
    const GIVES: Gives = Gives::Owned;
    const ID: Id = Id::InForce;
    type Chunk = &'static [u8];

    fn read(chunks: impl Iterator<Item = Self::Chunk> + Unpin, sink: &mut impl Sink) -> Result<(), String> {
        let read = || -> Result<(), DecodeError> {
            let mut decoder = Decoder::new();
            for chunk in chunks {
                let mut feed = decoder.feed(chunk);
                while let Some(event) = feed.next_event()? {
                    sink.event(event.event_type(), event.data(), feed.last_event_id());
                }
            }
            Ok(())
        };
        read().map_err(|error| error.to_string())
    }
}

/// Owned events from `Bytes`, as sseer gets them; large data is shared with the chunk.
pub struct OwnedBytes;

impl Reads for OwnedBytes {
    const NAME: &'static str = "**eventwire, owned, `Bytes`**";
    const GIVES: Gives = Gives::Owned;
    const ID: Id = Id::InForce;
    type Chunk = Bytes;

    fn read(chunks: impl Iterator<Item = Self::Chunk> + Unpin, sink: &mut impl Sink) -> Result<(), String> {
        let read = || -> Result<(), DecodeError> {
            let mut decoder = Decoder::new();
            for chunk in chunks {
                let mut feed = decoder.feed(chunk);
                while let Some(event) = feed.next_event()? {
                    sink.event(event.event_type(), event.data(), feed.last_event_id());
                }
            }
            Ok(())
        };
        read().map_err(|error| error.to_string())
    }
}

/// Events borrowed from an event stream, for comparison with the other async readers.
pub struct BorrowedByStream;

impl Reads for BorrowedByStream {
    const NAME: &'static str = "**eventwire `EventStream`, borrowed**";
    const GIVES: Gives = Gives::Borrowed;
    const ID: Id = Id::InForce;
    type Chunk = Bytes;

    fn read(chunks: impl Iterator<Item = Self::Chunk> + Unpin, sink: &mut impl Sink) -> Result<(), String> {
        let mut events = pin!(EventStream::new(Ready(chunks)));
        while step(|cx| events.as_mut().poll_advance(cx)).map_err(|error| error.to_string())? {
            if let Some(event) = events.current() {
                sink.event(event.event_type(), event.data(), event.last_event_id());
            }
        }
        Ok(())
    }
}

/// Owned events of a stream.
pub struct OwnedByStream;

impl Reads for OwnedByStream {
    const NAME: &'static str = "**eventwire `EventStream`, owned**";
    const GIVES: Gives = Gives::Owned;
    const ID: Id = Id::InForce;
    type Chunk = Bytes;

    fn read(chunks: impl Iterator<Item = Self::Chunk> + Unpin, sink: &mut impl Sink) -> Result<(), String> {
        let mut events = EventStream::new(Ready(chunks));
        while let Some(event) = step(|cx| Pin::new(&mut events).poll_next(cx)) {
            let event = event.map_err(|error| error.to_string())?;
            sink.event(event.event_type(), event.data(), events.last_event_id());
        }
        Ok(())
    }
}

/// Polls until there is an event: after many chunks without one, the stream yields to other tasks.
fn step<T>(mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>) -> T {
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(ready) = poll(&mut cx) {
            return ready;
        }
    }
}
