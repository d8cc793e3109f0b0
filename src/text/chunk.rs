//! `Chunk`: bytes to decode. `Scanned`: a chunk, with what is known about its text.

use alloc::vec::Vec;
use core::ops::Range;
use core::{fmt, mem, str};

use bytes::{Buf, Bytes, BytesMut};

use super::piece::Piece;
use super::repair::{is_boundary, valid_len};
use crate::wire::{LineEnds, Scan};

/// A chunk of an event stream: the argument of [`Decoder::feed`](crate::Decoder::feed), made with `Into`.
///
/// References are borrowed: `&[u8]`, `&str`, `&[u8; N]`, `&Vec<u8>`, `&Bytes`. [`Bytes`] and `Vec<u8>` by value are
/// shared: the large data of an owned event is then a slice of the chunk, not a copy.
///
/// ```
/// use bytes::{Buf, Bytes};
/// use eventwire::Decoder;
///
/// let mut decoder = Decoder::new();
/// assert!(decoder.feed("data: b").next_ref()?.is_none());
/// assert!(decoder.feed(b"or").next_ref()?.is_none());
/// assert!(decoder.feed(&vec![b'r']).next_ref()?.is_none());
/// assert_eq!(decoder.feed(Bytes::from("owed\n\n")).next_ref()?.unwrap().data(), "borrowed");
/// # Ok::<(), eventwire::DecodeError>(())
/// ```
#[derive(Debug)]
pub struct Chunk<'c>(Source<'c>);

enum Source<'c> {
    Slice(&'c [u8]),
    Bytes(Bytes),
}

impl Chunk<'_> {
    #[inline(always)]
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }

    /// Removes the first `len` bytes.
    #[inline(always)]
    pub(crate) fn without_first(mut self, len: usize) -> Self {
        self.0.remove_first(len);
        self
    }

    /// Removes the bytes from `at` on and returns them: copied from a slice, shared from `Bytes`.
    pub(crate) fn split_off(&mut self, at: usize) -> Bytes {
        match &mut self.0 {
            Source::Slice(slice) => {
                let (first, rest) = slice.split_at(at);
                *slice = first;
                Bytes::copy_from_slice(rest)
            }
            Source::Bytes(bytes) => bytes.split_off(at),
        }
    }
}

impl<'c, T: AsRef<[u8]> + ?Sized> From<&'c T> for Chunk<'c> {
    /// Borrows the bytes.
    #[inline(always)]
    fn from(bytes: &'c T) -> Self {
        Chunk(Source::Slice(bytes.as_ref()))
    }
}

impl From<Bytes> for Chunk<'_> {
    /// Shares the bytes.
    #[inline(always)]
    fn from(bytes: Bytes) -> Self {
        Chunk(Source::Bytes(bytes))
    }
}

impl From<Vec<u8>> for Chunk<'_> {
    /// Takes ownership of the bytes, without a copy.
    fn from(bytes: Vec<u8>) -> Self {
        Chunk::from(Bytes::from(bytes))
    }
}

/// A chunk, with what is known about its text.
#[derive(Debug)]
pub(crate) struct Scanned<'c> {
    source: Source<'c>,
    scan: Scan,
    /// A range of the chunk that is UTF-8 and cuts no character.
    valid: Range<usize>,
}

impl<'c> Scanned<'c> {
    /// Replaces the chunk, and forgets what was known about the last one. (In place, because the value is large to
    /// move.)
    #[inline(always)]
    pub(crate) fn set(&mut self, chunk: Chunk<'c>) {
        self.source = chunk.0;
        self.scan = Scan::default();
        self.valid = 0..0;
    }

    /// Copies the next chunk into the memory of this one, which was read, unless somebody else shares it.
    #[inline]
    pub(crate) fn copy_over(&mut self, next: &[u8]) -> Bytes {
        let read = mem::replace(&mut self.source, Source::Slice(&[]));
        if let Source::Bytes(read) = read {
            if let Ok(mut buffer) = read.try_into_mut() {
                if buffer.capacity() <= MOST_KEPT {
                    buffer.clear();
                    buffer.extend_from_slice(next);
                    return buffer.freeze();
                }
            }
        }
        let mut buffer = BytesMut::with_capacity(next.len());
        buffer.extend_from_slice(next);
        // `split` makes it shared: only such a buffer becomes `Bytes` and mutable again without an allocation.
        buffer.split().freeze()
    }

