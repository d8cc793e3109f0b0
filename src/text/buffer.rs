//! `TextBuffer`: text assembled from pieces.

use alloc::vec::Vec;
use core::ops::Range;
use core::{fmt, str};

use bytes::{Buf, Bytes};

use super::held::{Held, Utf8Bytes, WORTH_SHARING};
use super::piece::Piece;
use super::repair::{cut_character, is_boundary, repaired, valid_len};
use crate::wire::LF;

/// A buffer of bytes that checks and repairs their UTF-8 on request.
pub(crate) struct TextBuffer {
    bytes: Vec<u8>,
    /// `bytes[..checked]` is UTF-8.
    checked: usize,
    /// The capacity of the next buffer: the size of the last text that left with its buffer.
    expected: usize,
    /// Growth by doubling stops at this capacity.
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

    /// Appends an LF and one more line.
    #[inline(always)]
    pub(crate) fn join(&mut self, line: Piece<'_>) {
        self.push(LF);
        self.extend(line);
    }

    /// Doubles the capacity up to the limit, so that the old and the new buffer together stay below twice the limit.
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

    /// Returns the number of bytes at the end that are the beginning of a character.
    pub(crate) fn cut_character(&self) -> usize {
        cut_character(&self.bytes)
    }

    /// Empties the buffer. A large one is freed.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.checked = 0;
        if self.bytes.capacity() > GIVE_BACK {
            self.bytes = Vec::new();
        }
    }

    /// Replaces the content with this text.
    pub(crate) fn set(&mut self, text: &str) {
        self.clear();
        self.extend(text.as_bytes().into());
        self.checked = text.len();
    }

    /// Makes the content UTF-8: invalid bytes become U+FFFD ([parse 1](crate::_rules#parse-1)).
    #[inline]
    pub(crate) fn check(&mut self) {
        if !self.is_text() {
            self.repair();
        }
    }

    /// Checks whether the content is UTF-8, and leaves it unchanged.
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

    /// Borrows the text, which must have been checked.
    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        debug_assert_eq!(self.checked, self.bytes.len());
        // SAFETY: `bytes[..checked]` is UTF-8: only `is_text`, `repair`, `set` (with text) and `extend` (with ASCII)
        // raise `checked`, and every other change to those bytes removes or replaces ASCII, or lowers `checked`.
        unsafe { str::from_utf8_unchecked(&self.bytes[..self.checked]) }
    }

    /// Takes a part of the checked text and empties the buffer.
    ///
    /// Large text is moved out with its buffer. Other text is copied, so that the buffer can be reused.
    ///
    /// # Panics
    ///
    /// If the part is not within the checked text, or cuts a character.
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
        // No `slice`, which would add another owner.
        bytes.truncate(part.end);
        bytes.advance(part.start);
        Utf8Bytes(Held::Bytes(bytes))
    }

    /// Drops everything but this part, which must be checked again.
    pub(crate) fn keep(&mut self, part: Range<usize>) {
        self.checked = 0;
        self.bytes.truncate(part.end);
        self.bytes.drain(..part.start);
    }

    /// Replaces an ASCII byte with an LF.
    ///
    /// # Panics
    ///
    /// If `at` is out of bounds, or its byte is not ASCII.
    #[inline]
    pub(crate) fn set_lf(&mut self, at: usize) {
        assert!(self.bytes[at].is_ascii(), "a part of a character");
        self.bytes[at] = LF;
    }

    /// Removes ASCII from the middle.
    ///
    /// # Panics
    ///
    /// If the part is out of bounds, or is not ASCII.
    pub(crate) fn remove(&mut self, part: Range<usize>) {
        // Removing ASCII keeps UTF-8 valid.
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

/// 64 KiB: a larger buffer is not kept for the next event.
const GIVE_BACK: usize = 64 * 1024;
