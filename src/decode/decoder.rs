//! `Decoder`: its settings, and the guards for its chunks.

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
/// Call [`feed`](Self::feed) with each chunk and [`next_ref`](Feed::next_ref) on what it returns until that says
/// `None`; call [`finish`](Self::finish) when the connection is over, however it ended. The results never
/// depend on where the chunks were cut, and an event comes out the moment its last byte is there.
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
/// An event whose data is one line, and whose block lies whole in its chunk, is borrowed from there, not copied. Everything
/// else passes through reused buffers: once they have warmed up, the decoder does not allocate. A new decoder has no
/// buffers at all.
#[derive(Debug)]
pub struct Decoder {
    pub(super) state: State,
    unfinished: Unfinished,
}

/// 16 MiB: well above the largest events seen in the wild (images of several MB in base64).
const DEFAULT_MAX_EVENT_SIZE: usize = 16 * 1024 * 1024;

impl Decoder {
    /// Makes a decoder for the first connection of a client.
    #[must_use]
    pub fn new() -> Self {
        let decoder = Decoder { state: State::default(), unfinished: Unfinished::Discard };
        decoder.with_max_event_size(DEFAULT_MAX_EVENT_SIZE)
    }

    /// Sets how many bytes one event may hold. Default: 16 MiB; `usize::MAX` for no limit.
    ///
    /// The values of all `event`, `data` and `id` lines of a block count, even if a later line replaces them, and one
    /// byte more for each data line. A block is abandoned at the first byte over the limit, even mid-line, with
    /// [`DecodeErrorKind::TooLarge`]; the block after the next blank line is read as usual. Comments and unknown
    /// fields do not count: they are dropped as they stream in. For [`feed_frames`](Self::feed_frames), the limit
    /// applies to each of them alone.
    ///
    /// The buffers for an event hold at most twice the limit, or 4 times if invalid UTF-8 had to be repaired, plus a few
    /// KiB and the current last event ID. Buffers above 64 KiB are freed after the event. A lower limit applies to an
    /// open block too.
    #[must_use]
    pub fn with_max_event_size(mut self, bytes: usize) -> Self {
        self.state.set_max_event_size(bytes);
        self
    }

    /// Abandons blocks whose event type, data or ID is not UTF-8, with [`DecodeErrorKind::InvalidUtf8`].
    ///
    /// Without this, bytes that are not UTF-8 become U+FFFD [parse 1](crate::_rules#parse-1). In comments and unknown fields they
    /// always do: errors there cannot affect an event.
    #[must_use]
    pub fn with_strict_utf8(mut self) -> Self {
        self.state.strict_utf8 = true;
        self
    }

    /// Sets how many bytes of data are gathered before [`feed_pieces`](Self::feed_pieces) returns them. Default: 16 KiB.
    /// Has no effect on the other `feed` methods.
    #[must_use]
    pub fn with_piece_size(mut self, bytes: usize) -> Self {
        self.state.piece_size = bytes;
        self
    }

    /// Sets the last event ID, to go on where an earlier client stopped.
    ///
    /// # Panics
    ///
    /// When a literal holds CR, LF or NUL. Text from outside goes through
    /// [`try_with_last_event_id`](Self::try_with_last_event_id).
    #[must_use]
    pub fn with_last_event_id(mut self, id: impl IntoEventId) -> Self {
        self.state.last_event_id.set(&id.into_event_id());
        self
    }

    /// Sets the last event ID from text of any origin.
    ///
    /// # Errors
    ///
    /// When the text holds CR, LF or NUL.
    pub fn try_with_last_event_id(self, id: impl AsRef<str>) -> Result<Self, InvalidValue> {
        Ok(self.with_last_event_id(EventId::try_from(id.as_ref())?))
    }

