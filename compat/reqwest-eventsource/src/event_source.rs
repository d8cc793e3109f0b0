//! A source of events that reconnects.

use std::future::Future;
use std::pin::Pin;
use std::task::{ready, Context, Poll};
use std::time::Duration;

use eventsource_stream::{Event as MessageEvent, EventStream, Eventsource};
use eventwire::bytes::Bytes;
use eventwire::client::is_event_stream;
use futures_core::Stream;
use futures_timer::Delay;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, ACCEPT, CONTENT_TYPE};
use reqwest::{Client, IntoUrl, RequestBuilder, Response, StatusCode};

use crate::retry::{RetryPolicy, DEFAULT_RETRY};
use crate::{CannotCloneRequestError, Error, Event, ReadyState};

#[cfg(not(target_arch = "wasm32"))]
type Sending = Pin<Box<dyn Future<Output = Result<Response, reqwest::Error>> + Send>>;
#[cfg(not(target_arch = "wasm32"))]
type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, reqwest::Error>> + Send>>;

// There, nothing of reqwest's is `Send`.
#[cfg(target_arch = "wasm32")]
type Sending = Pin<Box<dyn Future<Output = Result<Response, reqwest::Error>>>>;
#[cfg(target_arch = "wasm32")]
type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, reqwest::Error>>>>;

/// The events of a request that is sent again when its connection is lost, as a [`RetryPolicy`] says.
///
/// A lost connection is an item, and not the last one: [`close`](Self::close) ends the source.
pub struct EventSource {
    /// None when it cannot be sent again.
    builder: Option<RequestBuilder>,
    stage: Stage,
    policy: Box<dyn RetryPolicy + Send + Unpin>,
    /// How many attempts since the last open connection, and the last wait.
    last_retry: Option<(usize, Duration)>,
    last_event_id: String,
    /// What the policy has heard of.
    reconnection_time: Option<Duration>,
}

enum Stage {
    Connecting(Sending),
    Open(Box<EventStream<Chunks>>),
    Waiting(Delay),
    Closed,
}

impl EventSource {
    /// Sends a request, as often as it takes.
    ///
    /// # Errors
    ///
    /// When the request cannot be sent twice.
    pub fn new(builder: RequestBuilder) -> Result<Self, CannotCloneRequestError> {
        let builder = builder.header(ACCEPT, HeaderValue::from_static("text/event-stream"));
        let first = builder.try_clone().ok_or(CannotCloneRequestError)?;
        Ok(EventSource::sending(first, Some(builder)))
    }

    /// Sends a GET request. A URL that is none is the first item, and the last one.
    pub fn get<T: IntoUrl>(url: T) -> Self {
        let builder = Client::new().get(url).header(ACCEPT, HeaderValue::from_static("text/event-stream"));
        match builder.try_clone() {
            Some(first) => EventSource::sending(first, Some(builder)),
            None => EventSource::sending(builder, None),
        }
    }

    fn sending(first: RequestBuilder, builder: Option<RequestBuilder>) -> Self {
        EventSource {
            builder,
            stage: Stage::Connecting(Box::pin(first.send())),
            policy: Box::new(DEFAULT_RETRY),
            last_retry: None,
            last_event_id: String::new(),
            reconnection_time: None,
        }
    }

    /// Closes the source: nothing comes after this.
    pub fn close(&mut self) {
        self.stage = Stage::Closed;
    }

    /// Sets how to come back; [`DEFAULT_RETRY`] otherwise.
    pub fn set_retry_policy(&mut self, policy: Box<dyn RetryPolicy + Send + Unpin + 'static>) {
        self.policy = policy;
    }

    /// The last event ID: what the next request will carry.
    pub fn last_event_id(&self) -> &str {
        &self.last_event_id
    }

    /// Where it is: connecting (or waiting to), open, closed.
    pub fn ready_state(&self) -> ReadyState {
        match self.stage {
            Stage::Connecting(_) | Stage::Waiting(_) => ReadyState::Connecting,
            Stage::Open(_) => ReadyState::Open,
            Stage::Closed => ReadyState::Closed,
        }
    }

    fn connect_again(&mut self) -> Result<(), Error> {
        self.close();
        let Some(mut builder) = self.builder.as_ref().and_then(RequestBuilder::try_clone) else {
            return Ok(());
        };
        if !self.last_event_id.is_empty() {
            let id = HeaderValue::from_bytes(self.last_event_id.as_bytes())
                .map_err(|_| Error::InvalidLastEventId(self.last_event_id.clone()))?;
            // In the place of one that the request has.
            builder = builder.headers(HeaderMap::from_iter([(LAST_EVENT_ID, id)]));
        }
        self.stage = Stage::Connecting(Box::pin(builder.send()));
        Ok(())
    }

    fn on_response(&mut self, response: Response) -> Result<Event, Error> {
        if response.status() != StatusCode::OK {
            self.close();
            return Err(Error::InvalidStatusCode(response.status(), response));
        }
        if !is_event_stream(response.status(), response.headers()) {
            self.close();
            let found = response.headers().get(CONTENT_TYPE).cloned();
            return Err(Error::InvalidContentType(found.unwrap_or(HeaderValue::from_static("")), response));
        }
        let chunks: Chunks = Box::pin(response.bytes_stream());
        let mut events = chunks.eventsource();
        events.set_last_event_id(&*self.last_event_id);
        self.stage = Stage::Open(Box::new(events));
        self.last_retry = None;
        Ok(Event::Open)
    }

    fn on_event(&mut self, event: MessageEvent) -> Event {
        self.last_event_id.clone_from(&event.id);
        if let Some(time) = event.retry {
            self.reconnection_time = Some(time);
            self.policy.set_reconnection_time(time);
        }
        Event::Message(event)
    }

    /// What the connection has set in blocks without data outlives it too.
    fn on_lost(&mut self, error: Error) -> Error {
        if let Stage::Open(events) = &self.stage {
            events.last_event_id().clone_into(&mut self.last_event_id);
            if let Some(time) =
                events.reconnection_time().filter(|time| self.reconnection_time != Some(*time))
            {
                self.reconnection_time = Some(time);
                self.policy.set_reconnection_time(time);
            }
        }
        self.stage = match self.policy.retry(&error, self.last_retry) {
            Some(delay) => {
                self.last_retry =
                    Some((self.last_retry.map_or(1, |(made, _)| made.saturating_add(1)), delay));
                Stage::Waiting(Delay::new(delay))
            }
            None => Stage::Closed,
        };
        error
    }
}

impl Stream for EventSource {
    type Item = Result<Event, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            let item = match &mut this.stage {
                Stage::Open(events) => match ready!(Pin::new(&mut **events).poll_next(cx)) {
                    Some(Ok(event)) => Ok(this.on_event(event)),
                    Some(Err(error)) => Err(this.on_lost(error.into())),
                    None => Err(this.on_lost(Error::StreamEnded)),
                },
                Stage::Connecting(response) => match ready!(response.as_mut().poll(cx)) {
                    Ok(response) => this.on_response(response),
                    Err(error) => Err(this.on_lost(Error::Transport(error))),
                },
                Stage::Waiting(delay) => {
                    ready!(Pin::new(delay).poll(cx));
                    match this.connect_again() {
                        Ok(()) => continue,
                        Err(error) => Err(error),
                    }
                }
                Stage::Closed => return Poll::Ready(None),
            };
            return Poll::Ready(Some(item));
        }
    }
}

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
