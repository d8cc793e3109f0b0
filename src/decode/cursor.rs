//! `Cursor`: one chunk, and what its lines do.
//!
//! Hard code ahead. `plain_block` reads whole blocks and decides nothing that `line` and `dispatch` would not: what it cannot
//! lend goes to `leave_to_lines`, which leaves what `line` would have left. `at`, `block_from`, `mode` and `Block::start` move
//! together wherever a block ends: in `plain_block`, `leave_block` and `end_between_blocks`.

use core::ops::Range;

use super::state::{
    move_to_buffer, place_at, replace, Block, Part, Place, PlainBlock, State, DATA, EVENT, ID,
};
use super::step::{line_frame, Found, Mode, Step};
use super::wanted::{OnlyEvents, Wanted};
use crate::error::DecodeError;
use crate::event::{EventRef, HeadRef};
use crate::text::{Chunk, Scanned};
use crate::wire::{
    ends_line, field_of, is_ignored_id, is_line_end, next_line, plain_field, Digits, Field, BOM,
};

/// A chunk and how far it was read.
///
/// It holds no borrow of the state, so that those who own both can refill and go on. It must be used with
/// the one state that it was made for, until [`close`](Self::close).
#[derive(Debug)]
pub(super) struct Cursor<'c> {
    pub(super) chunk: Scanned<'c>,
    /// The first byte that was not read.
    pub(super) at: usize,
    pub(super) mode: Mode,
    /// The first line of the block that lies whole in the chunk.
    pub(super) block_from: usize,
    /// The last event ID, when a block of this chunk has set it; the state takes it over at the end.
    pub(super) last_event_id: Option<Range<usize>>,
    pub(super) found: Found,
}

impl<'c> Cursor<'c> {
    #[inline]
    pub(super) fn new(state: &State, chunk: Scanned<'c>) -> Self {
        let mode = Mode::first(state, chunk.bytes().len());
        Cursor { mode, ..Cursor::of(chunk) }
    }

    /// Nothing to read.
    pub(super) fn dry() -> Self {
        Cursor::of(Chunk::from(b"").into())
    }

    #[inline(always)]
    fn of(chunk: Scanned<'c>) -> Self {
        Cursor { chunk, at: 0, mode: Mode::Dry, block_from: 0, last_event_id: None, found: Found::Nothing }
    }

    /// Takes another chunk, after [`close`](Self::close): nothing is found, and the state has the last event ID.
    #[inline]
    pub(super) fn reopen(&mut self, state: &State, chunk: Chunk<'c>) {
        self.mode = Mode::first(state, chunk.bytes().len());
        self.chunk.set(chunk);
        self.at = 0;
        self.block_from = 0;
    }

    /// As [`reopen`](Self::reopen), for a small chunk that follows the last one; it is not known yet what will be asked for.
    #[inline]
    pub(super) fn reopen_small(&mut self, chunk: Chunk<'c>) {
        self.mode = Mode::Fresh;
        self.chunk.set(chunk);
        self.at = 0;
    }

