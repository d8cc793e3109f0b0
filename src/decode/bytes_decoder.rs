//! A decoder that keeps the chunk it reads.

use alloc::string::String;
use core::time::Duration;

use bytes::{Buf, Bytes};

use super::cursor::Cursor;
use super::wanted::{AllFrames, InPieces, OnlyEvents, Wanted};
use super::{Decoder, Ending, Unfinished};
use crate::error::DecodeError;
use crate::event::{Event, EventPiece, EventRef, Frame};

/// A decoder and the chunk it reads in one value, for those who wrap a source of `Bytes`.
///
/// A guard of [`Decoder::feed`] borrows, so no struct can hold it beside what it borrows from. This type
/// has no such borrow: [`push`](Self::push) a chunk, [`advance`](Self::advance) until that says `false`,
/// push the next one.
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
///     fn next(&mut self) -> Result<Option<EventRef<'_>>, DecodeError> {
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
/// assert_eq!(source.next()?.unwrap().data(), "a");
/// assert_eq!(source.next()?.unwrap().data(), "b");
/// assert!(source.next()?.is_none());
/// # Ok::<(), DecodeError>(())
/// ```
#[derive(Debug)]
pub struct BytesDecoder {
    decoder: Decoder,
    cursor: Cursor<'static>,
}

impl BytesDecoder {
    /// Wraps a decoder with its settings and its state.
    #[must_use]
    pub fn new(mut decoder: Decoder) -> Self {
        decoder.forget_leaked();
        BytesDecoder { decoder, cursor: Cursor::dry() }
    }

    /// Takes the next chunk of the connection. What was not read of the one before is read first.
    #[inline]
    pub fn push(&mut self, chunk: Bytes) {
        self.push_for::<AllFrames>(chunk);
    }

    /// As [`push`](Self::push), where it is known what will be asked for: small chunks of what nobody wants to see by
    /// itself need no cursor.
    #[inline]
    pub(crate) fn push_for<W: Wanted>(&mut self, mut chunk: Bytes) {
        // In place: a cursor that is made, moved and dropped costs more than a small chunk.
        self.cursor.close(&mut self.decoder);
        match self.decoder.take_in_for::<W>(&chunk) {
            taken if taken == chunk.len() && taken != 0 => self.cursor.let_go(),
            taken => {
                chunk.advance(taken);
                let chunk = self.decoder.chunk_of_bytes(chunk);
                self.cursor.reopen(&self.decoder, chunk);
            }
        }
    }

    /// Goes to the next event and tells whether there is one; `false` when the next chunk is needed.
    ///
    /// # Errors
    ///
    /// When a block is larger than the limit, or not UTF-8 where strictness was asked for. Call again: it
    /// goes on with the next block.
    #[inline]
    pub fn advance(&mut self) -> Result<bool, DecodeError> {
        self.step::<OnlyEvents>()
    }

    /// As [`advance`](Self::advance), to whatever is wanted.
    #[inline]
    pub(crate) fn step<W: Wanted>(&mut self) -> Result<bool, DecodeError> {
        self.cursor.step::<W>(&mut self.decoder)
    }

    /// Lends the event that the last [`advance`](Self::advance) found.
    #[must_use]
    #[inline]
    pub fn current(&self) -> Option<EventRef<'_>> {
        self.cursor.event(&self.decoder)
    }

    /// Takes the event that the last [`advance`](Self::advance) found, made owned. Large data is shared with
    /// the chunk or handed over, not copied. A second call gives `None`, and so does [`current`](Self::current).
    #[inline]
    pub fn take_current(&mut self) -> Option<Event> {
        self.cursor.take_event(&mut self.decoder)
    }

    /// As [`advance`](Self::advance), to everything that stands on the wire: see
    /// [`Decoder::feed_frames`]. A comment or an unknown field that `advance` has begun to skip is not given.
    ///
    /// # Errors
    ///
    /// As [`Frames::next`](crate::Frames::next).
    pub fn advance_frame(&mut self) -> Result<bool, DecodeError> {
        self.step::<AllFrames>()
    }

    /// Lends the frame that the last [`advance_frame`](Self::advance_frame) found.
    #[must_use]
    pub fn current_frame(&self) -> Option<Frame<'_>> {
        self.cursor.frame(&self.decoder)
    }

    /// As [`advance`](Self::advance), to the next event or piece of one: see [`Decoder::feed_pieces`].
    ///
    /// # Errors
    ///
    /// As [`advance`](Self::advance).
    pub fn advance_piece(&mut self) -> Result<bool, DecodeError> {
        self.step::<InPieces>()
    }

    /// Lends the event or piece that the last [`advance_piece`](Self::advance_piece) found.
    #[must_use]
    pub fn current_piece(&self) -> Option<EventPiece<'_>> {
        self.cursor.piece(&self.decoder)
    }

    /// The last event ID in force. See [`Decoder::last_event_id`].
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        self.cursor.last_event_id(&self.decoder)
    }

    /// The reconnection time in force. See [`Decoder::reconnection_time`].
    #[must_use]
    pub fn reconnection_time(&self) -> Option<Duration> {
        self.decoder.reconnection_time()
    }

    /// How many bytes of this connection were read up to the last event or frame, byte order mark counted.
    #[must_use]
    pub fn bytes_consumed(&self) -> u64 {
        self.cursor.bytes_consumed(&self.decoder)
    }

    /// Ends the connection and tells how it stood. The next [`push`](Self::push) begins a new one, as behind
    /// [`Decoder::finish`].
    pub fn finish(&mut self) -> Ending {
        self.close().finish()
    }

    /// Takes what the finished connection left, if asked to as an event for [`advance`](Self::advance) to
    /// find. See [`Decoder::take_unfinished`].
    pub fn take_unfinished(&mut self, unfinished: Unfinished) {
        let chunk = self.close().unfinished_chunk(unfinished);
        self.cursor = Cursor::new(&self.decoder, chunk);
    }

    /// What the finished connection left, half lines too, as an event to be looked at: it does not count. Neither its
    /// ID nor its reconnection time is in force afterwards, and nothing of it is left.
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
        let time = self.decoder.reconnection_time;
        self.take_unfinished(Unfinished::BlockAndLine);
        let pending = match self.advance() {
            Ok(true) => self.take_current(),
            Ok(false) | Err(_) => None,
        };
        let decoder = self.close();
        decoder.last_event_id.set(&id);
        decoder.reconnection_time = time;
        pending
    }

    /// What becomes of the end, as [`Decoder::with_unfinished`] has set it.
    #[must_use]
    pub fn unfinished(&self) -> Unfinished {
        self.decoder.unfinished()
    }

    /// The decoder, without the chunk; what was not read of it is read first when the decoder is fed again.
    #[must_use]
    pub fn into_decoder(mut self) -> Decoder {
        self.close();
        self.decoder
    }

    fn close(&mut self) -> &mut Decoder {
        self.cursor.close(&mut self.decoder);
        self.cursor = Cursor::dry();
        &mut self.decoder
    }
}

impl Default for BytesDecoder {
    fn default() -> Self {
        BytesDecoder::new(Decoder::default())
    }
}
