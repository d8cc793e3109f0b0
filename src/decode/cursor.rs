//! One chunk, and what its lines do.

use core::mem;
use core::ops::Range;

use super::block::{Block, Part};
use super::decoder::Decoder;
use super::mode::Mode;
use super::wanted::Wanted;
use crate::error::DecodeError;
use crate::text::{Chunk, TextBuffer};
use crate::wire::{field_of, holds_nul, Digits, Field};

/// A chunk and how far it was read.
///
/// It holds no borrow of the decoder, so that those who own both can refill and go on. It must be used with
/// the one decoder that it was made for, until [`close`](Self::close).
#[derive(Debug)]
pub(super) struct Cursor<'c> {
    pub(super) chunk: Chunk<'c>,
    /// The first byte that was not read.
    pub(super) at: usize,
    pub(super) mode: Mode,
    /// The first line of the block that lies whole in the chunk.
    pub(super) block_from: usize,
    /// The last event ID, when a block of this chunk has set it; the decoder takes it over at the end.
    pub(super) last_event_id: Option<Range<usize>>,
    pub(super) found: Found,
}

/// What the last step has found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    /// An event that the fast path has read: the decoder's plain block.
    Plain,
    /// An event: what the decoder has gathered.
    Gathered,
    /// An event: the decoder's block.
    Event,
    /// The decoder's block, which is no event.
    BlockWithoutData,
    Comment(Part),
    Retry(u64),
    Unknown(Part),
    /// A piece of the data, which has moved to the decoder's `open`.
    DataPiece,
    /// The decoder's block, whose first data was found in pieces.
    EndOfPieces,
}

/// What a line has led to.
#[derive(PartialEq, Eq)]
pub(super) enum Step {
    GoOn,
    Found,
    /// The chunk has been read.
    Dry,
}

impl<'c> Cursor<'c> {
    #[inline]
    pub(super) fn new(decoder: &Decoder, chunk: Chunk<'c>) -> Self {
        let mode = Mode::first(decoder, chunk.bytes().len());
        Cursor { chunk, at: 0, mode, block_from: 0, last_event_id: None, found: Found::Nothing }
    }

    /// As [`new`](Self::new), in the place of a cursor that was closed.
    #[inline]
    pub(super) fn reopen(&mut self, decoder: &Decoder, chunk: Chunk<'c>) {
        self.mode = Mode::first(decoder, chunk.bytes().len());
        self.chunk = chunk;
        self.at = 0;
        self.block_from = 0;
        self.last_event_id = None;
        self.found = Found::Nothing;
    }

    /// Nothing to read.
    pub(super) fn dry() -> Self {
        let chunk = Chunk::from(b"");
        Cursor { chunk, at: 0, mode: Mode::Dry, block_from: 0, last_event_id: None, found: Found::Nothing }
    }

    /// A line that lies whole in the chunk.
    #[inline]
    pub(super) fn line<W: Wanted>(
        &mut self,
        decoder: &mut Decoder,
        line: Range<usize>,
    ) -> Result<Step, DecodeError> {
        let bytes = self.chunk.bytes();
        let (field, value) = field_of(&bytes[line.clone()]);
        let value = line.start + value..line.end;
        match field {
            Field::Comment | Field::Unknown if W::FRAMES => {
                return self.whole_line_frame(decoder, field, value)
            }
            Field::Comment | Field::Unknown => return Ok(Step::GoOn),
            Field::Retry => {
                let digits = Digits::Empty.and(&bytes[value]);
                return Ok(self.retry::<W>(decoder, digits));
            }
            Field::Data | Field::Event | Field::Id if decoder.block.given_up => return Ok(Step::GoOn),
            Field::Data | Field::Event | Field::Id => {}
        }

        decoder.block.begun = true;
        // A line end in the data buffer counts, as the standard appends one to every line.
        let size = value.len() + usize::from(field == Field::Data);
        if let Err(room) = decoder.block.count(size, decoder.max_event_size) {
            let error = decoder.too_large(decoder.base + (value.start + room) as u64);
            decoder.give_up();
            return Err(error);
        }
        if decoder.strict_utf8 {
            if let Err(at) = self.check(decoder, &value) {
                let error = decoder.invalid_utf8(decoder.base + at as u64);
                decoder.give_up();
                return Err(error);
            }
        }

        let bytes = self.chunk.bytes();
        match field {
            // [parse 8] the value and one LF are appended; the last LF is never kept, [parse 13] removes it.
            Field::Data => {
                let end = value.end;
                match &decoder.block.data {
                    Part::Absent => decoder.block.data = Part::Chunk(value),
                    Part::Chunk(first) => {
                        decoder.data.extend(self.chunk.piece(first));
                        decoder.data.join(self.chunk.piece(&value));
                        decoder.block.data = Part::Buffer;
                    }
                    Part::Buffer => decoder.data.join(self.chunk.piece(&value)),
                }
                return self.data_piece::<W>(decoder, end);
            }
            // [parse 7] the last one wins.
            Field::Event => replace(&mut decoder.block.event_type, value, &mut decoder.event_type),
            // [parse 9] ignored when the value holds U+0000.
            _ if holds_nul(&bytes[value.clone()]) => {}
            _ => replace(&mut decoder.block.id, value, &mut decoder.id),
        }
        Ok(Step::GoOn)
    }

    pub(super) fn retry<W: Wanted>(&mut self, decoder: &mut Decoder, digits: Digits) -> Step {
        match decoder.end_retry(digits) {
            Some(millis) if W::FRAMES => {
                self.found = Found::Retry(millis);
                Step::Found
            }
            _ => Step::GoOn,
        }
    }

