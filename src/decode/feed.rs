//! `Feed`: the guard that holds a chunk while its events are read.

use core::marker::PhantomData;
use core::time::Duration;

use super::cursor::Cursor;
use super::state::{Place, State};
use super::wanted::{AllFrames, InPieces, OnlyEvents, Wanted};
use crate::error::DecodeError;
use crate::event::{Event, EventPiece, EventRef, Frame};
use crate::text::{Chunk, Scanned};
use crate::wire::Field;

/// Reads the events of one chunk. Returned by [`Decoder::feed`](crate::Decoder::feed).
///
/// If it was returned by [`Decoder::feed_frames`](crate::Decoder::feed_frames), it reads frames; if it was returned by
/// [`Decoder::feed_pieces`](crate::Decoder::feed_pieces), it reads events with large data in pieces. Only these guards
/// have `next_frame` and `next_piece`.
///
/// It is not an `Iterator`, because its events borrow from it: use `while let` instead of `for`. Call its methods until
/// they return `None`. If it is dropped earlier, the unread bytes precede the next chunk.
#[derive(Debug)]
#[must_use = "a chunk is read by calling `next_ref` until it returns `None`"]
pub struct Feed<'a, W = OnlyEvents> {
    state: &'a mut State,
    /// `None` if the decoder has already read the whole chunk and found nothing to return.
    cursor: Option<Cursor<'a>>,
    wanted: PhantomData<W>,
}

impl<'a, W> Feed<'a, W> {
    #[inline]
    pub(super) fn new(state: &'a mut State, chunk: impl Into<Scanned<'a>>) -> Self {
        state.feeding = true;
        state.settled = false;
        let cursor = Some(Cursor::new(state, chunk.into()));
        Feed { state, cursor, wanted: PhantomData }
    }

    #[inline]
    pub(super) fn taken_in(state: &'a mut State) -> Self {
        Feed { state, cursor: None, wanted: PhantomData }
    }

    /// Returns the current last event ID. See [`Decoder::last_event_id`](crate::Decoder::last_event_id).
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        match &self.cursor {
            Some(cursor) => cursor.last_event_id(self.state),
            None => self.state.last_event_id.as_str(),
        }
    }

    /// Returns the current reconnection time. See [`Decoder::reconnection_time`](crate::Decoder::reconnection_time).
    #[must_use]
    pub fn reconnection_time(&self) -> Option<Duration> {
        self.state.reconnection_time.map(Duration::from_millis)
    }

    /// Returns the number of bytes of this connection that were read, including this chunk up to the current event.
    #[must_use]
    pub fn bytes_consumed(&self) -> u64 {
        match &self.cursor {
            Some(cursor) => cursor.bytes_consumed(self.state),
            None => self.state.bytes_consumed_to(0),
        }
    }
}

/// The fast path of feeding, for everything but pieces.
impl<'a, W: Wanted> Feed<'a, W> {
    #[inline(always)]
    pub(super) fn of(state: &'a mut State, chunk: Chunk<'a>) -> Self {
        if !state.may_take_in(chunk.bytes()) {
            return Feed::of_large(state, chunk);
        }
        match state.take_in::<W>(chunk.bytes()) {
            Ok(()) => Feed::taken_in(state),
            Err(taken) => Feed::new(state, chunk.without_first(taken)),
        }
    }

    /// Reads a chunk that is large, or that does not directly follow the last one.
    #[inline(always)]
    fn of_large(state: &'a mut State, chunk: Chunk<'a>) -> Self {
        if !state.settled {
            return Feed::of_unsettled(state, chunk);
        }
        if state.place == Place::Value(Field::Data) {
            return Feed::of_data(state, chunk);
        }
        Feed::new(state, chunk)
    }

    /// Reads a large chunk that begins inside a data line. If it contains no line end, it needs no cursor.
    #[inline(never)]
    fn of_data(state: &'a mut State, chunk: Chunk<'a>) -> Self {
        let mut chunk = Scanned::from(chunk);
        let len = chunk.bytes().len();
        if chunk.line_end(&mut state.line_ends, 0).is_some() || !state.has_room_for_data(len) {
            return Feed::new(state, chunk);
        }
        state.extend_data(chunk.piece(&(0..len)));
        state.base += len as u64;
        Feed::taken_in(state)
    }

    /// Reads a chunk that does not directly follow the last one. (Out of line so that [`of`](Self::of) builds its
    /// guard in place.)
    #[cold]
    fn of_unsettled(state: &'a mut State, chunk: Chunk<'a>) -> Self {
        let chunk = state.following(chunk);
        Feed::new(state, chunk)
    }
}

impl<W: Wanted> Feed<'_, W> {
    #[inline]
    fn step(&mut self) -> Result<bool, DecodeError> {
        match &mut self.cursor {
            Some(cursor) => cursor.step::<W>(self.state),
            None => Ok(false),
        }
    }
}

