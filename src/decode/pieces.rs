//! Large data, handed out as it comes.

use core::mem;

use super::cursor::{Cursor, Found, Step};
use super::wanted::Wanted;
use super::Decoder;
use crate::error::DecodeError;
use crate::text::Chunk;

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
            if let Err(at) = Chunk::from(&self.data.as_bytes()[..len]).check(&(0..len)) {
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
