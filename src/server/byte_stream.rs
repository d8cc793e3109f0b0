//! `ByteStream`: a body as a `Stream` of bytes.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use pin_project_lite::pin_project;

use super::{EventBody, EventItem};

pin_project! {
    /// A [`Stream`] of the chunks of an [`EventBody`], for frameworks that take `Result<Bytes, E>` items. Created by
    /// [`EventBody::into_stream`].
    #[must_use = "a stream does nothing until it is polled"]
    pub struct ByteStream<S>
    where
        S: Stream,
        S::Item: EventItem,
    {
        #[pin]
        body: EventBody<S>,
    }
}

impl<S> EventBody<S>
where
    S: Stream,
    S::Item: EventItem,
{
    /// Converts the body into a [`Stream`] of `Result<Bytes, E>` with the same chunks.
    ///
    /// The body does not implement `Stream` itself, so that its methods stay unambiguous where both
    /// `http_body_util::BodyExt` and `futures_util::StreamExt` are imported.
    ///
    /// ```
    /// use eventwire::server::EventBody;
    /// use eventwire::Event;
    /// use futures_util::{stream, StreamExt};
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let mut chunks = EventBody::new(stream::iter([Event::new("a")])).into_stream();
    /// assert_eq!(chunks.next().await.unwrap().unwrap(), ":\ndata: a\n\n");
    /// # });
    /// ```
    pub fn into_stream(self) -> ByteStream<S> {
        ByteStream { body: self }
    }
}

impl<S> Stream for ByteStream<S>
where
    S: Stream,
    S::Item: EventItem,
{
    type Item = Result<Bytes, <S::Item as EventItem>::Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.project().body.poll_guarded(cx)
    }
}

impl<S> fmt::Debug for ByteStream<S>
where
    S: Stream,
    S::Item: EventItem,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ByteStream").field(&self.body).finish()
    }
}
