//! `DataWriter`: the data of an event, written straight to a writer.

use core::fmt;
use std::io;

use super::event_writer::Place;
use super::pieces::Pieces;
use super::EventWriter;
use crate::event::Head;

/// Writes the data of one event piece by piece, in bounded memory. Created by [`EventWriter::begin_data`].
///
/// Pieces may be cut anywhere, even between CR and LF or inside a character. They are sent whenever 8 KiB have been
/// collected, and on [`flush`](io::Write::flush).
///
/// ```
/// use eventwire::{EventWriter, Head};
///
/// let mut writer = EventWriter::new(Vec::new());
/// let mut data = writer.begin_data(&Head::new().with_type("order"))?;
/// serde_json::to_writer(&mut data, &[1, 2, 3])?;
/// data.finish()?;
/// assert_eq!(writer.get_ref(), b"event: order\ndata: [1,2,3]\n\n");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// [`finish`](Self::finish) ends the event. If it is dropped before that, the event stays unfinished: every later call
/// of the [`EventWriter`] fails, so that nothing can become a part of it. If a failing serializer must not cost the
/// connection, let a [`DataEncoder`](crate::DataEncoder) write into a buffer.
///
/// ```
/// # use std::io::Write;
/// # use eventwire::{Event, EventWriter, Head};
/// # let mut writer = EventWriter::new(Vec::new());
/// let mut data = writer.begin_data(&Head::new())?;
/// data.write_all(b"half of a te")?;
/// drop(data);
/// assert!(writer.send(&Event::new("next")).is_err());
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "an event that is not finished leaves the writer unusable"]
pub struct DataWriter<'w, W> {
    writer: &'w mut EventWriter<W>,
    pieces: Pieces,
}

// Not in `event_writer.rs`, which knows no `DataWriter`.
impl<W: io::Write> EventWriter<W> {
    /// Begins an event whose data is written piece by piece, with the type, ID and reconnection time of
    /// `head`.
    ///
    /// See [`DataWriter`].
    ///
    /// ```
    /// # use std::io::Write;
    /// # use eventwire::{EventWriter, Head};
    /// let mut writer = EventWriter::new(Vec::new());
    /// let mut data = writer.begin_data(&Head::new().with_id(7))?;
    /// write!(data, "{:.1}", 21.5)?;
    /// data.finish()?;
    /// assert_eq!(writer.get_ref(), b"id: 7\ndata: 21.5\n\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As in [`send`](Self::send).
    pub fn begin_data(&mut self, head: &Head) -> io::Result<DataWriter<'_, W>> {
        self.begin()?;
        let pieces = Pieces::begin(head.into(), self.buffer());
        Ok(DataWriter { writer: self, pieces })
    }
}

impl<W: io::Write> DataWriter<'_, W> {
    /// Ends the event and flushes the writer.
    ///
    /// ```
    /// # use eventwire::{EventWriter, Head};
    /// let mut writer = EventWriter::new(Vec::new());
    /// writer.begin_data(&Head::new())?.finish()?;
    /// assert_eq!(writer.get_ref(), b"data:\n\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the writer fails or has failed; `InvalidData` if the data is not UTF-8 or ends inside a
    /// character.
    pub fn finish(mut self) -> io::Result<()> {
        self.writer.require(Place::InsideEvent)?;
        self.pieces.finish(self.writer.buffer())?;
        self.writer.write_out()?;
        self.writer.end()
    }
}

impl<W: io::Write> io::Write for DataWriter<'_, W> {
    /// Writes the next bytes of the data, always all of them.
    ///
    /// # Errors
    ///
    /// If the writer fails or has failed; `InvalidData` if the data is not UTF-8, in this and every
    /// later call.
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.writer.require(Place::InsideEvent)?;
        for step in piece.chunks(STEP) {
            self.pieces.push(self.writer.buffer(), step)?;
            if self.writer.buffer().len() >= FULL {
                self.writer.write_out()?;
            }
        }
        Ok(piece.len())
    }

    /// Sends what has been written so far; the event continues.
    fn flush(&mut self) -> io::Result<()> {
        self.writer.require(Place::InsideEvent)?;
        self.writer.write_out()?;
        self.writer.inner().flush()
    }
}

impl<W: fmt::Debug> fmt::Debug for DataWriter<'_, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataWriter").field("writer", &self.writer).field("pieces", &self.pieces).finish()
    }
}

/// 8 KiB: few system calls, and small beside any socket's buffer.
const FULL: usize = 8 * 1024;

/// A line end of one byte takes six: with 1 KiB at a time the buffer stays below 8 + 6 KiB.
const STEP: usize = 1024;

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;
    use std::io::Write;

    use super::*;
    use crate::event::Event;

    #[test]
    fn data_of_any_length_leaves_in_bounded_memory() {
        /// Keeps what it gets, and how much of it came at once.
        #[derive(Default)]
        struct Parts(Vec<u8>, usize);

        impl io::Write for Parts {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.extend_from_slice(bytes);
                self.1 = self.1.max(bytes.len());
                Ok(bytes.len())
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }

        for text in ["\n", "\r\n", "a", "é\r"].map(|part| part.repeat(100_000)) {
            let mut writer = EventWriter::new(Parts::default());
            let mut data = writer.begin_data(&Head::new().with_id(7)).unwrap();
            data.write_all(text.as_bytes()).unwrap();
            data.finish().unwrap();
            let Parts(bytes, longest) = writer.into_inner();
            assert_eq!(bytes, Event::new(text).with_id(7).to_bytes());
            assert!(longest <= FULL + 6 * STEP, "{longest}");
        }
    }

    #[test]
    fn flush_sends_what_has_come_so_far() {
        let mut writer = EventWriter::new(Vec::new());
        let mut data = writer.begin_data(&Head::new()).unwrap();
        data.write_all(b"a\r").unwrap();
        data.flush().unwrap();
        assert_eq!(data.writer.get_ref(), b"data: a\ndata:");
        data.write_all(b"\nb").unwrap();
        data.finish().unwrap();
        assert_eq!(writer.into_inner(), b"data: a\ndata: b\n\n");
    }

    #[test]
    fn nothing_is_sent_after_an_event_that_was_left_unfinished() {
        let mut writer = EventWriter::new(Vec::new());
        drop(writer.begin_data(&Head::new()).unwrap());
        assert!(writer.send(&Event::new("next")).is_err());
        assert!(writer.begin_data(&Head::new()).is_err());
        assert!(writer.into_inner().is_empty());
    }

    #[test]
    fn data_that_is_not_text_leaves_the_event_unfinished() {
        let mut writer = EventWriter::new(Vec::new());
        let mut data = writer.begin_data(&Head::new()).unwrap();
        data.write_all(b"a\xC3").unwrap();
        assert_eq!(data.finish().unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert!(writer.heartbeat().is_err());
    }

    #[test]
    fn after_a_write_that_failed_no_part_of_the_data_is_left_out() {
        /// Fails the first time only.
        struct Once(bool);

        impl io::Write for Once {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                if core::mem::replace(&mut self.0, true) {
                    Ok(bytes.len())
                } else {
                    Err(io::ErrorKind::WouldBlock.into())
                }
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }

        let mut writer = EventWriter::new(Once(false));
        let mut data = writer.begin_data(&Head::new()).unwrap();
        assert!(data.write_all(&[b'a'; FULL]).is_err());
        assert!(data.write_all(b"b").is_err());
        assert!(data.flush().is_err());
        assert!(data.finish().is_err());
    }
}
