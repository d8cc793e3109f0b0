//! `FuturesChunks`: the bytes of a `futures-io` reader.

use core::pin::Pin;
use core::task::{Context, Poll};
use std::io;

use bytes::Bytes;
use futures_core::Stream;
use futures_io::AsyncRead;
use pin_project_lite::pin_project;

use super::super::EventStream;
use super::poll_read::poll_read;
use crate::decode::room::Room;

pin_project! {
    /// A stream of the bytes that an [`AsyncRead`] of `futures-io` returns, as they arrive.
    #[derive(Debug)]
    pub struct FuturesChunks<R> {
        #[pin]
        read: R,
        room: Room,
    }
}

impl<R: AsyncRead> EventStream<FuturesChunks<R>> {
    /// Reads from a reader of smol, async-std or any other crate that uses `futures-io`.
    ///
    /// ```
    /// use eventwire::client::EventStream;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), eventwire::client::StreamError<std::io::Error>> {
    /// let mut events = EventStream::from_futures_read(&b"data: a\n\n"[..]);
    /// assert_eq!(events.next_ref().await?.unwrap().data(), "a");
    /// assert!(events.next_ref().await?.is_none());
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_futures_read(read: R) -> Self {
        EventStream::new(FuturesChunks { read, room: Room::default() })
    }
}

into_reader!(FuturesChunks);

impl<R: AsyncRead> Stream for FuturesChunks<R> {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        poll_read(this.room, |room| this.read.as_mut().poll_read(cx, room))
    }
}
