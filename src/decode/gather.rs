//! Small chunks, as slow servers and cut-up packets bring them: a block is gathered as it is on the wire.
//!
//! Whatever is prepared for a larger chunk would cost more than a small one is worth. So blocks that can be gathered and
//! comments, which is nearly all there is, are read right here; what needs more is left to a cursor.
//!
//! The lines of a gathered block are not taken apart while they come. They follow each other in one buffer, the data lines
//! joined, and ranges of it become the event at the blank line. Whatever is not `data`, `event` or `id` ends this: what was
//! gathered moves to the buffers of the fields, and the block goes on line by line.
//!
//! Hard code ahead. Three things move together: `Gathered::text` (the wire bytes of the block, joined lines closed up),
//! `Gathered::line` and `open` (places in it), and the ranges in `State::plain` (places in it, too). Whoever removes bytes
//! from the text shifts all that come after them, as `shift` does in `gather_lines`. `stop_gathering` must leave exactly
//! what `open_line.rs` would have left, and counts nothing twice. The limit holds because what is counted is never more
//! than what is gathered (`room_to_gather`).

use core::mem;

use super::state::{place_at, Gathered, Part, Place, PlainBlock, State, DATA, EVENT, ID};
use crate::event::{EventRef, HeadRef};
use crate::text::{Piece, Utf8Bytes, WORTH_SHARING};
use crate::wire::{
    ends_line, is_ignored_id, next_line, plain_field, Field, Glance, Start, BOM, COLON, LF, LONGEST_NAME,
};

impl State {
    /// Takes in all of a small chunk, or what it can: then `Err` holds how much that was.
    #[inline(always)]
    pub(super) fn take_in(&mut self, chunk: &[u8]) -> Result<(), usize> {
        match chunk {
            [byte] if self.take_in_byte(*byte) => {
                self.base += 1;
                Ok(())
            }
            chunk => {
                let taken = self.take_in_glanced(chunk, self.base);
                self.base += taken as u64;
                if taken == chunk.len() {
                    Ok(())
                } else {
                    Err(taken)
                }
            }
        }
    }

    /// Whether a chunk is small, and simply follows the last one.
    #[inline(always)]
    pub(super) fn may_take_in(&self, chunk: &[u8]) -> bool {
        self.settled && chunk.len() <= Glance::MOST
    }

    /// Takes in what it can of a small chunk that lies at this offset, and tells how much that was: up to a
    /// blank line that ends a block, or to what only a cursor can read.
    #[inline]
    pub(super) fn take_in_small(&mut self, chunk: &[u8], offset: u64) -> usize {
        match chunk {
            [byte] if self.take_in_byte(*byte) => 1,
            chunk => self.take_in_glanced(chunk, offset),
        }
    }

