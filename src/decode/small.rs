//! Small chunks of a stream, as slow servers and cut-up packets bring them.
//!
//! Whatever is prepared for a larger one would cost more than such a chunk is worth. So blocks that can be gathered and
//! comments, which is nearly all there is, are read right here; what needs more is left to a cursor.

use super::cursor::{Cursor, Found, Step};
use super::decoder::Decoder;
use super::mode::Mode;
use super::open_line::{place_at, Place};
use super::wanted::OnlyEvents;
use super::Feed;
use crate::error::DecodeError;
use crate::text::{Chunk, Piece};
use crate::wire::{ends_line, is_line_end, next_line, Field, Glance, BOM, COLON, LF};

impl Decoder {
    /// Takes in what it can of a chunk that may be small, and tells how much that was.
    #[inline(always)]
    pub(super) fn take_in(&mut self, chunk: &[u8]) -> usize {
        if chunk.len() > Glance::MOST {
            return 0;
        }
        let taken = self.take_in_small(chunk, self.base);
        self.base += taken as u64;
        taken
    }

    /// Whether a chunk that is not small begins inside a data line.
    #[inline(always)]
    pub(super) fn begins_in_data(&self, chunk: &[u8]) -> bool {
        chunk.len() > Glance::MOST && self.place == Place::Value(Field::Data)
    }

    /// As `feed`, for such a chunk. Without a line end, nothing has to be prepared for it.
    #[inline(never)]
    pub(super) fn feed_data<'a>(&'a mut self, mut chunk: Chunk<'a>) -> Feed<'a> {
        let len = chunk.bytes().len();
        if chunk.line_end(&mut self.line_ends, 0).is_some() || !self.has_room_for_data(len) {
            return Feed::new(self, chunk);
        }
        self.data.extend(chunk.piece(&(0..len)));
        self.block.size += len;
        self.base += len as u64;
        Feed::taken_in(self)
    }

    /// Whether the open data line may go on with so many bytes.
    #[inline]
    fn has_room_for_data(&self, len: usize) -> bool {
        !self.block.given_up && len <= self.block.room(self.max_event_size)
    }

    /// Takes in what it can of a small chunk that lies at this offset, and tells how much that was: up to a
    /// blank line that ends a block, or to what only a cursor can read.
    #[inline]
    pub(super) fn take_in_small(&mut self, chunk: &[u8], offset: u64) -> usize {
        match chunk {
            [byte] if !ends_line(*byte) && (self.gather_byte(*byte) || self.place == Place::Skipped) => 1,
            chunk => self.take_in_glanced(chunk, offset),
        }
    }

    /// Takes in what can be gathered, and comments.
    #[inline(never)]
    fn take_in_glanced(&mut self, chunk: &[u8], offset: u64) -> usize {
        if self.place == Place::Gathering {
            return self.take_in_gathering(chunk, offset);
        }
        let len = chunk.len();
        let glance = Glance::at(chunk);
        let begins_comment = match self.place {
            Place::Skipped => true,
            Place::Line => matches!(glance.bytes(), [COLON | LF, ..]),
            _ => false,
        };
        if begins_comment && !self.block.begun {
            return self.take_in_comments(&glance, offset);
        }
        // In the middle of a data line, as most chunks of a large event are.
        if self.place == Place::Value(Field::Data)
            && self.has_room_for_data(len)
            && glance.line_end(0).is_none()
        {
            self.data.extend(Piece::of_glance(&glance, 0..len));
            self.block.size += len;
            return len;
        }
        self.take_in_lines(&glance, 0, offset)
    }

    /// Nothing of a block is there yet: nothing but comments, for all that is known.
    #[inline(never)]
    fn take_in_comments(&mut self, glance: &Glance<'_>, offset: u64) -> usize {
        let bytes = glance.bytes();
        let mut is_in_line = self.place == Place::Skipped;
        let mut at = 0;
        while at < bytes.len() {
            if !is_in_line {
                match bytes[at] {
                    COLON => is_in_line = true,
                    // A blank line: the block begins behind it.
                    LF => {
                        at += 1;
                        self.block.start = offset + at as u64;
                        continue;
                    }
                    _ => break,
                }
            }
            match glance.line_end(at) {
                Some(end) if bytes[end] == LF => {
                    is_in_line = false;
                    at = end + 1;
                }
                Some(_) => break,
                None => at = bytes.len(),
            }
        }
        self.place = match is_in_line {
            true => Place::Skipped,
            false => Place::Line,
        };
        match at == bytes.len() {
            true => at,
            false => self.take_in_lines(glance, at, offset),
        }
    }

    #[inline(never)]
    fn take_in_gathering(&mut self, chunk: &[u8], offset: u64) -> usize {
        let glance = Glance::at(chunk);
        let at = self.gather(&glance, 0, offset);
        match self.place == Place::Gathering {
            true => at,
            false => self.take_in_lines(&glance, at, offset),
        }
    }

    #[inline(never)]
    fn take_in_lines(&mut self, glance: &Glance<'_>, mut at: usize, offset: u64) -> usize {
        let bytes = glance.bytes();
        while let Some(&next) = bytes.get(at) {
            match self.place {
                // [parse 2] Nothing that begins otherwise is a byte order mark.
                Place::Bom if self.prefix.as_bytes().is_empty() && next != BOM[0] => self.place = Place::Line,
                Place::AfterCr => at += self.leave_cr(next, offset + at as u64),
                Place::Skipped => match glance.line_end(at) {
                    Some(end) => at = self.begin_line(bytes, end),
                    None => at = bytes.len(),
                },
                Place::Line if next == COLON => {
                    self.place = Place::Skipped;
                    at += 1;
                }
                // A blank line behind nothing but comments.
                Place::Line if ends_line(next) && !self.block.begun => {
                    at = self.begin_line(bytes, at);
                    self.block.start = offset + at as u64;
                }
                Place::Line if self.may_gather(glance, at) => {
                    self.place = Place::Gathering;
                    self.plain.fields = 0;
                    at = self.gather(glance, at, offset);
                    // All of it, or a blank line.
                    if self.place == Place::Gathering {
                        break;
                    }
                }
                _ => break,
            }
        }
        at
    }

    /// A line ends at `end`. Tells where the next one begins.
    #[inline]
    fn begin_line(&mut self, bytes: &[u8], end: usize) -> usize {
        let at = next_line(bytes, end);
        self.place = place_at(bytes, at);
        at
    }
}

impl Cursor<'_> {
    /// As `step`, where the chunk is small: what is not whole goes through the decoder's buffers.
    #[inline(never)]
    pub(super) fn step_in_small(&mut self, decoder: &mut Decoder) -> Result<bool, DecodeError> {
        self.leave_found(decoder);
        loop {
            let bytes = self.chunk.bytes();
            self.at += decoder.take_in_small(&bytes[self.at..], decoder.base + self.at as u64);
            if self.at == bytes.len() {
                self.mode = Mode::Dry;
                return Ok(false);
            }
            // A blank line, or what only a cursor can read.
            let is_event = match decoder.place {
                Place::Gathering => decoder.end_gathered_block(decoder.base + self.at as u64),
                Place::Line if is_line_end(bytes, self.at) => false,
                _ => {
                    self.block_from = self.at;
                    return self.step_by_lines::<OnlyEvents>(decoder, true);
                }
            };
            self.at = decoder.begin_line(bytes, self.at);
            if is_event {
                self.last_event_id = None;
                self.found = Found::Gathered;
                return Ok(true);
            }
            if self.dispatch::<OnlyEvents>(decoder) == Step::Found {
                return Ok(true);
            }
        }
    }
}
