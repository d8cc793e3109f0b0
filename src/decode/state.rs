//! `State`: what the decoder keeps between two chunks, and the block that is being read.
//!
//! This is the lowest layer of the decoder: all code that reads changes it, and nothing here reads.

use alloc::boxed::Box;
use core::ops::Range;
use core::{fmt, mem};

use bytes::{Bytes, BytesMut};

use crate::error::{DecodeError, DecodeErrorKind};
use crate::text::{Chunk, Piece, Scanned, TextBuffer};
use crate::wire::{Digits, Field, LineEnds, CR, LONGEST_NAME};

/// 16 MiB: well above the largest events seen in practice (images of several MB in base64).
const DEFAULT_MAX_EVENT_SIZE: usize = 16 * 1024 * 1024;

/// 16 KiB: large enough to be worth a call, and little memory compared with a chunk.
const DEFAULT_PIECE_SIZE: usize = 16 * 1024;

#[derive(Default)]
pub(super) struct State {
    pub(super) max_event_size: usize,
    pub(super) strict_utf8: bool,
    /// The largest chunk in which plain blocks may be read: 0 in strict mode, where each line is checked separately. A
    /// block counts no more bytes than the chunk has.
    pub(super) most_plain: usize,
    pub(super) piece_size: usize,
    /// Whether steps for events find blocks without data too, because such a block may be an end mark.
    pub(super) reports_blocks: bool,
    /// The limit of a block in bytes as received, if there is one.
    pub(super) block_limit: Option<Box<BlockLimit>>,

    // Kept across connections [parse 15].
    pub(super) last_event_id: TextBuffer,
    pub(super) reconnection_time: Option<u64>,

    // The block that is being read.
    pub(super) block: Block,
    /// The line ends of the current chunk that were found in advance.
    pub(super) line_ends: LineEnds,
    /// The plain block that was found in the chunk, or the complete lines of the gathered block.
    pub(super) plain: PlainBlock,
    /// The block, while it is plain and arrives in small chunks.
    pub(super) gathered: Gathered,
    pub(super) data: TextBuffer,
    pub(super) event_type: TextBuffer,
    pub(super) id: TextBuffer,

    // Where the last chunk ended.
    pub(super) place: Place,
    pub(super) prefix: Prefix,
    /// The open value of a field other than data, or a piece of data that is being returned.
    pub(super) open: TextBuffer,
    /// The start in `data` of the open data line, or of what is left of it.
    pub(super) open_data_from: usize,
    /// Whether a part of the open data line has been returned.
    pub(super) open_data_is_cut: bool,
    pub(super) open_retry: Digits,

    /// The offset of the current chunk in the connection.
    pub(super) base: u64,
    /// The bytes that a guard left unread.
    pub(super) rest: Bytes,
    /// Whether a guard holds a chunk, to which `block` may refer.
    pub(super) feeding: bool,
    /// Whether no guard holds a chunk, `rest` is empty, the connection is not finished, and blocks have no limit in
    /// bytes as received: the next byte continues at `place`.
    pub(super) settled: bool,
    /// The length of the connection in bytes, once it is finished.
    pub(super) finished: Option<u64>,
}

impl State {
    /// Returns the state before the first connection.
    pub(super) fn new() -> Self {
        let mut state = State { piece_size: DEFAULT_PIECE_SIZE, settled: true, ..State::default() };
        state.set_max_event_size(DEFAULT_MAX_EVENT_SIZE);
        state
    }

    /// Limits the size of an event in bytes. A lower limit also applies to the block being read.
    pub(super) fn set_max_event_size(&mut self, bytes: usize) {
        self.max_event_size = bytes;
        self.most_plain = if self.strict_utf8 { 0 } else { bytes };
        let fields = [&mut self.data, &mut self.event_type, &mut self.id, &mut self.last_event_id];
        for buffer in fields.into_iter().chain([&mut self.open, &mut self.gathered.text]) {
            buffer.set_limit(bytes);
        }
    }

