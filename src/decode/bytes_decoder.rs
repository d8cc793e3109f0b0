//! `BytesDecoder`: a decoder that owns the chunk it reads.

use alloc::string::String;
use core::time::Duration;

use bytes::Bytes;

use super::cursor::Cursor;
use super::decoder::Decoder;
use super::ending::{Ending, Unfinished};
use super::wanted::{AllFrames, InPieces, OnlyEvents, Wanted};
use crate::error::DecodeError;
use crate::event::{Event, EventId, EventPiece, EventRef, Frame};

/// A decoder that owns the chunk it reads, for types that wrap a source of `Bytes`.
///
/// The guard of [`Decoder::feed`] borrows the decoder, so a struct cannot hold both. With this type,
/// [`push`](Self::push) a chunk, call [`next_event`](Self::next_event) or [`next_ref`](Self::next_ref) until it returns
/// `None`, then push the next one. To return a borrowed event from a loop, use [`advance`](Self::advance) and
/// [`current`](Self::current).
///
/// ```
/// use bytes::Bytes;
/// use eventwire::{BytesDecoder, DecodeError, EventRef};
///
/// struct Source<I> {
///     chunks: I,
///     decoder: BytesDecoder,
/// }
///
/// impl<I: Iterator<Item = Bytes>> Source<I> {
///     fn next_ref(&mut self) -> Result<Option<EventRef<'_>>, DecodeError> {
///         while !self.decoder.advance()? {
///             let Some(chunk) = self.chunks.next() else { return Ok(None) };
///             self.decoder.push(chunk);
///         }
///         Ok(self.decoder.current())
///     }
/// }
///
/// let chunks = ["data: a\n", "\ndata: b\n\n"].map(|chunk| Bytes::from(chunk));
/// let mut source = Source { chunks: chunks.into_iter(), decoder: BytesDecoder::default() };
/// assert_eq!(source.next_ref()?.unwrap().data(), "a");
/// assert_eq!(source.next_ref()?.unwrap().data(), "b");
/// assert!(source.next_ref()?.is_none());
/// # Ok::<(), DecodeError>(())
/// ```
#[derive(Debug)]
pub struct BytesDecoder {
    decoder: Decoder,
    cursor: Cursor<'static>,
}

impl BytesDecoder {
    /// Creates a decoder for the first connection of a client.
    #[must_use]
    pub fn new() -> Self {
        BytesDecoder { decoder: Decoder::new(), cursor: Cursor::dry() }
    }

    /// Uses the settings and the state of a decoder. If its connection is finished, the first chunk begins a new one;
    /// otherwise, bytes that it has not read yet are read first.
    #[must_use]
    pub fn with_decoder(self, mut decoder: Decoder) -> Self {
        let rest = decoder.state.following(b"".into());
        let cursor = Cursor::new(&decoder.state, rest.into());
        BytesDecoder { decoder, cursor }
    }

    /// Takes the next chunk of the connection. The unread part of the previous chunk is read first.
    #[inline]
    pub fn push(&mut self, chunk: Bytes) {
        self.cursor.close(&mut self.decoder.state);
        self.open(chunk);
    }

    /// Takes the next chunk of the connection as a slice, for sources that have no `Bytes`. It is copied, into the
    /// buffer of the slice before, so that it costs no allocation.
    ///
    /// ```
    /// use eventwire::BytesDecoder;
    ///
    /// let mut decoder = BytesDecoder::new();
    /// let mut buffer = [0; 64];                                     // filled again and again
    /// buffer[..9].copy_from_slice(b"data: a\n\n");
    /// decoder.push_slice(&buffer[..9]);
    /// assert_eq!(decoder.next_ref()?.unwrap().data(), "a");
    /// # Ok::<(), eventwire::DecodeError>(())
    /// ```
    pub fn push_slice(&mut self, chunk: &[u8]) {
        self.cursor.close(&mut self.decoder.state);
        let chunk = self.cursor.copy_over(chunk);
        self.open(chunk);
    }

    #[inline(always)]
    fn open(&mut self, chunk: Bytes) {
        // In place, because making, moving and dropping a cursor costs more than a small chunk.
        let state = &self.decoder.state;
        if state.may_take_in(&chunk) {
            self.cursor.reopen_small(chunk.into());
        } else if state.settled {
            self.cursor.reopen(state, chunk.into());
        } else {
            self.open_unsettled(chunk);
        }
    }

    /// Opens a chunk that does not directly follow the last one.
    #[cold]
    fn open_unsettled(&mut self, chunk: Bytes) {
        let chunk = self.decoder.state.following(chunk.into());
        self.cursor.reopen(&self.decoder.state, chunk);
    }