    /// The first look at a small chunk. A state that is asked for events takes in what it can without a cursor.
    #[inline]
    pub(super) fn open_small<W: Wanted>(&mut self, state: &mut State) -> bool {
        if !W::FRAMES && !W::PIECES {
            match state.take_in(self.chunk.bytes()) {
                Ok(()) => {
                    // What was read counts for the state already.
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

    /// A line that lies whole in the chunk.
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
            // [parse 8] the value and one LF are appended; the last LF is never kept, [parse 13] removes it.
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
            // [parse 7] the last one wins.
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

    /// A comment or an unknown field that was asked for.
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

    /// An empty line dispatches.
    #[inline]
    pub(super) fn blank_line<W: Wanted>(&mut self, state: &mut State) -> Step {
        if !state.block.begun && !W::FRAMES {
            self.leave_block(state);
            return Step::GoOn;
        }
        // The values end before the last two line ends.
        let extent = self.block_from..self.block_from.max(self.at.saturating_sub(2));
        if self.check(state, &extent).is_err() {
            self.move_to_buffers(state);
        }
        self.dispatch::<W>(state)
    }

    /// A blank line has ended the block, and what lies of it in the chunk is UTF-8.
    #[inline]
    pub(super) fn dispatch<W: Wanted>(&mut self, state: &mut State) -> Step {
        let Block { given_up, in_pieces, .. } = state.block;
        if given_up || in_pieces && !W::PIECES {
            self.leave_block(state);
            return Step::GoOn;
        }

        // [parse 11] The last event ID string takes the buffer's value.
        match &state.block.id {
            Part::Absent => {}
            Part::Chunk(id) => self.last_event_id = Some(id.clone()),
            Part::Buffer => {
                state.keep_id();
                self.last_event_id = None;
            }
        }
        // [parse 12] Without a data field nothing is dispatched and the event type is forgotten.
        if state.block.data == Part::Absent {
            // A blank line that the server left out ends a block, or is nothing.
            let is_made_up = state.finished.is_some() && !state.block.holds_something();
            if (W::FRAMES || state.reports_blocks) && !is_made_up {
                state.event_type.check();
                self.found = Found::BlockWithoutData;
                return Step::Found;
            }
            self.leave_block(state);
            return Step::GoOn;
        }
        // [parse 13] The event: its data is joined without a last LF, its type is `message` when it is empty.
        if state.block.data == Part::Buffer {
            state.data.check();
        }
        if state.block.event_type == Part::Buffer {
            state.event_type.check();
        }
        self.found = if in_pieces { Found::EndOfPieces } else { Found::Event };
        Step::Found
    }

    /// What was found has been seen: it leaves the buffers.
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

    /// The next block begins after the blank line.
    #[inline]
    fn leave_block(&mut self, state: &mut State) {
        self.block_from = self.at;
        state.begin_block(state.base + self.at as u64);
    }

    /// Whether this part of the chunk is UTF-8; `Err` holds the first byte that is not.
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
        // The chunk is about to forget what it knew, and with it that the last event ID is text.
        self.keep_last_event_id(state);
        self.chunk.check(part)
    }

    /// Some of the block is not UTF-8: each value goes where it can be repaired by itself.
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

/// The way to the next event: the quickest one that the chunk and the state allow.
impl Cursor<'_> {
    /// Reads on to the next event, or to whatever else is wanted. `false`: the chunk has been read.
    #[inline(always)]
    pub(super) fn step<W: Wanted>(&mut self, state: &mut State) -> Result<bool, DecodeError> {
        if !W::FRAMES {
            if let Some(is_event) = self.step_in_blocks(state) {
                return Ok(is_event);
            }
        }
        self.step_otherwise::<W>(state)
    }

    /// As [`step`](Self::step), where all is plain. `None`: it is not.
    #[inline(always)]
    pub(super) fn step_in_blocks(&mut self, state: &mut State) -> Option<bool> {
        if self.mode != Mode::Blocks {
            return None;
        }
        if self.at == self.chunk.bytes().len() {
            self.end_between_blocks(state);
            return Some(false);
        }
        self.plain_block(state).then_some(true)
    }

    #[inline(never)]
    pub(super) fn step_otherwise<W: Wanted>(&mut self, state: &mut State) -> Result<bool, DecodeError> {
        match self.mode {
            // After nothing but comments.
            Mode::Blocks if self.at == self.chunk.bytes().len() => {
                self.end_between_blocks(state);
                Ok(false)
            }
            Mode::Blocks => self.step_by_lines::<W>(state, false),
            Mode::Small if !W::FRAMES && !W::PIECES => self.step_in_small(state),
            Mode::Dry => Ok(false),
            Mode::Fresh => {
                if self.open_small::<W>(state) {
                    self.step_otherwise::<W>(state)
                } else {
                    Ok(false)
                }
            }
            Mode::Lines | Mode::Small => self.step_by_lines::<W>(state, !W::FRAMES),
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
        let allowed = !W::FRAMES && state.allows_plain_blocks(self.chunk.bytes().len());
        loop {
            if allowed && may_be_plain && !state.block.begun && self.plain_block(state) {
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

/// The quick way: whole blocks in the chunk, as nearly all are: `data: ` lines, at most one `event: ` and one `id: ` line,
/// comments among them, then the blank line. Everything else is left to the lines below.
impl Cursor<'_> {
    /// Reads on to the next event, over comments and blank lines. `false`: the cursor is at a line that is not plain,
    /// at the blank line of a block that is not, or at the chunk's end, and the state's block holds what came before.
    #[inline(never)]
    pub(super) fn plain_block(&mut self, state: &mut State) -> bool {
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
                // Nothing but comments: the next block may be plain.
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
                Some((Field::Comment, _)) => {}
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
        // As `dispatch` does, at once.
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

    /// Whether the block that ends here is an event that can be borrowed as it is.
    #[inline(always)]
    fn is_event(&mut self, state: &mut State) -> bool {
        let block = self.block_from..self.at;
        state.plain.has(DATA)
            && self.check(state, &block).is_ok()
            && !(state.plain.has(ID) && is_ignored_id(&self.chunk.bytes()[state.plain.values[ID].clone()]))
    }

    /// Something is not plain: the lines so far are a block like any other.
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
        let head = HeadRef::new(event_type, self.last_event_id(state), state.plain.has(ID), None);
        EventRef { head, data: self.chunk.text(data), chunk: self.chunk.shared() }
    }
}

/// Small chunks: what is not whole goes through the buffers of the state.
impl Cursor<'_> {
    /// As `step`, where the chunk is small: what is not whole goes through the state's buffers.
    #[inline(never)]
    pub(super) fn step_in_small(&mut self, state: &mut State) -> Result<bool, DecodeError> {
        self.leave_found(state);
        loop {
            let bytes = self.chunk.bytes();
            self.at += state.take_in_small(&bytes[self.at..], state.base + self.at as u64);
            if self.at == bytes.len() {
                self.mode = Mode::Dry;
                return Ok(false);
            }
            // A blank line, or what only a cursor can read.
            let is_event = match state.place {
                Place::Gathering => state.end_gathered_block(state.base + self.at as u64),
                Place::Line if is_line_end(bytes, self.at) => false,
                _ => {
                    self.block_from = self.at;
                    return self.step_by_lines::<OnlyEvents>(state, true);
                }
            };
            self.at = state.begin_line(bytes, self.at);
            if is_event {
                self.last_event_id = None;
                self.found = Found::Gathered;
                return Ok(true);
            }
            if self.dispatch::<OnlyEvents>(state) == Step::Found {
                return Ok(true);
            }
        }
    }
}

/// The two ends of a chunk: a line that was cut before it, a line that is cut by it.
impl Cursor<'_> {
    /// Goes on with the line that the last chunk has cut.
    pub(super) fn resume<W: Wanted>(&mut self, state: &mut State) -> Result<Step, DecodeError> {
        loop {
            let bytes = self.chunk.bytes();
            let Some(&next) = bytes.get(self.at) else { return Ok(Step::Dry) };
            match state.place {
                Place::Line => return Ok(Step::GoOn),
                Place::Gathering => state.stop_gathering(state.base + self.at as u64),
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

    /// The cut line is whole now.
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

    /// The chunk ends where a block ended: the usual end of a chunk.
    #[inline(never)]
    pub(super) fn end_between_blocks(&mut self, state: &mut State) {
        self.keep_last_event_id(state);
        state.place = place_at(self.chunk.bytes(), self.at);
        self.found = Found::Nothing;
        self.mode = Mode::Dry;
    }

    /// The chunk ends: what the next one must know moves to the state, in one copy. `true`: a piece was found.
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

    /// Gives the chunk back: what was read is kept, what was not is left to the next one.
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
    }

    /// Finds the data in the buffer to be a piece when there is much of it. The chunk was read up to `end`.
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
