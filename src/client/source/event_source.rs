//! The events of a server, over as many connections as it takes.

use alloc::boxed::Box;
use core::fmt;
use core::future::{poll_fn, Future};
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use bytes::Bytes;
use futures_core::stream::FusedStream;
use futures_core::Stream;
use http::{Method, Request, Response};
use http_body::Body;
use sync_wrapper::SyncWrapper;

use super::super::idle::Idle;
use super::super::reader::Reader;
use super::super::reconnect::LAST_EVENT_ID;
use super::super::reconnect::{Machine, Policy, ReadyState};
use super::super::EndMark;
use super::connect::{Connect, Sending};
use super::drive::Stage;
use super::response_body::BoxError;
use super::state_change::{Observer, StateChange};
use super::EventSourceError;
use crate::decode::wanted::{AllFrames, OnlyEvents, Wanted};
use crate::decode::Decoder;
use crate::event::{Event, EventId, EventRef, Frame};
use crate::timer::{Alarm, Timer};

/// The events of a server: a client that stays connected, over any HTTP client.
///
/// ```
/// use bytes::Bytes;
/// use eventwire::client::EventSource;
/// use http::Request;
/// # use std::convert::Infallible;
/// # async fn sent_by_your_client(_: Request<Bytes>) -> Result<http::Response<String>, Infallible> {
/// #     let response = http::Response::builder().header("content-type", "text/event-stream");
/// #     Ok(response.body("id: 7\ndata: a\n\n".into()).unwrap())
/// # }
///
/// # async fn read() -> Result<(), eventwire::client::EventSourceError> {
/// let request = Request::get("http://localhost:3000/ticks").body("").unwrap();
/// let send = |request: Request<Bytes>| sent_by_your_client(request);
/// let mut source = EventSource::new(request, send, tokio::time::sleep);
/// while let Some(event) = source.next_event().await? {      // a lost connection is not an item
///     println!("{}", event.data());
/// #   break;
/// }
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(read()).unwrap();
/// ```
///
/// It does what [`Machine`] says, with the settings of [`Policy`]: a connection that is lost,
/// or closed by the server, is made again after a wait, from the last event on. Status 204 is the end. An error is
/// the last item, and says why it gave up, so that `?` is right: another status or media type (with the response), an
/// event that is too large, an error event, a limit.
///
/// # The request
///
/// It is sent anew for each connection, with `Accept: text/event-stream` and `Cache-Control: no-cache` unless it has such
/// headers itself, and with the last event ID. A `Last-Event-ID` that it has is where the client begins. The function
/// that sends may change it each time: a fresh token, another body.
///
/// What is not GET, HEAD or OPTIONS is sent once only, since its effect might be repeated [connection 24]: its stream's
/// end is the end, its loss an error. [`with_reconnect`](Self::with_reconnect) says otherwise.
///
/// # What to rely on
///
/// - `next_event`, `next_ref` and `next_frame` are cancel-safe: what is under way goes on with the next call. Nothing goes
///   on without a call.
/// - After the last item there is `None` for ever. Closing stops everything: no event comes after it, those already
///   read included.
/// - A connection is dropped when it is done with, before the wait.
/// - `Send`, `Sync` and `Unpin`, whatever sends.
/// - Nothing here panics. A panic in a function that was given goes to the caller and closes the source.
#[must_use = "a source does nothing until it is asked for events"]
pub struct EventSource {
    pub(super) connect: SyncWrapper<Box<dyn Connect>>,
    /// As the user has made it.
    pub(super) template: Request<Bytes>,
    /// What is sent next: the template, or where that has led.
    pub(super) request: Request<Bytes>,
    pub(super) stage: Stage,
    pub(super) machine: Machine,
    pub(super) reader: Reader,
    pub(super) timer: Timer,
    pub(super) wait: Alarm,
    pub(super) stable: Alarm,
    pub(super) patience: Alarm,
    pub(super) observer: Observer,
    /// What went wrong last, since the last good connection.
    pub(super) last_loss: Option<Box<EventSourceError>>,
    /// Stays when something panics.
    pub(super) is_polled: bool,
}

