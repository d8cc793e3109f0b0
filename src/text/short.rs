//! A few bytes that stand where they are held.

/// At most 23 bytes.
#[derive(Clone, Copy)]
pub(super) struct Short {
    /// The last one is the number of those before it that count.
    bytes: [u8; 3 * WORD],
}

const WORD: usize = 8;

impl Short {
    pub(super) const MOST: usize = 3 * WORD - 1;

    /// Copies at most [`MOST`](Self::MOST) bytes.
    ///
    /// In whole words, as a processor must wait for what was written in pieces before it can move it on.
    #[inline(always)]
    pub(super) fn copy(from: &[u8]) -> Short {
        let len = from.len();
        debug_assert!(len <= Short::MOST);
        let third = word(from, 2 * WORD) | (len as u64) << 56;
        let mut bytes = [0; 3 * WORD];
        bytes[..WORD].copy_from_slice(&word(from, 0).to_le_bytes());
        bytes[WORD..2 * WORD].copy_from_slice(&word(from, WORD).to_le_bytes());
        bytes[2 * WORD..].copy_from_slice(&third.to_le_bytes());
        Short { bytes }
    }

    #[inline]
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.bytes[Short::MOST])]
    }
}

/// The bytes from `at` on, as many as there are, the first one lowest.
#[inline(always)]
fn word(bytes: &[u8], at: usize) -> u64 {
    let len = bytes.len();
    if let Some(whole) = load(bytes, at) {
        return whole;
    }
    if at >= len {
        return 0;
    }
    match load(bytes, len.wrapping_sub(WORD)) {
        // The last eight bytes, without those that stand before `at`.
        Some(last) => last >> (8 * (at + WORD - len)),
        None => bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

#[inline(always)]
fn load(bytes: &[u8], at: usize) -> Option<u64> {
    let word = bytes.get(at..at.checked_add(WORD)?)?;
    Some(u64::from_le_bytes(word.try_into().ok()?))
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
