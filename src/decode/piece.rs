//! Small pieces of a stream, as slow servers and cut-up packets bring them.
//!
//! Whatever is prepared for a chunk would cost more than such a piece is worth. So lines that were cut go on
//! right here, with the same steps as in [`ends`]; what needs more is left to a cursor.
//!
//! [`ends`]: super::ends

use bytes::{Buf, Bytes};

use super::decoder::Decoder;
use super::open_line::{place_at, Place};
use crate::error::DecodeError;
use crate::text::Chunk;
use crate::wire::{ends_line, next_line, Field, Glance};

/// Bytes up to which a piece is small.
const SMALL: usize = 32;

/// Bytes up to which it is tiny: it holds no whole event, as `data` and two line ends are one more.
const TINY: usize = 5;

impl Decoder {
    /// What is left of a chunk to be read, if anything is.
    #[inline]
    pub(super) fn take_in<'c>(&mut self, chunk: &'c [u8]) -> Option<Chunk<'c>> {
        match self.take_in_piece(chunk) {
            Some(taken) if taken == chunk.len() => None,
            taken => Some(self.chunk_of_slice(&chunk[taken.unwrap_or(0)..])),
        }
    }

    /// As [`take_in`](Self::take_in), for a chunk that can be shared.
    #[inline]
    pub(super) fn take_in_bytes(&mut self, mut chunk: Bytes) -> Option<Chunk<'static>> {
        let taken = self.take_in_piece(&chunk);
        if taken == Some(chunk.len()) {
            return None;
        }
        chunk.advance(taken.unwrap_or(0));
        Some(self.chunk_of_bytes(chunk))
    }

    /// Takes in what it can of a small piece, and tells how much that was. Never a blank line.
    #[inline(always)]
    fn take_in_piece(&mut self, piece: &[u8]) -> Option<usize> {
        if piece.len() > SMALL || !self.settled {
            return None;
        }
        // In the middle of a data line, as most pieces of a large event are.
        if matches!(self.place, Place::Value(Field::Data))
            && !self.block.given_up
            && piece.len() <= self.block.room(self.max_event_size)
            && self.data.extend_line(piece)
        {
            self.block.size += piece.len();
            self.base += piece.len() as u64;
            return Some(piece.len());
        }
        self.take_in_otherwise(piece)
    }

    #[inline(never)]
    fn take_in_otherwise(&mut self, piece: &[u8]) -> Option<usize> {
        let taken = match self.place {
            Place::Skipped if !Glance::at(piece).line_end => piece.len(),
            // Far below the limit and without strictness, nothing here can fail.
            _ if piece.len() <= TINY
                && !self.strict_utf8
                && self.block.room(self.max_event_size) >= 4 * TINY =>
            {
                self.take_in_bytewise(piece).ok()?
            }
            _ => return None,
        };
        self.base += taken as u64;
        Some(taken)
    }

    /// Byte by byte.
    fn take_in_bytewise(&mut self, piece: &[u8]) -> Result<usize, DecodeError> {
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
