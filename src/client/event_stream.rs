//! `EventStream`: the events of one connection.

use alloc::boxed::Box;
use core::fmt;
use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use pin_project_lite::pin_project;
use sync_wrapper::SyncWrapper;

use super::reader::Reader;
use super::threads::AnyThread;
use super::{Drained, EndMark, FirstLine, ResponseHead, StreamError};
use crate::decode::looks::looks_at;
use crate::decode::wanted::{AllFrames, InPieces, OnlyEvents, Wanted};
use crate::decode::{Decoder, Ending};
use crate::event::{Event, EventId, EventPiece, EventRef, Frame};
use crate::timer::Timer;

pin_project! {
    /// Reads the events of one connection, from any source of bytes.
    ///
    /// The source is any [`Stream`] of `Result<B, E>` where `B` converts into [`Bytes`]: what HTTP clients call a
    /// stream of bytes.
    ///
    /// ```
    /// use eventwire::client::EventStream;
    /// # use eventwire::client::StreamError;
    /// # use std::io::Error;
    ///
    /// # async fn read(chunks: impl futures_util::Stream<Item = Result<bytes::Bytes, Error>> + Unpin) -> Result<(), StreamError<Error>> {
    /// let mut events = EventStream::new(chunks);                    // response.bytes_stream(), for instance
    /// while let Some(event) = events.next_event().await? {            // Event; next_ref() borrows, and copies nothing
    ///     println!("{}: {}", event.event_type(), event.data());
    /// }
    /// # Ok(())
    /// # }
    /// # let chunks = futures_util::stream::iter([Ok("data: a\n\n".into())]);
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read(chunks)).unwrap();
    /// ```
    ///
    /// `from_body` and `from_response` (feature `client`) read HTTP bodies and responses; `from_tokio_read` (feature
    /// `tokio`) and `from_futures_read` (feature `futures-io`) read from the readers of these crates.
    ///
    /// # Guarantees
    ///
    /// - An event is returned as soon as its last byte arrives.
    /// - `next_event`, `next_ref` and `next_frame` are cancel-safe: a future that is dropped before it is ready has
    ///   consumed nothing.
    /// - Events before an error are returned first. After [`StreamError::Decode`], which concerns a single block, the
    ///   stream continues; after every other error, and after the end, it returns `None` forever.
    /// - The source is polled only once everything it returned has been read, never after its end, and is dropped at
    ///   its end, unless [`with_rest_kept`](Self::with_rest_kept) is set.
    /// - The stream is `Sync` even if the source is only `Send`, and `Unpin` if the source is. If the source is not
    ///   `Unpin`, pin it first (`Box::pin`, `pin!`), or pin the `EventStream`, which is a [`Stream`] too.
    /// - The stream itself never panics. A panic in the source propagates to the caller and ends the stream.
    #[must_use = "a stream does nothing until it is polled"]
    pub struct EventStream<S> {
        // `None` once the source has ended.
        #[pin]
        pub(super) stream: Option<SyncWrapper<S>>,
        pub(super) reader: Reader<AnyThread>,
        pub(super) head: ResponseHead,
    }
}

impl<S> EventStream<S> {
    /// Creates an event stream that reads the chunks of a stream.
    pub fn new(stream: S) -> Self {
        EventStream {
            stream: Some(SyncWrapper::new(stream)),
            reader: Reader::new(Decoder::new()),
            head: ResponseHead::default(),
        }
    }

    /// Replaces the source by another type that returns the same bytes.
    // Used only where errors can be boxed.
    #[allow(dead_code)]
    pub(super) fn map_source<T>(self, map: impl FnOnce(S) -> T) -> EventStream<T> {
        EventStream {
            stream: self.stream.map(|stream| SyncWrapper::new(map(stream.into_inner()))),
            reader: self.reader,
            head: self.head,
        }
    }

    /// Uses the settings and the state of a decoder: limits, strictness, the handling of an unfinished event, and the
    /// last event ID and reconnection time of an earlier connection. Call it before the first event.
    ///
    /// ```
    /// use eventwire::{Decoder, Unfinished};
    /// use eventwire::client::EventStream;
    /// # let chunks = futures_util::stream::empty::<Result<bytes::Bytes, std::io::Error>>();
    ///
    /// let decoder = Decoder::new().with_max_event_size(64 * 1024).with_unfinished(Unfinished::Block);
    /// let events = EventStream::new(chunks).with_decoder(decoder);
    /// ```
    pub fn with_decoder(mut self, decoder: Decoder) -> Self {
        self.reader.set_decoder(decoder);
        self
    }

