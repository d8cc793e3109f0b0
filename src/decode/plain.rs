//! The fast path: a block as nearly all are.
//!
//! `data: ` lines, at most one `event: ` and one `id: ` line, whole in the chunk, comments among them, then the
//! blank line. Whatever else comes is left to the lines of [`cursor`]: nothing is done here that would not be
//! done there.
//!
//! [`cursor`]: super::cursor

use core::ops::Range;

use super::block::Part;
use super::cursor::{Cursor, Found};
use super::decoder::Decoder;
use super::mode::Mode;
use crate::event::{EventRef, HeadRef};
use crate::wire::{holds_nul, next_line, plain_field, Field};

/// The values of such a block, by their field.
#[derive(Debug, Default)]
pub(super) struct PlainBlock {
    pub(super) values: [Range<usize>; 3],
    /// Which of them the block has, a bit each; others mean nothing.
    pub(super) fields: u8,
}

pub(super) const DATA: usize = Field::Data as usize;
pub(super) const EVENT: usize = Field::Event as usize;
pub(super) const ID: usize = Field::Id as usize;

impl PlainBlock {
    #[inline(always)]
    pub(super) fn has(&self, field: usize) -> bool {
        self.fields & 1 << field != 0
    }
}

impl Decoder {
    /// Whether blocks of a chunk of this size may be read here.
    #[inline(always)]
    pub(super) fn allows_plain_blocks(&self, len: usize) -> bool {
        // A block in one chunk never counts more than that has bytes.
        !self.strict_utf8 && len <= self.max_event_size
    }
}

impl Cursor<'_> {
    /// Reads on to the next event, over comments and blank lines. `false`: the cursor stands at a line that is not plain,
    /// at the blank line of a block that is not, or at the chunk's end, and the decoder's block holds what came before.
    #[inline(never)]
    pub(super) fn plain_block(&mut self, decoder: &mut Decoder) -> bool {
        let mut lines = self.chunk.lines();
        let bytes = lines.bytes();
        let Decoder { line_ends, plain: PlainBlock { values, .. }, data, .. } = decoder;
        let mut fields = 0;
        let mut joined = false;
        let mut at = self.at;
        let ended_at = loop {
            let Some(end) = lines.line_end(line_ends, at) else { break None };
            if end == at {
                if fields != 0 {
                    break Some(next_line(bytes, end));
                }
                // Nothing but comments: the next block may be plain.
                line_ends.pass();
                at = next_line(bytes, end);
                self.block_from = at;
                decoder.block.start = decoder.base + at as u64;
                continue;
            }
            match plain_field(bytes, at) {
                Some((Field::Data, value)) if fields & 1 << DATA == 0 => {
                    fields |= 1 << DATA;
                    values[DATA] = value..end;
                }
                Some((Field::Data, value)) => {
                    if !joined {
                        data.extend(lines.piece(values[DATA].clone()));
                        joined = true;
                    }
                    data.join(lines.piece(value..end));
                }
                Some((Field::Event, value)) if fields & 1 << EVENT == 0 => {
                    fields |= 1 << EVENT;
                    values[EVENT] = value..end;
                }
                Some((Field::Id, value)) if fields & 1 << ID == 0 => {
                    fields |= 1 << ID;
                    values[ID] = value..end;
                }
                Some((Field::Comment, _)) => {}
                _ => break None,
            }
            line_ends.pass();
            at = next_line(bytes, end);
        };

        self.at = at;
        decoder.plain.fields = fields;
        let Some(behind) = ended_at.filter(|_| !joined && self.is_event(decoder)) else {
            self.leave_to_lines(decoder, joined);
            return false;
        };
        // [parse 11] The last event ID string takes the buffer's value.
        if decoder.plain.has(ID) {
            self.last_event_id = Some(decoder.plain.values[ID].clone());
        }
        decoder.line_ends.pass();
        self.found = Found::Plain;
        self.mode = Mode::Blocks;
        self.at = behind;
        self.block_from = behind;
        decoder.block.start = decoder.base + behind as u64;
        true
    }

    /// Whether the block that ends here is an event that can be lent as it is.
    #[inline(always)]
    fn is_event(&mut self, decoder: &mut Decoder) -> bool {
        let block = self.block_from..self.at;
        decoder.plain.has(DATA)
            && self.check(decoder, &block).is_ok()
            && !(decoder.plain.has(ID) && holds_nul(&self.chunk.bytes()[decoder.plain.values[ID].clone()]))
    }

    /// Something is not plain: the lines so far are a block like any other.
    #[inline(never)]
    fn leave_to_lines(&mut self, decoder: &mut Decoder, joined: bool) {
        if decoder.plain.fields == 0 {
            return;
        }
        self.mode = Mode::Lines;
        let PlainBlock { values: [data, event_type, id], fields } = core::mem::take(&mut decoder.plain);
        let has = |field: usize| fields & 1 << field != 0;
        let block = &mut decoder.block;
        block.begun = true;
        if joined {
            block.size += decoder.data.len() + 1;
            block.data = Part::Buffer;
        } else if has(DATA) {
            block.size += data.len() + 1;
            block.data = Part::Chunk(data);
        }
        if has(EVENT) {
            block.size += event_type.len();
            block.event_type = Part::Chunk(event_type);
        }
        if has(ID) {
            block.size += id.len();
            // [parse 9] ignored when the value holds U+0000.
            if !holds_nul(&self.chunk.bytes()[id.clone()]) {
                block.id = Part::Chunk(id);
            }
        }
    }

    #[inline(always)]
    pub(super) fn plain_event<'a>(&'a self, decoder: &'a Decoder) -> EventRef<'a> {
        let [data, event_type, ..] = &decoder.plain.values;
        let event_type = if decoder.plain.has(EVENT) { self.chunk.text(event_type) } else { "" };
        let head = HeadRef::new(event_type, self.last_event_id(decoder), decoder.plain.has(ID), None);
        EventRef { head, data: self.chunk.text(data), chunk: self.chunk.shared() }
    }
}
