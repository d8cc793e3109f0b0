//! How the end of a line is found.
//!
//! A block of 64 bytes is looked at once: one mask tells all its line ends and one all its bytes that are
//! not ASCII. Lines are then taken from the mask bit by bit, which makes short lines, blank lines and CR LF
//! as cheap as they can be. Who looks at the block is a [`Backend`]; backends differ in speed only.

mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

use core::ops::Range;

use super::line::{CR, LF};
#[cfg(not(target_arch = "x86_64"))]
use portable::search;
#[cfg(target_arch = "x86_64")]
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
    /// The first CR or LF at or behind `from`. From call to call, `bytes` must be the same and `from` never
    /// go back.
    #[inline(always)]
    pub(crate) fn line_end(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        let line_ends = self.line_ends_behind(from);
        if line_ends != 0 {
            return Some(self.block + line_ends.trailing_zeros() as usize);
        }
        self.search(bytes, from)
    }

    fn search(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        match bytes.len() < BLOCK {
            true => search_small(bytes, from),
            false => search(self, bytes, from),
        }
    }

    /// The line ends of the current block that do not lie before `from`.
    #[inline(always)]
    fn line_ends_behind(&self, from: usize) -> u64 {
        match from.saturating_sub(self.block) {
            before @ 0..=63 => self.line_ends & (u64::MAX << before),
            _ => 0,
        }
    }

    /// A part of the chunk that is known to be ASCII: the last one that was seen.
    #[inline]
    pub(crate) fn ascii(&self) -> Range<usize> {
        self.ascii_from..self.seen
    }

    /// Looks at block after block until one holds a line end. There must be room for a block in `bytes`.
    #[inline(always)]
    fn search_with<B: Backend>(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        while self.seen < bytes.len() {
            self.seen += count_quiet::<B>(&bytes[self.seen..]) * BLOCK;
            // The last block goes back over bytes that were seen, so that it is whole.
            let start = self.seen.min(bytes.len() - BLOCK);
            let Some(block) = block_at(bytes, start) else { break };
            let look = B::look(block);
            let fresh = look.not_ascii & (u64::MAX << ((self.seen - start) % BLOCK));
            self.block = start;
            self.line_ends = look.line_ends;
            self.seen = start + BLOCK;
            if fresh != 0 {
                self.ascii_from = self.seen - fresh.leading_zeros() as usize;
            }
            let line_ends = self.line_ends_behind(from);
            if line_ends != 0 {
                return Some(self.block + line_ends.trailing_zeros() as usize);
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

#[inline(always)]
fn block_at(bytes: &[u8], at: usize) -> Option<&[u8; BLOCK]> {
    bytes.get(at..)?.get(..BLOCK)?.try_into().ok()
}

/// A chunk smaller than a block, as it comes from a slow server: nothing to prepare, nothing to remember.
#[inline]
fn search_small(bytes: &[u8], from: usize) -> Option<usize> {
    match *bytes.get(from)? {
        CR | LF => Some(from),
        _ => memchr::memchr2(LF, CR, &bytes[from..]).map(|at| from + at),
    }
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn has_avx2() -> bool {
    #[cfg(feature = "std")]
    return std::is_x86_feature_detected!("avx2");
    #[cfg(not(feature = "std"))]
    return cfg!(target_feature = "avx2");
}