impl EventSource {
    /// Sends a request with a function, again and again; waits with a timer.
    ///
    /// The function is all there is to know of an HTTP client: from a request to a future of a response. A client that
    /// keeps connections for later should keep none here: the one it takes up again may be the one that the server is
    /// just closing, which costs an attempt.
    pub fn new<T, F, R, B, E>(request: Request<T>, send: F, timer: impl Into<Timer>) -> Self
    where
        T: Into<Bytes>,
        F: FnMut(Request<Bytes>) -> R + Send + 'static,
        R: Future<Output = Result<Response<B>, E>> + Send + 'static,
        B: Body + Send + 'static,
        B::Error: Into<BoxError>,
        E: Into<BoxError>,
    {
        EventSource::connecting(request.map(Into::into), Box::new(Sending(send)), timer.into())
    }

    pub(super) fn connecting(mut template: Request<Bytes>, connect: Box<dyn Connect>, timer: Timer) -> Self {
        let decoder = Decoder::new();
        let seen = template.headers_mut().remove(LAST_EVENT_ID);
        let seen = seen.as_ref().and_then(|id| core::str::from_utf8(id.as_bytes()).ok()).unwrap_or_default();
        // A header value holds nothing that an ID cannot.
        let decoder = decoder.try_with_last_event_id(seen).unwrap_or_default();
        let reconnect = match *template.method() {
            Method::GET | Method::HEAD | Method::OPTIONS => Policy::new(),
            _ => Policy::never(),
        };
        EventSource {
            connect: SyncWrapper::new(connect),
            request: template.clone(),
            template,
            stage: Stage::Start,
            machine: Machine::new(reconnect),
            reader: Reader::new(decoder),
            timer,
            wait: Alarm::default(),
            stable: Alarm::default(),
            patience: Alarm::default(),
            observer: Observer::default(),
            last_loss: None,
            is_polled: false,
        }
    }

    /// Sets how to come back, also for requests that are sent only once otherwise.
    pub fn with_reconnect(mut self, reconnect: Policy) -> Self {
        self.machine = Machine::new(reconnect);
        self
    }

    /// Reads with the settings and the state of a decoder: limits, strictness, the last event ID and the reconnection
    /// time of an earlier client. Where it has no last event ID, that of the request stays.
    pub fn with_decoder(mut self, mut decoder: Decoder) -> Self {
        if decoder.last_event_id().is_empty() {
            if let Ok(seen) = EventId::try_from(self.last_event_id()) {
                decoder = decoder.with_last_event_id(seen);
            }
        }
        self.reader.set_decoder(decoder);
        self
    }

    /// Ends at an event, for good. A connection that ends before is made again, or an error where it is the only one:
    /// see [`EventStream::with_end_mark`](crate::client::EventStream::with_end_mark).
    pub fn with_end_mark(mut self, mark: EndMark) -> Self {
        self.reader.terms.end_at(mark);
        self
    }

