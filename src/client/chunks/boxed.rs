//! `BoxedChunks`: the bytes of any source, in a box.

use alloc::boxed::Box;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::error::Error;

use bytes::Bytes;
use futures_core::Stream;
use pin_project_lite::pin_project;

use super::super::{BoxedEventStream, EventStream};

/// A boxed stream of chunks, whatever its source. Its errors are boxed too.
pub struct BoxedChunks(Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send>>);

/// Any error.
pub(in super::super) type BoxError = Box<dyn Error + Send + Sync>;

impl<S> EventStream<S> {
    /// Boxes the source of bytes, so that the type of the stream no longer depends on it. Everything else stays: the
    /// settings, the head of the response, and what was read so far.
    ///
    /// ```
    /// use eventwire::client::{BoxedEventStream, EndMark, EventStream};
    ///
    /// struct Answer {
    ///     events: BoxedEventStream,
    /// }
    ///
    /// fn answer(response: http::Response<String>) -> Option<Answer> {
    ///     let events = EventStream::from_response(response).ok()?.with_end_mark(EndMark::data("[DONE]"));
    ///     Some(Answer { events: events.into_boxed() })
    /// }
    /// # let response = http::Response::builder().header("content-type", "text/event-stream");
    /// # assert!(answer(response.body("data: a\n\n".into()).unwrap()).is_some());
    /// ```
    pub fn into_boxed<B, E>(self) -> BoxedEventStream
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: Into<Bytes>,
        E: Into<BoxError>,
    {
        self.map_source(|source| BoxedChunks(Box::pin(Erased { source })))
    }
}

impl Stream for BoxedChunks {
    type Item = Result<Bytes, Box<dyn Error + Send + Sync>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

impl fmt::Debug for BoxedChunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxedChunks")
    }
}

pin_project! {
    /// A source with the types of its chunks and errors erased.
    pub(in super::super) struct Erased<S> {
        #[pin]
        pub(in super::super) source: S,
    }
}

impl<S, B, E> Stream for Erased<S>
where
    S: Stream<Item = Result<B, E>>,
    B: Into<Bytes>,
    E: Into<BoxError>,
{
    type Item = Result<Bytes, BoxError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let chunk = self.project().source.poll_next(cx);
        chunk.map(|chunk| chunk.map(|chunk| chunk.map(Into::into).map_err(Into::into)))
    }
}
