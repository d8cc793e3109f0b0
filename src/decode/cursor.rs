//! `Cursor`: reads one chunk.
//!
//! Hard code ahead. `plain_block` is a fast path that reads whole blocks. It must decide nothing differently from
//! `line` and `dispatch`: a block that cannot be borrowed goes to `leave_to_lines`, which must leave the same state as
//! `line`. `at`, `block_from`, `mode` and `Block::start` change together wherever a block ends: in `plain_block`,
//! `leave_block` and `end_between_blocks`.

use core::ops::Range;

use bytes::Bytes;

use super::state::{
    move_to_buffer, place_at, replace, Block, Part, Place, PlainBlock, State, DATA, EVENT, ID,
};
use super::step::{line_frame, Found, Mode, Step};
use super::wanted::Wanted;
use crate::error::DecodeError;
use crate::event::{EventRef, HeadRef};
use crate::text::{Chunk, Scanned};
use crate::wire::{
    ends_line, field_of, is_ignored_id, is_line_end, next_line, plain_field, Digits, Field, BOM,
};

/// A chunk, and how far it has been read.
///
/// A cursor does not borrow the state, so that a type can own both and replace the chunk. It must be used only with the
/// state that it was made for, until [`close`](Self::close).
#[derive(Debug)]
pub(super) struct Cursor<'c> {
    pub(super) chunk: Scanned<'c>,
    /// The index of the first unread byte.
    pub(super) at: usize,
    pub(super) mode: Mode,
    /// The start of the first line of the block that lies whole in the chunk.
    pub(super) block_from: usize,
    /// The last event ID, if a block of this chunk has set it. It moves to the state before the chunk is gone.
    pub(super) last_event_id: Option<Range<usize>>,
    pub(super) found: Found,
}

impl<'c> Cursor<'c> {
    #[inline]
    pub(super) fn new(state: &State, chunk: Scanned<'c>) -> Self {
        let mode = Mode::first(state, chunk.bytes().len());
        Cursor { mode, ..Cursor::of(chunk) }
    }

    /// Makes a cursor with nothing to read.
    pub(super) fn dry() -> Self {
        Cursor::of(Chunk::from(b"").into())
    }

    #[inline(always)]
    fn of(chunk: Scanned<'c>) -> Self {
        Cursor { chunk, at: 0, mode: Mode::Dry, block_from: 0, last_event_id: None, found: Found::Nothing }
    }

    /// Replaces the chunk after [`close`](Self::close), when nothing is found and the state has the last event ID.
    #[inline]
    pub(super) fn reopen(&mut self, state: &State, chunk: Chunk<'c>) {
        self.mode = Mode::first(state, chunk.bytes().len());
        self.chunk.set(chunk);
        self.at = 0;
        self.block_from = 0;
    }

    /// Copies the next chunk into the memory of the last one. Called between [`close`](Self::close) and a reopen.
    #[inline]
    pub(super) fn copy_over(&mut self, chunk: &[u8]) -> Bytes {
        self.mode = Mode::Dry;
        self.at = 0;
        self.chunk.copy_over(chunk)
    }

    /// Replaces the chunk with a small one that directly follows the last. The first step decides how to read it.
    #[inline]
    pub(super) fn reopen_small(&mut self, chunk: Chunk<'c>) {
        self.mode = Mode::Fresh;
        self.chunk.set(chunk);
        self.at = 0;
    }

    /// Begins to read a small chunk, before the first step. Except for pieces, the state takes in as much as it can
    /// without a cursor. Returns `false` if that was the whole chunk.
    #[inline(always)]
    pub(super) fn open_small<W: Wanted>(&mut self, state: &mut State) -> bool {
        if self.mode != Mode::Fresh {
            return true;
        }
        if !W::PIECES {
            match state.take_in::<W>(self.chunk.bytes()) {
                Ok(()) => {
                    // These bytes are already counted in `State::base`.
                    self.chunk.remove_first(self.chunk.bytes().len());
                    self.mode = Mode::Dry;
                    return false;
                }
                Err(taken) => self.chunk.remove_first(taken),
            }
        }
        self.mode = Mode::Small;
        self.block_from = 0;
        true
    }

