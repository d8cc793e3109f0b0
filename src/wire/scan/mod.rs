//! Search for line ends.
//!
//! A block of 64 bytes is examined at once: one mask shows its line ends, and the OR of all its bytes shows whether it
//! is ASCII. The line ends of a window of such blocks are listed before the first of them is used. So one tight loop
//! finds them, and the decoder reads them from the list, line by line. A [`Backend`] examines the blocks; backends
//! differ only in speed. `RUSTFLAGS='--cfg eventwire_scan="portable"'` (or `"sse2"`) selects one for tests.

use core::fmt;

mod glance;
#[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
mod neon;
mod portable;
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
mod x86;

pub(crate) use self::glance::Glance;
use best::{glance, look_on};

/// The best available backend, unless another one was selected.
mod best {
    #[cfg(all(
        not(eventwire_scan = "portable"),
        target_arch = "aarch64",
        target_feature = "neon",
        target_endian = "little"
    ))]
    pub(super) use super::neon::{glance, look_on};
    #[cfg(any(
        eventwire_scan = "portable",
        not(any(
            all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"),
            all(target_arch = "x86_64", target_feature = "sse2"),
        ))
    ))]
    pub(super) use super::portable::{glance, look_on};
    #[cfg(all(not(eventwire_scan = "portable"), target_arch = "x86_64", target_feature = "sse2"))]
    pub(super) use super::x86::{glance, look_on};
}

/// How far a chunk was examined, and how long its ASCII prefix is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scan {
    seen: usize,
    ascii: usize,
}

/// The line ends of a chunk that were found in advance.
pub(crate) struct LineEnds {
    /// Offsets from the start of the window.
    found: [u16; ROOM],
    len: usize,
    /// The index of the first line end that was not passed.
    next: usize,
    /// The index in the chunk at which the window begins.
    window: usize,
}

/// The number of bytes examined at once.
const BLOCK: usize = 64;
const HALF: usize = BLOCK / 2;

/// The number of bytes examined before the first line end is used: few enough to stay in the cache.
const WINDOW: usize = 64 * BLOCK;

/// The number of line ends kept in advance. A block may have as many line ends as bytes.
const ROOM: usize = 2 * BLOCK;

/// The instructions that examine a block.
trait Backend {
    /// The OR of bytes, which shows whether all of them are ASCII.
    type Overlay: Copy;

    /// The line ends of a block, before they are turned into a mask.
    type Look: Copy;

    fn no_bytes() -> Self::Overlay;

    fn look(block: &[u8; BLOCK], overlay: &mut Self::Overlay) -> Self::Look;

    /// Whether the block has no line end.
    fn is_quiet(look: Self::Look) -> bool;

    /// Returns a mask in which bit `n` is set if byte `n` is a CR or LF.
    fn line_ends(look: Self::Look) -> u64;

    fn is_ascii(overlay: Self::Overlay) -> bool;
}

impl Scan {
    /// Returns the first CR or LF at or after `from`. All calls must pass the same `bytes` and `ends`, and `from` must
    /// not decrease.
    #[inline(always)]
    pub(crate) fn line_end(&mut self, ends: &mut LineEnds, bytes: &[u8], from: usize) -> Option<usize> {
        match ends.next(from) {
            None if self.seen < bytes.len() => look_on(self, ends, bytes, from),
            found => found,
        }
    }

    /// Returns the length of the prefix that is known to be ASCII.
    #[inline]
    pub(crate) fn ascii(&self) -> usize {
        self.ascii
    }

    /// Examines windows until one has a line end at or after `from`. This must be inlined, or it is not compiled for
    /// the instructions of the backend.
    #[inline(always)]
    fn look_on<B: Backend>(&mut self, ends: &mut LineEnds, bytes: &[u8], from: usize) -> Option<usize> {
        loop {
            self.look_at_window::<B>(ends, bytes);
            match ends.next(from) {
                None if self.seen < bytes.len() => {}
                found => return found,
            }
        }
    }

    /// Examines the next window, or less if the list is nearly full before its end.
    #[inline(always)]
    fn look_at_window<B: Backend>(&mut self, ends: &mut LineEnds, bytes: &[u8]) {
        let window = self.seen;
        ends.clear();
        ends.window = window;
        let mut overlay = B::no_bytes();
        let end = bytes.len().min(window + WINDOW);
        for block in bytes[window..end].chunks_exact(BLOCK) {
            let Ok(bytes) = block.try_into() else { break };
            let look = B::look(bytes, &mut overlay);
            let block = self.seen;
            self.seen += BLOCK;
            if !B::is_quiet(look) {
                ends.add(block - window, B::line_ends(look));
                if ends.len > ROOM - BLOCK {
                    return self.note_ascii(window, B::is_ascii(overlay));
                }
            }
        }
        if self.seen < end {
            let (first, line_ends) = look_at_last::<B>(bytes, &mut overlay);
            let unseen = u64::MAX << (self.seen - first);
            ends.add(first.wrapping_sub(window), line_ends & unseen);
            self.seen = end;
        }
        self.note_ascii(window, B::is_ascii(overlay));
    }

