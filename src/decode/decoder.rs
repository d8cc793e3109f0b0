//! `Decoder`: its settings, and the `feed` methods.

use core::time::Duration;

#[cfg(doc)]
use bytes::Bytes;

use super::ending::{Ending, Unfinished};
use super::feed::Feed;
use super::state::State;
use super::wanted::{AllFrames, InPieces};
#[cfg(doc)]
use crate::error::DecodeErrorKind;
use crate::error::InvalidValue;
use crate::event::{EventId, IntoEventId};
use crate::text::Chunk;

/// Turns the chunks of an event stream into events.
///
/// Call [`feed`](Self::feed) with each chunk, and [`next_ref`](Feed::next_ref) on the returned guard until it returns
/// `None`. When the connection is over, however it ended, call [`finish`](Self::finish). The events do not depend on
/// where the chunks are cut, and each event is returned as soon as its last byte has arrived.
///
/// ```
/// use eventwire::Decoder;
///
/// let mut decoder = Decoder::new();
/// for chunk in ["event: price\nda", "ta: 21.5\n\nda", "ta: bye\n\n"] {
///     let mut events = decoder.feed(chunk.as_bytes());
///     while let Some(event) = events.next_ref()? {
///         println!("{}: {}", event.event_type(), event.data());
///     }
/// }
/// # Ok::<(), eventwire::DecodeError>(())
/// ```
///
/// An event is borrowed from the chunk, without a copy, if its block lies within that chunk and its data is one line.
/// Everything else passes through reused buffers: once they have grown to their working size, the decoder does not
/// allocate. A new decoder has no buffers at all.
#[derive(Debug)]
pub struct Decoder {
    pub(super) state: State,
    unfinished: Unfinished,
}

impl Decoder {
    /// Creates a decoder for the first connection of a client.
    #[must_use]
    pub fn new() -> Self {
        Decoder { state: State::new(), unfinished: Unfinished::Discard }
    }

    /// Limits the size of an event in bytes. Default: 16 MiB; `usize::MAX` for no limit.
    ///
    /// The size is the sum of the values of all `event`, `data` and `id` lines of the block, even of those that a later
    /// line replaces, plus one byte per data line. At the first byte over the limit, even mid-line, the block is
    /// rejected with [`DecodeErrorKind::TooLarge`]; decoding continues after the next blank line. Comments and unknown
    /// fields do not count, since they are dropped as they arrive. With [`feed_frames`](Self::feed_frames), the limit
    /// applies to each comment and unknown field separately.
    ///
    /// The buffers for an event hold at most twice the limit, or four times the limit if invalid UTF-8 was replaced,
    /// plus a few KiB and the current last event ID. A buffer above 64 KiB is freed after the event. A lower limit also
    /// applies to the block being read.
    #[must_use]
    pub fn with_max_event_size(mut self, bytes: usize) -> Self {
        self.state.set_max_event_size(bytes);
        self
    }

    /// Limits the size of a block in bytes as received: all of its lines with their line ends, also comments, unknown
    /// fields and lines that a later one replaces. Default: `usize::MAX`, no limit.
    ///
    /// For servers that may send a block without an end, or as the limit of a parser that keeps the whole block. If a
    /// byte follows that is over the limit and belongs to the block, even mid-line, the block is rejected with
    /// [`DecodeErrorKind::BlockTooLarge`], and everything up to the next blank line is skipped. The blank line counts as
    /// one byte. A byte order mark does not count, so a limit under 3 is 3. Comments that no blank line follows count
    /// for the next block.
    ///
    /// [`with_max_event_size`](Self::with_max_event_size) limits the values of a block; the limit that is reached first
    /// rejects it. Set early: a lower limit also applies to the block being read.
    ///
    /// ```
    /// use eventwire::{DecodeErrorKind, Decoder};
    ///
    /// let mut decoder = Decoder::new().with_max_block_size(16);
    /// let mut feed = decoder.feed(": a\n: b\n: c\n: d\ndata: e\n\ndata: next\n\n");
    /// let error = feed.next_ref().unwrap_err();
    /// assert!(matches!(error.kind(), DecodeErrorKind::BlockTooLarge { limit: 16, .. }));
    /// assert_eq!((error.event_offset(), error.offset()), (0, 16));
    /// assert_eq!(feed.next_ref().unwrap().unwrap().data(), "next");
    /// ```
    #[must_use]
    pub fn with_max_block_size(mut self, bytes: usize) -> Self {
        self.state.set_max_block_size(bytes);
        self
    }

    /// Rejects blocks whose event type, data or ID is not UTF-8, with [`DecodeErrorKind::InvalidUtf8`].
    ///
    /// By default, invalid bytes are replaced by U+FFFD ([parse 1](crate::_rules#parse-1)). In comments and unknown
    /// fields they always are, since they cannot affect an event.
    #[must_use]
    pub fn with_strict_utf8(mut self) -> Self {
        self.state.set_strict_utf8();
        self
    }