    /// Reads a line that lies whole in the chunk.
    #[inline]
    pub(super) fn line<W: Wanted>(
        &mut self,
        state: &mut State,
        line: Range<usize>,
    ) -> Result<Step, DecodeError> {
        let bytes = self.chunk.bytes();
        let (field, value) = field_of(&bytes[line.clone()]);
        let value = line.start + value..line.end;
        match field {
            Field::Comment | Field::Unknown if W::FRAMES => {
                return self.whole_line_frame(state, field, value)
            }
            Field::Comment | Field::Unknown => return Ok(Step::GoOn),
            Field::Retry => {
                let digits = Digits::Empty.and(&bytes[value]);
                return Ok(self.retry::<W>(state, digits));
            }
            Field::Data | Field::Event | Field::Id if state.block.given_up => return Ok(Step::GoOn),
            Field::Data | Field::Event | Field::Id => {}
        }

        state.block.begun = true;
        if let Err(room) = state.block.count(Block::weight(field, value.len()), state.max_event_size) {
            let error = state.too_large(state.base + (value.start + room) as u64);
            state.give_up();
            return Err(error);
        }
        if state.strict_utf8 {
            if let Err(at) = self.check(state, &value) {
                let error = state.invalid_utf8(state.base + at as u64);
                state.give_up();
                return Err(error);
            }
        }

        let bytes = self.chunk.bytes();
        match field {
            // [parse 8] The value and one LF are appended. The last LF is never stored, since [parse 13] removes it.
            Field::Data => {
                let end = value.end;
                match &state.block.data {
                    Part::Absent => state.block.data = Part::Chunk(value),
                    Part::Chunk(first) => {
                        state.data.extend(self.chunk.piece(first));
                        state.data.join(self.chunk.piece(&value));
                        state.block.data = Part::Buffer;
                    }
                    Part::Buffer => state.data.join(self.chunk.piece(&value)),
                }
                return self.data_piece::<W>(state, end);
            }
            // [parse 7] The last one wins.
            Field::Event => replace(&mut state.block.event_type, value, &mut state.event_type),
            _ if is_ignored_id(&bytes[value.clone()]) => {}
            _ => replace(&mut state.block.id, value, &mut state.id),
        }
        Ok(Step::GoOn)
    }

    pub(super) fn retry<W: Wanted>(&mut self, state: &mut State, digits: Digits) -> Step {
        match state.end_retry(digits) {
            Some(millis) if W::FRAMES => {
                self.found = Found::Retry(millis);
                Step::Found
            }
            _ => Step::GoOn,
        }
    }

    /// Finds a comment or an unknown field that lies whole in the chunk.
    fn whole_line_frame(
        &mut self,
        state: &mut State,
        field: Field,
        text: Range<usize>,
    ) -> Result<Step, DecodeError> {
        if text.len() > state.max_event_size {
            let offset = state.base + (text.start + state.max_event_size) as u64;
            return Err(state.too_large(offset));
        }
        let mut part = Part::Chunk(text.clone());
        if self.check(state, &text).is_err() {
            move_to_buffer(&mut part, &self.chunk, &mut state.open);
            state.open.check();
        }
        self.found = line_frame(field, part);
        Ok(Step::Found)
    }

    /// Reads a blank line, which ends the block.
    #[inline]
    pub(super) fn blank_line<W: Wanted>(&mut self, state: &mut State) -> Step {
        if !state.block.begun && !W::FRAMES {
            self.leave_block(state);
            return Step::GoOn;
        }
        // The last value ends at least two bytes before `at`, because two line ends follow it.
        let extent = self.block_from..self.block_from.max(self.at.saturating_sub(2));
        if self.check(state, &extent).is_err() {
            self.move_to_buffers(state);
        }
        self.dispatch::<W>(state)
    }

    /// Ends the block. Its values in the chunk must be UTF-8.
    #[inline]
    pub(super) fn dispatch<W: Wanted>(&mut self, state: &mut State) -> Step {
        let Block { given_up, in_pieces, .. } = state.block;
        if given_up || in_pieces && !W::PIECES {
            self.leave_block(state);
            return Step::GoOn;
        }

        // [parse 11] The last event ID takes the value of the ID buffer.
        match &state.block.id {
            Part::Absent => {}
            Part::Chunk(id) => self.last_event_id = Some(id.clone()),
            Part::Buffer => {
                state.keep_id();
                self.last_event_id = None;
            }
        }
        // [parse 12] Without a data field, nothing is dispatched and the event type is reset.
        if state.block.data == Part::Absent {
            // A blank line that the server left out counts only if it ends a block.
            let is_made_up = state.finished.is_some() && !state.block.holds_something();
            if (W::FRAMES || state.reports_blocks) && !is_made_up {
                state.event_type.check();
                self.found = Found::BlockWithoutData;
                return Step::Found;
            }
            self.leave_block(state);
            return Step::GoOn;
        }
        // [parse 13] The event: its data is joined without a final LF, and its type is `message` if it is empty.
        if state.block.data == Part::Buffer {
            state.data.check();
        }
        if state.block.event_type == Part::Buffer {
            state.event_type.check();
        }
        self.found = if in_pieces { Found::EndOfPieces } else { Found::Event };
        Step::Found
    }

