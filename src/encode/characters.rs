//! `Characters`: checking that bytes that come in pieces are UTF-8.

use crate::error::InvalidUtf8;

/// Puts characters together that were cut between two pieces.
#[derive(Debug, Default)]
pub(super) struct Characters {
    /// The first bytes of a character whose last byte is still to come.
    cut: [u8; 4],
    cut_len: usize,
    /// The bytes of whole characters so far.
    whole: u64,
}

impl Characters {
    /// Forwards the whole characters of what was held back and of this piece.
    pub(super) fn push(&mut self, piece: &[u8], mut put: impl FnMut(&[u8])) -> Result<(), InvalidUtf8> {
        let piece = self.complete(piece, &mut put)?;
        let whole = self.whole_len(piece)?;
        let (text, cut) = piece.split_at(whole);
        put(text);
        self.whole += whole as u64;
        for byte in cut {
            self.hold(*byte);
        }
        Ok(())
    }

    /// Forwards a piece that is known to be text.
    pub(super) fn push_str(&mut self, piece: &str, mut put: impl FnMut(&[u8])) -> Result<(), InvalidUtf8> {
        if piece.is_empty() {
            return Ok(());
        }
        self.finish()?;
        put(piece.as_bytes());
        self.whole += piece.len() as u64;
        Ok(())
    }

    /// Whether everything was forwarded: no character is open.
    pub(super) fn finish(&self) -> Result<(), InvalidUtf8> {
        match self.cut_len {
            0 => Ok(()),
            _ => Err(InvalidUtf8 { offset: self.whole }),
        }
    }

    /// Completes the character that was cut, and returns what follows it.
    fn complete<'p>(
        &mut self,
        piece: &'p [u8],
        put: &mut impl FnMut(&[u8]),
    ) -> Result<&'p [u8], InvalidUtf8> {
        let mut rest = piece;
        while self.cut_len > 0 {
            let Some((byte, after)) = rest.split_first() else { return Ok(rest) };
            self.hold(*byte);
            rest = after;
            let whole = self.whole_len(&self.cut[..self.cut_len])?;
            if whole > 0 {
                put(&self.cut[..whole]);
                self.whole += whole as u64;
                self.cut_len = 0;
            }
        }
        Ok(rest)
    }

    fn hold(&mut self, byte: u8) {
        self.cut[self.cut_len] = byte;
        self.cut_len += 1;
    }

    /// The length of the whole characters; an error when something else than a cut one follows them.
    fn whole_len(&self, bytes: &[u8]) -> Result<usize, InvalidUtf8> {
        match simdutf8::compat::from_utf8(bytes) {
            Ok(_) => Ok(bytes.len()),
            Err(error) if error.error_len().is_none() => Ok(error.valid_up_to()),
            Err(error) => Err(InvalidUtf8 { offset: self.whole + error.valid_up_to() as u64 }),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    fn joined(pieces: &[&[u8]]) -> Result<Vec<u8>, InvalidUtf8> {
        let (mut characters, mut text) = (Characters::default(), Vec::new());
        for piece in pieces {
            characters.push(piece, |part| {
                assert!(core::str::from_utf8(part).is_ok(), "{part:?}");
                text.extend_from_slice(part);
            })?;
        }
        characters.finish()?;
        Ok(text)
    }

    #[test]
    fn a_text_is_the_same_for_every_cut() {
        let text = "aé€🙂é".as_bytes();
        for first in 0..=text.len() {
            for second in first..=text.len() {
                let pieces = [&text[..first], &text[first..second], &text[second..]];
                assert_eq!(joined(&pieces).unwrap(), text, "{pieces:?}");
            }
        }
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        assert_eq!(joined(&bytes).unwrap(), text);
    }

    #[test]
    fn the_error_is_the_same_for_every_cut() {
        for text in [&b"ab\xC3(b"[..], b"ab\xFFcdef", b"ab\xF0\x9F\x98", b"ab\xED\xA0\x80c"] {
            for first in 0..=text.len() {
                for second in first..=text.len() {
                    let pieces = [&text[..first], &text[first..second], &text[second..]];
                    assert_eq!(joined(&pieces), Err(InvalidUtf8 { offset: 2 }), "{pieces:?}");
                }
            }
        }
    }

    #[test]
    fn text_cannot_complete_a_character() {
        let mut characters = Characters::default();
        characters.push(b"\xC3", |_| {}).unwrap();
        assert_eq!(characters.push_str("", |_| {}), Ok(()));
        assert_eq!(characters.push_str("a", |_| {}), Err(InvalidUtf8 { offset: 0 }));
    }
}