    /// A comment or an unknown field that was asked for.
    fn whole_line_frame(
        &mut self,
        decoder: &mut Decoder,
        field: Field,
        text: Range<usize>,
    ) -> Result<Step, DecodeError> {
        if text.len() > decoder.max_event_size {
            let offset = decoder.base + (text.start + decoder.max_event_size) as u64;
            return Err(decoder.too_large(offset));
        }
        let mut part = Part::Chunk(text.clone());
        if self.check(decoder, &text).is_err() {
            move_to_buffer(&mut part, &self.chunk, &mut decoder.open);
            decoder.open.check();
        }
        self.found = line_frame(field, part);
        Ok(Step::Found)
    }

    /// An empty line dispatches.
    #[inline]
    pub(super) fn blank_line<W: Wanted>(&mut self, decoder: &mut Decoder) -> Step {
        if !decoder.block.begun && !W::FRAMES {
            self.leave_block(decoder);
            return Step::GoOn;
        }
        // The values end before the last two line ends.
        let extent = self.block_from..self.block_from.max(self.at.saturating_sub(2));
        if self.check(decoder, &extent).is_err() {
            self.move_to_buffers(decoder);
        }
        self.dispatch::<W>(decoder)
    }

    /// A blank line has ended the block, and what lies of it in the chunk is UTF-8.
    #[inline]
    pub(super) fn dispatch<W: Wanted>(&mut self, decoder: &mut Decoder) -> Step {
        let Block { given_up, in_pieces, .. } = decoder.block;
        if given_up || in_pieces && !W::PIECES {
            self.leave_block(decoder);
            return Step::GoOn;
        }

        // [parse 11] The last event ID string takes the buffer's value.
        match &decoder.block.id {
            Part::Absent => {}
            Part::Chunk(id) => self.last_event_id = Some(id.clone()),
            Part::Buffer => {
                decoder.id.check();
                mem::swap(&mut decoder.last_event_id, &mut decoder.id);
                self.last_event_id = None;
            }
        }
        // [parse 12] Without a data field nothing is dispatched and the event type is forgotten.
        if decoder.block.data == Part::Absent {
            // A blank line that the server left out ends a block, or is nothing.
            let is_made_up = decoder.finished.is_some() && !decoder.block.holds_something();
            if (W::FRAMES || decoder.reports_blocks) && !is_made_up {
                decoder.event_type.check();
                self.found = Found::BlockWithoutData;
                return Step::Found;
            }
            self.leave_block(decoder);
            return Step::GoOn;
        }
        // [parse 13] The event: its data is joined without a last LF, its type is `message` when it is empty.
        if decoder.block.data == Part::Buffer {
            decoder.data.check();
        }
        if decoder.block.event_type == Part::Buffer {
            decoder.event_type.check();
        }
        self.found = match in_pieces {
            true => Found::EndOfPieces,
            false => Found::Event,
        };
        Step::Found
    }

    /// What was found has been seen: it leaves the buffers.
    pub(super) fn leave_found(&mut self, decoder: &mut Decoder) {
        match self.found {
            Found::Nothing | Found::Plain => {}
            Found::Event | Found::BlockWithoutData | Found::EndOfPieces => self.leave_block(decoder),
            Found::Gathered => {
                decoder.gathered.clear();
                self.leave_block(decoder);
            }
            Found::Comment(_) | Found::Unknown(_) | Found::DataPiece => decoder.open.clear(),
            Found::Retry(_) => {}
        }
        self.found = Found::Nothing;
    }

    /// The next block begins behind the blank line.
    #[inline]
    fn leave_block(&mut self, decoder: &mut Decoder) {
        self.block_from = self.at;
        decoder.begin_block(decoder.base + self.at as u64);
    }

    /// Whether this part of the chunk is UTF-8; `Err` holds the first byte that is not.
    #[inline(always)]
    pub(super) fn check(&mut self, decoder: &mut Decoder, part: &Range<usize>) -> Result<(), usize> {
        match self.chunk.knows(part) {
            true => Ok(()),
            false => self.find_out(decoder, part),
        }
    }

    #[cold]
    #[inline(never)]
    fn find_out(&mut self, decoder: &mut Decoder, part: &Range<usize>) -> Result<(), usize> {
        // The chunk is about to forget what it knew, and with it that the last event ID is text.
        self.keep_last_event_id(decoder);
        self.chunk.check(part)
    }

    /// Some of the block is not UTF-8: each value goes where it can be repaired by itself.
    pub(super) fn move_to_buffers(&self, decoder: &mut Decoder) {
        let block = &mut decoder.block;
        move_to_buffer(&mut block.data, &self.chunk, &mut decoder.data);
        move_to_buffer(&mut block.event_type, &self.chunk, &mut decoder.event_type);
        move_to_buffer(&mut block.id, &self.chunk, &mut decoder.id);
    }

    #[inline]
    pub(super) fn keep_last_event_id(&mut self, decoder: &mut Decoder) {
        if let Some(id) = self.last_event_id.take() {
            decoder.last_event_id.set(self.chunk.text(&id));
        }
    }
}

pub(super) fn line_frame(field: Field, text: Part) -> Found {
    match field {
        Field::Comment => Found::Comment(text),
        _ => Found::Unknown(text),
    }
}

#[inline]
fn replace(part: &mut Part, value: Range<usize>, buffer: &mut TextBuffer) {
    if *part == Part::Buffer {
        buffer.clear();
    }
    *part = Part::Chunk(value);
}

fn move_to_buffer(part: &mut Part, chunk: &Chunk<'_>, buffer: &mut TextBuffer) {
    if let Part::Chunk(range) = part {
        buffer.clear();
        buffer.extend(chunk.piece(range));
        *part = Part::Buffer;
    }
}
