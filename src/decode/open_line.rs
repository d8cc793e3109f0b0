//! The line that the end of a chunk has cut.

use crate::wire::{Field, LONGEST_NAME};

/// Where in the stream the next byte stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    /// At the start of the connection, perhaps inside a byte order mark. The prefix holds what was seen of it.
    #[default]
    Bom,
    /// At the start of a line.
    Line,
    /// At the start of a line. A CR ended the one before; an LF now belongs to it.
    AfterCr,
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
