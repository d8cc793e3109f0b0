//! How the end of a line is found.
//!
//! A block of 64 bytes is looked at once: one mask tells all its line ends and one all its bytes that are
//! not ASCII. Lines are then taken from the mask bit by bit, which makes short lines, blank lines and CR LF
//! as cheap as they can be. Who looks at the block is a [`Backend`]; backends differ in speed only.
//! `RUSTFLAGS='--cfg eventwire_scan="portable"'` (or `"sse2"`) chooses one for tests.

mod glance;
mod portable;
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
mod x86;

#[cfg(any(eventwire_scan = "portable", not(all(target_arch = "x86_64", target_feature = "sse2"))))]
use portable as best;
#[cfg(not(any(
    eventwire_scan = "portable",
    not(all(target_arch = "x86_64", target_feature = "sse2"))
)))]
use x86 as best;

pub(crate) use self::glance::Glance;
use best::glance;
pub(crate) use best::run;

/// Something that looks for line ends: written once, compiled for each backend, [`run`] with the best one.
pub(crate) trait Search {
    type Found;

    /// To be inlined always, or else it is not compiled for the instructions of the backend.
    fn run_with<B: Backend>(self) -> Self::Found;
}

/// Finds the line ends of one chunk, and how much of it is ASCII.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scan {
    /// The block that was looked at last, and its line ends.
    block: usize,
    line_ends: u64,
    /// Up to here all was looked at.
    seen: usize,
    /// Up to here all was ASCII.
    ascii: usize,
}

/// Bytes that one look takes in.
const BLOCK: usize = 64;

pub(crate) trait Backend {
    /// Bytes laid over each other, to see later whether all of them were ASCII.
    type Overlay: Copy;

    /// The line ends of a block, before they are made a mask.
    type Look: Copy;

    fn no_bytes() -> Self::Overlay;

    fn look(block: &[u8; BLOCK], overlay: &mut Self::Overlay) -> Self::Look;

    /// Whether there is no line end in the block.
    fn is_quiet(look: Self::Look) -> bool;

    /// Bit `n` for a line end at byte `n`.
    fn line_ends(look: Self::Look) -> u64;

    fn is_ascii(overlay: Self::Overlay) -> bool;
}

impl Scan {
    /// The first CR or LF at or behind `from`. From call to call, `bytes` must be the same, and `from` not go
    /// back over a line end that was found.
    #[inline]
    pub(crate) fn line_end(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        match self.line_end_in_block(from) {
            None if self.seen < bytes.len() => run(LineEnd { scan: self, bytes, from }),
            found => found,
        }
    }

    /// As [`line_end`](Self::line_end), in a [`Search`].
    #[inline(always)]
    pub(crate) fn line_end_with<B: Backend>(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        match self.line_end_in_block(from) {
            None if self.seen < bytes.len() => self.search::<B>(bytes, from),
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

    /// How much of the chunk is known to be ASCII.
    #[inline]
    pub(crate) fn ascii(&self) -> usize {
        self.ascii
    }

    /// Looks at block after block until one holds a line end.
    #[inline(always)]
    fn search<B: Backend>(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        let was_ascii = self.ascii == self.seen;
        let mut overlay = B::no_bytes();
        for block in bytes[self.seen..].chunks_exact(BLOCK) {
            let Ok(block) = block.try_into() else { break };
            let look = B::look(block, &mut overlay);
            self.block = self.seen;
            self.seen += BLOCK;
            if !B::is_quiet(look) {
                self.line_ends = B::line_ends(look);
                let found = self.line_end_in_block(from);
                if found.is_some() {
                    self.note_ascii(was_ascii && B::is_ascii(overlay));
                    return found;
                }
            }
        }
        let found = self.look_at_end::<B>(bytes, from, &mut overlay);
        self.note_ascii(was_ascii && B::is_ascii(overlay));
        found
    }

    #[inline(always)]
    fn note_ascii(&mut self, all: bool) {
        if all {
            self.ascii = self.seen;
        }
    }

    /// Looks at what fills no block any more: at the last block that the chunk fills, if it does.
    #[inline(always)]
    fn look_at_end<B: Backend>(
        &mut self,
        bytes: &[u8],
        from: usize,
        overlay: &mut B::Overlay,
    ) -> Option<usize> {
        let from = from.max(self.seen);
        self.seen = bytes.len();
        self.block = bytes.len().saturating_sub(BLOCK);
        let look = match bytes[self.block..].try_into() {
            Ok(last) => B::look(last, overlay),
            Err(_) => {
                // Neither a zero byte is a line end, nor is it not ASCII.
                let mut padded = [0; BLOCK];
                padded[..bytes.len()].copy_from_slice(bytes);
                B::look(&padded, overlay)
            }
        };
        self.line_ends = B::line_ends(look);
        self.line_end_in_block(from)
    }
}

struct LineEnd<'a> {
    scan: &'a mut Scan,
    bytes: &'a [u8],
    from: usize,
}

impl Search for LineEnd<'_> {
    type Found = Option<usize>;

    #[inline(always)]
    fn run_with<B: Backend>(self) -> Option<usize> {
        self.scan.search::<B>(self.bytes, self.from)
    }
}

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
#[inline]
fn has_avx2() -> bool {
    if cfg!(eventwire_scan = "sse2") {
        return false;
    }
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

    /// What a look shows, bit by bit.
    fn literal_line_ends(block: &[u8; BLOCK]) -> u64 {
        block.iter().rev().fold(0, |mask, byte| mask << 1 | u64::from(crate::wire::ends_line(*byte)))
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
            let line_ends = literal_line_ends(&block);
            let mut overlay = B::no_bytes();
            let look = B::look(&block, &mut overlay);
            assert_eq!(B::line_ends(look), line_ends, "{block:?}");
            assert_eq!(B::is_quiet(look), line_ends == 0, "{block:?}");
            assert_eq!(B::is_ascii(overlay), block.is_ascii(), "{block:?}");
            B::look(&[b'a'; BLOCK], &mut overlay);
            assert_eq!(B::is_ascii(overlay), block.is_ascii(), "{block:?}");
        }
    }

    fn finds_every_line_end<B: Backend>() {
        for len in (0..200).step_by(if cfg!(miri) { 23 } else { 1 }) {
            let bytes: Vec<u8> = (0..len)
                .map(|at| if at * at % 37 == 5 { LF } else { b'a' + (at % 2) as u8 * 0x80 })
                .collect();
            let mut scan = Scan::default();
            for from in 0..=len {
                let found = scan.line_end_with::<B>(&bytes, from);
                let next = bytes[from..].iter().position(|byte| *byte == LF).map(|at| from + at);
                assert_eq!(found, next, "from {from} of {len}");
                assert!(bytes[..scan.ascii()].is_ascii());
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
