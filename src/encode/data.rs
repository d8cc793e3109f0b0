//! `DataEncoder`: data written straight into an event in a buffer.

use alloc::vec::Vec;
use core::fmt;

use bytes::{BufMut, BytesMut};

use super::pieces::Pieces;
use crate::error::InvalidUtf8;
use crate::event::Head;

/// Writes the data of one event piece by piece, for a serializer or a template: the whole text never has to
/// exist.
///
/// Takes text through [`fmt::Write`], and bytes through [`write_bytes`](Self::write_bytes) or, with the
/// feature `std`, through `std::io::Write`. Pieces may be cut anywhere, even between CR and LF or
/// inside a character: the event is the same.
///
/// ```
/// use std::fmt::Write;
/// use eventwire::{DataEncoder, Head};
///
/// let mut buffer = Vec::new();
/// let mut data = DataEncoder::new(&mut buffer, &Head::new().with_type("report"));
/// for (town, degrees) in [("Oslo", 3), ("Rome", 21)] {
///     writeln!(data, "{town}: {degrees}")?;
/// }
/// data.write_str("end")?;
/// data.finish()?;
/// assert_eq!(buffer, b"event: report\ndata: Oslo: 3\ndata: Rome: 21\ndata: end\n\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`finish`](Self::finish) ends the event. If it is dropped before that, for example because a serializer failed, the
/// event is removed: the buffer is as before, and no reader sees half a text.
///
/// ```
/// # use std::fmt::Write;
/// # use eventwire::{DataEncoder, Head};
/// let mut buffer = b"data: before\n\n".to_vec();
/// let mut data = DataEncoder::new(&mut buffer, &Head::new());
/// data.write_str("half of a te")?;
/// drop(data);
/// assert_eq!(buffer, b"data: before\n\n");
/// # Ok::<(), std::fmt::Error>(())
/// ```
#[must_use = "an event that is not finished is taken back"]
pub struct DataEncoder<'b, B: Rewind> {
    buffer: &'b mut B,
    /// The length of the buffer before the event.
    before: usize,
    pieces: Pieces,
    is_finished: bool,
}

impl<'b, B: Rewind> DataEncoder<'b, B> {
    /// Begins an event at the end of the buffer, with the type, ID and reconnection time of `head`.
    ///
    /// ```
    /// use eventwire::{DataEncoder, Head};
    ///
    /// let mut buffer = bytes::BytesMut::new();
    /// DataEncoder::new(&mut buffer, &Head::new().with_id(7)).finish()?;
    /// assert_eq!(buffer, "id: 7\ndata:\n\n");
    /// # Ok::<(), eventwire::InvalidUtf8>(())
    /// ```
    pub fn new(buffer: &'b mut B, head: &Head) -> Self {
        let before = buffer.len();
        let pieces = Pieces::begin(head.into(), buffer);
        DataEncoder { buffer, before, pieces, is_finished: false }
    }

    /// Writes the next bytes of the data, which may begin and end inside a character.
    ///
    /// ```
    /// use eventwire::{DataEncoder, Head};
    ///
    /// let mut buffer = Vec::new();
    /// let mut data = DataEncoder::new(&mut buffer, &Head::new());
    /// data.write_bytes(b"caf\xC3")?;
    /// data.write_bytes(b"\xA9\r")?;
    /// data.write_bytes(b"\nbar")?;
    /// data.finish()?;
    /// assert_eq!(buffer, "data: café\ndata: bar\n\n".as_bytes());
    /// # Ok::<(), eventwire::InvalidUtf8>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the data is not UTF-8, in this and every later call: the event can no longer be finished.
    pub fn write_bytes(&mut self, piece: &[u8]) -> Result<(), InvalidUtf8> {
        self.pieces.push(self.buffer, piece)
    }

