//! Looks at a block with what every machine has: eight bytes in a word.

use super::{Backend, Look, Scan, BLOCK};
use crate::wire::line::{CR, LF};

#[derive(Debug)]
pub(super) struct Portable;

impl Backend for Portable {
    #[inline(always)]
    fn look(block: &[u8; BLOCK]) -> Look {
        let mut look = Look { line_ends: 0, not_ascii: 0 };
        for (at, word) in block.chunks_exact(8).enumerate() {
            let word = word.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
            let line_ends = zero_bytes(word ^ repeat(LF)) | zero_bytes(word ^ repeat(CR));
            look.line_ends |= mask(line_ends) << (at * 8);
            look.not_ascii |= mask(word & HIGH) << (at * 8);
        }
        look
    }

    #[inline(always)]
    fn is_quiet(block: &[u8; BLOCK]) -> bool {
        Portable::look(block) == Look { line_ends: 0, not_ascii: 0 }
    }
}

#[allow(dead_code)] // where a faster backend is at hand, only the tests call it
pub(super) fn search(scan: &mut Scan, bytes: &[u8], from: usize) -> Option<usize> {
    scan.search_with::<Portable>(bytes, from)
}

const HIGH: u64 = repeat(0x80);

const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The high bit of every byte that is zero, and no other bit.
#[inline(always)]
fn zero_bytes(word: u64) -> u64 {
    let low = !HIGH;
    !(((word & low) + low) | word | low)
}

/// Gathers the high bits of the eight bytes in the low byte, the first one lowest.
#[inline(always)]
fn mask(high_bits: u64) -> u64 {
    (high_bits >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}
