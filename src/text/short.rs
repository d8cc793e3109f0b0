//! `Short`: a few bytes, stored inline.

use crate::wire::{word_at, WORD};

/// At most 23 bytes.
#[derive(Clone, Copy)]
pub(super) struct Short {
    /// In memory, the bytes in order; the last byte holds their number.
    words: [u64; 3],
}

impl Short {
    pub(super) const MOST: usize = 3 * WORD - 1;

    pub(super) const EMPTY: Short = Short { words: [0; 3] };

    /// Copies at most [`MOST`](Self::MOST) bytes.
    ///
    /// It stores whole words, because loading memory that was just stored in smaller parts stalls the processor.
    #[inline(always)]
    pub(super) fn copy(from: &[u8]) -> Short {
        debug_assert!(from.len() <= Short::MOST);
        let last = word_at(from, 2 * WORD) | (from.len() as u64) << 56;
        Short { words: [word_at(from, 0).to_le(), word_at(from, WORD).to_le(), last.to_le()] }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        (u64::from_le(self.words[2]) >> 56) as usize
    }

    #[inline]
    pub(super) fn words(&self) -> &[u64; 3] {
        &self.words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copied_bytes_are_read_back() {
        let bytes: [u8; Short::MOST] = core::array::from_fn(|at| at as u8 + 1);
        for len in 0..=Short::MOST {
            let short = Short::copy(&bytes[..len]);
            let copied: std::vec::Vec<u8> =
                short.words().iter().flat_map(|word| word.to_ne_bytes()).collect();
            assert_eq!(copied[..short.len()], bytes[..len]);
        }
    }
}
