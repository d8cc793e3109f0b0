//! The fast path of small chunks: a block as nearly all are, gathered as it stands on the wire.
//!
//! Its lines are not taken apart while they come. They stand behind each other in one buffer, the data lines joined,
//! and ranges of it become the event at the blank line. Whatever is not `data`, `event` or `id` ends this: what was
//! gathered moves to the buffers of the fields, and the block goes on line by line.

use core::mem;

use super::block::Part;
use super::decoder::Decoder;
use super::open_line::Place;
use super::plain::{PlainBlock, DATA, EVENT, ID};
use crate::event::{EventRef, HeadRef};
use crate::text::{Piece, TextBuffer, Utf8Bytes, WORTH_SHARING};
use crate::wire::{ends_line, holds_nul, next_line, plain_field, Field, Glance, Start, CR, LF, LONGEST_NAME};

/// The lines of a block so far; the values of those that are whole are the decoder's plain block.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    text: TextBuffer,
    /// Where the open line begins.
    line: usize,
    /// The field of the open line and where its value begins, once that is decided.
    open: Option<(Field, usize)>,
}

impl Gathered {
    pub(super) fn text_mut(&mut self) -> &mut TextBuffer {
        &mut self.text
    }

    #[inline]
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.line = 0;
        self.open = None;
    }

    /// Whether the last whole line ends with a CR that may be half of a line end.
    fn ends_with_cr(&self) -> bool {
        self.line > 0 && self.text.as_bytes()[self.line - 1] == CR
    }
}

impl Decoder {
    /// Whether a block is to be gathered that begins here, at the start of a line. One that is whole is lent from where it
    /// stands; with strictness, each line has to be looked at by itself.
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
        // How far a byte of the chunk is from where it stands in the text.
        let mut shift = gathered.text.len().wrapping_sub(at);
        gathered.text.extend(Piece::of_glance(glance, at..bytes.len()));
        let is_gathering = loop {
            if gathered.line == at.wrapping_add(shift) {
                match bytes.get(at) {
                    Some(b'd' | b'e' | b'i') => {}
                    None => break true,
                    // [parse 3] An LF behind a CR belongs to it, also in another chunk.
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
            // [parse 11] The last event ID string takes the buffer's value.
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
        self.place = match gathered.ends_with_cr() {
            true => Place::AfterCr,
            false => Place::Line,
        };
        let Gathered { mut text, line, .. } = gathered;
        let PlainBlock { values: [data, event_type, id], .. } = &self.plain;
        // Large data takes its buffer along.
        let is_moved = self.plain.has(DATA) && data.len() >= WORTH_SHARING;
        let fields = [
            (DATA, data, &mut self.block.data, &mut self.data, 1),
            (EVENT, event_type, &mut self.block.event_type, &mut self.event_type, 0),
            (ID, id, &mut self.block.id, &mut self.id, 0),
        ];
        for (field, value, part, buffer, line_end) in fields {
            if self.plain.has(field) {
                if field != DATA || !is_moved {
                    buffer.extend(text.as_bytes()[value.clone()].into());
                }
                *part = Part::Buffer;
                self.block.begun = true;
                self.block.size += value.len() + line_end;
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
            // [parse 8] Each line is appended, with an LF.
            Field::Data if again && self.line - values[DATA].end <= LONGEST_LINE_END => {
                let joint = values[DATA].end;
                self.text.set_lf(joint);
                self.text.remove(joint + 1..value);
                let removed = value - joint - 1;
                values[DATA].end = end - removed;
                return Some(removed);
            }
            _ if again => return None,
            // [parse 9] ignored when the value holds U+0000.
            Field::Id if holds_nul(&self.text.as_bytes()[value..end]) => return None,
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