    pub(super) fn set_strict_utf8(&mut self) {
        self.strict_utf8 = true;
        self.most_plain = 0;
    }
}

/// Shows no bytes of the stream, which may be private, only their number.
impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("max_event_size", &self.max_event_size)
            .field("strict_utf8", &self.strict_utf8)
            .field("place", &self.place)
            .field("block", &self.block)
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

/// The limit of a block in bytes as received. See `block_limit.rs`.
#[derive(Default)]
pub(super) struct BlockLimit {
    pub(super) bytes: usize,
    /// The bytes that follow the part of the chunk that the cursor reads.
    pub(super) later: Bytes,
    /// How many bytes at the end of the chunk do not count, because the server did not send them.
    pub(super) made_up: usize,
    /// Whether the rest of the block is skipped, because it is over the limit.
    pub(super) skips: bool,
}

/// The place of the next byte in the stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    /// At the start of the connection, or inside a byte order mark, whose bytes so far are in the prefix.
    #[default]
    Bom,
    /// At the start of a line.
    Line,
    /// At the start of a line, after a line that ended with CR: if an LF comes next, it belongs to that line end.
    AfterCr,
    /// In a block that is being gathered.
    Gathering,
    /// In a line whose field is not decided yet. The prefix holds all of the line.
    Name,
    /// In the value of a field.
    Value(Field),
    /// In a comment or an unknown field that is skipped.
    Skipped,
}

/// The first bytes of a cut line, kept until they decide its field.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Prefix {
    bytes: [u8; LONGEST_NAME],
    len: u8,
}

impl Prefix {
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    pub(super) fn push(&mut self, byte: u8) {
        self.bytes[usize::from(self.len)] = byte;
        self.len += 1;
    }

    pub(super) fn extend(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.push(*byte));
    }

    pub(super) fn clear(&mut self) {
        self.len = 0;
    }
}

/// Returns the place after a line end, which may be the first half of a CR LF.
pub(super) fn place_at(bytes: &[u8], at: usize) -> Place {
    if at == bytes.len() && bytes.last() == Some(&CR) {
        Place::AfterCr
    } else {
        Place::Line
    }
}

/// The lines of a block so far. The values of the complete lines are in the state's plain block.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) text: TextBuffer,
    /// The index at which the open line begins.
    pub(super) line: usize,
    /// The field of the open line and the index at which its value begins, once they are decided.
    pub(super) open: Option<(Field, usize)>,
}

impl Gathered {
    #[inline]
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.line = 0;
        self.open = None;
    }

    /// Whether the last complete line ends with a CR that may be the first half of a CR LF.
    pub(super) fn ends_with_cr(&self) -> bool {
        self.line > 0 && self.text.as_bytes()[self.line - 1] == CR
    }
}

/// The values of a plain block by field: ranges of the chunk or of the gathered text.
#[derive(Debug, Default)]
pub(super) struct PlainBlock {
    pub(super) values: [Range<usize>; 3],
    /// Bit `n` is set if the block has field `n`; the other values are undefined.
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

/// The place of a value of the block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Part {
    /// No line has set the value.
    #[default]
    Absent,
    /// In the current chunk.
    Chunk(Range<usize>),
    /// In the state's buffer for this field.
    Buffer,
}

/// Sets a part to a value in the chunk.
#[inline]
pub(super) fn replace(part: &mut Part, value: Range<usize>, buffer: &mut TextBuffer) {
    if *part == Part::Buffer {
        buffer.clear();
    }
    *part = Part::Chunk(value);
}

/// Moves the value of a part from the chunk to its buffer.
pub(super) fn move_to_buffer(part: &mut Part, chunk: &Scanned<'_>, buffer: &mut TextBuffer) {
    if let Part::Chunk(range) = part {
        buffer.clear();
        buffer.extend(chunk.piece(range));
        *part = Part::Buffer;
    }
}

