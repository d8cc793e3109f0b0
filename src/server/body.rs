//! `EventBody` and its settings.

use alloc::boxed::Box;
use core::fmt;
use core::future::Future;
use core::ops::Sub;
use core::time::Duration;

use futures_core::Stream;
use pin_project_lite::pin_project;
use sync_wrapper::SyncWrapper;

use super::clock::Choice;
use super::ending::Ending;
use super::item::Part;
use super::observer::{Observe, Observed};
use super::{BodySummary, EventItem, KeepAlive};
use crate::encode::Encoded;
use crate::event::Event;

pin_project! {
    /// A stream of events as the body of a response.
    ///
    /// ```
    /// use eventwire::Event;
    /// use eventwire::server::{EventBody, KeepAlive};
    /// use futures_util::stream;
    ///
    /// let ticks = stream::iter([Event::new("21.5").with_type("tick")]);  // any Stream of Event, Encoded, or Result
    /// let body = EventBody::new(ticks).with_keep_alive(KeepAlive::new(tokio::time::sleep));
    /// let response = eventwire::server::response(body);                  // for hyper, axum, tower and many more
    /// ```
    ///
    /// Implements [`http_body::Body`]; [`into_stream`](EventBody::into_stream) converts it into a [`Stream`] of bytes.
    /// Its error type is that of the stream's items, or [`Infallible`](core::convert::Infallible) if they are not
    /// results.
    ///
    /// # Guarantees
    ///
    /// - The first chunk is ready immediately, before the first event, so that clients and proxies see that the stream
    ///   is open. Firefox fires `open` at the first byte of a body, not at its headers.
    /// - All events that are ready are sent in one chunk; no event waits for another.
    /// - A single ready event costs one allocation; an [`Encoded`] costs none and is not copied. A waiting body holds
    ///   no buffer.
    /// - The body is `Sync` even if the stream is only `Send`, and `Unpin` if the stream is.
    /// - The stream is polled only when the body is, never after its end, and is dropped at its end. After the end or
    ///   an error, every poll returns `None`.
    /// - Events received before an error are yielded before it. The next section describes whether they reach the
    ///   client.
    /// - [`is_end_stream`](http_body::Body::is_end_stream) returns `true` only once everything has been sent. The size
    ///   hint is always unknown, and there are no trailers.
    /// - The body itself never panics. A panic in the stream or in a user-supplied function propagates to the caller
    ///   and ends the body: the next poll returns `None`.
    ///
    /// # When the stream fails
    ///
    /// The body passes the error to the server, which aborts the response and discards whatever it has queued. To give
    /// the server time to send the last chunk, the body delays the error: by 100 ms with a timer
    /// ([`with_keep_alive`](Self::with_keep_alive), which every adapter sets by default), or until the next poll
    /// without one.
    ///
    /// This is enough over HTTP/1.1, with or without a timer, and over HTTP/2 with a timer: no event was lost in 1,000
    /// responses of each framework. Over HTTP/2 without a timer, the reset overtook the last chunk in 5 to 41 of 100
    /// responses of hyper, axum, poem, salvo and warp, and in none of actix-web's or rocket's. Even with a timer,
    /// events are lost if the client or the network accepts no more bytes while the body waits. To make sure that a
    /// client learns what happened, turn the error into an event with [`with_error_event`](Self::with_error_event).
    ///
    /// The client usually sees a broken connection, but not always: rocket ends a failed body as if it were complete,
    /// poem does so over HTTP/1.1, and so do several proxies. If a client must tell a complete stream from a broken
    /// one, mark the regular end with [`with_last_event`](Self::with_last_event).
    ///
    /// # When the client stops reading
    ///
    /// The server then stops polling the body, and none of the settings here take effect any more: no heartbeat, no
    /// shutdown, no maximum age. Set the limits in the server: a grace period for graceful shutdown, and
    /// `TCP_USER_TIMEOUT` on the socket. The hello programs in `examples/frameworks` show the grace period.
    #[must_use = "a body does nothing until it is sent"]
    pub struct EventBody<S>
    where
        S: Stream,
        S::Item: EventItem,
    {
        // `None` once the stream has ended.
        #[pin]
        pub(super) stream: Option<SyncWrapper<S>>,
        // An item that did not fit into the last chunk; it is sent before the rest of the stream.
        pub(super) held: Option<SyncWrapper<Result<Part, <S::Item as EventItem>::Error>>>,
        pub(super) to_event: Option<SyncWrapper<ToEvent<<S::Item as EventItem>::Error>>>,
        pub(super) opening: Option<Encoded>,
        pub(super) ending: Ending,
        pub(super) observer: Option<SyncWrapper<Box<dyn Observe>>>,
        pub(super) clock: Choice,
        pub(super) chunk_size: usize,
        // Initial capacity of the next chunk's buffer, in bytes.
        pub(super) room: usize,
        // The last poll returned a chunk that may not have been sent yet.
        pub(super) is_unsent: bool,
        // The held error is waiting for the last chunk to be sent.
        pub(super) is_flushing: bool,
        pub(super) is_over: bool,
    }
}