    /// Ends the stream at an event, even if the connection stays open. With several marks, the first one to match ends
    /// it.
    ///
    /// `None` then means that the answer is complete. If the connection ends before the mark, the stream fails with
    /// [`StreamError::Truncated`]. If it had lines but no event at all, such as an HTML page or a line of JSON, the
    /// stream fails with [`StreamError::NotAnEventStream`]. An event whose blank line is missing at the end of the
    /// connection counts only if [`with_unfinished`](Decoder::with_unfinished) allows it.
    ///
    /// ```
    /// use eventwire::client::{EventStream, StreamError, EndMark};
    /// # use std::convert::Infallible;
    ///
    /// # async fn read() {
    /// # let chunks = |text: &'static str| futures_util::stream::iter([Ok::<_, Infallible>(text)]);
    /// let whole = chunks("data: a\n\ndata: [DONE]\n\n");
    /// let mut events = EventStream::new(whole).with_end_mark(EndMark::data("[DONE]"));
    /// assert_eq!(events.next_event().await.unwrap().unwrap().data(), "a");
    /// assert_eq!(events.next_event().await.unwrap(), None);
    ///
    /// let cut = chunks("data: a\n\ndata: {\"b");
    /// let mut events = EventStream::new(cut).with_end_mark(EndMark::data("[DONE]"));
    /// assert_eq!(events.next_event().await.unwrap().unwrap().data(), "a");
    /// match events.next_event().await {
    ///     Err(StreamError::Truncated { pending, .. }) => assert_eq!(pending.unwrap().data(), "{\"b"),
    ///     other => panic!("{other:?}"),
    /// }
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read());
    /// ```
    pub fn with_end_mark(mut self, mark: EndMark) -> Self {
        self.reader.end_at(mark);
        self
    }

    /// Treats events for which a function returns `true` as errors: such an event becomes [`StreamError::ErrorEvent`]
    /// and ends the stream. With several functions, one is enough.
    ///
    /// ```
    /// use eventwire::EventRef;
    /// use eventwire::client::EventStream;
    /// # let chunks = futures_util::stream::empty::<Result<bytes::Bytes, std::io::Error>>();
    ///
    /// let events = EventStream::new(chunks)
    ///     .with_error_when(|event: EventRef<'_>| event.event_type() == "error");
    /// ```
    pub fn with_error_when(mut self, is_error: impl FnMut(EventRef<'_>) -> bool + Send + 'static) -> Self {
        self.reader.fail_at(Box::new(is_error));
        self
    }

    /// Fails with [`StreamError::Timeout`] if no byte, not even of a comment, arrives for this long. Default: no limit.
    ///
    /// The timer runs only while a call waits for the next event. `Duration::MAX` means no limit.
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventwire::client::EventStream;
    /// # let chunks = futures_util::stream::empty::<Result<bytes::Bytes, std::io::Error>>();
    ///
    /// let events = EventStream::new(chunks)
    ///     .with_idle_timeout(Duration::from_secs(30), tokio::time::sleep)            // the connection is dead
    ///     .with_first_event_timeout(Duration::from_secs(300), tokio::time::sleep)    // the model is thinking
    ///     .with_event_timeout(Duration::from_secs(60), tokio::time::sleep)           // the model is stuck
    ///     .with_progress_when(|event| event.event_type() != "ping");
    /// ```
    pub fn with_idle_timeout(mut self, after: Duration, timer: impl Into<Timer>) -> Self {
        self.reader.silence.limit_idle(after, timer.into());
        self
    }

    /// Fails with [`StreamError::Timeout`] if no event arrives for this long, even if other bytes or comments do.
    /// Default: no limit.
    ///
    /// The limit also applies before the first event, unless
    /// [`with_first_event_timeout`](Self::with_first_event_timeout) sets another one for that.
    pub fn with_event_timeout(mut self, after: Duration, timer: impl Into<Timer>) -> Self {
        self.reader.silence.limit_events(after, timer.into());
        self.reader.prepare();
        self
    }

    /// Fails with [`StreamError::Timeout`] if the first event does not arrive within this time. Default: no separate
    /// limit.
    pub fn with_first_event_timeout(mut self, after: Duration, timer: impl Into<Timer>) -> Self {
        self.reader.silence.limit_first_event(after, timer.into());
        self.reader.prepare();
        self
    }

    /// Sets which events count as progress for the two limits on events, such as all but `ping`. Default: all of them.
    pub fn with_progress_when(
        mut self,
        is_progress: impl FnMut(EventRef<'_>) -> bool + Send + 'static,
    ) -> Self {
        self.reader.silence.count_events_if(Box::new(is_progress));
        self
    }

    /// Sets how long the body may take to end after the last event, so that its connection can be reused. Default: 50
    /// ms if the constructor provides a timer (`from_reqwest`, `from_tokio_read`); otherwise only what is ready is
    /// read, without waiting.
    ///
    /// The last event, or the error of an error event, is returned immediately; the next call drains. At most 64 KiB
    /// are read and discarded. Dropping the stream does not drain it, as drop cannot wait. The body of an HTTP/2
    /// response is not waited for, as its connection stays usable anyway.
    pub fn with_drain(mut self, limit: Duration, timer: impl Into<Timer>) -> Self {
        self.reader.draining.wait(limit, timer.into());
        self
    }

    /// Drops the body at the last event, without draining it.
    pub fn without_drain(mut self) -> Self {
        self.reader.draining.turn_off();
        self
    }

    /// Keeps the rest of the body at the last event, instead of draining it: [`into_rest`](Self::into_rest) returns it.
    ///
    /// Until then, the stream holds the connection open.
    pub fn with_rest_kept(mut self) -> Self {
        self.reader.draining.keep_rest();
        self
    }

    /// Returns how draining ended after the last event; `None` before that, if the body ended by itself, or if its rest
    /// is kept. The outcome is never an error: the answer was complete.
    #[must_use]
    pub fn drained(&self) -> Option<Drained> {
        self.reader.draining.outcome()
    }

    /// Returns the first line of the body that is not part of an event stream, if no event has arrived: a line of an
    /// HTML page, or a line of JSON with the actual error.
    #[must_use]
    pub fn first_line(&self) -> Option<FirstLine> {
        self.reader.first_line()
    }

    /// Returns the rest of the body after the last event returned: the bytes that were already read, and the source of
    /// those to come, `None` if it has ended.
    ///
    /// After the end of the stream, there is a rest only with [`with_rest_kept`](Self::with_rest_kept). What was read of
    /// an unfinished event is not in it. If the server ends its lines with CR LF, the rest may begin with the last LF.
    ///
    /// ```
    /// use eventwire::client::{EndMark, EventStream};
    /// use futures_util::StreamExt;
    /// # use std::convert::Infallible;
    ///
    /// # async fn read() -> Result<(), eventwire::client::StreamError<Infallible>> {
    /// # let chunks = futures_util::stream::iter(["data: a\n\ndata: [DONE]\n\nusage: 7", "\n"].map(Ok::<_, Infallible>));
    /// let mut events = EventStream::new(chunks).with_end_mark(EndMark::data("[DONE]")).with_rest_kept();
    /// while let Some(event) = events.next_event().await? {
    ///     println!("{}", event.data());
    /// }
    /// let (read, source) = events.into_rest();
    /// assert_eq!(read, "usage: 7");
    /// assert_eq!(source.unwrap().next().await, Some(Ok("\n")));
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read()).unwrap();
    /// ```
    #[must_use]
    pub fn into_rest(self) -> (Bytes, Option<S>) {
        (self.reader.into_rest(), self.stream.map(SyncWrapper::into_inner))
    }

    /// Returns the source of bytes; `None` if it has ended. Bytes that were read but not returned as events are lost:
    /// [`into_rest`](Self::into_rest) returns them too.
    #[must_use]
    pub fn into_inner(self) -> Option<S> {
        self.stream.map(SyncWrapper::into_inner)
    }

    /// Returns the source of bytes and the decoder for the next connection: [`into_inner`](Self::into_inner) and
    /// [`into_decoder`](Self::into_decoder) combined.
    #[must_use]
    pub fn into_parts(self) -> (Option<S>, Decoder) {
        (self.stream.map(SyncWrapper::into_inner), self.reader.into_decoder())
    }

    /// Returns how the body ended, once all of it was read; `None` after the transport failed. [`Ending::Unread`] means
    /// that an event of [`with_end_mark`](Self::with_end_mark) or an error event arrived before the end of the body.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        self.reader.ending()
    }

    /// Sets the last event ID, between two events. See
    /// [`BytesDecoder::set_last_event_id`](crate::BytesDecoder::set_last_event_id).
    pub fn set_last_event_id(&mut self, id: EventId) {
        self.reader.set_last_event_id(id);
    }

    /// Returns the decoder, for the next connection: it keeps its settings, last event ID and reconnection time.
    ///
    /// Before the end of the stream, call [`Decoder::finish`] on it, unless it is to read on where the stream was: it
    /// still holds bytes of this connection.
    #[must_use]
    pub fn into_decoder(self) -> Decoder {
        self.reader.into_decoder()
    }
}

