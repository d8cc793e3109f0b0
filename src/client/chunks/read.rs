//! `ReadChunks`: the bytes of a blocking reader.

use alloc::sync::Arc;
use alloc::task::Wake;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::io::{self, Read};
use std::sync::OnceLock;

use bytes::Bytes;
use futures_core::Stream;

use super::super::{EventStream, StreamError};
use crate::decode::room::Room;
use crate::event::Event;

/// A stream of the bytes that a [`Read`] returns, as they arrive. It is always ready: it blocks instead of returning
/// `Pending`.
#[derive(Debug)]
pub struct ReadChunks<R> {
    read: R,
    room: Room,
}

impl<R> Unpin for ReadChunks<R> {}

impl<R: Read> EventStream<ReadChunks<R>> {
    /// Reads from a blocking reader, without a runtime: the stream is an [`Iterator`].
    ///
    /// On top of [`EventReader`](crate::EventReader), it offers what a client needs: end marks, error events, and the
    /// first line of a body that is not an event stream. The limits on silence do not apply, since a blocked thread
    /// reads no clock; set a timeout on the HTTP client instead. Nothing is drained.
    ///
    /// ```
    /// use eventwire::client::{EndMark, EventStream, StreamError};
    ///
    /// let cut: &[u8] = b"data: a\n\ndata: b\n\n";                       // a client that hides cuts
    /// let mut events = EventStream::from_read(cut).with_end_mark(EndMark::data("[DONE]"));
    /// let answer: Vec<_> = events.by_ref().map_while(Result::ok).collect();
    /// assert_eq!(answer.len(), 2);
    ///
    /// let page: &[u8] = b"<html>\n<p>busy</p>\n</html>\n";
    /// let mut events = EventStream::from_read(page).with_end_mark(EndMark::data("[DONE]"));
    /// assert!(matches!(events.next(), Some(Err(StreamError::NotAnEventStream { .. }))));
    /// ```
    pub fn from_read(read: R) -> Self {
        EventStream::new(ReadChunks { read, room: Room::default() }).without_drain()
    }
}

into_reader!(ReadChunks);

impl<R: Read> Stream for ReadChunks<R> {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            match this.read.read(this.room.get()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Some(Err(error))),
                Ok(len) => return Poll::Ready((len > 0).then(|| Ok(this.room.take(len)))),
            }
        }
    }
}

/// Blocks until the next event. See [`EventStream::from_read`].
impl<R: Read> Iterator for EventStream<ReadChunks<R>> {
    type Item = Result<Event, StreamError<io::Error>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut cx = Context::from_waker(WAKER.get_or_init(|| Waker::from(Arc::new(Nobody))));
        loop {
            // `Pending` means that the stream yields to other tasks. There are none here.
            if let Poll::Ready(item) = Pin::new(&mut *self).poll_next(&mut cx) {
                return item;
            }
        }
    }
}

static WAKER: OnceLock<Waker> = OnceLock::new();

/// A waker that does nothing: no thread sleeps.
struct Nobody;

impl Wake for Nobody {
    fn wake(self: Arc<Self>) {}
}