    /// Returns the next event, borrowed, or `None` when the next chunk is needed.
    ///
    /// # Errors
    ///
    /// If a block is over the size limit, or is not UTF-8 in strict mode. The next call continues with the next block.
    #[inline]
    pub fn next_ref(&mut self) -> Result<Option<EventRef<'_>>, DecodeError> {
        self.advance()?;
        Ok(self.current())
    }

    /// Returns the next event, owned, or `None` when the next chunk is needed.
    ///
    /// # Errors
    ///
    /// The same as [`next_ref`](Self::next_ref).
    #[inline]
    pub fn next_event(&mut self) -> Result<Option<Event>, DecodeError> {
        if self.cursor.open_small::<OnlyEvents>(&mut self.decoder.state) {
            self.cursor.next_owned(&mut self.decoder.state)
        } else {
            Ok(None)
        }
    }

    /// Returns the next frame, borrowed, or `None` when the next chunk is needed. See [`Decoder::feed_frames`]. A
    /// comment or unknown field of which another method has already skipped a part is not returned.
    ///
    /// # Errors
    ///
    /// The same as [`Feed::next_frame`](crate::Feed::next_frame).
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, DecodeError> {
        self.advance_frame()?;
        Ok(self.current_frame())
    }

    /// Returns the next event, or the next piece of one with large data, borrowed, or `None` when the next chunk is
    /// needed. See [`Decoder::feed_pieces`].
    ///
    /// # Errors
    ///
    /// The same as [`next_ref`](Self::next_ref).
    pub fn next_piece(&mut self) -> Result<Option<EventPiece<'_>>, DecodeError> {
        self.advance_piece()?;
        Ok(self.current_piece())
    }

    /// Advances to the next event, or returns `false` when the next chunk is needed.
    ///
    /// # Errors
    ///
    /// The same as [`next_ref`](Self::next_ref).
    #[inline]
    pub fn advance(&mut self) -> Result<bool, DecodeError> {
        self.step::<OnlyEvents>()
    }

    /// Advances to the next item of the kind `W`.
    #[inline]
    pub(crate) fn step<W: Wanted>(&mut self) -> Result<bool, DecodeError> {
        let state = &mut self.decoder.state;
        Ok(self.cursor.open_small::<W>(state) && self.cursor.step::<W>(state)?)
    }

    /// Advances to the next event if it comes next in the chunk and has no rare lines; [`step`](Self::step) does the
    /// rest.
    // Used only by the features that poll.
    #[allow(dead_code)]
    #[inline(always)]
    pub(crate) fn step_to_plain_event<W: Wanted>(&mut self) -> bool {
        self.cursor.step_to_plain_block::<W>(&mut self.decoder.state)
    }

    /// Makes steps for events find blocks without data too, as frames.
    // Used only by the features that look for an end mark.
    #[allow(dead_code)]
    pub(crate) fn report_blocks_without_data(&mut self) {
        self.decoder.state.reports_blocks = true;
    }

    /// Borrows the event that the last [`advance`](Self::advance) found.
    #[must_use]
    #[inline]
    pub fn current(&self) -> Option<EventRef<'_>> {
        self.cursor.event(&self.decoder.state)
    }

    /// Takes the event that the last [`advance`](Self::advance) found, owned. Large data is not copied: it is shared
    /// with the chunk, or moved. Afterwards there is no current event.
    #[inline]
    pub fn take_current(&mut self) -> Option<Event> {
        self.take_current_as(|event| event)
    }

    /// Takes the event that the last step found, as a part of the caller's result.
    #[inline(always)]
    pub(crate) fn take_current_as<R>(&mut self, wrap: impl FnOnce(Option<Event>) -> R) -> R {
        self.cursor.take_event(&mut self.decoder.state, wrap)
    }

    /// Advances to the next frame, or returns `false` when the next chunk is needed.
    ///
    /// # Errors
    ///
    /// The same as [`next_frame`](Self::next_frame).
    pub fn advance_frame(&mut self) -> Result<bool, DecodeError> {
        self.step::<AllFrames>()
    }

    /// Borrows the frame that the last [`advance_frame`](Self::advance_frame) found.
    #[must_use]
    pub fn current_frame(&self) -> Option<Frame<'_>> {
        self.cursor.frame(&self.decoder.state)
    }

    /// Advances to the next event or piece of one, or returns `false` when the next chunk is needed.
    ///
    /// # Errors
    ///
    /// The same as [`next_ref`](Self::next_ref).
    pub fn advance_piece(&mut self) -> Result<bool, DecodeError> {
        self.step::<InPieces>()
    }

    /// Borrows the event or piece that the last [`advance_piece`](Self::advance_piece) found.
    #[must_use]
    pub fn current_piece(&self) -> Option<EventPiece<'_>> {
        self.cursor.piece(&self.decoder.state)
    }

    /// Returns the current last event ID. See [`Decoder::last_event_id`].
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        self.cursor.last_event_id(&self.decoder.state)
    }

    /// Sets the last event ID, between two events: after it there is no current event. See
    /// [`Decoder::set_last_event_id`].
    pub fn set_last_event_id(&mut self, id: EventId) {
        self.cursor.leave_found(&mut self.decoder.state);
        self.cursor.last_event_id = None;
        self.decoder.set_last_event_id(id);
    }

    /// Returns the current reconnection time. See [`Decoder::reconnection_time`].
    #[must_use]
    pub fn reconnection_time(&self) -> Option<Duration> {
        self.decoder.reconnection_time()
    }

    /// Returns the number of bytes of this connection up to the end of the last event or frame, including a byte order
    /// mark.
    #[must_use]
    pub fn bytes_consumed(&self) -> u64 {
        self.cursor.bytes_consumed(&self.decoder.state)
    }

    /// Returns the unread bytes of the chunk, which the decoder keeps too. Afterwards there is no current event.
    // Used only by the features that return the rest of a body.
    #[allow(dead_code)]
    pub(crate) fn unread(&mut self) -> Bytes {
        self.close().state.rest.clone()
    }

    /// Ends the connection and returns where in the stream it ended. The next [`push`](Self::push) begins a new one.
    /// See [`Decoder::finish`].
    pub fn finish(&mut self) -> Ending {
        self.close().finish()
    }

    /// Begins the next connection and drops the chunk and the state of the last one. See [`Decoder::begin_connection`].
    pub fn begin_connection(&mut self) {
        self.close().begin_connection();
    }

    /// Makes the unfinished event of the finished connection the next event, if `unfinished` keeps it. See
    /// [`Decoder::take_unfinished`].
    pub fn take_unfinished(&mut self, unfinished: Unfinished) {
        let chunk = self.close().state.unfinished_chunk(unfinished);
        self.cursor = Cursor::new(&self.decoder.state, chunk.into());
    }

    /// Returns the unfinished event of the finished connection for inspection, including an incomplete last line. Its
    /// ID and its reconnection time do not take effect, and the decoder drops it.
    ///
    /// ```
    /// use eventwire::BytesDecoder;
    ///
    /// let mut decoder = BytesDecoder::default();
    /// decoder.push("id: 7\ndata: {\"half".into());
    /// assert!(!decoder.advance()?);
    /// decoder.finish();
    /// assert_eq!(decoder.peek_unfinished().unwrap().data(), "{\"half");
    /// assert_eq!(decoder.last_event_id(), "");
    /// # Ok::<(), eventwire::DecodeError>(())
    /// ```
    #[cold]
    #[must_use]
    pub fn peek_unfinished(&mut self) -> Option<Event> {
        let id = String::from(self.last_event_id());
        let time = self.decoder.state.reconnection_time;
        self.take_unfinished(Unfinished::BlockAndLine);
        let pending = match self.advance() {
            Ok(true) => self.take_current(),
            Ok(false) | Err(_) => None,
        };
        let decoder = self.close();
        decoder.state.last_event_id.set(&id);
        decoder.state.reconnection_time = time;
        pending
    }

    /// Returns what happens to an unfinished block: the setting of [`Decoder::with_unfinished`].
    #[must_use]
    pub fn unfinished(&self) -> Unfinished {
        self.decoder.unfinished()
    }

    /// Returns the decoder. It reads the unread part of the chunk first when it is fed again.
    #[must_use]
    pub fn into_decoder(mut self) -> Decoder {
        // Others would take a block without data for the end of the chunk.
        self.close().state.reports_blocks = false;
        self.decoder
    }

    fn close(&mut self) -> &mut Decoder {
        self.cursor.close(&mut self.decoder.state);
        self.cursor = Cursor::dry();
        &mut self.decoder
    }
}

impl Default for BytesDecoder {
    fn default() -> Self {
        BytesDecoder::new()
    }
}

impl From<Decoder> for BytesDecoder {
    /// Does the same as [`with_decoder`](BytesDecoder::with_decoder).
    fn from(decoder: Decoder) -> Self {
        BytesDecoder::new().with_decoder(decoder)
    }
}
