//! The block that is being read: what its lines have said so far.

use core::ops::Range;

use super::decoder::Decoder;
use super::open_line::Place;
use crate::error::{DecodeError, DecodeErrorKind};

/// Where a value of the block lies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Part {
    /// No line has set it.
    #[default]
    Absent,
    /// In the chunk that is being read.
    Chunk(Range<usize>),
    /// In the decoder's buffer for this field.
    Buffer,
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
    /// In milliseconds.
    pub(super) retry: Option<u64>,
    /// A line of it has been read that counts.
    pub(super) begun: bool,
    /// Too large or not UTF-8, and said so: nothing of it is dispatched.
    pub(super) given_up: bool,
    /// Some of its data has been handed out.
    pub(super) in_pieces: bool,
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

    /// Whether some of it stands in the decoder's buffers.
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

/// The block that a decoder reads.
impl Decoder {
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
