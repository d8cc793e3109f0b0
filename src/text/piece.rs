//! `Piece`: a part of a line, to be copied into a buffer.

use core::ops::Range;
use core::slice;

use crate::wire::Glance;

/// Bytes, and whether they are known to be ASCII.
#[derive(Clone, Copy, Default)]
pub(crate) struct Piece<'a> {
    pub(super) bytes: &'a [u8],
    /// If false, they may still be ASCII.
    pub(super) is_ascii: bool,
}

impl<'a> Piece<'a> {
    /// Makes a piece of a part of `bytes`, the first `ascii` of which are known to be ASCII.
    #[inline(always)]
    pub(super) fn of_bytes(bytes: &'a [u8], part: Range<usize>, ascii: usize) -> Self {
        Piece { is_ascii: part.end <= ascii, bytes: &bytes[part] }
    }

    #[inline(always)]
    pub(crate) fn of_glance(glance: &Glance<'a>, part: Range<usize>) -> Self {
        Piece { is_ascii: glance.is_ascii(&part), bytes: &glance.bytes()[part] }
    }

    #[inline]
    pub(crate) fn of_byte(byte: &'a u8) -> Self {
        Piece { bytes: slice::from_ref(byte), is_ascii: byte.is_ascii() }
    }

    #[inline]
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Returns the piece without its first bytes.
    #[inline]
    pub(crate) fn after(self, bytes: usize) -> Self {
        Piece { bytes: &self.bytes[bytes..], ..self }
    }
}

impl<'a> From<&'a [u8]> for Piece<'a> {
    #[inline]
    fn from(bytes: &'a [u8]) -> Self {
        Piece { bytes, is_ascii: false }
    }
}
