//! How the end of a line is found.
//!
//! A block of 64 bytes is looked at once: one mask tells all its line ends and one all its bytes that are
//! not ASCII. Lines are then taken from the mask bit by bit, which makes short lines, blank lines and CR LF
//! as cheap as they can be. Who looks at the block is a [`Backend`]; backends differ in speed only.

mod portable;
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
mod x86;

use core::ops::Range;

#[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
use portable::search;
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
use x86::search;

/// Finds the line ends of one chunk, and the parts of it that are ASCII.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// The block that was looked at last, and its line ends.
    block: usize,
    line_ends: u64,
    /// Up to here all was looked at.
    seen: usize,
    /// From here to there all was ASCII.
    ascii_from: usize,
}

/// Bytes that one look takes in.
const BLOCK: usize = 64;

/// What a look at a block has shown: bit `n` for byte `n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look {
    line_ends: u64,
    not_ascii: u64,
}

trait Backend {
    fn look(block: &[u8; BLOCK]) -> Look;

    /// Whether a look would show nothing: neither a line end nor a byte that is not ASCII.
    fn is_quiet(block: &[u8; BLOCK]) -> bool;
}

impl Scan {
    /// The first CR or LF at or behind `from`. From call to call, `bytes` must be the same, and `from` not go
    /// back over a line end that was found.
    #[inline(always)]
    pub(crate) fn line_end(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        match self.line_end_in_block(from) {
            None if self.seen < bytes.len() => search(self, bytes, from),
            found => found,
        }
    }

    /// The first line end of the current block that does not lie before `from`.
    #[inline(always)]
    fn line_end_in_block(&self, from: usize) -> Option<usize> {
        let line_ends = match from.saturating_sub(self.block) {
            before @ 0..=63 => self.line_ends & (u64::MAX << before),
            _ => 0,
        };
        (line_ends != 0).then(|| self.block + line_ends.trailing_zeros() as usize)
    }

    /// A part of the chunk that is known to be ASCII: the last one that was seen.
    #[inline]
    pub(crate) fn ascii(&self) -> Range<usize> {
        self.ascii_from..self.seen
    }

    /// Looks at block after block until one holds a line end.
    #[inline(always)]
    fn search_with<B: Backend>(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        while self.seen < bytes.len() {
            let rest = &bytes[self.seen..];
            let quiet = count_quiet::<B>(rest) * BLOCK;
            let rest = &rest[quiet..];
            self.block = self.seen + quiet;
            let look = match rest.get(..BLOCK).and_then(|block| block.try_into().ok()) {
                Some(block) => B::look(block),
                // Neither a zero byte is a line end, nor is it not ASCII.
                None => B::look(&padded(rest)),
            };
            self.line_ends = look.line_ends;
            self.seen = self.block + rest.len().min(BLOCK);
            if look.not_ascii != 0 {
                self.ascii_from = self.block + BLOCK - look.not_ascii.leading_zeros() as usize;
            }
            let found = self.line_end_in_block(from);
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

/// How many blocks come before the first one that is not quiet.
#[inline(always)]
fn count_quiet<B: Backend>(bytes: &[u8]) -> usize {
    let mut blocks = 0;
    for block in bytes.chunks_exact(BLOCK) {
        match block.try_into() {
            Ok(block) if B::is_quiet(block) => blocks += 1,
            _ => break,
        }
    }
    blocks
}

/// A block that the chunk does not fill.
#[inline(always)]
fn padded(rest: &[u8]) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    block[..rest.len()].copy_from_slice(rest);
    block
}

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
#[inline]
fn has_avx2() -> bool {
    #[cfg(feature = "std")]
    return std::is_x86_feature_detected!("avx2");
    #[cfg(not(feature = "std"))]
    return cfg!(target_feature = "avx2");
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::portable::Portable;
    use super::*;
    use crate::wire::LF;

    /// What a look is, bit by bit.
    fn literal_look(block: &[u8; BLOCK]) -> Look {
        let mask = |is: fn(u8) -> bool| {
            block.iter().rev().fold(0, |mask: u64, byte| mask << 1 | u64::from(is(*byte)))
        };
        Look { line_ends: mask(crate::wire::ends_line), not_ascii: mask(|byte| !byte.is_ascii()) }
    }

    /// Blocks in which each byte stands alone, doubled, at each place, and some in disorder.
    fn blocks() -> Vec<[u8; BLOCK]> {
        let mut blocks = Vec::new();
        for byte in 0..=u8::MAX {
            for at in 0..BLOCK {
                let mut block = [b'a'; BLOCK];
                block[at] = byte;
                block[(at * 7 + 1) % BLOCK] = byte;
                blocks.push(block);
            }
        }
        let mut seed = 1_u32;
        for _ in 0..2_000 {
            let mut block = [0; BLOCK];
            for byte in &mut block {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *byte = b"\n\r\x0B\x0C\x8A\x8D\x00a"[seed as usize >> 29];
            }
            blocks.push(block);
        }
        blocks
    }

    fn agrees_with_a_literal_look<B: Backend>() {
        // Miri is slow, and one block is like the other.
        let step = if cfg!(miri) { 97 } else { 1 };
        for block in blocks().into_iter().step_by(step) {
            let look = literal_look(&block);
            assert_eq!(B::look(&block), look, "{block:?}");
            assert_eq!(B::is_quiet(&block), look == Look { line_ends: 0, not_ascii: 0 }, "{block:?}");
        }
    }

    fn finds_every_line_end<B: Backend>() {
        for len in (0..200).step_by(if cfg!(miri) { 23 } else { 1 }) {
            let bytes: Vec<u8> = (0..len)
                .map(|at| if at * at % 37 == 5 { LF } else { b'a' + (at % 2) as u8 * 0x80 })
                .collect();
            let mut scan = Scan::default();
            for from in 0..=len {
                let found = match scan.line_end_in_block(from) {
                    None => scan.search_with::<B>(&bytes, from),
                    found => found,
                };
                let next = bytes[from..].iter().position(|byte| *byte == LF).map(|at| from + at);
                assert_eq!(found, next, "from {from} of {len}");
                assert!(bytes[scan.ascii()].is_ascii());
            }
        }
    }

    #[test]
    fn the_portable_backend_sees_what_is_there() {
        agrees_with_a_literal_look::<Portable>();
        finds_every_line_end::<Portable>();
    }

    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    #[test]
    fn the_sse2_backend_sees_what_is_there() {
        agrees_with_a_literal_look::<x86::Sse2>();
        finds_every_line_end::<x86::Sse2>();
    }

    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    #[test]
    fn the_avx2_backend_sees_what_is_there() {
        if has_avx2() {
            agrees_with_a_literal_look::<x86::Avx2>();
            finds_every_line_end::<x86::Avx2>();
        }
    }
}
