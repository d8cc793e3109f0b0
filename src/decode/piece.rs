//! Small pieces of a stream, as slow servers and cut-up packets bring them.
//!
//! Whatever is prepared for a chunk would cost more than such a piece is worth. So lines that were cut go on
//! right here, with the same steps as in [`ends`]; what needs more is left to a cursor.
//!
//! [`ends`]: super::ends

use super::decoder::Decoder;
use super::open_line::{place_at, Place};
use crate::error::DecodeError;
use crate::wire::{ends_line, first_line_end, next_line, Field};

/// Bytes up to which a piece is small.
const SMALL: usize = 32;

/// Bytes up to which it is tiny: it holds no whole event, as `data` and two line ends are one more.
const TINY: usize = 5;

impl Decoder {
    /// Takes in what it can of a small piece, and tells how much that was. Never a blank line.
    #[inline]
    pub(super) fn take_in(&mut self, piece: &[u8]) -> usize {
        // Far below the limit and without strictness, nothing here can fail.
        let in_order = !self.feeding && !self.is_finished() && self.rest.is_empty();
        let cannot_fail =
            !self.strict_utf8 && self.max_event_size.saturating_sub(self.block.size) >= 4 * SMALL;
        match piece.len() <= SMALL && in_order && cannot_fail {
            true => self.take_in_small(piece).unwrap_or(0),
            false => 0,
        }
    }

    #[inline(never)]
    fn take_in_small(&mut self, piece: &[u8]) -> Result<usize, DecodeError> {
        let taken = match self.place {
            // In the middle of a line, as most pieces of a large event are.
            Place::Value(Field::Data) if first_line_end(piece).is_none() => {
                self.extend_value(Field::Data, piece, self.base)?;
                piece.len()
            }
            Place::Skipped if first_line_end(piece).is_none() => piece.len(),
            _ if piece.len() <= TINY => self.take_in_tiny(piece)?,
            _ => 0,
        };
        self.base += taken as u64;
        Ok(taken)
    }

    /// Byte by byte.
    fn take_in_tiny(&mut self, piece: &[u8]) -> Result<usize, DecodeError> {
        let mut at = 0;
        while let Some(&next) = piece.get(at) {
            let offset = self.base + at as u64;
            let is_line_end = ends_line(next);
            match self.place {
                Place::Value(Field::Comment | Field::Unknown) => break,
                Place::Value(_) | Place::Skipped if is_line_end => {
                    self.leave_line(offset)?;
                    at = next_line(piece, at);
                    self.place = place_at(piece, at);
                }
                Place::Value(field) => {
                    self.extend_value(field, &[next], offset)?;
                    at += 1;
                }
                Place::Skipped => at += 1,
                Place::AfterCr => at += self.leave_cr(next, offset),
                Place::Line | Place::Name if !is_line_end => {
                    self.place = Place::Name;
                    self.extend_name(next, offset + 1, false)?;
                    at += 1;
                }
                _ => break,
            }
        }
        Ok(at)
    }

    fn leave_line(&mut self, end: u64) -> Result<(), DecodeError> {
        match self.place {
            Place::Value(Field::Retry) => {
                self.end_retry(self.open_retry);
                Ok(())
            }
            Place::Value(field) => self.end_value(field, end),
            _ => Ok(()),
        }
    }
}