    /// Removes the item that was found last from the buffers.
    pub(super) fn leave_found(&mut self, state: &mut State) {
        match self.found {
            Found::Nothing | Found::Plain => {}
            Found::Event | Found::BlockWithoutData | Found::EndOfPieces => self.leave_block(state),
            Found::Gathered => {
                state.gathered.clear();
                self.leave_block(state);
            }
            Found::Comment(_) | Found::Unknown(_) | Found::DataPiece => state.open.clear(),
            Found::Retry(_) => {}
        }
        self.found = Found::Nothing;
    }

    /// Begins the next block after the blank line.
    #[inline]
    fn leave_block(&mut self, state: &mut State) {
        self.block_from = self.at;
        state.begin_block(state.base + self.at as u64);
    }

    /// Checks whether this part of the chunk is UTF-8; `Err` holds the index of the first byte that is not.
    #[inline(always)]
    pub(super) fn check(&mut self, state: &mut State, part: &Range<usize>) -> Result<(), usize> {
        if self.chunk.knows(part) {
            Ok(())
        } else {
            self.find_out(state, part)
        }
    }

    #[cold]
    #[inline(never)]
    fn find_out(&mut self, state: &mut State, part: &Range<usize>) -> Result<(), usize> {
        // The chunk is about to forget which parts are UTF-8, and the last event ID may be one of them.
        self.keep_last_event_id(state);
        self.chunk.check(part)
    }

    /// Moves the values in the chunk to their buffers, where each can be repaired separately.
    pub(super) fn move_to_buffers(&self, state: &mut State) {
        let block = &mut state.block;
        move_to_buffer(&mut block.data, &self.chunk, &mut state.data);
        move_to_buffer(&mut block.event_type, &self.chunk, &mut state.event_type);
        move_to_buffer(&mut block.id, &self.chunk, &mut state.id);
    }

    #[inline]
    pub(super) fn keep_last_event_id(&mut self, state: &mut State) {
        if let Some(id) = self.last_event_id.take() {
            state.last_event_id.set(self.chunk.text(&id));
        }
    }
}