    /// Takes in one byte, in the middle of a line where nothing has to be decided.
    #[inline(always)]
    fn take_in_byte(&mut self, byte: u8) -> bool {
        !ends_line(byte) && (self.gather_byte(byte) || self.place == Place::Skipped)
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
            self.extend_data(Piece::of_glance(&glance, 0..len));
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
            self.take_in_lines(glance, at, offset)
        }
    }

    #[inline(never)]
    fn take_in_gathering(&mut self, chunk: &[u8], offset: u64) -> usize {
        let glance = Glance::at(chunk);
        let at = self.gather(&glance, 0, offset);
        if self.place == Place::Gathering {
            at
        } else {
            self.take_in_lines(&glance, at, offset)
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
                // A blank line after nothing but comments.
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
    pub(super) fn begin_line(&mut self, bytes: &[u8], end: usize) -> usize {
        let at = next_line(bytes, end);
        self.place = place_at(bytes, at);
        at
    }
}

impl State {
    /// Whether a block is to be gathered that begins here, at the start of a line. One that is whole is borrowed from where it
    /// is; with strictness, each line has to be looked at by itself.
    #[inline]
    pub(super) fn may_gather(&self, glance: &Glance<'_>, at: usize) -> bool {
        let bytes = &glance.bytes()[at..];
        matches!(bytes, [b'd' | b'e' | b'i', ..])
            && !self.block.begun
            && !self.strict_utf8
            && bytes.len() <= self.max_event_size
            && !glance.holds_blank_line(at)
    }

    /// One more byte of a line that is gathered, if that is what comes and nothing has to be decided.
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

    /// What is counted for the limit is never more than what is gathered.
    #[inline(always)]
    fn room_to_gather(&self) -> usize {
        self.max_event_size.saturating_sub(self.gathered.text.len())
    }

    /// Gathers what it can from `at` on of a chunk that lies at this offset, and tells how far: up to the blank line that
    /// ends the block, or to what cannot be gathered. In the latter case it gathers no longer; in the former all of the
    /// chunk is gathered, or the blank line comes next.
    #[inline(always)]
    pub(super) fn gather(&mut self, glance: &Glance<'_>, at: usize, offset: u64) -> usize {
        let len = glance.bytes().len();
        // In the middle of a value, as most chunks of a large event are.
        if self.gathered.open.is_some() && self.room_to_gather() >= len && glance.line_end(at).is_none() {
            self.gathered.text.extend(Piece::of_glance(glance, at..len));
            return len;
        }
        self.gather_lines(glance, at, offset)
    }

    #[inline(never)]
    fn gather_lines(&mut self, glance: &Glance<'_>, mut at: usize, offset: u64) -> usize {
        let bytes = glance.bytes();
        if bytes.len() - at > self.room_to_gather() {
            self.stop_gathering(offset + at as u64);
            return at;
        }
        let gathered = &mut self.gathered;
        // How far a byte of the chunk is from its place in the text.
        let mut shift = gathered.text.len().wrapping_sub(at);
        gathered.text.extend(Piece::of_glance(glance, at..bytes.len()));
        let is_gathering = loop {
            if gathered.line == at.wrapping_add(shift) {
                match bytes.get(at) {
                    Some(b'd' | b'e' | b'i') => {}
                    None => break true,
                    // As `leave_cr` does.
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
            self.stop_gathering(offset + at as u64);
        }
        at
    }

    /// The blank line has come. `true`: what was gathered is an event. Otherwise it is a block like any other.
    #[inline]
    pub(super) fn end_gathered_block(&mut self, offset: u64) -> bool {
        let is_event = self.plain.has(DATA) && self.gathered.text.is_text();
        if !is_event {
            self.stop_gathering(offset);
        } else if self.plain.has(ID) {
            // As `keep_id` does, from where it was gathered.
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
        let head = HeadRef::new(event_type, self.last_event_id.as_str(), self.plain.has(ID), None);
        EventRef { head, data: &text[values[DATA].clone()], chunk: None }
    }

    /// Hands the data over; nothing else is left of what was gathered.
    pub(super) fn take_gathered_data(&mut self) -> Utf8Bytes {
        self.gathered.text.take(self.plain.values[DATA].clone())
    }

    /// What was gathered moves to where it would be, had it been read line by line up to this offset.
    #[cold]
    pub(super) fn stop_gathering(&mut self, offset: u64) {
        let gathered = mem::take(&mut self.gathered);
        self.place = if gathered.ends_with_cr() { Place::AfterCr } else { Place::Line };
        let Gathered { mut text, line, .. } = gathered;
        let PlainBlock { values: [data, event_type, id], .. } = &self.plain;
        // Large data takes its buffer along.
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
            self.open_line_again(&open, offset);
        } else {
            self.open_line_again(&text.as_bytes()[line..], offset);
        }
        text.clear();
        self.gathered.text = text;
    }

    fn open_line_again(&mut self, line: &[u8], end: u64) {
        if !line.is_empty() {
            // It is within the limit, and so nothing fails. One that was lowered meanwhile holds for what follows.
            let limit = mem::replace(&mut self.max_event_size, usize::MAX);
            let _ = self.open_line(line.into(), end - line.len() as u64, false);
            self.max_event_size = limit;
        }
    }
}

impl Gathered {
    /// The open line is whole. Tells how many bytes left the text; `None`: it is none that can be gathered.
    #[inline]
    fn end_line(&mut self, end: usize, block: &mut PlainBlock) -> Option<usize> {
        if self.open.is_none() && !self.decide(end) {
            return None;
        }
        let (field, value) = self.open.take()?;
        let again = block.has(field as usize);
        let PlainBlock { values, fields } = block;
        match field {
            // As `TextBuffer::join` does, in place.
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

    /// Finds out which field a line is that is whole or long enough for that. `false`: none that is gathered.
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

/// CR LF: a line that is gathered is longer than this.
const LONGEST_LINE_END: usize = 2;
