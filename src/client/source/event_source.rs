//! `EventSource`: reads the events of a server over as many connections as needed.

use alloc::boxed::Box;
use core::future::{poll_fn, Future};
use core::task::{Context, Poll};
use core::time::Duration;

use bytes::Bytes;
use http::response::Parts;
use http::{Method, Request, Response};
use http_body::Body;
use sync_wrapper::SyncWrapper;

use super::super::drain::DRAIN_TIME;
use super::super::poison::Poison;
use super::super::reader::Reader;
use super::super::reconnect::{Machine, Policy, ReadyState, LAST_EVENT_ID};
use super::super::threads::{AnyThread, OneThread};
use super::super::{Drained, FirstLine};
use super::bodies::BoxError;
use super::kind::{Kind, Threads};
use super::observer::Observer;
use super::response_body::ResponseBody;
use super::resume::Resume;
use super::source_item::SourceItem;
use super::stage::{Goal, Stage};
use super::EventSourceError;
use crate::decode::looks::looks_at;
use crate::decode::wanted::{AllFrames, InPieces, OnlyEvents, Wanted};
use crate::decode::Decoder;
use crate::event::{Event, EventPiece, EventRef, Frame};
use crate::timer::{Alarm, LocalClock, Timer};

/// Reads the events of a server: a client that stays connected, over any HTTP client.
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
/// The source acts on the decisions of a [`Machine`] with the settings of a [`Policy`]: a connection that is lost, or
/// closed by the server, is re-established after a wait, and the stream resumes after the last event. Status 204 ends
/// the source. An error is the last item and says why the source gave up, so `?` is the right way to handle it: another
/// status or media type (with the response), an event that is too large, an error event, or a limit.
///
/// # The request
///
/// The request is sent again for each connection, with `Accept: text/event-stream` and `Cache-Control: no-cache` unless
/// it has these headers itself, and with the last event ID. If it has a `Last-Event-ID`, the client starts there.
/// [`with_request_hook`](Self::with_request_hook) changes the request of each attempt, for example to add a fresh
/// token; [`with_resume`](Self::with_resume) makes other requests from a cursor.
///
/// A method other than GET, HEAD or OPTIONS is sent only once by default, since its effect might be repeated
/// ([connection 24](crate::_rules#connection-24)): the end of its stream ends the source, and its loss is an error.
/// [`with_reconnect`](Self::with_reconnect) changes that, for example with [`Policy::until_first_event`].
///
/// # Guarantees
///
/// - All `next_` methods are cancel-safe: the next call continues the work in progress. The source does nothing between
///   calls.
/// - After the last item, the source returns `None` forever. Closing stops everything: no event is returned afterwards,
///   not even one that was already read.
/// - A connection is dropped once it is finished, before the wait.
/// - The source is `Send`, `Sync` and `Unpin`, regardless of the HTTP client; use [`LocalEventSource`] for futures and
///   bodies that are not `Send`.
/// - The source itself never panics. A panic in a user-supplied function propagates to the caller and closes the
///   source.
#[must_use = "a source does nothing until it is polled"]
pub struct EventSource<K: Threads = AnyThread> {
    pub(super) connect: SyncWrapper<Box<K::Connect>>,
    /// The user's request.
    pub(super) template: Request<Bytes>,
    /// The request that resumes the stream, if it differs from the user's.
    pub(super) resuming: Option<Request<Bytes>>,
    /// The request of this attempt, after any redirects.
    pub(super) request: Request<Bytes>,
    pub(super) request_hook: Option<SyncWrapper<Box<K::RequestHook>>>,
    pub(super) resume: Option<Resume<K::Resume>>,
    pub(super) retry: Option<SyncWrapper<Box<K::Retry>>>,
    pub(super) stage: Stage<K>,
    pub(super) machine: Machine,
    pub(super) reader: Reader<K>,
    pub(super) timer: Timer,
    pub(super) clock: SyncWrapper<K::Clock>,
    pub(super) wait: Alarm,
    pub(super) stable: Alarm,
    pub(super) deadline: Alarm,
    pub(super) observer: Observer<K>,
    pub(super) response_head: Option<Box<Parts>>,
    pub(super) random: Option<SyncWrapper<Box<K::Random>>>,
    /// Why the last connection was lost, until the next one is stable, unless that was an item.
    pub(super) last_loss: Option<EventSourceError<K>>,
    /// The number of requests that failed, and that the server may have acted on.
    pub(super) may_have_run: u32,
    pub(super) has_own_policy: bool,
    /// Whether the connection was lost after some pieces of an event, and `EventPiece::Cut` has not been returned yet.
    pub(super) owes_cut: bool,
    /// Whether the current item is `EventPiece::Cut`.
    pub(super) is_at_cut: bool,
    pub(super) poison: Poison,
}

