//! A source of events that reconnects: eventwire's, with the items, errors and policies of the original.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{ready, Context, Poll};
use std::time::Duration;

use eventsource_stream::Event as MessageEvent;
use eventwire::bytes::Bytes;
use eventwire::client::reconnect::{self, Policy};
use eventwire::client::{is_event_stream, EventSourceError, NothingToResume, SourceItem, StreamError};
use eventwire::http::{Request, Response as HttpResponse};
use eventwire::Decoder;
use futures_core::Stream;
use futures_timer::Delay;
use http_body::Body;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, ACCEPT, CONTENT_TYPE};
use reqwest::{Client, IntoUrl, RequestBuilder, StatusCode};

use crate::chunks::Chunks;
use crate::retry::{RetryPolicy, DEFAULT_RETRY};
use crate::{CannotCloneRequestError, Error, Event, ReadyState};

#[cfg(not(target_arch = "wasm32"))]
use eventwire::client::AnyThread as Threads;
// There, nothing in reqwest is `Send`.
#[cfg(target_arch = "wasm32")]
use eventwire::client::OneThread as Threads;

/// The events of a request that is sent again when its connection is lost, as a [`RetryPolicy`] says.
///
/// A lost connection is an item, and not the last one: [`close`](Self::close) ends the source.
pub struct EventSource {
    source: eventwire::client::EventSource<Threads>,
    /// Why there is no response. The source does not carry it, because it may hold a response, which is not `Send`
    /// everywhere.
    failed: Arc<Mutex<Option<Error>>>,
    policy: Box<dyn RetryPolicy + Send + Unpin>,
    /// The number of attempts since the last open connection, and the last wait.
    last_retry: Option<(usize, Duration)>,
    /// The reconnection time that the policy knows.
    reconnection_time: Option<Duration>,
}

impl EventSource {
    /// Creates a source from a request, which is sent again whenever the connection is lost.
    ///
    /// # Errors
    ///
    /// If the request cannot be sent twice.
    pub fn new(builder: RequestBuilder) -> Result<Self, CannotCloneRequestError> {
        match builder.try_clone() {
            Some(_) => Ok(EventSource::sending(builder)),
            None => Err(CannotCloneRequestError),
        }
    }

    /// Creates a source from a URL. If the URL is invalid, the first item is an error, and nothing is sent again.
    pub fn get<T: IntoUrl>(url: T) -> Self {
        EventSource::sending(Client::new().get(url))
    }