impl<S, B, E> EventStream<S>
where
    S: Stream<Item = Result<B, E>> + Unpin,
    B: Into<Bytes>,
{
    /// Waits for the next event; `None` at the end.
    ///
    /// # Errors
    ///
    /// Returns an error if the transport fails, a block is discarded, a limit is exceeded, the end mark is missing, or
    /// an error event arrives.
    pub async fn next_event(&mut self) -> Result<Option<Event>, StreamError<E>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await.transpose()
    }

    /// Waits for the next event and borrows it; `None` at the end. An event that lies within a single chunk is not
    /// copied.
    ///
    /// # Errors
    ///
    /// Same as [`next_event`](Self::next_event).
    pub async fn next_ref(&mut self) -> Result<Option<EventRef<'_>>, StreamError<E>> {
        self.advance::<OnlyEvents>().await?;
        Ok(self.reader.decoder().current())
    }

    /// Waits for the next frame and borrows it. Frames include comments, reconnection times and unknown fields. See
    /// [`Decoder::feed_frames`].
    ///
    /// Use it from the first event on: the other methods skip whatever lies between two events.
    ///
    /// # Errors
    ///
    /// Same as [`next_event`](Self::next_event) and [`Feed::next_frame`](crate::Feed::next_frame).
    pub async fn next_frame(&mut self) -> Result<Option<Frame<'_>>, StreamError<E>> {
        self.advance::<AllFrames>().await?;
        Ok(self.reader.decoder().current_frame())
    }

    /// Waits for the next event or, if its data is large, for the next piece of it, and borrows it: see
    /// [`Decoder::feed_pieces`]. Memory use stays within a few chunks, however large an event is.
    ///
    /// [`with_end_mark`](Self::with_end_mark) and [`with_error_when`](Self::with_error_when) see only whole events. A
    /// last event that is cut off by the end of the connection is discarded.
    ///
    /// ```
    /// use eventwire::{Decoder, EventPiece};
    /// use eventwire::client::EventStream;
    /// # use std::convert::Infallible;
    ///
    /// # async fn read() -> Result<(), eventwire::client::StreamError<Infallible>> {
    /// # let chunks = futures_util::stream::iter(["data: as lar", "ge as you like it", "\n\n"].map(Ok::<_, Infallible>));
    /// # let mut file = String::new();
    /// let decoder = Decoder::new().with_max_event_size(usize::MAX).with_piece_size(4);
    /// let mut events = EventStream::new(chunks).with_decoder(decoder);
    /// while let Some(piece) = events.next_piece().await? {
    ///     match piece {
    ///         EventPiece::Event(event) => println!("{}", event.data()),
    ///         EventPiece::Data(text) => file.push_str(text),
    ///         EventPiece::End { data, .. } => file.push_str(data),
    ///         _ => {}
    ///     }
    /// }
    /// assert_eq!(file, "as large as you like it");
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read()).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// Same as [`next_event`](Self::next_event).
    pub async fn next_piece(&mut self) -> Result<Option<EventPiece<'_>>, StreamError<E>> {
        self.advance::<InPieces>().await?;
        Ok(self.reader.decoder().current_piece())
    }

    async fn advance<W: Wanted>(&mut self) -> Result<bool, StreamError<E>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_step::<W>(cx)).await
    }
}