/// An [`EventSource`] whose futures, bodies, timers and functions need not be `Send`: created by
/// [`new_local`](EventSource::new_local).
///
/// Its error, `EventSourceError<OneThread>`, is not `Send` either: `?` converts it into a `Box<dyn Error>`, but not into a
/// `Box<dyn Error + Send + Sync>` or an `anyhow::Error`; for these, `map_err(|error| error.to_string())`. An
/// [`EventStream`](crate::client::EventStream) has no local form: its source of bytes may be anything, but the functions
/// that judge its events must be `Send`.
///
/// ```
/// use std::cell::Cell;
/// use std::error::Error;
/// use std::rc::Rc;
/// use bytes::Bytes;
/// use eventwire::client::{EndMark, LocalEventSource};
/// use http::{Request, Response};
/// # use std::convert::Infallible;
/// # async fn sent_by_your_client(_: Request<Bytes>) -> Result<Response<String>, Infallible> {
/// #     let response = Response::builder().header("content-type", "text/event-stream");
/// #     Ok(response.body("data: a\n\ndata: [DONE]\n\n".into()).unwrap())
/// # }
///
/// # async fn read() -> Result<(), Box<dyn Error>> {
/// let judged = Rc::new(Cell::new(0));
/// let count = Rc::clone(&judged);
/// let request = Request::get("http://localhost:3000/ticks").body("")?;
/// let send = |request: Request<Bytes>| sent_by_your_client(request);
/// let mut source = LocalEventSource::new_local(request, send, tokio::time::sleep)
///     .with_end_mark(EndMark::data("[DONE]"))
///     .with_error_when(move |event| {
///         count.set(count.get() + 1);                       // not Send
///         event.event_type() == "error"
///     });
/// while let Some(event) = source.next_event().await? {
///     println!("{}", event.data());
/// }
/// assert_eq!(judged.get(), 2);
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(read()).unwrap();
/// ```
pub type LocalEventSource = EventSource<OneThread>;

impl EventSource {
    /// Creates a source that sends its requests with a function and waits with a timer.
    ///
    /// The function adapts any HTTP client: it takes a request and returns a future of a response. For feeds that reconnect
    /// for ever, let the client keep no idle connections: a reused one may be one that the server is just closing, which
    /// costs an attempt. For answers that end, keep the pool: the [drain](Self::with_drain) lets the next request reuse the
    /// connection. If the compiler says that the future cannot be sent between threads, use
    /// [`new_local`](EventSource::new_local).
    pub fn new<T, F, R, B, E>(request: Request<T>, mut send: F, timer: impl Into<Timer>) -> Self
    where
        T: Into<Bytes>,
        F: FnMut(Request<Bytes>) -> R + Send + 'static,
        R: Future<Output = Result<Response<B>, E>> + Send + 'static,
        B: Body + Send + 'static,
        B::Error: Into<BoxError>,
        E: Into<BoxError>,
    {
        let connect: Box<<AnyThread as Kind>::Connect> = Box::new(move |request| {
            let response = send(request);
            Box::pin(async move { Ok(response.await.map_err(Into::into)?.map(ResponseBody::new)) })
        });
        EventSource::connecting(request.map(Into::into), connect, timer.into(), ())
    }
}