    /// Sets the reconnection time until a `retry` line sets another. Truncated to whole milliseconds.
    #[must_use]
    pub fn with_reconnection_time(mut self, time: Duration) -> Self {
        self.state.reconnection_time = Some(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        self
    }

    /// Sets what becomes of a block that the end of the stream cut off, for those who read to the end:
    /// [`events`](crate::events) and `EventReader`. Only after a clean end: after an error of the reader,
    /// nothing is taken. Callers of [`finish`](Self::finish) pass it to [`take_unfinished`](Self::take_unfinished).
    #[must_use]
    pub fn with_unfinished(mut self, unfinished: Unfinished) -> Self {
        self.unfinished = unfinished;
        self
    }

    /// Reads the next chunk of the connection. Call [`next_ref`](Feed::next_ref) or [`next_event`](Feed::next_event) on the
    /// guard until it returns `None`.
    ///
    /// A chunk is anything that becomes a [`Chunk`]: bytes or text by reference, or [`Bytes`] and `Vec<u8>` by value, of
    /// which owned events share large data.
    ///
    /// A guard that is dropped earlier leaves what was not read to the next one, in memory and copied each time: in a loop
    /// over many chunks, read to `None`. A guard that is leaked loses the rest of its chunk, the last event IDs in it, and
    /// the lines up to the next blank line; later offsets do not count its chunk.
    #[inline(always)]
    pub fn feed<'a>(&'a mut self, chunk: impl Into<Chunk<'a>>) -> Feed<'a> {
        let chunk = chunk.into();
        if !self.state.may_take_in(chunk.bytes()) {
            return Feed::of_large(&mut self.state, chunk);
        }
        match self.state.take_in(chunk.bytes()) {
            Ok(()) => Feed::taken_in(&mut self.state),
            Err(taken) => Feed::new(&mut self.state, chunk.without_first(taken)),
        }
    }

    /// Reads the next chunk, with everything on the wire: comments, reconnection times, unknown fields, blocks without
    /// data. Call [`next_frame`](Feed::next_frame) until it returns `None`.
    ///
    /// The events are the same as those of [`feed`](Self::feed). A comment or unknown field larger than the limit is an
    /// error of its own, and its block goes on.
    pub fn feed_frames<'a>(&'a mut self, chunk: impl Into<Chunk<'a>>) -> Feed<'a, AllFrames> {
        let chunk = self.state.following(chunk.into());
        Feed::new(&mut self.state, chunk)
    }

    /// Reads the next chunk, with large data in pieces, before its event is complete: data that is larger than
    /// [`with_piece_size`](Self::with_piece_size) and not whole in a chunk. Call [`next_piece`](Feed::next_piece) until it
    /// returns `None`.
    ///
    /// The events are the same as those of [`feed`](Self::feed). The pieces of an event, joined in order, are its data;
    /// where it is cut depends on the chunks. Memory is bounded by the piece size and the largest chunk, whatever the
    /// [limit](Self::with_max_event_size) is, which holds for the whole event here too.
    ///
    /// An event that has begun in pieces ends in pieces, or not at all: the other ways to feed skip it, and so does
    /// [`Unfinished::Block`] when a piece was of the line that was cut off.
    pub fn feed_pieces<'a>(&'a mut self, chunk: impl Into<Chunk<'a>>) -> Feed<'a, InPieces> {
        let chunk = self.state.following(chunk.into());
        Feed::new(&mut self.state, chunk)
    }

    /// Begins the next connection. [`feed`](Self::feed) does so after [`finish`](Self::finish); this is for those who want
    /// what the last connection left to be gone earlier, or without a `finish`.
    ///
    /// The last event ID and the reconnection time stay [parse 15](crate::_rules#parse-15); everything else of the last connection is forgotten.
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

    /// Ends the connection and tells how it stood. Call it once a connection.
    ///
    /// The next chunk begins a new connection: its byte order mark is removed, the last event ID and the
    /// reconnection time live on [parse 15](crate::_rules#parse-15).
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

    /// Takes what the finished connection left as an event, if `unfinished` says so. Call it after
    /// [`finish`](Self::finish), before the next chunk.
    ///
    /// It works by feeding the line ends that the server left out, so the guard yields one event at most
    /// (after those that were not read, if the connection ended [`Ending::Unread`]).
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

    /// What becomes of the end, as [`with_unfinished`](Self::with_unfinished) has set it.
    #[must_use]
    pub fn unfinished(&self) -> Unfinished {
        self.unfinished
    }

    /// Says how many bytes one event may hold, as [`with_max_event_size`](Self::with_max_event_size) has set it.
    ///
    /// ```
    /// assert_eq!(eventwire::Decoder::new().max_event_size(), 16 * 1024 * 1024);
    /// ```
    #[must_use]
    pub fn max_event_size(&self) -> usize {
        self.state.max_event_size
    }

    /// The current last event ID: what `Last-Event-ID` carries on a reconnect. Empty if there is none.
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        self.state.last_event_id.as_str()
    }

    /// The current reconnection time, if a `retry` line or the caller has set one.
    #[must_use]
    pub fn reconnection_time(&self) -> Option<Duration> {
        self.state.reconnection_time.map(Duration::from_millis)
    }

    /// How many bytes of this connection were read, byte order mark counted.
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