    /// Sets how many bytes of data [`feed_pieces`](Self::feed_pieces) collects before it returns them as a piece.
    /// Default: 16 KiB. The other `feed` methods ignore it.
    #[must_use]
    pub fn with_piece_size(mut self, bytes: usize) -> Self {
        self.state.piece_size = bytes;
        self
    }

    /// Sets the last event ID, to continue where an earlier client stopped.
    ///
    /// # Panics
    ///
    /// If a literal contains CR, LF or NUL. For text from outside, use
    /// [`try_with_last_event_id`](Self::try_with_last_event_id).
    #[must_use]
    pub fn with_last_event_id(mut self, id: impl IntoEventId) -> Self {
        self.set_last_event_id(id.into_event_id());
        self
    }

    /// Sets the last event ID from text that may be invalid.
    ///
    /// # Errors
    ///
    /// If the text contains CR, LF or NUL.
    pub fn try_with_last_event_id(self, id: impl AsRef<str>) -> Result<Self, InvalidValue> {
        Ok(self.with_last_event_id(EventId::try_from(id.as_ref())?))
    }

    /// Sets the reconnection time, truncated to whole milliseconds. A `retry` line replaces it.
    #[must_use]
    pub fn with_reconnection_time(mut self, time: Duration) -> Self {
        self.state.reconnection_time = Some(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        self
    }

    /// Sets what happens to a block cut off by the end of the stream. This applies to readers that reach the end
    /// themselves, such as [`events`](crate::events) and `EventReader`, and only after a clean end: after a read error,
    /// the block is discarded. Callers of [`finish`](Self::finish) pass the setting to
    /// [`take_unfinished`](Self::take_unfinished).
    #[must_use]
    pub fn with_unfinished(mut self, unfinished: Unfinished) -> Self {
        self.unfinished = unfinished;
        self
    }

    /// Reads the next chunk of the connection. Call [`next_ref`](Feed::next_ref) or [`next_event`](Feed::next_event) on
    /// the returned guard until it returns `None`.
    ///
    /// A chunk is anything that converts into a [`Chunk`]: bytes or text by reference, or [`Bytes`] and `Vec<u8>` by
    /// value, whose memory owned events with large data share.
    ///
    /// If a guard is dropped early, the next one reads the rest of its chunk first. That rest is kept in memory and
    /// copied each time, so in a loop over many chunks, read each guard to `None`. If a guard is leaked, the rest of
    /// its chunk, the last event IDs set in that chunk, and all lines up to the next blank line are lost; later offsets
    /// do not count the chunk.
    #[inline(always)]
    pub fn feed<'a>(&'a mut self, chunk: impl Into<Chunk<'a>>) -> Feed<'a> {
        Feed::of(&mut self.state, chunk.into())
    }

    /// Reads the next chunk, and returns everything in it: comments, reconnection times, unknown fields and blocks
    /// without data too. Call [`next_frame`](Feed::next_frame) until it returns `None`.
    ///
    /// The events are the same as those of [`feed`](Self::feed). A comment or unknown field over the size limit is an
    /// error of its own, and its block continues.
    #[inline(always)]
    pub fn feed_frames<'a>(&'a mut self, chunk: impl Into<Chunk<'a>>) -> Feed<'a, AllFrames> {
        Feed::of(&mut self.state, chunk.into())
    }

    /// Reads the next chunk, and returns large data in pieces before its event is complete. Data is large if it exceeds
    /// [`with_piece_size`](Self::with_piece_size) and spans chunks. Call [`next_piece`](Feed::next_piece) until it
    /// returns `None`.
    ///
    /// The events are the same as those of [`feed`](Self::feed). The pieces of an event, joined in order, are its data;
    /// where it is cut depends on the chunks. Memory use is bounded by the piece size and the largest chunk. It does
    /// not depend on the [size limit](Self::with_max_event_size), which applies to the whole event here too.
    ///
    /// Once a piece of an event has been returned, only this method returns the rest: the other `feed` methods skip it,
    /// and [`Unfinished::Block`] discards it if a piece was taken from the line that was cut off.
    pub fn feed_pieces<'a>(&'a mut self, chunk: impl Into<Chunk<'a>>) -> Feed<'a, InPieces> {
        let chunk = self.state.following(chunk.into());
        Feed::new(&mut self.state, chunk)
    }

    /// Begins the next connection. After [`finish`](Self::finish), [`feed`](Self::feed) does this by itself; call this
    /// method to free the memory of the last connection earlier, or to do without `finish`.
    ///
    /// The last event ID and the reconnection time are kept ([parse 15](crate::_rules#parse-15)). All other state of
    /// the last connection is dropped.
    ///
    /// ```
    /// use eventwire::Decoder;
    ///
    /// let mut decoder = Decoder::new();
    /// assert!(decoder.feed("id: 7\ndata: a\n\ndata: half").next_ref()?.is_some());
    /// decoder.begin_connection();
    /// assert_eq!((decoder.bytes_consumed(), decoder.last_event_id()), (0, "7"));
    /// # Ok::<(), eventwire::DecodeError>(())
    /// ```
    pub fn begin_connection(&mut self) {
        self.state.finished = None;
        self.state.start_afresh();
        self.state.settle();
    }

    /// Ends the connection and returns where in the stream it ended. Call it once per connection.
    ///
    /// The next chunk begins a new connection: a byte order mark is removed, and the last event ID and the reconnection
    /// time are kept ([parse 15](crate::_rules#parse-15)).
    ///
    /// ```
    /// use eventwire::{Decoder, Ending};
    ///
    /// let mut decoder = Decoder::new();
    /// let mut feed = decoder.feed(b"id: 7\ndata: whole\n\ndata: half");
    /// assert_eq!(feed.next_ref()?.unwrap().data(), "whole");
    /// assert!(feed.next_ref()?.is_none());
    /// drop(feed);
    /// assert_eq!(decoder.finish(), Ending::InsideLine);
    /// assert_eq!(decoder.last_event_id(), "7");
    /// # Ok::<(), eventwire::DecodeError>(())
    /// ```
    pub fn finish(&mut self) -> Ending {
        self.state.finish()
    }

    /// Returns a guard with the unfinished event of the finished connection, if `unfinished` keeps it. Call this after
    /// [`finish`](Self::finish) and before the next chunk.
    ///
    /// The guard reads the line ends that the server left out, so it returns at most one event, after any unread ones
    /// if the connection ended with [`Ending::Unread`].
    ///
    /// ```
    /// use eventwire::{Decoder, Ending, Unfinished};
    ///
    /// let mut decoder = Decoder::new();
    /// assert!(decoder.feed(b"data: no blank line\n").next_ref()?.is_none());
    /// assert_eq!(decoder.finish(), Ending::InsideEvent);
    /// let mut unfinished = decoder.take_unfinished(Unfinished::Block);
    /// assert_eq!(unfinished.next_ref()?.unwrap().data(), "no blank line");
    /// # Ok::<(), eventwire::DecodeError>(())
    /// ```
    pub fn take_unfinished(&mut self, unfinished: Unfinished) -> Feed<'_> {
        let chunk = self.state.unfinished_chunk(unfinished);
        Feed::new(&mut self.state, chunk)
    }

