//! Reads one chunk, line by line.

use core::mem;
use core::ops::Range;
use core::time::Duration;

use super::block::{Block, Part};
use super::decoder::Decoder;
use super::open_line::Place;
use super::plain::PlainBlock;
use crate::error::DecodeError;
use crate::event::{Event, EventRef, Frame, UnknownField};
use crate::text::{Chunk, TextBuffer};
use crate::wire::{field_of, next_line, split_field, Digits, Field, Start, BOM, CR, LF};

/// A chunk and how far it was read.
///
/// It holds no borrow of the decoder, so that those who own both can refill and go on. It must be used with
/// the one decoder that it was made for, until [`close`](Self::close).
#[derive(Debug)]
pub(super) struct Cursor<'c> {
    pub(super) chunk: Chunk<'c>,
    /// The first byte that was not read.
    pub(super) at: usize,
    /// The chunk has been read, and what the next one must know has moved to the decoder.
    dry: bool,
    /// The first line of the block that lies whole in the chunk.
    pub(super) block_from: usize,
    /// The last event ID, when a block of this chunk has set it; the decoder takes it over at the end.
    pub(super) last_event_id: Option<Range<usize>>,
    pub(super) found: Found,
    pub(super) plain: PlainBlock,
}

/// What the last step has found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    /// An event that the fast path has read: the block in `plain`.
    Plain,
    /// An event: the decoder's block.
    Event,
    /// The decoder's block, which is no event.
    BlockWithoutData,
    Comment(Part),
    Retry(u64),
    Unknown(Part),
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
    pub(super) fn new(chunk: Chunk<'c>) -> Self {
        Cursor {
            chunk,
            at: 0,
            dry: false,
            block_from: 0,
            last_event_id: None,
            found: Found::Nothing,
            plain: PlainBlock::default(),
        }
    }

    /// A cursor behind a chunk that the decoder has taken in.
    #[inline]
    pub(super) fn dry() -> Self {
        Cursor { dry: true, ..Cursor::new(Chunk::of_slice(&[])) }
    }

    /// Reads on to the next event, or with `FRAMES` to the next frame. `false`: the chunk has been read.
    #[inline(always)]
    pub(super) fn step<const FRAMES: bool>(&mut self, decoder: &mut Decoder) -> Result<bool, DecodeError> {
        match self.found {
            Found::Nothing => {}
            Found::Plain => self.leave_plain_block(decoder),
            _ => self.leave_found(decoder),
        }
        if self.dry {
            return Ok(false);
        }
        if !FRAMES && decoder.place == Place::Line && self.plain_block(decoder) {
            return Ok(true);
        }
        self.step_by_lines::<FRAMES>(decoder)
    }

    fn step_by_lines<const FRAMES: bool>(&mut self, decoder: &mut Decoder) -> Result<bool, DecodeError> {
        if decoder.place != Place::Line {
            let step = self.resume::<FRAMES>(decoder);
            self.block_from = self.at;
            match step? {
                Step::GoOn => {}
                Step::Found => return Ok(true),
                Step::Dry => {
                    self.dry = true;
                    return Ok(false);
                }
            }
        }
        loop {
            if !FRAMES && self.plain_block(decoder) {
                return Ok(true);
            }
            let Some(end) = self.chunk.line_end(self.at) else {
                return self.keep_rest::<FRAMES>(decoder).map(|()| false);
            };
            let line = self.at..end;
            self.at = next_line(self.chunk.bytes(), end);
            let step = match line.is_empty() {
                true => self.blank_line::<FRAMES>(decoder),
                false => self.line::<FRAMES>(decoder, line)?,
            };
            if step == Step::Found {
                return Ok(true);
            }
        }
    }

    /// A line that lies whole in the chunk.
    #[inline]
    fn line<const FRAMES: bool>(
        &mut self,
        decoder: &mut Decoder,
        line: Range<usize>,
    ) -> Result<Step, DecodeError> {
        let bytes = self.chunk.bytes();
        let (field, value) = field_of(&bytes[line.clone()]);
        let value = line.start + value..line.end;
        match field {
            Field::Comment | Field::Unknown if FRAMES => return self.whole_line_frame(decoder, field, value),
            Field::Comment | Field::Unknown => return Ok(Step::GoOn),
            Field::Retry => {
                return Ok(retry::<FRAMES>(decoder, &mut self.found, Digits::Empty.and(&bytes[value])))
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
            Field::Data => match &decoder.block.data {
                Part::Absent => decoder.block.data = Part::Chunk(value),
                Part::Chunk(first) => {
                    decoder.data.extend(&bytes[first.clone()]);
                    decoder.join_data(&bytes[value]);
                    decoder.block.data = Part::Buffer;
                }
                Part::Buffer => decoder.join_data(&bytes[value]),
            },
            // [parse 7] the last one wins.
            Field::Event => replace(&mut decoder.block.event_type, value, &mut decoder.event_type),
            // [parse 9] ignored when the value holds U+0000.
            _ if holds_nul(&bytes[value.clone()]) => {}
            _ => replace(&mut decoder.block.id, value, &mut decoder.id),
        }
        Ok(Step::GoOn)
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
            move_to_buffer(&mut part, self.chunk.bytes(), &mut decoder.open);
            decoder.open.check();
        }
        self.found = line_frame(field, part);
        Ok(Step::Found)
    }

    /// An empty line dispatches.
    #[inline]
    pub(super) fn blank_line<const FRAMES: bool>(&mut self, decoder: &mut Decoder) -> Step {
        // The values end before the last two line ends.
        let extent = self.block_from..self.block_from.max(self.at.saturating_sub(2));
        if self.check(decoder, &extent).is_err() {
            self.move_to_buffers(decoder);
        }
        if decoder.block.given_up {
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
            if FRAMES {
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
        self.found = Found::Event;
        Step::Found
    }

    /// What was found has been seen: it leaves the buffers.
    fn leave_found(&mut self, decoder: &mut Decoder) {
        match self.found {
            Found::Nothing => {}
            Found::Plain => self.leave_plain_block(decoder),
            Found::Event | Found::BlockWithoutData => self.leave_block(decoder),
            Found::Comment(_) | Found::Unknown(_) => decoder.open.clear(),
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
    #[inline]
    fn check(&mut self, decoder: &mut Decoder, part: &Range<usize>) -> Result<(), usize> {
        if self.chunk.knows(part) {
            return Ok(());
        }
        // The chunk is about to forget what it knew, and with it that the last event ID is text.
        self.keep_last_event_id(decoder);
        self.chunk.check(part)
    }

    /// Some of the block is not UTF-8: each value goes where it can be repaired by itself.
    fn move_to_buffers(&self, decoder: &mut Decoder) {
        let bytes = self.chunk.bytes();
        let block = &mut decoder.block;
        move_to_buffer(&mut block.data, bytes, &mut decoder.data);
        move_to_buffer(&mut block.event_type, bytes, &mut decoder.event_type);
        move_to_buffer(&mut block.id, bytes, &mut decoder.id);
    }

    #[inline]
    fn keep_last_event_id(&mut self, decoder: &mut Decoder) {
        if let Some(id) = self.last_event_id.take() {
            decoder.last_event_id.set(self.chunk.text(&id));
        }
    }
}

/// The two ends of a chunk: a line that was cut before it, a line that is cut by it.
impl Cursor<'_> {
    /// Goes on with the line that the last chunk has cut.
    fn resume<const FRAMES: bool>(&mut self, decoder: &mut Decoder) -> Result<Step, DecodeError> {
        loop {
            let bytes = self.chunk.bytes();
            let Some(&next) = bytes.get(self.at) else { return Ok(Step::Dry) };
            match decoder.place {
                Place::Line => return Ok(Step::GoOn),
                Place::Value(Field::Comment | Field::Unknown) if !FRAMES => {
                    decoder.open.clear();
                    decoder.place = Place::Skipped;
                }
                Place::Value(field) => return self.resume_value::<FRAMES>(decoder, field),
                Place::Skipped => match self.chunk.line_end(self.at) {
                    Some(end) => {
                        self.at = next_line(self.chunk.bytes(), end);
                        decoder.place = place_at(self.chunk.bytes(), self.at);
                    }
                    None => self.at = self.chunk.bytes().len(),
                },
                // [parse 3] An LF behind a CR belongs to it, also in another chunk.
                Place::AfterCr => {
                    if next == LF {
                        let fresh = decoder.block.start == decoder.base + self.at as u64;
                        decoder.block.start += u64::from(fresh);
                        self.at += 1;
                    }
                    decoder.place = Place::Line;
                }
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
                Place::Name => self.resume_name::<FRAMES>(decoder, next)?,
            }
        }
    }

    /// Takes bytes until the field is decided; at a line end it is.
    fn resume_name<const FRAMES: bool>(
        &mut self,
        decoder: &mut Decoder,
        next: u8,
    ) -> Result<(), DecodeError> {
        let start = match next {
            LF | CR => field_of(decoder.prefix.as_bytes()),
            _ => {
                decoder.prefix.push(next);
                self.at += 1;
                match Start::of(decoder.prefix.as_bytes()) {
                    Start::Undecided => return Ok(()),
                    Start::Decided(field, value) => (field, value),
                }
            }
        };
        let (field, value) = start;
        let prefix = mem::take(&mut decoder.prefix);
        let start = decoder.base + self.at as u64 - prefix.as_bytes().len() as u64;
        self.open_value::<FRAMES>(decoder, field, &prefix.as_bytes()[value..], start + value as u64)
    }

    fn resume_value<const FRAMES: bool>(
        &mut self,
        decoder: &mut Decoder,
        field: Field,
    ) -> Result<Step, DecodeError> {
        let end = self.chunk.line_end(self.at);
        let bytes = self.chunk.bytes();
        let piece = self.at..end.unwrap_or(bytes.len());
        self.at = piece.end;
        extend_value(decoder, field, &bytes[piece.clone()], decoder.base + piece.start as u64)?;
        if end.is_none() {
            return Ok(Step::Dry);
        }
        self.at = next_line(bytes, piece.end);
        decoder.place = place_at(bytes, self.at);
        self.end_value::<FRAMES>(decoder, field, decoder.base + piece.end as u64)
    }

    /// The cut line is whole now.
    fn end_value<const FRAMES: bool>(
        &mut self,
        decoder: &mut Decoder,
        field: Field,
        end: u64,
    ) -> Result<Step, DecodeError> {
        match field {
            Field::Retry => return Ok(retry::<FRAMES>(decoder, &mut self.found, decoder.open_retry)),
            Field::Comment | Field::Unknown => {
                decoder.open.check();
                self.found = line_frame(field, Part::Buffer);
                return Ok(Step::Found);
            }
            _ if decoder.block.given_up => return Ok(Step::GoOn),
            Field::Data | Field::Event | Field::Id => {}
        }
        if field == Field::Data && decoder.block.count(1, decoder.max_event_size).is_err() {
            let error = decoder.too_large(end);
            decoder.give_up();
            return Err(error);
        }
        if decoder.strict_utf8 {
            let value = match field {
                Field::Data => &decoder.data.as_bytes()[decoder.open_data..],
                _ => decoder.open.as_bytes(),
            };
            if let Err(at) = Chunk::of_slice(value).check(&(0..value.len())) {
                let error = decoder.invalid_utf8(end - (value.len() - at) as u64);
                decoder.give_up();
                return Err(error);
            }
        }
        match field {
            Field::Data => decoder.block.data = Part::Buffer,
            Field::Event => {
                mem::swap(&mut decoder.event_type, &mut decoder.open);
                decoder.block.event_type = Part::Buffer;
            }
            _ if holds_nul(decoder.open.as_bytes()) => {}
            _ => {
                mem::swap(&mut decoder.id, &mut decoder.open);
                decoder.block.id = Part::Buffer;
            }
        }
        decoder.open.clear();
        Ok(Step::GoOn)
    }

    /// The chunk ends: what the next one must know moves to the decoder, in one copy.
    fn keep_rest<const FRAMES: bool>(&mut self, decoder: &mut Decoder) -> Result<(), DecodeError> {
        self.keep_block(decoder);
        self.dry = true;
        let line = self.at..self.chunk.bytes().len();
        self.at = line.end;
        if line.is_empty() {
            decoder.place = place_at(self.chunk.bytes(), self.at);
            return Ok(());
        }
        let bytes = &self.chunk.bytes()[line.clone()];
        match Start::of(bytes) {
            Start::Undecided => {
                decoder.prefix.extend(bytes);
                decoder.place = Place::Name;
                Ok(())
            }
            Start::Decided(field, value) => {
                let offset = decoder.base + (line.start + value) as u64;
                self.open_value::<FRAMES>(decoder, field, &bytes[value..], offset)
            }
        }
    }

    fn keep_block(&mut self, decoder: &mut Decoder) {
        self.keep_last_event_id(decoder);
        if decoder.block.is_in_chunk() {
            self.move_to_buffers(decoder);
        }
    }

    /// The value of a cut line begins, with this piece of it.
    fn open_value<const FRAMES: bool>(
        &self,
        decoder: &mut Decoder,
        field: Field,
        piece: &[u8],
        offset: u64,
    ) -> Result<(), DecodeError> {
        decoder.place = Place::Value(field);
        match field {
            Field::Comment | Field::Unknown if !FRAMES => {
                decoder.place = Place::Skipped;
                return Ok(());
            }
            Field::Retry => decoder.open_retry = Digits::Empty,
            Field::Data if !decoder.block.given_up => {
                if decoder.block.data == Part::Buffer {
                    decoder.data.push(LF);
                }
                decoder.open_data = decoder.data.len();
            }
            _ => {}
        }
        extend_value(decoder, field, piece, offset)
    }

    /// Gives the chunk back: what was read is kept, what was not is left to the next one.
    pub(super) fn close(&mut self, decoder: &mut Decoder) {
        if !self.dry {
            self.leave_unread(decoder);
        }
        decoder.base += self.at as u64;
    }

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

/// What was found is lent.
impl Cursor<'_> {
    #[inline]
    pub(super) fn event<'a>(&'a self, decoder: &'a Decoder) -> Option<EventRef<'a>> {
        match self.found {
            Found::Plain => Some(self.plain_event(decoder)),
            Found::Event => Some(self.block(decoder)),
            _ => None,
        }
    }

    fn block<'a>(&'a self, decoder: &'a Decoder) -> EventRef<'a> {
        let Block { data, event_type, id, .. } = &decoder.block;
        EventRef {
            event_type: self.text(event_type, &decoder.event_type),
            data: (*data != Part::Absent).then(|| self.text(data, &decoder.data)),
            last_event_id: self.last_event_id(decoder),
            has_id: *id != Part::Absent,
            chunk: self.chunk.shared(),
        }
    }

    /// The event with data that is handed over, when the decoder's buffer holds it.
    pub(super) fn take_event(&self, decoder: &mut Decoder) -> Option<Event> {
        let taken = match decoder.block.data {
            Part::Buffer if self.found == Found::Event => Some(decoder.data.take()),
            _ => None,
        };
        let event = self.event(decoder)?;
        Some(match taken {
            Some(data) => event.with_data(Some(data)),
            None => event.to_owned_event(),
        })
    }

    pub(super) fn frame<'a>(&'a self, decoder: &'a Decoder) -> Option<Frame<'a>> {
        Some(match &self.found {
            Found::Nothing => return None,
            Found::Plain | Found::Event => Frame::Event(self.event(decoder)?),
            Found::BlockWithoutData => Frame::BlockWithoutData(self.block(decoder)),
            Found::Comment(text) => Frame::Comment(self.text(text, &decoder.open)),
            Found::Retry(millis) => Frame::Retry(Duration::from_millis(*millis)),
            Found::Unknown(line) => {
                let line = self.text(line, &decoder.open);
                let (name, value) = split_field(line.as_bytes());
                Frame::Unknown(UnknownField { name: &line[..name], value: &line[value..] })
            }
        })
    }

    #[inline]
    fn text<'a>(&'a self, part: &Part, buffer: &'a TextBuffer) -> &'a str {
        match part {
            Part::Absent => "",
            Part::Chunk(part) => self.chunk.text(part),
            Part::Buffer => buffer.as_str(),
        }
    }

    #[inline]
    pub(super) fn last_event_id<'a>(&'a self, decoder: &'a Decoder) -> &'a str {
        match &self.last_event_id {
            Some(id) => self.chunk.text(id),
            None => decoder.last_event_id.as_str(),
        }
    }

    pub(super) fn bytes_consumed(&self, decoder: &Decoder) -> u64 {
        decoder.bytes_consumed() + self.at as u64
    }
}

/// The value of a cut line goes on, with a piece that lies at this offset of the connection.
#[inline]
fn extend_value(decoder: &mut Decoder, field: Field, piece: &[u8], offset: u64) -> Result<(), DecodeError> {
    match field {
        Field::Data | Field::Event | Field::Id => {
            if decoder.block.given_up {
                return Ok(());
            }
            decoder.block.begun = true;
            if let Err(room) = decoder.block.count(piece.len(), decoder.max_event_size) {
                let error = decoder.too_large(offset + room as u64);
                decoder.give_up();
                return Err(error);
            }
            match field {
                Field::Data => decoder.data.extend(piece),
                _ => decoder.open.extend(piece),
            }
        }
        Field::Retry => decoder.open_retry = decoder.open_retry.and(piece),
        Field::Comment | Field::Unknown => {
            let room = decoder.max_event_size - decoder.open.len();
            if piece.len() > room {
                decoder.open.clear();
                decoder.place = Place::Skipped;
                return Err(decoder.too_large(offset + room as u64));
            }
            decoder.open.extend(piece);
        }
    }
    Ok(())
}

/// [parse 10] In force as soon as the line is read; anything but digits is ignored.
fn retry<const FRAMES: bool>(decoder: &mut Decoder, found: &mut Found, digits: Digits) -> Step {
    let Some(millis) = digits.number() else { return Step::GoOn };
    decoder.reconnection_time = Some(millis);
    if !FRAMES {
        return Step::GoOn;
    }
    *found = Found::Retry(millis);
    Step::Found
}

fn line_frame(field: Field, text: Part) -> Found {
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

#[inline]
pub(super) fn holds_nul(id: &[u8]) -> bool {
    memchr::memchr(0, id).is_some()
}

fn move_to_buffer(part: &mut Part, bytes: &[u8], buffer: &mut TextBuffer) {
    if let Part::Chunk(range) = part {
        buffer.clear();
        buffer.extend(&bytes[range.clone()]);
        *part = Part::Buffer;
    }
}

/// Where the stream stands behind a line end, which may be half of a CR LF.
fn place_at(bytes: &[u8], at: usize) -> Place {
    match at == bytes.len() && bytes.last() == Some(&CR) {
        true => Place::AfterCr,
        false => Place::Line,
    }
}
