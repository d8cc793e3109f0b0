//! `State`: what is known between two chunks, and the block that is being read.
//!
//! The ground floor of the decoder: everything that reads changes it, and nothing here reads.

use core::mem;
use core::ops::Range;

use bytes::{Bytes, BytesMut};

use crate::error::{DecodeError, DecodeErrorKind};
use crate::text::{Chunk, Piece, Scanned, TextBuffer};
use crate::wire::{Digits, Field, LineEnds, CR, LONGEST_NAME};

#[derive(Debug)]
pub(super) struct State {
    pub(super) max_event_size: usize,
    pub(super) strict_utf8: bool,
    pub(super) piece_size: usize,

    // What outlives a connection [parse 15].
    pub(super) last_event_id: TextBuffer,
    pub(super) reconnection_time: Option<u64>,
    /// A block without data is found by whoever asks for events, too: it may be an end mark.
    pub(super) reports_blocks: bool,

    // What the connection has said so far.
    pub(super) block: Block,
    /// Of the chunk that is being read.
    pub(super) line_ends: LineEnds,
    /// A plain block that was found, in the chunk; or the lines that are whole of one that is gathered.
    pub(super) plain: PlainBlock,
    /// The block, while it comes in small chunks and is plain.
    pub(super) gathered: Gathered,
    pub(super) data: TextBuffer,
    pub(super) event_type: TextBuffer,
    pub(super) id: TextBuffer,

    // Where the last chunk ended.
    pub(super) place: Place,
    pub(super) prefix: Prefix,
    /// The open value of a field that is not data; and a piece of data that is returned.
    pub(super) open: TextBuffer,
    /// The open value of data is in `data`, from here on; `None` if some of it has been returned.
    pub(super) open_data_from: Option<usize>,
    pub(super) open_retry: Digits,

    /// How many bytes of the connection lie before the chunk.
    pub(super) base: u64,
    /// What a guard left unread.
    pub(super) rest: Bytes,
    /// A guard holds the chunk that `block` speaks of.
    pub(super) feeding: bool,
    /// Nothing of that, no rest, and the connection is not over: the next byte goes on at `place`.
    pub(super) settled: bool,
    /// How many bytes the connection had, once it is over.
    pub(super) finished: Option<u64>,
}

/// 16 KiB: worth a call, and little beside the chunk it comes from.
const DEFAULT_PIECE_SIZE: usize = 16 * 1024;

impl Default for State {
    /// Before the first connection.
    fn default() -> Self {
        State {
            max_event_size: usize::MAX,
            strict_utf8: false,
            piece_size: DEFAULT_PIECE_SIZE,
            last_event_id: TextBuffer::default(),
            reconnection_time: None,
            reports_blocks: false,
            block: Block::default(),
            line_ends: LineEnds::default(),
            plain: PlainBlock::default(),
            gathered: Gathered::default(),
            data: TextBuffer::default(),
            event_type: TextBuffer::default(),
            id: TextBuffer::default(),
            place: Place::Bom,
            prefix: Prefix::default(),
            open: TextBuffer::default(),
            open_data_from: None,
            open_retry: Digits::Empty,
            base: 0,
            rest: Bytes::new(),
            feeding: false,
            settled: true,
            finished: None,
        }
    }
}

impl State {
    /// Sets how many bytes one event may have. A lower limit holds for an open block too.
    pub(super) fn set_max_event_size(&mut self, bytes: usize) {
        self.max_event_size = bytes;
        let fields = [&mut self.data, &mut self.event_type, &mut self.id, &mut self.last_event_id];
        for buffer in fields.into_iter().chain([&mut self.open, &mut self.gathered.text]) {
            buffer.set_limit(bytes);
        }
    }
}

/// Where in the stream the next byte is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    /// At the start of the connection, perhaps inside a byte order mark. The prefix holds what was seen of it.
    #[default]
    Bom,
    /// At the start of a line.
    Line,
    /// At the start of a line. A CR ended the one before; an LF now belongs to it.
    AfterCr,
    /// In a block that is gathered.
    Gathering,
    /// In a line whose field is not decided. The prefix holds all of it.
    Name,
    /// In the value of a field.
    Value(Field),
    /// In a comment or an unknown field that nobody asked for.
    Skipped,
}

/// The first bytes of a cut line, until they decide its field.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Prefix {
    bytes: [u8; LONGEST_NAME],
    len: usize,
}

impl Prefix {
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    pub(super) fn push(&mut self, byte: u8) {
        self.bytes[self.len] = byte;
        self.len += 1;
    }

    pub(super) fn extend(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.push(*byte));
    }

    pub(super) fn clear(&mut self) {
        self.len = 0;
    }
}

/// The place after a line end, which may be half of a CR LF.
pub(super) fn place_at(bytes: &[u8], at: usize) -> Place {
    if at == bytes.len() && bytes.last() == Some(&CR) {
        Place::AfterCr
    } else {
        Place::Line
    }
}

/// The lines of a block so far; the values of those that are whole are the decoder's plain block.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) text: TextBuffer,
    /// Where the open line begins.
    pub(super) line: usize,
    /// The field of the open line and where its value begins, once that is decided.
    pub(super) open: Option<(Field, usize)>,
}

impl Gathered {
    #[inline]
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.line = 0;
        self.open = None;
    }

    /// Whether the last whole line ends with a CR that may be half of a line end.
    pub(super) fn ends_with_cr(&self) -> bool {
        self.line > 0 && self.text.as_bytes()[self.line - 1] == CR
    }
}

