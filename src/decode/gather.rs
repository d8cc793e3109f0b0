//! Small chunks, from slow servers or small packets: a block is gathered as it arrives.
//!
//! The preparation for a larger chunk would cost more than reading a small one. So comments and blocks that can be
//! gathered, which are nearly everything, are read here; the rest is left to a cursor.
//!
//! The lines of a gathered block are not split as they arrive. They are appended to one buffer, in which data lines are
//! joined, and at the blank line, ranges of this buffer become the event. A line other than `data`, `event` or `id`
//! stops the gathering: the values so far move to the buffers of their fields, and the block continues line by line.
//!
//! Hard code ahead. Three things change together: `Gathered::text` (the bytes of the block as received, without the
//! gaps between joined lines), `Gathered::line` and `open` (indices in the text), and the ranges in `State::plain`
//! (also indices in the text). Code that removes bytes from the text must shift all indices after them, as `shift` does
//! in `gather_lines`. `stop_gathering` must leave exactly the state that `open_line.rs` would have left, and must not
//! count anything twice. The size limit is kept because a block never counts more bytes than were gathered
//! (`room_to_gather`).

use core::mem;

use super::state::{place_at, Gathered, Part, Place, PlainBlock, State, DATA, EVENT, ID};
use super::wanted::{AllFrames, OnlyEvents, Wanted};
use crate::event::{EventRef, HeadRef};
use crate::text::{Piece, Utf8Bytes, WORTH_SHARING};
use crate::wire::{
    ends_line, is_ignored_id, next_line, plain_field, Field, Glance, Start, BOM, COLON, LF, LONGEST_NAME,
};

impl State {
    /// Takes in a small chunk. If it cannot take in all of it, `Err` holds the number of bytes that it took in.
    #[inline(always)]
    pub(super) fn take_in<W: Wanted>(&mut self, chunk: &[u8]) -> Result<(), usize> {
        match chunk {
            [byte] if self.take_in_byte(*byte) => {
                self.base += 1;
                Ok(())
            }
            chunk if W::FRAMES && !self.may_begin_event(chunk) => Err(0),
            chunk => {
                let taken = self.take_in_glanced::<W>(chunk, self.base);
                self.base += taken as u64;
                if taken == chunk.len() {
                    Ok(())
                } else {
                    Err(taken)
                }
            }
        }
    }

    /// Whether a line that begins here can belong to a plain block, as far as its first byte shows.
    #[inline(always)]
    pub(super) fn may_begin_event(&self, bytes: &[u8]) -> bool {
        self.place != Place::Line || matches!(bytes, [b'd' | b'e' | b'i', ..])
    }

    /// Whether a chunk is small and directly follows the last one.
    #[inline(always)]
    pub(super) fn may_take_in(&self, chunk: &[u8]) -> bool {
        self.settled && chunk.len() <= Glance::MOST
    }

    /// Takes in as much as it can of a small chunk at this offset, and returns the number of bytes. It stops at a blank
    /// line that ends a block, and at anything that only a cursor can read.
    #[inline]
    pub(super) fn take_in_small<W: Wanted>(&mut self, chunk: &[u8], offset: u64) -> usize {
        match chunk {
            [byte] if self.take_in_byte(*byte) => 1,
            chunk => self.take_in_glanced::<W>(chunk, offset),
        }
    }

    /// Takes in one byte if it lies in the middle of a line and decides nothing.
    #[inline(always)]
    fn take_in_byte(&mut self, byte: u8) -> bool {
        !ends_line(byte) && (self.gather_byte(byte) || self.place == Place::Skipped)
    }

    /// Takes in lines that can be gathered and, unless frames are wanted, comments.
    ///
    /// Both cases are compiled in this crate: in the crate of a caller, less of what they call would be inlined.
    #[inline(always)]
    fn take_in_glanced<W: Wanted>(&mut self, chunk: &[u8], offset: u64) -> usize {
        if W::FRAMES {
            self.take_in_for_frames(chunk, offset)
        } else {
            self.take_in_for_events(chunk, offset)
        }
    }

    #[inline(never)]
    fn take_in_for_frames(&mut self, chunk: &[u8], offset: u64) -> usize {
        self.take_in_for::<AllFrames>(chunk, offset)
    }

