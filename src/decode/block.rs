//! The block that is being read: what its lines have said so far.

use core::ops::Range;

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
