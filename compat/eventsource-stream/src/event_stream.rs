//! A stream of events over a stream of chunks.

use alloc::string::String;
use core::pin::Pin;
use core::task::{ready, Context, Poll};

use eventwire::{BytesDecoder, Decoder, EventId};
use futures_core::Stream;
use pin_project_lite::pin_project;

use crate::{Event, EventStreamError};

/// Turns a stream of chunks into a stream of events.
pub trait Eventsource: Sized {
    /// Reads the chunks of this stream.
    fn eventsource(self) -> EventStream<Self>;
}

impl<S, B, E> Eventsource for S
where
    S: Stream<Item = Result<B, E>>,
    B: AsRef<[u8]>,
{
    fn eventsource(self) -> EventStream<Self> {
        EventStream::new(self)
    }
}

pin_project! {
    /// A stream of events. An error of the source does not end it; the end of the source does.
    pub struct EventStream<S> {
        #[pin]
        stream: S,
        decoder: BytesDecoder,
        has_ended: bool,
    }
}

impl<S> EventStream<S> {
    /// Reads the chunks of a stream.
    pub fn new(stream: S) -> Self {
        // No limit, as in the original.
        let decoder = Decoder::new().with_max_event_size(usize::MAX);
        EventStream { stream, decoder: decoder.into(), has_ended: false }
    }

    /// Sets the last event ID, for a stream that continues an earlier one. Text with CR, LF or NUL is not a valid ID, and
    /// changes nothing.
    pub fn set_last_event_id(&mut self, id: impl Into<String>) {
        if let Ok(id) = EventId::try_from(id.into()) {
            self.decoder.set_last_event_id(id);
        }
    }

    /// Returns the last event ID, as of the last event that was yielded.
    pub fn last_event_id(&self) -> &str {
        self.decoder.last_event_id()
    }
}

impl<S, B, E> Stream for EventStream<S>
where
    S: Stream<Item = Result<B, E>>,
    B: AsRef<[u8]>,
{
    type Item = Result<Event, EventStreamError<E>>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        loop {
            // Without limits and strictness, there are no errors.
            if let Ok(Some(event)) = this.decoder.next_ref() {
                return Poll::Ready(Some(Ok(Event {
                    event: event.event_type().into(),
                    data: event.data().into(),
                    id: event.last_event_id().into(),
                    retry: event.retry(),
                })));
            }
            if *this.has_ended {
                return Poll::Ready(None);
            }
            match ready!(this.stream.as_mut().poll_next(cx)) {
                Some(Ok(chunk)) => this.decoder.push_slice(chunk.as_ref()),
                Some(Err(error)) => return Poll::Ready(Some(Err(EventStreamError::Transport(error)))),
                None => *this.has_ended = true,
            }
        }
    }
}
