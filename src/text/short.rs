//! A few bytes that stand where they are held.

use crate::wire::{word_at, WORD};

/// At most 23 bytes.
#[derive(Clone, Copy)]
pub(super) struct Short {
    /// The last one is the number of those before it that count.
    bytes: [u8; 3 * WORD],
}

impl Short {
    pub(super) const MOST: usize = 3 * WORD - 1;

    /// Copies at most [`MOST`](Self::MOST) bytes.
    ///
    /// In whole words, as a processor must wait for what was written in pieces before it can move it on.
    #[inline(always)]
    pub(super) fn copy(from: &[u8]) -> Short {
        debug_assert!(from.len() <= Short::MOST);
        let third = word_at(from, 2 * WORD) | (from.len() as u64) << 56;
        let mut bytes = [0; 3 * WORD];
        bytes[..WORD].copy_from_slice(&word_at(from, 0).to_le_bytes());
        bytes[WORD..2 * WORD].copy_from_slice(&word_at(from, WORD).to_le_bytes());
        bytes[2 * WORD..].copy_from_slice(&third.to_le_bytes());
        Short { bytes }
    }

    #[inline]
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.bytes[Short::MOST])]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_comes_out() {
        let bytes: [u8; Short::MOST] = core::array::from_fn(|at| at as u8 + 1);
        for len in 0..=Short::MOST {
            assert_eq!(Short::copy(&bytes[..len]).as_bytes(), &bytes[..len]);
        }
    }
}
