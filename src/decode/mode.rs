//! The way to the next event: the quickest one that the chunk and the decoder allow.

use super::cursor::{Cursor, Step};
use super::decoder::Decoder;
use super::open_line::Place;
use super::wanted::Wanted;
use crate::error::DecodeError;
use crate::wire::{next_line, Glance};

/// How the next step goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Between two blocks: the next one may be plain.
    Blocks,
    /// Line by line.
    Lines,
    /// A small chunk.
    Small,
    /// The chunk has been read, and what the next one must know has moved to the decoder.
    Dry,
}

impl Mode {
    #[inline]
    pub(super) fn first(decoder: &Decoder, len: usize) -> Self {
        match len {
            0..=Glance::MOST => Mode::Small,
            len if decoder.is_between_blocks() && decoder.allows_plain_blocks(len) => Mode::Blocks,
            _ => Mode::Lines,
        }
    }
}

impl Cursor<'_> {
    /// Reads on to the next event, or to whatever else is wanted. `false`: the chunk has been read.
    #[inline(always)]
    pub(super) fn step<W: Wanted>(&mut self, decoder: &mut Decoder) -> Result<bool, DecodeError> {
        if !W::FRAMES {
            if let Some(is_event) = self.step_in_blocks(decoder) {
                return Ok(is_event);
            }
        }
        self.step_otherwise::<W>(decoder)
    }

    /// As [`step`](Self::step), where all is plain. `None`: it is not.
    #[inline(always)]
    pub(super) fn step_in_blocks(&mut self, decoder: &mut Decoder) -> Option<bool> {
        if self.mode != Mode::Blocks {
            return None;
        }
        if self.at == self.chunk.bytes().len() {
            self.end_between_blocks(decoder);
            return Some(false);
        }
        self.plain_block(decoder).then_some(true)
    }

    #[inline(never)]
    pub(super) fn step_otherwise<W: Wanted>(&mut self, decoder: &mut Decoder) -> Result<bool, DecodeError> {
        match self.mode {
            // Behind nothing but comments.
            Mode::Blocks if self.at == self.chunk.bytes().len() => {
                self.end_between_blocks(decoder);
                Ok(false)
            }
            Mode::Blocks => self.step_by_lines::<W>(decoder, false),
            Mode::Small if !W::FRAMES && !W::PIECES => self.step_in_small(decoder),
            Mode::Dry => Ok(false),
            Mode::Lines | Mode::Small => self.step_by_lines::<W>(decoder, !W::FRAMES),
        }
    }

    #[inline(never)]
    pub(super) fn step_by_lines<W: Wanted>(
        &mut self,
        decoder: &mut Decoder,
        mut may_be_plain: bool,
    ) -> Result<bool, DecodeError> {
        self.mode = Mode::Lines;
        self.leave_found(decoder);
        if decoder.place != Place::Line {
            let step = self.resume::<W>(decoder);
            self.block_from = self.at;
            match step? {
                Step::GoOn => {}
                Step::Found => return Ok(true),
                Step::Dry => {
                    self.mode = Mode::Dry;
                    return Ok(false);
                }
            }
        }
        let allowed = !W::FRAMES && decoder.allows_plain_blocks(self.chunk.bytes().len());
        loop {
            if allowed && may_be_plain && !decoder.block.begun && self.plain_block(decoder) {
                return Ok(true);
            }
            may_be_plain = true;
            let Some(end) = self.chunk.line_end(&mut decoder.line_ends, self.at) else {
                return self.keep_rest::<W>(decoder);
            };
            let line = self.at..end;
            self.at = next_line(self.chunk.bytes(), end);
            let step = match line.is_empty() {
                true => self.blank_line::<W>(decoder),
                false => self.line::<W>(decoder, line)?,
            };
            if step == Step::Found {
                return Ok(true);
            }
        }
    }
}
