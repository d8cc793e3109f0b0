//! `EncodedStream`: a rewritten body as a `Stream` of `Encoded`.

use core::fmt;
use core::pin::Pin;
use core::task::{ready, Context, Poll};

use futures_core::Stream;
use http_body::Body;
use pin_project_lite::pin_project;

use super::{Input, Output, Rewrite, RewriteError};
use crate::encode::Encoded;

pin_project! {
    /// Streams the output of a [`Rewrite`] as items of whole lines, for an [`EventBody`](crate::server::EventBody).
    /// Returned by [`Rewrite::into_stream`].
    #[must_use = "a stream does nothing until it is polled"]
    pub struct EncodedStream<B, F>
    where
        B: Body,
    {
        #[pin]
        body: Rewrite<B, F>,
    }
}

impl<B, F> Rewrite<B, F>
where
    B: Body,
    F: FnMut(Input<'_, B::Error>, &mut Output<'_>),
{
    /// Turns the body into a [`Stream`] of [`Encoded`], for an [`EventBody`](crate::server::EventBody) that adds
    /// heartbeats or ends the connection at shutdown.
    ///
    /// The stream omits trailers, a byte order mark at the beginning, and an unfinished block at the end. Call this before
    /// the first frame is read.
    ///
    /// ```
    /// use eventwire::gateway::Rewrite;
    /// use eventwire::server::{EventBody, KeepAlive};
    /// # let upstream = http::Response::builder().header("content-type", "text/event-stream").body(http_body_util::Empty::<bytes::Bytes>::new()).unwrap();
    ///
    /// let response = Rewrite::response(upstream, |_, _| {}).map(|response| {
    ///     response.map(|body| EventBody::new(body.into_stream()).with_keep_alive(KeepAlive::new(tokio::time::sleep)))
    /// });
    /// # assert!(response.is_ok());
    /// ```
    pub fn into_stream(mut self) -> EncodedStream<B, F> {
        self.write_whole_lines();
        EncodedStream { body: self }
    }
}

impl<B, F> Stream for EncodedStream<B, F>
where
    B: Body,
    F: FnMut(Input<'_, B::Error>, &mut Output<'_>),
{
    type Item = Result<Encoded, RewriteError<B::Error>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match ready!(self.as_mut().project().body.poll_frame(cx)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(frame)) => {
                    // A stream of events has no trailers.
                    if let Ok(bytes) = frame.into_data() {
                        return Poll::Ready(Some(Ok(Encoded::of_lines(bytes))));
                    }
                }
            }
        }
    }
}

impl<B, F> fmt::Debug for EncodedStream<B, F>
where
    B: Body,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncodedStream").field("body", &self.body).finish()
    }
}