    #[inline(never)]
    fn take_in_for_events(&mut self, chunk: &[u8], offset: u64) -> usize {
        self.take_in_for::<OnlyEvents>(chunk, offset)
    }

    #[inline(always)]
    fn take_in_for<W: Wanted>(&mut self, chunk: &[u8], offset: u64) -> usize {
        if self.place == Place::Gathering {
            return self.take_in_gathering::<W>(chunk, offset);
        }
        let len = chunk.len();
        let glance = Glance::at(chunk);
        let begins_comment = match self.place {
            Place::Skipped => true,
            Place::Line => matches!(glance.bytes(), [COLON | LF, ..]),
            _ => false,
        };
        if !W::FRAMES && begins_comment && !self.block.begun {
            return self.take_in_comments(&glance, offset);
        }
        if W::FRAMES && self.extend_open(&glance) {
            return len;
        }
        // In the middle of a data line, as most chunks of a large event are.
        if self.place == Place::Value(Field::Data)
            && self.has_room_for_data(len)
            && glance.line_end(0).is_none()
        {
            self.extend_data(Piece::of_glance(&glance, 0..len));
            return len;
        }
        self.take_in_lines::<W>(&glance, 0, offset)
    }

    /// Extends a comment or an unknown field in the middle of its line. Returns `false` elsewhere.
    #[inline]
    fn extend_open(&mut self, glance: &Glance<'_>) -> bool {
        let len = glance.bytes().len();
        let is_in_line = matches!(self.place, Place::Value(Field::Comment | Field::Unknown))
            && glance.line_end(0).is_none()
            && self.open.len() + len <= self.max_event_size;
        if is_in_line {
            self.open.extend(Piece::of_glance(glance, 0..len));
        }
        is_in_line
    }