/// Converts the error that ends a stream into an event.
pub(super) type ToEvent<E> = Box<dyn FnOnce(E) -> Event + Send>;

impl<S> EventBody<S>
where
    S: Stream,
    S::Item: EventItem,
{
    /// Creates a body that sends the events of a stream. It has no timer until
    /// [`with_keep_alive`](Self::with_keep_alive) sets one.
    pub fn new(stream: S) -> Self {
        EventBody {
            stream: Some(SyncWrapper::new(stream)),
            held: None,
            to_event: None,
            opening: Some(Encoded::heartbeat()),
            ending: Ending::default(),
            observer: None,
            clock: Choice::Open,
            chunk_size: CHUNK_SIZE,
            room: 0,
            is_unsent: false,
            is_flushing: false,
            is_over: false,
        }
    }

    /// Begins the body with the reconnection delay for the client, in whole milliseconds
    /// ([encoding 27](crate::_rules#encoding-27)). Default: none is sent, and the client uses its own.
    ///
    /// The `retry` line has no blank line after it: it takes effect immediately, and no client takes it for an event.
    /// Without this setting, the body begins with an empty comment.
    pub fn with_retry(mut self, retry: Duration) -> Self {
        self.opening = Some(Encoded::retry(retry));
        self
    }

    /// Sets the size in bytes at which a chunk is full (default: 8 KiB).
    ///
    /// A chunk holds the events that are ready, and exceeds this size by at most one event. An event of at least this
    /// size gets a chunk of its own; with 0, every event does.
    pub fn with_chunk_size(mut self, bytes: usize) -> Self {
        self.chunk_size = bytes;
        self
    }

    /// Sends heartbeats while there is nothing else to send (default: none; the adapters set `KeepAlive::default()`).
    pub fn with_keep_alive(mut self, keep_alive: KeepAlive) -> Self {
        self.clock = Choice::with(keep_alive);
        self
    }

    /// Sends no heartbeats, even where a framework's adapter would add them.
    pub fn without_keep_alive(mut self) -> Self {
        self.clock = Choice::Without;
        self
    }

    /// Ends the body when a future completes, whatever its output: for a server that shuts down.
    ///
    /// Events that are ready by then are sent first, up to one chunk of them. With several futures, the first to
    /// complete ends the body. A client that does not read keeps the body from ending, so give the server's shutdown a
    /// grace period too.
    ///
    /// ```
    /// use eventwire::Event;
    /// use eventwire::server::EventBody;
    /// use futures_util::stream;
    /// use tokio::sync::watch;
    ///
    /// let (shutdown, watching) = watch::channel(false);
    /// let body = |mut watching: watch::Receiver<bool>| {
    ///     EventBody::new(stream::pending::<Event>())
    ///         .with_shutdown(async move { watching.wait_for(|is_down| *is_down).await.is_ok() })
    ///         .with_farewell(Event::new("back in a minute").with_type("shutdown"))
    /// };
    /// # let _ = (body(watching), shutdown);
    /// ```
    pub fn with_shutdown<F>(mut self, end: F) -> Self
    where
        F: Future + Send + 'static,
    {
        self.ending.add(end);
        self
    }

    /// Sends an event when the stream itself ends without an error: a mark that tells clients that the stream is
    /// complete.
    ///
    /// The event is not sent after an error, nor when [`with_shutdown`](Self::with_shutdown) or
    /// [`KeepAlive::with_max_age`] ends the body before its stream. A client detects it with
    /// `EventStream::with_end_mark`.
    ///
    /// ```
    /// use eventwire::Event;
    /// use eventwire::server::EventBody;
    /// use futures_util::stream;
    ///
    /// let answer = stream::iter(["Hel", "lo"].map(Event::new));
    /// let body = EventBody::new(answer).with_last_event(Event::new("[DONE]"));
    /// ```
    pub fn with_last_event(mut self, event: impl Into<Encoded>) -> Self {
        self.ending.set_last_event(event.into());
        self
    }

    /// Sends an event when [`with_shutdown`](Self::with_shutdown) or [`KeepAlive::with_max_age`] ends the body, but not
    /// if the stream has already ended or fails.
    pub fn with_farewell(mut self, event: impl Into<Encoded>) -> Self {
        self.ending.set_farewell(event.into());
        self
    }

    /// Sends an event made from the error when the stream fails. It is the last event, and the body ends normally.
    ///
    /// Without this setting, the body passes the error to the server, which aborts the response; most clients
    /// reconnect. See [when the stream fails](#when-the-stream-fails).
    ///
    /// ```
    /// use eventwire::Event;
    /// use eventwire::server::EventBody;
    /// use futures_util::stream;
    ///
    /// let events = stream::iter([Ok(Event::new("a")), Err("lost the database")]);
    /// let body = EventBody::new(events).with_error_event(|error| Event::new(error).with_type("error"));
    /// ```
    pub fn with_error_event<F>(mut self, to_event: F) -> Self
    where
        F: FnOnce(<S::Item as EventItem>::Error) -> Event + Send + 'static,
    {
        self.to_event = Some(SyncWrapper::new(Box::new(to_event)));
        self
    }

    /// Reports what the body sent and why it ended, exactly once: at its end, or when it is dropped before that.
    ///
    /// `now` is the clock: `Instant::now` of std, Tokio or another crate, or any function that returns times whose
    /// difference is a [`Duration`]. It is called four times: now, at the first chunk, at the first event, and at the
    /// end. A second observer replaces the first. `examples/frameworks/tests/observed.rs` reports through `tracing` and
    /// through `metrics`.
    ///
    /// ```
    /// use std::time::Instant;
    ///
    /// use eventwire::server::EventBody;
    /// use eventwire::Event;
    /// use futures_util::stream;
    ///
    /// let body = EventBody::new(stream::iter([Event::new("a")])).with_observer(Instant::now, |summary| {
    ///     println!("{:?} after {} events in {:?}", summary.end, summary.events, summary.duration);
    /// });
    /// ```
    ///
    /// # Panics
    ///
    /// This method never panics, but the observer may be called while the body is dropped, where a panic may abort the
    /// program.
    pub fn with_observer<N, I, F>(mut self, now: N, observer: F) -> Self
    where
        N: Fn() -> I + Send + 'static,
        I: Copy + Sub<Output = Duration> + Send + 'static,
        F: FnOnce(BodySummary) + Send + 'static,
    {
        self.observer = Some(SyncWrapper::new(Box::new(Observed::new(now, observer))));
        self
    }
}

impl<S> fmt::Debug for EventBody<S>
where
    S: Stream,
    S::Item: EventItem,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventBody")
            .field("chunk_size", &self.chunk_size)
            .field("clock", &self.clock)
            .field("has_begun", &self.opening.is_none())
            .field("is_over", &self.is_over)
            .finish_non_exhaustive()
    }
}

/// 8 KiB: about a hundred ordinary events, enough to make the cost of a chunk small compared with theirs.
const CHUNK_SIZE: usize = 8 * 1024;
