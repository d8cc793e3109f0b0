//! `Room`: a buffer for what a reader returns.

use bytes::{Bytes, BytesMut};

/// A buffer that many small reads share.
#[derive(Debug, Default)]
pub(crate) struct Room(BytesMut);

impl Room {
    /// Never empty.
    pub(crate) fn get(&mut self) -> &mut [u8] {
        if self.0.len() < LEAST_READ_SIZE {
            self.0.resize(READ_SIZE, 0);
        }
        &mut self.0
    }

    /// What was read into the beginning of it.
    pub(crate) fn take(&mut self, len: usize) -> Bytes {
        self.0.split_to(len.min(self.0.len())).freeze()
    }
}

/// 32 KiB: some hundred events of an LLM, and small beside what a read costs.
const READ_SIZE: usize = 32 * 1024;

/// 4 KiB: many small reads share one buffer, and none is cut small by its end.
const LEAST_READ_SIZE: usize = 4 * 1024;
