//! The guards that hold a chunk while its events are taken.

use core::time::Duration;

use super::cursor::Cursor;
use super::wanted::{AllFrames, OnlyEvents};
use super::Decoder;
use crate::error::DecodeError;
use crate::event::{Event, EventRef, Frame};
use crate::text::Chunk;

/// The events of one chunk, made by [`Decoder::feed`].
///
/// Dropped before it said `None`, it leaves the unread rest to the next chunk.
#[derive(Debug)]
#[must_use = "a chunk is read by calling `next` until it says `None`"]
pub struct Feed<'a> {
    pub(super) decoder: &'a mut Decoder,
    /// Nothing when the decoder has taken the chunk in, and there is no event in it.
    pub(super) cursor: Option<Cursor<'a>>,
}

impl<'a> Feed<'a> {
    #[inline]
    pub(super) fn new(decoder: &'a mut Decoder, chunk: Chunk<'a>) -> Self {
        decoder.feeding = true;
        decoder.settled = false;
        let cursor = Some(Cursor::new(decoder, chunk));
        Feed { decoder, cursor }
    }

    #[inline]
    pub(super) fn taken_in(decoder: &'a mut Decoder) -> Self {
        Feed { decoder, cursor: None }
    }

    /// Lends the next event; `None` when the chunk has been read and the next one is needed.
    ///
    /// # Errors
    ///
    /// When a block is larger than the limit, or not UTF-8 where strictness was asked for. Call again: it
    /// goes on with the next block.
    #[allow(clippy::should_implement_trait)] // it lends: the standard library has no trait for that
    #[inline(always)]
    pub fn next(&mut self) -> Result<Option<EventRef<'_>>, DecodeError> {
        let Some(cursor) = &mut self.cursor else { return Ok(None) };
        match cursor.step_in_blocks(self.decoder) {
            Some(true) => return Ok(Some(cursor.plain_event(self.decoder))),
            Some(false) => return Ok(None),
            None => {}
        }
        match cursor.step_otherwise::<OnlyEvents>(self.decoder)? {
            true => Ok(cursor.event(self.decoder)),
            false => Ok(None),
        }
    }

    /// The next event, made owned. Large data that lies in a buffer is handed over, not copied.
    ///
    /// # Errors
    ///
    /// As [`next`](Self::next).
    #[inline(always)]
    pub fn next_owned(&mut self) -> Result<Option<Event>, DecodeError> {
        match &mut self.cursor {
            Some(cursor) => cursor.next_owned(self.decoder),
            None => Ok(None),
        }
    }

    /// Goes to the next event and tells whether there is one: the first half of [`next`](Self::next), for
    /// loops that a borrow across them would stop.
    ///
    /// # Errors
    ///
    /// As [`next`](Self::next).
    #[inline]
    pub fn advance(&mut self) -> Result<bool, DecodeError> {
        match &mut self.cursor {
            Some(cursor) => cursor.step::<OnlyEvents>(self.decoder),
            None => Ok(false),
        }
    }

    /// Lends the event that the last [`advance`](Self::advance) found.
    #[must_use]
    #[inline]
    pub fn current(&self) -> Option<EventRef<'_>> {
        self.cursor.as_ref()?.event(self.decoder)
    }

    /// The last event ID in force. See [`Decoder::last_event_id`].
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        match &self.cursor {
            Some(cursor) => cursor.last_event_id(self.decoder),
            None => self.decoder.last_event_id(),
        }
    }

    /// The reconnection time in force. See [`Decoder::reconnection_time`].
    #[must_use]
    pub fn reconnection_time(&self) -> Option<Duration> {
        self.decoder.reconnection_time()
    }

    /// How many bytes of this connection were read, those of this chunk up to the last event included.
    #[must_use]
    pub fn bytes_consumed(&self) -> u64 {
        match &self.cursor {
            Some(cursor) => cursor.bytes_consumed(self.decoder),
            None => self.decoder.bytes_consumed(),
        }
    }
}

impl Drop for Feed<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(cursor) = &mut self.cursor {
            close(self.decoder, cursor);
        }
    }
}

/// Apart, so that it costs little to drop a guard whose chunk was taken in.
#[inline(never)]
fn close(decoder: &mut Decoder, cursor: &mut Cursor<'_>) {
    decoder.feeding = false;
    cursor.close(decoder);
}

/// Everything that stands in one chunk, made by [`Decoder::feed_frames`].
///
/// ```
/// use eventwire::{Decoder, Frame};
///
/// let mut decoder = Decoder::new();
/// let mut frames = decoder.feed_frames(b": hello\nretry: 3000\ndata: a\n\n");
/// assert!(matches!(frames.next()?, Some(Frame::Comment(" hello"))));
/// assert!(matches!(frames.next()?, Some(Frame::Retry(time)) if time.as_secs() == 3));
/// assert!(matches!(frames.next()?, Some(Frame::Event(event)) if event.data() == "a"));
/// assert!(frames.next()?.is_none());
/// # Ok::<(), eventwire::DecodeError>(())
/// ```
#[derive(Debug)]
#[must_use = "a chunk is read by calling `next` until it says `None`"]
pub struct Frames<'a>(pub(super) Feed<'a>);

impl Frames<'_> {
    /// Lends the next frame; `None` when the chunk has been read and the next one is needed.
    ///
    /// # Errors
    ///
    /// When a block, a comment or an unknown field is larger than the limit, or a block is not UTF-8 where
    /// strictness was asked for. Call again: it goes on behind it.
    #[allow(clippy::should_implement_trait)] // it lends: the standard library has no trait for that
    pub fn next(&mut self) -> Result<Option<Frame<'_>>, DecodeError> {
        let Some(cursor) = &mut self.0.cursor else { return Ok(None) };
        match cursor.step::<AllFrames>(self.0.decoder)? {
            true => Ok(cursor.frame(self.0.decoder)),
            false => Ok(None),
        }
    }

    /// The last event ID in force. See [`Decoder::last_event_id`].
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        self.0.last_event_id()
    }

    /// The reconnection time in force. See [`Decoder::reconnection_time`].
    #[must_use]
    pub fn reconnection_time(&self) -> Option<Duration> {
        self.0.reconnection_time()
    }

    /// How many bytes of this connection were read, those of this chunk up to the last frame included.
    #[must_use]
    pub fn bytes_consumed(&self) -> u64 {
        self.0.bytes_consumed()
    }
}