/// Steps through the chunk, on the fastest path that the chunk and the state allow.
impl Cursor<'_> {
    /// Advances to the next item of the kind `W`. Returns `false` when the chunk has been read.
    #[inline(always)]
    pub(super) fn step<W: Wanted>(&mut self, state: &mut State) -> Result<bool, DecodeError> {
        match self.step_in_blocks::<W>(state) {
            Some(is_event) => Ok(is_event),
            None => self.step_otherwise::<W>(state),
        }
    }

    /// Does the same as [`step`](Self::step) for plain blocks. Returns `None` if the next block is not plain.
    #[inline(always)]
    pub(super) fn step_in_blocks<W: Wanted>(&mut self, state: &mut State) -> Option<bool> {
        if self.mode != Mode::Blocks {
            return None;
        }
        if self.at == self.chunk.bytes().len() {
            self.end_between_blocks(state);
            return Some(false);
        }
        self.plain_block::<W>(state).then_some(true)
    }

    /// Advances to the next event if it comes next in the chunk, as a plain block.
    #[inline(always)]
    pub(super) fn step_to_plain_block<W: Wanted>(&mut self, state: &mut State) -> bool {
        self.mode == Mode::Blocks && self.at < self.chunk.bytes().len() && self.plain_block::<W>(state)
    }

    #[inline(never)]
    pub(super) fn step_otherwise<W: Wanted>(&mut self, state: &mut State) -> Result<bool, DecodeError> {
        match self.mode {
            // Only comments follow the last block.
            Mode::Blocks if self.at == self.chunk.bytes().len() => {
                self.end_between_blocks(state);
                Ok(false)
            }
            Mode::Blocks => self.step_by_lines::<W>(state, false),
            Mode::Small if !W::PIECES && self.may_be_event::<W>(state) => self.step_in_small::<W>(state),
            // A fresh cursor is opened before its first step.
            Mode::Dry | Mode::Fresh => Ok(false),
            Mode::Lines | Mode::Small => self.step_by_lines::<W>(state, true),
            Mode::Parts => self.step_in_parts::<W>(state),
        }
    }

    #[inline(never)]
    pub(super) fn step_by_lines<W: Wanted>(
        &mut self,
        state: &mut State,
        mut may_be_plain: bool,
    ) -> Result<bool, DecodeError> {
        self.mode = Mode::Lines;
        self.leave_found(state);
        if state.place != Place::Line {
            let step = self.resume::<W>(state);
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
        let allowed = state.allows_plain_blocks(self.chunk.bytes().len());
        loop {
            if allowed
                && may_be_plain
                && !state.block.begun
                && self.may_be_event::<W>(state)
                && self.plain_block::<W>(state)
            {
                return Ok(true);
            }
            may_be_plain = true;
            let Some(end) = self.chunk.line_end(&mut state.line_ends, self.at) else {
                return self.keep_rest::<W>(state);
            };
            let line = self.at..end;
            self.at = next_line(self.chunk.bytes(), end);
            let step =
                if line.is_empty() { self.blank_line::<W>(state) } else { self.line::<W>(state, line)? };
            if step == Step::Found {
                return Ok(true);
            }
        }
    }
}

/// The fast path: whole plain blocks, which nearly all blocks are. A plain block has `data: ` lines, at most one
/// `event: ` line, at most one `id: ` line, comments unless frames are wanted, and a blank line. Everything else is
/// left to the functions for lines.
impl Cursor<'_> {
    /// Advances to the next event, past comments and blank lines unless frames are wanted. Returns `false` at a line
    /// that is not plain, at the blank line of a block that is not plain, or at the end of the chunk. The state's block
    /// then holds what came before.
    #[inline(never)]
    pub(super) fn plain_block<W: Wanted>(&mut self, state: &mut State) -> bool {
        let mut lines = self.chunk.lines();
        let bytes = lines.bytes();
        let State { line_ends, plain: PlainBlock { values, .. }, data, .. } = state;
        let mut fields = 0;
        let mut joined = false;
        let mut at = self.at;
        let ended_at = loop {
            let Some(end) = lines.line_end(line_ends, at) else { break None };
            if end == at {
                if fields != 0 {
                    break Some(next_line(bytes, end));
                }
                if W::FRAMES {
                    break None;
                }
                // Only comments so far: the next block may be plain.
                line_ends.pass();
                at = next_line(bytes, end);
                self.block_from = at;
                state.block.start = state.base + at as u64;
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
                Some((Field::Comment, _)) if !W::FRAMES => {}
                _ => break None,
            }
            line_ends.pass();
            at = next_line(bytes, end);
        };

        self.at = at;
        state.plain.fields = fields;
        let Some(after) = ended_at.filter(|_| !joined && self.is_event(state)) else {
            self.leave_to_lines(state, joined);
            return false;
        };
        // Does what `dispatch` does, in one step.
        if state.plain.has(ID) {
            self.last_event_id = Some(state.plain.values[ID].clone());
        }
        state.line_ends.pass();
        self.found = Found::Plain;
        self.mode = Mode::Blocks;
        self.at = after;
        self.block_from = after;
        state.block.start = state.base + after as u64;
        true
    }

    /// Whether the next line can begin a plain block, as far as its first byte shows. If not, it is a frame by itself.
    #[inline(always)]
    fn may_be_event<W: Wanted>(&self, state: &State) -> bool {
        !W::FRAMES || state.may_begin_event(&self.chunk.bytes()[self.at..])
    }

    /// Whether the block that ends here is an event that can be borrowed from the chunk.
    #[inline(always)]
    fn is_event(&mut self, state: &mut State) -> bool {
        let block = self.block_from..self.at;
        state.plain.has(DATA)
            && self.check(state, &block).is_ok()
            && !(state.plain.has(ID) && is_ignored_id(&self.chunk.bytes()[state.plain.values[ID].clone()]))
    }

    /// Moves the lines read so far to the state's block, because the block is not plain.
    #[inline(never)]
    fn leave_to_lines(&mut self, state: &mut State, joined: bool) {
        if state.plain.fields == 0 {
            return;
        }
        self.mode = Mode::Lines;
        let PlainBlock { values: [data, event_type, id], fields } = core::mem::take(&mut state.plain);
        let has = |field: usize| fields & 1 << field != 0;
        if joined {
            state.block.take_over(Field::Data, state.data.len(), Part::Buffer);
        } else if has(DATA) {
            state.block.take_over(Field::Data, data.len(), Part::Chunk(data));
        }
        if has(EVENT) {
            state.block.take_over(Field::Event, event_type.len(), Part::Chunk(event_type));
        }
        if has(ID) {
            let part = if is_ignored_id(&self.chunk.bytes()[id.clone()]) {
                Part::Absent
            } else {
                Part::Chunk(id.clone())
            };
            state.block.take_over(Field::Id, id.len(), part);
        }
    }

    #[inline(always)]
    pub(super) fn plain_event<'a>(&'a self, state: &'a State) -> EventRef<'a> {
        let [data, event_type, ..] = &state.plain.values;
        let event_type = if state.plain.has(EVENT) { self.chunk.text(event_type) } else { "" };
        let head = HeadRef::new(event_type, self.last_event_id(state), state.plain.fields, None);
        EventRef { head, data: self.chunk.text(data), chunk: self.chunk.shared() }
    }
}

