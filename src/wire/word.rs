//! `word_at`: loads up to eight bytes into a register.

/// The number of bytes in a word.
pub(crate) const WORD: usize = 8;

/// Returns the bytes from `at` on, at most eight, the first one in the lowest place. Missing bytes are zero.
///
/// It takes one or two branches and no loop.
#[inline(always)]
pub(crate) fn word_at(bytes: &[u8], at: usize) -> u64 {
    if let Some(word) = load::<WORD>(bytes, at) {
        return u64::from_le_bytes(word);
    }
    let len = bytes.len();
    if at >= len {
        return 0;
    }
    let (from, rest) = (at, len - at);
    if let Some(last) = len.checked_sub(WORD).and_then(|last| load::<WORD>(bytes, last)) {
        // The last eight bytes, with those before `at` shifted out.
        return u64::from_le_bytes(last) >> (8 * (WORD - rest));
    }
    match (load::<4>(bytes, from), load::<4>(bytes, len.wrapping_sub(4))) {
        // Two halves that may overlap.
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(first)) | u64::from(u32::from_le_bytes(last)) << (8 * (rest - 4))
        }
        // Up to three bytes, some of which may be the same.
        _ => {
            let byte = |nth: usize| u64::from(bytes[from + nth]) << (8 * nth);
            byte(0) | byte(rest / 2) | byte(rest - 1)
        }
    }
}

/// Whether a word begins with these bytes, of which there are fewer than eight.
#[inline(always)]
pub(crate) fn begins_with(word: u64, bytes: &[u8]) -> bool {
    word << (8 * (WORD - bytes.len())) == word_at(bytes, 0) << (8 * (WORD - bytes.len()))
}

/// Sets the high bit of every byte that is zero, and no other bit.
#[inline(always)]
pub(crate) fn zero_bytes(word: u64) -> u64 {
    let low = u64::from_ne_bytes([0x7F; WORD]);
    !(((word & low) + low) | word | low)
}

#[inline(always)]
fn load<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    let last = bytes.len().checked_sub(N)?;
    if at > last {
        return None;
    }
    bytes[at..at + N].try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_holds_the_bytes_at_its_index() {
        let bytes: [u8; 30] = core::array::from_fn(|at| at as u8 + 1);
        for len in 0..=bytes.len() {
            for at in 0..len + 9 {
                let mut word = [0; WORD];
                for (nth, byte) in word.iter_mut().enumerate() {
                    *byte = bytes[..len].get(at + nth).copied().unwrap_or(0);
                }
                assert_eq!(word_at(&bytes[..len], at), u64::from_le_bytes(word), "{at} of {len}");
            }
        }
    }
}