#[derive(Debug, Default)]
pub(super) struct Block {
    /// The offset in the connection at which the block begins.
    pub(super) start: u64,
    /// The bytes that count against the limit: the values of all event, data and id lines, plus one per data line.
    pub(super) size: usize,
    pub(super) data: Part,
    pub(super) event_type: Part,
    pub(super) id: Part,
    /// Whether a `data`, `event`, `id` or valid `retry` line of the block has been read.
    pub(super) begun: bool,
    /// Whether the block was rejected with an error, so that nothing of it is dispatched.
    pub(super) given_up: bool,
    /// Whether some of its data was returned as a piece.
    pub(super) in_pieces: bool,
    /// Whether it has set the reconnection time.
    pub(super) has_retry: bool,
}

impl Block {
    #[inline]
    pub(super) fn starting_at(start: u64) -> Self {
        Block { start, ..Block::default() }
    }

    /// Returns how many more bytes fit. The limit may have been lowered since some were counted.
    #[inline]
    pub(super) fn room(&self, limit: usize) -> usize {
        limit.saturating_sub(self.size)
    }

    /// Returns the bytes that a line counts: its value, plus for data the LF that the standard appends to each line.
    #[inline(always)]
    pub(super) fn weight(field: Field, value: usize) -> usize {
        value + usize::from(field == Field::Data)
    }

    /// Adds the value of a field that another path has read, within the limit.
    #[inline]
    pub(super) fn take_over(&mut self, field: Field, value: usize, part: Part) {
        self.begun = true;
        self.size += Block::weight(field, value);
        match field {
            Field::Data => self.data = part,
            Field::Event => self.event_type = part,
            _ => self.id = part,
        }
    }

    /// Counts more bytes. If they exceed the limit, none is counted, and `Err` holds how many of them fit.
    #[inline]
    pub(super) fn count(&mut self, more: usize, limit: usize) -> Result<(), usize> {
        let room = self.room(limit);
        if more > room {
            return Err(room);
        }
        self.size += more;
        Ok(())
    }

    #[inline]
    fn parts(&self) -> [&Part; 3] {
        [&self.data, &self.event_type, &self.id]
    }

    /// Whether a value lies in the chunk.
    #[inline]
    pub(super) fn is_in_chunk(&self) -> bool {
        self.parts().iter().any(|part| matches!(part, Part::Chunk(_)))
    }

    /// Whether a value lies in a buffer of the state.
    #[inline]
    pub(super) fn is_in_buffers(&self) -> bool {
        self.parts().iter().any(|part| **part == Part::Buffer)
    }

    /// Whether the end of the stream would discard anything of the block.
    #[inline]
    pub(super) fn holds_something(&self) -> bool {
        self.given_up || self.parts().iter().any(|part| **part != Part::Absent)
    }
}

/// Methods for the block that is being read.
impl State {
    /// Whether no line of a block has been read since the last blank line.
    #[inline(always)]
    pub(super) fn is_between_blocks(&self) -> bool {
        self.place == Place::Line && !self.block.begun
    }

    /// Begins the next block, and removes the values of the last one from the buffers.
    #[inline]
    pub(super) fn begin_block(&mut self, start: u64) {
        if !self.block.begun {
            self.block.start = start;
            return;
        }
        if self.block.is_in_buffers() {
            self.empty_buffers();
        }
        self.block = Block::starting_at(start);
    }

    /// Whether `len` more bytes of the open data line fit.
    #[inline]
    pub(super) fn has_room_for_data(&self, len: usize) -> bool {
        !self.block.given_up && len <= self.block.room(self.max_event_size)
    }

    /// Appends to the open data line a piece that fits.
    #[inline(always)]
    pub(super) fn extend_data(&mut self, piece: Piece<'_>) {
        self.block.size += piece.bytes().len();
        self.data.extend(piece);
    }

