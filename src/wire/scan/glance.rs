//! What a few bytes show at once, where a look at a whole block would cost more than they are worth.

use super::portable::{repeat, HIGH};
use crate::wire::line::{ends_line, CR, LF};

/// What a few bytes hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Glance {
    pub(crate) line_end: bool,
    pub(crate) all_ascii: bool,
}

impl Glance {
    #[inline(always)]
    pub(crate) fn at(bytes: &[u8]) -> Glance {
        let (mut overlay, mut line_ends) = (0, 0);
        match bytes.len().checked_sub(8) {
            None => {
                for byte in bytes {
                    overlay |= u64::from(*byte);
                    line_ends |= u64::from(ends_line(*byte));
                }
            }
            // The last word may overlap with the one before.
            Some(last) => {
                let mut at = 0;
                loop {
                    let word = word_at(bytes, at.min(last));
                    overlay |= word;
                    line_ends |= holds_zero(word ^ repeat(LF)) | holds_zero(word ^ repeat(CR));
                    at += 8;
                    if at >= bytes.len() {
                        break;
                    }
                }
            }
        }
        Glance { line_end: line_ends != 0, all_ascii: overlay & HIGH == 0 }
    }
}

#[inline(always)]
fn word_at(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..at + 8).and_then(|word| word.try_into().ok()) {
        Some(word) => u64::from_ne_bytes(word),
        None => 0,
    }
}

/// Not 0 when one of the bytes is zero.
#[inline(always)]
fn holds_zero(word: u64) -> u64 {
    word.wrapping_sub(repeat(1)) & !word & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glance_sees_every_byte() {
        for len in 0..40 {
            for at in 0..len {
                for byte in 0..=u8::MAX {
                    let mut bytes = [b'a'; 40];
                    bytes[at] = byte;
                    let expected = Glance { line_end: ends_line(byte), all_ascii: byte.is_ascii() };
                    assert_eq!(Glance::at(&bytes[..len]), expected, "{byte} at {at} of {len}");
                }
            }
        }
        assert_eq!(Glance::at(b""), Glance { line_end: false, all_ascii: true });
    }
}