    fn sending(builder: RequestBuilder) -> Self {
        let mut builder = Some(builder.header(ACCEPT, HeaderValue::from_static("text/event-stream")));
        let failed = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&failed);
        let send = move |request: Request<Bytes>| {
            // Only a request that could not be built cannot be copied: it is sent once, for its error.
            let next = builder.as_ref().and_then(RequestBuilder::try_clone).or_else(|| builder.take());
            let slot = Arc::clone(&slot);
            async move {
                let Some(next) = next else { return Err(BoxError::from(NothingToResume)) };
                respond(next, &request).await.map_err(|error| {
                    let message = error.to_string();
                    *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    message.into()
                })
            }
        };
        // The builder is sent. This request only receives the last event ID.
        let request = Request::new(Bytes::new());
        #[cfg(not(target_arch = "wasm32"))]
        let source = eventwire::client::EventSource::new(request, send, Delay::new);
        #[cfg(target_arch = "wasm32")]
        let source = eventwire::client::EventSource::new_local(request, send, Delay::new);
        EventSource {
            // Each loss is an item, and the policy of the original decides when it is returned.
            source: source
                .with_decoder(Decoder::new().with_max_event_size(usize::MAX))
                .with_reconnect(Policy::new().with_any_media_type().with_delay(Duration::ZERO)),
            failed,
            policy: Box::new(DEFAULT_RETRY),
            last_retry: None,
            reconnection_time: None,
        }
    }

    /// Closes the source: no item follows.
    pub fn close(&mut self) {
        self.source.close();
    }

    /// Sets the retry policy. Default: [`DEFAULT_RETRY`].
    pub fn set_retry_policy(&mut self, policy: Box<dyn RetryPolicy + Send + Unpin + 'static>) {
        self.policy = policy;
    }

    /// Returns the last event ID, which the next request sends.
    pub fn last_event_id(&self) -> &str {
        self.source.last_event_id()
    }

    /// Returns the state: connecting (or waiting to connect), open, or closed.
    pub fn ready_state(&self) -> ReadyState {
        match self.source.ready_state() {
            reconnect::ReadyState::Connecting => ReadyState::Connecting,
            reconnect::ReadyState::Open => ReadyState::Open,
            _ => ReadyState::Closed,
        }
    }

    fn set_reconnection_time(&mut self, time: Option<Duration>) {
        if let Some(time) = time {
            self.reconnection_time = Some(time);
            self.policy.set_reconnection_time(time);
        }
    }

    fn on_lost(&mut self, why: Option<EventSourceError<Threads>>) -> Error {
        let error = self.error(why);
        // A block without data may have set it.
        let known = self.reconnection_time;
        self.set_reconnection_time(self.source.reconnection_time().filter(|time| known != Some(*time)));
        let delay = match error {
            Error::InvalidStatusCode(..) | Error::InvalidContentType(..) => None,
            _ => self.policy.retry(&error, self.last_retry),
        };
        match delay {
            Some(delay) => {
                let attempts = self.last_retry.map_or(1, |(made, _)| made.saturating_add(1));
                self.last_retry = Some((attempts, delay));
                self.source.set_delay(delay);
            }
            None => self.close(),
        }
        error
    }

    fn error(&self, why: Option<EventSourceError<Threads>>) -> Error {
        let error = match why {
            Some(EventSourceError::NoResponse { .. }) => {
                self.failed.lock().unwrap_or_else(PoisonError::into_inner).take()
            }
            Some(EventSourceError::Stream(StreamError::Transport { error, .. })) => {
                error.downcast().ok().map(|error| Error::Transport(*error))
            }
            _ => None,
        };
        error.unwrap_or(Error::StreamEnded)
    }
}

impl Stream for EventSource {
    type Item = Result<Event, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match ready!(self.source.poll_advance_item(cx)) {
                Ok(true) => {}
                Ok(false) => return Poll::Ready(None),
                Err(error) => return Poll::Ready(Some(Err(self.error(Some(error))))),
            }
            if let Some(event) = self.source.current() {
                let event = MessageEvent {
                    event: event.event_type().into(),
                    data: event.data().into(),
                    id: event.last_event_id().into(),
                    retry: event.retry(),
                };
                self.set_reconnection_time(event.retry);
                return Poll::Ready(Some(Ok(Event::Message(event))));
            }
            let item = match self.source.take_item() {
                Some(SourceItem::Open { .. }) => {
                    self.last_retry = None;
                    Ok(Event::Open)
                }
                Some(SourceItem::Waiting { why, .. }) => Err(self.on_lost(why)),
                Some(SourceItem::IdLeftOut { last_event_id, .. }) => {
                    self.close();
                    Err(Error::InvalidLastEventId(last_event_id))
                }
                _ => continue,
            };
            return Poll::Ready(Some(item));
        }
    }
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Sends a request, and returns its response if it is an event stream.
async fn respond(
    builder: RequestBuilder,
    request: &Request<Bytes>,
) -> Result<HttpResponse<impl Body<Data = Bytes, Error = reqwest::Error>>, Error> {
    let id = request.headers().get(&LAST_EVENT_ID).cloned();
    // It replaces one that the builder has.
    let builder = builder.headers(HeaderMap::from_iter(id.map(|id| (LAST_EVENT_ID, id))));
    let response = builder.send().await.map_err(Error::Transport)?;
    if response.status() != StatusCode::OK {
        return Err(Error::InvalidStatusCode(response.status(), response));
    }
    if !is_event_stream(response.status(), response.headers()) {
        let found = response.headers().get(CONTENT_TYPE).cloned();
        return Err(Error::InvalidContentType(found.unwrap_or(HeaderValue::from_static("")), response));
    }
    Ok(HttpResponse::new(Chunks(Box::pin(response.bytes_stream()))))
}

const LAST_EVENT_ID: HeaderName = HeaderName::from_static(eventwire::LAST_EVENT_ID);
