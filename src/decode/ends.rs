//! The two ends of a chunk: a line that was cut before it, a line that is cut by it.

use super::block::Part;
use super::cursor::{line_frame, Cursor, Found, Step};
use super::decoder::Decoder;
use super::mode::Mode;
use super::open_line::{place_at, Place};
use super::wanted::Wanted;
use crate::error::DecodeError;
use crate::wire::{ends_line, next_line, Field, BOM};

impl Cursor<'_> {
    /// Goes on with the line that the last chunk has cut.
    pub(super) fn resume<W: Wanted>(&mut self, decoder: &mut Decoder) -> Result<Step, DecodeError> {
        loop {
            let bytes = self.chunk.bytes();
            let Some(&next) = bytes.get(self.at) else { return Ok(Step::Dry) };
            match decoder.place {
                Place::Line => return Ok(Step::GoOn),
                Place::Gathering => decoder.stop_gathering(decoder.base + self.at as u64),
                Place::Value(Field::Comment | Field::Unknown) if !W::FRAMES => {
                    decoder.open.clear();
                    decoder.place = Place::Skipped;
                }
                Place::Value(field) => return self.resume_value::<W>(decoder, field),
                Place::Skipped => match self.chunk.line_end(&mut decoder.line_ends, self.at) {
                    Some(end) => {
                        self.at = next_line(self.chunk.bytes(), end);
                        decoder.place = place_at(self.chunk.bytes(), self.at);
                    }
                    None => self.at = self.chunk.bytes().len(),
                },
                Place::AfterCr => self.at += decoder.leave_cr(next, decoder.base + self.at as u64),
                // [parse 2] Exactly one leading byte order mark is removed.
                Place::Bom => match decoder.prefix.as_bytes().len() {
                    seen if next == BOM[seen] => {
                        decoder.prefix.push(next);
                        self.at += 1;
                        if decoder.prefix.as_bytes() == BOM {
                            decoder.prefix.clear();
                            decoder.block.start = self.at as u64 + decoder.base;
                            decoder.place = Place::Line;
                        }
                    }
                    0 => decoder.place = Place::Line,
                    _ => decoder.place = Place::Name,
                },
                Place::Name => {
                    let is_line_end = ends_line(next);
                    self.at += usize::from(!is_line_end);
                    let read = decoder.base + self.at as u64;
                    match is_line_end {
                        true => decoder.end_name(read, W::FRAMES)?,
                        false => decoder.extend_name(next, read, W::FRAMES)?,
                    }
                }
            }
        }
    }

    fn resume_value<W: Wanted>(&mut self, decoder: &mut Decoder, field: Field) -> Result<Step, DecodeError> {
        let end = self.chunk.line_end(&mut decoder.line_ends, self.at);
        let bytes = self.chunk.bytes();
        let part = self.at..end.unwrap_or(bytes.len());
        self.at = part.end;
        decoder.extend_value(field, self.chunk.piece(&part), decoder.base + part.start as u64)?;
        if end.is_none() {
            return match self.data_piece::<W>(decoder, part.end)? {
                Step::Found => Ok(Step::Found),
                _ => Ok(Step::Dry),
            };
        }
        self.at = next_line(bytes, part.end);
        decoder.place = place_at(bytes, self.at);
        self.end_value::<W>(decoder, field, part.end)
    }

    /// The cut line is whole now.
    fn end_value<W: Wanted>(
        &mut self,
        decoder: &mut Decoder,
        field: Field,
        end: usize,
    ) -> Result<Step, DecodeError> {
        match field {
            Field::Retry => Ok(self.retry::<W>(decoder, decoder.open_retry)),
            Field::Comment | Field::Unknown => {
                decoder.open.check();
                self.found = line_frame(field, Part::Buffer);
                Ok(Step::Found)
            }
            Field::Data | Field::Event | Field::Id => {
                decoder.end_value(field, decoder.base + end as u64)?;
                self.data_piece::<W>(decoder, end)
            }
        }
    }

    /// The chunk ends where a block ended: the usual end of a chunk.
    #[inline(never)]
    pub(super) fn end_between_blocks(&mut self, decoder: &mut Decoder) {
        self.keep_last_event_id(decoder);
        decoder.place = place_at(self.chunk.bytes(), self.at);
        self.found = Found::Nothing;
        self.mode = Mode::Dry;
    }

    /// The chunk ends: what the next one must know moves to the decoder, in one copy. `true`: a piece was found.
    pub(super) fn keep_rest<W: Wanted>(&mut self, decoder: &mut Decoder) -> Result<bool, DecodeError> {
        self.keep_block(decoder);
        self.mode = Mode::Dry;
        let line = self.at..self.chunk.bytes().len();
        self.at = line.end;
        if line.is_empty() {
            decoder.place = place_at(self.chunk.bytes(), self.at);
            return Ok(false);
        }
        let offset = decoder.base + line.start as u64;
        decoder.open_line(self.chunk.piece(&line), offset, W::FRAMES)?;
        let is_found = self.data_piece::<W>(decoder, line.end)? == Step::Found;
        if is_found {
            self.mode = Mode::Lines;
        }
        Ok(is_found)
    }

    fn keep_block(&mut self, decoder: &mut Decoder) {
        self.keep_last_event_id(decoder);
        if decoder.block.is_in_chunk() {
            self.move_to_buffers(decoder);
        }
    }

    /// Gives the chunk back: what was read is kept, what was not is left to the next one.
    #[inline]
    pub(super) fn close(&mut self, decoder: &mut Decoder) {
        if self.mode != Mode::Dry {
            self.leave_unread(decoder);
        }
        decoder.line_ends.clear();
        decoder.base += self.at as u64;
        decoder.settle();
    }

    #[inline(never)]
    fn leave_unread(&mut self, decoder: &mut Decoder) {
        self.leave_found(decoder);
        self.keep_block(decoder);
        let bytes = self.chunk.bytes();
        if decoder.place == Place::Line {
            decoder.place = place_at(bytes, self.at);
        }
        if self.at < bytes.len() {
            decoder.rest = self.chunk.rest(self.at);
        }
    }
}
