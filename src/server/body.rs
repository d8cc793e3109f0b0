//! What a response sends, and how it is told to.

use alloc::boxed::Box;
use core::fmt;
use core::future::Future;
use core::time::Duration;

use futures_core::Stream;
use pin_project_lite::pin_project;
use sync_wrapper::SyncWrapper;

use super::clock::Choice;
use super::ending::Ending;
use super::item::Part;
use super::{EventItem, KeepAlive};
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
    /// let body = EventBody::new(ticks).with_keep_alive(KeepAlive::with_timer(tokio::time::sleep));
    /// let response = eventwire::server::response(body);                          // for hyper, axum, tower and many more
    /// ```
    ///
    /// It is an [`http_body::Body`], and a [`Stream`] of `Result<Bytes, E>` for whoever takes that. `E` is the
    /// error of the stream's items, [`Infallible`](core::convert::Infallible) when they are no results.
    ///
    /// # What to rely on
    ///
    /// - The first chunk is there at once, before the first event: clients and proxies see that the stream is open.
    /// - All events that are ready go out as one chunk, and no event waits for another.
    /// - An event that is ready alone costs one allocation, an [`Encoded`] none and no copy. A body that waits
    ///   holds no buffer.
    /// - It is `Sync` also where the stream is only `Send`, and `Unpin` when the stream is.
    /// - The stream is polled when the body is, never after its end, and dropped at its end. Events that came
    ///   before an error go out before it: right behind a chunk it waits for one more poll, since a server flushes
    ///   when there is nothing to send, and drops what it has not flushed. After the end or an error there is `None`
    ///   for ever.
    /// - [`is_end_stream`](http_body::Body::is_end_stream) only when all is sent; the size is never promised;
    ///   there are no trailers.
    /// - Nothing here panics. A panic in the stream, or in a function that was set, goes to the caller and ends the
    ///   body: the next poll gives `None`.
    #[must_use = "a body does nothing until it is sent"]
    pub struct EventBody<S>
    where
        S: Stream,
        S::Item: EventItem,
    {
        // None when it has ended.
        #[pin]
        pub(super) stream: Option<SyncWrapper<S>>,
        // What did not belong into the last chunk: it comes before all that is still in the stream.
        pub(super) held: Option<SyncWrapper<Result<Part, <S::Item as EventItem>::Error>>>,
        pub(super) to_event: Option<SyncWrapper<ToEvent<<S::Item as EventItem>::Error>>>,
        pub(super) opening: Option<Encoded>,
        pub(super) ending: Ending,
        pub(super) clock: Choice,
        pub(super) chunk_size: usize,
        // For the buffer of the next chunk, in bytes.
        pub(super) room: usize,
        // The last poll gave a chunk: it may not have left yet.
        pub(super) is_unsent: bool,
        pub(super) is_over: bool,
    }
}

/// What makes an event of the error that ends a stream.
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
            clock: Choice::Open,
            chunk_size: CHUNK_SIZE,
            room: 0,
            is_unsent: false,
            is_over: false,
        }
    }

    /// Begins with the time after which a lost client comes back, in whole milliseconds [encoding 27].
    ///
    /// A line without a blank one behind it: in force at once, and no client takes it for an event. Without it, the
    /// body begins with an empty comment.
    pub fn with_retry(mut self, retry: Duration) -> Self {
        self.opening = Some(Encoded::retry(retry));
        self
    }

    /// Sets the size from which on a chunk takes no more events: 8 KiB unless told otherwise.
    ///
    /// A chunk is as long as the events that are ready, and at most one event longer than this. What is as large
    /// as this itself is a chunk of its own. With 0, every event is.
    pub fn with_chunk_size(mut self, bytes: usize) -> Self {
        self.chunk_size = bytes;
        self
    }

    /// Sends heartbeats when there is nothing else to send.
    pub fn with_keep_alive(mut self, keep_alive: KeepAlive) -> Self {
        self.clock = Choice::with(keep_alive);
        self
    }

    /// Sends no heartbeats, also where a framework's adapter would add them.
    pub fn without_keep_alive(mut self) -> Self {
        self.clock = Choice::Without;
        self
    }

    /// Ends the body when a future ends, whatever that returns: a shutdown that should not wait for clients.
    ///
    /// Events that are ready by then go out first, up to a chunk of them. With several futures, the first counts.
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
        self.ending.until(end);
        self
    }

    /// Sends an event at the end that [`with_shutdown`](Self::with_shutdown) or [`KeepAlive::with_max_age`] makes; not when the
    /// stream has ended before, or fails.
    pub fn with_farewell(mut self, event: impl Into<Encoded>) -> Self {
        self.ending.farewell = Some(event.into());
        self
    }

    /// Tells the client of an error: the event that is made of it is the last one, and the body ends well.
    ///
    /// Without it, the body gives the error to the server, which breaks the connection, and the client comes back.
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

/// 8 KiB: a hundred ordinary events, far more than it takes to make the cost of a chunk small beside theirs.
const CHUNK_SIZE: usize = 8 * 1024;