/// Methods for wrapping the stream in your own stream or future.
impl<S, B, E> EventStream<S>
where
    S: Stream<Item = Result<B, E>>,
    B: Into<Bytes>,
{
    /// Advances to the next event; returns `false` at the end. [`current`](Self::current) borrows it,
    /// [`take_current`](Self::take_current) takes it.
    ///
    /// # Errors
    ///
    /// Same as [`next_event`](Self::next_event).
    pub fn poll_advance(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<bool, StreamError<E>>> {
        self.poll_step::<OnlyEvents>(cx)
    }

    /// Advances to the next frame; returns `false` at the end. [`current_frame`](Self::current_frame) borrows it.
    ///
    /// # Errors
    ///
    /// Same as [`next_frame`](Self::next_frame).
    pub fn poll_advance_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<bool, StreamError<E>>> {
        self.poll_step::<AllFrames>(cx)
    }

    /// Advances to the next event or piece of one; returns `false` at the end. [`current_piece`](Self::current_piece)
    /// borrows it.
    ///
    /// # Errors
    ///
    /// Same as [`next_piece`](Self::next_piece).
    pub fn poll_advance_piece(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<bool, StreamError<E>>> {
        self.poll_step::<InPieces>(cx)
    }
}

/// Access to what the stream has advanced to.
impl<S> EventStream<S> {
    looks_at!(self => self.reader.decoder());

    /// Takes the event that the last [`poll_advance`](Self::poll_advance) found, owned. Afterwards there is no current
    /// event.
    pub fn take_current(self: Pin<&mut Self>) -> Option<Event> {
        self.project().reader.take_current(|event| event)
    }

    /// Borrows the event or piece that the last [`poll_advance_piece`](Self::poll_advance_piece) found.
    #[must_use]
    pub fn current_piece(&self) -> Option<EventPiece<'_>> {
        self.reader.decoder().current_piece()
    }
}

impl<S> fmt::Debug for EventStream<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("reader", &self.reader)
            .field("has_ended", &self.stream.is_none())
            .finish_non_exhaustive()
    }
}
