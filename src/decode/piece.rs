//! Small pieces of a stream, as slow servers and cut-up packets bring them.
//!
//! Whatever is prepared for a chunk would cost more than such a piece is worth. So lines that were cut go on
//! right here, with the same steps as in [`ends`]; what needs more is left to a cursor.
//!
//! [`ends`]: super::ends

use bytes::{Buf, Bytes};

use super::decoder::Decoder;
use super::open_line::{place_at, Place};
use crate::text::{Chunk, Piece};
use crate::wire::{ends_line, next_line, Field, COLON};

/// Bytes up to which a piece is small.
const SMALL: usize = 32;

/// Bytes up to which it is tiny: it holds no whole event, as `data` and two line ends are one more.
const TINY: usize = 5;

impl Decoder {
    /// What is left of a chunk to be read, if anything is.
    #[inline(always)]
    pub(super) fn take_in<'c>(&mut self, chunk: &'c [u8]) -> Option<Chunk<'c>> {
        match self.take_in_piece(chunk) {
            taken if taken == chunk.len() && taken != 0 => None,
            taken => Some(self.chunk_of_slice(&chunk[taken..])),
        }
    }

    /// As [`take_in`](Self::take_in), for a chunk that can be shared.
    #[inline(always)]
    pub(super) fn take_in_bytes(&mut self, mut chunk: Bytes) -> Option<Chunk<'static>> {
        match self.take_in_piece(&chunk) {
            taken if taken == chunk.len() && taken != 0 => None,
            taken => {
                chunk.advance(taken);
                Some(self.chunk_of_bytes(chunk))
            }
        }
    }

    /// Takes in what it can of a small piece, and tells how much that was. Never a blank line.
    #[inline(always)]
    fn take_in_piece(&mut self, piece: &[u8]) -> usize {
        match piece.len() <= SMALL && self.settled {
            true => self.take_in_small(piece),
            false => 0,
        }
    }

    #[inline(never)]
    fn take_in_small(&mut self, piece: &[u8]) -> usize {
        // In the middle of a data line, as most pieces of a large event are.
        if matches!(self.place, Place::Value(Field::Data))
            && !self.block.given_up
            && piece.len() <= self.block.room(self.max_event_size)
        {
            if let Some(piece) = Piece::of_line(piece) {
                let len = piece.bytes().len();
                self.data.extend(piece);
                self.block.size += len;
                self.base += len as u64;
                return len;
            }
        }
        self.take_in_otherwise(piece)
    }

    /// Goes on over lines that say nothing, and over what is tiny.
    #[inline(never)]
    fn take_in_otherwise(&mut self, piece: &[u8]) -> usize {
        // Far below the limit and without strictness, no byte can be wrong.
        let tiny = piece.len() <= TINY
            && !self.strict_utf8
            && self.block.room(self.max_event_size) >= 2 * TINY;
        let mut at = 0;
        while let Some(&next) = piece.get(at) {
            match self.place {
                Place::AfterCr => at += self.leave_cr(next, self.base + at as u64),
                Place::Skipped => match piece[at..].iter().position(|byte| ends_line(*byte)) {
                    Some(more) => at = self.begin_line(piece, at + more),
                    None => at = piece.len(),
                },
                Place::Line if next == COLON => {
                    self.place = Place::Skipped;
                    at += 1;
                }
                // A blank line behind nothing but comments.
                Place::Line if ends_line(next) && !self.block.begun => {
                    at = self.begin_line(piece, at);
                    self.block.start = self.base + at as u64;
                }
                _ if tiny => match self.take_in_byte(piece, at) {
                    Some(behind) => at = behind,
                    None => break,
                },
                _ => break,
            }
        }
        self.base += at as u64;
        at
    }

    /// Takes in what stands at `at`: a byte or a line end. `None`: it is left to a cursor.
    fn take_in_byte(&mut self, piece: &[u8], at: usize) -> Option<usize> {
        let offset = self.base + at as u64;
        match self.place {
            Place::Value(Field::Retry) if ends_line(piece[at]) => {
                self.end_retry(self.open_retry);
                Some(self.begin_line(piece, at))
            }
            Place::Value(field @ (Field::Data | Field::Event | Field::Id)) if ends_line(piece[at]) => {
                self.end_value(field, offset).ok()?;
                Some(self.begin_line(piece, at))
            }
            Place::Value(field @ (Field::Data | Field::Event | Field::Id | Field::Retry)) => {
                self.extend_value(field, Piece::of_byte(&piece[at]), offset).ok()?;
                Some(at + 1)
            }
            Place::Line | Place::Name if !ends_line(piece[at]) => {
                self.place = Place::Name;
                self.extend_name(piece[at], offset + 1, false).ok()?;
                Some(at + 1)
            }
            _ => None,
        }
    }

    /// A line ends at `end`. Tells where the next one begins.
    fn begin_line(&mut self, piece: &[u8], end: usize) -> usize {
        let at = next_line(piece, end);
        self.place = place_at(piece, at);
        at
    }
}
