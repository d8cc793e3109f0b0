//! Streams of blocks.

use std::error::Error as StdError;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Buf;
use futures_util::stream::{FusedStream, MapOk, Stream, TryStream, TryStreamExt};
use http_body::{Body, Frame};
use http_body_util::StreamBody;
use pin_project_lite::pin_project;

use crate::reader::Reader;
use crate::{Error, Sse};

/// A body made from a stream of buffers.
pub type ByteStreamBody<S, D> = StreamBody<MapOk<S, fn(D) -> Frame<D>>>;

pin_project! {
    /// The blocks of a body. Its trailers are skipped.
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
    D: Buf,
{
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

impl<B: Body> FusedStream for SseStream<B>
where
    B::Error: StdError + Send + Sync + 'static,
{
    fn is_terminated(&self) -> bool {
        self.reader.has_ended()
    }
}

pin_project! {
    /// The blocks of a stream of buffers.
    ///
    /// ```
    /// use futures_util::{stream, StreamExt};
    /// use sse_stream::{Sse, SseByteStream};
    ///
    /// # futures_executor::block_on(async {
    /// let chunks = stream::iter([&b"data: "[..], b"a\n\n"].map(Ok::<_, std::io::Error>));
    /// let mut blocks = SseByteStream::new(chunks);
    /// assert_eq!(blocks.next().await.unwrap()?, Sse::default().data("a"));
    /// # Ok::<(), sse_stream::Error>(())
    /// # }).unwrap();
    /// ```
    pub struct SseByteStream<S: TryStream> {
        #[pin]
        stream: S,
        reader: Reader,
    }
}

impl<S: TryStream> SseByteStream<S> {
    /// Reads the blocks of a stream of buffers.
    pub fn new(stream: S) -> Self {
        SseByteStream { stream, reader: Reader::new() }
    }
}

impl<S> Stream for SseByteStream<S>
where
    S: TryStream,
    S::Ok: Buf,
    S::Error: StdError + Send + Sync + 'static,
{
    type Item = Result<Sse, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        this.reader.poll(|| this.stream.as_mut().try_poll_next(cx).map_ok(Some))
    }
}

impl<S> FusedStream for SseByteStream<S>
where
    S: TryStream,
    S::Ok: Buf,
    S::Error: StdError + Send + Sync + 'static,
{
    fn is_terminated(&self) -> bool {
        self.reader.has_ended()
    }
}
