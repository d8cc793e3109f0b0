//! Streams of blocks.

use std::error::Error as StdError;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Buf;
use futures_util::stream::{MapOk, Stream, TryStreamExt};
use http_body::{Body, Frame};
use http_body_util::StreamBody;
use pin_project_lite::pin_project;

use crate::reader::Reader;
use crate::{Error, Sse};

/// A body made from a stream of buffers.
pub type ByteStreamBody<S, D> = StreamBody<MapOk<S, fn(D) -> Frame<D>>>;

pin_project! {
    /// The blocks of a body. Its trailers are skipped. An error of the body does not end them; its end does.
    ///
    /// ```
    /// use futures_util::StreamExt;
    /// use http_body_util::Full;
    /// use sse_stream::{Sse, SseStream};
    ///
    /// # futures_executor::block_on(async {
    /// let mut blocks = SseStream::new(Full::new(&b"id: 7\ndata: a\n\n"[..]));
    /// assert_eq!(blocks.next().await.unwrap()?, Sse::default().id("7").data("a"));
    /// assert!(blocks.next().await.is_none());
    /// # Ok::<(), sse_stream::Error>(())
    /// # }).unwrap();
    /// ```
    pub struct SseStream<B: Body> {
        #[pin]
        body: B,
        reader: Reader,
    }
}

impl<E, S, D> SseStream<ByteStreamBody<S, D>>
where
    S: Stream<Item = Result<D, E>>,
    E: StdError,
    D: Buf,
    StreamBody<ByteStreamBody<S, D>>: Body,
{
    /// Reads the blocks of a stream of buffers.
    #[deprecated(since = "0.2.4", note = "use `from_bytes_stream`")]
    pub fn from_byte_stream(stream: S) -> Self {
        SseStream::from_bytes_stream(stream)
    }

    /// Reads the blocks of a stream of buffers.
    pub fn from_bytes_stream(stream: S) -> Self {
        SseStream::new(StreamBody::new(stream.map_ok(Frame::data as fn(D) -> Frame<D>)))
    }
}

impl<B: Body> SseStream<B> {
    /// Reads the blocks of a body.
    pub fn new(body: B) -> Self {
        SseStream { body, reader: Reader::new() }
    }
}

impl<B: Body> Stream for SseStream<B>
where
    B::Error: StdError + Send + Sync + 'static,
{
    type Item = Result<Sse, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        this.reader.poll(|| this.body.as_mut().poll_frame(cx).map_ok(|frame| frame.into_data().ok()))
    }
}