/// Methods for events.
impl Feed<'_, OnlyEvents> {
    /// Returns the next event, borrowed, or `None` when the next chunk is needed.
    ///
    /// # Errors
    ///
    /// If a block is over the size limit, or is not UTF-8 in strict mode. The next call continues with the next block.
    #[inline(always)]
    pub fn next_ref(&mut self) -> Result<Option<EventRef<'_>>, DecodeError> {
        let Some(cursor) = &mut self.cursor else { return Ok(None) };
        match cursor.step_in_blocks::<OnlyEvents>(self.state) {
            Some(true) => return Ok(Some(cursor.plain_event(self.state))),
            Some(false) => return Ok(None),
            None => {}
        }
        if cursor.step_otherwise::<OnlyEvents>(self.state)? {
            Ok(cursor.event(self.state))
        } else {
            Ok(None)
        }
    }

    /// Returns the next event, owned, or `None` when the next chunk is needed. Large data is not copied if it lies in a
    /// buffer or in a shared chunk.
    ///
    /// # Errors
    ///
    /// The same as [`next_ref`](Self::next_ref).
    #[inline(always)]
    pub fn next_event(&mut self) -> Result<Option<Event>, DecodeError> {
        match &mut self.cursor {
            Some(cursor) => cursor.next_owned(self.state),
            None => Ok(None),
        }
    }

    /// Advances to the next event, or returns `false` if there is none. [`next_ref`](Self::next_ref) is this followed
    /// by [`current`](Self::current); use the two in loops where its borrow would last too long.
    ///
    /// # Errors
    ///
    /// The same as [`next_ref`](Self::next_ref).
    #[inline]
    pub fn advance(&mut self) -> Result<bool, DecodeError> {
        self.step()
    }

    /// Borrows the event that the last [`advance`](Self::advance) found.
    #[must_use]
    #[inline]
    pub fn current(&self) -> Option<EventRef<'_>> {
        self.cursor.as_ref()?.event(self.state)
    }

    /// Takes the event that the last [`advance`](Self::advance) found, owned. Afterwards there is no current event.
    #[inline]
    pub fn take_current(&mut self) -> Option<Event> {
        self.cursor.as_mut()?.take_event(self.state, |event| event)
    }
}

/// Methods for everything in the stream.
///
/// ```
/// use eventwire::{Decoder, Frame};
///
/// let mut decoder = Decoder::new();
/// let mut frames = decoder.feed_frames(": hello\nretry: 3000\ndata: a\n\n");
/// assert!(matches!(frames.next_frame()?, Some(Frame::Comment(" hello"))));
/// assert!(matches!(frames.next_frame()?, Some(Frame::Retry(time)) if time.as_secs() == 3));
/// assert!(matches!(frames.next_frame()?, Some(Frame::Event(event)) if event.data() == "a"));
/// assert!(frames.next_frame()?.is_none());
/// # Ok::<(), eventwire::DecodeError>(())
/// ```
impl Feed<'_, AllFrames> {
    /// Returns the next frame, borrowed, or `None` when the next chunk is needed.
    ///
    /// # Errors
    ///
    /// If a block, a comment or an unknown field is over the size limit, or a block is not UTF-8 in strict mode. The
    /// next call continues with the next frame.
    #[inline(always)]
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, DecodeError> {
        let Some(cursor) = &mut self.cursor else { return Ok(None) };
        match cursor.step_in_blocks::<AllFrames>(self.state) {
            Some(is_event) => Ok(is_event.then(|| Frame::Event(cursor.plain_event(self.state)))),
            None if cursor.step_otherwise::<AllFrames>(self.state)? => Ok(cursor.frame(self.state)),
            None => Ok(None),
        }
    }

    /// Advances to the next frame, or returns `false` if there is none.
    ///
    /// # Errors
    ///
    /// The same as [`next_frame`](Self::next_frame).
    pub fn advance_frame(&mut self) -> Result<bool, DecodeError> {
        self.step()
    }

    /// Borrows the frame that the last [`advance_frame`](Self::advance_frame) found.
    #[must_use]
    pub fn current_frame(&self) -> Option<Frame<'_>> {
        self.cursor.as_ref()?.frame(self.state)
    }
}

/// Methods for events with large data in pieces.
///
/// ```
/// use eventwire::{Decoder, EventPiece};
///
/// let mut decoder = Decoder::new().with_piece_size(8);
/// let mut length = 0;
/// for chunk in ["data: small\n\ndata: as large", " as you like it\nid: 7", "\n\n"] {
///     let mut pieces = decoder.feed_pieces(chunk);
///     while let Some(piece) = pieces.next_piece()? {
///         match piece {
///             EventPiece::Event(event) => assert_eq!(event.data(), "small"),
///             EventPiece::Data(text) => length += text.len(),
///             EventPiece::End { data, head } => {
///                 length += data.len();
///                 assert_eq!((length, head.id()), (23, Some("7")));
///             }
///             _ => {}
///         }
///     }
/// }
/// # assert_eq!(length, 23);
/// # Ok::<(), eventwire::DecodeError>(())
/// ```
impl Feed<'_, InPieces> {
    /// Returns the next event or piece of one, borrowed, or `None` when the next chunk is needed.
    ///
    /// # Errors
    ///
    /// The same as [`Feed::next_ref`]. If pieces of the rejected event were already returned, no more follow.
    pub fn next_piece(&mut self) -> Result<Option<EventPiece<'_>>, DecodeError> {
        if self.step()? {
            Ok(self.current_piece())
        } else {
            Ok(None)
        }
    }

    /// Advances to the next event or piece, or returns `false` if there is none.
    ///
    /// # Errors
    ///
    /// The same as [`next_piece`](Self::next_piece).
    pub fn advance_piece(&mut self) -> Result<bool, DecodeError> {
        self.step()
    }

    /// Borrows the event or piece that the last [`advance_piece`](Self::advance_piece) found.
    #[must_use]
    pub fn current_piece(&self) -> Option<EventPiece<'_>> {
        self.cursor.as_ref()?.piece(self.state)
    }
}

impl<W> Drop for Feed<'_, W> {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(cursor) = &mut self.cursor {
            close(self.state, cursor);
        }
    }
}

/// Out of line, to keep the drop of a guard cheap when the decoder has read the chunk by itself.
#[inline(never)]
fn close(state: &mut State, cursor: &mut Cursor<'_>) {
    state.feeding = false;
    cursor.close(state);
}