    /// Notes whether the bytes from `from` to `seen` are ASCII.
    #[inline(always)]
    fn note_ascii(&mut self, from: usize, is_ascii: bool) {
        if is_ascii && self.ascii == from {
            self.ascii = self.seen;
        }
    }
}

/// Examines the last bytes, a whole block of them if there are enough. Returns where they begin, and a mask of their
/// line ends.
#[inline(always)]
fn look_at_last<B: Backend>(bytes: &[u8], overlay: &mut B::Overlay) -> (usize, u64) {
    let len = bytes.len();
    if let Some(Ok(block)) = len.checked_sub(BLOCK).map(|first| bytes[first..].try_into()) {
        return (len - BLOCK, B::line_ends(B::look(block, overlay)));
    }
    let mut laid = [0; BLOCK];
    match len.checked_sub(HALF) {
        // Two halves that overlap: loading a block that was stored in smaller, uneven parts would stall.
        Some(second) => {
            laid[..HALF].copy_from_slice(&bytes[..HALF]);
            laid[HALF..].copy_from_slice(&bytes[second..]);
            let line_ends = B::line_ends(B::look(&laid, overlay));
            (0, line_ends & (u64::MAX >> HALF) | line_ends >> HALF << second)
        }
        // Zero bytes are ASCII, and they are not line ends.
        None => {
            laid[..len].copy_from_slice(bytes);
            (0, B::line_ends(B::look(&laid, overlay)))
        }
    }
}

impl LineEnds {
    /// Drops the line ends of the last chunk.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.len = 0;
        self.next = 0;
    }

    /// Passes the line end that was found last. This is cheaper than finding out later that it lies before `from`.
    #[inline(always)]
    pub(crate) fn pass(&mut self) {
        self.next += 1;
    }

    #[inline(always)]
    fn next(&mut self, from: usize) -> Option<usize> {
        while self.next < self.len {
            let end = self.window + usize::from(self.found[self.next % ROOM]);
            if end >= from {
                return Some(end);
            }
            self.next += 1;
        }
        None
    }

    /// Adds the line ends of a block that begins at this offset in the window.
    #[inline(always)]
    fn add(&mut self, block: usize, mut line_ends: u64) {
        let mut len = self.len;
        while line_ends != 0 {
            self.found[len % ROOM] = block.wrapping_add(line_ends.trailing_zeros() as usize) as u16;
            len += 1;
            line_ends &= line_ends - 1;
        }
        self.len = len;
    }
}

impl Default for LineEnds {
    fn default() -> Self {
        LineEnds { found: [0; ROOM], len: 0, next: 0, window: 0 }
    }
}

impl fmt::Debug for LineEnds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} ahead", self.len - self.next, self.len)
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

    /// The expected mask, computed bit by bit.
    fn literal_line_ends(block: &[u8; BLOCK]) -> u64 {
        block.iter().rev().fold(0, |mask, byte| mask << 1 | u64::from(crate::wire::ends_line(*byte)))
    }

    /// Blocks with each byte value at each place, twice per block, and some random blocks.
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
        // Miri is slow, and all blocks behave alike.
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
        for len in (1..300).step_by(if cfg!(miri) { 23 } else { 1 }) {
            for every in [1, 3, 37] {
                let bytes: Vec<u8> = (0..len)
                    .map(|at| if at * at % every == 0 { LF } else { b'a' + (at % 2) as u8 * 0x80 })
                    .collect();
                let (mut scan, mut ends) = (Scan::default(), LineEnds::default());
                let mut found = Vec::new();
                while scan.seen < len {
                    scan.look_at_window::<B>(&mut ends, &bytes);
                    assert!(bytes[..scan.ascii()].is_ascii());
                    while let Some(end) = ends.next(0) {
                        found.push(end);
                        ends.next += 1;
                    }
                }
                let expected: Vec<usize> = (0..len).filter(|at| bytes[*at] == LF).collect();
                assert_eq!(found, expected, "every {every} of {len}");
            }
        }
    }

    #[test]
    fn the_portable_backend_finds_every_line_end() {
        agrees_with_a_literal_look::<Portable>();
        finds_every_line_end::<Portable>();
    }

    #[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
    #[test]
    fn the_neon_backend_finds_every_line_end() {
        agrees_with_a_literal_look::<neon::Neon>();
        finds_every_line_end::<neon::Neon>();
    }

    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    #[test]
    fn the_sse2_backend_finds_every_line_end() {
        agrees_with_a_literal_look::<x86::Sse2>();
        finds_every_line_end::<x86::Sse2>();
    }

    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    #[test]
    fn the_avx2_backend_finds_every_line_end() {
        if has_avx2() {
            agrees_with_a_literal_look::<x86::Avx2>();
            finds_every_line_end::<x86::Avx2>();
        }
    }
}
