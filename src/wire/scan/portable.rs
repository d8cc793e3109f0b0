//! The scan for all targets: eight bytes in a word.

use super::{Backend, LineEnds, Scan, BLOCK};
use crate::wire::line::{CR, LF};
use crate::wire::word::{word_at, zero_bytes, WORD};

#[derive(Debug)]
pub(super) struct Portable;

impl Backend for Portable {
    type Overlay = u64;
    /// The high bit is set in each byte that is a line end.
    type Look = [u64; 8];

    #[inline(always)]
    fn no_bytes() -> u64 {
        0
    }

    #[inline(always)]
    fn look(block: &[u8; BLOCK], overlay: &mut u64) -> [u64; 8] {
        let mut look = [0; 8];
        for (look, word) in look.iter_mut().zip(block.chunks_exact(8)) {
            let word = word.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
            *look = zero_bytes(word ^ repeat(LF)) | zero_bytes(word ^ repeat(CR));
            *overlay |= word;
        }
        look
    }

    #[inline(always)]
    fn is_quiet(look: [u64; 8]) -> bool {
        look.iter().fold(0, |all, word| all | word) == 0
    }

    #[inline(always)]
    fn line_ends(look: [u64; 8]) -> u64 {
        look.iter().rev().fold(0, |mask, word| mask << 8 | gather(*word))
    }

    #[inline(always)]
    fn is_ascii(overlay: u64) -> bool {
        overlay & HIGH == 0
    }
}

#[allow(dead_code)] // with a faster backend, only the tests call it
#[inline(never)]
pub(super) fn look_on(scan: &mut Scan, ends: &mut LineEnds, bytes: &[u8], from: usize) -> Option<usize> {
    scan.look_on::<Portable>(ends, bytes, from)
}

/// Returns two masks of at most 32 bytes: their line ends, and those that are not ASCII. Bit `n` stands for byte `n`.
#[allow(dead_code)] // as above
#[inline(always)]
pub(super) fn glance(bytes: &[u8]) -> (u32, u32) {
    let (mut line_ends, mut not_ascii) = (0, 0);
    for at in (0..bytes.len()).step_by(WORD) {
        // Zero bytes are ASCII, and they are not line ends.
        let word = word_at(bytes, at);
        let ends = zero_bytes(word ^ repeat(LF)) | zero_bytes(word ^ repeat(CR));
        line_ends |= (gather(ends) as u32) << at;
        not_ascii |= (gather(word & HIGH) as u32) << at;
    }
    (line_ends, not_ascii)
}

const HIGH: u64 = repeat(0x80);

const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Gathers the high bits of the eight bytes in one byte, the first one in the lowest place.
#[inline(always)]
fn gather(high_bits: u64) -> u64 {
    (high_bits >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}
