//! Large data, handed out as it comes.

use core::mem;
use core::time::Duration;

use super::cursor::{Cursor, Found, Step};
use super::wanted::{InPieces, Wanted};
use super::{Decoder, Feed};
use crate::error::DecodeError;
use crate::event::EventPiece;
use crate::text::Chunk;

/// The events of one chunk, large ones in pieces, made by [`Decoder::feed_pieces`].
///
/// ```
/// use eventwire::{Decoder, EventPiece};
///
/// let mut decoder = Decoder::new().with_piece_size(8);
/// let mut length = 0;
/// for chunk in ["data: small\n\ndata: as large", " as you like it\nid: 7", "\n\n"] {
///     let mut pieces = decoder.feed_pieces(chunk.as_bytes());
///     while let Some(piece) = pieces.next()? {
///         match piece {
///             EventPiece::Event(event) => assert_eq!(event.data(), "small"),
///             EventPiece::Data(text) => length += text.len(),
///             EventPiece::End(event) => {
///                 length += event.data().len();
///                 assert_eq!((length, event.id()), (23, Some("7")));
///             }
///         }
///     }
/// }
/// # assert_eq!(length, 23);
/// # Ok::<(), eventwire::DecodeError>(())
/// ```
#[derive(Debug)]
#[must_use = "a chunk is read by calling `next` until it says `None`"]
pub struct Pieces<'a>(pub(super) Feed<'a>);

impl Pieces<'_> {
    /// Lends the next event or piece; `None` when the chunk has been read and the next one is needed.
    ///
    /// # Errors
    ///
    /// As [`Feed::next`]. The pieces that came of the block are of no event then.
    #[allow(clippy::should_implement_trait)] // it lends: the standard library has no trait for that
    pub fn next(&mut self) -> Result<Option<EventPiece<'_>>, DecodeError> {
        let Feed { cursor: Some(cursor), decoder } = &mut self.0 else { return Ok(None) };
        match cursor.step::<InPieces>(decoder)? {
            true => Ok(cursor.piece(decoder)),
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

    /// How many bytes of this connection were read, those of this chunk up to the last event or piece included.
    #[must_use]
    pub fn bytes_consumed(&self) -> u64 {
        self.0.bytes_consumed()
    }
}

impl Cursor<'_> {
    /// Finds the data in the buffer to be a piece when there is much of it. The chunk was read up to `end`.
    #[inline]
    pub(super) fn data_piece<W: Wanted>(
        &mut self,
        decoder: &mut Decoder,
        end: usize,
    ) -> Result<Step, DecodeError> {
        match W::PIECES && decoder.part_with_data(decoder.base + end as u64)? {
            true => {
                self.found = Found::DataPiece;
                Ok(Step::Found)
            }
            false => Ok(Step::GoOn),
        }
    }
}

impl Decoder {
    /// Much data moves to `open`, up to its last whole character: what follows may be the rest of that.
    fn part_with_data(&mut self, end: u64) -> Result<bool, DecodeError> {
        let len = self.data.len() - self.data.cut_character();
        // A line of another field may lie in `open`.
        if len <= self.piece_size || self.open.len() > 0 {
            return Ok(false);
        }
        if self.strict_utf8 {
            // What is wrong is in the line that ends the data: those before it were checked.
            if let Err(at) = Chunk::of_slice(&self.data.as_bytes()[..len]).check(&(0..len)) {
                let error = self.invalid_utf8(end - (self.data.len() - at) as u64);
                self.give_up();
                return Err(error);
            }
        }
        mem::swap(&mut self.data, &mut self.open);
        self.data.extend(self.open.as_bytes()[len..].into());
        self.open.truncate(len);
        self.open.check();
        self.open_data_from = None;
        self.block.in_pieces = true;
        Ok(true)
    }
}
