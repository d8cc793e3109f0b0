//! `Pieces`: splitting data that comes in pieces into lines.

use bytes::BufMut;

use super::block::Block;
use super::characters::Characters;
use super::line::{DATA, END_OF_BLOCK, NEXT_DATA};
use crate::error::InvalidUtf8;
use crate::wire::{each_line, CR, LF, SPACE};

/// An event whose data is being written.
///
/// The bytes are the same as for the whole data at once, wherever it is cut.
#[derive(Debug)]
pub(super) struct Pieces {
    open: OpenLine,
    characters: Characters,
    /// Nothing is written after an error: the omitted part would be missing without a trace.
    error: Option<InvalidUtf8>,
}

/// The data line that has no end yet.
#[derive(Debug)]
struct OpenLine {
    /// Nothing follows the colon yet, not even the space.
    is_empty: bool,
    /// A CR ended the last piece: an LF that begins the next one belongs to it.
    skip_lf: bool,
}

impl Pieces {
    /// Writes everything that comes before the data.
    pub(super) fn begin(head: Block<'_>, buffer: &mut impl BufMut) -> Self {
        head.encode_head(buffer);
        buffer.put_slice(&DATA[..DATA.len() - 1]);
        let open = OpenLine { is_empty: true, skip_lf: false };
        Pieces { open, characters: Characters::default(), error: None }
    }

    pub(super) fn push_str(&mut self, buffer: &mut impl BufMut, piece: &str) -> Result<(), InvalidUtf8> {
        self.check()?;
        let open = &mut self.open;
        let pushed = self.characters.push_str(piece, |text| open.put(buffer, text));
        self.remember(pushed)
    }

    pub(super) fn push(&mut self, buffer: &mut impl BufMut, piece: &[u8]) -> Result<(), InvalidUtf8> {
        self.check()?;
        let open = &mut self.open;
        let pushed = self.characters.push(piece, |text| open.put(buffer, text));
        self.remember(pushed)
    }

    /// Writes the end of the block, unless there was an error.
    pub(super) fn finish(&mut self, buffer: &mut impl BufMut) -> Result<(), InvalidUtf8> {
        self.check()?;
        self.characters.finish()?;
        buffer.put_slice(&END_OF_BLOCK);
        Ok(())
    }

    fn check(&self) -> Result<(), InvalidUtf8> {
        self.error.map_or(Ok(()), Err)
    }

    fn remember(&mut self, pushed: Result<(), InvalidUtf8>) -> Result<(), InvalidUtf8> {
        self.error = pushed.err();
        pushed
    }
}

impl OpenLine {
    fn put(&mut self, buffer: &mut impl BufMut, text: &[u8]) {
        let Some(last) = text.last() else { return };
        let text = match text {
            [LF, after @ ..] if self.skip_lf => after,
            _ => text,
        };
        self.skip_lf = *last == CR;
        let mut is_first = true;
        each_line(text, |line| {
            if !core::mem::take(&mut is_first) {
                buffer.put_slice(&NEXT_DATA[..NEXT_DATA.len() - 1]);
                self.is_empty = true;
            }
            self.go_on(buffer, line);
        });
    }

    fn go_on(&mut self, buffer: &mut impl BufMut, part: &[u8]) {
        if part.is_empty() {
            return;
        }
        if self.is_empty {
            buffer.put_u8(SPACE);
            self.is_empty = false;
        }
        buffer.put_slice(part);
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::event::{Event, Head};

    fn in_pieces(pieces: &[&[u8]]) -> Vec<u8> {
        let mut buffer = Vec::new();
        let head = Head::new();
        let mut data = Pieces::begin(Block::from(&head), &mut buffer);
        for piece in pieces {
            data.push(&mut buffer, piece).unwrap();
        }
        data.finish(&mut buffer).unwrap();
        buffer
    }

    #[test]
    fn data_in_pieces_is_the_same_event_for_every_cut() {
        for text in ["", " ", "a\r\nb", "\r\n\r\n", "\n\r", "\r\r\n\n", " a\r\n b\n", "é\r\n: c", "\na\n\r\n"]
        {
            let whole = Event::new(text).to_bytes();
            let text = text.as_bytes();
            for first in 0..=text.len() {
                for second in first..=text.len() {
                    let pieces = [&text[..first], &text[first..second], &text[second..]];
                    assert_eq!(in_pieces(&pieces), whole, "{pieces:?}");
                }
            }
        }
    }

    #[test]
    fn an_empty_piece_between_cr_and_lf_changes_nothing() {
        assert_eq!(in_pieces(&[b"a\r", b"", b"\nb"]), b"data: a\ndata: b\n\n");
    }

    #[test]
    fn only_the_first_lf_behind_a_cr_belongs_to_it() {
        assert_eq!(in_pieces(&[b"a\r", b"\n", b"\nb"]), b"data: a\ndata:\ndata: b\n\n");
        assert_eq!(in_pieces(&[b"a\r", b"b", b"\nc"]), b"data: a\ndata: b\ndata: c\n\n");
    }

    #[test]
    fn after_an_error_nothing_is_written() {
        let mut buffer = Vec::new();
        let head = Head::new();
        let mut data = Pieces::begin(Block::from(&head), &mut buffer);
        let error = Err(InvalidUtf8 { offset: 1 });
        assert_eq!(data.push(&mut buffer, b"a\xFF"), error);
        let written = buffer.clone();
        assert_eq!(data.push(&mut buffer, b"b"), error);
        assert_eq!(data.push_str(&mut buffer, "c"), error);
        assert_eq!(data.finish(&mut buffer), error);
        assert_eq!(buffer, written);
    }
}