    /// [parse 11](crate::_rules#parse-11) Sets the last event ID to the ID of the block, which is in its buffer.
    #[inline]
    pub(super) fn keep_id(&mut self) {
        self.id.check();
        mem::swap(&mut self.last_event_id, &mut self.id);
    }

    pub(super) fn empty_buffers(&mut self) {
        self.data.clear();
        self.event_type.clear();
        self.id.clear();
    }

    /// Rejects the block: nothing of it will be dispatched, and its buffers are emptied.
    #[cold]
    pub(super) fn give_up(&mut self) {
        self.block = Block { start: self.block.start, begun: true, given_up: true, ..Block::default() };
        self.empty_buffers();
        self.gathered.clear();
        self.open.clear();
    }

    #[cold]
    pub(super) fn too_large(&self, at: u64) -> DecodeError {
        let limit = self.max_event_size;
        DecodeError::new(DecodeErrorKind::TooLarge { limit }, self.block.start, at)
    }

    #[cold]
    pub(super) fn invalid_utf8(&self, at: u64) -> DecodeError {
        DecodeError::new(DecodeErrorKind::InvalidUtf8, self.block.start, at)
    }
}

impl State {
    /// Returns the next chunk of the connection, preceded by the unread bytes of the last one.
    #[inline]
    pub(super) fn following<'c>(&mut self, chunk: Chunk<'c>) -> Chunk<'c> {
        if self.settled {
            chunk
        } else {
            self.following_unsettled(chunk)
        }
    }

    #[cold]
    fn following_unsettled<'c>(&mut self, chunk: Chunk<'c>) -> Chunk<'c> {
        self.go_on();
        let chunk = if self.rest.is_empty() { chunk } else { self.after_rest(chunk.bytes()).into() };
        self.cut(chunk, 0)
    }

    /// Returns the number of bytes of the connection read, up to `at` in the chunk. Line ends that the server left out
    /// do not count.
    pub(super) fn bytes_consumed_to(&self, at: usize) -> u64 {
        self.finished.unwrap_or(self.base + at as u64)
    }

    /// Updates `settled`.
    #[inline]
    pub(super) fn settle(&mut self) {
        self.settled =
            !self.feeding && self.finished.is_none() && self.rest.is_empty() && self.block_limit.is_none();
    }

    /// Begins the next connection if the last one is finished, and recovers from a leaked guard.
    #[inline]
    pub(super) fn go_on(&mut self) {
        if self.feeding || self.finished.is_some() {
            self.begin_anew();
        }
    }

    #[cold]
    fn begin_anew(&mut self) {
        match self.finished.take() {
            Some(_) => self.start_afresh(),
            None => self.forget_leaked(),
        }
        self.settle();
    }

    /// Recovers from a leaked guard: the block and the open line, which refer to its chunk, are skipped.
    pub(super) fn forget_leaked(&mut self) {
        if mem::take(&mut self.feeding) {
            self.give_up();
            self.forget_later();
            self.prefix.clear();
            self.line_ends.clear();
            self.place = Place::Skipped;
        }
    }

    /// [parse 15](crate::_rules#parse-15) Resets everything but the last event ID and the reconnection time.
    pub(super) fn start_afresh(&mut self) {
        self.empty_buffers();
        self.gathered.clear();
        self.open.clear();
        self.prefix.clear();
        self.place = Place::Bom;
        self.block = Block::default();
        self.base = 0;
        self.rest = Bytes::new();
        self.feeding = false;
        if let Some(limit) = &mut self.block_limit {
            **limit = BlockLimit { bytes: limit.bytes, ..BlockLimit::default() };
        }
    }

    #[cold]
    pub(super) fn after_rest(&mut self, chunk: &[u8]) -> Bytes {
        let rest = mem::take(&mut self.rest);
        let mut bytes = BytesMut::with_capacity(rest.len() + chunk.len());
        bytes.extend_from_slice(&rest);
        bytes.extend_from_slice(chunk);
        bytes.freeze()
    }
}
