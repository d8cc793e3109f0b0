//! `Held`: the bytes of a block that is not complete yet.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use crate::wire::{last_line_end, CR, LF};

/// The lines of the current block that came in earlier chunks, or before a comment inside the block.
#[derive(Default)]
pub(super) struct Held {
    bytes: Vec<u8>,
    /// Its comments and other lines that are frames of their own. They are kept when the block is replaced.
    lines: Vec<Range<usize>>,
}

impl Held {
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Marks the last line, which begins at `start`, as a frame.
    pub(super) fn end_line_at(&mut self, start: usize) {
        self.lines.push(start..self.bytes.len());
    }

    /// Adds the LF that belongs to the CR at the end of the last line.
    pub(super) fn put_lf(&mut self) {
        let len = self.bytes.len();
        self.bytes.push(LF);
        if let Some(line) = self.lines.last_mut().filter(|line| line.end == len) {
            line.end += 1;
        }
    }

    /// Removes the last line, which begins at `start`. A CR before it gets an LF, so that it does not join an LF that
    /// follows.
    pub(super) fn leave_out(&mut self, start: usize) {
        self.bytes.truncate(start);
        if self.bytes.last() == Some(&CR) {
            self.put_lf();
        }
    }

    /// Removes the last line, which has no line end.
    pub(super) fn drop_open_line(&mut self) {
        self.bytes.truncate(last_line_end(&self.bytes).map_or(0, |end| end + 1));
    }

    /// Adds the blank line, after the end of the last line if that is open.
    pub(super) fn end_block(&mut self, is_line_open: bool) {
        // Otherwise the CR and the blank line would form one line end.
        if is_line_open || self.bytes.last() == Some(&CR) {
            self.put_lf();
        }
        self.bytes.push(LF);
    }

    pub(super) fn has_lines(&self) -> bool {
        !self.lines.is_empty()
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &[u8]> {
        self.lines.iter().map(|line| &self.bytes[line.clone()])
    }

    /// Removes the first bytes. Called before any line is marked.
    pub(super) fn drop_first(&mut self, len: usize) {
        self.bytes.drain(..len);
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.lines.clear();
        if self.bytes.capacity() > GIVE_BACK {
            *self = Held::default();
        }
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} B", self.bytes.len())
    }
}

/// 64 KiB: a larger buffer is not kept for the next block.
const GIVE_BACK: usize = 64 * 1024;