impl EventSource<OneThread> {
    /// Like [`new`](EventSource::new), for futures, bodies and timers that are not `Send`: those of browsers, of awc,
    /// and of thread-per-core runtimes. The source is not `Send` either.
    ///
    /// Errors must be `Send` and `Sync`; `to_string` makes them so. In a browser, set
    /// [`with_random`](Self::with_random).
    ///
    /// ```
    /// use std::rc::Rc;
    /// use bytes::Bytes;
    /// use eventwire::client::LocalEventSource;
    /// use http::{Request, Response};
    ///
    /// # async fn read() -> Result<(), eventwire::client::EventSourceError<eventwire::client::OneThread>> {
    /// let client = Rc::new("not Send");
    /// let send = move |_: Request<Bytes>| {
    ///     let client = Rc::clone(&client);
    ///     async move {
    ///         let response = Response::builder().header("content-type", "text/event-stream");
    ///         Ok::<_, String>(response.body(format!("data: {client}\n\n")).unwrap())
    ///     }
    /// };
    /// let sleep = |time| async move { let here = Rc::new(()); tokio::time::sleep(time).await; drop(here) };
    /// let request = Request::get("http://localhost:3000/ticks").body("").unwrap();
    /// let mut source = LocalEventSource::new_local(request, send, sleep);
    /// assert_eq!(source.next_event().await?.unwrap().data(), "not Send");
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(read()).unwrap();
    /// ```
    pub fn new_local<T, F, R, B, E, S>(
        request: Request<T>,
        mut send: F,
        sleep: impl Fn(Duration) -> S + 'static,
    ) -> Self
    where
        T: Into<Bytes>,
        F: FnMut(Request<Bytes>) -> R + 'static,
        R: Future<Output = Result<Response<B>, E>> + 'static,
        B: Body + 'static,
        B::Error: Into<BoxError>,
        E: Into<BoxError>,
        S: Future + 'static,
    {
        let connect: Box<<OneThread as Kind>::Connect> = Box::new(move |request| {
            let response = send(request);
            Box::pin(async move { Ok(response.await.map_err(Into::into)?.map(ResponseBody::new_local)) })
        });
        let clock = LocalClock::new(sleep);
        let timer = clock.timer();
        EventSource::connecting(request.map(Into::into), connect, timer, clock)
    }
}

impl<K: Threads> EventSource<K> {
    pub(super) fn connecting(
        mut template: Request<Bytes>,
        connect: Box<K::Connect>,
        timer: Timer,
        clock: K::Clock,
    ) -> Self {
        let decoder = Decoder::new();
        let seen = template.headers_mut().remove(LAST_EVENT_ID);
        let seen = seen.as_ref().and_then(|id| core::str::from_utf8(id.as_bytes()).ok()).unwrap_or_default();
        // A valid header value is always a valid ID.
        let decoder = decoder.try_with_last_event_id(seen).unwrap_or_default();
        let policy = match *template.method() {
            Method::GET | Method::HEAD | Method::OPTIONS => Policy::new(),
            _ => Policy::never(),
        };
        let mut reader = Reader::new(decoder);
        reader.draining.wait(DRAIN_TIME, timer.clone());
        EventSource {
            connect: SyncWrapper::new(connect),
            request: template.clone(),
            template,
            resuming: None,
            request_hook: None,
            resume: None,
            retry: None,
            stage: Stage::Start,
            machine: Machine::new(policy),
            reader,
            timer,
            clock: SyncWrapper::new(clock),
            wait: Alarm::default(),
            stable: Alarm::default(),
            deadline: Alarm::default(),
            observer: Observer::none(),
            response_head: None,
            random: None,
            last_loss: None,
            may_have_run: 0,
            has_own_policy: false,
            owes_cut: false,
            is_at_cut: false,
            poison: Poison::default(),
        }
    }

    /// Returns how draining ended after the last event. See
    /// [`EventStream::drained`](crate::client::EventStream::drained).
    #[must_use]
    pub fn drained(&self) -> Option<Drained> {
        self.reader.draining.outcome()
    }

    /// Returns the first line of the current body that is not part of an event stream, if no event has arrived. See
    /// [`EventStream::first_line`](crate::client::EventStream::first_line).
    #[must_use]
    pub fn first_line(&self) -> Option<FirstLine> {
        self.reader.first_line()
    }

