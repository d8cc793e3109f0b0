//! Repair of invalid UTF-8: where an invalid sequence ends, and what replaces it.

use alloc::string::String;
use core::str;

/// Returns the length of the longest prefix that is UTF-8.
///
/// `simdutf8` checks 64 bytes at a time, and a remainder takes as long as several such blocks. So the remainder is
/// taken from the beginning, where the text of an event is mostly ASCII.
#[inline]
pub(super) fn valid_len(bytes: &[u8]) -> usize {
    let odd = match bytes.len() % 64 {
        odd if bytes[..odd].is_ascii() => odd,
        _ => 0,
    };
    match simdutf8::compat::from_utf8(&bytes[odd..]) {
        Ok(_) => bytes.len(),
        Err(error) => odd + error.valid_up_to(),
    }
}

/// Whether no character continues at `at`.
#[inline]
pub(super) fn is_boundary(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).map_or(true, |byte| byte & 0xC0 != 0x80)
}

/// Returns the number of bytes at the end that are the beginning of a character.
pub(super) fn cut_character(bytes: &[u8]) -> usize {
    let is_cut = |tail: &[u8]| match str::from_utf8(tail) {
        Ok(_) => false,
        Err(error) => error.valid_up_to() == 0 && error.error_len().is_none(),
    };
    let most = bytes.len().min(3);
    (1..=most).find(|len| is_cut(&bytes[bytes.len() - len..])).unwrap_or(0)
}

/// Returns the text with U+FFFD for each maximal invalid sequence, in a string without spare capacity.
pub(super) fn repaired(bytes: &[u8]) -> String {
    let mut len = 0;
    for_each_part(bytes, |part| len += part.len());
    let mut text = String::with_capacity(len);
    for_each_part(bytes, |part| text.push_str(part));
    text
}

fn for_each_part(mut bytes: &[u8], mut each: impl FnMut(&str)) {
    loop {
        let error = match str::from_utf8(bytes) {
            Ok(text) => return each(text),
            Err(error) => error,
        };
        let (valid, rest) = bytes.split_at(error.valid_up_to());
        each(str::from_utf8(valid).unwrap_or_default());
        each("\u{FFFD}");
        // No length: the text ends inside a character.
        let Some(len) = error.error_len() else { return };
        bytes = &rest[len..];
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn the_valid_prefix_is_as_long_as_the_standard_library_says() {
        for len in (0..200).step_by(if cfg!(miri) { 31 } else { 1 }) {
            // ASCII first, as in an event, then characters of each length in turn.
            let text: Vec<u8> = "data: {".bytes().chain("aé日𝄞".bytes().cycle()).take(len).collect();
            for broken in 0..=len {
                let mut bytes = text.clone();
                if let Some(byte) = bytes.get_mut(broken) {
                    *byte = 0xFF;
                }
                let expected = str::from_utf8(&bytes).map_or_else(|error| error.valid_up_to(), str::len);
                assert_eq!(valid_len(&bytes), expected, "{bytes:?}");
            }
        }
    }
}
