//! `Chunk`: events that are sent together.

use alloc::vec::Vec;

use bytes::Bytes;

use super::item::Part;

/// Events that are sent together.
///
/// The first part is kept as it is: alone, it becomes `Bytes` of exactly its size, or is forwarded if it is bytes
/// already. A buffer is allocated only for a second part, and leaves with the chunk.
pub(super) struct Chunk {
    parts: Parts,
    /// The number of parts.
    pub(super) count: usize,
    /// The size in bytes at which the chunk is full.
    size: usize,
}

enum Parts {
    None,
    One(Part),
    Many(Vec<u8>),
}

impl Chunk {
    pub(super) fn new(size: usize) -> Self {
        Chunk { parts: Parts::None, count: 0, size }
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self.parts, Parts::None)
    }

    pub(super) fn is_full(&self) -> bool {
        match &self.parts {
            Parts::None => false,
            Parts::One(part) => part.len() >= self.size,
            Parts::Many(bytes) => bytes.len() >= self.size,
        }
    }

    /// Returns whether this part fits: a part as large as a chunk is sent alone, without a copy.
    pub(super) fn takes(&self, part: &Part) -> bool {
        self.is_empty() || !self.is_full() && part.weight() < self.size
    }

    /// Appends a part. The second part allocates a buffer of at least `room` bytes.
    pub(super) fn put(&mut self, part: Part, room: usize) {
        self.count += 1;
        if let Parts::Many(bytes) = &mut self.parts {
            part.encode(bytes);
            return;
        }
        self.parts = match core::mem::replace(&mut self.parts, Parts::None) {
            Parts::One(first) => {
                let mut bytes = Vec::with_capacity(room.max(first.len() + part.len()));
                first.encode(&mut bytes);
                part.encode(&mut bytes);
                Parts::Many(bytes)
            }
            _ => Parts::One(part),
        };
    }

    /// Returns the bytes, if any, and the initial capacity for the next chunk's buffer.
    pub(super) fn finish(self) -> Option<(Bytes, usize)> {
        match self.parts {
            Parts::None => None,
            Parts::One(part) => Some((part.into_bytes(), 0)),
            // An eighth more, so that a slightly larger next chunk does not reallocate.
            Parts::Many(bytes) => {
                let room = bytes.len() + bytes.len() / 8;
                Some((bytes.into(), room.min(self.size.saturating_mul(2))))
            }
        }
    }
}
