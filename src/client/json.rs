//! `JsonStream`: the events of a stream or a source, deserialized from JSON.

use alloc::boxed::Box;
use core::fmt;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{ready, Context, Poll};

use bytes::Bytes;
use futures_core::stream::FusedStream;
use futures_core::Stream;
use pin_project_lite::pin_project;
use serde::de::DeserializeOwned;

use super::{EventStream, StreamError};
use crate::error::JsonError;
use crate::event::EventRef;

pin_project! {
    /// A stream of values, deserialized from the JSON data of events. Created by the method `json` of [`EventStream`]
    /// and `EventSource`.
    #[must_use = "a stream does nothing until it is polled"]
    pub struct JsonStream<R, T> {
        #[pin]
        events: R,
        item: PhantomData<fn() -> T>,
    }
}

/// An error returned when a [`JsonStream`] cannot return the next item. `E` is the error of the events:
/// [`StreamError`] or `EventSourceError`.
#[derive(Debug)]
#[non_exhaustive]
pub enum JsonStreamError<E> {
    /// The stream failed.
    Stream(E),
    /// The data of an event is not the expected JSON. The next call continues after the event.
    #[non_exhaustive]
    Json {
        /// The position in the data and what was found there, with the type of the event.
        error: JsonError,
        /// The last event ID at the event.
        last_event_id: Box<str>,
        /// The number of bytes of the connection that were read, this event included.
        bytes: u64,
    },
}

impl<S> EventStream<S> {
    /// Deserializes the data of each event from JSON. Events with empty data are skipped.
    ///
    /// ```
    /// use eventwire::client::{EndMark, EventStream};
    /// use futures_util::TryStreamExt;
    /// # use std::convert::Infallible;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Delta {
    ///     text: String,
    /// }
    ///
    /// # async fn read() -> Result<(), Box<dyn std::error::Error>> {
    /// # let chunks = futures_util::stream::iter(["data: {\"text\":\"Hel\"}\n\ndata: {\"text\":\"lo\"}\n\ndata: [DONE]\n\n"].map(Ok::<_, Infallible>));
    /// let mut deltas = EventStream::new(chunks).with_end_mark(EndMark::data("[DONE]")).json::<Delta>();
    /// let mut answer = String::new();
    /// while let Some(delta) = deltas.try_next().await? {
    ///     answer += &delta.text;
    /// }
    /// assert_eq!(answer, "Hello");
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read()).unwrap();
    /// ```
    pub fn json<T: DeserializeOwned>(self) -> JsonStream<Self, T> {
        JsonStream::new(self)
    }

    /// Treats the events in which APIs report errors as errors: events of type `error`, and events whose data is a JSON
    /// object with a member `error` that is not `null`. A block of type `error` counts even without data, which makes no
    /// event. See [`with_error_when`](Self::with_error_when).
    pub fn with_json_errors(mut self) -> Self {
        self.reader.fail_at_type(ERROR, Box::new(is_error));
        self
    }
}

/// Returns whether an API reports an error in this event.
pub(super) fn is_error(event: EventRef<'_>) -> bool {
    // Parsed only if the data contains the word, which hardly any event does.
    let has_error = || {
        let data = serde_json::from_str::<serde_json::Value>(event.data());
        data.is_ok_and(|data| data.get("error").is_some_and(|error| !error.is_null()))
    };
    event.event_type() == ERROR || (event.data().contains("\"error\"") && has_error())
}

impl<R, T> JsonStream<R, T> {
    pub(super) fn new(events: R) -> Self {
        JsonStream { events, item: PhantomData }
    }

    /// Returns a reference to the stream or source of events.
    pub fn get_ref(&self) -> &R {
        &self.events
    }

    /// Returns a mutable reference to the stream or source of events, for `close` or `restart` for instance.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.events
    }

    /// Returns the stream or source of events, positioned after the last item returned.
    pub fn into_inner(self) -> R {
        self.events
    }
}

/// The reader of a [`JsonStream`]. This trait is sealed.
pub trait Events {
    type Error;

    fn poll_advance(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<bool, Self::Error>>;

    /// Returns the event that the last `poll_advance` found.
    fn found(&self) -> Option<EventRef<'_>>;

    /// Returns the number of bytes of the connection up to the end of that event.
    fn bytes(&self) -> u64;
}

impl<S, B, E> Events for EventStream<S>
where
    S: Stream<Item = Result<B, E>>,
    B: Into<Bytes>,
{
    type Error = StreamError<E>;

    #[inline]
    fn poll_advance(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<bool, Self::Error>> {
        EventStream::poll_advance(self, cx)
    }

    #[inline(always)]
    fn found(&self) -> Option<EventRef<'_>> {
        self.current()
    }

    fn bytes(&self) -> u64 {
        self.bytes_consumed()
    }
}

impl<R, T> Stream for JsonStream<R, T>
where
    R: Events,
    T: DeserializeOwned,
{
    type Item = Result<T, JsonStreamError<R::Error>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        for _ in 0..MOST_SKIPPED {
            let mut events = self.as_mut().project().events;
            match ready!(events.as_mut().poll_advance(cx)) {
                Ok(true) => {}
                Ok(false) => return Poll::Ready(None),
                Err(error) => return Poll::Ready(Some(Err(JsonStreamError::Stream(error)))),
            }
            let data = events.found().map_or("", |event| event.data());
            if data.is_empty() {
                continue;
            }
            // No result in between, which would move the value once more.
            return match serde_json::from_str(data) {
                Ok(value) => Poll::Ready(Some(Ok(value))),
                Err(error) => Poll::Ready(failure(&*events, error).map(Err)),
            };
        }
        // A server that sends nothing else must not keep other tasks from running.
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// The type by which APIs report errors.
pub(super) const ERROR: &str = "error";

/// 256 events without data in a row: more than a server sends to keep a connection open.
const MOST_SKIPPED: usize = 256;

#[cold]
fn failure<R: Events>(events: &R, error: serde_json::Error) -> Option<JsonStreamError<R::Error>> {
    let event = events.found()?;
    let error = JsonError::new(event.event_type(), event.data(), error);
    Some(JsonStreamError::Json { error, last_event_id: event.last_event_id().into(), bytes: events.bytes() })
}

impl<R, T> FusedStream for JsonStream<R, T>
where
    R: Events + FusedStream,
    T: DeserializeOwned,
{
    fn is_terminated(&self) -> bool {
        self.events.is_terminated()
    }
}

impl<R: fmt::Debug, T> fmt::Debug for JsonStream<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("JsonStream").field(&self.events).finish()
    }
}

impl<E: fmt::Display> fmt::Display for JsonStreamError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JsonStreamError::Stream(error) => error.fmt(f),
            JsonStreamError::Json { error, bytes, .. } => write!(f, "{error} (in the first {bytes} bytes)"),
        }
    }
}