    /// Takes in comments before the first line of a block.
    #[inline(never)]
    fn take_in_comments(&mut self, glance: &Glance<'_>, offset: u64) -> usize {
        let bytes = glance.bytes();
        let mut is_in_line = self.place == Place::Skipped;
        let mut at = 0;
        while at < bytes.len() {
            if !is_in_line {
                match bytes[at] {
                    COLON => is_in_line = true,
                    // A blank line: the block begins after it.
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
        self.place = if is_in_line { Place::Skipped } else { Place::Line };
        if at == bytes.len() {
            at
        } else {
            self.take_in_lines::<OnlyEvents>(glance, at, offset)
        }
    }

    #[inline(never)]
    fn take_in_gathering<W: Wanted>(&mut self, chunk: &[u8], offset: u64) -> usize {
        let glance = Glance::at(chunk);
        let at = self.gather::<W>(&glance, 0, offset);
        if self.place == Place::Gathering {
            at
        } else {
            self.take_in_lines::<W>(&glance, at, offset)
        }
    }

    #[inline(never)]
    fn take_in_lines<W: Wanted>(&mut self, glance: &Glance<'_>, mut at: usize, offset: u64) -> usize {
        let bytes = glance.bytes();
        while let Some(&next) = bytes.get(at) {
            match self.place {
                // [parse 2] No byte order mark begins with another byte.
                Place::Bom if self.prefix.as_bytes().is_empty() && next != BOM[0] => self.place = Place::Line,
                Place::AfterCr => at += self.leave_cr(next, offset + at as u64),
                Place::Skipped => match glance.line_end(at) {
                    Some(end) => at = self.begin_line(bytes, end),
                    None => at = bytes.len(),
                },
                Place::Line if !W::FRAMES && next == COLON => {
                    self.place = Place::Skipped;
                    at += 1;
                }
                // A blank line after only comments.
                Place::Line if !W::FRAMES && ends_line(next) && !self.block.begun => {
                    at = self.begin_line(bytes, at);
                    self.block.start = offset + at as u64;
                }
                Place::Line if self.may_gather(glance, at) => {
                    self.place = Place::Gathering;
                    self.plain.fields = 0;
                    at = self.gather::<W>(glance, at, offset);
                    // The whole chunk is gathered, or a blank line comes next.
                    if self.place == Place::Gathering {
                        break;
                    }
                }
                _ => break,
            }
        }
        at
    }

    /// Ends a line at `end`, and returns the start of the next one.
    #[inline]
    pub(super) fn begin_line(&mut self, bytes: &[u8], end: usize) -> usize {
        let at = next_line(bytes, end);
        self.place = place_at(bytes, at);
        at
    }
}

impl State {
    /// Whether to gather the block that begins here, at the start of a line. A block that lies whole in the chunk is
    /// borrowed from it instead. In strict mode, each line must be checked separately.
    #[inline]
    pub(super) fn may_gather(&self, glance: &Glance<'_>, at: usize) -> bool {
        let bytes = &glance.bytes()[at..];
        matches!(bytes, [b'd' | b'e' | b'i', ..])
            && !self.block.begun
            && bytes.len() <= self.most_plain
            && !glance.holds_blank_line(at)
    }

    /// Gathers one more byte of a line, if it decides nothing. Returns whether it did.
    #[inline(always)]
    pub(super) fn gather_byte(&mut self, byte: u8) -> bool {
        if self.place != Place::Gathering {
            return false;
        }
        let Gathered { text, line, open, .. } = &self.gathered;
        let is_in_line = open.is_some() || (1..LONGEST_NAME).contains(&(text.len() - line));
        let fits = is_in_line && self.room_to_gather() > 0;
        if fits {
            self.gathered.text.push(byte);
        }
        fits
    }

    /// Returns how many more bytes may be gathered. A block never counts more bytes than were gathered.
    #[inline(always)]
    fn room_to_gather(&self) -> usize {
        self.max_event_size.saturating_sub(self.gathered.text.len())
    }

    /// Gathers a chunk at this offset from index `at` on, and returns the index where it stopped. It stops at the end
    /// of the chunk, at the blank line that ends the block, or at something that cannot be gathered; in the last case,
    /// the block is no longer gathered.
    #[inline(always)]
    pub(super) fn gather<W: Wanted>(&mut self, glance: &Glance<'_>, at: usize, offset: u64) -> usize {
        let len = glance.bytes().len();
        // In the middle of a value, as most chunks of a large event are.
        if self.gathered.open.is_some() && self.room_to_gather() >= len && glance.line_end(at).is_none() {
            self.gathered.text.extend(Piece::of_glance(glance, at..len));
            return len;
        }
        self.gather_lines::<W>(glance, at, offset)
    }

    #[inline(never)]
    fn gather_lines<W: Wanted>(&mut self, glance: &Glance<'_>, mut at: usize, offset: u64) -> usize {
        let bytes = glance.bytes();
        if bytes.len() - at > self.room_to_gather() {
            self.stop_gathering(offset + at as u64, W::FRAMES);
            return at;
        }
        let gathered = &mut self.gathered;
        // The difference between the index of a byte in the text and its index in the chunk.
        let mut shift = gathered.text.len().wrapping_sub(at);
        gathered.text.extend(Piece::of_glance(glance, at..bytes.len()));
        let is_gathering = loop {
            if gathered.line == at.wrapping_add(shift) {
                match bytes.get(at) {
                    Some(b'd' | b'e' | b'i') => {}
                    None => break true,
                    // As in `leave_cr`.
                    Some(&LF) if gathered.ends_with_cr() => {
                        at += 1;
                        gathered.line += 1;
                        continue;
                    }
                    Some(&next) => break ends_line(next),
                }
            }
            let Some(end) = glance.line_end(at) else {
                at = bytes.len();
                let len = gathered.text.len() - gathered.line;
                break gathered.open.is_some() || len < LONGEST_NAME || gathered.decide(gathered.text.len());
            };
            match gathered.end_line(end.wrapping_add(shift), &mut self.plain) {
                None => {
                    at = end;
                    break false;
                }
                Some(removed) => shift = shift.wrapping_sub(removed),
            }
            at = next_line(bytes, end);
            gathered.line = at.wrapping_add(shift);
        };
        gathered.text.truncate(at.wrapping_add(shift));
        if !is_gathering {
            self.stop_gathering(offset + at as u64, W::FRAMES);
        }
        at
    }

    /// Ends the block at its blank line. Returns `true` if it is an event; otherwise it is no longer gathered.
    #[inline(always)]
    pub(super) fn end_gathered_block(&mut self, offset: u64) -> bool {
        let is_event = self.plain.has(DATA) && self.gathered.text.is_text();
        if !is_event {
            self.stop_gathering(offset, false);
        } else if self.plain.has(ID) {
            // As in `keep_id`, with the gathered ID.
            let id = &self.gathered.text.as_str()[self.plain.values[ID].clone()];
            self.last_event_id.set(id);
        }
        is_event
    }

    #[inline]
    pub(super) fn gathered_event(&self) -> EventRef<'_> {
        let text = self.gathered.text.as_str();
        let values = &self.plain.values;
        let event_type = if self.plain.has(EVENT) { &text[values[EVENT].clone()] } else { "" };
        let head = HeadRef::new(event_type, self.last_event_id.as_str(), self.plain.fields, None);
        EventRef { head, data: &text[values[DATA].clone()], chunk: None }
    }

    /// Takes the data. The rest of the gathered block is dropped.
    pub(super) fn take_gathered_data(&mut self) -> Utf8Bytes {
        self.gathered.text.take(self.plain.values[DATA].clone())
    }

    /// Moves what was gathered to where it would be if it had been read line by line up to this offset. `frames`: if
    /// the open line is an unknown field, it is kept.
    #[cold]
    pub(super) fn stop_gathering(&mut self, offset: u64, frames: bool) {
        let gathered = mem::take(&mut self.gathered);
        self.place = if gathered.ends_with_cr() { Place::AfterCr } else { Place::Line };
        let Gathered { mut text, line, .. } = gathered;
        let PlainBlock { values: [data, event_type, id], .. } = &self.plain;
        // Large data moves together with its buffer.
        let is_moved = self.plain.has(DATA) && data.len() >= WORTH_SHARING;
        let fields = [
            (Field::Data, data, &mut self.data),
            (Field::Event, event_type, &mut self.event_type),
            (Field::Id, id, &mut self.id),
        ];
        for (field, value, buffer) in fields {
            if self.plain.has(field as usize) {
                if field != Field::Data || !is_moved {
                    buffer.extend(text.as_bytes()[value.clone()].into());
                }
                self.block.take_over(field, value.len(), Part::Buffer);
            }
        }
        if is_moved {
            let open = text.as_bytes()[line..].to_vec();
            text.keep(data.clone());
            mem::swap(&mut self.data, &mut text);
            self.open_line_again(&open, offset, frames);
        } else {
            self.open_line_again(&text.as_bytes()[line..], offset, frames);
        }
        text.clear();
        self.gathered.text = text;
    }

    fn open_line_again(&mut self, line: &[u8], end: u64, frames: bool) {
        if !line.is_empty() {
            // The line is within the limit, so this cannot fail. A limit that was lowered since applies to what
            // follows.
            let limit = mem::replace(&mut self.max_event_size, usize::MAX);
            let _ = self.open_line(line.into(), end - line.len() as u64, frames);
            self.max_event_size = limit;
        }
    }
}

impl Gathered {
    /// Ends the open line. Returns the number of bytes removed from the text, or `None` if the line cannot be gathered.
    #[inline(always)]
    fn end_line(&mut self, end: usize, block: &mut PlainBlock) -> Option<usize> {
        if self.open.is_none() && !self.decide(end) {
            return None;
        }
        let (field, value) = self.open.take()?;
        let again = block.has(field as usize);
        let PlainBlock { values, fields } = block;
        match field {
            // As in `TextBuffer::join`, in place.
            Field::Data if again && self.line - values[DATA].end <= LONGEST_LINE_END => {
                let joint = values[DATA].end;
                self.text.set_lf(joint);
                self.text.remove(joint + 1..value);
                let removed = value - joint - 1;
                values[DATA].end = end - removed;
                return Some(removed);
            }
            _ if again => return None,
            Field::Id if is_ignored_id(&self.text.as_bytes()[value..end]) => return None,
            _ => values[field as usize] = value..end,
        }
        *fields |= 1 << field as usize;
        Some(0)
    }

    /// Decides the field of a line that is complete or long enough. Returns `false` if the line cannot be gathered.
    #[inline]
    fn decide(&mut self, end: usize) -> bool {
        let bytes = &self.text.as_bytes()[..end];
        let (field, value) = match plain_field(bytes, self.line) {
            Some(plain) => plain,
            None => match Start::of(&bytes[self.line..]) {
                Start::Decided(field, value) => (field, self.line + value),
                Start::Undecided => return false,
            },
        };
        self.open = Some((field, value));
        matches!(field, Field::Data | Field::Event | Field::Id)
    }
}

/// The length of CR LF. If the last data line is further away, another gathered line lies in between.
const LONGEST_LINE_END: usize = 2;
