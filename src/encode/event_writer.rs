//! `EventWriter`: events on an `io::Write`.

use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;
use std::io;

use super::line::{put_comment, put_retry, HEARTBEAT};
use super::Encoded;
use crate::event::{wire_millis, Event};

/// Sends events over any [`io::Write`]: a socket, a pipe, a file.
///
/// Each event is one `write_all` and a flush, so no buffered writer is needed in between.
///
/// ```
/// use eventwire::{Event, EventWriter};
///
/// let mut writer = EventWriter::new(Vec::new());
/// writer.send(&Event::new("21.5").with_id(7))?;
/// writer.heartbeat()?;
/// assert_eq!(writer.into_inner(), b"id: 7\ndata: 21.5\n\n:\n");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// If an event was not written completely, because the writer failed in the middle or a
/// [`DataWriter`](crate::DataWriter) was dropped, a reader would take whatever follows for a part of it. So every
/// later call fails; close the connection.
pub struct EventWriter<W> {
    inner: W,
    /// The encoded bytes that have not been sent.
    buffer: Vec<u8>,
    place: Place,
}

/// The position of the writer in the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    BetweenEvents,
    InsideEvent,
    /// A write failed, so it is unknown how much was sent.
    Lost,
}

impl<W> EventWriter<W> {
    /// Creates a writer at the beginning of a stream or between two events.
    ///
    /// ```
    /// let writer = eventwire::EventWriter::new(std::io::sink());
    /// ```
    #[must_use]
    pub fn new(inner: W) -> Self {
        EventWriter { inner, buffer: Vec::new(), place: Place::BetweenEvents }
    }

    /// Borrows the writer.
    ///
    /// ```
    /// # use eventwire::{Event, EventWriter};
    /// let mut writer = EventWriter::new(Vec::new());
    /// writer.send(&Event::new("a"))?;
    /// assert_eq!(writer.get_ref().len(), 9);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn get_ref(&self) -> &W {
        &self.inner
    }

    /// Borrows the writer; do not write to it inside an event.
    ///
    /// ```
    /// # use eventwire::EventWriter;
    /// let mut writer = EventWriter::new(Vec::<u8>::new());
    /// writer.get_mut().reserve(1024);
    /// ```
    #[must_use]
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.inner
    }

    /// Returns the writer.
    ///
    /// ```
    /// # use eventwire::{Event, EventWriter};
    /// let mut writer = EventWriter::new(Vec::new());
    /// writer.send(&Event::new("a"))?;
    /// assert_eq!(writer.into_inner(), b"data: a\n\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn into_inner(self) -> W {
        self.inner
    }
}

impl<W: io::Write> EventWriter<W> {
    /// Sends an event.
    ///
    /// ```
    /// # use eventwire::{Event, EventWriter};
    /// let mut writer = EventWriter::new(Vec::new());
    /// writer.send(&Event::new("a").with_type("letter"))?;
    /// assert_eq!(writer.get_ref(), b"event: letter\ndata: a\n\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the writer fails, and always after an event that was not written completely.
    pub fn send(&mut self, event: &Event) -> io::Result<()> {
        self.write(|buffer| event.encode(buffer))
    }

    /// Sends an event that is already encoded.
    ///
    /// ```
    /// # use eventwire::{Encoded, Event, EventWriter};
    /// let tick = Event::new("21.5").to_encoded();
    /// let mut clients = [EventWriter::new(Vec::new()), EventWriter::new(Vec::new())];
    /// for client in &mut clients {
    ///     client.send_encoded(&tick)?;
    /// }
    /// assert_eq!(clients[1].get_ref(), b"data: 21.5\n\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As in [`send`](Self::send).
    pub fn send_encoded(&mut self, encoded: &Encoded) -> io::Result<()> {
        self.begin()?;
        self.place = Place::Lost;
        self.inner.write_all(encoded.as_bytes())?;
        self.end()
    }

    /// Sends a comment, one line for each line of the text, directly after the colon.
    ///
    /// ```
    /// # use eventwire::EventWriter;
    /// let mut writer = EventWriter::new(Vec::new());
    /// writer.comment(" warming up")?;
    /// assert_eq!(writer.get_ref(), b": warming up\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As in [`send`](Self::send).
    pub fn comment(&mut self, text: &str) -> io::Result<()> {
        self.write(|buffer| put_comment(buffer, text))
    }