    /// Takes the events for which a function says `true` for errors: they are the end. See
    /// [`EventStream::with_error_when`](crate::client::EventStream::with_error_when).
    pub fn with_error_when(mut self, is_error: impl FnMut(EventRef<'_>) -> bool + Send + 'static) -> Self {
        self.reader.terms.fail_at(Box::new(is_error));
        self
    }

    /// Takes a connection for lost on which no byte has come for a time, comments included; and one that is not made in
    /// that time.
    pub fn with_idle_timeout(mut self, after: Duration) -> Self {
        self.reader.idle = Idle::new(after, self.timer.clone());
        self
    }

    /// Tells a function of each change of the connection.
    ///
    /// ```
    /// use eventwire::client::{StateChange, EventSource};
    /// # use bytes::Bytes;
    /// # use http::{Request, Response};
    /// # let request = Request::get("http://localhost:3000/ticks").body("").unwrap();
    /// # let send = |_: Request<Bytes>| async { Ok::<_, std::io::Error>(Response::new(String::new())) };
    ///
    /// let source = EventSource::new(request, send, tokio::time::sleep).with_observer(|change| match change {
    ///     StateChange::Open { .. } => eprintln!("connected"),
    ///     StateChange::Waiting { delay, .. } => eprintln!("lost, trying again in {delay:?}"),
    ///     _ => {}
    /// });
    /// ```
    pub fn with_observer(mut self, observe: impl FnMut(&StateChange<'_>) + Send + 'static) -> Self {
        self.observer = Observer::new(observe);
        self
    }

    /// Waits for the next event; `None` when the server has said that it is over, or the source was closed.
    ///
    /// # Errors
    ///
    /// When it has given up: see [`EventSourceError`].
    pub async fn next_event(&mut self) -> Result<Option<Event>, EventSourceError> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await.transpose()
    }

    /// Waits for the next event and lends it.
    ///
    /// # Errors
    ///
    /// As [`next_event`](Self::next_event).
    pub async fn next_ref(&mut self) -> Result<Option<EventRef<'_>>, EventSourceError> {
        self.advance::<OnlyEvents>().await?;
        Ok(self.reader.decoder().current())
    }

    /// Waits for the next thing on the wire and lends it: comments, reconnection times and unknown fields too. See
    /// [`EventStream::next_frame`](crate::client::EventStream::next_frame).
    ///
    /// # Errors
    ///
    /// As [`next_event`](Self::next_event).
    pub async fn next_frame(&mut self) -> Result<Option<Frame<'_>>, EventSourceError> {
        self.advance::<AllFrames>().await?;
        Ok(self.reader.decoder().current_frame())
    }

    async fn advance<W: Wanted>(&mut self) -> Result<bool, EventSourceError> {
        poll_fn(|cx| self.poll_step::<W>(cx)).await
    }

    /// Goes to the next event and tells whether there is one; `false` at the end. [`current`](Self::current) lends it.
    ///
    /// # Errors
    ///
    /// As [`next_event`](Self::next_event).
    pub fn poll_advance(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, EventSourceError>> {
        self.poll_step::<OnlyEvents>(cx)
    }

    /// Lends the event that the last [`poll_advance`](Self::poll_advance) found.
    #[must_use]
    pub fn current(&self) -> Option<EventRef<'_>> {
        self.reader.decoder().current()
    }

    /// Where it stands: connecting (or waiting to), open, closed.
    #[must_use]
    pub fn ready_state(&self) -> ReadyState {
        self.machine.state()
    }

    /// The last event ID in force. See [`Decoder::last_event_id`].
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        self.reader.decoder().last_event_id()
    }

    /// The reconnection time in force, as the server has sent it. See [`Decoder::reconnection_time`].
    #[must_use]
    pub fn reconnection_time(&self) -> Option<Duration> {
        self.reader.decoder().reconnection_time()
    }

    /// How many bytes of this connection were read, up to the last event.
    #[must_use]
    pub fn bytes_consumed(&self) -> u64 {
        self.reader.decoder().bytes_consumed()
    }
}

impl Stream for EventSource {
    type Item = Result<Event, EventSourceError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_step::<OnlyEvents>(cx).map(|step| match step {
            Ok(_) => self.reader.take_current().map(Ok),
            Err(error) => Some(Err(error)),
        })
    }
}

impl FusedStream for EventSource {
    fn is_terminated(&self) -> bool {
        matches!(self.stage, Stage::Closed)
    }
}

impl fmt::Debug for EventSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventSource")
            .field("method", self.template.method())
            .field("uri", self.template.uri())
            .field("machine", &self.machine)
            .field("reader", &self.reader)
            .finish_non_exhaustive()
    }
}
