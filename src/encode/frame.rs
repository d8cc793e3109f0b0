//! The encoding methods of `Frame` and `OwnedFrame`.

use bytes::BufMut;

use super::block::Block;
use super::line::{put_comment, put_retry, put_unknown};
use crate::event::{wire_millis, Frame, OwnedFrame};

/// Writes a frame, whoever owns its text.
macro_rules! encode {
    ($frame:expr, $type:ident, $buffer:expr) => {
        match $frame {
            $type::Event(event) => Block::from(event).without_retry().encode($buffer),
            $type::BlockWithoutData(head) => Block::from(head).without_retry().encode($buffer),
            $type::Comment(text) => put_comment($buffer, text),
            $type::Retry(retry) => put_retry($buffer, wire_millis(*retry)),
            $type::Unknown { name, value } => put_unknown($buffer, name, value),
        }
    };
}

impl Frame<'_> {
    /// Writes the frame, for a proxy that forwards a stream.
    ///
    /// Events and blocks without data become whole blocks, everything else becomes a line. A stream that this crate
    /// wrote is reproduced byte for byte. For any other stream the reader sees the same events; the bytes differ only
    /// in line ends, the order of fields in a block and the space after a colon.
    ///
    /// ```
    /// use eventwire::Decoder;
    ///
    /// let mut decoder = Decoder::new();
    /// let mut frames = decoder.feed_frames(b":hello\r\nretry:3000\ndata:a\nevent:b\n\nid\n\nerror: 7\n");
    /// let mut buffer = Vec::new();
    /// while let Some(frame) = frames.next_frame()? {
    ///     frame.encode(&mut buffer);
    /// }
    /// assert_eq!(buffer, b":hello\nretry: 3000\nevent: b\ndata: a\n\nid:\n\nerror: 7\n");
    /// # Ok::<(), eventwire::DecodeError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If the buffer can neither hold the frame nor grow: see [`BufMut::put_slice`].
    pub fn encode(&self, buffer: &mut impl BufMut) {
        encode!(self, Frame, buffer);
    }
}

impl OwnedFrame {
    /// Writes the frame, as [`Frame::encode`] does.
    ///
    /// ```
    /// use eventwire::EventReader;
    ///
    /// let mut buffer = Vec::new();
    /// for frame in EventReader::new(&b":hello\r\ndata:a\n\n"[..]).into_frames() {
    ///     frame?.encode(&mut buffer);
    /// }
    /// assert_eq!(buffer, b":hello\ndata: a\n\n");
    /// # Ok::<(), eventwire::ReadError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If the buffer can neither hold the frame nor grow: see [`BufMut::put_slice`].
    pub fn encode(&self, buffer: &mut impl BufMut) {
        encode!(self, OwnedFrame, buffer);
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    fn unknown(name: &str, value: &str) -> Vec<u8> {
        let mut buffer = Vec::new();
        Frame::Unknown { name, value }.encode(&mut buffer);
        buffer
    }

    #[test]
    fn an_unknown_field_keeps_its_name_and_value() {
        assert_eq!(unknown("error", "7: no"), b"error: 7: no\n");
        assert_eq!(unknown("error", " "), b"error:  \n");
        assert_eq!(unknown(" data", "a"), b" data: a\n");
    }

    #[test]
    fn a_line_that_is_only_a_name_stays_as_it_was() {
        assert_eq!(unknown("upstream failed", ""), b"upstream failed\n");
    }

    #[test]
    fn a_byte_order_mark_cannot_become_the_first_of_the_stream() {
        assert_eq!(unknown("\u{FEFF}data", "forged"), ":\n\u{FEFF}data: forged\n".as_bytes());
    }
}