    /// Sends the shortest comment, which keeps an idle connection open ([encoding 29](crate::_rules#encoding-29)).
    ///
    /// ```
    /// # use eventwire::EventWriter;
    /// let mut writer = EventWriter::new(Vec::new());
    /// writer.heartbeat()?;
    /// assert_eq!(writer.get_ref(), b":\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As in [`send`](Self::send).
    pub fn heartbeat(&mut self) -> io::Result<()> {
        self.write(|buffer| buffer.extend_from_slice(&HEARTBEAT))
    }

    /// Sends a reconnection time by itself, rounded up to whole milliseconds
    /// ([encoding 27](crate::_rules#encoding-27)).
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use eventwire::EventWriter;
    /// let mut writer = EventWriter::new(Vec::new());
    /// writer.retry(Duration::from_secs(3))?;
    /// assert_eq!(writer.get_ref(), b"retry: 3000\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As in [`send`](Self::send).
    pub fn retry(&mut self, retry: Duration) -> io::Result<()> {
        self.write(|buffer| put_retry(buffer, wire_millis(retry)))
    }

    fn write(&mut self, encode: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        self.begin()?;
        encode(&mut self.buffer);
        self.write_out()?;
        self.end()
    }

    pub(super) fn begin(&mut self) -> io::Result<()> {
        self.require(Place::BetweenEvents)?;
        self.place = Place::InsideEvent;
        Ok(())
    }

    /// Fails unless the writer is there.
    pub(super) fn require(&self, place: Place) -> io::Result<()> {
        if self.place == place {
            Ok(())
        } else {
            Err(io::Error::new(io::ErrorKind::Other, UNFINISHED))
        }
    }

    pub(super) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Writes what is in the buffer.
    pub(super) fn write_out(&mut self) -> io::Result<()> {
        let place = core::mem::replace(&mut self.place, Place::Lost);
        self.inner.write_all(&self.buffer)?;
        self.place = place;
        self.buffer.clear();
        Ok(())
    }

    /// The event was written completely.
    pub(super) fn end(&mut self) -> io::Result<()> {
        self.place = Place::BetweenEvents;
        if self.buffer.capacity() > GIVE_BACK {
            self.buffer = Vec::new();
        }
        self.inner.flush()
    }

    pub(super) fn inner(&mut self) -> &mut W {
        &mut self.inner
    }
}

impl<W: fmt::Debug> fmt::Debug for EventWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventWriter")
            .field("inner", &self.inner)
            .field("buffered", &self.buffer.len())
            .field("place", &self.place)
            .finish()
    }
}

const UNFINISHED: &str = "an event was left unfinished, nothing can be sent after it";

/// A buffer above this size is not kept for the next event.
const GIVE_BACK: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    /// Counts calls, and fails on request.
    #[derive(Default)]
    struct Counting {
        writes: usize,
        flushes: usize,
        fails: bool,
    }

    impl io::Write for Counting {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.writes += 1;
            if self.fails {
                Err(io::ErrorKind::ConnectionReset.into())
            } else {
                Ok(bytes.len())
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            self.flushes += 1;
            Ok(())
        }
    }

    #[test]
    fn every_event_is_one_write_and_one_flush() {
        let mut writer = EventWriter::new(Counting::default());
        writer.send(&Event::new("a\nb").with_type("t").with_id(7)).unwrap();
        writer.send_encoded(&Encoded::heartbeat()).unwrap();
        writer.comment("a\nb").unwrap();
        writer.heartbeat().unwrap();
        writer.retry(Duration::from_secs(1)).unwrap();
        assert_eq!((writer.get_ref().writes, writer.get_ref().flushes), (5, 5));
    }

    #[test]
    fn a_large_buffer_is_given_back() {
        let mut writer = EventWriter::new(io::sink());
        writer.send(&Event::new("a".repeat(GIVE_BACK))).unwrap();
        assert_eq!(writer.buffer.capacity(), 0);
        writer.send(&Event::new("a".repeat(1000))).unwrap();
        assert!(writer.buffer.capacity() >= 1000);
    }

    #[test]
    fn nothing_is_sent_after_a_write_that_failed() {
        let mut writer = EventWriter::new(Counting { fails: true, ..Counting::default() });
        let error = writer.send(&Event::new("a")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
        writer.get_mut().fails = false;
        assert_eq!(writer.heartbeat().unwrap_err().to_string(), UNFINISHED);
        assert_eq!(writer.send_encoded(&Encoded::heartbeat()).unwrap_err().to_string(), UNFINISHED);
        assert_eq!(writer.get_ref().writes, 1);
    }
}
