//! `TextBuffer`: text that is put together from pieces.

use alloc::vec::Vec;
use core::ops::Range;
use core::{fmt, str};

use bytes::{Buf, Bytes};

use super::held::{Held, Utf8Bytes, WORTH_SHARING};
use super::piece::Piece;
use super::repair::{cut_character, is_boundary, repaired, valid_len};
use crate::wire::LF;

/// A buffer that takes bytes as they come and makes text of them when it is asked to.
pub(crate) struct TextBuffer {
    bytes: Vec<u8>,
    /// `bytes[..checked]` is UTF-8.
    checked: usize,
    /// As much as the last text had that left with its buffer.
    expected: usize,
    /// It never holds more than this.
    limit: usize,
}

impl TextBuffer {
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[inline]
    pub(crate) fn push(&mut self, byte: u8) {
        self.extend(Piece::of_byte(&byte));
    }

    #[inline(always)]
    pub(crate) fn extend(&mut self, piece: Piece<'_>) {
        let len = self.bytes.len();
        if piece.bytes.len() > self.bytes.capacity() - len {
            self.grow(piece.bytes.len());
        }
        match piece.bytes {
            [byte] => self.bytes.push(*byte),
            bytes => self.bytes.extend_from_slice(bytes),
        }
        if piece.is_ascii && self.checked == len {
            self.checked = self.bytes.len();
        }
    }

    /// Joins one more line to those that are there.
    #[inline(always)]
    pub(crate) fn join(&mut self, line: Piece<'_>) {
        self.push(LF);
        self.extend(line);
    }

    /// Doubles, but never above the limit: so the old buffer and the new one together stay below twice that.
    #[cold]
    fn grow(&mut self, more: usize) {
        let wanted = match self.bytes.capacity() {
            0 => self.expected.max(64),
            capacity => capacity.saturating_mul(2),
        };
        let needed = self.bytes.len() + more;
        self.bytes.reserve_exact(wanted.min(self.limit).max(needed) - self.bytes.len());
    }

    pub(crate) fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        if len < self.checked {
            self.checked = if is_boundary(&self.bytes, len) { len } else { 0 };
        }
        self.bytes.truncate(len);
    }

    /// How many bytes at the end are the beginning of a character.
    pub(crate) fn cut_character(&self) -> usize {
        cut_character(&self.bytes)
    }

    /// Empties the buffer; a large one goes back to the allocator.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.checked = 0;
        if self.bytes.capacity() > GIVE_BACK {
            self.bytes = Vec::new();
        }
    }

    /// Holds this text instead.
    pub(crate) fn set(&mut self, text: &str) {
        self.clear();
        self.extend(text.as_bytes().into());
        self.checked = text.len();
    }

    /// Makes text of what came in: [parse 1](crate::_rules#parse-1) invalid bytes become U+FFFD.
    #[inline]
    pub(crate) fn check(&mut self) {
        if !self.is_text() {
            self.repair();
        }
    }

    /// Finds out whether all of it is UTF-8; it stays as it is.
    #[inline]
    pub(crate) fn is_text(&mut self) -> bool {
        let unchecked = &self.bytes[self.checked..];
        let is_text = unchecked.is_empty() || valid_len(unchecked) == unchecked.len();
        if is_text {
            self.checked = self.bytes.len();
        }
        is_text
    }

    #[cold]
    fn repair(&mut self) {
        self.bytes.shrink_to_fit();
        self.bytes = repaired(&self.bytes).into_bytes();
        self.checked = self.bytes.len();
    }

    /// Borrows what was checked.
    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        debug_assert_eq!(self.checked, self.bytes.len());
        // SAFETY: `bytes[..checked]` is UTF-8: only `check`, `set` with text and `extend` with ASCII raise
        // `checked`, and whoever changes those bytes lowers it.
        unsafe { str::from_utf8_unchecked(&self.bytes[..self.checked]) }
    }

    /// Hands a part of what was checked over; the buffer is empty afterwards.
    ///
    /// A large text leaves with its buffer, others are copied so that the buffer can be used again.
    ///
    /// # Panics
    ///
    /// When the part does not lie in what was checked, between characters.
    pub(crate) fn take(&mut self, part: Range<usize>) -> Utf8Bytes {
        let text = &self.as_str()[part.clone()];
        let large = text.len() >= WORTH_SHARING && text.len() >= self.bytes.capacity() / 2;
        if !large {
            let text = Utf8Bytes::copy(text);
            self.clear();
            return text;
        }
        self.expected = self.bytes.len().min(GIVE_BACK);
        self.checked = 0;
        let mut bytes = Bytes::from(core::mem::take(&mut self.bytes));
        // No `slice`: that is one more owner.
        bytes.truncate(part.end);
        bytes.advance(part.start);
        Utf8Bytes(Held::Bytes(bytes))
    }

    /// Drops all but this part, which is to be checked again.
    pub(crate) fn keep(&mut self, part: Range<usize>) {
        self.checked = 0;
        self.bytes.truncate(part.end);
        self.bytes.drain(..part.start);
    }

    /// Puts an LF in the place of another byte.
    ///
    /// # Panics
    ///
    /// When there is no byte, or one that is not ASCII.
    #[inline]
    pub(crate) fn set_lf(&mut self, at: usize) {
        assert!(self.bytes[at].is_ascii(), "a part of a character");
        self.bytes[at] = LF;
    }

    /// Takes ASCII out of the middle.
    ///
    /// # Panics
    ///
    /// When the part does not lie in the buffer, or is not ASCII.
    pub(crate) fn remove(&mut self, part: Range<usize>) {
        // Text stays text without it.
        assert!(self.bytes[part.clone()].is_ascii(), "a part of a character");
        let checked = self.checked;
        if checked < part.end {
            self.checked = checked.min(part.start);
        } else {
            self.checked = checked - part.len();
        }
        self.bytes.copy_within(part.end.., part.start);
        self.bytes.truncate(self.bytes.len() - part.len());
    }
}

impl Default for TextBuffer {
    fn default() -> Self {
        TextBuffer { bytes: Vec::new(), checked: 0, expected: 0, limit: usize::MAX }
    }
}

impl fmt::Debug for TextBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} B of {} B", self.bytes.len(), self.bytes.capacity())
    }
}

/// A buffer above this size is not kept for the next event.
const GIVE_BACK: usize = 64 * 1024;