    /// Removes the first `len` bytes. Called before anything is known about the chunk.
    #[inline(always)]
    pub(crate) fn remove_first(&mut self, len: usize) {
        self.source.remove_first(len);
    }

    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        self.source.bytes()
    }

    /// Returns the chunk as `Bytes`, if it was passed as `Bytes`.
    #[inline]
    pub(crate) fn shared(&self) -> Option<&Bytes> {
        match &self.source {
            Source::Slice(_) => None,
            Source::Bytes(bytes) => Some(bytes),
        }
    }

    /// Returns the bytes from `at` on: copied from a slice, shared from `Bytes`.
    pub(crate) fn rest(&self, at: usize) -> Bytes {
        match &self.source {
            Source::Slice(slice) => Bytes::copy_from_slice(&slice[at..]),
            Source::Bytes(bytes) => bytes.slice(at..),
        }
    }

    /// Returns the first line end at or after `from`, which must not decrease. `ends` holds the line ends found in
    /// advance.
    #[inline]
    pub(crate) fn line_end(&mut self, ends: &mut LineEnds, from: usize) -> Option<usize> {
        self.scan.line_end(ends, self.source.bytes(), from)
    }

    /// Whether this part is known to be UTF-8 without another check.
    #[inline(always)]
    pub(crate) fn knows(&self, part: &Range<usize>) -> bool {
        part.end <= self.scan.ascii() || self.valid.start <= part.start && part.end <= self.valid.end
    }

    /// Checks whether this part is UTF-8; `Err` holds the index of the first byte that is not.
    ///
    /// This forgets what was known about other parts. The check covers the rest of the chunk up to the next invalid
    /// byte, and its result is kept: so each byte is checked only a few times, however often the chunk is invalid.
    #[cold]
    pub(crate) fn check(&mut self, part: &Range<usize>) -> Result<(), usize> {
        self.valid = part.start..part.start + valid_len(&self.bytes()[part.start..]);
        if part.end <= self.valid.end {
            Ok(())
        } else {
            Err(self.valid.end)
        }
    }

    /// Borrows a part that is known to be UTF-8.
    ///
    /// # Panics
    ///
    /// If the part is not known to be UTF-8, or cuts a character.
    #[inline(always)]
    pub(crate) fn text(&self, part: &Range<usize>) -> &str {
        let bytes = self.bytes();
        let Range { start, end } = *part;
        let is_ascii = end <= self.scan.ascii();
        let is_text = is_ascii || self.knows(part) && is_boundary(bytes, start) && is_boundary(bytes, end);
        assert!(start <= end && is_text, "text that was not checked");
        // SAFETY: the part lies in the chunk, whose bytes never change. It is known to be ASCII; or it lies in `valid`,
        // which was checked, and cuts no character.
        unsafe { str::from_utf8_unchecked(bytes.get_unchecked(start..end)) }
    }

    #[inline]
    pub(crate) fn piece(&self, part: &Range<usize>) -> Piece<'_> {
        Piece::of_bytes(self.bytes(), part.clone(), self.scan.ascii())
    }

    /// Borrows the bytes and their scanner separately, for a loop over the lines.
    #[inline(always)]
    pub(crate) fn lines(&mut self) -> Lines<'_> {
        Lines { bytes: self.source.bytes(), scan: &mut self.scan }
    }
}

impl<'c> From<Chunk<'c>> for Scanned<'c> {
    #[inline(always)]
    fn from(chunk: Chunk<'c>) -> Self {
        Scanned { source: chunk.0, scan: Scan::default(), valid: 0..0 }
    }
}

/// The bytes of a chunk, and the scanner that finds their line ends.
pub(crate) struct Lines<'a> {
    bytes: &'a [u8],
    scan: &'a mut Scan,
}

impl<'a> Lines<'a> {
    #[inline(always)]
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// See [`Scanned::line_end`].
    #[inline(always)]
    pub(crate) fn line_end(&mut self, ends: &mut LineEnds, from: usize) -> Option<usize> {
        self.scan.line_end(ends, self.bytes, from)
    }

    /// See [`Scanned::piece`].
    #[inline(always)]
    pub(crate) fn piece(&self, part: Range<usize>) -> Piece<'a> {
        Piece::of_bytes(self.bytes, part, self.scan.ascii())
    }
}

/// 64 KiB: a chunk of a large event is not kept for the small ones that follow.
const MOST_KEPT: usize = 64 * 1024;

impl Source<'_> {
    #[inline(always)]
    fn bytes(&self) -> &[u8] {
        match self {
            Source::Slice(slice) => slice,
            Source::Bytes(bytes) => bytes,
        }
    }

    #[inline(always)]
    fn remove_first(&mut self, len: usize) {
        match self {
            Source::Slice(slice) => *slice = &slice[len..],
            Source::Bytes(bytes) => bytes.advance(len),
        }
    }
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} B", self.bytes().len())
    }
}
