//! How events share a chunk.

use alloc::vec::Vec;

use bytes::Bytes;

use super::item::Part;

/// What goes out at once.
///
/// The first part waits as it is: alone, it becomes bytes of exactly its size, or is handed on when it is
/// bytes already. Only a second one asks for a buffer, which leaves with the chunk.
pub(super) struct Chunk {
    parts: Parts,
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
        Chunk { parts: Parts::None, size }
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

    /// Whether this part belongs here: what is as large as a chunk stands alone, and is not copied.
    pub(super) fn takes(&self, part: &Part) -> bool {
        self.is_empty() || !self.is_full() && part.weight() < self.size
    }

    /// Puts a part behind the others, in a buffer of at least `room` bytes when it is the second.
    pub(super) fn put(&mut self, part: Part, room: usize) {
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
