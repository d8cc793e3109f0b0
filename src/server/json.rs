//! `JsonEvents` and `TryJsonEvents`: events from a stream of values.

use core::fmt;
use core::pin::Pin;
use core::task::{ready, Context, Poll};

use futures_core::Stream;
use pin_project_lite::pin_project;
use serde::Serialize;

use super::EventBody;
use crate::event::Event;

pin_project! {
    /// A stream that encodes values as events with JSON data. Created by [`EventBody::from_json`].
    #[must_use = "a stream does nothing until it is polled"]
    pub struct JsonEvents<S> {
        #[pin]
        values: S,
    }
}

pin_project! {
    /// A stream that encodes `Ok` values as events with JSON data. Created by [`EventBody::try_from_json`].
    #[must_use = "a stream does nothing until it is polled"]
    pub struct TryJsonEvents<S> {
        #[pin]
        values: S,
    }
}

impl<S> EventBody<JsonEvents<S>>
where
    S: Stream,
    S::Item: Serialize,
{
    /// Sends each value of a stream as the JSON data of an event without type or ID. A value that cannot be serialized
    /// as JSON ends the body with an error.
    ///
    /// For events with a type or an ID, map the stream with [`Event::from_json`]. For a stream of results, use
    /// [`try_from_json`](EventBody::try_from_json): here, a `Result` would be serialized like any other value.
    ///
    /// ```
    /// use eventwire::server::EventBody;
    /// use eventwire::Event;
    /// use futures_util::stream;
    ///
    /// let prices = stream::iter([21.5, 22.0]);
    /// let body = EventBody::from_json(prices).with_last_event(Event::new("[DONE]"));
    /// ```
    pub fn from_json(values: S) -> Self {
        EventBody::new(JsonEvents { values })
    }
}

impl<S, T, E> EventBody<TryJsonEvents<S>>
where
    S: Stream<Item = Result<T, E>>,
    T: Serialize,
    E: From<serde_json::Error>,
{
    /// Like [`from_json`](EventBody::from_json), for a stream of results. The first error ends the body.
    ///
    /// ```
    /// use eventwire::server::EventBody;
    /// use futures_util::stream;
    ///
    /// let answer = stream::iter([Ok("Hel"), Ok("lo"), Err(std::io::Error::other("lost the model"))]);
    /// let body = EventBody::try_from_json(answer);
    /// ```
    pub fn try_from_json(values: S) -> Self {
        EventBody::new(TryJsonEvents { values })
    }
}

impl<S> Stream for JsonEvents<S>
where
    S: Stream,
    S::Item: Serialize,
{
    type Item = Result<Event, serde_json::Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let value = ready!(self.project().values.poll_next(cx));
        Poll::Ready(value.map(|value| Event::from_json(&value)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.values.size_hint()
    }
}

impl<S, T, E> Stream for TryJsonEvents<S>
where
    S: Stream<Item = Result<T, E>>,
    T: Serialize,
    E: From<serde_json::Error>,
{
    type Item = Result<Event, E>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let value = ready!(self.project().values.poll_next(cx));
        Poll::Ready(value.map(|value| Event::from_json(&value?).map_err(E::from)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.values.size_hint()
    }
}

impl<S> fmt::Debug for JsonEvents<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonEvents").finish_non_exhaustive()
    }
}

impl<S> fmt::Debug for TryJsonEvents<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryJsonEvents").finish_non_exhaustive()
    }
}