/// The values of such a block, by their field.
#[derive(Debug, Default)]
pub(super) struct PlainBlock {
    pub(super) values: [Range<usize>; 3],
    /// Which of them the block has, a bit each; others mean nothing.
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

/// Where a value of the block lies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Part {
    /// No line has set it.
    #[default]
    Absent,
    /// In the chunk that is being read.
    Chunk(Range<usize>),
    /// In the state's buffer for this field.
    Buffer,
}

/// The value lies in the chunk now.
#[inline]
pub(super) fn replace(part: &mut Part, value: Range<usize>, buffer: &mut TextBuffer) {
    if *part == Part::Buffer {
        buffer.clear();
    }
    *part = Part::Chunk(value);
}

/// The value lies in its buffer now.
pub(super) fn move_to_buffer(part: &mut Part, chunk: &Scanned<'_>, buffer: &mut TextBuffer) {
    if let Part::Chunk(range) = part {
        buffer.clear();
        buffer.extend(chunk.piece(range));
        *part = Part::Buffer;
    }
}

#[derive(Debug, Default)]
pub(super) struct Block {
    /// Where it begins, counted from the first byte of the connection.
    pub(super) start: u64,
    /// What counts against the limit: the value bytes of event, data and id lines, one more a data line.
    pub(super) size: usize,
    pub(super) data: Part,
    pub(super) event_type: Part,
    pub(super) id: Part,
    /// A line of it has been read that counts.
    pub(super) begun: bool,
    /// Too large or not UTF-8, and said so: nothing of it is dispatched.
    pub(super) given_up: bool,
    /// Some of its data has been returned as a piece.
    pub(super) in_pieces: bool,
    /// It has set the reconnection time.
    pub(super) has_retry: bool,
}

impl Block {
    #[inline]
    pub(super) fn starting_at(start: u64) -> Self {
        Block { start, ..Block::default() }
    }

    /// How many more bytes may be counted. The limit may have been lowered since some were.
    #[inline]
    pub(super) fn room(&self, limit: usize) -> usize {
        limit.saturating_sub(self.size)
    }

    /// The bytes that a line counts: its value, and for data the LF that the standard appends to each line.
    #[inline(always)]
    pub(super) fn weight(field: Field, value: usize) -> usize {
        value + usize::from(field == Field::Data)
    }

    /// Takes over the value of a field that was read another way, within the limit.
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

    /// Counts more bytes; when they are too many, `Err` holds how many of them were not.
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

    /// Whether some of it lies in the chunk.
    #[inline]
    pub(super) fn is_in_chunk(&self) -> bool {
        self.parts().iter().any(|part| matches!(part, Part::Chunk(_)))
    }

    /// Whether some of it is in the state's buffers.
    #[inline]
    pub(super) fn is_in_buffers(&self) -> bool {
        self.parts().iter().any(|part| **part == Part::Buffer)
    }

    /// Whether a line has said something that the end of the stream would take away.
    #[inline]
    pub(super) fn holds_something(&self) -> bool {
        self.given_up || self.parts().iter().any(|part| **part != Part::Absent)
    }
}

/// The block that a state reads.
impl State {
    /// Whether nothing was read since the last blank line that counts.
    #[inline(always)]
    pub(super) fn is_between_blocks(&self) -> bool {
        self.place == Place::Line && !self.block.begun
    }

    /// Begins the next block: what the last one has put in the buffers leaves them.
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

    /// Whether the open data line may go on with so many bytes.
    #[inline]
    pub(super) fn has_room_for_data(&self, len: usize) -> bool {
        !self.block.given_up && len <= self.block.room(self.max_event_size)
    }

    /// Goes on with the open data line, which has room for it.
    #[inline(always)]
    pub(super) fn extend_data(&mut self, piece: Piece<'_>) {
        self.block.size += piece.bytes().len();
        self.data.extend(piece);
    }

    /// [parse 11](crate::_rules#parse-11) The last event ID takes the value of the block that ends, which is in its buffer.
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

    /// Gives the block up: nothing of it will be dispatched, and its memory is free at once.
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
    /// The next chunk of the connection, after what was not read of the last one.
    #[inline]
    pub(super) fn following<'c>(&mut self, chunk: Chunk<'c>) -> Chunk<'c> {
        self.go_on();
        if self.rest.is_empty() {
            chunk
        } else {
            self.after_rest(chunk.bytes())
        }
    }

    /// How many bytes were read with so many of the chunk. Line ends that were left out were not.
    pub(super) fn bytes_consumed_to(&self, at: usize) -> u64 {
        self.finished.unwrap_or(self.base + at as u64)
    }

    /// Finds out whether the next byte simply goes on.
    #[inline]
    pub(super) fn settle(&mut self) {
        self.settled = !self.feeding && self.finished.is_none() && self.rest.is_empty();
    }

    /// A finished connection is left for the next one.
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

    /// A leaked guard took the chunk away that the block and the open line speak of.
    pub(super) fn forget_leaked(&mut self) {
        if mem::take(&mut self.feeding) {
            self.give_up();
            self.prefix.clear();
            self.line_ends.clear();
            self.place = Place::Skipped;
        }
    }

    /// [parse 15](crate::_rules#parse-15) All but the last event ID and the reconnection time starts afresh.
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
    }

    #[cold]
    pub(super) fn after_rest(&mut self, chunk: &[u8]) -> Chunk<'static> {
        let rest = mem::take(&mut self.rest);
        let mut bytes = BytesMut::with_capacity(rest.len() + chunk.len());
        bytes.extend_from_slice(&rest);
        bytes.extend_from_slice(chunk);
        Chunk::from(bytes.freeze())
    }
}
