//! `BodyChunks`: the bytes of an HTTP body.

use core::pin::Pin;
use core::task::{ready, Context, Poll};

use bytes::{Buf, Bytes};
use futures_core::Stream;
use http_body::Body;
use pin_project_lite::pin_project;

#[cfg(doc)]
use super::super::EventStream;

pin_project! {
    /// A stream of the data frames of a [`Body`]; trailers are dropped.
    #[derive(Clone, Debug)]
    pub struct BodyChunks<B> {
        #[pin]
        body: B,
    }
}

impl<B> BodyChunks<B> {
    pub(in super::super) fn new(body: B) -> Self {
        BodyChunks { body }
    }

    /// Returns the body, to read its rest with its trailers. See [`EventStream::into_rest`].
    #[must_use]
    pub fn into_inner(self) -> B {
        self.body
    }
}

impl<B> Stream for BodyChunks<B>
where
    B: Body,
{
    type Item = Result<Bytes, B::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let frame = match ready!(self.as_mut().project().body.poll_frame(cx)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(frame)) => frame,
            };
            if let Ok(mut data) = frame.into_data() {
                // No copy if the data is `Bytes` already.
                return Poll::Ready(Some(Ok(data.copy_to_bytes(data.remaining()))));
            }
        }
    }
}
