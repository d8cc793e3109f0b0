//! The fast path: a block as nearly all are.
//!
//! At most one `data: `, `event: ` and `id: ` line each, whole in the chunk, then the blank line. What is read
//! stays in registers until it is an event. Whatever else comes is left to the lines of [`cursor`]: nothing
//! is done here that would not be done there.
//!
//! [`cursor`]: super::cursor

use core::ops::Range;

use super::block::Part;
use super::cursor::{Cursor, Found, Step};
use super::decoder::Decoder;
use crate::event::EventRef;
use crate::wire::{holds_nul, is_line_end, next_line, plain_field, Field};

/// The parts of such a block. No value begins at 0, where its name stands: `0..0` is an absent one.
#[derive(Debug, Default)]
pub(super) struct PlainBlock {
    data: Range<usize>,
    event_type: Range<usize>,
    id: Range<usize>,
}

impl Cursor<'_> {
    /// Reads on to the next event, over comments and blank lines. `false`: the cursor stands at a line that is
    /// not plain, or at the chunk's end, and the decoder's block holds what came before it.
    #[inline]
    pub(super) fn plain_block(&mut self, decoder: &mut Decoder) -> bool {
        let (bytes, scan) = self.chunk.split();
        // A block in one chunk never counts more than that has bytes.
        if decoder.strict_utf8 || bytes.len() > decoder.max_event_size {
            return false;
        }
        let (mut data, mut event_type, mut id) = (0..0, 0..0, 0..0);
        let mut at = self.at;
        let blank = loop {
            if is_line_end(bytes, at) {
                at = next_line(bytes, at);
                if data.end + event_type.end + id.end > 0 {
                    break true;
                }
                // Nothing but comments: the next block may be plain.
                self.block_from = at;
                decoder.block.start = decoder.base + at as u64;
                continue;
            }
            let Some((field, value)) = plain_field(bytes, at) else { break false };
            let Some(end) = scan.line_end(bytes, value) else { break false };
            match field {
                Field::Data if data.end == 0 => data = value..end,
                Field::Event if event_type.end == 0 => event_type = value..end,
                Field::Id if id.end == 0 => id = value..end,
                Field::Comment => {}
                _ => break false,
            }
            at = next_line(bytes, end);
        };

        // The values end before the last two line ends.
        let extent = self.block_from..at.saturating_sub(2);
        let is_event = blank
            && data.end != 0
            && self.chunk.knows(&extent)
            && (id.end == 0 || !holds_nul(&self.chunk.bytes()[id.clone()]));
        self.at = at;
        if !is_event && data.end + event_type.end + id.end == 0 {
            return false;
        }
        decoder.plain = PlainBlock { data, event_type, id };
        if !is_event {
            return self.leave_to_lines(decoder, blank);
        }
        // [parse 11] The last event ID string takes the buffer's value.
        if decoder.plain.id.end != 0 {
            self.last_event_id = Some(decoder.plain.id.clone());
        }
        self.found = Found::Plain;
        true
    }

    /// Something is not plain: the lines so far are a block like any other.
    #[cold]
    fn leave_to_lines(&mut self, decoder: &mut Decoder, blank: bool) -> bool {
        let PlainBlock { data, event_type, id } = core::mem::take(&mut decoder.plain);
        let block = &mut decoder.block;
        block.begun = true;
        block.size = data.len() + event_type.len() + id.len() + usize::from(data.end != 0);
        if data.end != 0 {
            block.data = Part::Chunk(data);
        }
        if event_type.end != 0 {
            block.event_type = Part::Chunk(event_type);
        }
        // [parse 9] ignored when the value holds U+0000.
        if id.end != 0 && !holds_nul(&self.chunk.bytes()[id.clone()]) {
            block.id = Part::Chunk(id);
        }
        blank && self.blank_line::<false>(decoder) == Step::Found
    }

    #[inline(always)]
    pub(super) fn leave_plain_block(&mut self, decoder: &mut Decoder) {
        self.found = Found::Nothing;
        self.block_from = self.at;
        decoder.block.start = decoder.base + self.at as u64;
    }

    #[inline(always)]
    pub(super) fn plain_event<'a>(&'a self, decoder: &'a Decoder) -> EventRef<'a> {
        let PlainBlock { data, event_type, id } = &decoder.plain;
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
