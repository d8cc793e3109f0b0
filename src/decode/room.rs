//! `Room`: the buffer that a reader reads into.

use core::fmt;

use bytes::{Bytes, BytesMut};

/// A buffer shared by many small reads.
#[derive(Default)]
pub(crate) struct Room(BytesMut);

impl Room {
    /// Returns the space for the next read, which is never empty.
    pub(crate) fn get(&mut self) -> &mut [u8] {
        if self.0.len() < LEAST_READ_SIZE {
            self.0.resize(READ_SIZE, 0);
        }
        &mut self.0
    }

    /// Takes the first `len` bytes of the space, which the reader has filled.
    pub(crate) fn take(&mut self, len: usize) -> Bytes {
        self.0.split_to(len.min(self.0.len())).freeze()
    }
}

impl fmt::Debug for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} B", self.0.len())
    }
}

/// 32 KiB: several hundred events of an LLM, and cheap compared with a read.
const READ_SIZE: usize = 32 * 1024;

/// 4 KiB: every read gets at least this much space, and many small reads share one buffer.
const LEAST_READ_SIZE: usize = 4 * 1024;