/// Small chunks, whose lines go through the buffers of the state.
impl Cursor<'_> {
    /// Does the same as [`step`](Self::step) for a small chunk.
    #[inline(never)]
    pub(super) fn step_in_small<W: Wanted>(&mut self, state: &mut State) -> Result<bool, DecodeError> {
        self.leave_found(state);
        loop {
            let bytes = self.chunk.bytes();
            self.at += state.take_in_small::<W>(&bytes[self.at..], state.base + self.at as u64);
            if self.at == bytes.len() {
                self.mode = Mode::Dry;
                return Ok(false);
            }
            // The next byte begins a blank line, or something that only a cursor can read.
            let is_event = match state.place {
                Place::Gathering => state.end_gathered_block(state.base + self.at as u64),
                Place::Line if is_line_end(bytes, self.at) => false,
                _ => {
                    self.block_from = self.at;
                    return self.step_by_lines::<W>(state, true);
                }
            };
            self.at = state.begin_line(bytes, self.at);
            if is_event {
                self.last_event_id = None;
                self.found = Found::Gathered;
                return Ok(true);
            }
            if self.dispatch::<W>(state) == Step::Found {
                return Ok(true);
            }
        }
    }
}

/// The two ends of a chunk: the line that was cut at its start, and the line that is cut at its end.
impl Cursor<'_> {
    /// Continues the line that the end of the last chunk cut.
    pub(super) fn resume<W: Wanted>(&mut self, state: &mut State) -> Result<Step, DecodeError> {
        loop {
            let bytes = self.chunk.bytes();
            let Some(&next) = bytes.get(self.at) else { return Ok(Step::Dry) };
            match state.place {
                Place::Line => return Ok(Step::GoOn),
                Place::Gathering => state.stop_gathering(state.base + self.at as u64, W::FRAMES),
                Place::Value(Field::Comment | Field::Unknown) if !W::FRAMES => {
                    state.open.clear();
                    state.place = Place::Skipped;
                }
                Place::Value(field) => return self.resume_value::<W>(state, field),
                Place::Skipped => match self.chunk.line_end(&mut state.line_ends, self.at) {
                    Some(end) => {
                        self.at = next_line(self.chunk.bytes(), end);
                        state.place = place_at(self.chunk.bytes(), self.at);
                    }
                    None => self.at = self.chunk.bytes().len(),
                },
                Place::AfterCr => self.at += state.leave_cr(next, state.base + self.at as u64),
                // [parse 2] Exactly one leading byte order mark is removed.
                Place::Bom => match state.prefix.as_bytes().len() {
                    seen if next == BOM[seen] => {
                        state.prefix.push(next);
                        self.at += 1;
                        if state.prefix.as_bytes() == BOM {
                            state.prefix.clear();
                            state.block.start = self.at as u64 + state.base;
                            state.place = Place::Line;
                        }
                    }
                    0 => state.place = Place::Line,
                    _ => state.place = Place::Name,
                },
                Place::Name => {
                    let is_line_end = ends_line(next);
                    self.at += usize::from(!is_line_end);
                    let read = state.base + self.at as u64;
                    if is_line_end {
                        state.end_name(read, W::FRAMES)?
                    } else {
                        state.extend_name(next, read, W::FRAMES)?
                    }
                }
            }
        }
    }

    fn resume_value<W: Wanted>(&mut self, state: &mut State, field: Field) -> Result<Step, DecodeError> {
        let end = self.chunk.line_end(&mut state.line_ends, self.at);
        let bytes = self.chunk.bytes();
        let part = self.at..end.unwrap_or(bytes.len());
        self.at = part.end;
        state.extend_value(field, self.chunk.piece(&part), state.base + part.start as u64)?;
        if end.is_none() {
            return match self.data_piece::<W>(state, part.end)? {
                Step::Found => Ok(Step::Found),
                _ => Ok(Step::Dry),
            };
        }
        self.at = next_line(bytes, part.end);
        state.place = place_at(bytes, self.at);
        self.end_value::<W>(state, field, part.end)
    }

    /// Ends the cut line, which is complete now.
    fn end_value<W: Wanted>(
        &mut self,
        state: &mut State,
        field: Field,
        end: usize,
    ) -> Result<Step, DecodeError> {
        match field {
            Field::Retry => Ok(self.retry::<W>(state, state.open_retry)),
            Field::Comment | Field::Unknown => {
                state.open.check();
                self.found = line_frame(field, Part::Buffer);
                Ok(Step::Found)
            }
            Field::Data | Field::Event | Field::Id => {
                state.end_value(field, state.base + end as u64)?;
                self.data_piece::<W>(state, end)
            }
        }
    }

    /// Ends a chunk after a whole block: the usual case.
    #[inline(never)]
    pub(super) fn end_between_blocks(&mut self, state: &mut State) {
        self.keep_last_event_id(state);
        state.place = place_at(self.chunk.bytes(), self.at);
        self.found = Found::Nothing;
        self.mode = Mode::Dry;
    }

    /// Ends a chunk: moves all that the next chunk needs to the state, in one copy. Returns `true` if a piece was
    /// found.
    pub(super) fn keep_rest<W: Wanted>(&mut self, state: &mut State) -> Result<bool, DecodeError> {
        self.keep_block(state);
        self.mode = Mode::Dry;
        let line = self.at..self.chunk.bytes().len();
        self.at = line.end;
        if line.is_empty() {
            state.place = place_at(self.chunk.bytes(), self.at);
            return Ok(false);
        }
        let offset = state.base + line.start as u64;
        state.open_line(self.chunk.piece(&line), offset, W::FRAMES)?;
        let is_found = self.data_piece::<W>(state, line.end)? == Step::Found;
        if is_found {
            self.mode = Mode::Lines;
        }
        Ok(is_found)
    }

    fn keep_block(&mut self, state: &mut State) {
        self.keep_last_event_id(state);
        if state.block.is_in_chunk() {
            self.move_to_buffers(state);
        }
    }

    /// Releases the chunk: keeps what was read, and leaves the unread bytes to the next chunk.
    #[inline]
    pub(super) fn close(&mut self, state: &mut State) {
        if self.mode != Mode::Dry {
            self.leave_unread(state);
        }
        state.line_ends.clear();
        state.base += self.at as u64;
        state.settle();
    }

    #[inline(never)]
    fn leave_unread(&mut self, state: &mut State) {
        self.leave_found(state);
        self.keep_block(state);
        let bytes = self.chunk.bytes();
        if state.place == Place::Line {
            state.place = place_at(bytes, self.at);
        }
        if self.at < bytes.len() {
            state.rest = self.chunk.rest(self.at);
        }
        state.keep_later();
    }

    /// Finds a piece if the buffer holds enough data. The chunk was read up to `end`.
    #[inline]
    pub(super) fn data_piece<W: Wanted>(
        &mut self,
        state: &mut State,
        end: usize,
    ) -> Result<Step, DecodeError> {
        if W::PIECES && state.part_with_data(state.base + end as u64)? {
            self.found = Found::DataPiece;
            Ok(Step::Found)
        } else {
            Ok(Step::GoOn)
        }
    }
}
