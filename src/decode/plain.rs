//! The fast path: a block as nearly all are.
//!
//! `data: ` lines, at most one `event: ` and one `id: ` line, whole in the chunk, comments among them, then the
//! blank line. What is read stays in registers until it is an event, and the scan of the chunk with it: that is
//! why all of it is one [`Search`]. Whatever else comes is left to the lines of [`cursor`]: nothing is done here
//! that would not be done there.
//!
//! [`cursor`]: super::cursor

use core::ops::Range;

use super::block::Part;
use super::cursor::{Cursor, Found, Mode, Step};
use super::decoder::Decoder;
use super::wanted::OnlyEvents;
use crate::event::EventRef;
use crate::wire::{holds_nul, is_line_end, next_line, plain_field, run, Backend, Field, Search};

/// The values of such a block, by their field. No value begins at 0, where its name stands: `0..0` is an absent
/// one. What a comment says stands there too, until the next one.
#[derive(Debug, Default)]
pub(super) struct PlainBlock {
    pub(super) values: [Range<usize>; 4],
}

pub(super) const DATA: usize = Field::Data as usize;
pub(super) const EVENT: usize = Field::Event as usize;
pub(super) const ID: usize = Field::Id as usize;

/// Reads one such block.
struct ReadPlain<'a, 'c> {
    cursor: &'a mut Cursor<'c>,
    decoder: &'a mut Decoder,
}

impl Search for ReadPlain<'_, '_> {
    type Found = bool;

    #[inline(always)]
    fn run_with<B: Backend>(self) -> bool {
        self.cursor.read_plain_block::<B>(self.decoder)
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
    /// Reads on to the next event, over comments and blank lines. `false`: the cursor stands at a line that is
    /// not plain, or at the chunk's end, and the decoder's block holds what came before it.
    #[inline]
    pub(super) fn plain_block(&mut self, decoder: &mut Decoder) -> bool {
        run(ReadPlain { cursor: self, decoder })
    }

    #[inline(always)]
    fn read_plain_block<B: Backend>(&mut self, decoder: &mut Decoder) -> bool {
        let (bytes, kept_scan) = self.chunk.split();
        let mut scan = *kept_scan;
        let mut values = [0..0, 0..0, 0..0, 0..0];
        let mut fields = 0;
        let mut joined = false;
        let mut at = self.at;
        let blank = loop {
            if is_line_end(bytes, at) {
                at = next_line(bytes, at);
                if fields != 0 {
                    break true;
                }
                // Nothing but comments: the next block may be plain.
                self.block_from = at;
                decoder.block.start = decoder.base + at as u64;
                continue;
            }
            let Some((field, value)) = plain_field(bytes, at) else { break false };
            let bit = 1 << field as usize & !(1 << Field::Comment as usize);
            let again = fields & bit != 0;
            // Only comments and data may come twice.
            if again && field != Field::Data {
                break false;
            }
            let Some(end) = scan.line_end_with::<B>(bytes, value) else { break false };
            if again {
                if !joined {
                    decoder.data.extend(bytes[values[DATA].clone()].into());
                    joined = true;
                }
                decoder.join_data(bytes[value..end].into());
            } else {
                fields |= bit;
                values[field as usize & 3] = value..end;
            }
            at = next_line(bytes, end);
        };

        *kept_scan = scan;
        self.at = at;
        if fields == 0 {
            return false;
        }
        // The values end before the last two line ends.
        let extent = self.block_from..at.saturating_sub(2);
        let is_event = blank
            && !joined
            && fields & 1 << DATA != 0
            && self.check(decoder, &extent).is_ok()
            && (fields & 1 << ID == 0 || !holds_nul(&self.chunk.bytes()[values[ID].clone()]));
        // [parse 11] The last event ID string takes the buffer's value.
        if is_event && fields & 1 << ID != 0 {
            self.last_event_id = Some(values[ID].clone());
        }
        decoder.plain = PlainBlock { values };
        if !is_event {
            return self.leave_to_lines(decoder, joined, blank);
        }
        self.found = Found::Plain;
        self.mode = Mode::Blocks;
        self.block_from = at;
        decoder.block.start = decoder.base + at as u64;
        true
    }

    /// Something is not plain: the lines so far are a block like any other.
    #[inline(never)]
    fn leave_to_lines(&mut self, decoder: &mut Decoder, joined: bool, blank: bool) -> bool {
        self.mode = Mode::Lines;
        let [data, event_type, id, _] = core::mem::take(&mut decoder.plain.values);
        let block = &mut decoder.block;
        block.begun = true;
        block.size = event_type.len() + id.len();
        if joined {
            block.size += decoder.data.len() + 1;
            block.data = Part::Buffer;
        } else if data.end != 0 {
            block.size += data.len() + 1;
            block.data = Part::Chunk(data);
        }
        if event_type.end != 0 {
            block.event_type = Part::Chunk(event_type);
        }
        // [parse 9] ignored when the value holds U+0000.
        if id.end != 0 && !holds_nul(&self.chunk.bytes()[id.clone()]) {
            block.id = Part::Chunk(id);
        }
        blank && self.blank_line::<OnlyEvents>(decoder) == Step::Found
    }

    #[inline(always)]
    pub(super) fn plain_event<'a>(&'a self, decoder: &'a Decoder) -> EventRef<'a> {
        let [data, event_type, id, _] = &decoder.plain.values;
        EventRef {
            event_type: match event_type.end {
                0 => "",
                _ => self.chunk.text(event_type),
            },
            data: Some(self.chunk.text(data)),
            last_event_id: self.last_event_id(decoder),
            has_id: id.end != 0,
            chunk: self.chunk.shared(),
        }
    }
}