    /// Waits until the connection is open; returns `false` if the source has ended before, for example with status 204.
    ///
    /// No event is consumed. A handler can thus answer 502 before it starts its own response; with
    /// [`Policy::with_fail_fast`], the first failure is an error instead of a retry.
    ///
    /// ```
    /// use eventwire::client::{reconnect::Policy, EventSource};
    /// use http::{Request, Response, StatusCode};
    /// # use bytes::Bytes;
    /// # async fn send(_: Request<Bytes>) -> Result<Response<String>, std::io::Error> {
    /// #     Err(std::io::ErrorKind::ConnectionRefused.into())
    /// # }
    ///
    /// # async fn handle() -> StatusCode {
    /// let request = Request::get("http://upstream:3000/ticks").body("").unwrap();
    /// let mut source = EventSource::new(request, send, tokio::time::sleep)
    ///     .with_reconnect(Policy::new().with_fail_fast());
    /// if !matches!(source.open().await, Ok(true)) {
    ///     return StatusCode::BAD_GATEWAY;
    /// }
    /// # StatusCode::OK
    /// # }
    /// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    /// # assert_eq!(runtime.block_on(handle()), 502);
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the source gives up: see [`EventSourceError`].
    pub async fn open(&mut self) -> Result<bool, EventSourceError<K>> {
        poll_fn(|cx| self.poll_step::<OnlyEvents>(cx, Goal::Open)).await
    }

    /// Waits for the next event; returns `None` if the server has ended the stream, or if the source was closed.
    ///
    /// # Errors
    ///
    /// Returns an error if the source gives up: see [`EventSourceError`].
    pub async fn next_event(&mut self) -> Result<Option<Event>, EventSourceError<K>> {
        self.advance::<OnlyEvents>().await?;
        Ok(self.reader.take_current(|event| event))
    }