    /// Returns what happens to an unfinished block: the setting of [`with_unfinished`](Self::with_unfinished).
    #[must_use]
    pub fn unfinished(&self) -> Unfinished {
        self.unfinished
    }

    /// Returns the size limit of an event in bytes: the setting of [`with_max_event_size`](Self::with_max_event_size).
    ///
    /// ```
    /// assert_eq!(eventwire::Decoder::new().max_event_size(), 16 * 1024 * 1024);
    /// ```
    #[must_use]
    pub fn max_event_size(&self) -> usize {
        self.state.max_event_size
    }

    /// Returns the limit of a block in bytes as received: the setting of
    /// [`with_max_block_size`](Self::with_max_block_size).
    ///
    /// ```
    /// assert_eq!(eventwire::Decoder::new().max_block_size(), usize::MAX);
    /// ```
    #[must_use]
    pub fn max_block_size(&self) -> usize {
        self.state.max_block_size()
    }

    /// Sets the last event ID of a decoder in use, as [`with_last_event_id`](Self::with_last_event_id) does. The events
    /// that follow have it until one of them sets another.
    ///
    /// ```
    /// use eventwire::{Decoder, EventId};
    ///
    /// let mut decoder = Decoder::new();
    /// decoder.set_last_event_id(EventId::try_from("order-7")?);
    /// assert_eq!(decoder.feed("data: a\n\n").next_ref().unwrap().unwrap().last_event_id(), "order-7");
    /// # Ok::<(), eventwire::InvalidValue>(())
    /// ```
    pub fn set_last_event_id(&mut self, id: EventId) {
        self.state.last_event_id.set(&id);
    }

    /// Returns the current last event ID: the value of `Last-Event-ID` on a reconnect. Empty if there is none.
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        self.state.last_event_id.as_str()
    }

    /// Returns the current reconnection time, if a `retry` line or the caller has set one.
    #[must_use]
    pub fn reconnection_time(&self) -> Option<Duration> {
        self.state.reconnection_time.map(Duration::from_millis)
    }

    /// Returns the number of bytes of this connection that were read, including a byte order mark.
    #[must_use]
    pub fn bytes_consumed(&self) -> u64 {
        self.state.bytes_consumed_to(0)
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Decoder::new()
    }
}
