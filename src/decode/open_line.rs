//! The line that the end of a chunk cuts, and the data before it.

use core::mem;

use super::state::{Block, Part, Place, State};
use crate::error::DecodeError;
use crate::text::{Chunk, Piece, Scanned};
use crate::wire::{field_of, is_ignored_id, Digits, Field, Start, LF};

impl State {
    /// Reads the byte after a CR that ended a chunk. Returns the number of bytes that belong to the line end.
    pub(super) fn leave_cr(&mut self, next: u8, offset: u64) -> usize {
        self.place = Place::Line;
        // [parse 3] An LF after a CR belongs to it, even in another chunk.
        if next != LF {
            return 0;
        }
        if self.block.start == offset {
            self.block.start += 1;
        }
        1
    }

    /// [parse 10](crate::_rules#parse-10) Sets the reconnection time at once; a value with anything but digits is
    /// ignored.
    pub(super) fn end_retry(&mut self, digits: Digits) -> Option<u64> {
        let millis = digits.number()?;
        self.reconnection_time = Some(millis);
        // The event of the block includes the reconnection time, so the fast paths cannot read it.
        self.block.begun = true;
        self.block.has_retry = true;
        Some(millis)
    }

    /// Keeps a line that the end of the chunk cuts. The line begins at this offset of the connection.
    pub(super) fn open_line(
        &mut self,
        line: Piece<'_>,
        offset: u64,
        frames: bool,
    ) -> Result<(), DecodeError> {
        match Start::of(line.bytes()) {
            Start::Undecided => {
                self.prefix.extend(line.bytes());
                self.place = Place::Name;
                Ok(())
            }
            Start::Decided(field, value) => {
                self.open_value(field, line.after(value), offset + value as u64, frames)
            }
        }
    }

    /// Adds one byte to a line whose field is not decided. `read` is the number of bytes of the connection up to that
    /// byte.
    pub(super) fn extend_name(&mut self, byte: u8, read: u64, frames: bool) -> Result<(), DecodeError> {
        self.prefix.push(byte);
        match Start::of(self.prefix.as_bytes()) {
            Start::Undecided => Ok(()),
            Start::Decided(field, value) => self.decide_name(field, value, read, frames),
        }
    }

    /// Decides the field of a line that ends here.
    pub(super) fn end_name(&mut self, read: u64, frames: bool) -> Result<(), DecodeError> {
        let (field, value) = field_of(self.prefix.as_bytes());
        self.decide_name(field, value, read, frames)
    }

    fn decide_name(
        &mut self,
        field: Field,
        value: usize,
        read: u64,
        frames: bool,
    ) -> Result<(), DecodeError> {
        let prefix = mem::take(&mut self.prefix);
        let value = &prefix.as_bytes()[value..];
        self.open_value(field, value.into(), read - value.len() as u64, frames)
    }

    /// Begins the value of a cut line with this piece.
    pub(super) fn open_value(
        &mut self,
        field: Field,
        piece: Piece<'_>,
        offset: u64,
        frames: bool,
    ) -> Result<(), DecodeError> {
        self.place = Place::Value(field);
        match field {
            Field::Comment | Field::Unknown if !frames => {
                self.place = Place::Skipped;
                return Ok(());
            }
            Field::Retry => self.open_retry = Digits::Empty,
            Field::Data if !self.block.given_up => {
                if self.block.data == Part::Buffer {
                    self.data.push(LF);
                }
                self.open_data_from = self.data.len();
                self.open_data_is_cut = false;
                self.block.begun = true;
            }
            _ => {}
        }
        self.extend_value(field, piece, offset)
    }

    /// Continues the value of a cut line with a piece at this offset of the connection.
    #[inline(always)]
    pub(super) fn extend_value(
        &mut self,
        field: Field,
        piece: Piece<'_>,
        offset: u64,
    ) -> Result<(), DecodeError> {
        match field {
            Field::Data | Field::Event | Field::Id => {
                if self.block.given_up {
                    return Ok(());
                }
                self.block.begun = true;
                if let Err(room) = self.block.count(piece.bytes().len(), self.max_event_size) {
                    let error = self.too_large(offset + room as u64);
                    self.give_up();
                    return Err(error);
                }
                match field {
                    Field::Data => self.data.extend(piece),
                    _ => self.open.extend(piece),
                }
            }
            Field::Retry => self.open_retry = self.open_retry.and(piece.bytes()),
            Field::Comment | Field::Unknown => {
                let room = self.max_event_size.saturating_sub(self.open.len());
                if piece.bytes().len() > room {
                    self.open.clear();
                    self.place = Place::Skipped;
                    return Err(self.too_large(offset + room as u64));
                }
                self.open.extend(piece);
            }
        }
        Ok(())
    }

    /// Ends the value of a cut line. The line end is at this offset of the connection.
    pub(super) fn end_value(&mut self, field: Field, end: u64) -> Result<(), DecodeError> {
        if self.block.given_up {
            return Ok(());
        }
        // The LF that the standard appends to every data line counts.
        if self.block.count(Block::weight(field, 0), self.max_event_size).is_err() {
            let error = self.too_large(end);
            self.give_up();
            return Err(error);
        }
        if self.strict_utf8 {
            let value = match field {
                Field::Data => &self.data.as_bytes()[self.open_data_from..],
                _ => self.open.as_bytes(),
            };
            if let Err(at) = Scanned::from(Chunk::from(value)).check(&(0..value.len())) {
                let error = self.invalid_utf8(end - (value.len() - at) as u64);
                self.give_up();
                return Err(error);
            }
        }
        match field {
            Field::Data => self.block.data = Part::Buffer,
            // [parse 7] The last one wins.
            Field::Event => {
                mem::swap(&mut self.event_type, &mut self.open);
                self.block.event_type = Part::Buffer;
            }
            _ if is_ignored_id(self.open.as_bytes()) => {}
            _ => {
                mem::swap(&mut self.id, &mut self.open);
                self.block.id = Part::Buffer;
            }
        }
        self.open.clear();
        Ok(())
    }
}

impl State {
    /// Moves large data to `open`, as a piece. An incomplete character at the end stays in `data`.
    pub(super) fn part_with_data(&mut self, end: u64) -> Result<bool, DecodeError> {
        let len = self.data.len() - self.data.cut_character();
        // `open` may hold a line of another field.
        if len <= self.piece_size || self.open.len() > 0 {
            return Ok(false);
        }
        if self.strict_utf8 {
            // Only the last line of the data can be invalid: the lines before it were checked.
            if let Err(at) = Scanned::from(Chunk::from(&self.data.as_bytes()[..len])).check(&(0..len)) {
                let error = self.invalid_utf8(end - (self.data.len() - at) as u64);
                self.give_up();
                return Err(error);
            }
        }
        mem::swap(&mut self.data, &mut self.open);
        self.data.extend(self.open.as_bytes()[len..].into());
        self.open.truncate(len);
        self.open.check();
        self.open_data_from = 0;
        self.open_data_is_cut = true;
        self.block.in_pieces = true;
        Ok(true)
    }
}
