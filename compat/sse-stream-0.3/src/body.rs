//! A body of blocks.

use std::error::Error as StdError;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use futures_util::Stream;
use http_body::{Body, Frame};
use pin_project_lite::pin_project;

use crate::keep_alive::KeepAliveStream;
use crate::{BodyError, KeepAlive, NeverTimer, Sse, Timer};

pin_project! {
    /// A stream of blocks as a body: `event_stream` holds the blocks. An error is its last frame.
    // The macro accepts no docs on fields.
    #[allow(missing_docs)]
    pub struct SseBody<S, T = NeverTimer> {
        #[pin]
        pub event_stream: S,
        #[pin]
        keep_alive: Option<KeepAliveStream<T>>,
        has_ended: bool,
    }
}

impl<S, T> SseBody<S, T> {
    /// Whether there is a keep-alive.
    pub fn has_keep_alive(&self) -> bool {
        self.keep_alive.is_some()
    }
}

impl<S, E> SseBody<S, NeverTimer>
where
    S: Stream<Item = Result<Sse, E>>,
{
    /// Sends the blocks of a stream.
    pub fn new(stream: S) -> Self {
        SseBody { event_stream: stream, keep_alive: None, has_ended: false }
    }
}

impl<S, E, T> SseBody<S, T>
where
    S: Stream<Item = Result<Sse, E>>,
    T: Timer,
{
    /// Sends the blocks of a stream, and keep-alives while it is silent.
    pub fn new_keep_alive(stream: S, keep_alive: KeepAlive) -> Self {
        SseBody { event_stream: stream, keep_alive: Some(KeepAliveStream::new(keep_alive)), has_ended: false }
    }

    /// Sets the keep-alive.
    pub fn with_keep_alive<T2: Timer>(self, keep_alive: KeepAlive) -> SseBody<S, T2> {
        SseBody {
            event_stream: self.event_stream,
            keep_alive: Some(KeepAliveStream::new(keep_alive)),
            has_ended: self.has_ended,
        }
    }
}

impl<S, E, T> Body for SseBody<S, T>
where
    S: Stream<Item = Result<Sse, E>>,
    E: Into<Box<dyn StdError + Send + Sync>>,
    T: Timer,
{
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let mut this = self.project();
        if *this.has_ended {
            return Poll::Ready(None);
        }
        let encoded = match this.event_stream.poll_next(cx) {
            Poll::Ready(Some(Ok(block))) => block.encode().map_err(BodyError::Encode),
            Poll::Ready(Some(Err(error))) => Err(BodyError::Stream(error.into())),
            Poll::Ready(None) => {
                *this.has_ended = true;
                return Poll::Ready(None);
            }
            Poll::Pending => match this.keep_alive.as_pin_mut() {
                Some(keep_alive) => {
                    let event = ready!(keep_alive.poll_event(cx));
                    return Poll::Ready(Some(Ok(Frame::data(event))));
                }
                None => return Poll::Pending,
            },
        };
        *this.has_ended = encoded.is_err();
        if let Some(keep_alive) = this.keep_alive.as_mut().as_pin_mut() {
            keep_alive.reset();
        }
        Poll::Ready(Some(encoded.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.has_ended
    }
}
