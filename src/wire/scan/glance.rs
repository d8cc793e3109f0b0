//! `Glance`: the line ends of a few bytes, for which scanning a whole block would cost too much.

use core::ops::Range;

use super::glance;
use crate::wire::{is_line_end, next_line};

/// A few bytes, and where lines end among them.
#[derive(Clone, Copy)]
pub(crate) struct Glance<'a> {
    bytes: &'a [u8],
    /// Bit `n` is set if byte `n` is a CR or LF.
    line_ends: u32,
    not_ascii: u32,
}

impl<'a> Glance<'a> {
    /// The maximum number of bytes.
    pub(crate) const MOST: usize = 32;

    #[inline(always)]
    pub(crate) fn at(bytes: &'a [u8]) -> Self {
        debug_assert!(bytes.len() <= Glance::MOST);
        let (line_ends, not_ascii) = glance(bytes);
        Glance { bytes, line_ends, not_ascii }
    }

    #[inline(always)]
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Returns the first line end at or after `from`, which must be less than the length.
    #[inline(always)]
    pub(crate) fn line_end(&self, from: usize) -> Option<usize> {
        let line_ends = self.line_ends & (u32::MAX << from);
        (line_ends != 0).then(|| line_ends.trailing_zeros() as usize)
    }

    /// Whether a blank line begins after `from`.
    #[inline]
    pub(crate) fn holds_blank_line(&self, mut from: usize) -> bool {
        while from < self.bytes.len() {
            let Some(end) = self.line_end(from) else { return false };
            from = next_line(self.bytes, end);
            if is_line_end(self.bytes, from) {
                return true;
            }
        }
        false
    }

    /// Whether a part is ASCII; an empty one is.
    #[inline(always)]
    pub(crate) fn is_ascii(&self, part: &Range<usize>) -> bool {
        part.is_empty()
            || self.not_ascii & (u32::MAX << part.start) & (u32::MAX >> (Glance::MOST - part.end)) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::super::portable;
    use super::*;
    use crate::wire::ends_line;

    #[test]
    fn a_glance_sees_every_byte() {
        // Miri is slow, and all bytes behave alike.
        let (lens, bytes) = if cfg!(miri) { (5, 83) } else { (1, 1) };
        for len in (1..=Glance::MOST).step_by(lens) {
            for at in (0..len).step_by(lens) {
                for byte in (0..=u8::MAX).step_by(bytes) {
                    let mut bytes = [b'a'; Glance::MOST];
                    bytes[at] = byte;
                    let glance = Glance::at(&bytes[..len]);
                    assert_eq!(super::glance(&bytes[..len]), portable::glance(&bytes[..len]));
                    for from in 0..len {
                        let expected = (ends_line(byte) && from <= at).then_some(at);
                        assert_eq!(glance.line_end(from), expected, "{byte} at {at} of {len} from {from}");
                        let part = from..len.min(from + 3);
                        assert_eq!(
                            glance.is_ascii(&part),
                            bytes[part.clone()].is_ascii(),
                            "{byte} in {part:?}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_blank_line_is_seen_after_every_line_end() {
        for (bytes, from, expected) in [
            ("data: a\n\n", 0, true),
            ("data: a\r\n\r\n", 0, true),
            ("data: a\r\rdata: b", 0, true),
            ("data: a\r\n", 0, false),
            ("data: a\ndata: b\n", 0, false),
            ("data: a\n\ndata: b\n", 9, false),
        ] {
            let holds = Glance::at(bytes.as_bytes()).holds_blank_line(from);
            assert_eq!(holds, expected, "{bytes:?} from {from}");
        }
    }
}