    /// Waits for the next event and borrows it.
    ///
    /// # Errors
    ///
    /// Same as [`next_event`](Self::next_event).
    pub async fn next_ref(&mut self) -> Result<Option<EventRef<'_>>, EventSourceError<K>> {
        self.advance::<OnlyEvents>().await?;
        Ok(self.reader.decoder().current())
    }

    /// Waits for the next frame and borrows it. Frames include comments, reconnection times and unknown fields. See
    /// [`EventStream::next_frame`](crate::client::EventStream::next_frame).
    ///
    /// # Errors
    ///
    /// Same as [`next_event`](Self::next_event).
    pub async fn next_frame(&mut self) -> Result<Option<Frame<'_>>, EventSourceError<K>> {
        self.advance::<AllFrames>().await?;
        Ok(self.reader.decoder().current_frame())
    }

    /// Waits for the next event or, if its data is large, for the next piece of it, and borrows it. See
    /// [`EventStream::next_piece`](crate::client::EventStream::next_piece).
    ///
    /// If the connection is lost after some pieces of an event, the next item is [`EventPiece::Cut`]. An event in pieces
    /// moves no cursor of [`with_resume`](Self::with_resume).
    ///
    /// # Errors
    ///
    /// Same as [`next_event`](Self::next_event).
    pub async fn next_piece(&mut self) -> Result<Option<EventPiece<'_>>, EventSourceError<K>> {
        self.advance::<InPieces>().await?;
        Ok(self.current_piece())
    }

    /// Waits for the next event or change of the connection, owned. Changes during calls of other methods are not
    /// items.
    ///
    /// ```
    /// use eventwire::client::{EventSource, SourceItem};
    /// # use bytes::Bytes;
    /// # use http::{Request, Response};
    /// # async fn send(_: Request<Bytes>) -> Result<Response<String>, std::io::Error> {
    /// #     Ok(Response::builder().header("content-type", "text/event-stream").body("data: a\n\n".into()).unwrap())
    /// # }
    ///
    /// # async fn read() -> Result<(), eventwire::client::EventSourceError> {
    /// # let request = Request::get("http://localhost:3000/ticks").body("").unwrap();
    /// let mut source = EventSource::new(request, send, tokio::time::sleep);
    /// while let Some(item) = source.next_item().await? {
    ///     match item {
    ///         SourceItem::Event(event) => println!("{}", event.data()),
    ///         SourceItem::Open { response, .. } => println!("open, {}", response.status),
    ///         SourceItem::Waiting { why: Some(error), .. } => println!("lost: {error}"),
    /// #       SourceItem::Waiting { .. } => break,
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(read()).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// Same as [`next_event`](Self::next_event).
    pub async fn next_item(&mut self) -> Result<Option<SourceItem<K>>, EventSourceError<K>> {
        poll_fn(|cx| self.poll_item(cx)).await
    }

    async fn advance<W: Wanted>(&mut self) -> Result<bool, EventSourceError<K>> {
        poll_fn(|cx| self.poll_step::<W>(cx, Goal::Event)).await
    }

    /// Polls for the next item: the basis of [`next_item`](Self::next_item), for wrapping the source in your own stream
    /// or future.
    ///
    /// # Errors
    ///
    /// Same as [`next_event`](Self::next_event).
    pub fn poll_item(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<SourceItem<K>>, EventSourceError<K>>> {
        self.poll_advance_item(cx).map_ok(|_| self.take_item())
    }

    /// Advances to the next event or change; returns `false` at the end. [`take_item`](Self::take_item) takes it. If it
    /// is an event, [`current`](Self::current) borrows it, which saves a copy.
    ///
    /// # Errors
    ///
    /// Same as [`next_event`](Self::next_event).
    pub fn poll_advance_item(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, EventSourceError<K>>> {
        self.poll_step::<OnlyEvents>(cx, Goal::Item)
    }

    /// Takes the event or change that the last [`poll_advance_item`](Self::poll_advance_item) found, owned. Afterwards
    /// there is no current event.
    pub fn take_item(&mut self) -> Option<SourceItem<K>> {
        let kept = self.observer.kept.pop_front();
        kept.or_else(|| self.reader.take_current(|event| event).map(SourceItem::Event))
    }

    /// Advances to the next event; returns `false` at the end. [`current`](Self::current) borrows it.
    ///
    /// # Errors
    ///
    /// Same as [`next_event`](Self::next_event).
    pub fn poll_advance(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, EventSourceError<K>>> {
        self.poll_step::<OnlyEvents>(cx, Goal::Event)
    }

    looks_at!(self => self.reader.decoder());

    /// Takes the event that the last [`poll_advance`](Self::poll_advance) found, owned. Afterwards there is no current
    /// event.
    pub fn take_current(&mut self) -> Option<Event> {
        self.reader.take_current(|event| event)
    }

    /// Advances to the next frame; returns `false` at the end. [`current_frame`](Self::current_frame) borrows it.
    ///
    /// # Errors
    ///
    /// Same as [`next_frame`](Self::next_frame).
    pub fn poll_advance_frame(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, EventSourceError<K>>> {
        self.poll_step::<AllFrames>(cx, Goal::Event)
    }

    /// Advances to the next event or piece of one; returns `false` at the end. [`current_piece`](Self::current_piece)
    /// borrows it.
    ///
    /// # Errors
    ///
    /// Same as [`next_piece`](Self::next_piece).
    pub fn poll_advance_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, EventSourceError<K>>> {
        self.poll_step::<InPieces>(cx, Goal::Event)
    }

    /// Borrows the event or piece that the last [`poll_advance_piece`](Self::poll_advance_piece) found.
    #[must_use]
    pub fn current_piece(&self) -> Option<EventPiece<'_>> {
        if self.is_at_cut {
            return Some(EventPiece::Cut);
        }
        self.reader.decoder().current_piece()
    }

    /// Returns the decoder, with the last event ID, the reconnection time and its settings.
    #[must_use]
    pub fn into_decoder(self) -> Decoder {
        self.reader.into_decoder()
    }

    /// Returns the status and headers of the current or most recent response; `None` before the first connection is
    /// open.
    ///
    /// They contain request IDs, rate limits and session IDs.
    #[must_use]
    pub fn response_head(&self) -> Option<&Parts> {
        self.response_head.as_deref()
    }

    /// Returns the state: connecting (or waiting to connect), open, or closed.
    #[must_use]
    pub fn ready_state(&self) -> ReadyState {
        self.machine.state()
    }
}
