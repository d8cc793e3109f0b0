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
    /// It is an [`http_body::Body`]; [`into_stream`](EventBody::into_stream) makes a [`Stream`] of bytes of it. Its error
    /// is that of the stream's items, [`Infallible`](core::convert::Infallible) when they are no results.
    ///
    /// # What to rely on
    ///
    /// - The first chunk is ready at once, before the first event: clients and proxies see that the stream is open.
    ///   Firefox fires `open` at the first byte of a body, not at its headers.
    /// - All events that are ready go out as one chunk, and no event waits for another.
    /// - An event that is ready alone costs one allocation, an [`Encoded`] none and no copy. A body that waits
    ///   holds no buffer.
    /// - It is `Sync` even where the stream is only `Send`, and `Unpin` when the stream is.
    /// - The stream is polled when the body is, never after its end, and dropped at its end. After the end or an error,
    ///   every poll returns `None`.
    /// - Events that came before an error are returned before it. Whether they reach the client is another matter: see
    ///   the next section.
    /// - [`is_end_stream`](http_body::Body::is_end_stream) only when all is sent; the size is never promised;
    ///   there are no trailers.
    /// - Nothing here panics. A panic in the stream, or in a function that was set, goes to the caller and ends the
    ///   body: the next poll returns `None`.
    ///
    /// # When the stream fails
    ///
    /// The body passes the error to the server, which aborts the response. What the server has queued by then, it
    /// drops. So the body leaves it time to send the last chunk: with a timer ([`with_keep_alive`](Self::with_keep_alive),
    /// which every adapter sets by default) it returns the error 100 ms later, without one at the next poll.
    ///
    /// That is enough over HTTP/1.1, with a timer or without, and over HTTP/2 with one: no event was lost in 1,000 responses
    /// of each framework. Over HTTP/2 without a timer, the reset overtook the last chunk in 5 to 41 of 100 responses of
    /// hyper, axum, poem, salvo and warp, and in none of actix-web's and rocket's. With a timer too, events are lost when the
    /// client or the network takes no more bytes while the body waits.
    /// To be sure that a client learns what happened, turn the error into an event with
    /// [`with_error_event`](Self::with_error_event).
    ///
    /// The client sees a connection that breaks, but not always: rocket ends a body that fails as if it were whole, poem
    /// does so over HTTP/1.1, and so do several proxies. If a client has to tell a whole stream from a broken one, mark
    /// the good end: [`with_last_event`](Self::with_last_event).
    ///
    /// # When the client stops reading
    ///
    /// Then the server stops polling the body, and nothing that is set here happens any more: no heartbeat, no
    /// shutdown, no maximum age. Limit it in the server: with a grace period for a graceful shutdown, and with
    /// `TCP_USER_TIMEOUT` on the socket. The hello programs in `examples/frameworks` show the first.
    #[must_use = "a body does nothing until it is sent"]
    pub struct EventBody<S>
    where
        S: Stream,
        S::Item: EventItem,
    {
        // None when it has ended.
        #[pin]
        pub(super) stream: Option<SyncWrapper<S>>,
        // What did not fit into the last chunk: it goes out before all that is still in the stream.
        pub(super) held: Option<SyncWrapper<Result<Part, <S::Item as EventItem>::Error>>>,
        pub(super) to_event: Option<SyncWrapper<ToEvent<<S::Item as EventItem>::Error>>>,
        pub(super) opening: Option<Encoded>,
        pub(super) ending: Ending,
        pub(super) observer: Option<SyncWrapper<Box<dyn Observe>>>,
        pub(super) clock: Choice,
        pub(super) chunk_size: usize,
        // For the buffer of the next chunk, in bytes.
        pub(super) room: usize,
        // The last poll returned a chunk: it may not have left yet.
        pub(super) is_unsent: bool,
        // The error that is held waits for the last chunk to leave.
        pub(super) is_flushing: bool,
        pub(super) is_over: bool,
    }
}

/// Makes an event of the error that ends a stream.
pub(super) type ToEvent<E> = Box<dyn FnOnce(E) -> Event + Send>;

impl<S> EventBody<S>
where
    S: Stream,
    S::Item: EventItem,
{
    /// Sends the events of a stream. There is no timer until [`with_keep_alive`](Self::with_keep_alive) sets one.
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

    /// Begins with the delay before a client reconnects, in whole milliseconds [encoding 27](crate::_rules#encoding-27) (default: none is sent, and
    /// the client's own counts).
    ///
    /// It is a line without a blank one after it: it takes effect at once, and no client takes it for an event. Without
    /// it, the body begins with an empty comment.
    pub fn with_retry(mut self, retry: Duration) -> Self {
        self.opening = Some(Encoded::retry(retry));
        self
    }

    /// Sets the size in bytes from which a chunk takes no more events (default: 8 KiB).
    ///
    /// A chunk is as long as the events that are ready, and at most one event longer than this. An event as large
    /// as this is a chunk of its own. With 0, every event is.
    pub fn with_chunk_size(mut self, bytes: usize) -> Self {
        self.chunk_size = bytes;
        self
    }

    /// Sends heartbeats when there is nothing else to send (default: none; the adapters set
    /// `KeepAlive::default()`).
    pub fn with_keep_alive(mut self, keep_alive: KeepAlive) -> Self {
        self.clock = Choice::with(keep_alive);
        self
    }

    /// Sends no heartbeats, also where a framework's adapter would add them.
    pub fn without_keep_alive(mut self) -> Self {
        self.clock = Choice::Without;
        self
    }

    /// Ends the body when a future ends, whatever that returns: for a server that shuts down.
    ///
    /// Events that are ready by then go out first, up to a chunk of them. With several futures, the first counts. A
    /// client that does not read keeps the body from ending: give the server's shutdown a grace period too.
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

    /// Sends an event when the stream itself ends, without an error: a mark by which clients know that it is whole.
    ///
    /// It is not sent after an error, nor when [`with_shutdown`](Self::with_shutdown) or [`KeepAlive::with_max_age`] end
    /// the body before its stream. A client reads it with `EventStream::with_end_mark`.
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

    /// Sends an event when [`with_shutdown`](Self::with_shutdown) or [`KeepAlive::with_max_age`] end the body; not when the
    /// stream has ended before, or fails.
    pub fn with_farewell(mut self, event: impl Into<Encoded>) -> Self {
        self.ending.set_farewell(event.into());
        self
    }

    /// Sends an event that is made of the error when the stream fails. It is the last one, and the body ends well.
    ///
    /// Without it, the body passes the error to the server, which aborts the response; most clients reconnect. See
    /// [when the stream fails](#when-the-stream-fails).
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

    /// Reports what the body sent and why it ended, once: at its end, or when it is dropped before.
    ///
    /// `now` is the clock, `Instant::now` of std, of Tokio or of another crate: a function that returns times whose
    /// difference is a [`Duration`]. It is read four times: now, at the first chunk, at the first event, and at the end.
    /// Of several observers the last counts.
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
    /// Never here; but the observer may be called while the body is dropped, where a panic may abort the program.
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

/// 8 KiB: a hundred ordinary events, enough to make the cost of a chunk small compared with theirs.
const CHUNK_SIZE: usize = 8 * 1024;
