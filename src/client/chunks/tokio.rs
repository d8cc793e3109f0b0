//! `TokioChunks`: the bytes of a Tokio reader.

use core::pin::Pin;
use core::task::{Context, Poll};
use std::io;

use ::tokio::io::{AsyncRead, ReadBuf};
use bytes::Bytes;
use futures_core::Stream;
use pin_project_lite::pin_project;

use super::super::drain::DRAIN_TIME;
use super::super::EventStream;
use super::poll_read::poll_read;
use crate::decode::room::Room;
use crate::timer::Timer;

pin_project! {
    /// A stream of the bytes that an [`AsyncRead`] of Tokio returns, as they arrive.
    #[derive(Debug)]
    pub struct TokioChunks<R> {
        #[pin]
        read: R,
        room: Room,
    }
}

impl<R: AsyncRead> EventStream<TokioChunks<R>> {
    /// Reads from a Tokio reader: a socket, a file, the output of a process.
    ///
    /// ```
    /// use eventwire::client::EventStream;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), eventwire::client::StreamError<std::io::Error>> {
    /// let mut events = EventStream::from_tokio_read(&b"data: a\n\n"[..]);
    /// assert_eq!(events.next_ref().await?.unwrap().data(), "a");
    /// assert!(events.next_ref().await?.is_none());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// This function never panics, but a stream that waits for the rest of the body after its last event panics outside
    /// a Tokio runtime with time enabled: there, call [`without_drain`](EventStream::without_drain).
    pub fn from_tokio_read(read: R) -> Self {
        EventStream::new(TokioChunks { read, room: Room::default() }).with_drain(DRAIN_TIME, Timer::tokio())
    }
}

into_reader!(TokioChunks);

impl<R: AsyncRead> Stream for TokioChunks<R> {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        poll_read(this.room, |room| {
            let mut buffer = ReadBuf::new(room);
            this.read.as_mut().poll_read(cx, &mut buffer).map_ok(|()| buffer.filled().len())
        })
    }
}
