//! `Written`: the output of a rewrite that has not been taken.

use core::fmt;
use core::ops::Range;

use bytes::{BufMut, Bytes, BytesMut};

use crate::encode::Encoded;
use crate::wire::{BOM, CR, LF};

/// The output for the earlier chunks, parts of this one, and the output written between them.
///
/// If the whole output is one part of the chunk, it is not copied, unless it is little and would hold much memory.
#[derive(Default)]
pub(super) struct Written {
    chunk: Bytes,
    /// The last forwarded part of the chunk. It follows the buffer.
    part: Range<usize>,
    buffer: BytesMut,
    /// The last byte of the output that has been taken.
    last: Option<u8>,
}

impl Written {
    /// Begins the next chunk.
    pub(super) fn begin(&mut self, chunk: Bytes) {
        self.put_part();
        self.chunk = chunk;
    }

    /// Releases the chunk, unless a part of it is to be forwarded.
    pub(super) fn end_chunk(&mut self) {
        if self.part.is_empty() {
            self.begin(Bytes::new());
        }
    }

    pub(super) fn take(&mut self) -> Bytes {
        self.last = self.last_byte();
        let bytes = if self.buffer.is_empty() {
            let part = core::mem::take(&mut self.part);
            match is_little(part.len(), self.chunk.len()) {
                true => Bytes::copy_from_slice(&self.chunk[part]),
                false => self.chunk.slice(part),
            }
        } else {
            self.put_part();
            self.take_buffer()
        };
        self.chunk = Bytes::new();
        bytes
    }

    fn take_buffer(&mut self) -> Bytes {
        match self.buffer.len() {
            len if is_little(len, self.buffer.capacity()) => {
                Bytes::copy_from_slice(&core::mem::take(&mut self.buffer))
            }
            0..=KEPT => self.buffer.split().freeze(),
            _ => core::mem::take(&mut self.buffer).freeze(),
        }
    }

    /// Returns the last byte of the whole output so far.
    pub(super) fn last_byte(&self) -> Option<u8> {
        match self.chunk[self.part.clone()].last() {
            None => self.buffer.last().copied().or(self.last),
            last => last.copied(),
        }
    }

    /// Ends a CR at the end of the output with an LF. Called before output that does not follow it in the input, whose
    /// first LF would join that CR.
    pub(super) fn end_line(&mut self) {
        if self.last_byte() == Some(CR) {
            self.buffer().put_u8(LF);
        }
    }

    /// Forwards held bytes and a part of the chunk unchanged.
    pub(super) fn forward(&mut self, held: &[u8], part: Range<usize>) {
        if self.last_byte().is_none() && begins_with_mark(held, &self.chunk[part.clone()]) {
            // The input before it was removed. A reader strips a mark at the beginning, and would then see another
            // field.
            self.buffer().put_slice(Encoded::heartbeat().as_bytes());
        }
        self.forward_next(held, part);
    }

    /// Does the same as [`forward`](Self::forward) for bytes that directly follow the last ones of the input, or begin
    /// it.
    pub(super) fn forward_next(&mut self, held: &[u8], part: Range<usize>) {
        if !held.is_empty() {
            self.buffer().put_slice(held);
        }
        if part.is_empty() {
            return;
        }
        if self.part.end == part.start {
            self.part.end = part.end;
        } else {
            self.put_part();
            self.part = part;
        }
    }

    /// Returns the buffer to write the next item to.
    pub(super) fn buffer(&mut self) -> &mut BytesMut {
        self.put_part();
        self.make_room();
        &mut self.buffer
    }

    /// Returns the length of the output so far.
    pub(super) fn len(&self) -> usize {
        self.buffer.len() + self.part.len()
    }

    /// Inserts lines at an offset of the output.
    pub(super) fn insert<'l>(&mut self, at: usize, lines: impl Iterator<Item = &'l [u8]>) {
        // This copies the output of one input only, so the total cost is linear.
        let after = self.buffer()[at..].to_vec();
        self.buffer.truncate(at);
        for line in lines {
            if line.starts_with(&BOM) {
                self.buffer.put_slice(Encoded::heartbeat().as_bytes());
            }
            self.buffer.put_slice(line);
            if line.ends_with(&[CR]) {
                self.buffer.put_u8(LF);
            }
        }
        self.buffer.put_slice(&after);
    }

    /// Copies the forwarded part of the chunk to the buffer.
    fn put_part(&mut self) {
        let part = core::mem::replace(&mut self.part, 0..0);
        if !part.is_empty() {
            self.make_room();
            self.buffer.put_slice(&self.chunk[part]);
        }
    }

    /// Reserves the size of the chunk. Spare capacity is used for the next chunks.
    fn make_room(&mut self) {
        if !self.buffer.is_empty() {
            return;
        }
        match self.buffer.capacity() {
            0 => self.buffer = BytesMut::with_capacity(ROOM.max(self.chunk.len())),
            _ => self.buffer.reserve(self.chunk.len()),
        }
    }
}

/// Whether output of this size is a small part of the memory that it would hold.
fn is_little(len: usize, memory: usize) -> bool {
    memory / 4 > len.max(KEPT)
}

fn begins_with_mark(held: &[u8], part: &[u8]) -> bool {
    held.iter().chain(part).take(BOM.len()).eq(&BOM)
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} B", self.buffer.len() + self.part.len())
    }
}

/// 1 KiB: a few events of a response that arrives word by word, and little memory for an idle connection.
const ROOM: usize = 1024;

/// 4 KiB: after a larger output, the rest of the buffer is not kept for the next chunk. Less than four times as much memory
/// is not worth a copy.
const KEPT: usize = 4 * 1024;