    /// Ends the event.
    ///
    /// ```
    /// use eventwire::{DataEncoder, Head};
    ///
    /// let mut buffer = Vec::new();
    /// let mut data = DataEncoder::new(&mut buffer, &Head::new());
    /// data.write_bytes(b"caf\xC3")?;
    /// assert!(data.finish().is_err());
    /// assert!(buffer.is_empty());
    /// # Ok::<(), eventwire::InvalidUtf8>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the data is not UTF-8 or ends inside a character; the event is then removed. Never if all of it
    /// was written through [`fmt::Write`].
    pub fn finish(mut self) -> Result<(), InvalidUtf8> {
        self.pieces.finish(self.buffer)?;
        self.is_finished = true;
        Ok(())
    }
}

impl<B: Rewind> fmt::Write for DataEncoder<'_, B> {
    /// Writes the next part of the data.
    ///
    /// # Errors
    ///
    /// Only after [`write_bytes`](DataEncoder::write_bytes) has failed or stopped inside a character.
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.pieces.push_str(self.buffer, piece).map_err(|_| fmt::Error)
    }
}

impl<B: Rewind> Drop for DataEncoder<'_, B> {
    fn drop(&mut self) {
        if !self.is_finished {
            self.buffer.rewind(self.before);
        }
    }
}

impl<B: Rewind> fmt::Debug for DataEncoder<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataEncoder")
            .field("written", &(self.buffer.len() - self.before))
            .field("pieces", &self.pieces)
            .finish()
    }
}

/// A buffer from which an unfinished event can be removed: `Vec<u8>` or [`BytesMut`].
///
/// ```
/// use eventwire::{DataEncoder, Head};
/// use eventwire::traits::Rewind;
///
/// fn ping(buffer: &mut impl Rewind) {
///     DataEncoder::new(buffer, &Head::new().with_type("ping")).finish().unwrap();
/// }
/// let (mut vec, mut bytes) = (Vec::new(), bytes::BytesMut::new());
/// ping(&mut vec);
/// ping(&mut bytes);
/// assert_eq!(vec, bytes);
/// ```
pub trait Rewind: BufMut + sealed::Buffer {}

impl Rewind for Vec<u8> {}
impl Rewind for BytesMut {}

mod sealed {
    use super::{BytesMut, Vec};

    pub trait Buffer {
        fn len(&self) -> usize;

        /// Truncates the buffer to its earlier length.
        fn rewind(&mut self, len: usize);
    }

    impl Buffer for Vec<u8> {
        fn len(&self) -> usize {
            self.len()
        }

        fn rewind(&mut self, len: usize) {
            self.truncate(len);
        }
    }

    impl Buffer for BytesMut {
        fn len(&self) -> usize {
            self.len()
        }

        fn rewind(&mut self, len: usize) {
            self.truncate(len);
        }
    }
}

#[cfg(test)]
mod tests {
    use core::fmt::Write;

    use super::*;

    #[test]
    fn an_unfinished_event_is_taken_back() {
        let mut buffer = BytesMut::from("before");
        let mut data = DataEncoder::new(&mut buffer, &Head::new().with_id(7));
        data.write_str(&"b".repeat(1000)).unwrap();
        drop(data);
        assert_eq!(buffer, "before");
    }

    #[test]
    fn an_event_that_ends_inside_a_character_is_taken_back() {
        let mut buffer = b"before".to_vec();
        let mut data = DataEncoder::new(&mut buffer, &Head::new());
        data.write_bytes(b"a\xC3").unwrap();
        assert_eq!(data.finish(), Err(InvalidUtf8 { offset: 1 }));
        assert_eq!(buffer, b"before");
    }

    #[test]
    fn text_and_bytes_may_alternate_between_characters() {
        let mut buffer = Vec::new();
        let mut data = DataEncoder::new(&mut buffer, &Head::new());
        data.write_str("a").unwrap();
        data.write_bytes("é\r".as_bytes()).unwrap();
        data.write_char('\n').unwrap();
        data.write_bytes(b"\xC3").unwrap();
        assert!(data.write_str("b").is_err());
        assert_eq!(data.finish(), Err(InvalidUtf8 { offset: 5 }));
        assert!(buffer.is_empty());
    }
}
