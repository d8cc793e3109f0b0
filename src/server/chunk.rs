//! `Chunk`: events that go out at once.

use alloc::vec::Vec;

use bytes::Bytes;

use super::item::Part;

/// Events that go out at once.
///
/// The first part is kept as it is: alone, it becomes bytes of exactly its size, or is forwarded when it is bytes
/// already. Only a second one needs a buffer, which leaves with the chunk.
pub(super) struct Chunk {
    parts: Parts,
    /// How many parts it has.
    pub(super) count: usize,
    /// In bytes: from here on it is full.
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

    /// Whether this part belongs here: one as large as a chunk goes alone, and is not copied.
    pub(super) fn takes(&self, part: &Part) -> bool {
        self.is_empty() || !self.is_full() && part.weight() < self.size
    }

    /// Appends a part, in a buffer of at least `room` bytes when it is the second.
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

    /// The bytes, when there are any, and how much room the next chunk should begin with.
    pub(super) fn finish(self) -> Option<(Bytes, usize)> {
        match self.parts {
            Parts::None => None,
            Parts::One(part) => Some((part.into_bytes(), 0)),
            // An eighth more, or else a chunk that is a little larger than the last one would be moved.
            Parts::Many(bytes) => {
                let room = bytes.len() + bytes.len() / 8;
                Some((bytes.into(), room.min(self.size.saturating_mul(2))))
            }
        }
    }
}
