//! The limit of a block in bytes as received.
//!
//! A chunk in which a block can reach the limit is cut there, and read in parts. So nothing has to count within a part,
//! and a chunk without such a block is not read in another way: the next block begins later, and so ends later too.

use core::mem;

use super::cursor::Cursor;
use super::state::{Place, State};
use super::step::Mode;
use super::wanted::Wanted;
use crate::error::{DecodeError, DecodeErrorKind};
use crate::text::Chunk;
use crate::wire::{ends_line, BOM, CR, LF};

impl State {
    /// Limits a block; `usize::MAX` for no limit. A lower limit also applies to the block being read.
    pub(super) fn set_max_block_size(&mut self, bytes: usize) {
        if bytes == usize::MAX {
            self.block_limit = None;
        } else {
            // A byte order mark belongs to no block, but that is known only after its last byte.
            self.block_limit.get_or_insert_with(Default::default).bytes = bytes.max(BOM.len());
        }
        self.settle();
    }

    pub(super) fn max_block_size(&self) -> usize {
        self.block_limit.as_ref().map_or(usize::MAX, |limit| limit.bytes)
    }

    /// Whether the chunk was cut: other bytes follow the part that the cursor reads.
    #[inline(always)]
    pub(super) fn has_later(&self) -> bool {
        self.block_limit.as_ref().is_some_and(|limit| !limit.later.is_empty())
    }

    /// Returns the first part of a chunk, at whose end the block has reached its limit, and keeps the rest. That is the
    /// whole chunk if no block can exceed the limit in it. The last `made_up` bytes do not count.
    pub(super) fn cut<'c>(&mut self, mut chunk: Chunk<'c>, made_up: usize) -> Chunk<'c> {
        let Some(limit) = &self.block_limit else { return chunk };
        if limit.skips {
            let skipped = self.skip_block(chunk.bytes());
            chunk = chunk.without_first(skipped);
            self.base += skipped as u64;
        }
        let room = self.block_end().saturating_sub(self.base);
        let counted = chunk.bytes().len().saturating_sub(made_up);
        if let Some(limit) = &mut self.block_limit {
            limit.made_up = made_up;
            if counted as u64 > room {
                limit.later = chunk.split_off(room as usize);
            }
        }
        chunk
    }

    /// Returns the offset of the first byte that is over the limit, unless it belongs to the next block.
    fn block_end(&self) -> u64 {
        self.block.start.saturating_add(self.max_block_size() as u64)
    }

    /// Rejects the block if it has reached its limit, now that another byte follows. A block that was rejected already
    /// causes no second error.
    fn check_block(&mut self) -> Result<(), DecodeError> {
        if self.base < self.block_end() {
            return Ok(());
        }
        let kind = DecodeErrorKind::BlockTooLarge { limit: self.max_block_size() };
        let error = DecodeError::new(kind, self.block.start, self.base);
        let was_given_up = self.block.given_up;
        self.place = match self.place {
            Place::Line | Place::AfterCr => self.place,
            Place::Gathering if self.gathered.line < self.gathered.text.len() => Place::Skipped,
            Place::Gathering if self.gathered.ends_with_cr() => Place::AfterCr,
            Place::Gathering => Place::Line,
            _ => Place::Skipped,
        };
        self.prefix.clear();
        self.give_up();
        if let Some(limit) = &mut self.block_limit {
            limit.skips = true;
        }
        if was_given_up {
            Ok(())
        } else {
            Err(error)
        }
    }

    /// Skips the block up to its blank line, with its comments and reconnection times. Returns the number of bytes.
    fn skip_block(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        while let Some(&next) = bytes.get(at) {
            match self.place {
                Place::AfterCr => at += self.leave_cr(next, self.base + at as u64),
                Place::Line if ends_line(next) => {
                    at = self.begin_line(bytes, at);
                    self.begin_block(self.base + at as u64);
                    if let Some(limit) = &mut self.block_limit {
                        limit.skips = false;
                    }
                    break;
                }
                _ => match bytes[at..].iter().position(|byte| ends_line(*byte)) {
                    Some(len) => at = self.begin_line(bytes, at + len),
                    None => {
                        self.place = Place::Skipped;
                        at = bytes.len();
                    }
                },
            }
        }
        at
    }

    /// Leaves the rest of the cut chunk to the next one.
    pub(super) fn keep_later(&mut self) {
        if let Some(limit) = self.block_limit.as_mut().filter(|limit| !limit.later.is_empty()) {
            let later = mem::take(&mut limit.later);
            self.rest = self.after_rest(&later);
        }
    }

    pub(super) fn forget_later(&mut self) {
        if let Some(limit) = &mut self.block_limit {
            limit.later.clear();
        }
    }
}

impl Cursor<'_> {
    /// Does the same as [`step`](Self::step) for a chunk that was cut.
    #[cold]
    #[inline(never)]
    pub(super) fn step_in_parts<W: Wanted>(&mut self, state: &mut State) -> Result<bool, DecodeError> {
        while self.mode == Mode::Parts {
            let step = self.step_by_lines::<W>(state, true);
            if step != Ok(false) {
                self.mode = Mode::Parts;
                return step;
            }
            self.open_next_part(state)?;
        }
        self.step::<W>(state)
    }

    /// Whether the part ends inside a CR LF, whose LF is in the next part. A chunk that is not cut has it in its line
    /// end.
    #[cold]
    pub(super) fn is_before_lf(&self, state: &State) -> bool {
        let part = self.chunk.bytes();
        state.finished.is_none()
            && self.at == part.len()
            && part.last() == Some(&CR)
            && state.block_limit.as_ref().is_some_and(|limit| limit.later.first() == Some(&LF))
    }

    /// Replaces the part that was read with the next one.
    fn open_next_part(&mut self, state: &mut State) -> Result<(), DecodeError> {
        state.line_ends.clear();
        state.base += self.at as u64;
        let checked = state.check_block();
        let Some(limit) = &mut state.block_limit else { return checked };
        let (later, made_up) = (mem::take(&mut limit.later), limit.made_up);
        let part = state.cut(later.into(), made_up);
        self.reopen(state, part);
        checked
    }
}
