//! Streams of owned frames.

use core::pin::Pin;
use core::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use pin_project_lite::pin_project;

use super::{EventStream, StreamError};
use crate::event::OwnedFrame;

pin_project! {
    /// A reader and the function that polls it for its next frame.
    pub(super) struct Frames<R, F> {
        #[pin]
        reader: R,
        poll_frame: F,
    }
}

impl<R, F> Frames<R, F> {
    pub(super) fn new<E>(reader: R, poll_frame: F) -> Self
    where
        F: FnMut(Pin<&mut R>, &mut Context<'_>) -> Poll<Result<Option<OwnedFrame>, E>>,
    {
        Frames { reader, poll_frame }
    }
}

impl<R, F, E> Stream for Frames<R, F>
where
    F: FnMut(Pin<&mut R>, &mut Context<'_>) -> Poll<Result<Option<OwnedFrame>, E>>,
{
    type Item = Result<OwnedFrame, E>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        (this.poll_frame)(this.reader, cx).map(Result::transpose)
    }
}

impl<S, B, E> EventStream<S>
where
    S: Stream<Item = Result<B, E>>,
    B: Into<Bytes>,
{
    /// Converts the stream into a [`Stream`] of owned frames. Errors are those of [`next_frame`](Self::next_frame).
    ///
    /// ```
    /// use eventwire::client::EventStream;
    /// use eventwire::OwnedFrame;
    /// use futures_util::TryStreamExt;
    /// # use std::convert::Infallible;
    ///
    /// # async fn read() -> Result<(), eventwire::client::StreamError<Infallible>> {
    /// # let chunks = futures_util::stream::iter([": heartbeat\n\nda", "ta: a\n\n"].map(Ok::<_, Infallible>));
    /// let frames: Vec<OwnedFrame> = EventStream::new(chunks).into_frames().try_collect().await?;
    /// assert_eq!(frames[0], OwnedFrame::Comment(" heartbeat".into()));
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read()).unwrap();
    /// ```
    pub fn into_frames(self) -> impl Stream<Item = Result<OwnedFrame, StreamError<E>>> {
        Frames::new(self, |mut events: Pin<&mut Self>, cx| {
            events.as_mut().poll_advance_frame(cx).map_ok(|_| events.current_frame().map(OwnedFrame::from))
        })
    }
}
