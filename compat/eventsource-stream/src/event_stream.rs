//! A stream of events over a stream of chunks.

use alloc::collections::VecDeque;
use alloc::string::String;
use core::pin::Pin;
use core::task::{ready, Context, Poll};
use core::time::Duration;

use eventwire::{Decoder, EventId};
use futures_core::Stream;
use pin_project_lite::pin_project;

use crate::{Event, EventStreamError};

/// Makes a stream of events of a stream of chunks.
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
        reader: Reader,
        has_ended: bool,
    }
}

impl<S> EventStream<S> {
    /// Reads the chunks of a stream.
    pub fn new(stream: S) -> Self {
        EventStream { stream, reader: Reader::new(), has_ended: false }
    }

    /// Sets the last event ID, for a stream that goes on where an earlier one stopped. What holds CR, LF or NUL is no
    /// ID, and changes nothing.
    pub fn set_last_event_id(&mut self, id: impl Into<String>) {
        if let Ok(id) = EventId::try_from(id.into()) {
            let decoder = core::mem::take(&mut self.reader.decoder);
            self.reader.decoder = decoder.with_last_event_id(id);
        }
    }

    /// The last event ID after the last event that was yielded.
    pub fn last_event_id(&self) -> &str {
        if self.reader.events.is_empty() {
            self.reader.decoder.last_event_id()
        } else {
            &self.reader.last_event_id
        }
    }

    /// The reconnection time that the stream has set, be it in a block without data.
    #[doc(hidden)]
    pub fn reconnection_time(&self) -> Option<Duration> {
        self.reader.decoder.reconnection_time()
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
            if let Some(event) = this.reader.next_event() {
                return Poll::Ready(Some(Ok(event)));
            }
            if *this.has_ended {
                return Poll::Ready(None);
            }
            match ready!(this.stream.as_mut().poll_next(cx)) {
                Some(Ok(chunk)) => this.reader.read(chunk.as_ref()),
                Some(Err(error)) => return Poll::Ready(Some(Err(EventStreamError::Transport(error)))),
                None => *this.has_ended = true,
            }
        }
    }
}

/// The decoder and what it has found. A chunk that is only `AsRef<[u8]>` cannot be kept beside what borrows from it,
/// so it is read to its end when it comes.
struct Reader {
    decoder: Decoder,
    events: VecDeque<Event>,
    /// While events wait.
    last_event_id: String,
}

impl Reader {
    fn new() -> Self {
        Reader {
            // No limit, as in the original.
            decoder: Decoder::new().with_max_event_size(usize::MAX),
            events: VecDeque::new(),
            last_event_id: String::new(),
        }
    }

    fn read(&mut self, chunk: &[u8]) {
        let mut found = self.decoder.feed(chunk);
        // No limit and no strictness was asked for, so there are no errors.
        while let Ok(Some(event)) = found.next_ref() {
            self.events.push_back(Event {
                event: event.event_type().into(),
                data: event.data().into(),
                id: event.last_event_id().into(),
                retry: event.retry(),
            });
        }
    }

    fn next_event(&mut self) -> Option<Event> {
        let event = self.events.pop_front()?;
        if !self.events.is_empty() {
            self.last_event_id.clone_from(&event.id);
        }
        Some(event)
    }
}
